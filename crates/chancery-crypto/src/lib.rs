//! The seams between Chancery's protocol crates and the cryptography that they run on.
//!
//! ```text
//! key-schedule ── Hash, Hmac ──┐
//! record ──────── AeadKey ─────┤
//! handshake ───── KeyExchange ─┼── implemented by a provider (chancery-ring, yours)
//! issue, server ─ SigningKey ──┘
//! ```
//!
//! There is no algorithm here, no protocol, no allocation and no global state. Verifying signatures
//! is deliberately absent: the ecosystem has that trait already, in
//! `rustls_pki_types::SignatureVerificationAlgorithm`.

#![no_std]
#![forbid(unsafe_code)]

mod aead;
mod hash;
mod key_exchange;
mod random;
mod secret;
mod signing;

pub use aead::{AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};
pub use hash::{Digest, Hash, HashAlgorithm, Hmac, MAX_HASH_LEN};
pub use key_exchange::{
    KeyExchange, KeyExchangeError, MAX_PUBLIC_VALUE_LEN, PublicValue, SharedSecret,
};
pub use random::{Random, RandomError};
pub use secret::{Secret, SecretTooLong};
pub use signing::{MAX_SIGNATURE_LEN, SignError, SignatureAlgorithm, SigningKey};
