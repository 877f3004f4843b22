//! TLS feature, known as must-staple.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::Fault;
use crate::reader::{self, Elements, Reader};
use crate::strictness::Strictness;

/// The TLS extensions that a server with this certificate promises to send.
///
/// ```text
/// Features ::= SEQUENCE OF INTEGER                         RFC 7633 §6
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TlsFeature<'a> {
    contents: &'a [u8],
}

impl<'a> TlsFeature<'a> {
    /// `status_request`: an OCSP response is stapled (RFC 6066 §8).
    pub const STATUS_REQUEST: u32 = 5;
    /// `status_request_v2` (RFC 6961).
    pub const STATUS_REQUEST_V2: u32 = 17;

    /// The numbers of the extensions, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        Elements::new(self.contents)
            .map(|element| reader::u32(&mut reader::Unchecked, element.value).unwrap_or(u32::MAX))
    }

    /// Whether the extension of this number is promised.
    #[must_use]
    pub fn contains(&self, extension: u32) -> bool {
        self.iter().any(|listed| listed == extension)
    }
}

impl<'a> ExtensionValue<'a> for TlsFeature<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, _| inner.u32(s).map(drop))?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for TlsFeature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
