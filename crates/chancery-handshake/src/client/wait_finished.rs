//! WAIT_FINISHED (RFC 8446 §A.1): the server's Finished (§4.4.4), and the client's own flight.

use chancery_crypto::{Hash, SignatureAlgorithm};
use chancery_wire::{Finished, SignatureScheme};

use super::{Conversation, State, wait_certificate_or_request::Request};
use crate::{
    ChooseCredentials, Credentials, Epoch, Event, HandshakeError, MiddleboxCompatibility,
    Operation, Sign, Violation, certificate,
    certificate_verify::{self, Signer},
    connected::{Connected, Side},
    context::Context,
    secrets::{ApplicationSecrets, HandshakeSecrets},
};

/// RFC 8446 §A.1, WAIT_FINISHED
pub(crate) struct WaitFinished<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: HandshakeSecrets<H>,
    pub(crate) request: Option<Request>,
}

impl<H: Hash> WaitFinished<H> {
    /// RFC 8446 §4.4.4
    pub(crate) fn on_finished(
        self,
        message: &Finished<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, HandshakeError> {
        let Self { mut conversation, secrets, request } = self;
        certificate::check_finished(message, raw, &secrets.server, &mut conversation.transcript)?;
        let random = &conversation.client_random;
        let secrets = secrets.finish(&conversation.transcript, random, cx);
        let suite = conversation.negotiated.suite;
        cx.change_receive_key(Epoch::Application, suite, &secrets.server)?;
        // RFC 8446 §D.4: before the second flight, if that was not the second ClientHello.
        if conversation.config.effective_compatibility() == MiddleboxCompatibility::On
            && !conversation.negotiated.is_retried()
        {
            cx.push(Event::SendChangeCipherSpec);
        }
        let Some(request) = request else {
            return finish(conversation, secrets, cx).map(State::from);
        };
        cx.push(Event::Suspended(Operation::ChooseCredentials(ChooseCredentials {
            signature_schemes: request.signature_schemes.clone(),
            authorities: request.authorities.clone(),
        })));
        Ok(ChoosingCredentials { conversation, secrets, request }.into())
    }
}

/// The server asked for a certificate, and somebody has to choose one.
pub(crate) struct ChoosingCredentials<H> {
    conversation: Conversation<H>,
    secrets: ApplicationSecrets<H>,
    request: Request,
}

impl<H: Hash> ChoosingCredentials<H> {
    /// RFC 8446 §4.4.2: the client sends a Certificate "if and only if the server has requested
    /// client authentication", be it empty.
    pub(crate) fn on_credentials(
        self,
        credentials: Option<&Credentials>,
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, HandshakeError> {
        let Self { mut conversation, secrets, request } = self;
        let scheme = choose_scheme(credentials, &request)?;
        let transcript = &mut conversation.transcript;
        certificate::send(credentials, request.wanted, transcript, cx)?;
        let Some((scheme, algorithm)) = scheme else {
            return finish(conversation, secrets, cx).map(State::from);
        };
        cx.push(Event::Suspended(Operation::Sign(Sign {
            scheme,
            algorithm,
            message: certificate_verify::signed_content(Signer::Client, &transcript.hash()),
        })));
        Ok(Signing { conversation, secrets, scheme }.into())
    }
}

fn choose_scheme(
    credentials: Option<&Credentials>,
    request: &Request,
) -> Result<Option<(SignatureScheme, SignatureAlgorithm)>, Violation> {
    credentials
        .map(|own| certificate_verify::choose(&own.algorithms, &request.signature_schemes))
        .transpose()
}

/// The client's CertificateVerify is with whoever has the key.
pub(crate) struct Signing<H> {
    conversation: Conversation<H>,
    secrets: ApplicationSecrets<H>,
    scheme: SignatureScheme,
}

impl<H: Hash> Signing<H> {
    pub(crate) fn on_signature(
        self,
        signature: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<Connected<H>, HandshakeError> {
        let Self { mut conversation, secrets, scheme } = self;
        certificate::send_verify(scheme, signature, &mut conversation.transcript, cx)?;
        finish(conversation, secrets, cx)
    }
}

/// The client's Finished, and its first application keys.
fn finish<H: Hash>(
    conversation: Conversation<H>,
    secrets: ApplicationSecrets<H>,
    cx: &mut Context<'_, H>,
) -> Result<Connected<H>, HandshakeError> {
    let Conversation { mut transcript, negotiated, .. } = conversation;
    certificate::send_finished(&secrets.client_handshake, &mut transcript, cx)?;
    cx.change_send_key(Epoch::Application, negotiated.suite, &secrets.client);
    cx.push(Event::Complete);
    Ok(Connected::new(Side::Client, secrets, &transcript, negotiated))
}
