//! Certificate paths: the collected inputs, with bytes changed, left out and repeated.

use chancery_tests::{chain, corpus};
use proptest::{collection::vec, prelude::any, prop_assert, proptest, test_runner::Config};

#[test]
fn paths() {
    corpus::replay("chain_verify", chain::verify);
}

proptest! {
    #![proptest_config(Config { cases: 64, ..Config::default() })]

    #[test]
    fn damaged_paths(changes in vec((any::<u16>(), any::<u8>()), 1..4), cut in any::<u16>()) {
        let good = include_bytes!("../../fuzz/corpus/chain_verify/good");
        let mut bytes = good.to_vec();
        for (at, value) in changes {
            let at = usize::from(at) % good.len();
            bytes[at] = value;
        }
        bytes.truncate(usize::from(cut) % (2 * good.len()));
        chain::verify(&bytes);
        prop_assert!(bytes.len() <= good.len());
    }

    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..200)) {
        chain::verify(&bytes);
    }
}
