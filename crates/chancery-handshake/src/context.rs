//! What a transition may use besides its state and its message.

use alloc::{collections::VecDeque, vec::Vec};

use chancery_crypto::{Digest, Hash, Random};
use chancery_key_schedule::{Exporter, TrafficSecret, Transcript};
use chancery_wire::{Aligned, Body};

use crate::{Epoch, Event, HandshakeError, KeyChange, KeyLog, Suite, Violation};

/// Randomness, the queue of events, and the evidence that keys may change.
pub(crate) struct Context<'c, H> {
    pub(crate) random: &'c mut dyn Random,
    pub(crate) events: &'c mut VecDeque<Event<H>>,
    pub(crate) receive_epoch: &'c mut Epoch,
    pub(crate) aligned: Option<Aligned>,
}

impl<H: Hash> Context<'_, H> {
    /// 32 or so fresh random bytes.
    pub(crate) fn random_bytes<const N: usize>(&mut self) -> Result<[u8; N], HandshakeError> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Queues an event.
    pub(crate) fn push(&mut self, event: Event<H>) {
        self.events.push_back(event);
    }

    /// Encodes a message, takes it into the transcript and queues it.
    pub(crate) fn send(
        &mut self,
        epoch: Epoch,
        body: &Body<'_>,
        transcript: &mut Transcript<H>,
    ) -> Result<(), HandshakeError> {
        let mut bytes = Vec::new();
        body.encode(&mut bytes)?;
        transcript.update(&bytes);
        self.push(Event::Send { epoch, bytes });
        Ok(())
    }

    /// The same after the handshake, when there is no transcript any more.
    pub(crate) fn send_after(&mut self, body: &Body<'_>) -> Result<(), HandshakeError> {
        let mut bytes = Vec::new();
        body.encode(&mut bytes)?;
        self.push(Event::Send { epoch: Epoch::Application, bytes });
        Ok(())
    }

    /// Sends from now on under `secret`.
    pub(crate) fn change_send_key(
        &mut self,
        epoch: Epoch,
        suite: Suite,
        secret: &TrafficSecret<H>,
    ) {
        self.push(Event::SendKey(KeyChange { epoch, suite, secret: secret.clone() }));
    }

    /// Receives from now on under `secret`.
    ///
    /// RFC 8446 §5.1: "Handshake messages MUST NOT span key changes": the evidence for it is used
    /// up, so that one message can bring about one change.
    pub(crate) fn change_receive_key(
        &mut self,
        epoch: Epoch,
        suite: Suite,
        secret: &TrafficSecret<H>,
    ) -> Result<(), Violation> {
        let Aligned { .. } = self.aligned.take().ok_or(Violation::MisalignedKeyChange)?;
        *self.receive_epoch = epoch;
        self.push(Event::ReceiveKey(KeyChange { epoch, suite, secret: secret.clone() }));
        Ok(())
    }

    /// Offers `secret` to the key log.
    pub(crate) fn log(&mut self, label: &'static str, client_random: &[u8; 32], secret: &[u8]) {
        // Secrets are as long as a hash, which a digest holds.
        if let Ok(secret) = Digest::try_from(secret) {
            self.push(Event::KeyLog(KeyLog { label, client_random: *client_random, secret }));
        }
    }

    pub(crate) fn log_exporter(&mut self, client_random: &[u8; 32], exporter: &Exporter<H>) {
        self.log("EXPORTER_SECRET", client_random, exporter.dangerous_as_bytes());
    }
}
