//! A server's wish for another ClientHello.
//!
//! It has the form of a [`ServerHello`](crate::ServerHello) whose random is
//! [`HELLO_RETRY_REQUEST_RANDOM`] (RFC 8446 §4.1.3).

use crate::{
    CipherSuite, ExtensionPlace, Extensions, ProtocolVersion,
    codec::Codec,
    error::{DecodeError, DecodeErrorKind, EncodeError},
    reader::Reader,
    server_hello::HELLO_RETRY_REQUEST_RANDOM,
    writer::{self, Writer},
};

/// RFC 8446 §4.1.4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelloRetryRequest<'a> {
    /// 0x0303 in TLS 1.3, which `supported_versions` selects.
    pub legacy_version: ProtocolVersion,
    /// The client's `legacy_session_id`.
    pub legacy_session_id_echo: &'a [u8],
    /// The choice from the client's `cipher_suites`; the ServerHello must repeat it.
    pub cipher_suite: CipherSuite,
    /// 0 in TLS 1.3.
    pub legacy_compression_method: u8,
    /// At [`ExtensionPlace::HelloRetryRequest`].
    pub extensions: Extensions<'a>,
}

impl<'a> Codec<'a> for HelloRetryRequest<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let legacy_version = ProtocolVersion(r.u16("legacy_version")?);
        let start = r.clone();
        if *r.array("random")? != HELLO_RETRY_REQUEST_RANDOM {
            return Err(start.error(DecodeErrorKind::InvalidValue, "random"));
        }
        Ok(Self {
            legacy_version,
            legacy_session_id_echo: r.vec8("legacy_session_id_echo", 0..=32)?.rest(),
            cipher_suite: CipherSuite::decode(r)?,
            legacy_compression_method: r.u8("legacy_compression_method")?,
            extensions: Extensions::decode(r, ExtensionPlace::HelloRetryRequest)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.legacy_version.encode(w)?;
        w.write(&HELLO_RETRY_REQUEST_RANDOM)?;
        writer::vec8(w, "legacy_session_id_echo", 0..=32, |w| {
            w.write(self.legacy_session_id_echo)
        })?;
        self.cipher_suite.encode(w)?;
        w.write(&[self.legacy_compression_method])?;
        self.extensions.encode(w)
    }
}
