//! CONNECTED (RFC 8446 Appendix A): the handshake is complete, and keys and tickets are left to do.

use core::fmt;

use chancery_crypto::Hash;
use chancery_key_schedule::{Exporter, LabelSet, ResumptionSecret, TrafficSecret, Transcript};
use chancery_wire::{
    Body, Extensions, HandshakeType, KeyUpdate, KeyUpdateRequest, NewSessionTicket,
};

use crate::{
    Epoch, Event, HandshakeError, Negotiated, Session, Ticket, UnsealedTicket, Violation,
    context::Context, secrets::ApplicationSecrets,
};

/// RFC 8446 §4.6.1: "Servers MUST NOT use any value greater than 604800 seconds (7 days)."
const MAX_TICKET_LIFETIME: u32 = 604_800;

/// How many messages a peer may send in a row without any application data. Each costs this side a
/// derivation, and a KeyUpdate an answer, so that a flood of them would be cheap to send and dear to
/// receive. Servers send two to four tickets; keys change once in 2^24 records.
const MAX_MESSAGES_WITHOUT_DATA: u32 = 32;

/// Who sends under which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// RFC 8446 Appendix A, CONNECTED, on either side.
pub(crate) struct Connected<H> {
    negotiated: Negotiated,
    send: TrafficSecret<H>,
    receive: TrafficSecret<H>,
    exporter: Exporter<H>,
    resumption: ResumptionSecret<H>,
    messages_without_data: u32,
    /// How many have been prepared, which makes their nonces.
    tickets: u16,
}

impl<H: Hash> Connected<H> {
    /// `transcript` covers ClientHello..client Finished.
    pub(crate) fn new(
        side: Side,
        secrets: ApplicationSecrets<H>,
        transcript: &Transcript<H>,
        negotiated: Negotiated,
    ) -> Self {
        let (send, receive) = match side {
            Side::Client => (secrets.client, secrets.server),
            Side::Server => (secrets.server, secrets.client),
        };
        Self {
            negotiated,
            send,
            receive,
            exporter: secrets.exporter,
            resumption: secrets.master.resumption(&transcript.hash()),
            messages_without_data: 0,
            tickets: 0,
        }
    }

    /// RFC 8446 §4.6.3
    pub(crate) fn on_key_update(
        mut self,
        message: KeyUpdate,
        cx: &mut Context<'_, H>,
    ) -> Result<Self, HandshakeError> {
        // RFC 9001 §6: "Endpoints MUST treat the receipt of a TLS KeyUpdate message as a connection
        // error of type 0x010a", which is unexpected_message.
        if self.receive.labels() != LabelSet::Tls13 {
            let message = HandshakeType::KEY_UPDATE;
            return Err(Violation::UnexpectedMessage { state: "Connected", message }.into());
        }
        self.count_message()?;
        self.receive = self.receive.next();
        cx.change_receive_key(Epoch::Application, self.negotiated.suite, &self.receive)?;
        // "If the request_update field is set to "update_requested", then the receiver MUST send a
        // KeyUpdate of its own with request_update set to "update_not_requested" prior to sending
        // its next Application Data record."
        if message.request_update == KeyUpdateRequest::UPDATE_REQUESTED {
            self.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED, cx)?;
        }
        Ok(self)
    }

    /// Sends a KeyUpdate and changes this side's keys behind it (RFC 8446 §4.6.3).
    pub(crate) fn update_keys(
        &mut self,
        request_update: KeyUpdateRequest,
        cx: &mut Context<'_, H>,
    ) -> Result<(), HandshakeError> {
        // RFC 9001 §6: QUIC updates keys by itself.
        if self.send.labels() != LabelSet::Tls13 {
            return Err(HandshakeError::WrongState);
        }
        cx.send_after(&Body::KeyUpdate(KeyUpdate { request_update }))?;
        self.send = self.send.next();
        cx.change_send_key(Epoch::Application, self.negotiated.suite, &self.send);
        Ok(())
    }

    /// RFC 8446 §4.6.1, on the client.
    pub(crate) fn on_new_session_ticket(
        mut self,
        message: &NewSessionTicket<'_>,
        cx: &mut Context<'_, H>,
    ) -> Result<Self, HandshakeError> {
        self.count_message()?;
        if message.ticket_lifetime > MAX_TICKET_LIFETIME {
            return Err(Violation::TicketLifetime.into());
        }
        // RFC 8446 §4.6.1: "The value of zero indicates that the ticket should be discarded
        // immediately."
        if message.ticket_lifetime > 0 && self.negotiated.allows_tickets() {
            cx.push(Event::Ticket(Ticket {
                suite: self.negotiated.suite,
                psk: self.resumption.ticket_psk(message.ticket_nonce)?,
                identity: message.ticket.to_vec(),
                age_add: message.ticket_age_add,
                lifetime: message.ticket_lifetime,
                application_protocol: self.negotiated.application_protocol.clone(),
                server_name: self.negotiated.server_name.clone(),
            }));
        }
        Ok(self)
    }

    /// Makes what a ticket needs, apart from its sealing (RFC 8446 §4.6.1).
    pub(crate) fn prepare_ticket(
        &mut self,
        lifetime: u32,
        cx: &mut Context<'_, H>,
    ) -> Result<Option<UnsealedTicket>, HandshakeError> {
        // RFC 8446 §4.2.9: "Servers SHOULD NOT send NewSessionTicket with tickets that are not compatible with the
        // advertised modes".
        if !self.negotiated.allows_tickets() {
            return Ok(None);
        }
        // "A per-ticket value that is unique across all tickets issued on this connection."
        let nonce = self.tickets.to_be_bytes();
        self.tickets = self.tickets.checked_add(1).ok_or(HandshakeError::WrongState)?;
        let negotiated = &self.negotiated;
        Ok(Some(UnsealedTicket {
            lifetime: lifetime.min(MAX_TICKET_LIFETIME),
            age_add: u32::from_be_bytes(cx.random_bytes()?),
            nonce: nonce.to_vec(),
            session: Session {
                suite: negotiated.suite,
                psk: self.resumption.ticket_psk(&nonce)?,
                application_protocol: negotiated.application_protocol.clone().unwrap_or_default(),
                server_name: negotiated.server_name().unwrap_or_default().as_bytes().to_vec(),
            },
        }))
    }

    fn count_message(&mut self) -> Result<(), Violation> {
        self.messages_without_data = self.messages_without_data.saturating_add(1);
        if self.messages_without_data > MAX_MESSAGES_WITHOUT_DATA {
            return Err(Violation::TooManyMessages);
        }
        Ok(())
    }

    /// Application data came: the peer is not only sending messages.
    pub(crate) const fn note_application_data(&mut self) {
        self.messages_without_data = 0;
    }

    pub(crate) const fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    pub(crate) const fn exporter(&self) -> &Exporter<H> {
        &self.exporter
    }
}

impl<H> fmt::Debug for Connected<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connected({:?}, [..])", self.negotiated)
    }
}

/// Sends a ticket (RFC 8446 §4.6.1).
pub(crate) fn send_ticket<H: Hash>(
    unsealed: &UnsealedTicket,
    ticket: &[u8],
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    cx.send_after(&Body::NewSessionTicket(NewSessionTicket {
        ticket_lifetime: unsealed.lifetime,
        ticket_age_add: unsealed.age_add,
        ticket_nonce: &unsealed.nonce,
        ticket,
        extensions: Extensions::EMPTY,
    }))
}
