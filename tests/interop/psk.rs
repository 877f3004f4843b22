//! A key from elsewhere in place of certificates (RFC 8446 §4.2.11), with each peer and in each direction.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Arc;

use chancery::crypto::HashAlgorithm;
use chancery::handshake::Suite;
use chancery::pki_types::ServerName;
use chancery::{Authentication, ClientConfig, Error, ExternalPsk, ServerConfig, Stream};

use crate::case::PeerName;
use crate::ours::{self, Exchange, payload};
use crate::pki::{HOST, Pki};
use crate::process::{Peer, last_lines};

const IDENTITY: &str = "sensor7";
const KEY: [u8; 32] = [0x5a; 32];

/// Whether both ends have the same key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Same,
    Other,
}

impl Key {
    /// Ours; the peer always has [`KEY`].
    fn ours(self) -> ExternalPsk {
        let key = if self == Self::Same { KEY } else { [0xa5; 32] };
        ExternalPsk::new(IDENTITY.as_bytes(), &key, HashAlgorithm::Sha256).expect("a key")
    }
}

fn hex() -> String {
    KEY.iter().map(|byte| format!("{byte:02x}")).collect()
}

const GNUTLS: [&str; 2] = ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+PSK"];

fn server_command(peer: PeerName, pki: &Pki, port: u16) -> (Command, Exchange) {
    if peer == PeerName::OpenSsl {
        let mut command = openssl("s_server");
        command.args(["-nocert", "-naccept", "1", "-accept", &format!("127.0.0.1:{port}")]);
        return (command, Exchange::Pipe);
    }
    let file = pki.file("psk.txt");
    std::fs::write(&file, format!("{IDENTITY}:{}\n", hex())).expect("a temporary file");
    let mut command = Command::new("gnutls-serv");
    command.args(["--echo", "--port", &port.to_string()]).args(GNUTLS);
    command.arg("--pskpasswd").arg(file);
    (command, Exchange::EchoLines)
}

fn client_command(peer: PeerName, port: u16) -> (Command, Exchange) {
    if peer == PeerName::OpenSsl {
        let mut command = openssl("s_client");
        command.args(["-connect", &format!("127.0.0.1:{port}")]);
        return (command, Exchange::Pipe);
    }
    let mut command = Command::new("gnutls-cli");
    command.args(["--port", &port.to_string(), "--pskusername", IDENTITY, "--pskkey", &hex()]);
    command.args(GNUTLS).arg("127.0.0.1");
    (command, Exchange::PipeClosing)
}

/// A key of OpenSSL's command goes with SHA-256.
fn openssl(program: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args([program, "-quiet", "-tls1_3", "-psk_identity", IDENTITY, "-psk", &hex()]);
    command.args(["-ciphersuites", Suite::Aes128GcmSha256.cipher_suite().name().unwrap_or("?")]);
    command
}

/// Our client, which trusts no certificate, against a server without one.
pub(crate) fn client(peer: PeerName, pki: &Pki) -> Result<(), String> {
    for key in [Key::Same, Key::Other] {
        let port = ours::free_port().map_err(|error| error.to_string())?;
        let (command, exchange) = server_command(peer, pki, port);
        let mut process = Peer::start(command, payload())?;
        let transport = ours::connect(port, &mut process).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(HOST).map_err(|error| error.to_string())?;
        let config = Arc::new(ClientConfig::by_psk(key.ours()));
        let mut stream = Stream::connect(config, name, transport).map_err(|e| e.to_string())?;
        let outcome = match key {
            Key::Same => {
                let exchanged = ours::exchange_as_client(&mut stream, exchange);
                exchanged.and_then(|()| check(&stream)).and_then(|()| ours::close(&mut stream))
            }
            Key::Other => refused_by_peer(stream.handshake()),
        };
        drop(stream);
        let ended = process.stop()?;
        outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
    }
    Ok(())
}

/// Our server, which has no certificate.
pub(crate) fn server(peer: PeerName) -> Result<(), String> {
    for key in [Key::Same, Key::Other] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let (command, exchange) = client_command(peer, port);
        let mut process = Peer::start(command, payload())?;
        let transport = ours::accept(&listener, &mut process).map_err(|e| e.to_string())?;
        let config = Arc::new(ServerConfig::by_psk(vec![key.ours()]));
        let mut stream = Stream::accept(config, transport).map_err(|error| error.to_string())?;
        let outcome = match key {
            Key::Same => ours::exchange_as_server(&mut stream, exchange)
                .and_then(|()| check(&stream))
                .and_then(|()| ours::close_as_server(&mut stream, exchange, &mut process)),
            Key::Other => refused_by_us(stream.handshake()),
        };
        drop(stream);
        let ended = process.stop()?;
        outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
    }
    Ok(())
}

fn check(stream: &Stream<std::net::TcpStream>) -> Result<(), String> {
    let negotiated = stream.connection().negotiated().ok_or("nothing negotiated")?;
    let expected = Authentication::ExternalPsk { identity: IDENTITY.into() };
    let found = negotiated.authentication();
    if *found == expected { Ok(()) } else { Err(format!("authenticated by {found:?}")) }
}

/// RFC 8446 §4.2.11.2: a wrong binder ends the handshake.
fn refused_by_us(shaken: std::io::Result<()>) -> Result<(), String> {
    use chancery::handshake::{HandshakeError, Violation};

    match ours::failure(&shaken) {
        Some(Error::Handshake(HandshakeError::Violation(Violation::Binder))) => Ok(()),
        _ => Err(format!("not refused for its binder: {shaken:?}")),
    }
}

fn refused_by_peer(shaken: std::io::Result<()>) -> Result<(), String> {
    match ours::failure(&shaken) {
        Some(Error::PeerAlert(_)) => Ok(()),
        _ => Err(format!("no alert: {shaken:?}")),
    }
}
