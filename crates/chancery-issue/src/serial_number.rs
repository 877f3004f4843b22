//! `CertificateSerialNumber` (RFC 5280 §4.1.2.2).

use core::fmt;

use chancery_crypto::{Random, RandomError};

/// The longest serial number, in octets (RFC 5280 §4.1.2.2).
const MAX_LEN: usize = 20;

/// How many octets a fresh one has.
const FRESH_LEN: usize = 16;

/// A serial number: positive and below 2^159.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SerialNumber {
    /// Big-endian, zeros in front.
    octets: [u8; MAX_LEN],
}

impl SerialNumber {
    /// A fresh number of 16 octets, 126 bits of them random.
    ///
    /// BR §7.1.2.7 wants 64 bits from a CSPRNG at least: nothing that an attacker could build a
    /// collision around, as was done with MD5 in 2008, is known before the certificate is signed.
    ///
    /// # Errors
    /// If `random` fails.
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut octets = [0; MAX_LEN];
        let (_, fresh) = octets.split_at_mut(MAX_LEN - FRESH_LEN);
        random.fill(fresh)?;
        if let Some(first) = fresh.first_mut() {
            // Not negative, and of one length for all.
            *first = *first & 0x7f | 0x40;
        }
        Ok(Self { octets })
    }

    /// The number of a certificate that exists, big-endian; `None` if it is zero, or 2^159 or more.
    #[must_use]
    pub fn new(big_endian: &[u8]) -> Option<Self> {
        let start = big_endian.iter().position(|&octet| octet != 0)?;
        let magnitude = big_endian.get(start..)?;
        let mut octets = [0; MAX_LEN];
        octets.get_mut(MAX_LEN.checked_sub(magnitude.len())?..)?.copy_from_slice(magnitude);
        let [first, ..] = octets;
        (first < 0x80).then_some(Self { octets })
    }

    /// Big-endian, without zeros in front.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let start = self.octets.iter().position(|&octet| octet != 0).unwrap_or(MAX_LEN);
        self.octets.get(start..).unwrap_or_default()
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
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
            assert_eq!(serial.as_bytes().len(), 16);
            assert_eq!(serial.as_bytes()[0] & 0xc0, 0x40);
            assert_eq!(serial.as_bytes()[1..], [octet; 15]);
        }
        assert!(SerialNumber::generate(&mut Broken).is_err());
    }

    #[test]
    fn rfc_5280_section_4_1_2_2_bounds() {
        assert_eq!(SerialNumber::new(&[0, 0, 1, 2]).unwrap().as_bytes(), [1, 2]);
        assert!(SerialNumber::new(&[]).is_none());
        assert!(SerialNumber::new(&[0]).is_none());
        assert!(SerialNumber::new(&[0x7f; 20]).is_some());
        assert!(SerialNumber::new(&[0x80; 20]).is_none());
        assert!(SerialNumber::new(&[1; 21]).is_none());
    }
}
