//! Hash functions and HMAC (RFC 2104), as the key schedule needs them.

use crate::Secret;

/// The longest hash output that a [`Hash`] may give, in bytes (SHA-512).
pub const MAX_HASH_LEN: usize = 64;

/// The output of a hash or an HMAC. It is treated as a secret, since most are.
pub type Digest = Secret<MAX_HASH_LEN>;

/// The hash functions that TLS 1.3 suites name (RFC 8446 §B.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-256 (FIPS 180-4), 32 bytes.
    Sha256,
    /// SHA-384 (FIPS 180-4), 48 bytes.
    Sha384,
}

impl HashAlgorithm {
    /// Output length in bytes.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// A running hash.
///
/// `Clone` forks it: the transcript hash is read at several points of one handshake.
pub trait Hash: Clone + Send + Sync + 'static {
    /// The same provider's HMAC.
    type Hmac: Hmac;

    /// An empty hash.
    fn new(algorithm: HashAlgorithm) -> Self;

    /// Which function this is.
    fn algorithm(&self) -> HashAlgorithm;

    /// Takes `bytes` in.
    fn update(&mut self, bytes: &[u8]);

    /// The digest of everything taken in, [`HashAlgorithm::output_len`] bytes.
    #[must_use]
    fn finish(self) -> Digest;
}

/// A keyed HMAC (RFC 2104). Its key is wiped on drop as far as the provider can do that.
pub trait Hmac: Clone + Send + Sync + 'static {
    /// HMAC under `key`, of any length.
    fn new(algorithm: HashAlgorithm, key: &[u8]) -> Self;

    /// The code over the concatenation of `parts`.
    #[must_use]
    fn authenticate(&self, parts: &[&[u8]]) -> Digest;
}
