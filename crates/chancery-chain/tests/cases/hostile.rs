//! What a hostile peer may send: shared by the tests, which count what it costs, and the benchmark, which times it.

use chancery_chain::TrustAnchors;
use pki_types::CertificateDer;

use crate::make::{Cert, Key, Pki, dns, name};

/// A leaf for `leaf.example`, or for many others, with what comes with it.
pub(crate) struct Hostile {
    pub(crate) anchors: TrustAnchors,
    pub(crate) leaf: CertificateDer<'static>,
    pub(crate) intermediates: Vec<CertificateDer<'static>>,
}

impl Hostile {
    fn new(
        pki: &Pki,
        leaf: CertificateDer<'static>,
        intermediates: Vec<CertificateDer<'static>>,
    ) -> Self {
        let anchors = TrustAnchors::from_certificates(&[pki.root_cert()]).0;
        Self { anchors, leaf, intermediates }
    }
}

/// 1,000 CAs of the issuer's name, each with another key, none of which signed the leaf.
pub(crate) fn same_named_cas() -> Hostile {
    let pki = Pki::new();
    let twins = (0..1_000)
        .map(|n| Cert::ca("ica", &pki.leaf).serial(n + 1).with_bits(n).forge("root"))
        .collect();
    Hostile::new(&pki, pki.leaf_cert(), twins)
}

/// 1,000 CAs that sign each other, and no root.
pub(crate) fn ring_of_cas() -> Hostile {
    let pki = Pki::new();
    let ring = (0..1_000)
        .map(|n| Cert::ca("ica", &pki.ica).serial(n + 1).with_bits(n).forge("ica"))
        .collect();
    Hostile::new(&pki, pki.leaf_cert(), ring)
}

/// 5,000 intermediates, of which the last but 999 is the right one.
pub(crate) fn many_intermediates() -> Hostile {
    let pki = Pki::new();
    let mut many: Vec<_> = (0..4_999)
        .map(|n| Cert::ca(&format!("stranger {n}"), &pki.ica).serial(n + 1).forge("nobody"))
        .collect();
    many.insert(4_000, pki.ica_cert());
    Hostile::new(&pki, pki.leaf_cert(), many)
}

/// 100 CAs of the issuer's name, and 4,900 below the root whose names differ from what the 100 are issued under in
/// nothing that the hash of names sees.
pub(crate) fn colliding_names() -> Hostile {
    let pki = Pki::new();
    let cas = (0..100).map(|n| Cert::ca("ica", &pki.ica).with_bits(n).forge("i-c-a"));
    let other = |n: usize| format!("ica{}{}", "-".repeat(1 + n % 70), ".".repeat(n / 70));
    let others = (0..4_900).map(|n| Cert::ca(&other(n), &pki.ica).forge("root"));
    Hostile::new(&pki, pki.leaf_cert(), cas.chain(others).collect())
}

/// 300 CAs of the issuer's name, 32 KiB long and spelled differently each time.
pub(crate) fn long_names() -> Hostile {
    let pki = Pki::new();
    let long = |n: usize| name(&format!("{}{}", "x".repeat(1 << 15), " ".repeat(n)));
    let cas = (1..=300).map(|n| Cert::named(&long(n), &pki.leaf).is_ca(None).forge("root"));
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).sign_as(&long(0), &pki.ica);
    Hostile::new(&pki, leaf, cas.collect())
}

/// 100,000 names under 1,000 constraints of their form: a hundred million comparisons.
pub(crate) fn names_times_constraints() -> Hostile {
    let pki = Pki::new();
    let names: Vec<_> = (0..100_000).map(|n| dns(&format!("n{n}.example"))).collect();
    let excluded: Vec<_> = (0..1_000).map(|n| dns(&format!("x{n}.example"))).collect();
    let ica = pki.ica_spec().constraints(&[], &excluded).sign("root", &pki.root);
    Hostile::new(&pki, pki.leaf_spec().names(&names).sign("ica", &pki.ica), vec![ica])
}

/// 2,000 names under 2,000 constraints of their form.
pub(crate) fn names_of_a_form(name: impl Fn(&str) -> Vec<u8>) -> Hostile {
    let pki = Pki::new();
    let names: Vec<_> = (0..2_000).map(|n| name(&format!("a@x{n}.example"))).collect();
    let excluded: Vec<_> = (0..2_000).map(|n| name(&format!("a@xy{n}.example"))).collect();
    let ica = pki.ica_spec().constraints(&[], &excluded).sign("root", &pki.root);
    Hostile::new(&pki, pki.leaf_spec().names(&names).sign("ica", &pki.ica), vec![ica])
}

/// 100,000 wildcards of many labels, none of which is for the host.
pub(crate) fn names_times_labels() -> Hostile {
    let pki = Pki::new();
    let names: Vec<_> =
        (0..100_000).map(|n| dns(&format!("*.a.b.c.d.e.f.g.n{n}.example"))).collect();
    Hostile::new(&pki, pki.leaf_spec().names(&names).sign("ica", &pki.ica), vec![pki.ica_cert()])
}

/// Eight CAs, each of which maps each of 60 policies to each.
pub(crate) fn mappings_that_multiply() -> Hostile {
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
    Hostile::new(&pki, leaf, intermediates)
}

/// One CA with 50,000 mappings.
pub(crate) fn many_mappings() -> Hostile {
    let pki = Pki::new();
    let mappings: Vec<(u32, u32)> = (1..50_000).map(|n| (n, n)).collect();
    let ica = pki.ica_spec().policies(&[1]).mappings(&mappings).sign("root", &pki.root);
    let leaf = pki.leaf_spec().dns(&["leaf.example"]).policies(&[1]).sign("ica", &pki.ica);
    Hostile::new(&pki, leaf, vec![ica])
}
