//! rustls at the other end, over real sockets: each direction, each suite, each group, with and
//! without a HelloRetryRequest, each kind of key, ALPN, client authentication.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

use chancery::{ClientAuthentication, ClientConfig, Identity, ServerConfig, Stream, Validator};
use chancery_handshake::{Group, Suite};
use chancery_ring::{
    KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, Secp256r1, Secp384r1, X25519,
};
use chancery_tests::{
    loopback,
    pki::{HOST, Pki, days_after},
};
use chancery_wire::NamedGroup;
use pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::{
    HandshakeKind, RootCertStore, StreamOwned,
    crypto::{CryptoProvider, SupportedKxGroup, ring as rustls_ring},
    server::WebPkiClientVerifier,
};

const X25519_GROUP: Group = Group::new(NamedGroup::X25519, &X25519);
const SECP256R1_GROUP: Group = Group::new(NamedGroup::SECP256R1, &Secp256r1);
const SECP384R1_GROUP: Group = Group::new(NamedGroup::SECP384R1, &Secp384r1);

/// What one connection shall be like.
struct Case {
    suite: Suite,
    /// The groups of ours, the first of which a client of ours sends a share of.
    ours: Vec<Group>,
    /// The groups of rustls, the first of which a client of rustls sends a share of.
    theirs: Vec<&'static dyn SupportedKxGroup>,
    /// The group that it shall come down to.
    group: NamedGroup,
    retried: bool,
    server_key: Pkcs8,
    client_key: Option<Pkcs8>,
    protocol: Option<&'static [u8]>,
}

impl Case {
    fn new() -> Self {
        Self {
            suite: Suite::Aes128GcmSha256,
            ours: vec![X25519_GROUP],
            theirs: vec![rustls_ring::kx_group::X25519],
            group: NamedGroup::X25519,
            retried: false,
            server_key: Pkcs8::generate(KeyType::EcdsaP256).unwrap(),
            client_key: None,
            protocol: None,
        }
    }

    fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = rustls_ring::default_provider();
        provider
            .cipher_suites
            .retain(|suite| u16::from(suite.suite()) == self.suite.cipher_suite().0);
        assert_eq!(provider.cipher_suites.len(), 1);
        provider.kx_groups.clone_from(&self.theirs);
        provider.into()
    }
}

/// A PKI of yesterday: the clock of rustls is the system's.
fn pki() -> Pki {
    Pki::new(1, days_after(UnixTime::now(), -1))
}

fn key(pkcs8: &Pkcs8) -> PrivateKey {
    PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap()
}

fn rustls_key(pkcs8: &Pkcs8) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(pkcs8.as_der().to_vec()).into()
}

fn roots(pki: &Pki) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(pki.root().clone()).unwrap();
    roots.into()
}

/// Bytes that are no record's size and no record's multiple, and nowhere the same.
fn data() -> Vec<u8> {
    (0u32..30_000).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_be_bytes()).collect()
}

/// Reads everything until `close_notify`, and sends it back.
fn echo(stream: &mut (impl Read + Write)) {
    let mut received = vec![];
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received, data());
    stream.write_all(&received).unwrap();
    stream.flush().unwrap();
}

/// Our client, their server.
fn client_of_ours(case: Case) {
    let pki = pki();
    let now = UnixTime::now();
    let chain = pki.server_chain(&key(&case.server_key), HOST, now);
    let builder = rustls::ServerConfig::builder_with_provider(case.provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap();
    let builder = match &case.client_key {
        None => builder.with_no_client_auth(),
        Some(_) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(roots(&pki), case.provider())
                .build()
                .unwrap(),
        ),
    };
    let mut theirs = builder.with_single_cert(chain, rustls_key(&case.server_key)).unwrap();
    theirs.alpn_protocols = case.protocol.map(<[u8]>::to_vec).into_iter().collect();
    let theirs = Arc::new(theirs);

    let mut ours = ClientConfig::new(pki.anchors());
    let handshake = Arc::make_mut(&mut ours.handshake);
    handshake.suites = vec![case.suite];
    handshake.groups.clone_from(&case.ours);
    handshake.key_shares = vec![case.ours[0].name()];
    handshake.application_protocols = [b"other"]
        .into_iter()
        .map(|other| other.to_vec())
        .chain(case.protocol.map(<[u8]>::to_vec))
        .filter(|_| case.protocol.is_some())
        .collect();
    ours.identity = case.client_key.as_ref().map(|pkcs8| pki.client_with(key(pkcs8), HOST, now));

    let (socket, server) = loopback::connect(move |socket| {
        let connection = rustls::ServerConnection::new(theirs).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        echo(&mut stream);
        stream.conn.send_close_notify();
        stream.conn.complete_io(&mut stream.sock).unwrap();
        stream.conn
    });
    let mut stream = Stream::connect(ours.into(), HOST.try_into().unwrap(), socket).unwrap();
    exchange(&mut stream);
    let theirs = server.join().unwrap();

    check(&case, stream.connection());
    check_rustls(&case, &theirs);
    let path = stream.connection().peer().unwrap();
    assert_eq!(path.leaf(), pki.server_chain(&key(&case.server_key), HOST, now)[0].as_ref());
    let presented = theirs.peer_certificates().map(<[_]>::len);
    assert_eq!(presented, case.client_key.map(|_| 2));
}

/// Their client, our server.
fn server_of_ours(case: Case) {
    let pki = pki();
    let now = UnixTime::now();
    let identity: Identity = pki.server_with(key(&case.server_key), HOST, now);
    let mut ours = ServerConfig::new(identity);
    let handshake = Arc::make_mut(&mut ours.handshake);
    handshake.suites = vec![case.suite];
    handshake.groups.clone_from(&case.ours);
    ours.application_protocols = case.protocol.map(<[u8]>::to_vec).into_iter().collect();
    if case.client_key.is_some() {
        ours.client_authentication = ClientAuthentication::Required { authorities: vec![] };
        let trust = Validator::new(pki.anchors(), SIGNATURE_VERIFICATION_ALGORITHMS);
        ours.client_trust = Some(trust.into());
    }
    let ours = Arc::new(ours);

    let builder = rustls::ClientConfig::builder_with_provider(case.provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots(&pki));
    let mut theirs = match &case.client_key {
        None => builder.with_no_client_auth(),
        Some(pkcs8) => {
            let chain = pki.client_chain(&key(pkcs8), HOST, now);
            builder.with_client_auth_cert(chain, rustls_key(pkcs8)).unwrap()
        }
    };
    theirs.alpn_protocols = case.protocol.map(<[u8]>::to_vec).into_iter().collect();

    let (socket, server) = loopback::connect(move |socket| {
        let mut stream = Stream::accept(ours, socket).unwrap();
        echo(&mut stream);
        stream.close().unwrap();
        stream
    });
    let connection =
        rustls::ClientConnection::new(theirs.into(), HOST.try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    stream.write_all(&data()).unwrap();
    stream.conn.send_close_notify();
    stream.flush().unwrap();
    let mut received = vec![];
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received, data());
    let ours = server.join().unwrap();

    check(&case, ours.connection());
    check_rustls(&case, &stream.conn);
    assert_eq!(ours.connection().negotiated().unwrap().server_name(), Some(HOST));
    assert_eq!(ours.connection().peer().is_some(), case.client_key.is_some());
}

fn exchange(stream: &mut Stream<TcpStream>) {
    stream.write_all(&data()).unwrap();
    stream.close().unwrap();
    let mut received = vec![];
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received, data());
}

fn check(case: &Case, connection: &chancery::Connection) {
    let negotiated = connection.negotiated().unwrap();
    assert_eq!(negotiated.suite(), case.suite);
    assert_eq!(negotiated.group(), case.group);
    assert_eq!(negotiated.is_retried(), case.retried);
    assert!(!negotiated.is_resumed());
    assert_eq!(negotiated.application_protocol(), case.protocol);
    assert!(connection.is_closed_by_peer());
}

fn check_rustls<D>(case: &Case, connection: &rustls::ConnectionCommon<D>) {
    let suite = connection.negotiated_cipher_suite().unwrap().suite();
    assert_eq!(u16::from(suite), case.suite.cipher_suite().0);
    let group = connection.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(u16::from(group), case.group.0);
    let kind = match case.retried {
        false => HandshakeKind::Full,
        true => HandshakeKind::FullWithHelloRetryRequest,
    };
    assert_eq!(connection.handshake_kind(), Some(kind));
    assert_eq!(connection.alpn_protocol(), case.protocol);
}

/// Both directions of what `change` makes of the plainest case.
fn both(change: impl Fn(&mut Case)) {
    for run in [client_of_ours, server_of_ours] {
        let mut case = Case::new();
        change(&mut case);
        run(case);
    }
}

#[test]
fn each_suite_with_each_group() {
    let groups: [(Group, &'static dyn SupportedKxGroup); 3] = [
        (X25519_GROUP, rustls_ring::kx_group::X25519),
        (SECP256R1_GROUP, rustls_ring::kx_group::SECP256R1),
        (SECP384R1_GROUP, rustls_ring::kx_group::SECP384R1),
    ];
    for suite in Suite::ALL {
        for (ours, theirs) in groups {
            both(|case| {
                case.suite = suite;
                case.ours = vec![ours];
                case.theirs = vec![theirs];
                case.group = ours.name();
            });
        }
    }
}

/// RFC 8446 §4.1.4: the client's share is of a group that the server does not have.
#[test]
fn hello_retry_request() {
    for suite in Suite::ALL {
        for (to_x25519, group) in [(true, NamedGroup::X25519), (false, NamedGroup::SECP256R1)] {
            let ours = [X25519_GROUP, SECP256R1_GROUP];
            let theirs = [rustls_ring::kx_group::X25519, rustls_ring::kx_group::SECP256R1];
            let (last, first) = if to_x25519 { (0, 1) } else { (1, 0) };
            let mut case = Case::new();
            (case.suite, case.group, case.retried) = (suite, group, true);
            (case.ours, case.theirs) = (vec![ours[first], ours[last]], vec![theirs[last]]);
            client_of_ours(case);
            let mut case = Case::new();
            (case.suite, case.group, case.retried) = (suite, group, true);
            (case.ours, case.theirs) = (vec![ours[last]], vec![theirs[first], theirs[last]]);
            server_of_ours(case);
        }
    }
}

#[test]
fn each_kind_of_key() {
    for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::Ed25519] {
        both(|case| {
            case.server_key = Pkcs8::generate(key_type).unwrap();
            case.client_key = Some(Pkcs8::generate(key_type).unwrap());
        });
    }
}

/// `rsa_pss_rsae_*` (RFC 8446 §4.2.3).
#[test]
fn rsa_keys() {
    let pkcs8 = || Pkcs8::generate_rsa(2048).unwrap();
    both(|case| {
        case.server_key = pkcs8();
        case.client_key = Some(pkcs8());
    });
}

#[test]
fn application_protocol() {
    both(|case| case.protocol = Some(b"echo"));
}
