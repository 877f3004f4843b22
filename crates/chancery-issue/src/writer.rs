//! Writes DER (X.690 §8 and §10) into one growing buffer.
//!
//! A constructed value is a closure that writes its content; the length is put in front of it
//! afterwards. There is no decoding here: `chancery-x509` does that, and every certificate that is
//! written passes through it before it is signed.

use alloc::vec::Vec;

use const_oid::ObjectIdentifier;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag of `[number]`, primitive (IMPLICIT of a primitive type).
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag of `[number]`, constructed (EXPLICIT, or IMPLICIT of a constructed type).
pub(crate) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

/// DER under construction.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What `body` writes.
    pub(crate) fn collect(body: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut writer = Self::default();
        body(&mut writer);
        writer.bytes
    }

    /// One element: tag, length, and what `body` writes.
    pub(crate) fn element(&mut self, tag: u8, body: impl FnOnce(&mut Self)) {
        self.bytes.push(tag);
        let start = self.bytes.len();
        body(self);
        let len = self.bytes.len().saturating_sub(start);
        let octets = len.to_be_bytes();
        let significant = octets.iter().copied().skip_while(|&octet| octet == 0);
        // X.690 §10.1: the definite form, in the fewest octets.
        let header: Vec<u8> = match u8::try_from(len) {
            Ok(short @ 0..=0x7f) => [short].into(),
            _ => {
                let mut long: Vec<u8> = [0x80].into();
                long.extend(significant);
                let count = u8::try_from(long.len()).unwrap_or(u8::MAX).saturating_sub(1);
                if let Some(first) = long.first_mut() {
                    *first |= count;
                }
                long
            }
        };
        self.bytes.splice(start..start, header);
    }

    /// One primitive element.
    pub(crate) fn primitive(&mut self, tag: u8, content: &[u8]) {
        self.element(tag, |w| w.raw(content));
    }

    /// Bytes that are DER already, or the content of a primitive element.
    pub(crate) fn raw(&mut self, der: &[u8]) {
        self.bytes.extend_from_slice(der);
    }

    pub(crate) fn sequence(&mut self, body: impl FnOnce(&mut Self)) {
        self.element(SEQUENCE, body);
    }

    pub(crate) fn oid(&mut self, oid: ObjectIdentifier) {
        self.primitive(OID, oid.as_bytes());
    }

    /// `TRUE`. `FALSE` is never written: in X.509 it is always a DEFAULT (X.690 §11.5).
    pub(crate) fn boolean_true(&mut self) {
        self.primitive(BOOLEAN, &[0xff]);
    }

    /// A non-negative INTEGER, big-endian, under any tag.
    pub(crate) fn unsigned(&mut self, tag: u8, big_endian: &[u8]) {
        let first = big_endian.iter().position(|&octet| octet != 0);
        let digits = first.and_then(|at| big_endian.get(at..)).unwrap_or(&[0]);
        self.element(tag, |w| {
            // X.690 §8.3.3: the top bit is the sign.
            if digits.first().is_some_and(|&octet| octet & 0x80 != 0) {
                w.raw(&[0]);
            }
            w.raw(digits);
        });
    }

    pub(crate) fn small_integer(&mut self, value: u8) {
        self.unsigned(INTEGER, &[value]);
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_string(&mut self, octets: &[u8]) {
        self.element(BIT_STRING, |w| {
            w.raw(&[0]);
            w.raw(octets);
        });
    }

    /// A BIT STRING with named bits: bit 0 is the most significant of `flags`. Trailing zero bits
    /// are left out (X.690 §11.2.2).
    pub(crate) fn named_bits(&mut self, tag: u8, flags: u16) {
        let [high, low] = flags.to_be_bytes();
        let content: &[u8] = match (high, low) {
            (0, 0) => &[],
            (_, 0) => &[high],
            _ => &[high, low],
        };
        let unused = content.last().map_or(0, |last| last.trailing_zeros());
        self.element(tag, |w| {
            w.raw(&[u8::try_from(unused).unwrap_or(0)]);
            w.raw(content);
        });
    }

    /// A SET OF: what each of `elements` is, sorted (X.690 §11.6).
    pub(crate) fn set_of(&mut self, mut elements: Vec<Vec<u8>>) {
        elements.sort();
        self.element(SET, |w| elements.iter().for_each(|element| w.raw(element)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: impl FnOnce(&mut Writer), expected: &[u8]) {
        assert_eq!(Writer::collect(body), expected);
    }

    #[test]
    fn lengths_take_the_fewest_octets() {
        for (len, header) in [
            (0usize, &[0x04u8, 0x00][..]),
            (1, &[0x04, 0x01]),
            (127, &[0x04, 0x7f]),
            (128, &[0x04, 0x81, 0x80]),
            (255, &[0x04, 0x81, 0xff]),
            (256, &[0x04, 0x82, 0x01, 0x00]),
            (65_536, &[0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let content = alloc::vec![7; len];
            check(|w| w.primitive(OCTET_STRING, &content), &[header, &content].concat());
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        check(|w| w.unsigned(INTEGER, &[]), &[2, 1, 0]);
        check(|w| w.unsigned(INTEGER, &[0, 0]), &[2, 1, 0]);
        check(|w| w.unsigned(INTEGER, &[0, 0x7f]), &[2, 1, 0x7f]);
        check(|w| w.unsigned(INTEGER, &[0x80]), &[2, 2, 0, 0x80]);
        check(|w| w.unsigned(INTEGER, &[1, 0]), &[2, 2, 1, 0]);
    }

    #[test]
    fn named_bits_lose_trailing_zeros() {
        check(|w| w.named_bits(BIT_STRING, 0), &[3, 1, 0]);
        check(|w| w.named_bits(BIT_STRING, 0x8000), &[3, 2, 7, 0x80]);
        check(|w| w.named_bits(BIT_STRING, 0x0600), &[3, 2, 1, 0x06]);
        check(|w| w.named_bits(BIT_STRING, 0x0080), &[3, 3, 7, 0, 0x80]);
    }

    #[test]
    fn nested_elements_and_sorted_sets() {
        check(
            |w| w.sequence(|w| w.sequence(Writer::boolean_true)),
            &[0x30, 5, 0x30, 3, 1, 1, 0xff],
        );
        check(
            |w| w.set_of([[2, 1, 9].into(), [2, 1, 3].into()].into()),
            &[0x31, 6, 2, 1, 3, 2, 1, 9],
        );
    }
}
