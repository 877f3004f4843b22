//! Proof of possession of a certificate's key.
//!
//! ```text
//! struct {
//!     SignatureScheme algorithm;
//!     opaque signature<0..2^16-1>;
//! } CertificateVerify;                            RFC 8446 §4.4.3
//! ```

use crate::{
    SignatureScheme,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.4.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateVerify<'a> {
    /// How it was signed.
    pub algorithm: SignatureScheme,
    /// The signature over the transcript.
    pub signature: &'a [u8],
}

impl<'a> Codec<'a> for CertificateVerify<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            algorithm: SignatureScheme(r.u16("algorithm")?),
            signature: r.vec16("signature", 0..=0xffff)?.rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.algorithm.encode(w)?;
        writer::vec16(w, "signature", 0..=0xffff, |w| w.write(self.signature))
    }
}
