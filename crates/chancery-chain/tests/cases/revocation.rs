//! Revocation, as history has broken it. The leaf's serial number is 4711 throughout.

use chancery_chain::{Rule, Severity, UnknownStatus, VerifiedPath};
use sha1::{Digest as _, Sha1};

use crate::make::{
    Cert, Crl, DAY, Key, NOW, Pki, Setup, algorithm, ce, directory, extension, generalized, int,
    name, oid, point, seq, tlv, uri,
};

const SERIAL: u64 = 4711;

/// Hard fail for the leaf, which has the given distribution points, and these CRLs.
fn check(pki: &Pki, points: &[Vec<u8>], crls: &[Vec<u8>]) -> Result<VerifiedPath, (Rule, String)> {
    let mut leaf = pki.leaf_spec().dns(&["leaf.example"]);
    if !points.is_empty() {
        leaf = leaf.ext(&ce(31), false, &seq(&[&points.concat()]));
    }
    check_leaf(pki, leaf, &[], crls)
}

fn check_leaf(
    pki: &Pki,
    leaf: Cert,
    more: &[pki_types::CertificateDer<'static>],
    crls: &[Vec<u8>],
) -> Result<VerifiedPath, (Rule, String)> {
    let leaf = leaf.sign("ica", &pki.ica);
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.revocation.unknown = UnknownStatus::Reject;
    setup.policy.revocation.scope = chancery_chain::RevocationScope::Leaf;
    for crl in crls {
        setup = setup.crl(crl);
    }
    let mut intermediates = vec![pki.ica_cert()];
    intermediates.extend_from_slice(more);
    setup
        .verify(&leaf, &intermediates, "leaf.example")
        .map_err(|no| (no.rule(), no.finding().found().to_owned()))
}

#[track_caller]
fn unknown(verdict: Result<VerifiedPath, (Rule, String)>, why: &str) {
    let (rule, found) = verdict.unwrap_err();
    assert_eq!(rule, Rule::RevocationUnknown, "{found}");
    assert!(found.contains(why), "{found}");
}

#[track_caller]
fn revoked(verdict: Result<VerifiedPath, (Rule, String)>) {
    assert_eq!(verdict.unwrap_err().0, Rule::Revoked);
}

#[test]
fn a_direct_crl_says_good_or_revoked_and_is_named_with_its_age() {
    let pki = Pki::new();
    let good = check(&pki, &[], &[Crl::new("ica", 5).revoke(1).sign(&pki.ica)]).unwrap();
    let note = good.findings().iter().find(|finding| finding.severity() == Severity::Note).unwrap();
    assert_eq!(note.found(), "not revoked, by CRL 0x05 of 2027-01-14T08:00:00Z, 24 hours old");
    let key_compromise = extension(&ce(21), false, &[0x0a, 1, 1]);
    let no =
        check(&pki, &[], &[Crl::new("ica", 5).entry(SERIAL, &[key_compromise]).sign(&pki.ica)]);
    let (rule, found) = no.unwrap_err();
    assert_eq!(rule, Rule::Revoked);
    assert!(
        found.starts_with("revoked since 2027-01-13T08:00:00Z for keyCompromise, by CRL 0x05"),
        "{found}"
    );
}

#[test]
fn rustsec_2026_0049_each_distribution_point_is_tried_against_the_crls_own() {
    let pki = Pki::new();
    let points = [seq(&[&point("http://a/1.crl")]), seq(&[&point("http://a/2.crl")])];
    let shard = |url: &str| Crl::new("ica", 5).scope(&point(url));
    // Only the second point has a CRL, and it revokes.
    revoked(check(&pki, &points, &[shard("http://a/2.crl").revoke(SERIAL).sign(&pki.ica)]));
    assert!(check(&pki, &points, &[shard("http://a/2.crl").sign(&pki.ica)]).is_ok());
    unknown(check(&pki, &points, &[shard("http://a/3.crl").sign(&pki.ica)]), "other certificates");
    // Without distribution points a shard is not known to be the certificate's.
    unknown(check(&pki, &[], &[shard("http://a/2.crl").sign(&pki.ica)]), "other certificates");
    // A revocation in any matching shard counts, wherever it stands.
    let both = [
        shard("http://a/1.crl").sign(&pki.ica),
        shard("http://a/2.crl").revoke(SERIAL).sign(&pki.ica),
    ];
    revoked(check(&pki, &points, &both));
    // Several names of one place, of which one is the same.
    let many = tlv(0xa0, &[&tlv(0xa0, &[&uri("http://b/x.crl"), &uri("http://a/1.crl")])]);
    assert!(check(&pki, &points, &[Crl::new("ica", 5).scope(&many).sign(&pki.ica)]).is_ok());
}

#[test]
fn webpki_488_of_two_crls_of_one_scope_the_highest_number_wins() {
    let pki = Pki::new();
    let old = Crl::new("ica", 0xff).revoke(SERIAL).sign(&pki.ica);
    let new = Crl::new("ica", 0x100).sign(&pki.ica);
    for order in [[old.clone(), new.clone()], [new, old]] {
        assert!(check(&pki, &[], &order).is_ok());
    }
    let newer = Crl::new("ica", 0x101).revoke(SERIAL).sign(&pki.ica);
    let older = Crl::new("ica", 0x100).sign(&pki.ica);
    revoked(check(&pki, &[], &[older, newer]));
}

#[test]
fn openssl_cve_2026_28388_a_crl_without_a_number_does_not_count_nor_crash() {
    let pki = Pki::new();
    let mut bare = Crl::new("ica", 5);
    bare.extensions.clear();
    unknown(check(&pki, &[], &[bare.clone().sign(&pki.ica)]), "no CRL number");
    // Neither as the base of a delta.
    let delta = Crl::new("ica", 6).ext(27, true, &int(5)).sign(&pki.ica);
    let (rule, _) = check(&pki, &[], &[bare.sign(&pki.ica), delta]).unwrap_err();
    assert_eq!(rule, Rule::RevocationUnknown);
}

#[test]
fn expired_future_and_foreign_crls_are_unknown_and_never_good() {
    let pki = Pki::new();
    let crl = || Crl::new("ica", 5);
    unknown(
        check(&pki, &[], &[crl().times(NOW - 2 * DAY, NOW - 1).sign(&pki.ica)]),
        "it was good until",
    );
    unknown(check(&pki, &[], &[crl().times(NOW + 1, NOW + DAY).sign(&pki.ica)]), "it is good from");
    unknown(check(&pki, &[], &[crl().sign(&pki.leaf)]), "signature is not by the issuer");
    unknown(check(&pki, &[], &[Crl::new("other", 5).sign(&pki.ica)]), "no evidence");
    unknown(check(&pki, &[], &[]), "no evidence");
}

#[test]
fn a_stale_crl_counts_only_where_the_policy_says_so() {
    let pki = Pki::new();
    let stale = Crl::new("ica", 5).times(NOW - 2 * DAY, NOW - 1).sign(&pki.ica);
    let mut setup = Setup::new(pki.root_cert()).crl(&stale);
    setup.policy.revocation.scope = chancery_chain::RevocationScope::Leaf;
    setup.policy.revocation.unknown = UnknownStatus::Reject;
    setup.policy.revocation.accept_stale_crls = true;
    assert!(setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").is_ok());
}

#[test]
fn an_issuer_without_crl_sign_signs_no_crl() {
    let pki = Pki::new();
    let ica = Cert::new("ica", &pki.ica).is_ca(None).usage(&[0x02, 0x04]).sign("root", &pki.root);
    let mut setup =
        Setup::new(pki.root_cert()).crl(&Crl::new("ica", 5).revoke(SERIAL).sign(&pki.ica));
    setup.policy.revocation.scope = chancery_chain::RevocationScope::Leaf;
    setup.policy.revocation.unknown = UnknownStatus::Reject;
    let no = setup.verify(&pki.leaf_cert(), &[ica], "leaf.example").unwrap_err();
    assert!(no.finding().found().contains("lacks cRLSign"), "{no}");
}

#[test]
fn unknown_critical_extensions_make_a_crl_useless() {
    let pki = Pki::new();
    let unknown_extension = extension(&oid(&[1, 3, 6, 1, 4, 1, 55738, 666]), true, &[5, 0]);
    let in_entry = Crl::new("ica", 5).entry(1, &[unknown_extension.clone()]).sign(&pki.ica);
    unknown(check(&pki, &[], &[in_entry]), "critical extension");
    let mut in_list = Crl::new("ica", 5);
    in_list.extensions.push(unknown_extension);
    unknown(check(&pki, &[], &[in_list.sign(&pki.ica)]), "critical extension");
}

#[test]
fn only_user_only_ca_and_only_attribute_certificates() {
    let pki = Pki::new();
    let with = |flag: u8| Crl::new("ica", 5).scope(&tlv(0x80 | flag, &[&[0xff]])).sign(&pki.ica);
    assert!(check(&pki, &[], &[with(1)]).is_ok());
    unknown(check(&pki, &[], &[with(2)]), "other certificates");
    unknown(check(&pki, &[], &[with(5)]), "other certificates");
}

#[test]
fn some_reasons_are_not_all_and_add_up() {
    let pki = Pki::new();
    // onlySomeReasons: keyCompromise; and the seven others.
    let first = Crl::new("ica", 5).scope(&tlv(0x83, &[&[6, 0x40]])).sign(&pki.ica);
    let rest = Crl::new("ica", 6).scope(&tlv(0x83, &[&[7, 0x3f, 0x80]])).sign(&pki.ica);
    unknown(check(&pki, &[], &[first.clone()]), "not all reasons");
    assert!(check(&pki, &[], &[first, rest]).is_ok());
    // RUSTSEC-2026-0104: an empty BIT STRING is malformed, not a panic.
    let mut store = chancery_chain::CrlStore::new();
    let empty = Crl::new("ica", 5).scope(&tlv(0x83, &[])).sign(&pki.ica);
    assert!(store.add(&empty).is_err());
}

#[test]
fn delta_crls_add_take_back_and_need_their_base() {
    let pki = Pki::new();
    let base = |number| Crl::new("ica", number);
    let delta = |number, from| Crl::new("ica", number).ext(27, true, &int(from));
    let remove = extension(&ce(21), false, &[0x0a, 1, 8]);
    let hold = extension(&ce(21), false, &[0x0a, 1, 6]);
    // Adds.
    let added = delta(6, 5).revoke(SERIAL).sign(&pki.ica);
    revoked(check(&pki, &[], &[base(5).sign(&pki.ica), added.clone()]));
    // Takes back.
    let held = base(5).entry(SERIAL, &[hold]).sign(&pki.ica);
    revoked(check(&pki, &[], &[held.clone()]));
    assert!(check(&pki, &[], &[held, delta(6, 5).entry(SERIAL, &[remove]).sign(&pki.ica)]).is_ok());
    // Alone, or on a base that it does not reach, it says nothing.
    unknown(check(&pki, &[], &[delta(6, 5).sign(&pki.ica)]), "without its base");
    assert!(check(&pki, &[], &[base(4).sign(&pki.ica), added]).is_ok());
    // Of another scope it is no delta of this base.
    let other = delta(6, 5).scope(&tlv(0x81, &[&[0xff]])).revoke(SERIAL).sign(&pki.ica);
    assert!(check(&pki, &[], &[base(5).sign(&pki.ica), other]).is_ok());
}

#[test]
fn indirect_crls_by_an_issuer_that_the_same_anchor_vouches_for() {
    let (pki, signer) = (Pki::new(), Key::new());
    let crl_issuer = Cert::new("crl issuer", &signer).usage(&[0x01, 0x02]).sign("root", &pki.root);
    let place = point("http://a/i.crl");
    let wanted = [seq(&[&place, &tlv(0xa2, &[&directory(&name("crl issuer"))])])];
    let leaf =
        || pki.leaf_spec().dns(&["leaf.example"]).ext(&ce(31), false, &seq(&[&wanted.concat()]));
    let indirect = [place.as_slice(), &tlv(0x84, &[&[0xff]])].concat();
    let list = || Crl::new("crl issuer", 5).scope(&indirect);
    let of_ica = extension(&ce(29), true, &seq(&[&directory(&name("ica"))]));
    let of_other = extension(&ce(29), true, &seq(&[&directory(&name("other"))]));
    let more = [crl_issuer];
    revoked(check_leaf(
        &pki,
        leaf(),
        &more,
        &[list().entry(SERIAL, &[of_ica.clone()]).sign(&signer)],
    ));
    // The same number of another issuer, and without an issuer (then it is the CRL issuer's own).
    assert!(
        check_leaf(&pki, leaf(), &more, &[list().entry(SERIAL, &[of_other]).sign(&signer)]).is_ok()
    );
    assert!(check_leaf(&pki, leaf(), &more, &[list().revoke(SERIAL).sign(&signer)]).is_ok());
    // An entry without an issuer has that of the one before (RFC 5280 §5.3.3).
    let inherited = list().entry(1, &[of_ica.clone()]).revoke(SERIAL).sign(&signer);
    revoked(check_leaf(&pki, leaf(), &more, &[inherited]));
    // Nobody vouches for the signer; it is not marked indirect; it may not sign CRLs.
    unknown(check_leaf(&pki, leaf(), &[], &[list().sign(&signer)]), "nobody at hand");
    let direct = Crl::new("crl issuer", 5).scope(&place).sign(&signer);
    unknown(check_leaf(&pki, leaf(), &more, &[direct]), "other certificates");
    let mute = [Cert::new("crl issuer", &signer).usage(&[0x07, 0x80]).sign("root", &pki.root)];
    unknown(check_leaf(&pki, leaf(), &mute, &[list().sign(&signer)]), "nobody at hand");
    let forged = [Cert::new("crl issuer", &signer).usage(&[0x01, 0x02]).forge("root")];
    unknown(check_leaf(&pki, leaf(), &forged, &[list().sign(&signer)]), "nobody at hand");
}

#[test]
fn a_revoked_intermediate_is_found_and_another_way_taken() {
    let (pki, other) = (Pki::new(), Key::new());
    let second = pki.ica_spec().serial(99).sign("other", &other);
    let other_root = Cert::ca("other", &other).sign("other", &other);
    let (anchors, _) =
        chancery_chain::TrustAnchors::from_certificates(&[pki.root_cert(), other_root]);
    let crl = Crl::new("root", 5).revoke(SERIAL).sign(&pki.root);
    let leaf = pki.leaf_spec().serial(7).dns(&["leaf.example"]).sign("ica", &pki.ica);
    let no =
        Setup::anchored(anchors.clone()).crl(&crl).verify(&leaf, &[pki.ica_cert()], "leaf.example");
    assert_eq!(no.unwrap_err().rule(), Rule::Revoked);
    let path = Setup::anchored(anchors)
        .crl(&crl)
        .verify(&leaf, &[pki.ica_cert(), second], "leaf.example")
        .unwrap();
    assert_eq!(path.anchor().unwrap().0, 1);
}

#[test]
fn soft_fail_accepts_with_a_warning_and_a_required_issuer_does_not() {
    let pki = Pki::new();
    let stale = Crl::new("ica", 5).times(NOW - 2 * DAY, NOW - 1).sign(&pki.ica);
    let path = Setup::new(pki.root_cert())
        .crl(&stale)
        .verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example")
        .unwrap();
    assert!(path.findings().iter().any(|finding| finding.severity() == Severity::Warning));
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.revocation.required_issuers = vec![name("ica").into()];
    let no = setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::RevocationUnknown);
}

#[test]
fn no_rev_avail_and_short_lives_need_no_evidence() {
    let pki = Pki::new();
    let avail = |spec: Cert| spec.ext(&ce(56), false, &[5, 0]);
    let leaf = || pki.leaf_spec().dns(&["leaf.example"]);
    assert!(check_leaf(&pki, avail(leaf()), &[], &[]).is_ok());
    // RFC 9608 §2: not beside a distribution point. And a revocation counts all the same.
    let contradictory = avail(leaf()).ext(&ce(31), false, &seq(&[&seq(&[&point("http://a/")])]));
    unknown(check_leaf(&pki, contradictory, &[], &[]), "no evidence");
    revoked(check_leaf(
        &pki,
        avail(leaf()),
        &[],
        &[Crl::new("ica", 5).revoke(SERIAL).sign(&pki.ica)],
    ));
    assert!(check_leaf(&pki, leaf().valid(NOW - DAY, NOW + 6 * DAY - 1), &[], &[]).is_ok());
    unknown(check_leaf(&pki, leaf().valid(NOW - DAY, NOW + 6 * DAY), &[], &[]), "no evidence");
}

/// `[0]` good, `[1]` revoked, `[2]` unknown.
fn single(pki: &Pki, serial: u64, status: &[u8], this: i64, next: Option<i64>) -> Vec<u8> {
    let hash = |bytes: &[u8]| tlv(4, &[&Sha1::digest(bytes)]);
    let sha1 = seq(&[&oid(&[1, 3, 14, 3, 2, 26]), &[5, 0]]);
    let id = seq(&[&sha1, &hash(&name("ica")), &hash(pki.ica.bits()), &int(serial)]);
    let next = next.map(|next| tlv(0xa0, &[&generalized(next)])).unwrap_or_default();
    seq(&[&id, status, &generalized(this), &next])
}

const GOOD: &[u8] = &[0x80, 0];
const UNKNOWN: &[u8] = &[0x82, 0];

fn revoked_status() -> Vec<u8> {
    tlv(0xa1, &[&generalized(NOW - DAY)])
}

/// A response by `key`, which names its responder by the key, with certificates inside.
fn response(singles: &[Vec<u8>], key: &Key, certs: &[&[u8]]) -> Vec<u8> {
    let responder = tlv(0xa2, &[&tlv(4, &[&Sha1::digest(key.bits())])]);
    let data = seq(&[&responder, &generalized(NOW - 60), &seq(&[&singles.concat()])]);
    let certs = if certs.is_empty() { Vec::new() } else { tlv(0xa0, &[&seq(certs)]) };
    let basic = key.signed(&data, &certs);
    let bytes = seq(&[&oid(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 1]), &tlv(4, &[&basic])]);
    assert!(!algorithm().is_empty());
    seq(&[&tlv(0x0a, &[&[0]]), &tlv(0xa0, &[&bytes])])
}

fn check_ocsp(
    pki: &Pki,
    leaf: Cert,
    responses: &[Vec<u8>],
) -> Result<VerifiedPath, (Rule, String)> {
    let leaf = leaf.dns(&["leaf.example"]).sign("ica", &pki.ica);
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.revocation.unknown = UnknownStatus::Reject;
    setup.policy.revocation.scope = chancery_chain::RevocationScope::Leaf;
    setup.ocsp = responses.to_vec();
    setup
        .verify(&leaf, &[pki.ica_cert()], "leaf.example")
        .map_err(|no| (no.rule(), no.finding().found().to_owned()))
}

fn answer(pki: &Pki, serial: u64, status: &[u8]) -> Vec<u8> {
    single(pki, serial, status, NOW - DAY, Some(NOW + DAY))
}

#[test]
fn ocsp_good_revoked_and_unknown() {
    let pki = Pki::new();
    let verdict = |status: &[u8]| {
        check_ocsp(
            &pki,
            pki.leaf_spec(),
            &[response(&[answer(&pki, SERIAL, status)], &pki.ica, &[])],
        )
    };
    let path = verdict(GOOD).unwrap();
    assert!(path.findings().iter().any(|finding| finding.found().contains("an OCSP response of")));
    revoked(verdict(&revoked_status()));
    unknown(verdict(UNKNOWN), "does not know");
    // A refusal to answer.
    let refusal = seq(&[&tlv(0x0a, &[&[3]])]);
    unknown(check_ocsp(&pki, pki.leaf_spec(), &[refusal]), "refused");
    unknown(check_ocsp(&pki, pki.leaf_spec(), &[b"junk".to_vec()]), "malformed");
}

#[test]
fn gnutls_cve_2026_3832_the_right_answer_is_found_in_any_order() {
    let pki = Pki::new();
    let others = [answer(&pki, 1, GOOD), answer(&pki, 2, GOOD)];
    let bad = answer(&pki, SERIAL, &revoked_status());
    for singles in [
        [others[0].clone(), others[1].clone(), bad.clone()],
        [bad.clone(), others[0].clone(), others[1].clone()],
    ] {
        revoked(check_ocsp(&pki, pki.leaf_spec(), &[response(&singles, &pki.ica, &[])]));
    }
    let only_others = response(&others, &pki.ica, &[]);
    unknown(check_ocsp(&pki, pki.leaf_spec(), &[only_others]), "other certificates");
    // Two answers for one certificate: the worse one counts.
    let both = response(&[answer(&pki, SERIAL, GOOD), bad], &pki.ica, &[]);
    revoked(check_ocsp(&pki, pki.leaf_spec(), &[both]));
}

#[test]
fn cve_2016_7444_serial_numbers_are_compared_whole() {
    let pki = Pki::new();
    // 4711 is 12 67: a longer number begins with it, a shorter one is its beginning.
    for serial in [0x12, 0x0012_6700, 0x1267] {
        let verdict = check_ocsp(
            &pki,
            pki.leaf_spec(),
            &[response(&[answer(&pki, serial, GOOD)], &pki.ica, &[])],
        );
        if serial == SERIAL {
            assert!(verdict.is_ok());
        } else {
            unknown(verdict, "other certificates");
        }
    }
    // Another issuer's certificate of the same number.
    let other = Pki::new();
    let foreign = response(&[answer(&other, SERIAL, GOOD)], &pki.ica, &[]);
    unknown(check_ocsp(&pki, pki.leaf_spec(), &[foreign]), "other certificates");
}

#[test]
fn a_delegated_responder_needs_the_purpose_and_the_same_issuer() {
    let (pki, responder) = (Pki::new(), Key::new());
    let singles = [answer(&pki, SERIAL, GOOD)];
    let by = |certificate: &[u8]| {
        check_ocsp(&pki, pki.leaf_spec(), &[response(&singles, &responder, &[certificate])])
    };
    let spec = || Cert::new("responder", &responder);
    assert!(by(&spec().purposes(&[9]).sign("ica", &pki.ica)).is_ok());
    let refused = "not authorized";
    unknown(by(&spec().sign("ica", &pki.ica)), refused);
    unknown(by(&spec().purposes(&[1]).sign("ica", &pki.ica)), refused);
    unknown(by(&spec().purposes(&[9]).sign("root", &pki.root)), refused);
    unknown(by(&spec().purposes(&[9]).forge("ica")), refused);
    unknown(by(&spec().purposes(&[9]).sign("another name", &pki.ica)), refused);
    unknown(
        by(&spec().purposes(&[9]).valid(NOW - 9 * DAY, NOW - DAY).sign("ica", &pki.ica)),
        refused,
    );
    // anyExtendedKeyUsage does not delegate.
    let any = spec().ext(&ce(37), false, &seq(&[&oid(&[2, 5, 29, 37, 0])])).sign("ica", &pki.ica);
    unknown(by(&any), refused);
    // Nor does the leaf answer for itself.
    let own = response(&singles, &pki.leaf, &[&pki.leaf_cert()]);
    unknown(check_ocsp(&pki, pki.leaf_spec(), &[own]), refused);
}

#[test]
fn ocsp_responses_are_fresh() {
    let pki = Pki::new();
    let verdict = |this: i64, next: Option<i64>| {
        let singles = [single(&pki, SERIAL, GOOD, this, next)];
        check_ocsp(&pki, pki.leaf_spec(), &[response(&singles, &pki.ica, &[])])
    };
    assert!(verdict(NOW - DAY, None).is_ok());
    unknown(verdict(NOW + DAY, Some(NOW + 2 * DAY)), "it is good from");
    unknown(verdict(NOW - 2 * DAY, Some(NOW - DAY)), "it was good until");
    // Older than the policy's ten days, whatever it says itself.
    unknown(verdict(NOW - 11 * DAY, Some(NOW + DAY)), "it was good until");
    unknown(verdict(NOW - 11 * DAY, None), "it was good until");
}

#[test]
fn every_flipped_byte_of_an_ocsp_response_is_no_good_answer() {
    let pki = Pki::new();
    let good = response(&[answer(&pki, SERIAL, GOOD)], &pki.ica, &[]);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        assert!(check_ocsp(&pki, pki.leaf_spec(), &[bad]).is_err(), "byte {at}");
    }
}

#[test]
fn every_flipped_byte_of_a_crl_is_no_good_answer() {
    let pki = Pki::new();
    let good = Crl::new("ica", 5).revoke(1).sign(&pki.ica);
    let mut refused = 0;
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        let mut store = chancery_chain::CrlStore::new();
        if store.add(&bad).is_err() {
            refused += 1;
            continue;
        }
        assert!(check(&pki, &[], &[bad]).is_err(), "byte {at}");
    }
    assert!(refused < good.len(), "some parse");
}

#[test]
fn must_staple_without_a_staple_fails_rfc_7633() {
    let pki = Pki::new();
    let spec = || pki.leaf_spec().ext(&oid(&[1, 3, 6, 1, 5, 5, 7, 1, 24]), false, &seq(&[&int(5)]));
    // Soft fail does not soften it.
    let leaf = spec().dns(&["leaf.example"]).sign("ica", &pki.ica);
    let no =
        Setup::new(pki.root_cert()).verify(&leaf, &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::MustStaple);
    let good = response(&[answer(&pki, SERIAL, GOOD)], &pki.ica, &[]);
    assert!(check_ocsp(&pki, spec(), &[good]).is_ok());
    // Another certificate's staple, and a CRL instead of one, are none.
    let mut setup = Setup::new(pki.root_cert()).crl(&Crl::new("ica", 5).sign(&pki.ica));
    setup.ocsp = vec![response(&[answer(&pki, 1, GOOD)], &pki.ica, &[])];
    let no = setup.verify(&leaf, &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::MustStaple);
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.revocation.enforce_must_staple = false;
    assert!(setup.verify(&leaf, &[pki.ica_cert()], "leaf.example").is_ok());
}
