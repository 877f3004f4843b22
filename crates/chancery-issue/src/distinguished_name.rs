//! Who a certificate is about or from: `Name` (RFC 5280 §4.1.2.4).

use alloc::{string::String, vec::Vec};

use const_oid::ObjectIdentifier;

use crate::{
    error::NameRefusal,
    writer::{PRINTABLE_STRING, UTF8_STRING, Writer},
};

/// One kind of attribute, with the upper bound of RFC 5280 Appendix A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// `C`, two letters of ISO 3166.
    Country,
    /// `ST`
    StateOrProvince,
    /// `L`
    Locality,
    /// `O`
    Organization,
    /// `OU`, which the Baseline Requirements forbid in TLS certificates (BR §7.1.2.7.4).
    OrganizationalUnit,
    /// `CN`
    CommonName,
    /// `serialNumber`, of the subject, not of the certificate.
    SerialNumber,
}

impl AttributeType {
    pub(crate) const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::CommonName => "2.5.4.3",
            Self::SerialNumber => "2.5.4.5",
            Self::Country => "2.5.4.6",
            Self::Locality => "2.5.4.7",
            Self::StateOrProvince => "2.5.4.8",
            Self::Organization => "2.5.4.10",
            Self::OrganizationalUnit => "2.5.4.11",
        })
    }

    /// The most characters that a value may have (RFC 5280 Appendix A.1, `ub-`).
    const fn upper_bound(self) -> usize {
        match self {
            Self::Country => 2,
            Self::StateOrProvince | Self::Locality => 128,
            Self::Organization
            | Self::OrganizationalUnit
            | Self::CommonName
            | Self::SerialNumber => 64,
        }
    }

    fn check(self, value: &str) -> Result<(), NameRefusal> {
        if value.trim().is_empty() {
            return Err(NameRefusal::Empty);
        }
        // CVE-2009-2408: a NUL made one name look like another.
        if value.chars().any(char::is_control) {
            return Err(NameRefusal::ControlCharacter);
        }
        if value.chars().count() > self.upper_bound() {
            return Err(NameRefusal::TooLong);
        }
        match self {
            Self::Country if value.len() != 2 || !value.bytes().all(|b| b.is_ascii_uppercase()) => {
                Err(NameRefusal::NotACountryCode)
            }
            Self::SerialNumber if !value.bytes().all(is_printable) => {
                Err(NameRefusal::InvalidCharacter)
            }
            _ => Ok(()),
        }
    }
}

/// The characters of `PrintableString` (X.680 §41.4).
const fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b' ' | b'\'' | b'(' | b')' | b'+'..=b'/' | b':' | b'=' | b'?')
}

/// A distinguished name: attributes in order, each in a set of its own.
///
/// ```
/// use chancery_issue::{AttributeType, DistinguishedName};
///
/// let name = DistinguishedName::new(&[
///     (AttributeType::Country, "DE"),
///     (AttributeType::Organization, "Example"),
///     (AttributeType::CommonName, "Example Root CA"),
/// ])?;
/// assert!(DistinguishedName::new(&[(AttributeType::Country, "Germany")]).is_err());
/// # Ok::<(), chancery_issue::NameRefusal>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DistinguishedName {
    attributes: Vec<(AttributeType, String)>,
}

impl DistinguishedName {
    /// The name with these attributes.
    ///
    /// # Errors
    /// If a value is blank, too long, has control characters, or is not of its attribute's form.
    pub fn new(attributes: &[(AttributeType, &str)]) -> Result<Self, NameRefusal> {
        attributes.iter().try_for_each(|(attribute, value)| attribute.check(value))?;
        Ok(Self {
            attributes: attributes.iter().map(|&(kind, value)| (kind, value.into())).collect(),
        })
    }

    /// The name that has a `CN` and nothing else.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_common_name(common_name: &str) -> Result<Self, NameRefusal> {
        Self::new(&[(AttributeType::CommonName, common_name)])
    }

    /// The name without any attribute: a leaf that is known by its alternative names alone.
    #[must_use]
    pub const fn empty() -> Self {
        Self { attributes: Vec::new() }
    }

    /// Whether there is no attribute.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (AttributeType, &str)> {
        self.attributes.iter().map(|(kind, value)| (*kind, value.as_str()))
    }

    /// The DER of the `Name`.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Writer::collect(|w| {
            w.sequence(|w| {
                for (kind, value) in &self.attributes {
                    let tag = match kind {
                        AttributeType::Country | AttributeType::SerialNumber => PRINTABLE_STRING,
                        // RFC 5280 §4.1.2.4: PrintableString or UTF8String in new certificates.
                        _ => UTF8_STRING,
                    };
                    let attribute = Writer::collect(|w| {
                        w.sequence(|w| {
                            w.oid(kind.oid());
                            w.primitive(tag, value.as_bytes());
                        });
                    });
                    w.set_of([attribute].into());
                }
            });
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: AttributeType, value: &str, expected: Result<(), NameRefusal>) {
        assert_eq!(DistinguishedName::new(&[(kind, value)]).map(|_| ()), expected, "{value:?}");
    }

    #[test]
    fn rfc_5280_appendix_a_bounds_and_forms() {
        use AttributeType::{CommonName, Country, Locality, SerialNumber};
        check(CommonName, &"x".repeat(64), Ok(()));
        check(CommonName, &"ü".repeat(64), Ok(()));
        check(CommonName, &"x".repeat(65), Err(NameRefusal::TooLong));
        check(Locality, &"x".repeat(129), Err(NameRefusal::TooLong));
        check(CommonName, "", Err(NameRefusal::Empty));
        check(CommonName, " \u{a0}", Err(NameRefusal::Empty));
        check(CommonName, "good.example\0.evil.example", Err(NameRefusal::ControlCharacter));
        check(Country, "DE", Ok(()));
        check(Country, "de", Err(NameRefusal::NotACountryCode));
        check(Country, "D", Err(NameRefusal::NotACountryCode));
        check(SerialNumber, "HRB 1234", Ok(()));
        check(SerialNumber, "HRB_1234", Err(NameRefusal::InvalidCharacter));
    }

    #[test]
    fn encoding() {
        let name = DistinguishedName::new(&[
            (AttributeType::Country, "DE"),
            (AttributeType::CommonName, "A"),
        ])
        .unwrap();
        let expected = [
            &[0x30, 0x19, 0x31, 0x0b, 0x30, 0x09, 6, 3, 0x55, 4, 6, 0x13, 2][..],
            b"DE",
            &[0x31, 0x0a, 0x30, 0x08, 6, 3, 0x55, 4, 3, 0x0c, 1],
            b"A",
        ]
        .concat();
        assert_eq!(name.to_der(), expected);
        assert_eq!(DistinguishedName::empty().to_der(), [0x30, 0]);
    }
}
