//! GHASH (NIST SP 800-38D §6.4) on four blocks a vector.
//!
//! A block is kept with its bytes reversed, so that the field element's coefficients run from the
//! high bit down, and the key is multiplied by x once, so that products need no shift (Gueron,
//! Kounavis: "Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM
//! Mode", 2010). With X for x^64, and g for the constant of [`POLYNOMIAL`], X^-1 = X + g.
//!
//! ```text
//! factor    h = h0 + h1·X,  h' = h·X^-1 = h0' + h1'·X
//! block     c = c0 + c1·X
//! product   c·h = X·(A + B·X)   A = c0·h0' + c1·h0   B = c0·h1' + c1·h1
//! reduced   B + swap(A) + A0·g
//! ```
//!
//! A and B are sums of two products, so that many blocks can be summed before the one reduction.
//! Two at a time they share a product (Winograd's inner product):
//!
//! ```text
//! A = (c0 + h0)·(c1 + h0') + c0·c1 + h0·h0'
//! B = (c0 + h1)·(c1 + h1') + c0·c1 + h1·h1'
//! ```
//!
//! which is three multiplications a block and no shuffle; what depends on the key alone is computed
//! once for a group, or for a batch of messages of one length. On Zen 4 the multiplier shares a pipe
//! with AES, and is what bounds this. Intel's has a port of its own, and the additions compete for
//! it: there the four multiplications would be faster, by 2 % of 16 KiB to 6 % of a batch's 1350
//! bytes on a Xeon of model 207.

use core::arch::x86_64::*;

use super::load::{lanes, load_four, store_four};
use super::order::{keep_order_of_three, scalar};

/// Vectors in a group.
pub(crate) const GROUP: usize = 8;

/// Powers of H, from the highest down to H^1, then three zeros, so that four consecutive ones can be
/// loaded from each on. `N` is the number of fours; the last is H^1 and the zeros, so that the fours
/// which meet whole vectors in front of the lengths are aligned.
#[repr(C, align(64))]
pub(crate) struct Table<const N: usize> {
    /// h0 and h0' of each.
    first: [[__m128i; 4]; N],
    /// h1 and h1' of each.
    second: [[__m128i; 4]; N],
}

/// H^13 to H^1: enough for a message of [`LOW_BLOCKS`], four blocks of additional data in front of
/// them, and the lengths.
pub(crate) type Low = Table<4>;

/// The longest message that [`Low`] is enough for, in blocks.
pub(crate) const LOW_BLOCKS: usize = 8;

/// What longer messages need besides.
#[repr(C, align(64))]
pub(crate) struct Powers {
    /// H^41 to H^1: enough for a message's rest of 36 blocks with the same around it.
    pub(crate) table: Table<11>,
    /// The factors of a group's vectors, four times each: H^32, H^28 and so on to H^4. They stand
    /// here at full width because a load that repeats a block costs a shuffle on Zen 4.
    pub(crate) group: [Factor; GROUP],
    /// The part of a group's hash that depends on the key alone.
    key_only: __m512i,
}

impl Low {
    /// From the hash key, E(K, 0^128).
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,pclmulqdq,vpclmulqdq,ssse3")]
    pub(crate) fn new(hash_key: __m128i) -> Self {
        let h1 = _mm512_broadcast_i32x4(times_x(_mm_shuffle_epi8(hash_key, reversal128())));
        let by_h1 = Factor::new(h1);
        let h2 = multiply(h1, &by_h1);
        let h2121 = _mm512_mask_blend_epi64(0b0011_0011, h1, h2);
        let h4343 = multiply(h2121, &Factor::new(h2));
        let h4321 = _mm512_shuffle_i64x2::<0b01_00_01_00>(h4343, h2121);
        let by_h4 = Factor::new(_mm512_shuffle_i64x2::<0>(h4321, h4321));
        let h5432 = multiply(h4321, &by_h1);
        let h9876 = multiply(h5432, &by_h4);
        Self::of([multiply(h9876, &by_h4), h9876, h5432], h1)
    }
}

impl Powers {
    /// From the low powers.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,pclmulqdq,vpclmulqdq,ssse3")]
    pub(crate) fn new(low: &Low) -> Self {
        let zero = _mm512_setzero_si512();
        let mut fours = [zero; 10];
        let [.., last_but_one, last] = &mut fours;
        [*last_but_one, *last] = [low.from(9).whole(), low.from(5).whole()];
        // Lane 1 of the one has H^8.
        let by_h8 = Factor::new(_mm512_shuffle_i64x2::<0x55>(*last_but_one, *last_but_one));
        for i in (0..fours.len() - 2).rev() {
            fours[i] = multiply(fours[i + 2], &by_h8);
        }

        let mut group = [Factor { first: zero, second: zero }; GROUP];
        let mut key_only = Sum::zero();
        let [_, _, of_group @ ..] = &fours;
        for (repeated, four) in group.iter_mut().zip(of_group) {
            *repeated = Factor::new(_mm512_shuffle_i64x2::<0x55>(*four, *four));
            key_only.add_key_only(repeated);
        }
        let table = Table::of(fours, low.from(1).whole());
        Self { table, group, key_only: key_only.reduce() }
    }

    /// H^4 four times: the distance from one vector to the next.
    #[inline]
    pub(crate) fn stride(&self) -> &Factor {
        &self.group[GROUP - 1]
    }
}

impl<const N: usize> Table<N> {
    const HIGHEST: usize = 4 * (N - 1) + 1;

    /// From the powers in their order, and H.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    fn of<const FOURS: usize>(fours: [__m512i; FOURS], h1: __m512i) -> Self {
        const { assert!(FOURS + 1 == N) };
        let zero = [_mm_setzero_si128(); 4];
        let mut table = Self { first: [zero; N], second: [zero; N] };
        for (i, four) in fours.into_iter().enumerate() {
            let factor = Factor::new(four);
            store_four(&mut table.first[i], factor.first);
            store_four(&mut table.second[i], factor.second);
        }
        let factor = Factor::new(_mm512_zextsi128_si512(_mm512_castsi512_si128(h1)));
        store_four(&mut table.first[FOURS], factor.first);
        store_four(&mut table.second[FOURS], factor.second);
        table
    }

    /// H^k, H^(k-1), H^(k-2), H^(k-3).
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn from(&self, k: usize) -> Factor {
        let at = Self::HIGHEST - k;
        Factor {
            first: load_four(self.first.as_flattened(), at),
            second: load_four(self.second.as_flattened(), at),
        }
    }

    /// H^k for each lane's own k.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn lanes(&self, [p, q, r, s]: [usize; 4]) -> Factor {
        let (first, second) = (self.first.as_flattened(), self.second.as_flattened());
        let at = |k| scalar(Self::HIGHEST - k);
        let (p, q, r, s) = (at(p), at(q), at(r), at(s));
        Factor {
            first: lanes([first[p], first[q], first[r], first[s]]),
            second: lanes([second[p], second[q], second[r], second[s]]),
        }
    }

    /// H^k four times.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn four_times(&self, k: usize) -> Factor {
        let (first, second) = (self.first.as_flattened(), self.second.as_flattened());
        Factor {
            first: _mm512_broadcast_i32x4(first[Self::HIGHEST - k]),
            second: _mm512_broadcast_i32x4(second[Self::HIGHEST - k]),
        }
    }
}

/// Four elements to multiply by.
#[derive(Clone, Copy)]
pub(crate) struct Factor {
    /// h0, h0'
    first: __m512i,
    /// h1, h1'
    second: __m512i,
}

impl Factor {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn zero() -> Self {
        Self { first: _mm512_setzero_si512(), second: _mm512_setzero_si512() }
    }

    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    fn new(h: __m512i) -> Self {
        let folded = _mm512_clmulepi64_epi128::<0x00>(h, _mm512_set1_epi64(POLYNOMIAL));
        let lower = _mm512_xor_si512(_mm512_shuffle_epi32::<0x4e>(h), folded);
        Self { first: _mm512_unpacklo_epi64(h, lower), second: _mm512_unpackhi_epi64(h, lower) }
    }

    /// The elements themselves.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn whole(&self) -> __m512i {
        _mm512_unpacklo_epi64(self.first, self.second)
    }
}

/// A sum of unreduced products, lane by lane.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    a: __m512i,
    b: __m512i,
}

impl Sum {
    /// Nothing yet.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn zero() -> Self {
        Self { a: _mm512_setzero_si512(), b: _mm512_setzero_si512() }
    }

    /// `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn product(blocks: __m512i, factor: &Factor) -> Self {
        let mut sum = Self::zero();
        sum.add(blocks, factor);
        sum
    }

    /// Adds `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add(&mut self, blocks: __m512i, factor: &Factor) {
        self.a = add_three(
            self.a,
            _mm512_clmulepi64_epi128::<0x10>(blocks, factor.first),
            _mm512_clmulepi64_epi128::<0x01>(blocks, factor.first),
        );
        self.b = add_three(
            self.b,
            _mm512_clmulepi64_epi128::<0x10>(blocks, factor.second),
            _mm512_clmulepi64_epi128::<0x01>(blocks, factor.second),
        );
    }

    /// Adds what a [`PairSum`] lacks of a product by `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add_key_only(&mut self, factor: &Factor) {
        self.a = _mm512_xor_si512(self.a, product_of_halves(factor.first));
        self.b = _mm512_xor_si512(self.b, product_of_halves(factor.second));
    }

    /// Adds to each lane what the four lanes of one of `sums` add up to.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn add_folded(&mut self, [p, q, r, s]: [Self; 4]) {
        self.a = _mm512_xor_si512(self.a, fold_four([p.a, q.a, r.a, s.a]));
        self.b = _mm512_xor_si512(self.b, fold_four([p.b, q.b, r.b, s.b]));
    }

    /// The four lanes reduced, each by itself.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn reduce(self) -> __m512i {
        let folded = _mm512_clmulepi64_epi128::<0x00>(self.a, _mm512_set1_epi64(POLYNOMIAL));
        add_three(self.b, _mm512_shuffle_epi32::<0x4e>(self.a), folded)
    }

    /// The sum of the four lanes, reduced.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,pclmulqdq")]
    pub(crate) fn reduce_all(self) -> __m128i {
        let [a, b] = [fold(self.a), fold(self.b)];
        let folded = _mm_clmulepi64_si128::<0x00>(a, _mm_set1_epi64x(POLYNOMIAL));
        _mm_ternarylogic_epi64::<0x96>(b, _mm_shuffle_epi32::<0x4e>(a), folded)
    }
}

/// A sum of products as Winograd's, which lacks what depends on the key alone: h0·h0' and h1·h1' of
/// each factor.
#[derive(Clone, Copy)]
pub(crate) struct PairSum {
    /// (c0 + h0)·(c1 + h0')
    a: __m512i,
    /// (c0 + h1)·(c1 + h1')
    b: __m512i,
    /// c0·c1
    shared: __m512i,
}

impl PairSum {
    /// Nothing yet.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn zero() -> Self {
        let zero = _mm512_setzero_si512();
        Self { a: zero, b: zero, shared: zero }
    }

    /// Adds `blocks` times `factor`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add(&mut self, blocks: __m512i, factor: &Factor) {
        let a = product_of_halves(_mm512_xor_si512(blocks, factor.first));
        let b = product_of_halves(_mm512_xor_si512(blocks, factor.second));
        self.shared = _mm512_xor_si512(self.shared, product_of_halves(blocks));
        self.a = _mm512_xor_si512(self.a, a);
        self.b = _mm512_xor_si512(self.b, b);
        keep_order_of_three([&mut self.a, &mut self.b, &mut self.shared]);
    }

    /// Adds two products.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add_two(&mut self, [p, q]: [__m512i; 2], [by_p, by_q]: [&Factor; 2]) {
        self.shared = add_three(self.shared, product_of_halves(p), product_of_halves(q));
        self.a = add_three(
            self.a,
            product_of_halves(_mm512_xor_si512(p, by_p.first)),
            product_of_halves(_mm512_xor_si512(q, by_q.first)),
        );
        self.b = add_three(
            self.b,
            product_of_halves(_mm512_xor_si512(p, by_p.second)),
            product_of_halves(_mm512_xor_si512(q, by_q.second)),
        );
        keep_order_of_three([&mut self.a, &mut self.b, &mut self.shared]);
    }

    /// The sum, still without what [`Sum::add_key_only`] adds.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn sum(self) -> Sum {
        Sum { a: _mm512_xor_si512(self.a, self.shared), b: _mm512_xor_si512(self.b, self.shared) }
    }

    /// The four lanes of a whole group, reduced.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn reduce_group(self, powers: &Powers) -> __m512i {
        let Sum { a, b } = self.sum();
        Sum { a, b: _mm512_xor_si512(b, powers.key_only) }.reduce()
    }
}

/// The low half of x^128 + x^127 + x^126 + x^121 + 1 reflected: X^-1 - X.
const POLYNOMIAL: i64 = 0xc200_0000_0000_0000_u64.cast_signed();

/// The lower half of each lane times the upper.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn product_of_halves(v: __m512i) -> __m512i {
    _mm512_clmulepi64_epi128::<0x01>(v, v)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add_three(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn multiply(a: __m512i, b: &Factor) -> __m512i {
    Sum::product(a, b).reduce()
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn fold(v: __m512i) -> __m128i {
    let pair = _mm256_xor_si256(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    _mm_xor_si128(_mm256_castsi256_si128(pair), _mm256_extracti128_si256::<1>(pair))
}

/// Lane i is the sum of the lanes of vector i.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold_four([a, b, c, d]: [__m512i; 4]) -> __m512i {
    let ab = _mm512_xor_si512(
        _mm512_shuffle_i64x2::<0b01_00_01_00>(a, b),
        _mm512_shuffle_i64x2::<0b11_10_11_10>(a, b),
    );
    let cd = _mm512_xor_si512(
        _mm512_shuffle_i64x2::<0b01_00_01_00>(c, d),
        _mm512_shuffle_i64x2::<0b11_10_11_10>(c, d),
    );
    _mm512_xor_si512(
        _mm512_shuffle_i64x2::<0b10_00_10_00>(ab, cd),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(ab, cd),
    )
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
#[target_feature(enable = "avx512f")]
pub(crate) fn reversal() -> __m512i {
    _mm512_broadcast_i32x4(reversal128())
}

/// Reverses the bytes of a block, by `PSHUFB`.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn reversal128() -> __m128i {
    _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}
