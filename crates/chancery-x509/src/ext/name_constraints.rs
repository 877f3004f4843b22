//! Name constraints.

use core::fmt;

use super::{ExtensionValue, all_of};
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::general_name::{GeneralName, IpForm};
use crate::reader::{self, Elements, Reader, tag};
use crate::strictness::Strictness;

/// Inside what all names further down the path have to be, or may not be.
///
/// ```text
/// NameConstraints ::= SEQUENCE {                           RFC 5280 §4.2.1.10
///     permittedSubtrees  [0] GeneralSubtrees OPTIONAL,
///     excludedSubtrees   [1] GeneralSubtrees OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameConstraints<'a> {
    permitted_subtrees: Option<GeneralSubtrees<'a>>,
    excluded_subtrees: Option<GeneralSubtrees<'a>>,
}

impl<'a> NameConstraints<'a> {
    /// Parses the DER of one, such as a trust anchor has beside its certificate (RFC 5914 §2).
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, Self::read)
    }

    /// Of each form that appears here, a name has to be inside one of these.
    #[must_use]
    pub const fn permitted_subtrees(&self) -> Option<GeneralSubtrees<'a>> {
        self.permitted_subtrees
    }

    /// No name may be inside one of these.
    #[must_use]
    pub const fn excluded_subtrees(&self) -> Option<GeneralSubtrees<'a>> {
        self.excluded_subtrees
    }
}

impl<'a> ExtensionValue<'a> for NameConstraints<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let at = reader.rest();
        let mut inner = reader.sequence(s)?;
        let mut subtrees =
            |s: &mut S, number, field| match inner.optional(s, tag::constructed(number))? {
                None => Ok(None),
                Some(contents) => GeneralSubtrees::check(s, contents, field).map(Some),
            };
        let permitted_subtrees = subtrees(s, 0, Field::PermittedSubtrees)?;
        let excluded_subtrees = subtrees(s, 1, Field::ExcludedSubtrees)?;
        inner.finish(s)?;
        if permitted_subtrees.is_none() && excluded_subtrees.is_none() {
            // RFC 5280 §4.2.1.10: MUST NOT be an empty sequence.
            s.deviation(ErrorKind::EmptySequence, at)?;
        }
        Ok(Self { permitted_subtrees, excluded_subtrees })
    }
}

/// `GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree`
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GeneralSubtrees<'a> {
    contents: &'a [u8],
}

impl<'a> GeneralSubtrees<'a> {
    fn check<S: Strictness>(s: &mut S, contents: &'a [u8], field: Field) -> Result<Self, Fault> {
        let contents = all_of(s, contents, |s, inner, index| {
            s.within(field.at(index), |s| GeneralSubtree::check(s, inner))
        })?;
        Ok(Self { contents })
    }

    /// The subtrees, in order.
    pub fn iter(&self) -> impl Iterator<Item = GeneralSubtree<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| GeneralSubtree::checked(element.value))
    }
}

impl fmt::Debug for GeneralSubtrees<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A subtree of names of one form.
///
/// ```text
/// GeneralSubtree ::= SEQUENCE {
///     base     GeneralName,
///     minimum  [0] INTEGER DEFAULT 0,
///     maximum  [1] INTEGER OPTIONAL }
/// ```
///
/// RFC 5280 §4.2.1.10 wants the minimum to be 0 and no maximum: anything else is a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GeneralSubtree<'a> {
    base: GeneralName<'a>,
    has_distance: bool,
}

impl<'a> GeneralSubtree<'a> {
    fn check<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<(), Fault> {
        let mut inner = reader.sequence(s)?;
        let base = inner.element(s)?;
        s.within(Field::Base, |s| GeneralName::check(s, base, IpForm::Subtree))?;
        if let Some(value) = inner.optional(s, tag::context(0))? {
            s.within(Field::Minimum, |s| match reader::u32(s, value)? {
                0 => s.deviation(ErrorKind::EncodedDefault, value),
                _ => s.deviation(ErrorKind::InvalidValue, value),
            })?;
        }
        if let Some(value) = inner.optional(s, tag::context(1))? {
            s.within(Field::Maximum, |s| {
                reader::u32(s, value)?;
                s.deviation(ErrorKind::InvalidValue, value)
            })?;
        }
        inner.finish(s)
    }

    fn checked(contents: &'a [u8]) -> Self {
        let mut elements = Elements::new(contents);
        let base = elements.next().map(GeneralName::checked);
        let has_distance = elements.any(|element| element.tag != 0x80 || element.value != [0]);
        Self { base: base.unwrap_or(GeneralName::Malformed(0, &[])), has_distance }
    }

    /// The root of the subtree.
    #[must_use]
    pub const fn base(&self) -> GeneralName<'a> {
        self.base
    }

    /// Whether a minimum above 0 or a maximum is given, of which RFC 5280 has no use. Only lenient parsing lets it pass;
    /// whoever applies the constraint has to refuse it.
    #[must_use]
    pub const fn has_distance(&self) -> bool {
        self.has_distance
    }
}
