//! The Online Certificate Status Protocol (RFC 6960): requests and responses.

mod request;
mod response;

use crate::algorithm::AlgorithmIdentifier;
use crate::error::{ErrorKind, Fault, Field};
use crate::extension_list::ExtensionList;
use crate::oid::Oid;
use crate::reader::{Elements, Reader, Unchecked, tag};
use crate::serial_number::SerialNumber;
use crate::strictness::Strictness;

pub use request::{OcspRequest, OcspSingleRequest};
pub use response::{
    BasicOcspResponse, CertStatus, OcspResponse, OcspResponseStatus, ResponderId, SingleResponse,
};

/// Which certificate is asked after.
///
/// ```text
/// CertID ::= SEQUENCE {                                    RFC 6960 §4.1.1
///     hashAlgorithm   AlgorithmIdentifier,
///     issuerNameHash  OCTET STRING,                        of the DER of the issuer's name
///     issuerKeyHash   OCTET STRING,                        of the bits of the issuer's key
///     serialNumber    CertificateSerialNumber }
/// ```
///
/// Two are the same only if all four fields are (CVE-2016-7444 and CVE-2026-3832 came of comparing less).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertId<'a> {
    hash_algorithm: AlgorithmIdentifier<'a>,
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    serial_number: SerialNumber<'a>,
}

impl<'a> CertId<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        s.within(Field::CertId, |s| {
            let mut inner = reader.sequence(s)?;
            let hash_algorithm =
                s.within(Field::HashAlgorithm, |s| AlgorithmIdentifier::read(s, &mut inner))?;
            let issuer_name_hash =
                s.within(Field::IssuerNameHash, |s| inner.read(s, tag::OCTET_STRING))?;
            let issuer_key_hash =
                s.within(Field::IssuerKeyHash, |s| inner.read(s, tag::OCTET_STRING))?;
            let serial_number = s.within(Field::SerialNumber, |s| {
                let value = inner.read(s, tag::INTEGER)?;
                SerialNumber::parse_any(s, value)
            })?;
            inner.finish(s)?;
            Ok(Self { hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number })
        })
    }

    /// The hash that made the next two.
    #[must_use]
    pub const fn hash_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.hash_algorithm
    }

    /// The hash of the DER of the issuer's name.
    #[must_use]
    pub const fn issuer_name_hash(&self) -> &'a [u8] {
        self.issuer_name_hash
    }

    /// The hash of the bits of the issuer's key, without the count of unused bits.
    #[must_use]
    pub const fn issuer_key_hash(&self) -> &'a [u8] {
        self.issuer_key_hash
    }

    /// The serial number of the certificate.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber<'a> {
        self.serial_number
    }
}

/// The extensions of an OCSP message, or of one request or response in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OcspExtensions<'a> {
    list: ExtensionList<'a>,
    nonce: Option<&'a [u8]>,
    unprocessed_critical: bool,
}

impl<'a> OcspExtensions<'a> {
    const EMPTY: Self =
        Self { list: ExtensionList::EMPTY, nonce: None, unprocessed_critical: false };

    /// `[number] EXPLICIT Extensions OPTIONAL`
    fn optional<S: Strictness>(
        s: &mut S,
        reader: &mut Reader<'a>,
        number: u8,
        field: Field,
    ) -> Result<Self, Fault> {
        let Some(value) = reader.optional(s, tag::constructed(number))? else {
            return Ok(Self::EMPTY);
        };
        let mut explicit = Reader::new(value);
        let mut this = Self::EMPTY;
        this.list = ExtensionList::read(s, &mut explicit, field, |s, extension| {
            if extension.oid() == Oid::OCSP_NONCE {
                this.nonce = s.recover(|s| {
                    s.within(Field::Nonce, |s| {
                        let mut reader = Reader::new(extension.value());
                        let nonce = reader.read(s, tag::OCTET_STRING)?;
                        reader.finish(s)?;
                        // RFC 9654 §2.1: 1 to 128 bytes
                        if nonce.is_empty() || nonce.len() > 128 {
                            s.deviation(ErrorKind::InvalidValue, nonce)?;
                        }
                        Ok(nonce)
                    })
                })?;
            }
            let processed = this.nonce.is_some() && extension.oid() == Oid::OCSP_NONCE;
            this.unprocessed_critical |= extension.critical() && !processed;
            Ok(())
        })?;
        explicit.finish(s)?;
        Ok(this)
    }

    /// Of elements checked before.
    fn checked(elements: &mut Elements<'a>, number: u8) -> Self {
        let mut reader = Reader::new(elements.rest());
        Self::optional(&mut Unchecked, &mut reader, number, Field::Extensions)
            .unwrap_or(Self::EMPTY)
    }

    /// As received.
    #[must_use]
    pub const fn list(&self) -> ExtensionList<'a> {
        self.list
    }

    /// What binds a response to its request (RFC 9654).
    #[must_use]
    pub const fn nonce(&self) -> Option<&'a [u8]> {
        self.nonce
    }

    /// Whether there is a critical extension other than the nonce: whoever does not know it has to refuse (RFC 6960 §4.4).
    #[must_use]
    pub const fn has_unprocessed_critical(&self) -> bool {
        self.unprocessed_critical
    }
}
