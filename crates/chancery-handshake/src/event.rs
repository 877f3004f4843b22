//! What a handshake wants done, in order.

use alloc::vec::Vec;
use core::fmt;

use chancery_crypto::Digest;
use chancery_key_schedule::TrafficSecret;
use chancery_wire::HandshakeType;

use crate::{Operation, Suite, Ticket};

/// Under which keys bytes travel (RFC 8446 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Epoch {
    /// No keys: the hellos.
    Plaintext,
    /// The client's early traffic keys: 0-RTT data.
    EarlyData,
    /// The handshake traffic keys.
    Handshake,
    /// The application traffic keys, of whatever generation.
    Application,
}

/// One thing to do, or to know. Events come in the order in which they have to be acted on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<H> {
    /// Send one handshake message. Messages of one epoch may share records.
    Send {
        /// The keys to send it under; they have been installed.
        epoch: Epoch,
        /// The message, header included.
        bytes: Vec<u8>,
    },
    /// Send one `change_cipher_spec` record, unprotected, with the single byte 1: it lets middleboxes
    /// that know TLS 1.2 pass what follows (RFC 8446 §D.4). Not for QUIC.
    SendChangeCipherSpec,
    /// Send from now on under the keys of this secret.
    SendKey(KeyChange<H>),
    /// Open what is received from now on under the keys of this secret.
    ReceiveKey(KeyChange<H>),
    /// A secret for a key log file (RFC 9850), should one be kept.
    KeyLog(KeyLog),
    /// A message was received, decrypted and decoded; what follows from it follows.
    Received {
        /// The keys that it came under.
        epoch: Epoch,
        /// Its type.
        message: HandshakeType,
        /// Its length in bytes, header included.
        len: usize,
    },
    /// Nothing goes on until [`resume`](crate::Client::resume) brings the answer.
    Suspended(Operation),
    /// Both sides are authenticated as far as was asked: application data may be trusted.
    Complete,
    /// The server gave the client a ticket for another connection.
    Ticket(Ticket),
}

/// A traffic secret to put into use.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "an event's content, taken apart by whoever gets it")]
pub struct KeyChange<H> {
    /// What is sent or received under it.
    pub epoch: Epoch,
    /// The suite, whose AEAD the keys are for.
    pub suite: Suite,
    /// The secret of one direction (RFC 8446 §7.1).
    pub secret: TrafficSecret<H>,
}

/// One line of a key log file: `label client_random secret`, the latter two in hex (RFC 9850 §2).
pub struct KeyLog {
    /// Such as `CLIENT_HANDSHAKE_TRAFFIC_SECRET`.
    pub label: &'static str,
    /// The random of the ClientHello, which the file is indexed by.
    pub client_random: [u8; 32],
    /// The secret. Whoever has it can read the connection.
    pub secret: Digest,
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyLog({}, [..])", self.label)
    }
}
