//! Verification in rounds: what is needed is said, and used when it is there. And the signature cache.

use std::sync::Arc;

use chancery_chain::{
    Need, Peer, Policy, Presented, Progress, Purpose, ReferenceIdentity, Rule, SignatureCache,
    Source, TrustAnchors, UnknownStatus, Validator, Verification,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery_x509::OcspRequest;
use pki_types::CertificateDer;

use crate::make::{Cert, Crl, NOW, Pki, at, ce, oid, point, seq, uri};

fn validator(pki: &Pki, policy: Policy) -> Validator {
    let (anchors, _) = TrustAnchors::from_certificates(&[pki.root_cert()]);
    Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS).with_policy(policy)
}

fn access(method: u32, url: &str) -> Vec<u8> {
    seq(&[&oid(&[1, 3, 6, 1, 5, 5, 7, 48, method]), &uri(url)])
}

fn with_access(spec: Cert, parts: &[Vec<u8>]) -> Cert {
    spec.ext(&oid(&[1, 3, 6, 1, 5, 5, 7, 1, 1]), false, &seq(&[&parts.concat()]))
}

fn start(validator: &Arc<Validator>, leaf: &CertificateDer<'_>) -> Verification {
    let name = ReferenceIdentity::dns("leaf.example").unwrap();
    let presented = Presented::new(leaf, &[]);
    Verification::new(
        Arc::clone(validator),
        &presented,
        Purpose::ServerAuth,
        Peer::Named(&name),
        at(NOW),
    )
}

#[test]
fn a_missing_issuer_is_asked_for_and_used() {
    let pki = Pki::new();
    let leaf =
        with_access(pki.leaf_spec().dns(&["leaf.example"]), &[access(2, "http://a/ica.cer")]);
    let leaf = leaf.sign("ica", &pki.ica);
    let validator = Arc::new(validator(&pki, Policy::new()));
    let mut verification = start(&validator, &leaf);
    let Progress::Needs(needs) = verification.advance() else { panic!("it needs the issuer") };
    assert_eq!(needs, [Need::Issuer { of: Source::Leaf, url: "http://a/ica.cer".into() }]);
    assert!(verification.supply_certificate(b"junk").is_err());
    verification.supply_certificate(&pki.ica_cert()).unwrap();
    let Progress::Done(verdict) = verification.advance() else { panic!("nothing is missing") };
    assert!(verdict.is_ok());

    // What cannot be had is asked for once.
    let mut verification = start(&validator, &leaf);
    assert!(matches!(verification.advance(), Progress::Needs(_)));
    let Progress::Done(verdict) = verification.advance() else { panic!("it was asked for before") };
    assert_eq!(verdict.unwrap_err().rule(), Rule::UnknownIssuer);
}

#[test]
fn missing_evidence_is_asked_for_and_used_without_checking_signatures_again() {
    let pki = Pki::new();
    let leaf = with_access(
        pki.leaf_spec().dns(&["leaf.example"]),
        &[access(1, "http://a/ocsp"), access(2, "http://a/ica")],
    )
    .ext(&ce(31), false, &seq(&[&seq(&[&point("http://a/crl")])]));
    let leaf = leaf.sign("ica", &pki.ica);
    let mut policy = Policy::new();
    policy.revocation.unknown = UnknownStatus::Reject;
    policy.revocation.scope = chancery_chain::RevocationScope::Leaf;
    let mut verification = start(&Arc::new(validator(&pki, policy)), &leaf);
    assert!(matches!(verification.advance(), Progress::Needs(_)));
    verification.supply_certificate(&pki.ica_cert()).unwrap();
    let Progress::Needs(needs) = verification.advance() else { panic!("the status is unknown") };
    assert!(needs.contains(&Need::Crl { of: Source::Leaf, url: "http://a/crl".into() }));
    let request = needs.iter().find_map(|need| match need {
        Need::Ocsp { request, .. } => Some(request),
        _ => None,
    });
    let request = OcspRequest::parse(request.unwrap()).unwrap();
    let id = *request.requests().next().unwrap().cert_id();
    assert_eq!(id.serial_number().as_bytes(), [0x12, 0x67]);
    verification.supply_crl(&Crl::new("ica", 1).sign(&pki.ica)).unwrap();
    let Progress::Done(verdict) = verification.advance() else { panic!("nothing is missing") };
    let usage = verdict.unwrap().report().usage();
    assert_eq!((usage.signatures, usage.cached_signatures), (1, 2), "only the CRL's is new");
}

#[test]
fn the_cache_saves_signatures_and_decides_nothing_else() {
    let pki = Pki::new();
    let cache = Arc::new(SignatureCache::new(64));
    let validator = validator(&pki, Policy::new()).with_cache(Arc::clone(&cache));
    let (leaf, ica) = (pki.leaf_cert(), [pki.ica_cert()]);
    let name = ReferenceIdentity::dns("leaf.example").unwrap();
    let verify = |leaf: &[u8], time: i64| {
        let presented = Presented::new(leaf, &ica);
        validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at(time))
    };
    assert_eq!(verify(&leaf, NOW).unwrap().report().usage().signatures, 2);
    let usage = verify(&leaf, NOW).unwrap().report().usage();
    assert_eq!((usage.signatures, usage.cached_signatures), (0, 2));
    // Time is judged anew, and a leaf with one bit changed is another leaf.
    assert_eq!(verify(&leaf, NOW + 31 * crate::make::DAY).unwrap_err().rule(), Rule::AnchorExpired);
    let mut forged = leaf.to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(verify(&forged, NOW).unwrap_err().rule(), Rule::BadSignature);
    // A bad signature is not remembered as good.
    assert_eq!(verify(&forged, NOW).unwrap_err().rule(), Rule::BadSignature);
    assert_eq!(cache.len(), 2);
}

#[test]
fn threads_share_one_validator_and_one_cache() {
    let pki = Pki::new();
    let validator = validator(&pki, Policy::new()).with_cache(Arc::new(SignatureCache::new(8)));
    let (leaf, ica) = (pki.leaf_cert(), [pki.ica_cert()]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let presented = Presented::new(&leaf, &ica);
                    let path =
                        validator.verify(&presented, Purpose::ServerAuth, Peer::Anyone, at(NOW));
                    assert!(path.is_ok());
                }
            });
        }
    });
}
