//! Authority and subject information access.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::{Fault, Field};
use crate::general_name::{GeneralName, IpForm};
use crate::oid::Oid;
use crate::reader::{Elements, Reader};
use crate::strictness::Strictness;

/// Where to find out more: about the issuer (authorityInfoAccess) or from the subject (subjectInfoAccess).
///
/// ```text
/// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription    RFC 5280 §4.2.2.1
/// SubjectInfoAccessSyntax   ::= SEQUENCE SIZE (1..MAX) OF AccessDescription    RFC 5280 §4.2.2.2
/// AccessDescription         ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InfoAccess<'a> {
    contents: &'a [u8],
}

impl<'a> InfoAccess<'a> {
    /// The descriptions, in order.
    pub fn iter(&self) -> impl Iterator<Item = AccessDescription<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| {
            let mut elements = Elements::new(element.value);
            let access_method = Oid::checked(elements.value());
            let location = elements.next().map(GeneralName::checked);
            let access_location = location.unwrap_or(GeneralName::Malformed(0, &[]));
            AccessDescription { access_method, access_location }
        })
    }

    /// The URIs of one method, such as [`Oid::OCSP`] or [`Oid::CA_ISSUERS`].
    pub fn uris<'m>(&self, method: Oid<'m>) -> impl Iterator<Item = &'a str> + use<'a, 'm> {
        self.iter().filter(move |access| access.access_method == method).filter_map(|access| {
            match access.access_location {
                GeneralName::UniformResourceIdentifier(uri) => Some(uri),
                _ => None,
            }
        })
    }
}

impl<'a> ExtensionValue<'a> for InfoAccess<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, index| {
            s.within(Field::AccessDescription.at(index), |s| {
                let mut description = inner.sequence(s)?;
                s.within(Field::AccessMethod, |s| description.oid(s))?;
                let location = description.element(s)?;
                s.within(Field::AccessLocation, |s| {
                    GeneralName::check(s, location, IpForm::Address)
                })?;
                description.finish(s)
            })
        })?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for InfoAccess<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// How, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessDescription<'a> {
    access_method: Oid<'a>,
    access_location: GeneralName<'a>,
}

impl<'a> AccessDescription<'a> {
    /// What is to be had there, and how.
    #[must_use]
    pub const fn access_method(&self) -> Oid<'a> {
        self.access_method
    }

    /// Where.
    #[must_use]
    pub const fn access_location(&self) -> GeneralName<'a> {
        self.access_location
    }
}
