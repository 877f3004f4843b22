//! OCSP requests.
//!
//! ```text
//! OCSPRequest ::= SEQUENCE {                               RFC 6960 §4.1.1
//!     tbsRequest         TBSRequest,
//!     optionalSignature  [0] EXPLICIT Signature OPTIONAL }
//! TBSRequest ::= SEQUENCE {
//!     version            [0] EXPLICIT Version DEFAULT v1,
//!     requestorName      [1] EXPLICIT GeneralName OPTIONAL,
//!     requestList        SEQUENCE OF Request,
//!     requestExtensions  [2] EXPLICIT Extensions OPTIONAL }
//! Request ::= SEQUENCE {
//!     reqCert                  CertID,
//!     singleRequestExtensions  [0] EXPLICIT Extensions OPTIONAL }
//! ```

use super::{CertId, OcspExtensions};
use crate::algorithm::AlgorithmIdentifier;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::ext::sequence_of;
use crate::general_name::{GeneralName, IpForm};
use crate::reader::{self, Elements, Reader, Unchecked, tag};
use crate::strictness::{Finding, Strictness};

/// A question after the status of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspRequest<'a> {
    raw: &'a [u8],
    tbs: &'a [u8],
    requestor_name: Option<GeneralName<'a>>,
    requests: &'a [u8],
    extensions: OcspExtensions<'a>,
    signature: Option<(AlgorithmIdentifier<'a>, &'a [u8])>,
    certs: &'a [u8],
}

impl<'a> OcspRequest<'a> {
    /// Parses the DER of one, strictly.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 6960 §4.1.1, or bytes follow.
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
        let (requestor_name, requests, extensions) = s.within(Field::TbsRequest, |s| {
            let mut inner = Reader::new(tbs.value);
            super::response::read_version(s, &mut inner)?;
            let requestor_name = match inner.optional(s, tag::constructed(1))? {
                None => None,
                Some(value) => Some(s.within(Field::RequestorName, |s| {
                    let mut explicit = Reader::new(value);
                    let name = explicit.element(s)?;
                    GeneralName::check(s, name, IpForm::Address)?;
                    explicit.finish(s)?;
                    Ok(GeneralName::checked(name))
                })?),
            };
            let requests = sequence_of(s, &mut inner, |s, inner, index| {
                s.within(Field::RequestList.at(index), |s| {
                    let mut request = inner.sequence(s)?;
                    CertId::read(s, &mut request)?;
                    OcspExtensions::optional(s, &mut request, 0, Field::SingleExtensions)?;
                    request.finish(s)
                })
            })?;
            let extensions = OcspExtensions::optional(s, &mut inner, 2, Field::RequestExtensions)?;
            inner.finish(s)?;
            Ok((requestor_name, requests, extensions))
        })?;
        let mut certs: &[u8] = &[];
        let signature = match outer.optional(s, tag::constructed(0))? {
            None => None,
            Some(value) => Some(s.within(Field::Signature, |s| {
                let mut explicit = Reader::new(value);
                let mut inner = explicit.sequence(s)?;
                let algorithm = AlgorithmIdentifier::read(s, &mut inner)?;
                let signature = inner.bit_string(s)?.aligned(s)?;
                certs = super::response::read_certs(s, &mut inner)?;
                inner.finish(s)?;
                explicit.finish(s)?;
                Ok((algorithm, signature.as_bytes()))
            })?),
        };
        outer.finish(s)?;
        if signature.is_some() && requestor_name.is_none() {
            // RFC 6960 §4.1.2: a signed request SHALL name its requestor.
            s.within(Field::RequestorName, |s| s.deviation(ErrorKind::MissingField, tbs.raw))?;
        }
        Ok(Self {
            raw: element.raw,
            tbs: tbs.raw,
            requestor_name,
            requests,
            extensions,
            signature,
            certs,
        })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Exactly the bytes that are signed if it is signed, as received.
    #[must_use]
    pub const fn tbs_der(&self) -> &'a [u8] {
        self.tbs
    }

    /// Who asks.
    #[must_use]
    pub const fn requestor_name(&self) -> Option<GeneralName<'a>> {
        self.requestor_name
    }

    /// The certificates asked after, in order.
    pub fn requests(&self) -> impl Iterator<Item = OcspSingleRequest<'a>> + use<'a> {
        Elements::new(self.requests).filter_map(|element| {
            let mut reader = Reader::new(element.value);
            let cert_id = CertId::read(&mut Unchecked, &mut reader).ok()?;
            let mut rest = Elements::new(reader.rest());
            Some(OcspSingleRequest { cert_id, extensions: OcspExtensions::checked(&mut rest, 0) })
        })
    }

    /// The extensions.
    #[must_use]
    pub const fn extensions(&self) -> &OcspExtensions<'a> {
        &self.extensions
    }

    /// The algorithm and the bytes of the signature.
    #[must_use]
    pub const fn signature(&self) -> Option<(AlgorithmIdentifier<'a>, &'a [u8])> {
        self.signature
    }

    /// The DER of the certificates that came with the signature, in order.
    pub fn certs(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        Elements::new(self.certs).map(|element| element.raw)
    }
}

/// One certificate asked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OcspSingleRequest<'a> {
    cert_id: CertId<'a>,
    extensions: OcspExtensions<'a>,
}

impl<'a> OcspSingleRequest<'a> {
    /// Which certificate.
    #[must_use]
    pub const fn cert_id(&self) -> &CertId<'a> {
        &self.cert_id
    }

    /// The extensions of this one.
    #[must_use]
    pub const fn extensions(&self) -> &OcspExtensions<'a> {
        &self.extensions
    }
}
