//! Certificates, field by field.

use chancery_x509::{
    Certificate, CertificateList, Error, ErrorKind, Extensions, GeneralName, Oid,
    SubjectPublicKeyInfo,
};

use crate::names::alternative_name;
use crate::parts::{self, Parts, element, extension, extensions, oid, p256_key, sequence};
use crate::{BASIC_CONSTRAINTS, CRL, KEY_USAGE, deviates, refused, unreadable};

/// RFC 5280 §4.1.2.2.
#[test]
fn serial_numbers_that_are_not_positive_or_too_long() {
    let check = |contents: &[u8], kind| {
        let parts = Parts { serial: element(0x02, contents), ..Parts::default() };
        deviates(&parts, kind, "tbsCertificate.serialNumber");
    };
    check(&[0], ErrorKind::SerialNotPositive);
    check(&[0x80], ErrorKind::SerialNotPositive);
    check(&[0x7f; 21], ErrorKind::SerialTooLong);
    let longest = Parts { serial: element(0x02, &[0x7f; 20]), ..Parts::default() };
    Certificate::parse(&longest.build()).unwrap();
}

/// RustCrypto formats#1584: a re-encoding need not be what was signed. The signed part is a slice of the input, whatever is in it.
#[test]
fn the_signature_is_over_the_received_bytes() {
    let value = sequence(&[&element(0x01, &[1])]);
    let der = Parts::with_extensions(&[extension(BASIC_CONSTRAINTS, true, &value)]).build();
    let certificate = Certificate::parse_lenient(&der, &mut |_| ()).unwrap();
    assert!(certificate.extensions().basic_constraints().unwrap().ca());
    let start = certificate.tbs_der().as_ptr().addr() - der.as_ptr().addr();
    assert_eq!(certificate.tbs_der(), &der[start..start + certificate.tbs_der().len()]);
    assert!(certificate.tbs_der().windows(3).any(|window| window == [1, 1, 1]));
}

/// RFC 5280 §4.2, §4.1.2.9.
#[test]
fn extensions_twice_none_or_in_version_1() {
    let basic = || extension(BASIC_CONSTRAINTS, true, &sequence(&[&element(0x01, &[0xff])]));
    deviates(
        &Parts::with_extensions(&[basic(), basic()]),
        ErrorKind::DuplicateExtension,
        "tbsCertificate.extensions[1]",
    );
    let unknown = || extension(&[0x2a, 0x03], false, b"x");
    deviates(
        &Parts::with_extensions(&[unknown(), basic(), unknown()]),
        ErrorKind::DuplicateExtension,
        "tbsCertificate.extensions[2]",
    );
    deviates(&Parts::with_extensions(&[]), ErrorKind::EmptySequence, "tbsCertificate.extensions");
    deviates(
        &Parts { version: Vec::new(), ..Parts::default() },
        ErrorKind::FieldNotInVersion,
        "tbsCertificate.extensions",
    );
    let version = element(0xa0, &element(0x02, &[1]));
    deviates(
        &Parts { version, ..Parts::default() },
        ErrorKind::FieldNotInVersion,
        "tbsCertificate.extensions",
    );
    let version = element(0xa0, &element(0x02, &[3]));
    unreadable(
        &Parts { version, ..Parts::default() },
        ErrorKind::UnsupportedVersion,
        "tbsCertificate.version",
    );
}

/// The search for duplicates is bounded.
#[test]
fn too_many_extensions() {
    let many = |count: u8, high: u8| {
        let list: Vec<_> = (0..=high)
            .flat_map(|high| (0..count).map(move |low| extension(&[0x2a, high, low], false, b"")))
            .collect();
        Certificate::parse(&Parts::with_extensions(&list).build()).map(drop)
    };
    assert_eq!(many(128, 1), Ok(()));
    assert_eq!(many(64, 4).unwrap_err().kind(), ErrorKind::TooManyExtensions);
}

/// An extension that is critical and unknown, malformed or there twice is what its reader has to stumble over.
#[test]
fn unprocessed_critical_extensions() {
    let unknown = extension(&[0x2a, 0x03], true, b"x");
    let harmless = extension(&[0x2a, 0x04], false, b"x");
    let der = Parts::with_extensions(&[harmless.clone(), unknown]).build();
    let certificate = Certificate::parse(&der).unwrap();
    let found: Vec<_> = certificate.extensions().unprocessed_critical().collect();
    assert_eq!(found.iter().map(|one| one.oid().to_string()).collect::<Vec<_>>(), ["1.2.3"]);
    assert_eq!(certificate.extensions().unknown().count(), 2);

    let malformed = extension(KEY_USAGE, true, &element(0x03, &[]));
    let der = Parts::with_extensions(&[harmless, malformed]).build();
    let certificate = Certificate::parse_lenient(&der, &mut |_| ()).unwrap();
    assert_eq!(certificate.extensions().key_usage(), None);
    let found: Vec<_> = certificate.extensions().unprocessed_critical().collect();
    assert_eq!(found.iter().map(|one| one.oid()).collect::<Vec<_>>(), [Oid::KEY_USAGE]);

    let basic = extension(BASIC_CONSTRAINTS, true, &sequence(&[]));
    let der = Parts::with_extensions(&[basic.clone(), basic]).build();
    let certificate = Certificate::parse_lenient(&der, &mut |_| ()).unwrap();
    assert_eq!(certificate.extensions().unprocessed_critical().count(), 1);
}

/// RFC 5280 §4.1.1.2 and §5.1.1.2.
#[test]
fn inner_and_outer_signature_algorithm_differ() {
    let other = sequence(&[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03])]);
    let parts = Parts { outer_algorithm: other, ..Parts::default() };
    deviates(&parts, ErrorKind::SignatureAlgorithmMismatch, "signatureAlgorithm");
    let with_null = sequence(&[&oid(parts::ECDSA_SHA256), &element(0x05, &[])]);
    let parts = Parts { outer_algorithm: with_null, ..Parts::default() };
    deviates(&parts, ErrorKind::SignatureAlgorithmMismatch, "signatureAlgorithm");
    // The last 02 of the inner algorithm of the list becomes 03.
    let inner = CRL.windows(8).position(|window| window == parts::ECDSA_SHA256).unwrap();
    let mut crl = CRL.to_vec();
    crl[inner + 7] = 3;
    let error = CertificateList::parse(&crl).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignatureAlgorithmMismatch);
}

/// RFC 6962 §3.2, §3.3.
#[test]
fn signed_certificate_timestamps() {
    fn prefixed(bytes: &[u8]) -> Vec<u8> {
        [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }
    const SCT_LIST: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];
    let parts = |list: &[u8]| {
        let value = element(0x04, &prefixed(list));
        Parts::with_extensions(&[extension(SCT_LIST, false, &value)])
    };
    let tail = [&[1; 8][..], &prefixed(b"x"), &[4, 3], &prefixed(&[9; 70])].concat();
    let first = [&[0][..], &[7; 32], &tail].concat();
    let other = [&[1][..], b"of a version to come"].concat();
    let der = parts(&[prefixed(&first), prefixed(&other)].concat()).build();
    let certificate = Certificate::parse(&der).unwrap();
    let all: Vec<_> = certificate.extensions().sct_list().unwrap().iter().collect();
    let v1 = all[0].v1().unwrap();
    assert_eq!((v1.log_id(), v1.timestamp()), (&[7; 32], 0x0101_0101_0101_0101));
    assert_eq!(
        (v1.extensions(), v1.algorithm(), v1.signature()),
        (&b"x"[..], [4, 3], &[9; 70][..])
    );
    assert_eq!((all[1].version(), all[1].v1(), all[1].as_bytes()), (1, None, &other[..]));
    assert_eq!(all.len(), 2);
    let path = "tbsCertificate.extensions[0].signedCertificateTimestampList";
    let check = |list: &[u8], kind| deviates(&parts(list), kind, path);
    check(&[], ErrorKind::EmptySequence);
    check(&prefixed(&[]), ErrorKind::InvalidValue);
    check(&prefixed(&first[..first.len() - 1]), ErrorKind::InvalidValue);
    check(&prefixed(&[&first[..], &[0]].concat()), ErrorKind::InvalidValue);
    check(&prefixed(&first)[..20], ErrorKind::Truncated);
}

/// RFC 5280 §4.1.2.8.
#[test]
fn unique_identifiers() {
    let ids = [element(0x81, &[0, 1, 2]), element(0x82, &[4, 0xf0])];
    let with = |unique_ids: &[u8]| Parts { unique_ids: unique_ids.to_vec(), ..Parts::default() };
    let check = |unique_ids: &[u8], issuer: Option<&[u8]>, subject: Option<&[u8]>| {
        let der = with(unique_ids).build();
        let certificate = Certificate::parse(&der).unwrap();
        let tbs = certificate.tbs();
        assert_eq!(tbs.issuer_unique_id().map(|id| id.as_bytes()), issuer);
        assert_eq!(tbs.subject_unique_id().map(|id| id.as_bytes()), subject);
    };
    check(&ids.concat(), Some(&[1, 2]), Some(&[0xf0]));
    check(&ids[0], Some(&[1, 2]), None);
    check(&ids[1], None, Some(&[0xf0]));
    check(&[], None, None);
    let path = "tbsCertificate.subjectUniqueID";
    deviates(&with(&element(0x82, &[4, 0xff])), ErrorKind::NonCanonicalBitString, path);
    unreadable(&with(&element(0x82, &[])), ErrorKind::InvalidBitString, path);
    let first = Parts { version: Vec::new(), extensions: Vec::new(), ..with(&ids[0]) };
    deviates(&first, ErrorKind::FieldNotInVersion, "tbsCertificate.issuerUniqueID");
}

/// An error's path goes as deep as the field, and its offset is that of the element.
#[test]
fn an_error_says_where() {
    let base = element(0x87, &[10, 0, 0, 0, 255]);
    let subtrees = element(0xa0, &[sequence(&[&element(0x82, b"a")]), sequence(&[&base])].concat());
    let value = element(0x30, &subtrees);
    let list = [
        extension(BASIC_CONSTRAINTS, true, &sequence(&[&element(0x01, &[0xff])])),
        extension(&[0x55, 0x1d, 0x1e], true, &value),
    ];
    let der = Parts::with_extensions(&list).build();
    let error = refused(&der);
    assert_eq!(error.kind(), ErrorKind::InvalidIpAddress);
    assert_eq!(
        error.path().to_string(),
        "tbsCertificate.extensions[1].nameConstraints.permittedSubtrees[1].base.iPAddress"
    );
    let offset = der.windows(base.len()).position(|window| window == base).unwrap();
    assert_eq!(error.offset(), offset);
    assert!(size_of::<Error>() <= 32);
}

/// A TBSCertificate of more than 64 KiB is one like any other.
#[test]
fn a_certificate_of_a_megabyte() {
    let names: Vec<u8> = (0..60_000u32)
        .flat_map(|i| element(0x82, format!("n{i}.example.com").as_bytes()))
        .collect();
    let der = alternative_name(&names).build();
    assert!(der.len() > 1_000_000);
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.extensions().subject_alt_name().unwrap().iter().count(), 60_000);
}

/// The pieces are to be had alone, too.
#[test]
fn pieces_alone() {
    let list = extensions(&[extension(KEY_USAGE, true, &element(0x03, &[7, 0x80]))]);
    assert!(Extensions::parse(&list[2..]).unwrap().key_usage().unwrap().digital_signature());
    assert!(SubjectPublicKeyInfo::parse(&p256_key()).is_ok());
    let name = element(0x82, b"example.com");
    assert_eq!(GeneralName::parse(&name), Ok(GeneralName::DnsName("example.com")));
}
