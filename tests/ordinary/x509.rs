//! Certificates and their kin: the collected inputs, arbitrary ones, and the collected ones with bytes changed.

#![allow(clippy::unwrap_used, clippy::type_complexity, reason = "a failed unwrap is a failed test")]

use std::{fs, path::Path};

use chancery_tests::{corpus, x509};
use proptest::{collection::vec, prelude::any, proptest, sample::Index};

const TARGETS: [(&str, fn(&[u8])); 7] = [
    ("x509_certificate", x509::certificate),
    ("x509_crl", x509::crl),
    ("x509_ocsp", x509::ocsp),
    ("x509_csr", x509::csr),
    ("x509_pkcs8", x509::pkcs8),
    ("x509_pem", x509::pem),
    ("x509_general_name", x509::general_name),
];

#[test]
fn collected() {
    for (target, property) in TARGETS {
        corpus::replay(target, property);
    }
}

/// Every input with each byte in turn cut off behind.
#[test]
fn collected_and_truncated() {
    for (target, property) in TARGETS {
        for seed in seeds(target) {
            for length in (0..seed.len()).step_by(seed.len().div_ceil(600).max(1)) {
                property(&seed[..length]);
            }
        }
    }
}

/// Every input with one bit flipped in each of its bytes.
#[test]
fn collected_with_a_bit_flipped() {
    for (target, property) in TARGETS {
        for mut seed in seeds(target) {
            for at in (0..seed.len()).step_by(seed.len().div_ceil(1_000).max(1)) {
                for bit in [0, 3, 5, 7] {
                    seed[at] ^= 1 << bit;
                    property(&seed);
                    seed[at] ^= 1 << bit;
                }
            }
        }
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Bytes that are often tags and short lengths.
fn der_like() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::prelude::Just;
    use proptest::prop_oneof;
    let byte = prop_oneof![
        Just(0x30u8),
        Just(0x31),
        Just(0x02),
        Just(0x03),
        Just(0x04),
        Just(0x06),
        Just(0x0c),
        Just(0x17),
        Just(0xa0),
        Just(0xa3),
        Just(0x80),
        Just(0x81),
        Just(0x82),
        0u8..40,
        any::<u8>()
    ];
    vec(byte, 0..200)
}

proptest! {
    #[test]
    fn arbitrary(bytes in der_like()) {
        for (_, property) in TARGETS {
            property(&bytes);
        }
    }

    #[test]
    fn arbitrary_changes(changes in vec((any::<Index>(), any::<u8>()), 1..6), target in any::<Index>(), which in any::<Index>()) {
        let (target, property) = TARGETS[target.index(TARGETS.len())];
        let mut seeds = seeds(target);
        let mut seed = seeds.swap_remove(which.index(seeds.len()));
        for (at, byte) in changes {
            let at = at.index(seed.len());
            seed[at] = byte;
        }
        property(&seed);
    }
}
