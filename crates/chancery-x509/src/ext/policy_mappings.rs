//! Policy mappings.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::Fault;
use crate::oid::Oid;
use crate::reader::{Elements, Reader};
use crate::strictness::Strictness;

/// Which policies of the issuer and of the subject are equivalent.
///
/// ```text
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {  RFC 5280 §4.2.1.5
///     issuerDomainPolicy   OBJECT IDENTIFIER,
///     subjectDomainPolicy  OBJECT IDENTIFIER }
/// ```
///
/// That neither is anyPolicy is for the path validation to see to (RFC 5280 §6.1.4 (a)).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyMappings<'a> {
    contents: &'a [u8],
}

impl<'a> PolicyMappings<'a> {
    /// The mappings, in order: issuer's policy, subject's policy.
    pub fn iter(&self) -> impl Iterator<Item = (Oid<'a>, Oid<'a>)> + use<'a> {
        Elements::new(self.contents).map(|element| {
            let mut pair = Elements::new(element.value);
            (Oid::checked(pair.value()), Oid::checked(pair.value()))
        })
    }
}

impl<'a> ExtensionValue<'a> for PolicyMappings<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, _| {
            let mut pair = inner.sequence(s)?;
            pair.oid(s)?;
            pair.oid(s)?;
            pair.finish(s)
        })?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for PolicyMappings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
