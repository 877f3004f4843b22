//! Which public keys may be certified, and what they are called.

mod rsa;

use chancery_x509::{NamedCurve, PublicKey, SubjectPublicKeyInfo};
use sha2::{Digest, Sha256};

use crate::error::KeyRefusal;

/// The length of a key identifier, in octets.
pub(crate) const KEY_IDENTIFIER_LEN: usize = 20;

/// Checks a key's type, and what of its value can be checked without arithmetic on curves: that a
/// point is on its curve is found out by whoever verifies the proof of possession.
pub(crate) fn check(key: &SubjectPublicKeyInfo<'_>) -> Result<(), KeyRefusal> {
    match key.key() {
        PublicKey::Rsa(key) => rsa::check(key.modulus(), key.public_exponent()),
        PublicKey::Ec(NamedCurve::P256 | NamedCurve::P384 | NamedCurve::P521, _)
        | PublicKey::Ed25519(_) => Ok(()),
        _ => Err(KeyRefusal::UnsupportedAlgorithm),
    }
}

/// "The leftmost 160 bits of the SHA-256 hash of the value of the BIT STRING subjectPublicKey"
/// (RFC 7093 §2, method 1).
pub(crate) fn key_identifier(key: &SubjectPublicKeyInfo<'_>) -> [u8; KEY_IDENTIFIER_LEN] {
    let digest = Sha256::digest(key.subject_public_key().as_bytes());
    let mut identifier = [0; KEY_IDENTIFIER_LEN];
    identifier.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    identifier
}
