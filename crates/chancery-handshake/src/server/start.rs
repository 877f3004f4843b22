//! START (RFC 8446 §A.2): the first ClientHello (§4.1.2), and the second after a HelloRetryRequest.

use alloc::{sync::Arc, vec::Vec};

use chancery_crypto::Hash;
use chancery_key_schedule::Transcript;
use chancery_wire::{Body, ClientHello, ExtensionType, Extensions, Message};

use super::{
    ReceivedClientHello, State,
    negotiated::Negotiating,
    offer::{Offer, question},
    received_client_hello::check_psk,
};
use crate::{
    Choice, Event, Group, HandshakeError, Operation, ServerConfig, Suite, Violation,
    context::Context, negotiated::HelloRetry,
};

/// RFC 8446 §A.2, START
pub(crate) struct Start<H> {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) retry: Option<Retry<H>>,
}

/// What a HelloRetryRequest has settled.
pub(crate) struct Retry<H> {
    pub(crate) first: Vec<u8>,
    pub(crate) suite: Suite,
    pub(crate) group: Group,
    pub(crate) choice: Choice,
    /// Up to and including the HelloRetryRequest.
    pub(crate) transcript: Transcript<H>,
}

impl<H: Hash> Start<H> {
    /// RFC 8446 §4.1.2
    pub(crate) fn on_client_hello(
        self,
        message: &ClientHello<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, HandshakeError> {
        let Self { config, retry } = self;
        if let Some(retry) = &retry {
            retry.check(message)?;
        }
        let mut offer = Offer::examine(message, &config)?;
        let Some(Retry { suite, group, choice, mut transcript, .. }) = retry else {
            let question = question(message, &offer);
            cx.push(Event::Suspended(Operation::ChooseConfiguration(question)));
            return Ok(ReceivedClientHello { config, offer, client_hello: raw.to_vec() }.into());
        };
        // RFC 8446 §4.2.8: the second ClientHello's one share is of the group that was asked for.
        let share = offer.share.as_ref().filter(|_| offer.group.name() == group.name());
        let share = share.ok_or(Violation::KeyShareGroup)?.clone();
        // RFC 8446 §4.1.4: the suite stays that of the HelloRetryRequest.
        offer.suite = suite;
        let psk = check_psk(&choice, &offer, message, raw, &transcript, config.labels)?;
        transcript.update(raw);
        let hello_retry = HelloRetry::Needed;
        Negotiating { config, offer, share, choice, psk, transcript, hello_retry }.send_flight(cx)
    }
}

impl<H> Retry<H> {
    /// RFC 8446 §4.1.2: what may differ in the second ClientHello, and what may not.
    fn check(&self, second: &ClientHello<'_>) -> Result<(), Violation> {
        let first = Message::decode(&self.first)?;
        let Body::ClientHello(first) = first.body else {
            return Err(Violation::ClientHelloChanged);
        };
        if first.legacy_version != second.legacy_version
            || first.random != second.random
            || first.legacy_session_id != second.legacy_session_id
            || first.cipher_suites != second.cipher_suites
            || first.legacy_compression_methods != second.legacy_compression_methods
            || !unchangeable(first.extensions).eq(unchangeable(second.extensions))
        {
            return Err(Violation::ClientHelloChanged);
        }
        // RFC 8446 §4.2.2: "When sending the new ClientHello, the client MUST copy the contents of
        // the extension received in the HelloRetryRequest".
        if second.extensions.cookie() != self.choice.cookie.as_deref() {
            return Err(Violation::Cookie);
        }
        // RFC 8446 §4.2.10: "A server which receives ... MUST NOT ... early_data" after a
        // HelloRetryRequest, from which clients remove it.
        if second.extensions.contains(ExtensionType::EARLY_DATA) {
            return Err(Violation::EarlyData);
        }
        // RFC 8446 §4.1.2: the list of shares is replaced "with a list containing a single
        // KeyShareEntry from the indicated group".
        let shares = second.extensions.key_share_client_hello();
        let mut shares = shares.iter().flatten().map(|share| share.group);
        if shares.next() != Some(self.group.name()) || shares.next().is_some() {
            return Err(Violation::KeyShareGroup);
        }
        Ok(())
    }
}

/// The extensions that RFC 8446 §4.1.2 does not let a client change.
fn unchangeable(extensions: Extensions<'_>) -> impl Iterator<Item = chancery_wire::Extension<'_>> {
    extensions.into_iter().filter(|extension| {
        !matches!(
            extension.extension_type(),
            ExtensionType::KEY_SHARE
                | ExtensionType::EARLY_DATA
                | ExtensionType::COOKIE
                | ExtensionType::PRE_SHARED_KEY
                | ExtensionType::PADDING
        )
    })
}
