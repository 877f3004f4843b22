//! AES in Galois/Counter Mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags (RFC 5116 §5.1,
//! §5.2).

use core::convert::Infallible;

use chancery_crypto::{AeadAlgorithm, AeadError, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};

use crate::Kernel;
use crate::key::key_type;
use crate::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::{
    cpu::{Vaes256, Vaes512},
    key::{check_len, release, release_all},
    x86_64::{
        batch::Tags,
        gcm_vaes256::GcmVaes256,
        gcm_vaes512::{GcmVaes512, OPEN, SEAL},
        load::Message,
    },
};

key_type! {
    /// A key of AES-128-GCM: 16 bytes.
    Aes128Gcm(AesGcm<11>), AeadAlgorithm::Aes128Gcm
}

key_type! {
    /// A key of AES-256-GCM: 32 bytes.
    Aes256Gcm(AesGcm<15>), AeadAlgorithm::Aes256Gcm
}

/// The longest plaintext under one nonce, in bytes: 2^39 - 256 bits (NIST SP 800-38D §5.2.1.1).
#[cfg(target_arch = "x86_64")]
const MAX_LEN: u64 = (1 << 36) - 32;

/// A key on the kernel that was chosen for it; `KEYS` is the number of AES round keys.
#[allow(clippy::large_enum_variant, reason = "there is no allocator to put a variant elsewhere")]
enum AesGcm<const KEYS: usize> {
    #[cfg(target_arch = "x86_64")]
    Vaes512(GcmVaes512<KEYS>),
    #[cfg(target_arch = "x86_64")]
    Vaes256(GcmVaes256<KEYS>),
    Portable(Portable),
}

impl<const KEYS: usize> AesGcm<KEYS> {
    /// Sets up a key and passes it through `wrap`, so that it is built where it belongs: copying one
    /// costs more than the set-up.
    #[inline(always)]
    fn set_up<T>(
        kernel: Kernel,
        algorithm: AeadAlgorithm,
        key: &[u8],
        wrap: impl Fn(Self) -> T,
    ) -> Result<T, AeadError> {
        if key.len() != algorithm.key_len() {
            return Err(AeadError::new());
        }
        match kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::GcmVaes512 => match Vaes512::detect() {
                Some(token) => GcmVaes512::set_up(token, key, |key| Ok(wrap(Self::Vaes512(key)))),
                None => Err(AeadError::new()),
            },
            #[cfg(target_arch = "x86_64")]
            Kernel::GcmVaes256 => match Vaes256::detect() {
                Some(token) => GcmVaes256::set_up(token, key, |key| Ok(wrap(Self::Vaes256(key)))),
                None => Err(AeadError::new()),
            },
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
            Self::Vaes512(kernel) => {
                let (body, tag) = output.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                let message = Message::gather(input, extra, body).ok_or(AeadError::new())?;
                *tag = kernel.seal(nonce, aad, message);
                Ok(())
            }
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(kernel) => {
                let (body, tag) = output.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                let message = Message::gather(input, extra, body).ok_or(AeadError::new())?;
                *tag = kernel.seal(nonce, aad, message);
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
            Self::Vaes512(kernel) => {
                check_len::<MAX_LEN>(in_out)?;
                Ok(kernel.seal(nonce, aad, Message::in_place(in_out)))
            }
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(kernel) => {
                check_len::<MAX_LEN>(in_out)?;
                Ok(kernel.seal(nonce, aad, Message::in_place(in_out)))
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
            Self::Vaes512(kernel) => {
                let (body, tag) = in_out.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                let expected = kernel.open(nonce, aad, Message::in_place(body));
                release(body, tag, &expected)
            }
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(kernel) => {
                let (body, tag) = in_out.split_last_chunk_mut().ok_or(AeadError::new())?;
                check_len::<MAX_LEN>(body)?;
                let expected = kernel.open(nonce, aad, Message::in_place(body));
                release(body, tag, &expected)
            }
            Self::Portable(kernel) => kernel.open_in_place(nonce, aad, in_out),
        }
    }

    /// Seals messages that are all of this key.
    fn seal_all<K>(&self, messages: &mut [SealMessage<'_, K>]) -> Result<(), AeadError> {
        let each =
            |m: &mut SealMessage<'_, K>| self.seal(&m.nonce, m.aad, m.input, m.extra, m.output);
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(key) => {
                in_groups(messages, |m, t| key.crypt_fours::<SEAL>(m, t), append, each)
            }
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(key) => {
                in_groups(messages, |m, t| key.crypt_pairs::<SEAL>(m, t), append, each)
            }
            Self::Portable(_) => messages.iter_mut().try_for_each(each),
        }
    }

    /// Opens messages that are all of this key.
    fn open_all<K>(&self, messages: &mut [OpenMessage<'_, K>]) {
        let each = |m: &mut OpenMessage<'_, K>| {
            m.opened = self.open_in_place(&m.nonce, m.aad, m.in_out).map(|_| ());
            Ok::<(), Infallible>(())
        };
        let Ok(()) = match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(key) => {
                in_groups(messages, |m, t| key.crypt_fours::<OPEN>(m, t), release_all, each)
            }
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(key) => {
                in_groups(messages, |m, t| key.crypt_pairs::<OPEN>(m, t), release_all, each)
            }
            Self::Portable(_) => messages.iter_mut().try_for_each(each),
        };
    }
}

/// Puts the tags behind their messages.
#[cfg(target_arch = "x86_64")]
fn append<K, const N: usize>(
    messages: &mut [SealMessage<'_, K>; N],
    tags: &Tags<N>,
) -> Result<(), AeadError> {
    messages.iter_mut().zip(tags).try_for_each(|(message, tag)| {
        *message.output.last_chunk_mut().ok_or(AeadError::new())? = *tag;
        Ok(())
    })
}

/// Passes messages to `batch`, `N` at a time: it returns how many of these groups it took, from the
/// first on, and leaves their tags to `finish`. Messages that it does not take, and what is left, go
/// to `each`.
#[cfg(target_arch = "x86_64")]
fn in_groups<M, E, const N: usize>(
    messages: &mut [M],
    mut batch: impl FnMut(&mut [[M; N]], &mut [Tags<N>]) -> usize,
    mut finish: impl FnMut(&mut [M; N], &Tags<N>) -> Result<(), E>,
    mut each: impl FnMut(&mut M) -> Result<(), E>,
) -> Result<(), E> {
    let mut tags = [[[0; TAG_LEN]; N]; 16];
    let (mut left, rest) = messages.as_chunks_mut();
    while !left.is_empty() {
        let done = batch(left, &mut tags);
        for (group, tags) in left.iter_mut().zip(&tags).take(done) {
            finish(group, tags)?;
        }
        left = &mut left[done..];
        if done == 0
            && let Some(group) = left.split_off_first_mut()
        {
            group.iter_mut().try_for_each(&mut each)?;
        }
    }
    rest.iter_mut().try_for_each(each)
}
