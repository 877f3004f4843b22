//! The protocols that a client would speak, the preferred one first; a server answers with one.
//!
//! ```text
//! opaque ProtocolName<1..2^8-1>;
//!
//! struct {
//!     ProtocolName protocol_name_list<2..2^16-1>
//! } ProtocolNameList;                             RFC 7301 §3.1
//! ```

use crate::{
    List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 7301 §3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolName<'a>(
    /// 1 to 255 bytes, such as `h2`.
    pub &'a [u8],
);

impl<'a> Codec<'a> for ProtocolName<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self(r.vec8("protocol_name", 1..=255)?.rest()))
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec8(w, "protocol_name", 1..=255, |w| w.write(self.0))
    }
}

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, ProtocolName<'a>>, DecodeError> {
    List::decode_vec16(r, "protocol_name_list", 2..=0xffff)
}

pub(super) fn encode<'a>(
    list: &List<'a, ProtocolName<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec16(w, "protocol_name_list", 2..=0xffff)
}

/// The server's form: a list that "MUST contain exactly one" name (RFC 7301 §3.1).
pub(super) fn decode_selected<'a>(r: &mut Reader<'a>) -> Result<ProtocolName<'a>, DecodeError> {
    let mut list = r.vec16("protocol_name_list", 2..=0xffff)?;
    let name = ProtocolName::decode(&mut list).map_err(|e| e.within("protocol_name_list"))?;
    list.finish("protocol_name_list")?;
    Ok(name)
}

pub(super) fn encode_selected(
    name: &ProtocolName<'_>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    writer::vec16(w, "protocol_name_list", 2..=0xffff, |w| name.encode(w))
}
