//! AES in Galois/Counter Mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags (RFC 5116 §5.1,
//! §5.2).

use core::fmt;

use chancery_crypto::{AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, TAG_LEN};

use crate::portable::Portable;

macro_rules! key_type {
    ($(#[$doc:meta])* $name:ident, $algorithm:expr) => {
        $(#[$doc])*
        pub struct $name {
            kernel: Portable,
        }

        impl AeadKey for $name {
            fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError> {
                if algorithm != $algorithm {
                    return Err(AeadError::new());
                }
                Ok(Self { kernel: Portable::new(algorithm, key)? })
            }

            fn algorithm(&self) -> AeadAlgorithm {
                $algorithm
            }

            fn seal(
                &self,
                nonce: &[u8; NONCE_LEN],
                aad: &[u8],
                input: &[u8],
                extra: &[u8],
                output: &mut [u8],
            ) -> Result<(), AeadError> {
                let (body, tag) =
                    crate::key::gather::<{ TAG_LEN }>(input, extra, output)?;
                *tag = self.kernel.seal_in_place(nonce, aad, body)?;
                Ok(())
            }

            fn seal_in_place(
                &self,
                nonce: &[u8; NONCE_LEN],
                aad: &[u8],
                in_out: &mut [u8],
            ) -> Result<[u8; TAG_LEN], AeadError> {
                self.kernel.seal_in_place(nonce, aad, in_out)
            }

            fn open_in_place<'a>(
                &self,
                nonce: &[u8; NONCE_LEN],
                aad: &[u8],
                in_out: &'a mut [u8],
            ) -> Result<&'a mut [u8], AeadError> {
                self.kernel.open_in_place(nonce, aad, in_out)?;
                let (body, _) = in_out.split_last_chunk_mut::<TAG_LEN>().ok_or(AeadError::new())?;
                Ok(body)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([..])"))
            }
        }
    };
}

key_type! {
    /// A key of AES-128-GCM: 16 bytes.
    Aes128Gcm, AeadAlgorithm::Aes128Gcm
}

key_type! {
    /// A key of AES-256-GCM: 32 bytes.
    Aes256Gcm, AeadAlgorithm::Aes256Gcm
}
pub(crate) use key_type;
