//! The versions that a client speaks, the preferred one first; a server answers with one.
//!
//! ```text
//! struct {
//!     select (Handshake.msg_type) {
//!         case client_hello:
//!             ProtocolVersion versions<2..254>;
//!         case server_hello: /* and HelloRetryRequest */
//!             ProtocolVersion selected_version;
//!     };
//! } SupportedVersions;                            RFC 8446 §4.2.1
//! ```

use crate::{
    List, ProtocolVersion,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

pub(super) fn decode_client_hello<'a>(
    r: &mut Reader<'a>,
) -> Result<List<'a, ProtocolVersion>, DecodeError> {
    List::decode_vec8(r, "versions", 2..=254)
}

pub(super) fn encode_client_hello(
    versions: &List<'_, ProtocolVersion>,
    w: &mut dyn Writer,
) -> Result<(), EncodeError> {
    versions.encode_vec8(w, "versions", 2..=254)
}
