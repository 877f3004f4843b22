//! Our two ends, and what each has to see.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use chancery::handshake::Group;
use chancery::pki_types::ServerName;
use chancery::wire::NamedGroup;
use chancery::{ClientConfig, Error, GROUPS, ServerConfig, Stream};

use crate::case::{Case, Expectation, HelloRetry, PeerName};
use crate::pki::{Pki, wanted_host};
use crate::process::{PATIENCE, Peer, contains, last_lines};

/// How data goes there and back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// The peer sends its standard input and writes what it gets to standard output.
    Pipe,
    /// The same, of a peer that says `close_notify` only if it closes first.
    PipeClosing,
    /// The peer, a server, sends each line back.
    EchoLines,
    /// The peer, a client, sends a POST request and writes the answer's body to standard output.
    Http,
}

/// What both sides send: 100 KiB of lines, in small letters, as some peers take capitals at the
/// start of their input for commands.
pub(crate) fn payload() -> Vec<u8> {
    let letter = |n: usize| b'a' + u8::try_from(n % 26).unwrap_or(0);
    let line = |row: usize| {
        (0..63).map(move |column| letter(row * 7 + column * (1 + row % 5))).chain([b'\n'])
    };
    (0..1600).flat_map(line).collect()
}

/// Our client against `start`'s server.
pub(crate) fn client(
    case: &Case,
    pki: &Pki,
    start: fn(&Case, &Pki, u16) -> Result<(Peer, Exchange), String>,
) -> Result<String, String> {
    let port = free_port().map_err(|error| format!("no free port: {error}"))?;
    let (mut peer, exchange) = start(case, pki, port)?;
    let transport = match connect(port, &mut peer) {
        Ok(transport) => transport,
        Err(error) => {
            let ended = peer.stop()?;
            return Err(format!("no connection: {error}; peer: {}", last_lines(&ended.stderr)));
        }
    };
    let name = ServerName::try_from(wanted_host(case.expectation)).map_err(|e| e.to_string())?;
    let mut stream = Stream::connect(Arc::new(client_config(case, pki)), name, transport)
        .map_err(|error| format!("ClientHello: {error}"))?;
    let shaken = stream.handshake();
    if case.expectation != Expectation::Works {
        let refusal = refused_by_us(shaken)?;
        drop(stream);
        // A server that is done with one connection ends; one that would go on is stopped.
        let heard = peer.wait_for(b"alert");
        let ended = if exchange == Exchange::Pipe { peer.end()? } else { peer.stop()? };
        heard.map_err(|error| format!("{error}: {}", last_lines(&ended.words())))?;
        return Ok(format!("ok, refused: {refusal}"));
    }
    let outcome = shaken
        .map_err(|error| format!("handshake: {error}"))
        .and_then(|()| check_negotiated(case, &stream))
        .and_then(|()| exchange_as_client(&mut stream, exchange))
        .and_then(|()| close(&mut stream));
    drop(stream);
    let ended = match exchange {
        Exchange::EchoLines => peer.stop()?,
        Exchange::Pipe | Exchange::PipeClosing | Exchange::Http => peer.end()?,
    };
    outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
    if exchange == Exchange::Pipe {
        if ended.stdout != payload() {
            return Err(format!("peer got {} other bytes", ended.stdout.len()));
        }
        if !ended.status.success() {
            return Err(format!("peer: {}: {}", ended.status, last_lines(&ended.stderr)));
        }
    }
    Ok("ok".into())
}

/// Our server against `start`'s client.
pub(crate) fn server(
    case: &Case,
    pki: &Pki,
    start: fn(&Case, &Pki, u16) -> Result<(Peer, Exchange), String>,
) -> Result<String, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(|error| format!("no listener: {error}"))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let (mut peer, exchange) = start(case, pki, port)?;
    let transport = match accept(&listener, &mut peer) {
        Ok(transport) => transport,
        Err(error) => {
            let ended = peer.stop()?;
            return Err(format!("no connection: {error}; peer: {}", last_lines(&ended.stderr)));
        }
    };
    let mut stream = Stream::accept(Arc::new(server_config(case, pki)), transport)
        .map_err(|error| format!("start: {error}"))?;
    let shaken = stream.handshake();
    if case.expectation != Expectation::Works {
        let alert = refused_by_peer(case, shaken, &mut stream);
        drop(stream);
        peer.close_stdin();
        let ended = peer.end()?;
        let alert =
            alert.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
        if ended.status.success() {
            return Err("peer ended well".into());
        }
        return Ok(format!("ok, refused: {alert}"));
    }
    let outcome = shaken
        .map_err(|error| format!("handshake: {error}"))
        .and_then(|()| check_negotiated(case, &stream))
        .and_then(|()| exchange_as_server(&mut stream, exchange))
        .and_then(|()| close_as_server(&mut stream, exchange, &mut peer));
    drop(stream);
    let ended = peer.end()?;
    outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
    if !contains(&ended.stdout, &payload()) {
        return Err(format!("peer wrote {} other bytes", ended.stdout.len()));
    }
    if !ended.status.success() {
        return Err(format!("peer: {}: {}", ended.status, last_lines(&ended.stderr)));
    }
    Ok("ok".into())
}

fn groups(names: &[NamedGroup]) -> Vec<Group> {
    let named = |name: &NamedGroup| GROUPS.into_iter().find(|group| group.name() == *name);
    names.iter().filter_map(named).collect()
}

pub(crate) fn client_config(case: &Case, pki: &Pki) -> ClientConfig {
    let mut config = ClientConfig::new(pki.anchors(case.expectation));
    let handshake = Arc::make_mut(&mut config.handshake);
    let offered = case.offered_groups();
    handshake.suites = vec![case.suite];
    handshake.key_shares = offered.first().copied().into_iter().collect();
    handshake.groups = groups(&offered);
    config
}

pub(crate) fn server_config(case: &Case, pki: &Pki) -> ServerConfig {
    let mut config = ServerConfig::new(pki.identity(case.key));
    let handshake = Arc::make_mut(&mut config.handshake);
    handshake.suites = vec![case.suite];
    handshake.groups = groups(&[case.group]);
    config
}

fn check_negotiated(case: &Case, stream: &Stream<TcpStream>) -> Result<(), String> {
    let negotiated = stream.connection().negotiated().ok_or("nothing negotiated")?;
    let retried = case.hello_retry == HelloRetry::Needed;
    let found = (negotiated.suite(), negotiated.group(), negotiated.is_retried());
    let wanted = (case.suite, case.group, retried);
    if found == wanted { Ok(()) } else { Err(format!("negotiated {found:?}, not {wanted:?}")) }
}

pub(crate) fn exchange_as_client(
    stream: &mut Stream<TcpStream>,
    exchange: Exchange,
) -> Result<(), String> {
    let payload = payload();
    let mut back = vec![0; payload.len()];
    let outcome = match exchange {
        Exchange::Pipe | Exchange::PipeClosing => {
            stream.write_all(&payload).and_then(|()| stream.read_exact(&mut back))
        }
        Exchange::EchoLines => {
            payload.chunks(4096).zip(back.chunks_mut(4096)).try_for_each(|(there, back)| {
                stream.write_all(there).and_then(|()| stream.read_exact(back))
            })
        }
        Exchange::Http => Err(ErrorKind::Unsupported.into()),
    };
    outcome.map_err(|error| format!("data: {error}"))?;
    if back == payload { Ok(()) } else { Err("data came back changed".into()) }
}

pub(crate) fn exchange_as_server(
    stream: &mut Stream<TcpStream>,
    exchange: Exchange,
) -> Result<(), String> {
    let payload = payload();
    let failed = |error: io::Error| format!("data: {error}");
    if exchange == Exchange::Http {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).map_err(failed)?;
            head.extend(byte);
        }
        if !head.starts_with(b"POST / HTTP/1.1\r\n") {
            return Err(format!("not the request: {}", String::from_utf8_lossy(&head)));
        }
    }
    let mut got = vec![0; payload.len()];
    stream.read_exact(&mut got).map_err(failed)?;
    if got != payload {
        return Err("peer's data arrived changed".into());
    }
    if exchange == Exchange::Http {
        let length = payload.len();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
            .map_err(failed)?;
    }
    stream.write_all(&payload).map_err(failed)
}

/// Ends what [`exchange_as_server`] began, each end with its `close_notify`.
pub(crate) fn close_as_server(
    stream: &mut Stream<TcpStream>,
    exchange: Exchange,
    peer: &mut Peer,
) -> Result<(), String> {
    if exchange == Exchange::PipeClosing {
        peer.wait_for(&payload())?;
        peer.close_stdin();
        // After ours it would send none.
        closed_by_peer(stream)?;
    }
    close(stream)
}

/// Sends `close_notify` and waits for the peer's.
pub(crate) fn close(stream: &mut Stream<TcpStream>) -> Result<(), String> {
    stream.close().map_err(|error| format!("close: {error}"))?;
    closed_by_peer(stream)
}

/// Waits for the peer's `close_notify`: an end without one is an error of `read`.
fn closed_by_peer(stream: &mut Stream<TcpStream>) -> Result<(), String> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map_err(|error| format!("no clean close: {error}"))?;
    if !stream.connection().is_closed_by_peer() {
        return Err("peer sent no close_notify".into());
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("{} bytes too many", rest.len())) }
}

/// Our own error in one of the stream's.
pub(crate) fn failure(outcome: &io::Result<()>) -> Option<&Error> {
    outcome.as_ref().err()?.get_ref()?.downcast_ref()
}

/// Why our client refused, which has to be the certificate.
fn refused_by_us(shaken: io::Result<()>) -> Result<String, String> {
    let error = shaken.err().ok_or("accepted what it should refuse")?;
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(ours @ Error::Certificate(_)) => {
            let alert = ours.alert().ok_or("refused without an alert")?;
            Ok(alert.to_string())
        }
        _ => Err(format!("failed for another reason: {error}")),
    }
}

/// The alert with which the peer refused.
fn refused_by_peer(
    case: &Case,
    shaken: io::Result<()>,
    stream: &mut Stream<TcpStream>,
) -> Result<String, String> {
    // A client may refuse after its Finished; the alert then comes in place of data.
    let error = match shaken.and_then(|()| stream.read(&mut [0])) {
        // curl compares the name when the handshake is over, and closes politely.
        Ok(0) if case.peer == PeerName::Curl && case.expectation == Expectation::WrongName => {
            return Ok("close_notify".into());
        }
        Ok(_) => return Err("peer accepted what it should refuse".into()),
        Err(error) => error,
    };
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::PeerAlert(alert)) => Ok(alert.to_string()),
        _ => Err(format!("no alert: {error}")),
    }
}

/// A port of the loopback interface that nobody listens on. Somebody else may take it before the
/// peer does; the case then fails, with the peer's complaint.
pub(crate) fn free_port() -> io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|address| address.port())
}

fn bounded(transport: TcpStream) -> io::Result<TcpStream> {
    transport.set_nonblocking(false)?;
    transport.set_nodelay(true)?;
    transport.set_read_timeout(Some(PATIENCE))?;
    transport.set_write_timeout(Some(PATIENCE))?;
    Ok(transport)
}

/// Tries until the peer listens.
pub(crate) fn connect(port: u16, peer: &mut Peer) -> io::Result<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(transport) => return bounded(transport),
            Err(error) if Instant::now() > deadline || peer.has_ended() => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

pub(crate) fn accept(listener: &TcpListener, peer: &mut Peer) -> io::Result<TcpStream> {
    listener.set_nonblocking(true)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match listener.accept() {
            Ok((transport, _)) => return bounded(transport),
            Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
            Err(_) if Instant::now() > deadline || peer.has_ended() => {
                return Err(ErrorKind::TimedOut.into());
            }
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}
