//! Why a derivation or a check was refused.

use core::fmt;

/// What this crate can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyScheduleError {
    /// More output was asked for than 255 hash blocks (RFC 5869 §2.3) or 65,535 bytes
    /// (RFC 8446 §7.1).
    OutputTooLong,
    /// A label exceeds 255 bytes together with its prefix (RFC 8446 §7.1).
    LabelTooLong,
    /// A context, such as a ticket nonce, exceeds the 255 bytes of its length field (RFC 8446 §7.1).
    ContextTooLong,
    /// A secret, a transcript hash or an identity does not have a length that is possible for it.
    WrongLength,
    /// An export from a TLS 1.2 master secret that is not the extended one (RFC 7627 §5.4).
    NotExtended,
    /// A received Finished or binder is not what it has to be (RFC 8446 §4.4.4, §4.2.11.2). The
    /// alert is `decrypt_error`.
    VerifyDataMismatch,
}

impl fmt::Display for KeyScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutputTooLong => "more output asked for than HKDF can give",
            Self::LabelTooLong => "label exceeds 255 bytes with its prefix",
            Self::ContextTooLong => "context exceeds 255 bytes",
            Self::WrongLength => "length is not possible for what it is of",
            Self::NotExtended => "master secret is not the extended one",
            Self::VerifyDataMismatch => "verify data or binder does not match",
        })
    }
}

impl core::error::Error for KeyScheduleError {}
