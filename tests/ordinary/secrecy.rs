//! Nothing that holds a secret prints it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use core::fmt::Debug;
use std::sync::{Arc, Mutex};

use chancery::{Client, ClientConfig, ExternalPsk, KeyLog, Server, ServerConfig, Stream};
use chancery_aead::{AeadKey, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, Kernel, Key};
use chancery_crypto::{AeadAlgorithm, HashAlgorithm, Hmac as _, KeyExchange, Secret, SigningKey};
use chancery_handshake::{
    AcceptedPsk, Choice, Credentials, Epoch, Event, KeyLog as LoggedSecret, OfferedPsk, Operation,
    Session,
};
use chancery_key_schedule::{
    Early, LabelSet, PskKind, QuicInitial, QuicVersion, Tls12MasterSecret, Tls12Randoms,
    TrafficSecret, Transcript,
};
use chancery_record::{ContentType, Opener, Sealer};
use chancery_ring::{Hash, Hmac, KeyType, Pkcs8, PrivateKey, Secp256r1, X25519, X25519MlKem768};
use chancery_tests::{
    connection::Conversation,
    pair::Configuration,
    pki::{HOST, NOW, Pki, ed25519},
    random::Repeatable,
};
use chancery_x509::PrivateKeyInfo;

/// The byte that secrets of these tests are made of: 167, a7, \xa7.
const SECRET: [u8; 32] = [0xa7; 32];

/// That neither form of `Debug` shows four bytes in a row of `secret`, in decimal or hexadecimal.
#[track_caller]
fn hides(value: &(impl Debug + ?Sized), secret: &[u8]) {
    for printed in [format!("{value:?}"), format!("{value:#?}")] {
        let condensed: String =
            printed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        for run in secret.windows(4) {
            let decimal: Vec<String> = run.iter().map(u8::to_string).collect();
            let hex: Vec<String> = run.iter().map(|byte| format!("{byte:02x}")).collect();
            let prefixed: Vec<String> = hex.iter().map(|byte| format!("0x{byte}")).collect();
            for shown in
                [decimal.join(","), hex.concat(), hex.join(":"), hex.join(","), prefixed.join(",")]
            {
                assert!(!condensed.contains(&shown), "{shown} is in {printed}");
            }
        }
        assert!(!printed.is_empty());
    }
}

/// That the check above can fail.
#[test]
fn the_check_notices() {
    let shows = |value: &(dyn Debug + Sync)| {
        std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| hides(value, &SECRET))).is_err()
    };
    assert!(shows(&SECRET));
    assert!(shows(&SECRET.to_vec()));
    assert!(shows(&format_args!("{:02x?}", SECRET).to_string()));
    assert!(shows(&"A7A7A7A7"));
    assert!(!shows(&Secret::from(SECRET)));
}

#[test]
fn secrets_and_keys() {
    hides(&Secret::from(SECRET), &SECRET);
    for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::Ed25519] {
        let pkcs8 = Pkcs8::generate(key_type).unwrap();
        hides(&pkcs8, pkcs8.as_der());
        hides(&PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap(), pkcs8.as_der());
    }
    hides(&ed25519(0xa7), &SECRET);
    let key: Arc<dyn SigningKey> = Arc::new(ed25519(0xa7));
    hides(&key, &SECRET);
    hides(&Hmac::new(HashAlgorithm::Sha256, &SECRET), &SECRET);

    // What is inside these cannot be known here; nothing of it is printed at all.
    let random = &mut Repeatable::new(1);
    let printed = [
        format!("{:?}", X25519.generate(random).unwrap().0),
        format!("{:?}", Secp256r1.generate(random).unwrap().0),
        format!("{:?}", X25519MlKem768.generate(random).unwrap().0),
    ];
    for printed in printed {
        assert!(printed.ends_with("([..])"), "{printed}");
        assert!(printed.len() < 40, "{printed}");
    }
}

#[test]
fn record_keys() {
    let algorithms =
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305];
    for algorithm in algorithms {
        let key = || Key::new(algorithm, &SECRET[..algorithm.key_len()]).unwrap();
        hides(&key(), &SECRET);
        hides(&Sealer::new(key(), [0xa7; 12]), &SECRET);
        hides(&Opener::new(key(), [0xa7; 12]), &SECRET);
        let mut sealer = Sealer::new(key(), [0xa7; 12]);
        let range = sealer.reserve(ContentType::ApplicationData, 2).unwrap();
        hides(&range, &SECRET);
        hides(&range.job(1).unwrap(), &SECRET);
    }
    for kernel in Kernel::available(AeadAlgorithm::Aes128Gcm) {
        hides(&Aes128Gcm::with_kernel(kernel, &SECRET[..16]).unwrap(), &SECRET);
    }
    for kernel in Kernel::available(AeadAlgorithm::Aes256Gcm) {
        hides(&Aes256Gcm::with_kernel(kernel, &SECRET).unwrap(), &SECRET);
    }
    for kernel in Kernel::available(AeadAlgorithm::ChaCha20Poly1305) {
        hides(&ChaCha20Poly1305::with_kernel(kernel, &SECRET).unwrap(), &SECRET);
    }
}

#[test]
fn the_key_schedule() {
    let algorithm = HashAlgorithm::Sha256;
    let hash = Transcript::<Hash>::new(algorithm).hash();
    let traffic =
        TrafficSecret::<Hash>::dangerous_from_slice(algorithm, LabelSet::Tls13, &SECRET).unwrap();
    hides(&traffic, &SECRET);
    let keys = traffic.keys(AeadAlgorithm::Aes256Gcm);
    hides(&keys, keys.key());
    hides(&keys, &keys.iv());

    let early = Early::<Hash>::with_psk(algorithm, LabelSet::Tls13, &SECRET);
    hides(&early, &SECRET);
    // Every stage prints the same whatever it holds.
    let other = Early::<Hash>::with_psk(algorithm, LabelSet::Tls13, &[1; 32]);
    assert_eq!(format!("{early:?}"), format!("{other:?}"));
    let binders = [early.binder_key(PskKind::External), other.binder_key(PskKind::External)];
    assert_eq!(format!("{:?}", binders[0]), format!("{:?}", binders[1]));
    let (early, other) = (early.into_handshake(&SECRET), other.into_handshake(&[2; 32]));
    assert_eq!(format!("{early:?}"), format!("{other:?}"));
    let (ours, others) = (early.client_traffic(&hash), other.client_traffic(&hash));
    assert_ne!(ours.dangerous_as_bytes(), others.dangerous_as_bytes());
    assert_eq!(format!("{ours:?}"), format!("{others:?}"));
    let (early, other) = (early.into_master(), other.into_master());
    assert_eq!(format!("{early:?}"), format!("{other:?}"));
    let exporters = [early.exporter(&hash), other.exporter(&hash)];
    hides(&exporters[0], exporters[0].dangerous_as_bytes());
    assert_eq!(format!("{:?}", exporters[0]), format!("{:?}", exporters[1]));
    let resumption = [early.resumption(&hash), other.resumption(&hash)];
    assert_eq!(format!("{:?}", resumption[0]), format!("{:?}", resumption[1]));

    let quic = QuicInitial::<Hash>::new(QuicVersion::V1, &[7; 8]);
    hides(&quic, quic.client().dangerous_as_bytes());
    let randoms = Tls12Randoms { client: [1; 32], server: [2; 32] };
    let tls12 = Tls12MasterSecret::<Hash>::without_extension(algorithm, &SECRET, &randoms);
    hides(&tls12, tls12.dangerous_as_bytes());
    let block = tls12.key_block(AeadAlgorithm::Aes256Gcm, &randoms);
    hides(&block, block.client_key());
    hides(&block, block.server_key());
}

#[test]
fn pre_shared_keys() {
    let psk = AcceptedPsk::external(&SECRET, HashAlgorithm::Sha256);
    hides(&psk, &SECRET);
    hides(&OfferedPsk::external(b"name", &SECRET, HashAlgorithm::Sha256), &SECRET);
    hides(&Choice::by_psk(b"name", psk), &SECRET);
    let psk = ExternalPsk::imported(b"name", b"", &SECRET, HashAlgorithm::Sha256).unwrap();
    hides(&psk, &SECRET);
    hides(&ClientConfig::by_psk(psk.clone()), &SECRET);
    hides(&ServerConfig::by_psk(vec![psk]), &SECRET);
    // As `Session::encode` writes it: a version, the suite, the key, no protocol, no name.
    let encoded = [&[1, 0x13, 0x01, 0, 32][..], &SECRET, &[0; 4]].concat();
    let session = Session::decode(&encoded).unwrap();
    hides(&session, &SECRET);
    hides(&session.psk(), &SECRET);
}

/// Private keys that are parsed borrow the bytes of the file, and show none of them.
#[test]
fn private_key_files() {
    let keys = [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::Ed25519]
        .map(|key_type| Pkcs8::generate(key_type).unwrap());
    for pkcs8 in keys.into_iter().chain([Pkcs8::generate_rsa(2048).unwrap()]) {
        let parsed = PrivateKeyInfo::parse(pkcs8.as_der()).unwrap();
        hides(&parsed, parsed.private_key());
        hides(parsed.key(), parsed.private_key());
    }
}

/// Keeps every secret of a connection, as a key log may.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Vec<u8>>>);

impl KeyLog for Kept {
    fn log(&self, secret: &LoggedSecret) {
        hides(secret, secret.secret.as_bytes());
        self.0.lock().unwrap().push(secret.secret.as_bytes().to_vec());
    }
}

#[test]
fn connections() {
    let kept = Arc::new(Kept::default());
    let mut configuration = Configuration::repeatable();
    let log: Arc<dyn KeyLog> = Arc::<Kept>::clone(&kept);
    Arc::make_mut(&mut configuration.client).key_log = Some(Arc::clone(&log));
    Arc::make_mut(&mut configuration.server).key_log = Some(log);
    let talk = Conversation::hold(&configuration, |_, _, _| ());
    assert!(talk.is_complete());
    let secrets = kept.0.lock().unwrap();
    // Two handshake secrets, two application secrets and an exporter secret of each end.
    assert!(secrets.len() >= 10, "{}", secrets.len());
    for secret in secrets.iter() {
        hides(&talk.client.connection, secret);
        hides(&talk.server.connection, secret);
    }
}

#[test]
fn configurations_and_streams() {
    let pki = Pki::new(0xa7, NOW);
    hides(&pki, &SECRET);
    // Under another authority: none certifies its own key for a server.
    let pki = Pki::new(1, NOW);
    let identity = pki.server_with(ed25519(0xa7), HOST, NOW);
    hides(&identity, &SECRET);
    let mut configuration = Configuration::repeatable();
    Arc::make_mut(&mut configuration.client).identity = Some(identity.clone());
    Arc::make_mut(&mut configuration.server).identities = vec![identity];
    hides(&configuration, &SECRET);
    let random = || Repeatable::new(5);
    let name = HOST.try_into().unwrap();
    let client = Client::start(Arc::clone(&configuration.client), name, NOW, random()).unwrap();
    hides(&client, &SECRET);
    hides(&Stream::new(client, std::io::empty()), &SECRET);
    let server = Server::start(Arc::clone(&configuration.server), NOW, random()).unwrap();
    hides(&server, &SECRET);
}

/// The machines, and the events that carry secrets.
#[test]
fn handshakes() {
    let configuration = Configuration::repeatable();
    let random = &mut Repeatable::new(6);
    let name = HOST.try_into().unwrap();
    let config = Arc::clone(&configuration.client.handshake);
    let mut client = chancery_handshake::Client::<Hash>::start(config, name, random).unwrap();
    let config = Arc::clone(&configuration.server.handshake);
    let mut server = chancery_handshake::Server::<Hash>::start(config).unwrap();
    assert_eq!(format!("{client:?} {server:?}"), "Client(WaitServerHello) Server(Start)");
    while let Some(event) = client.poll() {
        if let Event::Send { bytes, .. } = event {
            server.receive(Epoch::Plaintext, &bytes, random).unwrap();
        }
    }
    let identity = &configuration.server.identities[0];
    let (mut keys, mut logged) = (0, 0);
    while let Some(event) = server.poll() {
        match &event {
            Event::SendKey(change) | Event::ReceiveKey(change) => {
                keys += 1;
                hides(&event, change.secret.dangerous_as_bytes());
            }
            Event::KeyLog(secret) => {
                logged += 1;
                hides(&event, secret.secret.as_bytes());
            }
            Event::Suspended(Operation::ChooseConfiguration(operation)) => {
                let algorithms = identity.key().algorithms();
                let credentials = Credentials::new(identity.chain().to_vec(), algorithms);
                let choice = Choice::new(credentials);
                server.resume(operation.choose(choice), random).unwrap();
            }
            Event::Suspended(Operation::Sign(operation)) => {
                let mut signature = [0; 64];
                let key = identity.key();
                key.sign(operation.algorithm(), operation.message(), &mut signature).unwrap();
                server.resume(operation.signature(&signature), random).unwrap();
            }
            _ => {}
        }
    }
    assert!(keys >= 3 && logged >= 4, "{keys} {logged}");
}
