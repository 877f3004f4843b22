//! Whole connections in memory: writes at the client, plaintext at the server, by every library with
//! the same cipher suite.
//!
//! An iteration makes 16 writes, a record each, and carries what came of them over at once. Every
//! buffer lives as long as the connection, and plaintext is looked at where the library leaves it:
//! nobody pays for a copy that its interface does not ask for. Each record is sealed and opened, so
//! the time counts both.
//!
//! - `chancery`: `Client::send` into the wire's buffer, `Server::receive` in it.
//! - `rustls+…`: `writer`, `write_tls`, `read_tls`, `process_new_packets`, `reader`, without limits on
//!   its buffers; what most programs use, by way of `rustls::Stream`.
//! - `rustls+aws-lc-rs unbuffered`: its interface without buffers, from slice to slice.

use core::time::Duration;
use std::io::{BufRead, Write};
use std::sync::Arc;

use chancery::handshake::Suite;
use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery::{
    Client, ClientConfig, Connection, Identity, Server, ServerConfig, SystemRandom, TrustAnchors,
};
use chancery_issue::{CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder};
use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::client::UnbufferedClientConnection;
use rustls::crypto::CryptoProvider;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, UnbufferedStatus};
use rustls::{ClientConnection, ServerConnection};

/// Bytes of a write; the last is a full record.
const SIZES: [usize; 5] = [64, 256, 1350, 4096, 16_384];

/// How many writes an iteration makes.
const WRITES: usize = 16;

/// Room for the records of an iteration, and for a KeyUpdate among them.
const WIRE_LEN: usize = WRITES * (16_384 + 256) + 1024;

const NAME: &str = "bench.test";

/// A root and a server certificate with its key, the same for all.
struct Pki {
    root: CertificateDer<'static>,
    chain: Vec<CertificateDer<'static>>,
    key: Pkcs8,
}

impl Pki {
    fn new() -> Self {
        let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
        let new_key = || Pkcs8::generate(KeyType::EcdsaP256).expect("key");
        let load = |key: &Pkcs8| PrivateKey::from_pkcs8(key.as_der()).expect("key");
        let subject = DistinguishedName::from_common_name("Bench Root").expect("name");
        let root = CertificateAuthority::self_signed(
            load(&new_key()),
            SIGNATURE_VERIFICATION_ALGORITHMS,
            subject,
            &Profile::root_ca(),
            now,
            random,
        );
        let root = root.expect("root");
        let key = new_key();
        let name: chancery_issue::AlternativeName = NAME.parse().expect("name");
        let request = RequestBuilder::new().of_names([name.clone()]).sign(&load(&key));
        let control = Control::asserted_by_operator(now).of_names([name]);
        let request = request.expect("request");
        let chain = root.issue(&Profile::tls_server(), &request, &control, now, random);
        Self { root: root.certificate().clone(), chain: chain.expect("chain"), key }
    }
}

fn chancery_pair(pki: &Pki, suite: Suite) -> (Client, Server) {
    let mut trusted = TrustAnchors::new();
    trusted.add_certificate(&pki.root).expect("root");
    let mut config = ClientConfig::new(trusted);
    Arc::make_mut(&mut config.handshake).suites = vec![suite];
    let name = ServerName::try_from(NAME).expect("name");
    let (now, random) = (UnixTime::now(), SystemRandom::new());
    let mut client = Client::start(Arc::new(config), name, now, random).expect("client");
    let key = PrivateKey::from_pkcs8(pki.key.as_der()).expect("key");
    let identity = Identity::new(pki.chain.clone(), Arc::new(key)).expect("identity");
    let config = Arc::new(ServerConfig::new(identity));
    let mut server = Server::start(config, now, SystemRandom::new()).expect("server");
    while client.is_handshaking() || server.is_handshaking() {
        carry(&mut client, &mut server);
        carry(&mut server, &mut client);
    }
    (client, server)
}

/// Moves what one end has to send to the other.
fn carry(from: &mut Connection, to: &mut Connection) {
    let mut bytes = vec![0; 1 << 16];
    let count = from.transmit(&mut bytes);
    let mut rest = bytes.get_mut(..count).expect("count");
    while !rest.is_empty() {
        let received = to.receive(rest).expect("record").expect("whole record");
        rest = rest.get_mut(received.consumed..).expect("rest");
    }
}

/// The configurations of both ends.
fn rustls_configs(
    pki: &Pki,
    mut provider: CryptoProvider,
    suite: rustls::CipherSuite,
) -> (Arc<rustls::ClientConfig>, Arc<rustls::ServerConfig>) {
    provider.cipher_suites.retain(|known| known.suite() == suite);
    let provider = Arc::new(provider);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pki.root.clone()).expect("root");
    let client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pki.key.as_der().to_vec()));
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(pki.chain.clone(), key)
        .expect("certificate");
    (Arc::new(client), Arc::new(server))
}

fn rustls_pair(
    client: Arc<rustls::ClientConfig>,
    server: Arc<rustls::ServerConfig>,
) -> (ClientConnection, ServerConnection) {
    let name = ServerName::try_from(NAME).expect("name");
    let mut client = ClientConnection::new(client, name).expect("client");
    let mut server = ServerConnection::new(server).expect("server");
    client.set_buffer_limit(None);
    server.set_buffer_limit(None);
    let mut bytes = Vec::new();
    while client.is_handshaking() || server.is_handshaking() {
        rustls_carry(&mut client, &mut server, &mut bytes);
        rustls_carry(&mut server, &mut client, &mut bytes);
    }
    (client, server)
}

/// Moves what one end has to send to the other; returns how much plaintext came of it.
fn rustls_carry<F, T>(
    from: &mut rustls::ConnectionCommon<F>,
    to: &mut rustls::ConnectionCommon<T>,
    wire: &mut Vec<u8>,
) -> usize
where
    F: rustls::SideData,
    T: rustls::SideData,
{
    wire.clear();
    while from.wants_write() {
        from.write_tls(wire).expect("write");
    }
    let mut rest = wire.as_slice();
    let mut received = 0;
    while !rest.is_empty() {
        to.read_tls(&mut rest).expect("read");
        let mut ready = to.process_new_packets().expect("opened").plaintext_bytes_to_read();
        while ready > 0 {
            let mut reader = to.reader();
            let len = reader.fill_buf().expect("plaintext").len();
            reader.consume(len);
            received += len;
            ready -= len;
        }
    }
    received
}

fn unbuffered_pair(
    client: Arc<rustls::ClientConfig>,
    server: Arc<rustls::ServerConfig>,
) -> (UnbufferedClientConnection, UnbufferedServerConnection) {
    let name = ServerName::try_from(NAME).expect("name");
    let mut client = UnbufferedClientConnection::new(client, name).expect("client");
    let mut server = UnbufferedServerConnection::new(server).expect("server");
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    loop {
        let status = client.process_tls_records(&mut to_client);
        let (discard, client_rests) = advance(status, &mut to_server);
        to_client.drain(..discard);
        let status = server.process_tls_records(&mut to_server);
        let (discard, server_rests) = advance(status, &mut to_client);
        to_server.drain(..discard);
        if client_rests && server_rests && to_client.is_empty() && to_server.is_empty() {
            return (client, server);
        }
    }
}

/// A step of the handshake: how many incoming bytes are done with, and whether it waits for more.
fn advance<D>(status: UnbufferedStatus<'_, '_, D>, outgoing: &mut Vec<u8>) -> (usize, bool) {
    let rests = match status.state.expect("handshake") {
        ConnectionState::EncodeTlsData(mut message) => {
            let mut bytes = [0; 1 << 14];
            let len = message.encode(&mut bytes).expect("room");
            outgoing.extend_from_slice(bytes.get(..len).expect("length"));
            false
        }
        ConnectionState::TransmitTlsData(sent) => {
            sent.done();
            false
        }
        _ => true,
    };
    (status.discard, rests)
}

/// Seals `plaintext` into `wire`, after whatever else has to be sent; returns how long that is.
fn unbuffered_send(
    client: &mut UnbufferedClientConnection,
    plaintext: &[u8],
    wire: &mut [u8],
) -> usize {
    let mut written = 0;
    loop {
        let room = wire.get_mut(written..).expect("room");
        match client.process_tls_records(&mut []).state.expect("client") {
            ConnectionState::WriteTraffic(mut traffic) => {
                return written + traffic.encrypt(plaintext, room).expect("sealed");
            }
            ConnectionState::EncodeTlsData(mut message) => {
                written += message.encode(room).expect("room");
            }
            ConnectionState::TransmitTlsData(sent) => sent.done(),
            other => panic!("{other:?}"),
        }
    }
}

/// Opens all of `wire`; returns how much plaintext there was.
fn unbuffered_receive(server: &mut UnbufferedServerConnection, mut wire: &mut [u8]) -> usize {
    let mut received = 0;
    while !wire.is_empty() {
        let UnbufferedStatus { mut discard, state, .. } = server.process_tls_records(wire);
        match state.expect("server") {
            ConnectionState::ReadTraffic(mut traffic) => {
                while let Some(record) = traffic.next_record() {
                    let record = record.expect("opened");
                    received += record.payload.len();
                    discard += record.discard;
                }
            }
            ConnectionState::WriteTraffic(_) => {}
            other => panic!("{other:?}"),
        }
        wire = wire.get_mut(discard..).expect("rest");
    }
    received
}

fn chancery(bencher: &mut Bencher<'_>, pki: &Pki, suite: Suite, plaintext: &[u8]) {
    let (mut client, mut server) = chancery_pair(pki, suite);
    let mut wire = vec![0; WIRE_LEN];
    bencher.iter(|| {
        let mut written = 0;
        for _ in 0..WRITES {
            let room = wire.get_mut(written..).expect("room");
            let sent = client.send(plaintext, room).expect("sealed");
            assert_eq!(sent.consumed, plaintext.len());
            written += sent.written;
        }
        let mut rest = wire.get_mut(..written).expect("written");
        let mut received = 0;
        while !rest.is_empty() {
            let opened = server.receive(rest).expect("opened").expect("whole");
            received += opened.plaintext.len();
            rest = rest.get_mut(opened.consumed..).expect("rest");
        }
        assert_eq!(received, WRITES * plaintext.len());
    });
}

fn bulk(criterion: &mut Criterion) {
    let pki = Pki::new();
    let suites = [
        (Suite::Aes128GcmSha256, rustls::CipherSuite::TLS13_AES_128_GCM_SHA256),
        (Suite::Aes256GcmSha384, rustls::CipherSuite::TLS13_AES_256_GCM_SHA384),
        (Suite::ChaCha20Poly1305Sha256, rustls::CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
    ];
    for ((suite, rustls_suite), len) in
        suites.into_iter().flat_map(|suites| SIZES.map(|len| (suites, len)))
    {
        let plaintext = vec![0x5a; len];
        let mut group = criterion.benchmark_group(format!("facade/{suite}/{len}"));
        group
            .throughput(Throughput::Bytes(u64::try_from(len * WRITES).expect("fits")))
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_millis(600))
            .sample_size(60);
        group.bench_function("chancery", |bencher| chancery(bencher, &pki, suite, &plaintext));
        let providers = [
            ("rustls+aws-lc-rs", rustls::crypto::aws_lc_rs::default_provider()),
            ("rustls+ring", rustls::crypto::ring::default_provider()),
        ];
        for (name, provider) in providers {
            let (client, server) = rustls_configs(&pki, provider, rustls_suite);
            group.bench_function(name, |bencher| {
                let (mut client, mut server) = rustls_pair(client.clone(), server.clone());
                let mut wire = Vec::with_capacity(WIRE_LEN);
                bencher.iter(|| {
                    for _ in 0..WRITES {
                        client.writer().write_all(&plaintext).expect("sealed");
                    }
                    let received = rustls_carry(&mut client, &mut server, &mut wire);
                    assert_eq!(received, WRITES * len);
                });
            });
        }
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let (client, server) = rustls_configs(&pki, provider, rustls_suite);
        group.bench_function("rustls+aws-lc-rs unbuffered", |bencher| {
            let (mut client, mut server) = unbuffered_pair(client.clone(), server.clone());
            let mut wire = vec![0; WIRE_LEN];
            bencher.iter(|| {
                let mut written = 0;
                for _ in 0..WRITES {
                    let room = wire.get_mut(written..).expect("room");
                    written += unbuffered_send(&mut client, &plaintext, room);
                }
                let wire = wire.get_mut(..written).expect("written");
                assert_eq!(unbuffered_receive(&mut server, wire), WRITES * len);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, bulk);
criterion_main!(benches);
