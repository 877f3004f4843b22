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
//!
//! ```
//! use chancery_crypto::{AeadAlgorithm, HashAlgorithm::Sha256};
//! use chancery_key_schedule::{Early, LabelSet, Transcript};
//! use chancery_ring::Hash;
//!
//! let mut transcript = Transcript::<Hash>::new(Sha256);
//! transcript.update(b"ClientHello");
//! transcript.update(b"ServerHello");
//! let handshake = Early::<Hash>::without_psk(Sha256, LabelSet::Tls13).into_handshake(&[7; 32]);
//! let server = handshake.server_traffic(&transcript.hash());
//! let keys = server.keys(AeadAlgorithm::Aes128Gcm);
//! assert_eq!((keys.key().len(), keys.iv().len()), (16, 12));
//!
//! // The server's Finished covers everything before it.
//! let verify_data = server.verify_data(&transcript.hash());
//! server.check_verify_data(&transcript.hash(), verify_data.as_bytes())?;
//! # Ok::<(), chancery_key_schedule::KeyScheduleError>(())
//! ```

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
mod hybrid;
mod key_log;
mod label;
mod master;
mod psk_import;
mod quic;
mod resumption;
mod tls12;
mod traffic;
mod transcript;

pub use label::LabelSet;
pub use transcript::{Transcript, TranscriptHash};

pub use psk_import::{ImportedIdentity, TargetProtocol};

pub use early::Early;

pub use binder::{BinderKey, PskKind};
pub use hybrid::HybridGroup;

pub use handshake::Handshake;

pub use master::Master;

pub use exporter::Exporter;
pub use resumption::ResumptionSecret;
pub use traffic::{TrafficKeys, TrafficSecret};

pub use key_log::{KeyLog, KeyLogLabel, KeyLogLine};
pub use quic::{QuicInitial, QuicVersion};
pub use tls12::{Tls12KeyBlock, Tls12MasterSecret, Tls12Randoms, Tls12Side, tls12_prf};

pub use error::KeyScheduleError;
pub use hkdf::Hkdf;

/// The README's example is run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
