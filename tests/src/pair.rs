//! A client and a server without a network between them, but with whoever a test puts there.

use std::sync::{Arc, LazyLock};

use chancery::{Client, ClientConfig, Connection, Error, Server, ServerConfig};
use chancery_handshake::{Group, Suite};

use crate::{
    pki::{HOST, NOW, Pki},
    plain_group::{OTHER_PLAIN_GROUP, PLAIN_GROUP},
    random::Repeatable,
};

/// One end, with what it has received.
#[derive(Debug)]
pub struct End {
    /// The connection itself.
    pub connection: Connection,
    /// Bytes of a record that is not whole yet.
    inbox: Vec<u8>,
    /// Application data that was handed out.
    pub received: Vec<u8>,
    /// How the connection failed, if it has.
    pub failure: Option<Error>,
}

impl End {
    /// An end at its start.
    pub fn new(connection: impl Into<Connection>) -> Self {
        Self { connection: connection.into(), inbox: vec![], received: vec![], failure: None }
    }

    /// Takes bytes off the transport.
    ///
    /// # Panics
    /// If the connection takes a record that is not there, none at all, or anything after a failure.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        while !self.inbox.is_empty() {
            match self.connection.receive(&mut self.inbox) {
                Ok(None) => break,
                Ok(Some(received)) => {
                    assert!(self.failure.is_none(), "received after {:?}", self.failure);
                    assert!(received.consumed > 0 && received.consumed <= self.inbox.len());
                    self.received.extend_from_slice(&self.inbox[received.plaintext]);
                    self.inbox.drain(..received.consumed);
                }
                Err(error) => {
                    self.failure.get_or_insert(error);
                    self.inbox.clear();
                }
            }
        }
    }

    /// The transport has ended.
    pub fn end_of_input(&mut self) {
        if let Err(error) = self.connection.end_of_input() {
            self.failure.get_or_insert(error);
        }
    }

    /// Seals `data`; it waits to be transmitted together with whatever waits already.
    ///
    /// # Panics
    /// If it cannot be sent now.
    #[must_use]
    pub fn send(&mut self, data: &[u8]) -> Vec<u8> {
        let mut output = vec![0; data.len() + 4096];
        let sent = self.connection.send(data, &mut output).expect("data can be sent");
        assert_eq!(sent.consumed, data.len());
        output.truncate(sent.written);
        output
    }

    /// Everything that waits to be sent.
    pub fn transmit(&mut self) -> Vec<u8> {
        let mut all = vec![];
        let mut buffer = [0; 4096];
        loop {
            match self.connection.transmit(&mut buffer) {
                0 => return all,
                count => all.extend_from_slice(&buffer[..count]),
            }
        }
    }
}

/// Carries bytes until neither end has any.
pub fn settle(client: &mut End, server: &mut End) {
    loop {
        let (to_server, to_client) = (client.transmit(), server.transmit());
        if to_server.is_empty() && to_client.is_empty() {
            return;
        }
        server.receive(&to_server);
        client.receive(&to_client);
    }
}

/// The configurations of a pair that does the same at every run, and whose hellos fit into 600 bytes.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The client's.
    pub client: Arc<ClientConfig>,
    /// The server's.
    pub server: Arc<ServerConfig>,
}

impl Configuration {
    /// One suite, [`PLAIN_GROUP`], Ed25519.
    #[must_use]
    pub fn repeatable() -> Self {
        // Certificates take longer to issue than a handshake takes, and tests run thousands of those.
        static REPEATABLE: LazyLock<Configuration> =
            LazyLock::new(|| Configuration::new(&[Suite::Aes128GcmSha256], &[PLAIN_GROUP]));
        REPEATABLE.clone()
    }

    /// The same, but the client sends a share of a group that the server does not have.
    #[must_use]
    pub fn retrying() -> Self {
        let mut configuration = Self::repeatable();
        let client = Arc::make_mut(&mut configuration.client);
        let handshake = Arc::make_mut(&mut client.handshake);
        handshake.groups = vec![OTHER_PLAIN_GROUP, PLAIN_GROUP];
        handshake.key_shares = vec![OTHER_PLAIN_GROUP.name()];
        configuration
    }

    /// These suites and groups.
    #[must_use]
    pub fn new(suites: &[Suite], groups: &[Group]) -> Self {
        let pki = Pki::new(1, NOW);
        let mut client = ClientConfig::new(pki.anchors());
        let handshake = Arc::make_mut(&mut client.handshake);
        handshake.suites = suites.to_vec();
        handshake.groups = groups.to_vec();
        handshake.key_shares = groups.iter().take(1).map(|group| group.name()).collect();
        handshake.application_protocols = vec![b"echo".to_vec()];
        let mut server = ServerConfig::new(pki.server(HOST, NOW));
        let handshake = Arc::make_mut(&mut server.handshake);
        handshake.suites = suites.to_vec();
        handshake.groups = groups.to_vec();
        server.application_protocols = vec![b"echo".to_vec()];
        Self { client: Arc::new(client), server: Arc::new(server) }
    }

    /// A client of it.
    ///
    /// # Panics
    /// If the configuration is refused.
    #[must_use]
    pub fn client(&self) -> End {
        let name = HOST.try_into().expect("a host name");
        let random = Repeatable::new(11);
        End::new(Client::start(Arc::clone(&self.client), name, NOW, random).expect("a client"))
    }

    /// A server of it.
    ///
    /// # Panics
    /// If the configuration is refused.
    #[must_use]
    pub fn server(&self) -> End {
        let random = Repeatable::new(22);
        End::new(Server::start(Arc::clone(&self.server), NOW, random).expect("a server"))
    }
}
