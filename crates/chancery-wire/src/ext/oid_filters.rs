//! What a server wants to find in a client's certificate.
//!
//! ```text
//! struct {
//!     opaque certificate_extension_oid<1..2^8-1>;
//!     opaque certificate_extension_values<0..2^16-1>;
//! } OIDFilter;
//!
//! struct {
//!     OIDFilter filters<0..2^16-1>;
//! } OIDFilterExtension;                           RFC 8446 §4.2.5
//! ```

use crate::{
    List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.2.5
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OidFilter<'a> {
    /// The DER of an OBJECT IDENTIFIER.
    pub certificate_extension_oid: &'a [u8],
    /// The DER that the extension shall hold; empty if it only shall be there.
    pub certificate_extension_values: &'a [u8],
}

impl<'a> Codec<'a> for OidFilter<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            certificate_extension_oid: r.vec8("certificate_extension_oid", 1..=255)?.rest(),
            certificate_extension_values: r
                .vec16("certificate_extension_values", 0..=0xffff)?
                .rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec8(w, "certificate_extension_oid", 1..=255, |w| {
            w.write(self.certificate_extension_oid)
        })?;
        writer::vec16(w, "certificate_extension_values", 0..=0xffff, |w| {
            w.write(self.certificate_extension_values)
        })
    }
}

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, OidFilter<'a>>, DecodeError> {
    List::decode_vec16(r, "filters", 0..=0xffff)
}

pub(super) fn encode<'a>(
    filters: &List<'a, OidFilter<'a>>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    filters.encode_vec16(w, "filters", 0..=0xffff)
}
