//! Authenticated encryption: key, nonce and bytes in, sealed bytes out.
//!
//! ```text
//! key bytes ──Key::new──► Key ──seal, seal_in_place, seal_batch──► ciphertext ‖ tag
//!                          └────open_in_place, open_batch────────► plaintext, or one opaque error
//! ```
//!
//! [`Aes128Gcm`], [`Aes256Gcm`] and [`ChaCha20Poly1305`] are one algorithm each; [`Key`] is any of
//! them, for protocols that negotiate. All of them implement [`AeadKey`]. The kernel is chosen once,
//! when the key is set up, and kept.
//!
//! Nonces are the caller's: sealing twice with one nonce under one key betrays both messages, and
//! `chancery-record` is the crate that makes that impossible. Streaming and detached opening are
//! deliberately absent: nothing is released before its tag is checked.
//!
//! ```
//! use chancery_aead::{AeadAlgorithm, AeadKey, Key};
//!
//! let key = Key::new(AeadAlgorithm::Aes128Gcm, &[7; 16])?;
//! let mut sealed = [0; 5 + 16];
//! key.seal(&[1; 12], b"header", b"hello", b"", &mut sealed)?;
//! assert_eq!(key.open_in_place(&[1; 12], b"header", &mut sealed)?, b"hello");
//! assert!(key.open_in_place(&[1; 12], b"other", &mut sealed).is_err());
//! # Ok::<(), chancery_aead::AeadError>(())
//! ```

#![cfg_attr(
    feature = "rustcrypto",
    doc = r#"
With the feature `rustcrypto`, the three key types implement the traits of RustCrypto's crate `aead`, 0.6:

```
use aead::{AeadInOut, KeyInit};
use chancery_aead::Aes128Gcm;

let key = Aes128Gcm::new(&[7; 16].into());
let mut buffer = b"hello".to_vec();
key.encrypt_in_place(&[1; 12].into(), b"header", &mut buffer)?;
key.decrypt_in_place(&[1; 12].into(), b"header", &mut buffer)?;
assert_eq!(buffer, b"hello");
# Ok::<(), aead::Error>(())
```
"#
)]
#![no_std]

mod aes_gcm;
mod chacha20poly1305;
#[cfg(target_arch = "x86_64")]
mod cpu;
mod kernel;
mod key;
#[cfg(target_arch = "x86_64")]
mod lazy;
mod portable;
#[cfg(feature = "rustcrypto")]
mod rustcrypto;
#[cfg(target_arch = "x86_64")]
#[allow(clippy::as_conversions, reason = "widening of lengths, and limbs cut off on purpose")]
mod x86_64;

pub use aes_gcm::{Aes128Gcm, Aes256Gcm};
pub use chacha20poly1305::ChaCha20Poly1305;
pub use chancery_crypto::{
    AeadAlgorithm, AeadError, AeadKey, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN,
};
pub use kernel::Kernel;
pub use key::Key;

/// The README's example is run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
