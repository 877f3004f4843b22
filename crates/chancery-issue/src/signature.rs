//! Signs and verifies what X.509 wraps as `SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }`.

use alloc::vec::Vec;

use chancery_crypto::{MAX_SIGNATURE_LEN, SignError, SignatureAlgorithm, SigningKey};
use pki_types::{AlgorithmIdentifier, SignatureVerificationAlgorithm, alg_id};

use crate::{
    error::Error,
    writer::{SEQUENCE, Writer},
};

/// The verifiers that a provider offers, such as
/// `chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS`.
pub type Verifiers = &'static [&'static dyn SignatureVerificationAlgorithm];

/// A key that signs, with the algorithm that it signs X.509 structures with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signer<'a> {
    key: &'a dyn SigningKey,
    algorithm: SignatureAlgorithm,
    identifier: AlgorithmIdentifier,
}

impl<'a> Signer<'a> {
    /// `key` with PKCS #1 v1.5 if it is RSA, since more verifiers know that in certificates than
    /// PSS; else with the algorithm that it prefers.
    pub(crate) fn new(key: &'a dyn SigningKey) -> Result<Self, SignError> {
        let offered = key.algorithms();
        let pkcs1 = SignatureAlgorithm::RsaPkcs1Sha256;
        let algorithm = *offered
            .iter()
            .find(|&&algorithm| algorithm == pkcs1)
            .or(offered.first())
            .ok_or(SignError::UnsupportedAlgorithm)?;
        let identifier = identifier(algorithm).ok_or(SignError::UnsupportedAlgorithm)?;
        Ok(Self { key, algorithm, identifier })
    }

    pub(crate) fn subject_public_key_info(&self) -> &'a [u8] {
        self.key.subject_public_key_info()
    }

    /// The DER of the `AlgorithmIdentifier`, the same inside and outside (RFC 5280 §4.1.1.2).
    pub(crate) fn write_algorithm(&self, w: &mut Writer) {
        w.primitive(SEQUENCE, &self.identifier);
    }

    /// The signature over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = alloc::vec![0; MAX_SIGNATURE_LEN];
        let len = self.key.sign(self.algorithm, message, &mut signature)?;
        signature.truncate(len);
        Ok(signature)
    }

    /// `toBeSigned` wrapped with `signature`.
    pub(crate) fn wrap(&self, to_be_signed: &[u8], signature: &[u8]) -> Vec<u8> {
        Writer::collect(|w| {
            w.sequence(|w| {
                w.raw(to_be_signed);
                self.write_algorithm(w);
                w.bit_string(signature);
            });
        })
    }

    /// Signs, verifies with the key's own public half, and wraps.
    ///
    /// A signature spoiled by a fault can give the key away (Boneh, DeMillo and Lipton 1997), so
    /// none leaves here unverified.
    pub(crate) fn sign_and_wrap(
        &self,
        to_be_signed: &[u8],
        verifiers: Verifiers,
    ) -> Result<Vec<u8>, Error> {
        let signature = self.sign(to_be_signed)?;
        self.verify_and_wrap(to_be_signed, &signature, verifiers)
    }

    /// Wraps a signature that was made elsewhere, if it verifies.
    pub(crate) fn verify_and_wrap(
        &self,
        to_be_signed: &[u8],
        signature: &[u8],
        verifiers: Verifiers,
    ) -> Result<Vec<u8>, Error> {
        let public_key = self.subject_public_key_info();
        match verify(verifiers, public_key, &self.identifier, to_be_signed, signature)? {
            Verdict::Good => Ok(self.wrap(to_be_signed, signature)),
            Verdict::Bad => Err(Error::FaultySignature),
        }
    }
}

/// What a verifier says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad,
}

/// Verifies `signature` by whichever verifier knows both the key's and the signature's algorithm;
/// `identifier` is the content of the `AlgorithmIdentifier`.
pub(crate) fn verify(
    verifiers: &[&dyn SignatureVerificationAlgorithm],
    subject_public_key_info: &[u8],
    identifier: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<Verdict, Error> {
    let key = chancery_x509::SubjectPublicKeyInfo::parse(subject_public_key_info)?;
    let mut suitable = verifiers
        .iter()
        .filter(|verifier| {
            verifier.public_key_alg_id().as_ref() == key.algorithm().contents()
                && verifier.signature_alg_id().as_ref() == identifier
        })
        .peekable();
    suitable.peek().ok_or(Error::UnsupportedAlgorithm)?;
    let public_key = key.subject_public_key().as_bytes();
    let good =
        suitable.any(|verifier| verifier.verify_signature(public_key, message, signature).is_ok());
    Ok(if good { Verdict::Good } else { Verdict::Bad })
}

/// The identifier that X.509 has for an algorithm (RFC 5758 §3.2, RFC 8410 §3, RFC 4055 §5).
fn identifier(algorithm: SignatureAlgorithm) -> Option<AlgorithmIdentifier> {
    Some(match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => alg_id::ECDSA_SHA256,
        SignatureAlgorithm::EcdsaP384Sha384 => alg_id::ECDSA_SHA384,
        SignatureAlgorithm::Ed25519 => alg_id::ED25519,
        SignatureAlgorithm::RsaPkcs1Sha256 => alg_id::RSA_PKCS1_SHA256,
        SignatureAlgorithm::RsaPkcs1Sha384 => alg_id::RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaPkcs1Sha512 => alg_id::RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPssSha256 => alg_id::RSA_PSS_SHA256,
        SignatureAlgorithm::RsaPssSha384 => alg_id::RSA_PSS_SHA384,
        SignatureAlgorithm::RsaPssSha512 => alg_id::RSA_PSS_SHA512,
        // The seam's enum may grow; what it gains has to be named here.
        _ => return None,
    })
}
