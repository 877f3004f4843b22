//! Certificate policies.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::{Fault, Field};
use crate::oid::Oid;
use crate::reader::{Elements, Reader, tag};
use crate::strictness::Strictness;

/// The policies under which a certificate was issued, or which a CA's certificate lets pass.
///
/// ```text
/// CertificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation     RFC 5280 §4.2.1.4
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CertificatePolicies<'a> {
    contents: &'a [u8],
}

impl<'a> CertificatePolicies<'a> {
    /// The policies, in order.
    pub fn iter(&self) -> impl Iterator<Item = PolicyInformation<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| PolicyInformation::checked(element.value))
    }
}

impl<'a> ExtensionValue<'a> for CertificatePolicies<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, index| {
            let mut information = inner.sequence(s)?;
            s.within(Field::PolicyIdentifier.at(index), |s| information.oid(s))?;
            if !information.is_empty() {
                sequence_of(s, &mut information, |s, inner, index| {
                    s.within(Field::PolicyQualifiers.at(index), |s| {
                        let mut qualifier = inner.sequence(s)?;
                        let id = qualifier.oid(s)?;
                        PolicyQualifier::check(s, id, &mut qualifier)?;
                        qualifier.finish(s)
                    })
                })?;
            }
            information.finish(s)
        })?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for CertificatePolicies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One policy.
///
/// ```text
/// PolicyInformation ::= SEQUENCE {
///     policyIdentifier  OBJECT IDENTIFIER,
///     policyQualifiers  SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyInformation<'a> {
    policy_identifier: Oid<'a>,
    qualifiers: &'a [u8],
    raw_qualifiers: &'a [u8],
}

impl<'a> PolicyInformation<'a> {
    fn checked(contents: &'a [u8]) -> Self {
        let mut elements = Elements::new(contents);
        let policy_identifier = Oid::checked(elements.value());
        let raw_qualifiers = elements.rest();
        Self { policy_identifier, qualifiers: elements.value(), raw_qualifiers }
    }

    /// Which policy.
    #[must_use]
    pub const fn policy_identifier(&self) -> Oid<'a> {
        self.policy_identifier
    }

    /// The qualifiers, in order.
    pub fn qualifiers(&self) -> impl Iterator<Item = PolicyQualifier<'a>> + use<'a> {
        Elements::new(self.qualifiers).map(|element| PolicyQualifier::checked(element.value))
    }

    /// The DER of the SEQUENCE of qualifiers; empty if there are none.
    #[must_use]
    pub const fn qualifiers_der(&self) -> &'a [u8] {
        self.raw_qualifiers
    }
}

impl fmt::Debug for PolicyInformation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyInformation")
            .field("policy_identifier", &self.policy_identifier)
            .finish_non_exhaustive()
    }
}

/// Something that goes with a policy.
///
/// ```text
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }
/// CPSuri     ::= IA5String
/// UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyQualifier<'a> {
    /// Where the certification practice statement is.
    CpsUri(&'a str),
    /// What to show to a user: the DER of the UserNotice, and its explicit text.
    UserNotice(&'a [u8], Option<crate::AttributeValue<'a>>),
    /// Another qualifier, with its DER.
    Other(Oid<'a>, &'a [u8]),
}

impl<'a> PolicyQualifier<'a> {
    fn check<S: Strictness>(s: &mut S, id: Oid<'a>, reader: &mut Reader<'a>) -> Result<(), Fault> {
        use crate::ErrorKind::InvalidString;
        use crate::StringType;

        match id {
            Oid::CPS => {
                let value = reader.read(s, tag::IA5_STRING)?;
                if value.is_ascii() { Ok(()) } else { s.deviation(InvalidString, value) }
            }
            Oid::USER_NOTICE => {
                let mut notice = reader.sequence(s)?;
                notice.optional(s, tag::SEQUENCE)?;
                if !notice.is_empty() {
                    s.within(Field::ExplicitText, |s| {
                        let text = notice.element(s)?;
                        match StringType::from_tag(text.tag) {
                            Some(string_type) if string_type.holds(text.value) => Ok(()),
                            Some(_) => s.deviation(InvalidString, text.value),
                            None => Err(Fault::new(crate::ErrorKind::UnexpectedTag, text.raw)),
                        }
                    })?;
                }
                notice.finish(s)
            }
            _ => reader.any(s).map(drop),
        }
    }

    fn checked(contents: &'a [u8]) -> Self {
        let mut elements = Elements::new(contents);
        let id = Oid::checked(elements.value());
        let value = elements.next();
        let (contents, raw) = value.map_or((&[][..], &[][..]), |value| (value.value, value.raw));
        match (id, core::str::from_utf8(contents)) {
            (Oid::CPS, Ok(uri)) => Self::CpsUri(uri),
            (Oid::USER_NOTICE, _) => {
                let text = Elements::new(contents).find(|element| element.tag != tag::SEQUENCE);
                Self::UserNotice(raw, text.map(|text| crate::AttributeValue::checked(Some(text))))
            }
            _ => Self::Other(id, raw),
        }
    }
}
