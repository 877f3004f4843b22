//! Handshakes by tickets and by other pre-shared keys.

use std::sync::Arc;

use chancery_crypto::HashAlgorithm;
use chancery_handshake::{
    AcceptedPsk, Client, ClientAuthentication, HandshakeError, OfferedPsk, Session, Suite, Ticket,
    Violation,
};
use chancery_ring::{Hash, KeyType};
use chancery_wire::{AlertDescription, HandshakeType};

use crate::pair::{Counter, Identity, Outcome, P256, Pair};

/// A handshake that ends with a ticket: the client's part of it, and the server's.
fn ticket(pair: Pair) -> (Ticket, (Vec<u8>, Session)) {
    let mut outcome = pair.run();
    outcome.assert_complete();
    let unsealed = outcome.server.prepare_ticket(3600, &mut Counter(9)).unwrap();
    let sealed = unsealed.session().encode().to_vec();
    outcome.server.send_ticket(&unsealed, &sealed).unwrap();
    Pair::new().exchange(&mut outcome);
    let ticket = outcome.client_end.tickets.pop().unwrap();
    assert_eq!(ticket.lifetime(), 3600);
    let session = Session::decode(&sealed).unwrap();
    (ticket, (sealed, session))
}

fn run_with_psk(pair: Pair, psk: OfferedPsk) -> Outcome {
    let config = Arc::new(pair.client_config.clone());
    let name = pair.server_name.clone();
    let client = Client::<Hash>::start_with_psk(config, name, psk, &mut Counter(3)).unwrap();
    pair.run_with(client)
}

#[track_caller]
fn assert_resumed(outcome: &Outcome, resumed: bool) {
    outcome.assert_complete();
    assert_eq!(outcome.client.negotiated().unwrap().is_resumed(), resumed);
    assert_eq!(outcome.server.negotiated().unwrap().is_resumed(), resumed);
    let mut messages = outcome.messages.iter();
    let certificate = messages.any(|(_, message)| *message == Some(HandshakeType::CERTIFICATE));
    assert_eq!(certificate, !resumed);
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
    assert_resumed(&run(&[7; 32], &[7; 32], b"ours"), true);
    assert_resumed(&run(&[7; 32], &[7; 32], b"another"), false);
    let error = run(&[7; 32], &[8; 32], b"ours").server_end.error;
    assert_eq!(error, Some(HandshakeError::Violation(Violation::Binder)));
}

#[test]
fn every_ticket_of_a_connection_has_its_own_key() {
    let mut outcome = Pair::new().run();
    let tickets = [1, 2].map(|seed| {
        let unsealed = outcome.server.prepare_ticket(u32::MAX, &mut Counter(seed)).unwrap();
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
