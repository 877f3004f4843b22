//! The table of RFC 8446 §4.2, written down a second time as the RFC prints it, and held against
//! what decoding does.

use chancery_wire::{
    AlertDescription, DecodeErrorKind,
    ExtensionPlace::{
        self, Certificate, CertificateRequest, ClientHello, EncryptedExtensions, HelloRetryRequest,
        NewSessionTicket, ServerHello,
    },
    ExtensionType, HELLO_RETRY_REQUEST_RANDOM, Message,
};

/// RFC 8446 §4.2
const RFC_8446: &str = "
   | server_name [RFC6066]                            |      CH, EE |
   | max_fragment_length [RFC6066]                    |      CH, EE |
   | status_request [RFC6066]                         |  CH, CR, CT |
   | supported_groups [RFC7919]                       |      CH, EE |
   | signature_algorithms (RFC 8446)                  |      CH, CR |
   | use_srtp [RFC5764]                               |      CH, EE |
   | heartbeat [RFC6520]                              |      CH, EE |
   | application_layer_protocol_negotiation [RFC7301] |      CH, EE |
   | signed_certificate_timestamp [RFC6962]           |  CH, CR, CT |
   | client_certificate_type [RFC7250]                |      CH, EE |
   | server_certificate_type [RFC7250]                |      CH, EE |
   | padding [RFC7685]                                |          CH |
   | key_share (RFC 8446)                             | CH, SH, HRR |
   | pre_shared_key (RFC 8446)                        |      CH, SH |
   | psk_key_exchange_modes (RFC 8446)                |          CH |
   | early_data (RFC 8446)                            | CH, EE, NST |
   | cookie (RFC 8446)                                |     CH, HRR |
   | supported_versions (RFC 8446)                    | CH, SH, HRR |
   | certificate_authorities (RFC 8446)               |      CH, CR |
   | oid_filters (RFC 8446)                           |          CR |
   | post_handshake_auth (RFC 8446)                   |          CH |
   | signature_algorithms_cert (RFC 8446)             |      CH, CR |
";

/// IANA's "TLS ExtensionType Values", column "TLS 1.3", for later extensions.
const IANA: &str = "
   | compress_certificate [RFC8879]                   |      CH, CR |
   | record_size_limit [RFC8449]                      |      CH, EE |
   | delegated_credential [RFC9345]                   |  CH, CR, CT |
   | quic_transport_parameters [RFC9001]              |      CH, EE |
   | ticket_request [RFC9149]                         |      CH, EE |
   | encrypted_client_hello [RFC9849]                 | CH, HRR, EE |
";

const PLACES: [(&str, ExtensionPlace); 7] = [
    ("CH", ClientHello),
    ("SH", ServerHello),
    ("HRR", HelloRetryRequest),
    ("EE", EncryptedExtensions),
    ("CR", CertificateRequest),
    ("CT", Certificate),
    ("NST", NewSessionTicket),
];

fn rows() -> Vec<(ExtensionType, Vec<&'static str>)> {
    let rows = RFC_8446.lines().chain(IANA.lines()).filter(|line| line.contains('|'));
    rows.map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next().unwrap().split(' ').next().unwrap();
        let extension_type =
            ExtensionType::NAMED.iter().copied().find(|t| t.name() == Some(name)).unwrap();
        (extension_type, cells.next().unwrap().split(", ").collect())
    })
    .collect()
}

/// A message with `block` as its extensions at `place`.
pub(crate) fn message(place: ExtensionPlace, block: &[u8]) -> Vec<u8> {
    let vector = |prefix: usize, contents: &[u8]| {
        let len = u32::try_from(contents.len()).unwrap().to_be_bytes();
        [&len[4 - prefix..], contents].concat()
    };
    let hello = |random: &[u8], block: &[u8]| {
        [&[3, 3], random, &[0, 0x13, 0x01, 0], &vector(2, block)].concat()
    };
    let (msg_type, body) = match place {
        ClientHello => {
            let suites = [0, 2, 0x13, 1, 1, 0];
            (1, [&[3, 3], &[7; 32][..], &[0], &suites, &vector(2, block)].concat())
        }
        ServerHello => (2, hello(&[7; 32], block)),
        HelloRetryRequest => (2, hello(&HELLO_RETRY_REQUEST_RANDOM, block)),
        EncryptedExtensions => (8, vector(2, block)),
        CertificateRequest => (13, [vec![0], vector(2, block)].concat()),
        Certificate => {
            let entry = [vector(3, &[0x30]), vector(2, block)].concat();
            (11, [vec![0], vector(3, &entry)].concat())
        }
        NewSessionTicket => (4, [&[0; 8][..], &[0, 0, 1, 9], &vector(2, block)].concat()),
        _ => panic!("no message for {place:?}"),
    };
    [vec![msg_type], vector(3, &body)].concat()
}

#[test]
fn the_table_is_the_rfcs() {
    for (extension_type, cells) in rows() {
        for (cell, place) in PLACES {
            let allowed = cells.contains(&cell);
            assert_eq!(extension_type.may_appear(place), allowed, "{extension_type} in {cell}");
        }
    }
}

/// Every extension that the code knows is a row above, or one of TLS 1.2's.
#[test]
fn the_table_is_complete() {
    let rows = rows();
    for extension_type in ExtensionType::NAMED {
        if rows.iter().any(|(row, _)| row == extension_type) {
            continue;
        }
        match extension_type.places() {
            Some(places) => assert_eq!(places, [ClientHello], "{extension_type}"),
            None => assert!(extension_type.may_appear(ServerHello), "{extension_type}"),
        }
    }
}

/// RFC 8446 §4.2: "an extension which it recognizes and which is not specified for the message in
/// which it appears": illegal_parameter.
#[test]
fn decoding_obeys_the_table() {
    for (extension_type, cells) in rows() {
        let [high, low] = extension_type.0.to_be_bytes();
        for (cell, place) in PLACES {
            // `supported_versions` makes a ServerHello one of TLS 1.3.
            let mut block = match place {
                ServerHello => vec![0, 43, 0, 2, 3, 4],
                _ => vec![],
            };
            if place == ServerHello && extension_type == ExtensionType::SUPPORTED_VERSIONS {
                block.clear();
            }
            block.extend([high, low, 0, 2, 3, 4]);
            let bytes = message(place, &block);
            let misplaced = DecodeErrorKind::MisplacedExtension(extension_type);
            match Message::decode(&bytes) {
                Err(e) if e.kind() == misplaced => {
                    assert!(!cells.contains(&cell), "{extension_type} in {cell}");
                    assert_eq!(e.alert(), AlertDescription::ILLEGAL_PARAMETER);
                }
                // The data may be malformed here; the place is what this test is about.
                _ => assert!(cells.contains(&cell), "{extension_type} in {cell}"),
            }
        }
    }
}
