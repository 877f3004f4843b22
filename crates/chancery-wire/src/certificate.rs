//! A chain of certificates, or one raw public key.
//!
//! ```text
//! struct {
//!     select (certificate_type) {
//!         case RawPublicKey: opaque ASN1_subjectPublicKeyInfo<1..2^24-1>;   /* RFC 7250 */
//!         case X509: opaque cert_data<1..2^24-1>;
//!     };
//!     Extension extensions<0..2^16-1>;
//! } CertificateEntry;
//!
//! struct {
//!     opaque certificate_request_context<0..2^8-1>;
//!     CertificateEntry certificate_list<0..2^24-1>;
//! } Certificate;                                  RFC 8446 §4.4.2
//! ```

use crate::{
    ExtensionPlace, Extensions, List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.4.2
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// That of the CertificateRequest; empty from a server.
    pub certificate_request_context: &'a [u8],
    /// The sender's own certificate first; empty if a client has none to show.
    pub certificate_list: List<'a, CertificateEntry<'a>>,
}

impl<'a> Codec<'a> for Certificate<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            certificate_request_context: r.vec8("certificate_request_context", 0..=255)?.rest(),
            certificate_list: List::decode_vec24(r, "certificate_list", 0..=0xff_ffff)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec8(w, "certificate_request_context", 0..=255, |w| {
            w.write(self.certificate_request_context)
        })?;
        self.certificate_list.encode_vec24(w, "certificate_list", 0..=0xff_ffff)
    }
}

/// One certificate with what was said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateEntry<'a> {
    /// DER: a certificate, or a SubjectPublicKeyInfo where raw public keys were negotiated.
    pub cert_data: &'a [u8],
    /// At [`ExtensionPlace::Certificate`].
    pub extensions: Extensions<'a>,
}

impl<'a> Codec<'a> for CertificateEntry<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            cert_data: r.vec24("cert_data", 1..=0xff_ffff)?.rest(),
            extensions: Extensions::decode(r, ExtensionPlace::Certificate)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec24(w, "cert_data", 1..=0xff_ffff, |w| w.write(self.cert_data))?;
        self.extensions.encode(w)
    }
}
