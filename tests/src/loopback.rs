//! Real sockets on the loopback interface, with a bound on how long anyone waits.

use core::{net::Ipv4Addr, time::Duration};
use std::{
    io,
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

/// How long a read or a write may take before the test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs `server` on one accepted connection, in a thread of its own, and gives the client's socket.
///
/// # Panics
/// If the loopback interface cannot be used.
pub fn connect<T: Send + 'static>(
    server: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (TcpStream, JoinHandle<T>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let thread = thread::spawn(move || {
        let (socket, _) = listener.accept().expect("a connection");
        server(patient(socket).expect("a socket"))
    });
    (patient(TcpStream::connect(address).expect("a connection")).expect("a socket"), thread)
}

/// The socket, with a bound on how long reads and writes take.
///
/// # Errors
/// If the system refuses.
pub fn patient(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.set_nodelay(true)?;
    Ok(socket)
}
