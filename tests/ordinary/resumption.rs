//! Resumption (RFC 8446 §2.2, §4.6.1) by the facade's configurations: what is resumed, what is not, and
//! that a full handshake takes over wherever it is not; with rustls at either end too.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::{Read, Write};
use std::sync::Arc;

use chancery::handshake::{Session, Suite};
use chancery::{
    Client, ClientAuthentication, ClientConfig, Error, Event, Server, ServerConfig, SessionSealer,
    StoredTicket, Stream, TicketKeys, TicketMemory, TicketStore,
};
use chancery_chain::Rule;
use chancery_crypto::Random;
use chancery_tests::pair::{Configuration, End, settle};
use chancery_tests::pki::{HOST, NOW, Pki, ed25519};
use chancery_tests::random::Repeatable;
use chancery_tests::{loopback, plain_group::PLAIN_GROUP};
use pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};

const HOUR: u32 = 3600;

/// `seconds` after [`NOW`].
fn at(seconds: u32) -> UnixTime {
    UnixTime::since_unix_epoch(core::time::Duration::from_secs(NOW.as_secs() + u64::from(seconds)))
}

fn name() -> ServerName<'static> {
    HOST.try_into().unwrap()
}

/// A pair of configurations with a store at the client and keys at the server.
fn resuming(suites: &[Suite]) -> (ClientConfig, ServerConfig, Arc<TicketMemory>) {
    let Configuration { client, server } = Configuration::new(suites, &[PLAIN_GROUP]);
    let (mut client, mut server) = (Arc::unwrap_or_clone(client), Arc::unwrap_or_clone(server));
    let memory = Arc::new(TicketMemory::new(16));
    client.tickets = Some(memory.clone());
    server.tickets = Some(Arc::new(TicketKeys::new(HOUR)));
    (client, server, memory)
}

/// Both ends after a handshake at this time, however it ended.
fn attempt(client: &ClientConfig, server: &ServerConfig, now: UnixTime) -> (End, End) {
    let seed = now.as_secs().to_le_bytes()[0];
    let random = Repeatable::new(u64::from(seed) + 100);
    let mut client =
        End::new(Client::start(Arc::new(client.clone()), name(), now, random).unwrap());
    let random = Repeatable::new(u64::from(seed) + 1000);
    let mut server = End::new(Server::start(Arc::new(server.clone()), now, random).unwrap());
    settle(&mut client, &mut server);
    (client, server)
}

/// One connection at this time, with data both ways; whether it was resumed.
fn connect(client: &ClientConfig, server: &ServerConfig, now: UnixTime) -> bool {
    let (mut client, mut server) = attempt(client, server, now);
    assert!(client.failure.is_none() && server.failure.is_none(), "{client:?} {server:?}");
    let bytes = client.send(b"ping");
    server.receive(&bytes);
    let bytes = server.send(b"pong");
    client.receive(&bytes);
    assert_eq!((&server.received[..], &client.received[..]), (&b"ping"[..], &b"pong"[..]));
    let negotiated = client.connection.negotiated().unwrap();
    let resumed = negotiated.is_resumed();
    assert_eq!(server.connection.negotiated().unwrap().is_resumed(), resumed);
    assert_eq!(negotiated.application_protocol(), Some(&b"echo"[..]));
    // Nobody shows a certificate in a resumed handshake, but the client knows it all the same.
    assert!(client.connection.peer().is_some());
    resumed
}

#[test]
fn the_second_connection_resumes() {
    for suite in [Suite::Aes128GcmSha256, Suite::Aes256GcmSha384] {
        let (client, server, memory) = resuming(&[suite]);
        assert!(!connect(&client, &server, at(0)));
        for seconds in 1..4 {
            assert!(connect(&client, &server, at(seconds)), "{suite} {seconds}");
        }
        // Two tickets came each time, and one was used up: no more than four are kept.
        let kept = core::iter::from_fn(|| memory.take(&name())).count();
        assert_eq!(kept, 4);
        assert!(!connect(&client, &server, at(9)), "none is left");
    }
}

/// RFC 8446 §4.1.2: the second ClientHello has its binder computed anew.
#[test]
fn a_hello_retry_request_comes_between() {
    let Configuration { client, server } = Configuration::retrying();
    let (mut client, mut server) = (Arc::unwrap_or_clone(client), Arc::unwrap_or_clone(server));
    client.tickets = Some(Arc::new(TicketMemory::new(16)));
    server.tickets = Some(Arc::new(TicketKeys::new(HOUR)));
    assert!(!connect(&client, &server, at(0)));
    assert!(connect(&client, &server, at(1)));
}

#[test]
fn without_a_store_or_keys_nothing_resumes() {
    let (client, server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    let mut silent = server.clone();
    silent.tickets = None;
    assert!(!connect(&client, &silent, at(0)) && !connect(&client, &silent, at(1)));
    assert!(memory.take(&name()).is_none());
    let mut forgetful = client.clone();
    forgetful.tickets = None;
    assert!(!connect(&forgetful, &server, at(2)) && !connect(&forgetful, &server, at(3)));
}

#[test]
fn a_ticket_without_a_store_is_an_event() {
    let (mut client, mut server, _) = resuming(&[Suite::Aes128GcmSha256]);
    client.tickets = None;
    server.ticket_count = 3;
    let pair = Configuration { client: client.into(), server: server.into() };
    let (mut client, mut server) = (pair.client(), pair.server());
    for _ in 0..4 {
        server.receive(&client.transmit());
        client.receive(&server.transmit());
    }
    let events = core::iter::from_fn(|| client.connection.poll());
    let tickets = events.filter(|event| matches!(event, Event::Ticket(_))).count();
    assert_eq!(tickets, 3);
}

/// RFC 8446 §4.6.1: not beyond its lifetime, by either end's clock.
#[test]
fn tickets_expire() {
    let check = |seconds, expected| {
        let (client, server, _) = resuming(&[Suite::Aes128GcmSha256]);
        assert!(!connect(&client, &server, at(0)));
        assert_eq!(connect(&client, &server, at(seconds)), expected, "{seconds}");
    };
    check(HOUR - 1, true);
    check(HOUR, false);
    check(HOUR * 24 * 30, false);

    // A client whose clock stands still, so that the server has to see it.
    let keys = TicketKeys::new(HOUR);
    let ticket = keys.seal(&session(), at(0), &mut Repeatable::new(1)).unwrap();
    let opens = |seconds| keys.open(&ticket, at(seconds)).is_some();
    assert_eq!([0, HOUR - 1, HOUR, HOUR + 1].map(opens), [true, true, false, false]);
}

/// What a client that starts at this time sends to the server of this name.
fn hello(client: &ClientConfig, name: ServerName<'static>, now: UnixTime) -> Vec<u8> {
    let client = Client::start(Arc::new(client.clone()), name, now, Repeatable::new(5));
    End::new(client.unwrap()).transmit()
}

/// The path goes along from connection to connection, and none of them begins when it is no longer valid.
#[test]
fn nothing_resumes_beyond_the_certificate() {
    let (client, server, _) = resuming(&[Suite::Aes128GcmSha256]);
    let (first, _) = attempt(&client, &server, at(0));
    let path = first.connection.peer().unwrap();
    let leaf = chancery_x509::Certificate::parse(path.leaf()).unwrap();
    let not_after = leaf.validity().not_after().unix_seconds();
    let last = u32::try_from(u64::try_from(not_after).unwrap() - NOW.as_secs()).unwrap();
    assert!(!connect(&client, &server, at(last - 2)));
    assert!(connect(&client, &server, at(last - 1)));
    let (resumed, _) = attempt(&client, &server, at(last));
    assert!(resumed.connection.negotiated().unwrap().is_resumed());
    assert_eq!(resumed.connection.peer().unwrap().leaf(), path.leaf());
    // There are tickets that are good for an hour, by the server's word.
    let (late, _) = attempt(&client, &server, at(last + 1));
    let Some(Error::Certificate(rejection)) = late.failure else { panic!("{:?}", late.failure) };
    assert_eq!(rejection.rule(), Rule::Expired);
    let (client, server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(last - 1)));
    let ticket = memory.take(&name()).unwrap();
    assert_eq!(ticket.peer().unwrap().leaf(), path.leaf());
    assert!(!ticket.is_expired(at(last)) && ticket.is_expired(at(last + 1)));
}

/// RFC 8446 §4.6.1: "Clients MUST only resume if the new SNI value is valid for the server certificate presented in the
/// original session", however careless the store.
#[test]
fn a_ticket_of_another_server_is_not_offered() {
    #[derive(Debug)]
    struct Careless(Arc<TicketMemory>);
    impl TicketStore for Careless {
        fn put(&self, _: &ServerName<'static>, ticket: StoredTicket) {
            self.0.put(&name(), ticket);
        }
        fn take(&self, _: &ServerName<'static>) -> Option<StoredTicket> {
            self.0.take(&name())
        }
    }
    let (mut client, server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    client.tickets = Some(Arc::new(Careless(memory.clone())));
    assert!(!connect(&client, &server, at(0)));
    let other = || ServerName::try_from("other.example").unwrap();
    let with_ticket = hello(&client, other(), at(1));
    assert_eq!(memory.take(&name()).iter().count(), 1, "one of two is left");
    assert_eq!(with_ticket, hello(&client, other(), at(1)));
}

/// A session, by way of a connection.
fn session() -> Session {
    #[derive(Debug)]
    struct Caught(std::sync::Mutex<Option<Session>>);
    impl SessionSealer for Caught {
        fn lifetime(&self) -> u32 {
            HOUR
        }
        fn seal(&self, session: &Session, _: UnixTime, _: &mut dyn Random) -> Option<Vec<u8>> {
            *self.0.lock().unwrap() = Some(session.clone());
            None
        }
        fn open(&self, _: &[u8], _: UnixTime) -> Option<Session> {
            None
        }
    }
    let caught = Arc::new(Caught(None.into()));
    let (client, mut server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    server.tickets = Some(caught.clone());
    assert!(!connect(&client, &server, at(0)));
    assert!(memory.take(&name()).is_none(), "what is not sealed is not sent");
    let session = caught.0.lock().unwrap().clone();
    session.unwrap()
}

#[test]
fn keys_rotate() {
    let (keys, session) = (TicketKeys::new(HOUR), session());
    let mut random = Repeatable::new(7);
    let mut seal = |seconds| keys.seal(&session, at(seconds), &mut random).unwrap();
    let key_name = |ticket: &[u8]| ticket[..16].to_vec();
    let first = seal(0);
    let last_of_first = seal(HOUR - 1);
    assert_eq!(key_name(&first), key_name(&last_of_first));
    assert_ne!(first[16..28], last_of_first[16..28], "nonces differ");
    let second = seal(HOUR);
    assert_ne!(key_name(&first), key_name(&second));
    // What the first key sealed at its end is good for its whole lifetime.
    assert!(keys.open(&last_of_first, at(2 * HOUR - 2)).is_some());
    assert!(keys.open(&last_of_first, at(2 * HOUR - 1)).is_none(), "too old");
    let third = seal(2 * HOUR);
    assert!(keys.open(&second, at(2 * HOUR - 1)).is_some());
    assert!(keys.open(&third, at(2 * HOUR)).is_some());
    assert!(keys.open(&last_of_first, at(HOUR)).is_none(), "its key is gone");
    let opened = keys.open(&third, at(2 * HOUR)).unwrap();
    assert_eq!(opened.encode(), session.encode());
    assert_eq!(format!("{keys:?}"), "TicketKeys(3600 s, [..])");
}

#[test]
fn every_altered_or_cut_ticket_is_refused() {
    let keys = TicketKeys::new(HOUR);
    let ticket = keys.seal(&session(), at(0), &mut Repeatable::new(7)).unwrap();
    assert!(keys.open(&ticket, at(0)).is_some());
    for byte in 0..ticket.len() {
        for bit in 0..8 {
            let mut altered = ticket.clone();
            altered[byte] ^= 1 << bit;
            assert!(keys.open(&altered, at(0)).is_none(), "{byte} {bit}");
        }
        assert!(keys.open(&ticket[..byte], at(0)).is_none(), "{byte}");
    }
    assert!(keys.open(&[&ticket[..], &[0]].concat(), at(0)).is_none());
    assert!(TicketKeys::new(HOUR).open(&ticket, at(0)).is_none(), "another server's");
}

#[test]
fn a_full_handshake_takes_over() {
    // Another server's tickets.
    let (client, mut server, _) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(0)));
    server.tickets = Some(Arc::new(TicketKeys::new(HOUR)));
    assert!(!connect(&client, &server, at(1)));
    assert!(connect(&client, &server, at(2)));

    // RFC 8446 §4.2.11: a suite of another hash. The ticket is not even offered.
    let (client, server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(0)));
    let (mut other, mut other_server, _) = resuming(&[Suite::Aes256GcmSha384]);
    other.tickets = client.tickets.clone();
    other_server.tickets = server.tickets.clone();
    let with_ticket = hello(&other, name(), at(1));
    assert_eq!(memory.take(&name()).iter().count(), 1, "one of two is left");
    assert_eq!(with_ticket, hello(&other, name(), at(1)), "and the other was of no use");
    assert!(!connect(&other, &other_server, at(1)));

    // Another suite of the same hash resumes.
    let (client, server, _) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(0)));
    let (mut other, mut other_server, _) = resuming(&[Suite::ChaCha20Poly1305Sha256]);
    other.tickets = client.tickets.clone();
    other_server.tickets = server.tickets.clone();
    assert!(connect(&other, &other_server, at(1)));
}

/// A resumed handshake cannot ask for a certificate, so that it must not pass over one that is required.
#[test]
fn a_server_that_asks_for_certificates_resumes_nothing() {
    let (mut client, mut server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(0)), "a ticket from before");
    let pki = Pki::new(1, NOW);
    server.client_authentication = ClientAuthentication::Required { authorities: vec![] };
    server.client_trust = client.trust.clone();
    client.identity = Some(pki.client_with(ed25519(9), HOST, NOW));
    assert!(!connect(&client, &server, at(1)));
    assert!(memory.take(&name()).is_some(), "of the first connection");
    assert!(memory.take(&name()).is_none(), "the second gave none");
}

#[test]
fn tickets_are_kept_by_name_and_to_a_limit() {
    let (client, server, memory) = resuming(&[Suite::Aes128GcmSha256]);
    assert!(!connect(&client, &server, at(0)));
    let ticket = memory.take(&name()).unwrap();
    assert_eq!(ticket.ticket().server_name(), Some(HOST));
    let small = TicketMemory::new(5);
    let host = |i: u8| ServerName::try_from(format!("host{i}.test")).unwrap();
    for i in 0..10 {
        small.put(&host(i), ticket.clone());
    }
    assert!((0..5).all(|i| small.take(&host(i)).is_none()), "the oldest went first");
    assert!((5..10).all(|i| small.take(&host(i)).is_some() && small.take(&host(i)).is_none()));
    for _ in 0..10 {
        small.put(&host(1), ticket.clone());
    }
    assert_eq!(core::iter::from_fn(|| small.take(&host(1))).count(), 4);
    // The newest first, since the oldest expires first.
    for seconds in [1, 2, 3] {
        connect(&client, &server, at(seconds));
        small.put(&host(1), memory.take(&name()).unwrap());
    }
    let newest = small.take(&host(1)).unwrap();
    assert!(
        !newest.is_expired(at(3)) && newest.is_expired(at(2)) && newest.is_expired(at(3 + HOUR))
    );
    assert_eq!(format!("{small:?}"), "TicketMemory(2 of 5)");
}

/// One byte each way over a real socket, then `close_notify`.
fn greet(stream: &mut (impl Read + Write)) {
    stream.write_all(b"?").unwrap();
    stream.flush().unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"!");
}

fn answer(stream: &mut (impl Read + Write)) {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"?");
    stream.write_all(b"!").unwrap();
    stream.flush().unwrap();
}

#[test]
fn our_client_resumes_with_rustls() {
    let now = UnixTime::now();
    let pki = Pki::new(1, now);
    let key = chancery_tests::pki::fresh(chancery_ring::KeyType::EcdsaP256);
    let chain =
        pki.server_chain(&chancery_ring::PrivateKey::from_pkcs8(key.as_der()).unwrap(), HOST, now);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut theirs = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            chain,
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.as_der().to_vec())),
        )
        .unwrap();
    theirs.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
    let theirs = Arc::new(theirs);
    let mut ours = ClientConfig::new(pki.anchors());
    ours.tickets = Some(Arc::new(TicketMemory::new(8)));
    let ours = Arc::new(ours);
    for resumed in [false, true, true] {
        let theirs = Arc::clone(&theirs);
        let (socket, server) = loopback::connect(move |socket| {
            let connection = rustls::ServerConnection::new(theirs).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, socket);
            answer(&mut stream);
            stream.conn.handshake_kind().unwrap()
        });
        let mut stream = Stream::connect(Arc::clone(&ours), name(), socket).unwrap();
        greet(&mut stream);
        assert_eq!(stream.connection().negotiated().unwrap().is_resumed(), resumed);
        let kind =
            if resumed { rustls::HandshakeKind::Resumed } else { rustls::HandshakeKind::Full };
        assert_eq!(server.join().unwrap(), kind);
    }
}

#[test]
fn our_server_resumes_with_rustls() {
    let now = UnixTime::now();
    let pki = Pki::new(1, now);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pki.root().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let theirs = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let theirs = Arc::new(theirs);
    let mut ours = ServerConfig::new(pki.server(HOST, now));
    ours.tickets = Some(Arc::new(TicketKeys::new(HOUR)));
    let ours = Arc::new(ours);
    for resumed in [false, true, true] {
        let ours = Arc::clone(&ours);
        let (socket, server) = loopback::connect(move |socket| {
            let mut stream = Stream::accept(ours, socket).unwrap();
            answer(&mut stream);
            stream.connection().negotiated().unwrap().is_resumed()
        });
        let connection = rustls::ClientConnection::new(Arc::clone(&theirs), name()).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, socket);
        greet(&mut stream);
        let kind =
            if resumed { rustls::HandshakeKind::Resumed } else { rustls::HandshakeKind::Full };
        assert_eq!(stream.conn.handshake_kind(), Some(kind));
        assert_eq!(server.join().unwrap(), resumed);
    }
}
