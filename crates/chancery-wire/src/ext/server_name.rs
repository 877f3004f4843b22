//! The name that a client wants to reach.
//!
//! ```text
//! struct {
//!     NameType name_type;
//!     select (name_type) {
//!         case host_name: HostName;
//!     } name;
//! } ServerName;
//!
//! opaque HostName<1..2^16-1>;
//!
//! struct {
//!     ServerName server_name_list<1..2^16-1>
//! } ServerNameList;                               RFC 6066 §3
//! ```
//!
//! A server that used the name says so with an empty extension. Whether a host name is one that DNS
//! can hold is for whoever uses it.

use crate::{
    List, NameType,
    codec::Codec,
    error::{DecodeError, DecodeErrorKind, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 6066 §3, `ServerName`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerNameEntry<'a> {
    /// Only [`NameType::HOST_NAME`] is defined.
    pub name_type: NameType,
    /// For a host name: ASCII, without a trailing dot.
    pub name: &'a [u8],
}

impl<'a> ServerNameEntry<'a> {
    /// The host `name`.
    #[must_use]
    pub const fn host_name(name: &'a [u8]) -> Self {
        Self { name_type: NameType::HOST_NAME, name }
    }
}

impl<'a> Codec<'a> for ServerNameEntry<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            name_type: NameType::decode(r)?,
            // RFC 6066 §3: names of types yet to come begin with a 16-bit length too.
            name: r.vec16("name", 1..=0xffff)?.rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.name_type.encode(w)?;
        writer::vec16(w, "name", 1..=0xffff, |w| w.write(self.name))
    }
}

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, ServerNameEntry<'a>>, DecodeError> {
    let start = r.clone();
    let list = List::<ServerNameEntry<'_>>::decode_vec16(r, "server_name_list", 1..=0xffff)?;
    // RFC 6066 §3: "MUST NOT contain more than one name of the same name_type".
    let mut seen = [false; 256];
    for entry in &list {
        let first = seen.get_mut(usize::from(entry.name_type.0));
        if first.is_none_or(|seen| core::mem::replace(seen, true)) {
            return Err(start.error(DecodeErrorKind::InvalidValue, "server_name_list"));
        }
    }
    Ok(list)
}

pub(super) fn encode<'a>(
    list: &List<'a, ServerNameEntry<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec16(w, "server_name_list", 1..=0xffff)
}
