//! `chancery connect`: what `openssl s_client` is used for.

use core::time::Duration;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;

use chancery::{ClientConfig, Stream};
use clap::Args;
use pki_types::ServerName;

use crate::console::Console;
use crate::diagram::Side;
use crate::options::{self, Failure, Negotiation, doing};
use crate::watch::Watch;

/// How long a server may take for each step of connecting.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Connect to a TLS 1.3 server and pipe standard input and output through the connection
#[derive(Args)]
pub(crate) struct Connect {
    /// Where to connect to
    #[arg(value_name = "HOST:PORT")]
    to: String,
    /// Trust the CA certificates in this PEM file instead of the system's; may be repeated
    #[arg(long, visible_alias = "cacert", alias = "CAfile", value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// The name that the server must have, if it is not HOST
    #[arg(long, visible_alias = "servername", value_name = "NAME")]
    name: Option<String>,
    /// Show this certificate chain if the server asks for one (PEM)
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The private key of --cert (PEM)
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Append the connection's secrets to this file, for debugging; SSLKEYLOGFILE does the same
    #[arg(long, value_name = "FILE")]
    keylog: Option<PathBuf>,
    /// Show the diagram of the connection on standard error
    #[arg(long)]
    trace: bool,
    #[command(flatten)]
    negotiation: Negotiation,
}

impl Connect {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let config = Arc::new(self.config()?);
        let (host, _) = self.to.rsplit_once(':').ok_or_else(|| {
            Failure::new(format_args!("{}: a port is missing, as in {}:443", self.to, self.to))
        })?;
        let name = self.name.as_deref().unwrap_or_else(|| host.trim_matches(['[', ']']));
        let name = doing(name, ServerName::try_from(name.to_owned()))?;
        let transport = doing(&self.to, dial(&self.to))?;
        let mut stream = Stream::connect(config, name, transport)?;
        let watch = Watch::new(Side::Client, stream.connection_mut());
        let outcome = self.talk(stream, &watch);
        if self.trace {
            eprint!("{}", watch.diagram());
        }
        outcome
    }

    fn talk(&self, mut stream: Stream<TcpStream>, watch: &Watch) -> Result<(), Failure> {
        stream.handshake().map_err(|error| options::connection_failure(&error))?;
        watch.annotate(stream.connection());
        // From here on, silence is the server's right.
        stream.transport().set_read_timeout(None)?;
        Console::start().join(stream)
    }

    fn config(&self) -> Result<ClientConfig, Failure> {
        let mut config = ClientConfig::new(options::anchors(&self.ca)?);
        config.key_log = options::key_log(self.keylog.as_deref())?;
        if let (Some(certificates), Some(key)) = (&self.cert, &self.key) {
            config.identity = Some(options::identity(certificates, key)?);
        }
        let handshake = Arc::make_mut(&mut config.handshake);
        handshake.application_protocols = self.negotiation.protocols();
        if !self.negotiation.ciphersuites.is_empty() {
            handshake.suites.clone_from(&self.negotiation.ciphersuites);
        }
        if !self.negotiation.groups.is_empty() {
            handshake.groups.clone_from(&self.negotiation.groups);
            handshake.key_shares = handshake.groups.iter().take(1).map(|g| g.name()).collect();
        }
        Ok(config)
    }
}

/// The first of the host's addresses that answers.
fn dial(to: &str) -> io::Result<TcpStream> {
    let mut last = None;
    for address in to.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(transport) => {
                transport.set_read_timeout(Some(TIMEOUT))?;
                transport.set_write_timeout(Some(TIMEOUT))?;
                transport.set_nodelay(true)?;
                return Ok(transport);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address")))
}
