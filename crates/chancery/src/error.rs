//! Why a connection failed.

use core::fmt;
use std::io;

use chancery_chain::Rejection;
use chancery_handshake::{CertificateRejection, HandshakeError};
use chancery_wire::AlertDescription;

/// Why a connection failed. The peer has been sent the fitting alert, if there is one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The peer's certificates were refused, for the reasons within.
    Certificate(Box<Rejection>),
    /// The handshake failed otherwise.
    Handshake(HandshakeError),
    /// The peer broke a rule of the record layer.
    Record(chancery_record::Violation),
    /// A record could not be sealed.
    Seal(chancery_record::SealError),
    /// The peer sent a fatal alert.
    PeerAlert(AlertDescription),
    /// The peer sent an alert that is not one, or more of them than anyone needs.
    MalformedAlert,
    /// The peer's bytes ended without `close_notify`: something may have been cut off
    /// (RFC 8446 §6.1).
    Truncated,
    /// The peer closed the connection before the handshake was complete.
    ClosedDuringHandshake,
    /// The call has no meaning now: data before the handshake is complete, or after `close`.
    WrongState,
    /// The provider refused a key.
    Key(chancery_crypto::AeadError),
}

impl Error {
    /// The alert that the peer was sent for this (RFC 8446 §6.2); `None` where the peer is told nothing.
    #[must_use]
    pub fn alert(&self) -> Option<AlertDescription> {
        match self {
            Self::Certificate(rejection) => Some(CertificateRejection::from(&**rejection).alert()),
            Self::Handshake(error) => Some(error.alert()),
            Self::Record(violation) => Some(AlertDescription(violation.alert().code())),
            Self::MalformedAlert => Some(AlertDescription::DECODE_ERROR),
            Self::Seal(_) | Self::Key(_) => Some(AlertDescription::INTERNAL_ERROR),
            // RFC 8446 §6.2: an alert is not answered.
            Self::PeerAlert(_)
            | Self::Truncated
            | Self::ClosedDuringHandshake
            | Self::WrongState => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(rejection) => write!(f, "certificate refused: {rejection}"),
            Self::Handshake(error) => fmt::Display::fmt(error, f),
            Self::Record(violation) => write!(f, "peer violates the record layer: {violation}"),
            Self::Seal(error) => write!(f, "cannot seal: {error}"),
            Self::PeerAlert(alert) => write!(f, "peer sent the alert {alert}"),
            Self::MalformedAlert => f.write_str("peer sent a malformed alert"),
            Self::Truncated => {
                f.write_str("peer closed without close_notify: data may have been cut off")
            }
            Self::ClosedDuringHandshake => f.write_str("peer closed during the handshake"),
            Self::WrongState => f.write_str("not possible in this state of the connection"),
            Self::Key(_) => f.write_str("provider refuses a key"),
        }
    }
}

impl core::error::Error for Error {}

impl From<HandshakeError> for Error {
    fn from(error: HandshakeError) -> Self {
        Self::Handshake(error)
    }
}

impl From<chancery_record::Violation> for Error {
    fn from(violation: chancery_record::Violation) -> Self {
        Self::Record(violation)
    }
}

impl From<chancery_record::SealError> for Error {
    fn from(error: chancery_record::SealError) -> Self {
        Self::Seal(error)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Truncated => io::ErrorKind::UnexpectedEof,
            Error::WrongState => io::ErrorKind::NotConnected,
            Error::ClosedDuringHandshake | Error::PeerAlert(_) => io::ErrorKind::ConnectionAborted,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
