//! Certificate Transparency: timestamps made here as a log makes them.

use std::sync::Arc;

use chancery_chain::{
    Anchor, AnchorConstraints, Log, LogList, LogState, Peer, Policy, Presented, Purpose, Rule,
    TransparencyPolicy, Validator,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

use crate::make::{Cert, DAY, Key, NOW, Pki, at, oid, tlv};

const SCT_LIST: &[u32] = &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];

fn vector(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// RFC 6962 §3.2, over an entry with its type in front.
fn timestamp(log: &Key, time: i64, entry: &[u8]) -> Vec<u8> {
    let time = (u64::try_from(time).unwrap() * 1000).to_be_bytes();
    let signature = log.sign(&[&[0, 0], &time[..], entry, &[0, 0]].concat());
    let id = Sha256::digest(log.spki());
    [&[0], &id[..], &time, &[0, 0, 4, 3], &vector(&signature)].concat()
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

fn list(timestamps: &[Vec<u8>]) -> Vec<u8> {
    vector(&timestamps.iter().flat_map(|one| vector(one)).collect::<Vec<_>>())
}

/// A leaf with timestamps of these logs inside, at these times.
fn embed(pki: &Pki, spec: &Cert, logs: &[(&Key, i64)]) -> CertificateDer<'static> {
    let bare = spec.clone().sign("ica", &pki.ica);
    let tbs = chancery_x509::Certificate::parse(&bare).unwrap().tbs_der().to_vec();
    let entry = [&[0, 1], &Sha256::digest(pki.ica.spki())[..], &with_length(&tbs)].concat();
    let timestamps: Vec<_> = logs.iter().map(|(log, time)| timestamp(log, *time, &entry)).collect();
    let value = tlv(4, &[&list(&timestamps)]);
    spec.clone().ext(&oid(SCT_LIST), false, &value).sign("ica", &pki.ica)
}

struct Logs {
    keys: Vec<Key>,
    states: Vec<(&'static str, LogState)>,
    published: i64,
}

impl Logs {
    fn new() -> Self {
        let states =
            vec![("one", LogState::Usable), ("two", LogState::Usable), ("one", LogState::Usable)];
        Self { keys: (0..3).map(|_| Key::new()).collect(), states, published: NOW - DAY }
    }

    fn policy(&self) -> Policy {
        let logs = self.keys.iter().zip(&self.states);
        let logs =
            logs.map(|(key, (operator, state))| Log::new(key.spki(), operator, *state).unwrap());
        let list = LogList::new(logs.collect(), at(self.published));
        let mut policy = Policy::new();
        policy.transparency = Some(TransparencyPolicy::new(Arc::new(list)));
        policy
    }

    fn check(&self, pki: &Pki, leaf: &CertificateDer<'_>, tls: &[u8]) -> Result<(), Rule> {
        self.check_anchored(pki, leaf, tls, AnchorConstraints::new())
    }

    fn check_anchored(
        &self,
        pki: &Pki,
        leaf: &CertificateDer<'_>,
        tls: &[u8],
        constraints: AnchorConstraints,
    ) -> Result<(), Rule> {
        let anchor = Anchor::from_certificate(&pki.root_cert(), constraints).unwrap();
        let anchors: chancery_chain::TrustAnchors = [anchor].into_iter().collect();
        let validator =
            Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS).with_policy(self.policy());
        let intermediates = [pki.ica_cert()];
        let mut presented = Presented::new(leaf, &intermediates);
        presented.timestamps = tls;
        let verdict = validator.verify(&presented, Purpose::ServerAuth, Peer::Anyone, at(NOW));
        verdict.map(|_| ()).map_err(|no| no.rule())
    }
}

const MISSING: Result<(), Rule> = Err(Rule::CertificateTransparency);

#[test]
fn embedded_timestamps_count_by_log_operator_and_lifetime() {
    let (pki, logs) = (Pki::new(), Logs::new());
    let [one, two, three] = &logs.keys[..] else { unreachable!() };
    let spec = pki.leaf_spec().dns(&["leaf.example"]);
    let check =
        |spec: &Cert, chosen: &[(&Key, i64)]| logs.check(&pki, &embed(&pki, spec, chosen), &[]);
    let then = NOW - 30 * DAY;
    assert_eq!(check(&spec, &[(one, then), (two, then)]), Ok(()));
    assert_eq!(check(&spec, &[(one, then)]), MISSING);
    assert_eq!(check(&spec, &[(one, then), (one, then)]), MISSING, "one log twice");
    assert_eq!(check(&spec, &[(one, then), (three, then)]), MISSING, "one operator");
    assert_eq!(check(&spec, &[(one, then), (two, NOW + DAY)]), MISSING, "of the future");
    assert_eq!(check(&spec, &[(one, then), (&Key::new(), then)]), MISSING, "not in the list");
    let long = spec.valid(NOW - 30 * DAY, NOW + 200 * DAY);
    assert_eq!(check(&long, &[(one, then), (two, then)]), MISSING, "a long life needs three");
    assert_eq!(check(&long, &[(one, then), (two, then), (three, then)]), Ok(()));
    assert_eq!(logs.check(&pki, &pki.leaf_cert(), &[]), MISSING, "none at all");
}

#[test]
fn a_timestamp_of_another_certificate_does_not_count() {
    let (pki, logs) = (Pki::new(), Logs::new());
    let then = NOW - DAY;
    let chosen = [(&logs.keys[0], then), (&logs.keys[1], then)];
    let first = embed(&pki, &pki.leaf_spec().dns(&["leaf.example"]), &chosen);
    let parsed = chancery_x509::Certificate::parse(&first).unwrap();
    let stolen = parsed.extensions().find(chancery_x509::Oid::SCT_LIST).unwrap().value().to_vec();
    let other = pki.leaf_spec().dns(&["evil.example"]).ext(&oid(SCT_LIST), false, &stolen);
    assert_eq!(logs.check(&pki, &other.sign("ica", &pki.ica), &[]), MISSING);
}

#[test]
fn timestamps_come_by_tls_too() {
    let (pki, logs) = (Pki::new(), Logs::new());
    let leaf = pki.leaf_cert();
    let entry = [&[0, 0], &with_length(&leaf)[..]].concat();
    let all: Vec<_> = logs.keys[..2].iter().map(|log| timestamp(log, NOW - DAY, &entry)).collect();
    assert_eq!(logs.check(&pki, &leaf, &list(&all)), Ok(()));
    assert_eq!(logs.check(&pki, &leaf, &list(&all[..1])), MISSING);
    assert_eq!(logs.check(&pki, &leaf, b"junk"), MISSING);
}

#[test]
fn states_of_logs_and_the_age_of_the_list() {
    let (pki, mut logs) = (Pki::new(), Logs::new());
    let then = NOW - 10 * DAY;
    let spec = pki.leaf_spec().dns(&["leaf.example"]);
    let leaf = embed(&pki, &spec, &[(&logs.keys[0], then), (&logs.keys[1], then)]);
    for (state, expected) in [
        (LogState::ReadOnly, Ok(())),
        (LogState::Retired(at(then + 1)), Ok(())),
        (LogState::Retired(at(then)), MISSING),
        (LogState::Rejected, MISSING),
    ] {
        logs.states[1].1 = state;
        assert_eq!(logs.check(&pki, &leaf, &[]), expected, "{state:?}");
    }
    // All retired: nobody alive has seen it.
    logs.states[0].1 = LogState::Retired(at(NOW));
    logs.states[1].1 = LogState::Retired(at(NOW));
    assert_eq!(logs.check(&pki, &leaf, &[]), MISSING);
    logs.published = NOW - 71 * DAY;
    assert_eq!(logs.check(&pki, &leaf, &[]), Ok(()), "the list is too old to require anything");
}

#[test]
fn an_anchor_can_be_distrusted_by_the_earliest_timestamp() {
    let (pki, logs) = (Pki::new(), Logs::new());
    let then = NOW - 10 * DAY;
    let spec = pki.leaf_spec().dns(&["leaf.example"]);
    let leaf = embed(&pki, &spec, &[(&logs.keys[0], then), (&logs.keys[1], then)]);
    for (limit, expected) in [(then, Ok(())), (then - 1, Err(Rule::AnchorDistrusted))] {
        let mut constraints = AnchorConstraints::new();
        constraints.distrust_after_timestamp = Some(at(limit));
        assert_eq!(logs.check_anchored(&pki, &leaf, &[], constraints), expected);
    }
    // Without a list of logs no timestamp can be checked: that is no way around it.
    let mut constraints = AnchorConstraints::new();
    constraints.distrust_after_timestamp = Some(at(NOW));
    let anchor = Anchor::from_certificate(&pki.root_cert(), constraints).unwrap();
    let setup = crate::make::Setup::anchored([anchor].into_iter().collect());
    let no = setup.verify(&leaf, &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.rule(), Rule::AnchorDistrusted);
}
