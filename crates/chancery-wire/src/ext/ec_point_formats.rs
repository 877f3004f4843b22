//! How a client of TLS 1.2 can read points; without meaning in TLS 1.3.
//!
//! ```text
//! struct {
//!     ECPointFormat ec_point_format_list<1..2^8-1>
//! } ECPointFormatList;                            RFC 8422 §5.1.2
//! ```

use crate::{
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    Ok(r.vec8("ec_point_format_list", 1..=255)?.rest())
}

pub(super) fn encode(bytes: &[u8], w: &mut dyn Writer) -> Result<(), EncodeError> {
    writer::vec8(w, "ec_point_format_list", 1..=255, |w| w.write(bytes))
}
