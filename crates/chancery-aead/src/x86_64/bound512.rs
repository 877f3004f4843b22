//! What the processor's units could do at best: the AES rounds and the multiplications that a
//! message of AES-GCM cannot do without, and nothing else.

use core::arch::x86_64::*;

use super::order::keep_order;
use crate::cpu::Vaes512;

/// Does `rounds` AES rounds and `products` carry-less multiplications for each of `vectors` / 8
/// groups of 8 vectors.
pub(crate) fn work(_proof: Vaes512, vectors: usize, rounds: usize, products: usize) {
    // SAFETY: the token proves that the CPU has all features of `groups`.
    unsafe { groups(vectors / 8, rounds, products) }
}

#[target_feature(enable = "avx512f,vaes,vpclmulqdq")]
fn groups(groups: usize, rounds: usize, products: usize) {
    let one = _mm512_set1_epi64(1);
    let mut states = [one; 8];
    let mut factors = [one; 8];
    for _ in 0..groups {
        let mut due = 0;
        for _ in 0..rounds {
            for state in &mut states {
                *state = _mm512_aesenc_epi128(*state, one);
            }
            keep_order(&mut states);
            due += products;
            while due >= rounds {
                due -= rounds;
                for factor in &mut factors {
                    *factor = _mm512_clmulepi64_epi128::<0>(*factor, one);
                }
                keep_order(&mut factors);
            }
        }
    }
}
