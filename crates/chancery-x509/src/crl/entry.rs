//! The entries of a CRL.

use core::fmt;

use crate::error::{ErrorKind, Fault, Field};
use crate::ext::ExtensionValue;
use crate::extension_list::{Extension, ExtensionList};
use crate::general_name::GeneralNames;
use crate::oid::Oid;
use crate::reader::{self, Elements, Reader, Unchecked, tag};
use crate::serial_number::SerialNumber;
use crate::strictness::Strictness;
use crate::tbs::Version;
use crate::time::Time;

/// A certificate that is revoked, or with [`ReasonCode::RemoveFromCrl`] is no more.
///
/// ```text
/// SEQUENCE {                                               RFC 5280 §5.1
///     userCertificate     CertificateSerialNumber,
///     revocationDate      Time,
///     crlEntryExtensions  Extensions OPTIONAL }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RevokedCertificate<'a> {
    raw: &'a [u8],
    serial_number: SerialNumber<'a>,
    date: &'a [u8],
    extensions: &'a [u8],
    certificate_issuer: Option<GeneralNames<'a>>,
}

impl<'a> RevokedCertificate<'a> {
    /// Checks the contents of the SEQUENCE, and counts.
    pub(super) fn check_all<S: Strictness>(
        s: &mut S,
        contents: &'a [u8],
        version: Version,
    ) -> Result<usize, Fault> {
        let mut reader = Reader::new(contents);
        let mut count = 0;
        while !reader.is_empty() {
            s.within(Field::RevokedCertificates.at(count), |s| {
                Self::check(s, &mut reader, version)
            })?;
            count += 1;
        }
        Ok(count)
    }

    #[inline]
    fn check<S: Strictness>(
        s: &mut S,
        reader: &mut Reader<'a>,
        version: Version,
    ) -> Result<(), Fault> {
        let mut inner = reader.sequence(s)?;
        s.within(Field::SerialNumber, |s| {
            let value = inner.read(s, tag::INTEGER)?;
            reader::integer(s, value)
        })?;
        s.within(Field::RevocationDate, |s| Time::read(s, &mut inner))?;
        if !inner.is_empty() {
            let at = inner.rest();
            if version == Version::V1 {
                s.deviation(ErrorKind::FieldNotInVersion, at)?;
            }
            CrlEntryExtensions::read(s, &mut inner)?;
            inner.finish(s)?;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn checked(
        element: reader::Element<'a>,
        inherited: Option<GeneralNames<'a>>,
    ) -> Self {
        let mut elements = Elements::new(element.value);
        let serial_number = SerialNumber::new(elements.value());
        let date = elements.next().map_or(&[][..], |date| date.raw);
        let extensions = elements.rest();
        let mut this = Self {
            raw: element.raw,
            serial_number,
            date,
            extensions,
            certificate_issuer: inherited,
        };
        // Only what has the bytes of its identifier can have the extension; nearly no entry has them.
        if extensions.windows(3).any(|bytes| bytes == Oid::CERTIFICATE_ISSUER.as_bytes()) {
            // RFC 5280 §5.3.3: it holds for this entry and for those that follow until the next one.
            this.certificate_issuer = this.extensions().certificate_issuer.or(inherited);
        }
        this
    }

    /// The whole DER of the entry.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Which certificate of the issuer.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber<'a> {
        self.serial_number
    }

    /// Since when.
    #[must_use]
    pub fn revocation_date(&self) -> Time {
        let time = Elements::new(self.date).next().map(Time::checked);
        time.unwrap_or(Time::from_unix_seconds(0))
    }

    /// What else is said of it.
    #[must_use]
    pub fn extensions(&self) -> CrlEntryExtensions<'a> {
        if self.extensions.is_empty() {
            return CrlEntryExtensions::EMPTY;
        }
        let mut reader = Reader::new(self.extensions);
        let extensions = CrlEntryExtensions::read(&mut Unchecked, &mut reader);
        extensions.unwrap_or(CrlEntryExtensions::EMPTY)
    }

    /// Who issued the certificate, if this or an earlier entry of an indirect CRL says so; otherwise it is the issuer of the CRL
    /// (RFC 5280 §5.3.3).
    #[must_use]
    pub const fn certificate_issuer(&self) -> Option<GeneralNames<'a>> {
        self.certificate_issuer
    }
}

impl fmt::Debug for RevokedCertificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevokedCertificate")
            .field("serial_number", &self.serial_number)
            .field("revocation_date", &self.revocation_date())
            .field("certificate_issuer", &self.certificate_issuer)
            .finish_non_exhaustive()
    }
}

/// The entries of a CRL, in order.
#[derive(Clone, Copy)]
pub struct CrlEntries<'a> {
    elements: Elements<'a>,
    certificate_issuer: Option<GeneralNames<'a>>,
}

impl<'a> CrlEntries<'a> {
    pub(super) const fn new(contents: &'a [u8]) -> Self {
        Self { elements: Elements::new(contents), certificate_issuer: None }
    }
}

impl<'a> Iterator for CrlEntries<'a> {
    type Item = RevokedCertificate<'a>;

    #[inline]
    fn next(&mut self) -> Option<RevokedCertificate<'a>> {
        let entry = RevokedCertificate::checked(self.elements.next()?, self.certificate_issuer);
        self.certificate_issuer = entry.certificate_issuer;
        Some(entry)
    }
}

impl fmt::Debug for CrlEntries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlEntries").finish_non_exhaustive()
    }
}

/// The extensions of an entry (RFC 5280 §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlEntryExtensions<'a> {
    list: ExtensionList<'a>,
    reason_code: Option<ReasonCode>,
    hold_instruction_code: Option<Oid<'a>>,
    invalidity_date: Option<Time>,
    certificate_issuer: Option<GeneralNames<'a>>,
    unprocessed_critical: bool,
}

impl<'a> CrlEntryExtensions<'a> {
    const EMPTY: Self = Self {
        list: ExtensionList::EMPTY,
        reason_code: None,
        hold_instruction_code: None,
        invalidity_date: None,
        certificate_issuer: None,
        unprocessed_critical: false,
    };

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut this = Self::EMPTY;
        this.list = ExtensionList::read(s, reader, Field::CrlEntryExtensions, |s, extension| {
            let read = s.recover(|s| this.fill(s, extension))?;
            this.unprocessed_critical |= extension.critical() && read != Some(true);
            Ok(())
        })?;
        Ok(this)
    }

    /// Whether it has a slot.
    fn fill<S: Strictness>(&mut self, s: &mut S, extension: &Extension<'a>) -> Result<bool, Fault> {
        let value = extension.value();
        match extension.oid() {
            Oid::CRL_REASON => {
                self.reason_code = Some(s.within(Field::ReasonCode, |s| {
                    let mut reader = Reader::new(value);
                    let code = ReasonCode::read(s, &mut reader)?;
                    reader.finish(s)?;
                    Ok(code)
                })?);
            }
            Oid::INVALIDITY_DATE => {
                self.invalidity_date = Some(s.within(Field::InvalidityDate, |s| {
                    let mut reader = Reader::new(value);
                    let date = Time::read_generalized(s, &mut reader)?;
                    reader.finish(s)?;
                    Ok(date)
                })?);
            }
            Oid::CERTIFICATE_ISSUER => {
                self.certificate_issuer =
                    Some(s.within(Field::CertificateIssuer, |s| GeneralNames::parse(s, value))?);
            }
            Oid::HOLD_INSTRUCTION_CODE => {
                let mut reader = Reader::new(value);
                self.hold_instruction_code = Some(reader.oid(s)?);
                reader.finish(s)?;
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

    /// Why (RFC 5280 §5.3.1).
    #[must_use]
    pub const fn reason_code(&self) -> Option<ReasonCode> {
        self.reason_code
    }

    /// What to do with a certificate on hold; out of use since RFC 5280.
    #[must_use]
    pub const fn hold_instruction_code(&self) -> Option<Oid<'a>> {
        self.hold_instruction_code
    }

    /// Since when the key is thought to be lost (RFC 5280 §5.3.2).
    #[must_use]
    pub const fn invalidity_date(&self) -> Option<Time> {
        self.invalidity_date
    }

    /// Who issued the certificate, if this entry says so itself (RFC 5280 §5.3.3).
    #[must_use]
    pub const fn certificate_issuer(&self) -> Option<GeneralNames<'a>> {
        self.certificate_issuer
    }

    /// Whether there is a critical extension that is none of the above: then the CRL must not be used to determine the status
    /// of any certificate (RFC 5280 §5.3).
    #[must_use]
    pub const fn has_unprocessed_critical(&self) -> bool {
        self.unprocessed_critical
    }
}

/// Why a certificate was revoked.
///
/// ```text
/// CRLReason ::= ENUMERATED { ... }                         RFC 5280 §5.3.1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasonCode {
    /// 0: for no stated reason.
    Unspecified,
    /// 1: the key of the subject is lost.
    KeyCompromise,
    /// 2: the key of the CA is lost.
    CaCompromise,
    /// 3: the name or what else the certificate says has changed.
    AffiliationChanged,
    /// 4: there is a newer one.
    Superseded,
    /// 5: it is no longer needed.
    CessationOfOperation,
    /// 6: it is on hold.
    CertificateHold,
    /// 8: in a delta CRL, it is no longer revoked, or has expired.
    RemoveFromCrl,
    /// 9: a privilege that it states was withdrawn.
    PrivilegeWithdrawn,
    /// 10: the key of the attribute authority is lost.
    AaCompromise,
}

impl ReasonCode {
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let value = reader.read(s, tag::ENUMERATED)?;
        Ok(match reader::u32(s, value)? {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return Err(Fault::new(ErrorKind::InvalidValue, value)),
        })
    }

    /// As the standard writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }
}
