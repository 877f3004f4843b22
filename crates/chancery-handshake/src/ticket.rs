//! Tickets (RFC 8446 §4.6.1): what a client keeps for another, shorter handshake.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use chancery_crypto::Digest;

use crate::Suite;

/// A ticket, as a client keeps it. Use each once, so that nobody can link connections
/// (RFC 8446 §C.4).
#[derive(Clone)]
pub struct Ticket {
    pub(crate) suite: Suite,
    pub(crate) psk: Digest,
    pub(crate) identity: Vec<u8>,
    pub(crate) age_add: u32,
    pub(crate) lifetime: u32,
    pub(crate) application_protocol: Option<Vec<u8>>,
    pub(crate) server_name: Option<Box<str>>,
}

impl Ticket {
    /// For how long it may be used, in seconds; at most seven days.
    #[must_use]
    pub const fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// The suite of the connection that it comes from; its hash has to be that of the next one.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The application protocol of the connection that it comes from.
    #[must_use]
    pub fn application_protocol(&self) -> Option<&[u8]> {
        self.application_protocol.as_deref()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}, {} s, [..])", self.suite, self.lifetime)
    }
}

/// A ticket to be offered in a ClientHello.
#[derive(Clone, Debug)]
pub struct OfferedTicket {
    pub(crate) ticket: Ticket,
    pub(crate) obfuscated_age: u32,
}

impl Ticket {
    /// The DNS name of the server that it comes from, if that acknowledged one.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// Offers it `age_milliseconds` after it came. Too old a ticket is refused by the server, no
    /// more (RFC 8446 §4.2.11.1).
    #[must_use]
    pub const fn offer(self, age_milliseconds: u32) -> OfferedTicket {
        let obfuscated_age = age_milliseconds.wrapping_add(self.age_add);
        OfferedTicket { ticket: self, obfuscated_age }
    }
}
