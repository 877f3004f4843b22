//! How many tickets a client would like.
//!
//! ```text
//! struct {
//!     select (Handshake.msg_type) {
//!         case client_hello:
//!             uint8 new_session_count;
//!             uint8 resumption_count;
//!         case encrypted_extensions:
//!             uint8 expected_count;
//!     };
//! } TicketRequestContents;                        RFC 9149 §3
//! ```

use crate::{
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 9149 §3, the client's form
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketRequest {
    /// How many after a full handshake.
    pub new_session_count: u8,
    /// How many after a resumption.
    pub resumption_count: u8,
}

impl<'a> Codec<'a> for TicketRequest {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            new_session_count: r.u8("new_session_count")?,
            resumption_count: r.u8("resumption_count")?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(&[self.new_session_count, self.resumption_count])
    }
}
