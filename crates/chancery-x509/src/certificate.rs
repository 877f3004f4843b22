//! Certificates.
//!
//! ```text
//! Certificate ::= SEQUENCE {                               RFC 5280 §4.1
//!     tbsCertificate      TBSCertificate,
//!     signatureAlgorithm  AlgorithmIdentifier,
//!     signatureValue      BIT STRING }
//! ```

use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::extensions::Extensions;
use crate::name::Name;
use crate::public_key::SubjectPublicKeyInfo;
use crate::reader::{self, Reader, tag};
use crate::serial_number::SerialNumber;
use crate::strictness::{Finding, Strictness};
use crate::tbs::{TbsCertificate, Version};
use crate::validity::Validity;

/// A certificate: everything in it decoded once, everything borrowed from its bytes.
///
/// It says nothing about trust: no signature has been verified and no clock read.
///
/// ```
/// # let der = include_bytes!("../tests/data/leaf.der");
/// use chancery_x509::{Certificate, GeneralName, PublicKey};
///
/// let certificate = Certificate::parse(der)?;
/// assert_eq!(certificate.subject().to_string(), "CN=leaf.example.com");
/// let names = certificate.extensions().subject_alt_name().unwrap();
/// assert!(names.iter().any(|name| name == GeneralName::DnsName("leaf.example.com")));
/// assert!(matches!(certificate.subject_public_key_info().key(), PublicKey::Ec(..)));
/// // What a signature is verified over: the received bytes, not an encoding of what was understood.
/// let (message, signature) = (certificate.tbs_der(), certificate.signature_value());
/// # let _ = (message, signature);
/// # Ok::<(), chancery_x509::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate<'a> {
    raw: &'a [u8],
    tbs: TbsCertificate<'a>,
    signature_algorithm: AlgorithmIdentifier<'a>,
    signature_value: BitString<'a>,
}

impl<'a> Certificate<'a> {
    /// Parses the DER of one, strictly.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 5280 §4, or one of the extensions that have a slot in [`Extensions`] is
    /// malformed, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict_into(der, &Self::EMPTY, Self::fill)
    }

    /// Parses what is readable although it breaks a rule, as some of the public web's certificates do, and calls `findings`
    /// with each deviation. Where it calls nothing, [`Self::parse`] would have given the same.
    ///
    /// # Errors
    /// If it cannot be read at all.
    pub fn parse_lenient(der: &'a [u8], findings: &mut dyn FnMut(Finding)) -> Result<Self, Error> {
        // Nearly all have no deviation, and are read in one third of the time.
        if let Ok(certificate) = Self::parse(der) {
            return Ok(certificate);
        }
        reader::lenient_into(der, findings, &Self::EMPTY, |this, s, reader| this.fill(s, reader))
    }

    const EMPTY: Self = Self {
        raw: &[],
        tbs: TbsCertificate::EMPTY,
        signature_algorithm: AlgorithmIdentifier::EMPTY,
        signature_value: BitString::EMPTY,
    };

    fn fill<S: Strictness>(&mut self, s: &mut S, reader: &mut Reader<'a>) -> Result<(), Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        self.raw = element.raw;
        let mut inner = Reader::new(element.value);
        s.within(Field::TbsCertificate, |s| self.tbs.fill(s, &mut inner))?;
        let signature = self.tbs.signature();
        self.signature_algorithm = s.within(Field::SignatureAlgorithm, |s| {
            // The same bytes as inside the signed part have been checked there.
            if S::EVERY_DEVIATION_IS_AN_ERROR && inner.skip(signature.as_der()) {
                return Ok(*signature);
            }
            let algorithm = AlgorithmIdentifier::read(s, &mut inner)?;
            if algorithm.as_der() != signature.as_der() {
                // RFC 5280 §4.1.1.2, parameters and all
                s.deviation(ErrorKind::SignatureAlgorithmMismatch, algorithm.as_der())?;
            }
            Ok(algorithm)
        })?;
        self.signature_value =
            s.within(Field::SignatureValue, |s| inner.bit_string(s)?.aligned(s))?;
        inner.finish(s)
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The signed part.
    #[must_use]
    pub const fn tbs(&self) -> &TbsCertificate<'a> {
        &self.tbs
    }

    /// Exactly the bytes that are signed, as received.
    #[must_use]
    pub const fn tbs_der(&self) -> &'a [u8] {
        self.tbs.as_der()
    }

    /// The algorithm of the signature, outside the signed part. Strict parsing has compared it with the one inside.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature_algorithm
    }

    /// The signature.
    #[must_use]
    pub const fn signature_value(&self) -> &'a [u8] {
        self.signature_value.as_bytes()
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.tbs.version()
    }

    /// The serial number.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber<'a> {
        self.tbs.serial_number()
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name<'a> {
        self.tbs.issuer()
    }

    /// For when.
    #[must_use]
    pub const fn validity(&self) -> &Validity {
        self.tbs.validity()
    }

    /// For whom.
    #[must_use]
    pub const fn subject(&self) -> &Name<'a> {
        self.tbs.subject()
    }

    /// The key.
    #[must_use]
    pub const fn subject_public_key_info(&self) -> &SubjectPublicKeyInfo<'a> {
        self.tbs.subject_public_key_info()
    }

    /// The extensions.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions<'a> {
        self.tbs.extensions()
    }

    /// Whether issuer and subject are the same (RFC 5280 §6.1). That says nothing about who signed it.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer().matches(self.subject())
    }
}
