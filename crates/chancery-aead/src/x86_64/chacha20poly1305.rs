//! ChaCha20-Poly1305 (RFC 8439 §2.8) on the vectors that the CPU has.

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::load::Gather;
use super::{chacha20poly1305_avx2 as avx2, chacha20poly1305_avx512 as avx512};
use crate::cpu::{Avx2, Ifma512};

/// A ChaCha20-Poly1305 key.
pub(crate) struct ChaCha20Poly1305Key {
    key: Bytes,
    vectors: Vectors,
}

/// Aligned, so that a copy loads them as `setup` stores them.
#[repr(align(32))]
struct Bytes([u8; 32]);

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
    /// Sets up a key and passes it through `wrap`.
    #[inline(always)]
    pub(crate) fn set_up<T>(vectors: Vectors, key: &[u8; 32], wrap: impl FnOnce(Self) -> T) -> T {
        // SAFETY: either token proves that the CPU has AVX2.
        unsafe { setup(vectors, key, wrap) }
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
                avx512::crypt::<DIRECTION>(&self.key.0, nonce, aad, text)
            },
            // SAFETY: as above.
            Vectors::Avx2(_) => unsafe { avx2::crypt::<DIRECTION>(&self.key.0, nonce, aad, text) },
        }
    }
}

/// With AVX2, so that one store writes the key: who moves it then loads it at once, and a load of
/// what two stores have just written would wait for the cache.
#[target_feature(enable = "avx2")]
fn setup<T>(vectors: Vectors, key: &[u8; 32], wrap: impl FnOnce(ChaCha20Poly1305Key) -> T) -> T {
    wrap(ChaCha20Poly1305Key { key: Bytes(*key), vectors })
}
