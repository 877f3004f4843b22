//! The longest record that a peer takes: content, its type and padding, in bytes.
//!
//! ```text
//! uint16 RecordSizeLimit;                         RFC 8449 §4
//! ```

use crate::{
    error::{DecodeError, DecodeErrorKind},
    reader::Reader,
};

pub(super) fn decode(r: &mut Reader<'_>) -> Result<u16, DecodeError> {
    let start = r.clone();
    let limit = r.u16("record_size_limit")?;
    // RFC 8449 §4: less than 64 is answered with illegal_parameter.
    if limit < 64 {
        return Err(start.error(DecodeErrorKind::InvalidValue, "record_size_limit"));
    }
    Ok(limit)
}
