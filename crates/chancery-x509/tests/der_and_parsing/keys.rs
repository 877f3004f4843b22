//! Public keys.

use chancery_x509::{Certificate, ErrorKind, PublicKey, SubjectPublicKeyInfo};

use crate::parts::{Parts, element, oid, sequence};
use crate::{deviates, refused};

/// Go CVE-2024-24783, CVE-2025-58188: a certificate with an unknown, DSA or odd key is read all the same.
#[test]
fn unknown_dsa_and_odd_keys() {
    let check = |algorithm: &[u8], bits: &[u8]| {
        let key = sequence(&[algorithm, &element(0x03, bits)]);
        let der = Parts { key, ..Parts::default() }.build();
        let certificate = Certificate::parse(&der).unwrap();
        assert_eq!(certificate.subject_public_key_info().key(), &PublicKey::Unknown);
    };
    let dsa = oid(&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01]);
    check(&sequence(&[&dsa, &sequence(&[])]), &[0, 2, 1, 5]);
    check(&sequence(&[&dsa]), &[0]);
    check(&sequence(&[&oid(&[0x2a, 0x03])]), &[3, 0xf8]);
    // A curve that has a name that nobody knows.
    let ec = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
    let key = sequence(&[&sequence(&[&ec, &oid(&[0x2a, 0x03])]), &element(0x03, &[0, 9, 9])]);
    let der = Parts { key, ..Parts::default() }.build();
    let certificate = Certificate::parse(&der).unwrap();
    let key = certificate.subject_public_key_info().key();
    assert!(
        matches!(key, PublicKey::EcUnknownCurve(curve, [9, 9]) if curve.to_string() == "1.2.3")
    );
}

/// Keys that are not of their algorithm's form.
#[test]
fn keys_that_do_not_fit_their_algorithm() {
    let check = |algorithm: &[&[u8]], bits: &[u8], kind| {
        let key = sequence(&[&sequence(algorithm), &element(0x03, bits)]);
        assert_eq!(SubjectPublicKeyInfo::parse(&key).unwrap_err().kind(), kind);
        let der = Parts { key, ..Parts::default() }.build();
        assert_eq!(refused(&der).kind(), kind);
        let mut findings = 0;
        Certificate::parse_lenient(&der, &mut |_| findings += 1).unwrap();
        assert_eq!(findings, 1);
    };
    let ec = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
    let p256 = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
    let ed25519 = oid(&[0x2b, 0x65, 0x70]);
    let rsa = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]);
    let ml_dsa_44 = oid(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 17]);
    let null = element(0x05, &[]);
    check(&[&ec, &p256], &[0, 4, 1, 2], ErrorKind::InvalidPublicKey);
    check(&[&ec, &p256], &[0, 0], ErrorKind::InvalidPublicKey);
    check(&[&ec, &null], &[0, 4], ErrorKind::InvalidAlgorithmParameters);
    check(&[&ec], &[0, 4], ErrorKind::InvalidAlgorithmParameters);
    check(&[&ed25519], &[0; 32], ErrorKind::InvalidPublicKey);
    check(&[&ed25519, &null], &[0; 33], ErrorKind::InvalidAlgorithmParameters);
    check(&[&rsa, &null], &[0, 0x30, 0], ErrorKind::Truncated);
    check(&[&rsa, &null], &[0, 0x30, 6, 2, 1, 0, 2, 1, 3], ErrorKind::InvalidPublicKey);
    check(&[&rsa, &null], &[0, 0x30, 6, 2, 1, 0xff, 2, 1, 3], ErrorKind::NegativeInteger);
    check(&[&rsa], &[0, 0x30, 6, 2, 1, 5, 2, 1, 3], ErrorKind::InvalidAlgorithmParameters);
    check(&[&ml_dsa_44], &[0; 1312], ErrorKind::InvalidPublicKey);
}

/// RFC 9881, RFC 9935, RFC 9909: identifiers and sizes.
#[test]
fn post_quantum_keys() {
    let check = |arc: [u8; 2], length: usize, wanted: &str| {
        let [a, b] = arc;
        let algorithm = sequence(&[&oid(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, a, b])]);
        let key = sequence(&[&algorithm, &element(0x03, &vec![0; length + 1])]);
        let info = SubjectPublicKeyInfo::parse(&key).unwrap();
        let (name, key) = match info.key() {
            PublicKey::MlDsa(set, key) => (set.name(), key),
            PublicKey::MlKem(set, key) => (set.name(), key),
            PublicKey::SlhDsa(set, key) => (set.name(), key),
            other => panic!("{other:?}"),
        };
        assert_eq!((name, key.len()), (wanted, length));
    };
    check([3, 17], 1312, "ML-DSA-44");
    check([3, 18], 1952, "ML-DSA-65");
    check([3, 19], 2592, "ML-DSA-87");
    check([4, 1], 800, "ML-KEM-512");
    check([4, 2], 1184, "ML-KEM-768");
    check([4, 3], 1568, "ML-KEM-1024");
    check([3, 20], 32, "SLH-DSA-SHA2-128s");
    check([3, 23], 48, "SLH-DSA-SHA2-192f");
    check([3, 31], 64, "SLH-DSA-SHAKE-256f");
}

/// CVE-2020-0601.
#[test]
fn explicit_curve_parameters() {
    let ec = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
    let parameters = sequence(&[&element(0x02, &[1]), &sequence(&[])]);
    let key = sequence(&[&sequence(&[&ec, &parameters]), &element(0x03, &[0; 66])]);
    let parts = Parts { key, ..Parts::default() };
    let path = "tbsCertificate.subjectPublicKeyInfo.algorithm";
    deviates(&parts, ErrorKind::ExplicitCurve, path);
    let der = parts.build();
    let certificate = Certificate::parse_lenient(&der, &mut |_| ()).unwrap();
    assert_eq!(certificate.subject_public_key_info().key(), &PublicKey::Unknown);
}
