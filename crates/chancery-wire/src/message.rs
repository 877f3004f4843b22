//! A handshake message, whole.
//!
//! ```text
//! struct {
//!     HandshakeType msg_type;    /* handshake type */
//!     uint24 length;             /* remaining bytes in message */
//!     select (Handshake.msg_type) { ... };
//! } Handshake;                                    RFC 8446 §4
//! ```

use crate::{
    Certificate, CertificateRequest, CertificateVerify, ClientHello, CompressedCertificate,
    EncryptedExtensions, Finished, HandshakeType, HelloRetryRequest, KeyUpdate, MessageHash,
    NewSessionTicket, ServerHello,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    server_hello,
    writer::{self, Writer},
};

/// `msg_type` and `length`, in bytes.
pub const HANDSHAKE_HEADER_LEN: usize = 4;

/// A received handshake message: its bytes, which the transcript needs, and what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// All bytes of the message, the header included.
    pub raw: &'a [u8],
    /// What they mean.
    pub body: Body<'a>,
}

impl<'a> Message<'a> {
    /// Decodes one whole message, header included, and nothing behind it.
    ///
    /// # Errors
    /// If it is none; offsets count from the start of the header.
    pub fn decode(raw: &'a [u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(raw);
        let msg_type = HandshakeType::decode(&mut r)?;
        let contents = r.vec24("length", 0..=0xff_ffff)?;
        r.finish("length")?;
        let body = Body::decode(msg_type, contents)?;
        Ok(Self { raw, body })
    }
}

/// The meaning of a handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body<'a> {
    /// RFC 8446 §4.1.2
    ClientHello(ClientHello<'a>),
    /// RFC 8446 §4.1.3
    ServerHello(ServerHello<'a>),
    /// RFC 8446 §4.1.4; a ServerHello on the wire, told apart by its random.
    HelloRetryRequest(HelloRetryRequest<'a>),
    /// RFC 8446 §4.3.1
    EncryptedExtensions(EncryptedExtensions<'a>),
    /// RFC 8446 §4.3.2
    CertificateRequest(CertificateRequest<'a>),
    /// RFC 8446 §4.4.2
    Certificate(Certificate<'a>),
    /// RFC 8879 §4
    CompressedCertificate(CompressedCertificate<'a>),
    /// RFC 8446 §4.4.3
    CertificateVerify(CertificateVerify<'a>),
    /// RFC 8446 §4.4.4
    Finished(Finished<'a>),
    /// RFC 8446 §4.5
    EndOfEarlyData,
    /// RFC 8446 §4.6.1
    NewSessionTicket(NewSessionTicket<'a>),
    /// RFC 8446 §4.6.3
    KeyUpdate(KeyUpdate),
    /// RFC 8446 §4.4.1; only ever in transcripts, never sent.
    MessageHash(MessageHash<'a>),
    /// A message that TLS 1.3 does not have, undecoded. No state expects one.
    Other {
        /// Its type.
        msg_type: HandshakeType,
        /// What follows the header.
        contents: &'a [u8],
    },
}

impl<'a> Body<'a> {
    /// Decodes what follows the header of a message.
    fn decode(msg_type: HandshakeType, contents: Reader<'a>) -> Result<Self, DecodeError> {
        let mut r = contents;
        let r = &mut r;
        let name = msg_type.name().unwrap_or("handshake");
        let body = match msg_type {
            HandshakeType::CLIENT_HELLO => ClientHello::decode(r).map(Self::ClientHello),
            // RFC 8446 §4.1.3: "upon receiving a message with type server_hello, implementations
            // MUST first examine the Random value".
            HandshakeType::SERVER_HELLO if server_hello::is_hello_retry_request(r) => {
                HelloRetryRequest::decode(r).map(Self::HelloRetryRequest)
            }
            HandshakeType::SERVER_HELLO => ServerHello::decode(r).map(Self::ServerHello),
            HandshakeType::ENCRYPTED_EXTENSIONS => {
                EncryptedExtensions::decode(r).map(Self::EncryptedExtensions)
            }
            HandshakeType::CERTIFICATE_REQUEST => {
                CertificateRequest::decode(r).map(Self::CertificateRequest)
            }
            HandshakeType::CERTIFICATE => Certificate::decode(r).map(Self::Certificate),
            HandshakeType::COMPRESSED_CERTIFICATE => {
                CompressedCertificate::decode(r).map(Self::CompressedCertificate)
            }
            HandshakeType::CERTIFICATE_VERIFY => {
                CertificateVerify::decode(r).map(Self::CertificateVerify)
            }
            HandshakeType::FINISHED => Finished::decode(r).map(Self::Finished),
            HandshakeType::END_OF_EARLY_DATA => Ok(Self::EndOfEarlyData),
            HandshakeType::NEW_SESSION_TICKET => {
                NewSessionTicket::decode(r).map(Self::NewSessionTicket)
            }
            HandshakeType::KEY_UPDATE => KeyUpdate::decode(r).map(Self::KeyUpdate),
            HandshakeType::MESSAGE_HASH => MessageHash::decode(r).map(Self::MessageHash),
            _ => Ok(Self::Other { msg_type, contents: r.rest() }),
        }
        .map_err(|e| e.within(name))?;
        r.clone().finish(name)?;
        Ok(body)
    }

    /// Appends the whole message, header included.
    ///
    /// # Errors
    /// If a length is out of its range, or `w` has no room; `w` may then hold a part.
    pub fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        let msg_type = self.msg_type();
        msg_type.encode(w)?;
        writer::vec24(w, msg_type.name().unwrap_or("handshake"), 0..=0xff_ffff, |w| match self {
            Self::ClientHello(m) => m.encode(w),
            Self::ServerHello(m) => m.encode(w),
            Self::HelloRetryRequest(m) => m.encode(w),
            Self::EncryptedExtensions(m) => m.encode(w),
            Self::CertificateRequest(m) => m.encode(w),
            Self::Certificate(m) => m.encode(w),
            Self::CompressedCertificate(m) => m.encode(w),
            Self::CertificateVerify(m) => m.encode(w),
            Self::Finished(m) => m.encode(w),
            Self::EndOfEarlyData => Ok(()),
            Self::NewSessionTicket(m) => m.encode(w),
            Self::KeyUpdate(m) => m.encode(w),
            Self::MessageHash(m) => m.encode(w),
            Self::Other { contents, .. } => w.write(contents),
        })
    }

    /// The type on the wire.
    #[must_use]
    pub const fn msg_type(&self) -> HandshakeType {
        match self {
            Self::ClientHello(_) => HandshakeType::CLIENT_HELLO,
            Self::ServerHello(_) | Self::HelloRetryRequest(_) => HandshakeType::SERVER_HELLO,
            Self::EncryptedExtensions(_) => HandshakeType::ENCRYPTED_EXTENSIONS,
            Self::CertificateRequest(_) => HandshakeType::CERTIFICATE_REQUEST,
            Self::Certificate(_) => HandshakeType::CERTIFICATE,
            Self::CompressedCertificate(_) => HandshakeType::COMPRESSED_CERTIFICATE,
            Self::CertificateVerify(_) => HandshakeType::CERTIFICATE_VERIFY,
            Self::Finished(_) => HandshakeType::FINISHED,
            Self::EndOfEarlyData => HandshakeType::END_OF_EARLY_DATA,
            Self::NewSessionTicket(_) => HandshakeType::NEW_SESSION_TICKET,
            Self::KeyUpdate(_) => HandshakeType::KEY_UPDATE,
            Self::MessageHash(_) => HandshakeType::MESSAGE_HASH,
            Self::Other { msg_type, .. } => *msg_type,
        }
    }
}
