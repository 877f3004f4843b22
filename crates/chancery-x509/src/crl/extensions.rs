//! The extensions of a CRL (RFC 5280 §5.2).

use core::fmt;

use crate::error::{Error, ErrorKind, Fault, Field};
use crate::ext::ExtensionValue;
use crate::ext::access::InfoAccess;
use crate::ext::authority_key_identifier::AuthorityKeyIdentifier;
use crate::ext::distribution_points::{CrlDistributionPoints, DistributionPointName, ReasonFlags};
use crate::extension_list::{Extension, ExtensionList};
use crate::general_name::GeneralNames;
use crate::oid::Oid;
use crate::reader::{self, Reader, tag};
use crate::strictness::Strictness;

/// The extensions of a CRL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CrlExtensions<'a> {
    list: ExtensionList<'a>,
    authority_key_identifier: Option<AuthorityKeyIdentifier<'a>>,
    issuer_alt_name: Option<GeneralNames<'a>>,
    crl_number: Option<&'a [u8]>,
    delta_crl_indicator: Option<&'a [u8]>,
    issuing_distribution_point: Option<IssuingDistributionPoint<'a>>,
    freshest_crl: Option<CrlDistributionPoints<'a>>,
    authority_info_access: Option<InfoAccess<'a>>,
    unprocessed_critical: bool,
}

impl<'a> CrlExtensions<'a> {
    pub(super) const EMPTY: Self = Self {
        list: ExtensionList::EMPTY,
        authority_key_identifier: None,
        issuer_alt_name: None,
        crl_number: None,
        delta_crl_indicator: None,
        issuing_distribution_point: None,
        freshest_crl: None,
        authority_info_access: None,
        unprocessed_critical: false,
    };

    pub(super) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut this = Self::EMPTY;
        this.list = ExtensionList::read(s, reader, Field::CrlExtensions, |s, extension| {
            let read = s.recover(|s| this.fill(s, extension))?;
            this.unprocessed_critical |= extension.critical() && read != Some(true);
            Ok(())
        })?;
        Ok(this)
    }

    /// Whether it has a slot.
    fn fill<S: Strictness>(&mut self, s: &mut S, extension: &Extension<'a>) -> Result<bool, Fault> {
        fn slot<'a, S: Strictness, T: ExtensionValue<'a>>(
            s: &mut S,
            field: Field,
            value: &'a [u8],
        ) -> Result<Option<T>, Fault> {
            s.within(field, |s| T::parse(s, value)).map(Some)
        }
        let value = extension.value();
        match extension.oid() {
            Oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = slot(s, Field::AuthorityKeyIdentifier, value)?;
            }
            Oid::ISSUER_ALT_NAME => self.issuer_alt_name = slot(s, Field::IssuerAltName, value)?,
            Oid::CRL_NUMBER => {
                self.crl_number = Some(s.within(Field::CrlNumber, |s| crl_number(s, value))?);
            }
            Oid::DELTA_CRL_INDICATOR => {
                self.delta_crl_indicator =
                    Some(s.within(Field::DeltaCrlIndicator, |s| crl_number(s, value))?);
            }
            Oid::ISSUING_DISTRIBUTION_POINT => {
                self.issuing_distribution_point = slot(s, Field::IssuingDistributionPoint, value)?;
            }
            Oid::FRESHEST_CRL => self.freshest_crl = slot(s, Field::FreshestCrl, value)?,
            Oid::AUTHORITY_INFO_ACCESS => {
                self.authority_info_access = slot(s, Field::AuthorityInfoAccess, value)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// As received.
    #[must_use]
    pub const fn list(&self) -> ExtensionList<'a> {
        self.list
    }

    /// Which key signed it (RFC 5280 §5.2.1).
    #[must_use]
    pub const fn authority_key_identifier(&self) -> Option<AuthorityKeyIdentifier<'a>> {
        self.authority_key_identifier
    }

    /// Other names of the issuer (RFC 5280 §5.2.2).
    #[must_use]
    pub const fn issuer_alt_name(&self) -> Option<GeneralNames<'a>> {
        self.issuer_alt_name
    }

    /// Its number, growing: big-endian without leading zeros (RFC 5280 §5.2.3).
    #[must_use]
    pub const fn crl_number(&self) -> Option<&'a [u8]> {
        self.crl_number
    }

    /// If this is a delta CRL, the number of the CRL that it starts from (RFC 5280 §5.2.4).
    #[must_use]
    pub const fn delta_crl_indicator(&self) -> Option<&'a [u8]> {
        self.delta_crl_indicator
    }

    /// Of what it is the list (RFC 5280 §5.2.5).
    #[must_use]
    pub const fn issuing_distribution_point(&self) -> Option<IssuingDistributionPoint<'a>> {
        self.issuing_distribution_point
    }

    /// Where delta CRLs are (RFC 5280 §5.2.6).
    #[must_use]
    pub const fn freshest_crl(&self) -> Option<CrlDistributionPoints<'a>> {
        self.freshest_crl
    }

    /// Where the certificate of its issuer is (RFC 5280 §5.2.7).
    #[must_use]
    pub const fn authority_info_access(&self) -> Option<InfoAccess<'a>> {
        self.authority_info_access
    }

    /// Whether there is a critical extension that is none of the above, or after lenient parsing a malformed one: then the CRL must
    /// not be used to determine the status of any certificate (RFC 5280 §5.2).
    #[must_use]
    pub const fn has_unprocessed_critical(&self) -> bool {
        self.unprocessed_critical
    }
}

impl fmt::Debug for CrlExtensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.list, f)
    }
}

/// `CRLNumber ::= INTEGER (0..MAX)`, at most 20 bytes (RFC 5280 §5.2.3).
fn crl_number<'a, S: Strictness>(s: &mut S, value: &'a [u8]) -> Result<&'a [u8], Fault> {
    let mut reader = Reader::new(value);
    let contents = reader.read(s, tag::INTEGER)?;
    reader.finish(s)?;
    let number = reader::unsigned(s, contents)?;
    if contents.len() > 20 {
        s.deviation(ErrorKind::IntegerTooLarge, contents)?;
    }
    Ok(number)
}

/// Of what a CRL is the list.
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {                  RFC 5280 §5.2.5
///     distributionPoint           [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts       [1] BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts         [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons             [3] ReasonFlags OPTIONAL,
///     indirectCRL                 [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts  [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IssuingDistributionPoint<'a> {
    distribution_point: Option<DistributionPointName<'a>>,
    only_contains_user_certs: bool,
    only_contains_ca_certs: bool,
    only_some_reasons: Option<ReasonFlags>,
    indirect_crl: bool,
    only_contains_attribute_certs: bool,
}

impl<'a> IssuingDistributionPoint<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, <Self as ExtensionValue<'a>>::read)
    }

    /// Where it is published.
    #[must_use]
    pub const fn distribution_point(&self) -> Option<DistributionPointName<'a>> {
        self.distribution_point
    }

    /// Whether it lists no certificates of CAs.
    #[must_use]
    pub const fn only_contains_user_certs(&self) -> bool {
        self.only_contains_user_certs
    }

    /// Whether it lists certificates of CAs only.
    #[must_use]
    pub const fn only_contains_ca_certs(&self) -> bool {
        self.only_contains_ca_certs
    }

    /// The reasons for which it lists certificates; none means all.
    #[must_use]
    pub const fn only_some_reasons(&self) -> Option<ReasonFlags> {
        self.only_some_reasons
    }

    /// Whether it lists certificates of other issuers too.
    #[must_use]
    pub const fn indirect_crl(&self) -> bool {
        self.indirect_crl
    }

    /// Whether it lists attribute certificates only.
    #[must_use]
    pub const fn only_contains_attribute_certs(&self) -> bool {
        self.only_contains_attribute_certs
    }
}

impl<'a> ExtensionValue<'a> for IssuingDistributionPoint<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let at = reader.rest();
        let mut inner = reader.sequence(s)?;
        if inner.is_empty() {
            // RFC 5280 §5.2.5: MUST NOT be an empty sequence.
            s.deviation(ErrorKind::EmptySequence, at)?;
        }
        let distribution_point =
            match inner.optional(s, tag::constructed(0))? {
                None => None,
                Some(contents) => Some(s.within(Field::DistributionPoint, |s| {
                    DistributionPointName::check(s, contents)
                })?),
            };
        let only_contains_user_certs = flag(s, &mut inner, 1)?;
        let only_contains_ca_certs = flag(s, &mut inner, 2)?;
        let only_some_reasons = match inner.optional(s, tag::context(3))? {
            None => None,
            Some(value) => Some(s.within(Field::Reasons, |s| ReasonFlags::parse(s, value))?),
        };
        let indirect_crl = flag(s, &mut inner, 4)?;
        let only_contains_attribute_certs = flag(s, &mut inner, 5)?;
        inner.finish(s)?;
        let only =
            [only_contains_user_certs, only_contains_ca_certs, only_contains_attribute_certs];
        if only.into_iter().filter(|&set| set).count() > 1 {
            // RFC 5280 §5.2.5: at most one of them may be set.
            s.deviation(ErrorKind::InvalidValue, at)?;
        }
        Ok(Self {
            distribution_point,
            only_contains_user_certs,
            only_contains_ca_certs,
            only_some_reasons,
            indirect_crl,
            only_contains_attribute_certs,
        })
    }
}

/// `[n] IMPLICIT BOOLEAN DEFAULT FALSE`
fn flag<S: Strictness>(s: &mut S, reader: &mut Reader<'_>, number: u8) -> Result<bool, Fault> {
    let at = reader.rest();
    match reader.optional(s, tag::context(number))? {
        None => Ok(false),
        Some(value) => reader::default_false(s, at, value),
    }
}
