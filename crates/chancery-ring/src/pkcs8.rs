//! Private keys as PKCS#8 (RFC 5208, RFC 5958): made, wrapped and exported.
//!
//! ```text
//! PrivateKeyInfo ::= SEQUENCE {
//!     version              INTEGER (0),
//!     privateKeyAlgorithm  AlgorithmIdentifier,
//!     privateKey           OCTET STRING }
//! ```

use core::fmt;

use pki_types::{AlgorithmIdentifier, PrivatePkcs8KeyDer, alg_id};
use ring::{rand::SecureRandom as _, signature};
use zeroize::Zeroizing;

use crate::{KeyError, der};

/// What kind of key to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// For ECDSA on P-256.
    EcdsaP256,
    /// For ECDSA on P-384.
    EcdsaP384,
    /// For Ed25519.
    Ed25519,
}

/// A private key as the DER of a PKCS#8 `PrivateKeyInfo`, wiped on drop and never printed.
#[derive(Clone)]
pub struct Pkcs8(Zeroizing<Vec<u8>>);

impl Pkcs8 {
    /// Makes a fresh key from the operating system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Random`] if that fails.
    pub fn generate(key_type: KeyType) -> Result<Self, KeyError> {
        let random = ring::rand::SystemRandom::new();
        let ecdsa = |algorithm| {
            signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random)
                .map(|document| Self(Zeroizing::new(document.as_ref().to_vec())))
                .map_err(|_| KeyError::Random)
        };
        match key_type {
            KeyType::EcdsaP256 => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            KeyType::EcdsaP384 => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            KeyType::Ed25519 => {
                // Not ring's own form: it adds the public key, as version 2 (RFC 5958), which
                // OpenSSL does not read.
                let mut seed = Zeroizing::new([0; 32]);
                random.fill(&mut *seed).map_err(|_| KeyError::Random)?;
                let private_key = der::value(der::OCTET_STRING, &[&*seed]);
                Ok(Self::wrap(&alg_id::ED25519, &private_key))
            }
        }
    }

    /// Makes a fresh RSA key of `bits` bits, with exponent 65,537.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] if `bits` is not 2048, 3072 or 4096, which is what *ring* signs
    /// with; [`KeyError::Random`] if randomness fails.
    #[cfg(feature = "rsa-generation")]
    pub fn generate_rsa(bits: usize) -> Result<Self, KeyError> {
        use rsa::pkcs8::EncodePrivateKey as _;

        if ![2048, 3072, 4096].contains(&bits) {
            return Err(KeyError::Unsupported);
        }
        let key = crate::rsa_generation::generate(bits)?;
        let document = key.to_pkcs8_der().map_err(|_| KeyError::Malformed)?;
        Ok(Self(Zeroizing::new(document.as_bytes().to_vec())))
    }

    /// The key that `private_key` holds in the form of its own standard, such as `ECPrivateKey`.
    pub(crate) fn wrap(algorithm: &AlgorithmIdentifier, private_key: &[u8]) -> Self {
        Self(der::value(
            der::SEQUENCE,
            &[
                &[der::INTEGER, 1, 0],
                &der::value(der::SEQUENCE, &[algorithm.as_ref()]),
                &der::value(der::OCTET_STRING, &[private_key]),
            ],
        ))
    }

    /// The DER. Whoever calls this answers for what becomes of it.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

impl<'a> From<&'a Pkcs8> for PrivatePkcs8KeyDer<'a> {
    fn from(pkcs8: &'a Pkcs8) -> Self {
        PrivatePkcs8KeyDer::from(pkcs8.as_der())
    }
}

impl fmt::Debug for Pkcs8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs8([..])")
    }
}
