//! Certificate revocation lists.
//!
//! ```text
//! CertificateList ::= SEQUENCE {                           RFC 5280 §5.1
//!     tbsCertList          TBSCertList,
//!     signatureAlgorithm   AlgorithmIdentifier,
//!     signatureValue       BIT STRING }
//! TBSCertList ::= SEQUENCE {
//!     version              Version OPTIONAL,               v2 if there
//!     signature            AlgorithmIdentifier,
//!     issuer               Name,
//!     thisUpdate           Time,
//!     nextUpdate           Time OPTIONAL,
//!     revokedCertificates  SEQUENCE OF RevokedCertificate OPTIONAL,
//!     crlExtensions        [0] EXPLICIT Extensions OPTIONAL }
//! ```

use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::name::Name;
use crate::reader::{self, Reader, tag};
use crate::strictness::{Finding, Strictness};
use crate::tbs::Version;
use crate::time::Time;

mod entry;
mod extensions;
mod index;

pub use entry::{CrlEntries, CrlEntryExtensions, ReasonCode, RevokedCertificate};
pub use extensions::{CrlExtensions, IssuingDistributionPoint};
pub use index::{CrlIndex, CrlIndexTooShort, CrlSlot};

/// A CRL: full, delta or indirect. All its entries have been checked, and none has been kept: iterating reads them from the bytes.
///
/// ```
/// # let der = include_bytes!("../tests/data/revoked.crl");
/// use chancery_x509::{CertificateList, ReasonCode, SerialNumber};
///
/// let list = CertificateList::parse(der)?;
/// let revoked = list.entries().find(|entry| entry.serial_number() == SerialNumber::new(&[0x10, 0x01]));
/// assert_eq!(revoked.unwrap().extensions().reason_code(), Some(ReasonCode::KeyCompromise));
/// # Ok::<(), chancery_x509::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateList<'a> {
    raw: &'a [u8],
    tbs: &'a [u8],
    version: Version,
    signature: AlgorithmIdentifier<'a>,
    issuer: Name<'a>,
    this_update: Time,
    next_update: Option<Time>,
    revoked: &'a [u8],
    entry_count: usize,
    extensions: CrlExtensions<'a>,
    signature_algorithm: AlgorithmIdentifier<'a>,
    signature_value: BitString<'a>,
}

impl<'a> CertificateList<'a> {
    /// Parses the DER of one, strictly: one pass over all entries.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 5280 §5, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, Self::read)
    }

    /// Parses what is readable although it breaks a rule, and calls `findings` with each deviation.
    ///
    /// # Errors
    /// If it cannot be read at all.
    pub fn parse_lenient(der: &'a [u8], findings: &mut dyn FnMut(Finding)) -> Result<Self, Error> {
        reader::lenient(der, findings, |s, reader| Self::read(s, reader))
    }

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut outer = Reader::new(element.value);
        let tbs = outer.expect(s, tag::SEQUENCE)?;
        let mut this = s.within(Field::TbsCertList, |s| {
            let mut inner = Reader::new(tbs.value);
            let this = Self::read_tbs(s, &mut inner)?;
            inner.finish(s)?;
            Ok(this)
        })?;
        (this.raw, this.tbs) = (element.raw, tbs.raw);
        this.signature_algorithm = s.within(Field::SignatureAlgorithm, |s| {
            let algorithm = AlgorithmIdentifier::read(s, &mut outer)?;
            if algorithm.as_der() != this.signature.as_der() {
                // RFC 5280 §5.1.1.2, parameters and all
                s.deviation(ErrorKind::SignatureAlgorithmMismatch, algorithm.as_der())?;
            }
            Ok(algorithm)
        })?;
        this.signature_value =
            s.within(Field::SignatureValue, |s| outer.bit_string(s)?.aligned(s))?;
        outer.finish(s)?;
        Ok(this)
    }

    /// All but what is outside the signed part.
    fn read_tbs<S: Strictness>(s: &mut S, inner: &mut Reader<'a>) -> Result<Self, Fault> {
        let at = inner.rest();
        let version = if inner.peek() == Some(tag::INTEGER) {
            match s.within(Field::Version, |s| inner.u32(s))? {
                1 => Version::V2,
                // RFC 5280 §5.1.2.1: v2 if present, which is 1.
                _ => return Err(Fault::new(ErrorKind::UnsupportedVersion, at)),
            }
        } else {
            Version::V1
        };
        let signature = s.within(Field::Signature, |s| AlgorithmIdentifier::read(s, inner))?;
        let at = inner.rest();
        let issuer = s.within(Field::Issuer, |s| {
            let issuer = Name::read(s, inner)?;
            if issuer.is_empty() {
                // RFC 5280 §5.1.2.3
                s.deviation(ErrorKind::EmptyIssuer, at)?;
            }
            Ok(issuer)
        })?;
        let this_update = s.within(Field::ThisUpdate, |s| Time::read(s, inner))?;
        let next_update = match inner.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => {
                Some(s.within(Field::NextUpdate, |s| Time::read(s, inner))?)
            }
            _ => {
                // RFC 5280 §5.1.2.5: conforming issuers MUST include it.
                let at = inner.rest();
                s.within(Field::NextUpdate, |s| s.deviation(ErrorKind::MissingField, at))?;
                None
            }
        };
        let at = inner.rest();
        let revoked = inner.optional(s, tag::SEQUENCE)?;
        if revoked.is_some_and(<[u8]>::is_empty) {
            // RFC 5280 §5.1.2.6: absent when there are no revoked certificates.
            s.within(Field::RevokedCertificates, |s| s.deviation(ErrorKind::EmptySequence, at))?;
        }
        let revoked = revoked.unwrap_or_default();
        let entry_count = RevokedCertificate::check_all(s, revoked, version)?;
        let at = inner.rest();
        let extensions = match inner.optional(s, tag::constructed(0))? {
            None => CrlExtensions::EMPTY,
            Some(value) => {
                if version == Version::V1 {
                    s.within(Field::CrlExtensions, |s| {
                        s.deviation(ErrorKind::FieldNotInVersion, at)
                    })?;
                }
                let mut explicit = Reader::new(value);
                let extensions = CrlExtensions::read(s, &mut explicit)?;
                explicit.finish(s)?;
                extensions
            }
        };
        Ok(Self {
            raw: &[],
            tbs: &[],
            version,
            signature,
            issuer,
            this_update,
            next_update,
            revoked,
            entry_count,
            extensions,
            signature_algorithm: signature,
            signature_value: BitString::EMPTY,
        })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Exactly the bytes that are signed, as received.
    #[must_use]
    pub const fn tbs_der(&self) -> &'a [u8] {
        self.tbs
    }

    /// The version, v1 or v2.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Who signed it.
    #[must_use]
    pub const fn issuer(&self) -> &Name<'a> {
        &self.issuer
    }

    /// When it was made.
    #[must_use]
    pub const fn this_update(&self) -> Time {
        self.this_update
    }

    /// By when the next one is made.
    #[must_use]
    pub const fn next_update(&self) -> Option<Time> {
        self.next_update
    }

    /// How many certificates are revoked.
    #[must_use]
    pub const fn entry_count(&self) -> usize {
        self.entry_count
    }

    /// The revoked certificates, in order. For repeated look-ups build a [`CrlIndex`].
    #[must_use]
    pub fn entries(&self) -> CrlEntries<'a> {
        CrlEntries::new(self.revoked)
    }

    /// The contents of the SEQUENCE of revoked certificates.
    pub(crate) const fn revoked(&self) -> &'a [u8] {
        self.revoked
    }

    /// The extensions.
    #[must_use]
    pub const fn extensions(&self) -> &CrlExtensions<'a> {
        &self.extensions
    }

    /// The algorithm of the signature, outside the signed part. Strict parsing has compared it with the one inside.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature_algorithm
    }

    /// The algorithm of the signature, as the signed part says it.
    #[must_use]
    pub const fn signature(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature
    }

    /// The signature.
    #[must_use]
    pub const fn signature_value(&self) -> &'a [u8] {
        self.signature_value.as_bytes()
    }
}
