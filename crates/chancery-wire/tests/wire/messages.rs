//! RFC 8448's messages mean what they should, and encode to themselves.

use chancery_wire::{
    AlertDescription, Body, CertificateCompressionAlgorithm, CipherSuite, ClientHello,
    DecodeErrorKind, Extension, ExtensionType, Extensions, HELLO_RETRY_REQUEST_RANDOM,
    HandshakeType, KeyUpdateRequest, List, Message, MessageHash, NamedGroup, ProtocolVersion,
    PskKeyExchangeMode, SignatureScheme, SliceWriter,
};

use crate::vectors::{self, hex};

/// Decodes `bytes`, and checks that they come back from every kind of writer.
fn round_trip(bytes: &[u8]) -> Message<'_> {
    let message = Message::decode(bytes).unwrap();
    assert_eq!(message.raw, bytes);
    let mut encoded = vec![];
    message.body.encode(&mut encoded).unwrap();
    assert_eq!(encoded, bytes);
    let mut exact = vec![0; bytes.len()];
    let mut writer = SliceWriter::new(&mut exact);
    message.body.encode(&mut writer).unwrap();
    assert_eq!(writer.written(), bytes);
    for len in 0..bytes.len() {
        assert!(message.body.encode(&mut SliceWriter::new(&mut exact[..len])).is_err(), "{len}");
    }
    message
}

#[test]
fn every_vector_comes_back() {
    for (name, bytes) in vectors::all() {
        println!("{name}: {:?}", round_trip(&bytes).body);
    }
}

#[test]
fn client_hello() {
    let bytes = hex(vectors::CLIENT_HELLO);
    let Body::ClientHello(hello) = round_trip(&bytes).body else { panic!("not a ClientHello") };
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS1_2);
    assert_eq!(hello.random[..4], [0xcb, 0x34, 0xec, 0xb1]);
    assert_eq!(
        hello.cipher_suites,
        List::from(&[
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_AES_256_GCM_SHA384,
        ])
    );
    let extensions = hello.extensions;
    assert_eq!(extensions.server_name().unwrap().first().unwrap().name, b"server");
    assert_eq!(extensions.supported_groups().unwrap().first(), Some(NamedGroup::X25519));
    let share = extensions.key_share_client_hello().unwrap().first().unwrap();
    assert_eq!((share.group, share.key_exchange.len()), (NamedGroup::X25519, 32));
    assert_eq!(extensions.supported_versions(), Some(List::from(&[ProtocolVersion::TLS1_3])));
    assert_eq!(
        extensions.psk_key_exchange_modes(),
        Some(List::from(&[PskKeyExchangeMode::PSK_DHE_KE]))
    );
    assert_eq!(extensions.record_size_limit(), Some(0x4001));
    assert!(
        extensions
            .signature_algorithms()
            .unwrap()
            .contains(&SignatureScheme::ECDSA_SECP256R1_SHA256)
    );
    assert!(extensions.contains(ExtensionType::SESSION_TICKET));
    assert_eq!(extensions.cookie(), None);
    assert_eq!(extensions.offered_psks(), None);
    assert_eq!(hello.truncated(&bytes), None);
}

#[test]
fn server_hello() {
    let bytes = hex(vectors::SERVER_HELLO);
    let Body::ServerHello(hello) = round_trip(&bytes).body else { panic!("not a ServerHello") };
    assert_eq!(hello.cipher_suite, CipherSuite::TLS_AES_128_GCM_SHA256);
    assert_eq!(hello.extensions.selected_version(), Some(ProtocolVersion::TLS1_3));
    let share = hello.extensions.key_share_server_hello().unwrap();
    assert_eq!((share.group, share.key_exchange.len()), (NamedGroup::X25519, 32));
    assert_eq!(hello.extensions.types().count(), 2);
}

/// RFC 8446 §4.1.3: told apart by its random.
#[test]
fn hello_retry_request() {
    let bytes = hex(vectors::HELLO_RETRY_REQUEST);
    assert_eq!(bytes[6..38], HELLO_RETRY_REQUEST_RANDOM);
    let Body::HelloRetryRequest(hello) = round_trip(&bytes).body else { panic!("not an HRR") };
    assert_eq!(hello.extensions.key_share_hello_retry_request(), Some(NamedGroup::SECP256R1));
    assert_eq!(hello.extensions.cookie().unwrap().len(), 114);

    // With any other random its `key_share` is malformed for a ServerHello.
    let mut other = bytes;
    other[37] ^= 1;
    assert_eq!(Message::decode(&other).unwrap_err().kind(), DecodeErrorKind::Truncated);
}

/// RFC 8446 §4.2.11.2: binders cover the hello up to their list. RFC 8448 §4 gives the length of
/// that prefix: 477 bytes.
#[test]
fn truncated_client_hello() {
    let bytes = hex(vectors::RESUMING_CLIENT_HELLO);
    let Body::ClientHello(hello) = round_trip(&bytes).body else { panic!("not a ClientHello") };
    let truncated = hello.truncated(&bytes).unwrap();
    assert_eq!(truncated.len(), 477);
    assert_eq!(bytes[477..480], [0, 33, 32]);
    let offer = hello.extensions.offered_psks().unwrap();
    assert_eq!(offer.identities.first().unwrap().identity.len(), 178);
    assert_eq!(offer.binders_len(), 35);
    assert_eq!(hello.extensions.find(ExtensionType::EARLY_DATA), Some(Extension::EarlyData));
    assert_eq!(hello.truncated(&bytes[..34]), None);
}

#[test]
fn resumption_answers() {
    let bytes = hex(vectors::RESUMING_SERVER_HELLO);
    let Body::ServerHello(hello) = round_trip(&bytes).body else { panic!("not a ServerHello") };
    assert_eq!(hello.extensions.selected_identity(), Some(0));
    let bytes = hex(vectors::RESUMING_ENCRYPTED_EXTENSIONS);
    let Body::EncryptedExtensions(ee) = round_trip(&bytes).body else { panic!("not an EE") };
    assert_eq!(ee.extensions.find(ExtensionType::EARLY_DATA), Some(Extension::EarlyData));
    let bytes = hex(vectors::ENCRYPTED_EXTENSIONS);
    let Body::EncryptedExtensions(ee) = round_trip(&bytes).body else { panic!("not an EE") };
    assert_eq!(
        ee.extensions.find(ExtensionType::SERVER_NAME),
        Some(Extension::ServerNameAcknowledged)
    );
}

#[test]
fn certificates() {
    let bytes = hex(vectors::CERTIFICATE);
    let Body::Certificate(certificate) = round_trip(&bytes).body else { panic!("not one") };
    assert_eq!(certificate.certificate_request_context, b"");
    let entry = certificate.certificate_list.first().unwrap();
    assert_eq!((entry.cert_data.len(), certificate.certificate_list.len()), (432, 1));
    assert!(entry.extensions.is_empty());

    let bytes = hex(vectors::CERTIFICATE_VERIFY);
    let Body::CertificateVerify(verify) = round_trip(&bytes).body else { panic!("not one") };
    assert_eq!(verify.algorithm, SignatureScheme::RSA_PSS_RSAE_SHA256);
    assert_eq!(verify.signature.len(), 128);

    let bytes = hex(vectors::CERTIFICATE_REQUEST);
    let Body::CertificateRequest(request) = round_trip(&bytes).body else { panic!("not one") };
    assert_eq!(request.extensions.signature_algorithms().unwrap().len(), 15);

    let bytes = hex(vectors::COMPRESSED_CERTIFICATE);
    let Body::CompressedCertificate(compressed) = round_trip(&bytes).body else {
        panic!("not one")
    };
    assert_eq!(compressed.algorithm, CertificateCompressionAlgorithm::ZLIB);
    assert_eq!(compressed.uncompressed_length, 1024);
}

#[test]
fn the_rest() {
    let bytes = hex(vectors::FINISHED);
    let Body::Finished(finished) = round_trip(&bytes).body else { panic!("not a Finished") };
    assert_eq!(finished.verify_data.len(), 32);

    let bytes = hex(vectors::NEW_SESSION_TICKET);
    let Body::NewSessionTicket(ticket) = round_trip(&bytes).body else { panic!("not a ticket") };
    assert_eq!((ticket.ticket_lifetime, ticket.ticket_age_add), (30, 0xfad6_aac5));
    assert_eq!((ticket.ticket_nonce, ticket.ticket.len()), (&[0, 0][..], 178));
    assert_eq!(ticket.extensions.max_early_data_size(), Some(1024));

    let bytes = hex(vectors::KEY_UPDATE);
    let Body::KeyUpdate(update) = round_trip(&bytes).body else { panic!("not a KeyUpdate") };
    assert_eq!(update.request_update, KeyUpdateRequest::UPDATE_REQUESTED);

    assert_eq!(round_trip(&hex("05000000")).body, Body::EndOfEarlyData);
    assert_eq!(
        round_trip(&hex("fe000002abcd")).body,
        Body::MessageHash(MessageHash { hash: &[0xab, 0xcd] })
    );
    // RFC 5246's ServerHelloDone, HelloRequest and a type that nobody has defined.
    for (bytes, msg_type) in [
        ("0e000000", HandshakeType::SERVER_HELLO_DONE),
        ("00000000", HandshakeType::HELLO_REQUEST),
        ("63000001ff", HandshakeType(0x63)),
    ] {
        let bytes = hex(bytes);
        let Body::Other { msg_type: found, contents } = round_trip(&bytes).body else {
            panic!("{msg_type} decoded")
        };
        assert_eq!((found, contents), (msg_type, &bytes[4..]));
    }
}

/// A server must be able to answer these with `protocol_version`.
#[test]
fn older_client_hellos() {
    // No extensions at all: RFC 5246 §7.4.1.2.
    let fields = format!("0301 {} 00 0004 002f000a 01 00", "11".repeat(32));
    let bytes = hex(&format!("0100002b {fields}"));
    let Body::ClientHello(hello) = round_trip(&bytes).body else { panic!("not a ClientHello") };
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS1_0);
    assert_eq!(hello.extensions, Extensions::ABSENT);
    assert_ne!(hello.extensions, Extensions::EMPTY);
    assert_eq!(hello.extensions.supported_versions(), None);

    // An empty block is another thing, and comes back as such.
    let bytes = hex(&format!("0100002d {fields} 0000"));
    let Body::ClientHello(hello) = round_trip(&bytes).body else { panic!("not a ClientHello") };
    assert_eq!(hello.extensions, Extensions::EMPTY);

    // A browser of 2013: TLS 1.2, two compression methods, NPN (13172), Channel ID (30031), a
    // session ticket, renegotiation_info.
    let extensions = "ff01000100 0000000b0009000006736572766572 0023000401020304 33740000 754f0000 \
                      000b00020100 000a0006000400170018 000d000a0008040104030201 0203 \
                      000500050100000000 0012 0000 0017 0000";
    let len = hex(extensions).len();
    let text = format!(
        "010000{:02x} 0303 {} 20{} 0004 c02fc013 02 0100 {len:04x} {extensions}",
        2 + 32 + 33 + 6 + 3 + 2 + len,
        "22".repeat(32),
        "33".repeat(32),
    );
    let bytes = hex(&text);
    let Body::ClientHello(hello) = round_trip(&bytes).body else { panic!("not a ClientHello") };
    assert_eq!(hello.legacy_compression_methods, [1, 0]);
    assert_eq!(hello.extensions.supported_versions(), None);
    assert_eq!(
        hello.extensions.find(ExtensionType(13172)),
        Some(Extension::Raw(ExtensionType(13172), &[]))
    );
}

/// A client must be able to see the version of an older server, whose extensions follow other rules.
#[test]
fn older_server_hello() {
    // `ec_point_formats`, `renegotiation_info` and ALPN, none of which RFC 8446 §4.2 allows here.
    let extensions = "000b00020100 ff01000100 0010 0005 0003 02 6832";
    let bytes = hex(&format!(
        "0200003c 0303 {} 00 c02f 00 {:04x} {extensions}",
        "44".repeat(32),
        hex(extensions).len()
    ));
    let Body::ServerHello(hello) = round_trip(&bytes).body else { panic!("not a ServerHello") };
    assert_eq!(hello.extensions.selected_version(), None);
    assert_eq!(
        hello.extensions.find(ExtensionType::RENEGOTIATION_INFO),
        Some(Extension::Raw(ExtensionType::RENEGOTIATION_INFO, &[0]))
    );
    // No block at all.
    let bytes = hex(&format!("02000026 0303 {} 00 c02f 00", "44".repeat(32)));
    let Body::ServerHello(hello) = round_trip(&bytes).body else { panic!("not a ServerHello") };
    assert_eq!(hello.extensions, Extensions::ABSENT);
}

/// RFC 8701: reserved values anywhere are carried along and change nothing.
#[test]
fn grease() {
    let extensions = [
        Extension::Raw(ExtensionType(0x0a0a), &[]),
        Extension::SupportedVersions(List::from(&[
            ProtocolVersion(0x7a7a),
            ProtocolVersion::TLS1_3,
        ])),
        Extension::SupportedGroups(List::from(&[NamedGroup(0x1a1a), NamedGroup::X25519])),
        Extension::SignatureAlgorithms(List::from(&[SignatureScheme(0x5a5a)])),
        Extension::PskKeyExchangeModes(List::from(&[PskKeyExchangeMode(0x0b)])),
        Extension::Raw(ExtensionType(0xfafa), &[0]),
    ];
    let hello = Body::ClientHello(ClientHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: &[5; 32],
        legacy_session_id: &[6; 32],
        cipher_suites: List::from(&[CipherSuite(0x3a3a), CipherSuite::TLS_AES_128_GCM_SHA256]),
        legacy_compression_methods: &[0],
        extensions: Extensions::from(&extensions),
    });
    let mut bytes = vec![];
    hello.encode(&mut bytes).unwrap();
    assert_eq!(round_trip(&bytes).body, hello);
}

/// RFC 8446 §4.6.3: any other value is answered with illegal_parameter.
#[test]
fn key_update_of_another_kind() {
    let error = Message::decode(&hex("1800000102")).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::InvalidValue);
    assert_eq!(error.alert(), AlertDescription::ILLEGAL_PARAMETER);
}
