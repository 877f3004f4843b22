//! The server's answers that need no secrecy from the peer, but from everybody else.
//!
//! ```text
//! struct {
//!     Extension extensions<0..2^16-1>;
//! } EncryptedExtensions;                          RFC 8446 §4.3.1
//! ```

use crate::{
    ExtensionPlace, Extensions,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 8446 §4.3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptedExtensions<'a> {
    /// At [`ExtensionPlace::EncryptedExtensions`].
    pub extensions: Extensions<'a>,
}

impl<'a> Codec<'a> for EncryptedExtensions<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Extensions::decode(r, ExtensionPlace::EncryptedExtensions)
            .map(|extensions| Self { extensions })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.extensions.encode(w)
    }
}
