//! ChaCha20 (RFC 8439 §2.3) on 256-bit vectors, for few blocks: two a set of four vectors.
//!
//! ```text
//! vector a   words 0-3 of block 2i      words 0-3 of block 2i + 1
//! b, c, d    words 4-7, 8-11, 12-15
//! ```
//!
//! Few blocks take as long as the rounds of one, each of which waits for itself: nothing stands
//! between two rounds on the longest path, from b to b.

use core::arch::x86_64::*;

use chancery_crypto::NONCE_LEN;

/// "expand 32-byte k".
pub(crate) const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// The two halves of a key, little-endian.
pub(crate) type KeyHalves = [u128; 2];

/// The initial state but for the counter, twice.
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
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    pub(crate) fn new(key: &KeyHalves, nonce: &[u8; NONCE_LEN]) -> Self {
        let word = |at: usize| {
            i32::from_le_bytes([nonce[at], nonce[at + 1], nonce[at + 2], nonce[at + 3]])
        };
        let twice = |row: __m128i| _mm256_broadcastsi128_si256(row);
        let half = |half: u128| twice(_mm_set_epi64x((half >> 64) as i64, half as i64));
        let [c0, c1, c2, c3] = CONSTANTS.map(u32::cast_signed);
        let nonce = twice(_mm_set_epi32(word(8), word(4), word(0), 0));
        Self {
            a: twice(_mm_set_epi32(c3, c2, c1, c0)),
            b: half(key[0]),
            c: half(key[1]),
            d: _mm256_or_si256(nonce, _mm256_set_epi32(0, 0, 0, 1, 0, 0, 0, 0)),
        }
    }

    /// The state of the first `2 * S` blocks before the first round.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    pub(crate) fn start<const S: usize>(&self) -> Sets<S> {
        let mut sets = Sets { a: [self.a; S], b: [self.b; S], c: [self.c; S], d: [self.d; S] };
        for i in 0..S {
            sets.d[i] = self.counters(i);
        }
        sets
    }

    /// Row d of set `i`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    fn counters(&self, i: usize) -> __m256i {
        let first = 2 * i as i32;
        _mm256_add_epi32(self.d, _mm256_set_epi32(0, 0, 0, first, 0, 0, 0, first))
    }

    /// The keystream of set `i`, 128 bytes, from the state after the last round.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    pub(crate) fn finish<const S: usize>(&self, sets: &Sets<S>, i: usize) -> [__m256i; 4] {
        let a = _mm256_add_epi32(sets.a[i], self.a);
        let b = _mm256_add_epi32(sets.b[i], self.b);
        let c = _mm256_add_epi32(sets.c[i], self.c);
        let d = _mm256_add_epi32(sets.d[i], self.counters(i));
        [
            _mm256_permute2x128_si256::<0x20>(a, b),
            _mm256_permute2x128_si256::<0x20>(c, d),
            _mm256_permute2x128_si256::<0x31>(a, b),
            _mm256_permute2x128_si256::<0x31>(c, d),
        ]
    }
}

impl<const S: usize> Sets<S> {
    /// A column round and a diagonal round.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    pub(crate) fn double_round(&mut self) {
        let Self { a, b, c, d } = self;
        half_round::<S, 16, 12>(a, b, c, d);
        half_round::<S, 8, 7>(a, b, c, d);
        // Row b stays, since it is what the next round waits for.
        for i in 0..S {
            a[i] = _mm256_shuffle_epi32::<0b10_01_00_11>(a[i]);
            d[i] = _mm256_shuffle_epi32::<0b01_00_11_10>(d[i]);
            c[i] = _mm256_shuffle_epi32::<0b00_11_10_01>(c[i]);
        }
        half_round::<S, 16, 12>(a, b, c, d);
        half_round::<S, 8, 7>(a, b, c, d);
        for i in 0..S {
            a[i] = _mm256_shuffle_epi32::<0b00_11_10_01>(a[i]);
            d[i] = _mm256_shuffle_epi32::<0b01_00_11_10>(d[i]);
            c[i] = _mm256_shuffle_epi32::<0b10_01_00_11>(c[i]);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
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
    for d in d.iter_mut() {
        *d = _mm256_rol_epi32::<D>(*d);
    }
    for i in 0..S {
        c[i] = _mm256_add_epi32(c[i], d[i]);
    }
    for i in 0..S {
        b[i] = _mm256_xor_si256(b[i], c[i]);
    }
    for b in b.iter_mut() {
        *b = _mm256_rol_epi32::<B>(*b);
    }
}
