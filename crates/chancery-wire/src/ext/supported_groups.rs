//! The groups that a peer can use, the preferred one first.
//!
//! ```text
//! struct {
//!     NamedGroup named_group_list<2..2^16-1>;
//! } NamedGroupList;                               RFC 8446 §4.2.7
//! ```

use crate::{
    List, NamedGroup,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, NamedGroup>, DecodeError> {
    List::decode_vec16(r, "named_group_list", 2..=0xffff)
}

pub(super) fn encode(list: &List<'_, NamedGroup>, w: &mut dyn Writer) -> Result<(), EncodeError> {
    list.encode_vec16(w, "named_group_list", 2..=0xffff)
}
