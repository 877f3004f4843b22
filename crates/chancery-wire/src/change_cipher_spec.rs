//! The record that means nothing in TLS 1.3, but that middleboxes want to see.
//!
//! ```text
//! struct {
//!     enum { change_cipher_spec(1), (255) } type;
//! } ChangeCipherSpec;                             RFC 5246 §7.1, RFC 8446 §5 and §D.4
//! ```

use crate::{
    error::{DecodeError, DecodeErrorKind},
    reader::Reader,
};

/// The contents of a `change_cipher_spec` record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeCipherSpec;

impl ChangeCipherSpec {
    /// The record's contents: the single byte 1.
    pub const BYTES: [u8; 1] = [1];

    /// Decodes the whole of a `change_cipher_spec` record.
    ///
    /// # Errors
    /// If it is not the single byte 1; RFC 8446 §5 answers that with `unexpected_message`, which is
    /// thus what [`DecodeError::alert`] says of it.
    pub fn from_record(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes == Self::BYTES {
            return Ok(Self);
        }
        Err(Reader::new(bytes)
            .error(DecodeErrorKind::InvalidChangeCipherSpec, "change_cipher_spec"))
    }
}
