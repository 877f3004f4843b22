//! Keys from elsewhere (RFC 8446 §4.2.11, RFC 9257, RFC 9258) by the facade's configurations: who gets in by them, who does
//! not, and what the two ends know of each other afterwards.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use chancery::handshake::{
    CertificateRejection, Client as Handshake, Event as Events, HandshakeError, ImportedIdentity,
    OfferedPsk, Refusal, Suite, TargetProtocol, Violation,
};
use chancery::{
    Authentication, Client, ClientAuthentication, ClientConfig, Error, Event, ExternalPsk,
    PskError, PskStore, ServerConfig, TicketKeys, TicketMemory, TicketStore, TrustAnchors,
    Validator,
};
use chancery_chain::Rule;
use chancery_crypto::HashAlgorithm::{self, Sha256, Sha384};
use chancery_ring::{Hash, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_tests::corpus;
use chancery_tests::pair::{Configuration, End, settle};
use chancery_tests::pki::{HOST, NOW, Pki, ed25519};
use chancery_tests::plain_group::PLAIN_GROUP;
use chancery_tests::psk::imported_identity;
use chancery_tests::random::Repeatable;
use chancery_wire::AlertDescription;

const ID: &[u8] = b"sensor 7";
const KEY: [u8; 32] = [7; 32];

fn as_it_is(hash: HashAlgorithm) -> ExternalPsk {
    ExternalPsk::new(ID, &KEY, hash).unwrap()
}

fn imported(context: &[u8]) -> ExternalPsk {
    ExternalPsk::imported(ID, context, &KEY, Sha256).unwrap()
}

/// A client that has this key and no anchors, and a server that has that one and no certificate.
fn pair(suites: &[Suite], client: ExternalPsk, server: ExternalPsk) -> Configuration {
    let with_certificates = Configuration::new(suites, &[PLAIN_GROUP]);
    let mut ours = ClientConfig::by_psk(client);
    ours.handshake = Arc::clone(&with_certificates.client.handshake);
    let mut theirs = ServerConfig::by_psk(vec![server]);
    theirs.handshake = Arc::clone(&with_certificates.server.handshake);
    theirs.application_protocols = with_certificates.server.application_protocols.clone();
    Configuration { client: Arc::new(ours), server: Arc::new(theirs) }
}

fn sha256_pair() -> Configuration {
    pair(&[Suite::Aes128GcmSha256], as_it_is(Sha256), as_it_is(Sha256))
}

/// Adds a certificate to the server.
fn certified(mut configuration: Configuration) -> Configuration {
    let identity = Configuration::repeatable().server.identities.clone();
    Arc::make_mut(&mut configuration.server).identities = identity;
    configuration
}

/// Has the client send a share of a group that the server does not take.
fn retrying(mut configuration: Configuration) -> Configuration {
    let retrying = Configuration::retrying().client.handshake.clone();
    let client = Arc::make_mut(&mut configuration.client);
    let handshake = Arc::make_mut(&mut client.handshake);
    handshake.groups = retrying.groups.clone();
    handshake.key_shares = retrying.key_shares.clone();
    configuration
}

/// Lets the client trust the server's certificate.
fn trusting(mut configuration: Configuration) -> Configuration {
    let trust = Configuration::repeatable().client.trust.clone();
    Arc::make_mut(&mut configuration.client).trust = trust;
    configuration
}

fn run(configuration: &Configuration) -> (End, End) {
    let (mut client, mut server) = (configuration.client(), configuration.server());
    settle(&mut client, &mut server);
    (client, server)
}

/// That the handshake works, and that both ends know each other so; data goes both ways.
#[track_caller]
fn connects(configuration: &Configuration, expected: &Authentication) -> (End, End) {
    let (mut client, mut server) = run(configuration);
    assert!(client.failure.is_none() && server.failure.is_none(), "{client:?} {server:?}");
    for end in [&client, &server] {
        assert_eq!(end.connection.negotiated().unwrap().authentication(), expected);
    }
    let is_external = matches!(expected, Authentication::ExternalPsk { .. });
    assert_eq!(client.connection.peer().is_none(), is_external);
    let bytes = client.send(b"ping");
    server.receive(&bytes);
    let bytes = server.send(b"pong");
    client.receive(&bytes);
    assert_eq!((&server.received[..], &client.received[..]), (&b"ping"[..], &b"pong"[..]));
    (client, server)
}

/// That the server refuses for this reason, and the client hears nothing but `alert`.
#[track_caller]
fn server_refuses(configuration: &Configuration, why: HandshakeError, alert: AlertDescription) {
    let (client, server) = run(configuration);
    let failed = matches!(server.failure, Some(Error::Handshake(error)) if error == why);
    assert!(failed, "{:?}", server.failure);
    let told = matches!(client.failure, Some(Error::PeerAlert(told)) if told == alert);
    assert!(told, "{:?}", client.failure);
}

fn external() -> Authentication {
    Authentication::ExternalPsk { identity: ID.to_vec() }
}

#[test]
fn the_key_takes_the_place_of_certificates_and_anchors() {
    for suite in Suite::ALL {
        let own = || as_it_is(suite.hash());
        connects(&pair(&[suite], own(), own()), &external());
        // RFC 9258: one key for every hash.
        connects(&pair(&[suite], imported(b"us"), imported(b"us")), &external());
    }
    // RFC 8446 §4.2.11: the suite has the hash of the key, whatever else is preferred.
    let (client, _) = connects(&pair(&Suite::ALL, as_it_is(Sha384), as_it_is(Sha384)), &external());
    let suite = client.connection.negotiated().unwrap().suite();
    assert_eq!(suite, Suite::Aes256GcmSha384);
    let mut configuration = pair(&Suite::ALL, imported(b""), imported(b""));
    connects(&configuration, &external());
    // The first of the two that are offered is of no use.
    let server = Arc::make_mut(&mut configuration.server);
    Arc::make_mut(&mut server.handshake).suites = vec![Suite::Aes256GcmSha384];
    connects(&configuration, &external());
    // A server that has a certificate too does not show it.
    connects(&certified(sha256_pair()), &external());
}

/// RFC 8446 §4.1.2: the second ClientHello has its binders computed anew.
#[test]
fn a_hello_retry_request_comes_between() {
    for psk in [as_it_is(Sha256), imported(b"")] {
        let configuration = retrying(pair(&Suite::ALL, psk.clone(), psk));
        let (client, _) = connects(&configuration, &external());
        assert!(client.connection.negotiated().unwrap().is_retried());
    }
}

/// RFC 8446 §E.6: "treating the cases where there is no valid PSK identity and where there is a PSK identity but it
/// has an invalid binder identically".
#[test]
fn a_server_without_certificate_does_not_tell_which_identities_there_are() {
    let suites = &[Suite::Aes128GcmSha256];
    let alert = AlertDescription::DECRYPT_ERROR;
    let other_key = ExternalPsk::new(ID, &[8; 32], Sha256).unwrap();
    let binder = HandshakeError::Violation(Violation::Binder);
    server_refuses(&pair(suites, other_key.clone(), as_it_is(Sha256)), binder, alert);
    let unknown = HandshakeError::Refused(Refusal::UnknownPskIdentity);
    let other_name = ExternalPsk::new(b"sensor 8", &KEY, Sha256).unwrap();
    server_refuses(&pair(suites, other_name.clone(), as_it_is(Sha256)), unknown, alert);
    // Nor by a HelloRetryRequest that comes before it; nor by the application protocols.
    let answer = |psk: ExternalPsk, change: fn(Configuration) -> Configuration| {
        let configuration = change(pair(suites, psk, as_it_is(Sha256)));
        let mut server = configuration.server();
        server.receive(&configuration.client().transmit());
        server.transmit()
    };
    for change in [|same| same, retrying] {
        let told = answer(other_key.clone(), change);
        assert_eq!(told, [21, 3, 3, 0, 2, 2, alert.0]);
        assert_eq!(told, answer(other_name.clone(), change));
    }
    let mut configuration = sha256_pair();
    let server = Arc::make_mut(&mut configuration.server);
    server.application_protocols = vec![b"none of them".to_vec()];
    let protocol = HandshakeError::Refused(Refusal::NoApplicationProtocol);
    for psks in [vec![], vec![as_it_is(Sha256)]] {
        Arc::make_mut(&mut configuration.server).psks = Some(Arc::new(psks));
        let told = AlertDescription::NO_APPLICATION_PROTOCOL;
        server_refuses(&configuration, protocol, told);
    }
    // Withdrawn.
    let mut configuration = sha256_pair();
    Arc::make_mut(&mut configuration.server).psks = Some(Arc::new(Vec::<ExternalPsk>::new()));
    server_refuses(&configuration, unknown, alert);
    // A client that offers none at all.
    let mut configuration = trusting(sha256_pair());
    Arc::make_mut(&mut configuration.client).psk = None;
    let refusal = HandshakeError::Refused(Refusal::HandshakeFailure);
    server_refuses(&configuration, refusal, AlertDescription::HANDSHAKE_FAILURE);
}

/// RFC 9258 §5: what is imported for another context or protocol, or not at all, is another key.
#[test]
fn imported_keys_are_kept_apart() {
    let suites = &[Suite::Aes128GcmSha256];
    let unknown = HandshakeError::Refused(Refusal::UnknownPskIdentity);
    for (client, server) in [
        (imported(b"one"), imported(b"other")),
        (imported(b""), as_it_is(Sha256)),
        (as_it_is(Sha256), imported(b"")),
    ] {
        server_refuses(&pair(suites, client, server), unknown, AlertDescription::DECRYPT_ERROR);
    }
    // RFC 9258 §5.1: target_protocol.
    for (protocol, expected) in [
        (TargetProtocol::Tls13, None),
        (TargetProtocol::Dtls13, Some("Handshake(Refused(UnknownPskIdentity))")),
    ] {
        let configuration = pair(suites, imported(b""), imported(b""));
        let identity = ImportedIdentity::new(ID, b"", protocol, Sha256).unwrap();
        let psk = OfferedPsk::imported::<Hash>(&identity, &KEY, Sha256).unwrap();
        let mut server = configuration.server();
        server.receive(&hello(&configuration, vec![psk]));
        assert_eq!(server.failure.map(|error| format!("{error:?}")).as_deref(), expected);
    }
}

/// The first record of a client that offers these keys.
fn hello(configuration: &Configuration, psks: Vec<OfferedPsk>) -> Vec<u8> {
    let (config, name) = (Arc::clone(&configuration.client.handshake), HOST.try_into().unwrap());
    let client = Handshake::<Hash>::start_with_psks(config, name, psks, &mut Repeatable::new(1));
    let Some(Events::Send { bytes, .. }) = client.unwrap().poll() else {
        panic!("no ClientHello");
    };
    let len = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[22, 3, 3], &len[..], &bytes].concat()
}

/// Each search may cost a server something, and a ClientHello has room for a thousand names.
#[test]
fn not_every_name_is_looked_up() {
    #[derive(Debug)]
    struct Counting(Arc<AtomicUsize>);
    impl PskStore for Counting {
        fn find(&self, _: &[u8]) -> Option<ExternalPsk> {
            self.0.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
    let count = Arc::new(AtomicUsize::new(0));
    let mut configuration = sha256_pair();
    let store = Counting(Arc::clone(&count));
    Arc::make_mut(&mut configuration.server).psks = Some(Arc::new(store));
    let offered = |n: u16| OfferedPsk::external(&n.to_be_bytes(), &KEY, Sha256);
    let mut server = configuration.server();
    server.receive(&hello(&configuration, (0..200).map(offered).collect()));
    assert!(server.failure.is_some());
    assert_eq!(count.load(Ordering::Relaxed), 4);
}

/// A server that passes over the key has to show a certificate, and the client has to trust that.
#[test]
fn a_server_without_the_key_needs_a_certificate_that_is_trusted() {
    let without_key = |mut configuration: Configuration| {
        Arc::make_mut(&mut configuration.server).psks = None;
        configuration
    };
    // Trusted.
    let configuration = without_key(trusting(certified(sha256_pair())));
    connects(&configuration, &Authentication::Certificate);
    // The server has keys, but not this one.
    let mut configuration = trusting(certified(sha256_pair()));
    Arc::make_mut(&mut configuration.server).psks = Some(Arc::new(Vec::<ExternalPsk>::new()));
    connects(&configuration, &Authentication::Certificate);
    // By nobody; and by others.
    let mut distrusting = without_key(certified(sha256_pair()));
    client_refuses(&distrusting);
    let validator = |anchors: TrustAnchors| {
        Arc::new(Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS))
    };
    Arc::make_mut(&mut distrusting.client).trust = Some(validator(Pki::new(9, NOW).anchors()));
    client_refuses(&distrusting);
    // Left open, it goes on no further before somebody answers.
    Arc::make_mut(&mut distrusting.client).trust = None;
    let (mut client, _) = run(&distrusting);
    assert!(matches!(client.connection.poll(), Some(Event::Suspended(_))));
    assert!(client.connection.is_handshaking());
}

#[track_caller]
fn client_refuses(configuration: &Configuration) {
    let (client, server) = run(configuration);
    let Some(Error::Certificate(rejection)) = &client.failure else {
        panic!("{:?}", client.failure);
    };
    assert_eq!(rejection.rule(), Rule::UnknownIssuer);
    assert!(client.connection.is_handshaking() && server.connection.is_handshaking());
    let alert = CertificateRejection::UnknownCa.alert();
    assert!(matches!(server.failure, Some(Error::PeerAlert(told)) if told == alert));
}

/// RFC 8446 §4.3.2: "Servers which are authenticating with a PSK MUST NOT send the CertificateRequest message", which a
/// key must not be the way around.
#[test]
fn a_certificate_that_is_required_is_asked_for() {
    let mut configuration = trusting(certified(sha256_pair()));
    let server = Arc::make_mut(&mut configuration.server);
    server.client_authentication = ClientAuthentication::Required { authorities: vec![] };
    server.client_trust = configuration.client.trust.clone();
    let alert = AlertDescription::CERTIFICATE_REQUIRED;
    let required = HandshakeError::Violation(Violation::CertificateRequired);
    server_refuses(&configuration, required, alert);
    let identity = Pki::new(1, NOW).client_with(ed25519(9), HOST, NOW);
    Arc::make_mut(&mut configuration.client).identity = Some(identity);
    let (_, server) = connects(&configuration, &Authentication::Certificate);
    assert!(server.connection.peer().is_some());
    // Without a certificate of its own it serves nobody.
    let mut configuration = sha256_pair();
    let server = Arc::make_mut(&mut configuration.server);
    server.client_authentication = ClientAuthentication::Optional { authorities: vec![] };
    let unknown = HandshakeError::Refused(Refusal::UnknownPskIdentity);
    server_refuses(&configuration, unknown, AlertDescription::DECRYPT_ERROR);
}

/// RFC 8446 §4.2.11: a key goes with one hash.
#[test]
fn a_key_without_a_suite_of_its_hash() {
    let configuration = pair(&[Suite::Aes128GcmSha256], as_it_is(Sha384), as_it_is(Sha384));
    let (name, random) = (HOST.try_into().unwrap(), Repeatable::new(1));
    let started = Client::start(configuration.client, name, NOW, random);
    assert!(matches!(started, Err(Error::Handshake(HandshakeError::Configuration))));
    // The server has none.
    let both = &[Suite::Aes128GcmSha256, Suite::Aes256GcmSha384];
    let mut configuration = trusting(certified(pair(both, as_it_is(Sha384), as_it_is(Sha384))));
    let server = Arc::make_mut(&mut configuration.server);
    Arc::make_mut(&mut server.handshake).suites = vec![Suite::Aes128GcmSha256];
    connects(&configuration, &Authentication::Certificate);
}

/// A key that is withdrawn must let nobody in by a ticket.
#[test]
fn tickets_come_of_certificates_only() {
    let mut configuration = trusting(certified(sha256_pair()));
    let memory = Arc::new(TicketMemory::new(8));
    Arc::make_mut(&mut configuration.client).tickets = Some(memory.clone());
    Arc::make_mut(&mut configuration.server).tickets = Some(Arc::new(TicketKeys::new(3600)));
    connects(&configuration, &external());
    let name = HOST.try_into().unwrap();
    assert!(memory.take(&name).is_none());
    // Key and ticket are offered together, and the server takes what it knows.
    Arc::make_mut(&mut configuration.server).psks = None;
    connects(&configuration, &Authentication::Certificate);
    connects(&configuration, &Authentication::Resumption);
    Arc::make_mut(&mut configuration.server).psks = Some(Arc::new(vec![as_it_is(Sha256)]));
    let (client, _) = connects(&configuration, &external());
    assert!(client.connection.peer().is_none(), "no path of an earlier connection");
}

/// RFC 9258 §5.1, as peers may send it.
#[test]
fn imported_identities() {
    corpus::replay("imported_identity", imported_identity);
}

#[test]
fn keys_and_identities_that_are_none() {
    let new = |identity: &[u8], key: &[u8]| ExternalPsk::new(identity, key, Sha256).err();
    let import = |identity: &[u8], context: &[u8], key: &[u8]| {
        ExternalPsk::imported(identity, context, key, Sha256).err()
    };
    // RFC 9257 §6: "MUST be at least 128 bits long".
    assert_eq!((new(ID, &[1; 16]), import(ID, b"", &[1; 16])), (None, None));
    assert_eq!(new(ID, &[1; 15]), Some(PskError::Key));
    assert_eq!(import(ID, b"", &[1; 15]), Some(PskError::Key));
    // RFC 8446 §4.2.11: opaque identity<1..2^16-1>.
    assert_eq!(
        (new(b"", &KEY), new(&[1; 65_536], &KEY)),
        (Some(PskError::Identity), Some(PskError::Identity))
    );
    assert_eq!((new(b"x", &KEY), new(&[1; 65_535], &KEY)), (None, None));
    assert_eq!(import(b"", b"context", &KEY), Some(PskError::Identity));
    assert_eq!(import(&[1; 65_526], b"x", &KEY), None);
    assert_eq!(import(&[1; 65_526], b"xy", &KEY), Some(PskError::Identity));
    assert_eq!(format!("{:?}", imported(b"")), "ExternalPsk(sensor 7, [..])");
}
