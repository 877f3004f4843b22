//! `chancery serve`: what `openssl s_server` is used for.

use core::fmt::Write as _;
use core::time::Duration;
use std::io::{self, BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use chancery::ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery::{ClientAuthentication, ServerConfig, Stream, TicketKeys, Validator};
use clap::Args;

use crate::console::Console;
use crate::diagram::Side;
use crate::options::{self, Failure, Negotiation, connection_failure, doing};
use crate::watch::Watch;

/// How long a client may take for each step of the handshake, or for its request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest HTTP request that is read for --www: what common servers allow for a header.
const MAX_REQUEST: u64 = 16 << 10;

/// For how long a client may come back without a full handshake, in seconds.
const TICKET_LIFETIME: u32 = 2 * 3600;

/// Serve TLS 1.3 clients, one after the other, and pipe standard input and output through each connection
#[derive(Args)]
pub(crate) struct Serve {
    /// The certificate chain to show, the server's own first (PEM)
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// The private key of the first certificate (PEM)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where to listen; port 0 takes a free one, and the address is printed on standard error
    #[arg(long, visible_alias = "accept", value_name = "ADDR", default_value = "127.0.0.1:4433")]
    listen: String,
    /// Ask clients for a certificate that leads to one of the CA certificates in this PEM file; may be repeated
    #[arg(long, visible_alias = "cacert", alias = "CAfile", value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// End after so many connections
    #[arg(long, visible_alias = "naccept", value_name = "N")]
    count: Option<u64>,
    /// Answer each HTTP request with the diagram of its connection, many clients at a time, instead of piping
    #[arg(long)]
    www: bool,
    /// Append each connection's secrets to this file, for debugging; SSLKEYLOGFILE does the same
    #[arg(long, value_name = "FILE")]
    keylog: Option<PathBuf>,
    /// Show the diagram of each connection on standard error
    #[arg(long)]
    trace: bool,
    #[command(flatten)]
    negotiation: Negotiation,
}

impl Serve {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let config = Arc::new(self.config()?);
        let listener = doing(&self.listen, TcpListener::bind(&self.listen))?;
        eprintln!("listening on {}", listener.local_addr()?);
        let console = if self.www { None } else { Some(Console::start()) };
        let count =
            self.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let mut workers = Vec::new();
        for transport in listener.incoming().take(count) {
            let Some(session) = self.accept(transport, &config) else { continue };
            match &console {
                Some(console) => session.run(|stream, _| console.join(stream)),
                None => workers.push(thread::spawn(move || session.run(answer))),
            }
            workers.retain(|worker| !worker.is_finished());
        }
        // With --count, what was accepted is served to its end.
        workers.into_iter().for_each(|worker| drop(worker.join()));
        Ok(())
    }

    /// A failure with one client is told and leaves the others alone.
    fn accept(
        &self,
        transport: io::Result<TcpStream>,
        config: &Arc<ServerConfig>,
    ) -> Option<Session> {
        let open = || -> io::Result<Session> {
            let transport = transport?;
            transport.set_read_timeout(Some(TIMEOUT))?;
            transport.set_write_timeout(Some(TIMEOUT))?;
            transport.set_nodelay(true)?;
            let peer = transport.peer_addr()?.to_string();
            let mut stream = Stream::accept(Arc::clone(config), transport)?;
            let watch = Watch::new(Side::Server, stream.connection_mut());
            Ok(Session { stream, watch, peer, trace: self.trace })
        };
        open().inspect_err(|error| eprintln!("chancery: {error}")).ok()
    }

    fn config(&self) -> Result<ServerConfig, Failure> {
        let mut config = ServerConfig::new(options::identity(&self.cert, &self.key)?);
        config.application_protocols = self.negotiation.protocols();
        config.key_log = options::key_log(self.keylog.as_deref())?;
        config.tickets = Some(Arc::new(TicketKeys::new(TICKET_LIFETIME)));
        if !self.ca.is_empty() {
            let anchors = options::anchors(&self.ca)?;
            let trust = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS);
            config.client_trust = Some(Arc::new(trust));
            config.client_authentication =
                ClientAuthentication::Required { authorities: Vec::new() };
        }
        let handshake = Arc::make_mut(&mut config.handshake);
        if !self.negotiation.ciphersuites.is_empty() {
            handshake.suites.clone_from(&self.negotiation.ciphersuites);
        }
        if !self.negotiation.groups.is_empty() {
            handshake.groups.clone_from(&self.negotiation.groups);
        }
        Ok(config)
    }
}

/// One client.
struct Session {
    stream: Stream<TcpStream>,
    watch: Watch,
    peer: String,
    trace: bool,
}

impl Session {
    /// Shakes hands and gives the stream to `serve`.
    fn run(self, serve: impl FnOnce(Stream<TcpStream>, &Watch) -> Result<(), Failure>) {
        let Self { mut stream, watch, peer, trace } = self;
        let shaken = stream.handshake().map_err(|error| connection_failure(&error));
        let outcome = shaken.and_then(|()| {
            watch.annotate(stream.connection());
            serve(stream, &watch)
        });
        if trace {
            eprint!("{}", watch.diagram());
        }
        if let Err(failure) = outcome {
            eprintln!("chancery: {peer}: {failure}");
        }
    }
}

/// Answers one HTTP request with the diagram of the connection up to it.
fn answer(mut stream: Stream<TcpStream>, watch: &Watch) -> Result<(), Failure> {
    let mut request = String::new();
    let mut lines = Read::by_ref(&mut stream).take(MAX_REQUEST);
    while !request.ends_with("\r\n\r\n") && !request.ends_with("\n\n") {
        let read = lines.read_line(&mut request).map_err(|error| connection_failure(&error))?;
        if read == 0 {
            return Err(Failure::new("the request ends early, or its header is too long"));
        }
    }
    let mut body = String::new();
    doing("diagram", write!(body, "{}", watch.diagram()))?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())?;
    stream.close()?;
    // Until the client has read all and closes too: an early close of the socket could cut it off.
    io::copy(&mut stream, &mut io::sink()).map_err(|error| connection_failure(&error))?;
    Ok(())
}
