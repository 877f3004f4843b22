//! What came of the demonstration: checked, then printed.

use core::fmt;

use std::time::Instant;

use chancery::Connection;
use serde::Serialize;

use super::PROTOCOL;
use super::transfer::Throughput;
use crate::diagram::{APPLICATION_DATA, Diagram, Side};
use crate::options::Failure;

/// What the client saw.
pub(crate) struct ClientView {
    pub(crate) negotiated: Negotiated,
    pub(crate) verdicts: Vec<String>,
    pub(crate) first_sent_at: Instant,
    pub(crate) last_received_at: Instant,
    pub(crate) diagram: Diagram,
}

/// What the server saw.
pub(crate) struct ServerView {
    pub(crate) last_received_at: Instant,
    pub(crate) diagram: Diagram,
}

/// What the two ends agreed on.
#[derive(Debug, Serialize)]
pub(crate) struct Negotiated {
    suite: String,
    group: String,
    application_protocol: String,
}

impl Negotiated {
    pub(crate) fn of(connection: &Connection) -> Result<Self, Failure> {
        let nothing = || Failure::new("nothing was negotiated");
        let negotiated = connection.negotiated().ok_or_else(nothing)?;
        let protocol = negotiated.application_protocol().unwrap_or_default();
        Ok(Self {
            suite: negotiated.suite().to_string(),
            group: negotiated.group().to_string(),
            application_protocol: String::from_utf8_lossy(protocol).into_owned(),
        })
    }
}

/// The whole story.
#[derive(Serialize)]
pub(crate) struct Outcome {
    authority: Vec<String>,
    certificates: Vec<String>,
    negotiated: Negotiated,
    bytes_each_way: u64,
    client_to_server: Throughput,
    server_to_client: Throughput,
    diagram: Diagram,
    #[serde(skip)]
    server_diagram: Diagram,
}

impl Outcome {
    pub(crate) fn new(
        authority: Vec<String>,
        bytes: u64,
        client: ClientView,
        server: ServerView,
    ) -> Self {
        // The server answers when it has received everything.
        let turn = server.last_received_at;
        Self {
            authority,
            certificates: client.verdicts,
            negotiated: client.negotiated,
            bytes_each_way: bytes,
            client_to_server: Throughput::new(bytes, client.first_sent_at, turn),
            server_to_client: Throughput::new(bytes, turn, client.last_received_at),
            diagram: client.diagram,
            server_diagram: server.diagram,
        }
    }

    /// Whether everything that has to be in a connection was in this one, as both ends saw it.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        for side in [Side::Client, Side::Server] {
            let sent = self.sent_by(side, &self.diagram);
            if sent != self.sent_by(side, &self.server_diagram) {
                return Err(Failure::new("the two ends saw different messages"));
            }
            for wanted in expected(side, self.bytes_each_way) {
                if !sent.iter().any(|(message, _)| *message == wanted) {
                    return Err(Failure::new(format_args!("{side:?} sent no {wanted}")));
                }
            }
            let data: u64 = sent
                .iter()
                .filter(|(message, _)| *message == APPLICATION_DATA)
                .map(|(_, n)| n)
                .sum();
            if data != self.bytes_each_way {
                return Err(Failure::new(format_args!("{side:?} sent {data} bytes")));
            }
        }
        if self.certificates.is_empty() {
            return Err(Failure::new("the client verified no certificate"));
        }
        if self.negotiated.application_protocol.as_bytes() != PROTOCOL {
            return Err(Failure::new("the application protocol was not agreed on"));
        }
        Ok(())
    }

    /// Each message that one side sent, with its bytes, in order.
    fn sent_by<'d>(&self, side: Side, diagram: &'d Diagram) -> Vec<(&'d str, u64)> {
        let steps = diagram.steps().iter().filter(|step| step.from == side);
        let mut sent: Vec<(&str, u64)> = Vec::new();
        for step in steps {
            match sent.last_mut() {
                // Runs of data may be cut differently where the two directions cross.
                Some((message, bytes))
                    if *message == APPLICATION_DATA && step.message == *message =>
                {
                    *bytes = bytes.saturating_add(step.bytes);
                }
                _ => sent.push((&step.message, step.bytes)),
            }
        }
        sent
    }
}

/// What a side sends in any full handshake (RFC 8446 §2).
fn expected(side: Side, bytes: u64) -> impl Iterator<Item = &'static str> {
    let handshake: &[&str] = match side {
        Side::Client => &["ClientHello", "Finished", "close_notify"],
        Side::Server => &[
            "ServerHello",
            "EncryptedExtensions",
            "Certificate",
            "CertificateVerify",
            "Finished",
            "close_notify",
        ],
    };
    let data = Some(APPLICATION_DATA).filter(|_| bytes > 0);
    handshake.iter().copied().chain(data)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Certificate authority")?;
        for step in &self.authority {
            writeln!(f, "  {step}")?;
        }
        writeln!(f, "\nConnection over loopback TCP")?;
        write!(f, "{}", self.diagram)?;
        let Negotiated { suite, group, application_protocol } = &self.negotiated;
        writeln!(f, "\nTLS 1.3, {suite}, {group}, ALPN {application_protocol}")?;
        writeln!(f, "client to server  {}", self.client_to_server)?;
        writeln!(f, "server to client  {}", self.server_to_client)?;
        writeln!(f, "every byte arrived as it was sent, and both ends closed cleanly")
    }
}
