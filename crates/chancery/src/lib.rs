//! TLS 1.3 clients and servers (RFC 8446), joined from Chancery's crates.
//!
//! ```text
//! ClientConfig ─► Client ─┐
//!                         ├─► Connection ─► Stream<T: Read + Write>
//! ServerConfig ─► Server ─┘    sans-I/O      blocking
//! ```
//!
//! Most programs want a [`Stream`]:
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::sync::Arc;
//!
//! use chancery::{ClientConfig, Stream, TrustAnchors};
//!
//! # fn roots() -> TrustAnchors { TrustAnchors::new() }
//! let config = Arc::new(ClientConfig::new(roots()));
//! let transport = TcpStream::connect("example.com:443")?;
//! let mut stream = Stream::connect(config, "example.com".try_into()?, transport)?;
//! stream.write_all(b"GET / HTTP/1.0\r\nHost: example.com\r\n\r\n")?;
//! stream.close()?;
//! let mut page = Vec::new();
//! stream.read_to_end(&mut page)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Connection`] is the same without any I/O: it turns bytes into bytes and events, for event loops
//! and other transports. TLS 1.2 and earlier are absent, and so is 0-RTT data.
//!
//! Tickets for resumption are made and kept if [`ServerConfig::tickets`] and [`ClientConfig::tickets`] say how.
//! Two ends that have a key from elsewhere need no certificates: [`ServerConfig::by_psk`] and [`ClientConfig::by_psk`].
//!
//! The parts stand alone too: `chancery-x509`, `chancery-chain`, `chancery-key-schedule`, `chancery-record` and the
//! others are crates of their own.

#![forbid(unsafe_code)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod client;
mod config;
mod connection;
mod error;
mod identity;
mod key_log;
mod machine;
mod psk;
mod server;
mod stream;
mod tickets;
mod trace;

// What goes in.
pub use chancery_chain::{TrustAnchors, Validator};
pub use chancery_handshake::ClientAuthentication;
pub use chancery_ring::SystemRandom;
pub use config::{ClientConfig, GROUPS, ServerConfig};
pub use identity::{Identity, IdentityError};
pub use key_log::{KeyLog, KeyLogFile};
pub use psk::{ExternalPsk, PskError, PskStore};
pub use tickets::{SessionSealer, StoredTicket, TicketKeys, TicketMemory, TicketStore};
// The two ends.
pub use client::Client;
pub use connection::{Connection, Event, Received, Sent};
pub use server::Server;
pub use stream::{ReadHalf, Stream, WriteHalf};
// What comes out.
pub use chancery_chain::VerifiedPath;
pub use chancery_handshake::{Authentication, Negotiated};
pub use chancery_wire::KeyUpdateRequest;
pub use error::Error;
pub use trace::{Content, Direction, Trace};
// The parts that configurations are made of.
pub use chancery_crypto as crypto;
pub use chancery_handshake as handshake;
pub use chancery_record as record;
pub use chancery_ring as ring;
pub use chancery_wire as wire;
pub use pki_types;

/// The README's example is run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
