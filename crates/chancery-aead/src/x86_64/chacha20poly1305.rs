//! ChaCha20-Poly1305 (RFC 8439 §2.8) on the vectors that the CPU has.

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_rows256::KeyHalves;
use super::load::Gather;
use super::{chacha20poly1305_avx2 as avx2, chacha20poly1305_avx512 as avx512};
use crate::cpu::{Avx2, Ifma512};

/// A ChaCha20-Poly1305 key.
pub(crate) struct ChaCha20Poly1305Key {
    vectors: Vectors,
    key: KeyHalves,
}

/// What the CPU is proved to have.
#[derive(Clone, Copy)]
pub(crate) enum Vectors {
    Avx512(Ifma512),
    Avx2(Avx2),
}

/// Which way a message goes, as a type parameter of the kernels.
pub(super) const SEAL: bool = true;
/// The other way.
pub(super) const OPEN: bool = false;

impl ChaCha20Poly1305Key {
    /// Sets up a key; `None` if it is of the wrong length.
    #[inline]
    pub(crate) fn new(vectors: Vectors, key: &[u8]) -> Option<Self> {
        let (halves, []) = key.as_chunks() else { return None };
        let halves: &[[u8; 16]; 2] = halves.try_into().ok()?;
        Some(Self { vectors, key: halves.map(u128::from_le_bytes) })
    }

    /// Encrypts `text` and returns its tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        text: Gather<'_>,
    ) -> [u8; TAG_LEN] {
        self.crypt::<SEAL>(nonce, aad, text)
    }

    /// Decrypts `text` and returns the tag that it should have.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        text: Gather<'_>,
    ) -> [u8; TAG_LEN] {
        self.crypt::<OPEN>(nonce, aad, text)
    }

    #[inline]
    fn crypt<const DIRECTION: bool>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        text: Gather<'_>,
    ) -> [u8; TAG_LEN] {
        match self.vectors {
            // SAFETY: the token proves that the CPU has all features of `crypt`.
            Vectors::Avx512(_) => unsafe {
                avx512::crypt::<DIRECTION>(&self.key, nonce, aad, text)
            },
            // SAFETY: as above.
            Vectors::Avx2(_) => unsafe { avx2::crypt::<DIRECTION>(&self.key, nonce, aad, text) },
        }
    }
}
