//! Proofs that a certificate was logged.
//!
//! ```text
//! opaque SerializedSCT<1..2^16-1>;
//!
//! struct {
//!     SerializedSCT sct_list <1..2^16-1>;
//! } SignedCertificateTimestampList;               RFC 6962 §3.3
//! ```
//!
//! A ClientHello or CertificateRequest asks for them with an empty extension.

use crate::{
    List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 6962 §3.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SerializedSct<'a>(
    /// A SignedCertificateTimestamp, undecoded.
    pub &'a [u8],
);

impl<'a> Codec<'a> for SerializedSct<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self(r.vec16("serialized_sct", 1..=0xffff)?.rest()))
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec16(w, "serialized_sct", 1..=0xffff, |w| w.write(self.0))
    }
}

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, SerializedSct<'a>>, DecodeError> {
    List::decode_vec16(r, "sct_list", 1..=0xffff)
}

pub(super) fn encode<'a>(
    list: &List<'a, SerializedSct<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec16(w, "sct_list", 1..=0xffff)
}
