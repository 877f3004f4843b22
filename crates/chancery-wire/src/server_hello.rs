//! A server's choice.
//!
//! ```text
//! struct {
//!     ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//!     Random random;
//!     opaque legacy_session_id_echo<0..32>;
//!     CipherSuite cipher_suite;
//!     uint8 legacy_compression_method = 0;
//!     Extension extensions<6..2^16-1>;
//! } ServerHello;                                  RFC 8446 §4.1.3
//! ```
//!
//! A ServerHello without `supported_versions` speaks an older version. Its extensions follow other
//! rules, so they stay raw; the client only needs to see the version, to refuse it.

use crate::{
    CipherSuite, ExtensionPlace, ExtensionType, Extensions, ProtocolVersion,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// The random of every HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).
pub const HELLO_RETRY_REQUEST_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The last 8 bytes of the random of a server that could have negotiated TLS 1.3 and negotiates
/// TLS 1.2 (RFC 8446 §4.1.3).
pub const DOWNGRADE_TO_TLS1_2: [u8; 8] = *b"DOWNGRD\x01";

/// The same for TLS 1.1 and below.
pub const DOWNGRADE_TO_TLS1_1: [u8; 8] = *b"DOWNGRD\x00";

/// RFC 8446 §4.1.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerHello<'a> {
    /// 0x0303 in TLS 1.3, which `supported_versions` selects.
    pub legacy_version: ProtocolVersion,
    /// 32 fresh random bytes, not [`HELLO_RETRY_REQUEST_RANDOM`].
    pub random: &'a [u8; 32],
    /// The client's `legacy_session_id`.
    pub legacy_session_id_echo: &'a [u8],
    /// The choice from the client's `cipher_suites`.
    pub cipher_suite: CipherSuite,
    /// 0 in TLS 1.3.
    pub legacy_compression_method: u8,
    /// At [`ExtensionPlace::ServerHello`].
    pub extensions: Extensions<'a>,
}

impl<'a> Codec<'a> for ServerHello<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            legacy_version: ProtocolVersion(r.u16("legacy_version")?),
            random: r.array("random")?,
            legacy_session_id_echo: r.vec8("legacy_session_id_echo", 0..=32)?.rest(),
            cipher_suite: CipherSuite::decode(r)?,
            legacy_compression_method: r.u8("legacy_compression_method")?,
            extensions: {
                let place = if Extensions::peek(r, ExtensionType::SUPPORTED_VERSIONS) {
                    ExtensionPlace::ServerHello
                } else {
                    ExtensionPlace::LegacyServerHello
                };
                Extensions::decode_or_absent(r, place)?
            },
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.legacy_version.encode(w)?;
        w.write(self.random)?;
        writer::vec8(w, "legacy_session_id_echo", 0..=32, |w| {
            w.write(self.legacy_session_id_echo)
        })?;
        self.cipher_suite.encode(w)?;
        w.write(&[self.legacy_compression_method])?;
        self.extensions.encode(w)
    }
}

/// Whether the contents of a `server_hello` message are a HelloRetryRequest.
pub(crate) fn is_hello_retry_request(contents: &Reader<'_>) -> bool {
    contents.remaining().get(2..34).is_some_and(|random| random == HELLO_RETRY_REQUEST_RANDOM)
}
