//! Poly1305 (RFC 8439 §2.5) in limbs of 44, 44 and 42 bits: eight blocks at a time with the 52-bit
//! multiply-add of AVX-512 IFMA.
//!
//! ```text
//! lanes      block 0 4 1 5 2 6 3 7 of eight, as two loads and two unpackings yield them
//! n pairs    h = h·r^8n + (first eight blocks)·r^8(n-1) + .. + (last but one)·r^8 + (last eight)
//! the end    lane of block i times r^(7-i), and the sum of the lanes
//! ```
//!
//! A multiply-add gives the low or the high 52 bits of a product, so that a limb's sum is
//! low + high·2^52 = low + (high·2^8)·2^44.

use core::arch::x86_64::*;

use zeroize::Zeroize;

use super::load::load_array;
use super::order::{keep_order, scalar};
use super::poly1305_scalar::{OneTimeKey, Sum};

const MASK44: u64 = (1 << 44) - 1;
const MASK42: u64 = (1 << 42) - 1;

/// A number below 2^130 and a little more, in limbs.
type Limbs = [u64; 3];

/// From the low 128 bits and the multiple of 2^128 above them.
#[inline(always)]
fn limbs((low, middle): (u128, u64)) -> Limbs {
    [low as u64 & MASK44, (low >> 44) as u64 & MASK44, (low >> 88) as u64 | middle << 40]
}

/// a·b, carried once.
#[inline(always)]
fn multiply(a: Limbs, b: Limbs) -> Limbs {
    let times = |x: u64, y: u64| u128::from(x) * u128::from(y);
    // 2^132 = 4·2^130 = 20.
    let (s1, s2) = (20 * b[1], 20 * b[2]);
    let d0 = times(a[0], b[0]) + times(a[1], s2) + times(a[2], s1);
    let d1 = times(a[0], b[1]) + times(a[1], b[0]) + times(a[2], s2);
    let d2 = times(a[0], b[2]) + times(a[1], b[1]) + times(a[2], b[0]);
    let d1 = d1 + u128::from((d0 >> 44) as u64);
    let d2 = d2 + u128::from((d1 >> 44) as u64);
    let h0 = (d0 as u64 & MASK44) + 5 * (d2 >> 42) as u64;
    [h0 & MASK44, (d1 as u64 & MASK44) + (h0 >> 44), d2 as u64 & MASK42]
}

/// Powers of the one-time key, computed one by one beside other work.
pub(crate) struct Powers {
    /// r^1 to r^8.
    of_r: [Limbs; LANES],
    /// r^8, r^16 and so on to r^64.
    of_r8: [Limbs; LANES],
}

impl Powers {
    /// How often [`Self::compute`] is to be called.
    pub(crate) const COUNT: usize = Self::count(LANES);

    /// How often, if [`Lanes::update`] never gets more than so many pairs.
    pub(crate) const fn count(pairs: usize) -> usize {
        LANES - 1 + if pairs < LANES { pairs } else { LANES } - 1
    }

    /// With nothing but r.
    #[inline]
    pub(crate) fn new(key: &OneTimeKey) -> Self {
        let r = limbs((key.r(), 0));
        Self { of_r: [r; LANES], of_r8: [r; LANES] }
    }

    /// Computes the power that comes `i`th.
    #[inline(always)]
    pub(crate) fn compute(&mut self, i: usize) {
        // A power of the sum of two exponents is the product of both powers.
        let product = |powers: &[Limbs; LANES], i: usize| {
            in_order(multiply(powers[i / 2], powers[(i - 1) / 2]))
        };
        if i < LANES - 1 {
            self.of_r[i + 1] = product(&self.of_r, i + 1);
            self.of_r8[0] = self.of_r[LANES - 1];
        } else if i < Self::COUNT {
            let i = i - (LANES - 1);
            self.of_r8[i + 1] = product(&self.of_r8, i + 1);
        }
    }
}

/// The same limbs, but computed where this stands: not all at once, before the work beside them.
#[inline(always)]
fn in_order(limbs: Limbs) -> Limbs {
    let limb = |i: usize| scalar(limbs[i] as usize) as u64;
    [limb(0), limb(1), limb(2)]
}

impl Drop for Powers {
    fn drop(&mut self) {
        self.of_r.zeroize();
        self.of_r8.zeroize();
    }
}

/// Blocks side by side, and pairs of vectors taken in together.
const LANES: usize = 8;

/// 128 bytes.
pub(crate) type Pair = [[u8; 64]; 2];

/// Eight sums side by side.
pub(crate) struct Lanes {
    h: [__m512i; 3],
    /// r^8, r^16 and so on to r^64.
    by: [Factor; LANES],
    powers: Powers,
}

/// What to multiply every lane by.
struct Factor {
    r: Limbs,
    /// Twenty times the upper two limbs.
    s: [u64; 2],
}

impl Factor {
    #[inline]
    fn new(r: Limbs) -> Self {
        Self { r, s: [20 * r[1], 20 * r[2]] }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn terms(&self) -> Terms {
        let same = |limb: u64| _mm512_set1_epi64(limb.cast_signed());
        let [r0, r1, r2] = self.r;
        let [s1, s2] = self.s;
        Terms { r: [same(r0), same(r1), same(r2)], s: [same(s1), same(s2)] }
    }
}

/// What to multiply eight lanes by, spread over them.
struct Terms {
    r: [__m512i; 3],
    /// Twenty times the upper two limbs.
    s: [__m512i; 2],
}

impl Terms {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(lanes: [Limbs; 8]) -> Self {
        let limb = |i: usize| {
            let lane = |at: usize| lanes[at][i].cast_signed();
            _mm512_set_epi64(lane(7), lane(6), lane(5), lane(4), lane(3), lane(2), lane(1), lane(0))
        };
        let r = [limb(0), limb(1), limb(2)];
        let twenty = |v| _mm512_slli_epi64::<2>(_mm512_add_epi64(v, _mm512_slli_epi64::<2>(v)));
        Self { s: [twenty(r[1]), twenty(r[2])], r }
    }
}

/// 1024 bytes on their way into the lanes.
pub(crate) struct Step {
    blocks: [__m512i; 3],
    product: Product,
}

/// Products not yet carried.
struct Product {
    low: [__m512i; 3],
    high: [__m512i; 3],
}

impl Product {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn zero() -> Self {
        Self { low: [_mm512_setzero_si512(); 3], high: [_mm512_setzero_si512(); 3] }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add(&mut self, h: [__m512i; 3], by: &Terms) {
        self.add_limb::<0>(h[0], by);
        self.add_limb::<1>(h[1], by);
        self.add_limb::<2>(h[2], by);
    }

    /// Adds limb `J` of eight numbers times `by`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_limb<const J: usize>(&mut self, h: __m512i, by: &Terms) {
        let [r0, r1, r2] = by.r;
        let [s1, s2] = by.s;
        let terms = [[r0, r1, r2], [s2, r0, r1], [s1, s2, r0]][J];
        for (i, term) in terms.into_iter().enumerate() {
            self.low[i] = _mm512_madd52lo_epu64(self.low[i], h, term);
            self.high[i] = _mm512_madd52hi_epu64(self.high[i], h, term);
        }
        keep_order(&mut self.low);
        keep_order(&mut self.high);
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn carry(&self) -> [__m512i; 3] {
        let mask44 = _mm512_set1_epi64(MASK44.cast_signed());
        let mask42 = _mm512_set1_epi64(MASK42.cast_signed());
        let [d0, d1, d2] = self.low;
        let [e0, e1, e2] = self.high;
        let carry = _mm512_add_epi64(_mm512_srli_epi64::<44>(d0), _mm512_slli_epi64::<8>(e0));
        let d1 = _mm512_add_epi64(d1, carry);
        let carry = _mm512_add_epi64(_mm512_srli_epi64::<44>(d1), _mm512_slli_epi64::<8>(e1));
        let d2 = _mm512_add_epi64(d2, carry);
        let carry = _mm512_add_epi64(_mm512_srli_epi64::<42>(d2), _mm512_slli_epi64::<10>(e2));
        let five = _mm512_add_epi64(carry, _mm512_slli_epi64::<2>(carry));
        let h0 = _mm512_add_epi64(_mm512_and_si512(d0, mask44), five);
        let h1 = _mm512_add_epi64(_mm512_and_si512(d1, mask44), _mm512_srli_epi64::<44>(h0));
        [_mm512_and_si512(h0, mask44), h1, _mm512_and_si512(d2, mask42)]
    }
}

impl Lanes {
    /// Goes on with `sum`, whose last block is not yet multiplied, in eight lanes; `powers` are
    /// computed.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn new(sum: Sum, powers: Powers) -> Self {
        // What was taken in before is the block before the first: that of the last lane.
        let last = |limb: u64| _mm512_set_epi64(limb.cast_signed(), 0, 0, 0, 0, 0, 0, 0);
        let [h0, h1, h2] = limbs(sum.parts());
        Self { h: [last(h0), last(h1), last(h2)], by: powers.of_r8.map(Factor::new), powers }
    }

    /// Takes in up to 1024 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn update(&mut self, pairs: &[Pair]) {
        let [front @ .., last] = pairs else { return };
        let mut product = Product::zero();
        product.add(self.h, &self.by[front.len()].terms());
        for (pair, by) in front.iter().rev().zip(&self.by) {
            product.add(split(pair), &by.terms());
        }
        self.h = add(product.carry(), split(last));
    }

    /// Begins to take in 1024 bytes step by step.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn begin(&self) -> Step {
        Step { blocks: [_mm512_setzero_si512(); 3], product: Product::zero() }
    }

    /// Does one of 33 parts, which are to be done in their order.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn go_on(&mut self, step: &mut Step, part: usize, pairs: &[Pair; LANES]) {
        let Step { blocks, product } = step;
        let i = part / 4;
        match (i, part % 4) {
            (0..LANES, 0) => *blocks = split(&pairs[i]),
            (0..7, 1) => product.add_limb::<0>(blocks[0], &self.by[6 - i].terms()),
            (0..7, 2) => product.add_limb::<1>(blocks[1], &self.by[6 - i].terms()),
            (0..7, 3) => product.add_limb::<2>(blocks[2], &self.by[6 - i].terms()),
            (7, 1) => product.add_limb::<0>(self.h[0], &self.by[7].terms()),
            (7, 2) => product.add_limb::<1>(self.h[1], &self.by[7].terms()),
            (7, 3) => product.add_limb::<2>(self.h[2], &self.by[7].terms()),
            (8, 0) => self.h = add(product.carry(), *blocks),
            _ => {}
        }
    }

    /// The sum of the lanes, the last block not yet multiplied.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn finish(&self) -> Sum {
        let mut product = Product::zero();
        let [r1, r2, r3, r4, r5, r6, r7, _] = self.powers.of_r;
        product.add(self.h, &Terms::new([r7, r3, r6, r2, r5, r1, r4, [1, 0, 0]]));
        let total = |v: __m512i| u128::from(_mm512_reduce_add_epi64(v).cast_unsigned());
        let [d0, d1, d2] = product.low;
        let [e0, e1, e2] = product.high;
        let (mut d0, mut d1, mut d2) = (total(d0), total(d1), total(d2));
        let (e0, e1, e2) = (total(e0), total(e1), total(e2));
        d0 += e0 << 52;
        d1 += (e1 << 52) + (d0 >> 44);
        d2 += (e2 << 52) + (d1 >> 44);
        let h0 = (d0 as u64 & MASK44) + 5 * (d2 >> 42) as u64;
        let h1 = (d1 as u64 & MASK44) + (h0 >> 44);
        let h2 = d2 as u64 & MASK42;
        let low = u128::from(h0 & MASK44) + (u128::from(h1) << 44);
        let (low, carry) = low.overflowing_add(u128::from(h2) << 88);
        Sum::new(low, (h2 >> 40) + u64::from(carry))
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: [__m512i; 3], b: [__m512i; 3]) -> [__m512i; 3] {
    [_mm512_add_epi64(a[0], b[0]), _mm512_add_epi64(a[1], b[1]), _mm512_add_epi64(a[2], b[2])]
}

/// Eight blocks as limbs, each with the bit behind its end.
#[inline]
#[target_feature(enable = "avx512f")]
fn split([a, b]: &Pair) -> [__m512i; 3] {
    let (a, b) = (load_array(a), load_array(b));
    let mask44 = _mm512_set1_epi64(MASK44.cast_signed());
    let low = _mm512_unpacklo_epi64(a, b);
    let high = _mm512_unpackhi_epi64(a, b);
    let (middle_low, middle_high) = (_mm512_srli_epi64::<44>(low), _mm512_slli_epi64::<20>(high));
    [
        _mm512_and_si512(low, mask44),
        // (middle_low | middle_high) & mask44
        _mm512_ternarylogic_epi64::<0xa8>(middle_low, middle_high, mask44),
        _mm512_or_si512(_mm512_srli_epi64::<24>(high), _mm512_set1_epi64(1 << 40)),
    ]
}
