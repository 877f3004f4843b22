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
    /// If randomness fails, or the configuration offers no suite, group or signature scheme.
    pub fn start(
        config: Arc<ClientConfig>,
        server_name: ServerName<'static>,
        now: UnixTime,
        random: impl Random + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let mut random = Box::new(random);
        let handshake = asking(&config);
        let machine = chancery_handshake::Client::start(handshake, server_name, &mut *random)?;
        let key_log = config.key_log.clone();
        Ok(Self(Connection::new(Machine::client(machine, config, now, random), key_log)))
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
