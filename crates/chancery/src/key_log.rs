//! Where secrets go when a connection is to be read by Wireshark and the like (RFC 9850).

use core::fmt;
use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chancery_handshake::KeyLog as Secrets;
use chancery_key_schedule::KeyLogLabel;
use zeroize::Zeroizing;

/// Takes the secrets of a connection as they are made.
///
/// Whoever has them can read the connection: keep a log for debugging only.
pub trait KeyLog: fmt::Debug + Send + Sync {
    /// Takes one secret.
    fn log(&self, secret: &Secrets);
}

/// A key log file: a line `label client_random secret` each (RFC 9850 §2).
#[derive(Debug)]
pub struct KeyLogFile(Mutex<File>);

impl KeyLogFile {
    /// Appends to the file at `path`, which is made if there is none.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn append(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(Mutex::new(options.open(path)?)))
    }

    /// Appends to the file that the environment variable `SSLKEYLOGFILE` names; `None` if it is not set.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn from_environment() -> io::Result<Option<Self>> {
        env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()).map(Self::append).transpose()
    }
}

impl KeyLog for KeyLogFile {
    /// A line that cannot be written is lost; the connection goes on.
    fn log(&self, secret: &Secrets) {
        let Some(label) = KeyLogLabel::from_name(secret.label.as_bytes()) else { return };
        let mut line = Zeroizing::new(String::new());
        let value = secret.secret.as_bytes();
        if label.dangerous_write(&secret.client_random, value, &mut *line).is_err() {
            return;
        }
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One write a line, so that several processes can share the file.
        let _ = file.write_all(line.as_bytes());
    }
}
