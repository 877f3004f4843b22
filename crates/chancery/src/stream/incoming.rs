//! The receiving half's buffer.

use core::fmt;
use core::ops::Range;
use std::io::{self, Read};

use chancery_record::MAX_RECORD_LEN;

use crate::{Connection, Error};

/// Room for two of the largest records, so that one can be opened while the start of the next is
/// already here.
const CAPACITY: usize = 2 * MAX_RECORD_LEN;

/// Received bytes: opened plaintext that was not read yet, then records that were not opened yet.
#[derive(Default)]
pub(crate) struct Incoming {
    buffer: Vec<u8>,
    plaintext: Range<usize>,
    records: Range<usize>,
}

impl Incoming {
    /// Plaintext that was not read yet.
    pub(crate) fn plaintext(&self) -> &[u8] {
        self.buffer.get(self.plaintext.clone()).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, amount: usize) {
        let plaintext = &mut self.plaintext;
        plaintext.start = plaintext.end.min(plaintext.start.saturating_add(amount));
    }

    /// Gives `connection` one of the records that are here; `false` if there is no whole one.
    /// Plaintext that was not read yet is lost.
    pub(crate) fn open_record(&mut self, connection: &mut Connection) -> Result<bool, Error> {
        let here = self.records.clone();
        let records = self.buffer.get_mut(here.clone()).unwrap_or_default();
        let Some(received) = connection.receive(records)? else { return Ok(false) };
        self.plaintext = here.start + received.plaintext.start..here.start + received.plaintext.end;
        self.records = here.start + received.consumed..here.end;
        Ok(true)
    }

    /// Reads from `transport`, at least one byte; `false` at its end.
    pub(crate) fn read_from(&mut self, transport: &mut impl Read) -> io::Result<bool> {
        self.buffer.resize(CAPACITY, 0);
        self.buffer.copy_within(self.records.clone(), 0);
        self.plaintext = 0..0;
        self.records = 0..self.records.len();
        let room = self.buffer.get_mut(self.records.end..).unwrap_or_default();
        let count = loop {
            match transport.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        self.records.end += count;
        Ok(count > 0)
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({} bytes, [..])", self.plaintext.len() + self.records.len())
    }
}
