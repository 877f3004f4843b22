//! Resumption (RFC 8446 §2.2): where a client keeps its tickets, and how a server seals sessions into
//! them.
//!
//! ```text
//! server   Session ──SessionSealer::seal──► ticket ──NewSessionTicket──► TicketStore::put   client
//!          Session ◄─SessionSealer::open─── ticket ◄───ClientHello────── TicketStore::take
//! ```
//!
//! Nobody shows a certificate in a resumed handshake: that of the first one stands for it.

mod keys;
mod memory;

use core::fmt;

use chancery_crypto::Random;
use chancery_handshake::{OfferedPsk, Session, Suite, Ticket};
use pki_types::{ServerName, UnixTime};

pub use keys::TicketKeys;
pub use memory::TicketMemory;

/// Keeps a client's tickets from one connection to the next.
///
/// A ticket vouches for the certificate that was verified when it came. Share a store only among
/// configurations that trust the same servers and show the same identity.
pub trait TicketStore: fmt::Debug + Send + Sync {
    /// Keeps a ticket of the server of this name.
    fn put(&self, server_name: &ServerName<'static>, ticket: StoredTicket);

    /// Gives one away, and keeps it no longer: nobody can then link two connections by it
    /// (RFC 8446 §C.4).
    fn take(&self, server_name: &ServerName<'static>) -> Option<StoredTicket>;
}

/// A ticket and when it came.
#[derive(Clone, Debug)]
pub struct StoredTicket {
    ticket: Ticket,
    received: UnixTime,
}

impl StoredTicket {
    /// A ticket that came at this time.
    #[must_use]
    pub const fn new(ticket: Ticket, received: UnixTime) -> Self {
        Self { ticket, received }
    }

    /// The ticket.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Whether its lifetime is over (RFC 8446 §4.6.1), or has not begun by this clock.
    #[must_use]
    pub fn is_expired(&self, now: UnixTime) -> bool {
        match now.as_secs().checked_sub(self.received.as_secs()) {
            Some(age) => age >= self.ticket.lifetime().into(),
            None => true,
        }
    }

    /// What to put into the ClientHello; `None` if it is of no use any more, or not with `suites`, of
    /// which one has to have its hash (RFC 8446 §4.2.11).
    pub(crate) fn offer(self, suites: &[Suite], now: UnixTime) -> Option<OfferedPsk> {
        let hash = self.ticket.suite().hash();
        if self.is_expired(now) || !suites.iter().any(|suite| suite.hash() == hash) {
            return None;
        }
        let seconds = now.as_secs().saturating_sub(self.received.as_secs());
        // Seven days are less than 2^32 milliseconds.
        let milliseconds = u32::try_from(seconds.saturating_mul(1000)).ok()?;
        Some(self.ticket.offer(milliseconds))
    }
}

/// Makes tickets of a server's sessions, and sessions of tickets.
pub trait SessionSealer: fmt::Debug + Send + Sync {
    /// For how long a ticket is good, in seconds; at most seven days (RFC 8446 §4.6.1).
    fn lifetime(&self) -> u32;

    /// Makes a ticket of `session`: its encoding, encrypted and authenticated, or a name under which it
    /// is kept. `None` if there is no ticket to be had; the client then gets none.
    fn seal(&self, session: &Session, now: UnixTime, random: &mut dyn Random) -> Option<Vec<u8>>;

    /// The session of a ticket that a client sent; `None` if it is none of ours, or expired. The
    /// handshake goes on in full then.
    fn open(&self, ticket: &[u8], now: UnixTime) -> Option<Session>;
}
