//! OCSP responses (RFC 6960 §3.2, §4.2.2).
//!
//! ```text
//! response ──► who signed: the issuer, or whom it delegated ──► the answers with the whole CertID ──► fresh ──► status
//! ```

use alloc::vec::Vec;

use chancery_x509::{
    BasicOcspResponse, CertId, CertStatus, Certificate, DigestAlgorithm, OcspResponse,
    OcspResponseStatus, Oid, ResponderId, SubjectPublicKeyInfo, Time,
};
use sha1::{Digest as _, Sha1};
use sha2::{Sha256, Sha384, Sha512};

use super::{Evidence, RevocationPolicy, Status, Subject, Unusable};
use crate::{
    budget::{Exhausted, Meter},
    der,
    signature::{Failure, Signed, Verifier},
};

/// Certificates in a response that are looked at: one is usual.
const MAX_CERTIFICATES: usize = 4;
/// Answers in a response that are looked at.
const MAX_ANSWERS: usize = 1_000;
/// Clocks differ: an answer may be this many seconds ahead.
const SKEW: i64 = 300;

/// What responses are judged with.
pub(crate) struct OcspContext<'c> {
    pub(crate) policy: &'c RevocationPolicy,
    pub(crate) verifier: Verifier<'c>,
    pub(crate) at: Time,
    /// What a response that has a nonce must have (RFC 9654).
    pub(crate) nonce: Option<&'c [u8]>,
}

/// What all responses together say: a revocation first, then a good one.
pub(crate) fn status<'r>(
    context: &OcspContext<'_>,
    subject: &Subject<'_, '_>,
    responses: impl Iterator<Item = &'r [u8]>,
    meter: &mut Meter,
) -> Result<Status<'static>, Exhausted> {
    let mut best = Status::Unknown(None);
    for der in responses {
        meter.step()?;
        let status = match examine(context, subject, der, meter)? {
            Ok(status) => status,
            Err(why) => Status::Unknown(Some(why)),
        };
        best = match (best, status) {
            (_, status @ Status::Revoked { .. }) => return Ok(status),
            (good @ Status::Good(_), _) => good,
            (Status::Unknown(Some(known)), Status::Unknown(Some(Unusable::OtherCertificate))) => {
                Status::Unknown(Some(known))
            }
            (_, status) => status,
        };
    }
    Ok(best)
}

fn examine(
    context: &OcspContext<'_>,
    subject: &Subject<'_, '_>,
    der: &[u8],
    meter: &mut Meter,
) -> Result<Result<Status<'static>, Unusable>, Exhausted> {
    let Ok(response) = OcspResponse::parse(der) else { return Ok(Err(Unusable::Malformed)) };
    if response.status() != OcspResponseStatus::Successful {
        return Ok(Err(Unusable::ResponderRefused));
    }
    let Some(basic) = response.basic() else { return Ok(Err(Unusable::Malformed)) };
    if basic.extensions().has_unprocessed_critical() {
        return Ok(Err(Unusable::UnknownCriticalExtension));
    }
    if let (Some(wanted), Some(found)) = (context.nonce, basic.extensions().nonce())
        && wanted != found
    {
        return Ok(Err(Unusable::WrongNonce));
    }
    // RFC 6960 §3.2 (1): the answers in any order, each by its whole CertID (CVE-2026-3832, CVE-2016-7444).
    let mut verdict: Option<Result<Status<'static>, Unusable>> = None;
    for single in basic.responses().take(MAX_ANSWERS) {
        if !is_about(single.cert_id(), subject) {
            continue;
        }
        let this_update = single.this_update();
        let answer = if single.extensions().has_unprocessed_critical() {
            Err(Unusable::UnknownCriticalExtension)
        } else {
            freshness(context, this_update, single.next_update()).map(|()| {
                match single.cert_status() {
                    CertStatus::Good => Status::Good(Evidence::Ocsp { this_update }),
                    CertStatus::Revoked { time, reason } => Status::Revoked {
                        evidence: Evidence::Ocsp { this_update },
                        since: time,
                        reason,
                    },
                    _ => Status::Unknown(Some(Unusable::ResponderDoesNotKnow)),
                }
            })
        };
        let is_graver = matches!(answer, Ok(Status::Revoked { .. }));
        if is_graver || !matches!(verdict, Some(Ok(_))) {
            verdict = Some(answer);
        }
        if is_graver {
            break;
        }
    }
    match verdict {
        None => Ok(Err(Unusable::OtherCertificate)),
        Some(Err(why)) => Ok(Err(why)),
        Some(Ok(status)) => match authorize(context, subject, basic, meter)? {
            Ok(()) => Ok(Ok(status)),
            Err(why) => Ok(Err(why)),
        },
    }
}

/// RFC 6960 §3.2 (5), (6), §4.2.2.1.
fn freshness(
    context: &OcspContext<'_>,
    this_update: Time,
    next_update: Option<Time>,
) -> Result<(), Unusable> {
    let at = context.at.unix_seconds();
    if this_update.unix_seconds() > at.saturating_add(SKEW) {
        return Err(Unusable::FromTheFuture(this_update));
    }
    if let Some(next) = next_update
        && next.unix_seconds().saturating_add(SKEW) < at
    {
        return Err(Unusable::Stale(next));
    }
    let oldest =
        at.saturating_sub(i64::try_from(context.policy.maximum_ocsp_age).unwrap_or(i64::MAX));
    if this_update.unix_seconds() < oldest { Err(Unusable::Stale(this_update)) } else { Ok(()) }
}

/// RFC 6960 §4.2.2.2: signed by the issuer, or by a responder whose certificate the same key signed for that purpose.
fn authorize(
    context: &OcspContext<'_>,
    subject: &Subject<'_, '_>,
    basic: &BasicOcspResponse<'_>,
    meter: &mut Meter,
) -> Result<Result<(), Unusable>, Exhausted> {
    let signed = Signed {
        algorithm: *basic.signature_algorithm(),
        message: basic.tbs_der(),
        signature: basic.signature(),
    };
    let issuer_name = subject.certificate.issuer();
    let is_issuer = match basic.responder_id() {
        ResponderId::ByName(name) => name.matches(issuer_name),
        ResponderId::ByKey(hash) => is_key(hash, &subject.issuer_key),
        _ => false,
    };
    let mut why = Unusable::ResponderNotAuthorized;
    if is_issuer {
        match verify(context, &subject.issuer_key, &signed, meter)? {
            Ok(()) => return Ok(Ok(())),
            Err(failure) => why = failure,
        }
    }
    for der in basic.certs().take(MAX_CERTIFICATES) {
        let Ok(responder) = Certificate::parse(der) else { continue };
        let key = responder.subject_public_key_info();
        let is_named = match basic.responder_id() {
            ResponderId::ByName(name) => name.matches(responder.subject()),
            ResponderId::ByKey(hash) => is_key(hash, key),
            _ => false,
        };
        let extensions = responder.extensions();
        // OCSPSigning itself: anyExtendedKeyUsage does not delegate.
        let is_delegated = extensions
            .extended_key_usage()
            .is_some_and(|purposes| purposes.contains(Oid::OCSP_SIGNING));
        let may_sign = extensions.key_usage().is_none_or(|usage| usage.digital_signature());
        if !is_named
            || !is_delegated
            || !may_sign
            || extensions.unprocessed_critical().next().is_some()
            || !responder.validity().contains(context.at)
            || !responder.issuer().matches(issuer_name)
        {
            continue;
        }
        let delegation = Signed {
            algorithm: *responder.signature_algorithm(),
            message: responder.tbs_der(),
            signature: responder.signature_value(),
        };
        if verify(context, &subject.issuer_key, &delegation, meter)?.is_err() {
            continue;
        }
        match verify(context, key, &signed, meter)? {
            Ok(()) => return Ok(Ok(())),
            Err(failure) => why = failure,
        }
    }
    Ok(Err(why))
}

fn verify(
    context: &OcspContext<'_>,
    key: &SubjectPublicKeyInfo<'_>,
    signed: &Signed<'_>,
    meter: &mut Meter,
) -> Result<Result<(), Unusable>, Exhausted> {
    match context.verifier.check(key, signed, meter) {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Budget(exhausted)) => Err(exhausted),
        Err(Failure::Unsupported) => Ok(Err(Unusable::UnsupportedAlgorithm)),
        Err(Failure::Bad) => Ok(Err(Unusable::BadSignature)),
    }
}

/// RFC 6960 §4.2.1: KeyHash is the SHA-1 of the bits of the key.
fn is_key(hash: &[u8], key: &SubjectPublicKeyInfo<'_>) -> bool {
    Sha1::digest(key.subject_public_key().as_bytes()).as_slice() == hash
}

/// All four fields (RFC 6960 §4.1.1).
fn is_about(id: &CertId<'_>, subject: &Subject<'_, '_>) -> bool {
    let name = subject.certificate.issuer().as_der();
    let key = subject.issuer_key.subject_public_key().as_bytes();
    let is = |name_hash: &[u8], key_hash: &[u8]| {
        id.issuer_name_hash() == name_hash && id.issuer_key_hash() == key_hash
    };
    id.serial_number() == subject.certificate.serial_number()
        && match DigestAlgorithm::from_oid(id.hash_algorithm().oid()) {
            Some(DigestAlgorithm::Sha1) => is(&Sha1::digest(name), &Sha1::digest(key)),
            Some(DigestAlgorithm::Sha256) => is(&Sha256::digest(name), &Sha256::digest(key)),
            Some(DigestAlgorithm::Sha384) => is(&Sha384::digest(name), &Sha384::digest(key)),
            Some(DigestAlgorithm::Sha512) => is(&Sha512::digest(name), &Sha512::digest(key)),
            _ => false,
        }
}

/// An `OCSPRequest` for one certificate, with a SHA-1 CertID as RFC 5019 §2.1.1 has it, without a nonce.
pub(crate) fn request(
    certificate: &Certificate<'_>,
    issuer_key: &SubjectPublicKeyInfo<'_>,
) -> Vec<u8> {
    // SEQUENCE { OBJECT IDENTIFIER sha1, NULL }
    const SHA1: &[u8] = &[0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00];
    let name = der::element(der::OCTET_STRING, &[&Sha1::digest(certificate.issuer().as_der())]);
    let key = der::element(
        der::OCTET_STRING,
        &[&Sha1::digest(issuer_key.subject_public_key().as_bytes())],
    );
    let serial = der::element(der::INTEGER, &[certificate.serial_number().as_bytes()]);
    let id = der::element(der::SEQUENCE, &[SHA1, &name, &key, &serial]);
    let request = der::element(der::SEQUENCE, &[&id]);
    let list = der::element(der::SEQUENCE, &[&request]);
    let tbs = der::element(der::SEQUENCE, &[&list]);
    der::element(der::SEQUENCE, &[&tbs])
}
