//! CRL distribution points and the freshest CRL.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::bit_string::BitString;
use crate::error::{ErrorKind, Fault, Field};
use crate::general_name::GeneralNames;
use crate::name::RelativeDistinguishedName;
use crate::reader::{Elements, Reader, tag};
use crate::strictness::Strictness;

/// Where CRLs are to be had.
///
/// ```text
/// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint    RFC 5280 §4.2.1.13
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CrlDistributionPoints<'a> {
    contents: &'a [u8],
}

impl<'a> CrlDistributionPoints<'a> {
    /// The points, in order.
    pub fn iter(&self) -> impl Iterator<Item = DistributionPoint<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| DistributionPoint::checked(element.value))
    }
}

impl<'a> ExtensionValue<'a> for CrlDistributionPoints<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, index| {
            s.within(Field::DistributionPoint.at(index), |s| DistributionPoint::check(s, inner))
        })?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for CrlDistributionPoints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Where one CRL is to be had, for which reasons, and who signs it.
///
/// ```text
/// DistributionPoint ::= SEQUENCE {
///     distributionPoint  [0] DistributionPointName OPTIONAL,
///     reasons            [1] ReasonFlags OPTIONAL,
///     cRLIssuer          [2] GeneralNames OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DistributionPoint<'a> {
    distribution_point: Option<DistributionPointName<'a>>,
    reasons: Option<ReasonFlags>,
    crl_issuer: Option<GeneralNames<'a>>,
}

impl<'a> DistributionPoint<'a> {
    fn check<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<(), Fault> {
        let at = reader.rest();
        let mut inner = reader.sequence(s)?;
        let name = inner.optional(s, tag::constructed(0))?;
        if let Some(contents) = name {
            DistributionPointName::check(s, contents)?;
        }
        if let Some(value) = inner.optional(s, tag::context(1))? {
            s.within(Field::Reasons, |s| BitString::parse_named(s, value))?;
        }
        let crl_issuer = inner.optional(s, tag::constructed(2))?;
        if let Some(contents) = crl_issuer {
            s.within(Field::CrlIssuer, |s| GeneralNames::check(s, contents))?;
        }
        inner.finish(s)?;
        if name.is_none() && crl_issuer.is_none() {
            s.deviation(ErrorKind::InvalidDistributionPoint, at)?;
        }
        Ok(())
    }

    fn checked(contents: &'a [u8]) -> Self {
        let mut elements = Elements::new(contents);
        let name = elements.optional(tag::constructed(0));
        let reasons = elements.optional(tag::context(1));
        let crl_issuer = elements.optional(tag::constructed(2));
        Self {
            distribution_point: name.map(|name| DistributionPointName::checked(name.value)),
            reasons: reasons.map(|reasons| ReasonFlags::checked(reasons.value)),
            crl_issuer: crl_issuer.map(|names| GeneralNames::checked(names.value)),
        }
    }

    /// Where.
    #[must_use]
    pub const fn distribution_point(&self) -> Option<DistributionPointName<'a>> {
        self.distribution_point
    }

    /// For which reasons; none means for all.
    #[must_use]
    pub const fn reasons(&self) -> Option<ReasonFlags> {
        self.reasons
    }

    /// Who signs it, if not the issuer of the certificate.
    #[must_use]
    pub const fn crl_issuer(&self) -> Option<GeneralNames<'a>> {
        self.crl_issuer
    }
}

/// The name of a place that has a CRL.
///
/// ```text
/// DistributionPointName ::= CHOICE {
///     fullName                 [0] GeneralNames,
///     nameRelativeToCRLIssuer  [1] RelativeDistinguishedName }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DistributionPointName<'a> {
    /// Names of the same place.
    FullName(GeneralNames<'a>),
    /// What is to be added to the name of the CRL's issuer.
    NameRelativeToCrlIssuer(RelativeDistinguishedName<'a>),
}

impl<'a> DistributionPointName<'a> {
    /// The contents of the explicit tag.
    pub(crate) fn check<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        let mut explicit = Reader::new(contents);
        let choice = explicit.element(s)?;
        explicit.finish(s)?;
        match choice.tag {
            0xa0 => GeneralNames::check(s, choice.value).map(Self::FullName),
            0xa1 => {
                RelativeDistinguishedName::check(s, choice.value).map(Self::NameRelativeToCrlIssuer)
            }
            _ => Err(Fault::new(ErrorKind::UnexpectedTag, choice.raw)),
        }
    }

    fn checked(contents: &'a [u8]) -> Self {
        match Elements::new(contents).next() {
            Some(choice) if choice.tag == tag::constructed(1) => {
                Self::NameRelativeToCrlIssuer(RelativeDistinguishedName::checked(choice.value))
            }
            choice => Self::FullName(GeneralNames::checked(choice.map_or(&[], |c| c.value))),
        }
    }
}

/// Reasons for a revocation.
///
/// ```text
/// ReasonFlags ::= BIT STRING {
///     unused (0), keyCompromise (1), cACompromise (2), affiliationChanged (3), superseded (4),
///     cessationOfOperation (5), certificateHold (6), privilegeWithdrawn (7), aACompromise (8) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReasonFlags(u16);

impl ReasonFlags {
    /// All eight reasons.
    pub const ALL: Self = Self(0b1_1111_1110);

    pub(crate) fn parse<S: Strictness>(s: &mut S, value: &[u8]) -> Result<Self, Fault> {
        BitString::parse_named(s, value).map(Self)
    }

    fn checked(value: &[u8]) -> Self {
        Self(BitString::parse_named(&mut crate::reader::Unchecked, value).unwrap_or_default())
    }

    /// Named bit `n` is `1 << n`.
    #[must_use]
    pub const fn bits(&self) -> u16 {
        self.0
    }

    /// The names of the bits that are set, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let bits = self.0;
        [
            "unused",
            "keyCompromise",
            "cACompromise",
            "affiliationChanged",
            "superseded",
            "cessationOfOperation",
            "certificateHold",
            "privilegeWithdrawn",
            "aACompromise",
        ]
        .into_iter()
        .enumerate()
        .filter_map(move |(bit, name)| (bits >> bit & 1 == 1).then_some(name))
    }
}
