//! The signed part of a certificate.
//!
//! ```text
//! TBSCertificate ::= SEQUENCE {                            RFC 5280 §4.1
//!     version               [0] EXPLICIT Version DEFAULT v1,
//!     serialNumber          CertificateSerialNumber,
//!     signature             AlgorithmIdentifier,
//!     issuer                Name,
//!     validity              Validity,
//!     subject               Name,
//!     subjectPublicKeyInfo  SubjectPublicKeyInfo,
//!     issuerUniqueID        [1] IMPLICIT UniqueIdentifier OPTIONAL,
//!     subjectUniqueID       [2] IMPLICIT UniqueIdentifier OPTIONAL,
//!     extensions            [3] EXPLICIT Extensions OPTIONAL }
//! ```

use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::extensions::Extensions;
use crate::name::Name;
use crate::public_key::SubjectPublicKeyInfo;
use crate::reader::{self, Elements, Reader, Unchecked, tag};
use crate::serial_number::SerialNumber;
use crate::strictness::Strictness;
use crate::validity::Validity;

/// The version of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// Of 1988: no extensions.
    V1,
    /// Of 1993: unique identifiers.
    V2,
    /// Of 1996: extensions.
    V3,
}

/// The signed part of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TbsCertificate<'a> {
    raw: &'a [u8],
    version: Version,
    serial_number: SerialNumber<'a>,
    signature: AlgorithmIdentifier<'a>,
    issuer: Name<'a>,
    validity: Validity,
    subject: Name<'a>,
    subject_public_key_info: SubjectPublicKeyInfo<'a>,
    /// From the first of them on, as received; empty if there is none.
    unique_ids: &'a [u8],
    extensions: Extensions<'a>,
}

impl<'a> TbsCertificate<'a> {
    /// Parses the DER of one that is not signed yet.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 5280 §4.1, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict_into(der, &Self::EMPTY, |this, s, reader| {
            s.within(Field::TbsCertificate, |s| this.fill(s, reader))
        })
    }

    /// What [`Self::fill`] fills.
    pub(crate) const EMPTY: Self = Self {
        raw: &[],
        version: Version::V1,
        serial_number: SerialNumber::new(&[]),
        signature: AlgorithmIdentifier::EMPTY,
        issuer: Name::EMPTY,
        validity: Validity::EMPTY,
        subject: Name::EMPTY,
        subject_public_key_info: SubjectPublicKeyInfo::EMPTY,
        unique_ids: &[],
        extensions: Extensions::EMPTY,
    };

    /// Reads into `self`: it is too large to be handed up by value from level to level.
    #[inline]
    pub(crate) fn fill<S: Strictness>(
        &mut self,
        s: &mut S,
        reader: &mut Reader<'a>,
    ) -> Result<(), Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        self.raw = element.raw;
        let mut inner = Reader::new(element.value);
        self.version = s.within(Field::Version, |s| read_version(s, &mut inner))?;
        self.serial_number = s.within(Field::SerialNumber, |s| {
            let value = inner.read(s, tag::INTEGER)?;
            SerialNumber::parse(s, value)
        })?;
        self.signature =
            s.within(Field::Signature, |s| AlgorithmIdentifier::read(s, &mut inner))?;
        let at = inner.rest();
        self.issuer = s.within(Field::Issuer, |s| {
            let issuer = Name::read(s, &mut inner)?;
            if issuer.is_empty() {
                // RFC 5280 §4.1.2.4
                s.deviation(ErrorKind::EmptyIssuer, at)?;
            }
            Ok(issuer)
        })?;
        self.validity = s.within(Field::Validity, |s| Validity::read(s, &mut inner))?;
        self.subject = s.within(Field::Subject, |s| {
            // In the certificate of a root the subject is the issuer, which has been checked.
            if S::EVERY_DEVIATION_IS_AN_ERROR && inner.skip(self.issuer.as_der()) {
                return Ok(self.issuer);
            }
            Name::read(s, &mut inner)
        })?;
        let key = &mut self.subject_public_key_info;
        s.within(Field::SubjectPublicKeyInfo, |s| key.fill(s, &mut inner))?;
        if matches!(inner.peek(), Some(0x81 | 0x82)) {
            self.fill_unique_ids(s, &mut inner)?;
        }
        let at = inner.rest();
        if let Some(value) = inner.optional(s, tag::constructed(3))? {
            if self.version != Version::V3 {
                // RFC 5280 §4.1.2.9
                s.within(Field::Extensions, |s| s.deviation(ErrorKind::FieldNotInVersion, at))?;
            }
            let mut explicit = Reader::new(value);
            self.extensions.fill(s, &mut explicit)?;
            explicit.finish(s)?;
        }
        inner.finish(s)
    }

    #[cold]
    fn fill_unique_ids<S: Strictness>(
        &mut self,
        s: &mut S,
        inner: &mut Reader<'a>,
    ) -> Result<(), Fault> {
        let (version, unique_ids) = (self.version, inner.rest());
        let mut unique_id = |s: &mut S, number, field: Field| {
            s.within(field, |s| {
                let at = inner.rest();
                let Some(value) = inner.optional(s, tag::context(number))? else {
                    return Ok(());
                };
                if version == Version::V1 {
                    // RFC 5280 §4.1.2.8
                    s.deviation(ErrorKind::FieldNotInVersion, at)?;
                }
                BitString::parse(s, value).map(drop)
            })
        };
        unique_id(s, 1, Field::IssuerUniqueId)?;
        unique_id(s, 2, Field::SubjectUniqueId)?;
        self.unique_ids = unique_ids;
        Ok(())
    }

    /// Exactly the bytes that are signed, as received.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The serial number.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber<'a> {
        self.serial_number
    }

    /// The algorithm of the signature, as the signed part says it.
    #[must_use]
    pub const fn signature(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name<'a> {
        &self.issuer
    }

    /// For when.
    #[must_use]
    pub const fn validity(&self) -> &Validity {
        &self.validity
    }

    /// For whom.
    #[must_use]
    pub const fn subject(&self) -> &Name<'a> {
        &self.subject
    }

    /// The key.
    #[must_use]
    pub const fn subject_public_key_info(&self) -> &SubjectPublicKeyInfo<'a> {
        &self.subject_public_key_info
    }

    /// Tells issuers of the same name apart; long out of use.
    #[must_use]
    pub fn issuer_unique_id(&self) -> Option<BitString<'a>> {
        let id = Elements::new(self.unique_ids).optional(tag::context(1))?;
        BitString::parse(&mut Unchecked, id.value).ok()
    }

    /// Tells subjects of the same name apart; long out of use.
    #[must_use]
    pub fn subject_unique_id(&self) -> Option<BitString<'a>> {
        let mut ids = Elements::new(self.unique_ids);
        ids.optional(tag::context(1));
        let id = ids.optional(tag::context(2))?;
        BitString::parse(&mut Unchecked, id.value).ok()
    }

    /// The extensions.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions<'a> {
        &self.extensions
    }
}

/// `[0] EXPLICIT INTEGER { v1(0), v2(1), v3(2) } DEFAULT v1`
#[inline]
fn read_version<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Version, Fault> {
    let at = reader.rest();
    if reader.skip(&[tag::constructed(0), 3, tag::INTEGER, 1, 2]) {
        return Ok(Version::V3);
    }
    let Some(value) = reader.optional(s, tag::constructed(0))? else { return Ok(Version::V1) };
    let mut explicit = Reader::new(value);
    let number = explicit.u32(s)?;
    explicit.finish(s)?;
    match number {
        0 => {
            // X.690 §11.5
            s.deviation(ErrorKind::EncodedDefault, at)?;
            Ok(Version::V1)
        }
        1 => Ok(Version::V2),
        2 => Ok(Version::V3),
        _ => Err(Fault::new(ErrorKind::UnsupportedVersion, at)),
    }
}
