//! How a client would use a PSK.
//!
//! ```text
//! struct {
//!     PskKeyExchangeMode ke_modes<1..255>;
//! } PskKeyExchangeModes;                          RFC 8446 §4.2.9
//! ```

use crate::{
    List, PskKeyExchangeMode,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, PskKeyExchangeMode>, DecodeError> {
    List::decode_vec8(r, "ke_modes", 1..=255)
}

pub(super) fn encode(
    list: &List<'_, PskKeyExchangeMode>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec8(w, "ke_modes", 1..=255)
}
