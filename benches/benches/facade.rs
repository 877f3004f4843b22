//! Whole connections in memory: 16 KiB writes at the client, plaintext at the server.
//!
//! Each library is used as its documentation has it, with buffers that live as long as the
//! connection. One iteration seals and opens the same bytes, so the ratio counts both directions.

use std::io::{Read, Write};
use std::sync::Arc;

use chancery::handshake::Suite;
use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery::{
    Client, ClientConfig, Connection, Identity, Server, ServerConfig, SystemRandom, TrustAnchors,
};
use chancery_issue::{CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};

/// One write; as many bytes as a full record.
const WRITE: usize = 16 << 10;

/// How many writes an iteration makes.
const WRITES: usize = 16;

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

fn rustls_pair(
    pki: &Pki,
    provider: rustls::crypto::CryptoProvider,
    suite: rustls::CipherSuite,
) -> (rustls::ClientConnection, rustls::ServerConnection) {
    let mut provider = provider;
    provider.cipher_suites.retain(|known| known.suite() == suite);
    let provider = Arc::new(provider);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pki.root.clone()).expect("root");
    let config = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(NAME).expect("name");
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("client");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pki.key.as_der().to_vec()));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(pki.chain.clone(), key)
        .expect("certificate");
    let mut server = rustls::ServerConnection::new(Arc::new(config)).expect("server");
    let mut bytes = Vec::new();
    while client.is_handshaking() || server.is_handshaking() {
        bytes.clear();
        while client.wants_write() {
            client.write_tls(&mut bytes).expect("write");
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest).expect("read");
            server.process_new_packets().expect("packets");
        }
        bytes.clear();
        while server.wants_write() {
            server.write_tls(&mut bytes).expect("write");
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).expect("read");
            client.process_new_packets().expect("packets");
        }
    }
    (client, server)
}

fn bulk(criterion: &mut Criterion) {
    let pki = Pki::new();
    let plaintext = vec![0x5a; WRITE];
    let suites = [
        (Suite::Aes128GcmSha256, rustls::CipherSuite::TLS13_AES_128_GCM_SHA256),
        (Suite::Aes256GcmSha384, rustls::CipherSuite::TLS13_AES_256_GCM_SHA384),
        (Suite::ChaCha20Poly1305Sha256, rustls::CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
    ];
    for (suite, rustls_suite) in suites {
        let mut group = criterion.benchmark_group(format!("facade/{suite}/16384"));
        group.throughput(Throughput::Bytes(u64::try_from(WRITE * WRITES).expect("fits")));
        group.bench_function("chancery", |bencher| {
            let (mut client, mut server) = chancery_pair(&pki, suite);
            let mut wire = vec![0; 1 << 16];
            bencher.iter(|| {
                let mut received = 0;
                for _ in 0..WRITES {
                    let sent = client.send(&plaintext, &mut wire).expect("sealed");
                    assert_eq!(sent.consumed, WRITE);
                    let record = wire.get_mut(..sent.written).expect("record");
                    let opened = server.receive(record).expect("opened").expect("whole");
                    received += opened.plaintext.len();
                }
                assert_eq!(received, WRITE * WRITES);
            });
        });
        let providers = [
            ("rustls+aws-lc-rs", rustls::crypto::aws_lc_rs::default_provider()),
            ("rustls+ring", rustls::crypto::ring::default_provider()),
        ];
        for (name, provider) in providers {
            group.bench_function(name, |bencher| {
                let (mut client, mut server) = rustls_pair(&pki, provider.clone(), rustls_suite);
                let (mut wire, mut out) = (Vec::with_capacity(1 << 16), vec![0; WRITE]);
                bencher.iter(|| {
                    for _ in 0..WRITES {
                        client.writer().write_all(&plaintext).expect("sealed");
                        wire.clear();
                        while client.wants_write() {
                            client.write_tls(&mut wire).expect("write");
                        }
                        let mut rest = wire.as_slice();
                        let mut received = 0;
                        while !rest.is_empty() {
                            server.read_tls(&mut rest).expect("read");
                            server.process_new_packets().expect("opened");
                        }
                        while received < WRITE {
                            let room = out.get_mut(received..).expect("room");
                            received += server.reader().read(room).expect("plaintext");
                        }
                    }
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bulk);
criterion_main!(benches);
