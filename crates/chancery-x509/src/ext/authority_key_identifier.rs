//! Authority key identifier.

use super::ExtensionValue;
use crate::error::{ErrorKind, Fault, Field};
use crate::general_name::GeneralNames;
use crate::reader::{Reader, tag};
use crate::serial_number::SerialNumber;
use crate::strictness::Strictness;

/// Which key of the issuer signed this.
///
/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {                    RFC 5280 §4.2.1.1
///     keyIdentifier              [0] OCTET STRING OPTIONAL,
///     authorityCertIssuer        [1] GeneralNames OPTIONAL,
///     authorityCertSerialNumber  [2] CertificateSerialNumber OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthorityKeyIdentifier<'a> {
    key_identifier: Option<&'a [u8]>,
    authority_cert_issuer: Option<GeneralNames<'a>>,
    authority_cert_serial_number: Option<SerialNumber<'a>>,
}

impl<'a> AuthorityKeyIdentifier<'a> {
    /// The issuer's subject key identifier.
    #[must_use]
    pub const fn key_identifier(&self) -> Option<&'a [u8]> {
        self.key_identifier
    }

    /// Who issued the issuer's certificate.
    #[must_use]
    pub const fn authority_cert_issuer(&self) -> Option<GeneralNames<'a>> {
        self.authority_cert_issuer
    }

    /// The serial number of the issuer's certificate.
    #[must_use]
    pub const fn authority_cert_serial_number(&self) -> Option<SerialNumber<'a>> {
        self.authority_cert_serial_number
    }
}

impl<'a> ExtensionValue<'a> for AuthorityKeyIdentifier<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let key_identifier = inner.optional(s, tag::context(0))?;
        let at = inner.rest();
        let authority_cert_issuer = match inner.optional(s, tag::constructed(1))? {
            None => None,
            Some(contents) => {
                Some(s.within(Field::AuthorityCertIssuer, |s| GeneralNames::check(s, contents))?)
            }
        };
        let authority_cert_serial_number =
            match inner.optional(s, tag::context(2))? {
                None => None,
                Some(value) => Some(s.within(Field::AuthorityCertSerialNumber, |s| {
                    SerialNumber::parse_any(s, value)
                })?),
            };
        inner.finish(s)?;
        if authority_cert_issuer.is_some() != authority_cert_serial_number.is_some() {
            // RFC 5280 appendix A.2: both or neither.
            s.deviation(ErrorKind::MissingField, at)?;
        }
        Ok(Self { key_identifier, authority_cert_issuer, authority_cert_serial_number })
    }
}
