//! Keys of every type and form sign what the verifiers accept, and only that.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use chancery_crypto::{
    MAX_SIGNATURE_LEN, SignError, SignatureAlgorithm as Algorithm, SigningKey as _,
};
use chancery_ring::{
    ECDSA_P256_SHA256, ECDSA_P384_SHA384, ED25519, KeyError, KeyType, Pkcs8, PrivateKey,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, SIGNATURE_VERIFICATION_ALGORITHMS,
};
use pki_types::{
    PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
    SignatureVerificationAlgorithm,
};
use rsa::pkcs8::DecodePrivateKey as _;

fn verifier(algorithm: Algorithm) -> &'static dyn SignatureVerificationAlgorithm {
    match algorithm {
        Algorithm::EcdsaP256Sha256 => ECDSA_P256_SHA256,
        Algorithm::EcdsaP384Sha384 => ECDSA_P384_SHA384,
        Algorithm::Ed25519 => ED25519,
        Algorithm::RsaPkcs1Sha256 => RSA_PKCS1_SHA256,
        Algorithm::RsaPkcs1Sha384 => RSA_PKCS1_SHA384,
        Algorithm::RsaPkcs1Sha512 => RSA_PKCS1_SHA512,
        Algorithm::RsaPssSha256 => RSA_PSS_SHA256,
        Algorithm::RsaPssSha384 => RSA_PSS_SHA384,
        Algorithm::RsaPssSha512 => RSA_PSS_SHA512,
        other => panic!("no verifier for {other:?}"),
    }
}

/// The end of a SubjectPublicKeyInfo, which is what verifiers take.
fn public_key<'a>(key: &'a PrivateKey, verifier: &dyn SignatureVerificationAlgorithm) -> &'a [u8] {
    let spki = key.subject_public_key_info();
    let id = verifier.public_key_alg_id();
    let at = spki.windows(id.as_ref().len()).position(|window| window == id.as_ref()).unwrap();
    let bit_string = &spki[at + id.as_ref().len()..];
    assert_eq!(bit_string[0], 3);
    let header = if bit_string[1] < 0x80 { 2 } else { 2 + usize::from(bit_string[1] & 0x7f) };
    assert_eq!(bit_string[header], 0);
    &bit_string[header + 1..]
}

fn signs(key: &PrivateKey) {
    let mut signature = [0; MAX_SIGNATURE_LEN];
    for &algorithm in key.algorithms() {
        let len = key.sign(algorithm, b"message", &mut signature).unwrap();
        let verifier = verifier(algorithm);
        let public_key = public_key(key, verifier);
        let verify = |message: &[u8], signature: &[u8]| {
            verifier.verify_signature(public_key, message, signature)
        };
        verify(b"message", &signature[..len]).unwrap();
        verify(b"massage", &signature[..len]).unwrap_err();
        verify(b"message", &signature[..len - 1]).unwrap_err();
        verify(b"message", &[]).unwrap_err();
        let mut changed = signature[..len].to_vec();
        changed[len / 2] ^= 1;
        verify(b"message", &changed).unwrap_err();
        verifier.verify_signature(&public_key[1..], b"message", &signature[..len]).unwrap_err();

        let short = &mut [0; 63];
        assert_eq!(key.sign(algorithm, b"message", short), Err(SignError::BufferTooShort));
    }
}

#[test]
fn generated_keys_sign_and_survive_export() {
    let check = |key_type, shown: &str, other: Algorithm| {
        let pkcs8 = Pkcs8::generate(key_type).unwrap();
        assert_eq!(format!("{pkcs8:?}"), "Pkcs8([..])");
        let key = PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
        assert_eq!(format!("{key:?}"), shown);
        signs(&key);
        let refused = key.sign(other, b"message", &mut [0; MAX_SIGNATURE_LEN]);
        assert_eq!(refused, Err(SignError::UnsupportedAlgorithm));

        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(&pkcs8));
        let again = PrivateKey::from_der(&der).unwrap();
        assert_eq!(again.subject_public_key_info(), key.subject_public_key_info());
    };
    check(KeyType::EcdsaP256, "PrivateKey(EcdsaP256, [..])", Algorithm::EcdsaP384Sha384);
    check(KeyType::EcdsaP384, "PrivateKey(EcdsaP384, [..])", Algorithm::EcdsaP256Sha256);
    check(KeyType::Ed25519, "PrivateKey(Ed25519, [..])", Algorithm::RsaPssSha256);
}

#[test]
fn sec1_keys_sign() {
    // Where ECPrivateKey starts within the PKCS#8 of each curve: after its outer header, version,
    // AlgorithmIdentifier, and the header of the OCTET STRING.
    let check = |key_type, start: usize| {
        let pkcs8 = Pkcs8::generate(key_type).unwrap();
        let sec1 = PrivateSec1KeyDer::from(&pkcs8.as_der()[start..]);
        let key = PrivateKey::from_der(&PrivateKeyDer::Sec1(sec1)).unwrap();
        signs(&key);
        let same = PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
        assert_eq!(key.subject_public_key_info(), same.subject_public_key_info());
    };
    check(KeyType::EcdsaP256, 29);
    check(KeyType::EcdsaP384, 27);
}

#[test]
fn rsa_keys_sign_in_both_forms() {
    let pkcs8 = Pkcs8::generate_rsa(2048).unwrap();
    let key = PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(Rsa, [..])");
    signs(&key);
    let other = key.sign(Algorithm::Ed25519, b"message", &mut [0; MAX_SIGNATURE_LEN]);
    assert_eq!(other, Err(SignError::UnsupportedAlgorithm));

    // Outer header, version, AlgorithmIdentifier with its NULL, and the header of the OCTET STRING.
    let pkcs1 = PrivatePkcs1KeyDer::from(&pkcs8.as_der()[4 + 3 + 15 + 4..]);
    let same = PrivateKey::from_der(&PrivateKeyDer::Pkcs1(pkcs1)).unwrap();
    assert_eq!(same.subject_public_key_info(), key.subject_public_key_info());

    assert_eq!(Pkcs8::generate_rsa(1024).unwrap_err(), KeyError::Unsupported);
}

/// CVE-2014-1568 (BERserk): a lenient reader of the padding takes a forged signature.
#[test]
fn rsa_pkcs1_signatures_hold_exactly_one_digest_info() {
    let pkcs8 = Pkcs8::generate_rsa(2048).unwrap();
    let key = PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
    let signer = rsa::PrivateKey::from_pkcs8_der(pkcs8.as_der()).unwrap();
    let public_key = public_key(&key, RSA_PKCS1_SHA256);
    let digest = ring::digest::digest(&ring::digest::SHA256, b"message");
    // RFC 8017 §9.2: SEQUENCE { SEQUENCE { sha256, NULL }, OCTET STRING }.
    let prefix = *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    // What follows the padding, which is as much shorter as that is longer.
    let verify = |digest_info: &[u8]| {
        let signature = signer.sign(rsa::Pkcs1v15Sign::new_unprefixed(), digest_info).unwrap();
        RSA_PKCS1_SHA256.verify_signature(public_key, b"message", &signature)
    };
    verify(&[&prefix, digest.as_ref()].concat()).unwrap();

    let refused = |front: &[u8], back: &[u8]| {
        assert!(verify(&[front, digest.as_ref(), back].concat()).is_err(), "{front:x?} {back:x?}");
    };
    refused(&prefix, b"\0");
    refused(&prefix, &[0xff; 100]);
    refused(b"", b"");
    refused(&[0; 19], b"");
    // A length in more bytes than it needs, for the whole and for the digest.
    refused(&[b"\x30\x81\x31", &prefix[2..]].concat(), b"");
    refused(&[b"\x30\x32", &prefix[2..18], b"\x81\x20"].concat(), b"");
    // No parameters, and garbage for parameters (CVE-2006-4339 and later).
    refused(b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20", b"");
    let garbage =
        [b"\x30\x41\x30\x1d", &prefix[4..15], b"\x04\x10", &[7; 16], b"\x04\x20"].concat();
    refused(&garbage, b"");
    // Another digest's identifier.
    refused(&[&prefix[..14], b"\x02", &prefix[15..]].concat(), b"");
}

#[test]
fn damaged_keys_are_refused() {
    let pkcs8 = Pkcs8::generate(KeyType::EcdsaP256).unwrap();
    let der = pkcs8.as_der();
    for len in 0..der.len() {
        assert_eq!(PrivateKey::from_pkcs8(&der[..len]).unwrap_err(), KeyError::Malformed);
    }
    // The public half no longer belongs to the private one.
    let mut other = der.to_vec();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(PrivateKey::from_pkcs8(&other).unwrap_err(), KeyError::Malformed);
    assert_eq!(PrivateKey::from_sec1(der).unwrap_err(), KeyError::Malformed);
    assert_eq!(PrivateKey::from_pkcs1(der).unwrap_err(), KeyError::Malformed);
}

#[test]
fn every_verifier_has_its_own_pair_of_identifiers() {
    for (i, a) in SIGNATURE_VERIFICATION_ALGORITHMS.iter().enumerate() {
        for b in &SIGNATURE_VERIFICATION_ALGORITHMS[..i] {
            let pair = |v: &dyn SignatureVerificationAlgorithm| {
                (v.public_key_alg_id(), v.signature_alg_id())
            };
            assert_ne!(pair(*a), pair(*b), "{a:?} and {b:?}");
        }
    }
}
