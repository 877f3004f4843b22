//! Private keys that sign.

use core::fmt;

/// The longest signature, in bytes: RSA with a modulus of 8,192 bits.
pub const MAX_SIGNATURE_LEN: usize = 1024;

/// A signature algorithm, whole: key type, hash and padding.
///
/// TLS calls it by a `SignatureScheme` (RFC 8446 §4.2.3), X.509 by an `AlgorithmIdentifier`
/// (RFC 5280 §4.1.1.2); the crates that speak those protocols translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384Sha384,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, and 32 bytes of salt (RFC 8017 §8.1).
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, and 48 bytes of salt.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512, and 64 bytes of salt.
    RsaPssSha512,
}

/// A private key that signs: in memory, in an HSM, behind a network.
///
/// An implementation's `Debug` must not show the key.
pub trait SigningKey: fmt::Debug + Send + Sync {
    /// The public half, as the DER of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    fn subject_public_key_info(&self) -> &[u8];

    /// What this key can sign with, the preferred one first; never empty.
    fn algorithms(&self) -> &[SignatureAlgorithm];

    /// Signs `message` (not a hash of it) into the front of `signature` and returns the length.
    /// ECDSA signatures are DER (RFC 3279 §2.2.3).
    ///
    /// # Errors
    /// If `algorithm` is none of [`Self::algorithms`], `signature` is too short
    /// ([`MAX_SIGNATURE_LEN`] is always enough), or the key cannot be used.
    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &mut [u8],
    ) -> Result<usize, SignError>;
}

/// Why signing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The key is of another type than the algorithm.
    UnsupportedAlgorithm,
    /// The place for the signature is too short.
    BufferTooShort,
    /// The key failed: randomness, a device, a refusal.
    Failed,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnsupportedAlgorithm => "the key cannot sign with that algorithm",
            Self::BufferTooShort => "the place for the signature is too short",
            Self::Failed => "signing failed",
        })
    }
}

impl core::error::Error for SignError {}
