//! Serial numbers, as bytes.

use core::fmt;

use crate::error::{ErrorKind, Fault};
use crate::reader;
use crate::strictness::Strictness;

/// A `CertificateSerialNumber`: the contents of its INTEGER, as received (RFC 5280 §4.1.2.2).
///
/// `Display` writes upper-case hexadecimal with colons between the bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SerialNumber<'a>(&'a [u8]);

impl<'a> SerialNumber<'a> {
    /// Of the contents of an INTEGER, as [`Self::as_bytes`] gives them.
    #[must_use]
    pub const fn new(contents: &'a [u8]) -> Self {
        Self(contents)
    }

    /// In a certificate: positive and at most 20 bytes.
    #[inline]
    pub(crate) fn parse<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        let serial = Self::parse_any(s, contents)?;
        if contents.len() > 20 {
            s.deviation(ErrorKind::SerialTooLong, contents)?;
        }
        if serial.is_zero() || serial.is_negative() {
            s.deviation(ErrorKind::SerialNotPositive, contents)?;
        }
        Ok(serial)
    }

    /// Where it names a certificate that is elsewhere: whatever that one has.
    #[inline]
    pub(crate) fn parse_any<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        reader::integer(s, contents)?;
        Ok(Self(contents))
    }

    /// The contents of the INTEGER: big-endian two's complement, with the leading zero if there is one.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The number without leading zeros; empty for zero.
    #[must_use]
    pub fn magnitude(&self) -> &'a [u8] {
        reader::strip_zeros(self.0)
    }

    /// Whether it is below zero, which RFC 5280 forbids.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|first| first & 0x80 != 0)
    }

    /// Whether it is zero, which RFC 5280 forbids.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|&byte| byte == 0)
    }
}

impl fmt::Display for SerialNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SerialNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}
