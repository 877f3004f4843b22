//! The client's machine (RFC 8446 §A.1).
//!
//! ```text
//!                            START
//!                             │ send ClientHello
//!                             ▼
//!       ┌──────────────► WaitServerHello ◄──┐
//!       │                     │  └──────────┘ HelloRetryRequest: send ClientHello
//!       │         ServerHello │ keys := handshake
//!       │                     ▼
//!       │          WaitEncryptedExtensions
//!       │     with certificate│      │with PSK
//!       │                     ▼      │
//!       │        WaitCertificateOrRequest
//!       │  CertificateRequest │  │Certificate
//!       │                     ▼  │   │
//!       │        WaitCertificate │   │
//!       │         Certificate │  │   │
//!       │                     ▼  ▼   │
//!       │        (verified) WaitCertificateVerify
//!       │                     │      │
//!       │                     ▼      ▼
//!       │                  WaitFinished
//!       │                     │ send [Certificate [CertificateVerify]] Finished
//!       ▼                     ▼ keys := application
//!     Failed              Connected
//! ```

mod start;
mod wait_certificate;
mod wait_certificate_or_request;
mod wait_certificate_verify;
mod wait_encrypted_extensions;
mod wait_finished;
mod wait_server_hello;

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use chancery_crypto::{Hash, Random};
use chancery_key_schedule::{Exporter, Transcript};
use chancery_wire::{Body, ExtensionType, KeyUpdateRequest, Message};
use pki_types::ServerName;

use self::{
    wait_certificate::{VerifyingCertificates, WaitCertificate},
    wait_certificate_or_request::WaitCertificateOrRequest,
    wait_certificate_verify::WaitCertificateVerify,
    wait_encrypted_extensions::WaitEncryptedExtensions,
    wait_finished::{ChoosingCredentials, Signing, WaitFinished},
    wait_server_hello::WaitServerHello,
};
use crate::{
    Answer, ClientConfig, Epoch, Event, HandshakeError, Negotiated, OfferedPsk, Violation,
    connected::Connected,
    context::Context,
    machine::{Machine, Transitions},
    operation::AnswerKind,
};

/// The client's side of one connection.
///
/// After each call, act on [`poll`](Self::poll)'s events until there are none. Any error is final:
/// send its [`alert`](HandshakeError::alert) and close.
pub struct Client<H> {
    machine: Machine<H, State<H>>,
}

impl<H: Hash> Client<H> {
    /// Sends a ClientHello to the server of this name.
    ///
    /// # Errors
    /// If randomness fails, or the configuration has no suite, no group, or what cannot be encoded.
    pub fn start(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        random: &mut dyn Random,
    ) -> Result<Self, HandshakeError> {
        Self::start_with_psks(config, server_name, Vec::new(), random)
    }

    /// The same, offering [tickets](crate::Ticket::offer) of earlier connections and other
    /// pre-shared keys, the preferred one first. The server may still choose to show a certificate instead.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with_psks(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        psks: Vec<OfferedPsk>,
        random: &mut dyn Random,
    ) -> Result<Self, HandshakeError> {
        let machine = Machine::start(random, |cx| start::start(config, server_name, psks, cx))?;
        Ok(Self { machine })
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

impl<H: Hash> fmt::Debug for Client<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.state())
    }
}

/// What every state after the ServerHello carries along.
pub(crate) struct Conversation<H> {
    config: Arc<ClientConfig>,
    server_name: ServerName<'static>,
    host_name: Option<Box<str>>,
    client_random: [u8; 32],
    /// The types of the ClientHello's extensions, which answers are held against.
    extensions: Vec<ExtensionType>,
    transcript: Transcript<H>,
    negotiated: Negotiated,
}

/// The states of RFC 8446 §A.1, and those in which an answer is awaited.
#[allow(clippy::large_enum_variant, reason = "one a connection, and short-lived")]
pub(crate) enum State<H> {
    WaitServerHello(WaitServerHello<H>),
    WaitEncryptedExtensions(WaitEncryptedExtensions<H>),
    WaitCertificateOrRequest(WaitCertificateOrRequest<H>),
    WaitCertificate(WaitCertificate<H>),
    VerifyingCertificates(VerifyingCertificates<H>),
    WaitCertificateVerify(WaitCertificateVerify<H>),
    WaitFinished(WaitFinished<H>),
    ChoosingCredentials(ChoosingCredentials<H>),
    Signing(Signing<H>),
    Connected(Connected<H>),
    Failed,
}

impl<H: Hash> Transitions<H> for State<H> {
    const FAILED: Self = Self::Failed;

    /// RFC 8446 §A.1: which message is expected where, and what comes of it.
    #[rustfmt::skip]
    fn on_message(self, message: &Message<'_>, cx: &mut Context<'_, H>) -> Result<Self, HandshakeError> {
        let raw = message.raw;
        Ok(match (self, &message.body) {
            (Self::WaitServerHello(s), Body::HelloRetryRequest(m)) => s.on_hello_retry_request(m, raw, cx)?.into(),
            (Self::WaitServerHello(s), Body::ServerHello(m)) => s.on_server_hello(m, raw, cx)?.into(),
            (Self::WaitEncryptedExtensions(s), Body::EncryptedExtensions(m)) => s.on_encrypted_extensions(m, raw)?,
            (Self::WaitCertificateOrRequest(s), Body::CertificateRequest(m)) => s.on_certificate_request(m, raw)?.into(),
            (Self::WaitCertificateOrRequest(s), Body::Certificate(m)) => s.on_certificate(m, raw, cx)?.into(),
            (Self::WaitCertificate(s), Body::Certificate(m)) => s.on_certificate(m, raw, cx)?.into(),
            (Self::WaitCertificateVerify(s), Body::CertificateVerify(m)) => s.on_certificate_verify(m, raw)?.into(),
            (Self::WaitFinished(s), Body::Finished(m)) => s.on_finished(m, raw, cx)?,
            (Self::Connected(s), Body::NewSessionTicket(m)) => s.on_new_session_ticket(m, cx)?.into(),
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
            (Self::VerifyingCertificates(s), AnswerKind::Verified(key)) => s.on_verified(key).into(),
            (Self::VerifyingCertificates(_), AnswerKind::Rejected(why)) => return Err(HandshakeError::CertificateRejected(why)),
            (Self::VerifyingCertificates(_), AnswerKind::Refused(why)) => return Err(HandshakeError::Refused(why)),
            (Self::ChoosingCredentials(s), AnswerKind::Credentials(chosen)) => s.on_credentials(chosen.as_ref(), cx)?,
            (Self::Signing(s), AnswerKind::Signature(signature)) => s.on_signature(&signature, cx)?.into(),
            (Self::Signing(_), AnswerKind::Refused(why)) => return Err(HandshakeError::Refused(why)),
            _ => return Err(HandshakeError::UnexpectedAnswer),
        })
    }

    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed)
    }

    fn is_suspended(&self) -> bool {
        matches!(
            self,
            Self::VerifyingCertificates(_) | Self::ChoosingCredentials(_) | Self::Signing(_)
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
            Self::WaitServerHello(_) => "WaitServerHello",
            Self::WaitEncryptedExtensions(_) => "WaitEncryptedExtensions",
            Self::WaitCertificateOrRequest(_) => "WaitCertificateOrRequest",
            Self::WaitCertificate(_) => "WaitCertificate",
            Self::VerifyingCertificates(_) => "VerifyingCertificates",
            Self::WaitCertificateVerify(_) => "WaitCertificateVerify",
            Self::WaitFinished(_) => "WaitFinished",
            Self::ChoosingCredentials(_) => "ChoosingCredentials",
            Self::Signing(_) => "Signing",
            Self::Connected(_) => "Connected",
            Self::Failed => "Failed",
        }
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
    WaitServerHello,
    WaitEncryptedExtensions,
    WaitCertificateOrRequest,
    WaitCertificate,
    VerifyingCertificates,
    WaitCertificateVerify,
    WaitFinished,
    ChoosingCredentials,
    Signing,
    Connected
);
