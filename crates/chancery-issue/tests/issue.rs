//! Root, intermediate and leaf, of every key type, read back by other people's verifiers.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/keys.rs"]
mod common;

use chancery_crypto::SigningKey;
use chancery_issue::{
    CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder, Requirements, Role,
    ToPem, lint,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery_x509::Certificate;
use common::{KeyKind, key, name, names, now, random};
use pki_types::{CertificateDer, ServerName};
use x509_parser::prelude::FromDer;

fn hierarchy(root: KeyKind, intermediate: KeyKind) -> (CertificateAuthority, CertificateAuthority) {
    let root = CertificateAuthority::self_signed(
        key(root),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name("Example Root CA"),
        &Profile::root_ca(),
        now(),
        &mut random(),
    )
    .unwrap();
    let issuing = root
        .subordinate(
            key(intermediate),
            name("Example Issuing CA"),
            &Profile::intermediate_ca(),
            now(),
            &mut random(),
        )
        .unwrap();
    (root, issuing)
}

fn webpki_accepts(chain: &[CertificateDer<'static>], root: &CertificateDer<'_>, host: &str) {
    let anchors = [webpki::anchor_from_trusted_cert(root).unwrap()];
    let leaf = webpki::EndEntityCert::try_from(&chain[0]).unwrap();
    leaf.verify_for_usage(
        SIGNATURE_VERIFICATION_ALGORITHMS,
        &anchors,
        &chain[1..],
        now(),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    )
    .unwrap();
    leaf.verify_is_valid_for_subject_name(&ServerName::try_from(host).unwrap()).unwrap();
}

fn check(root: KeyKind, intermediate: KeyKind, leaf: KeyKind) {
    let (root, issuing) = hierarchy(root, intermediate);
    let leaf_key = key(leaf);
    let wanted = names(&["www.example.com", "192.0.2.1"]);
    let request = RequestBuilder::new().of_names(wanted.clone()).sign(&leaf_key).unwrap();
    let control = Control::asserted_by_operator(now()).of_names(wanted);
    let chain =
        issuing.issue(&Profile::tls_server(), &request, &control, now(), &mut random()).unwrap();

    assert_eq!(chain.len(), 2);
    webpki_accepts(&chain, root.certificate(), "www.example.com");
    webpki_accepts(&chain, root.certificate(), "192.0.2.1");

    // A second reader, of whole certificates.
    for der in chain.iter().chain([root.certificate()]) {
        let (rest, certificate) = x509_parser::certificate::X509Certificate::from_der(der).unwrap();
        assert!(rest.is_empty());
        assert_eq!(certificate.version(), x509_parser::x509::X509Version::V3);
    }
    let parsed = Certificate::parse(&chain[0]).unwrap();
    assert_eq!(parsed.subject_public_key_info().as_der(), leaf_key.subject_public_key_info());
    assert_eq!(Role::of(parsed.tbs()), Role::TlsServer);
    let issuer = Certificate::parse(&chain[1]).unwrap();
    let findings = lint(parsed.tbs(), Role::TlsServer, Requirements::Private, Some(issuer.tbs()));
    assert!(findings.is_empty(), "{findings}");
}

#[test]
fn p256() {
    check(KeyKind::P256, KeyKind::P256, KeyKind::P256);
}

#[test]
fn p384_and_ed25519() {
    check(KeyKind::P384, KeyKind::P384, KeyKind::Ed25519);
    check(KeyKind::Ed25519, KeyKind::Ed25519, KeyKind::P384);
}

#[test]
fn rsa() {
    check(KeyKind::Rsa, KeyKind::Rsa, KeyKind::Rsa);
    check(KeyKind::P384, KeyKind::P256, KeyKind::Rsa);
}

#[test]
fn pem_goes_round() {
    // PEM goes round; with CHANCERY_EXPORT set, it is also written out for a look with other tools.
    let (root, issuing) = hierarchy(KeyKind::P384, KeyKind::P256);
    let leaf_key = key(KeyKind::P256);
    let request = RequestBuilder::new()
        .of_subject(DistinguishedName::from_common_name("ignored").unwrap())
        .of_names(names(&["localhost", "127.0.0.1"]))
        .sign(&leaf_key)
        .unwrap();
    let control = Control::asserted_by_operator(now()).of_names(names(&["localhost", "127.0.0.1"]));
    let chain =
        issuing.issue(&Profile::tls_server(), &request, &control, now(), &mut random()).unwrap();
    let pem = chain[..].to_pem();
    use pki_types::pem::PemObject;
    let back: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(back, chain);
    assert_eq!(
        CertificateDer::from_pem_slice(root.certificate().to_pem().as_bytes()).unwrap(),
        *root.certificate()
    );
    let back = pki_types::CertificateSigningRequestDer::from_pem_slice(request.to_pem().as_bytes());
    assert_eq!(back.unwrap(), request);
    // RFC 5208 goes round as well, key and all.
    let pkcs8 = common::pkcs8(KeyKind::P384);
    let text = pki_types::PrivatePkcs8KeyDer::from(pkcs8.as_der()).to_pem();
    let back = pki_types::PrivateKeyDer::from_pem_slice(text.as_bytes()).unwrap();
    assert_eq!(back.secret_der(), pkcs8.as_der());
    assert!(chancery_ring::PrivateKey::from_der(&back).is_ok());
    if let Some(folder) = std::env::var_os("CHANCERY_EXPORT") {
        let folder = std::path::Path::new(&folder);
        std::fs::write(folder.join("root.pem"), root.certificate().to_pem()).unwrap();
        std::fs::write(folder.join("chain.pem"), pem).unwrap();
        std::fs::write(folder.join("request.pem"), request.to_pem()).unwrap();
    }
}

#[test]
fn a_ca_prints_nothing_of_its_key() {
    let pkcs8 = common::pkcs8(KeyKind::Ed25519);
    let key = chancery_ring::PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
    let ca = CertificateAuthority::self_signed(
        key,
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name("Root"),
        &Profile::root_ca(),
        now(),
        &mut random(),
    )
    .unwrap();
    let shown = format!("{ca:?} {ca:#?}");
    // The seed stands in the last octets of a PKCS #8 key without its public half (RFC 8410 §7).
    let seed = &pkcs8.as_der()[16..48];
    assert!(!shown.contains(&format!("{seed:?}")) && shown.contains("[..]"), "{shown}");
}
