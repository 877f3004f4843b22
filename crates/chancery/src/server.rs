//! The server's end of a connection.

use core::ops::{Deref, DerefMut};
use std::sync::Arc;

use chancery_crypto::Random;
use pki_types::UnixTime;

use crate::machine::Machine;
use crate::{Connection, Error, ServerConfig};

/// The server's end: a [`Connection`] that waits for a ClientHello.
#[derive(Debug)]
pub struct Server(Connection);

impl Server {
    /// Begins to serve one client.
    ///
    /// Certificates are judged as of `now`; `random` makes keys and nonces, and has to be
    /// cryptographically secure, such as [`SystemRandom`](crate::SystemRandom).
    ///
    /// # Errors
    /// If the configuration accepts no suite, group or signature scheme.
    pub fn start(
        config: Arc<ServerConfig>,
        now: UnixTime,
        random: impl Random + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let machine = chancery_handshake::Server::start(Arc::clone(&config.handshake))?;
        let key_log = config.key_log.clone();
        Ok(Self(Connection::new(Machine::server(machine, config, now, Box::new(random)), key_log)))
    }
}

impl Deref for Server {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

impl From<Server> for Connection {
    fn from(server: Server) -> Self {
        server.0
    }
}
