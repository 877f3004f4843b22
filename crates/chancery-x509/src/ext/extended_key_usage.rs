//! Extended key usage.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::Fault;
use crate::oid::Oid;
use crate::reader::{Elements, Reader};
use crate::strictness::Strictness;

/// The purposes that the key serves.
///
/// ```text
/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER        RFC 5280 §4.2.1.12
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExtendedKeyUsage<'a> {
    contents: &'a [u8],
}

impl<'a> ExtendedKeyUsage<'a> {
    /// The purposes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Oid<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| Oid::checked(element.value))
    }

    /// Whether this very purpose is listed; `anyExtendedKeyUsage` is one of its own.
    #[must_use]
    pub fn contains(&self, purpose: Oid<'_>) -> bool {
        self.iter().any(|listed| listed == purpose)
    }
}

impl<'a> ExtensionValue<'a> for ExtendedKeyUsage<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, _| inner.oid(s).map(drop))?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for ExtendedKeyUsage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
