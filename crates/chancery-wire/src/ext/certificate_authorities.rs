//! The authorities that a peer trusts.
//!
//! ```text
//! opaque DistinguishedName<1..2^16-1>;
//!
//! struct {
//!     DistinguishedName authorities<3..2^16-1>;
//! } CertificateAuthoritiesExtension;              RFC 8446 §4.2.4
//! ```

use crate::{
    List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.2.4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistinguishedName<'a>(
    /// The DER of an X.501 Name.
    pub &'a [u8],
);

impl<'a> Codec<'a> for DistinguishedName<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self(r.vec16("distinguished_name", 1..=0xffff)?.rest()))
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec16(w, "distinguished_name", 1..=0xffff, |w| w.write(self.0))
    }
}

pub(super) fn decode<'a>(
    r: &mut Reader<'a>,
) -> Result<List<'a, DistinguishedName<'a>>, DecodeError> {
    List::decode_vec16(r, "authorities", 3..=0xffff)
}

pub(super) fn encode<'a>(
    list: &List<'a, DistinguishedName<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec16(w, "authorities", 3..=0xffff)
}
