//! The signatures that a peer can verify: in CertificateVerify, and, unless
//! `signature_algorithms_cert` says otherwise, in certificates.
//!
//! ```text
//! struct {
//!     SignatureScheme supported_signature_algorithms<2..2^16-2>;
//! } SignatureSchemeList;                          RFC 8446 §4.2.3
//! ```
//!
//! `signature_algorithms_cert` has the same form.

use crate::{
    List, SignatureScheme,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, SignatureScheme>, DecodeError> {
    List::decode_vec16(r, "supported_signature_algorithms", 2..=0xfffe)
}

pub(super) fn encode(
    list: &List<'_, SignatureScheme>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec16(w, "supported_signature_algorithms", 2..=0xfffe)
}
