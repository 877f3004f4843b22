//! Path building, as history has broken it.

use chancery_chain::{Anchor, AnchorConstraints, Peer, Purpose, Rule, Source, TrustAnchors};
use pki_types::CertificateDer;

use crate::make::{Cert, DAY, Key, NOW, Pki, Setup, oid};

/// Each CA of `order` signed by the one before it, the first by the root; and the last one's key.
fn ladder(pki: &Pki, count: usize) -> (Vec<CertificateDer<'static>>, Key) {
    let mut key = Key::new();
    let mut certificates = vec![Cert::ca("ca 0", &key).sign("root", &pki.root)];
    for n in 1..count {
        let next = Key::new();
        certificates.push(Cert::ca(&format!("ca {n}"), &next).sign(&format!("ca {}", n - 1), &key));
        key = next;
    }
    (certificates, key)
}

#[test]
fn addtrust_an_expired_cross_sign_beside_a_good_root_does_not_matter() {
    let (pki, old) = (Pki::new(), Key::new());
    let expired_old_root = Cert::ca("old", &old).valid(NOW - 9 * DAY, NOW - DAY).sign("old", &old);
    let cross = Cert::ca("root", &pki.root).valid(NOW - 9 * DAY, NOW - DAY).sign("old", &old);
    let (anchors, _) = TrustAnchors::from_certificates(&[expired_old_root, pki.root_cert()]);
    let path = Setup::anchored(anchors)
        .verify(&pki.leaf_cert(), &[cross, pki.ica_cert()], "leaf.example")
        .unwrap();
    assert_eq!(path.anchor().unwrap().0, 1);
}

#[test]
fn a_longer_way_is_found_when_the_short_one_is_barred() {
    // The root that would be nearest is constrained; the cross-signed way to the other is not.
    let (pki, other) = (Pki::new(), Key::new());
    let narrow = Anchor::from_certificate(
        &pki.root_cert(),
        AnchorConstraints::new().permit_dns_names(&["else.example"]),
    )
    .unwrap();
    let wide = Anchor::from_certificate(
        &Cert::ca("other", &other).sign("other", &other),
        AnchorConstraints::new(),
    );
    let cross = Cert::ca("root", &pki.root).sign("other", &other);
    let setup = Setup::anchored([narrow, wide.unwrap()].into_iter().collect());
    let path = setup.verify(&pki.leaf_cert(), &[pki.ica_cert(), cross], "leaf.example").unwrap();
    assert_eq!(path.anchor().unwrap().0, 1);
    assert_eq!(path.certificates().count(), 3);
    assert_eq!(path.report().candidates().len(), 2, "the barred path is reported too");
}

#[test]
fn gnutls_cve_2024_28835_a_long_chain_ends_with_a_depth_error() {
    let pki = Pki::new();
    for (count, expected) in
        [(8, None), (9, Some(Rule::DepthExceeded)), (60, Some(Rule::DepthExceeded))]
    {
        let (intermediates, last) = ladder(&pki, count);
        let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign(&format!("ca {}", count - 1), &last);
        let verdict = Setup::new(pki.root_cert()).verify(&leaf, &intermediates, "leaf.example");
        assert_eq!(verdict.err().map(|no| no.rule()), expected, "{count} intermediates");
    }
}

#[test]
fn gnutls_cve_2024_0567_mutual_cross_signs_end() {
    let (pki, a, b) = (Pki::new(), Key::new(), Key::new());
    let ring = [
        Cert::ca("a", &a).sign("b", &b),
        Cert::ca("b", &b).sign("a", &a),
        Cert::ca("a", &a).serial(2).sign("b", &b),
    ];
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign("a", &a);
    let no = Setup::new(pki.root_cert()).verify(&leaf, &ring, "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::UnknownIssuer);
    // With a way out of the ring it is found.
    let mut with_exit = ring.to_vec();
    with_exit.push(Cert::ca("b", &b).sign("root", &pki.root));
    assert!(Setup::new(pki.root_cert()).verify(&leaf, &with_exit, "leaf.example").is_ok());
}

#[test]
fn openssl_cve_2015_1793_the_ca_bit_is_checked_on_every_alternative_path() {
    // First a path whose issuer is a CA and leads nowhere; then one to the root whose issuer is none.
    let (pki, stranger) = (Pki::new(), Key::new());
    let nowhere = pki.ica_spec().sign("nowhere", &stranger);
    let no_ca = Cert::new("ica", &pki.ica).sign("root", &pki.root);
    let no = Setup::new(pki.root_cert())
        .verify(&pki.leaf_cert(), &[nowhere, no_ca], "leaf.example")
        .unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::NotACa, Source::Intermediate(1)));
}

#[test]
fn openssl_cve_2021_3450_a_later_check_does_not_overwrite_the_ca_check() {
    // Everything else about the issuer is in order, the curve check included.
    let pki = Pki::new();
    let issuer = Cert::new("ica", &pki.ica).is_not_ca().usage(&[0x01, 0x06]);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]);
    assert_eq!(pki.verdict(issuer, leaf, "leaf.example").unwrap_err().rule(), Rule::NotACa);
}

#[test]
fn a_leaf_is_no_ca_and_a_ca_needs_key_cert_sign() {
    let pki = Pki::new();
    let leaf = || pki.leaf_spec().dns(&["leaf.example"]);
    let server = Cert::new("ica", &pki.ica).usage(&[0x07, 0x80]).dns(&["ica.example"]);
    assert_eq!(pki.verdict(server, leaf(), "leaf.example").unwrap_err().rule(), Rule::NotACa);
    let mute = Cert::new("ica", &pki.ica).is_ca(None).usage(&[0x01, 0x02]);
    assert_eq!(
        pki.verdict(mute, leaf(), "leaf.example").unwrap_err().rule(),
        Rule::KeyCertSignMissing
    );
}

#[test]
fn path_length_exempts_self_issued_certificates_rfc_5280_6_1_4_l() {
    let (pki, renewed) = (Pki::new(), Key::new());
    // root -> ica (pathLen 0) -> ica' (self-issued) -> leaf
    let ica =
        Cert::new("ica", &pki.ica).is_ca(Some(0)).usage(&[0x01, 0x06]).sign("root", &pki.root);
    let own = Cert::ca("ica", &renewed).sign("ica", &pki.ica);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign("ica", &renewed);
    assert!(Setup::new(pki.root_cert()).verify(&leaf, &[ica.clone(), own], "leaf.example").is_ok());
    // root -> ica (pathLen 0) -> sub -> leaf
    let sub = Cert::ca("sub", &renewed).sign("ica", &pki.ica);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign("sub", &renewed);
    let no = Setup::new(pki.root_cert()).verify(&leaf, &[ica, sub], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::PathTooLong);
}

#[test]
fn a_roots_own_constraints_count_when_the_anchor_asks_for_them() {
    let pki = Pki::new();
    let root = Cert::new("root", &pki.root)
        .is_ca(Some(0))
        .usage(&[0x01, 0x06])
        .purposes(&[4])
        .constraints(&[crate::make::dns("else.example")], &[])
        .sign("root", &pki.root);
    let verify = |honour: bool| {
        let mut constraints = AnchorConstraints::new();
        constraints.honour_certificate = honour;
        let anchor = Anchor::from_certificate(&root, constraints).unwrap();
        let setup = Setup::anchored([anchor].into_iter().collect());
        setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example")
    };
    assert!(verify(false).is_ok());
    let no = verify(true).unwrap_err();
    let rules: Vec<_> = no.report().candidates()[0].findings().iter().map(|f| f.rule()).collect();
    for rule in [Rule::ExtendedKeyUsage, Rule::PathTooLong, Rule::NameNotPermitted] {
        assert!(rules.contains(&rule), "{rule:?} of {rules:?}");
    }
}

#[test]
fn extended_key_usage_is_enforced_at_every_ca_cve_2020_14039() {
    let pki = Pki::new();
    let leaf = || pki.leaf_spec().dns(&["leaf.example"]);
    let no = pki.verdict(pki.ica_spec().purposes(&[4]), leaf(), "leaf.example").unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::ExtendedKeyUsage, Source::Intermediate(0)));
    assert!(pki.verdict(pki.ica_spec().purposes(&[4, 1]), leaf(), "leaf.example").is_ok());
}

#[test]
fn go_cve_2025_22874_any_purpose_leaves_the_other_checks_on() {
    let pki = Pki::new();
    let verify = |ica: Cert, leaf: Cert| {
        let mut setup = Setup::new(pki.root_cert());
        setup.purpose = Purpose::Any;
        let leaf = leaf.sign("ica", &pki.ica);
        let ica = ica.sign("root", &pki.root);
        setup.verify_peer(&leaf, &[ica], Peer::Anyone).map(|_| ()).map_err(|no| no.rule())
    };
    let leaf = || Cert::new("leaf", &pki.leaf).purposes(&[4]).dns(&["leaf.example"]);
    assert_eq!(verify(pki.ica_spec(), leaf()), Ok(()));
    let explicit = pki.ica_spec().policies(&[1]).require_policy(0);
    assert_eq!(verify(explicit, leaf().policies(&[2])), Err(Rule::NoValidPolicy));
    assert_eq!(verify(Cert::new("ica", &pki.ica), leaf()), Err(Rule::NotACa));
}

#[test]
fn an_unknown_critical_extension_poisons_no_other_path_webpki_464() {
    let (pki, other) = (Pki::new(), Key::new());
    let unknown = oid(&[1, 3, 6, 1, 4, 1, 55738, 666]);
    let poisoned = Cert::ca("unused", &other).ext(&unknown, true, &[5, 0]).sign("root", &pki.root);
    let twin = pki.ica_spec().ext(&unknown, true, &[5, 0]).sign("root", &pki.root);
    let root_twin =
        Cert::ca("root", &pki.root).ext(&unknown, true, &[5, 0]).sign("root", &pki.root);
    let (anchors, _) = TrustAnchors::from_certificates(&[root_twin.clone(), pki.root_cert()]);
    let path = Setup::anchored(anchors)
        .verify(&pki.leaf_cert(), &[poisoned, twin.clone(), pki.ica_cert()], "leaf.example")
        .unwrap();
    assert_eq!(path.anchor().unwrap().0, 1);
    // Alone, each is refused for that.
    let no =
        Setup::new(pki.root_cert()).verify(&pki.leaf_cert(), &[twin], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::UnknownCriticalExtension);
    let no = Setup::new(root_twin)
        .verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example")
        .unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::UnknownCriticalExtension, Source::Anchor(0)));
}
