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
