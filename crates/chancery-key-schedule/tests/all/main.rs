//! The key schedule against published vectors, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod dtls13;
mod hkdf;
mod hybrid;
mod key_log;
mod provider;
mod psk_import;
mod quic;
mod quic_packets;
mod refusals;
mod rfc8448;
mod tls12;
