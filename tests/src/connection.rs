//! Whole connections: raw bytes at either end, and conversations with somebody in between.

use chancery::Error;

use crate::pair::{Configuration, End};

/// What the client sends.
pub const REQUEST: &[u8] = b"the request that has to arrive as it was sent, or not at all";

/// What the server answers.
pub const RESPONSE: &[u8] = b"the response, likewise";

/// To whom bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a connection has two ends")]
pub enum Towards {
    /// From the client.
    Server,
    /// From the server.
    Client,
}

/// A conversation that has ended, well or not.
#[derive(Debug)]
pub struct Conversation {
    /// The client at its end.
    pub client: End,
    /// The server at its end.
    pub server: End,
    /// All bytes that the client sent.
    pub to_server: Vec<u8>,
    /// All bytes that the server sent.
    pub to_client: Vec<u8>,
}

impl Conversation {
    /// Handshake, [`REQUEST`], [`RESPONSE`], `close_notify` both ways, end of transport; everything
    /// that is sent passes through `between` first, which is told where in its stream it begins.
    ///
    /// # Panics
    /// If the two never come to an end.
    pub fn hold(
        configuration: &Configuration,
        mut between: impl FnMut(Towards, usize, &mut Vec<u8>),
    ) -> Self {
        let (client, server) = (configuration.client(), configuration.server());
        let mut talk = Self { client, server, to_server: vec![], to_client: vec![] };
        let (mut requested, mut answered) = (false, false);
        // It takes six rounds, and one in which nothing happens.
        for _ in 0..32 {
            let mut to_server = talk.client.transmit();
            if !requested
                && talk.client.failure.is_none()
                && !talk.client.connection.is_handshaking()
            {
                requested = true;
                to_server.extend(talk.client.send(REQUEST));
                talk.client.connection.close();
                to_server.extend(talk.client.transmit());
            }
            let mut to_client = talk.server.transmit();
            if !answered && talk.server.failure.is_none() && talk.server.received == REQUEST {
                answered = true;
                to_client.extend(talk.server.send(RESPONSE));
                talk.server.connection.close();
                to_client.extend(talk.server.transmit());
            }
            if to_server.is_empty() && to_client.is_empty() {
                talk.client.end_of_input();
                talk.server.end_of_input();
                return talk;
            }
            let (at_server, at_client) = (talk.to_server.len(), talk.to_client.len());
            talk.to_server.extend_from_slice(&to_server);
            talk.to_client.extend_from_slice(&to_client);
            between(Towards::Server, at_server, &mut to_server);
            between(Towards::Client, at_client, &mut to_client);
            talk.server.receive(&to_server);
            talk.client.receive(&to_client);
        }
        panic!("the conversation does not end: {talk:?}");
    }

    /// Whether everything arrived and both ends know that nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.client.failure.is_none()
            && self.server.failure.is_none()
            && self.server.received == REQUEST
            && self.client.received == RESPONSE
    }

    /// What has to hold whoever stands in between: nothing is handed out that was not sent, in that
    /// order; what an end has handed out is all there is, or it knows that something is missing.
    ///
    /// # Panics
    /// If it does not hold.
    pub fn check(&self) {
        for (end, sent) in [(&self.server, REQUEST), (&self.client, RESPONSE)] {
            assert!(sent.starts_with(&end.received), "made-up data: {:?}", end.received);
            assert!(end.received == sent || end.failure.is_some(), "loss without notice");
            assert!(
                end.received.is_empty() || end.connection.peer().is_some() || !is_client(self, end),
                "data of an unverified server"
            );
        }
    }
}

fn is_client(talk: &Conversation, end: &End) -> bool {
    core::ptr::eq(&raw const talk.client, end)
}

/// Whether a peer can have brought this failure about by what it sent.
fn is_peers_fault(error: &Error) -> bool {
    match error {
        Error::Certificate(_)
        | Error::Record(_)
        | Error::PeerAlert(_)
        | Error::MalformedAlert
        | Error::Truncated
        | Error::ClosedDuringHandshake => true,
        Error::Handshake(error) => error.alert() != chancery_wire::AlertDescription::INTERNAL_ERROR,
        _ => false,
    }
}

/// `bytes` are all that a server ever receives.
///
/// # Panics
/// If the property does not hold.
pub fn server(bytes: &[u8]) {
    alone(Configuration::repeatable().server(), bytes);
}

/// `bytes` are all that a client ever receives.
///
/// # Panics
/// If the property does not hold.
pub fn client(bytes: &[u8]) {
    let mut end = Configuration::repeatable().client();
    assert!(!end.transmit().is_empty());
    alone(end, bytes);
}

/// A peer that has not authenticated itself gets no further than an error, in bounded space.
fn alone(mut end: End, bytes: &[u8]) {
    let mut answer = vec![];
    // In pieces, so that every record is seen unfinished first.
    for piece in bytes.chunks(97) {
        end.receive(piece);
        answer.extend(end.transmit());
    }
    end.end_of_input();
    assert!(end.received.is_empty());
    assert!(end.connection.is_handshaking());
    let error = end.failure.expect("the handshake cannot have ended well");
    assert!(is_peers_fault(&error), "{error}");
    // A flight of the server, and at most one alert.
    assert!(answer.len() < 8192, "{} bytes in answer to {}", answer.len(), bytes.len());
    if let Some(description) = error.alert()
        && end.connection.negotiated().is_none()
        && answer.len() == 7
    {
        assert_eq!(answer, [21, 3, 3, 0, 2, 2, description.0], "{error}");
    }
}

/// A conversation with somebody in between, who does what `bytes` say: four bytes each, of which the
/// first chooses a direction and a deed, the next two the position, and the last a value.
///
/// # Panics
/// If the property does not hold.
pub fn tampered(bytes: &[u8]) {
    let configuration = Configuration::repeatable();
    let deeds: Vec<_> = bytes.chunks_exact(4).take(8).collect();
    let talk = Conversation::hold(&configuration, |towards, start, sent| {
        for deed in &deeds {
            let [what, high, low, value] = deed[..] else { continue };
            if (what & 1 == 0) != (towards == Towards::Server) {
                continue;
            }
            let position = usize::from(u16::from_be_bytes([high, low]));
            let Some(position) = position.checked_sub(start).filter(|p| *p < sent.len()) else {
                continue;
            };
            match what >> 1 & 7 {
                0 | 1 => sent[position] ^= value,
                2 => sent[position] = value,
                3 => sent.insert(position, value),
                4 => drop(sent.remove(position)),
                5 => sent.truncate(position),
                6 => {
                    let end = sent.len().min(position + usize::from(value));
                    let again = sent[position..end].to_vec();
                    sent.splice(position..position, again);
                }
                _ => {
                    let end = sent.len().min(position + usize::from(value));
                    sent[position..end].reverse();
                }
            }
        }
    });
    talk.check();
    for end in [&talk.client, &talk.server] {
        if let Some(error) = &end.failure {
            assert!(is_peers_fault(error), "{error}");
        }
    }
}
