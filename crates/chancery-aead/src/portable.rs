//! *ring*'s own kernels, for every machine and every algorithm.

use core::fmt;

use chancery_crypto::{AeadAlgorithm, AeadError, NONCE_LEN, TAG_LEN};
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};

/// A key of *ring*.
pub(crate) struct Portable {
    key: LessSafeKey,
}

impl Portable {
    pub(crate) fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError> {
        let algorithm = match algorithm {
            AeadAlgorithm::Aes128Gcm => &ring::aead::AES_128_GCM,
            AeadAlgorithm::Aes256Gcm => &ring::aead::AES_256_GCM,
            AeadAlgorithm::ChaCha20Poly1305 => &ring::aead::CHACHA20_POLY1305,
            _ => return Err(AeadError::new()),
        };
        let key = UnboundKey::new(algorithm, key).map_err(|_| AeadError::new())?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        input: &[u8],
        extra: &[u8],
        output: &mut [u8],
    ) -> Result<(), AeadError> {
        let (body, tag) = output.split_last_chunk_mut().ok_or(AeadError::new())?;
        let (front, back) = body.split_at_mut_checked(input.len()).ok_or(AeadError::new())?;
        if back.len() != extra.len() {
            return Err(AeadError::new());
        }
        front.copy_from_slice(input);
        back.copy_from_slice(extra);
        *tag = self.seal_in_place(nonce, aad, body)?;
        Ok(())
    }

    /// Seals where `in_out` stands. `in_out` keeps plaintext or garbage on failure.
    pub(crate) fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(aad), in_out)
            .map_err(|_| AeadError::new())?;
        let mut bytes = [0; TAG_LEN];
        bytes.copy_from_slice(tag.as_ref());
        Ok(bytes)
    }

    /// Opens ciphertext and tag; wipes all of `in_out` on failure.
    pub(crate) fn open_in_place<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        if self.key.open_in_place(nonce, Aad::from(aad), in_out).is_err() {
            in_out.fill(0);
            return Err(AeadError::new());
        }
        let (body, _) = in_out.split_last_chunk_mut::<TAG_LEN>().ok_or(AeadError::new())?;
        Ok(body)
    }
}

impl fmt::Debug for Portable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}
