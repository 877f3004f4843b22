//! What goes over a connection, message by message, for those who want to watch.

use core::fmt;

use chancery_handshake::Epoch;
use chancery_wire::{AlertDescription, HandshakeType};

/// Who sent what was traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Direction {
    /// This end.
    Sent,
    /// The peer.
    Received,
}

/// What was traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// One handshake message (RFC 8446 §4).
    Handshake(HandshakeType),
    /// A `change_cipher_spec` record, which means nothing (RFC 8446 §D.4).
    ChangeCipherSpec,
    /// An alert (RFC 8446 §6).
    Alert(AlertDescription),
    /// One record of application data.
    ApplicationData,
}

/// One message, or one record of application data. There is no content in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Trace {
    /// Who sent it.
    pub direction: Direction,
    /// Under which keys.
    pub epoch: Epoch,
    /// What it is.
    pub content: Content,
    /// How long it is in bytes: of a message with its header, without records around it.
    pub len: usize,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handshake(message) => fmt::Display::fmt(message, f),
            Self::ChangeCipherSpec => f.write_str("change_cipher_spec"),
            Self::Alert(description) => fmt::Display::fmt(description, f),
            Self::ApplicationData => f.write_str("application data"),
        }
    }
}

/// Is told of each message of a connection as it is sent or received.
pub(crate) struct Tracer(Option<Box<dyn FnMut(Trace) + Send + Sync>>);

impl Tracer {
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    pub(crate) fn new(observer: impl FnMut(Trace) + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(observer)))
    }

    pub(crate) fn trace(
        &mut self,
        direction: Direction,
        epoch: Epoch,
        content: Content,
        len: usize,
    ) {
        if let Some(observer) = &mut self.0 {
            observer(Trace { direction, epoch, content, len });
        }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Tracer(on)" } else { "Tracer(off)" })
    }
}
