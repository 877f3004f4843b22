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
    pub(crate) application_protocol: Option<Vec<u8>>,
    pub(crate) server_name: Option<Box<str>>,
}

/// Whether it took a HelloRetryRequest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelloRetry {
    NotNeeded,
    Needed,
}

/// How the server is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    Certificate,
    PreSharedKey,
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

    /// Whether a ticket or another pre-shared key took the place of certificates.
    #[must_use]
    pub const fn is_resumed(&self) -> bool {
        matches!(self.authentication, Authentication::PreSharedKey)
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
