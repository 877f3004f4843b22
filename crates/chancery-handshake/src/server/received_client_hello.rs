//! RECVD_CH (RFC 8446 §A.2): somebody chooses the configuration; then on, or a HelloRetryRequest
//! (§4.1.4).

use alloc::{sync::Arc, vec, vec::Vec};

use chancery_crypto::Hash;
use chancery_key_schedule::{LabelSet, Transcript};
use chancery_wire::{
    Body, ClientHello, Extension, Extensions, HelloRetryRequest, Message, ProtocolVersion,
};

use super::{Start, State, negotiated::Negotiating, offer::Offer, start::Retry};
use crate::{
    Choice, ClientAuthentication, Epoch, Event, HandshakeError, ServerConfig, Suite, Violation,
    context::Context, negotiated::HelloRetry,
};

/// RFC 8446 §A.2, RECVD_CH
pub(crate) struct ReceivedClientHello {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) offer: Offer,
    pub(crate) client_hello: Vec<u8>,
}

impl ReceivedClientHello {
    /// RFC 8446 §A.2: "Select parameters".
    pub(crate) fn on_choice<H: Hash>(
        self,
        choice: Choice,
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, HandshakeError> {
        let Self { config, mut offer, client_hello } = self;
        // RFC 7301 §3.2: the choice is one of the client's.
        let protocol = &choice.application_protocol;
        if protocol.as_ref().is_some_and(|name| !offer.application_protocols.contains(name)) {
            return Err(HandshakeError::Configuration);
        }
        offer.suite = choose_suite(&offer, &choice);
        let before = Transcript::new(offer.suite.hash());
        let mut transcript = before.clone();
        transcript.update(&client_hello);
        // At once, and not only in the second ClientHello: what a client without the key is told must not depend on
        // whether there is one of this name (RFC 8446 §E.6).
        let message = Message::decode(&client_hello).map_err(Violation::Decode)?;
        let psk = match &message.body {
            Body::ClientHello(message) => {
                check_psk(&choice, &offer, message, &client_hello, &before, config.labels)?
            }
            _ => None,
        };
        let Some(share) = offer.share.clone() else {
            let transcript = retry(&offer, &choice, transcript, cx)?;
            let retry = Retry {
                first: client_hello,
                suite: offer.suite,
                group: offer.group,
                choice,
                transcript,
            };
            return Ok(Start { config, retry: Some(retry) }.into());
        };
        let hello_retry = HelloRetry::NotNeeded;
        Negotiating { config, offer, share, choice, psk, transcript, hello_retry }.send_flight(cx)
    }
}

/// RFC 8446 §4.2.11: with a PSK, the suite has to have its hash.
fn choose_suite(offer: &Offer, choice: &Choice) -> Suite {
    let hash = choice.psk.as_ref().map(|(_, psk)| psk.hash);
    let fitting = offer.suites.iter().find(|suite| Some(suite.hash()) == hash);
    fitting.copied().unwrap_or(offer.suite)
}

/// The index of the PSK that the choice names, if it can be taken.
pub(crate) fn check_psk<H: Hash>(
    choice: &Choice,
    offer: &Offer,
    message: &ClientHello<'_>,
    raw: &[u8],
    before: &Transcript<H>,
    labels: LabelSet,
) -> Result<Option<u16>, Violation> {
    match &choice.psk {
        // RFC 8446 §4.3.2: "Servers which are authenticating with a PSK MUST NOT send the
        // CertificateRequest message", and a resumption must not stand in for a certificate.
        Some((identity, psk))
            if psk.hash == offer.suite.hash()
                && choice.client_authentication == ClientAuthentication::None =>
        {
            psk.check(identity, message, raw, before, labels)
        }
        _ => Ok(None),
    }
}

/// Sends a HelloRetryRequest for a share of the chosen group (RFC 8446 §4.1.4).
fn retry<H: Hash>(
    offer: &Offer,
    choice: &Choice,
    transcript: Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<Transcript<H>, HandshakeError> {
    let mut extensions = vec![Extension::KeyShareHelloRetryRequest(offer.group.name())];
    extensions.extend(choice.cookie.as_deref().map(Extension::Cookie));
    extensions.push(Extension::SelectedVersion(ProtocolVersion::TLS1_3));
    let request = HelloRetryRequest {
        legacy_version: ProtocolVersion::TLS1_2,
        legacy_session_id_echo: &offer.session_id,
        cipher_suite: offer.suite.cipher_suite(),
        legacy_compression_method: 0,
        extensions: Extensions::from(extensions.as_slice()),
    };
    // RFC 8446 §4.4.1: ClientHello1 counts as a message_hash from here on.
    let mut transcript = transcript.into_message_hash();
    cx.send(Epoch::Plaintext, &Body::HelloRetryRequest(request), &mut transcript)?;
    change_cipher_spec(offer, cx);
    Ok(transcript)
}

/// RFC 8446 §D.4: "the server sends a dummy change_cipher_spec record immediately after its first
/// handshake message", which it needs not do if the client's session ID is empty.
pub(crate) fn change_cipher_spec<H: Hash>(offer: &Offer, cx: &mut Context<'_, H>) {
    if !offer.session_id.is_empty() {
        cx.push(Event::SendChangeCipherSpec);
    }
}
