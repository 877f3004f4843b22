//! NEGOTIATED (RFC 8446 §A.2): the server's flight, ServerHello to Finished, with a wait for the
//! signature in between.

use alloc::{sync::Arc, vec, vec::Vec};

use chancery_crypto::{Hash, SignatureAlgorithm};
use chancery_key_schedule::{Early, Transcript};
use chancery_wire::{
    Body, CertificateRequest, DistinguishedName, EncryptedExtensions, Extension, Extensions,
    HELLO_RETRY_REQUEST_RANDOM, KeyShareEntry, List, ProtocolName, ProtocolVersion, ServerHello,
    SignatureScheme,
};

use super::{
    Conversation, State, WaitCertificate, WaitFinished, offer::Offer,
    received_client_hello::change_cipher_spec,
};
use crate::{
    AcceptedPsk, Authentication, Choice, ClientAuthentication, Credentials, Epoch, Event,
    HandshakeError, Negotiated, Operation, Refusal, ServerConfig, Sign, certificate,
    certificate_verify::{self, Signer},
    context::Context,
    negotiated::HelloRetry,
    secrets::HandshakeSecrets,
};

/// RFC 8446 §A.2, NEGOTIATED: all that the flight is made from.
pub(crate) struct Negotiating<H> {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) offer: Offer,
    pub(crate) share: Vec<u8>,
    pub(crate) choice: Choice,
    /// Which of the client's pre-shared keys is taken: the one of the choice.
    pub(crate) psk: Option<u16>,
    /// Up to and including the ClientHello that counts.
    pub(crate) transcript: Transcript<H>,
    pub(crate) hello_retry: HelloRetry,
}

impl<H: Hash> Negotiating<H> {
    /// Sends ServerHello, EncryptedExtensions, CertificateRequest and Certificate.
    pub(crate) fn send_flight(self, cx: &mut Context<'_, H>) -> Result<State<H>, HandshakeError> {
        let Self { config, offer, share, choice, psk, mut transcript, hello_retry } = self;
        let suite = offer.suite;
        let authentication = authentication(&offer, &choice, psk)?;

        let random = server_random(cx)?;
        let (public, shared_secret) = offer.group.respond(cx.random, &share)?;
        let key_share =
            KeyShareEntry { group: offer.group.name(), key_exchange: public.as_bytes() };
        let mut extensions: Vec<_> =
            psk.map(Extension::PreSharedKeyServerHello).into_iter().collect();
        extensions.push(Extension::KeyShareServerHello(key_share));
        extensions.push(Extension::SelectedVersion(ProtocolVersion::TLS1_3));
        let hello = ServerHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: &random,
            legacy_session_id_echo: &offer.session_id,
            cipher_suite: suite.cipher_suite(),
            legacy_compression_method: 0,
            extensions: Extensions::from(extensions.as_slice()),
        };
        cx.send(Epoch::Plaintext, &Body::ServerHello(hello), &mut transcript)?;
        if hello_retry == HelloRetry::NotNeeded {
            change_cipher_spec(&offer, cx);
        }

        let early = match &authentication {
            With::Psk { psk, .. } => psk.early(config.labels),
            With::Certificate { .. } => Early::without_psk(suite.hash(), config.labels),
        };
        let secrets =
            HandshakeSecrets::agree(early, &shared_secret, &transcript, &offer.random, cx);
        cx.change_send_key(Epoch::Handshake, suite, &secrets.server);
        cx.change_receive_key(Epoch::Handshake, suite, &secrets.client)?;

        send_encrypted_extensions(&offer, &choice, &mut transcript, cx)?;
        let negotiated = Negotiated {
            suite,
            group: offer.group.name(),
            hello_retry,
            authentication: match &authentication {
                With::Psk { identity, psk } => psk.authentication(identity),
                With::Certificate { .. } => Authentication::Certificate,
            },
            ticket_use: offer.ticket_use,
            application_protocol: choice.application_protocol.clone(),
            server_name: offer.server_name.clone(),
        };
        let client_random = offer.random;
        let mut conversation = Conversation { config, client_random, transcript, negotiated };
        let With::Certificate { credentials, scheme, algorithm } = authentication else {
            return send_finished(conversation, secrets, ClientAuthentication::None, cx);
        };
        let transcript = &mut conversation.transcript;
        let client_authentication = choice.client_authentication.clone();
        send_certificate_request(&conversation.config, &client_authentication, transcript, cx)?;
        certificate::send(Some(credentials), offer.wanted, transcript, cx)?;
        cx.push(Event::Suspended(Operation::Sign(Sign {
            scheme,
            algorithm,
            message: certificate_verify::signed_content(Signer::Server, &transcript.hash()),
        })));
        Ok(Signing { conversation, secrets, scheme, client_authentication }.into())
    }
}

/// With what the server shows who it is.
enum With<'c> {
    Psk {
        identity: &'c [u8],
        psk: &'c AcceptedPsk,
    },
    Certificate {
        credentials: &'c Credentials,
        scheme: SignatureScheme,
        algorithm: SignatureAlgorithm,
    },
}

fn authentication<'c>(
    offer: &Offer,
    choice: &'c Choice,
    psk: Option<u16>,
) -> Result<With<'c>, HandshakeError> {
    if let (Some((identity, psk)), Some(_)) = (&choice.psk, psk) {
        return Ok(With::Psk { identity, psk });
    }
    let refusal = HandshakeError::Refused(Refusal::HandshakeFailure);
    let credentials = choice.credentials.as_ref().ok_or(refusal)?;
    let (scheme, algorithm) =
        certificate_verify::choose(&credentials.algorithms, &offer.signature_schemes)?;
    Ok(With::Certificate { credentials, scheme, algorithm })
}

/// RFC 8446 §4.1.3. The one value that means HelloRetryRequest is not to be hit by chance.
fn server_random<H: Hash>(cx: &mut Context<'_, H>) -> Result<[u8; 32], HandshakeError> {
    loop {
        let random = cx.random_bytes()?;
        if random != HELLO_RETRY_REQUEST_RANDOM {
            return Ok(random);
        }
    }
}

/// RFC 8446 §4.3.1
fn send_encrypted_extensions<H: Hash>(
    offer: &Offer,
    choice: &Choice,
    transcript: &mut Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    let mut extensions: Vec<_> = choice
        .more_extensions
        .iter()
        .map(|more| Extension::Raw(more.extension_type, &more.data))
        .collect();
    if let Some(protocol) = &choice.application_protocol {
        extensions.push(Extension::SelectedApplicationLayerProtocol(ProtocolName(protocol)));
    }
    // RFC 6066 §3: "A server that receives a client hello containing the "server_name" extension
    // ... SHALL include an extension of type "server_name" in the (extended) server hello", empty.
    if offer.server_name.is_some() {
        extensions.push(Extension::ServerNameAcknowledged);
    }
    let message = EncryptedExtensions { extensions: Extensions::from(extensions.as_slice()) };
    cx.send(Epoch::Handshake, &Body::EncryptedExtensions(message), transcript)
}

/// RFC 8446 §4.3.2
fn send_certificate_request<H: Hash>(
    config: &ServerConfig,
    client_authentication: &ClientAuthentication,
    transcript: &mut Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    let authorities = match client_authentication {
        ClientAuthentication::None => return Ok(()),
        ClientAuthentication::Optional { authorities }
        | ClientAuthentication::Required { authorities } => authorities,
    };
    let names: Vec<_> = authorities.iter().map(|name| DistinguishedName(name)).collect();
    let schemes = List::from(config.signature_schemes.as_slice());
    let mut extensions = vec![Extension::SignatureAlgorithms(schemes)];
    // RFC 8446 §4.2.4: the list has at least one name.
    if !names.is_empty() {
        extensions.push(Extension::CertificateAuthorities(List::from(names.as_slice())));
    }
    let message = CertificateRequest {
        certificate_request_context: &[],
        extensions: Extensions::from(extensions.as_slice()),
    };
    cx.send(Epoch::Handshake, &Body::CertificateRequest(message), transcript)
}

/// The server's CertificateVerify is with whoever has the key.
pub(crate) struct Signing<H> {
    conversation: Conversation<H>,
    secrets: HandshakeSecrets<H>,
    scheme: SignatureScheme,
    client_authentication: ClientAuthentication,
}

impl<H: Hash> Signing<H> {
    /// Sends CertificateVerify and Finished; application data may follow at once.
    pub(crate) fn on_signature(
        self,
        signature: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, HandshakeError> {
        let Self { mut conversation, secrets, scheme, client_authentication } = self;
        certificate::send_verify(scheme, signature, &mut conversation.transcript, cx)?;
        send_finished(conversation, secrets, client_authentication, cx)
    }
}

/// The server's Finished, and its first application keys.
fn send_finished<H: Hash>(
    mut conversation: Conversation<H>,
    secrets: HandshakeSecrets<H>,
    client_authentication: ClientAuthentication,
    cx: &mut Context<'_, H>,
) -> Result<State<H>, HandshakeError> {
    let transcript = &mut conversation.transcript;
    certificate::send_finished(&secrets.server, transcript, cx)?;
    let secrets = secrets.finish(transcript, &conversation.client_random, cx);
    cx.change_send_key(Epoch::Application, conversation.negotiated.suite, &secrets.server);
    // RFC 8446 §A.2, WAIT_FLIGHT2: "No auth" or "Client auth".
    Ok(match client_authentication {
        ClientAuthentication::None => WaitFinished { conversation, secrets }.into(),
        client_authentication => {
            WaitCertificate { conversation, secrets, client_authentication }.into()
        }
    })
}
