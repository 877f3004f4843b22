//! What has gone wrong in other readers of DER and X.509, each case by name.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use chancery_x509::{Certificate, Error, ErrorKind, Version};

use crate::parts::Parts;

mod certificates;
mod der;
mod keys;
mod names;
mod parts;

const LEAF: &[u8] = include_bytes!("../data/leaf.der");
const CRL: &[u8] = include_bytes!("../data/revoked.crl");

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
