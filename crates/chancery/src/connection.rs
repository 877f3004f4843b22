//! The common part of client and server: records in and out, driven by the handshake's events.
//!
//! ```text
//! received bytes ─receive─► record ─► handshake message ─► machine ─► events ─┐
//!                              └────► plaintext                              ├─transmit─► bytes to send
//! plaintext ──────send──────► record ────────────────────────────────────────┘
//! ```

use core::ops::Range;
use core::{fmt, mem};
use std::collections::VecDeque;
use std::sync::Arc;

use chancery_aead::{AeadKey, Key};
use chancery_chain::VerifiedPath;
use chancery_crypto::NONCE_LEN;
use chancery_handshake::{Answer, Epoch, KeyChange, Negotiated, Operation};
use chancery_record::{
    CHANGE_CIPHER_SPEC, ChangeCipherSpecWindow, ContentType, Deframed, KeyUsage, LegacyVersion,
    MAX_PLAINTEXT_LEN, Opener, Record, Sealer, deframe, write_plaintext,
};
use chancery_ring::Hash;
use chancery_wire::{Alert, AlertDescription, KeyUpdateRequest};

use crate::machine::Machine;
use crate::trace::Tracer;
use crate::{Content, Direction, Error, KeyLog, StoredTicket, Trace};

/// Empty application data and unknown warnings cost the sender nothing: more of them in a row than
/// this are refused. BoringSSL allows 32 of either.
const MAX_IDLE_RECORDS: u8 = 32;

/// One end of a connection: a [`Client`](crate::Client) or a [`Server`](crate::Server), without
/// any I/O. [`Stream`](crate::Stream) is the loop around it that most programs want.
pub struct Connection {
    machine: Machine,
    key_log: Option<Arc<dyn KeyLog>>,
    events: VecDeque<Event>,
    tracer: Tracer,
    sealer: Option<Sealer<Key>>,
    send_epoch: Epoch,
    opener: Option<Opener<Key>>,
    receive_epoch: Epoch,
    change_cipher_spec: ChangeCipherSpecWindow,
    /// Handshake messages of `send_epoch` that are not in records yet.
    flight: Vec<u8>,
    /// Records that wait to be sent.
    outgoing: Vec<u8>,
    state: State,
    idle_records: u8,
}

/// How far a connection has come.
#[derive(Debug)]
struct State {
    handshake: Progress,
    sent_close: Closed,
    received_close: Closed,
    failure: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Handshaking,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    No,
    Yes,
}

/// What whoever drives a connection may want to know, or has to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The handshake is complete; data can go both ways.
    HandshakeComplete,
    /// The server gave us a ticket to come back with, and the configuration has no store for it.
    Ticket(StoredTicket),
    /// The configuration leaves this open: find the answer, and [`resume`](Connection::resume).
    Suspended(Operation),
}

/// What [`Connection::receive`] took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The length of the record, which is done with.
    pub consumed: usize,
    /// Where in the buffer its plaintext stands now; empty unless it is application data.
    pub plaintext: Range<usize>,
}

/// What [`Connection::send`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// How much of the plaintext is sealed.
    pub consumed: usize,
    /// How many bytes at the front of the output are to be sent.
    pub written: usize,
}

impl Connection {
    pub(crate) fn new(machine: Machine, key_log: Option<Arc<dyn KeyLog>>) -> Self {
        let mut change_cipher_spec = ChangeCipherSpecWindow::new();
        if machine.is_client() {
            // RFC 8446 §5: from the first ClientHello on.
            change_cipher_spec.open();
        }
        Self {
            machine,
            key_log,
            events: VecDeque::new(),
            tracer: Tracer::none(),
            sealer: None,
            send_epoch: Epoch::Plaintext,
            opener: None,
            receive_epoch: Epoch::Plaintext,
            change_cipher_spec,
            flight: Vec::new(),
            outgoing: Vec::new(),
            state: State {
                handshake: Progress::Handshaking,
                sent_close: Closed::No,
                received_close: Closed::No,
                failure: None,
            },
            idle_records: 0,
        }
    }

    /// Takes one record from the front of `input`, opening it where it stands; `None` if it is not
    /// whole yet. A buffer of [`MAX_RECORD_LEN`](crate::record::MAX_RECORD_LEN) bytes is long enough.
    ///
    /// Afterwards there may be something to [`transmit`](Self::transmit), an alert too.
    ///
    /// # Errors
    /// Any error is final: the same comes again at every further call.
    pub fn receive(&mut self, input: &mut [u8]) -> Result<Option<Received>, Error> {
        if let Some(failure) = &self.state.failure {
            return Err(failure.clone());
        }
        if self.is_suspended() {
            return Ok(None);
        }
        // RFC 8446 §6.1: whatever comes after close_notify is ignored.
        if self.is_closed_by_peer() {
            return Ok(Some(Received { consumed: input.len(), plaintext: 0..0 }));
        }
        self.receive_record(input).map_err(|error| self.fail(error))
    }

    fn receive_record(&mut self, input: &mut [u8]) -> Result<Option<Received>, Error> {
        self.drive()?;
        let Deframed::Record(record, _) = deframe(input)? else { return Ok(None) };
        let consumed = record.len();
        let plaintext = self.receive_content(record)?;
        self.drive()?;
        Ok(Some(Received { consumed, plaintext }))
    }

    fn receive_content(&mut self, record: Record<'_>) -> Result<Range<usize>, Error> {
        if record.content_type() == ContentType::ChangeCipherSpec {
            self.change_cipher_spec.accept(record)?;
            self.trace(Direction::Received, Epoch::Plaintext, Content::ChangeCipherSpec, 1);
            return Ok(0..0);
        }
        let refusal = self.is_unprotected_refusal(&record);
        let opened = match &mut self.opener {
            Some(opener) if !refusal => opener.open(record)?,
            _ => record.into_plaintext()?,
        };
        let (epoch, len) = (self.receive_epoch, opened.plaintext().len());
        match opened.content_type() {
            ContentType::Handshake => {
                // RFC 8446 §5: the window of change_cipher_spec opens with the first ClientHello.
                if !self.machine.is_client() && epoch == Epoch::Plaintext {
                    self.change_cipher_spec.open();
                }
                self.idle_records = 0;
                self.machine.receive(epoch, opened.plaintext())?;
                Ok(0..0)
            }
            ContentType::Alert => {
                let alert = Alert::from_record(opened.plaintext());
                self.receive_alert(alert.map_err(|_| Error::MalformedAlert)?.description)?;
                Ok(0..0)
            }
            ContentType::ApplicationData => {
                // Before the handshake is complete, nobody knows from whom it comes.
                if self.is_handshaking() {
                    return Err(chancery_record::Violation::UnexpectedContentType.into());
                }
                // RFC 8446 §5.1: handshake messages are not interleaved with other records.
                self.machine.note_application_data()?;
                if len == 0 {
                    self.note_idle_record()?
                } else {
                    self.idle_records = 0
                }
                self.trace(Direction::Received, epoch, Content::ApplicationData, len);
                Ok(chancery_record::HEADER_LEN..chancery_record::HEADER_LEN + len)
            }
            _ => Err(chancery_record::Violation::UnexpectedContentType.into()),
        }
    }

    /// Whether this is a client that refuses our flight, and says so before it protects anything.
    ///
    /// OpenSSL's client changes its sending key with its second flight only, and so sends the alert
    /// about a certificate in the clear. To refuse that record would hide the reason. It is not
    /// authentic, but whoever can forge it can as well cut the connection.
    fn is_unprotected_refusal(&self, record: &Record<'_>) -> bool {
        const ALERT_RECORD_LEN: usize = chancery_record::HEADER_LEN + 2;
        !self.machine.is_client()
            && self.receive_epoch == Epoch::Handshake
            && self.opener.as_ref().is_some_and(|opener| opener.sequence() == Some(0))
            && record.content_type() == ContentType::Alert
            && record.len() == ALERT_RECORD_LEN
    }

    fn receive_alert(&mut self, description: AlertDescription) -> Result<(), Error> {
        let epoch = self.receive_epoch;
        self.trace(Direction::Received, epoch, Content::Alert(description), 2);
        match description {
            AlertDescription::CLOSE_NOTIFY => {
                self.state.received_close = Closed::Yes;
                if self.is_handshaking() { Err(Error::ClosedDuringHandshake) } else { Ok(()) }
            }
            // RFC 8446 §6.1: close_notify follows.
            AlertDescription::USER_CANCELED => self.note_idle_record(),
            // RFC 8446 §6: every other alert is fatal, known or not, whatever its level.
            _ => Err(Error::PeerAlert(description)),
        }
    }

    fn note_idle_record(&mut self) -> Result<(), Error> {
        self.idle_records = self.idle_records.saturating_add(1);
        if self.idle_records > MAX_IDLE_RECORDS {
            return Err(chancery_record::Violation::UnexpectedContentType.into());
        }
        Ok(())
    }

    /// Seals as much of `plaintext` as fits into `output`, in as many records as it takes, after
    /// whatever else waits to be sent. Empty plaintext makes no record.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the handshake is complete and after [`Self::close`]; otherwise
    /// any error is final.
    pub fn send(&mut self, plaintext: &[u8], output: &mut [u8]) -> Result<Sent, Error> {
        if let Some(failure) = &self.state.failure {
            return Err(failure.clone());
        }
        if self.is_handshaking() || self.state.sent_close == Closed::Yes {
            return Err(Error::WrongState);
        }
        self.send_records(plaintext, output).map_err(|error| self.fail(error))
    }

    fn send_records(&mut self, plaintext: &[u8], output: &mut [u8]) -> Result<Sent, Error> {
        // RFC 8446 §5.5: the key is changed before its limit is reached.
        if self.sealer.as_ref().is_some_and(|sealer| sealer.usage() != KeyUsage::Ok) {
            self.machine.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED)?;
        }
        self.drive()?;
        let waiting = self.take_outgoing(output);
        let room = output.get_mut(waiting..).unwrap_or_default();
        let Some(sealer) = &mut self.sealer else { return Err(Error::WrongState) };
        if !self.outgoing.is_empty() || plaintext.is_empty() {
            return Ok(Sent { consumed: 0, written: waiting });
        }
        let fits = if sealer.sealed_len(plaintext.len()) <= room.len() {
            plaintext
        } else {
            plaintext.get(..sealer.max_plaintext_for(room.len())).unwrap_or_default()
        };
        if fits.is_empty() {
            return Ok(Sent { consumed: 0, written: waiting });
        }
        let max = sealer.max_content_len();
        let written = sealer.seal_all(ContentType::ApplicationData, fits, room)?;
        for fragment in fits.chunks(max) {
            self.trace(
                Direction::Sent,
                Epoch::Application,
                Content::ApplicationData,
                fragment.len(),
            );
        }
        Ok(Sent { consumed: fits.len(), written: waiting + written })
    }

    /// Moves bytes that wait to be sent to the front of `output`, and returns how many.
    pub fn transmit(&mut self, output: &mut [u8]) -> usize {
        self.settle();
        self.take_outgoing(output)
    }

    fn take_outgoing(&mut self, output: &mut [u8]) -> usize {
        if self.outgoing.is_empty() {
            return 0;
        }
        let count = output.len().min(self.outgoing.len());
        if let (Some(to), Some(from)) = (output.get_mut(..count), self.outgoing.get(..count)) {
            to.copy_from_slice(from);
        }
        self.outgoing.drain(..count);
        count
    }

    /// Whether something waits to be sent.
    pub fn wants_transmit(&mut self) -> bool {
        self.settle();
        !self.outgoing.is_empty()
    }

    /// Says `close_notify`: nothing more will be sent (RFC 8446 §6.1). The peer's data can still be
    /// received. Does nothing if it was said already, or the connection has failed.
    pub fn close(&mut self) {
        self.settle();
        if self.state.failure.is_none() && self.state.sent_close == Closed::No {
            self.state.sent_close = Closed::Yes;
            self.send_alert(AlertDescription::CLOSE_NOTIFY);
        }
    }

    /// What the end of the peer's bytes means, without which a cut is not noticed.
    ///
    /// # Errors
    /// [`Error::Truncated`], unless `close_notify` has come.
    pub fn end_of_input(&self) -> Result<(), Error> {
        match (&self.state.failure, self.state.received_close) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Closed::Yes) => Ok(()),
            (None, Closed::No) => Err(Error::Truncated),
        }
    }

    /// The next event, if there is one.
    pub fn poll(&mut self) -> Option<Event> {
        self.settle();
        self.events.pop_front()
    }

    /// Answers [`Event::Suspended`].
    ///
    /// # Errors
    /// If nothing waits for this answer; and whatever follows from it, finally.
    pub fn resume(&mut self, answer: Answer) -> Result<(), Error> {
        let resumed = self.machine.resume(answer).map_err(Error::from).and_then(|()| self.drive());
        resumed.map_err(|error| self.fail(error))
    }

    /// Changes the key that we send under, and the peer's too if asked for (RFC 8446 §4.6.3).
    /// Before the AEAD's limit it happens by itself.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the handshake is complete, or after [`Self::close`].
    pub fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), Error> {
        if self.is_handshaking() || self.state.sent_close == Closed::Yes {
            return Err(Error::WrongState);
        }
        let updated = self.machine.update_keys(request).map_err(Error::from);
        updated.and_then(|()| self.drive()).map_err(|error| self.fail(error))
    }

    /// Fills `out` with key material that only the two ends know (RFC 8446 §7.5, RFC 5705 §4).
    ///
    /// # Errors
    /// [`Error::WrongState`] before the handshake is complete; or if `label` or `out` is too long.
    pub fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        if self.is_handshaking() {
            return Err(Error::WrongState);
        }
        Ok(self.machine.export(label, context, out)?)
    }

    /// Calls `observer` for each message that is sent or received from now on.
    pub fn set_tracer(&mut self, observer: impl FnMut(Trace) + Send + Sync + 'static) {
        self.tracer = Tracer::new(observer);
    }

    /// Whether the handshake still goes on.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        self.state.handshake == Progress::Handshaking
    }

    /// Whether the peer has said `close_notify`.
    #[must_use]
    pub fn is_closed_by_peer(&self) -> bool {
        self.state.received_close == Closed::Yes
    }

    /// What the two ends agreed on, as soon as that is known.
    #[must_use]
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.machine.negotiated()
    }

    /// The path by which the peer's certificate was verified: in a resumed connection, that of the first one, which is
    /// still within its validity. `None` if the peer showed no certificate, or somebody else answered for it.
    #[must_use]
    pub fn peer(&self) -> Option<&VerifiedPath> {
        self.machine.peer()
    }

    fn is_suspended(&self) -> bool {
        self.machine.is_suspended()
    }

    /// [`Self::drive`], with a failure kept for the next call that can report it.
    fn settle(&mut self) {
        if self.state.failure.is_none()
            && let Err(error) = self.drive()
        {
            self.fail(error);
        }
    }

    /// Acts on the machine's events, in their order.
    fn drive(&mut self) -> Result<(), Error> {
        while let Some(event) = self.machine.poll()? {
            self.act(event)?;
        }
        self.write_flight()
    }

    fn act(&mut self, event: chancery_handshake::Event<Hash>) -> Result<(), Error> {
        use chancery_handshake::Event as Machine;
        match event {
            Machine::Send { epoch, bytes } => {
                if let Some(code) = bytes.first() {
                    let message = chancery_wire::HandshakeType(*code);
                    self.trace(Direction::Sent, epoch, Content::Handshake(message), bytes.len());
                }
                self.flight.extend_from_slice(&bytes);
            }
            Machine::SendChangeCipherSpec => {
                self.write_flight()?;
                self.trace(Direction::Sent, Epoch::Plaintext, Content::ChangeCipherSpec, 1);
                self.outgoing.extend_from_slice(&CHANGE_CIPHER_SPEC);
            }
            Machine::SendKey(change) => {
                self.write_flight()?;
                let (key, iv) = keys(&change)?;
                self.sealer = Some(Sealer::new(key, iv));
                self.send_epoch = change.epoch;
            }
            Machine::ReceiveKey(change) => {
                let (key, iv) = keys(&change)?;
                self.opener = Some(Opener::new(key, iv));
                self.receive_epoch = change.epoch;
                if change.epoch == Epoch::Application {
                    // RFC 8446 §5: until the peer's Finished.
                    self.change_cipher_spec.close();
                }
            }
            Machine::KeyLog(secret) => {
                if let Some(key_log) = &self.key_log {
                    key_log.log(&secret);
                }
            }
            Machine::Received { epoch, message, len } => {
                self.trace(Direction::Received, epoch, Content::Handshake(message), len);
            }
            Machine::Suspended(operation) => self.events.push_back(Event::Suspended(operation)),
            Machine::Complete => {
                self.state.handshake = Progress::Complete;
                self.events.push_back(Event::HandshakeComplete);
                self.machine.send_tickets()?;
            }
            Machine::Ticket(ticket) => {
                let left = self.machine.keep_ticket(ticket).map(Event::Ticket);
                self.events.extend(left);
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts the messages that wait into records.
    fn write_flight(&mut self) -> Result<(), Error> {
        if self.flight.is_empty() {
            return Ok(());
        }
        let flight = mem::take(&mut self.flight);
        for fragment in flight.chunks(MAX_PLAINTEXT_LEN) {
            self.write_record(ContentType::Handshake, fragment)?;
        }
        Ok(())
    }

    fn write_record(&mut self, content_type: ContentType, content: &[u8]) -> Result<(), Error> {
        let start = self.outgoing.len();
        // Header, content, inner type, tag.
        self.outgoing.resize(start + chancery_record::MAX_RECORD_LEN.min(content.len() + 22), 0);
        let room = self.outgoing.get_mut(start..).unwrap_or_default();
        let written = match &mut self.sealer {
            Some(sealer) => sealer.seal(content_type, content, room),
            None => write_plaintext(content_type, LegacyVersion::Tls12, content, room),
        };
        self.outgoing.truncate(start + written.as_ref().copied().unwrap_or_default());
        Ok(written.map(|_| ())?)
    }

    fn send_alert(&mut self, description: AlertDescription) {
        let epoch = self.send_epoch;
        self.trace(Direction::Sent, epoch, Content::Alert(description), 2);
        // An alert that cannot be sealed is not sent: there is nobody left to tell.
        let _ = self.write_record(ContentType::Alert, &Alert::new(description).to_bytes());
    }

    /// Tells the peer, and remembers.
    fn fail(&mut self, error: Error) -> Error {
        self.flight.clear();
        if let Some(description) = error.alert()
            && self.state.sent_close == Closed::No
        {
            self.state.sent_close = Closed::Yes;
            self.send_alert(description);
        }
        self.state.failure = Some(error.clone());
        error
    }

    fn trace(&mut self, direction: Direction, epoch: Epoch, content: Content, len: usize) {
        self.tracer.trace(direction, epoch, content, len);
    }
}

/// The record keys of a traffic secret (RFC 8446 §7.3).
fn keys(change: &KeyChange<Hash>) -> Result<(Key, [u8; NONCE_LEN]), Error> {
    let aead = change.suite.aead();
    let keys = change.secret.keys(aead);
    Ok((Key::new(aead, keys.key()).map_err(Error::Key)?, keys.iv()))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("machine", &self.machine)
            .field("send", &self.sealer)
            .field("receive", &self.opener)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
