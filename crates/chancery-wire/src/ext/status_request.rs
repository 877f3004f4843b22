//! Proof that a certificate is not revoked.
//!
//! ```text
//! struct {
//!     CertificateStatusType status_type;
//!     select (status_type) {
//!         case ocsp: OCSPStatusRequest;
//!     } request;
//! } CertificateStatusRequest;
//!
//! opaque ResponderID<1..2^16-1>;
//! opaque Extensions<0..2^16-1>;
//!
//! struct {
//!     ResponderID responder_id_list<0..2^16-1>;
//!     Extensions  request_extensions;
//! } OCSPStatusRequest;
//!
//! struct {
//!     CertificateStatusType status_type;
//!     select (status_type) {
//!         case ocsp: OCSPResponse;
//!     } response;
//! } CertificateStatus;
//!
//! opaque OCSPResponse<1..2^24-1>;                 RFC 6066 §8, RFC 8446 §4.4.2.1
//! ```

use crate::{
    CertificateStatusType, List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 6066 §8: what a client wants to see with the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateStatusRequest<'a> {
    /// An OCSP response.
    Ocsp {
        /// The responders that the client trusts; empty for those that the server knows.
        responder_id_list: List<'a, ResponderId<'a>>,
        /// The DER of OCSP's Extensions, or nothing.
        request_extensions: &'a [u8],
    },
    /// Something that this crate does not know.
    Other {
        /// Its type.
        status_type: CertificateStatusType,
        /// What follows the type.
        request: &'a [u8],
    },
}

impl CertificateStatusRequest<'_> {
    /// Asks for an OCSP response of whichever responder.
    pub const OCSP: Self = Self::Ocsp { responder_id_list: List::EMPTY, request_extensions: &[] };
}

impl<'a> Codec<'a> for CertificateStatusRequest<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        match CertificateStatusType::decode(r)? {
            CertificateStatusType::OCSP => Ok(Self::Ocsp {
                responder_id_list: List::decode_vec16(r, "responder_id_list", 0..=0xffff)?,
                request_extensions: r.vec16("request_extensions", 0..=0xffff)?.rest(),
            }),
            status_type => Ok(Self::Other { status_type, request: r.rest() }),
        }
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        match self {
            Self::Ocsp { responder_id_list, request_extensions } => {
                CertificateStatusType::OCSP.encode(w)?;
                responder_id_list.encode_vec16(w, "responder_id_list", 0..=0xffff)?;
                writer::vec16(w, "request_extensions", 0..=0xffff, |w| w.write(request_extensions))
            }
            Self::Other { status_type, request } => {
                status_type.encode(w)?;
                w.write(request)
            }
        }
    }
}

/// RFC 6066 §8
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponderId<'a>(
    /// The DER of OCSP's ResponderID.
    pub &'a [u8],
);

impl<'a> Codec<'a> for ResponderId<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self(r.vec16("responder_id", 1..=0xffff)?.rest()))
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec16(w, "responder_id", 1..=0xffff, |w| w.write(self.0))
    }
}

/// RFC 6066 §8: what came with the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateStatus<'a> {
    /// The DER of an OCSPResponse.
    Ocsp(&'a [u8]),
    /// Something that this crate does not know.
    Other {
        /// Its type.
        status_type: CertificateStatusType,
        /// What follows the type.
        response: &'a [u8],
    },
}

impl<'a> Codec<'a> for CertificateStatus<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        match CertificateStatusType::decode(r)? {
            CertificateStatusType::OCSP => {
                Ok(Self::Ocsp(r.vec24("response", 1..=0xff_ffff)?.rest()))
            }
            status_type => Ok(Self::Other { status_type, response: r.rest() }),
        }
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        match self {
            Self::Ocsp(response) => {
                CertificateStatusType::OCSP.encode(w)?;
                writer::vec24(w, "response", 1..=0xff_ffff, |w| w.write(response))
            }
            Self::Other { status_type, response } => {
                status_type.encode(w)?;
                w.write(response)
            }
        }
    }
}
