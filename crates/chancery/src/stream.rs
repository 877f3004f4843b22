//! A blocking connection over anything that reads and writes bytes.

mod incoming;
mod outgoing;
mod split;

use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;

use chancery_ring::SystemRandom;
use pki_types::{ServerName, UnixTime};

use self::incoming::Incoming;
use self::outgoing::Outgoing;
pub use self::split::{ReadHalf, WriteHalf};
use crate::{Client, ClientConfig, Connection, Server, ServerConfig};

/// A [`Client`] or [`Server`] and the transport under it.
///
/// Reading and writing finish the handshake first, if [`Self::handshake`] has not been called.
/// `read` gives 0 only after the peer's `close_notify`; a transport that ends without one is
/// [`io::ErrorKind::UnexpectedEof`], since what came may be cut off (RFC 8446 §6.1).
/// [`Self::close`] sends ours; dropping a stream sends nothing.
///
/// Every failure of the protocol is an [`io::Error`] around an [`Error`](crate::Error):
///
/// ```
/// fn refused_certificate(error: &std::io::Error) -> bool {
///     let reason = error.get_ref().and_then(|inner| inner.downcast_ref::<chancery::Error>());
///     matches!(reason, Some(chancery::Error::Certificate(_)))
/// }
/// ```
///
/// Events that a configuration leaves open ([`Event::Suspended`](crate::Event::Suspended)) are not for a stream:
/// drive the [`Connection`] yourself then.
#[derive(Debug)]
pub struct Stream<T> {
    connection: Connection,
    transport: T,
    incoming: Incoming,
    outgoing: Outgoing,
}

impl<T: Read + Write> Stream<T> {
    /// A client's stream to the server of this name, with the system's time and randomness.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::start`].
    pub fn connect(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        transport: T,
    ) -> io::Result<Self> {
        let client = Client::start(config, server_name, UnixTime::now(), SystemRandom::new())?;
        Ok(Self::new(client, transport))
    }

    /// A server's stream to one client, with the system's time and randomness.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn accept(config: Arc<ServerConfig>, transport: T) -> io::Result<Self> {
        let server = Server::start(config, UnixTime::now(), SystemRandom::new())?;
        Ok(Self::new(server, transport))
    }

    /// Joins any end with its transport. Nothing is sent yet.
    pub fn new(connection: impl Into<Connection>, transport: T) -> Self {
        Self {
            connection: connection.into(),
            transport,
            incoming: Incoming::default(),
            outgoing: Outgoing::default(),
        }
    }

    /// Runs the handshake to its end; does nothing if it has ended.
    ///
    /// # Errors
    /// What the transport gives, or an error around a [`crate::Error`], of which the peer has been
    /// told by an alert.
    pub fn handshake(&mut self) -> io::Result<()> {
        self.flush_outgoing()?;
        while self.connection.is_handshaking() {
            if !self.open_record()? && !self.incoming.read_from(&mut self.transport)? {
                return Err(self
                    .connection
                    .end_of_input()
                    .err()
                    .unwrap_or(crate::Error::Truncated)
                    .into());
            }
        }
        Ok(())
    }

    /// Sends `close_notify` and flushes: the peer knows then that nothing was cut off.
    /// What the peer still sends can be read on.
    ///
    /// # Errors
    /// What the transport gives.
    pub fn close(&mut self) -> io::Result<()> {
        self.connection.close();
        self.flush_outgoing()?;
        self.transport.flush()
    }

    /// The two halves, for two threads. The transport goes on as the reader; `writer` is another
    /// handle of it, such as `TcpStream::try_clone` gives.
    ///
    /// # Errors
    /// As [`Self::handshake`], which is run first.
    pub fn split<W: Write>(mut self, writer: W) -> io::Result<(ReadHalf<T, W>, WriteHalf<W>)> {
        self.handshake()?;
        let Self { connection, transport, incoming, outgoing } = self;
        Ok(split::split(connection, incoming, outgoing, transport, writer))
    }

    /// The connection: what was negotiated, who the peer is, exporters.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection, to poll its events or to update its keys.
    pub const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The transport, for instance to set a timeout. Bytes read from it or written to it are
    /// missing in the connection.
    pub const fn transport(&self) -> &T {
        &self.transport
    }

    /// Opens one record; `false` if there is no whole one. Whatever it led to goes out, an alert too.
    fn open_record(&mut self) -> io::Result<bool> {
        let opened = self.incoming.open_record(&mut self.connection);
        let flushed = self.flush_outgoing();
        // What the peer did wrong matters more than that it cannot be told.
        let opened = opened?;
        flushed.map(|()| opened)
    }

    /// Writes everything that waits to be sent.
    fn flush_outgoing(&mut self) -> io::Result<()> {
        while self.outgoing.load(&mut self.connection) {
            self.outgoing.write_to(&mut self.transport)?;
        }
        Ok(())
    }
}

impl<T: Read + Write> BufRead for Stream<T> {
    /// Plaintext where it was opened: no copy.
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.handshake()?;
        while self.incoming.plaintext().is_empty() && !self.connection.is_closed_by_peer() {
            if !self.open_record()? && !self.incoming.read_from(&mut self.transport)? {
                self.connection.end_of_input()?;
                break;
            }
        }
        Ok(self.incoming.plaintext())
    }

    fn consume(&mut self, amount: usize) {
        self.incoming.consume(amount);
    }
}

impl<T: Read + Write> Read for Stream<T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<T: Read + Write> Write for Stream<T> {
    /// Seals and sends up to four records' worth of `plaintext`; what does not fit is for the next call.
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        self.handshake()?;
        self.flush_outgoing()?;
        let consumed = self.outgoing.seal(&mut self.connection, plaintext)?;
        match self.flush_outgoing() {
            // What is sealed counts as written: it goes out with the next call.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(consumed),
            outcome => outcome.map(|()| consumed),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.handshake()?;
        self.flush_outgoing()?;
        self.transport.flush()
    }
}
