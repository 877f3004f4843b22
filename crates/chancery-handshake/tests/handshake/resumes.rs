//! Handshakes by tickets and by other pre-shared keys.

use std::sync::Arc;

use chancery_crypto::HashAlgorithm;
use chancery_handshake::{
    AcceptedPsk, Authentication, Choice, Client, ClientAuthentication, Epoch, Event,
    HandshakeError, ImportedIdentity, OfferedPsk, Operation, Server, Session, Suite,
    TargetProtocol, Ticket, Violation,
};
use chancery_key_schedule::Transcript;
use chancery_ring::{Hash, KeyType};
use chancery_wire::{AlertDescription, Body, Finished, HandshakeType, Message};

use crate::pair::{CURVE25519, Counter, Identity, Outcome, P256, Pair};

/// A handshake that ends with a ticket: the client's part of it, and the server's.
fn ticket(pair: Pair) -> (Ticket, (Vec<u8>, Session)) {
    let mut outcome = pair.run();
    outcome.assert_complete();
    let unsealed = outcome.server.prepare_ticket(3600, &mut Counter(9)).unwrap().unwrap();
    let sealed = unsealed.session().encode().to_vec();
    outcome.server.send_ticket(&unsealed, &sealed).unwrap();
    Pair::new().exchange(&mut outcome);
    let ticket = outcome.client_end.tickets.pop().unwrap();
    assert_eq!(ticket.lifetime(), 3600);
    let session = Session::decode(&sealed).unwrap();
    (ticket, (sealed, session))
}

fn run_with_psk(pair: Pair, psk: OfferedPsk) -> Outcome {
    run_with_psks(pair, vec![psk])
}

fn run_with_psks(pair: Pair, psks: Vec<OfferedPsk>) -> Outcome {
    let config = Arc::new(pair.client_config.clone());
    let name = pair.server_name.clone();
    let client = Client::<Hash>::start_with_psks(config, name, psks, &mut Counter(3)).unwrap();
    pair.run_with(client)
}

#[track_caller]
fn assert_resumed(outcome: &Outcome, resumed: bool) {
    let expected = if resumed { Authentication::Resumption } else { Authentication::Certificate };
    assert_authenticated(outcome, &expected);
}

#[track_caller]
fn assert_authenticated(outcome: &Outcome, expected: &Authentication) {
    outcome.assert_complete();
    for negotiated in [outcome.client.negotiated(), outcome.server.negotiated()] {
        assert_eq!(negotiated.unwrap().authentication(), expected);
        assert_eq!(negotiated.unwrap().is_resumed(), *expected == Authentication::Resumption);
    }
    let mut messages = outcome.messages.iter();
    let certificate = messages.any(|(_, message)| *message == Some(HandshakeType::CERTIFICATE));
    assert_eq!(certificate, *expected == Authentication::Certificate);
}

fn external(identity: &[u8]) -> Authentication {
    Authentication::ExternalPsk { identity: identity.to_vec() }
}

#[test]
fn a_ticket_takes_the_place_of_certificates() {
    for suite in Suite::ALL {
        let mut first = Pair::new();
        first.server_config.suites = vec![suite];
        let (ticket, session) = ticket(first);
        assert_eq!(ticket.suite(), suite);
        let mut pair = Pair::new();
        pair.session = Some(session);
        let outcome = run_with_psk(pair, ticket.offer(5000));
        assert_resumed(&outcome, true);
        // RFC 8446 §4.2.11: the suite has the hash of the PSK, whatever else is preferred.
        assert_eq!(outcome.client.negotiated().unwrap().suite().hash(), suite.hash());
    }
}

#[test]
fn a_ticket_outlives_a_hello_retry_request() {
    let (ticket, session) = ticket(Pair::new());
    let mut pair = Pair::new();
    pair.server_config.groups = vec![P256];
    pair.session = Some(session);
    let outcome = run_with_psk(pair, ticket.offer(0));
    assert_resumed(&outcome, true);
    assert!(outcome.client.negotiated().unwrap().is_retried());
}

#[test]
fn a_ticket_that_does_not_fit_is_passed_over() {
    let check = |change: fn(&mut Pair)| {
        let (ticket, session) = ticket(Pair::new());
        let mut pair = Pair::new();
        pair.session = Some(session);
        change(&mut pair);
        assert_resumed(&run_with_psk(pair, ticket.offer(0)), false);
    };
    // The server has forgotten it.
    check(|pair| pair.session = None);
    // RFC 8446 §4.2.11: no suite of its hash in common.
    check(|pair| pair.server_config.suites = vec![Suite::Aes256GcmSha384]);
    // RFC 8446 §4.1.4: nor after a HelloRetryRequest, which drops it from the second hello.
    check(|pair| {
        pair.server_config.suites = vec![Suite::Aes256GcmSha384];
        pair.server_config.groups = vec![P256];
    });
    // RFC 8446 §4.6.1: it comes from another server.
    check(|pair| pair.server_name = "other.example.com".try_into().unwrap());
    // RFC 8446 §4.3.2: no certificate can be asked for in a resumption, which must not avoid it.
    check(|pair| {
        pair.client_identity = Some(Identity::new(KeyType::EcdsaP256));
        pair.client_authentication = ClientAuthentication::Required { authorities: vec![] };
    });
}

#[test]
fn a_wrong_binder_ends_the_handshake() {
    // RFC 8446 §4.2.11.2
    let (ticket, session) = ticket(Pair::new());
    let mut pair = Pair::new();
    pair.session = Some(session);
    pair.meddler = Box::new(|_, kind, bytes| {
        if kind == HandshakeType::CLIENT_HELLO {
            *bytes.last_mut().unwrap() ^= 1;
        }
    });
    let outcome = run_with_psk(pair, ticket.offer(0));
    let error = outcome.server_end.error.unwrap();
    assert_eq!(error, HandshakeError::Violation(Violation::Binder));
    assert_eq!(error.alert(), AlertDescription::DECRYPT_ERROR);
}

#[test]
fn a_key_agreed_on_elsewhere() {
    let hash = HashAlgorithm::Sha256;
    let run = |ours: &[u8], theirs: &[u8], identity: &[u8]| {
        let mut pair = Pair::new();
        pair.external = Some((b"ours".to_vec(), AcceptedPsk::external(theirs, hash)));
        run_with_psk(pair, OfferedPsk::external(identity, ours, hash))
    };
    assert_authenticated(&run(&[7; 32], &[7; 32], b"ours"), &external(b"ours"));
    assert_authenticated(&run(&[7; 32], &[7; 32], b"another"), &Authentication::Certificate);
    let error = run(&[7; 32], &[8; 32], b"ours").server_end.error;
    assert_eq!(error, Some(HandshakeError::Violation(Violation::Binder)));
}

/// RFC 9258 §5.2: an imported key has binders of its own, and one for each hash.
#[test]
fn an_imported_key() {
    let imported =
        |hash| ImportedIdentity::new(b"id", b"ctx", TargetProtocol::Tls13, hash).unwrap();
    let run = |ours: &[u8], theirs: AcceptedPsk, identity: &ImportedIdentity<'_>, groups| {
        let offers = [HashAlgorithm::Sha256, HashAlgorithm::Sha384].map(|hash| {
            OfferedPsk::imported::<Hash>(&imported(hash), ours, HashAlgorithm::Sha256).unwrap()
        });
        let mut written = vec![0; identity.encoded_len()];
        identity.write(&mut written).unwrap();
        let mut pair = Pair::new();
        pair.server_config.groups = groups;
        pair.external = Some((written, theirs));
        // RFC 8446 §4.1.4: after a HelloRetryRequest only those of the suite's hash.
        let mut offered = [2, 1].into_iter();
        pair.meddler = Box::new(move |_, kind, bytes| {
            if kind == HandshakeType::CLIENT_HELLO {
                let Body::ClientHello(hello) = Message::decode(bytes).unwrap().body else {
                    unreachable!()
                };
                let identities = hello.extensions.offered_psks().unwrap().identities;
                assert_eq!(Some(identities.len()), offered.next());
            }
        });
        run_with_psks(pair, offers.to_vec())
    };
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
        for groups in [vec![CURVE25519], vec![P256]] {
            let identity = imported(hash);
            let import = |key: &[u8]| {
                AcceptedPsk::imported::<Hash>(&identity, key, HashAlgorithm::Sha256).unwrap()
            };
            let outcome = run(&[7; 32], import(&[7; 32]), &identity, groups.clone());
            assert_authenticated(&outcome, &external(b"id"));
            assert_eq!(outcome.client.negotiated().unwrap().suite().hash(), hash);
            let binder = Some(HandshakeError::Violation(Violation::Binder));
            let of_another = run(&[7; 32], import(&[8; 32]), &identity, groups.clone());
            assert_eq!(of_another.server_end.error, binder);
            // The same key, not imported.
            let direct = AcceptedPsk::external(&[7; 32], hash);
            assert_eq!(run(&[7; 32], direct, &identity, groups).server_end.error, binder);
        }
    }
}

/// RFC 8446 §4.2.11: the server takes whichever it knows, and the client has to know which.
#[test]
fn one_of_several_keys() {
    let (ticket, session) = ticket(Pair::new());
    let offers = || {
        let key = |identity: &[u8], hash| OfferedPsk::external(identity, &[7; 32], hash);
        vec![
            key(b"first", HashAlgorithm::Sha384),
            ticket.clone().offer(0),
            key(b"third", HashAlgorithm::Sha256),
        ]
    };
    let mut pair = Pair::new();
    pair.session = Some(session);
    assert_authenticated(&run_with_psks(pair, offers()), &Authentication::Resumption);
    for (identity, hash) in [("first", HashAlgorithm::Sha384), ("third", HashAlgorithm::Sha256)] {
        let mut pair = Pair::new();
        let psk = AcceptedPsk::external(&[7; 32], hash);
        pair.external = Some((identity.into(), psk));
        assert_authenticated(&run_with_psks(pair, offers()), &external(identity.as_bytes()));
    }
}

/// A key that is withdrawn must let nobody in by a ticket.
#[test]
fn no_tickets_come_of_a_key_from_elsewhere() {
    let mut other = Pair::new().run();
    let of_another = other.server.prepare_ticket(60, &mut Counter(9)).unwrap().unwrap();
    let psk = AcceptedPsk::external(&[7; 32], HashAlgorithm::Sha256);
    let mut pair = Pair::new();
    pair.external = Some((b"ours".to_vec(), psk));
    let offered = OfferedPsk::external(b"ours", &[7; 32], HashAlgorithm::Sha256);
    let mut outcome = run_with_psk(pair, offered);
    assert!(outcome.server.prepare_ticket(60, &mut Counter(9)).unwrap().is_none());
    // Nor does a client keep one that comes all the same.
    outcome.server.send_ticket(&of_another, b"ticket").unwrap();
    Pair::new().exchange(&mut outcome);
    outcome.assert_complete();
    assert!(outcome.client_end.tickets.is_empty());
}

/// RFC 8446 §4.2.9: "Servers SHOULD NOT send NewSessionTicket with tickets that are not compatible with the
/// advertised modes".
#[test]
fn tickets_are_for_clients_that_can_use_them() {
    let check = |change: fn(&mut Vec<u8>), expected| {
        let mut server = served(change);
        let unsealed = server.prepare_ticket(60, &mut Counter(9)).unwrap();
        assert_eq!(unsealed.is_some(), expected);
    };
    check(|_| {}, true);
    // psk_key_exchange_modes: psk_dhe_ke becomes psk_ke.
    check(
        |hello| {
            let at = modes(hello);
            hello[at + 5] = 0;
        },
        false,
    );
    // Nothing of it.
    check(
        |hello| {
            let at = modes(hello);
            hello.drain(at..at + 6);
            // The lengths of the message and of the extensions, which follow the session ID, the suites and the
            // compression methods: 4 + 34 + 33 + 8 + 2 bytes.
            for length in [2, 81] {
                let shorter = u16::from_be_bytes([hello[length], hello[length + 1]]) - 6;
                hello[length..length + 2].copy_from_slice(&shorter.to_be_bytes());
            }
        },
        false,
    );
}

/// Where psk_key_exchange_modes stands in a ClientHello.
fn modes(hello: &[u8]) -> usize {
    hello.windows(6).position(|bytes| bytes == [0, 45, 0, 2, 1, 1]).unwrap()
}

/// A server that has served a client with a ClientHello of its own, who knows the server's secrets.
fn served(change: fn(&mut Vec<u8>)) -> Server<Hash> {
    let pair = Pair::new();
    let Some(Event::Send { bytes: mut hello, .. }) = pair.start_client().unwrap().poll() else {
        panic!("no ClientHello");
    };
    change(&mut hello);
    let mut server = Server::<Hash>::start(Arc::new(pair.server_config)).unwrap();
    server.receive(Epoch::Plaintext, &hello, &mut Counter(1)).unwrap();
    let mut transcript = Transcript::<Hash>::new(HashAlgorithm::Sha256);
    transcript.update(&hello);
    let mut receive = None;
    while let Some(event) = server.poll() {
        match event {
            Event::Send { bytes, .. } => transcript.update(&bytes),
            Event::ReceiveKey(change) => receive = Some(change.secret),
            Event::Suspended(Operation::ChooseConfiguration(question)) => {
                let choice = Choice::new(pair.server_identity.credentials());
                server.resume(question.choose(choice), &mut Counter(2)).unwrap();
            }
            Event::Suspended(Operation::Sign(question)) => {
                let signature = pair.server_identity.sign(question.algorithm(), question.message());
                server.resume(question.signature(&signature), &mut Counter(3)).unwrap();
            }
            _ => {}
        }
    }
    let verify_data = receive.unwrap().verify_data(&transcript.hash());
    let mut finished = Vec::new();
    Body::Finished(Finished { verify_data: verify_data.as_bytes() }).encode(&mut finished).unwrap();
    server.receive(Epoch::Handshake, &finished, &mut Counter(4)).unwrap();
    server
}

#[test]
fn every_ticket_of_a_connection_has_its_own_key() {
    let mut outcome = Pair::new().run();
    let tickets = [1, 2].map(|seed| {
        let unsealed =
            outcome.server.prepare_ticket(u32::MAX, &mut Counter(seed)).unwrap().unwrap();
        let sealed = unsealed.session().encode().to_vec();
        outcome.server.send_ticket(&unsealed, &sealed).unwrap();
        sealed
    });
    assert_ne!(tickets[0], tickets[1]);
    Pair::new().exchange(&mut outcome);
    outcome.assert_complete();
    // RFC 8446 §4.6.1: seven days at most.
    assert_eq!(outcome.client_end.tickets.len(), 2);
    assert!(outcome.client_end.tickets.iter().all(|ticket| ticket.lifetime() == 604_800));
    let printed = format!("{:?}", outcome.client_end.tickets[0]);
    assert_eq!(printed, "Ticket(TLS_AES_128_GCM_SHA256, 604800 s, [..])");
}

#[test]
fn a_server_that_picks_what_was_not_offered() {
    // RFC 8446 §4.2.11: the index of the identity, and the suite of its hash; §4.2.9: a key share.
    let check = |change: fn(&mut Vec<u8>), expected: Violation, alert| {
        let (ticket, session) = ticket(Pair::new());
        let mut pair = Pair::new();
        pair.session = Some(session);
        pair.meddler = Box::new(move |_, kind, bytes| {
            if kind == HandshakeType::SERVER_HELLO {
                change(bytes);
            }
        });
        let outcome = run_with_psk(pair, ticket.offer(0));
        let error = outcome.client_end.error.unwrap();
        assert_eq!(error, HandshakeError::Violation(expected));
        assert_eq!(error.alert(), alert);
    };
    // The suite; behind it the compression method, the length of the extensions, and the first of
    // them: pre_shared_key (00 29 00 02 00 00).
    const SUITE: usize = 71;
    let illegal = AlertDescription::ILLEGAL_PARAMETER;
    check(|m| m[SUITE + 10] = 1, Violation::SelectedIdentity, illegal);
    check(|m| m[SUITE + 1] = 2, Violation::PskHash, illegal);
    let without_share = |m: &mut Vec<u8>| {
        // key_share takes 40 bytes behind it.
        m.drain(SUITE + 11..SUITE + 51);
        m[SUITE + 4] -= 40;
        m[3] -= 40;
    };
    let expected = Violation::MissingExtension(chancery_wire::ExtensionType::KEY_SHARE);
    check(without_share, expected, AlertDescription::MISSING_EXTENSION);
}
