//! What drives either side's states: bytes in, messages through, events out.

use alloc::{collections::VecDeque, vec::Vec};
use core::mem;

use chancery_crypto::{Hash, Random};
use chancery_wire::{DEFAULT_MAX_MESSAGE_LEN, Joiner, KeyUpdateRequest, Message};

use crate::{
    Answer, Epoch, Event, HandshakeError, Violation, connected::Connected, context::Context,
    operation::AnswerKind,
};

/// One side's states and the edges between them.
pub(crate) trait Transitions<H>: Sized {
    /// Where every error leads.
    const FAILED: Self;

    fn on_message(
        self,
        message: &Message<'_>,
        cx: &mut Context<'_, H>,
    ) -> Result<Self, HandshakeError>;

    fn on_answer(self, answer: AnswerKind, cx: &mut Context<'_, H>)
    -> Result<Self, HandshakeError>;

    fn is_failed(&self) -> bool;

    /// Whether an answer is awaited.
    fn is_suspended(&self) -> bool;

    fn connected(&self) -> Option<&Connected<H>>;

    fn connected_mut(&mut self) -> Option<&mut Connected<H>>;

    fn name(&self) -> &'static str;
}

/// A state, and what is on its way in and out.
pub(crate) struct Machine<H, S> {
    state: S,
    joiner: Joiner<Vec<u8>>,
    receive_epoch: Epoch,
    events: VecDeque<Event<H>>,
}

impl<H: Hash, S: Transitions<H>> Machine<H, S> {
    /// Starts in a state.
    pub(crate) fn new(state: impl Into<S>) -> Self {
        Self {
            state: state.into(),
            joiner: Joiner::new(Vec::new(), DEFAULT_MAX_MESSAGE_LEN),
            receive_epoch: Epoch::Plaintext,
            events: VecDeque::new(),
        }
    }

    /// Runs `start`, whose events come first.
    pub(crate) fn start<T: Into<S>>(
        random: &mut dyn Random,
        start: impl FnOnce(&mut Context<'_, H>) -> Result<T, HandshakeError>,
    ) -> Result<Self, HandshakeError> {
        let mut machine = Self::new(S::FAILED);
        machine.state = start(&mut machine.context(random))?.into();
        Ok(machine)
    }

    pub(crate) fn receive(
        &mut self,
        epoch: Epoch,
        bytes: &[u8],
        random: &mut dyn Random,
    ) -> Result<(), HandshakeError> {
        if self.state.is_failed() {
            return Err(HandshakeError::Failed);
        }
        let result = if epoch == self.receive_epoch {
            self.joiner.push(bytes).map_err(|error| Violation::Decode(error).into())
        } else {
            Err(Violation::WrongEpoch.into())
        };
        let result = result.and_then(|()| self.process(random));
        self.settle(result)
    }

    pub(crate) fn resume(
        &mut self,
        answer: Answer,
        random: &mut dyn Random,
    ) -> Result<(), HandshakeError> {
        if self.state.is_failed() {
            return Err(HandshakeError::Failed);
        }
        let state = mem::replace(&mut self.state, S::FAILED);
        let result = state.on_answer(answer.0, &mut self.context(random));
        let result = result.map(|state| self.state = state).and_then(|()| self.process(random));
        self.settle(result)
    }

    pub(crate) fn poll(&mut self) -> Option<Event<H>> {
        self.events.pop_front()
    }

    /// Does something with a state that is connected.
    pub(crate) fn with_connected<T>(
        &mut self,
        random: &mut dyn Random,
        act: impl FnOnce(&mut Connected<H>, &mut Context<'_, H>) -> Result<T, HandshakeError>,
    ) -> Result<T, HandshakeError> {
        let connected = self.state.connected_mut().ok_or(HandshakeError::WrongState)?;
        let mut cx = Context {
            random,
            events: &mut self.events,
            receive_epoch: &mut self.receive_epoch,
            aligned: None,
        };
        act(connected, &mut cx)
    }

    pub(crate) fn update_keys(
        &mut self,
        request_update: KeyUpdateRequest,
    ) -> Result<(), HandshakeError> {
        self.with_connected(&mut NoRandom, |connected, cx| {
            connected.update_keys(request_update, cx)
        })
    }

    pub(crate) fn note_application_data(&mut self) {
        if let Some(connected) = self.state.connected_mut() {
            connected.note_application_data();
        }
    }

    pub(crate) fn check_aligned(&self) -> Result<(), HandshakeError> {
        self.joiner.aligned().map(drop).map_err(|error| Violation::Decode(error).into())
    }

    pub(crate) fn connected(&self) -> Option<&Connected<H>> {
        self.state.connected()
    }

    pub(crate) const fn state(&self) -> &S {
        &self.state
    }

    fn context<'c>(&'c mut self, random: &'c mut dyn Random) -> Context<'c, H> {
        Context {
            random,
            aligned: self.joiner.aligned().ok(),
            events: &mut self.events,
            receive_epoch: &mut self.receive_epoch,
        }
    }

    /// Runs the messages that are there, until one needs an answer.
    fn process(&mut self, random: &mut dyn Random) -> Result<(), HandshakeError> {
        while !self.state.is_suspended() {
            let Some(joined) = self.joiner.next().map_err(Violation::Decode)? else { break };
            let message = Message::decode(joined.raw).map_err(Violation::Decode)?;
            let mut cx = Context {
                random,
                events: &mut self.events,
                receive_epoch: &mut self.receive_epoch,
                aligned: joined.aligned,
            };
            cx.push(Event::Received {
                epoch: *cx.receive_epoch,
                message: message.body.msg_type(),
                len: message.raw.len(),
            });
            let state = mem::replace(&mut self.state, S::FAILED);
            self.state = state.on_message(&message, &mut cx)?;
        }
        Ok(())
    }

    fn settle(&mut self, result: Result<(), HandshakeError>) -> Result<(), HandshakeError> {
        if result.is_err() {
            self.state = S::FAILED;
        }
        result
    }
}

/// For what draws no randomness.
pub(crate) struct NoRandom;

impl Random for NoRandom {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), chancery_crypto::RandomError> {
        Err(chancery_crypto::RandomError::new())
    }
}
