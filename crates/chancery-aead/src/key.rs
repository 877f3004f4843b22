//! One key of whichever algorithm was negotiated.

use core::{fmt, ptr};

use chancery_crypto::{
    AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN,
};
use subtle::ConstantTimeEq;

use crate::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, Kernel};

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
#[allow(clippy::large_enum_variant, reason = "there is no allocator to put a variant elsewhere")]
pub enum Key {
    /// AES-128-GCM.
    Aes128Gcm(Aes128Gcm),
    /// AES-256-GCM.
    Aes256Gcm(Aes256Gcm),
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305(ChaCha20Poly1305),
}

impl Key {
    /// Sets up a key on one kernel, for tests and benchmarks.
    ///
    /// # Errors
    /// If the CPU cannot run `kernel`, it is not one of `algorithm`, or `key` is of the wrong
    /// length.
    pub fn with_kernel(
        kernel: Kernel,
        algorithm: AeadAlgorithm,
        key: &[u8],
    ) -> Result<Self, AeadError> {
        Ok(match algorithm {
            AeadAlgorithm::Aes128Gcm => Self::Aes128Gcm(Aes128Gcm::with_kernel(kernel, key)?),
            AeadAlgorithm::Aes256Gcm => Self::Aes256Gcm(Aes256Gcm::with_kernel(kernel, key)?),
            AeadAlgorithm::ChaCha20Poly1305 => {
                Self::ChaCha20Poly1305(ChaCha20Poly1305::with_kernel(kernel, key)?)
            }
            _ => return Err(AeadError::new()),
        })
    }
}

impl AeadKey for Key {
    fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError> {
        match algorithm {
            AeadAlgorithm::Aes128Gcm => Aes128Gcm::set_up(key, Self::Aes128Gcm),
            AeadAlgorithm::Aes256Gcm => Aes256Gcm::set_up(key, Self::Aes256Gcm),
            AeadAlgorithm::ChaCha20Poly1305 => {
                ChaCha20Poly1305::set_up(key, Self::ChaCha20Poly1305)
            }
            _ => Err(AeadError::new()),
        }
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

    fn seal_batch(messages: &mut [SealMessage<'_, Self>]) -> Result<(), AeadError> {
        for run in messages.chunk_by_mut(|a, b| ptr::eq(a.key, b.key)) {
            if let [first, ..] = run {
                first.key.seal_all(run)?;
            }
        }
        Ok(())
    }

    fn open_batch(messages: &mut [OpenMessage<'_, Self>]) {
        for run in messages.chunk_by_mut(|a, b| ptr::eq(a.key, b.key)) {
            if let [first, ..] = run {
                first.key.open_all(run);
            }
        }
    }
}

impl Key {
    fn seal_all<K>(&self, messages: &mut [SealMessage<'_, K>]) -> Result<(), AeadError> {
        match self {
            Self::Aes128Gcm(key) => key.seal_all(messages),
            Self::Aes256Gcm(key) => key.seal_all(messages),
            Self::ChaCha20Poly1305(key) => key.seal_all(messages),
        }
    }

    fn open_all<K>(&self, messages: &mut [OpenMessage<'_, K>]) {
        match self {
            Self::Aes128Gcm(key) => key.open_all(messages),
            Self::Aes256Gcm(key) => key.open_all(messages),
            Self::ChaCha20Poly1305(key) => key.open_all(messages),
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

/// An error if a message is longer than `MAX` bytes.
pub(crate) fn check_len<const MAX: u64>(message: &[u8]) -> Result<(), AeadError> {
    match u64::try_from(message.len()) {
        Ok(len) if len <= MAX => Ok(()),
        _ => Err(AeadError::new()),
    }
}

/// Hands `plaintext` out if the tags agree, and wipes it if not.
#[inline]
pub(crate) fn release<'a>(
    plaintext: &'a mut [u8],
    tag: &mut [u8; TAG_LEN],
    expected: &[u8; TAG_LEN],
) -> Result<&'a mut [u8], AeadError> {
    if is_zero(difference(tag, expected)) {
        return Ok(plaintext);
    }
    plaintext.fill(0);
    tag.fill(0);
    Err(AeadError::new())
}

/// As [`release`], for messages of a batch, with one comparison for all as long as none is forged; each
/// has a verdict of its own, so that there is no error.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn release_all<K, const N: usize>(
    messages: &mut [OpenMessage<'_, K>; N],
    expected: &[[u8; TAG_LEN]; N],
) -> Result<(), core::convert::Infallible> {
    let differences = messages.iter().zip(expected).try_fold(0, |sum, (message, expected)| {
        Some(sum | difference(message.in_out.last_chunk()?, expected))
    });
    let all_agree = differences.is_some_and(is_zero);
    for (message, expected) in messages.iter_mut().zip(expected) {
        message.opened = if all_agree {
            Ok(())
        } else {
            match message.in_out.split_last_chunk_mut() {
                Some((plaintext, tag)) => release(plaintext, tag, expected).map(|_| ()),
                None => Err(AeadError::new()),
            }
        };
    }
    Ok(())
}

/// The bits in which two tags differ.
#[inline]
fn difference(a: &[u8; TAG_LEN], b: &[u8; TAG_LEN]) -> u128 {
    u128::from_ne_bytes(*a) ^ u128::from_ne_bytes(*b)
}

/// All 128 bits are joined before the one comparison, so that nothing but its outcome shows.
#[inline]
fn is_zero(difference: u128) -> bool {
    let joined = difference | difference.rotate_left(64);
    u64::try_from(joined >> 64).is_ok_and(|joined| bool::from(joined.ct_eq(&0)))
}

/// A key type of one algorithm around `$inner`, which does the work on whichever kernel.
macro_rules! key_type {
    ($(#[$doc:meta])* $name:ident($inner:ty), $algorithm:expr) => {
        $(#[$doc])*
        pub struct $name($inner);

        // Overwriting instead of dropping is right only as long as dropping does nothing.
        const _: () = assert!(!::core::mem::needs_drop::<$inner>());

        impl Drop for $name {
            fn drop(&mut self) {
                // All of it: where nothing was written yet there are copies of what was on the stack.
                // SAFETY: nobody uses the key again, and it needs no drop.
                unsafe { ::zeroize::zeroize_flat_type(&raw mut self.0) };
            }
        }

        impl $name {
            /// Sets up a key on one kernel, for tests and benchmarks.
            ///
            /// # Errors
            /// If the CPU cannot run `kernel`, it is one of another algorithm, or `key` is of the
            /// wrong length.
            #[inline(always)]
            pub fn with_kernel(
                kernel: $crate::Kernel,
                key: &[u8],
            ) -> Result<Self, ::chancery_crypto::AeadError> {
                <$inner>::set_up(kernel, $algorithm, key, Self)
            }

            /// Sets up a key on the fastest kernel and passes it through `wrap`.
            #[inline(always)]
            pub(crate) fn set_up<T>(
                key: &[u8],
                wrap: impl Fn(Self) -> T,
            ) -> Result<T, ::chancery_crypto::AeadError> {
                match $crate::Kernel::available($algorithm).next() {
                    Some(kernel) => <$inner>::set_up(kernel, $algorithm, key, |key| wrap(Self(key))),
                    None => Err(::chancery_crypto::AeadError::new()),
                }
            }

            pub(crate) fn seal_all<K>(
                &self,
                messages: &mut [::chancery_crypto::SealMessage<'_, K>],
            ) -> Result<(), ::chancery_crypto::AeadError> {
                self.0.seal_all(messages)
            }

            pub(crate) fn open_all<K>(
                &self,
                messages: &mut [::chancery_crypto::OpenMessage<'_, K>],
            ) {
                self.0.open_all(messages);
            }
        }

        impl ::chancery_crypto::AeadKey for $name {
            #[inline(always)]
            fn new(
                algorithm: ::chancery_crypto::AeadAlgorithm,
                key: &[u8],
            ) -> Result<Self, ::chancery_crypto::AeadError> {
                if algorithm != $algorithm {
                    return Err(::chancery_crypto::AeadError::new());
                }
                Self::set_up(key, |key| key)
            }

            fn algorithm(&self) -> ::chancery_crypto::AeadAlgorithm {
                $algorithm
            }

            fn seal(
                &self,
                nonce: &[u8; ::chancery_crypto::NONCE_LEN],
                aad: &[u8],
                input: &[u8],
                extra: &[u8],
                output: &mut [u8],
            ) -> Result<(), ::chancery_crypto::AeadError> {
                self.0.seal(nonce, aad, input, extra, output)
            }

            fn seal_in_place(
                &self,
                nonce: &[u8; ::chancery_crypto::NONCE_LEN],
                aad: &[u8],
                in_out: &mut [u8],
            ) -> Result<[u8; ::chancery_crypto::TAG_LEN], ::chancery_crypto::AeadError> {
                self.0.seal_in_place(nonce, aad, in_out)
            }

            fn open_in_place<'a>(
                &self,
                nonce: &[u8; ::chancery_crypto::NONCE_LEN],
                aad: &[u8],
                in_out: &'a mut [u8],
            ) -> Result<&'a mut [u8], ::chancery_crypto::AeadError> {
                self.0.open_in_place(nonce, aad, in_out)
            }

            fn seal_batch(
                messages: &mut [::chancery_crypto::SealMessage<'_, Self>],
            ) -> Result<(), ::chancery_crypto::AeadError> {
                for run in messages.chunk_by_mut(|a, b| ::core::ptr::eq(a.key, b.key)) {
                    if let [first, ..] = run {
                        first.key.seal_all(run)?;
                    }
                }
                Ok(())
            }

            fn open_batch(messages: &mut [::chancery_crypto::OpenMessage<'_, Self>]) {
                for run in messages.chunk_by_mut(|a, b| ::core::ptr::eq(a.key, b.key)) {
                    if let [first, ..] = run {
                        first.key.open_all(run);
                    }
                }
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(concat!(stringify!($name), "([..])"))
            }
        }
    };
}
pub(crate) use key_type;
