//! Peers as processes that never outlive their case.

use core::time::Duration;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// How long anything may take. Handshakes here take milliseconds; a machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running peer: what it is told on standard input, and all that it says.
pub(crate) struct Peer {
    child: Child,
    stdout: Output,
    stderr: Output,
    /// Comes once all input is written; kept open for as long as the peer is to go on.
    stdin: Option<Receiver<ChildStdin>>,
}

/// What a peer has said when it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ended {
    /// Everything in words.
    pub(crate) fn words(&self) -> String {
        format!("{}\n{}", String::from_utf8_lossy(&self.stdout), self.stderr)
    }
}

impl Peer {
    /// Starts a peer that reads `input`; its standard input stays open.
    pub(crate) fn start(mut command: Command, input: Vec<u8>) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{:?} does not start: {error}", command.get_program()))?;
        let stdout = Output::collect(child.stdout.take());
        let stderr = Output::collect(child.stderr.take());
        let mut pipe = child.stdin.take().ok_or("no standard input")?;
        let (sender, stdin) = channel();
        thread::spawn(move || {
            // A peer that ended early takes nothing more; its output says why.
            let _ = pipe.write_all(&input).and_then(|()| pipe.flush());
            let _ = sender.send(pipe);
        });
        Ok(Self { child, stdout, stderr, stdin: Some(stdin) })
    }

    /// Whether it has ended already.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Closes its standard input, once everything is written.
    pub(crate) fn close_stdin(&mut self) {
        if let Some(stdin) = self.stdin.take() {
            drop(stdin.recv_timeout(PATIENCE));
        }
    }

    /// Waits until it has written `part` to standard output or standard error.
    pub(crate) fn wait_for(&self, part: &[u8]) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !self.stdout.contains(part) && !self.stderr.contains(part) {
            if Instant::now() > deadline {
                return Err("peer does not say what it should".into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Waits for its end; kills it if that does not come.
    pub(crate) fn end(mut self) -> Result<Ended, String> {
        let deadline = Instant::now() + PATIENCE;
        while !self.has_ended() {
            if Instant::now() > deadline {
                let words = self.stop()?.words();
                return Err(format!("peer did not end; it said: {}", last_lines(&words)));
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.stop()
    }

    /// Kills it unless it has ended, and returns what it said.
    pub(crate) fn stop(mut self) -> Result<Ended, String> {
        self.close_stdin();
        let _ = self.child.kill();
        let status = self.child.wait().map_err(|error| error.to_string())?;
        let stdout = self.stdout.finish();
        let stderr = String::from_utf8_lossy(&self.stderr.finish()).into_owned();
        Ok(Ended { status, stdout, stderr })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What has come out of a pipe so far.
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn collect(pipe: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&bytes);
        let reader = pipe.map(|mut pipe| {
            thread::spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                    let new = chunk.get(..count).unwrap_or_default();
                    sink.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(new);
                }
            })
        });
        Self { bytes, reader }
    }

    fn contains(&self, part: &[u8]) -> bool {
        contains(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner), part)
    }

    /// All of it, once the process is no more.
    fn finish(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The last few lines of what a peer said, on one.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join(" | ")
}

/// The first line that `program argument` prints.
pub(crate) fn first_line(program: &str, argument: &str) -> Result<String, String> {
    let output = Command::new(program).arg(argument).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(str::to_owned).ok_or_else(|| "it says nothing".into())
}
