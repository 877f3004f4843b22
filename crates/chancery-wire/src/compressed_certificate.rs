//! A Certificate message, compressed. Decompressing, with a bound on the length, is the receiver's.
//!
//! ```text
//! struct {
//!     CertificateCompressionAlgorithm algorithm;
//!     uint24 uncompressed_length;
//!     opaque compressed_certificate_message<1..2^24-1>;
//! } CompressedCertificate;                        RFC 8879 §4
//! ```

use crate::{
    CertificateCompressionAlgorithm,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8879 §4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressedCertificate<'a> {
    /// One that the receiver offered.
    pub algorithm: CertificateCompressionAlgorithm,
    /// Length of the Certificate message without its header, below 2^24.
    pub uncompressed_length: u32,
    /// The compressed message, without its header.
    pub compressed_certificate_message: &'a [u8],
}

impl<'a> Codec<'a> for CompressedCertificate<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            algorithm: CertificateCompressionAlgorithm::decode(r)?,
            uncompressed_length: r.u24("uncompressed_length")?,
            compressed_certificate_message: r
                .vec24("compressed_certificate_message", 1..=0xff_ffff)?
                .rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.algorithm.encode(w)?;
        let [high, length @ ..] = self.uncompressed_length.to_be_bytes();
        if high != 0 {
            return Err(EncodeError::LengthOutOfRange("uncompressed_length"));
        }
        w.write(&length)?;
        writer::vec24(w, "compressed_certificate_message", 1..=0xff_ffff, |w| {
            w.write(self.compressed_certificate_message)
        })
    }
}
