//! Each extension: a form that is right, forms that are wrong, and the rules of the block.

use chancery_wire::{
    AlertDescription, Body, CertificateStatus, CertificateStatusRequest, CertificateStatusType,
    DecodeErrorKind,
    ExtensionPlace::{
        self, Certificate, CertificateRequest, ClientHello, EncryptedExtensions, HelloRetryRequest,
        NewSessionTicket, ServerHello,
    },
    ExtensionType as T, Extensions, Message, TicketRequest,
};

use crate::{table::message, vectors::hex};

/// The extension's block, in hexadecimal; a ServerHello also says that it is one of TLS 1.3.
fn block(place: ExtensionPlace, extension_type: T, data: &str) -> Vec<u8> {
    let data = hex(data);
    let mut block = vec![];
    if place == ServerHello && extension_type != T::SUPPORTED_VERSIONS {
        block.extend([0, 43, 0, 2, 3, 4]);
    }
    block.extend(extension_type.0.to_be_bytes());
    block.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    block.extend(data);
    block
}

fn extensions<'a>(message: &Message<'a>) -> Extensions<'a> {
    match message.body {
        Body::ClientHello(m) => m.extensions,
        Body::ServerHello(m) => m.extensions,
        Body::HelloRetryRequest(m) => m.extensions,
        Body::EncryptedExtensions(m) => m.extensions,
        Body::CertificateRequest(m) => m.extensions,
        Body::Certificate(m) => m.certificate_list.first().unwrap().extensions,
        Body::NewSessionTicket(m) => m.extensions,
        _ => panic!("no extensions in {message:?}"),
    }
}

/// That `data` decodes at `place` and, printed, shows `shown`; that it is encoded as it was; and
/// that nothing shorter or longer is taken for the same.
#[track_caller]
fn good(place: ExtensionPlace, extension_type: T, data: &str, shown: &str) {
    let bytes = message(place, &block(place, extension_type, data));
    let decoded = Message::decode(&bytes).unwrap();
    let found = extensions(&decoded).find(extension_type).unwrap();
    assert_eq!(format!("{found:?}"), shown);
    assert_eq!(found.extension_type(), extension_type);

    let shown_again = [found];
    let list = Extensions::from(&shown_again);
    assert_eq!(list.find(extension_type), Some(found));
    let mut encoded = vec![];
    decoded.body.encode(&mut encoded).unwrap();
    assert_eq!(encoded, bytes);
}

/// That `data` is refused at `place` with `kind`.
#[track_caller]
fn bad(place: ExtensionPlace, extension_type: T, data: &str, kind: DecodeErrorKind) {
    let bytes = message(place, &block(place, extension_type, data));
    let error = Message::decode(&bytes).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    let name = extension_type.name().unwrap();
    assert!(error.path().names().any(|n| n == name), "{error}");
}

use DecodeErrorKind::{InvalidValue, LengthOutOfRange, TrailingBytes, Truncated};

/// RFC 6066 §3
#[test]
fn server_name() {
    let t = T::SERVER_NAME;
    good(
        ClientHello,
        t,
        "0006 00 0003 612e62",
        "ServerName([ServerNameEntry { name_type: host_name, name: [97, 46, 98] }])",
    );
    good(EncryptedExtensions, t, "", "ServerNameAcknowledged");
    bad(ClientHello, t, "", Truncated);
    bad(ClientHello, t, "0000", LengthOutOfRange);
    bad(ClientHello, t, "0003 00 0000", LengthOutOfRange);
    bad(ClientHello, t, "0004 00 0002 61", Truncated);
    bad(ClientHello, t, "0004 00 0001 61 00", TrailingBytes);
    // "MUST NOT contain more than one name of the same name_type"
    bad(ClientHello, t, "0008 00 0001 61 00 0001 62", InvalidValue);
    bad(EncryptedExtensions, t, "00", TrailingBytes);
}

#[test]
fn lists_of_codepoints() {
    good(
        ClientHello,
        T::SUPPORTED_GROUPS,
        "0004 001d 0017",
        "SupportedGroups([x25519, secp256r1])",
    );
    good(EncryptedExtensions, T::SUPPORTED_GROUPS, "0002 001d", "SupportedGroups([x25519])");
    good(
        CertificateRequest,
        T::SIGNATURE_ALGORITHMS,
        "0002 0807",
        "SignatureAlgorithms([ed25519])",
    );
    good(
        ClientHello,
        T::SIGNATURE_ALGORITHMS_CERT,
        "0002 0403",
        "SignatureAlgorithmsCert([ecdsa_secp256r1_sha256])",
    );
    good(
        ClientHello,
        T::DELEGATED_CREDENTIAL,
        "0002 0403",
        "DelegatedCredentialAlgorithms([ecdsa_secp256r1_sha256])",
    );
    good(
        ClientHello,
        T::PSK_KEY_EXCHANGE_MODES,
        "02 01 00",
        "PskKeyExchangeModes([psk_dhe_ke, psk_ke])",
    );
    good(
        ClientHello,
        T::SUPPORTED_VERSIONS,
        "04 0304 0303",
        "SupportedVersions([TLS 1.3, TLS 1.2])",
    );
    good(ServerHello, T::SUPPORTED_VERSIONS, "0304", "SelectedVersion(TLS 1.3)");
    good(HelloRetryRequest, T::SUPPORTED_VERSIONS, "0304", "SelectedVersion(TLS 1.3)");
    good(
        ClientHello,
        T::COMPRESS_CERTIFICATE,
        "04 0002 0001",
        "CompressCertificate([brotli, zlib])",
    );
    good(
        ClientHello,
        T::CLIENT_CERTIFICATE_TYPE,
        "01 02",
        "ClientCertificateTypes([Raw Public Key])",
    );
    good(
        EncryptedExtensions,
        T::SERVER_CERTIFICATE_TYPE,
        "02",
        "SelectedServerCertificateType(Raw Public Key)",
    );
    good(ClientHello, T::MAX_FRAGMENT_LENGTH, "04", "MaxFragmentLength(2^12)");
    good(ClientHello, T::EC_POINT_FORMATS, "01 00", "EcPointFormats([0])");

    for t in [T::SUPPORTED_GROUPS, T::SIGNATURE_ALGORITHMS, T::SIGNATURE_ALGORITHMS_CERT] {
        bad(ClientHello, t, "", Truncated);
        bad(ClientHello, t, "0000", LengthOutOfRange);
        bad(ClientHello, t, "0003 001d 00", Truncated);
        bad(ClientHello, t, "0002 001d 00", TrailingBytes);
    }
    for t in [T::PSK_KEY_EXCHANGE_MODES, T::CLIENT_CERTIFICATE_TYPE, T::EC_POINT_FORMATS] {
        bad(ClientHello, t, "", Truncated);
        bad(ClientHello, t, "00", LengthOutOfRange);
        bad(ClientHello, t, "02 01", Truncated);
        bad(ClientHello, t, "01 01 01", TrailingBytes);
    }
    for t in [T::SUPPORTED_VERSIONS, T::COMPRESS_CERTIFICATE] {
        bad(ClientHello, t, "00", LengthOutOfRange);
        bad(ClientHello, t, "01 03", LengthOutOfRange);
        bad(ClientHello, t, "03 0304 03", Truncated);
    }
    bad(
        ClientHello,
        T::SUPPORTED_VERSIONS,
        &("ff".to_owned() + &"03".repeat(255)),
        LengthOutOfRange,
    );
    bad(ServerHello, T::SUPPORTED_VERSIONS, "030403", TrailingBytes);
    bad(ClientHello, T::MAX_FRAGMENT_LENGTH, "", Truncated);
}

/// RFC 8446 §4.2.8
#[test]
fn key_share() {
    let t = T::KEY_SHARE;
    good(
        ClientHello,
        t,
        "0006 001d 0002 aabb",
        "KeyShareClientHello([KeyShareEntry { group: x25519, key_exchange: [170, 187] }])",
    );
    good(ClientHello, t, "0000", "KeyShareClientHello([])");
    good(HelloRetryRequest, t, "0017", "KeyShareHelloRetryRequest(secp256r1)");
    good(
        ServerHello,
        t,
        "001d 0001 aa",
        "KeyShareServerHello(KeyShareEntry { group: x25519, key_exchange: [170] })",
    );
    bad(ClientHello, t, "0004 001d 0000", LengthOutOfRange);
    bad(ClientHello, t, "0003 001d 00", Truncated);
    bad(ClientHello, t, "0000 00", TrailingBytes);
    bad(HelloRetryRequest, t, "001700", TrailingBytes);
    bad(ServerHello, t, "001d 0000", LengthOutOfRange);
    bad(ServerHello, t, "001d 0001 aa aa", TrailingBytes);
}

/// RFC 8446 §4.2.11
#[test]
fn pre_shared_key() {
    let t = T::PRE_SHARED_KEY;
    let binder = "20".to_owned() + &"bb".repeat(32);
    let shown = format!(
        "PreSharedKeyClientHello(OfferedPsks {{ identities: [PskIdentity {{ identity: [..], \
         obfuscated_ticket_age: 5 }}], binders: [PskBinderEntry({:?})] }})",
        [0xbb; 32]
    );
    good(ClientHello, t, &("0007 0001 61 00000005 0021".to_owned() + &binder), &shown);
    good(ServerHello, t, "0001", "PreSharedKeyServerHello(1)");
    bad(ClientHello, t, "0000 0021", LengthOutOfRange);
    bad(ClientHello, t, &("0006 0000 00000005 0021".to_owned() + &binder), LengthOutOfRange);
    bad(ClientHello, t, &("0007 0000 00 00000005 0021".to_owned() + &binder), LengthOutOfRange);
    bad(ClientHello, t, "0007 0001 61 00000005 0020 1f", LengthOutOfRange);
    // `PskBinderEntry<32..255>`, in a list that is long enough.
    let (shorter, rest) = ("1f".to_owned() + &"bb".repeat(31), &binder);
    bad(ClientHello, t, &format!("0007 0001 61 00000005 0041 {shorter} {rest}"), LengthOutOfRange);
    bad(ServerHello, t, "00", Truncated);

    // The last extension, or illegal_parameter.
    let offer = block(ClientHello, t, &("0007 0001 61 00000005 0021".to_owned() + &binder));
    let padding = block(ClientHello, T::PADDING, "0000");
    assert!(Message::decode(&message(ClientHello, &[&padding[..], &offer].concat())).is_ok());
    let error = Message::decode(&message(ClientHello, &[offer, padding].concat())).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::PreSharedKeyNotLast);
    assert_eq!(error.alert(), AlertDescription::ILLEGAL_PARAMETER);
}

#[test]
fn early_data_and_flags() {
    good(ClientHello, T::EARLY_DATA, "", "EarlyData");
    good(EncryptedExtensions, T::EARLY_DATA, "", "EarlyData");
    good(NewSessionTicket, T::EARLY_DATA, "00004000", "EarlyDataMaxSize(16384)");
    good(ClientHello, T::POST_HANDSHAKE_AUTH, "", "PostHandshakeAuth");
    good(ClientHello, T::EXTENDED_MASTER_SECRET, "", "ExtendedMasterSecret");
    good(CertificateRequest, T::STATUS_REQUEST, "", "StatusRequestWanted");
    good(ClientHello, T::SIGNED_CERTIFICATE_TIMESTAMP, "", "SignedCertificateTimestampWanted");
    for t in [
        T::EARLY_DATA,
        T::POST_HANDSHAKE_AUTH,
        T::EXTENDED_MASTER_SECRET,
        T::SIGNED_CERTIFICATE_TIMESTAMP,
    ] {
        bad(ClientHello, t, "00", TrailingBytes);
    }
    bad(CertificateRequest, T::STATUS_REQUEST, "00", TrailingBytes);
    bad(NewSessionTicket, T::EARLY_DATA, "", Truncated);
    bad(NewSessionTicket, T::EARLY_DATA, "0000400000", TrailingBytes);
}

/// RFC 7301 §3.1
#[test]
fn application_layer_protocol_negotiation() {
    let t = T::APPLICATION_LAYER_PROTOCOL_NEGOTIATION;
    good(
        ClientHello,
        t,
        "0005 02 6832 01 78",
        "ApplicationLayerProtocols([ProtocolName([104, 50]), ProtocolName([120])])",
    );
    good(
        EncryptedExtensions,
        t,
        "0003 02 6832",
        "SelectedApplicationLayerProtocol(ProtocolName([104, 50]))",
    );
    bad(ClientHello, t, "0000", LengthOutOfRange);
    bad(ClientHello, t, "0003 00 01 78", LengthOutOfRange);
    bad(ClientHello, t, "0003 03 6832", Truncated);
    // "MUST contain exactly one"
    bad(EncryptedExtensions, t, "0005 02 6832 01 78", TrailingBytes);
    bad(EncryptedExtensions, t, "0000", LengthOutOfRange);
}

#[test]
fn certificate_status() {
    let t = T::STATUS_REQUEST;
    good(
        ClientHello,
        t,
        "01 0003 0001 aa 0001 bb",
        "StatusRequest(Ocsp { responder_id_list: [ResponderId([170])], request_extensions: [187] })",
    );
    good(
        ClientHello,
        t,
        "07 aabb",
        "StatusRequest(Other { status_type: CertificateStatusType(7), request: [170, 187] })",
    );
    good(Certificate, t, "01 000002 3000", "CertificateStatus(Ocsp([48, 0]))");
    good(
        Certificate,
        t,
        "02 00",
        "CertificateStatus(Other { status_type: ocsp_multi, response: [0] })",
    );
    bad(ClientHello, t, "01 0000", Truncated);
    bad(ClientHello, t, "01 0002 0000 0000", LengthOutOfRange);
    bad(ClientHello, t, "01 0000 0000 00", TrailingBytes);
    bad(Certificate, t, "01 000000", LengthOutOfRange);
    bad(Certificate, t, "01 000001 30 00", TrailingBytes);
    assert_eq!(
        CertificateStatusRequest::OCSP,
        CertificateStatusRequest::Ocsp {
            responder_id_list: chancery_wire::List::EMPTY,
            request_extensions: &[]
        }
    );
    assert_ne!(
        CertificateStatus::Ocsp(&[0]),
        CertificateStatus::Other { status_type: CertificateStatusType::OCSP_MULTI, response: &[0] }
    );
}

#[test]
fn what_certificates_carry() {
    good(
        Certificate,
        T::SIGNED_CERTIFICATE_TIMESTAMP,
        "0003 0001 aa",
        "SignedCertificateTimestamp([SerializedSct([170])])",
    );
    bad(Certificate, T::SIGNED_CERTIFICATE_TIMESTAMP, "0000", LengthOutOfRange);
    bad(Certificate, T::SIGNED_CERTIFICATE_TIMESTAMP, "0002 0000", LengthOutOfRange);
    good(
        Certificate,
        T::DELEGATED_CREDENTIAL,
        "00093a80 0403 000001 30 0804 0001 aa",
        "DelegatedCredential(DelegatedCredential { valid_time: 604800, dc_cert_verify_algorithm: \
         ecdsa_secp256r1_sha256, subject_public_key_info: [48], algorithm: rsa_pss_rsae_sha256, \
         signature: [170] })",
    );
    bad(
        Certificate,
        T::DELEGATED_CREDENTIAL,
        "00093a80 0403 000000 0804 0001 aa",
        LengthOutOfRange,
    );
    bad(
        Certificate,
        T::DELEGATED_CREDENTIAL,
        "00093a80 0403 000001 30 0804 0000",
        LengthOutOfRange,
    );
}

#[test]
fn what_certificate_requests_carry() {
    good(
        CertificateRequest,
        T::CERTIFICATE_AUTHORITIES,
        "0004 0002 3000",
        "CertificateAuthorities([DistinguishedName([48, 0])])",
    );
    bad(CertificateRequest, T::CERTIFICATE_AUTHORITIES, "0002 0000", LengthOutOfRange);
    bad(CertificateRequest, T::CERTIFICATE_AUTHORITIES, "0003 0000 00", LengthOutOfRange);
    good(
        CertificateRequest,
        T::OID_FILTERS,
        "0006 01 55 0002 3000",
        "OidFilters([OidFilter { certificate_extension_oid: [85], certificate_extension_values: \
         [48, 0] }])",
    );
    good(CertificateRequest, T::OID_FILTERS, "0000", "OidFilters([])");
    bad(CertificateRequest, T::OID_FILTERS, "0003 00 0000", LengthOutOfRange);
}

#[test]
fn limits_and_requests() {
    good(ClientHello, T::RECORD_SIZE_LIMIT, "0040", "RecordSizeLimit(64)");
    good(EncryptedExtensions, T::RECORD_SIZE_LIMIT, "4001", "RecordSizeLimit(16385)");
    // RFC 8449 §4: less than 64 is answered with illegal_parameter.
    bad(ClientHello, T::RECORD_SIZE_LIMIT, "003f", InvalidValue);
    bad(ClientHello, T::RECORD_SIZE_LIMIT, "00", Truncated);
    let request = TicketRequest { new_session_count: 2, resumption_count: 1 };
    good(ClientHello, T::TICKET_REQUEST, "0201", &format!("TicketRequest({request:?})"));
    good(EncryptedExtensions, T::TICKET_REQUEST, "02", "TicketsExpected(2)");
    bad(ClientHello, T::TICKET_REQUEST, "02", Truncated);
    bad(EncryptedExtensions, T::TICKET_REQUEST, "0201", TrailingBytes);
}

#[test]
fn opaque() {
    good(HelloRetryRequest, T::COOKIE, "0001 aa", "Cookie([170])");
    good(ClientHello, T::COOKIE, "0001 aa", "Cookie([170])");
    bad(ClientHello, T::COOKIE, "0000", LengthOutOfRange);
    bad(ClientHello, T::COOKIE, "0001 aa bb", TrailingBytes);
    good(ClientHello, T::RENEGOTIATION_INFO, "00", "RenegotiationInfo([])");
    bad(ClientHello, T::RENEGOTIATION_INFO, "", Truncated);
    good(ClientHello, T::PADDING, "0000", "Padding([0, 0])");
    good(ClientHello, T::SESSION_TICKET, "aa", "SessionTicket([170])");
    good(ClientHello, T::ENCRYPTED_CLIENT_HELLO, "00", "EncryptedClientHello([0])");
    good(HelloRetryRequest, T::ENCRYPTED_CLIENT_HELLO, "0011", "EncryptedClientHello([0, 17])");
    good(ClientHello, T::QUIC_TRANSPORT_PARAMETERS, "0100", "QuicTransportParameters([1, 0])");
    good(ClientHello, T::USE_SRTP, "0002", "Raw(use_srtp, [0, 2])");
    for place in [
        ClientHello,
        ServerHello,
        HelloRetryRequest,
        EncryptedExtensions,
        CertificateRequest,
        Certificate,
        NewSessionTicket,
    ] {
        good(place, T(0x4242), "aabb", "Raw(ExtensionType(0x4242), [170, 187])");
    }
}

/// RFC 8446 §4.2: "There MUST NOT be more than one extension of the same type".
#[test]
fn duplicates_are_refused() {
    let many = |count: u16, duplicate: Option<u16>| {
        let types = (0x3000..0x3000 + count).chain(duplicate);
        let block: Vec<u8> = types.flat_map(|t| [t.to_be_bytes(), [0, 0]].concat()).collect();
        message(EncryptedExtensions, &block)
    };
    // Few and many are told apart by different code: both sides of that bound, and the most that fit.
    for count in [1, 2, 46, 47, 48, 49, 200, 16382] {
        assert!(Message::decode(&many(count, None)).is_ok(), "{count}");
        for duplicate in [0x3000, 0x3000 + count / 2, 0x3000 + count - 1] {
            let bytes = many(count, Some(duplicate));
            let error = Message::decode(&bytes).unwrap_err();
            assert_eq!(error.kind(), DecodeErrorKind::DuplicateExtension(T(duplicate)), "{count}");
            assert_eq!(error.alert(), AlertDescription::ILLEGAL_PARAMETER);
            assert_eq!(error.offset(), bytes.len() - 4);
        }
    }
}
