//! The first message of a client.
//!
//! ```text
//! struct {
//!     ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//!     Random random;
//!     opaque legacy_session_id<0..32>;
//!     CipherSuite cipher_suites<2..2^16-2>;
//!     opaque legacy_compression_methods<1..2^8-1>;
//!     Extension extensions<8..2^16-1>;
//! } ClientHello;                                  RFC 8446 §4.1.2
//! ```
//!
//! The hello of an older client decodes too, so that a server can answer it with
//! `protocol_version`: its extensions may be fewer, or missing altogether (RFC 5246 §7.4.1.2).

use crate::{
    CipherSuite, Extension, ExtensionPlace, ExtensionType, Extensions, List, ProtocolVersion,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.1.2
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientHello<'a> {
    /// 0x0303 in TLS 1.3.
    pub legacy_version: ProtocolVersion,
    /// 32 fresh random bytes.
    pub random: &'a [u8; 32],
    /// At most 32 bytes, to be echoed.
    pub legacy_session_id: &'a [u8],
    /// The preferred one first.
    pub cipher_suites: List<'a, CipherSuite>,
    /// A single zero in TLS 1.3.
    pub legacy_compression_methods: &'a [u8],
    /// At [`ExtensionPlace::ClientHello`].
    pub extensions: Extensions<'a>,
}

impl<'a> ClientHello<'a> {
    /// The part of this hello, whose whole message is `raw`, that PSK binders cover: everything
    /// before the list of binders (RFC 8446 §4.2.11.2).
    ///
    /// `None` if there is no `pre_shared_key`, or `raw` is shorter than its binders.
    #[must_use]
    pub fn truncated<'r>(&self, raw: &'r [u8]) -> Option<&'r [u8]> {
        let Extension::PreSharedKeyClientHello(offer) =
            self.extensions.find(ExtensionType::PRE_SHARED_KEY)?
        else {
            return None;
        };
        raw.get(..raw.len().checked_sub(offer.binders_len())?)
    }
}

impl<'a> Codec<'a> for ClientHello<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            legacy_version: ProtocolVersion(r.u16("legacy_version")?),
            random: r.array("random")?,
            legacy_session_id: r.vec8("legacy_session_id", 0..=32)?.rest(),
            cipher_suites: List::decode_vec16(r, "cipher_suites", 2..=0xfffe)?,
            legacy_compression_methods: r.vec8("legacy_compression_methods", 1..=255)?.rest(),
            extensions: Extensions::decode_or_absent(r, ExtensionPlace::ClientHello)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.legacy_version.encode(w)?;
        w.write(self.random)?;
        writer::vec8(w, "legacy_session_id", 0..=32, |w| w.write(self.legacy_session_id))?;
        self.cipher_suites.encode_vec16(w, "cipher_suites", 2..=0xfffe)?;
        writer::vec8(w, "legacy_compression_methods", 1..=255, |w| {
            w.write(self.legacy_compression_methods)
        })?;
        self.extensions.encode(w)
    }
}
