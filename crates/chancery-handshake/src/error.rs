//! Why a handshake ended, and the alert that says so to the peer.

use core::fmt;

use chancery_crypto::{KeyExchangeError, RandomError};
use chancery_key_schedule::KeyScheduleError;
use chancery_wire::{AlertDescription, EncodeError};

use crate::{CertificateRejection, Refusal, Violation};

/// Why a handshake ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The peer broke a rule.
    Violation(Violation),
    /// The peer's certificates were refused by whoever verified them.
    CertificateRejected(CertificateRejection),
    /// Whoever chose the configuration or signed refused.
    Refused(Refusal),
    /// The source of randomness failed.
    Random,
    /// The configuration makes a message that cannot be encoded.
    Encode(EncodeError),
    /// The configuration lacks what a handshake needs, a suite, a group, or a suite of a pre-shared key's hash; or a
    /// choice is an application protocol that the client does not offer.
    Configuration,
    /// The answer is for another [`Operation`](crate::Operation), or there was none.
    UnexpectedAnswer,
    /// The call has no meaning in this state, such as a KeyUpdate before the handshake is complete.
    WrongState,
    /// A derivation was refused, which no input from a peer can bring about.
    KeySchedule(KeyScheduleError),
    /// The handshake had failed earlier.
    Failed,
}

impl HandshakeError {
    /// The alert to send before closing (RFC 8446 §6.2).
    #[must_use]
    pub const fn alert(&self) -> AlertDescription {
        match self {
            Self::Violation(violation) => violation.alert(),
            Self::CertificateRejected(rejection) => rejection.alert(),
            Self::Refused(refusal) => refusal.alert(),
            Self::Random
            | Self::Encode(_)
            | Self::Configuration
            | Self::UnexpectedAnswer
            | Self::WrongState
            | Self::KeySchedule(_)
            | Self::Failed => AlertDescription::INTERNAL_ERROR,
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Violation(violation) => write!(f, "peer violates the protocol: {violation}"),
            Self::CertificateRejected(rejection) => write!(f, "certificate rejected: {rejection}"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Random => f.write_str("the source of randomness failed"),
            Self::Encode(error) => write!(f, "configuration cannot be encoded: {error}"),
            Self::Configuration => f.write_str(
                "configuration lacks a suite, a group or a suite of the key's hash, or chooses what was not offered",
            ),
            Self::UnexpectedAnswer => f.write_str("answer to an operation that is not pending"),
            Self::WrongState => f.write_str("not possible in this state of the handshake"),
            Self::KeySchedule(error) => write!(f, "key schedule: {error}"),
            Self::Failed => f.write_str("the handshake has failed already"),
        }
    }
}

impl core::error::Error for HandshakeError {}

impl From<Violation> for HandshakeError {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}

impl From<RandomError> for HandshakeError {
    fn from(_: RandomError) -> Self {
        Self::Random
    }
}

impl From<EncodeError> for HandshakeError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<KeyScheduleError> for HandshakeError {
    fn from(error: KeyScheduleError) -> Self {
        Self::KeySchedule(error)
    }
}

impl From<KeyExchangeError> for HandshakeError {
    fn from(error: KeyExchangeError) -> Self {
        match error {
            KeyExchangeError::InvalidPublicValue => Self::Violation(Violation::InvalidKeyShare),
            _ => Self::Random,
        }
    }
}
