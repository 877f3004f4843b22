//! A path of three P-256 certificates below a root: whole verifications beside the bare signature checks
//! that no validator can do without, all on *ring*.
//!
//! - `bare signatures`: three `verify_signature`, nothing else.
//! - `chancery cold`: parse, build, judge, report; no memory of anything.
//! - `chancery warm`: the same with a signature cache that has seen the path.
//! - `rustls-webpki`: the same work as `chancery cold`: the same three signatures through the same `verify_signature` of
//!   *ring*, each intermediate and the leaf parsed, the host name checked, the anchor prepared beforehand. It makes no report and
//!   copies nothing.
//!
//! What is looked for, a microsecond of 165, is less than a machine drifts between one benchmark and the next. So they
//! take turns.
//!
//! `chain_anchors` is the same path among 100 anchors and among 10,000, warm so that the signatures do not hide the search.
//! `chain_cost` is what a hostile peer can make a verification cost: each must stay under 50 ms.

use core::hint::black_box;
use core::time::Duration;
use std::sync::Arc;

use chancery::ring::{
    ECDSA_P256_SHA256, KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom,
};
use chancery_chain::{
    Peer, Presented, Purpose, ReferenceIdentity, SignatureCache, TrustAnchors, Validator,
};
use chancery_issue::{CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder};
use chancery_x509::Certificate;
use criterion::{Criterion, criterion_group, criterion_main};
use pki_types::{CertificateDer, ServerName, UnixTime};

use crate::hostile::Hostile;
use crate::turns::{Contender, take_turns};

// The cases are those of the tests, which count instead.
#[path = "../../crates/chancery-chain/tests/cases/hostile.rs"]
mod hostile;
#[allow(dead_code, clippy::unwrap_used, clippy::wrong_self_convention, reason = "made for tests")]
#[path = "../../crates/chancery-chain/tests/cases/make.rs"]
mod make;
mod turns;

const NAME: &str = "bench.test";

struct Pki {
    root: CertificateDer<'static>,
    /// Leaf first.
    chain: Vec<CertificateDer<'static>>,
}

impl Pki {
    fn new(now: UnixTime) -> Self {
        let random = &mut SystemRandom::new();
        let key = || {
            let pkcs8 = Pkcs8::generate(KeyType::EcdsaP256).expect("key");
            PrivateKey::from_pkcs8(pkcs8.as_der()).expect("key")
        };
        let subject = |name| DistinguishedName::from_common_name(name).expect("name");
        let algorithms = SIGNATURE_VERIFICATION_ALGORITHMS;
        let profile = Profile::root_ca();
        let root = CertificateAuthority::self_signed(
            key(),
            algorithms,
            subject("Bench Root"),
            &profile,
            now,
            random,
        );
        let root = root.expect("root");
        let mut profile = Profile::intermediate_ca();
        profile.path_length = chancery_issue::PathLength::AtMost(1);
        let upper = root.subordinate(key(), subject("Bench Upper"), &profile, now, random);
        let upper = upper.expect("upper");
        let profile = Profile::intermediate_ca();
        let lower = upper.subordinate(key(), subject("Bench Lower"), &profile, now, random);
        let lower = lower.expect("lower");
        let name: chancery_issue::AlternativeName = NAME.parse().expect("name");
        let request = RequestBuilder::new().of_names([name.clone()]).sign(&key()).expect("request");
        let control = Control::asserted_by_operator(now).of_names([name]);
        let chain = lower.issue(&Profile::tls_server(), &request, &control, now, random);
        let chain = chain.expect("chain");
        assert_eq!(chain.len(), 3);
        Self { root: root.certificate().clone(), chain }
    }
}

fn chain_verify(criterion: &mut Criterion) {
    let now = UnixTime::now();
    let pki = Pki::new(now);
    // A few seconds on, so that notBefore has come on every clock.
    let at = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs() + 5));
    let [leaf, intermediates @ ..] = pki.chain.as_slice() else { panic!("a chain") };

    let issuers = pki.chain.iter().skip(1).chain([&pki.root]);
    let parsed: Vec<_> = pki
        .chain
        .iter()
        .zip(issuers)
        .map(|(certificate, issuer)| {
            let certificate = Certificate::parse(certificate).expect("certificate");
            let issuer = Certificate::parse(issuer).expect("certificate");
            let key = issuer.subject_public_key_info().subject_public_key().as_bytes();
            (key, certificate.tbs_der(), certificate.signature_value())
        })
        .collect();
    let bare = || {
        for (key, message, signature) in &parsed {
            ECDSA_P256_SHA256.verify_signature(key, message, signature).expect("signature");
        }
    };

    let anchors = Arc::new(TrustAnchors::from_certificates([&pki.root]).0);
    let name = ReferenceIdentity::dns(NAME).expect("name");
    let presented = Presented::new(leaf, intermediates);
    let verify = |validator: &Validator| {
        let verdict = validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at);
        drop(black_box(verdict.expect("path")));
    };
    let cold = Validator::new(Arc::clone(&anchors), SIGNATURE_VERIFICATION_ALGORITHMS);
    let warm = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
        .with_cache(Arc::new(SignatureCache::new(1024)));

    let anchor = [webpki::anchor_from_trusted_cert(&pki.root).expect("root")];
    let server_name = ServerName::try_from(NAME).expect("name");
    let webpki = || {
        let end_entity = webpki::EndEntityCert::try_from(leaf).expect("leaf");
        let path = end_entity.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchor,
            intermediates,
            at,
            webpki::KeyUsage::server_auth(),
            None,
            None,
        );
        end_entity.verify_is_valid_for_subject_name(&server_name).expect("name");
        black_box(path.expect("path").anchor());
    };

    let contenders = vec![
        Contender::new("bare signatures", 8, bare),
        Contender::new("chancery cold", 8, || verify(&cold)),
        Contender::new("chancery warm", 256, || verify(&warm)),
        Contender::new("rustls-webpki", 8, webpki),
    ];
    take_turns(criterion.benchmark_group("chain_verify"), 3, contenders);
}

fn chain_anchors(criterion: &mut Criterion) {
    let now = UnixTime::now();
    let pki = Pki::new(now);
    let at = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs() + 5));
    let name = ReferenceIdentity::dns(NAME).expect("name");
    let key = make::Key::new();
    let others: Vec<_> =
        (0..9_999).map(|n| make::Cert::ca(&format!("root {n}"), &key).forge("nobody")).collect();
    let [leaf, intermediates @ ..] = pki.chain.as_slice() else { panic!("a chain") };
    let presented = Presented::new(leaf, intermediates);
    let among = |count: usize| {
        let roots = others.iter().take(count - 1).chain([&pki.root]);
        let anchors = TrustAnchors::from_certificates(roots).0;
        assert_eq!(anchors.len(), count);
        let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
            .with_cache(Arc::new(SignatureCache::new(1024)));
        let (presented, name) = (&presented, &name);
        move || {
            let verdict = validator.verify(presented, Purpose::ServerAuth, Peer::Named(name), at);
            drop(black_box(verdict.expect("path")));
        }
    };
    let contenders =
        vec![Contender::new("100", 256, among(100)), Contender::new("10000", 256, among(10_000))];
    take_turns(criterion.benchmark_group("chain_anchors"), 3, contenders);
}

/// A hostile case by name.
type Case = (&'static str, fn() -> Hostile);

fn chain_cost(criterion: &mut Criterion) {
    let at = UnixTime::since_unix_epoch(Duration::from_secs(make::NOW.unsigned_abs()));
    let name = ReferenceIdentity::dns("leaf.example").expect("name");
    let mut group = criterion.benchmark_group("chain_cost");
    group.sample_size(10);
    let cases: [Case; 11] = [
        ("1000 CAs of one name", hostile::same_named_cas),
        ("1000 CAs in a ring", hostile::ring_of_cas),
        ("5000 intermediates", hostile::many_intermediates),
        ("5000 names of one hash", hostile::colliding_names),
        ("300 names of 32 KiB", hostile::long_names),
        ("100000 names by 1000 constraints", hostile::names_times_constraints),
        ("2000 mailboxes by 2000 constraints", || hostile::names_of_a_form(make::email)),
        ("2000 directory names by 2000 constraints", || {
            hostile::names_of_a_form(|text| make::directory(&make::name(text)))
        }),
        ("100000 wildcards", hostile::names_times_labels),
        ("8 CAs with 3600 mappings", hostile::mappings_that_multiply),
        ("50000 mappings", hostile::many_mappings),
    ];
    for (case, make) in cases {
        let Hostile { anchors, leaf, intermediates } = make();
        let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS);
        let presented = Presented::new(&leaf, &intermediates);
        group.bench_function(case, |bencher| {
            bencher.iter(|| {
                validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at).is_ok()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, chain_verify, chain_anchors, chain_cost);
criterion_main!(benches);
