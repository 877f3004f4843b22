//! Poly1305 (RFC 8439 §2.5) in limbs of 44, 44 and 42 bits: scalar, and eight blocks at a time with
//! the 52-bit multiply-add of AVX-512 IFMA.
//!
//! ```text
//! lanes      block 0 4 1 5 2 6 3 7 of eight, as two loads and two unpackings yield them
//! 128 bytes  h = h·r^8 + blocks 0-7
//! 512 bytes  h = h·r^32 + (blocks 0-7)·r^24 + (blocks 8-15)·r^16 + (blocks 16-23)·r^8 + blocks 24-31
//! the end    lane of block i times r^(7-i), and the sum of the lanes
//! ```
//!
//! A multiply-add gives the low or the high 52 bits of a product, so that a limb's sum is
//! low + high·2^52 = low + (high·2^8)·2^44.

use core::arch::x86_64::*;

use zeroize::Zeroize;

use super::load::load_array;
use super::order::keep_order;

const MASK44: u64 = (1 << 44) - 1;
const MASK42: u64 = (1 << 42) - 1;

/// A number below 2^130 and a little more, in limbs.
type Limbs = [u64; 3];

/// The one-time key and the sum so far.
pub(crate) struct Poly1305 {
    r: Limbs,
    s: u128,
    /// With the last block added, but not yet multiplied.
    h: Limbs,
}

impl Poly1305 {
    /// From 32 bytes of keystream, as four little-endian words (RFC 8439 §2.6).
    #[inline]
    pub(crate) fn new(key: [u64; 4]) -> Self {
        // RFC 8439 §2.5: 22 bits of r are clear.
        let r0 = key[0] & 0x0fff_fffc_0fff_ffff;
        let r1 = key[1] & 0x0fff_fffc_0fff_fffc;
        let r = [r0 & MASK44, ((r0 >> 44) | (r1 << 20)) & MASK44, r1 >> 24];
        Self { r, s: u128::from(key[2]) | u128::from(key[3]) << 64, h: [0; 3] }
    }

    /// Takes in blocks of 16 bytes, the last one filled up with zeros.
    pub(crate) fn update_padded(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(16) {
            let mut block = [0; 16];
            block[..bytes.len()].copy_from_slice(bytes);
            self.block(u128::from_le_bytes(block));
            block.zeroize();
        }
    }

    /// Takes in one block.
    #[inline]
    pub(crate) fn block(&mut self, block: u128) {
        self.h = multiply(self.h, self.r);
        let (low, high) = (block as u64, (block >> 64) as u64);
        self.h[0] += low & MASK44;
        self.h[1] += ((low >> 44) | (high << 20)) & MASK44;
        self.h[2] += (high >> 24) | 1 << 40;
    }

    /// The tag (RFC 8439 §2.5.1).
    pub(crate) fn tag(mut self) -> [u8; 16] {
        self.h = multiply(self.h, self.r);
        // Two passes bring every limb below its bound.
        for _ in 0..2 {
            self.h[1] += self.h[0] >> 44;
            self.h[0] &= MASK44;
            self.h[2] += self.h[1] >> 44;
            self.h[1] &= MASK44;
            self.h[0] += 5 * (self.h[2] >> 42);
            self.h[2] &= MASK42;
        }
        self.h[1] += self.h[0] >> 44;
        self.h[0] &= MASK44;
        // h - p, taken if it is not negative, without a branch.
        let g0 = self.h[0] + 5;
        let g1 = self.h[1] + (g0 >> 44);
        let g2 = (self.h[2] + (g1 >> 44)).wrapping_sub(1 << 42);
        let take = (g2 >> 63).wrapping_sub(1);
        let choose = |h: u64, g: u64| (h & !take) | (g & take);
        let h0 = choose(self.h[0], g0 & MASK44);
        let h1 = choose(self.h[1], g1 & MASK44);
        let h2 = choose(self.h[2], g2 & MASK42);
        let h = u128::from(h0) | u128::from(h1) << 44 | u128::from(h2) << 88;
        h.wrapping_add(self.s).to_le_bytes()
    }
}

impl Drop for Poly1305 {
    fn drop(&mut self) {
        self.r.zeroize();
        self.s.zeroize();
        self.h.zeroize();
    }
}

/// a·b, carried once.
#[inline]
fn multiply(a: Limbs, b: Limbs) -> Limbs {
    let times = |x: u64, y: u64| u128::from(x) * u128::from(y);
    // 2^132 = 4·2^130 = 20.
    let (s1, s2) = (20 * b[1], 20 * b[2]);
    let d0 = times(a[0], b[0]) + times(a[1], s2) + times(a[2], s1);
    let d1 = times(a[0], b[1]) + times(a[1], b[0]) + times(a[2], s2);
    let d2 = times(a[0], b[2]) + times(a[1], b[1]) + times(a[2], b[0]);
    let d1 = d1 + (d0 >> 44);
    let d2 = d2 + (d1 >> 44);
    let h0 = (d0 as u64 & MASK44) + 5 * (d2 >> 42) as u64;
    [h0 & MASK44, (d1 as u64 & MASK44) + (h0 >> 44), d2 as u64 & MASK42]
}

/// Eight sums side by side.
pub(crate) struct Lanes {
    h: [__m512i; 3],
    by_r8: Factor,
    by_r16: Factor,
    by_r24: Factor,
    by_r32: Factor,
    by_lane: Factor,
}

/// What to multiply eight lanes by.
struct Factor {
    r: [__m512i; 3],
    /// Twenty times the upper two limbs.
    s: [__m512i; 2],
}

impl Factor {
    /// The same for every lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn same(limbs: Limbs) -> Self {
        let [a, b, c] = limbs.map(|limb| _mm512_set1_epi64(limb.cast_signed()));
        let [s, t] = [1, 2].map(|i| _mm512_set1_epi64((20 * limbs[i]).cast_signed()));
        Self { r: [a, b, c], s: [s, t] }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(lanes: [Limbs; 8]) -> Self {
        let limb = |i: usize| {
            let [a, b, c, d, e, f, g, h] = lanes.map(|lane| lane[i].cast_signed());
            _mm512_set_epi64(h, g, f, e, d, c, b, a)
        };
        let r = [limb(0), limb(1), limb(2)];
        let twenty = |v| _mm512_slli_epi64::<2>(_mm512_add_epi64(v, _mm512_slli_epi64::<2>(v)));
        Self { s: [twenty(r[1]), twenty(r[2])], r }
    }
}

/// 512 bytes on their way into the lanes.
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
    fn add(&mut self, h: [__m512i; 3], by: &Factor) {
        self.add_limb::<0>(h[0], by);
        self.add_limb::<1>(h[1], by);
        self.add_limb::<2>(h[2], by);
    }

    /// Adds limb `J` of eight numbers times `by`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_limb<const J: usize>(&mut self, h: __m512i, by: &Factor) {
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
    /// Goes on with `poly` in eight lanes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn new(poly: &Poly1305) -> Self {
        let r1 = poly.r;
        let r2 = multiply(r1, r1);
        let r3 = multiply(r2, r1);
        let r4 = multiply(r2, r2);
        let r5 = multiply(r3, r2);
        let r6 = multiply(r3, r3);
        let r7 = multiply(r4, r3);
        let r8 = multiply(r4, r4);
        let r16 = multiply(r8, r8);
        // What was taken in before is the block before the first: that of the last lane.
        let last = |limb: u64| _mm512_set_epi64(limb.cast_signed(), 0, 0, 0, 0, 0, 0, 0);
        Self {
            h: poly.h.map(last),
            by_r8: Factor::same(r8),
            by_r16: Factor::same(r16),
            by_r24: Factor::same(multiply(r16, r8)),
            by_r32: Factor::same(multiply(r16, r16)),
            by_lane: Factor::new([r7, r3, r6, r2, r5, r1, r4, [1, 0, 0]]),
        }
    }

    /// Takes in 128 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn update_128(&mut self, bytes: &[[u8; 64]; 2]) {
        let mut product = Product::zero();
        product.add(self.h, &self.by_r8);
        self.h = add(product.carry(), split(&bytes[0], &bytes[1]));
    }

    /// Takes in 512 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn update_512(&mut self, bytes: &[[u8; 64]; 8]) {
        let mut step = self.begin();
        for part in 0..PARTS {
            self.go_on(&mut step, part, bytes);
        }
    }

    /// Begins to take in 512 bytes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn begin(&self) -> Step {
        Step { blocks: [_mm512_setzero_si512(); 3], product: Product::zero() }
    }

    /// Does one of [`PARTS`] parts, which are to be done in their order.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn go_on(&mut self, step: &mut Step, part: usize, bytes: &[[u8; 64]; 8]) {
        let Step { blocks, product } = step;
        match part {
            0 => *blocks = split(&bytes[0], &bytes[1]),
            1 => product.add_limb::<0>(blocks[0], &self.by_r24),
            2 => product.add_limb::<1>(blocks[1], &self.by_r24),
            3 => product.add_limb::<2>(blocks[2], &self.by_r24),
            4 => *blocks = split(&bytes[2], &bytes[3]),
            5 => product.add_limb::<0>(blocks[0], &self.by_r16),
            6 => product.add_limb::<1>(blocks[1], &self.by_r16),
            7 => product.add_limb::<2>(blocks[2], &self.by_r16),
            8 => *blocks = split(&bytes[4], &bytes[5]),
            9 => product.add_limb::<0>(blocks[0], &self.by_r8),
            10 => product.add_limb::<1>(blocks[1], &self.by_r8),
            11 => product.add_limb::<2>(blocks[2], &self.by_r8),
            12 => product.add_limb::<0>(self.h[0], &self.by_r32),
            13 => product.add_limb::<1>(self.h[1], &self.by_r32),
            14 => product.add_limb::<2>(self.h[2], &self.by_r32),
            15 => *blocks = split(&bytes[6], &bytes[7]),
            16 => self.h = add(product.carry(), *blocks),
            _ => {}
        }
    }

    /// Leaves the sum of the lanes in `poly`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn finish(&self, poly: &mut Poly1305) {
        let mut product = Product::zero();
        product.add(self.h, &self.by_lane);
        let [mut d0, mut d1, mut d2] =
            product.low.map(|v| u128::from(_mm512_reduce_add_epi64(v).cast_unsigned()));
        let [e0, e1, e2] =
            product.high.map(|v| u128::from(_mm512_reduce_add_epi64(v).cast_unsigned()));
        d0 += e0 << 52;
        d1 += (e1 << 52) + (d0 >> 44);
        d2 += (e2 << 52) + (d1 >> 44);
        let h0 = (d0 as u64 & MASK44) + 5 * (d2 >> 42) as u64;
        poly.h = [h0 & MASK44, (d1 as u64 & MASK44) + (h0 >> 44), d2 as u64 & MASK42];
    }
}

/// Parts of taking in 512 bytes.
const PARTS: usize = 17;

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: [__m512i; 3], b: [__m512i; 3]) -> [__m512i; 3] {
    [_mm512_add_epi64(a[0], b[0]), _mm512_add_epi64(a[1], b[1]), _mm512_add_epi64(a[2], b[2])]
}

/// Eight blocks as limbs, each with the bit behind its end.
#[inline]
#[target_feature(enable = "avx512f")]
fn split(a: &[u8; 64], b: &[u8; 64]) -> [__m512i; 3] {
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
