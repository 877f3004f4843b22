//! GHASH (NIST SP 800-38D §6.4) on four blocks a vector.
//!
//! A block is kept with its bytes reversed, so that the field element's coefficients run from the
//! high bit down; the key is multiplied by x once, so that products need no shift (Gueron,
//! Kounavis: "Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM
//! Mode", 2010).
//!
//! ```text
//! a·b   lo  = a0·b0
//!       hi  = a1·b1                          ×x^128
//!       mid = (a0+a1)·(b0+b1) - lo - hi      ×x^64       (Karatsuba)
//! ```
//!
//! Products are summed unreduced. On Zen 4 the multiplier shares its pipe with AES, so that the
//! three products of Karatsuba and two more additions beat the four of the school method.

use core::arch::x86_64::*;

use super::load::load_four;

/// The highest power of H that is kept: 40 blocks of a last group, four of additional data, one of
/// lengths.
pub(crate) const POWERS: usize = 45;

/// H^45 down to H^1, then zeros, so that four consecutive powers can be loaded from each.
#[derive(Clone)]
#[repr(C, align(64))]
pub(crate) struct Powers {
    /// The powers themselves.
    power: [__m128i; POWERS + 3],
    /// The sum of the two halves of each, in both halves.
    halves: [__m128i; POWERS + 3],
}

impl Powers {
    /// From the hash key, E(K, 0^128).
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,pclmulqdq,vpclmulqdq,ssse3")]
    pub(crate) fn new(hash_key: __m128i) -> Self {
        let h = times_x(_mm_shuffle_epi8(hash_key, reversal128()));
        let mut power = [_mm_setzero_si128(); POWERS + 3];
        // Each step multiplies all that is known by the highest power known.
        power[POWERS - 1] = h;
        let h2 = multiply128(h, h);
        power[POWERS - 2] = h2;
        let h34 = multiply256(_mm256_set_m128i(h, h2), _mm256_broadcastsi128_si256(h2));
        power[POWERS - 3] = _mm256_extracti128_si256::<1>(h34);
        power[POWERS - 4] = _mm256_castsi256_si128(h34);
        let mut known = 4;
        while known < POWERS {
            let factor = _mm512_broadcast_i32x4(power[POWERS - known]);
            let mut k = 4;
            while k <= known && known + k - 3 <= POWERS {
                let product = multiply512(load_four(&power, POWERS - k), factor);
                let four = [
                    _mm512_castsi512_si128(product),
                    _mm512_extracti32x4_epi32::<1>(product),
                    _mm512_extracti32x4_epi32::<2>(product),
                    _mm512_extracti32x4_epi32::<3>(product),
                ];
                for (i, value) in four.into_iter().enumerate() {
                    if known + k - i <= POWERS {
                        power[POWERS - (known + k - i)] = value;
                    }
                }
                k += 4;
            }
            known *= 2;
        }
        let mut halves = power;
        for value in &mut halves {
            *value = _mm_xor_si128(*value, _mm_shuffle_epi32::<0x4e>(*value));
        }
        Self { power, halves }
    }

    /// H^k, H^(k-1), H^(k-2), H^(k-3).
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn from(&self, k: usize) -> Factor {
        let at = POWERS - k;
        Factor { whole: load_four(&self.power, at), halves: load_four(&self.halves, at) }
    }

    /// H^k four times.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn four_times(&self, k: usize) -> Factor {
        let at = POWERS - k;
        Factor {
            whole: _mm512_broadcast_i32x4(self.power[at]),
            halves: _mm512_broadcast_i32x4(self.halves[at]),
        }
    }
}

/// Four elements to multiply by, and the sums of their halves.
#[derive(Clone, Copy)]
pub(crate) struct Factor {
    whole: __m512i,
    halves: __m512i,
}

/// A sum of unreduced products, lane by lane.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    lo: __m512i,
    mid: __m512i,
    hi: __m512i,
}

impl Sum {
    /// Nothing yet.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn zero() -> Self {
        let zero = _mm512_setzero_si512();
        Self { lo: zero, mid: zero, hi: zero }
    }

    /// `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn product(blocks: __m512i, factor: Factor) -> Self {
        let both = _mm512_xor_si512(blocks, _mm512_shuffle_epi32::<0x4e>(blocks));
        Self {
            lo: _mm512_clmulepi64_epi128::<0x00>(blocks, factor.whole),
            mid: _mm512_clmulepi64_epi128::<0x00>(both, factor.halves),
            hi: _mm512_clmulepi64_epi128::<0x11>(blocks, factor.whole),
        }
    }

    /// Adds `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add(&mut self, blocks: __m512i, factor: Factor) {
        let product = Self::product(blocks, factor);
        self.lo = _mm512_xor_si512(self.lo, product.lo);
        self.mid = _mm512_xor_si512(self.mid, product.mid);
        self.hi = _mm512_xor_si512(self.hi, product.hi);
    }

    /// The four lanes reduced, each by itself.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn reduce(self) -> __m512i {
        // Karatsuba's correction.
        let mid = _mm512_ternarylogic_epi64::<0x96>(self.mid, self.lo, self.hi);
        // Twice 64 bits off the low end: x^128 + x^127 + x^126 + x^121 + 1, reflected.
        let polynomial = _mm512_set1_epi64(POLYNOMIAL);
        let folded = _mm512_clmulepi64_epi128::<0x00>(self.lo, polynomial);
        let mid =
            _mm512_ternarylogic_epi64::<0x96>(mid, _mm512_shuffle_epi32::<0x4e>(self.lo), folded);
        let folded = _mm512_clmulepi64_epi128::<0x00>(mid, polynomial);
        _mm512_ternarylogic_epi64::<0x96>(self.hi, _mm512_shuffle_epi32::<0x4e>(mid), folded)
    }

    /// The sum of the four lanes, reduced.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,pclmulqdq,vpclmulqdq")]
    pub(crate) fn reduce_all(self) -> __m128i {
        let [lo, mid, hi] = [fold(self.lo), fold(self.mid), fold(self.hi)];
        let mid = _mm_ternarylogic_epi64::<0x96>(mid, lo, hi);
        let polynomial = _mm_set1_epi64x(POLYNOMIAL);
        let folded = _mm_clmulepi64_si128::<0x00>(lo, polynomial);
        let mid = _mm_ternarylogic_epi64::<0x96>(mid, _mm_shuffle_epi32::<0x4e>(lo), folded);
        let folded = _mm_clmulepi64_si128::<0x00>(mid, polynomial);
        _mm_ternarylogic_epi64::<0x96>(hi, _mm_shuffle_epi32::<0x4e>(mid), folded)
    }
}

/// The low half of x^127 + x^126 + x^121 + 1 shifted as the reflected reduction needs it.
const POLYNOMIAL: i64 = 0xc200_0000_0000_0000_u64.cast_signed();

/// Reverses the bytes of each block.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn reversal() -> __m512i {
    _mm512_broadcast_i32x4(reversal128())
}

/// Reverses the bytes of a block.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn reversal128() -> __m128i {
    _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn fold(v: __m512i) -> __m128i {
    let pair = _mm256_xor_si256(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    _mm_xor_si128(_mm256_castsi256_si128(pair), _mm256_extracti128_si256::<1>(pair))
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

#[inline]
#[target_feature(enable = "avx512f,avx512vl,pclmulqdq,vpclmulqdq")]
fn multiply512(a: __m512i, b: __m512i) -> __m512i {
    let halves = _mm512_xor_si512(b, _mm512_shuffle_epi32::<0x4e>(b));
    Sum::product(a, Factor { whole: b, halves }).reduce()
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl,pclmulqdq,vpclmulqdq")]
fn multiply256(a: __m256i, b: __m256i) -> __m256i {
    _mm512_castsi512_si256(multiply512(_mm512_castsi256_si512(a), _mm512_castsi256_si512(b)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl,pclmulqdq,vpclmulqdq")]
fn multiply128(a: __m128i, b: __m128i) -> __m128i {
    _mm512_castsi512_si128(multiply512(_mm512_castsi128_si512(a), _mm512_castsi128_si512(b)))
}
