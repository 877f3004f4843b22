//! Chains that the public web served, and Amazon's test sites with valid, revoked and expired leaves.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chancery_chain::{
    CrlStore, Peer, Policy, Presented, Purpose, ReferenceIdentity, Rejection, RevocationScope,
    Rule, TrustAnchors, UnknownStatus, Validator, VerifiedPath,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery_tests::data;
use chancery_x509::{Certificate, CertificateList, GeneralName};
use pki_types::{CertificateDer, UnixTime, pem::PemObject};

const ORIGINAL: &str = "rustls-webpki's test data (tests/{netflix,cloudflare_dns,…}, tests/amazon)";

fn certificate(path: &str) -> CertificateDer<'static> {
    let bytes = data::read(path, ORIGINAL);
    match CertificateDer::from_pem_slice(&bytes) {
        Ok(der) => der,
        Err(_) => bytes.into(),
    }
}

/// A time so many seconds after a certificate's notBefore.
fn inside(der: &[u8], after: i64) -> UnixTime {
    let certificate = Certificate::parse(der).expect("a certificate");
    let seconds = certificate.validity().not_before().unix_seconds() + after;
    UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().expect("after 1970")))
}

/// A host that the certificate is for.
fn host(der: &[u8]) -> String {
    let certificate = Certificate::parse(der).expect("a certificate");
    let names = certificate.extensions().subject_alt_name().expect("a subjectAltName");
    let name = names.iter().find_map(|name| match name {
        GeneralName::DnsName(name) => Some(name.replace('*', "www")),
        _ => None,
    });
    name.expect("a host name")
}

#[test]
fn chains_of_the_public_web_are_accepted_inside_their_validity() {
    for site in ["netflix", "cloudflare_dns", "sanofi", "wpt"] {
        let leaf = certificate(&format!("real-chains/{site}/ee.der"));
        let root = certificate(&format!("real-chains/{site}/ca.der"));
        let intermediates: Vec<_> = match site {
            "wpt" => Vec::new(),
            _ => vec![certificate(&format!("real-chains/{site}/inter.der"))],
        };
        let (anchors, malformed) = TrustAnchors::from_certificates(&[root]);
        assert_eq!(malformed, 0, "{site}");
        let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS);
        let name = host(&leaf);
        let name = ReferenceIdentity::dns(&name).expect("a host name");
        let presented = Presented::new(&leaf, &intermediates);
        let verify = |at| validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at);
        let verdict = verify(inside(&leaf, 86_400));
        assert!(verdict.is_ok(), "{site}: {}", verdict.unwrap_err());
        let before = verify(inside(&leaf, -1)).unwrap_err();
        assert_eq!(before.rule(), Rule::NotYetValid, "{site}");
    }
}

/// A CRL's thisUpdate and nextUpdate.
fn window(der: &[u8]) -> (i64, i64) {
    let list = CertificateList::parse(der).expect("a CRL");
    (list.this_update().unix_seconds(), list.next_update().expect("nextUpdate").unix_seconds())
}

/// Verifies one of Amazon's test sites, with their CRLs, at a time at which all of these are fresh.
fn amazon(file: &str) -> Result<VerifiedPath, Rejection> {
    let folder = data::folder("real-chains/amazon", ORIGINAL);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} ({error}) holds {ORIGINAL}", folder.display()))
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let mut crls = CrlStore::new();
    let (mut from, mut to) = (0, i64::MAX);
    let (mut roots, mut intermediates) = (Vec::new(), Vec::new());
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let read = || std::fs::read(&path).expect("a file");
        if name.ends_with(".crl") {
            let bytes = read();
            crls.add(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            let (this, next) = window(&bytes);
            (from, to) = (this.max(from), next.min(to));
        } else if name.starts_with("AmazonRoot") || name.starts_with("SFSRoot") {
            roots.push(certificate(&format!("real-chains/amazon/{name}")));
        } else if name.ends_with(".cer") && !name.contains("demo.amazontrust.com") {
            intermediates.push(certificate(&format!("real-chains/amazon/{name}")));
        }
    }
    assert!(from <= to, "the CRLs are of one time");
    let at = UnixTime::since_unix_epoch(Duration::from_secs(from.try_into().expect("after 1970")));
    let mut policy = Policy::new();
    policy.revocation.scope = RevocationScope::Path;
    policy.revocation.unknown = UnknownStatus::Reject;
    let validator = Validator::new(
        TrustAnchors::from_certificates(&roots).0,
        SIGNATURE_VERIFICATION_ALGORITHMS,
    )
    .with_policy(policy)
    .with_crls(Arc::new(crls));
    let leaf = certificate(&format!("real-chains/amazon/{file}"));
    let name = file.strip_suffix(".cer").expect(".cer");
    let name = ReferenceIdentity::dns(name).expect("a host name");
    let presented = Presented::new(&leaf, &intermediates);
    validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at)
}

#[test]
fn amazons_valid_sites_are_accepted_with_their_own_crls() {
    for n in 1..=4 {
        let verdict = amazon(&format!("valid.rootca{n}.demo.amazontrust.com.cer"));
        let path = verdict.unwrap_or_else(|no| panic!("rootca{n}: {no}\n{}", no.report()));
        let evidence = path.findings().iter().filter(|finding| finding.found().contains("by CRL"));
        assert_eq!(evidence.count(), path.certificates().count(), "rootca{n}: {}", path.report());
    }
}

#[test]
fn amazons_revoked_sites_are_refused_for_that_reason() {
    for n in 1..=4 {
        let no = amazon(&format!("revoked.rootca{n}.demo.amazontrust.com.cer")).unwrap_err();
        assert_eq!(no.rule(), Rule::Revoked, "rootca{n}: {no}");
    }
}

#[test]
fn amazons_expired_sites_are_refused_for_that_reason() {
    for n in 1..=4 {
        let no = amazon(&format!("expired.rootca{n}.demo.amazontrust.com.cer")).unwrap_err();
        assert_eq!(no.rule(), Rule::Expired, "rootca{n}: {no}");
    }
}
