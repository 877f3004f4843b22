//! The TLS 1.3 handshake (RFC 8446 §4), client and server, as state machines.
//!
//! ```text
//!            handshake bytes, by epoch ─receive─► ┌────────┐ ─poll─► Event: send these bytes,
//!                                                 │ Client │         use this key, know this,
//! Answer: a verdict, a signature, a choice ─resume─► Server │        wait for this Operation
//!                                                 └────────┘
//! ```
//!
//! A machine does nothing but turn what it is given into [`Event`]s, in the order in which they have
//! to be acted on. Whatever can take long or lives elsewhere is an [`Operation`] that it waits for.
//! So there is no I/O here, no clock, no source of randomness, no records (QUIC brings its own), no
//! list of trust anchors and no private key. TLS 1.2 and earlier are refused with `protocol_version`.
//!
//! The states are those of RFC 8446 Appendix A, one file each.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chancery_handshake::{Client, ClientConfig, Epoch, Event, Group, Server, ServerConfig};
//! use chancery_ring::{Hash, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom, X25519};
//! use chancery_wire::NamedGroup;
//!
//! const GROUPS: &[Group] = &[Group::new(NamedGroup::X25519, &X25519)];
//! let mut random = SystemRandom::new();
//!
//! let config = ClientConfig::new(GROUPS, SIGNATURE_VERIFICATION_ALGORITHMS);
//! let name = "example.com".try_into()?;
//! let mut client = Client::<Hash>::start(Arc::new(config), name, &mut random)?;
//! let config = ServerConfig::new(GROUPS, SIGNATURE_VERIFICATION_ALGORITHMS);
//! let mut server = Server::<Hash>::start(Arc::new(config))?;
//!
//! let Some(Event::Send { epoch: Epoch::Plaintext, bytes }) = client.poll() else { unreachable!() };
//! server.receive(Epoch::Plaintext, &bytes, &mut random)?; // or however many bytes have come
//! assert!(matches!(server.poll(), Some(Event::Received { .. })));
//! // The server knows what the client offers, and wants to know what to make of it.
//! assert!(matches!(server.poll(), Some(Event::Suspended(_))));
//! # Ok::<(), Box<dyn core::error::Error>>(())
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

extern crate alloc;

mod certificate;
mod certificate_verify;
mod client;
mod config;
mod connected;
mod context;
mod error;
mod event;
mod group;
mod machine;
mod negotiated;
mod operation;
mod psk;
mod secrets;
mod server;
mod suite;
mod ticket;
mod violation;

// What goes in.
pub use config::{
    CertificateTimestamps, Choice, ClientAuthentication, ClientConfig, Credentials, HelloPadding,
    MiddleboxCompatibility, OcspStapling, RawExtension, ServerConfig, Verifiers,
};
pub use group::Group;
pub use psk::{AcceptedPsk, OfferedPsk};
pub use suite::Suite;
// The machines.
pub use chancery_key_schedule::{
    Exporter, ImportedIdentity, LabelSet, TargetProtocol, TrafficSecret,
};
pub use client::Client;
pub use negotiated::{Authentication, Negotiated};
pub use server::Server;
// What comes out.
pub use event::{Epoch, Event, KeyChange, KeyLog};
pub use ticket::{Session, Ticket, UnsealedTicket};
// What it waits for.
pub use operation::{
    Answer, CertificateRejection, ChooseConfiguration, ChooseCredentials, Operation, PeerRole,
    PublicKey, Refusal, Sign, VerifyCertificates,
};
// How it ends.
pub use error::HandshakeError;
pub use violation::Violation;
