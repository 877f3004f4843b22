//! What a server wants to hear again.
//!
//! ```text
//! struct {
//!     opaque cookie<1..2^16-1>;
//! } Cookie;                                       RFC 8446 §4.2.2
//! ```

use crate::{
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    Ok(r.vec16("cookie", 1..=0xffff)?.rest())
}

pub(super) fn encode(cookie: &[u8], w: &mut dyn Writer) -> Result<(), EncodeError> {
    writer::vec16(w, "cookie", 1..=0xffff, |w| w.write(cookie))
}
