//! `chancery demo`: everything that this project is for, once, over a real connection.

mod authority;
mod outcome;
mod transfer;

use core::net::Ipv4Addr;
use core::time::Duration;
use std::io::{self, IsTerminal};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use chancery::{ClientConfig, Identity, ServerConfig, Stream, TrustAnchors};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pki_types::ServerName;

use self::outcome::{ClientView, Negotiated, Outcome, ServerView};
use crate::diagram::Side;
use crate::options::{Failure, connection_failure, doing};
use crate::payload::{Payload, expect_end};
use crate::watch::{self, Watch};

/// The server's name in the demonstration: one that can be no real host (RFC 6761 §6.2).
const SERVER_NAME: &str = "demo.test";

/// The application protocol in the demonstration.
const PROTOCOL: &[u8] = b"chancery-demo";

/// Nothing on loopback takes this long; a peer that hangs must not hang the demonstration.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Issue a certificate, shake hands over TCP, verify, and move data both ways, all in one process
#[derive(Args)]
pub(crate) struct Demo {
    /// How much data goes each way, in bytes
    #[arg(long, value_name = "N", default_value_t = 64 << 20)]
    bytes: u64,
    /// Print one JSON object instead of the diagram
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let outcome = self.connection()?;
        outcome.check()?;
        if self.json {
            println!("{}", serde_json::to_string(&outcome)?);
        } else {
            print!("{outcome}");
        }
        Ok(())
    }

    fn connection(&self) -> Result<Outcome, Failure> {
        let issued = authority::issue(SERVER_NAME)?;
        let mut trusted = TrustAnchors::new();
        doing("root certificate", trusted.add_certificate(&issued.root))?;
        let identity = doing("server's identity", Identity::new(issued.chain, issued.key))?;
        let listener = doing("loopback", TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let payload = Arc::new(Payload::new(self.bytes));

        let (bytes, data) = (self.bytes, Arc::clone(&payload));
        let server = thread::spawn(move || serve(&listener, identity, bytes, &data));
        let transport = doing(address, TcpStream::connect(address))?;
        let client = self.run_client(transport, trusted, &payload);
        let server = server.join().map_err(|_| Failure::new("the server panicked"))?;
        // If both failed, the client's failure is the cause more often than not.
        let (client, server) = (client?, server?);
        Ok(Outcome::new(issued.steps, bytes, client, server))
    }

    fn run_client(
        &self,
        transport: TcpStream,
        trusted: TrustAnchors,
        payload: &Payload,
    ) -> Result<ClientView, Failure> {
        let mut config = ClientConfig::new(trusted);
        Arc::make_mut(&mut config.handshake).application_protocols = vec![PROTOCOL.to_vec()];
        let name = doing(SERVER_NAME, ServerName::try_from(SERVER_NAME))?;
        prepare(&transport)?;
        let mut stream = Stream::connect(Arc::new(config), name, transport)?;
        let watch = Watch::new(Side::Client, stream.connection_mut());
        stream.handshake().map_err(|error| connection_failure(&error))?;
        watch.annotate(stream.connection());
        let verdicts = stream.connection().peer().map(watch::verdicts).unwrap_or_default();

        let bar = self.progress_bar();
        let mut exchange = || -> io::Result<_> {
            let first_sent_at = Instant::now();
            payload.write(self.bytes, &mut stream, |position| bar.set_position(position))?;
            let verified = |position| bar.set_position(self.bytes.saturating_add(position));
            payload.verify(self.bytes, &mut stream, verified)?;
            let last_received_at = Instant::now();
            stream.close()?;
            expect_end(&mut stream)?;
            Ok((first_sent_at, last_received_at))
        };
        let exchanged = exchange();
        bar.finish_and_clear();
        let (first_sent_at, last_received_at) =
            exchanged.map_err(|error| connection_failure(&error))?;
        let negotiated = Negotiated::of(stream.connection())?;
        let diagram = watch.diagram();
        Ok(ClientView { negotiated, verdicts, first_sent_at, last_received_at, diagram })
    }

    /// On standard error, if somebody is looking at it.
    fn progress_bar(&self) -> ProgressBar {
        let bar = ProgressBar::new(self.bytes.saturating_mul(2));
        if self.json || !io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

fn prepare(transport: &TcpStream) -> io::Result<()> {
    transport.set_nodelay(true)?;
    transport.set_read_timeout(Some(TIMEOUT))?;
    transport.set_write_timeout(Some(TIMEOUT))
}

/// The server's thread: takes the data in, sends as much back, and closes when the client does.
fn serve(
    listener: &TcpListener,
    identity: Identity,
    bytes: u64,
    payload: &Payload,
) -> Result<ServerView, Failure> {
    let mut config = ServerConfig::new(identity);
    config.application_protocols = vec![PROTOCOL.to_vec()];
    let (transport, _) = listener.accept()?;
    prepare(&transport)?;
    let mut stream = Stream::accept(Arc::new(config), transport)?;
    let watch = Watch::new(Side::Server, stream.connection_mut());
    let mut exchange = || -> io::Result<_> {
        payload.verify(bytes, &mut stream, |_| ())?;
        let last_received_at = Instant::now();
        payload.write(bytes, &mut stream, |_| ())?;
        expect_end(&mut stream)?;
        stream.close()?;
        Ok(last_received_at)
    };
    let last_received_at = exchange().map_err(|error| connection_failure(&error))?;
    Ok(ServerView { last_received_at, diagram: watch.diagram() })
}
