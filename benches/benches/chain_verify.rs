//! A path of three P-256 certificates below a root: whole verifications beside the bare signature checks
//! that no validator can do without, all on *ring*.
//!
//! - `bare signatures`: three `verify_signature`, nothing else.
//! - `chancery cold`: parse, build, judge, report; no memory of anything.
//! - `chancery warm`: the same with a signature cache that has seen the path.
//! - `rustls-webpki`: the same path, without a report; the name is checked too.

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
    let mut group = criterion.benchmark_group("chain_verify");

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
    group.bench_function("bare signatures", |bencher| {
        bencher.iter(|| {
            for (key, message, signature) in &parsed {
                ECDSA_P256_SHA256.verify_signature(key, message, signature).expect("signature");
            }
        });
    });

    let anchors = Arc::new(TrustAnchors::from_certificates([&pki.root]).0);
    let name = ReferenceIdentity::dns(NAME).expect("name");
    let presented = Presented::new(leaf, intermediates);
    let cold = Validator::new(Arc::clone(&anchors), SIGNATURE_VERIFICATION_ALGORITHMS);
    group.bench_function("chancery cold", |bencher| {
        bencher.iter(|| {
            cold.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at).expect("path")
        });
    });
    let warm = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
        .with_cache(Arc::new(SignatureCache::new(1024)));
    group.bench_function("chancery warm", |bencher| {
        bencher.iter(|| {
            warm.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), at).expect("path")
        });
    });

    let anchor = [webpki::anchor_from_trusted_cert(&pki.root).expect("root")];
    let server_name = ServerName::try_from(NAME).expect("name");
    group.bench_function("rustls-webpki", |bencher| {
        bencher.iter(|| {
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
            path.expect("path").anchor().subject.len()
        });
    });
    group.finish();
}

criterion_group!(benches, chain_verify);
criterion_main!(benches);
