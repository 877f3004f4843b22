//! Names and constraints, as history has broken them.

use chancery_chain::{Peer, ReferenceIdentity, Rule, Source};

use crate::make::{Cert, Key, Pki, Setup, directory, dns, email, name, rdns, seq, tlv, uri};

/// The verdict on a leaf with these names below a CA with these constraints.
fn check(
    permitted: &[Vec<u8>],
    excluded: &[Vec<u8>],
    names: &[Vec<u8>],
    host: &str,
) -> Result<(), Rule> {
    let pki = Pki::new();
    let ica = pki.ica_spec().constraints(permitted, excluded);
    let leaf = pki.leaf_spec().names(names);
    pki.verdict(ica, leaf, host).map(|_| ()).map_err(|no| no.rule())
}

pub(crate) fn check_peer(
    permitted: &[Vec<u8>],
    excluded: &[Vec<u8>],
    names: &[Vec<u8>],
    peer: Peer<'_>,
) -> Result<(), Rule> {
    let pki = Pki::new();
    let ica = pki.ica_spec().constraints(permitted, excluded).sign("root", &pki.root);
    let leaf = pki.leaf_spec().names(names).sign("ica", &pki.ica);
    let setup = Setup::new(pki.root_cert());
    setup.verify_peer(&leaf, &[ica], peer).map(|_| ()).map_err(|no| no.rule())
}

#[test]
fn go_cve_2025_61727_an_excluded_name_bars_the_wildcard_above_it() {
    let names = [dns("*.example.com")];
    let excluded = [dns("test.example.com")];
    assert_eq!(check(&[], &excluded, &names, "other.example.com"), Err(Rule::NameExcluded));
}

#[test]
fn rustsec_2026_0099_a_permitted_name_does_not_permit_the_wildcard_above_it() {
    let names = [dns("*.example.com")];
    let permitted = [dns("accept.example.com")];
    assert_eq!(check(&permitted, &[], &names, "accept.example.com"), Err(Rule::NameNotPermitted));
    assert_eq!(check(&[dns("example.com")], &[], &names, "accept.example.com"), Ok(()));
}

#[test]
fn pyca_cve_2026_34073_constraints_hold_for_the_requested_host_too() {
    // Two labels below: the wildcard itself is not excluded by a name deeper than it can match, its match is.
    let names = [dns("*.example.com")];
    let excluded = [dns("deep.host.example.com")];
    assert_eq!(check(&[], &excluded, &names, "host.example.com"), Ok(()));
    let excluded = [dns("host.example.com")];
    assert_eq!(check(&[], &excluded, &names, "host.example.com"), Err(Rule::NameExcluded));
}

#[test]
fn go_cve_2026_33810_case_does_not_matter() {
    let excluded = [dns("EXAMPLE.com")];
    assert_eq!(
        check(&[], &excluded, &[dns("*.Example.COM")], "a.example.com"),
        Err(Rule::NameExcluded)
    );
    assert_eq!(
        check(&[], &excluded, &[dns("a.eXample.com")], "a.example.com"),
        Err(Rule::NameExcluded)
    );
    assert_eq!(check(&[dns("eXample.com")], &[], &[dns("A.EXAMPLE.COM")], "a.example.com"), Ok(()));
}

#[test]
fn go_cve_2026_27137_two_email_constraints_with_one_local_part_both_count() {
    let excluded = [email("root@a.example"), email("root@b.example")];
    for mailbox in ["root@a.example", "root@b.example"] {
        let names = [dns("leaf.example"), email(mailbox)];
        assert_eq!(
            check(&[], &excluded, &names, "leaf.example"),
            Err(Rule::NameExcluded),
            "{mailbox}"
        );
    }
    let names = [dns("leaf.example"), email("root@c.example")];
    assert_eq!(check(&[], &excluded, &names, "leaf.example"), Ok(()));
}

#[test]
fn go_cve_2026_27138_an_empty_dns_name_is_an_error_and_no_panic() {
    let names = [dns("leaf.example"), dns("")];
    let permitted = [dns("example")];
    assert_eq!(
        check(&permitted, &[], &names, "leaf.example"),
        Err(Rule::NameConstraintUnprocessable)
    );
}

#[test]
fn go_cve_2024_45341_a_uri_with_a_zone_id_is_refused_under_a_uri_constraint() {
    let permitted = [uri(".example.com")];
    let verdict =
        |name: &str| check(&permitted, &[], &[dns("leaf.example"), uri(name)], "leaf.example");
    assert_eq!(
        verdict("https://[fe80::1%25.example.com]/"),
        Err(Rule::NameConstraintUnprocessable)
    );
    assert_eq!(verdict("https://[::1]/"), Err(Rule::NameConstraintUnprocessable));
    assert_eq!(verdict("https://a.example.com/"), Ok(()));
}

#[test]
fn rustsec_2026_0098_uri_constraints_are_never_ignored() {
    let names = [dns("leaf.example"), uri("https://evil.example.org/")];
    assert_eq!(
        check(&[uri("example.com")], &[], &names, "leaf.example"),
        Err(Rule::NameNotPermitted)
    );
    assert_eq!(
        check(&[], &[uri("evil.example.org")], &names, "leaf.example"),
        Err(Rule::NameExcluded)
    );
    assert_eq!(check(&[uri("evil.example.org")], &[], &names, "leaf.example"), Ok(()));
}

#[test]
fn gnutls_cve_2026_42011_nothing_permitted_in_common_is_not_everything_permitted() {
    // The upper CA permits one name, the lower another: together none.
    let (pki, sub) = (Pki::new(), Key::new());
    let upper = pki.ica_spec().constraints(&[dns("a.example")], &[]).sign("root", &pki.root);
    let lower = Cert::ca("sub", &sub).constraints(&[dns("b.example")], &[]).sign("ica", &pki.ica);
    for host in ["a.example", "b.example", "c.example"] {
        let leaf = pki.leaf_spec().dns(&[host]).sign("sub", &sub);
        let no = Setup::new(pki.root_cert())
            .verify(&leaf, &[upper.clone(), lower.clone()], host)
            .unwrap_err();
        assert_eq!(no.rule(), Rule::NameNotPermitted, "{host}");
    }
    // A parent without constraints and a child with some: the child's hold.
    let open = pki.ica_cert();
    let leaf = pki.leaf_spec().dns(&["c.example"]).sign("sub", &sub);
    let no = Setup::new(pki.root_cert()).verify(&leaf, &[open, lower], "c.example").unwrap_err();
    assert_eq!(no.rule(), Rule::NameNotPermitted);
}

#[test]
fn gnutls_cve_2026_42012_the_common_name_is_never_consulted() {
    let pki = Pki::new();
    let leaf = |names: Option<Vec<Vec<u8>>>| {
        let spec = Cert::new("leaf.example", &pki.leaf);
        match names {
            Some(names) => spec.names(&names),
            None => spec,
        }
    };
    let verdict =
        |names| pki.verdict(pki.ica_spec(), leaf(names), "leaf.example").unwrap_err().rule();
    assert_eq!(verdict(None), Rule::NoSubjectAltName);
    assert_eq!(verdict(Some(vec![uri("https://leaf.example/")])), Rule::WrongName);
    let srv = other_name(&[1, 3, 6, 1, 5, 5, 7, 8, 7], 0x16, b"_https.leaf.example");
    assert_eq!(verdict(Some(vec![srv])), Rule::WrongName);
    // RUSTSEC-2026-0044: a wildcard or UTF-8 in the common name changes nothing.
    let wild = Cert::new("*.example", &pki.leaf).dns(&["else.example"]);
    assert_eq!(
        pki.verdict(pki.ica_spec(), wild, "leaf.example").unwrap_err().rule(),
        Rule::WrongName
    );
}

pub(crate) fn other_name(arcs: &[u32], tag: u8, value: &[u8]) -> Vec<u8> {
    tlv(0xa0, &[&crate::make::oid(arcs), &tlv(0xa0, &[&tlv(tag, &[value])])])
}

#[test]
fn openssl_cve_2022_3602_punycode_in_email_constraints_is_not_decoded() {
    // A long A-label is compared as it is: nothing is decoded, so that nothing can overflow.
    let long = format!("xn--{}.example", "a".repeat(59));
    let constraint = [email(&long)];
    let names = [dns("leaf.example"), email(&format!("a@{long}"))];
    assert_eq!(check(&constraint, &[], &names, "leaf.example"), Ok(()));
    let too_long = [email(&format!("xn--{}.example", "a".repeat(600)))];
    assert_eq!(
        check(&too_long, &[], &names, "leaf.example"),
        Err(Rule::NameConstraintUnprocessable)
    );
    // RFC 9598: SmtpUTF8Mailbox falls under the same constraints.
    let utf8 = other_name(&[1, 3, 6, 1, 5, 5, 7, 8, 9], 0x0c, "\u{f8}@evil.example".as_bytes());
    let names = [dns("leaf.example"), utf8];
    assert_eq!(
        check(&[], &[email("evil.example")], &names, "leaf.example"),
        Err(Rule::NameExcluded)
    );
}

#[test]
fn openssl_cve_2022_4203_values_of_other_types_are_not_compared() {
    // CVE-2023-0286, CVE-2024-6119: forms that nothing here can read fail closed where both sides have them.
    let x400 = tlv(0xa3, &[&tlv(4, &[b"x"])]);
    let registered = tlv(0x88, &[&[0x2a, 3]]);
    let upn = other_name(&[1, 3, 6, 1, 4, 1, 311, 20, 2, 3], 0x0c, b"a@example.com");
    for odd in [x400, registered, upn] {
        let names = [dns("leaf.example"), odd.clone()];
        assert_eq!(
            check(&[], &[odd.clone()], &names, "leaf.example"),
            Err(Rule::NameConstraintUnprocessable)
        );
        assert_eq!(check(&[], &[odd], &[dns("leaf.example")], "leaf.example"), Ok(()));
    }
}

#[test]
fn wildcards_are_one_whole_label_and_no_address() {
    let pki = Pki::new();
    let verdict = |presented: &str, host: &str| {
        pki.verdict(pki.ica_spec(), pki.leaf_spec().dns(&[presented]), host)
            .map(|_| ())
            .map_err(|no| no.rule())
    };
    assert_eq!(verdict("*.example.com", "a.example.com"), Ok(()));
    assert_eq!(verdict("*.example.com", "a.example.com."), Ok(()));
    for (presented, host) in [
        ("*.example.com", "example.com"),
        ("*.example.com", "a.b.example.com"),
        ("a*.example.com", "ab.example.com"),
        ("a.*.com", "a.example.com"),
        ("*", "com"),
        ("a.example.com.", "a.example.com"),
    ] {
        assert_eq!(verdict(presented, host), Err(Rule::WrongName), "{presented} {host}");
    }
    let address = pki_types::IpAddr::try_from("192.0.2.1").unwrap();
    let reference = ReferenceIdentity::ip(address);
    let by_ip = |name: Vec<u8>| {
        check_peer(&[], &[email("unused.example")], &[name], Peer::Named(&reference))
    };
    assert_eq!(by_ip(dns("192.0.2.1")), Err(Rule::WrongName));
    assert_eq!(by_ip(dns("*.0.2.1")), Err(Rule::WrongName));
    assert_eq!(by_ip(tlv(0x87, &[&[192, 0, 2, 1]])), Ok(()));
}

#[test]
fn names_with_nul_comma_or_quote_match_nothing_cve_2009_2408() {
    let pki = Pki::new();
    for presented in ["leaf.example\0.evil.org", "leaf.example,DNS:evil.org", "\"leaf.example\""] {
        let no = pki
            .verdict(pki.ica_spec(), pki.leaf_spec().dns(&[presented]), "leaf.example")
            .unwrap_err();
        assert_eq!(no.rule(), Rule::WrongName);
        // CVE-2021-44532: what is shown cannot be read as another list of names.
        assert!(!no.to_string().contains('\0'), "{no}");
    }
}

#[test]
fn directory_name_constraints_hit_the_subject_across_string_types() {
    let pki = Pki::new();
    let o = |tag: u8, text: &[u8]| rdns(&[(&[2, 5, 4, 10], tag, text)]);
    let subject =
        |tag: u8, text: &[u8]| rdns(&[(&[2, 5, 4, 10], tag, text), (&[2, 5, 4, 3], 0x0c, b"leaf")]);
    let verdict = |permitted: &[Vec<u8>], excluded: &[Vec<u8>], subject: &[u8]| {
        let ica = pki.ica_spec().constraints(permitted, excluded);
        let leaf = Cert::named(subject, &pki.leaf).dns(&["leaf.example"]);
        pki.verdict(ica, leaf, "leaf.example").map(|_| ()).map_err(|no| no.rule())
    };
    // PrintableString in the constraint, UTF8String in the subject, other case and more spaces (RFC 5280 §7.1).
    let permitted = [directory(&o(0x13, b"Example Org"))];
    assert_eq!(verdict(&permitted, &[], &subject(0x0c, b"example  ORG")), Ok(()));
    assert_eq!(
        verdict(&permitted, &[], &subject(0x0c, b"Example Inc")),
        Err(Rule::NameNotPermitted)
    );
    assert_eq!(verdict(&[], &permitted, &subject(0x0c, b"EXAMPLE ORG")), Err(Rule::NameExcluded));
    assert_eq!(verdict(&permitted, &[], &name("leaf")), Err(Rule::NameNotPermitted));
}

#[test]
fn the_subjects_email_address_counts_without_a_subject_alt_name() {
    let pki = Pki::new();
    let subject = rdns(&[(&[1, 2, 840, 113549, 1, 9, 1], 0x16, b"a@evil.example")]);
    let ica = pki.ica_spec().constraints(&[], &[email("evil.example")]).sign("root", &pki.root);
    let leaf = Cert::named(&subject, &pki.leaf).sign("ica", &pki.ica);
    let no = Setup::new(pki.root_cert()).verify_peer(&leaf, &[ica], Peer::Anyone).unwrap_err();
    assert_eq!(no.rule(), Rule::NameExcluded);
}

#[test]
fn a_subtree_with_a_minimum_cannot_be_processed() {
    let pki = Pki::new();
    let subtree = seq(&[&dns("example"), &tlv(0x80, &[&[1]])]);
    let value = seq(&[&tlv(0xa0, &[&subtree])]);
    let ica = pki.ica_spec().ext(&crate::make::ce(30), true, &value);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]);
    assert!(pki.verdict(ica, leaf, "leaf.example").is_err());
}

/// RFC 5280 §6.1.3 (b), (c)
#[test]
fn constraints_hold_for_ca_certificates_below_but_self_issued_ones() {
    let (pki, lower) = (Pki::new(), Key::new());
    let verify = |constrained: Cert, below: Cert, issuer: &str| {
        let ica = constrained.sign("root", &pki.root);
        let below = below.sign("ica", &pki.ica);
        let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign(issuer, &lower);
        let verdict = Setup::new(pki.root_cert()).verify(&leaf, &[ica, below], "leaf.example");
        verdict.map(|_| ()).map_err(|no| (no.rule(), no.certificate()))
    };
    let excluded = pki.ica_spec().constraints(&[], &[directory(&name("lower"))]);
    let lower_ca = Err((Rule::NameExcluded, Source::Intermediate(1)));
    assert_eq!(verify(excluded.clone(), Cert::ca("lower", &lower), "lower"), lower_ca);
    assert_eq!(verify(excluded, Cert::ca("other", &lower), "other"), Ok(()));
    let permitted = pki.ica_spec().constraints(&[directory(&name("leaf"))], &[]);
    assert_eq!(verify(permitted.clone(), Cert::ca("ica", &lower), "ica"), Ok(()));
    let lower_ca = Err((Rule::NameNotPermitted, Source::Intermediate(1)));
    assert_eq!(verify(permitted, Cert::ca("lower", &lower), "lower"), lower_ca);
}
