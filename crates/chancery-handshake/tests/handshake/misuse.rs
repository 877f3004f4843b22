//! What this side itself can do wrong, or what fails on it: never a panic, never a wrong connection.

use std::sync::Arc;

use chancery_crypto::{Random, RandomError};
use chancery_handshake::{
    Choice, Client, ClientConfig, Credentials, Epoch, Event, HandshakeError, Operation,
    RawExtension, Refusal, Server, ServerConfig,
};
use chancery_ring::{Hash, KeyType, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_wire::{AlertDescription, ExtensionType, KeyUpdateRequest};

use crate::pair::{CURVE25519, Counter, Identity, Pair};

/// A source that fails from the `left`th draw on.
struct Failing {
    left: usize,
}

impl Random for Failing {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        self.left = self.left.checked_sub(1).ok_or(RandomError::new())?;
        out.fill(7);
        Ok(())
    }
}

/// A server that has received a ClientHello, and its question.
fn asked() -> (Server<Hash>, chancery_handshake::ChooseConfiguration) {
    let config = ServerConfig::new(&[CURVE25519], SIGNATURE_VERIFICATION_ALGORITHMS);
    let mut server = Server::start(Arc::new(config)).unwrap();
    let mut client = Pair::new().start_client().unwrap();
    let Some(Event::Send { bytes, .. }) = client.poll() else { panic!("no ClientHello") };
    server.receive(Epoch::Plaintext, &bytes, &mut Counter(1)).unwrap();
    loop {
        match server.poll().unwrap() {
            Event::Suspended(Operation::ChooseConfiguration(question)) => {
                return (server, question);
            }
            Event::Received { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn randomness_that_fails() {
    for left in 0..2 {
        let config = Arc::new(Pair::new().client_config);
        let name = "example.com".try_into().unwrap();
        let error = Client::<Hash>::start(config, name, &mut Failing { left }).unwrap_err();
        assert_eq!(error, HandshakeError::Random);
        assert_eq!(error.alert(), AlertDescription::INTERNAL_ERROR);
    }
    let (mut server, question) = asked();
    let choice = Choice::new(Identity::new(KeyType::Ed25519).credentials());
    let result = server.resume(question.choose(choice), &mut Failing { left: 0 });
    assert_eq!(result, Err(HandshakeError::Random));
    assert_eq!(server.state(), "Failed");
}

#[test]
fn configurations_without_suites_or_groups() {
    let expected = Some(HandshakeError::Configuration);
    let client = |change: fn(&mut ClientConfig)| {
        let mut pair = Pair::new();
        change(&mut pair.client_config);
        pair.start_client().err()
    };
    assert_eq!(client(|config| config.suites.clear()), expected);
    assert_eq!(client(|config| config.groups.clear()), expected);
    let server = |change: fn(&mut ServerConfig)| {
        let mut config = Pair::new().server_config;
        change(&mut config);
        Server::<Hash>::start(Arc::new(config)).err()
    };
    assert_eq!(server(|config| config.suites.clear()), expected);
    assert_eq!(server(|config| config.groups.clear()), expected);
    // RFC 7301 §3.1: no empty names.
    let unencodable = client(|config| config.application_protocols = vec![Vec::new()]);
    assert!(matches!(unencodable, Some(HandshakeError::Encode(_))));
    let extension_type = ExtensionType(0xabcd);
    let too_long = RawExtension { extension_type, data: vec![0; 70_000] };
    let mut pair = Pair::new();
    pair.client_config.more_extensions = vec![too_long];
    assert!(matches!(pair.start_client().err(), Some(HandshakeError::Encode(_))));
}

#[test]
fn a_choice_that_leaves_nothing_to_show() {
    let (mut server, question) = asked();
    let psk =
        chancery_handshake::AcceptedPsk::external(&[1; 32], chancery_crypto::HashAlgorithm::Sha256);
    // The client offers no such identity, and there is no certificate.
    let answer = question.choose(Choice::by_psk(b"nobody", psk));
    let expected = Err(HandshakeError::Refused(Refusal::HandshakeFailure));
    assert_eq!(server.resume(answer, &mut Counter(1)), expected);
    // A key that TLS 1.3 has no scheme for.
    let (mut server, question) = asked();
    let answer = question.choose(Choice::new(Credentials::new(vec![], &[])));
    let error = server.resume(answer, &mut Counter(1)).unwrap_err();
    assert_eq!(error.alert(), AlertDescription::HANDSHAKE_FAILURE);
}

#[test]
fn a_choice_of_what_was_not_offered() {
    // RFC 7301 §3.2
    let (mut server, question) = asked();
    let mut choice = Choice::new(Identity::new(KeyType::Ed25519).credentials());
    choice.application_protocol = Some(b"h2".to_vec());
    let result = server.resume(question.choose(choice), &mut Counter(1));
    assert_eq!(result, Err(HandshakeError::Configuration));
}

#[test]
fn answers_that_nobody_waits_for() {
    let (_, question) = asked();
    let mut client = Pair::new().start_client().unwrap();
    let answer = question.refuse(Refusal::Internal);
    let unexpected = Err(HandshakeError::UnexpectedAnswer);
    assert_eq!(client.resume(answer, &mut Counter(1)), unexpected);
    assert_eq!(client.state(), "Failed");
    let answer = question.refuse(Refusal::Internal);
    assert_eq!(client.resume(answer, &mut Counter(1)), Err(HandshakeError::Failed));
}

#[test]
fn calls_that_come_too_early() {
    let mut client = Pair::new().start_client().unwrap();
    let (mut server, _) = asked();
    let early = HandshakeError::WrongState;
    let update = KeyUpdateRequest::UPDATE_REQUESTED;
    assert_eq!(client.update_keys(update), Err(early));
    assert_eq!(server.update_keys(update), Err(early));
    assert_eq!(server.prepare_ticket(60, &mut Counter(1)).unwrap_err(), early);
    assert!(client.negotiated().is_none() && server.negotiated().is_none());
    assert!(client.exporter().is_none() && server.exporter().is_none());
    // Neither is the worse for it.
    assert_eq!((client.state(), server.state()), ("WaitServerHello", "ReceivedClientHello"));
}

#[test]
fn a_part_of_a_message_is_pending_until_the_rest_comes() {
    // RFC 8446 §5.1
    let mut client = Pair::new().start_client().unwrap();
    client.check_aligned().unwrap();
    client.receive(Epoch::Plaintext, &[2, 0, 0], &mut Counter(1)).unwrap();
    let error = client.check_aligned().unwrap_err();
    assert_eq!(error.alert(), AlertDescription::UNEXPECTED_MESSAGE);
}
