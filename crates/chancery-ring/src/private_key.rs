//! Private keys in memory that sign with *ring*.

use core::fmt;

use chancery_crypto::{SignError, SignatureAlgorithm, SigningKey};
use pki_types::{AlgorithmIdentifier, PrivateKeyDer, alg_id};
use ring::{
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair},
};

use crate::{Pkcs8, der};

/// An ECDSA, Ed25519 or RSA private key.
///
/// *ring* checks that the private and the public half belong together, and that RSA keys have 2,048
/// to 4,096 bits. It signs without data-dependent branches, and does not wipe its keys.
pub struct PrivateKey {
    key: Key,
    random: SystemRandom,
    subject_public_key_info: Vec<u8>,
}

enum Key {
    EcdsaP256(EcdsaKeyPair),
    EcdsaP384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl PrivateKey {
    /// Takes a key in any of the three forms that PEM files hold: PKCS#8 (`PRIVATE KEY`),
    /// SEC 1 (`EC PRIVATE KEY`, RFC 5915) and PKCS#1 (`RSA PRIVATE KEY`, RFC 8017 §A.1.2).
    ///
    /// # Errors
    /// [`KeyError`] if it is malformed, inconsistent, or of a type or size that *ring* cannot use.
    pub fn from_der(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        match key {
            PrivateKeyDer::Pkcs8(key) => Self::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Sec1(key) => Self::from_sec1(key.secret_sec1_der()),
            PrivateKeyDer::Pkcs1(key) => Self::from_pkcs1(key.secret_pkcs1_der()),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// Takes the DER of a PKCS#8 `PrivateKeyInfo` or `OneAsymmetricKey` (RFC 5958).
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        // ring says which of its parsers a key is for by refusing it elsewhere.
        Self::ecdsa(der)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Key::Ed25519))
            .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Key::Rsa))
            .map(Self::new)
            .map_err(KeyError::from)
    }

    /// Takes the DER of an `ECPrivateKey` (RFC 5915), with its public key.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_sec1(der: &[u8]) -> Result<Self, KeyError> {
        let wrapped = |curve: &AlgorithmIdentifier| Pkcs8::wrap(curve, der);
        Self::ecdsa(wrapped(&alg_id::ECDSA_P256).as_der())
            .or_else(|_| Self::ecdsa(wrapped(&alg_id::ECDSA_P384).as_der()))
            .map(Self::new)
            .map_err(KeyError::from)
    }

    /// Takes the DER of an `RSAPrivateKey` (RFC 8017 §A.1.2).
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        RsaKeyPair::from_der(der).map(Key::Rsa).map(Self::new).map_err(KeyError::from)
    }

    fn ecdsa(pkcs8: &[u8]) -> Result<Key, ring::error::KeyRejected> {
        let random = SystemRandom::new();
        let parse = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &random);
        parse(&signature::ECDSA_P256_SHA256_ASN1_SIGNING)
            .map(Key::EcdsaP256)
            .or_else(|_| parse(&signature::ECDSA_P384_SHA384_ASN1_SIGNING).map(Key::EcdsaP384))
    }

    fn new(key: Key) -> Self {
        let (algorithm, public_key) = match &key {
            Key::EcdsaP256(key) => (alg_id::ECDSA_P256, key.public_key().as_ref()),
            Key::EcdsaP384(key) => (alg_id::ECDSA_P384, key.public_key().as_ref()),
            Key::Ed25519(key) => (alg_id::ED25519, key.public_key().as_ref()),
            Key::Rsa(key) => (alg_id::RSA_ENCRYPTION, key.public_key().as_ref()),
        };
        // RFC 5280 §4.1: a BIT STRING starts with its number of unused bits.
        let subject_public_key_info = der::value(
            der::SEQUENCE,
            &[
                &der::value(der::SEQUENCE, &[algorithm.as_ref()]),
                &der::value(der::BIT_STRING, &[&[0], public_key]),
            ],
        )
        .to_vec();
        Self { key, random: SystemRandom::new(), subject_public_key_info }
    }
}

impl SigningKey for PrivateKey {
    fn subject_public_key_info(&self) -> &[u8] {
        &self.subject_public_key_info
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        match self.key {
            Key::EcdsaP256(_) => &[SignatureAlgorithm::EcdsaP256Sha256],
            Key::EcdsaP384(_) => &[SignatureAlgorithm::EcdsaP384Sha384],
            Key::Ed25519(_) => &[SignatureAlgorithm::Ed25519],
            Key::Rsa(_) => &[
                SignatureAlgorithm::RsaPssSha256,
                SignatureAlgorithm::RsaPssSha384,
                SignatureAlgorithm::RsaPssSha512,
                SignatureAlgorithm::RsaPkcs1Sha256,
                SignatureAlgorithm::RsaPkcs1Sha384,
                SignatureAlgorithm::RsaPkcs1Sha512,
            ],
        }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &mut [u8],
    ) -> Result<usize, SignError> {
        match (&self.key, algorithm) {
            (Key::EcdsaP256(key), SignatureAlgorithm::EcdsaP256Sha256)
            | (Key::EcdsaP384(key), SignatureAlgorithm::EcdsaP384Sha384) => {
                let signed = key.sign(&self.random, message).map_err(|_| SignError::Failed)?;
                copy(signed.as_ref(), signature)
            }
            (Key::Ed25519(key), SignatureAlgorithm::Ed25519) => {
                copy(key.sign(message).as_ref(), signature)
            }
            (Key::Rsa(key), algorithm) => {
                let padding: &'static dyn signature::RsaEncoding = match algorithm {
                    SignatureAlgorithm::RsaPssSha256 => &signature::RSA_PSS_SHA256,
                    SignatureAlgorithm::RsaPssSha384 => &signature::RSA_PSS_SHA384,
                    SignatureAlgorithm::RsaPssSha512 => &signature::RSA_PSS_SHA512,
                    SignatureAlgorithm::RsaPkcs1Sha256 => &signature::RSA_PKCS1_SHA256,
                    SignatureAlgorithm::RsaPkcs1Sha384 => &signature::RSA_PKCS1_SHA384,
                    SignatureAlgorithm::RsaPkcs1Sha512 => &signature::RSA_PKCS1_SHA512,
                    _ => return Err(SignError::UnsupportedAlgorithm),
                };
                let len = key.public().modulus_len();
                let signature = signature.get_mut(..len).ok_or(SignError::BufferTooShort)?;
                key.sign(padding, &self.random, message, signature)
                    .map_err(|_| SignError::Failed)?;
                Ok(len)
            }
            _ => Err(SignError::UnsupportedAlgorithm),
        }
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> Result<usize, SignError> {
    to.get_mut(..from.len()).ok_or(SignError::BufferTooShort)?.copy_from_slice(from);
    Ok(from.len())
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            Key::EcdsaP256(_) => "PrivateKey(EcdsaP256, [..])",
            Key::EcdsaP384(_) => "PrivateKey(EcdsaP384, [..])",
            Key::Ed25519(_) => "PrivateKey(Ed25519, [..])",
            Key::Rsa(_) => "PrivateKey(Rsa, [..])",
        })
    }
}

/// Why a private key could not be made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not the DER that it should be, its halves do not belong together, or its type or size
    /// is one that *ring* does not sign with.
    Malformed,
    /// Its form or size is not supported.
    Unsupported,
    /// The source of randomness failed.
    Random,
}

impl From<ring::error::KeyRejected> for KeyError {
    fn from(_: ring::error::KeyRejected) -> Self {
        // ring's reasons are strings for debugging.
        Self::Malformed
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => {
                "private key is malformed, inconsistent, or of an unsupported type or size"
            }
            Self::Unsupported => "private key is of an unsupported form or size",
            Self::Random => "the source of randomness failed",
        })
    }
}

impl core::error::Error for KeyError {}
