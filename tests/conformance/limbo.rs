//! The x509-limbo cases, each under the policy that its profile names.
//!
//! ```text
//! rfc5280::…  Policy::rfc5280()
//! webpki::…   Policy::web_pki(), with the Public Suffix List
//! the rest    Policy::new()
//! ```
//!
//! A case that is declined on purpose stands with its reason in `limbo-exceptions.txt`; a case that agrees although it
//! stands there is a failure too.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chancery_chain::{
    CrlStore, LeafKeyUsage, Peer, Policy, Presented, PublicSuffixList, Purpose, ReferenceIdentity,
    TrustAnchors, UnknownStatus, Validator,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery_tests::data;
use pki_types::{CertificateDer, CertificateRevocationListDer, IpAddr, UnixTime, pem::PemObject};
use serde::Deserialize;

#[derive(Deserialize)]
struct Limbo {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    expected_peer_name: Option<PeerName>,
    expected_peer_names: Vec<PeerName>,
    max_chain_depth: Option<u32>,
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct PeerName {
    kind: String,
    value: String,
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).map(|der| der.expect("limbo's PEM")).collect()
}

/// `2024-03-01T00:00:00.999+00:00`, fractions cut off (RFC 5280 §4.1.2.5 has whole seconds).
fn seconds(rfc_3339: &str) -> u64 {
    let number =
        |range: core::ops::Range<usize>| rfc_3339[range].parse::<i64>().expect("a date of limbo");
    assert!(rfc_3339.ends_with("+00:00") || rfc_3339.ends_with('Z'), "{rfc_3339}");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (shifted, early) = (year - i64::from(month <= 2), month <= 2);
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * (if early { month + 9 } else { month - 3 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = number(11..13) * 3600 + number(14..16) * 60 + number(17..19);
    u64::try_from(days * 86_400 + seconds).expect("a date after 1970")
}

impl Case {
    fn policy(&self) -> Policy {
        let mut policy = match self.id.split("::").next() {
            Some("rfc5280") => Policy::rfc5280(),
            Some("webpki") => Policy::web_pki(),
            _ => Policy::new(),
        };
        if self.id.starts_with("webpki::") {
            policy.public_suffixes = Some(Arc::new(PublicSuffixList::new()));
        }
        // Which key usage the leaf needs is the case's to say.
        if !self.key_usage.iter().any(|usage| usage == "digitalSignature") {
            policy.leaf_key_usage = LeafKeyUsage::Unchecked;
        }
        if !self.crls.is_empty() {
            policy.revocation.unknown = UnknownStatus::Reject;
        }
        if let Some(depth) = self.max_chain_depth {
            policy.budget.depth = depth;
        }
        policy
    }

    fn purpose(&self) -> Purpose {
        match self.validation_kind.as_str() {
            "CLIENT" => Purpose::ClientAuth,
            _ if self.extended_key_usage.iter().any(|usage| usage == "clientAuth") => {
                Purpose::ClientAuth
            }
            _ => Purpose::ServerAuth,
        }
    }

    /// Accepted, or why not.
    fn run(&self, now: u64) -> Result<(), String> {
        let trusted: Vec<_> = self.trusted_certs.iter().flat_map(|pem| certificates(pem)).collect();
        let (anchors, malformed) = TrustAnchors::from_certificates(&trusted);
        if anchors.is_empty() {
            return Err(format!("{malformed} malformed anchors and no other"));
        }
        let leaf = certificates(&self.peer_certificate);
        let intermediates: Vec<_> =
            self.untrusted_intermediates.iter().flat_map(|pem| certificates(pem)).collect();
        let presented = Presented::new(&leaf[0], &intermediates);
        let at = self.validation_time.as_deref().map_or(now, seconds);
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        let mut crls = CrlStore::new();
        for pem in &self.crls {
            for der in CertificateRevocationListDer::pem_slice_iter(pem.as_bytes()) {
                // One that does not parse is no evidence, and evidence is required.
                let _ = crls.add(&der.expect("limbo's PEM"));
            }
        }
        let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
            .with_policy(self.policy())
            .with_crls(Arc::new(crls));
        let names = self.expected_peer_name.iter().chain(&self.expected_peer_names);
        let mut is_named = false;
        let verify = |peer: Peer<'_>| {
            let verdict = validator.verify(&presented, self.purpose(), peer, at);
            // To see one case whole: LIMBO_CASE=rfc5280::san::malformed cargo test … -- --nocapture
            if std::env::var("LIMBO_CASE").is_ok_and(|id| id == self.id) {
                match &verdict {
                    Ok(path) => println!("{}", path.report()),
                    Err(rejection) => println!("{}", rejection.report()),
                }
            }
            verdict.map_err(|rejection| rejection.to_string())
        };
        for name in names {
            is_named = true;
            let identity = match name.kind.as_str() {
                "DNS" => ReferenceIdentity::dns(&name.value).map_err(|error| error.to_string())?,
                "RFC822" => {
                    ReferenceIdentity::email(&name.value).map_err(|error| error.to_string())?
                }
                "IP" => ReferenceIdentity::ip(
                    IpAddr::try_from(name.value.as_str()).expect("an address"),
                ),
                kind => panic!("a kind of name that limbo did not have: {kind}"),
            };
            let _path = verify(Peer::Named(&identity))?;
        }
        if !is_named {
            let _path = verify(Peer::Anyone)?;
        }
        Ok(())
    }
}

/// `id: reason`, one a line.
fn exceptions() -> BTreeMap<&'static str, &'static str> {
    include_str!("limbo-exceptions.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.rsplit_once(": ").expect("`id: reason`"))
        .collect()
}

#[test]
fn limbo() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock").as_secs();
    let mut exceptions = exceptions();
    assert!(exceptions.len() <= 5, "at most five cases may be declined");
    let (mut agree, mut over_accept, mut over_reject, mut skipped) = (0, 0, 0, 0);
    let mut complaints = String::new();
    let mut total = 0;
    for file in ["limbo/limbo.json", "limbo/pathbuilding.json"] {
        let limbo: Limbo = serde_json::from_str(&data::read_to_string(file, "C2SP/x509-limbo"))
            .expect("limbo's format");
        for case in limbo.testcases {
            total += 1;
            let verdict = case.run(now);
            let agrees = verdict.is_ok() == (case.expected_result == "SUCCESS");
            match exceptions.remove(case.id.as_str()) {
                Some(_) if agrees => {
                    writeln!(complaints, "unexpected agreement: {}", case.id).unwrap()
                }
                Some(_) => {
                    skipped += 1;
                    continue;
                }
                None => {}
            }
            match verdict {
                _ if agrees => agree += 1,
                Ok(()) => {
                    over_accept += 1;
                    writeln!(complaints, "over-accept: {}", case.id).unwrap();
                }
                Err(reason) => {
                    over_reject += 1;
                    writeln!(complaints, "over-reject: {}: {reason}", case.id).unwrap();
                }
            }
        }
    }
    for id in exceptions.keys() {
        writeln!(complaints, "an exception for no case: {id}").unwrap();
    }
    println!(
        "limbo: {agree} agree, {over_accept} over-accept, {over_reject} over-reject, {skipped} skipped"
    );
    assert!(complaints.is_empty(), "\n{complaints}");
    assert_eq!(total, 289, "the files hold another number of cases");
}
