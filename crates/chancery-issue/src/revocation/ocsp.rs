//! OCSP responses (RFC 6960), signed by the CA itself.
//!
//! ```text
//! OCSPResponse { successful, [0] { id-pkix-ocsp-basic, OCTET STRING BasicOCSPResponse } }
//! BasicOCSPResponse { ResponseData, AlgorithmIdentifier, BIT STRING }
//! ResponseData { byKey [2] KeyHash, producedAt, SEQUENCE OF SingleResponse, [1] nonce OPTIONAL }
//! SingleResponse { CertID, good [0] | revoked [1] | unknown [2], thisUpdate, [0] nextUpdate }
//! ```
//!
//! Delegated responders and the parsing of requests are absent.

use alloc::vec::Vec;

use chancery_x509::Certificate;
use const_oid::ObjectIdentifier;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{CrlPeriod, Revocation};
use crate::{
    CertificateAuthority, Error, IssuerRefusal, RevocationRefusal, SerialNumber,
    extension::{Criticality::NonCritical, extension},
    time::write_generalized_time,
    writer::{ENUMERATED, INTEGER, OCTET_STRING, Writer, context, context_constructed},
};

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// RFC 9654 §2.1: a nonce has 1 to 128 octets.
const MAX_NONCE_LEN: usize = 128;

/// The hash that a `CertID` names the issuer by; it secures nothing (RFC 6960 §4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertIdHash {
    /// What nearly every client asks with (RFC 5019 §2.1.1).
    Sha1,
    /// What RFC 9654 clients may ask with.
    Sha256,
}

/// What a response says of a certificate (RFC 6960 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateStatus {
    /// It was issued, and not revoked.
    Good(SerialNumber),
    /// It was revoked.
    Revoked(Revocation),
    /// The CA never heard of it.
    Unknown(SerialNumber),
}

/// Answers without a signature (RFC 6960 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OcspError {
    /// The request does not parse.
    MalformedRequest,
    /// The responder is broken.
    InternalError,
    /// Not now.
    TryLater,
    /// Not to this client, or not about this certificate.
    Unauthorized,
}

impl OcspError {
    /// The DER of the `OCSPResponse`.
    #[must_use]
    pub fn to_der(self) -> Vec<u8> {
        let status = match self {
            Self::MalformedRequest => 1,
            Self::InternalError => 2,
            Self::TryLater => 3,
            Self::Unauthorized => 6,
        };
        Writer::collect(|w| w.sequence(|w| w.primitive(ENUMERATED, &[status])))
    }
}

impl CertificateAuthority {
    /// An OCSP response about certificates that this CA issued, in DER: what an OCSP responder
    /// answers and a TLS server staples. `nonce` is the request's, or empty.
    ///
    /// # Errors
    /// [`Error::Issuer`] if this CA is not valid at `thisUpdate`, or its `keyUsage` has no
    /// `digitalSignature`; [`Error::Revocation`] if there is no status, the period is empty or
    /// longer than a year, a revocation is later than `thisUpdate`, or the nonce is too long.
    pub fn ocsp_response(
        &self,
        statuses: &[CertificateStatus],
        hash: CertIdHash,
        period: CrlPeriod,
        nonce: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let issuer = self.issuer()?;
        let chain = issuer.chain()?;
        let certificate = chain.issuer().ok_or(IssuerRefusal::NotACa)?;
        // BR §7.1.2.10.7: a CA that signs OCSP responses itself has digitalSignature.
        if certificate.extensions().key_usage().is_some_and(|usage| !usage.digital_signature()) {
            return Err(IssuerRefusal::NoDigitalSignature.into());
        }
        period.check()?;
        if period.this_update < chain.not_before() || chain.not_after() < period.this_update {
            return Err(IssuerRefusal::NotValidNow.into());
        }
        check_statuses(statuses, period, nonce)?;
        let (name, key) = issuer_hashes(certificate, hash);
        let (_, key_hash) = issuer_hashes(certificate, CertIdHash::Sha1);
        let data = Writer::collect(|w| {
            w.sequence(|w| {
                // ResponderID byKey: the SHA-1 hash of the responder's key, whatever else is used.
                w.element(context_constructed(2), |w| w.primitive(OCTET_STRING, &key_hash));
                write_generalized_time(w, period.this_update);
                w.sequence(|w| {
                    for status in statuses {
                        w.sequence(|w| {
                            write_cert_id(w, hash, &name, &key, serial_number(status));
                            write_status(w, status);
                            write_generalized_time(w, period.this_update);
                            w.element(context_constructed(0), |w| {
                                write_generalized_time(w, period.next_update);
                            });
                        });
                    }
                });
                if !nonce.is_empty() {
                    w.element(context_constructed(1), |w| {
                        w.sequence(|w| {
                            extension(w, NONCE, NonCritical, |w| w.primitive(OCTET_STRING, nonce));
                        });
                    });
                }
            });
        });
        let basic = issuer.signer.sign_and_wrap(&data, issuer.verifiers)?;
        Ok(Writer::collect(|w| {
            w.sequence(|w| {
                w.primitive(ENUMERATED, &[0]);
                w.element(context_constructed(0), |w| {
                    w.sequence(|w| {
                        w.oid(BASIC);
                        w.primitive(OCTET_STRING, &basic);
                    });
                });
            });
        }))
    }
}

fn check_statuses(
    statuses: &[CertificateStatus],
    period: CrlPeriod,
    nonce: &[u8],
) -> Result<(), RevocationRefusal> {
    if statuses.is_empty() {
        return Err(RevocationRefusal::NoStatus);
    }
    if nonce.len() > MAX_NONCE_LEN {
        return Err(RevocationRefusal::NonceTooLong);
    }
    let from_future = |status: &CertificateStatus| match status {
        CertificateStatus::Revoked(revocation) => revocation.at > period.this_update,
        CertificateStatus::Good(_) | CertificateStatus::Unknown(_) => false,
    };
    if statuses.iter().any(from_future) {
        return Err(RevocationRefusal::FromFuture);
    }
    Ok(())
}

const fn serial_number(status: &CertificateStatus) -> &SerialNumber {
    match status {
        CertificateStatus::Good(serial) | CertificateStatus::Unknown(serial) => serial,
        CertificateStatus::Revoked(revocation) => &revocation.serial_number,
    }
}

/// `issuerNameHash` and `issuerKeyHash`: of the subject's DER, and of the key's bits (RFC 6960 §4.1.1).
fn issuer_hashes(issuer: &Certificate<'_>, hash: CertIdHash) -> (Vec<u8>, Vec<u8>) {
    let name = issuer.subject().as_der();
    let key = issuer.subject_public_key_info().subject_public_key().as_bytes();
    match hash {
        CertIdHash::Sha1 => (Sha1::digest(name).to_vec(), Sha1::digest(key).to_vec()),
        CertIdHash::Sha256 => (Sha256::digest(name).to_vec(), Sha256::digest(key).to_vec()),
    }
}

fn write_cert_id(w: &mut Writer, hash: CertIdHash, name: &[u8], key: &[u8], serial: &SerialNumber) {
    w.sequence(|w| {
        w.sequence(|w| match hash {
            CertIdHash::Sha1 => {
                w.oid(SHA_1);
                // As every client writes it (RFC 6960 Appendix C leaves it open).
                w.raw(&[5, 0]);
            }
            // RFC 5754 §2: absent parameters are preferred.
            CertIdHash::Sha256 => w.oid(SHA_256),
        });
        w.primitive(OCTET_STRING, name);
        w.primitive(OCTET_STRING, key);
        w.unsigned(INTEGER, serial.as_bytes());
    });
}

fn write_status(w: &mut Writer, status: &CertificateStatus) {
    match status {
        CertificateStatus::Good(_) => w.primitive(context(0), &[]),
        CertificateStatus::Unknown(_) => w.primitive(context(2), &[]),
        CertificateStatus::Revoked(revocation) => w.element(context_constructed(1), |w| {
            write_generalized_time(w, revocation.at);
            if let Some(code) = revocation.reason.code() {
                w.element(context_constructed(0), |w| w.primitive(ENUMERATED, &[code]));
            }
        }),
    }
}
