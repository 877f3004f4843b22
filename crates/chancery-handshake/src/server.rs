//! The server's machine (RFC 8446 §A.2).
//!
//! ```text
//!                    Start ◄───────────────────┐
//!        ClientHello   │                       │ send HelloRetryRequest
//!                      ▼                       │
//!             ReceivedClientHello ─────────────┘
//!                      │ choose parameters
//!                      ▼
//!              (Negotiated: Signing)
//!                      │ send ServerHello; keys := handshake
//!                      │ send EncryptedExtensions [CertificateRequest] Certificate
//!                      │      CertificateVerify Finished; sending keys := application
//!         client auth? ├──────────────► WaitCertificate
//!                      │                  │       │ Certificate
//!                      │ empty Certificate│       ▼
//!                      │                  │  (verified) WaitCertificateVerify
//!                      ▼                  ▼       │
//!                WaitFinished ◄───────────────────┘
//!                      │ Finished; receiving keys := application
//!                      ▼
//!                  Connected
//! ```

mod negotiated;
mod offer;
mod received_client_hello;
mod start;
mod wait_certificate;
mod wait_certificate_verify;
mod wait_finished;

use alloc::sync::Arc;
use core::fmt;

use chancery_crypto::{Hash, Random};
use chancery_key_schedule::{Exporter, Transcript};
use chancery_wire::{Body, KeyUpdateRequest, Message};

use self::{
    negotiated::Signing,
    received_client_hello::ReceivedClientHello,
    start::Start,
    wait_certificate::{VerifyingCertificates, WaitCertificate},
    wait_certificate_verify::WaitCertificateVerify,
    wait_finished::WaitFinished,
};
use crate::{
    Answer, Epoch, Event, HandshakeError, Negotiated, ServerConfig, UnsealedTicket, Violation,
    connected::{Connected, send_ticket},
    context::Context,
    machine::{Machine, NoRandom, Transitions},
    operation::AnswerKind,
};

/// The server's side of one connection.
///
/// After each call, act on [`poll`](Self::poll)'s events until there are none. Any error is final:
/// send its [`alert`](HandshakeError::alert) and close.
pub struct Server<H> {
    machine: Machine<H, State<H>>,
}

impl<H: Hash> Server<H> {
    /// Waits for a ClientHello.
    ///
    /// # Errors
    /// If the configuration has no suite or no group.
    pub fn start(config: Arc<ServerConfig>) -> Result<Self, HandshakeError> {
        if config.suites.is_empty() || config.groups.is_empty() {
            return Err(HandshakeError::Configuration);
        }
        Ok(Self { machine: Machine::new(Start { config, retry: None }) })
    }

    /// Takes in handshake bytes: the content of one record, or any part of QUIC's stream.
    ///
    /// # Errors
    /// If the peer broke a rule.
    pub fn receive(
        &mut self,
        epoch: Epoch,
        bytes: &[u8],
        random: &mut dyn Random,
    ) -> Result<(), HandshakeError> {
        self.machine.receive(epoch, bytes, random)
    }

    /// Brings the answer to the [`Operation`](crate::Operation) of [`Event::Suspended`].
    ///
    /// # Errors
    /// If the answer is a refusal, or what waited behind it breaks a rule.
    pub fn resume(
        &mut self,
        answer: Answer,
        random: &mut dyn Random,
    ) -> Result<(), HandshakeError> {
        self.machine.resume(answer, random)
    }

    /// The next thing to do, if any.
    pub fn poll(&mut self) -> Option<Event<H>> {
        self.machine.poll()
    }

    /// Sends a KeyUpdate, and sends under new keys from then on (RFC 8446 §4.6.3).
    ///
    /// # Errors
    /// [`HandshakeError::WrongState`] before the handshake is complete.
    pub fn update_keys(&mut self, request_update: KeyUpdateRequest) -> Result<(), HandshakeError> {
        self.machine.update_keys(request_update)
    }

    /// Begins a ticket for the client, good for `lifetime` seconds, at most seven days
    /// (RFC 8446 §4.6.1). The server's part of it has to be sealed by whoever has the key for that.
    ///
    /// `None` if the client could not use it, since its `psk_key_exchange_modes` are others than ours
    /// (RFC 8446 §4.2.9); or if this connection is by a key from elsewhere, which the client can as well use again,
    /// for as long as you have it.
    ///
    /// # Errors
    /// [`HandshakeError::WrongState`] before the handshake is complete; or if randomness fails.
    pub fn prepare_ticket(
        &mut self,
        lifetime: u32,
        random: &mut dyn Random,
    ) -> Result<Option<UnsealedTicket>, HandshakeError> {
        self.machine.with_connected(random, |connected, cx| connected.prepare_ticket(lifetime, cx))
    }

    /// Sends a ticket that was begun so, as the bytes by which the client shall offer it.
    ///
    /// # Errors
    /// If `ticket` is empty or exceeds 65,535 bytes.
    pub fn send_ticket(
        &mut self,
        unsealed: &UnsealedTicket,
        ticket: &[u8],
    ) -> Result<(), HandshakeError> {
        self.machine.with_connected(&mut NoRandom, |_, cx| send_ticket(unsealed, ticket, cx))
    }

    /// Tells that application data was received: a peer that sends nothing but messages is refused
    /// after a while.
    pub fn note_application_data(&mut self) {
        self.machine.note_application_data();
    }

    /// Makes sure that nothing of a handshake message is pending, before a record of another type
    /// is looked at (RFC 8446 §5.1).
    ///
    /// # Errors
    /// If a part of a message is.
    pub fn check_aligned(&self) -> Result<(), HandshakeError> {
        self.machine.check_aligned()
    }

    /// What has been agreed on; `None` before the handshake is complete.
    #[must_use]
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.machine.connected().map(Connected::negotiated)
    }

    /// Keying material for other protocols (RFC 8446 §7.5); `None` before the handshake is complete.
    #[must_use]
    pub fn exporter(&self) -> Option<&Exporter<H>> {
        self.machine.connected().map(Connected::exporter)
    }

    /// The name of the state.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.machine.state().name()
    }
}

impl<H: Hash> fmt::Debug for Server<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.state())
    }
}

/// What every state after the ServerHello carries along.
pub(crate) struct Conversation<H> {
    config: Arc<ServerConfig>,
    client_random: [u8; 32],
    transcript: Transcript<H>,
    negotiated: Negotiated,
}

/// The states of RFC 8446 §A.2, and those in which an answer is awaited.
#[allow(clippy::large_enum_variant, reason = "one a connection, and short-lived")]
pub(crate) enum State<H> {
    Start(Start<H>),
    ReceivedClientHello(ReceivedClientHello),
    Signing(Signing<H>),
    WaitCertificate(WaitCertificate<H>),
    VerifyingCertificates(VerifyingCertificates<H>),
    WaitCertificateVerify(WaitCertificateVerify<H>),
    WaitFinished(WaitFinished<H>),
    Connected(Connected<H>),
    Failed,
}

impl<H: Hash> Transitions<H> for State<H> {
    const FAILED: Self = Self::Failed;

    /// RFC 8446 §A.2: which message is expected where, and what comes of it.
    #[rustfmt::skip]
    fn on_message(self, message: &Message<'_>, cx: &mut Context<'_, H>) -> Result<Self, HandshakeError> {
        let raw = message.raw;
        Ok(match (self, &message.body) {
            (Self::Start(s), Body::ClientHello(m)) => s.on_client_hello(m, raw, cx)?,
            (Self::WaitCertificate(s), Body::Certificate(m)) => s.on_certificate(m, raw, cx)?,
            (Self::WaitCertificateVerify(s), Body::CertificateVerify(m)) => s.on_certificate_verify(m, raw)?.into(),
            (Self::WaitFinished(s), Body::Finished(m)) => s.on_finished(m, raw, cx)?.into(),
            (Self::Connected(s), Body::KeyUpdate(m)) => s.on_key_update(*m, cx)?.into(),
            (state, body) => {
                let (state, message) = (state.name(), body.msg_type());
                return Err(Violation::UnexpectedMessage { state, message }.into());
            }
        })
    }

    /// Which answer is awaited where.
    #[rustfmt::skip]
    fn on_answer(self, answer: AnswerKind, cx: &mut Context<'_, H>) -> Result<Self, HandshakeError> {
        Ok(match (self, answer) {
            (Self::ReceivedClientHello(s), AnswerKind::Choice(choice)) => s.on_choice(choice, cx)?,
            (Self::ReceivedClientHello(_), AnswerKind::Refused(why)) => return Err(HandshakeError::Refused(why)),
            (Self::Signing(s), AnswerKind::Signature(signature)) => s.on_signature(&signature, cx)?,
            (Self::Signing(_), AnswerKind::Refused(why)) => return Err(HandshakeError::Refused(why)),
            (Self::VerifyingCertificates(s), AnswerKind::Verified(key)) => s.on_verified(key).into(),
            (Self::VerifyingCertificates(_), AnswerKind::Rejected(why)) => return Err(HandshakeError::CertificateRejected(why)),
            (Self::VerifyingCertificates(_), AnswerKind::Refused(why)) => return Err(HandshakeError::Refused(why)),
            _ => return Err(HandshakeError::UnexpectedAnswer),
        })
    }

    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed)
    }

    fn is_suspended(&self) -> bool {
        matches!(
            self,
            Self::ReceivedClientHello(_) | Self::Signing(_) | Self::VerifyingCertificates(_)
        )
    }

    fn connected(&self) -> Option<&Connected<H>> {
        if let Self::Connected(connected) = self { Some(connected) } else { None }
    }

    fn connected_mut(&mut self) -> Option<&mut Connected<H>> {
        if let Self::Connected(connected) = self { Some(connected) } else { None }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Start(_) => "Start",
            Self::ReceivedClientHello(_) => "ReceivedClientHello",
            Self::Signing(_) => "Signing",
            Self::WaitCertificate(_) => "WaitCertificate",
            Self::VerifyingCertificates(_) => "VerifyingCertificates",
            Self::WaitCertificateVerify(_) => "WaitCertificateVerify",
            Self::WaitFinished(_) => "WaitFinished",
            Self::Connected(_) => "Connected",
            Self::Failed => "Failed",
        }
    }
}

impl<H> From<ReceivedClientHello> for State<H> {
    fn from(state: ReceivedClientHello) -> Self {
        Self::ReceivedClientHello(state)
    }
}

macro_rules! into_state {
    ($($state:ident),*) => { $(
        impl<H> From<$state<H>> for State<H> {
            fn from(state: $state<H>) -> Self {
                Self::$state(state)
            }
        }
    )* };
}

into_state!(
    Start,
    Signing,
    WaitCertificate,
    VerifyingCertificates,
    WaitCertificateVerify,
    WaitFinished,
    Connected
);
