//! The encoding itself: tags, lengths and the primitive types.

use core::time::Duration;
use std::time::Instant;

use chancery_x509::{Certificate, CertificateList, ErrorKind, Oid, pem};

use crate::parts::{COMMON_NAME, Parts, element, extension, name, oid, rdn, sequence};
use crate::{BASIC_CONSTRAINTS, KEY_USAGE, LEAF, SUBJECT_ALT_NAME, deviates, refused, unreadable};

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
