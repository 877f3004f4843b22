//! ChaCha20 and Poly1305 as one AEAD (RFC 8439 §2.8).

use core::fmt;

use chancery_crypto::{AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, TAG_LEN};

use crate::aes_gcm::key_type;
use crate::portable::Portable;

key_type! {
    /// A key of ChaCha20-Poly1305: 32 bytes.
    ChaCha20Poly1305, AeadAlgorithm::ChaCha20Poly1305
}
