//! Agreement on a shared secret: (EC)DHE and KEMs in one shape.

use core::fmt;

use crate::{Random, Secret};

/// The longest public value, in bytes: SecP384r1MLKEM1024's client share (RFC 10024).
pub const MAX_PUBLIC_VALUE_LEN: usize = 97 + 1568;

/// A shared secret: at most 66 bytes of one curve (P-521), or 48 + 32 of a hybrid.
pub type SharedSecret = Secret<96>;

/// One group, seen from both sides.
///
/// ```text
/// initiator                              responder
/// generate ── public value ────────────► respond
/// complete ◄────────────── public value ─┘
///     └──────── same SharedSecret ───────┘
/// ```
pub trait KeyExchange: Send + Sync + 'static {
    /// The initiator's private value; it wipes itself.
    type Private: Send + Sync + 'static;

    /// Makes the initiator's fresh key pair.
    ///
    /// # Errors
    /// If randomness fails.
    fn generate(
        &self,
        random: &mut dyn Random,
    ) -> Result<(Self::Private, PublicValue), KeyExchangeError>;

    /// The initiator's end: the secret shared with the responder who sent `peer`.
    ///
    /// # Errors
    /// If `peer` is not a valid public value of this group, or yields an all-zero secret
    /// (RFC 7748 §6.1).
    fn complete(
        &self,
        private: Self::Private,
        peer: &[u8],
    ) -> Result<SharedSecret, KeyExchangeError>;

    /// The responder's whole part: an answer to `peer`, and the shared secret.
    ///
    /// # Errors
    /// As [`Self::generate`] and [`Self::complete`].
    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError>;
}

/// A public value: at most [`MAX_PUBLIC_VALUE_LEN`] bytes, kept inline.
#[derive(Clone)]
pub struct PublicValue {
    bytes: [u8; MAX_PUBLIC_VALUE_LEN],
    len: usize,
}

impl PublicValue {
    /// The concatenation of `parts`; `None` if that is too long.
    #[must_use]
    pub fn from_parts(parts: &[&[u8]]) -> Option<Self> {
        let mut value = Self { bytes: [0; MAX_PUBLIC_VALUE_LEN], len: 0 };
        for part in parts {
            let end = value.len.checked_add(part.len())?;
            value.bytes.get_mut(value.len..end)?.copy_from_slice(part);
            value.len = end;
        }
        Some(value)
    }

    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for PublicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicValue({} bytes)", self.len)
    }
}

/// Why a key exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyExchangeError {
    /// The peer's public value is malformed, off the curve, or of small order.
    InvalidPublicValue,
    /// The source of randomness failed.
    Random,
}

impl fmt::Display for KeyExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidPublicValue => "peer's public value is invalid for the group",
            Self::Random => "the source of randomness failed",
        })
    }
}

impl core::error::Error for KeyExchangeError {}
