//! ChaCha20 and Poly1305 as one AEAD (RFC 8439 §2.8).

use chancery_crypto::{AeadAlgorithm, AeadError, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};

use crate::Kernel;
use crate::key::key_type;
use crate::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::{
    cpu::{Avx2, Ifma512},
    key::{check_len, release},
    x86_64::{
        chacha20poly1305::{ChaCha20Poly1305Key, Vectors},
        load::Gather,
    },
};

key_type! {
    /// A key of ChaCha20-Poly1305: 32 bytes.
    ChaCha20Poly1305(Keyed), AeadAlgorithm::ChaCha20Poly1305
}

/// The longest plaintext under one nonce, in bytes: 2^32 - 1 blocks (RFC 8439 §2.8).
#[cfg(target_arch = "x86_64")]
const MAX_LEN: u64 = (1 << 38) - 64;

/// A key on the kernel that was chosen for it.
#[allow(clippy::large_enum_variant, reason = "there is no allocator to put a variant elsewhere")]
enum Keyed {
    #[cfg(target_arch = "x86_64")]
    Vectors(ChaCha20Poly1305Key),
    Portable(Portable),
}

impl Keyed {
    /// As `AesGcm::set_up`.
    #[inline(always)]
    fn set_up<T>(
        kernel: Kernel,
        algorithm: AeadAlgorithm,
        key: &[u8],
        wrap: impl Fn(Self) -> T,
    ) -> Result<T, AeadError> {
        #[cfg(target_arch = "x86_64")]
        let on = |vectors: Option<Vectors>| match (vectors, <&[u8; 32]>::try_from(key)) {
            (Some(vectors), Ok(key)) => {
                ChaCha20Poly1305Key::set_up(vectors, key, |key| Ok(wrap(Self::Vectors(key))))
            }
            _ => Err(AeadError::new()),
        };
        match kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::ChaCha20Poly1305Avx512 => on(Ifma512::detect().map(Vectors::Avx512)),
            #[cfg(target_arch = "x86_64")]
            Kernel::ChaCha20Poly1305Avx2 => on(Avx2::detect().map(Vectors::Avx2)),
            Kernel::Portable => match Portable::new(algorithm, key) {
                Ok(key) => Ok(wrap(Self::Portable(key))),
                Err(error) => Err(error),
            },
            #[allow(unreachable_patterns, reason = "reachable where kernels are missing")]
            _ => Err(AeadError::new()),
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
            #[cfg(target_arch = "x86_64")]
            Self::Vectors(kernel) => {
                let (body, tag) = output.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                if input.len().checked_add(extra.len()) != Some(body.len()) {
                    return Err(AeadError::new());
                }
                *tag = kernel.seal(nonce, aad, Gather::new(input, extra, body));
                Ok(())
            }
            Self::Portable(kernel) => kernel.seal(nonce, aad, input, extra, output),
        }
    }

    fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vectors(kernel) => {
                check_len::<MAX_LEN>(in_out)?;
                Ok(kernel.seal(nonce, aad, Gather::in_place(in_out)))
            }
            Self::Portable(kernel) => kernel.seal_in_place(nonce, aad, in_out),
        }
    }

    fn open_in_place<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vectors(kernel) => {
                let (body, tag) = in_out.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                let expected = kernel.open(nonce, aad, Gather::in_place(body));
                release(body, tag, &expected)
            }
            Self::Portable(kernel) => kernel.open_in_place(nonce, aad, in_out),
        }
    }

    /// Seals messages that are all of this key.
    fn seal_all<K>(&self, messages: &mut [SealMessage<'_, K>]) -> Result<(), AeadError> {
        messages.iter_mut().try_for_each(|m| self.seal(&m.nonce, m.aad, m.input, m.extra, m.output))
    }

    /// Opens messages that are all of this key.
    fn open_all<K>(&self, messages: &mut [OpenMessage<'_, K>]) {
        for m in messages {
            m.opened = self.open_in_place(&m.nonce, m.aad, m.in_out).map(|_| ());
        }
    }
}
