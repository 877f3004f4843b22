//! Which kind of thing some DER is.

use chancery_x509::{
    Certificate, CertificateList, CertificationRequest, EcPrivateKey, Error, Finding, OcspRequest,
    OcspResponse, PrivateKeyInfo, RsaPrivateKey, SubjectPublicKeyInfo,
};

use super::document::Document;
use super::{certificate, key, revocation};
use crate::options::Failure;

/// Reads it as everything that there is. No two kinds have the same beginning, so that what gets furthest is what was meant, and its
/// error the one that helps.
pub(super) fn detect(der: &[u8]) -> Result<Document, Failure> {
    if der.first() != Some(&0x30) {
        return Err(Failure::new("neither DER nor PEM of a kind that is known"));
    }
    let mut furthest: Option<(&str, Error)> = None;
    macro_rules! attempt {
        ($what:literal, $parse:expr, $show:expr) => {
            match $parse {
                Ok(value) => return Ok($show(&value)),
                Err(error) => {
                    if furthest.is_none_or(|(_, best)| error.offset() > best.offset()) {
                        furthest = Some(($what, error));
                    }
                }
            }
        };
    }
    let mut findings: Vec<Finding> = Vec::new();
    macro_rules! lenient {
        ($what:literal, $kind:ident, $show:expr) => {
            findings.clear();
            attempt!(
                $what,
                $kind::parse_lenient(der, &mut |finding| findings.push(finding)),
                |value| Document { findings: core::mem::take(&mut findings), ..$show(value) }
            );
        };
    }
    lenient!("a certificate", Certificate, certificate::certificate);
    lenient!("a CRL", CertificateList, revocation::crl);
    lenient!("a certification request", CertificationRequest, certificate::request);
    lenient!("an OCSP response", OcspResponse, revocation::ocsp_response);
    lenient!("an OCSP request", OcspRequest, revocation::ocsp_request);
    attempt!("a private key", PrivateKeyInfo::parse(der), key::pkcs8);
    attempt!("an EC private key", EcPrivateKey::parse(der), key::sec1);
    attempt!("an RSA private key", RsaPrivateKey::parse(der), key::pkcs1);
    attempt!("a public key", SubjectPublicKeyInfo::parse(der), key::public);
    Err(match furthest {
        Some((what, error)) => {
            Failure::new(format_args!("of no kind that is known; read as {what}: {error}"))
        }
        None => Failure::new("of no kind that is known"),
    })
}
