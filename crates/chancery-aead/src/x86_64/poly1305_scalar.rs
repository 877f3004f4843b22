//! Poly1305 (RFC 8439 §2.5) on 64-bit words, for few blocks.
//!
//! ```text
//! r            r0 + r1·2^64, clamped: both below 2^60 and r1 a multiple of 4
//! h + block    x0 + x1·2^64 + x2·2^128 + y·2^130, whose last part is multiplied by itself:
//! times r      x0·r0 + x1·s1                        where s1 = 5·r1/4 = 2^128·r1
//!              x0·r1 + x1·r0 + x2·s1 to 2^64
//!                              x2·r0 to 2^128
//!              y·5·r0, and y·5·r1 to 2^64
//! ```
//!
//! One block waits for the other only by way of y: its carry into x0, x1 and x2 would take longer
//! than its own two products.

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

/// The sum so far, multiplied: `low` and 2^128 times `high`.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    low: u128,
    high: u64,
}

impl OneTimeKey {
    /// From 32 bytes of keystream, as four little-endian words (RFC 8439 §2.6).
    #[inline]
    pub(crate) fn new(words: [u64; 4]) -> Self {
        // RFC 8439 §2.5: 22 bits of r are clear.
        let r0 = words[0] & 0x0fff_fffc_0fff_ffff;
        let r1 = words[1] & 0x0fff_fffc_0fff_fffc;
        Self {
            r: [r0, r1],
            s1: r1 + (r1 >> 2),
            five_r: [5 * r0, 5 * r1],
            s: [words[2], words[3]],
        }
    }

    /// Takes in one block.
    #[inline(always)]
    pub(crate) fn block(&self, sum: Sum, block: u128) -> Sum {
        let times = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let Self { r: [r0, r1], s1, five_r: [five_r0, five_r1], .. } = *self;
        let (low, carry) = sum.low.overflowing_add(block);
        let (x0, x1, x2) = (low as u64, (low >> 64) as u64, (sum.high & 3) + u64::from(carry) + 1);
        // x2 is at most 5, so that no sum overflows and the result's `high` neither.
        let d0 = times(x0, r0) + times(x1, s1);
        let d1 = times(x0, r1) + times(x1, r0) + u128::from(x2 * s1) + (d0 >> 64);
        let d2 = x2 * r0 + (d1 >> 64) as u64;
        let y = sum.high >> 2;
        let e0 = times(y, five_r0);
        let e1 = times(y, five_r1) + (e0 >> 64);
        let (low, carry) = join(d0, d1).overflowing_add(join(e0, e1));
        Sum { low, high: d2 + (e1 >> 64) as u64 + u64::from(carry) }
    }

    /// The tag (RFC 8439 §2.5.1).
    #[inline(always)]
    pub(crate) fn tag(&self, sum: Sum) -> [u8; 16] {
        let five = (sum.high >> 2) + (sum.high & !3);
        let (low, carry) = sum.low.overflowing_add(u128::from(five));
        let high = (sum.high & 3) + u64::from(carry);
        // h - p = h + 5 - 2^130, taken if it is not negative, without a branch. One subtraction is
        // enough below 5·2^128.
        let (reduced, carry) = low.overflowing_add(5);
        let take = ((high + u64::from(carry)) >> 2).wrapping_neg();
        let choose = |h: u64, g: u64| (h & !take) | (g & take);
        let h0 = choose(low as u64, reduced as u64);
        let h1 = choose((low >> 64) as u64, (reduced >> 64) as u64);
        let [s0, s1] = self.s;
        join(h0.into(), h1.into()).wrapping_add(join(s0.into(), s1.into())).to_le_bytes()
    }
}

impl Sum {
    /// Of no blocks.
    pub(crate) const ZERO: Self = Self { low: 0, high: 0 };
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
