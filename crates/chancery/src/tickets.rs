//! Resumption (RFC 8446 §2.2): where a client keeps its tickets, and how a server seals sessions into
//! them.
//!
//! ```text
//! server   Session ──SessionSealer::seal──► ticket ──NewSessionTicket──► TicketStore::put   client
//!          Session ◄─SessionSealer::open─── ticket ◄───ClientHello────── TicketStore::take
//! ```
//!
//! Nobody shows a certificate in a resumed handshake: that of the first one stands for it, for as long as it is valid.

mod keys;
mod memory;

use core::fmt;
use std::sync::Arc;

use chancery_chain::VerifiedPath;
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

/// A ticket, when it came and from whom.
///
/// It has no public constructor: a ticket says who the server is only because its connection has found out.
#[derive(Clone, Debug)]
pub struct StoredTicket {
    pub(crate) ticket: Ticket,
    pub(crate) server_name: ServerName<'static>,
    pub(crate) received: UnixTime,
    pub(crate) peer: Option<Arc<VerifiedPath>>,
}

impl StoredTicket {
    /// The ticket.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The path by which the server's certificate was verified when there was one; `None` if somebody else answered
    /// for it.
    #[must_use]
    pub fn peer(&self) -> Option<&VerifiedPath> {
        self.peer.as_deref()
    }

    /// Whether its lifetime is over (RFC 8446 §4.6.1), or has not begun by this clock; or a certificate of
    /// [`Self::peer`] has expired, which a full handshake would not let pass either.
    #[must_use]
    pub fn is_expired(&self, now: UnixTime) -> bool {
        let is_alive = now
            .as_secs()
            .checked_sub(self.received.as_secs())
            .is_some_and(|age| age < self.ticket.lifetime().into());
        !is_alive || self.peer().is_some_and(|path| !path.is_valid_at(now))
    }

    /// Whether to offer it to the server of this name (RFC 8446 §4.6.1: the name has to be the certificate's), with
    /// `suites`, of which one has to have its hash (RFC 8446 §4.2.11).
    pub(crate) fn is_usable(
        &self,
        server_name: &ServerName<'_>,
        suites: &[Suite],
        now: UnixTime,
    ) -> bool {
        let hash = self.ticket.suite().hash();
        !self.is_expired(now)
            && self.server_name == *server_name
            && suites.iter().any(|suite| suite.hash() == hash)
    }

    /// What to put into the ClientHello.
    pub(crate) fn offer(self, now: UnixTime) -> OfferedPsk {
        let seconds = now.as_secs().saturating_sub(self.received.as_secs());
        // Seven days are less than 2^32 milliseconds.
        let milliseconds = u32::try_from(seconds.saturating_mul(1000)).unwrap_or(u32::MAX);
        self.ticket.offer(milliseconds)
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
