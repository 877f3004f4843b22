//! Distinguished names, alternative names and their strings.

use chancery_x509::{Certificate, ErrorKind, GeneralName, Name, Oid, OtherName};

use crate::parts::{
    COMMON_NAME, ORGANIZATION, Parts, attribute, common_name, element, extension, name, oid, rdn,
    sequence,
};
use crate::{SUBJECT_ALT_NAME, deviates, unreadable};

pub(crate) fn alternative_name(general_name: &[u8]) -> Parts {
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
