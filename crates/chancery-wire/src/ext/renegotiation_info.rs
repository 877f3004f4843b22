//! The binding of a renegotiated handshake to the one before; empty in a first ClientHello. TLS 1.3
//! has no renegotiation.
//!
//! ```text
//! struct {
//!     opaque renegotiated_connection<0..255>;
//! } RenegotiationInfo;                            RFC 5746 §3.2
//! ```

use crate::{
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    Ok(r.vec8("renegotiated_connection", 0..=255)?.rest())
}

pub(super) fn encode(bytes: &[u8], w: &mut dyn Writer) -> Result<(), EncodeError> {
    writer::vec8(w, "renegotiated_connection", 0..=255, |w| w.write(bytes))
}
