//! A certificate made by openssl, field by field.

use chancery_x509::{
    Certificate, ErrorKind, GeneralName, NamedCurve, Oid, PublicKey, SignatureAlgorithm, Version,
};

const LEAF: &[u8] = include_bytes!("data/leaf.der");

#[test]
fn every_field_of_a_leaf() {
    let certificate = Certificate::parse(LEAF).unwrap();
    assert_eq!(certificate.version(), Version::V3);
    assert_eq!(certificate.issuer().to_string(), "CN=leaf.example.com");
    assert!(certificate.is_self_issued());
    assert!(certificate.serial_number().as_bytes().len() <= 20);
    let PublicKey::Ec(NamedCurve::P256, point) = certificate.subject_public_key_info().key() else {
        panic!("not P-256");
    };
    assert_eq!(point.len(), 65);
    assert!(matches!(
        certificate.signature_algorithm().signature_algorithm(),
        SignatureAlgorithm::Ecdsa(_)
    ));
    let extensions = certificate.extensions();
    let names: Vec<_> = extensions.subject_alt_name().unwrap().iter().collect();
    assert_eq!(
        names,
        [GeneralName::DnsName("leaf.example.com"), GeneralName::IpAddress(&[192, 0, 2, 1])]
    );
    let usage = extensions.key_usage().unwrap();
    assert!(usage.digital_signature() && !usage.key_cert_sign());
    assert!(extensions.extended_key_usage().unwrap().contains(Oid::SERVER_AUTH));
    assert!(extensions.basic_constraints().unwrap().ca());
    assert_eq!(extensions.unprocessed_critical().count(), 0);
    assert_eq!(extensions.unknown().count(), 0);
}

/// RFC 5280 §4.1: the signed part is the received slice.
#[test]
fn the_signed_part_is_the_received_slice() {
    let certificate = Certificate::parse(LEAF).unwrap();
    assert_eq!(certificate.tbs_der().as_ptr(), LEAF[4..].as_ptr());
    assert_eq!(certificate.as_der(), LEAF);
}

#[test]
fn truncated_at_every_byte() {
    for length in 0..LEAF.len() {
        let error = Certificate::parse(&LEAF[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length}");
    }
}
