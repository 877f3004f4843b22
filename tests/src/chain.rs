//! chancery-chain over raw bytes.

use core::time::Duration;
use std::sync::{Arc, OnceLock};

use chancery_chain::{
    CrlStore, Peer, Policy, Presented, Purpose, ReferenceIdentity, TrustAnchors, UnknownStatus,
    Validator,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use pki_types::{CertificateDer, UnixTime};

/// The elements of DER at the front of `bytes`, and what is left.
fn elements(mut bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut found = Vec::new();
    while found.len() < 32 {
        let length = match *bytes {
            [_, length, ..] if length < 0x80 => 2 + usize::from(length),
            [_, 0x81, a, ..] => 3 + usize::from(a),
            [_, 0x82, a, b, ..] => 4 + usize::from(u16::from_be_bytes([a, b])),
            _ => break,
        };
        let Some((element, rest)) = bytes.split_at_checked(length) else { break };
        found.push(element);
        bytes = rest;
    }
    (found, bytes)
}

/// A path is looked for among certificates, CRLs and OCSP responses cut from `bytes`, the first of which is the leaf and the last
/// the anchor, under each profile. It ends within its budget, shows its verdict, and never panics; what it accepts, it accepts
/// again, whatever the order of the rest.
///
/// # Panics
/// If that does not hold.
pub fn verify(bytes: &[u8]) {
    let (parts, rest) = elements(bytes);
    let Some((leaf, others)) = parts.split_first() else { return };
    let certificates: Vec<CertificateDer<'_>> =
        others.iter().map(|der| CertificateDer::from(*der)).collect();
    let anchors = Arc::new(TrustAnchors::from_certificates(&certificates).0);
    let mut crls = CrlStore::new();
    for der in &parts {
        let _ = crls.add(der);
    }
    let crls = Arc::new(crls);
    let at = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));
    static NAME: OnceLock<ReferenceIdentity<'static>> = OnceLock::new();
    let name = NAME.get_or_init(|| ReferenceIdentity::dns("leaf.example").expect("a host name"));
    for mut policy in [Policy::new(), Policy::rfc5280(), Policy::web_pki()] {
        policy.revocation.unknown = UnknownStatus::Reject;
        let limits = policy.budget;
        let validator = Validator::new(Arc::clone(&anchors), SIGNATURE_VERIFICATION_ALGORITHMS)
            .with_policy(policy)
            .with_crls(Arc::clone(&crls));
        let judge = |intermediates: &[CertificateDer<'_>]| {
            let mut presented = Presented::new(leaf, intermediates);
            presented.ocsp_responses = &parts;
            presented.timestamps = rest;
            validator.verify(&presented, Purpose::ServerAuth, Peer::Named(name), at)
        };
        let verdict = judge(&certificates);
        let report = match &verdict {
            Ok(path) => path.report(),
            Err(rejection) => rejection.report(),
        };
        assert!(report.usage().signatures <= limits.signatures);
        assert!(report.to_string().len() < 1 << 20);
        let mut reversed = certificates.clone();
        reversed.reverse();
        reversed.extend(certificates.iter().cloned());
        assert_eq!(judge(&reversed).is_ok(), verdict.is_ok());
    }
}
