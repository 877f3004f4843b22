//! The whole handshakes of RFC 8448, between our client and our server, byte for byte: each message,
//! each protected record, and what is signed.
//!
//! The randomness of the traces is fed in. Private keys are drawn from it as they are, so groups and the
//! verifier of 1,024-bit RSA are made here, for tests alone; signatures, which have randomness of their
//! own, come from the trace, and both sides check them.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use chancery_aead::{AeadKey as _, Key};
use chancery_crypto::{
    HashAlgorithm, KeyExchange, KeyExchangeError, PublicValue, Random, RandomError, SharedSecret,
    SignatureAlgorithm,
};
use chancery_handshake::{
    Answer, Choice, Client, ClientAuthentication, ClientConfig, Credentials, Epoch, Event, Group,
    HelloPadding, KeyChange, MiddleboxCompatibility, OfferedPsk, Operation, PublicKey,
    RawExtension, Server, ServerConfig, Suite, Ticket, Verifiers,
};
use chancery_record::{
    CHANGE_CIPHER_SPEC, ContentType, Deframed, LegacyVersion, Opener, Sealer, deframe,
    write_plaintext,
};
use chancery_ring::{ECDSA_P256_SHA256, Hash};
use chancery_tests::data;
use chancery_wire::{
    Alert, AlertDescription, Body, ClientHello, ExtensionType, Message, NamedGroup, SignatureScheme,
};
use pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
    pem::PemObject as _,
};

const ORIGINAL: &str = "the traces of RFC 8448 as Botan's src/tests/data/tls_13_rfc8448 has them";

#[test]
fn simple_1_rtt_handshake() {
    // RFC 8448 §3
    let trace = Trace::new("Simple_1RTT_Handshake");
    let mut outcome = run(&trace);
    outcome.give_ticket(&trace);
    outcome.exchange_data(&trace);
    outcome.close(&trace);
}

#[test]
fn resumed_0_rtt_handshake() {
    // RFC 8448 §4: the ClientHello with its binder, by the ticket of §3. The rest of that trace is
    // 0-RTT, which the handshake does not do.
    let first = Trace::new("Simple_1RTT_Handshake");
    let ticket = run(&first).give_ticket(&first);
    let trace = Trace::new("Resumed_0RTT_Handshake");
    let mut random = Pool::new(trace.get("Client_RNG_Pool"));
    // The traces' two timestamps are 6 milliseconds apart.
    let mut client = start(&trace, Some(ticket.offer(6)), &mut random);
    let expected = trace.message_in("Record_ClientHello_1");
    assert!(matches!(client.poll(), Some(Event::Send { bytes, .. }) if bytes == expected));
}

#[test]
fn external_psk() {
    // Not of RFC 8448, but in its form.
    let trace = Trace::new("Externally_Provided_PSK_with_Ephemeral_Key");
    let mut random = Pool::new(trace.get("Client_RNG_Pool"));
    let psk = OfferedPsk::external(b"rfc8448", trace.get("PskSecret"), HashAlgorithm::Sha256);
    let client = start(&trace, Some(psk), &mut random);
    let mut client = Side::new(Machine::Client(client), random);
    client.drive(&trace);
    for (epoch, message) in [
        (Epoch::Plaintext, "Message_ServerHello"),
        (Epoch::Handshake, "Message_EncryptedExtensions"),
        (Epoch::Handshake, "Message_Server_Finished"),
    ] {
        client.receive(epoch, trace.get(message));
        client.drive(&trace);
    }
    let expected = [trace.get("Record_ClientHello_1"), trace.get("Record_ClientFinished")];
    assert_eq!(client.take_records(), expected.concat());
    client.write(ContentType::ApplicationData, trace.get("Client_AppData"));
    assert_eq!(client.take_records(), trace.get("Record_Client_AppData"));
}

#[test]
fn hello_retry_request() {
    // RFC 8448 §5
    let trace = Trace::new("HelloRetryRequest_Handshake");
    let mut outcome = run(&trace);
    outcome.close(&trace);
}

#[test]
fn client_authentication() {
    // RFC 8448 §6
    let trace = Trace::new("Client_Authentication_Handshake");
    let mut outcome = run(&trace);
    outcome.close(&trace);
}

#[test]
fn compatibility_mode() {
    // RFC 8448 §7
    let trace = Trace::new("Middlebox_Compatibility_Mode");
    let mut outcome = run(&trace);
    outcome.close(&trace);
}

/// One section of the file.
struct Trace {
    name: &'static str,
    values: BTreeMap<String, Vec<u8>>,
}

impl Trace {
    fn new(name: &'static str) -> Self {
        let text = data::read_to_string("rfc8448/transcripts.vec", ORIGINAL);
        let values: BTreeMap<_, _> = text
            .lines()
            .map(str::trim)
            .skip_while(|line| *line != format!("[{name}]"))
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once('='))
            .filter(|(key, _)| !matches!(key.trim(), "CurrentTimestamp" | "PskIdentity" | "PskPRF"))
            .map(|(key, value)| (key.trim().to_owned(), data::hex(value)))
            .collect();
        assert!(!values.is_empty(), "the trace {name} is missing in {ORIGINAL}");
        Self { name, values }
    }

    fn get(&self, key: &str) -> &[u8] {
        self.values.get(key).unwrap_or_else(|| panic!("{} has no {key}", self.name))
    }

    fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Records in the clear, without their header.
    fn message_in(&self, key: &str) -> &[u8] {
        &self.get(key)[5..]
    }
}

/// The randomness that a side drew, in order.
struct Pool(VecDeque<u8>);

impl Pool {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().collect())
    }
}

impl Random for Pool {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            *byte = self.0.pop_front().ok_or(RandomError::new())?;
        }
        Ok(())
    }
}

/// X25519 with the private key that the trace drew.
struct TraceX25519;

impl KeyExchange for TraceX25519 {
    type Private = [u8; 32];

    fn generate(
        &self,
        random: &mut dyn Random,
    ) -> Result<([u8; 32], PublicValue), KeyExchangeError> {
        let mut private = [0; 32];
        random.fill(&mut private).map_err(|_| KeyExchangeError::Random)?;
        let public = x25519_dalek::x25519(private, x25519_dalek::X25519_BASEPOINT_BYTES);
        Ok((private, PublicValue::from_parts(&[&public]).expect("32 bytes")))
    }

    fn complete(&self, private: [u8; 32], peer: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        let peer = peer.try_into().map_err(|_| KeyExchangeError::InvalidPublicValue)?;
        let shared = x25519_dalek::x25519(private, peer);
        Ok(SharedSecret::try_from(&shared[..]).expect("32 bytes"))
    }

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        let (private, public) = self.generate(random)?;
        Ok((public, self.complete(private, peer)?))
    }
}

/// P-256 with the private key that the trace drew.
struct TraceP256;

impl KeyExchange for TraceP256 {
    type Private = p256::SecretKey;

    fn generate(
        &self,
        random: &mut dyn Random,
    ) -> Result<(p256::SecretKey, PublicValue), KeyExchangeError> {
        use p256::elliptic_curve::sec1::ToSec1Point as _;

        let mut private = [0; 32];
        random.fill(&mut private).map_err(|_| KeyExchangeError::Random)?;
        let private = p256::SecretKey::from_slice(&private).expect("below the order");
        let public = private.public_key().to_sec1_point(false);
        Ok((private, PublicValue::from_parts(&[public.as_bytes()]).expect("65 bytes")))
    }

    fn complete(
        &self,
        private: p256::SecretKey,
        peer: &[u8],
    ) -> Result<SharedSecret, KeyExchangeError> {
        let peer = p256::PublicKey::from_sec1_bytes(peer)
            .map_err(|_| KeyExchangeError::InvalidPublicValue)?;
        let shared = p256::ecdh::diffie_hellman(private.to_nonzero_scalar(), peer.as_affine());
        Ok(SharedSecret::try_from(&shared.raw_secret_bytes()[..]).expect("32 bytes"))
    }

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        let (private, public) = self.generate(random)?;
        Ok((public, self.complete(private, peer)?))
    }
}

/// A group that the traces' client offers and nobody takes.
struct Untaken;

impl KeyExchange for Untaken {
    type Private = ();

    fn generate(&self, _: &mut dyn Random) -> Result<((), PublicValue), KeyExchangeError> {
        unreachable!("no trace has a share of this group")
    }

    fn complete(&self, (): (), _: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        unreachable!("no trace has a share of this group")
    }

    fn respond(
        &self,
        _: &mut dyn Random,
        _: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        unreachable!("no trace has a share of this group")
    }
}

const X25519: Group = Group::new(NamedGroup::X25519, &TraceX25519);
const P256: Group = Group::new(NamedGroup::SECP256R1, &TraceP256);

fn group(name: NamedGroup) -> Group {
    match name {
        NamedGroup::X25519 => X25519,
        NamedGroup::SECP256R1 => P256,
        other => Group::new(other, &Untaken),
    }
}

/// RSASSA-PSS with the traces' 1,024 bits, which no provider would verify.
#[derive(Debug)]
struct SmallRsa;

impl SignatureVerificationAlgorithm for SmallRsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        use rsa::pkcs1::DecodeRsaPublicKey as _;
        use sha2::Digest as _;

        let key = rsa::PublicKey::from_pkcs1_der(public_key).map_err(|_| InvalidSignature)?;
        let padding = rsa::Pss::<sha2::Sha256>::new();
        key.verify(padding, &sha2::Sha256::digest(message), signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_PSS_SHA256
    }
}

const VERIFIERS: Verifiers = &[&SmallRsa, ECDSA_P256_SHA256];

fn raw(kind: u16, text: &str) -> RawExtension {
    RawExtension { extension_type: ExtensionType(kind), data: data::hex(text) }
}

/// The configuration that makes the trace's ClientHello: what it offers, in its order.
fn client_config(trace: &Trace) -> ClientConfig {
    let message = Message::decode(trace.message_in("Record_ClientHello_1")).expect("a message");
    let Body::ClientHello(hello) = message.body else { panic!("not a ClientHello") };
    let groups = hello.extensions.supported_groups().expect("groups");
    let groups: Vec<_> = groups.iter().map(group).collect();
    let mut config = ClientConfig::new(&groups, VERIFIERS);
    config.suites = hello.cipher_suites.iter().filter_map(Suite::from_cipher_suite).collect();
    config.signature_schemes = schemes(&hello);
    config.hello_padding = HelloPadding::To512;
    config.middlebox_compatibility = if hello.legacy_session_id.is_empty() {
        MiddleboxCompatibility::Off
    } else {
        MiddleboxCompatibility::On
    };
    // What is for TLS 1.2, or for others: renegotiation_info, session_ticket, record_size_limit; and
    // early_data, which the handshake does not do itself.
    config.more_extensions = [(0xff01, "00"), (0x23, ""), (0x1c, "4001"), (0x2a, "")]
        .map(|(kind, text)| raw(kind, text))
        .into_iter()
        .filter(|more| hello.extensions.contains(more.extension_type))
        .collect();
    // Where the second hello's cookie goes; padding comes last in all of them.
    let at = |kind| hello.extensions.types().position(|other| other == kind).expect("it is there");
    let mut order: Vec<_> = hello.extensions.types().collect();
    order.insert(at(ExtensionType::PSK_KEY_EXCHANGE_MODES), ExtensionType::COOKIE);
    config.extension_order = order;
    config
}

/// The trace's `signature_algorithms`, SHA-1 and DSA among them.
fn schemes(hello: &ClientHello<'_>) -> Vec<SignatureScheme> {
    hello.extensions.signature_algorithms().expect("schemes").iter().collect()
}

fn server_config(trace: &Trace) -> ServerConfig {
    let groups =
        if trace.has("Record_HelloRetryRequest") { vec![P256] } else { vec![X25519, P256] };
    let mut config = ServerConfig::new(&groups, VERIFIERS);
    let message = Message::decode(trace.message_in("Record_ClientHello_1")).expect("a message");
    let Body::ClientHello(hello) = message.body else { panic!("not a ClientHello") };
    // The trace's server asks for the schemes that its client offers.
    config.signature_schemes = schemes(&hello);
    config
}

/// The server's certificate, from its message: the file beside the traces has a byte too many.
fn server_certificate(trace: &Trace) -> CertificateDer<'static> {
    let message = Message::decode(trace.get("Message_Server_Certificate")).expect("a message");
    let Body::Certificate(message) = message.body else { panic!("not a Certificate") };
    let entry = message.certificate_list.first().expect("a certificate");
    CertificateDer::from(entry.cert_data.to_vec())
}

fn client_certificate() -> CertificateDer<'static> {
    let pem = data::read_to_string("rfc8448/client_certificate.pem", ORIGINAL);
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate in PEM")
}

fn credentials(certificate: &CertificateDer<'static>) -> Credentials {
    let algorithms = [SignatureAlgorithm::EcdsaP256Sha256, SignatureAlgorithm::RsaPssSha256];
    let parsed = chancery_x509::Certificate::parse(certificate).expect("a certificate");
    let rsa =
        parsed.subject_public_key_info().algorithm().contents() == alg_id::RSA_ENCRYPTION.as_ref();
    let algorithms = if rsa { &algorithms[1..] } else { &algorithms[..1] };
    Credentials::new(vec![certificate.clone()], algorithms)
}

/// The traces' certificates are self-signed and expired; whose key it is counts here.
fn public_key(certificate: &CertificateDer<'_>) -> PublicKey {
    let parsed = chancery_x509::Certificate::parse(certificate).expect("a certificate");
    let key = parsed.subject_public_key_info();
    PublicKey::new(key.algorithm().contents(), key.subject_public_key().as_bytes())
}

/// One side's machine or the other's.
enum Machine {
    Client(Client<Hash>),
    Server(Server<Hash>),
}

/// A side, with its records.
struct Side {
    machine: Machine,
    random: Pool,
    sealer: Option<Sealer<Key>>,
    opener: Option<Opener<Key>>,
    flight: Vec<u8>,
    /// The messages that were sent, for the other side, with their epochs.
    messages: Vec<(Epoch, Vec<u8>)>,
    /// The records that were sent, as on the wire.
    records: Vec<u8>,
    tickets: Vec<Ticket>,
}

impl Side {
    fn new(machine: Machine, random: Pool) -> Self {
        Self {
            machine,
            random,
            sealer: None,
            opener: None,
            flight: Vec::new(),
            messages: Vec::new(),
            records: Vec::new(),
            tickets: Vec::new(),
        }
    }

    fn poll(&mut self) -> Option<Event<Hash>> {
        match &mut self.machine {
            Machine::Client(client) => client.poll(),
            Machine::Server(server) => server.poll(),
        }
    }

    fn resume(&mut self, answer: Answer) {
        let random = &mut self.random;
        match &mut self.machine {
            Machine::Client(client) => client.resume(answer, random),
            Machine::Server(server) => server.resume(answer, random),
        }
        .expect("the answer is taken");
    }

    fn receive(&mut self, epoch: Epoch, bytes: &[u8]) {
        let random = &mut self.random;
        match &mut self.machine {
            Machine::Client(client) => client.receive(epoch, bytes, random),
            Machine::Server(server) => server.receive(epoch, bytes, random),
        }
        .expect("the message is taken");
    }

    /// Acts on all events.
    fn drive(&mut self, trace: &Trace) {
        while let Some(event) = self.poll() {
            match event {
                Event::Send { epoch, bytes } => {
                    self.flight.extend_from_slice(&bytes);
                    self.messages.push((epoch, bytes));
                }
                Event::SendChangeCipherSpec => {
                    self.write_flight();
                    self.records.extend_from_slice(&CHANGE_CIPHER_SPEC);
                }
                Event::SendKey(change) => {
                    self.write_flight();
                    let (key, iv) = keys(&change);
                    self.sealer = Some(Sealer::new(key, iv));
                }
                Event::ReceiveKey(change) => {
                    let (key, iv) = keys(&change);
                    self.opener = Some(Opener::new(key, iv));
                }
                Event::Ticket(ticket) => self.tickets.push(ticket),
                Event::Suspended(operation) => {
                    let answer = self.answer(&operation, trace);
                    self.resume(answer);
                }
                _ => {}
            }
        }
        self.write_flight();
    }

    fn answer(&self, operation: &Operation, trace: &Trace) -> Answer {
        let authenticated = trace.has("Message_CertificateRequest");
        let side = match self.machine {
            Machine::Client(_) => "Client",
            Machine::Server(_) => "Server",
        };
        match operation {
            Operation::VerifyCertificates(question) => {
                let expected = match self.machine {
                    Machine::Client(_) => server_certificate(trace),
                    Machine::Server(_) => client_certificate(),
                };
                assert_eq!(question.certificates(), [expected.clone()]);
                question.dangerous_accept_unverified(public_key(&expected))
            }
            Operation::Sign(question) => {
                let expected = trace.get(&format!("{side}_MessageToSign"));
                assert_eq!(question.message(), expected, "what the {side} signs");
                question.signature(trace.get(&format!("{side}_MessageSignature")))
            }
            Operation::ChooseConfiguration(question) => {
                let mut choice = Choice::new(credentials(&server_certificate(trace)));
                // What the trace's server says on top: its groups, and its record_size_limit.
                let groups = if trace.has("Record_HelloRetryRequest") {
                    "000600170018001d"
                } else {
                    "0012001d00170018001901000101010201030104"
                };
                choice.more_extensions = vec![raw(0x0a, groups), raw(0x1c, "4001")];
                if authenticated {
                    let authorities = Vec::new();
                    choice.client_authentication = ClientAuthentication::Required { authorities };
                }
                choice.cookie = trace.values.get("HelloRetryRequest_Cookie").cloned();
                question.choose(choice)
            }
            Operation::ChooseCredentials(question) => {
                question.present(credentials(&client_certificate()))
            }
            other => panic!("{side} waits for {other:?}"),
        }
    }

    /// Puts the messages of one flight into one record, as the traces do.
    fn write_flight(&mut self) {
        let flight = std::mem::take(&mut self.flight);
        if !flight.is_empty() {
            self.write(ContentType::Handshake, &flight);
        }
    }

    fn write(&mut self, content_type: ContentType, content: &[u8]) {
        let mut out = vec![0; content.len() + 64];
        let len = match &mut self.sealer {
            Some(sealer) => sealer.seal(content_type, content, &mut out),
            // RFC 8446 §5.1: the first ClientHello may be 0x0301, and in the traces it is.
            None if self.records.is_empty() && matches!(self.machine, Machine::Client(_)) => {
                write_plaintext(content_type, LegacyVersion::Tls10, content, &mut out)
            }
            None => write_plaintext(content_type, LegacyVersion::Tls12, content, &mut out),
        };
        self.records.extend_from_slice(&out[..len.expect("it is sealed")]);
    }

    /// What was written since the last call.
    fn take_records(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.records)
    }
}

fn keys(change: &KeyChange<Hash>) -> (Key, [u8; 12]) {
    let aead = change.suite.aead();
    let keys = change.secret.keys(aead);
    (Key::new(aead, keys.key()).expect("a key"), keys.iv())
}

struct Outcome {
    client: Side,
    server: Side,
}

fn start(trace: &Trace, psk: Option<OfferedPsk>, random: &mut Pool) -> Client<Hash> {
    let config = Arc::new(client_config(trace));
    let name = "server".try_into().expect("a DNS name");
    match psk {
        None => Client::start(config, name, random),
        Some(psk) => Client::start_with_psks(config, name, vec![psk], random),
    }
    .expect("it starts")
}

/// Runs the handshake, and holds everything that is sent against the trace.
fn run(trace: &Trace) -> Outcome {
    let mut random = Pool::new(trace.get("Client_RNG_Pool"));
    let client = start(trace, None, &mut random);
    let mut client = Side::new(Machine::Client(client), random);
    let server = Server::start(Arc::new(server_config(trace))).expect("it starts");
    let mut server = Side::new(Machine::Server(server), Pool::new(trace.get("Server_RNG_Pool")));

    let mut from_client = Vec::new();
    let mut from_server = Vec::new();
    loop {
        client.drive(trace);
        for (epoch, bytes) in client.messages.split_off(0) {
            server.receive(epoch, &bytes);
            from_client.push(bytes);
        }
        server.drive(trace);
        if server.messages.is_empty() {
            break;
        }
        for (epoch, bytes) in server.messages.split_off(0) {
            client.receive(epoch, &bytes);
            from_server.push(bytes);
        }
    }

    let mut expected = vec![trace.message_in("Record_ClientHello_1")];
    if trace.has("Record_ClientHello_2") {
        expected.push(trace.message_in("Record_ClientHello_2"));
    }
    assert_eq!(from_client[..expected.len()], expected, "the client's hellos");
    let mut expected = Vec::new();
    if trace.has("Record_HelloRetryRequest") {
        expected.push(trace.message_in("Record_HelloRetryRequest"));
    }
    for message in [
        "ServerHello",
        "EncryptedExtensions",
        "CertificateRequest",
        "Server_Certificate",
        "Server_CertificateVerify",
        "Server_Finished",
    ] {
        let key = format!("Message_{message}");
        if trace.has(&key) {
            expected.push(trace.get(&key));
        }
    }
    assert_eq!(from_server, expected, "the server's messages");

    // The same as records: headers, change_cipher_spec, and everything protected.
    let records = |keys: &[&str]| -> Vec<u8> {
        keys.iter().filter(|key| trace.has(key)).flat_map(|key| trace.get(key).to_vec()).collect()
    };
    let client_records =
        records(&["Record_ClientHello_1", "Record_ClientHello_2", "Record_ClientFinished"]);
    assert_eq!(client.take_records(), client_records, "the client's records");
    let server_records = records(&[
        "Record_HelloRetryRequest",
        "Record_ServerHello",
        "Record_ServerHandshakeMessages",
    ]);
    assert_eq!(server.take_records(), server_records, "the server's records");
    Outcome { client, server }
}

impl Outcome {
    /// Opens the trace's ticket, and gives it to the client; the server seals it to the same bytes.
    fn give_ticket(&mut self, trace: &Trace) -> Ticket {
        let mut record = trace.get("Record_NewSessionTicket").to_vec();
        let Ok(Deframed::Record(opened, _)) = deframe(&mut record) else { panic!("no record") };
        let opener = self.client.opener.as_mut().expect("keys");
        let opened = opener.open(opened).expect("it opens");
        self.server.write(ContentType::Handshake, opened.plaintext());
        assert_eq!(self.server.take_records(), trace.get("Record_NewSessionTicket"));
        self.client.receive(Epoch::Application, opened.plaintext());
        self.client.drive(trace);
        self.client.tickets.pop().expect("a ticket")
    }

    fn exchange_data(&mut self, trace: &Trace) {
        self.server.write(ContentType::ApplicationData, trace.get("Server_AppData"));
        assert_eq!(self.server.take_records(), trace.get("Record_Server_AppData"));
        self.client.write(ContentType::ApplicationData, trace.get("Client_AppData"));
        assert_eq!(self.client.take_records(), trace.get("Record_Client_AppData"));
    }

    fn close(&mut self, trace: &Trace) {
        let alert = Alert::new(AlertDescription::CLOSE_NOTIFY).to_bytes();
        self.client.write(ContentType::Alert, &alert);
        assert_eq!(self.client.take_records(), trace.get("Record_Client_CloseNotify"));
        self.server.write(ContentType::Alert, &alert);
        assert_eq!(self.server.take_records(), trace.get("Record_Server_CloseNotify"));
    }
}
