//! Public values of key exchanges.
//!
//! ```text
//! struct {
//!     NamedGroup group;
//!     opaque key_exchange<1..2^16-1>;
//! } KeyShareEntry;
//!
//! struct {
//!     KeyShareEntry client_shares<0..2^16-1>;
//! } KeyShareClientHello;
//!
//! struct {
//!     NamedGroup selected_group;
//! } KeyShareHelloRetryRequest;
//!
//! struct {
//!     KeyShareEntry server_share;
//! } KeyShareServerHello;                          RFC 8446 §4.2.8
//! ```

use crate::{
    List, NamedGroup,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.2.8
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyShareEntry<'a> {
    /// The group.
    pub group: NamedGroup,
    /// The public value, in the form that the group gives it.
    pub key_exchange: &'a [u8],
}

impl<'a> Codec<'a> for KeyShareEntry<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            group: NamedGroup(r.u16("group")?),
            key_exchange: r.vec16("key_exchange", 1..=0xffff)?.rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.group.encode(w)?;
        writer::vec16(w, "key_exchange", 1..=0xffff, |w| w.write(self.key_exchange))
    }
}

pub(super) fn decode_client_hello<'a>(
    r: &mut Reader<'a>,
) -> Result<List<'a, KeyShareEntry<'a>>, DecodeError> {
    List::decode_vec16(r, "client_shares", 0..=0xffff)
}

pub(super) fn encode_client_hello<'a>(
    shares: &List<'a, KeyShareEntry<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    shares.encode_vec16(w, "client_shares", 0..=0xffff)
}
