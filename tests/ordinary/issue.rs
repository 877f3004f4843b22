//! Issued certificates, CRLs and OCSP responses, judged by `chancery-chain`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use chancery::TrustAnchors;
use chancery_chain::{
    CrlStore, Peer, Policy, Presented, Purpose, ReferenceIdentity, Rejection, Rule, UnknownStatus,
    Validator,
};
use chancery_issue::{
    AlternativeName, AttributeType, CertIdHash, CertificateAuthority, CertificateStatus, Control,
    CrlPeriod, DistinguishedName, NameConstraints, PathLength, Profile, RequestBuilder,
    Requirements, Revocation, RevocationReason, SerialNumber, Stapling, Subtree,
};
use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_tests::{
    corpus, issue,
    pki::{NOW, days_after},
    random::Repeatable,
};
use chancery_x509::Certificate;
use pki_types::CertificateDer;
use proptest::{
    collection::vec,
    prelude::{any, prop_assert, prop_assert_eq},
    proptest, sample,
    test_runner::Config,
};

#[test]
fn requests() {
    corpus::replay("issue_request", issue::request);
}

#[test]
fn names() {
    corpus::replay("issue_name", issue::name);
}

fn key(key_type: KeyType) -> PrivateKey {
    PrivateKey::from_pkcs8(Pkcs8::generate(key_type).unwrap().as_der()).unwrap()
}

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::from_common_name(text).unwrap()
}

fn root(profile: &Profile) -> CertificateAuthority {
    CertificateAuthority::self_signed(
        key(KeyType::EcdsaP384),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name("Root"),
        profile,
        NOW,
        &mut Repeatable::new(1),
    )
    .unwrap()
}

fn leaf(
    ca: &CertificateAuthority,
    profile: &Profile,
    hosts: &[AlternativeName],
) -> Vec<CertificateDer<'static>> {
    let request =
        RequestBuilder::new().of_names(hosts.to_vec()).sign(&key(KeyType::EcdsaP256)).unwrap();
    let control = Control::asserted_by_operator(NOW).of_names(hosts.to_vec());
    ca.issue(profile, &request, &control, NOW, &mut Repeatable::new(2)).unwrap()
}

fn validator(root: &CertificateAuthority, policy: Policy) -> Validator {
    let mut anchors = TrustAnchors::new();
    anchors.add_certificate(root.certificate()).unwrap();
    Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS).with_policy(policy)
}

fn verify(
    validator: &Validator,
    chain: &[CertificateDer<'static>],
    host: &str,
    ocsp: &[&[u8]],
) -> Result<(), Rejection> {
    let mut presented = Presented::new(&chain[0], &chain[1..]);
    presented.ocsp_responses = ocsp;
    let identity = match host.parse::<core::net::IpAddr>() {
        Ok(address) => ReferenceIdentity::ip(address.into()),
        Err(_) => ReferenceIdentity::dns(host).unwrap(),
    };
    validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&identity), NOW).map(|_| ())
}

proptest! {
    #![proptest_config(Config::with_cases(64))]

    #[test]
    fn arbitrary_names(text in "[a-zA-Z0-9.*@:/_\\-]{0,40}", bytes in vec(any::<u8>(), 0..40)) {
        issue::name(text.as_bytes());
        issue::name(&bytes);
    }

    #[test]
    fn mutated_requests(at in any::<sample::Index>(), flip in 1u8.., cut in any::<sample::Index>()) {
        let hosts = ["www.example.com".parse().unwrap()];
        let request = RequestBuilder::new().of_names(hosts).sign(&key(KeyType::Ed25519)).unwrap();
        let mut bytes = request.to_vec();
        bytes[at.index(request.len())] ^= flip;
        issue::request(&bytes);
        issue::request(&request[..cut.index(request.len())]);
    }

    /// RFC 5280 §6.1: whatever passes the issuer's checks passes a validator's, for each name that
    /// was asked for, and for no other.
    #[test]
    fn validators_agree_with_the_issuer(
        labels in vec("[a-z]{1,8}", 1..4),
        wildcard in any::<bool>(),
        addresses in vec(any::<[u8; 4]>(), 0..3),
        path_length in 0u8..3,
        constrained in any::<bool>(),
        validity_days in 1u64..100,
        depth in 1usize..3,
    ) {
        let mut hosts: Vec<String> =
            labels.iter().map(|label| format!("{label}.example.com")).collect();
        hosts.extend(addresses.iter().map(|octets| core::net::Ipv4Addr::from(*octets).to_string()));
        let names: Vec<AlternativeName> = hosts
            .iter()
            .map(|host| host.parse().unwrap())
            .chain(wildcard.then(|| "*.wild.example.com".parse().unwrap()))
            .collect();
        let root = root(&Profile::root_ca());
        let mut profile = Profile::intermediate_ca();
        profile.path_length = PathLength::AtMost(path_length);
        if constrained {
            let everywhere = Subtree::ip([0, 0, 0, 0], 0).unwrap();
            let permitted = [Subtree::dns("example.com").unwrap(), everywhere];
            profile.name_constraints = NameConstraints::permitting(&permitted);
        }
        let random = &mut Repeatable::new(3);
        let mut ca = root
            .subordinate(key(KeyType::Ed25519), name("Sub 1"), &profile, NOW, random)
            .unwrap();
        for level in 1..depth {
            let below = ca.subordinate(
                key(KeyType::Ed25519),
                name(&format!("Sub {}", level + 1)),
                &profile,
                NOW,
                random,
            );
            // The issuer counts as RFC 5280 §4.2.1.9 does.
            prop_assert_eq!(below.is_ok(), usize::from(path_length) >= level);
            let Ok(below) = below else { break };
            ca = below;
        }
        let mut server = Profile::tls_server();
        server.validity = core::time::Duration::from_secs(validity_days * 86_400);
        let chain = leaf(&ca, &server, &names);
        let validator = validator(&root, Policy::rfc5280());
        for host in &hosts {
            let verdict = verify(&validator, &chain, host, &[]);
            prop_assert!(verdict.is_ok(), "{host}: {}", verdict.unwrap_err());
        }
        prop_assert_eq!(verify(&validator, &chain, "a.wild.example.com", &[]).is_ok(), wildcard);
        prop_assert!(verify(&validator, &chain, "other.example.org", &[]).is_err());
    }
}

/// A chain for public trust is one in the eyes of a validator that is as strict.
#[test]
fn baseline_requirements() {
    let mut profile = Profile::root_ca();
    profile.requirements = Requirements::BaselineRequirements;
    let root = root(&profile);
    let mut profile = Profile::intermediate_ca();
    profile.requirements = Requirements::BaselineRequirements;
    profile.purposes = vec![chancery_issue::Purpose::ServerAuth];
    profile.policies = vec![const_oid::ObjectIdentifier::new_unwrap("2.23.140.1.2.1")];
    profile.crl_urls = vec!["http://ca.nic.br/root.crl".into()];
    profile.ca_issuers_urls = vec!["http://ca.nic.br/root.crt".into()];
    let subject = DistinguishedName::new(&[
        (AttributeType::Country, "BR"),
        (AttributeType::Organization, "NIC"),
        (AttributeType::CommonName, "Issuing CA 1"),
    ]);
    let random = &mut Repeatable::new(4);
    let issuing =
        root.subordinate(key(KeyType::EcdsaP256), subject.unwrap(), &profile, NOW, random).unwrap();
    let mut server = Profile::tls_server();
    server.requirements = Requirements::BaselineRequirements;
    server.policies = profile.policies.clone();
    server.crl_urls = profile.crl_urls.clone();
    server.ca_issuers_urls = profile.ca_issuers_urls.clone();
    let chain = leaf(&issuing, &server, &["www.nic.br".parse().unwrap()]);
    let verdict = verify(&validator(&root, Policy::web_pki()), &chain, "www.nic.br", &[]);
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err().report());
}

fn week() -> CrlPeriod {
    CrlPeriod { this_update: NOW, next_update: days_after(NOW, 7) }
}

fn revocation(serial_number: SerialNumber) -> Revocation {
    Revocation { serial_number, at: NOW, reason: RevocationReason::Superseded }
}

fn serial_number(certificate: &[u8]) -> SerialNumber {
    let certificate = Certificate::parse(certificate).unwrap();
    SerialNumber::new(certificate.serial_number().magnitude()).unwrap()
}

fn hard_fail() -> Policy {
    let mut policy = Policy::new();
    policy.revocation.unknown = UnknownStatus::Reject;
    policy
}

/// RFC 5280 §6.3.3 of the CRLs that a CA issues.
#[test]
fn crls() {
    let root = root(&Profile::root_ca());
    let (good, bad) =
        (leaf(&root, &Profile::tls_server(), &["good.example.com".parse().unwrap()]), {
            let hosts = ["bad.example.com".parse::<AlternativeName>().unwrap()];
            let request = RequestBuilder::new().of_names(hosts.clone());
            let request = request.sign(&key(KeyType::EcdsaP256)).unwrap();
            let control = Control::asserted_by_operator(NOW).of_names(hosts);
            let random = &mut Repeatable::new(99);
            root.issue(&Profile::tls_server(), &request, &control, NOW, random).unwrap()
        });
    let check = |crl: Option<&[u8]>, good_rule: Option<Rule>, bad_rule: Option<Rule>| {
        let mut store = CrlStore::new();
        if let Some(crl) = crl {
            store.add(crl).unwrap();
        }
        let validator = validator(&root, hard_fail()).with_crls(Arc::new(store));
        let rule = |chain: &[CertificateDer<'static>], host| {
            verify(&validator, chain, host, &[]).err().map(|rejection| rejection.rule())
        };
        assert_eq!(rule(&good, "good.example.com"), good_rule);
        assert_eq!(rule(&bad, "bad.example.com"), bad_rule);
    };
    check(None, Some(Rule::RevocationUnknown), Some(Rule::RevocationUnknown));
    check(Some(&root.crl(1, &[], week()).unwrap()), None, None);
    let revoked = [revocation(serial_number(&bad[0]))];
    check(Some(&root.crl(2, &revoked, week()).unwrap()), None, Some(Rule::Revoked));
    // Another CA of the same name signs with another key: its CRL says nothing.
    let other = self::root(&Profile::root_ca());
    let foreign = other.crl(3, &revoked, week()).unwrap();
    check(Some(&foreign), Some(Rule::RevocationUnknown), Some(Rule::RevocationUnknown));
}

/// RFC 6960 §3.2 of the OCSP responses that a CA issues, and RFC 7633 §4.2.3 of its promise to staple.
#[test]
fn ocsp_responses() {
    let root = root(&Profile::root_ca());
    let mut profile = Profile::tls_server();
    profile.stapling = Stapling::Required;
    let chain = leaf(&root, &profile, &["www.example.com".parse().unwrap()]);
    let serial = serial_number(&chain[0]);
    let other = SerialNumber::new(&[1, 2, 3]).unwrap();
    let validator = validator(&root, hard_fail());
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        let check = |statuses: &[CertificateStatus], expected: Option<Rule>| {
            let response = root.ocsp_response(statuses, hash, week(), &[]).unwrap();
            let verdict = verify(&validator, &chain, "www.example.com", &[&response]);
            assert_eq!(verdict.err().map(|rejection| rejection.rule()), expected, "{hash:?}");
        };
        check(&[CertificateStatus::Good(serial)], None);
        check(&[CertificateStatus::Unknown(other), CertificateStatus::Good(serial)], None);
        check(&[CertificateStatus::Revoked(revocation(serial))], Some(Rule::Revoked));
    }
    assert!(verify(&validator, &chain, "www.example.com", &[]).is_err(), "nothing stapled");
    let about_another =
        root.ocsp_response(&[CertificateStatus::Good(other)], CertIdHash::Sha1, week(), &[]);
    assert!(verify(&validator, &chain, "www.example.com", &[&about_another.unwrap()]).is_err());
}
