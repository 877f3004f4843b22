//! Drawing a connection's diagram while it lives.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chancery::handshake::Epoch;
use chancery::{Connection, Content, Direction, Trace};

use crate::diagram::{APPLICATION_DATA, Diagram, Protection, Side, Step};

/// The diagram of a connection, as one end sees it.
#[derive(Clone)]
pub(crate) struct Watch {
    diagram: Arc<Mutex<Diagram>>,
}

impl Watch {
    /// Watches `connection`, which is `side`'s end, from now on.
    pub(crate) fn new(side: Side, connection: &mut Connection) -> Self {
        let diagram = Arc::new(Mutex::new(Diagram::default()));
        let shared = Arc::clone(&diagram);
        let start = Instant::now();
        connection.set_tracer(move |trace| {
            let mut diagram = shared.lock().unwrap_or_else(PoisonError::into_inner);
            diagram.push(step(side, &trace, start));
        });
        Self { diagram }
    }

    /// Notes what the connection knows after its handshake: what was negotiated, and the verdict on
    /// each certificate.
    pub(crate) fn annotate(&self, connection: &Connection) {
        annotate(&mut self.lock(), connection);
    }

    /// What was seen so far.
    pub(crate) fn diagram(&self) -> Diagram {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Diagram> {
        self.diagram.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn step(side: Side, trace: &Trace, start: Instant) -> Step {
    Step {
        at: start.elapsed(),
        from: if trace.direction == Direction::Sent { side } else { side.other() },
        message: match trace.content {
            Content::ApplicationData => APPLICATION_DATA.to_owned(),
            Content::Handshake(message) => structure_name(&message.to_string()),
            other => other.to_string(),
        },
        protection: match trace.epoch {
            Epoch::Plaintext => Protection::None,
            Epoch::EarlyData => Protection::Early,
            Epoch::Handshake => Protection::Handshake,
            _ => Protection::Application,
        },
        bytes: u64::try_from(trace.len).unwrap_or(u64::MAX),
        records: 1,
        notes: Vec::new(),
    }
}

fn annotate(diagram: &mut Diagram, connection: &Connection) {
    let Some(negotiated) = connection.negotiated() else { return };
    if negotiated.is_retried() {
        // RFC 8446 §4.1.3: on the wire it is a ServerHello with a special random.
        diagram.rename_first("ServerHello", "HelloRetryRequest");
    }
    diagram.note("ServerHello", format!("{}, {}", negotiated.suite(), negotiated.group()));
    if let Some(name) = negotiated.server_name() {
        diagram.note("ClientHello", format!("for {name}"));
    }
    if let Some(protocol) = negotiated.application_protocol() {
        let protocol = String::from_utf8_lossy(protocol);
        diagram.note("EncryptedExtensions", format!("ALPN {protocol}"));
    }
    if let Some(path) = connection.peer() {
        for verdict in verdicts(path) {
            diagram.note("Certificate", verdict);
        }
    }
}

/// A certificate's subject, or its names where the subject is empty, as today's servers have it.
fn called(certificate: &chancery_x509::Certificate<'_>) -> String {
    let subject = certificate.subject().to_string();
    if !subject.is_empty() {
        return subject;
    }
    let names = certificate.extensions().subject_alt_name();
    let names = names.iter().flat_map(|names| names.iter());
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// What RFC 8446 §4 calls the structure of a message: `ClientHello` for `client_hello`.
fn structure_name(code_point: &str) -> String {
    let capitalized = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    code_point.split('_').map(capitalized).collect()
}

/// One line a certificate of an accepted path, the leaf first, the anchor last.
pub(crate) fn verdicts(path: &chancery::VerifiedPath) -> Vec<String> {
    let certificates = path.certificates().map(|der| {
        chancery_x509::Certificate::parse(&der)
            .map_or_else(|error| error.to_string(), |c| called(&c))
    });
    let mut lines: Vec<_> = certificates.map(|subject| format!("accepted: {subject}")).collect();
    if let Some((_, anchor)) = path.anchor() {
        let subject = chancery_x509::Name::parse(anchor.subject());
        let subject = subject.map_or_else(|error| error.to_string(), |name| name.to_string());
        lines.push(format!("trusted:  {subject}"));
    }
    lines
}
