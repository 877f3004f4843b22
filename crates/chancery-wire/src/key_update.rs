//! Notice that the sender's next record is under its next key.
//!
//! ```text
//! struct {
//!     KeyUpdateRequest request_update;
//! } KeyUpdate;                                    RFC 8446 §4.6.3
//! ```

use crate::{
    KeyUpdateRequest,
    codec::Codec,
    error::{DecodeError, DecodeErrorKind, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 8446 §4.6.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUpdate {
    /// Whether the receiver shall update its key too.
    pub request_update: KeyUpdateRequest,
}

impl<'a> Codec<'a> for KeyUpdate {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let start = r.clone();
        let request_update = KeyUpdateRequest::decode(r)?;
        // RFC 8446 §4.6.3: any other value is answered with illegal_parameter.
        match request_update.name() {
            Some(_) => Ok(Self { request_update }),
            None => Err(start.error(DecodeErrorKind::InvalidValue, "request_update")),
        }
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.request_update.encode(w)
    }
}
