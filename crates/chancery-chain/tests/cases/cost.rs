//! What a hostile peer can make a verification cost: each case ends within its budget. Work is counted here, so that the
//! same holds on every machine; the benchmark `chain_cost` times the same cases.

use chancery_chain::{Exhausted, Peer, Rejection, Rule, TrustAnchors, Usage, VerifiedPath};

use crate::{
    hostile::{self, Hostile},
    make::{Cert, Key, Pki, Setup, directory, email, name},
};

/// The verdict, whose cost is within the limits.
fn verify(hostile: Hostile) -> Result<VerifiedPath, Rejection> {
    let Hostile { anchors, leaf, intermediates } = hostile;
    let verdict = Setup::anchored(anchors).verify(&leaf, &intermediates, "leaf.example");
    let report = match &verdict {
        Ok(path) => path.report(),
        Err(no) => no.report(),
    };
    let (used, limits) = (report.usage(), report.limits());
    assert!(used.signatures <= limits.signatures, "{used:?}");
    assert!(used.steps <= limits.steps, "{used:?}");
    assert!(used.paths <= limits.paths, "{used:?}");
    assert!(used.name_comparisons <= limits.name_comparisons, "{used:?}");
    assert!(used.policy_nodes <= limits.policy_nodes, "{used:?}");
    // Go CVE-2025-61729: what is shown of a hundred thousand names is bounded.
    if let Err(no) = &verdict {
        assert!(no.to_string().len() < 1_000, "{}", no.to_string().len());
    }
    verdict
}

/// It is refused because that budget was used up.
fn check_exhausts(hostile: Hostile, expected: Exhausted) {
    let no = verify(hostile).unwrap_err();
    assert_eq!(no.rule(), Rule::BudgetExhausted);
    assert!(no.finding().found().contains(&expected.to_string()), "{no}");
}

fn cost_of_refusing(hostile: Hostile, expected: Rule) -> Usage {
    let no = verify(hostile).unwrap_err();
    assert_eq!(no.rule(), expected);
    no.report().usage()
}

#[test]
fn rustsec_2023_0053_many_same_named_cas_cost_bounded_signatures() {
    check_exhausts(hostile::same_named_cas(), Exhausted::Signatures);
}

#[test]
fn go_cve_2018_16875_cas_that_sign_each_other_and_reach_no_root_cost_no_signature() {
    let cost = cost_of_refusing(hostile::ring_of_cas(), Rule::UntrustedRoot);
    assert_eq!(cost.signatures, 0);
    assert!(cost.steps < 5_000, "{cost:?}");
}

#[test]
fn go_cve_2026_32280_five_thousand_intermediates_cost_a_step_each() {
    let cost = verify(hostile::many_intermediates()).unwrap().report().usage();
    assert_eq!((cost.signatures, cost.paths), (2, 1));
    assert!(cost.steps < 5_100, "{cost:?}");
}

#[test]
fn names_that_collide_in_the_index_are_paid_for() {
    check_exhausts(hostile::colliding_names(), Exhausted::Steps);
}

#[test]
fn long_names_are_paid_for_by_their_length() {
    check_exhausts(hostile::long_names(), Exhausted::Steps);
}

#[test]
fn go_cve_2025_58187_names_times_constraints_end_at_the_budget() {
    check_exhausts(hostile::names_times_constraints(), Exhausted::NameComparisons);
}

#[test]
fn pyca_42_0_5_email_and_directory_names_are_counted_too() {
    check_exhausts(hostile::names_of_a_form(email), Exhausted::NameComparisons);
    let directory = hostile::names_of_a_form(|text| directory(&name(text)));
    check_exhausts(directory, Exhausted::NameComparisons);
}

#[test]
fn go_cve_2026_27145_names_times_labels_of_the_host_compare_nothing_twice() {
    let cost = cost_of_refusing(hostile::names_times_labels(), Rule::WrongName);
    assert_eq!(cost.name_comparisons, 0);
}

#[test]
fn openssl_cve_2023_0464_policies_do_not_grow_exponentially() {
    // The edges of the graph alone are more than the budget has.
    check_exhausts(hostile::mappings_that_multiply(), Exhausted::PolicyNodes);
}

#[test]
fn go_cve_2026_32281_a_huge_mapping_list_ends_at_the_budget() {
    check_exhausts(hostile::many_mappings(), Exhausted::PolicyNodes);
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
    let cost = |anchors: TrustAnchors| {
        let setup = Setup::anchored(anchors);
        setup.verify(&pki.leaf_cert(), &[pki.ica_cert()], "leaf.example").unwrap().report().usage()
    };
    let few = TrustAnchors::from_certificates(&[pki.root_cert()]).0;
    assert_eq!(cost(many), cost(few));
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
