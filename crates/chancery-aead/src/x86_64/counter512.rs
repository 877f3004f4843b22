//! The counter blocks of GCM (NIST SP 800-38D §7.1), 32 of them from one.
//!
//! The first block of a message is number 2, so that a group of 32 blocks runs from 2 to 33, from
//! 34 to 65 and so on. Within a group all but the low five bits of the counter stay the same, but
//! for the last two blocks, which have those of the next group:
//!
//! ```text
//! vector    0          1     ...   6              7
//! counter   2 3 4 5    6 7 8 9     26 27 28 29    30 31 | 32 33
//!           base + STEPS[0]  ...                  base + .. | next base + ..
//! ```
//!
//! One exclusive or thus makes four blocks, with the first round key already in it.

use core::arch::x86_64::*;

use chancery_crypto::NONCE_LEN;

use super::ghash512::{GROUP, reversal, reversal128};
use super::load::{load_array, nonce_block};

/// Where a message's keystream stands.
#[derive(Clone, Copy)]
pub(crate) struct Counter {
    /// The block of this group with zero low bits, four times, bytes reversed, so that the counter
    /// is the low word.
    reversed: __m512i,
    /// The same as AES takes it, with the first round key added.
    base: __m512i,
    /// The next group's base.
    next: __m512i,
}

/// What the low five bits of the counter add to each block of a group, and to J0.
static STEPS: [[u8; 64]; GROUP + 1] = {
    let mut steps = [[0; 64]; GROUP + 1];
    let mut i = 0;
    while i < 4 * GROUP {
        steps[i / 4][16 * (i % 4) + 15] = ((i + 2) % 32) as u8;
        steps[J0_STEP][16 * (i % 4) + 15] = 1;
        i += 1;
    }
    steps
};

/// The step from a base to J0, in every lane.
pub(crate) const J0_STEP: usize = GROUP;

/// What to add to the base of the first group for vector `i` of a message.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn step(i: usize) -> __m512i {
    let step = load_array(&STEPS[i]);
    if i == GROUP - 1 {
        // Blocks 32 and 33 have a bit that the low five do not reach.
        let high = _mm512_set_epi64(1 << 61, 0, 1 << 61, 0, 0, 0, 0, 0);
        return _mm512_xor_si512(step, high);
    }
    step
}

impl Counter {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(crate) fn new(nonce: &[u8; NONCE_LEN], first_key: __m512i) -> Self {
        let block = nonce_block(nonce);
        let reversed = _mm512_broadcast_i32x4(_mm_shuffle_epi8(block, reversal128()));
        let base = _mm512_xor_si512(_mm512_broadcast_i32x4(block), first_key);
        let mut counter = Self { reversed, base, next: base };
        counter.step(first_key);
        counter
    }

    /// J0, with the first round key added: what masks the tag.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn tag_block(&self) -> __m128i {
        _mm_xor_si128(_mm512_castsi512_si128(self.base), _mm_set_epi32(0x0100_0000, 0, 0, 0))
    }

    /// Computes the base of the group after this.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn step(&mut self, first_key: __m512i) {
        let group = _mm512_set_epi32(0, 0, 0, 32, 0, 0, 0, 32, 0, 0, 0, 32, 0, 0, 0, 32);
        self.reversed = _mm512_add_epi32(self.reversed, group);
        self.next = _mm512_xor_si512(_mm512_shuffle_epi8(self.reversed, reversal()), first_key);
    }

    /// Goes on to the next group.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn advance(&mut self, first_key: __m512i) {
        self.base = self.next;
        self.step(first_key);
    }

    /// The first `V` vectors from the start of this group, with the first round key added.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn blocks<const V: usize>(&self) -> [__m512i; V] {
        const { assert!(V <= GROUP + 1) };
        let mut blocks = [self.base; V];
        for (i, block) in blocks.iter_mut().enumerate() {
            if i == GROUP - 1 {
                *block = _mm512_mask_blend_epi64(0b1111_0000, self.base, self.next);
            } else if i >= GROUP {
                *block = self.next;
            }
            *block = _mm512_xor_si512(*block, load_array(&STEPS[i % GROUP]));
        }
        blocks
    }
}
