//! OCSP responses.
//!
//! ```text
//! OCSPResponse ::= SEQUENCE {                              RFC 6960 §4.2.1
//!     responseStatus      ENUMERATED,
//!     responseBytes       [0] EXPLICIT SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
//! BasicOCSPResponse ::= SEQUENCE {
//!     tbsResponseData     ResponseData,
//!     signatureAlgorithm  AlgorithmIdentifier,
//!     signature           BIT STRING,
//!     certs               [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
//! ResponseData ::= SEQUENCE {
//!     version             [0] EXPLICIT Version DEFAULT v1,
//!     responderID         ResponderID,
//!     producedAt          GeneralizedTime,
//!     responses           SEQUENCE OF SingleResponse,
//!     responseExtensions  [1] EXPLICIT Extensions OPTIONAL }
//! ```

use super::{CertId, OcspExtensions};
use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::crl::ReasonCode;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::ext::sequence_of;
use crate::name::Name;
use crate::oid::Oid;
use crate::reader::{self, Elements, Reader, Unchecked, tag};
use crate::strictness::{Finding, Strictness};
use crate::time::Time;

/// An answer, or a refusal to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspResponse<'a> {
    raw: &'a [u8],
    status: OcspResponseStatus,
    basic: Option<BasicOcspResponse<'a>>,
}

/// Whether there is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OcspResponseStatus {
    /// 0: there is.
    Successful,
    /// 1: the request was malformed.
    MalformedRequest,
    /// 2: the responder failed.
    InternalError,
    /// 3: later, perhaps.
    TryLater,
    /// 5: the request has to be signed.
    SigRequired,
    /// 6: the requestor may not ask.
    Unauthorized,
}

impl<'a> OcspResponse<'a> {
    /// Parses the DER of one, strictly.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 6960 §4.2.1, or of another type than `id-pkix-ocsp-basic`, or bytes follow.
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
        let mut inner = Reader::new(element.value);
        let status = s.within(Field::ResponseStatus, |s| {
            let value = inner.read(s, tag::ENUMERATED)?;
            Ok(match reader::u32(s, value)? {
                0 => OcspResponseStatus::Successful,
                1 => OcspResponseStatus::MalformedRequest,
                2 => OcspResponseStatus::InternalError,
                3 => OcspResponseStatus::TryLater,
                5 => OcspResponseStatus::SigRequired,
                6 => OcspResponseStatus::Unauthorized,
                _ => return Err(Fault::new(ErrorKind::InvalidValue, value)),
            })
        })?;
        let at = inner.rest();
        let basic = match inner.optional(s, tag::constructed(0))? {
            None => None,
            Some(value) => Some(s.within(Field::ResponseBytes, |s| {
                let mut explicit = Reader::new(value);
                let mut bytes = explicit.sequence(s)?;
                let at = bytes.rest();
                if bytes.oid(s)? != Oid::OCSP_BASIC {
                    return Err(Fault::new(ErrorKind::UnsupportedType, at));
                }
                let response = bytes.read(s, tag::OCTET_STRING)?;
                bytes.finish(s)?;
                explicit.finish(s)?;
                let mut reader = Reader::new(response);
                let basic = BasicOcspResponse::read(s, &mut reader)?;
                reader.finish(s)?;
                Ok(basic)
            })?),
        };
        inner.finish(s)?;
        // RFC 6960 §4.2.1: bytes if and only if successful.
        match (status, basic.is_some()) {
            (OcspResponseStatus::Successful, false) => {
                return s.within(Field::ResponseBytes, |_| {
                    Err(Fault::new(ErrorKind::MissingField, at))
                });
            }
            (OcspResponseStatus::Successful, true) | (_, false) => {}
            (_, true) => {
                s.within(Field::ResponseBytes, |s| s.deviation(ErrorKind::InvalidValue, at))?
            }
        }
        Ok(Self { raw: element.raw, status, basic })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there is an answer.
    #[must_use]
    pub const fn status(&self) -> OcspResponseStatus {
        self.status
    }

    /// The answer, if there is one.
    #[must_use]
    pub fn basic(&self) -> Option<&BasicOcspResponse<'a>> {
        self.basic.as_ref().filter(|_| self.status == OcspResponseStatus::Successful)
    }
}

/// A signed answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicOcspResponse<'a> {
    tbs: &'a [u8],
    responder_id: ResponderId<'a>,
    produced_at: Time,
    responses: &'a [u8],
    extensions: OcspExtensions<'a>,
    signature_algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
    certs: &'a [u8],
}

impl<'a> BasicOcspResponse<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut outer = reader.sequence(s)?;
        let tbs = outer.expect(s, tag::SEQUENCE)?;
        let (responder_id, produced_at, responses, extensions) =
            s.within(Field::ResponseData, |s| {
                let mut inner = Reader::new(tbs.value);
                read_version(s, &mut inner)?;
                let responder_id =
                    s.within(Field::ResponderId, |s| ResponderId::read(s, &mut inner))?;
                let produced_at =
                    s.within(Field::ProducedAt, |s| Time::read_generalized(s, &mut inner))?;
                let responses = sequence_of(s, &mut inner, |s, inner, index| {
                    s.within(Field::Responses.at(index), |s| SingleResponse::read(s, inner))
                        .map(drop)
                })?;
                let extensions =
                    OcspExtensions::optional(s, &mut inner, 1, Field::ResponseExtensions)?;
                inner.finish(s)?;
                Ok((responder_id, produced_at, responses, extensions))
            })?;
        let signature_algorithm =
            s.within(Field::SignatureAlgorithm, |s| AlgorithmIdentifier::read(s, &mut outer))?;
        let signature = s.within(Field::Signature, |s| outer.bit_string(s)?.aligned(s))?;
        let certs = read_certs(s, &mut outer)?;
        outer.finish(s)?;
        Ok(Self {
            tbs: tbs.raw,
            responder_id,
            produced_at,
            responses,
            extensions,
            signature_algorithm,
            signature,
            certs,
        })
    }

    /// Exactly the bytes that are signed, as received.
    #[must_use]
    pub const fn tbs_der(&self) -> &'a [u8] {
        self.tbs
    }

    /// Who answers.
    #[must_use]
    pub const fn responder_id(&self) -> &ResponderId<'a> {
        &self.responder_id
    }

    /// When the answer was signed.
    #[must_use]
    pub const fn produced_at(&self) -> Time {
        self.produced_at
    }

    /// The answers, in the responder's order, which need not be that of the request: look for the [`CertId`].
    pub fn responses(&self) -> impl Iterator<Item = SingleResponse<'a>> + use<'a> {
        Elements::new(self.responses).filter_map(|element| {
            SingleResponse::read(&mut Unchecked, &mut Reader::new(element.raw)).ok()
        })
    }

    /// The extensions.
    #[must_use]
    pub const fn extensions(&self) -> &OcspExtensions<'a> {
        &self.extensions
    }

    /// The algorithm of the signature.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature_algorithm
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &'a [u8] {
        self.signature.as_bytes()
    }

    /// The DER of the certificates that came with it, in order; not looked into.
    pub fn certs(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        Elements::new(self.certs).map(|element| element.raw)
    }
}

/// `[0] EXPLICIT Version DEFAULT v1`
pub(super) fn read_version<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<(), Fault> {
    s.within(Field::Version, |s| {
        let at = reader.rest();
        let Some(value) = reader.optional(s, tag::constructed(0))? else { return Ok(()) };
        let mut explicit = Reader::new(value);
        let version = explicit.u32(s)?;
        explicit.finish(s)?;
        match version {
            // X.690 §11.5
            0 => s.deviation(ErrorKind::EncodedDefault, at),
            _ => Err(Fault::new(ErrorKind::UnsupportedVersion, at)),
        }
    })
}

/// `[0] EXPLICIT SEQUENCE OF Certificate OPTIONAL`
pub(super) fn read_certs<'a, S: Strictness>(
    s: &mut S,
    reader: &mut Reader<'a>,
) -> Result<&'a [u8], Fault> {
    s.within(Field::Certs, |s| {
        let Some(value) = reader.optional(s, tag::constructed(0))? else { return Ok(&[][..]) };
        let mut explicit = Reader::new(value);
        // A SEQUENCE OF that may be empty: some responders send it so.
        let certs = explicit.read(s, tag::SEQUENCE)?;
        explicit.finish(s)?;
        let mut each = Reader::new(certs);
        while !each.is_empty() {
            each.read(s, tag::SEQUENCE)?;
        }
        Ok(certs)
    })
}

/// Who answers.
///
/// ```text
/// ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponderId<'a> {
    /// By the name.
    ByName(Name<'a>),
    /// By the SHA-1 of the bits of the key.
    ByKey(&'a [u8]),
}

impl<'a> ResponderId<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let choice = reader.element(s)?;
        let mut explicit = Reader::new(choice.value);
        let this = match choice.tag {
            0xa1 => Self::ByName(Name::read(s, &mut explicit)?),
            0xa2 => Self::ByKey(explicit.read(s, tag::OCTET_STRING)?),
            _ => return Err(Fault::new(ErrorKind::UnexpectedTag, choice.raw)),
        };
        explicit.finish(s)?;
        Ok(this)
    }
}

/// The answer for one certificate.
///
/// ```text
/// SingleResponse ::= SEQUENCE {                            RFC 6960 §4.2.1
///     certID            CertID,
///     certStatus        CertStatus,
///     thisUpdate        GeneralizedTime,
///     nextUpdate        [0] EXPLICIT GeneralizedTime OPTIONAL,
///     singleExtensions  [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SingleResponse<'a> {
    cert_id: CertId<'a>,
    cert_status: CertStatus,
    this_update: Time,
    next_update: Option<Time>,
    extensions: OcspExtensions<'a>,
}

impl<'a> SingleResponse<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let cert_id = CertId::read(s, &mut inner)?;
        let cert_status = s.within(Field::CertStatus, |s| CertStatus::read(s, &mut inner))?;
        let this_update = s.within(Field::ThisUpdate, |s| Time::read_generalized(s, &mut inner))?;
        let next_update = match inner.optional(s, tag::constructed(0))? {
            None => None,
            Some(value) => Some(s.within(Field::NextUpdate, |s| explicit_time(s, value))?),
        };
        let extensions = OcspExtensions::optional(s, &mut inner, 1, Field::SingleExtensions)?;
        inner.finish(s)?;
        Ok(Self { cert_id, cert_status, this_update, next_update, extensions })
    }

    /// Which certificate.
    #[must_use]
    pub const fn cert_id(&self) -> &CertId<'a> {
        &self.cert_id
    }

    /// How it stands.
    #[must_use]
    pub const fn cert_status(&self) -> CertStatus {
        self.cert_status
    }

    /// When it was known to stand so.
    #[must_use]
    pub const fn this_update(&self) -> Time {
        self.this_update
    }

    /// By when there is newer information; without it newer information is always to be had.
    #[must_use]
    pub const fn next_update(&self) -> Option<Time> {
        self.next_update
    }

    /// The extensions of this one.
    #[must_use]
    pub const fn extensions(&self) -> &OcspExtensions<'a> {
        &self.extensions
    }
}

fn explicit_time<S: Strictness>(s: &mut S, value: &[u8]) -> Result<Time, Fault> {
    let mut explicit = Reader::new(value);
    let time = Time::read_generalized(s, &mut explicit)?;
    explicit.finish(s)?;
    Ok(time)
}

/// How a certificate stands.
///
/// ```text
/// CertStatus ::= CHOICE {
///     good     [0] IMPLICIT NULL,
///     revoked  [1] IMPLICIT SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL },
///     unknown  [2] IMPLICIT NULL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertStatus {
    /// Not revoked. It need not have been issued.
    Good,
    /// Revoked.
    Revoked {
        /// Since when.
        time: Time,
        /// Why.
        reason: Option<ReasonCode>,
    },
    /// The responder does not know it: that is not good.
    Unknown,
}

impl CertStatus {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let choice = reader.element(s)?;
        match (choice.tag, choice.value) {
            (0x80, []) => Ok(Self::Good),
            (0x82, []) => Ok(Self::Unknown),
            (0xa1, value) => {
                let mut inner = Reader::new(value);
                let time = Time::read_generalized(s, &mut inner)?;
                let reason = match inner.optional(s, tag::constructed(0))? {
                    None => None,
                    Some(value) => {
                        let mut explicit = Reader::new(value);
                        let reason = ReasonCode::read(s, &mut explicit)?;
                        explicit.finish(s)?;
                        Some(reason)
                    }
                };
                inner.finish(s)?;
                Ok(Self::Revoked { time, reason })
            }
            (0x80 | 0x82, _) => Err(Fault::new(ErrorKind::InvalidNull, choice.raw)),
            _ => Err(Fault::new(ErrorKind::UnexpectedTag, choice.raw)),
        }
    }
}
