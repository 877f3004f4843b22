//! The named reasons, where they point, and how they are shown.

use chancery_chain::{
    AcceptedExtension, Anchor, AnchorConstraints, Peer, Purpose, ReferenceIdentity, Rule, Source,
    TrustAnchors, VerifiedPath,
};
use chancery_x509::Oid;
use pki_types::CertificateDer;

use crate::make::{Cert, DAY, Key, NOW, Pki, Setup, at, ce, oid, rdns, tlv};

#[test]
fn a_good_path_is_verified_and_explained() {
    let pki = Pki::new();
    let (root, ica, leaf) = (pki.root_cert(), pki.ica_cert(), pki.leaf_cert());
    let path = Setup::new(root.clone()).verify(&leaf, &[ica.clone()], "leaf.example").unwrap();
    assert_eq!(path.leaf(), leaf.as_ref());
    assert_eq!(path.certificates().collect::<Vec<_>>(), [leaf, ica]);
    assert_eq!(path.anchor().unwrap().1.certificate(), Some(&root));
    assert_eq!(path.report().usage().signatures, 2);
    let text = path.report().to_string();
    for line in
        ["accepted at 2027-01-15T08:00:00Z for leaf.example", "anchor 0: CN=root", "leaf: CN=leaf"]
    {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn expired_and_not_yet_valid_rfc_5280_6_1_3_a_2() {
    let pki = Pki::new();
    for (from, to, rule) in
        [(NOW - DAY, NOW - 1, Rule::Expired), (NOW + 1, NOW + DAY, Rule::NotYetValid)]
    {
        let leaf = pki.leaf_spec().dns(&["leaf.example"]).valid(from, to);
        let no = pki.verdict(pki.ica_spec(), leaf, "leaf.example").unwrap_err();
        assert_eq!((no.rule(), no.certificate()), (rule, Source::Leaf));
        let leaf = pki.leaf_spec().dns(&["leaf.example"]);
        let no = pki.verdict(pki.ica_spec().valid(from, to), leaf, "leaf.example").unwrap_err();
        assert_eq!((no.rule(), no.certificate()), (rule, Source::Intermediate(0)));
        assert_eq!(no.subject(), "CN=ica");
    }
    // Both ends are inside (RFC 5280 §4.1.2.5).
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).valid(NOW, NOW);
    assert!(pki.verdict(pki.ica_spec(), leaf, "leaf.example").is_ok());
}

#[test]
fn wrong_name_says_what_there_is() {
    let pki = Pki::new();
    let leaf = pki.leaf_spec().dns(&["a.example", "b.example"]);
    let no = pki.verdict(pki.ica_spec(), leaf, "c.example").unwrap_err();
    assert_eq!(no.rule(), Rule::WrongName);
    assert_eq!(no.finding().found(), "DNS:a.example, DNS:b.example");
    assert_eq!(no.finding().wanted(), "c.example");
    assert_eq!(no.finding().section(), "RFC 9525 §6.3");
}

#[test]
fn self_signed_untrusted_root_and_unknown_issuer_differ() {
    let (pki, stranger) = (Pki::new(), Key::new());
    let alone = Cert::new("alone", &stranger).dns(&["leaf.example"]).sign("alone", &stranger);
    let no = Setup::new(pki.root_cert()).verify(&alone, &[], "leaf.example").unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::SelfSigned, Source::Leaf));

    let other = Cert::ca("other root", &stranger).sign("other root", &stranger);
    let ica = pki.ica_spec().sign("other root", &stranger);
    let no = Setup::new(pki.root_cert())
        .verify(&pki.leaf_cert(), &[ica.clone(), other], "leaf.example")
        .unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::UntrustedRoot, Source::Intermediate(1)));

    let no =
        Setup::new(pki.root_cert()).verify(&pki.leaf_cert(), &[ica], "leaf.example").unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::UnknownIssuer, Source::Intermediate(0)));
    let no = Setup::new(pki.root_cert()).verify(&pki.leaf_cert(), &[], "leaf.example").unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::UnknownIssuer, Source::Leaf));
}

#[test]
fn a_root_of_the_same_name_with_another_key_is_not_the_root() {
    let (pki, other) = (Pki::new(), Key::new());
    let impostor = Cert::ca("root", &other).sign("root", &other);
    let no = Setup::new(impostor)
        .verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example")
        .unwrap_err();
    assert_eq!((no.rule(), no.certificate()), (Rule::BadSignature, Source::Intermediate(0)));
}

#[test]
fn every_flipped_bit_of_the_signed_part_or_the_signature_is_refused() {
    let pki = Pki::new();
    let (ica, leaf) = (pki.ica_cert(), pki.leaf_cert());
    for at in 0..leaf.len() {
        for bit in [0x01, 0x80] {
            let mut bad = leaf.to_vec();
            bad[at] ^= bit;
            let verdict = Setup::new(pki.root_cert()).verify(
                &CertificateDer::from(bad),
                &[ica.clone()],
                "leaf.example",
            );
            assert!(verdict.is_err(), "byte {at} bit {bit:#x}");
        }
        let cut = CertificateDer::from(leaf[..at].to_vec());
        let no = Setup::new(pki.root_cert()).verify(&cut, &[], "leaf.example").unwrap_err();
        assert_eq!(no.rule(), Rule::Malformed);
    }
}

#[test]
fn a_bad_signature_is_told_even_if_the_certificate_has_expired_too() {
    // An expired certificate might be let pass by someone who asks the user; a forged one must not look like one.
    let pki = Pki::new();
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).valid(NOW - DAY, NOW - 1).forge("ica");
    let no =
        Setup::new(pki.root_cert()).verify(&leaf, &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::BadSignature);
    let rules: Vec<_> = no.report().candidates()[0].findings().iter().map(|f| f.rule()).collect();
    assert!(rules.contains(&Rule::Expired) && rules.contains(&Rule::BadSignature), "{rules:?}");
}

#[test]
fn all_faults_of_a_path_are_reported_with_their_places() {
    let pki = Pki::new();
    let leaf = Cert::new("leaf", &pki.leaf)
        .purposes(&[2])
        .usage(&[0x05, 0x20])
        .dns(&["other.example"])
        .valid(NOW - DAY, NOW - 1);
    let no = pki.verdict(pki.ica_spec(), leaf, "leaf.example").unwrap_err();
    let findings = no.report().candidates()[0].findings();
    let rules: Vec<_> = findings.iter().map(|finding| finding.rule()).collect();
    assert_eq!(rules, [Rule::Expired, Rule::ExtendedKeyUsage, Rule::KeyUsage, Rule::WrongName]);
    assert!(findings[1].offset().is_some());
}

#[test]
fn a_malformed_intermediate_that_is_not_needed_is_named_and_ignored() {
    let pki = Pki::new();
    let junk = CertificateDer::from(b"\x30\x03\x02\x01\x05".to_vec());
    let path = Setup::new(pki.root_cert())
        .verify(&pki.leaf_cert(), &[junk.clone(), pki.ica_cert()], "leaf.example")
        .unwrap();
    assert_eq!(path.report().ignored().len(), 1);
    assert_eq!(path.report().ignored()[0].intermediate, 0);
    let no =
        Setup::new(pki.root_cert()).verify(&pki.leaf_cert(), &[junk], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::UnknownIssuer);
}

#[test]
fn a_named_critical_extension_can_be_accepted() {
    const OURS: &[u32] = &[1, 3, 6, 1, 4, 1, 55738, 9];
    let pki = Pki::new();
    let leaf = |value: &[u8]| {
        let spec = pki.leaf_spec().dns(&["leaf.example"]).ext(&oid(OURS), true, value);
        spec.sign("ica", &pki.ica)
    };
    let der = oid(OURS);
    let known = Oid::new(&der[2..]).unwrap();
    let verify = |leaf, accepts: Option<fn(&[u8]) -> bool>| {
        let mut setup = Setup::new(pki.root_cert());
        setup.policy.accepted_extensions.extend(accepts.map(|f| AcceptedExtension::new(known, f)));
        setup.verify(&leaf, &[pki.ica_cert()], "leaf.example").map(|_| ()).map_err(|no| no.rule())
    };
    assert_eq!(verify(leaf(&[5, 0]), None), Err(Rule::UnknownCriticalExtension));
    assert_eq!(verify(leaf(&[5, 0]), Some(|value| value == [5, 0])), Ok(()));
    assert_eq!(
        verify(leaf(&[5, 1]), Some(|value| value == [5, 0])),
        Err(Rule::UnknownCriticalExtension)
    );
}

#[test]
fn a_precertificate_is_never_accepted() {
    let pki = Pki::new();
    let poison = oid(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 3]);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).ext(&poison, true, &[5, 0]);
    let no = pki.verdict(pki.ica_spec(), leaf, "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::UnknownCriticalExtension);
}

#[test]
fn a_self_signed_leaf_can_be_trusted_as_it_is_and_only_when_told() {
    let key = Key::new();
    let own = Cert::new("own", &key).dns(&["leaf.example"]).sign("own", &key);
    let verify = |trusted_leaf: bool, host: &str| {
        let mut constraints = AnchorConstraints::new();
        constraints.trusted_leaf = trusted_leaf;
        let anchor = Anchor::from_certificate(&own, constraints).unwrap();
        let setup = Setup::anchored([anchor].into_iter().collect());
        setup.verify(&own, &[], host).map(|_| ()).map_err(|no| no.rule())
    };
    assert_eq!(verify(true, "leaf.example"), Ok(()));
    assert_eq!(verify(true, "other.example"), Err(Rule::WrongName));
    assert_eq!(verify(false, "leaf.example"), Err(Rule::NotACa));
}

#[test]
fn a_trusted_leaf_need_not_be_self_signed() {
    let (ca, key) = (Key::new(), Key::new());
    let leaf = Cert::new("leaf", &key).dns(&["leaf.example"]).sign("nobody", &ca);
    let verify = |anchors: TrustAnchors| {
        let setup = Setup::anchored(anchors);
        setup.verify(&leaf, &[], "leaf.example").map(|_| ()).map_err(|no| no.rule())
    };
    let anchor = |trusted_leaf: bool| {
        let mut constraints = AnchorConstraints::new();
        constraints.trusted_leaf = trusted_leaf;
        Anchor::from_certificate(&leaf, constraints).unwrap()
    };
    assert_eq!(verify([anchor(true)].into_iter().collect()), Ok(()));
    assert_eq!(verify([anchor(false)].into_iter().collect()), Err(Rule::UnknownIssuer));
    let mut added = TrustAnchors::new();
    added.add(anchor(false));
    assert_eq!(verify(added.clone()), Err(Rule::UnknownIssuer));
    added.add(anchor(true));
    assert_eq!(verify(added), Ok(()));
}

#[test]
fn a_trusted_leaf_vouches_for_nobody_else() {
    let (key, victim) = (Key::new(), Key::new());
    let own = Cert::new("own", &key).dns(&["leaf.example"]).sign("own", &key);
    let child = Cert::new("child", &victim).dns(&["leaf.example"]).sign("own", &key);
    let mut constraints = AnchorConstraints::new();
    constraints.trusted_leaf = true;
    let anchor = Anchor::from_certificate(&own, constraints).unwrap();
    let setup = Setup::anchored([anchor].into_iter().collect());
    assert_eq!(setup.verify(&child, &[], "leaf.example").unwrap_err().rule(), Rule::NotACa);
}

fn anchored(pki: &Pki, change: impl FnOnce(&mut AnchorConstraints)) -> Result<VerifiedPath, Rule> {
    let mut constraints = AnchorConstraints::new();
    change(&mut constraints);
    let anchor = Anchor::from_certificate(&pki.root_cert(), constraints).unwrap();
    let setup = Setup::anchored([anchor].into_iter().collect());
    setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").map_err(|no| no.rule())
}

#[test]
fn anchors_have_constraints_as_data() {
    let pki = Pki::new();
    assert!(anchored(&pki, |_| {}).is_ok());
    let rule = |change: fn(&mut AnchorConstraints)| anchored(&pki, change).err();
    assert_eq!(rule(|c| c.purposes = vec![Purpose::ClientAuth]), Some(Rule::AnchorPurpose));
    assert_eq!(rule(|c| c.purposes = vec![Purpose::ServerAuth]), None);
    // The leaf is from 30 days ago.
    assert_eq!(rule(|c| c.distrust_after = Some(at(NOW - 31 * DAY))), Some(Rule::AnchorDistrusted));
    assert_eq!(rule(|c| c.distrust_after = Some(at(NOW - 30 * DAY))), None);
    assert_eq!(rule(|c| c.maximum_lifetime = Some(60 * 86_400)), Some(Rule::LifetimeTooLong));
    assert_eq!(rule(|c| c.maximum_lifetime = Some(60 * 86_400 + 1)), None);
    assert_eq!(
        rule(|c| *c = AnchorConstraints::new().permit_dns_names(&["else.example"])),
        Some(Rule::NameNotPermitted)
    );
    assert_eq!(rule(|c| *c = AnchorConstraints::new().permit_dns_names(&["example"])), None);
}

#[test]
fn an_expired_anchor_counts_only_where_its_expiry_is_not_honoured() {
    let pki = Pki::new();
    let root = Cert::ca("root", &pki.root).valid(NOW - 9 * DAY, NOW - DAY).sign("root", &pki.root);
    let verify = |honour_expiry: bool| {
        let mut constraints = AnchorConstraints::new();
        constraints.honour_expiry = honour_expiry;
        let anchor = Anchor::from_certificate(&root, constraints).unwrap();
        let setup = Setup::anchored([anchor].into_iter().collect());
        setup
            .verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example")
            .map(|_| ())
            .map_err(|no| no.rule())
    };
    assert_eq!(verify(true), Err(Rule::AnchorExpired));
    assert_eq!(verify(false), Ok(()));
}

/// RFC 5280 §4.1.2.5: a path is valid from the latest beginning to the earliest end, both included.
#[test]
fn a_path_is_valid_for_as_long_as_all_of_it() {
    let pki = Pki::new();
    let check = |honour_expiry, [root, ica, leaf]: [(i64, i64); 3], (from, to): (i64, i64)| {
        let valid = |cert: Cert, (from, to)| cert.valid(NOW + from * DAY, NOW + to * DAY);
        let root = valid(Cert::ca("root", &pki.root), root).sign("root", &pki.root);
        let mut constraints = AnchorConstraints::new();
        constraints.honour_expiry = honour_expiry;
        let anchor = Anchor::from_certificate(&root, constraints).unwrap();
        let setup = Setup::anchored([anchor].into_iter().collect());
        let ica = valid(pki.ica_spec(), ica).sign("root", &pki.root);
        let leaf = valid(pki.leaf_spec().dns(&["leaf.example"]), leaf).sign("ica", &pki.ica);
        let path = setup.verify(&leaf, &[ica], "leaf.example").unwrap();
        let is_valid = |seconds| path.is_valid_at(at(NOW + seconds));
        let (from, to) = (from * DAY, to * DAY);
        assert!(is_valid(0) && is_valid(from) && is_valid(to));
        assert!(!is_valid(from - 1) && !is_valid(to + 1));
    };
    check(false, [(-1, 1), (-9, 9), (-5, 5)], (-5, 5));
    check(false, [(-1, 1), (-4, 4), (-5, 5)], (-4, 4));
    check(false, [(-1, 1), (-9, 3), (-2, 9)], (-2, 3));
    check(true, [(-1, 1), (-9, 9), (-5, 5)], (-1, 1));
}

#[test]
fn anchors_go_out_and_in_as_pki_types_has_them() {
    let pki = Pki::new();
    let root = Cert::ca("root", &pki.root).constraints(&[crate::make::dns("else.example")], &[]);
    let root = root.sign("root", &pki.root);
    let (from_certificate, _) = TrustAnchors::from_certificates(&[root]);
    let bare = from_certificate.get(0).unwrap().to_trust_anchor();
    let mut anchors = TrustAnchors::new();
    anchors.add_trust_anchor(&bare).unwrap();
    assert_eq!(anchors.get(0).unwrap().to_trust_anchor(), bare);
    // Its name constraints came along.
    let setup = Setup::anchored(anchors);
    let no = setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::NameNotPermitted);
}

#[test]
fn keys_and_algorithms_are_policy() {
    let pki = Pki::new();
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.keys.curves.clear();
    let no = setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::WeakKey);
    // No algorithm is given at all.
    let anchors = TrustAnchors::from_certificates(&[pki.root_cert()]).0;
    let validator = chancery_chain::Validator::new(anchors, &[]);
    let (leaf, ica) = (pki.leaf_cert(), [pki.ica_cert()]);
    let presented = chancery_chain::Presented::new(&leaf, &ica);
    let no = validator.verify(&presented, Purpose::ServerAuth, Peer::Anyone, at(NOW)).unwrap_err();
    assert_eq!(no.rule(), Rule::UnsupportedSignatureAlgorithm);
}

#[test]
fn an_odd_key_in_an_offered_certificate_is_skipped_go_cve_2024_24783() {
    let pki = Pki::new();
    let dsa = crate::make::seq(&[
        &crate::make::seq(&[&oid(&[1, 2, 840, 10040, 4, 1])]),
        &tlv(3, &[&[0, 2, 1, 5]]),
    ]);
    let odd = Cert::ca("ica", &pki.ica).with_spki(&dsa).sign("root", &pki.root);
    let path = Setup::new(pki.root_cert()).verify(
        &pki.leaf_cert(),
        &[odd, pki.ica_cert()],
        "leaf.example",
    );
    assert!(path.is_ok());
}

#[test]
fn client_certificates_are_for_clients() {
    let pki = Pki::new();
    let leaf =
        Cert::new("me", &pki.leaf).purposes(&[2]).names(&[crate::make::email("me@example.com")]);
    let leaf = leaf.sign("ica", &pki.ica);
    let verify = |purpose, peer: Peer<'_>| {
        let mut setup = Setup::new(pki.root_cert());
        setup.purpose = purpose;
        setup.verify_peer(&leaf, &[pki.ica_cert()], peer).map(|_| ()).map_err(|no| no.rule())
    };
    assert_eq!(verify(Purpose::ClientAuth, Peer::Anyone), Ok(()));
    assert_eq!(verify(Purpose::ServerAuth, Peer::Anyone), Err(Rule::ExtendedKeyUsage));
    let me = ReferenceIdentity::email("me@EXAMPLE.com").unwrap();
    let you = ReferenceIdentity::email("you@example.com").unwrap();
    assert_eq!(verify(Purpose::ClientAuth, Peer::Named(&me)), Ok(()));
    assert_eq!(verify(Purpose::ClientAuth, Peer::Named(&you)), Err(Rule::WrongName));
    let either = [you, me];
    assert_eq!(verify(Purpose::ClientAuth, Peer::AnyOf(&either)), Ok(()));
    assert_eq!(verify(Purpose::ClientAuth, Peer::AnyOf(&[])), Err(Rule::WrongName));
}

#[test]
fn the_leafs_key_usage_must_allow_signing_rfc_8446_4_4_2_2() {
    let pki = Pki::new();
    let leaf = Cert::new("leaf", &pki.leaf).usage(&[0x05, 0x20]).dns(&["leaf.example"]);
    let no = pki.verdict(pki.ica_spec(), leaf, "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::KeyUsage);
}

#[test]
fn subject_key_identifiers_rank_and_prove_nothing() {
    // The identifiers point at the wrong certificate; the signature decides.
    let (pki, wrong) = (Pki::new(), Key::new());
    let decoy =
        Cert::ca("ica", &wrong).ext(&ce(14), false, &tlv(4, &[b"same"])).sign("root", &pki.root);
    let honest = pki.ica_spec().ext(&ce(14), false, &tlv(4, &[b"else"])).sign("root", &pki.root);
    let authority = crate::make::seq(&[&tlv(0x80, &[b"same"])]);
    let leaf = pki
        .leaf_spec()
        .dns(&["leaf.example"])
        .ext(&ce(35), false, &authority)
        .sign("ica", &pki.ica);
    let path = Setup::new(pki.root_cert())
        .verify(&leaf, &[decoy, honest.clone()], "leaf.example")
        .unwrap();
    assert_eq!(path.certificates().nth(1), Some(honest));
    assert_eq!(path.report().usage().paths, 2);
}

#[test]
fn a_leaf_without_a_subject_is_called_by_its_alternative_names() {
    let pki = Pki::new();
    let leaf = Cert::named(&rdns(&[]), &pki.leaf).purposes(&[1]).dns(&["a.example", "b.example"]);
    let leaf = leaf.sign("ica", &pki.ica);
    let setup = Setup::new(pki.root_cert());
    let no = setup.verify(&leaf, &[pki.ica_cert()], "c.example").unwrap_err();
    assert_eq!(no.subject(), "DNS:a.example, DNS:b.example");
    assert!(no.report().to_string().contains("  leaf: DNS:a.example, DNS:b.example, "), "{no}");
}
