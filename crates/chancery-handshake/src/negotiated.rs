//! What the two sides have agreed on.

use alloc::{boxed::Box, vec::Vec};

use chancery_wire::NamedGroup;

use crate::Suite;

/// What the two sides have agreed on, as far as the handshake has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    pub(crate) suite: Suite,
    pub(crate) group: NamedGroup,
    pub(crate) hello_retry: HelloRetry,
    pub(crate) authentication: Authentication,
    pub(crate) ticket_use: TicketUse,
    pub(crate) application_protocol: Option<Vec<u8>>,
    pub(crate) server_name: Option<Box<str>>,
}

/// Whether it took a HelloRetryRequest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelloRetry {
    NotNeeded,
    Needed,
}

/// By what the two ends know each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// The server by its certificate; the client too, if it was asked for one and has shown it.
    Certificate,
    /// As in the connection that a ticket came from (RFC 8446 §2.2).
    Resumption,
    /// Both by a key that they have from elsewhere (RFC 8446 §4.2.11).
    ExternalPsk {
        /// The identity of the key; of one that was imported, its external identity (RFC 9258 §5.1).
        identity: Vec<u8>,
    },
}

/// Whether the client can come back with a ticket, as far as its ClientHello says (RFC 8446 §4.2.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketUse {
    Possible,
    Impossible,
}

impl Negotiated {
    /// The cipher suite.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The group of the key exchange.
    #[must_use]
    pub const fn group(&self) -> NamedGroup {
        self.group
    }

    /// Whether the server asked for a second ClientHello (RFC 8446 §4.1.4).
    #[must_use]
    pub const fn is_retried(&self) -> bool {
        matches!(self.hello_retry, HelloRetry::Needed)
    }

    /// By what the two ends know each other.
    #[must_use]
    pub const fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// Whether a ticket took the place of certificates.
    #[must_use]
    pub const fn is_resumed(&self) -> bool {
        matches!(self.authentication, Authentication::Resumption)
    }

    /// Whether tickets may come of this connection.
    ///
    /// None does where a key from elsewhere was used: it makes handshakes as short as a ticket does, and a ticket
    /// would still let in whoever had it once the key is withdrawn.
    pub(crate) const fn allows_tickets(&self) -> bool {
        matches!(self.ticket_use, TicketUse::Possible)
            && !matches!(self.authentication, Authentication::ExternalPsk { .. })
    }

    /// The application protocol (RFC 7301).
    #[must_use]
    pub fn application_protocol(&self) -> Option<&[u8]> {
        self.application_protocol.as_deref()
    }

    /// The DNS name that the client asked for: of a server, if there was one; of a client, if the
    /// server acknowledged it (RFC 6066 §3).
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }
}
