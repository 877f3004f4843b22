//! `CertificateSerialNumber` (RFC 5280 §4.1.2.2).

use core::fmt;

use chancery_crypto::{Random, RandomError};

/// A serial number of 16 octets with 126 random bits: positive, below 2^127.
///
/// BR §7.1.2.7 wants 64 bits from a CSPRNG at least and less than 2^159; none of the bits that an
/// attacker could wish to choose (as with MD5 in 2008) are known before the certificate is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SerialNumber([u8; 16]);

impl SerialNumber {
    /// A fresh number.
    ///
    /// # Errors
    /// If `random` fails.
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut octets = [0; 16];
        random.fill(&mut octets)?;
        let [first, ..] = &mut octets;
        // Not negative, and of one length for all.
        *first = *first & 0x7f | 0x40;
        Ok(Self(octets))
    }

    /// Big-endian, without a sign octet.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Constant(u8);

    impl Random for Constant {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
            out.fill(self.0);
            Ok(())
        }
    }

    struct Broken;

    impl Random for Broken {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), RandomError> {
            Err(RandomError::new())
        }
    }

    #[test]
    fn br_section_7_1_2_7_positive_whatever_the_random_bits() {
        for octet in [0x00, 0x7f, 0x80, 0xff] {
            let serial = SerialNumber::generate(&mut Constant(octet)).unwrap();
            assert_eq!(serial.as_bytes()[0] & 0xc0, 0x40);
            assert_eq!(serial.as_bytes()[1..], [octet; 15]);
        }
        assert!(SerialNumber::generate(&mut Broken).is_err());
    }
}
