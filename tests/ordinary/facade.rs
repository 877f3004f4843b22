//! What the facade adds to the handshake and the records: questions left open, keys that change, names,
//! halves, exporters.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::{BufRead, Read, Write};
use std::sync::Arc;
use std::thread;

use chancery::handshake::{HandshakeError, Operation, Refusal};
use chancery::{
    ClientAuthentication, ClientConfig, Error, Event, KeyUpdateRequest, ServerConfig, Stream,
    Validator,
};
use chancery_chain::{Peer, Presented, Purpose, ReferenceIdentity};
use chancery_ring::{KeyType, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_tests::loopback;
use chancery_tests::pair::{Configuration, End, settle};
use chancery_tests::pki::{HOST, NOW, Pki, days_after, ed25519, fresh};
use chancery_wire::AlertDescription;
use pki_types::UnixTime;

fn connected(configuration: &Configuration) -> (End, End) {
    let (mut client, mut server) = (configuration.client(), configuration.server());
    settle(&mut client, &mut server);
    assert!(!client.connection.is_handshaking(), "{:?} {:?}", client.failure, server.failure);
    assert!(!server.connection.is_handshaking(), "{:?} {:?}", client.failure, server.failure);
    (client, server)
}

fn exchange(client: &mut End, server: &mut End) {
    deliver(client, server);
    deliver(server, client);
}

fn deliver(from: &mut End, to: &mut End) {
    let before = to.received.len();
    let bytes = from.send(b"data");
    to.receive(&bytes);
    assert_eq!(&to.received[before..], b"data");
}

/// A client without anchors leaves the verdict to whoever polls it; nothing goes on before it is given.
#[test]
fn a_question_left_open_is_answered_from_outside() {
    let mut configuration = Configuration::repeatable();
    Arc::make_mut(&mut configuration.client).trust = None;
    let verdict = |accept: bool| {
        let (mut client, mut server) = (configuration.client(), configuration.server());
        settle(&mut client, &mut server);
        assert!(client.connection.is_handshaking());
        let Some(Event::Suspended(Operation::VerifyCertificates(operation))) =
            client.connection.poll()
        else {
            panic!("no certificates to verify");
        };
        let answer = if accept {
            let (leaf, intermediates) = operation.certificates().split_first().unwrap();
            let name = ReferenceIdentity::dns(HOST).unwrap();
            let validator =
                Validator::new(Pki::new(1, NOW).anchors(), SIGNATURE_VERIFICATION_ALGORITHMS);
            let presented = Presented::new(leaf, intermediates);
            let path = validator.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), NOW);
            operation.accept(&path.unwrap())
        } else {
            operation.reject(chancery::handshake::CertificateRejection::Revoked)
        };
        let resumed = client.connection.resume(answer);
        // What came meanwhile waits in the inbox of the end.
        client.receive(&[]);
        settle(&mut client, &mut server);
        (client, server, resumed)
    };
    let (mut client, mut server, resumed) = verdict(true);
    resumed.unwrap();
    settle(&mut client, &mut server);
    exchange(&mut client, &mut server);

    let (_, server, resumed) = verdict(false);
    assert!(matches!(resumed, Err(Error::Handshake(HandshakeError::CertificateRejected(_)))));
    let told =
        matches!(server.failure, Some(Error::PeerAlert(AlertDescription::CERTIFICATE_REVOKED)));
    assert!(told, "{:?}", server.failure);
}

/// RFC 8446 §4.6.3
#[test]
fn keys_change_while_data_flows() {
    let (mut client, mut server) = connected(&Configuration::repeatable());
    for request in [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED] {
        exchange(&mut client, &mut server);
        client.connection.update_keys(request).unwrap();
        exchange(&mut client, &mut server);
        server.connection.update_keys(request).unwrap();
        exchange(&mut client, &mut server);
    }
}

/// RFC 8446 §7.5: both ends get the same, other labels and contexts something else.
#[test]
fn exporters_agree() {
    let (mut client, server) = connected(&Configuration::repeatable());
    let export = |end: &End, label: &[u8], context: &[u8]| {
        let mut out = [0; 48];
        end.connection.export(label, context, &mut out).unwrap();
        out
    };
    let ours = export(&client, b"EXPORTER-test", b"");
    assert_eq!(ours, export(&server, b"EXPORTER-test", b""));
    assert_ne!(ours, export(&client, b"EXPORTER-other", b""));
    assert_ne!(ours, export(&client, b"EXPORTER-test", b"context"));
    // Not once only, and not only before the end.
    client.connection.close();
    assert_eq!(ours, export(&client, b"EXPORTER-test", b""));
}

#[test]
fn nothing_is_sent_before_the_handshake_or_after_close() {
    let mut client = Configuration::repeatable().client();
    let wrong = |outcome: Result<_, Error>| matches!(outcome, Err(Error::WrongState));
    assert!(wrong(client.connection.send(b"early", &mut [0; 99]).map(drop)));
    assert!(wrong(client.connection.update_keys(KeyUpdateRequest::UPDATE_REQUESTED)));
    assert!(wrong(client.connection.export(b"label", b"", &mut [0; 32])));
    let (mut client, mut server) = connected(&Configuration::repeatable());
    client.connection.close();
    assert!(wrong(client.connection.send(b"late", &mut [0; 99]).map(drop)));
    settle(&mut client, &mut server);
    assert!(server.connection.is_closed_by_peer());
    // RFC 8446 §6.1: the other direction stays open.
    let bytes = server.send(b"still here");
    client.receive(&bytes);
    assert_eq!(client.received, b"still here");
}

#[test]
fn output_that_is_too_short_takes_nothing_and_loses_nothing() {
    let (mut client, mut server) = connected(&Configuration::repeatable());
    // A header, a content type, a tag, and one byte too few.
    let sent = client.connection.send(b"x", &mut [0; 22]).unwrap();
    assert_eq!((sent.consumed, sent.written), (0, 0));
    exchange(&mut client, &mut server);
}

/// RFC 7301 §3.2
#[test]
fn no_application_protocol_in_common_is_an_alert() {
    let mut configuration = Configuration::repeatable();
    Arc::make_mut(&mut configuration.server).application_protocols = vec![b"other".to_vec()];
    let (mut client, mut server) = (configuration.client(), configuration.server());
    settle(&mut client, &mut server);
    let refusal = Some(Error::Handshake(HandshakeError::Refused(Refusal::NoApplicationProtocol)));
    assert_eq!(format!("{:?}", server.failure), format!("{refusal:?}"));
    let alert = AlertDescription::NO_APPLICATION_PROTOCOL;
    assert!(matches!(client.failure, Some(Error::PeerAlert(told)) if told == alert));
}

/// RFC 6066 §3: of several identities the one of the client's name is shown.
#[test]
fn a_server_shows_the_identity_that_was_asked_for() {
    let mut configuration = Configuration::repeatable();
    let pki = Pki::new(1, NOW);
    let server = Arc::make_mut(&mut configuration.server);
    server.identities.insert(0, pki.server_with(ed25519(201), "other.example", NOW));
    let (client, _) = connected(&configuration);
    assert_eq!(client.connection.negotiated().unwrap().server_name(), Some(HOST));
    // Without its own it shows the first, which the client refuses.
    Arc::make_mut(&mut configuration.server).identities.truncate(1);
    let (mut client, mut server) = (configuration.client(), configuration.server());
    settle(&mut client, &mut server);
    let Some(Error::Certificate(rejection)) = client.failure else {
        panic!("{:?}", client.failure)
    };
    assert_eq!(rejection.rule(), chancery_chain::Rule::WrongName);
}

#[test]
fn clients_show_certificates_to_servers_that_ask() {
    let mut configuration = Configuration::repeatable();
    let pki = Pki::new(1, NOW);
    let server = Arc::make_mut(&mut configuration.server);
    let required = ClientAuthentication::Required { authorities: Vec::new() };
    server.client_authentication = required;
    let validator = Validator::new(pki.anchors(), SIGNATURE_VERIFICATION_ALGORITHMS);
    server.client_trust = Some(Arc::new(validator));
    let client = Arc::make_mut(&mut configuration.client);
    client.identity = Some(pki.client_with(ed25519(7), "client.example", NOW));
    let (mut client, mut server) = connected(&configuration);
    exchange(&mut client, &mut server);
    assert!(server.connection.peer().is_some());
    // RFC 8446 §4.4.2.4
    Arc::make_mut(&mut configuration.client).identity = None;
    let (mut client, mut server) = (configuration.client(), configuration.server());
    settle(&mut client, &mut server);
    let alert = AlertDescription::CERTIFICATE_REQUIRED;
    assert!(matches!(client.failure, Some(Error::PeerAlert(told)) if told == alert));
    assert_eq!(server.failure.unwrap().alert(), Some(alert));
}

/// Two threads an end, both directions at once, with keys that change in between.
#[test]
fn halves_work_at_the_same_time() {
    const LEN: usize = 3 << 20;
    let now = UnixTime::now();
    let pki = Pki::new(1, days_after(now, -1));
    let theirs = Arc::new(ServerConfig::new(pki.server(HOST, now)));
    let ours = Arc::new(ClientConfig::new(pki.anchors()));
    let run = |mut stream: Stream<std::net::TcpStream>, byte: u8| {
        let writer = stream.transport().try_clone().unwrap();
        stream.handshake().unwrap();
        stream.connection_mut().update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
        let (mut read, mut write) = stream.split(writer).unwrap();
        let sender = thread::spawn(move || {
            write.write_all(&vec![byte; LEN]).unwrap();
            write.close().unwrap();
        });
        let mut count = 0;
        loop {
            let data = read.fill_buf().unwrap();
            if data.is_empty() {
                break;
            }
            assert!(data.iter().all(|received| *received == !byte));
            let len = data.len();
            count += len;
            read.consume(len);
        }
        sender.join().unwrap();
        assert_eq!(count, LEN);
        assert_eq!(read.read(&mut [0; 1]).unwrap(), 0);
    };
    let (socket, server) =
        loopback::connect(move |socket| run(Stream::accept(theirs, socket).unwrap(), 0x0f));
    run(Stream::connect(ours, HOST.try_into().unwrap(), socket).unwrap(), 0xf0);
    server.join().unwrap();
}

#[test]
fn an_identity_needs_the_key_of_its_certificate() {
    let pki = Pki::new(1, NOW);
    let load = |seed| Arc::new(ed25519(seed));
    let chain = pki.server_chain(&ed25519(200), HOST, NOW);
    assert!(chancery::Identity::new(chain.clone(), load(200)).is_ok());
    let identity = chancery::Identity::new(chain, load(201));
    assert!(matches!(identity, Err(chancery::IdentityError::KeyMismatch)));
    let identity = chancery::Identity::new(Vec::new(), load(200));
    assert!(matches!(identity, Err(chancery::IdentityError::NoCertificate)));
    let other = PrivateKey::from_pkcs8(fresh(KeyType::EcdsaP256).as_der()).unwrap();
    let garbage = chancery::Identity::new(vec![vec![0x30, 0].into()], Arc::new(other));
    assert!(matches!(garbage, Err(chancery::IdentityError::MalformedCertificate(_))));
}
