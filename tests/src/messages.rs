//! Handshakes without records: every message, in the clear, passes through somebody's hands.

use std::{
    collections::VecDeque,
    sync::{Arc, LazyLock},
};

use chancery::{Identity, Validator};
use chancery_chain::{Peer, Presented, Purpose, ReferenceIdentity};
use chancery_handshake::{
    Answer, Choice, Client, ClientAuthentication, Credentials, Epoch, Event, HandshakeError,
    Operation, PeerRole, Server,
};
use chancery_ring::{Hash, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_wire::HandshakeType;

use crate::{
    connection::Towards,
    pair::Configuration,
    pki::{HOST, NOW, Pki, ed25519},
    random::Repeatable,
};

/// How a handshake ended on both sides.
#[derive(Debug)]
pub struct Outcome {
    /// The client's state in the end: that of RFC 8446 §A.1.
    pub client: &'static str,
    /// The server's, of §A.2.
    pub server: &'static str,
    /// What went wrong first, and where.
    pub failure: Option<(Towards, HandshakeError)>,
    /// The messages in the order in which they were sent.
    pub messages: Vec<(Towards, HandshakeType, Vec<u8>)>,
}

/// Who they are, and whom they trust: made once, since thousands of handshakes follow.
struct People {
    client: Identity,
    server: Identity,
    trust: Validator,
}

static PEOPLE: LazyLock<People> = LazyLock::new(|| {
    let pki = Pki::new(1, NOW);
    People {
        client: pki.client_with(ed25519(201), "client.example", NOW),
        server: pki.server(HOST, NOW),
        trust: Validator::new(pki.anchors(), SIGNATURE_VERIFICATION_ALGORITHMS),
    }
});

enum Machine {
    Client(Box<Client<Hash>>, &'static Identity),
    Server(Box<Server<Hash>>, &'static Identity),
}

macro_rules! either {
    ($machine:expr, $m:ident => $call:expr) => {
        match $machine {
            Machine::Client($m, _) => $call,
            Machine::Server($m, _) => $call,
        }
    };
}

/// Runs a handshake of `configuration` in which the server asks for a certificate of the client.
/// Each message passes through `between`, which is told its number.
///
/// # Panics
/// If the configuration is refused, or the two never come to an end.
pub fn shake_hands(
    configuration: &Configuration,
    mut between: impl FnMut(usize, &mut Vec<u8>),
) -> Outcome {
    let random = &mut Repeatable::new(33);
    let name = HOST.try_into().expect("a host name");
    let client = Client::start(Arc::clone(&configuration.client.handshake), name, random);
    let server = Server::start(Arc::clone(&configuration.server.handshake));
    let mut client = Machine::Client(Box::new(client.expect("a client")), &PEOPLE.client);
    let mut server = Machine::Server(Box::new(server.expect("a server")), &PEOPLE.server);
    let mut messages = vec![];
    let mut queue = VecDeque::new();
    let mut failure = None;
    client.act(random, &mut queue).expect("a client starts");
    while let Some((towards, epoch, mut bytes)) = queue.pop_front() {
        messages.push((towards, HandshakeType(bytes[0]), bytes.clone()));
        assert!(messages.len() < 100, "the handshake does not end");
        between(messages.len() - 1, &mut bytes);
        let machine = if towards == Towards::Server { &mut server } else { &mut client };
        if let Err(error) = machine.receive(epoch, &bytes, random, &mut queue) {
            failure = Some((towards, error));
            break;
        }
    }
    Outcome { client: client.state(), server: server.state(), failure, messages }
}

type Queue = VecDeque<(Towards, Epoch, Vec<u8>)>;

impl Machine {
    fn state(&self) -> &'static str {
        either!(self, m => m.state())
    }

    fn receive(
        &mut self,
        epoch: Epoch,
        bytes: &[u8],
        random: &mut Repeatable,
        queue: &mut Queue,
    ) -> Result<(), HandshakeError> {
        if bytes.is_empty() {
            return Ok(());
        }
        either!(self, m => m.receive(epoch, bytes, random))?;
        self.act(random, queue)
    }

    fn act(&mut self, random: &mut Repeatable, queue: &mut Queue) -> Result<(), HandshakeError> {
        while let Some(event) = either!(self, m => m.poll()) {
            match event {
                Event::Send { epoch, bytes } => {
                    let towards = match self {
                        Self::Client(..) => Towards::Server,
                        Self::Server(..) => Towards::Client,
                    };
                    queue.push_back((towards, epoch, bytes));
                }
                Event::Suspended(operation) => {
                    let answer = self.answer(&operation);
                    either!(self, m => m.resume(answer, random))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn answer(&self, operation: &Operation) -> Answer {
        let (Self::Client(_, identity) | Self::Server(_, identity)) = self;
        let credentials =
            || Credentials::new(identity.chain().to_vec(), identity.key().algorithms());
        match operation {
            Operation::ChooseConfiguration(operation) => {
                let mut choice = Choice::new(credentials());
                choice.application_protocol =
                    operation.first_common_protocol(&[b"echo".to_vec()]).map(<[u8]>::to_vec);
                choice.client_authentication =
                    ClientAuthentication::Required { authorities: vec![] };
                operation.choose(choice)
            }
            Operation::ChooseCredentials(operation) => operation.present(credentials()),
            Operation::Sign(operation) => {
                let mut signature = [0; 64];
                let signed =
                    identity.key().sign(operation.algorithm(), operation.message(), &mut signature);
                signed.map_or_else(
                    |_| operation.refuse(),
                    |len| operation.signature(&signature[..len]),
                )
            }
            Operation::VerifyCertificates(operation) => {
                let (leaf, intermediates) = operation.certificates().split_first().expect("one");
                let presented = Presented::new(leaf, intermediates);
                let trust = &PEOPLE.trust;
                let verdict = match operation.role() {
                    PeerRole::Server(name) => {
                        let name = ReferenceIdentity::from(name);
                        trust.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), NOW)
                    }
                    _ => trust.verify(&presented, Purpose::ClientAuth, Peer::Anyone, NOW),
                };
                match verdict {
                    Ok(path) => operation.accept(&path),
                    Err(why) => operation.reject(&why),
                }
            }
            other => panic!("nobody knows the answer to {other:?}"),
        }
    }
}
