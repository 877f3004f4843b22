//! RustCrypto's `aead` traits, for code that is generic over them.
//!
//! `encrypt_in_place` and `decrypt_in_place` are as fast as [`AeadKey`]'s methods. A tag that lies
//! apart from its ciphertext costs three passes over the message: see [`open_detached`].

use ::aead::array::Array;
use ::aead::consts::{U12, U16, U32};
use ::aead::inout::InOutBuf;
use ::aead::{
    AeadCore, AeadInOut, Buffer, Error, KeyInit, KeySizeUser, Nonce, Result, TagPosition,
};
use subtle::ConstantTimeEq;

use crate::{AeadAlgorithm, AeadKey, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, NONCE_LEN, TAG_LEN};

macro_rules! rustcrypto_traits {
    ($name:ident, $algorithm:expr, $key_size:ty) => {
        impl KeySizeUser for $name {
            type KeySize = $key_size;
        }

        impl KeyInit for $name {
            fn new(key: &::aead::Key<Self>) -> Self {
                <Self as AeadKey>::new($algorithm, key)
                    .expect("the key's type has its length, and the portable kernel runs anywhere")
            }
        }

        impl AeadCore for $name {
            type NonceSize = U12;
            type TagSize = U16;
            const TAG_POSITION: TagPosition = TagPosition::Postfix;
        }

        impl AeadInOut for $name {
            fn encrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: InOutBuf<'_, '_, u8>,
            ) -> Result<::aead::Tag<Self>> {
                let output = buffer.into_out_with_copied_in();
                let tag = self.seal_in_place(&nonce.0, associated_data, output);
                tag.map(Array).map_err(|_| Error)
            }

            fn decrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: InOutBuf<'_, '_, u8>,
                tag: &::aead::Tag<Self>,
            ) -> Result<()> {
                let output = buffer.into_out_with_copied_in();
                open_detached(self, &nonce.0, associated_data, output, &tag.0)
            }

            fn decrypt_in_place(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: &mut dyn Buffer,
            ) -> Result<()> {
                let opened = self.open_in_place(&nonce.0, associated_data, buffer.as_mut());
                let len = opened.map_err(|_| Error)?.len();
                buffer.truncate(len);
                Ok(())
            }
        }
    };
}

rustcrypto_traits! { Aes128Gcm, AeadAlgorithm::Aes128Gcm, U16 }
rustcrypto_traits! { Aes256Gcm, AeadAlgorithm::Aes256Gcm, U32 }
rustcrypto_traits! { ChaCha20Poly1305, AeadAlgorithm::ChaCha20Poly1305, U32 }

/// Opens `in_out`, whose tag lies elsewhere, and wipes it on failure.
///
/// [`AeadKey`] opens ciphertext and tag that follow one another, and there is no allocator to join
/// them. But what encrypts a plaintext decrypts its ciphertext: sealing `in_out` yields the plaintext,
/// sealing that yields the ciphertext again with its true tag, and if it is the one given, a third
/// time leaves the plaintext.
fn open_detached(
    key: &impl AeadKey,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    in_out: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Result<()> {
    let mut pass = || key.seal_in_place(nonce, aad, in_out).map_err(|_| Error);
    pass()?;
    let expected = pass()?;
    if !bool::from(expected.ct_eq(tag)) {
        in_out.fill(0);
        return Err(Error);
    }
    pass()?;
    Ok(())
}
