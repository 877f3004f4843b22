//! A second connection of OpenSSL's that resumes the first (RFC 8446 §2.2), in each direction; and a client of
//! GnuTLS's that wants no tickets.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use chancery::pki_types::ServerName;
use chancery::wire::HandshakeType;
use chancery::{Content, Stream, TicketKeys, TicketMemory};

use crate::case::{Case, Direction, Expectation, HelloRetry, PeerName};
use crate::ours::{self, Exchange, payload};
use crate::pki::{HOST, Pki};
use crate::process::{Peer, last_lines};
use crate::{gnutls, openssl};

/// The case of `cases` in this direction that everything else is the same as in.
fn plain(cases: &[Case], direction: Direction) -> Result<&Case, String> {
    let mut cases = cases.iter().filter(|case| {
        case.peer == PeerName::OpenSsl
            && case.direction == direction
            && case.hello_retry == HelloRetry::NotNeeded
            && case.expectation == Expectation::Works
    });
    cases.next().ok_or_else(|| "no such case".into())
}

/// `openssl s_client` writes its session to a file, and reads it again for the second connection.
pub(crate) fn server(cases: &[Case], pki: &Pki) -> Result<(), String> {
    let case = plain(cases, Direction::OurServer)?;
    let mut config = ours::server_config(case, pki);
    config.tickets = Some(Arc::new(TicketKeys::new(3600)));
    let config = Arc::new(config);
    let session = pki.file("session.pem");
    for (option, resumed) in [("-sess_out", false), ("-sess_in", true)] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let mut command = openssl::client_command(case, pki, port);
        command.arg(option).arg(&session);
        let mut peer = Peer::start(command, payload())?;
        let transport = ours::accept(&listener, &mut peer).map_err(|error| error.to_string())?;
        let stream = Stream::accept(Arc::clone(&config), transport);
        let mut stream = stream.map_err(|error| error.to_string())?;
        let outcome = ours::exchange_as_server(&mut stream, Exchange::Pipe)
            .and_then(|()| check(&stream, resumed))
            .and_then(|()| ours::close(&mut stream));
        drop(stream);
        let ended = peer.end()?;
        outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
    }
    Ok(())
}

/// Our client comes twice to the same `openssl s_server`.
pub(crate) fn client(cases: &[Case], pki: &Pki) -> Result<(), String> {
    let case = plain(cases, Direction::OurClient)?;
    let mut config = ours::client_config(case, pki);
    config.tickets = Some(Arc::new(TicketMemory::new(8)));
    let config = Arc::new(config);
    let port = ours::free_port().map_err(|error| error.to_string())?;
    let mut command = openssl::server_command(case, pki, port);
    // It takes one connection after the other, and sends its input to the first.
    command.args(["-naccept", "2"]);
    let mut peer = Peer::start(command, b"hello".to_vec())?;
    let outcome = [false, true].into_iter().try_for_each(|resumed| {
        let transport = ours::connect(port, &mut peer).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(HOST).map_err(|error| error.to_string())?;
        let stream = Stream::connect(Arc::clone(&config), name, transport);
        let mut stream = stream.map_err(|error| error.to_string())?;
        stream.handshake().map_err(|error| format!("handshake: {error}"))?;
        // Whatever comes first, the tickets come before it.
        if !resumed {
            let mut greeting = [0; 5];
            std::io::Read::read_exact(&mut stream, &mut greeting).map_err(|e| e.to_string())?;
        }
        check(&stream, resumed)?;
        stream.close().map_err(|error| format!("close: {error}"))
    });
    let ended = peer.stop()?;
    outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))
}

/// RFC 8446 §4.2.9: `gnutls-cli` gets tickets, unless it says that it has no use for them.
pub(crate) fn unwanted(cases: &[Case], pki: &Pki) -> Result<(), String> {
    let case = plain(cases, Direction::OurServer)?;
    let mut config = ours::server_config(case, pki);
    config.tickets = Some(Arc::new(TicketKeys::new(3600)));
    let config = Arc::new(config);
    for (more, expected) in [("", 2), (":%NO_TICKETS", 0)] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let command = gnutls::client_command(case, pki, port, more);
        let mut peer = Peer::start(command, payload())?;
        let transport = ours::accept(&listener, &mut peer).map_err(|error| error.to_string())?;
        let stream = Stream::accept(Arc::clone(&config), transport);
        let mut stream = stream.map_err(|error| error.to_string())?;
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let ticket = Content::Handshake(HandshakeType::NEW_SESSION_TICKET);
        stream.connection_mut().set_tracer(move |trace| {
            count.fetch_add(usize::from(trace.content == ticket), Ordering::Relaxed);
        });
        let outcome = ours::exchange_as_server(&mut stream, Exchange::PipeClosing);
        drop(stream);
        let ended = peer.stop()?;
        outcome.map_err(|error| format!("{error}; peer: {}", last_lines(&ended.stderr)))?;
        let sent = sent.load(Ordering::Relaxed);
        if sent != expected {
            return Err(format!("{sent} tickets, not {expected}"));
        }
    }
    Ok(())
}

fn check(stream: &Stream<std::net::TcpStream>, resumed: bool) -> Result<(), String> {
    let negotiated = stream.connection().negotiated().ok_or("nothing negotiated")?;
    if negotiated.is_resumed() == resumed {
        Ok(())
    } else {
        Err(format!("resumed: {}, not {resumed}", negotiated.is_resumed()))
    }
}
