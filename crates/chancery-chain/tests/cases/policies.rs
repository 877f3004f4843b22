//! Certificate policies: RFC 5280 §6.1 with RFC 9618's graph.

use chancery_chain::{OwnedOid, Rule};
use chancery_x509::Oid;

use crate::make::{Cert, Key, Pki, Setup, policy};

fn owned(n: u32) -> OwnedOid {
    let der = policy(n);
    Oid::new(&der[2..]).unwrap().into()
}

/// The policies that the path is valid under, or the rule that it breaks.
fn check(
    ica: &[u32],
    leaf: &[u32],
    change: impl FnOnce(&mut Setup),
) -> Result<Vec<OwnedOid>, Rule> {
    let pki = Pki::new();
    let with = |spec: Cert, policies: &[u32]| {
        if policies.is_empty() { spec } else { spec.policies(policies) }
    };
    let ica = with(pki.ica_spec(), ica).sign("root", &pki.root);
    let leaf = with(pki.leaf_spec().dns(&["leaf.example"]), leaf).sign("ica", &pki.ica);
    let mut setup = Setup::new(pki.root_cert());
    change(&mut setup);
    let verdict = setup.verify(&leaf, &[ica], "leaf.example");
    verdict.map(|path| path.policies().to_vec()).map_err(|no| no.rule())
}

#[test]
fn without_inputs_policies_are_told_and_required_by_nobody() {
    assert_eq!(check(&[1, 2], &[2], |_| {}), Ok(vec![owned(2)]));
    assert_eq!(check(&[1], &[2], |_| {}), Ok(vec![]));
    assert_eq!(check(&[0], &[2], |_| {}), Ok(vec![owned(2)]));
    assert_eq!(check(&[], &[], |_| {}), Ok(vec![]));
}

#[test]
fn initial_explicit_policy() {
    let explicit = |setup: &mut Setup| setup.policy.certificate_policies.require_explicit = true;
    assert_eq!(check(&[1], &[1], explicit), Ok(vec![owned(1)]));
    assert_eq!(check(&[1], &[2], explicit), Err(Rule::NoValidPolicy));
    assert_eq!(check(&[], &[1], explicit), Err(Rule::NoValidPolicy));
}

#[test]
fn user_initial_policy_set() {
    let wants = |n: u32| {
        move |setup: &mut Setup| {
            setup.policy.certificate_policies.require_explicit = true;
            setup.policy.certificate_policies.acceptable = vec![owned(n)];
        }
    };
    assert_eq!(check(&[1, 2], &[1, 2], wants(2)), Ok(vec![owned(2)]));
    assert_eq!(check(&[1, 2], &[1, 2], wants(3)), Err(Rule::NoValidPolicy));
    assert_eq!(check(&[0], &[0], wants(3)), Ok(vec![owned(3)]));
}

#[test]
fn initial_any_policy_inhibit() {
    let inhibit = |setup: &mut Setup| {
        setup.policy.certificate_policies.require_explicit = true;
        setup.policy.certificate_policies.inhibit_any = true;
    };
    assert_eq!(check(&[0], &[1], inhibit), Err(Rule::NoValidPolicy));
    assert_eq!(check(&[1], &[1], inhibit), Ok(vec![owned(1)]));
}

#[test]
fn mappings_and_their_inhibition() {
    let pki = Pki::new();
    let verdict = |mappings: &[(u32, u32)], inhibit: bool| {
        let ica = pki.ica_spec().policies(&[1]).mappings(mappings).sign("root", &pki.root);
        let leaf = pki.leaf_spec().dns(&["leaf.example"]).policies(&[7]).sign("ica", &pki.ica);
        let mut setup = Setup::new(pki.root_cert());
        setup.policy.certificate_policies.require_explicit = true;
        setup.policy.certificate_policies.inhibit_mapping = inhibit;
        let verdict = setup.verify(&leaf, &[ica], "leaf.example");
        verdict.map(|path| path.policies().to_vec()).map_err(|no| no.rule())
    };
    assert_eq!(verdict(&[(1, 7)], false), Ok(vec![owned(1)]));
    assert_eq!(verdict(&[(1, 7)], true), Err(Rule::NoValidPolicy));
    assert_eq!(verdict(&[(1, 8)], false), Err(Rule::NoValidPolicy));
    // RFC 5280 §6.1.4 (a)
    assert_eq!(verdict(&[(0, 7)], false), Err(Rule::AnyPolicyMapped));
    assert_eq!(verdict(&[(1, 0)], false), Err(Rule::AnyPolicyMapped));
}

#[test]
fn require_explicit_policy_counts_down_and_skips_self_issued_certificates() {
    let (pki, sub) = (Pki::new(), Key::new());
    let leaf = || pki.leaf_spec().dns(&["leaf.example"]);
    // At once, and after one more certificate: the leaf is that one.
    for skip in [0, 1] {
        let ica = pki.ica_spec().require_policy(skip);
        let verdict = pki.verdict(ica, leaf(), "leaf.example");
        assert_eq!(verdict.err().map(|no| no.rule()), Some(Rule::NoValidPolicy), "{skip}");
    }
    assert!(pki.verdict(pki.ica_spec().require_policy(2), leaf(), "leaf.example").is_ok());
    // A self-issued certificate in between does not count.
    let ica = pki.ica_spec().require_policy(2).sign("root", &pki.root);
    let own = Cert::ca("ica", &sub).sign("ica", &pki.ica);
    let below = leaf().sign("ica", &sub);
    let verdict = Setup::new(pki.root_cert()).verify(&below, &[ica, own], "leaf.example");
    assert!(verdict.is_ok());
}
