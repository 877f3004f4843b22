//! What a hostile peer can make a verification cost. Each case ends within its budget; in a release build, in under 50 ms.

use core::time::Duration;
use std::time::Instant;

use chancery_chain::{Exhausted, Peer, Rejection, Rule, TrustAnchors, VerifiedPath};
use pki_types::CertificateDer;

use crate::make::{Cert, Key, Pki, Setup, directory, dns, email, name, policy};

fn timed(
    setup: Setup,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'static>],
) -> Result<VerifiedPath, Rejection> {
    let start = Instant::now();
    let verdict = setup.verify(leaf, intermediates, "leaf.example");
    let limit =
        if cfg!(debug_assertions) { Duration::from_secs(2) } else { Duration::from_millis(50) };
    let taken = start.elapsed();
    println!("{taken:?}");
    assert!(taken < limit, "{taken:?}");
    verdict
}

#[test]
fn rustsec_2023_0053_many_same_named_cas_cost_bounded_signatures() {
    // 1,000 CAs of the issuer's name, each with another key, none of which signed the leaf.
    let pki = Pki::new();
    let twins: Vec<_> = (0..1_000)
        .map(|n| Cert::ca("ica", &pki.leaf).serial(n + 1).with_bits(n).forge("root"))
        .collect();
    let no = timed(Setup::new(pki.root_cert()), &pki.leaf_cert(), &twins).unwrap_err();
    assert_eq!(no.rule(), Rule::BudgetExhausted);
    let (used, limits) = (no.report().usage(), no.report().limits());
    assert!(used.signatures <= limits.signatures && used.paths <= limits.paths, "{used:?}");
}

#[test]
fn go_cve_2018_16875_cas_that_sign_each_other_and_reach_no_root_cost_no_signature() {
    let pki = Pki::new();
    let ring: Vec<_> = (0..1_000)
        .map(|n| Cert::ca("ica", &pki.ica).serial(n + 1).with_bits(n).forge("ica"))
        .collect();
    let no = timed(Setup::new(pki.root_cert()), &pki.leaf_cert(), &ring).unwrap_err();
    assert_eq!(no.rule(), Rule::UntrustedRoot);
    assert_eq!(no.report().usage().signatures, 0);
}

#[test]
fn go_cve_2026_32280_five_thousand_intermediates_are_looked_through_in_time() {
    let pki = Pki::new();
    let mut many: Vec<_> = (0..5_000)
        .map(|n| Cert::ca(&format!("stranger {n}"), &pki.ica).serial(n + 1).forge("nobody"))
        .collect();
    many.insert(4_000, pki.ica_cert());
    let path = timed(Setup::new(pki.root_cert()), &pki.leaf_cert(), &many).unwrap();
    assert_eq!(path.report().usage().signatures, 2);
}

#[test]
fn go_cve_2025_58187_names_times_constraints_end_at_the_budget() {
    // 100,000 names under 1,000 constraints of their form would be a hundred million comparisons.
    let pki = Pki::new();
    let names: Vec<_> = (0..100_000).map(|n| dns(&format!("n{n}.example"))).collect();
    let excluded: Vec<_> = (0..1_000).map(|n| dns(&format!("x{n}.example"))).collect();
    let ica = pki.ica_spec().constraints(&[], &excluded).sign("root", &pki.root);
    let leaf = pki.leaf_spec().names(&names).sign("ica", &pki.ica);
    let no = timed(Setup::new(pki.root_cert()), &leaf, &[ica]).unwrap_err();
    assert_eq!(no.rule(), Rule::BudgetExhausted);
    assert!(no.finding().found().contains(&Exhausted::NameComparisons.to_string()));
}

#[test]
fn pyca_42_0_5_email_and_directory_names_are_counted_too() {
    let pki = Pki::new();
    for (one, many) in
        [(email as fn(&str) -> Vec<u8>, "a@x"), (|text: &str| directory(&name(text)), "x")]
    {
        let names: Vec<_> = (0..2_000).map(|n| one(&format!("{many}{n}.example"))).collect();
        let excluded: Vec<_> = (0..2_000).map(|n| one(&format!("{many}y{n}.example"))).collect();
        let ica = pki.ica_spec().constraints(&[], &excluded).sign("root", &pki.root);
        let leaf = pki.leaf_spec().names(&names).sign("ica", &pki.ica);
        let no = timed(Setup::new(pki.root_cert()), &leaf, &[ica]).unwrap_err();
        assert_eq!(no.rule(), Rule::BudgetExhausted);
    }
}

#[test]
fn go_cve_2026_27145_names_times_labels_of_the_host_are_linear() {
    let pki = Pki::new();
    let names: Vec<_> =
        (0..100_000).map(|n| dns(&format!("*.a.b.c.d.e.f.g.n{n}.example"))).collect();
    let leaf = pki.leaf_spec().names(&names).sign("ica", &pki.ica);
    let no = timed(Setup::new(pki.root_cert()), &leaf, &[pki.ica_cert()]).unwrap_err();
    assert_eq!(no.rule(), Rule::WrongName);
    // Go CVE-2025-61729: what is shown of a hundred thousand names is bounded.
    assert!(no.to_string().len() < 1_000, "{}", no.to_string().len());
}

#[test]
fn openssl_cve_2023_0464_policies_do_not_grow_exponentially() {
    let pki = Pki::new();
    let policies: Vec<u32> = (1..=60).collect();
    let all: Vec<(u32, u32)> =
        policies.iter().flat_map(|a| policies.iter().map(move |b| (*a, *b))).collect();
    let mut key = Key::new();
    let mut intermediates =
        vec![Cert::ca("ca 0", &key).policies(&policies).mappings(&all).sign("root", &pki.root)];
    for n in 1..8 {
        let next = Key::new();
        let spec = Cert::ca(&format!("ca {n}"), &next).policies(&policies).mappings(&all);
        intermediates.push(spec.sign(&format!("ca {}", n - 1), &key));
        key = next;
    }
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).policies(&policies).sign("ca 7", &key);
    let verdict = timed(Setup::new(pki.root_cert()), &leaf, &intermediates);
    // Whichever it is, it is soon: the edges alone are more than the budget has.
    let report = match &verdict {
        Ok(path) => path.report(),
        Err(no) => no.report(),
    };
    assert!(report.usage().policy_nodes <= report.limits().policy_nodes);
}

#[test]
fn go_cve_2026_32281_a_huge_mapping_list_ends_at_the_budget() {
    let pki = Pki::new();
    let mappings: Vec<(u32, u32)> = (1..50_000).map(|n| (n, n)).collect();
    let ica = pki.ica_spec().policies(&[1]).mappings(&mappings).sign("root", &pki.root);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).policies(&[1]).sign("ica", &pki.ica);
    let no = timed(Setup::new(pki.root_cert()), &leaf, &[ica]).unwrap_err();
    assert_eq!(no.rule(), Rule::BudgetExhausted);
    assert!(policy(1).len() > 2);
}

#[test]
fn ten_thousand_anchors_cost_the_steps_of_one() {
    let pki = Pki::new();
    let key = Key::new();
    let mut roots: Vec<_> =
        (0..10_000).map(|n| Cert::ca(&format!("root {n}"), &key).forge("nobody")).collect();
    roots.push(pki.root_cert());
    let (many, malformed) = TrustAnchors::from_certificates(&roots);
    assert_eq!(malformed, 0);
    let steps = |anchors: TrustAnchors| {
        let path = timed(Setup::anchored(anchors), &pki.leaf_cert(), &[pki.ica_cert()]).unwrap();
        path.report().usage()
    };
    let few = TrustAnchors::from_certificates(&[pki.root_cert()]).0;
    assert_eq!(steps(many), steps(few));
}

#[test]
fn budgets_are_settable() {
    let pki = Pki::new();
    let mut setup = Setup::new(pki.root_cert());
    setup.policy.budget.signatures = 1;
    let no = setup.verify_peer(&pki.leaf_cert(), &[pki.ica_cert()], Peer::Anyone).unwrap_err();
    assert_eq!(no.rule(), Rule::BudgetExhausted);
    assert_eq!(no.report().usage().signatures, 1);
}
