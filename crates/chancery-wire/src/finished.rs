//! Proof that both sides saw the same handshake.
//!
//! ```text
//! struct {
//!     opaque verify_data[Hash.length];
//! } Finished;                                     RFC 8446 §4.4.4
//! ```

use crate::{
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 8446 §4.4.4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished<'a> {
    /// As long as the suite's hash, which only the receiver can check.
    pub verify_data: &'a [u8],
}

impl<'a> Codec<'a> for Finished<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self { verify_data: r.rest() })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(self.verify_data)
    }
}
