//! The sending half's buffer.

use core::fmt;
use core::ops::Range;
use std::io::{self, Write};

use crate::{Connection, Error};

/// Room for four full records a system call.
const CAPACITY: usize = 4 * (5 + (1 << 14) + 1 + 16);

/// Records that the transport has not taken yet.
#[derive(Default)]
pub(crate) struct Outgoing {
    buffer: Vec<u8>,
    unsent: Range<usize>,
}

impl Outgoing {
    /// Seals as much of `plaintext` as there is room for, behind what waits to be sent, and returns
    /// how much. The buffer has to be empty.
    pub(crate) fn seal(
        &mut self,
        connection: &mut Connection,
        plaintext: &[u8],
    ) -> Result<usize, Error> {
        self.buffer.resize(CAPACITY, 0);
        let sent = connection.send(plaintext, &mut self.buffer)?;
        self.unsent = 0..sent.written;
        Ok(sent.consumed)
    }

    /// Takes what waits to be sent, if the buffer is empty; `false` if there is nothing to write then.
    pub(crate) fn load(&mut self, connection: &mut Connection) -> bool {
        if self.unsent.is_empty() && connection.wants_transmit() {
            self.buffer.resize(CAPACITY, 0);
            self.unsent = 0..connection.transmit(&mut self.buffer);
        }
        !self.unsent.is_empty()
    }

    /// Writes the buffer to `transport`.
    pub(crate) fn write_to(&mut self, transport: &mut impl Write) -> io::Result<()> {
        while !self.unsent.is_empty() {
            let unsent = self.buffer.get(self.unsent.clone()).unwrap_or_default();
            match transport.write(unsent) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.unsent.start += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes)", self.unsent.len())
    }
}
