//! Whatever the order, the duplication or the junk among the intermediates, the verdict is the same.

use chancery_chain::{Rule, TrustAnchors};
use pki_types::CertificateDer;
use proptest::prelude::*;

use crate::make::{Cert, DAY, Key, NOW, Pki, Setup};

/// A graph with two roots, cross-signs, an expired twin, a forged twin and a ring; and junk.
fn graph(pki: &Pki) -> (TrustAnchors, Vec<CertificateDer<'static>>, Vec<CertificateDer<'static>>) {
    let (other, ring) = (Key::new(), Key::new());
    let other_root = Cert::ca("other", &other).sign("other", &other);
    let needed = vec![
        pki.ica_spec().sign("mid", &ring),
        Cert::ca("mid", &ring).sign("other", &other),
        Cert::ca("mid", &ring).sign("ica", &pki.ica),
        pki.ica_spec().valid(NOW - 9 * DAY, NOW - DAY).sign("root", &pki.root),
        pki.ica_spec().forge("root"),
        Cert::new("ica", &pki.ica).sign("root", &pki.root),
    ];
    let junk = vec![
        CertificateDer::from(vec![]),
        CertificateDer::from(b"\x30\x82\xff\xff".to_vec()),
        Cert::ca("stranger", &Key::new()).forge("nobody"),
        Cert::ca("leaf", &Key::new()).forge("ica"),
        pki.leaf_cert(),
        pki.root_cert(),
    ];
    (TrustAnchors::from_certificates(&[pki.root_cert(), other_root]).0, needed, junk)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_verdict_depends_on_the_set_alone(
        order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle(),
        copies in prop::collection::vec(0..6usize, 0..6),
        junk in prop::collection::vec((0..6usize, 0..12usize), 0..8),
        left_out in prop::collection::btree_set(0..6usize, 0..4),
    ) {
        let pki = Pki::new();
        let (anchors, needed, strangers) = graph(&pki);
        let plain: Vec<_> = (0..6).filter(|n| !left_out.contains(n)).map(|n| needed[n].clone()).collect();
        let mut mixed: Vec<_> = order
            .iter()
            .chain(&copies)
            .filter(|n| !left_out.contains(n))
            .map(|n| needed[*n].clone())
            .collect();
        for (which, place) in junk {
            mixed.insert(place.min(mixed.len()), strangers[which].clone());
        }
        let leaf = pki.leaf_cert();
        let judge = |intermediates: &[CertificateDer<'static>]| {
            let verdict = Setup::anchored(anchors.clone()).verify(&leaf, intermediates, "leaf.example");
            match verdict {
                Ok(path) => (Ok(path.certificates().map(CertificateDer::into_owned).collect::<Vec<_>>()), path.anchor().map(|a| a.0)),
                Err(no) => (Err((no.rule(), no.subject().to_owned(), no.finding().clone())), None),
            }
        };
        prop_assert_eq!(judge(&plain), judge(&mixed));
    }
}

#[test]
fn the_graph_of_the_property_has_both_verdicts() {
    let pki = Pki::new();
    let (anchors, needed, _) = graph(&pki);
    let verify = |list: &[CertificateDer<'static>]| {
        Setup::anchored(anchors.clone()).verify(&pki.leaf_cert(), list, "leaf.example")
    };
    assert_eq!(verify(&needed).unwrap().certificates().count(), 3);
    assert_eq!(verify(&needed[2..]).unwrap_err().rule(), Rule::Expired);
}
