//! WAIT_SH (RFC 8446 §A.1): ServerHello (§4.1.3) or HelloRetryRequest (§4.1.4).

use alloc::vec::Vec;

use chancery_crypto::Hash;
use chancery_key_schedule::{Early, Transcript};
use chancery_wire::{
    CipherSuite, DOWNGRADE_TO_TLS1_1, DOWNGRADE_TO_TLS1_2, ExtensionType, Extensions,
    HelloRetryRequest, ProtocolVersion, ServerHello,
};

use super::{
    Conversation, WaitEncryptedExtensions,
    start::{Hello, SentHello},
};
use crate::{
    Authentication, Epoch, Event, HandshakeError, MiddleboxCompatibility, Negotiated, OfferedPsk,
    Suite, Violation,
    context::Context,
    negotiated::{HelloRetry, TicketUse},
    secrets::HandshakeSecrets,
};

/// RFC 8446 §A.1, WAIT_SH
pub(crate) struct WaitServerHello<H> {
    pub(crate) hello: Hello,
    pub(crate) sent: SentHello,
    pub(crate) retry: Option<Retry<H>>,
}

/// What a HelloRetryRequest has settled.
pub(crate) struct Retry<H> {
    suite: Suite,
    /// Up to and including the second ClientHello.
    transcript: Transcript<H>,
}

/// The fields that ServerHello and HelloRetryRequest share.
struct Selection<'a> {
    legacy_version: ProtocolVersion,
    legacy_session_id_echo: &'a [u8],
    cipher_suite: CipherSuite,
    legacy_compression_method: u8,
    extensions: Extensions<'a>,
}

impl<H: Hash> WaitServerHello<H> {
    /// RFC 8446 §4.1.3
    pub(crate) fn on_server_hello(
        self,
        message: &ServerHello<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<WaitEncryptedExtensions<H>, HandshakeError> {
        if message.extensions.selected_version().is_none() {
            return Err(older_version(message).into());
        }
        let suite = self.check(&Selection {
            legacy_version: message.legacy_version,
            legacy_session_id_echo: message.legacy_session_id_echo,
            cipher_suite: message.cipher_suite,
            legacy_compression_method: message.legacy_compression_method,
            extensions: message.extensions,
        })?;
        let Self { mut hello, sent, retry } = self;
        // RFC 8446 §4.2: "Implementations MUST NOT send extension responses if the remote endpoint
        // did not send the corresponding extension requests".
        let unasked = message.extensions.types().find(|kind| !sent.extensions.contains(kind));
        if let Some(unasked) = unasked {
            return Err(Violation::UnsolicitedExtension(unasked).into());
        }
        let (hello_retry, mut transcript) = match retry {
            // RFC 8446 §4.1.4: "Upon receiving the ServerHello, clients MUST check that the cipher
            // suite supplied in the ServerHello is the same as that in the HelloRetryRequest".
            Some(retry) if retry.suite != suite => return Err(Violation::CipherSuiteChanged.into()),
            Some(retry) => (HelloRetry::Needed, retry.transcript),
            None => {
                let mut transcript = Transcript::new(suite.hash());
                transcript.update(&sent.bytes);
                (HelloRetry::NotNeeded, transcript)
            }
        };
        transcript.update(raw);

        let (authentication, early) = match message.extensions.selected_identity() {
            None => {
                let early = Early::without_psk(suite.hash(), hello.config.labels);
                (Authentication::Certificate, early)
            }
            // RFC 8446 §4.2.11: "Clients MUST verify that the server's selected_identity is within
            // the range supplied by the client, that the server selected a cipher suite indicating
            // a Hash associated with the PSK".
            Some(index) => {
                let selected = hello.psks.get(usize::from(index));
                let OfferedPsk { identity, key, .. } =
                    selected.ok_or(Violation::SelectedIdentity)?;
                if key.hash != suite.hash() {
                    return Err(Violation::PskHash.into());
                }
                (key.authentication(identity), key.early(hello.config.labels))
            }
        };
        // RFC 8446 §4.2.9: with psk_dhe_ke the server supplies a key_share too.
        let share = message
            .extensions
            .key_share_server_hello()
            .ok_or(Violation::MissingExtension(ExtensionType::KEY_SHARE))?;
        let position = hello.shares.iter().position(|offered| offered.group == share.group);
        let offered = hello.shares.swap_remove(position.ok_or(Violation::KeyShareGroup)?);
        let shared_secret = offered.complete(share.key_exchange)?;

        let secrets =
            HandshakeSecrets::agree(early, &shared_secret, &transcript, &hello.random, cx);
        cx.change_receive_key(Epoch::Handshake, suite, &secrets.server)?;
        cx.change_send_key(Epoch::Handshake, suite, &secrets.client);
        let negotiated = Negotiated {
            suite,
            group: share.group,
            hello_retry,
            authentication,
            // Every ClientHello says so.
            ticket_use: TicketUse::Possible,
            application_protocol: None,
            server_name: None,
        };
        let conversation = Conversation {
            host_name: hello.host_name(),
            config: hello.config,
            server_name: hello.server_name,
            client_random: hello.random,
            extensions: sent.extensions,
            transcript,
            negotiated,
        };
        Ok(WaitEncryptedExtensions { conversation, secrets })
    }

    /// RFC 8446 §4.1.4
    pub(crate) fn on_hello_retry_request(
        self,
        message: &HelloRetryRequest<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<Self, HandshakeError> {
        // "If a client receives a second HelloRetryRequest in the same connection ... it MUST abort
        // the handshake with an "unexpected_message" alert."
        if self.retry.is_some() {
            return Err(Violation::SecondHelloRetryRequest.into());
        }
        let suite = self.check(&Selection {
            legacy_version: message.legacy_version,
            legacy_session_id_echo: message.legacy_session_id_echo,
            cipher_suite: message.cipher_suite,
            legacy_compression_method: message.legacy_compression_method,
            extensions: message.extensions,
        })?;
        let Self { mut hello, sent, .. } = self;
        // "MUST NOT contain any extensions that were not first offered by the client in its
        // ClientHello, with the exception of optionally the "cookie"".
        let unasked = message
            .extensions
            .types()
            .find(|kind| *kind != ExtensionType::COOKIE && !sent.extensions.contains(kind));
        if let Some(unasked) = unasked {
            return Err(Violation::UnsolicitedExtension(unasked).into());
        }
        let group = message.extensions.key_share_hello_retry_request();
        let cookie = message.extensions.cookie();
        // "Clients MUST abort the handshake with an "illegal_parameter" alert if the
        // HelloRetryRequest would not result in any change in the ClientHello."
        if group.is_none() && cookie.is_none() {
            return Err(Violation::RetryWithoutChange.into());
        }
        if let Some(name) = group {
            // RFC 8446 §4.2.8: the client verifies that the group is in its supported_groups, and
            // that its share was not sent already.
            let groups = &hello.config.groups;
            let group = groups.iter().find(|g| g.name() == name && !hello.has_share(name)).copied();
            let share = group.ok_or(Violation::RetryGroup)?.offer(cx.random)?;
            hello.shares = Vec::from([share]);
        }
        hello.cookie = cookie.unwrap_or_default().to_vec();
        // The client "SHOULD NOT offer any pre-shared keys associated with a hash other than that
        // of the selected cipher suite".
        hello.psks.retain(|offered| offered.key.hash == suite.hash());

        let mut transcript = Transcript::new(suite.hash());
        transcript.update(&sent.bytes);
        let mut transcript = transcript.into_message_hash();
        transcript.update(raw);
        // RFC 8446 §D.4: the client's change_cipher_spec comes "immediately before its second
        // flight", which here is the second ClientHello.
        if hello.config.effective_compatibility() == MiddleboxCompatibility::On {
            cx.push(Event::SendChangeCipherSpec);
        }
        let sent = hello.encode(Some(&transcript))?;
        transcript.update(&sent.bytes);
        cx.push(Event::Send { epoch: Epoch::Plaintext, bytes: sent.bytes.clone() });
        Ok(Self { hello, sent, retry: Some(Retry { suite, transcript }) })
    }

    /// What ServerHello and HelloRetryRequest have to keep to alike (RFC 8446 §4.1.3, §4.1.4).
    fn check(&self, selection: &Selection<'_>) -> Result<Suite, Violation> {
        match selection.extensions.selected_version() {
            Some(ProtocolVersion::TLS1_3) => {}
            Some(other) => return Err(Violation::VersionNotOffered(other)),
            None => return Err(Violation::MissingExtension(ExtensionType::SUPPORTED_VERSIONS)),
        }
        if selection.legacy_version != ProtocolVersion::TLS1_2 {
            return Err(Violation::LegacyVersion);
        }
        if selection.legacy_session_id_echo != self.hello.session_id {
            return Err(Violation::SessionIdEcho);
        }
        if selection.legacy_compression_method != 0 {
            return Err(Violation::CompressionMethod);
        }
        Suite::from_cipher_suite(selection.cipher_suite)
            .filter(|suite| self.hello.config.suites.contains(suite))
            .ok_or(Violation::CipherSuiteNotOffered)
    }
}

/// A ServerHello without `supported_versions` negotiates TLS 1.2 or less (RFC 8446 §4.2.1).
fn older_version(message: &ServerHello<'_>) -> Violation {
    // RFC 8446 §4.1.3: "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST
    // check that the last 8 bytes are not equal to either of these values."
    if [DOWNGRADE_TO_TLS1_2, DOWNGRADE_TO_TLS1_1].iter().any(|end| message.random.ends_with(end)) {
        Violation::Downgrade
    } else {
        Violation::ProtocolVersion(message.legacy_version)
    }
}
