//! GHASH (NIST SP 800-38D §6.4) on two blocks a vector: the arithmetic of
//! [`ghash512`](super::ghash512) with AVX2 and VPCLMULQDQ.
//!
//! A group's sixteen blocks meet sixteen consecutive powers of H, so that its vectors add up to one
//! block and one table serves groups and the rest alike.

use core::arch::x86_64::*;
use core::array;

use super::aes::{RoundKeys, encrypt_block};
use super::ghash512::reversal128;
use super::load::load256::{load_two, store_two};
use super::order::keep_order256;

/// The highest power of H that is kept: of 16 blocks of a message's rest, of the lengths, and in a
/// batch of the additional data in front.
const POWERS: usize = 18;

/// Vectors in a group.
pub(crate) const GROUP: usize = 8;

/// Powers of H, from the highest down to H^1, then zeros, so that four consecutive ones can be
/// loaded from each on.
#[repr(C, align(64))]
pub(crate) struct Powers {
    /// h0 and h0' of each.
    first: [__m128i; POWERS + 3],
    /// h1 and h1' of each.
    second: [__m128i; POWERS + 3],
    /// The part of a group's hash that depends on the key alone.
    key_only: __m128i,
}

impl Powers {
    /// From the hash key, E(K, 0^128).
    #[inline]
    #[target_feature(enable = "avx2,aes,pclmulqdq,vpclmulqdq,ssse3")]
    pub(crate) fn new<const KEYS: usize>(keys: &RoundKeys<KEYS>) -> Self {
        let hash_key = encrypt_block(keys, _mm_setzero_si128());
        let h1 = times_x(_mm_shuffle_epi8(hash_key, reversal128()));
        let h11 = _mm256_broadcastsi128_si256(h1);
        let h22 = multiply(h11, &Factor::new(h11));
        let h21 = _mm256_blend_epi32::<0b1111_0000>(h22, h11);
        let h43 = multiply(h21, &Factor::new(h22));
        let by_h4 = Factor::new(_mm256_permute2x128_si256::<0>(h43, h43));
        let [h65, h87] = [multiply(h21, &by_h4), multiply(h43, &by_h4)];
        let by_h8 = Factor::new(_mm256_permute2x128_si256::<0>(h87, h87));
        let mut pairs = [h21; POWERS / 2];
        [pairs[1], pairs[2], pairs[3]] = [h43, h65, h87];
        for i in 4..POWERS / 2 {
            pairs[i] = multiply(pairs[i - 4], &by_h8);
        }

        let mut powers = Self {
            first: [_mm_setzero_si128(); POWERS + 3],
            second: [_mm_setzero_si128(); POWERS + 3],
            key_only: _mm_setzero_si128(),
        };
        let mut key_only = Sum::zero();
        for (i, pair) in pairs.into_iter().enumerate() {
            let factor = Factor::new(pair);
            let at = POWERS - 2 * (i + 1);
            store_two(&mut powers.first, at, factor.first);
            store_two(&mut powers.second, at, factor.second);
            if i < GROUP {
                key_only.add_key_only(&factor);
            }
        }
        powers.key_only = key_only.reduce();
        powers
    }

    /// What vector `i` of the last `blocks` blocks to be hashed meets: the powers of H of its two
    /// blocks, zero behind the last.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn of(&self, i: usize, blocks: usize) -> Factor {
        let at = POWERS - blocks + 2 * i;
        Factor { first: load_two(&self.first, at), second: load_two(&self.second, at) }
    }
}

impl Powers {
    /// H^k twice.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn twice(&self, k: usize) -> Factor {
        Factor {
            first: _mm256_broadcastsi128_si256(self.first[POWERS - k]),
            second: _mm256_broadcastsi128_si256(self.second[POWERS - k]),
        }
    }
}

/// Two elements to multiply by.
#[derive(Clone, Copy)]
pub(crate) struct Factor {
    /// h0, h0'
    first: __m256i,
    /// h1, h1'
    second: __m256i,
}

impl Factor {
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    fn new(h: __m256i) -> Self {
        let folded = _mm256_clmulepi64_epi128::<0x00>(h, _mm256_set1_epi64x(POLYNOMIAL));
        let lower = _mm256_xor_si256(_mm256_shuffle_epi32::<0x4e>(h), folded);
        Self { first: _mm256_unpacklo_epi64(h, lower), second: _mm256_unpackhi_epi64(h, lower) }
    }
}

/// A sum of unreduced products, lane by lane.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    a: __m256i,
    b: __m256i,
}

impl Sum {
    /// Nothing yet.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn zero() -> Self {
        Self { a: _mm256_setzero_si256(), b: _mm256_setzero_si256() }
    }

    /// Adds `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn add(&mut self, blocks: __m256i, factor: &Factor) {
        let a = _mm256_xor_si256(
            _mm256_clmulepi64_epi128::<0x10>(blocks, factor.first),
            _mm256_clmulepi64_epi128::<0x01>(blocks, factor.first),
        );
        let b = _mm256_xor_si256(
            _mm256_clmulepi64_epi128::<0x10>(blocks, factor.second),
            _mm256_clmulepi64_epi128::<0x01>(blocks, factor.second),
        );
        self.a = _mm256_xor_si256(self.a, a);
        self.b = _mm256_xor_si256(self.b, b);
    }

    /// Adds what a [`PairSum`] lacks of a product by `factor`.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn add_key_only(&mut self, factor: &Factor) {
        self.a = _mm256_xor_si256(self.a, product_of_halves(factor.first));
        self.b = _mm256_xor_si256(self.b, product_of_halves(factor.second));
    }

    /// Adds to each lane what the two lanes of one of `sums` add up to.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn add_folded(&mut self, [p, q]: [Self; 2]) {
        self.a = _mm256_xor_si256(self.a, fold_two(p.a, q.a));
        self.b = _mm256_xor_si256(self.b, fold_two(p.b, q.b));
    }

    /// The sum of both lanes, reduced.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq")]
    pub(crate) fn reduce(self) -> __m128i {
        reduce(fold(self.a), fold(self.b))
    }

    /// Both lanes reduced, each by itself.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn reduce_lanes(self) -> __m256i {
        let folded = _mm256_clmulepi64_epi128::<0x00>(self.a, _mm256_set1_epi64x(POLYNOMIAL));
        let swapped = _mm256_shuffle_epi32::<0x4e>(self.a);
        _mm256_xor_si256(self.b, _mm256_xor_si256(swapped, folded))
    }
}

/// A sum of products as Winograd's, which lacks what depends on the key alone: h0·h0' and h1·h1' of
/// each factor.
#[derive(Clone, Copy)]
pub(crate) struct PairSum {
    /// (c0 + h0)·(c1 + h0')
    a: __m256i,
    /// (c0 + h1)·(c1 + h1')
    b: __m256i,
    /// c0·c1
    shared: __m256i,
}

impl PairSum {
    /// Nothing yet.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn zero() -> Self {
        let zero = _mm256_setzero_si256();
        Self { a: zero, b: zero, shared: zero }
    }

    /// Adds `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn add(&mut self, blocks: __m256i, Factor { first, second }: &Factor) {
        self.shared = _mm256_xor_si256(self.shared, product_of_halves(blocks));
        let a = product_of_halves(_mm256_xor_si256(blocks, *first));
        self.a = _mm256_xor_si256(self.a, a);
        let b = product_of_halves(_mm256_xor_si256(blocks, *second));
        self.b = _mm256_xor_si256(self.b, b);
    }

    /// As [`Self::add`], done where it stands and not gathered with others.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn add_in_order(&mut self, blocks: __m256i, factor: &Factor) {
        self.add(blocks, factor);
        keep_order256(array::from_mut(&mut self.a));
        keep_order256(array::from_mut(&mut self.b));
        keep_order256(array::from_mut(&mut self.shared));
    }

    /// The sum, still without what [`Sum::add_key_only`] adds.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn sum(self) -> Sum {
        Sum { a: _mm256_xor_si256(self.a, self.shared), b: _mm256_xor_si256(self.b, self.shared) }
    }

    /// The sum of a whole group, reduced.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq")]
    pub(crate) fn reduce_group(self, powers: &Powers) -> __m128i {
        _mm_xor_si128(self.sum().reduce(), powers.key_only)
    }
}

/// The low half of x^128 + x^127 + x^126 + x^121 + 1 reflected: X^-1 - X.
const POLYNOMIAL: i64 = 0xc200_0000_0000_0000_u64.cast_signed();

/// The lower half of each lane times the upper.
#[inline]
#[target_feature(enable = "avx2,vpclmulqdq")]
fn product_of_halves(v: __m256i) -> __m256i {
    _mm256_clmulepi64_epi128::<0x01>(v, v)
}

#[inline]
#[target_feature(enable = "avx2,pclmulqdq,vpclmulqdq")]
fn multiply(blocks: __m256i, by: &Factor) -> __m256i {
    let mut sum = Sum::zero();
    sum.add(blocks, by);
    sum.reduce_lanes()
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn reduce(a: __m128i, b: __m128i) -> __m128i {
    let folded = _mm_clmulepi64_si128::<0x00>(a, _mm_set1_epi64x(POLYNOMIAL));
    _mm_xor_si128(_mm_xor_si128(b, _mm_shuffle_epi32::<0x4e>(a)), folded)
}

#[inline]
#[target_feature(enable = "avx2")]
fn fold(v: __m256i) -> __m128i {
    _mm_xor_si128(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v))
}

/// Lane 0 is the sum of the lanes of `p`, lane 1 that of `q`'s.
#[inline]
#[target_feature(enable = "avx2")]
fn fold_two(p: __m256i, q: __m256i) -> __m256i {
    let low = _mm256_permute2x128_si256::<0x20>(p, q);
    _mm256_xor_si256(low, _mm256_permute2x128_si256::<0x31>(p, q))
}

/// h·x in the reflected field.
#[inline]
#[target_feature(enable = "sse2")]
fn times_x(h: __m128i) -> __m128i {
    let carry = _mm_srai_epi32::<31>(_mm_shuffle_epi32::<0xff>(h));
    let across = _mm_slli_si128::<8>(_mm_srli_epi64::<63>(h));
    let doubled = _mm_or_si128(_mm_slli_epi64::<1>(h), across);
    _mm_xor_si128(doubled, _mm_and_si128(carry, _mm_set_epi64x(POLYNOMIAL, 1)))
}

/// Reverses the bytes of each block, by `VPSHUFB`.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn reversal() -> __m256i {
    _mm256_broadcastsi128_si256(reversal128())
}
