//! Basic constraints.

use super::ExtensionValue;
use crate::error::{Fault, Field};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;

/// Whether the subject is a CA, and how many CAs may follow.
///
/// ```text
/// BasicConstraints ::= SEQUENCE {                          RFC 5280 §4.2.1.9
///     cA                 BOOLEAN DEFAULT FALSE,
///     pathLenConstraint  INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    ca: bool,
    path_len_constraint: Option<u32>,
}

impl BasicConstraints {
    /// Whether the subject is a CA.
    #[must_use]
    pub const fn ca(&self) -> bool {
        self.ca
    }

    /// How many certificates of CAs that are not self-issued may follow this one.
    #[must_use]
    pub const fn path_len_constraint(&self) -> Option<u32> {
        self.path_len_constraint
    }
}

impl<'a> ExtensionValue<'a> for BasicConstraints {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let ca = inner.default_false(s)?;
        let path_len_constraint = if inner.peek() == Some(tag::INTEGER) {
            Some(s.within(Field::PathLenConstraint, |s| inner.u32(s))?)
        } else {
            None
        };
        inner.finish(s)?;
        Ok(Self { ca, path_len_constraint })
    }
}
