//! How connections end over real sockets: well, cut off, or not begun at all.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use core::net::{Ipv4Addr, SocketAddr};
use std::{
    io::{self, BufRead, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, mpsc},
    thread,
};

use chancery::{ClientConfig, Error, ServerConfig, Stream};
use chancery_tests::{
    loopback,
    pki::{HOST, Pki, days_after},
};
use pki_types::UnixTime;

fn configurations() -> (Arc<ClientConfig>, Arc<ServerConfig>) {
    let now = UnixTime::now();
    let pki = Pki::new(1, days_after(now, -1));
    (ClientConfig::new(pki.anchors()).into(), ServerConfig::new(pki.server(HOST, now)).into())
}

fn client(config: Arc<ClientConfig>, socket: TcpStream) -> Stream<TcpStream> {
    Stream::connect(config, HOST.try_into().unwrap(), socket).unwrap()
}

fn reason(error: &io::Error) -> &Error {
    error.get_ref().and_then(|inner| inner.downcast_ref()).expect("an error of the protocol")
}

/// RFC 8446 §6.1: whoever closes the transport without `close_notify` may have been cut off.
#[test]
fn a_server_that_closes_without_saying_so() {
    let (ours, theirs) = configurations();
    let (socket, server) = loopback::connect(move |socket| {
        let mut stream = Stream::accept(theirs, socket).unwrap();
        stream.write_all(b"the first half").unwrap();
        stream.transport().shutdown(Shutdown::Both).unwrap();
    });
    let mut stream = client(ours, socket);
    let mut received = vec![];
    let error = stream.read_to_end(&mut received).unwrap_err();
    assert_eq!(received, b"the first half");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert!(matches!(reason(&error), Error::Truncated), "{error}");
    // It stays an error.
    assert_eq!(stream.read(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    server.join().unwrap();
}

#[test]
fn a_client_that_closes_without_saying_so() {
    let (ours, theirs) = configurations();
    let (socket, server) = loopback::connect(move |socket| {
        let mut received = vec![];
        let error = Stream::accept(theirs, socket).unwrap().read_to_end(&mut received).unwrap_err();
        (received, error)
    });
    let mut stream = client(ours, socket);
    stream.write_all(b"the first half").unwrap();
    drop(stream);
    let (received, error) = server.join().unwrap();
    assert_eq!(received, b"the first half");
    assert!(matches!(reason(&error), Error::Truncated), "{error}");
}

/// Cut within the handshake: at its start, and after the ClientHello.
#[test]
fn a_peer_that_leaves_during_the_handshake() {
    let (ours, theirs) = configurations();
    let (socket, server) = loopback::connect(drop);
    let error = client(ours, socket).handshake().unwrap_err();
    // The system may say so first, when what is sent meets a closed socket.
    let reset = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe].contains(&error.kind());
    assert!(reset || matches!(reason(&error), Error::Truncated), "{error}");
    server.join().unwrap();

    let (mut socket, server) =
        loopback::connect(move |socket| Stream::accept(theirs, socket).unwrap().handshake());
    socket.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 0xfc]).unwrap();
    drop(socket);
    assert!(matches!(reason(&server.join().unwrap().unwrap_err()), Error::Truncated));
}

/// Each direction is closed by itself: RFC 8446 §6.1.
#[test]
fn half_closed() {
    let (ours, theirs) = configurations();
    let (socket, server) = loopback::connect(move |socket| {
        let mut stream = Stream::accept(theirs, socket).unwrap();
        let mut received = vec![];
        stream.read_to_end(&mut received).unwrap();
        assert!(stream.connection().is_closed_by_peer());
        stream.write_all(&received).unwrap();
        stream.close().unwrap();
        // Ours is closed too now.
        stream.write_all(b"more").unwrap_err().kind()
    });
    let mut stream = client(ours, socket);
    stream.write_all(b"a question").unwrap();
    stream.close().unwrap();
    let mut received = vec![];
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(received, b"a question");
    assert_eq!(stream.read(&mut [0; 9]).unwrap(), 0);
    assert_eq!(server.join().unwrap(), io::ErrorKind::NotConnected);
}

/// A server of lines, a thread a client, that reports how each handshake ended.
fn serve(
    config: Arc<ServerConfig>,
    clients: usize,
) -> (SocketAddr, mpsc::Receiver<io::Result<()>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (report, reports) = mpsc::channel();
    thread::spawn(move || {
        for socket in listener.incoming().take(clients) {
            let (config, report) = (Arc::clone(&config), report.clone());
            thread::spawn(move || {
                let answer = || {
                    let socket = loopback::patient(socket?)?;
                    let mut stream = Stream::accept(config, socket)?;
                    stream.handshake()?;
                    let mut line = vec![];
                    stream.read_until(b'\n', &mut line)?;
                    stream.write_all(&line)?;
                    stream.close()
                };
                report.send(answer()).unwrap();
            });
        }
    });
    (address, reports)
}

fn socket(address: SocketAddr) -> TcpStream {
    loopback::patient(TcpStream::connect(address).unwrap()).unwrap()
}

/// The whole exchange with a client of ours.
fn ask(address: SocketAddr, config: &Arc<ClientConfig>) {
    let mut stream = client(Arc::clone(config), socket(address));
    stream.write_all(b"are you still there?\n").unwrap();
    stream.close().unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "are you still there?\n");
}

/// A plaintext HTTP client gets an alert, and the server goes on serving others, also while that
/// client is there.
#[test]
fn http_clients_do_not_stop_a_server() {
    let (ours, theirs) = configurations();
    let (address, reports) = serve(theirs, 5);
    ask(address, &ours);
    reports.recv().unwrap().unwrap();

    let mut http = socket(address);
    http.write_all(b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n").unwrap();
    let mut answer = [0; 7];
    http.read_exact(&mut answer).unwrap();
    // alert(21), fatal(2), unexpected_message(10)
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 10]);
    let error = reports.recv().unwrap().unwrap_err();
    assert!(matches!(reason(&error), Error::Record(_)), "{error}");
    // The server has closed: nothing more comes, or a reset for what was not read.
    assert!(matches!(http.read(&mut [0; 9]), Ok(0) | Err(_)));

    // One that says nothing at all holds nobody up.
    let silent = socket(address);
    ask(address, &ours);
    reports.recv().unwrap().unwrap();
    drop(silent);
    assert!(matches!(reason(&reports.recv().unwrap().unwrap_err()), Error::Truncated));
    ask(address, &ours);
    reports.recv().unwrap().unwrap();
}
