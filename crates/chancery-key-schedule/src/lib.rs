//! The key schedule of TLS 1.3 (RFC 8446 §7), whole and alone: shared secrets and transcript hashes
//! go in, traffic secrets, binders, exporters and ticket keys come out.
//!
//! ```text
//!             PSK or zeros
//!                  │
//!               [Early] ────► binder keys, client early traffic, early exporter
//!                  │ (EC)DHE or zeros
//!             [Handshake] ──► client and server handshake traffic
//!                  │
//!              [Master] ────► client and server application traffic, exporter, resumption
//! ```
//!
//! Each stage is a type that only the stage before it can make, so that a secret cannot be taken
//! from the wrong one. The same types serve DTLS 1.3 and QUIC, which differ in their
//! [`LabelSet`] only.
//!
//! Deliberately absent: messages (whoever calls feeds their bytes to a [`Transcript`]), the use of
//! keys, and the algorithms themselves, which come in as the type parameter `H:`
//! [`chancery_crypto::Hash`]. Nothing allocates; every secret is wiped on drop and prints as `[..]`.

#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod binder;
mod early;
mod error;
mod exporter;
mod handshake;
mod hkdf;
mod label;
mod master;
mod resumption;
mod traffic;
mod transcript;

pub use binder::{BinderKey, PskKind};
pub use early::Early;
pub use error::KeyScheduleError;
pub use exporter::Exporter;
pub use handshake::Handshake;
pub use hkdf::Hkdf;
pub use label::LabelSet;
pub use master::Master;
pub use resumption::ResumptionSecret;
pub use traffic::{TrafficKeys, TrafficSecret};
pub use transcript::{Transcript, TranscriptHash};
