//! AES in Galois/Counter Mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags (RFC 5116 §5.1,
//! §5.2).

use chancery_crypto::{AeadAlgorithm, AeadError, NONCE_LEN, TAG_LEN};

use crate::Kernel;
use crate::key::{check_len, key_type, release};
use crate::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::{
    cpu::Vaes512,
    x86_64::{gcm_vaes512::GcmVaes512, load::Message},
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
const MAX_LEN: u64 = (1 << 36) - 32;

/// A key on the kernel that was chosen for it; `KEYS` is the number of AES round keys.
#[allow(clippy::large_enum_variant, reason = "there is no allocator to put a variant elsewhere")]
enum AesGcm<const KEYS: usize> {
    #[cfg(target_arch = "x86_64")]
    Vaes512(GcmVaes512<KEYS>),
    Portable(Portable),
}

impl<const KEYS: usize> AesGcm<KEYS> {
    fn new(kernel: Kernel, algorithm: AeadAlgorithm, key: &[u8]) -> Option<Self> {
        Some(match kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::GcmVaes512 => Self::Vaes512(GcmVaes512::new(Vaes512::detect()?, key)?),
            Kernel::Portable => Self::Portable(Portable::new(algorithm, key).ok()?),
            #[allow(unreachable_patterns, reason = "reachable where kernels are missing")]
            _ => return None,
        })
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
            Self::Portable(kernel) => kernel.open_in_place(nonce, aad, in_out),
        }
    }
}
