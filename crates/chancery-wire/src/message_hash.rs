//! What stands for the first ClientHello in the transcript of a retried handshake.

use crate::{
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 8446 §4.4.1: `Hash(ClientHello1)` in the form of a message. It is never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHash<'a> {
    /// The hash.
    pub hash: &'a [u8],
}

impl<'a> Codec<'a> for MessageHash<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self { hash: r.rest() })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(self.hash)
    }
}
