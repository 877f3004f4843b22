//! The handshake's machine of either side, with the answers that its configuration has.

use core::fmt;
use std::sync::Arc;

use chancery_chain::{Peer, Presented, Purpose, ReferenceIdentity, Rejection, VerifiedPath};
use chancery_crypto::{MAX_SIGNATURE_LEN, Random, SigningKey};
use chancery_handshake::{
    Answer, CertificateRejection, Choice, ChooseConfiguration, ChooseCredentials,
    ClientAuthentication, Epoch, Event, HandshakeError, Negotiated, Operation, PeerRole, Refusal,
    Sign, Suite, Ticket, VerifyCertificates,
};
use chancery_ring::Hash;
use chancery_wire::KeyUpdateRequest;
use pki_types::{ServerName, UnixTime};

use crate::{ClientConfig, Error, Identity, ServerConfig, SessionSealer, StoredTicket, psk};

/// So many of a client's pre-shared keys are looked for: each costs a search and a decryption, and clients offer one to
/// three.
const MAX_PSKS_TRIED: usize = 4;

/// The machine, the configuration that answers its questions, time and randomness.
pub(crate) struct Machine {
    side: Side,
    now: UnixTime,
    random: Box<dyn Random + Send + Sync>,
    /// The key of the identity that was shown.
    key: Option<Arc<dyn SigningKey>>,
    peer: Option<Arc<VerifiedPath>>,
    /// The path of the connection that the offered ticket came from.
    earlier: Option<Arc<VerifiedPath>>,
    rejection: Option<Box<Rejection>>,
    waiting: Waiting,
}

enum Side {
    Client(chancery_handshake::Client<Hash>, Arc<ClientConfig>, ServerName<'static>),
    Server(chancery_handshake::Server<Hash>, Arc<ServerConfig>),
}

/// Whether whoever polls the connection owes an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    No,
    ForAnswer,
}

/// Calls the same method on either side.
macro_rules! either {
    ($side:expr, $machine:ident => $call:expr) => {
        match $side {
            Side::Client($machine, ..) => $call,
            Side::Server($machine, ..) => $call,
        }
    };
}

impl Machine {
    pub(crate) fn client(
        machine: chancery_handshake::Client<Hash>,
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        earlier: Option<Arc<VerifiedPath>>,
        now: UnixTime,
        random: Box<dyn Random + Send + Sync>,
    ) -> Self {
        let machine = Self::new(Side::Client(machine, config, server_name), now, random);
        Self { earlier, ..machine }
    }

    pub(crate) fn server(
        machine: chancery_handshake::Server<Hash>,
        config: Arc<ServerConfig>,
        now: UnixTime,
        random: Box<dyn Random + Send + Sync>,
    ) -> Self {
        Self::new(Side::Server(machine, config), now, random)
    }

    fn new(side: Side, now: UnixTime, random: Box<dyn Random + Send + Sync>) -> Self {
        Self {
            side,
            now,
            random,
            key: None,
            peer: None,
            earlier: None,
            rejection: None,
            waiting: Waiting::No,
        }
    }

    pub(crate) const fn is_client(&self) -> bool {
        matches!(self.side, Side::Client(..))
    }

    pub(crate) fn is_suspended(&self) -> bool {
        self.waiting == Waiting::ForAnswer
    }

    pub(crate) fn receive(&mut self, epoch: Epoch, bytes: &[u8]) -> Result<(), HandshakeError> {
        either!(&mut self.side, machine => machine.receive(epoch, bytes, &mut *self.random))
    }

    pub(crate) fn resume(&mut self, answer: Answer) -> Result<(), HandshakeError> {
        self.waiting = Waiting::No;
        either!(&mut self.side, machine => machine.resume(answer, &mut *self.random))
    }

    pub(crate) fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), HandshakeError> {
        either!(&mut self.side, machine => machine.update_keys(request))
    }

    pub(crate) fn note_application_data(&mut self) -> Result<(), HandshakeError> {
        either!(&mut self.side, machine => {
            machine.check_aligned()?;
            machine.note_application_data();
        });
        Ok(())
    }

    pub(crate) fn export(
        &self,
        label: &[u8],
        context: &[u8],
        out: &mut [u8],
    ) -> Result<(), HandshakeError> {
        let exporter = either!(&self.side, machine => machine.exporter());
        Ok(exporter.ok_or(HandshakeError::WrongState)?.export(label, context, out)?)
    }

    pub(crate) fn negotiated(&self) -> Option<&Negotiated> {
        either!(&self.side, machine => machine.negotiated())
    }

    pub(crate) fn peer(&self) -> Option<&VerifiedPath> {
        self.peer.as_deref()
    }

    /// The next event that is not answered here.
    pub(crate) fn poll(&mut self) -> Result<Option<Event<Hash>>, Error> {
        while let Some(event) = either!(&mut self.side, machine => machine.poll()) {
            if matches!(event, Event::Complete)
                && self.negotiated().is_some_and(Negotiated::is_resumed)
            {
                self.peer = self.earlier.take();
            }
            let Event::Suspended(operation) = event else { return Ok(Some(event)) };
            let Some(answer) = self.answer(&operation) else {
                self.waiting = Waiting::ForAnswer;
                return Ok(Some(Event::Suspended(operation)));
            };
            match (self.resume(answer), self.rejection.take()) {
                (Err(HandshakeError::CertificateRejected(_)), Some(rejection)) => {
                    return Err(Error::Certificate(rejection));
                }
                (outcome, _) => outcome?,
            }
        }
        Ok(None)
    }

    /// What the configuration says; `None` if it leaves that to others.
    fn answer(&mut self, operation: &Operation) -> Option<Answer> {
        match operation {
            Operation::VerifyCertificates(operation) => self.verify(operation),
            Operation::Sign(operation) => self.sign(operation),
            Operation::ChooseConfiguration(operation) => self.choose_configuration(operation),
            Operation::ChooseCredentials(operation) => Some(self.choose_credentials(operation)),
            _ => None,
        }
    }

    fn verify(&mut self, operation: &VerifyCertificates) -> Option<Answer> {
        let (leaf, intermediates) = operation.certificates().split_first()?;
        let trust = match &self.side {
            Side::Client(_, config, _) => config.trust.as_ref()?,
            Side::Server(_, config) => config.client_trust.as_ref()?,
        };
        let stapled = [operation.ocsp_response()];
        let mut presented = Presented::new(leaf, intermediates);
        if !operation.ocsp_response().is_empty() {
            presented.ocsp_responses = &stapled;
        }
        presented.timestamps = operation.timestamps();
        let verdict = match operation.role() {
            PeerRole::Server(name) => {
                let name = ReferenceIdentity::from(name);
                trust.verify(&presented, Purpose::ServerAuth, Peer::Named(&name), self.now)
            }
            PeerRole::Client => {
                trust.verify(&presented, Purpose::ClientAuth, Peer::Anyone, self.now)
            }
            _ => return Some(operation.reject(CertificateRejection::Unknown)),
        };
        Some(match verdict {
            Ok(path) => {
                let answer = operation.accept(&path);
                self.peer = Some(Arc::new(path));
                answer
            }
            Err(why) => {
                let answer = operation.reject(&why);
                self.rejection = Some(Box::new(why));
                answer
            }
        })
    }

    fn sign(&self, operation: &Sign) -> Option<Answer> {
        let key = self.key.as_ref()?;
        let mut signature = [0; MAX_SIGNATURE_LEN];
        let signed = key.sign(operation.algorithm(), operation.message(), &mut signature);
        let signature = signed.ok().and_then(|len| signature.get(..len));
        Some(signature.map_or_else(|| operation.refuse(), |bytes| operation.signature(bytes)))
    }

    fn choose_configuration(&mut self, operation: &ChooseConfiguration) -> Option<Answer> {
        let Side::Server(_, config) = &self.side else { return None };
        if config.identities.is_empty() && config.psks.is_none() {
            return None;
        }
        // Before any key is looked for, so that the answer says nothing about keys.
        let offered = operation.application_protocols();
        let protocols = &config.application_protocols;
        let protocol = operation.first_common_protocol(protocols);
        // RFC 7301 §3.2
        if protocol.is_none() && !protocols.is_empty() && !offered.is_empty() {
            return Some(operation.refuse(Refusal::NoApplicationProtocol));
        }
        let identity = choose_identity(&config.identities, operation);
        let mut choice = Choice::without_credentials();
        choice.credentials = identity.map(|identity| identity.credentials().clone());
        choice = choose_psk(choice, config, operation, self.now);
        if choice.credentials.is_none() && choice.psk.is_none() {
            let unknown = config.psks.is_some() && !operation.psk_identities().is_empty();
            let why = if unknown { Refusal::UnknownPskIdentity } else { Refusal::HandshakeFailure };
            return Some(operation.refuse(why));
        }
        choice.application_protocol = protocol.map(<[u8]>::to_vec);
        choice.client_authentication = config.client_authentication.clone();
        self.key = identity.map(|identity| Arc::clone(identity.key()));
        Some(operation.choose(choice))
    }

    /// Gives the client its tickets (RFC 8446 §4.6.1). One that cannot be made is not given.
    pub(crate) fn send_tickets(&mut self) -> Result<(), HandshakeError> {
        let Side::Server(machine, config) = &mut self.side else { return Ok(()) };
        let Some(sealer) = tickets(config) else { return Ok(()) };
        for _ in 0..config.ticket_count {
            let unsealed = machine.prepare_ticket(sealer.lifetime(), &mut *self.random)?;
            let Some(unsealed) = unsealed else { return Ok(()) };
            if let Some(ticket) = sealer.seal(unsealed.session(), self.now, &mut *self.random) {
                machine.send_ticket(&unsealed, &ticket)?;
            }
        }
        Ok(())
    }

    /// Keeps a ticket for the next connection, or gives it back if there is nowhere to keep it.
    pub(crate) fn keep_ticket(&self, ticket: Ticket) -> Option<StoredTicket> {
        let Side::Client(_, config, server_name) = &self.side else { return None };
        let ticket = StoredTicket {
            ticket,
            server_name: server_name.clone(),
            received: self.now,
            peer: self.peer.clone(),
        };
        let Some(store) = &config.tickets else { return Some(ticket) };
        store.put(server_name, ticket);
        None
    }

    fn choose_credentials(&mut self, operation: &ChooseCredentials) -> Answer {
        let Side::Client(_, config, _) = &self.side else { return operation.decline() };
        let schemes = operation.signature_schemes();
        match config.identity.as_ref().filter(|identity| identity.can_sign(schemes)) {
            Some(identity) => {
                self.key = Some(Arc::clone(identity.key()));
                operation.present(identity.credentials().clone())
            }
            None => operation.decline(),
        }
    }
}

/// What makes tickets, unless clients have to show certificates: a resumed handshake would pass over
/// that.
fn tickets(config: &ServerConfig) -> Option<&Arc<dyn SessionSealer>> {
    config.tickets.as_ref().filter(|_| config.client_authentication == ClientAuthentication::None)
}

/// The same with the first of the client's pre-shared keys that there is and that fits: one from elsewhere, or of a
/// session in one of our tickets.
fn choose_psk(
    mut choice: Choice,
    config: &ServerConfig,
    operation: &ChooseConfiguration,
    now: UnixTime,
) -> Choice {
    // RFC 8446 §4.3.2: certificates and keys do not go together.
    if config.client_authentication != ClientAuthentication::None {
        return choice;
    }
    let is_common = |suite: &Suite| operation.cipher_suites().contains(&suite.cipher_suite());
    let common = || config.handshake.suites.iter().filter(|suite| is_common(suite));
    for identity in operation.psk_identities().iter().take(MAX_PSKS_TRIED) {
        let external = config.psks.as_ref().and_then(|store| psk::accept(&**store, identity));
        if let Some(psk) = external {
            choice.psk = Some((identity.clone(), psk));
        } else if let Some(session) =
            config.tickets.as_ref().and_then(|sealer| sealer.open(identity, now))
        {
            choice = choice.resume(operation, identity, &session);
        }
        // RFC 8446 §4.2.11: its hash has to be that of a suite.
        choice.psk = choice.psk.filter(|(_, psk)| common().any(|suite| suite.hash() == psk.hash()));
        if choice.psk.is_some() {
            break;
        }
    }
    choice
}

/// The first identity of the client's server name, or else the first at all, whose key can sign with
/// a scheme of the client's.
fn choose_identity<'i>(
    identities: &'i [Identity],
    operation: &ChooseConfiguration,
) -> Option<&'i Identity> {
    let schemes = operation.signature_schemes();
    let mut able = identities.iter().filter(|identity| identity.can_sign(schemes));
    let name = operation.server_name().and_then(|name| ReferenceIdentity::dns(name).ok());
    let named = name.and_then(|name| able.clone().find(|identity| identity.is_for(&name)));
    named.or_else(|| able.next())
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        either!(&self.side, machine => fmt::Debug::fmt(machine, f))
    }
}
