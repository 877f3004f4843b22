//! BIT STRING.

use crate::error::{ErrorKind, Fault};
use crate::strictness::Strictness;

/// A BIT STRING: whole bytes, of which up to seven bits at the end do not count (X.690 §8.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BitString<'a> {
    bytes: &'a [u8],
    unused_bits: u8,
}

impl<'a> BitString<'a> {
    #[inline]
    pub(crate) fn parse<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        let invalid = || Fault::new(ErrorKind::InvalidBitString, contents);
        let (&unused_bits, bytes) = contents.split_first().ok_or_else(invalid)?;
        if unused_bits == 0 {
            return Ok(Self { bytes, unused_bits });
        }
        let last = bytes.last().ok_or_else(invalid)?;
        let mask = 1u8.checked_shl(unused_bits.into()).filter(|_| unused_bits < 8);
        let mask = mask.ok_or_else(invalid)? - 1;
        if last & mask != 0 {
            // X.690 §11.2.1
            s.deviation(ErrorKind::NonCanonicalBitString, contents)?;
        }
        Ok(Self { bytes, unused_bits })
    }

    pub(crate) const EMPTY: Self = Self { bytes: &[], unused_bits: 0 };

    /// A list of named bits: DER leaves out the zeros at its end (X.690 §11.2.2). An empty one has no bits.
    #[inline]
    pub(crate) fn parse_named<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<u16, Fault> {
        let string = Self::parse(s, contents)?;
        let last = string.bytes.last().copied();
        if last.is_some_and(|last| last >> string.unused_bits & 1 == 0) {
            s.deviation(ErrorKind::NonCanonicalBitString, contents)?;
        }
        Ok(string.named_bits())
    }

    /// The first 16 bits: named bit `n` is `1 << n`.
    fn named_bits(&self) -> u16 {
        let byte = |i: usize| self.bytes.get(i).copied().unwrap_or_default();
        u16::from_le_bytes([byte(0).reverse_bits(), byte(1).reverse_bits()])
    }

    /// Only whole bytes, as keys and signatures are.
    #[inline]
    pub(crate) fn aligned<S: Strictness>(self, s: &mut S) -> Result<Self, Fault> {
        if self.unused_bits != 0 {
            s.deviation(ErrorKind::UnalignedBitString, self.bytes)?;
        }
        Ok(self)
    }

    /// The bytes; the last may hold unused bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many bits at the end do not count, 0 to 7.
    #[must_use]
    pub const fn unused_bits(&self) -> u8 {
        self.unused_bits
    }
}
