//! Standard input and output as the near end of a connection.

use std::io::{self, BufRead, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use chancery::{Stream, WriteHalf};

use crate::options::{Failure, connection_failure, doing};

/// Standard input, read by a thread of its own and sent over whichever connection is attached: a read
/// of it cannot be called off, so it outlives every connection.
#[derive(Clone)]
pub(crate) struct Console(Arc<Shared>);

#[derive(Default)]
struct Shared {
    line: Mutex<Line>,
    attached: Condvar,
}

#[derive(Default)]
struct Line {
    sender: Option<WriteHalf<TcpStream>>,
    input: Input,
}

#[derive(Default, PartialEq, Eq)]
enum Input {
    #[default]
    Open,
    Ended,
}

impl Console {
    /// Begins to read standard input.
    pub(crate) fn start() -> Self {
        let console = Self(Arc::default());
        let pump = console.clone();
        thread::spawn(move || pump.pump(&mut io::stdin().lock()));
        console
    }

    /// Joins `stream` with standard input and output until the peer closes. The end of standard input
    /// closes our direction.
    pub(crate) fn join(&self, stream: Stream<TcpStream>) -> Result<(), Failure> {
        let writer = doing("socket", stream.transport().try_clone())?;
        let closer = doing("socket", stream.transport().try_clone())?;
        let (mut receiver, sender) =
            stream.split(writer).map_err(|error| connection_failure(&error))?;
        self.attach(sender);
        let copied = copy(&mut receiver, &mut io::stdout().lock());
        self.detach();
        // The transport may be gone already.
        let _ = closer.shutdown(Shutdown::Both);
        copied.map_err(|error| connection_failure(&error))
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attach(&self, mut sender: WriteHalf<TcpStream>) {
        let mut line = self.line();
        if line.input == Input::Ended {
            // Whether the peer still listens shows in the other direction; so below.
            let _ = sender.close();
        }
        line.sender = Some(sender);
        self.0.attached.notify_all();
    }

    /// RFC 8446 §6.1: each side says close_notify before it closes.
    fn detach(&self) {
        if let Some(mut sender) = self.line().sender.take() {
            let _ = sender.close();
        }
    }

    fn pump(&self, input: &mut impl Read) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            let line = self.line();
            let wait = self.0.attached.wait_while(line, |line| line.sender.is_none());
            let mut line = wait.unwrap_or_else(PoisonError::into_inner);
            if let Some(sender) = &mut line.sender {
                let _ = sender.write_all(buffer.get(..count).unwrap_or_default());
            }
        }
        let mut line = self.line();
        line.input = Input::Ended;
        if let Some(sender) = &mut line.sender {
            let _ = sender.close();
        }
    }
}

/// Copies until the end, flushing whatever came: somebody may be watching.
fn copy(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    loop {
        let data = from.fill_buf()?;
        if data.is_empty() {
            return Ok(());
        }
        let len = data.len();
        to.write_all(data)?;
        to.flush()?;
        from.consume(len);
    }
}
