//! Tickets in memory.

use core::fmt;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pki_types::ServerName;

use super::{StoredTicket, TicketStore};

/// So many tickets of one server are kept: browsers' handful of parallel connections.
const PER_SERVER: usize = 4;

/// A [`TicketStore`] in memory, of limited size: the oldest tickets go first.
pub struct TicketMemory {
    capacity: usize,
    tickets: Mutex<Tickets>,
}

/// The oldest in front.
type Tickets = VecDeque<(ServerName<'static>, StoredTicket)>;

impl TicketMemory {
    /// Keeps up to `capacity` tickets, and up to four of one server.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, tickets: Mutex::new(VecDeque::new()) }
    }

    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        // A list of tickets is whole after each step.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TicketStore for TicketMemory {
    fn put(&self, server_name: &ServerName<'static>, ticket: StoredTicket) {
        let mut tickets = self.tickets();
        let same = |(name, _): &(ServerName<'static>, _)| name == server_name;
        if tickets.iter().filter(|entry| same(entry)).count() >= PER_SERVER
            && let Some(oldest) = tickets.iter().position(same)
        {
            tickets.remove(oldest);
        }
        tickets.push_back((server_name.clone(), ticket));
        while tickets.len() > self.capacity {
            tickets.pop_front();
        }
    }

    fn take(&self, server_name: &ServerName<'static>) -> Option<StoredTicket> {
        let mut tickets = self.tickets();
        let newest = tickets.iter().rposition(|(name, _)| name == server_name)?;
        tickets.remove(newest).map(|(_, ticket)| ticket)
    }
}

impl fmt::Debug for TicketMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketMemory({} of {})", self.tickets().len(), self.capacity)
    }
}
