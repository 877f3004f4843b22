//! Chancery's default provider of cryptography: [*ring*] for hashes, key agreement and signatures,
//! [libcrux]'s formally verified ML-KEM for the hybrid group.
//!
//! ```text
//! chancery-crypto's seam        here
//! Hash, Hmac ────────────────── Hash, Hmac
//! Random ────────────────────── SystemRandom
//! KeyExchange ───────────────── X25519, Secp256r1, Secp384r1, X25519MlKem768
//! SigningKey ────────────────── PrivateKey  ◄── Pkcs8 (generation and export)
//! AeadKey ───────────────────── AeadKey, which is chancery-aead's Key
//! pki_types' SignatureVerificationAlgorithm ─ SIGNATURE_VERIFICATION_ALGORITHMS
//! ```
//!
//! It knows neither TLS nor X.509: code points, extensions and certificates are elsewhere.
//! What *ring* does not offer is absent here too: wiping the state inside its HMAC and its private
//! keys, and ephemeral keys from a given source of randomness (see [`X25519`]).
//!
//! ```
//! use chancery_crypto::{SignatureAlgorithm, SigningKey};
//! use chancery_ring::{KeyType, Pkcs8, PrivateKey};
//!
//! let pkcs8 = Pkcs8::generate(KeyType::EcdsaP256)?;
//! let key = PrivateKey::from_pkcs8(pkcs8.as_der())?;
//! let mut signature = [0; chancery_crypto::MAX_SIGNATURE_LEN];
//! let len = key.sign(SignatureAlgorithm::EcdsaP256Sha256, b"message", &mut signature)?;
//! assert!(len > 64);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! [*ring*]: https://github.com/briansmith/ring
//! [libcrux]: https://github.com/cryspen/libcrux

#![forbid(unsafe_code)]

mod der;
mod hash;
mod key_exchange;
mod pkcs8;
mod private_key;
mod random;
#[cfg(feature = "rsa-generation")]
mod rsa_generation;
mod verification;
mod x25519_mlkem768;

pub use chancery_aead::Key as AeadKey;
pub use hash::{Hash, Hmac};
pub use key_exchange::{EphemeralPrivateKey, Secp256r1, Secp384r1, X25519};
pub use pkcs8::{KeyType, Pkcs8};
pub use private_key::{KeyError, PrivateKey};
pub use random::SystemRandom;
pub use verification::{
    ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384, ED25519,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA256_ABSENT_PARAMETERS, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA384_ABSENT_PARAMETERS, RSA_PKCS1_SHA512, RSA_PKCS1_SHA512_ABSENT_PARAMETERS,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, SIGNATURE_VERIFICATION_ALGORITHMS,
};
pub use x25519_mlkem768::{HybridPrivateKey, X25519MlKem768};
