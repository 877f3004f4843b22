//! Hybrid key exchange (RFC 9954 §3.3): the secrets of both exchanges, one after the other, stand
//! where the (EC)DHE secret stands otherwise.

use chancery_crypto::{Secret, SharedSecret};

use crate::KeyScheduleError;

/// A group of two exchanges (RFC 10024). The order of the secrets is the group's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HybridGroup {
    /// ML-KEM-768, then X25519.
    X25519MlKem768,
    /// P-256, then ML-KEM-768.
    SecP256r1MlKem768,
    /// P-384, then ML-KEM-1024.
    SecP384r1MlKem1024,
}

/// An ML-KEM shared secret, in bytes (FIPS 203 §8).
const ML_KEM_LEN: usize = 32;

impl HybridGroup {
    /// The shared secret of the group, from that of the curve and that of ML-KEM.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if either is not as long as its algorithm makes it.
    pub fn shared_secret(
        self,
        curve: &[u8],
        ml_kem: &[u8],
    ) -> Result<SharedSecret, KeyScheduleError> {
        let (curve_len, parts) = match self {
            Self::X25519MlKem768 => (32, [ml_kem, curve]),
            Self::SecP256r1MlKem768 => (32, [curve, ml_kem]),
            Self::SecP384r1MlKem1024 => (48, [curve, ml_kem]),
        };
        if curve.len() != curve_len || ml_kem.len() != ML_KEM_LEN {
            return Err(KeyScheduleError::WrongLength);
        }
        let mut secret: SharedSecret =
            Secret::zeroed(curve_len + ML_KEM_LEN).ok_or(KeyScheduleError::WrongLength)?;
        for (to, from) in secret.as_mut_bytes().iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        Ok(secret)
    }
}
