//! Opening: records in, content out (RFC 8446 §5.2).

use core::fmt;

use chancery_crypto::{AeadKey, NONCE_LEN};

use crate::{
    ContentType, KeyUsage, Opened, Record, RecordSizeLimit, Violation, inner_plaintext,
    limits::KeyLimits, nonce::NonceSequence,
};

/// The opening half of one direction, under one key.
///
/// A record that does not open leaves the sequence number as it was, and nothing of its content.
pub struct Opener<K> {
    pub(crate) key: K,
    pub(crate) nonces: NonceSequence,
    pub(crate) limit: RecordSizeLimit,
    limits: KeyLimits,
    forgeries: u64,
}

impl<K: AeadKey> Opener<K> {
    /// Begins with a fresh key and its IV (RFC 8446 §7.3), at sequence number 0.
    pub fn new(key: K, iv: [u8; NONCE_LEN]) -> Self {
        Self::at_sequence(key, iv, 0)
    }

    /// Goes on where another opener with this key stopped: `sequence` is the next number.
    pub fn at_sequence(key: K, iv: [u8; NONCE_LEN], sequence: u64) -> Self {
        Self {
            limits: KeyLimits::of(key.algorithm()),
            key,
            nonces: NonceSequence::at(iv, sequence),
            limit: RecordSizeLimit::DEFAULT,
            forgeries: 0,
        }
    }

    /// Holds the peer to the `record_size_limit` that was sent to it (RFC 8449 §4).
    pub const fn set_record_size_limit(&mut self, limit: RecordSizeLimit) {
        self.limit = limit;
    }

    /// The next record's sequence number; `None` once there is none.
    #[must_use]
    pub const fn sequence(&self) -> Option<u64> {
        self.nonces.next()
    }

    /// Whether it is time to ask the peer for a KeyUpdate (RFC 8446 §5.5, §4.6.3).
    #[must_use]
    pub const fn usage(&self) -> KeyUsage {
        match self.nonces.next() {
            Some(records) => self.limits.usage(records),
            None => KeyUsage::MustUpdate,
        }
    }

    /// Opens the next record where it stands.
    ///
    /// # Errors
    /// The [`Violation`] says which alert to send. [`Violation::BadRecordMac`] changes nothing but
    /// the record, which is wiped: a server that refused early data goes on with the next one
    /// (RFC 8446 §4.2.10).
    pub fn open<'a>(&mut self, record: Record<'a>) -> Result<Opened<'a>, Violation> {
        let sequence = self.nonces.next().ok_or(Violation::SequenceExhausted)?;
        self.check_forgeries()?;
        let opened = self.open_at(sequence, record);
        match opened {
            Ok(_) => self.nonces.advance(1),
            Err(Violation::BadRecordMac) => self.note_forgery(),
            Err(_) => {}
        }
        opened
    }

    /// Opens a record of any sequence number, and changes no state: for decryptors, which see
    /// records in any order and as often as they like. Nothing here guards against replay.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at<'a>(&self, sequence: u64, record: Record<'a>) -> Result<Opened<'a>, Violation> {
        // RFC 8446 §5: with protection on, nothing else may come.
        if record.content_type() != ContentType::ApplicationData {
            return Err(Violation::UnexpectedContentType);
        }
        let (header, payload) = record.split().ok_or(Violation::BadRecordMac)?;
        let inner = self
            .key
            .open_in_place(&self.nonces.nonce(sequence), &header, payload)
            .map_err(|_| Violation::BadRecordMac)?;
        judge(self.limit, inner)
    }

    pub(crate) const fn check_forgeries(&self) -> Result<(), Violation> {
        if self.forgeries >= self.limits.forgeries {
            return Err(Violation::TooManyForgeries);
        }
        Ok(())
    }

    pub(crate) const fn note_forgery(&mut self) {
        self.forgeries += 1;
    }
}

/// What an authentic `inner` carries. If it is not lawful, it is wiped.
pub(crate) fn judge(limit: RecordSizeLimit, inner: &mut [u8]) -> Result<Opened<'_>, Violation> {
    // RFC 8446 §5.4 and RFC 8449 §4: content, type and padding together.
    let verdict = if inner.len() > limit.inner_len() {
        Err(Violation::RecordOverflow)
    } else {
        inner_plaintext::split(inner)
    };
    match verdict {
        Ok((content_type, len)) => {
            let padding = inner.len() - len - 1;
            let plaintext = inner.get_mut(..len).unwrap_or_default();
            Ok(Opened { content_type, plaintext, padding })
        }
        Err(violation) => {
            inner.fill(0);
            Err(violation)
        }
    }
}

impl<K: AeadKey> fmt::Debug for Opener<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener({:?}, sequence {:?}, [..])", self.key.algorithm(), self.nonces.next())
    }
}

#[cfg(test)]
mod tests {
    use chancery_aead::{AeadAlgorithm, Key};

    use super::*;
    use crate::{BatchEnd, Deframed, OpenedSpan, deframe};

    #[test]
    fn forgeries_have_an_end() {
        // RFC 9147 §4.5.3: one a call, and several in a batch.
        let opener = || {
            let key = Key::new(AeadAlgorithm::ChaCha20Poly1305, &[7; 32]).unwrap();
            let mut opener = Opener::new(key, [0; 12]);
            opener.forgeries = opener.limits.forgeries - 1;
            opener
        };
        let (mut single, mut batch) = (opener(), opener());
        for expected in [Violation::BadRecordMac, Violation::TooManyForgeries] {
            let mut forged =
                [23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
            let mut two = [[0; 22]; 2];
            two.fill(forged);
            let Ok(Deframed::Record(record, _)) = deframe(&mut forged) else { unreachable!() };
            assert_eq!(single.open(record).map(|_| ()), Err(expected));
            let mut spans = [const { OpenedSpan::new() }; 2];
            let opened = batch.open_batch(two.as_flattened_mut(), &mut spans);
            assert_eq!((opened.records(), opened.end()), (0, BatchEnd::Violation(expected)));
        }
    }
}
