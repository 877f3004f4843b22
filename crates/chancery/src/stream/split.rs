//! The two halves of a stream, for two threads.

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::Connection;
use crate::stream::incoming::Incoming;
use crate::stream::outgoing::Outgoing;

/// What both halves use. Whoever needs both locks takes `sender` first: records have to be written
/// in the order in which they were sealed.
#[derive(Debug)]
struct Shared<W> {
    sender: Mutex<Sender<W>>,
    connection: Mutex<Connection>,
}

#[derive(Debug)]
struct Sender<W> {
    transport: W,
    outgoing: Outgoing,
}

impl<W> Shared<W> {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Shared<W> {
    /// Writes everything that waits to be sent.
    fn flush(&self, sender: &mut Sender<W>) -> io::Result<()> {
        while sender.outgoing.load(&mut self.connection()) {
            sender.outgoing.write_to(&mut sender.transport)?;
        }
        Ok(())
    }
}

/// The receiving half of a [`Stream`](crate::Stream).
#[derive(Debug)]
pub struct ReadHalf<R, W> {
    transport: R,
    incoming: Incoming,
    shared: Arc<Shared<W>>,
}

/// The sending half of a [`Stream`](crate::Stream).
#[derive(Debug)]
pub struct WriteHalf<W> {
    shared: Arc<Shared<W>>,
}

pub(crate) fn split<R, W>(
    connection: Connection,
    incoming: Incoming,
    outgoing: Outgoing,
    reader: R,
    writer: W,
) -> (ReadHalf<R, W>, WriteHalf<W>) {
    let sender = Mutex::new(Sender { transport: writer, outgoing });
    let shared = Arc::new(Shared { sender, connection: Mutex::new(connection) });
    let write = WriteHalf { shared: Arc::clone(&shared) };
    (ReadHalf { transport: reader, incoming, shared }, write)
}

impl<R: Read, W: Write> ReadHalf<R, W> {
    /// Opens one record; `false` if there is no whole one. An answer to it goes out, unless the
    /// other half is just writing, which sends it then: waiting here could wait for a peer that
    /// waits for us to read.
    fn open_record(&mut self) -> io::Result<bool> {
        let opened = self.incoming.open_record(&mut self.shared.connection());
        let sender = match self.shared.sender.try_lock() {
            Ok(sender) => Some(sender),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        let flushed = sender.map_or(Ok(()), |mut sender| self.shared.flush(&mut sender));
        // What the peer did wrong matters more than that it cannot be told.
        let opened = opened?;
        flushed.map(|()| opened)
    }
}

impl<R: Read, W: Write> BufRead for ReadHalf<R, W> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.incoming.plaintext().is_empty() && !self.shared.connection().is_closed_by_peer()
        {
            if !self.open_record()? && !self.incoming.read_from(&mut self.transport)? {
                self.shared.connection().end_of_input()?;
                break;
            }
        }
        Ok(self.incoming.plaintext())
    }

    fn consume(&mut self, amount: usize) {
        self.incoming.consume(amount);
    }
}

impl<R: Read, W: Write> Read for ReadHalf<R, W> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<W: Write> WriteHalf<W> {
    /// Sends `close_notify` and flushes. The other half can read on.
    ///
    /// # Errors
    /// What the transport gives.
    pub fn close(&mut self) -> io::Result<()> {
        self.shared.connection().close();
        self.flush()
    }
}

impl<W: Write> Write for WriteHalf<W> {
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        let mut sender = self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.flush(&mut sender)?;
        let consumed = sender.outgoing.seal(&mut self.shared.connection(), plaintext)?;
        self.shared.flush(&mut sender)?;
        Ok(consumed)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut sender = self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.flush(&mut sender)?;
        sender.transport.flush()
    }
}
