//! Poly1305 (RFC 8439 §2.5) on 64-bit words, block by block.
//!
//! ```text
//! r        r0 + r1·2^64, clamped: both below 2^60 and r1 a multiple of 4
//! sum      x0 + x1·2^64 + x2·2^128 + y·2^130, whose last part is multiplied by itself:
//! times r  x0·r0 + x1·s1                        where s1 = 5·r1/4 = 2^128·r1
//!          x0·r1 + x1·r0 + x2·s1 to 2^64
//!                          x2·r0 to 2^128
//!          y·5·r0, and y·5·r1 to 2^64
//! ```
//!
//! One block waits for another only by way of y: carrying it into x0, x1 and x2 first would take
//! longer than its own two products.

use zeroize::Zeroize;

/// The one-time key.
pub(crate) struct OneTimeKey {
    r: [u64; 2],
    s1: u64,
    /// Five times r.
    five_r: [u64; 2],
    /// What is added at the end.
    s: [u64; 2],
}

/// A sum of blocks and powers of r, below 2^194 and congruent to that of RFC 8439 §2.5.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    /// x0 and x1.
    low: u128,
    /// x2, at most 6.
    middle: u64,
    /// y, below 2^62.
    high: u64,
}

impl OneTimeKey {
    /// From 32 bytes of keystream, as four little-endian words (RFC 8439 §2.6).
    #[inline]
    pub(crate) fn new(words: [u64; 4]) -> Self {
        // RFC 8439 §2.5: 22 bits of r are clear.
        let r0 = words[0] & 0x0fff_fffc_0fff_ffff;
        let r1 = words[1] & 0x0fff_fffc_0fff_fffc;
        Self { r: [r0, r1], s1: r1 + (r1 >> 2), five_r: [5 * r0, 5 * r1], s: [words[2], words[3]] }
    }

    /// r, in 128 bits.
    #[inline]
    pub(crate) fn r(&self) -> u128 {
        let [r0, r1] = self.r;
        join(r0.into(), r1.into())
    }

    /// `sum` times r.
    #[inline(always)]
    pub(crate) fn multiply(&self, sum: Sum) -> Sum {
        let times = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let Self { r: [r0, r1], s1, five_r: [five_r0, five_r1], .. } = *self;
        let (x0, x1, x2, y) = (sum.low as u64, (sum.low >> 64) as u64, sum.middle, sum.high);
        // By the bounds of r, x2 and y nothing here overflows, and d2 stays below 2^64.
        let d0 = times(x0, r0) + times(x1, s1);
        let d1 = times(x0, r1) + times(x1, r0) + u128::from(x2 * s1) + (d0 >> 64);
        let e0 = times(y, five_r0);
        let e1 = times(y, five_r1) + (e0 >> 64);
        let (low, carry) = join(d0, d1).overflowing_add(join(e0, e1));
        let d2 = x2 * r0 + (d1 >> 64) as u64 + (e1 >> 64) as u64 + u64::from(carry);
        Sum { low, middle: d2 & 3, high: d2 >> 2 }
    }

    /// The tag (RFC 8439 §2.5.1), from the sum times r.
    #[inline(always)]
    pub(crate) fn tag(&self, sum: Sum) -> [u8; 16] {
        let Sum { low, middle, .. } = sum.carried();
        // h - p = h + 5 - 2^130, taken if it is not negative, without a branch. One subtraction is
        // enough below 5·2^128.
        let (reduced, carry) = low.overflowing_add(5);
        let take = ((middle + u64::from(carry)) >> 2).wrapping_neg();
        let choose = |h: u64, g: u64| (h & !take) | (g & take);
        let h0 = choose(low as u64, reduced as u64);
        let h1 = choose((low >> 64) as u64, (reduced >> 64) as u64);
        let [s0, s1] = self.s;
        join(h0.into(), h1.into()).wrapping_add(join(s0.into(), s1.into())).to_le_bytes()
    }
}

impl Sum {
    /// Of no blocks.
    pub(crate) const ZERO: Self = Self { low: 0, middle: 0, high: 0 };

    /// From 128 bits and the multiple of 2^128 above them, at most 4.
    #[inline(always)]
    pub(crate) fn new(low: u128, middle: u64) -> Self {
        Self { low, middle, high: 0 }
    }

    /// With one block more, not yet multiplied. Only a product, or nothing, may be added to.
    #[inline(always)]
    pub(crate) fn add(self, block: u128) -> Self {
        let (low, carry) = self.low.overflowing_add(block);
        // The bit behind the block's end.
        Self { low, middle: self.middle + u64::from(carry) + 1, ..self }
    }

    /// The low 128 bits and the multiple of 2^128 above them, at most 6, for limbs.
    #[inline(always)]
    pub(crate) fn parts(self) -> (u128, u64) {
        let Self { low, middle, .. } = self.carried();
        (low, middle)
    }

    /// Without y, by 2^130 = 5.
    #[inline(always)]
    fn carried(self) -> Self {
        let (low, carry) = self.low.overflowing_add(5 * u128::from(self.high));
        Self { low, middle: self.middle + u64::from(carry), high: 0 }
    }
}

/// The hash of blocks taken in one by one, each multiplied at once.
pub(crate) struct Hash {
    key: OneTimeKey,
    sum: Sum,
}

impl Hash {
    #[inline(always)]
    pub(crate) fn new(key: OneTimeKey) -> Self {
        Self { key, sum: Sum::ZERO }
    }

    /// Takes in a block of two little-endian words.
    #[inline(always)]
    pub(crate) fn words(&mut self, low: u64, high: u64) {
        self.sum = self.key.multiply(self.sum.add(join(low.into(), high.into())));
    }

    #[inline(always)]
    pub(crate) fn blocks(&mut self, blocks: &[[u8; 16]]) {
        for block in blocks {
            self.sum = self.key.multiply(self.sum.add(u128::from_le_bytes(*block)));
        }
    }

    /// The tag of additional data and text of these lengths (RFC 8439 §2.8).
    #[inline(always)]
    pub(crate) fn tag(&mut self, aad_len: usize, text_len: usize) -> [u8; 16] {
        self.words(aad_len as u64, text_len as u64);
        self.key.tag(self.sum)
    }
}

/// The low halves of two words.
#[inline(always)]
fn join(low: u128, high: u128) -> u128 {
    u128::from(low as u64) | high << 64
}

impl Drop for OneTimeKey {
    #[inline]
    fn drop(&mut self) {
        self.r.zeroize();
        self.s1.zeroize();
        self.five_r.zeroize();
        self.s.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of `text`, taken in with r and s, give `tag`.
    fn check(r: u128, s: u128, text: &[u128], tag: u128) {
        let key = OneTimeKey::new([r as u64, (r >> 64) as u64, s as u64, (s >> 64) as u64]);
        let sum = text.iter().fold(Sum::ZERO, |sum, &block| key.multiply(sum.add(block)));
        assert_eq!(u128::from_le_bytes(key.tag(sum)), tag, "r {r:x} text {text:x?}");
        // As the lanes take a sum and give it back: carried, and the last block not yet multiplied.
        let sum = text.iter().fold(Sum::ZERO, |sum, &block| {
            let (low, middle) = key.multiply(sum).parts();
            Sum::new(low, middle).add(block)
        });
        assert_eq!(u128::from_le_bytes(key.tag(key.multiply(sum))), tag, "r {r:x}, carried");
    }

    #[test]
    fn sums_near_the_modulus() {
        const ONES: u128 = u128::MAX;
        // RFC 8439 §A.3, from test vector 7 on.
        check(2, 0, &[ONES], 3);
        check(2, ONES, &[2], 3);
        check(1, 0, &[ONES, ONES - 0x0f, 0x11], 5);
        check(
            1,
            0,
            &[
                ONES,
                0xfefe_fefe_fefe_fefe_fefe_fefe_fefe_fefb,
                0x0101_0101_0101_0101_0101_0101_0101_0101,
            ],
            0,
        );
        check(2, 0, &[ONES - 2], ONES - 5);
        let blocks = [0xb943_5e50_d794_35e3, 1 << 64 | 0xcd79_435e_50d7_9433, 0, 1];
        check(1 | 4 << 64, 0, &blocks, 0x55 << 64 | 0x14);
        check(1 | 4 << 64, 0, &blocks[..3], 0x13);
    }

    #[test]
    fn nothing_overflows_with_every_bit_set() {
        // An overflow would panic here, in a debug build.
        let key = OneTimeKey::new([u64::MAX; 4]);
        let mut sum = Sum::ZERO;
        for _ in 0..1000 {
            sum = key.multiply(sum.add(u128::MAX));
            assert!(sum.middle < 4 && sum.high < 1 << 62);
        }
        key.tag(sum);
        key.multiply(Sum { low: u128::MAX, middle: 6, high: (1 << 62) - 1 });
    }
}
