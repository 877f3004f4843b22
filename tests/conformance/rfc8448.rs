//! The key schedule and the records of RFC 8448's handshakes, and of two of Botan's in the same form:
//! from the private keys of the traces, each record comes out byte for byte, each Finished and binder
//! is the trace's, and each record opens.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use chancery_aead::{AeadAlgorithm, AeadKey as _, Key};
use chancery_crypto::HashAlgorithm::Sha256;
use chancery_key_schedule::{
    Early, KeyScheduleError, LabelSet::Tls13, PskKind, Transcript, TranscriptHash,
};
use chancery_record::{
    CHANGE_CIPHER_SPEC, ContentType, Deframed, LegacyVersion, Opener, Sealer, deframe,
    write_plaintext,
};
use chancery_ring::Hash;
use chancery_tests::data;

type TrafficSecret = chancery_key_schedule::TrafficSecret<Hash>;

const HANDSHAKE: ContentType = ContentType::Handshake;
const DATA: ContentType = ContentType::ApplicationData;

/// `close_notify`, as every trace ends.
const CLOSE_NOTIFY: [u8; 2] = [1, 0];

#[test]
fn simple_1_rtt_handshake() {
    // RFC 8448 §3
    let trace = Trace::load("Simple_1RTT_Handshake");
    let shared = trace.x25519(32);
    let mut master = trace.handshake(Early::without_psk(Sha256, Tls13), &shared);
    let mut ticket = Protected::new(&trace.get("Record_NewSessionTicket"));
    let content = ticket.open(&mut master.server, HANDSHAKE);
    assert!(ticket.is_empty());
    assert!(contains(&content, &trace.get("SessionTicket")));
    master.data_and_close(&trace, 1);
}

#[test]
fn resumed_0_rtt_handshake() {
    // RFC 8448 §4: the PSK is that of the ticket in §3.
    let first = Trace::load("Simple_1RTT_Handshake");
    let early = Early::without_psk(Sha256, Tls13);
    let psk = first.handshake(early, &first.x25519(32)).ticket_psk(&[0, 0]);
    let trace = Trace::load("Resumed_0RTT_Handshake");
    assert!(contains(&trace.get("Client_SessionData"), psk.as_bytes()), "the trace's own PSK");

    let early = || Early::<Hash>::with_psk(Sha256, Tls13, psk.as_bytes());
    let client_hello = trace.client_hello();
    check_binder(&early(), PskKind::Resumption, &client_hello);

    let mut transcript = Transcript::<Hash>::new(Sha256);
    transcript.update(&client_hello);
    let mut early_data = Direction::new(&early().client_traffic(&transcript.hash()));
    let mut records = Protected::new(&trace.get("Record_Client_EarlyAppData"));
    assert_eq!(records.open(&mut early_data, DATA), trace.get("Client_EarlyAppData"));
    // EndOfEarlyData is under the early secret still, the Finished after it is not.
    let mut records = Protected::new(&trace.get("Record_ClientFinished"));
    let end_of_early_data = records.open(&mut early_data, HANDSHAKE);
    assert_eq!(end_of_early_data, [5, 0, 0, 0]);
    let mut master = trace.handshake_after(early(), &trace.x25519(32), &end_of_early_data, records);
    master.data_and_close(&trace, 0);
}

#[test]
fn hello_retry_request() {
    // RFC 8448 §5
    let trace = Trace::load("HelloRetryRequest_Handshake");
    let shared = trace.p256();
    let mut master = trace.handshake(Early::without_psk(Sha256, Tls13), &shared);
    master.data_and_close(&trace, 0);
}

#[test]
fn client_authentication() {
    // RFC 8448 §6
    let trace = Trace::load("Client_Authentication_Handshake");
    let mut master = trace.handshake(Early::without_psk(Sha256, Tls13), &trace.x25519(32));
    master.data_and_close(&trace, 0);
}

#[test]
fn compatibility_mode() {
    // RFC 8448 §7: change_cipher_spec before each side's flight.
    let trace = Trace::load("Middlebox_Compatibility_Mode");
    let mut master = trace.handshake(Early::without_psk(Sha256, Tls13), &trace.x25519(64));
    master.data_and_close(&trace, 0);
}

#[test]
fn external_psk_with_ephemeral_key() {
    let trace = Trace::load("Externally_Provided_PSK_with_Ephemeral_Key");
    let early = || Early::<Hash>::with_psk(Sha256, Tls13, &trace.get("PskSecret"));
    check_binder(&early(), PskKind::External, &trace.client_hello());
    let mut master = trace.handshake(early(), &trace.x25519(32));
    master.data_and_close(&trace, 0);
}

#[test]
fn raw_public_key_with_client_authentication() {
    let trace = Trace::load("RawPublicKey_With_Client_Authentication");
    let mut master = trace.handshake(Early::without_psk(Sha256, Tls13), &trace.x25519(32));
    master.data_and_close(&trace, 0);
}

#[test]
fn every_handshake_of_the_file_has_a_test() {
    let names: Vec<_> =
        file().lines().filter_map(|line| line.strip_prefix('[').map(str::to_owned)).collect();
    assert_eq!(names.len(), 7);
}

/// The binder at the end of `client_hello`, the only one, with another kind and another byte refused.
fn check_binder(early: &Early<Hash>, kind: PskKind, client_hello: &[u8]) {
    // Length of the list, length of the binder, binder.
    let binders_len = 2 + 1 + 32;
    let truncated =
        Transcript::<Hash>::new(Sha256).hash_truncated(client_hello, binders_len).unwrap();
    let mut binder = client_hello[client_hello.len() - 32..].to_vec();
    assert_eq!(early.binder_key(kind).check(&truncated, &binder), Ok(()));
    let other = early.binder_key(PskKind::Imported).check(&truncated, &binder);
    assert_eq!(other, Err(KeyScheduleError::VerifyDataMismatch));
    binder[31] ^= 1;
    let altered = early.binder_key(kind).check(&truncated, &binder);
    assert_eq!(altered, Err(KeyScheduleError::VerifyDataMismatch));
}

/// One section of the file.
struct Trace(BTreeMap<String, Vec<u8>>);

fn file() -> String {
    data::read_to_string(
        "rfc8448/transcripts.vec",
        "the traces of RFC 8448 as Botan's src/tests/data/tls_13_rfc8448/transcripts.vec has them",
    )
}

impl Trace {
    fn load(name: &str) -> Self {
        let text = file();
        let section = text
            .split_once(&format!("[{name}]"))
            .map(|(_, after)| after.split("\n[").next().unwrap_or(after))
            .unwrap_or_else(|| panic!("{name} is not in the file"));
        // A few values are text or decimal; those in hexadecimal are what is asked for.
        let is_hex = |value: &str| {
            value.chars().all(|c| c.is_ascii_hexdigit() || c == ' ')
                && value.replace(' ', "").len().is_multiple_of(2)
        };
        let values = section
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(_, value)| is_hex(value))
            .map(|(name, value)| (name.trim().to_owned(), data::hex(value)))
            .collect();
        Self(values)
    }

    fn get(&self, name: &str) -> Vec<u8> {
        self.find(name).unwrap_or_else(|| panic!("the trace has no {name}"))
    }

    fn find(&self, name: &str) -> Option<Vec<u8>> {
        self.0.get(name).cloned()
    }

    /// The first ClientHello: its record is not protected.
    fn client_hello(&self) -> Vec<u8> {
        self.unprotected("Record_ClientHello_1", LegacyVersion::Tls10)
    }

    /// The message in a record that is not protected, which has to come out again.
    fn unprotected(&self, name: &str, version: LegacyVersion) -> Vec<u8> {
        let mut bytes = self.get(name);
        let sent = bytes.clone();
        let Ok(Deframed::Record(record, [])) = deframe(&mut bytes) else { panic!("{name}") };
        let message = record.into_plaintext().unwrap().into_plaintext().to_vec();
        let mut written = vec![0; sent.len()];
        write_plaintext(HANDSHAKE, version, &message, &mut written).unwrap();
        assert!(written == sent, "{name}");
        message
    }

    /// The X25519 secret; the client's private key begins at `client_at` in its randomness, the
    /// server's after its hello's random.
    fn x25519(&self, client_at: usize) -> Vec<u8> {
        let key =
            |name: &str, at: usize| -> [u8; 32] { self.get(name)[at..at + 32].try_into().unwrap() };
        let public = |private| x25519_dalek::x25519(private, x25519_dalek::X25519_BASEPOINT_BYTES);
        let client = key("Client_RNG_Pool", client_at);
        let server = key("Server_RNG_Pool", 32);
        assert!(contains(&self.get("Record_ClientHello_1"), &public(client)));
        assert!(contains(&self.get("Record_ServerHello"), &public(server)));
        let shared = x25519_dalek::x25519(client, public(server));
        assert_eq!(shared, x25519_dalek::x25519(server, public(client)));
        shared.to_vec()
    }

    /// The P-256 secret of the handshake that was retried.
    fn p256(&self) -> Vec<u8> {
        use p256::elliptic_curve::sec1::ToSec1Point as _;
        let client = p256::SecretKey::from_slice(&self.get("Client_RNG_Pool")[64..96]).unwrap();
        let server = p256::SecretKey::from_slice(&self.get("Server_RNG_Pool")[32..64]).unwrap();
        let client_share = client.public_key().to_sec1_point(false);
        assert!(contains(&self.get("Record_ClientHello_2"), client_share.as_bytes()));
        let server_share = server.public_key().to_sec1_point(false);
        assert!(contains(&self.get("Record_ServerHello"), server_share.as_bytes()));
        p256::ecdh::diffie_hellman(client.to_nonzero_scalar(), server.public_key().as_affine())
            .raw_secret_bytes()
            .to_vec()
    }

    fn handshake(&self, early: Early<Hash>, shared: &[u8]) -> Finished {
        let flight = Protected::new(&self.get("Record_ClientFinished"));
        self.handshake_after(early, shared, &[], flight)
    }

    /// Everything up to the client's Finished. `before_client` are the client's messages that come
    /// before those in `client_flight`.
    fn handshake_after(
        &self,
        early: Early<Hash>,
        shared: &[u8],
        before_client: &[u8],
        mut client_flight: Protected,
    ) -> Finished {
        let mut transcript = Transcript::<Hash>::new(Sha256);
        transcript.update(&self.client_hello());
        if self.find("Record_HelloRetryRequest").is_some() {
            transcript = transcript.into_message_hash();
            transcript.update(&self.unprotected("Record_HelloRetryRequest", LegacyVersion::Tls12));
            transcript.update(&self.unprotected("Record_ClientHello_2", LegacyVersion::Tls12));
        }
        let server_hello = self.unprotected("Record_ServerHello", LegacyVersion::Tls12);
        assert_eq!(server_hello, self.get("Message_ServerHello"));
        transcript.update(&server_hello);

        let handshake = early.into_handshake(shared);
        let server_secret = handshake.server_traffic(&transcript.hash());
        let client_secret = handshake.client_traffic(&transcript.hash());
        let (mut server, mut client) =
            (Direction::new(&server_secret), Direction::new(&client_secret));

        // The server's flight: one record, after a change_cipher_spec if there is one.
        let extensions = self.get("Message_EncryptedExtensions");
        let (flight, after_flight) = self.server_flight(&transcript, &server_secret, &extensions);
        let mut records = Protected::new(&self.get("Record_ServerHandshakeMessages"));
        assert!(records.open(&mut server, HANDSHAKE) == flight);
        assert!(records.is_empty());
        // In §4, Botan's record and its EncryptedExtensions leave the server name out; the Finished of
        // both sides and all that follows are those of the RFC, where it stands.
        let (flight, after_flight) = if self.find("Client_EarlyAppData").is_some() {
            let (flight, _) = extensions.split_at(extensions.len() - 4);
            let mut extensions = [flight, &[0, 0, 0, 0], &[0, 0x2a, 0, 0]].concat();
            extensions[3] += 4;
            extensions[5] += 4;
            self.server_flight(&transcript, &server_secret, &extensions)
        } else {
            (flight, after_flight)
        };
        assert!(flight.ends_with(&self.get("Message_Server_Finished")));
        transcript = after_flight;

        let master = handshake.into_master();
        let at_finished = transcript.hash();

        // The client's flight: its certificate, if it has one, is in the record only.
        transcript.update(before_client);
        let content = client_flight.open(&mut client, HANDSHAKE);
        assert!(client_flight.is_empty());
        let (before, client_finished) = content.split_at(content.len() - 36);
        let messages = split_messages(before);
        for message in &messages {
            if message[0] == 15 {
                self.check_signed("Client_MessageToSign", &transcript.hash());
            }
            transcript.update(message);
        }
        assert_eq!(messages.len(), if self.find("Client_MessageToSign").is_some() { 2 } else { 0 });
        let verify_data = &client_finished[4..];
        assert_eq!(client_secret.check_verify_data(&transcript.hash(), verify_data), Ok(()));
        assert_eq!(client_finished, finished(&client_secret, &transcript.hash()));
        transcript.update(client_finished);

        Finished {
            client: Direction::new(&master.client_traffic(&at_finished)),
            server: Direction::new(&master.server_traffic(&at_finished)),
            resumption: master.resumption(&transcript.hash()),
        }
    }

    /// The server's messages after its hello, and the transcript after them.
    fn server_flight(
        &self,
        hello: &Transcript<Hash>,
        secret: &TrafficSecret,
        encrypted_extensions: &[u8],
    ) -> (Vec<u8>, Transcript<Hash>) {
        let mut transcript = hello.clone();
        transcript.update(encrypted_extensions);
        let mut flight = encrypted_extensions.to_vec();
        for name in ["CertificateRequest", "Server_Certificate", "Server_CertificateVerify"] {
            if name == "Server_CertificateVerify" {
                self.check_signed("Server_MessageToSign", &transcript.hash());
            }
            if let Some(message) = self.find(&format!("Message_{name}")) {
                transcript.update(&message);
                flight.extend(message);
            }
        }
        let finished = finished(secret, &transcript.hash());
        transcript.update(&finished);
        flight.extend(finished);
        (flight, transcript)
    }

    /// What a CertificateVerify signs ends with the transcript hash (RFC 8446 §4.4.3).
    fn check_signed(&self, name: &str, transcript: &TranscriptHash) {
        if let Some(signed) = self.find(name) {
            assert!(signed.ends_with(transcript.as_bytes()), "{name}");
        }
    }
}

/// A handshake that is over.
struct Finished {
    client: Direction,
    server: Direction,
    resumption: chancery_key_schedule::ResumptionSecret<Hash>,
}

impl Finished {
    fn ticket_psk(&self, nonce: &[u8]) -> chancery_crypto::Digest {
        self.resumption.ticket_psk(nonce).unwrap()
    }

    /// The application's data, if the trace has some, and close_notify, each way.
    fn data_and_close(&mut self, trace: &Trace, server_records: u64) {
        assert_eq!(self.server.opener.sequence(), Some(server_records));
        let directions = [("Client", &mut self.client), ("Server", &mut self.server)];
        for (name, direction) in directions {
            if let Some(content) = trace.find(&format!("{name}_AppData")) {
                let mut records = Protected::new(&trace.get(&format!("Record_{name}_AppData")));
                assert!(records.open(direction, DATA) == content);
                assert!(records.is_empty());
            }
            let mut records = Protected::new(&trace.get(&format!("Record_{name}_CloseNotify")));
            assert_eq!(records.open(direction, ContentType::Alert), CLOSE_NOTIFY);
            assert!(records.is_empty());
        }
    }
}

/// Both ends of one direction under one key.
struct Direction {
    sealer: Sealer<Key>,
    opener: Opener<Key>,
}

impl Direction {
    fn new(secret: &TrafficSecret) -> Self {
        let keys = secret.keys(AeadAlgorithm::Aes128Gcm);
        let key = || Key::new(keys.aead(), keys.key()).unwrap();
        Self { sealer: Sealer::new(key(), keys.iv()), opener: Opener::new(key(), keys.iv()) }
    }
}

/// Records of a trace that are not opened yet.
struct Protected(Vec<u8>);

impl Protected {
    fn new(bytes: &[u8]) -> Self {
        // RFC 8446 §D.4: a change_cipher_spec in front is for middleboxes only.
        Self(bytes.strip_prefix(&CHANGE_CIPHER_SPEC).unwrap_or(bytes).to_vec())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Opens the first record, and seals its content again: the trace's bytes have to come out.
    fn open(&mut self, direction: &mut Direction, content_type: ContentType) -> Vec<u8> {
        let sent = self.0.clone();
        let Ok(Deframed::Record(record, rest)) = deframe(&mut self.0) else { panic!("no record") };
        let len = record.len();
        let rest = rest.to_vec();
        let opened = direction.opener.open(record).unwrap();
        assert_eq!((opened.content_type(), opened.padding()), (content_type, 0));
        let content = opened.into_plaintext().to_vec();
        let mut sealed = vec![0; direction.sealer.sealed_len(content.len())];
        direction.sealer.seal(content_type, &content, &mut sealed).unwrap();
        assert!(sealed == sent[..len]);
        self.0 = rest;
        content
    }
}

/// The Finished of `secret`'s owner.
fn finished(secret: &TrafficSecret, transcript: &TranscriptHash) -> Vec<u8> {
    [&[20, 0, 0, 32], secret.verify_data(transcript).as_bytes()].concat()
}

fn split_messages(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    while let [_, a, b, c, ..] = bytes {
        let len = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let (message, rest) = bytes.split_at(4 + len);
        messages.push(message);
        bytes = rest;
    }
    assert!(bytes.is_empty());
    messages
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
