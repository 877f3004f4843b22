//! Subject directory attributes.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::Fault;
use crate::reader::Reader;
use crate::request::{Attribute, Attributes};
use crate::strictness::Strictness;

/// What else is known of the subject, such as a citizenship.
///
/// ```text
/// SubjectDirectoryAttributes ::= SEQUENCE SIZE (1..MAX) OF Attribute       RFC 5280 §4.2.1.8
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubjectDirectoryAttributes<'a> {
    attributes: Attributes<'a>,
}

impl<'a> SubjectDirectoryAttributes<'a> {
    /// The attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        self.attributes.iter()
    }
}

impl<'a> ExtensionValue<'a> for SubjectDirectoryAttributes<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, _| Attribute::check(s, inner).map(drop))?;
        Ok(Self { attributes: Attributes::checked(contents) })
    }
}

impl fmt::Debug for SubjectDirectoryAttributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
