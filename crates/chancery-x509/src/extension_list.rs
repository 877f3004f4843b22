//! Extensions as received, one after another: what certificates, CRLs and OCSP messages share.
//!
//! ```text
//! Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension       RFC 5280 §4.1.2.9
//! Extension  ::= SEQUENCE {
//!     extnID     OBJECT IDENTIFIER,
//!     critical   BOOLEAN DEFAULT FALSE,
//!     extnValue  OCTET STRING }
//! ```

use core::fmt;

use crate::error::{ErrorKind, Fault, Field};
use crate::oid::Oid;
use crate::reader::{Elements, Reader, Unchecked, tag};
use crate::strictness::Strictness;

/// One extension, as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extension<'a> {
    raw: &'a [u8],
    oid: Oid<'a>,
    critical: bool,
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    #[inline]
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        if let Some((common, rest)) = Self::common(reader.rest()) {
            *reader = Reader::new(rest);
            return Ok(common);
        }
        Self::read_any(s, reader)
    }

    /// What most are, and what follows it: short, of the arc 2.5.29, and with nothing wrong. All other ones are read step by
    /// step, and no fault is looked for here.
    #[inline(always)]
    fn common(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let [tag::SEQUENCE, length @ 0..=0x7f, ..] = *input else { return None };
        let (raw, rest) = input.split_at_checked(2 + usize::from(length))?;
        let [_, _, tag::OID, 3, 0x55, 0x1d, 0..=0x7f, ref tail @ ..] = *raw else { return None };
        let (critical, length, value) = match *tail {
            [tag::OCTET_STRING, length, ref value @ ..] => (false, length, value),
            [tag::BOOLEAN, 1, 0xff, tag::OCTET_STRING, length, ref value @ ..] => {
                (true, length, value)
            }
            _ => return None,
        };
        // It is below 80 then, as that of the whole is.
        if usize::from(length) != value.len() {
            return None;
        }
        Some((Self { raw, oid: Oid::checked(raw.get(4..7)?), critical, value }, rest))
    }

    #[inline(never)]
    fn read_any<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut inner = Reader::new(element.value);
        let oid = s.within(Field::ExtensionId, |s| inner.oid(s))?;
        let critical = s.within(Field::Critical, |s| inner.default_false(s))?;
        let value = s.within(Field::ExtensionValue, |s| inner.read(s, tag::OCTET_STRING))?;
        inner.finish(s)?;
        Ok(Self { raw: element.raw, oid, critical, value })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Which extension.
    #[must_use]
    pub const fn oid(&self) -> Oid<'a> {
        self.oid
    }

    /// Whether a reader that does not know it has to refuse.
    #[must_use]
    pub const fn critical(&self) -> bool {
        self.critical
    }

    /// The contents of the OCTET STRING.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }
}

/// No certificate has more: the largest count among the roots of Mozilla and Debian and the chains of the tests is 12.
/// The bound keeps the search for duplicates from growing with the square of the input.
pub(crate) const MAX_EXTENSIONS: usize = 256;

/// Extensions as received.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExtensionList<'a> {
    contents: &'a [u8],
}

impl<'a> ExtensionList<'a> {
    /// No extensions.
    pub(crate) const EMPTY: Self = Self { contents: &[] };

    /// Reads the list and calls `each` with every extension that has not been there before, by its index. Adds `field` to
    /// errors by itself.
    #[inline]
    pub(crate) fn read<S: Strictness>(
        s: &mut S,
        reader: &mut Reader<'a>,
        field: Field,
        mut each: impl FnMut(&mut S, &Extension<'a>) -> Result<(), Fault>,
    ) -> Result<Self, Fault> {
        let contents = s.within(field, |s| {
            let contents = reader.read(s, tag::SEQUENCE)?;
            if contents.is_empty() {
                // RFC 5280 §4.1: SIZE (1..MAX)
                s.deviation(ErrorKind::EmptySequence, contents)?;
            }
            Ok(contents)
        })?;
        let this = Self { contents };
        let mut inner = Reader::new(contents);
        let mut index = 0;
        while !inner.is_empty() {
            s.within(field.at(index), |s| {
                let at = inner.rest();
                if index >= MAX_EXTENSIONS {
                    return Err(Fault::new(ErrorKind::TooManyExtensions, at));
                }
                let extension = Extension::read(s, &mut inner)?;
                let mut earlier = this.iter().take(index);
                if earlier.any(|earlier| earlier.oid == extension.oid) {
                    // RFC 5280 §4.2
                    return s.deviation(ErrorKind::DuplicateExtension, at);
                }
                each(s, &extension)
            })?;
            index += 1;
        }
        Ok(this)
    }

    /// Of contents checked before.
    pub(crate) const fn checked(contents: &'a [u8]) -> Self {
        Self { contents }
    }

    /// The contents of the SEQUENCE.
    #[must_use]
    pub const fn contents(&self) -> &'a [u8] {
        self.contents
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// The extensions, in order.
    #[must_use]
    #[inline]
    pub const fn iter(&self) -> ExtensionsIter<'a> {
        ExtensionsIter(Elements::new(self.contents))
    }

    /// The first of this object identifier.
    #[must_use]
    pub fn find(&self, oid: Oid<'_>) -> Option<Extension<'a>> {
        self.iter().find(|extension| extension.oid == oid)
    }
}

impl fmt::Debug for ExtensionList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Extensions as received, in order.
#[derive(Clone, Copy)]
pub struct ExtensionsIter<'a>(Elements<'a>);

impl<'a> Iterator for ExtensionsIter<'a> {
    type Item = Extension<'a>;

    #[inline]
    fn next(&mut self) -> Option<Extension<'a>> {
        let element = self.0.next()?;
        let mut reader = Reader::new(element.raw);
        Extension::read(&mut Unchecked, &mut reader).ok()
    }
}

impl fmt::Debug for ExtensionsIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strictness::Strict;

    /// With each byte at each place: what is read at once is read step by step as well, and to the same.
    fn check<const N: usize>(der: &[u8; N]) {
        assert!(Extension::common(der).is_some());
        for (place, byte) in (0..N).flat_map(|place| (0..=255).map(move |byte| (place, byte))) {
            let mut der = *der;
            der[place] = byte;
            let Some((common, rest)) = Extension::common(&der) else { continue };
            let mut reader = Reader::new(&der);
            let read = Extension::read_any(&mut Strict::new(), &mut reader);
            assert_eq!((read.ok(), reader.rest()), (Some(common), rest), "{der:02x?}");
        }
    }

    #[test]
    fn common_extensions_are_read_as_all_others() {
        // basicConstraints, keyUsage, subjectKeyIdentifier with a byte after it, and one without a value.
        check(b"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff");
        check(b"\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x05\xa0");
        check(b"\x30\x0b\x06\x03\x55\x1d\x0e\x04\x04\x04\x02\x01\x02\x30");
        check(b"\x30\x07\x06\x03\x55\x1d\x38\x04\x00");
    }
}
