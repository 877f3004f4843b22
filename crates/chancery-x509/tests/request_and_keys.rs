//! A request and private keys made by openssl (`data/make.sh`).

use chancery_x509::{
    CertificationRequest, EcPrivateKey, ErrorKind, GeneralName, NamedCurve, PrivateKey,
    PrivateKeyInfo, PublicKey, RsaPrivateKey,
};

const REQUEST: &[u8] = include_bytes!("data/request.csr");
const P256: &[u8] = include_bytes!("data/key-p256.p8");
const P256_SEC1: &[u8] = include_bytes!("data/key-p256.sec1");
const ED25519: &[u8] = include_bytes!("data/key-ed25519.p8");
const RSA: &[u8] = include_bytes!("data/key-rsa.p8");
const RSA_PKCS1: &[u8] = include_bytes!("data/key-rsa.pkcs1");

#[test]
fn a_request_field_by_field() {
    let request = CertificationRequest::parse(REQUEST).unwrap();
    assert_eq!(request.subject().to_string(), "C=XX, CN=csr.example.com");
    let key = request.subject_public_key_info().key();
    assert!(matches!(key, PublicKey::Ec(NamedCurve::P256, _)));
    let names = request.requested_extensions().subject_alt_name().unwrap();
    assert_eq!(names.iter().collect::<Vec<_>>(), [GeneralName::DnsName("csr.example.com")]);
    assert_eq!(request.attributes().iter().count(), 1);
    assert_eq!(request.info_der().as_ptr(), REQUEST[4..].as_ptr());
}

#[test]
fn an_ec_key_in_both_forms() {
    let info = PrivateKeyInfo::parse(P256).unwrap();
    let PrivateKey::Ec(NamedCurve::P256, key) = info.key() else { panic!("not P-256") };
    let (curve, sec1) = EcPrivateKey::parse(P256_SEC1).unwrap();
    assert_eq!(curve, NamedCurve::P256);
    assert_eq!(sec1.private_key(), key.private_key());
    assert_eq!(sec1.public_key(), key.public_key());
    assert_eq!(key.private_key().len(), 32);
}

#[test]
fn an_rsa_key_in_both_forms() {
    let info = PrivateKeyInfo::parse(RSA).unwrap();
    let PrivateKey::Rsa(key) = info.key() else { panic!("not RSA") };
    let pkcs1 = RsaPrivateKey::parse(RSA_PKCS1).unwrap();
    assert_eq!(pkcs1.modulus(), key.modulus());
    assert_eq!(pkcs1.coefficient(), key.coefficient());
    assert_eq!(key.modulus().len(), 256);
    assert_eq!(key.public_exponent(), [1, 0, 1]);
}

#[test]
fn an_ed25519_key() {
    let info = PrivateKeyInfo::parse(ED25519).unwrap();
    assert!(matches!(info.key(), PrivateKey::Ed25519(seed) if seed[..] == ED25519[16..]));
}

/// Go CVE-2025-22865: a partial key is an error.
#[test]
fn partial_or_zero_private_keys() {
    for length in 0..RSA_PKCS1.len() {
        RsaPrivateKey::parse(&RSA_PKCS1[..length]).unwrap_err();
    }
    for length in 0..P256.len() {
        PrivateKeyInfo::parse(&P256[..length]).unwrap_err();
    }
    // Nine INTEGERs, all zero.
    let mut zero = vec![0x30, 27];
    zero.extend([2, 1, 0].repeat(9));
    assert_eq!(RsaPrivateKey::parse(&zero).unwrap_err().kind(), ErrorKind::InvalidPrivateKey);
    // The three numbers of a public key and no more.
    let mut partial = vec![0x30, 12];
    partial.extend([2, 1, 0, 2, 1, 5, 2, 1, 3, 2, 1, 3]);
    assert_eq!(RsaPrivateKey::parse(&partial).unwrap_err().kind(), ErrorKind::Truncated);
    let mut scalar = P256_SEC1.to_vec();
    scalar[7..39].fill(0);
    assert_eq!(EcPrivateKey::parse(&scalar).unwrap_err().kind(), ErrorKind::InvalidPrivateKey);
}

#[test]
fn private_keys_are_not_printed() {
    let info = PrivateKeyInfo::parse(ED25519).unwrap();
    let printed = format!("{info:?} {:?}", info.key());
    assert!(printed.contains("[..]"), "{printed}");
    assert!(!printed.contains(&format!("{}, {}", ED25519[16], ED25519[17])), "{printed}");
    assert_eq!(format!("{:?}", EcPrivateKey::parse(P256_SEC1).unwrap().1), "EcPrivateKey([..])");
    assert_eq!(format!("{:?}", RsaPrivateKey::parse(RSA_PKCS1).unwrap()), "RsaPrivateKey([..])");
}
