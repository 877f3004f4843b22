//! The record layer of TLS 1.3 (RFC 8446 §5), alone: no handshake, no socket, no allocation.
//!
//! ```text
//! content ──Sealer──► records          │ header │ content, type, padding │ tag │
//! bytes ──deframe──► Record ──Opener──► content, in the caller's buffer
//! ```
//!
//! A [`Sealer`] or [`Opener`] is one direction under one key, whatever made the key: a handshake, a
//! key log, another protocol. The AEAD is the type parameter `K:` [`chancery_crypto::AeadKey`].
//! Sequence numbers cannot be set back, so that no nonce is used twice; overflow, the algorithm's
//! limits (RFC 8446 §5.5) and gaps are errors.
//!
//! Deliberately absent: messages inside the records, alerts' meaning, and the receive buffer, which
//! is the caller's.

#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod batch;
mod change_cipher_spec;
mod deframe;
mod header;
mod inner_plaintext;
mod limits;
mod nonce;
mod open;
mod open_batch;
mod padding;
#[cfg(target_has_atomic = "ptr")]
mod parallel;
mod seal;
mod violation;

pub use change_cipher_spec::{CHANGE_CIPHER_SPEC, ChangeCipherSpecWindow};
pub use deframe::{Deframed, Opened, Record, deframe, write_plaintext};
pub use header::{
    ContentType, HEADER_LEN, LegacyVersion, MAX_CIPHERTEXT_LEN, MAX_PLAINTEXT_LEN, MAX_RECORD_LEN,
    RecordHeader,
};
pub use inner_plaintext::strip_padding;
pub use limits::{KeyUsage, RecordSizeLimit};
pub use open::Opener;
pub use open_batch::{BatchEnd, OpenedBatch, OpenedSpan};
pub use padding::Padding;
#[cfg(target_has_atomic = "ptr")]
pub use parallel::{SealJob, SealRange};
pub use seal::{SealError, Sealer};
pub use violation::{Alert, Violation};

/// The README's example is run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
