//! The client's end of a connection.

use core::ops::{Deref, DerefMut};
use std::sync::Arc;

use chancery_crypto::Random;
use chancery_handshake::CertificateTimestamps;
use pki_types::{ServerName, UnixTime};

use crate::machine::Machine;
use crate::{ClientConfig, Connection, Error};

/// The client's end: a [`Connection`] that begins with a ClientHello.
#[derive(Debug)]
pub struct Client(Connection);

impl Client {
    /// Begins a connection to the server of this name; its ClientHello waits to be
    /// [transmitted](Connection::transmit).
    ///
    /// Certificates are judged as of `now`; `random` makes keys and nonces, and has to be
    /// cryptographically secure, such as [`SystemRandom`](crate::SystemRandom).
    ///
    /// # Errors
    /// If randomness fails, or the configuration offers no suite, group or signature scheme, or no suite of the hash of its
    /// pre-shared key.
    pub fn start(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        now: UnixTime,
        random: impl Random + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let mut random = Box::new(random);
        let handshake = asking(&config);
        let mut psks = match &config.psk {
            Some(psk) => psk.offers(&handshake.suites)?,
            None => Vec::new(),
        };
        let ticket = config.tickets.as_ref().and_then(|tickets| tickets.take(&server_name));
        let ticket = ticket.filter(|one| one.is_usable(&server_name, &handshake.suites, now));
        let earlier = ticket.as_ref().and_then(|ticket| ticket.peer.clone());
        psks.extend(ticket.map(|ticket| ticket.offer(now)));
        let name = server_name.clone();
        let machine =
            chancery_handshake::Client::start_with_psks(handshake, name, psks, &mut *random)?;
        let key_log = config.key_log.clone();
        let machine = Machine::client(machine, config, server_name, earlier, now, random);
        Ok(Self(Connection::new(machine, key_log)))
    }
}

/// What to offer, and to ask for whatever the verdict on the server will need.
fn asking(config: &ClientConfig) -> Arc<chancery_handshake::ClientConfig> {
    let mut handshake = Arc::clone(&config.handshake);
    let policy = config.trust.as_ref().map(|trust| trust.policy());
    if policy.is_some_and(|policy| policy.transparency.is_some())
        && handshake.certificate_timestamps != CertificateTimestamps::On
    {
        Arc::make_mut(&mut handshake).certificate_timestamps = CertificateTimestamps::On;
    }
    handshake
}

impl Deref for Client {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

impl From<Client> for Connection {
    fn from(client: Client) -> Self {
        client.0
    }
}
