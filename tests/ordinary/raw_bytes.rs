//! Ends that receive anything but what a peer would send.

use chancery::Error;
use chancery_tests::{
    connection::{client, server},
    corpus,
    pair::Configuration,
};
use chancery_wire::AlertDescription as Alert;
use proptest::{collection::vec, prelude::any, proptest};

#[test]
fn servers() {
    corpus::replay("connection_server", server);
}

#[test]
fn clients() {
    corpus::replay("connection_client", client);
}

/// A server that receives this answers with this alert, in one unprotected record.
#[track_caller]
fn refused(bytes: &[u8], alert: Alert) {
    let mut end = Configuration::repeatable().server();
    end.receive(bytes);
    assert_eq!(end.transmit(), [21, 3, 3, 0, 2, 2, alert.0], "{:?}", end.failure);
    assert_eq!(end.failure.as_ref().and_then(Error::alert), Some(alert));
    // Nothing revives it.
    end.receive(&Configuration::repeatable().client().transmit());
    assert!(end.transmit().is_empty() && end.connection.is_handshaking());
    server(bytes);
}

/// A plaintext HTTP client gets an alert.
#[test]
fn http() {
    refused(b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n", Alert::UNEXPECTED_MESSAGE);
}

#[test]
fn other_protocols() {
    refused(b"SSH-2.0-OpenSSH_9.2\r\n", Alert::UNEXPECTED_MESSAGE);
    refused(b"EHLO example.com\r\n", Alert::UNEXPECTED_MESSAGE);
    // SSL 2.0's ClientHello (RFC 5246 §E.2).
    refused(&[0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10], Alert::UNEXPECTED_MESSAGE);
    refused(&[0; 32], Alert::UNEXPECTED_MESSAGE);
    refused(&[0xff; 32], Alert::UNEXPECTED_MESSAGE);
}

/// RFC 8446 §5.1: no fragment is longer than 2^14 bytes.
#[test]
fn long_records() {
    refused(&[22, 3, 1, 0x40, 0x01, 1, 0, 0x40], Alert::RECORD_OVERFLOW);
    refused(&[22, 3, 1, 0xff, 0xff], Alert::RECORD_OVERFLOW);
}

/// RFC 8446 §5.4: no handshake record is empty.
#[test]
fn empty_records() {
    refused(&[22, 3, 1, 0, 0], Alert::UNEXPECTED_MESSAGE);
    refused(&[23, 3, 3, 0, 0], Alert::UNEXPECTED_MESSAGE);
}

/// An unprotected `unknown_ca`.
const UNKNOWN_CA: [u8; 7] = [21, 3, 3, 0, 2, 2, 48];

/// RFC 8446 §6.2: OpenSSL's client refuses a certificate before it protects what it sends.
#[test]
fn unprotected_refusals() {
    let configuration = Configuration::repeatable();
    let (mut client, mut server) = (configuration.client(), configuration.server());
    server.receive(&client.transmit());
    let flight = server.transmit();
    server.receive(&UNKNOWN_CA);
    assert!(matches!(server.failure, Some(Error::PeerAlert(Alert::UNKNOWN_CA))));
    // An alert is not answered.
    assert!(server.transmit().is_empty());

    // A server protects all that follows its ServerHello.
    let [_, _, _, high, low, ..] = flight[..] else { unreachable!("a ServerHello") };
    client.receive(&flight[..5 + usize::from(u16::from_be_bytes([high, low]))]);
    client.receive(&UNKNOWN_CA);
    assert_eq!(client.failure.as_ref().and_then(Error::alert), Some(Alert::UNEXPECTED_MESSAGE));
}

/// RFC 8446 §6: alerts are protected like everything else once the client has shown its keys.
#[test]
fn unprotected_alerts_after_the_handshake() {
    let configuration = Configuration::repeatable();
    let (mut client, mut server) = (configuration.client(), configuration.server());
    server.receive(&client.transmit());
    client.receive(&server.transmit());
    server.receive(&client.transmit());
    assert!(!server.connection.is_handshaking());
    server.receive(&UNKNOWN_CA);
    assert_eq!(server.failure.as_ref().and_then(Error::alert), Some(Alert::UNEXPECTED_MESSAGE));
}

/// Nothing else is let through, nor an alert of another length.
#[test]
fn other_unprotected_records() {
    for record in [&[22, 3, 3, 0, 2, 2, 48][..], &[21, 3, 3, 0, 3, 2, 48, 0], &[21, 3, 3, 0, 1, 2]]
    {
        let configuration = Configuration::repeatable();
        let (mut client, mut server) = (configuration.client(), configuration.server());
        server.receive(&client.transmit());
        server.transmit();
        server.receive(record);
        let alert = server.failure.as_ref().and_then(Error::alert);
        assert_eq!(alert, Some(Alert::UNEXPECTED_MESSAGE), "{record:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..300)) {
        server(&bytes);
        client(&bytes);
    }

    #[test]
    fn arbitrary_records(records in vec((20u8..25, vec(any::<u8>(), 0..60)), 0..8)) {
        let bytes: Vec<u8> = records
            .into_iter()
            .flat_map(|(record_type, content)| {
                let len = u8::try_from(content.len()).expect("short");
                [&[record_type, 3, 3, 0, len], &content[..]].concat()
            })
            .collect();
        server(&bytes);
        client(&bytes);
    }
}
