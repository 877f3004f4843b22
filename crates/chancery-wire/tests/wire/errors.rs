//! Malformed messages: what is said of them, where, and which alert answers.

use chancery_wire::{
    Alert, AlertDescription, AlertLevel, Body, Certificate, CertificateCompressionAlgorithm,
    CertificateEntry, CertificateVerify, ChangeCipherSpec, CompressedCertificate, EncodeError,
    Extensions, KeyUpdate, KeyUpdateRequest, List, Message, SignatureScheme,
};

use crate::vectors::{self, hex};

/// The error of `text`, and that its alert is `decode_error` (RFC 8446 §6.2).
fn check(text: &str, expected: &str) {
    let bytes = hex(text);
    let error = Message::decode(&bytes).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.alert(), AlertDescription::DECODE_ERROR);
    assert!(error.offset() <= bytes.len());
}

#[test]
fn headers() {
    check("", "msg_type: the bytes end too early at byte 0");
    check("14", "length: the bytes end too early at byte 1");
    check("140000", "length: the bytes end too early at byte 1");
    check("1400000411", "length: the bytes end too early at byte 4");
    check("14000000 00", "length: bytes are left over at byte 4");
}

#[test]
fn bodies() {
    check("18000000", "key_update.request_update: the bytes end too early at byte 4");
    check("180000020000", "key_update: bytes are left over at byte 5");
    check("0500000100", "end_of_early_data: bytes are left over at byte 4");
    check("08000000", "encrypted_extensions.extensions: the bytes end too early at byte 4");
    check("0800000300000a", "encrypted_extensions: bytes are left over at byte 6");
    check(
        "08000003 0001 00",
        "encrypted_extensions.extensions.extension_type: the bytes end too early at byte 6",
    );
}

#[test]
fn ranges() {
    // `legacy_session_id<0..32>`
    let hello = format!("0100004a 0303 {} 21 {} 0002 1301 01 00", "00".repeat(32), "00".repeat(33));
    check(&hello, "client_hello.legacy_session_id: length out of range at byte 38");
    // `cipher_suites<2..2^16-2>`, empty, and of an odd length
    let hello = format!("01000027 0303 {} 00 0000 01 00", "00".repeat(32));
    check(&hello, "client_hello.cipher_suites: length out of range at byte 39");
    let hello = format!("0100002a 0303 {} 00 0003 130113 01 00", "00".repeat(32));
    check(&hello, "client_hello.cipher_suites.cipher_suite: the bytes end too early at byte 43");
    // `legacy_compression_methods<1..2^8-1>`
    let hello = format!("01000028 0303 {} 00 0002 1301 00", "00".repeat(32));
    check(&hello, "client_hello.legacy_compression_methods: length out of range at byte 43");
    // `cert_data<1..2^24-1>`
    check(
        "0b000009 00 000005 000000 0000",
        "certificate.certificate_list.cert_data: length out of range at byte 8",
    );
    // `ticket<1..2^16-1>`
    check(
        "0400000d 00000000 00000000 00 0000 0000",
        "new_session_ticket.ticket: length out of range at byte 13",
    );
}

#[test]
fn paths_reach_the_innermost_field() {
    // An SCT of no length, in a certificate's entry.
    check(
        "0b000012 00 00000e 000001 30 0008 0012 0004 0002 0000",
        "certificate.certificate_list.extensions.signed_certificate_timestamp.sct_list.\
         serialized_sct: length out of range at byte 20",
    );
    // The last byte of the key share is missing from every length around it.
    let error = Message::decode(&hex(&("010000370303".to_owned()
        + &"00".repeat(32)
        + "00 0002 1301 01 00 000c 0033 0008 0006 001d 0003 0102")))
    .unwrap_err();
    assert_eq!(
        error.path().names().collect::<Vec<_>>(),
        ["client_hello", "extensions", "key_share", "client_shares", "key_exchange"]
    );
}

#[test]
fn what_has_no_encoding_is_refused() {
    let encode = |body: Body<'_>| body.encode(&mut vec![]);
    let long = vec![0; 0x1_0000];
    let verify = CertificateVerify { algorithm: SignatureScheme::ED25519, signature: &long };
    assert_eq!(
        encode(Body::CertificateVerify(verify)),
        Err(EncodeError::LengthOutOfRange("signature"))
    );
    let entry = CertificateEntry { cert_data: &[], extensions: Extensions::EMPTY };
    let certificate = Certificate {
        certificate_request_context: &[],
        certificate_list: List::from(core::slice::from_ref(&entry)),
    };
    assert_eq!(
        encode(Body::Certificate(certificate)),
        Err(EncodeError::LengthOutOfRange("cert_data"))
    );
    let compressed = CompressedCertificate {
        algorithm: CertificateCompressionAlgorithm::BROTLI,
        uncompressed_length: 1 << 24,
        compressed_certificate_message: &[1],
    };
    assert_eq!(
        encode(Body::CompressedCertificate(compressed)),
        Err(EncodeError::LengthOutOfRange("uncompressed_length"))
    );
}

#[test]
fn writing_appends() {
    let update =
        Body::KeyUpdate(KeyUpdate { request_update: KeyUpdateRequest::UPDATE_NOT_REQUESTED });
    let mut bytes = vec![0xff; 3];
    update.encode(&mut bytes).unwrap();
    assert_eq!(bytes, hex("ffffff 1800000100"));
}

#[test]
fn tickets_are_not_printed() {
    let bytes = hex(vectors::NEW_SESSION_TICKET);
    let printed = format!("{:?}", Message::decode(&bytes).unwrap().body);
    assert!(printed.contains("ticket: [..]") && printed.contains("ticket_age_add: [..]"));
    assert!(!printed.contains("44, 3, 93") && !printed.contains("4208372421"), "{printed}");
    let bytes = hex(vectors::RESUMING_CLIENT_HELLO);
    let printed = format!("{:?}", Message::decode(&bytes).unwrap().body);
    assert!(printed.contains("identity: [..]") && !printed.contains("44, 3, 93"), "{printed}");
}

/// RFC 8446 §6
#[test]
fn alerts() {
    let close = Alert::from_record(&[1, 0]).unwrap();
    assert_eq!(close, Alert::new(AlertDescription::CLOSE_NOTIFY));
    assert_eq!(Alert::new(AlertDescription::USER_CANCELED).level, AlertLevel::WARNING);
    assert_eq!(Alert::new(AlertDescription::GENERAL_ERROR).to_bytes(), [2, 117]);
    // Levels and descriptions from elsewhere are carried along.
    assert_eq!(Alert::from_record(&[9, 222]).unwrap().to_bytes(), [9, 222]);
    for wrong in [&[][..], &[2], &[2, 10, 0], &[1, 0, 1, 0]] {
        let error = Alert::from_record(wrong).unwrap_err();
        assert_eq!(error.alert(), AlertDescription::DECODE_ERROR);
    }
}

/// RFC 8446 §5: any other than the single byte 1 is answered with `unexpected_message`.
#[test]
fn change_cipher_specs() {
    assert!(ChangeCipherSpec::from_record(&[1]).is_ok());
    for wrong in [&[][..], &[0], &[2], &[1, 1]] {
        let error = ChangeCipherSpec::from_record(wrong).unwrap_err();
        assert_eq!(error.alert(), AlertDescription::UNEXPECTED_MESSAGE);
        assert_eq!(error.to_string(), "change_cipher_spec: not the single byte 1 at byte 0");
    }
}
