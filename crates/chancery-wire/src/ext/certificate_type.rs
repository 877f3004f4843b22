//! The kinds of certificate that a client can show (`client_certificate_type`) or verify
//! (`server_certificate_type`), the preferred one first; a server answers with one.
//!
//! ```text
//! struct {
//!     select(ClientOrServerExtension) {
//!         case client: CertificateType client_certificate_types<1..2^8-1>;
//!         case server: CertificateType client_certificate_type;
//!     }
//! } ClientCertTypeExtension;                      RFC 7250 §3
//! ```

use crate::{
    CertificateType, List,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<List<'a, CertificateType>, DecodeError> {
    List::decode_vec8(r, "certificate_types", 1..=255)
}

pub(super) fn encode(
    list: &List<'_, CertificateType>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    list.encode_vec8(w, "certificate_types", 1..=255)
}
