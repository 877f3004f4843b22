//! Every handshake message that RFC 8448 shows in the clear decodes, means what its name says, and
//! encodes to the same bytes.

use chancery_tests::{data, wire};
use chancery_wire::{Body, Message};

#[test]
fn rfc_8448() {
    let text = data::read_to_string(
        "rfc8448/transcripts.vec",
        "the traces of RFC 8448 as Botan's src/tests/data/tls_13_rfc8448/transcripts.vec has them",
    );
    let mut messages = 0;
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        // Records in the clear: a header of 5 bytes, then one whole message each.
        let bytes = match name {
            "Record_ClientHello_1" | "Record_ClientHello_2" | "Record_HelloRetryRequest" => {
                data::hex(value).split_off(5)
            }
            _ if name.starts_with("Message_") => data::hex(value),
            _ => continue,
        };
        wire::message(&bytes);
        let message = Message::decode(&bytes)
            .unwrap_or_else(|error| panic!("{section} {name} is refused: {error}"));
        let expected = match message.body {
            Body::ClientHello(_) => "ClientHello",
            Body::ServerHello(_) => "ServerHello",
            Body::HelloRetryRequest(_) => "HelloRetryRequest",
            Body::EncryptedExtensions(_) => "EncryptedExtensions",
            Body::CertificateRequest(_) => "CertificateRequest",
            Body::Certificate(_) => "Certificate",
            Body::CertificateVerify(_) => "CertificateVerify",
            Body::Finished(_) => "Finished",
            other => panic!("{section} {name} is {:?}", other.msg_type()),
        };
        let name = name.trim_end_matches("_1").trim_end_matches("_2");
        let name = name.rsplit('_').next().unwrap_or_default();
        assert_eq!(name, expected, "{section}");
        messages += 1;
    }
    // Seven handshakes, one of them retried, two asking for a certificate, two by PSK without any.
    assert_eq!(messages, 42);
}
