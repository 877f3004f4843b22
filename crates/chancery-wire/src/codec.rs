//! The one trait of everything that has a wire form of its own.

use crate::{
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// A structure of the presentation language (RFC 8446 §3).
///
/// What decodes encodes to the same bytes: `decode(x) = Ok(m)` implies `encode(m) = x`.
pub trait Codec<'a>: Sized {
    /// Decodes from the front of `r`, borrowing from it.
    ///
    /// # Errors
    /// If the bytes are no such structure.
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError>;

    /// Appends the encoding.
    ///
    /// # Errors
    /// If a vector's length is out of its range, or `w` has no room.
    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError>;
}
