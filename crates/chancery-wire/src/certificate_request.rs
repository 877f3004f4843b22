//! A server's demand for a certificate of the client.
//!
//! ```text
//! struct {
//!     opaque certificate_request_context<0..2^8-1>;
//!     Extension extensions<2..2^16-1>;
//! } CertificateRequest;                           RFC 8446 §4.3.2
//! ```

use crate::{
    ExtensionPlace, Extensions,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.3.2
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateRequest<'a> {
    /// Empty during the handshake; unique to the request after it. The Certificate echoes it.
    pub certificate_request_context: &'a [u8],
    /// At [`ExtensionPlace::CertificateRequest`].
    pub extensions: Extensions<'a>,
}

impl<'a> Codec<'a> for CertificateRequest<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            certificate_request_context: r.vec8("certificate_request_context", 0..=255)?.rest(),
            extensions: Extensions::decode(r, ExtensionPlace::CertificateRequest)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec8(w, "certificate_request_context", 0..=255, |w| {
            w.write(self.certificate_request_context)
        })?;
        self.extensions.encode(w)
    }
}
