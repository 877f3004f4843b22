//! One key of whichever algorithm was negotiated.

use core::fmt;

use chancery_crypto::{AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, TAG_LEN};

use crate::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305};

/// A key of any algorithm of this crate.
///
/// ```
/// use chancery_aead::{AeadAlgorithm, AeadKey, Key};
///
/// let key = Key::new(AeadAlgorithm::ChaCha20Poly1305, &[0; 32])?;
/// assert_eq!(key.algorithm(), AeadAlgorithm::ChaCha20Poly1305);
/// assert_eq!(format!("{key:?}"), "ChaCha20Poly1305([..])");
/// # Ok::<(), chancery_aead::AeadError>(())
/// ```
#[allow(clippy::exhaustive_enums, reason = "matched once per call, outside every loop")]
pub enum Key {
    /// AES-128-GCM.
    Aes128Gcm(Aes128Gcm),
    /// AES-256-GCM.
    Aes256Gcm(Aes256Gcm),
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305(ChaCha20Poly1305),
}

impl AeadKey for Key {
    fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError> {
        Ok(match algorithm {
            AeadAlgorithm::Aes128Gcm => Self::Aes128Gcm(Aes128Gcm::new(algorithm, key)?),
            AeadAlgorithm::Aes256Gcm => Self::Aes256Gcm(Aes256Gcm::new(algorithm, key)?),
            AeadAlgorithm::ChaCha20Poly1305 => {
                Self::ChaCha20Poly1305(ChaCha20Poly1305::new(algorithm, key)?)
            }
            _ => return Err(AeadError::new()),
        })
    }

    fn algorithm(&self) -> AeadAlgorithm {
        match self {
            Self::Aes128Gcm(_) => AeadAlgorithm::Aes128Gcm,
            Self::Aes256Gcm(_) => AeadAlgorithm::Aes256Gcm,
            Self::ChaCha20Poly1305(_) => AeadAlgorithm::ChaCha20Poly1305,
        }
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        input: &[u8],
        extra: &[u8],
        output: &mut [u8],
    ) -> Result<(), AeadError> {
        match self {
            Self::Aes128Gcm(key) => key.seal(nonce, aad, input, extra, output),
            Self::Aes256Gcm(key) => key.seal(nonce, aad, input, extra, output),
            Self::ChaCha20Poly1305(key) => key.seal(nonce, aad, input, extra, output),
        }
    }

    fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError> {
        match self {
            Self::Aes128Gcm(key) => key.seal_in_place(nonce, aad, in_out),
            Self::Aes256Gcm(key) => key.seal_in_place(nonce, aad, in_out),
            Self::ChaCha20Poly1305(key) => key.seal_in_place(nonce, aad, in_out),
        }
    }

    fn open_in_place<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError> {
        match self {
            Self::Aes128Gcm(key) => key.open_in_place(nonce, aad, in_out),
            Self::Aes256Gcm(key) => key.open_in_place(nonce, aad, in_out),
            Self::ChaCha20Poly1305(key) => key.open_in_place(nonce, aad, in_out),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aes128Gcm(key) => key.fmt(f),
            Self::Aes256Gcm(key) => key.fmt(f),
            Self::ChaCha20Poly1305(key) => key.fmt(f),
        }
    }
}

/// Copies `input ‖ extra` into the front of `output` and returns that front and the place of the
/// tag behind it; an error if `output` is not exactly as long as the three.
pub(crate) fn gather<'a, const TAG: usize>(
    input: &[u8],
    extra: &[u8],
    output: &'a mut [u8],
) -> Result<(&'a mut [u8], &'a mut [u8; TAG]), AeadError> {
    let (body, tag) = output.split_last_chunk_mut().ok_or(AeadError::new())?;
    let (front, back) = body.split_at_mut_checked(input.len()).ok_or(AeadError::new())?;
    if back.len() != extra.len() {
        return Err(AeadError::new());
    }
    front.copy_from_slice(input);
    back.copy_from_slice(extra);
    Ok((body, tag))
}
