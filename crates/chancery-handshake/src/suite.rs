//! Cipher suites (RFC 8446 §B.4): an AEAD for the records, a hash for the key schedule.

use core::fmt;

use chancery_crypto::{AeadAlgorithm, HashAlgorithm};
use chancery_wire::CipherSuite;

/// A cipher suite that this crate negotiates.
///
/// The CCM suites of RFC 8446 §B.4 are absent: nothing but small devices uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suite {
    /// `TLS_AES_128_GCM_SHA256`, which every implementation must have (RFC 8446 §9.1).
    Aes128GcmSha256,
    /// `TLS_AES_256_GCM_SHA384`.
    Aes256GcmSha384,
    /// `TLS_CHACHA20_POLY1305_SHA256`.
    ChaCha20Poly1305Sha256,
}

impl Suite {
    /// All of them, in the order in which they are offered unless told otherwise.
    pub const ALL: [Self; 3] =
        [Self::Aes128GcmSha256, Self::Aes256GcmSha384, Self::ChaCha20Poly1305Sha256];

    /// The suite of a code point.
    #[must_use]
    pub fn from_cipher_suite(cipher_suite: CipherSuite) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.cipher_suite() == cipher_suite)
    }

    /// Its code point.
    #[must_use]
    pub const fn cipher_suite(self) -> CipherSuite {
        match self {
            Self::Aes128GcmSha256 => CipherSuite::TLS_AES_128_GCM_SHA256,
            Self::Aes256GcmSha384 => CipherSuite::TLS_AES_256_GCM_SHA384,
            Self::ChaCha20Poly1305Sha256 => CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        }
    }

    /// What protects its records.
    #[must_use]
    pub const fn aead(self) -> AeadAlgorithm {
        match self {
            Self::Aes128GcmSha256 => AeadAlgorithm::Aes128Gcm,
            Self::Aes256GcmSha384 => AeadAlgorithm::Aes256Gcm,
            Self::ChaCha20Poly1305Sha256 => AeadAlgorithm::ChaCha20Poly1305,
        }
    }

    /// What runs its key schedule and transcript.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::Aes128GcmSha256 | Self::ChaCha20Poly1305Sha256 => HashAlgorithm::Sha256,
            Self::Aes256GcmSha384 => HashAlgorithm::Sha384,
        }
    }
}

/// IANA's name.
impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.cipher_suite(), f)
    }
}
