//! The ways of compression that a peer can undo.
//!
//! ```text
//! struct {
//!     CertificateCompressionAlgorithm algorithms<2..2^8-2>;
//! } CertificateCompressionAlgorithms;             RFC 8879 §3
//! ```

use crate::{
    CertificateCompressionAlgorithm, List,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode<'a>(
    r: &mut Reader<'a>,
) -> Result<List<'a, CertificateCompressionAlgorithm>, DecodeError> {
    List::decode_vec8(r, "algorithms", 2..=254)
}

pub(super) fn encode(
    list: &List<'_, CertificateCompressionAlgorithm>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec8(w, "algorithms", 2..=254)
}
