//! TLS 1.3 handshake messages, alerts and extensions: bytes to borrowed structs and back.
//!
//! ```text
//! record content ─Joiner─► raw message ─Message::decode─► Body ─► ClientHello, Extensions, List ...
//!                                                          │
//! record content ◄──────────── dyn Writer ◄──Body::encode──┘
//! ```
//!
//! One codec serves both directions: what decodes encodes to the same bytes. Decoding borrows from
//! the input and checks everything that can be checked without knowing what was said before; it
//! allocates nothing. Unknown extensions, codepoints and messages are kept raw.
//!
//! Absent are records, keys, transcripts and state; the messages of TLS 1.2 other than the
//! ClientHello; and the rule that a response must have been asked for.
//!
//! ```
//! use chancery_wire::{
//!     Body, CipherSuite, ClientHello, Extension, ExtensionType, Extensions, KeyShareEntry, List,
//!     Message, NamedGroup, ProtocolVersion,
//! };
//!
//! let shares = [KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] }];
//! let extensions = [
//!     Extension::SupportedVersions(List::from(&[ProtocolVersion::TLS1_3])),
//!     Extension::KeyShareClientHello(List::from(&shares)),
//! ];
//! let hello = Body::ClientHello(ClientHello {
//!     legacy_version: ProtocolVersion::TLS1_2,
//!     random: &[7; 32],
//!     legacy_session_id: &[],
//!     cipher_suites: List::from(&[CipherSuite::TLS_AES_128_GCM_SHA256]),
//!     legacy_compression_methods: &[0],
//!     extensions: Extensions::from(&extensions),
//! });
//! let mut bytes = Vec::new();
//! hello.encode(&mut bytes)?;
//!
//! let received = Message::decode(&bytes)?;
//! assert_eq!(received.body, hello);
//! let Body::ClientHello(hello) = received.body else { unreachable!() };
//! for share in hello.extensions.key_share_client_hello().unwrap_or(List::EMPTY) {
//!     println!("{}: {} bytes", share.group, share.key_exchange.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(doctest, doc = include_str!("../README.md"))]
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod alert;
mod certificate;
mod certificate_request;
mod certificate_verify;
mod change_cipher_spec;
mod client_hello;
mod codec;
mod codepoint;
mod compressed_certificate;
mod encrypted_extensions;
mod error;
mod ext;
mod finished;
mod hello_retry_request;
mod joiner;
mod key_update;
mod list;
mod message;
mod message_hash;
mod new_session_ticket;
mod reader;
mod server_hello;
mod writer;

// Fragments to messages.
pub use joiner::{Aligned, DEFAULT_MAX_MESSAGE_LEN, FixedStorage, Joined, Joiner, Storage};
// Bytes to structs and back.
pub use codec::Codec;
pub use error::{DecodeError, DecodeErrorKind, EncodeError, FieldPath};
pub use list::{List, ListIter};
pub use reader::Reader;
pub use writer::{SliceWriter, Writer};
// Messages, in the order of a handshake.
pub use certificate::{Certificate, CertificateEntry};
pub use certificate_request::CertificateRequest;
pub use certificate_verify::CertificateVerify;
pub use client_hello::ClientHello;
pub use compressed_certificate::CompressedCertificate;
pub use encrypted_extensions::EncryptedExtensions;
pub use finished::Finished;
pub use hello_retry_request::HelloRetryRequest;
pub use key_update::KeyUpdate;
pub use message::{Body, HANDSHAKE_HEADER_LEN, Message};
pub use message_hash::MessageHash;
pub use new_session_ticket::NewSessionTicket;
pub use server_hello::{
    DOWNGRADE_TO_TLS1_1, DOWNGRADE_TO_TLS1_2, HELLO_RETRY_REQUEST_RANDOM, ServerHello,
};
// What other records carry.
pub use alert::Alert;
pub use change_cipher_spec::ChangeCipherSpec;
// Extensions.
pub use ext::application_layer_protocol_negotiation::ProtocolName;
pub use ext::certificate_authorities::DistinguishedName;
pub use ext::delegated_credential::DelegatedCredential;
pub use ext::extensions::{Extensions, ExtensionsIter};
pub use ext::key_share::KeyShareEntry;
pub use ext::oid_filters::OidFilter;
pub use ext::pre_shared_key::{OfferedPsks, PskBinderEntry, PskIdentity};
pub use ext::server_name::ServerNameEntry;
pub use ext::signed_certificate_timestamp::SerializedSct;
pub use ext::status_request::{CertificateStatus, CertificateStatusRequest, ResponderId};
pub use ext::ticket_request::TicketRequest;
pub use ext::{Extension, ExtensionPlace};
// Codepoints.
pub use codepoint::{
    AlertDescription, AlertLevel, CertificateCompressionAlgorithm, CertificateStatusType,
    CertificateType, CipherSuite, ContentType, ExtensionType, HandshakeType, KeyUpdateRequest,
    MaxFragmentLength, NameType, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme,
    is_grease,
};
