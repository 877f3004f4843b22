//! A client and a server that talk through vectors, with somebody in between who may meddle.

use std::{collections::VecDeque, sync::Arc};

use chancery_crypto::{
    MAX_SIGNATURE_LEN, Random, RandomError, SignatureAlgorithm, SigningKey as _,
};
use chancery_handshake::{
    AcceptedPsk, Answer, CertificateRejection, Choice, Client, ClientAuthentication, ClientConfig,
    Credentials, Epoch, Event, Group, HandshakeError, KeyChange, Operation, PublicKey, Refusal,
    Server, ServerConfig, Session, TrafficSecret,
};
use chancery_ring::{
    Hash, KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, Secp256r1, Secp384r1,
    X25519, X25519MlKem768,
};
use chancery_wire::{HandshakeType, NamedGroup};
use pki_types::{CertificateDer, ServerName, alg_id};

pub(crate) const HYBRID: Group = Group::new(NamedGroup::X25519MLKEM768, &X25519MlKem768);
pub(crate) const CURVE25519: Group = Group::new(NamedGroup::X25519, &X25519);
pub(crate) const P256: Group = Group::new(NamedGroup::SECP256R1, &Secp256r1);
pub(crate) const P384: Group = Group::new(NamedGroup::SECP384R1, &Secp384r1);

/// Every byte follows from the one before: enough for nonces in tests.
pub(crate) struct Counter(pub(crate) u8);

impl Random for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            self.0 = self.0.wrapping_mul(5).wrapping_add(3);
            *byte = self.0;
        }
        Ok(())
    }
}

/// A key, and the "certificate" for it, which only this test's verifier understands.
pub(crate) struct Identity {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Vec<u8>,
    pub(crate) public_key: PublicKey,
}

impl Identity {
    pub(crate) fn new(key_type: KeyType) -> Self {
        let pkcs8 = Pkcs8::generate(key_type).unwrap();
        let (algorithm, len) = match key_type {
            KeyType::EcdsaP256 => (alg_id::ECDSA_P256, 65),
            KeyType::EcdsaP384 => (alg_id::ECDSA_P384, 97),
            _ => (alg_id::ED25519, 32),
        };
        Self::from_key(PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap(), &algorithm, len)
    }

    pub(crate) fn rsa() -> Self {
        let pkcs8 = Pkcs8::generate_rsa(2048).unwrap();
        let key = PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap();
        // RSAPublicKey of 2,048 bits and the exponent 65,537 takes 270 bytes.
        Self::from_key(key, &alg_id::RSA_ENCRYPTION, 270)
    }

    fn from_key(key: PrivateKey, algorithm: &[u8], public_len: usize) -> Self {
        let certificate = key.subject_public_key_info().to_vec();
        let public = &certificate[certificate.len() - public_len..];
        let public_key = PublicKey::new(algorithm, public);
        Self { key, certificate, public_key }
    }

    pub(crate) fn credentials(&self) -> Credentials {
        let chain = vec![CertificateDer::from(self.certificate.clone())];
        Credentials::new(chain, self.key.algorithms())
    }

    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Vec<u8> {
        let mut signature = [0; MAX_SIGNATURE_LEN];
        let len = self.key.sign(algorithm, message, &mut signature).unwrap();
        signature[..len].to_vec()
    }
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Client,
    Server,
}

/// How the bytes of one flight are cut into records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// Each message in a record of its own.
    Messages,
    /// As many messages in one as go under one key.
    Flights,
    /// One byte each.
    Bytes,
}

/// What is configured, and what happened.
pub(crate) struct Pair {
    pub(crate) client_config: ClientConfig,
    pub(crate) server_config: ServerConfig,
    pub(crate) server_name: ServerName<'static>,
    pub(crate) server_identity: Identity,
    pub(crate) client_identity: Option<Identity>,
    pub(crate) client_authentication: ClientAuthentication,
    pub(crate) server_protocols: Vec<Vec<u8>>,
    pub(crate) cookie: Option<Vec<u8>>,
    /// What the server has to staple, and the client has to see.
    pub(crate) stapled: (Vec<u8>, Vec<u8>),
    /// The timestamps that the server has, and the list that the client has to see.
    pub(crate) timestamps: (Vec<Vec<u8>>, Vec<u8>),
    /// What the client says to the server's certificate, if not yes.
    pub(crate) reject_server: Option<CertificateRejection>,
    /// What the server says to the client, if not yes.
    pub(crate) refuse_client: Option<Refusal>,
    /// What the server finds in the ticket, or under the identity, of those bytes.
    pub(crate) session: Option<(Vec<u8>, Session)>,
    pub(crate) external: Option<(Vec<u8>, AcceptedPsk)>,
    pub(crate) cut: Cut,
    /// Given each message before it is received; what it leaves is what is received.
    pub(crate) meddler: Meddler,
}

pub(crate) type Meddler = Box<dyn FnMut(From, HandshakeType, &mut Vec<u8>)>;

pub(crate) struct Outcome {
    pub(crate) client: Client<Hash>,
    pub(crate) server: Server<Hash>,
    pub(crate) client_end: End,
    pub(crate) server_end: End,
    /// Every message that was sent, in order; `change_cipher_spec` as `None`.
    pub(crate) messages: Vec<(From, Option<HandshakeType>)>,
}

/// One side, seen from outside.
#[derive(Default)]
pub(crate) struct End {
    pub(crate) error: Option<HandshakeError>,
    pub(crate) complete: bool,
    pub(crate) tickets: Vec<chancery_handshake::Ticket>,
    pub(crate) key_log: Vec<(&'static str, Vec<u8>)>,
    send: Option<KeyChange<Hash>>,
    receive: Option<KeyChange<Hash>>,
    /// The states in which messages were received, with those messages.
    pub(crate) edges: Vec<(String, HandshakeType)>,
}

type Flight = Vec<(Epoch, Vec<u8>)>;

impl Pair {
    pub(crate) fn new() -> Self {
        let groups = [CURVE25519, P256, P384];
        Self {
            client_config: ClientConfig::new(&groups, SIGNATURE_VERIFICATION_ALGORITHMS),
            server_config: ServerConfig::new(&groups, SIGNATURE_VERIFICATION_ALGORITHMS),
            server_name: ServerName::try_from("example.com").unwrap(),
            server_identity: Identity::new(KeyType::EcdsaP256),
            client_identity: None,
            client_authentication: ClientAuthentication::None,
            server_protocols: Vec::new(),
            cookie: None,
            stapled: (Vec::new(), Vec::new()),
            timestamps: (Vec::new(), Vec::new()),
            reject_server: None,
            refuse_client: None,
            session: None,
            external: None,
            cut: Cut::Messages,
            meddler: Box::new(|_, _, _| {}),
        }
    }

    pub(crate) fn start_client(&self) -> Result<Client<Hash>, HandshakeError> {
        let config = Arc::new(self.client_config.clone());
        Client::start(config, self.server_name.clone(), &mut Counter(1))
    }

    pub(crate) fn run(self) -> Outcome {
        let client = self.start_client().unwrap();
        self.run_with(client)
    }

    /// Runs until neither side has anything to say.
    pub(crate) fn run_with(mut self, client: Client<Hash>) -> Outcome {
        let server = Server::start(Arc::new(self.server_config.clone())).unwrap();
        let mut outcome = Outcome {
            client,
            server,
            client_end: End::default(),
            server_end: End::default(),
            messages: Vec::new(),
        };
        self.exchange(&mut outcome);
        outcome
    }

    pub(crate) fn exchange(&mut self, outcome: &mut Outcome) {
        // One record at a time, so that nothing waits behind a question longer than it has to.
        let (mut to_client, mut to_server) = (VecDeque::new(), VecDeque::new());
        loop {
            to_server.extend(self.drain_client(outcome));
            to_client.extend(self.drain_server(outcome));
            if let Some((epoch, record)) = to_server.pop_front() {
                outcome.server_receive(epoch, &record);
            } else if let Some((epoch, record)) = to_client.pop_front() {
                outcome.client_receive(epoch, &record);
            } else {
                break;
            }
        }
    }

    fn drain_client(&mut self, outcome: &mut Outcome) -> Flight {
        let mut events = VecDeque::new();
        while let Some(event) = outcome.client.poll() {
            match event {
                Event::Suspended(operation) if outcome.client_end.error.is_none() => {
                    let answer = self.client_answer(&operation);
                    let result = outcome.client.resume(answer, &mut Counter(77));
                    outcome.client_end.error = result.err();
                }
                other => events.push_back(other),
            }
        }
        self.act(From::Client, events, outcome)
    }

    fn drain_server(&mut self, outcome: &mut Outcome) -> Flight {
        let mut events = VecDeque::new();
        while let Some(event) = outcome.server.poll() {
            match event {
                Event::Suspended(operation) if outcome.server_end.error.is_none() => {
                    let answer = self.server_answer(&operation);
                    let result = outcome.server.resume(answer, &mut Counter(99));
                    outcome.server_end.error = result.err();
                }
                other => events.push_back(other),
            }
        }
        self.act(From::Server, events, outcome)
    }

    fn client_answer(&self, operation: &Operation) -> Answer {
        match operation {
            Operation::VerifyCertificates(question) => {
                if let Some(why) = self.reject_server {
                    return question.reject(why);
                }
                assert_eq!(question.ocsp_response(), self.stapled.1);
                assert_eq!(question.timestamps(), self.timestamps.1);
                // What was changed on the way is no certificate of ours.
                if *question.certificates()[0] != *self.server_identity.certificate {
                    return question.reject(CertificateRejection::Bad);
                }
                question.dangerous_accept_unverified(self.server_identity.public_key.clone())
            }
            Operation::ChooseCredentials(question) => match &self.client_identity {
                Some(identity) => question.present(identity.credentials()),
                None => question.decline(),
            },
            Operation::Sign(question) => {
                let identity = self.client_identity.as_ref().unwrap();
                question.signature(&identity.sign(question.algorithm(), question.message()))
            }
            other => panic!("client waits for {other:?}"),
        }
    }

    fn server_answer(&self, operation: &Operation) -> Answer {
        match operation {
            Operation::ChooseConfiguration(question) => {
                if let Some(why) = self.refuse_client {
                    return question.refuse(why);
                }
                let credentials = self.server_identity.credentials();
                let timestamps: Vec<_> = self.timestamps.0.iter().map(Vec::as_slice).collect();
                let credentials = credentials.with_timestamps(&timestamps);
                let mut choice = Choice::new(credentials.with_ocsp_response(&self.stapled.0));
                choice.client_authentication = self.client_authentication.clone();
                choice.application_protocol =
                    question.first_common_protocol(&self.server_protocols).map(<[u8]>::to_vec);
                choice.cookie = self.cookie.clone();
                let offered = |identity: &Vec<u8>| question.psk_identities().contains(identity);
                if let Some((ticket, session)) = self.session.as_ref().filter(|s| offered(&s.0)) {
                    choice = choice.resume(question, ticket, session);
                }
                // Whether the client offers it is for the handshake to see.
                choice.psk = self.external.clone().or(choice.psk);
                question.choose(choice)
            }
            Operation::Sign(question) => question
                .signature(&self.server_identity.sign(question.algorithm(), question.message())),
            Operation::VerifyCertificates(question) => {
                let identity = self.client_identity.as_ref().unwrap();
                if *question.certificates()[0] != *identity.certificate {
                    return question.reject(CertificateRejection::Bad);
                }
                question.dangerous_accept_unverified(identity.public_key.clone())
            }
            other => panic!("server waits for {other:?}"),
        }
    }

    /// Turns events into records.
    fn act(&mut self, from: From, events: VecDeque<Event<Hash>>, outcome: &mut Outcome) -> Flight {
        let end = match from {
            From::Client => &mut outcome.client_end,
            From::Server => &mut outcome.server_end,
        };
        let mut flight: Flight = Vec::new();
        let mut joinable = false;
        for event in events {
            match event {
                Event::Send { epoch, mut bytes } => {
                    let kind = HandshakeType(bytes[0]);
                    outcome.messages.push((from, Some(kind)));
                    let current = end.send.as_ref().map_or(Epoch::Plaintext, |key| key.epoch);
                    assert_eq!(epoch, current, "{kind} under keys that are not installed");
                    (self.meddler)(from, kind, &mut bytes);
                    match self.cut {
                        Cut::Bytes => flight.extend(bytes.iter().map(|byte| (epoch, vec![*byte]))),
                        Cut::Flights if joinable => {
                            flight.last_mut().unwrap().1.extend_from_slice(&bytes);
                        }
                        _ if bytes.is_empty() => {}
                        _ => flight.push((epoch, bytes)),
                    }
                    joinable = true;
                }
                Event::SendChangeCipherSpec => {
                    outcome.messages.push((from, None));
                    joinable = false;
                }
                Event::SendKey(key) => {
                    end.send = Some(key);
                    joinable = false;
                }
                Event::ReceiveKey(key) => end.receive = Some(key),
                Event::KeyLog(line) => {
                    end.key_log.push((line.label, line.secret.as_bytes().to_vec()));
                }
                Event::Complete => end.complete = true,
                Event::Ticket(ticket) => end.tickets.push(ticket),
                Event::Received { .. } => {}
                // The side has failed; nothing goes on.
                Event::Suspended(_) => {}
                other => panic!("{other:?}"),
            }
        }
        flight
    }
}

impl Outcome {
    fn client_receive(&mut self, epoch: Epoch, record: &[u8]) {
        if self.client_end.error.is_some() {
            return;
        }
        let state = self.client.state().to_owned();
        let result = self.client.receive(epoch, record, &mut Counter(55));
        self.client_end.after_receive(state, record, result);
    }

    fn server_receive(&mut self, epoch: Epoch, record: &[u8]) {
        if self.server_end.error.is_some() {
            return;
        }
        let state = self.server.state().to_owned();
        let result = self.server.receive(epoch, record, &mut Counter(66));
        self.server_end.after_receive(state, record, result);
    }

    /// The traffic secrets that the client sends and receives under.
    pub(crate) fn client_secrets(&self) -> impl Iterator<Item = &TrafficSecret<Hash>> {
        [&self.client_end.send, &self.client_end.receive].into_iter().flatten().map(|k| &k.secret)
    }

    /// Neither side failed, both are done, and both have the same of everything.
    #[track_caller]
    pub(crate) fn assert_complete(&self) {
        assert_eq!(self.client_end.error, None);
        assert_eq!(self.server_end.error, None);
        assert!(self.client_end.complete && self.server_end.complete);
        assert_eq!(self.client.state(), "Connected");
        assert_eq!(self.server.state(), "Connected");
        let secret = |key: &Option<KeyChange<Hash>>| {
            let key = key.as_ref().unwrap();
            assert_eq!(key.epoch, Epoch::Application);
            (key.suite, key.secret.dangerous_as_bytes().to_vec())
        };
        assert_eq!(secret(&self.client_end.send), secret(&self.server_end.receive));
        assert_eq!(secret(&self.client_end.receive), secret(&self.server_end.send));
        assert_eq!(self.client_end.key_log, self.server_end.key_log);
        let export = |exporter: &chancery_handshake::Exporter<Hash>| {
            let mut out = [0; 40];
            exporter.export(b"EXPORTER-test", b"context", &mut out).unwrap();
            out
        };
        assert_eq!(
            export(self.client.exporter().unwrap()),
            export(self.server.exporter().unwrap())
        );
    }
}

impl End {
    fn after_receive(&mut self, state: String, record: &[u8], result: Result<(), HandshakeError>) {
        self.edges.push((state, HandshakeType(record[0])));
        self.error = result.err();
    }
}
