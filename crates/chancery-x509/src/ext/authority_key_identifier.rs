//! Authority key identifier.

use core::fmt;

use super::ExtensionValue;
use crate::error::{ErrorKind, Fault, Field};
use crate::general_name::GeneralNames;
use crate::reader::{Elements, Reader, tag};
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
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthorityKeyIdentifier<'a> {
    contents: &'a [u8],
}

impl<'a> AuthorityKeyIdentifier<'a> {
    /// The issuer's subject key identifier.
    #[must_use]
    pub fn key_identifier(&self) -> Option<&'a [u8]> {
        let [key_identifier, ..] = self.fields();
        key_identifier
    }

    /// Who issued the issuer's certificate.
    #[must_use]
    pub fn authority_cert_issuer(&self) -> Option<GeneralNames<'a>> {
        let [_, issuer, _] = self.fields();
        issuer.map(GeneralNames::checked)
    }

    /// The serial number of the issuer's certificate.
    #[must_use]
    pub fn authority_cert_serial_number(&self) -> Option<SerialNumber<'a>> {
        let [.., serial_number] = self.fields();
        serial_number.map(SerialNumber::new)
    }

    fn fields(&self) -> [Option<&'a [u8]>; 3] {
        let mut elements = Elements::new(self.contents);
        [tag::context(0), tag::constructed(1), tag::context(2)]
            .map(|tag| elements.optional(tag).map(|element| element.value))
    }
}

impl<'a> ExtensionValue<'a> for AuthorityKeyIdentifier<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = reader.read(s, tag::SEQUENCE)?;
        let mut inner = Reader::new(contents);
        inner.optional(s, tag::context(0))?;
        let at = inner.rest();
        let issuer = inner.optional(s, tag::constructed(1))?;
        if let Some(contents) = issuer {
            s.within(Field::AuthorityCertIssuer, |s| GeneralNames::check(s, contents))?;
        }
        let serial_number = inner.optional(s, tag::context(2))?;
        if let Some(value) = serial_number {
            s.within(Field::AuthorityCertSerialNumber, |s| SerialNumber::parse_any(s, value))?;
        }
        inner.finish(s)?;
        if issuer.is_some() != serial_number.is_some() {
            // RFC 5280 appendix A.2: both or neither.
            s.deviation(ErrorKind::MissingField, at)?;
        }
        Ok(Self { contents })
    }
}

impl fmt::Debug for AuthorityKeyIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorityKeyIdentifier")
            .field("key_identifier", &self.key_identifier())
            .field("authority_cert_issuer", &self.authority_cert_issuer())
            .field("authority_cert_serial_number", &self.authority_cert_serial_number())
            .finish()
    }
}
