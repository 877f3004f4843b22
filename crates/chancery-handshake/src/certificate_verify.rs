//! CertificateVerify (RFC 8446 §4.4.3): what is signed, by which schemes, and the check.

use alloc::vec::Vec;

use chancery_crypto::SignatureAlgorithm;
use chancery_key_schedule::TranscriptHash;
use chancery_wire::{CertificateVerify, SignatureScheme};
use pki_types::{AlgorithmIdentifier, SignatureVerificationAlgorithm, alg_id};

use crate::{PublicKey, Violation, config::Verifiers};

/// Whose signature it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    Client,
    Server,
}

/// RFC 8446 §4.4.3: 64 spaces, the context string, a zero byte, the transcript hash.
pub(crate) fn signed_content(signer: Signer, transcript: &TranscriptHash) -> Vec<u8> {
    let context: &[u8] = match signer {
        Signer::Client => b"TLS 1.3, client CertificateVerify",
        Signer::Server => b"TLS 1.3, server CertificateVerify",
    };
    [&[b' '; 64], context, &[0], transcript.as_bytes()].concat()
}

/// Checks a received CertificateVerify.
pub(crate) fn verify(
    message: &CertificateVerify<'_>,
    signer: Signer,
    transcript: &TranscriptHash,
    public_key: &PublicKey,
    offered: &[SignatureScheme],
    verifiers: Verifiers,
) -> Result<(), Violation> {
    // RFC 8446 §4.4.3: "The signature algorithm MUST be one offered in the client's
    // "signature_algorithms" extension", and in TLS 1.3 no PKCS#1 v1.5, whatever was offered for
    // certificates.
    let (key_algorithm, signature_algorithm) = identifiers(message.algorithm)
        .filter(|_| offered.contains(&message.algorithm) && allowed(message.algorithm))
        .ok_or(Violation::SignatureSchemeNotOffered)?;
    // RFC 8446 §4.2.3: in TLS 1.3 the curve is a part of the scheme.
    if key_algorithm.as_ref() != public_key.algorithm.as_slice() {
        return Err(Violation::SignatureSchemeMismatch);
    }
    find(verifiers, key_algorithm, signature_algorithm)
        .ok_or(Violation::SignatureSchemeNotOffered)?
        .verify_signature(&public_key.key, &signed_content(signer, transcript), message.signature)
        .map_err(|_| Violation::Signature)
}

fn find(
    verifiers: Verifiers,
    key_algorithm: AlgorithmIdentifier,
    signature_algorithm: AlgorithmIdentifier,
) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    verifiers.iter().copied().find(|verifier| {
        verifier.public_key_alg_id() == key_algorithm
            && verifier.signature_alg_id() == signature_algorithm
    })
}

/// What this crate offers, as far as there are verifiers; the order is the preference.
const OFFERABLE: [SignatureScheme; 9] = [
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// The schemes that `verifiers` can verify.
pub(crate) fn offerable(verifiers: Verifiers) -> Vec<SignatureScheme> {
    let verifiable = |scheme: &SignatureScheme| {
        identifiers(*scheme)
            .is_some_and(|(key, signature)| find(verifiers, key, signature).is_some())
    };
    OFFERABLE.into_iter().filter(verifiable).collect()
}

/// Whether TLS 1.3 allows the scheme in CertificateVerify (RFC 8446 §4.2.3, §4.4.3).
pub(crate) const fn allowed(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::ECDSA_SECP256R1_SHA256
            | SignatureScheme::ECDSA_SECP384R1_SHA384
            | SignatureScheme::ED25519
            | SignatureScheme::RSA_PSS_RSAE_SHA256
            | SignatureScheme::RSA_PSS_RSAE_SHA384
            | SignatureScheme::RSA_PSS_RSAE_SHA512
    )
}

/// The identifiers of a scheme's public keys and signatures, by which its verifier is found.
const fn identifiers(
    scheme: SignatureScheme,
) -> Option<(AlgorithmIdentifier, AlgorithmIdentifier)> {
    Some(match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => (alg_id::ECDSA_P256, alg_id::ECDSA_SHA256),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => (alg_id::ECDSA_P384, alg_id::ECDSA_SHA384),
        SignatureScheme::ED25519 => (alg_id::ED25519, alg_id::ED25519),
        SignatureScheme::RSA_PSS_RSAE_SHA256 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256),
        SignatureScheme::RSA_PSS_RSAE_SHA384 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384),
        SignatureScheme::RSA_PSS_RSAE_SHA512 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512),
        SignatureScheme::RSA_PKCS1_SHA256 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256),
        SignatureScheme::RSA_PKCS1_SHA384 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384),
        SignatureScheme::RSA_PKCS1_SHA512 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512),
        _ => return None,
    })
}

/// The scheme to sign with: the first of the key's algorithms that the peer accepts
/// (RFC 8446 §4.4.2.2). PKCS#1 v1.5 has no scheme here.
pub(crate) fn choose(
    algorithms: &[SignatureAlgorithm],
    accepted: &[SignatureScheme],
) -> Result<(SignatureScheme, SignatureAlgorithm), Violation> {
    algorithms
        .iter()
        .filter_map(|algorithm| Some((scheme(*algorithm)?, *algorithm)))
        .find(|(scheme, _)| accepted.contains(scheme))
        .ok_or(Violation::NoCommonSignatureScheme)
}

const fn scheme(algorithm: SignatureAlgorithm) -> Option<SignatureScheme> {
    Some(match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => SignatureScheme::ECDSA_SECP256R1_SHA256,
        SignatureAlgorithm::EcdsaP384Sha384 => SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureAlgorithm::Ed25519 => SignatureScheme::ED25519,
        SignatureAlgorithm::RsaPssSha256 => SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureAlgorithm::RsaPssSha384 => SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureAlgorithm::RsaPssSha512 => SignatureScheme::RSA_PSS_RSAE_SHA512,
        _ => return None,
    })
}
