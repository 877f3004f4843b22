//! What has gone wrong in other readers of DER and X.509, each case by name.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/parts.rs"]
mod parts;

use core::time::Duration;
use std::time::Instant;

use chancery_x509::{
    Certificate, CertificateList, Error, ErrorKind, Extensions, GeneralName, Name, Oid, OtherName,
    PublicKey, SubjectPublicKeyInfo, Version, pem,
};
use parts::{
    COMMON_NAME, ORGANIZATION, Parts, attribute, common_name, element, extension, extensions, name,
    oid, p256_key, rdn, sequence,
};

const LEAF: &[u8] = include_bytes!("data/leaf.der");
const CRL: &[u8] = include_bytes!("data/revoked.crl");

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

fn refused(der: &[u8]) -> Error {
    Certificate::parse(der).unwrap_err()
}

/// Strict parsing refuses with `kind` in the field `path`; lenient parsing goes on, and its findings say the same of the same place.
fn deviates(parts: &Parts, kind: ErrorKind, path: &str) {
    let der = parts.build();
    let error = refused(&der);
    assert_eq!((error.kind(), error.path().to_string().as_str()), (kind, path));
    let mut findings = Vec::new();
    Certificate::parse_lenient(&der, &mut |finding| findings.push(finding)).unwrap();
    assert!(findings.iter().any(|finding| *finding.as_error() == error), "{findings:?}");
}

/// Neither level reads it.
fn unreadable(parts: &Parts, kind: ErrorKind, path: &str) {
    let der = parts.build();
    let error = refused(&der);
    assert_eq!((error.kind(), error.path().to_string().as_str()), (kind, path));
    Certificate::parse_lenient(&der, &mut |_| ()).unwrap_err();
}

#[test]
fn the_parts_are_a_certificate() {
    let der = Parts::default().build();
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.version(), Version::V3);
    Certificate::parse_lenient(&der, &mut |finding| panic!("{finding}")).unwrap();
}

/// asn1_der CVE-2019-15549, Go CVE-2025-58185. That nothing is allocated at all is the test `no_allocation`.
#[test]
fn a_length_of_gigabytes() {
    for header in [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]]
    {
        let error = refused(header);
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Truncated, 0));
    }
    // More bytes of length than any address has.
    assert_eq!(refused(&[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]).kind(), ErrorKind::LengthTooLarge);
}

/// Go CVE-2020-7919: header and length together overflow 32 bits.
#[test]
fn length_arithmetic_of_32_bits() {
    for length in [0xffff_ffffu32, 0xffff_fffa, 0x8000_0000, 0x7fff_fffa] {
        let mut der = vec![0x30, 0x84];
        der.extend(length.to_be_bytes());
        assert_eq!(refused(&der).kind(), ErrorKind::Truncated);
    }
}

/// Go CVE-2026-33818, PEM CVE-2022-24675: nothing here recurses as deep as its input is.
#[test]
fn deeply_nested_structures() {
    let nested = b"\x30\x80".repeat(1_000_000);
    assert_eq!(refused(&nested).kind(), ErrorKind::IndefiniteLength);
    let mut inner = element(0x30, &[]);
    for _ in 0..3_000 {
        inner = element(0x30, &inner);
    }
    refused(&inner);
    let value = sequence(&[&oid(COMMON_NAME), &inner]);
    let parts = Parts { subject: name(&[rdn(&[value])]), ..Parts::default() };
    let der = parts.build();
    let certificate = Certificate::parse(&der).unwrap();
    assert!(certificate.subject().to_string().starts_with("CN=#30"));
    let other = element(0xa0, &[oid(&[0x2a, 0x03]), element(0xa0, &inner)].concat());
    let parts =
        Parts::with_extensions(&[extension(SUBJECT_ALT_NAME, false, &element(0x30, &other))]);
    Certificate::parse(&parts.build()).unwrap();
}

/// Go CVE-2025-61723.
#[test]
fn pem_with_many_bad_blocks_is_linear() {
    let text = [
        b"-----BEGIN CERTIFICATE-----\n".repeat(100_000),
        b"-----BEGIN ".repeat(200_000),
        b"-----BEGIN A-----\n-----END B-----\n".repeat(100_000),
        b"-----".repeat(500_000),
    ];
    let start = Instant::now();
    for text in &text {
        assert!(pem::blocks(text).all(|block| block.is_err()));
    }
    // Linear is milliseconds; with the square of the number of blocks it is hours.
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// simple_asn1 CVE-2021-45711, bcder CVE-2023-39914.
#[test]
fn a_time_with_a_byte_that_is_not_ascii() {
    let check = |tag, contents: &[u8]| {
        let end = element(0x17, b"270101000000Z");
        let validity = sequence(&[&element(tag, contents), &end]);
        let parts = Parts { validity, ..Parts::default() };
        unreadable(&parts, ErrorKind::InvalidTime, "tbsCertificate.validity.notBefore");
    };
    check(0x17, b"26010100000\xc3\xa9Z");
    check(0x17, "26010100000€".as_bytes());
    check(0x17, b"\xff60101000000Z");
    check(0x18, b"2050\xf0\x9f\x98\x80000000Z");
    // The other shapes that BER allows and RFC 5280 §4.1.2.5 does not.
    check(0x17, b"");
    check(0x17, b"2601010000Z");
    check(0x17, b"260101000000+0100");
    check(0x17, b"260101000000");
    check(0x18, b"20500101000000.5Z");
    check(0x18, b"2050010100Z");
    // No such day, hour, minute or second.
    check(0x17, b"260230000000Z");
    check(0x17, b"261301000000Z");
    check(0x17, b"260100000000Z");
    check(0x17, b"260101240000Z");
    check(0x17, b"260101006000Z");
    check(0x17, b"260101000060Z");
    check(0x18, b"21000229000000Z");
}

/// RFC 5280 §4.1.2.5: UTCTime through 2049.
#[test]
fn a_generalized_time_before_2050() {
    let start = element(0x18, b"20490101000000Z");
    let end = element(0x18, b"20500101000000Z");
    let parts = Parts { validity: sequence(&[&start, &end]), ..Parts::default() };
    deviates(&parts, ErrorKind::WrongTimeForm, "tbsCertificate.validity.notBefore");
}

/// webpki RUSTSEC-2026-0104.
#[test]
fn empty_bit_strings() {
    let key_usage = "tbsCertificate.extensions[0].keyUsage";
    let check = |contents: &[u8], kind| {
        let value = element(0x03, contents);
        let parts = Parts::with_extensions(&[extension(KEY_USAGE, true, &value)]);
        deviates(&parts, kind, key_usage);
    };
    check(&[], ErrorKind::InvalidBitString);
    check(&[3], ErrorKind::InvalidBitString);
    check(&[0], ErrorKind::InvalidValue);
    let signature = element(0x03, &[]);
    unreadable(
        &Parts { signature, ..Parts::default() },
        ErrorKind::InvalidBitString,
        "signatureValue",
    );
    // onlySomeReasons of an issuing distribution point, and reasons of a distribution point.
    for contents in [&[][..], &[0], &[1], &[7], &[8]] {
        let reasons = element(0x83, contents);
        let value = element(0x30, &reasons);
        let extension = extension(&[0x55, 0x1d, 0x1c], true, &value);
        let crl = crl_with(&extension);
        assert_eq!(CertificateList::parse(&crl).is_ok(), contents == [0], "{contents:?}");
        let mut point = element(0xa0, &element(0xa0, &element(0x86, b"http://a")));
        point.extend(element(0x81, contents));
        let value = element(0x30, &element(0x30, &point));
        let parts = Parts::with_extensions(&[self::extension(&[0x55, 0x1d, 0x1f], false, &value)]);
        assert_eq!(Certificate::parse(&parts.build()).is_ok(), contents == [0], "{contents:?}");
    }
}

fn crl_with(extension: &[u8]) -> Vec<u8> {
    let parts = Parts::default();
    let time = element(0x17, b"260101000000Z");
    let extensions = element(0xa0, &element(0x30, extension));
    let tbs = sequence(&[
        &element(0x02, &[1]),
        &parts.inner_algorithm,
        &parts.issuer,
        &time,
        &time,
        &extensions,
    ]);
    sequence(&[&tbs, &parts.outer_algorithm, &parts.signature])
}

/// X.690 §11.2.
#[test]
fn bit_strings_that_are_not_canonical() {
    let path = "tbsCertificate.extensions[0].keyUsage";
    let check = |contents: &[u8], kind| {
        let value = element(0x03, contents);
        deviates(&Parts::with_extensions(&[extension(KEY_USAGE, true, &value)]), kind, path);
    };
    // An unused bit that is set; a zero that is used; a whole byte of zeros.
    check(&[7, 0x81], ErrorKind::NonCanonicalBitString);
    check(&[0, 0x80], ErrorKind::NonCanonicalBitString);
    check(&[0, 0x80, 0x00], ErrorKind::NonCanonicalBitString);
    check(&[8, 0x80], ErrorKind::InvalidBitString);
    let fine = element(0x03, &[7, 0x80]);
    Certificate::parse(&Parts::with_extensions(&[extension(KEY_USAGE, true, &fine)]).build())
        .unwrap();
    // Keys and signatures are whole bytes.
    let signature = element(0x03, &[4, 0x50]);
    deviates(
        &Parts { signature, ..Parts::default() },
        ErrorKind::UnalignedBitString,
        "signatureValue",
    );
}

/// X.690 §11.5, rcgen#443.
#[test]
fn encoded_defaults() {
    let value = sequence(&[&element(0x01, &[0])]);
    deviates(
        &Parts::with_extensions(&[extension(BASIC_CONSTRAINTS, true, &value)]),
        ErrorKind::EncodedDefault,
        "tbsCertificate.extensions[0].basicConstraints",
    );
    let value = element(0x04, &sequence(&[]));
    let not_critical = sequence(&[&oid(BASIC_CONSTRAINTS), &element(0x01, &[0]), &value]);
    deviates(
        &Parts::with_extensions(&[not_critical]),
        ErrorKind::EncodedDefault,
        "tbsCertificate.extensions[0].critical",
    );
    let version = element(0xa0, &element(0x02, &[0]));
    deviates(
        &Parts { version, extensions: Vec::new(), ..Parts::default() },
        ErrorKind::EncodedDefault,
        "tbsCertificate.version",
    );
    // X.690 §11.1: TRUE is FF.
    let value = sequence(&[&element(0x01, &[1])]);
    deviates(
        &Parts::with_extensions(&[extension(BASIC_CONSTRAINTS, true, &value)]),
        ErrorKind::InvalidBoolean,
        "tbsCertificate.extensions[0].basicConstraints",
    );
}

/// X.690 §10.1.
#[test]
fn lengths_that_are_not_minimal() {
    let check = |serial: &[u8]| {
        let parts = Parts { serial: serial.to_vec(), ..Parts::default() };
        deviates(&parts, ErrorKind::NonMinimalLength, "tbsCertificate.serialNumber");
    };
    check(&[0x02, 0x81, 0x01, 0x05]);
    check(&[0x02, 0x82, 0x00, 0x01, 0x05]);
    check(&[0x02, 0x83, 0x00, 0x00, 0x01, 0x05]);
    check(&[0x02, 0x84, 0x00, 0x00, 0x00, 0x01, 0x05]);
    let indefinite = Parts { serial: vec![0x02, 0x80, 0x05, 0, 0], ..Parts::default() };
    unreadable(&indefinite, ErrorKind::IndefiniteLength, "tbsCertificate.serialNumber");
}

/// X.690 §8.3.2.
#[test]
fn integers_that_are_not_minimal() {
    let check = |contents: &[u8]| {
        let parts = Parts { serial: element(0x02, contents), ..Parts::default() };
        deviates(&parts, ErrorKind::NonMinimalInteger, "tbsCertificate.serialNumber");
    };
    check(&[0, 0x7f]);
    check(&[0, 0, 0x80]);
    check(&[0xff, 0x80]);
    let empty = Parts { serial: element(0x02, &[]), ..Parts::default() };
    unreadable(&empty, ErrorKind::EmptyInteger, "tbsCertificate.serialNumber");
}

/// X.690 §8.19.2.
#[test]
fn object_identifiers_that_are_malformed() {
    let check = |contents: &[u8]| {
        let algorithm = sequence(&[&oid(contents)]);
        let parts = Parts {
            inner_algorithm: algorithm.clone(),
            outer_algorithm: algorithm,
            ..Parts::default()
        };
        unreadable(&parts, ErrorKind::InvalidOid, "tbsCertificate.signature.algorithm");
    };
    check(&[]);
    check(&[0x2a, 0x80, 0x01]);
    check(&[0x80, 0x2a]);
    check(&[0x2a, 0x86]);
    assert!(Oid::new(&[0x2a, 0x86, 0x48]).is_some());
}

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

/// Every constructed element of a real certificate, and every extension's value, with an element of no use at its end.
#[test]
fn trailing_data_at_every_level() {
    let mut count = 0;
    let mut variants = Vec::new();
    with_trailing_null(LEAF, &mut |variant| {
        count += 1;
        variants.push(variant);
    });
    for variant in &variants {
        refused(variant);
    }
    assert!(count >= 30, "{count}");
    let mut outside = LEAF.to_vec();
    outside.push(0);
    let error = refused(&outside);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::TrailingData, LEAF.len()));
    let mut findings = Vec::new();
    Certificate::parse_lenient(&outside, &mut |finding| findings.push(finding)).unwrap();
    assert_eq!(findings.len(), 1);
}

/// Calls `each` with `der` once for every constructed element inside, with NULL added to that element.
fn with_trailing_null(der: &[u8], each: &mut dyn FnMut(Vec<u8>)) {
    let (tag, header, length) = match der {
        [tag, 0x82, a, b, ..] => (*tag, 4, usize::from(u16::from_be_bytes([*a, *b]))),
        [tag, 0x81, a, ..] => (*tag, 3, usize::from(*a)),
        [tag, a, ..] => (*tag, 2, usize::from(*a)),
        _ => return,
    };
    let contents = &der[header..header + length];
    let nested = tag & 0x20 != 0 || (tag == 0x04 && contents.starts_with(&[0x30]));
    if !nested {
        return;
    }
    each(element(tag, &[contents, &[5, 0]].concat()));
    let mut at = 0;
    while at < contents.len() {
        let rest = &contents[at..];
        let size = match rest {
            [_, 0x82, a, b, ..] => 4 + usize::from(u16::from_be_bytes([*a, *b])),
            [_, 0x81, a, ..] => 3 + usize::from(*a),
            [_, a, ..] => 2 + usize::from(*a),
            _ => panic!("cut short"),
        };
        with_trailing_null(&rest[..size], &mut |inner| {
            each(element(tag, &[&contents[..at], &inner, &rest[size..]].concat()));
        });
        at += size;
    }
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

fn alternative_name(general_name: &[u8]) -> Parts {
    let value = element(0x30, general_name);
    Parts::with_extensions(&[extension(SUBJECT_ALT_NAME, false, &value)])
}

/// OpenSSL CVE-2023-0286 and CVE-2024-6119: X.400 addresses and other names read as strings that they are not.
#[test]
fn x400_and_other_names_are_never_another_type() {
    let x400 = element(0xa3, &element(0x16, b"good.example"));
    let der = alternative_name(&x400).build();
    let certificate = Certificate::parse(&der).unwrap();
    let name = certificate.extensions().subject_alt_name().unwrap().iter().next().unwrap();
    assert!(matches!(name, GeneralName::X400Address(_)));

    let mailbox = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09];
    let other = |tag, value: &[u8]| {
        element(0xa0, &[oid(mailbox), element(0xa0, &element(tag, value))].concat())
    };
    let der = alternative_name(&other(0x0c, "jürgen@example".as_bytes())).build();
    let certificate = Certificate::parse(&der).unwrap();
    let name = certificate.extensions().subject_alt_name().unwrap().iter().next().unwrap();
    let GeneralName::OtherName(name) = name else { panic!("{name:?}") };
    assert_eq!(OtherName::smtp_utf8_mailbox(&name), Some("jürgen@example"));
    assert_eq!(name.srv_name(), None);
    // The value of a mailbox is a UTF8String (RFC 9598 §3), whatever would fit its bytes.
    let path = "tbsCertificate.extensions[0].subjectAltName.otherName";
    deviates(&alternative_name(&other(0x16, b"a@example")), ErrorKind::UnexpectedTag, path);
    deviates(&alternative_name(&other(0x0c, b"\xff@example")), ErrorKind::InvalidString, path);
}

/// Node CVE-2021-44532 and the NUL bytes of 2009: no name ends early, and none can look like two.
#[test]
fn names_with_nul_comma_quote_and_control_bytes() {
    let der = alternative_name(&element(0x82, b"good.example\0.evil.example")).build();
    let certificate = Certificate::parse(&der).unwrap();
    let name = certificate.extensions().subject_alt_name().unwrap().iter().next().unwrap();
    assert_eq!(name, GeneralName::DnsName("good.example\0.evil.example"));
    let injected = element(0x86, b"http://a/, DNS:good.example");
    let der = alternative_name(&[injected, element(0x82, b"\"x\",\n")].concat()).build();
    let certificate = Certificate::parse(&der).unwrap();
    let names = certificate.extensions().subject_alt_name().unwrap();
    assert_eq!(names.iter().count(), 2);
    assert!(!names.to_string().contains('\n'));

    let joined = common_name("a, O=b");
    let apart = name_of(&[(COMMON_NAME, "a"), (ORGANIZATION, "b")]);
    let (joined, apart) = (Name::parse(&joined).unwrap(), Name::parse(&apart).unwrap());
    assert_eq!(joined.to_string(), "CN=a\\, O\\=b");
    assert_eq!(apart.to_string(), "CN=a, O=b");
    assert!(!joined.matches(&apart));
    let control = common_name("a\0\u{1b}[2J\"");
    assert_eq!(Name::parse(&control).unwrap().to_string(), "CN=a\\00\\1b[2J\\\"");
}

fn name_of(attributes: &[(&[u8], &str)]) -> Vec<u8> {
    let rdns: Vec<_> = attributes
        .iter()
        .map(|(kind, value)| rdn(&[attribute(kind, 0x0c, value.as_bytes())]))
        .collect();
    name(&rdns)
}

/// X.690 §11.6.
#[test]
fn a_set_that_is_not_in_order() {
    let first = attribute(COMMON_NAME, 0x0c, b"a");
    let second = attribute(ORGANIZATION, 0x0c, b"b");
    let ordered = name(&[rdn(&[first.clone(), second.clone()])]);
    Certificate::parse(&Parts { subject: ordered, ..Parts::default() }.build()).unwrap();
    let subject = name(&[rdn(&[second, first])]);
    deviates(
        &Parts { subject, ..Parts::default() },
        ErrorKind::UnorderedSet,
        "tbsCertificate.subject.rdnSequence[0]",
    );
    let subject = name(&[rdn(&[])]);
    deviates(
        &Parts { subject, ..Parts::default() },
        ErrorKind::EmptySequence,
        "tbsCertificate.subject.rdnSequence[0]",
    );
    let issuer = name(&[]);
    deviates(
        &Parts { issuer, ..Parts::default() },
        ErrorKind::EmptyIssuer,
        "tbsCertificate.issuer",
    );
}

/// The one-step reading of common names takes nothing that reading element by element refuses.
#[test]
fn a_name_that_is_nearly_common() {
    let check = |second: Vec<u8>, kind, path: &str| {
        let first = rdn(&[attribute(ORGANIZATION, 0x13, b"Example")]);
        let subject = name(&[first.clone(), second, first]);
        deviates(&Parts { subject, ..Parts::default() }, kind, path);
    };
    let path = "tbsCertificate.subject.rdnSequence[1]";
    let inside = "tbsCertificate.subject.rdnSequence[1].value";
    check(rdn(&[attribute(COMMON_NAME, 0x13, b"a*")]), ErrorKind::InvalidString, inside);
    check(rdn(&[attribute(COMMON_NAME, 0x0c, b"\xff")]), ErrorKind::InvalidString, inside);
    let long = rdn(&[attribute(COMMON_NAME, 0x0c, &[0xff; 118])]);
    check(long, ErrorKind::InvalidString, inside);
    let null = element(0x05, &[]);
    let string = element(0x0c, b"a");
    let trailing = element(0x31, &sequence(&[&oid(COMMON_NAME), &string, &null]));
    check(trailing, ErrorKind::TrailingData, path);
    // Longer than what holds it.
    let subject = name(&[b"\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x02a".to_vec()]);
    let parts = Parts { subject, ..Parts::default() };
    unreadable(&parts, ErrorKind::Truncated, "tbsCertificate.subject.rdnSequence[0].value");
    // 2.5.4 and half of another number.
    let half = rdn(&[attribute(&[0x55, 0x04, 0x80], 0x0c, b"a")]);
    let parts = Parts { subject: name(&[half]), ..Parts::default() };
    unreadable(&parts, ErrorKind::InvalidOid, "tbsCertificate.subject.rdnSequence[0].type");
    // As long as one step takes, and longer.
    for length in [0, 117, 118, 119, 120, 128, 300] {
        let subject = common_name(&"x".repeat(length));
        let der = Parts { subject, ..Parts::default() }.build();
        let certificate = Certificate::parse(&der).unwrap();
        let found = certificate.subject().find(Oid::COMMON_NAME).unwrap();
        assert_eq!(found.as_bytes().len(), length);
    }
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

/// Characters outside a string's type.
#[test]
fn strings_with_other_characters_than_their_type_has() {
    let check = |tag, value: &[u8]| {
        let subject = name(&[rdn(&[attribute(COMMON_NAME, tag, value)])]);
        let path = "tbsCertificate.subject.rdnSequence[0].value";
        deviates(&Parts { subject, ..Parts::default() }, ErrorKind::InvalidString, path);
    };
    check(0x13, b"a@example");
    check(0x13, b"under_score");
    check(0x16, b"\x80");
    check(0x0c, b"\xc3");
    check(0x12, b"12a");
    check(0x1a, b"\x07");
    check(0x1e, b"\0a\0");
    check(0x1e, &[0xd8, 0x00]);
    check(0x1c, &[0, 0x11, 0, 0]);
    let path = "tbsCertificate.extensions[0].subjectAltName.dNSName";
    deviates(
        &alternative_name(&element(0x82, b"b\xfccher.example")),
        ErrorKind::InvalidString,
        path,
    );
    let path = "tbsCertificate.extensions[0].subjectAltName.iPAddress";
    deviates(&alternative_name(&element(0x87, &[1, 2, 3])), ErrorKind::InvalidIpAddress, path);
    deviates(&alternative_name(&element(0x87, &[0; 8])), ErrorKind::InvalidIpAddress, path);
    let path = "tbsCertificate.extensions[0].subjectAltName";
    deviates(&alternative_name(&element(0x89, b"")), ErrorKind::InvalidGeneralName, path);
    deviates(&alternative_name(b""), ErrorKind::EmptySequence, path);
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
