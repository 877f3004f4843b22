//! ChaCha20 (RFC 8439 §2.3) on 256-bit vectors, for few blocks: two a set of four vectors.
//!
//! ```text
//! vector a   words 0-3 of block 2i      words 0-3 of block 2i + 1
//! b, c, d    words 4-7, 8-11, 12-15
//! ```
//!
//! Few blocks take as long as the rounds of one, each of which waits for itself: nothing stands
//! between two rounds on the longest path, from b to b. Three sets are what 16 registers hold, and
//! keep four units busy.
//!
//! This is AVX2, and where it becomes part of a function for AVX-512, that.

use core::arch::x86_64::*;

use chancery_crypto::NONCE_LEN;

use super::load::load128;
use super::order::keep_order256;

/// "expand 32-byte k".
pub(crate) const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// The initial state, twice.
#[derive(Clone, Copy)]
pub(crate) struct ChaCha20Rows {
    a: __m256i,
    b: __m256i,
    c: __m256i,
    /// With counters 0 and 1.
    d: __m256i,
}

/// The rows of `S` sets between the rounds.
pub(crate) struct Sets<const S: usize> {
    a: [__m256i; S],
    b: [__m256i; S],
    c: [__m256i; S],
    d: [__m256i; S],
}

impl ChaCha20Rows {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn new(key: &[u8; 32], nonce: &[u8; NONCE_LEN]) -> Self {
        let word = |at: usize| {
            i32::from_le_bytes([nonce[at], nonce[at + 1], nonce[at + 2], nonce[at + 3]])
        };
        let twice = |row: __m128i| _mm256_broadcastsi128_si256(row);
        let (halves, _) = key.as_chunks();
        let [c0, c1, c2, c3] = CONSTANTS.map(u32::cast_signed);
        let nonce = twice(_mm_set_epi32(word(8), word(4), word(0), 0));
        Self {
            a: twice(_mm_set_epi32(c3, c2, c1, c0)),
            b: twice(load128(&halves[0])),
            c: twice(load128(&halves[1])),
            d: _mm256_or_si256(nonce, _mm256_set_epi32(0, 0, 0, 1, 0, 0, 0, 0)),
        }
    }

    /// The state of the `2 * S` blocks from `counter` on before the first round.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn start<const S: usize>(&self, counter: u32) -> Sets<S> {
        let mut sets = Sets { a: [self.a; S], b: [self.b; S], c: [self.c; S], d: [self.d; S] };
        for i in 0..S {
            sets.d[i] = self.counters(counter, i);
        }
        sets
    }

    /// Row d of set `i` from `counter` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn counters(&self, counter: u32, i: usize) -> __m256i {
        let first = (counter + 2 * i as u32).cast_signed();
        _mm256_add_epi32(self.d, _mm256_set_epi32(0, 0, 0, first, 0, 0, 0, first))
    }

    /// The keystream of set `i` from `counter` on, two blocks, from the state after the last round.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn finish<const S: usize>(
        &self,
        sets: &Sets<S>,
        counter: u32,
        i: usize,
    ) -> [[__m256i; 2]; 2] {
        let a = _mm256_add_epi32(sets.a[i], self.a);
        let b = _mm256_add_epi32(sets.b[i], self.b);
        let c = _mm256_add_epi32(sets.c[i], self.c);
        let d = _mm256_add_epi32(sets.d[i], self.counters(counter, i));
        [
            [_mm256_permute2x128_si256::<0x20>(a, b), _mm256_permute2x128_si256::<0x20>(c, d)],
            [_mm256_permute2x128_si256::<0x31>(a, b), _mm256_permute2x128_si256::<0x31>(c, d)],
        ]
    }
}

impl<const S: usize> Sets<S> {
    /// A column round and a diagonal round, and `other` work after each of the four halves.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn double_round(&mut self, mut other: impl FnMut(usize)) {
        let Self { a, b, c, d } = self;
        half_round::<S, 16, 12>(a, b, c, d);
        other(0);
        half_round::<S, 8, 7>(a, b, c, d);
        other(1);
        // Row b stays, since it is what the next round waits for.
        for i in 0..S {
            a[i] = _mm256_shuffle_epi32::<0b10_01_00_11>(a[i]);
            d[i] = _mm256_shuffle_epi32::<0b01_00_11_10>(d[i]);
            c[i] = _mm256_shuffle_epi32::<0b00_11_10_01>(c[i]);
        }
        half_round::<S, 16, 12>(a, b, c, d);
        other(2);
        half_round::<S, 8, 7>(a, b, c, d);
        other(3);
        for i in 0..S {
            a[i] = _mm256_shuffle_epi32::<0b00_11_10_01>(a[i]);
            d[i] = _mm256_shuffle_epi32::<0b01_00_11_10>(d[i]);
            c[i] = _mm256_shuffle_epi32::<0b10_01_00_11>(c[i]);
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn half_round<const S: usize, const D: i32, const B: i32>(
    a: &mut [__m256i; S],
    b: &mut [__m256i; S],
    c: &mut [__m256i; S],
    d: &mut [__m256i; S],
) {
    for i in 0..S {
        a[i] = _mm256_add_epi32(a[i], b[i]);
    }
    for i in 0..S {
        d[i] = _mm256_xor_si256(d[i], a[i]);
    }
    // Or else the compiler rotates both sides of the sum, to save a shuffle in another place.
    keep_order256(d);
    for d in d.iter_mut() {
        *d = rotate::<D>(*d);
    }
    for i in 0..S {
        c[i] = _mm256_add_epi32(c[i], d[i]);
    }
    for i in 0..S {
        b[i] = _mm256_xor_si256(b[i], c[i]);
    }
    for b in b.iter_mut() {
        *b = rotate::<B>(*b);
    }
}

/// Every word rotated to the left: one instruction on AVX2 if `BY` is a multiple of 8, on AVX-512
/// always.
#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const BY: i32>(words: __m256i) -> __m256i {
    let left = _mm256_sllv_epi32(words, _mm256_set1_epi32(BY));
    let right = _mm256_srlv_epi32(words, _mm256_set1_epi32(32 - BY));
    _mm256_or_si256(left, right)
}
