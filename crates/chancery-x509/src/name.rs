//! Distinguished names.
//!
//! ```text
//! Name                       ::= CHOICE { rdnSequence  SEQUENCE OF RelativeDistinguishedName }
//! RelativeDistinguishedName  ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
//! AttributeTypeAndValue      ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }     RFC 5280 §4.1.2.4
//! ```

use core::fmt;

use crate::error::{Error, ErrorKind, Fault, Field};
use crate::oid::Oid;
use crate::reader::{self, Elements, Reader, strict, tag};
use crate::strictness::Strictness;

mod prepare;
mod value;

pub use value::{AttributeValue, Chars, StringType};

/// A distinguished name.
///
/// `==` compares bytes; [`Name::matches`] compares as RFC 5280 §7.1 asks. `Display` writes RFC 4514's characters
/// in the order of the encoding, as in `C=US, O=Example, CN=example.com`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a> {
    raw: &'a [u8],
}

impl<'a> Name<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        strict(der, Self::read)
    }

    pub(crate) const EMPTY: Self = Self { raw: &[] };

    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut inner = Reader::new(element.value);
        let mut index = 0;
        while !inner.is_empty() {
            match after_common_rdn(inner.rest()) {
                Some(rest) => inner = Reader::new(rest),
                None => s.within(Field::RdnSequence.at(index), |s| {
                    let contents = inner.read(s, tag::SET)?;
                    RelativeDistinguishedName::check(s, contents).map(drop)
                })?,
            }
            index += 1;
        }
        Ok(Self { raw: element.raw })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The DER without the tag and the length of the SEQUENCE: what `rustls_pki_types::TrustAnchor` holds.
    #[must_use]
    #[inline]
    pub fn contents(&self) -> &'a [u8] {
        Elements::new(self.raw).value()
    }

    /// Whether there is not one relative distinguished name in it.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.contents().is_empty()
    }

    /// The relative distinguished names, the most significant first.
    #[must_use]
    pub fn rdns(&self) -> Rdns<'a> {
        Rdns(Elements::new(self.contents()))
    }

    /// All attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = AttributeTypeAndValue<'a>> + use<'a> {
        self.rdns().flat_map(|rdn| rdn.attributes())
    }

    /// The value of the last attribute of a type, the most specific one.
    #[must_use]
    pub fn find(&self, attribute_type: Oid<'_>) -> Option<AttributeValue<'a>> {
        self.attributes()
            .filter(|attribute| attribute.attribute_type() == attribute_type)
            .last()
            .map(|attribute| attribute.value())
    }

    /// Whether both name the same: the same attributes in the same order, strings compared after the preparation of
    /// RFC 4518 (characters and not encodings, without regard to case, runs of spaces as one) (RFC 5280 §7.1).
    ///
    /// Unicode normalisation (the NFKC step) is left out: a composed and a decomposed spelling differ.
    #[must_use]
    pub fn matches(&self, other: &Name<'_>) -> bool {
        // All names of one CA come out of one encoder: nearly always the bytes decide.
        self.contents() == other.contents()
            || matches_rdns(self.rdns(), other.rdns()) == Some(Rest::None)
    }

    /// Whether it lies in the subtree of `base`: the relative distinguished names of `base` are its first ones
    /// (RFC 5280 §4.2.1.10).
    #[must_use]
    pub fn is_within(&self, base: &Name<'_>) -> bool {
        matches_rdns(self.rdns(), base.rdns()).is_some()
    }
}

/// What follows the first RDN if it is in order and what nearly all are: one attribute of X.520, a PrintableString or
/// UTF8String of less than 118 bytes.
/// All else takes the long way, which also finds what is wrong with it.
#[inline(always)]
fn after_common_rdn(rdns: &[u8]) -> Option<&[u8]> {
    use tag::{OID, SEQUENCE, SET};
    match *rdns {
        [
            SET,
            set,
            SEQUENCE,
            sequence,
            OID,
            3,
            0x55,
            0x04,
            attribute,
            string,
            length,
            ref rest @ ..,
        ] if set < 0x80
            && u16::from(sequence) + 2 == u16::from(set)
            && u16::from(length) + 9 == u16::from(set)
            && attribute < 0x80 =>
        {
            let (value, rest) = rest.split_at_checked(length.into())?;
            let holds = match string {
                tag::PRINTABLE_STRING => StringType::Printable.holds(value),
                tag::UTF8_STRING => StringType::Utf8.holds(value),
                _ => false,
            };
            holds.then_some(rest)
        }
        _ => None,
    }
}

#[derive(PartialEq, Eq)]
enum Rest {
    None,
    Some,
}

/// Whether `base` is at the front of `name`, and whether more of `name` follows.
fn matches_rdns(mut name: Rdns<'_>, base: Rdns<'_>) -> Option<Rest> {
    for wanted in base {
        if !name.next()?.matches(&wanted) {
            return None;
        }
    }
    Some(if name.next().is_some() { Rest::Some } else { Rest::None })
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, rdn) in self.rdns().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            fmt::Display::fmt(&rdn, f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// The relative distinguished names of a [`Name`].
#[derive(Clone, Copy)]
pub struct Rdns<'a>(Elements<'a>);

impl<'a> Iterator for Rdns<'a> {
    type Item = RelativeDistinguishedName<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|element| RelativeDistinguishedName { contents: element.value })
    }
}

impl fmt::Debug for Rdns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// One relative distinguished name: nearly always one attribute.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RelativeDistinguishedName<'a> {
    contents: &'a [u8],
}

/// Above this an RDN is compared as bytes only, so that comparing costs no more than the square of a small number.
/// The certificates of the public web have one attribute, rarely two.
const MAX_COMPARED_ATTRIBUTES: usize = 16;

impl<'a> RelativeDistinguishedName<'a> {
    /// Of the contents of a SET that were checked before.
    pub(crate) const fn checked(contents: &'a [u8]) -> Self {
        Self { contents }
    }

    /// The contents of a SET.
    #[inline]
    pub(crate) fn check<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(contents);
        if reader.is_empty() {
            s.deviation(ErrorKind::EmptySequence, contents)?;
        }
        let mut previous = None;
        while !reader.is_empty() {
            let element = reader.expect(s, tag::SEQUENCE)?;
            AttributeTypeAndValue::check(s, element.value)?;
            reader::ascending(s, &mut previous, element.raw)?;
        }
        Ok(Self { contents })
    }

    /// The contents of the SET.
    #[must_use]
    pub const fn contents(&self) -> &'a [u8] {
        self.contents
    }

    /// The attributes.
    pub fn attributes(&self) -> impl Iterator<Item = AttributeTypeAndValue<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| AttributeTypeAndValue::checked(element.value))
    }

    /// Whether both hold the same attributes, in any order.
    #[must_use]
    pub fn matches(&self, other: &RelativeDistinguishedName<'_>) -> bool {
        if self.contents == other.contents {
            return true;
        }
        let count = self.attributes().take(MAX_COMPARED_ATTRIBUTES + 1).count();
        count <= MAX_COMPARED_ATTRIBUTES
            && other.attributes().take(MAX_COMPARED_ATTRIBUTES + 1).count() == count
            && self.attributes().all(|ours| other.attributes().any(|theirs| ours.matches(&theirs)))
            && other.attributes().all(|theirs| self.attributes().any(|ours| ours.matches(&theirs)))
    }
}

impl fmt::Display for RelativeDistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, attribute) in self.attributes().enumerate() {
            if i > 0 {
                f.write_str(" + ")?;
            }
            match attribute.attribute_type().name() {
                Some(name) => f.write_str(name)?,
                None => fmt::Display::fmt(&attribute.attribute_type(), f)?,
            }
            write!(f, "={}", attribute.value())?;
        }
        Ok(())
    }
}

impl fmt::Debug for RelativeDistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An attribute of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttributeTypeAndValue<'a> {
    attribute_type: Oid<'a>,
    value: AttributeValue<'a>,
}

impl<'a> AttributeTypeAndValue<'a> {
    #[inline]
    fn check<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<(), Fault> {
        let mut reader = Reader::new(contents);
        s.within(Field::AttributeType, |s| reader.oid(s))?;
        s.within(Field::AttributeValue, |s| {
            let value = reader.any(s)?;
            AttributeValue::check(s, value)
        })?;
        reader.finish(s)
    }

    fn checked(contents: &'a [u8]) -> Self {
        let mut elements = Elements::new(contents);
        let attribute_type = Oid::checked(elements.value());
        Self { attribute_type, value: AttributeValue::checked(elements.next()) }
    }

    /// Which attribute.
    #[must_use]
    pub const fn attribute_type(&self) -> Oid<'a> {
        self.attribute_type
    }

    /// Its value.
    #[must_use]
    pub const fn value(&self) -> AttributeValue<'a> {
        self.value
    }

    /// The same type and a matching value.
    #[must_use]
    pub fn matches(&self, other: &AttributeTypeAndValue<'_>) -> bool {
        self.attribute_type == other.attribute_type && self.value.matches(&other.value)
    }
}
