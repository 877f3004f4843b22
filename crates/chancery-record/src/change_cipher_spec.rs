//! The change_cipher_spec records of middlebox compatibility (RFC 8446 §5, §D.4).

use crate::{ContentType, Record, Violation};

/// The whole compatibility record, ready to be sent.
pub const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];

/// How many change_cipher_spec records are dropped. The peer needs one, two after a
/// HelloRetryRequest; without a limit one could be kept busy with them for nothing. BoringSSL
/// allows 32.
const MAX_RECORDS: u8 = 32;

/// When a change_cipher_spec may come: from the first ClientHello, sent or received, until the
/// peer's Finished (RFC 8446 §5).
#[derive(Debug, Default)]
pub struct ChangeCipherSpecWindow {
    open: bool,
    seen: u8,
}

impl ChangeCipherSpecWindow {
    /// Closed: no ClientHello yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { open: false, seen: 0 }
    }

    /// The first ClientHello was sent or received.
    pub const fn open(&mut self) {
        self.open = true;
    }

    /// The peer's Finished was received.
    pub const fn close(&mut self) {
        self.open = false;
    }

    /// Judges a record of outer type change_cipher_spec; if all is well, it is to be dropped.
    ///
    /// # Errors
    /// If the window is closed, the record is not the single byte 1, there were too many, or it is
    /// of another type (RFC 8446 §5); the alert is always `unexpected_message`.
    pub fn accept(&mut self, record: Record<'_>) -> Result<(), Violation> {
        if !self.open || record.content_type() != ContentType::ChangeCipherSpec {
            return Err(Violation::UnexpectedContentType);
        }
        record.into_plaintext()?;
        self.seen = self.seen.saturating_add(1);
        if self.seen > MAX_RECORDS { Err(Violation::TooManyChangeCipherSpecs) } else { Ok(()) }
    }
}
