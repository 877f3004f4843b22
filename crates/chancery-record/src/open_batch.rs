//! Opening many records a call.
//!
//! A batch is opened before the content types in it are known, and any record may carry the
//! KeyUpdate after which the key is another one (RFC 8446 §5.1). Opening under the wrong key wipes a
//! record; hence a copy of the group is kept, and what follows a message is put back.

use core::{array, ops::Range};

use chancery_crypto::{AeadError, AeadKey, NONCE_LEN, OpenMessage, TAG_LEN};

use crate::{
    ContentType, Deframed, HEADER_LEN, Opener, RecordHeader, Violation,
    batch::BATCH,
    deframe::{deframe, missing_of_header},
    open::judge,
};

/// How many bytes of records a group may have beyond its first one: so large is the copy, on the
/// stack. Batches pay for short records; one of full size fills the AEAD's units by itself.
const KEPT: usize = 1 << 14;

/// Where the content of one opened record stands in the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedSpan {
    content_type: ContentType,
    plaintext: Range<usize>,
}

impl OpenedSpan {
    /// An empty one, to make a list of.
    #[must_use]
    pub const fn new() -> Self {
        Self { content_type: ContentType::ApplicationData, plaintext: 0..0 }
    }

    /// The true content type.
    #[must_use]
    pub const fn content_type(&self) -> ContentType {
        self.content_type
    }

    /// The content, as a range of the buffer.
    #[must_use]
    pub const fn plaintext(&self) -> Range<usize> {
        self.plaintext.start..self.plaintext.end
    }
}

impl Default for OpenedSpan {
    fn default() -> Self {
        Self::new()
    }
}

/// What [`Opener::open_batch`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct OpenedBatch {
    records: usize,
    consumed: usize,
    end: BatchEnd,
}

impl OpenedBatch {
    /// How many records were opened: so many spans are filled.
    #[must_use]
    pub const fn records(self) -> usize {
        self.records
    }

    /// How many bytes at the front of the buffer they took.
    #[must_use]
    pub const fn consumed(self) -> usize {
        self.consumed
    }

    /// Why it went no further.
    #[must_use]
    pub const fn end(self) -> BatchEnd {
        self.end
    }
}

/// Why a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchEnd {
    /// There is no further complete record; so many bytes more are needed at least.
    Incomplete {
        /// How many bytes are certainly missing; never 0.
        missing: usize,
    },
    /// There is no further span to fill.
    Full,
    /// The last record opened is no application data. It may be a KeyUpdate, so that what follows
    /// stands untouched, for the next call or the next key.
    Message,
    /// The next record is not protected.
    Unprotected,
    /// The next record is a violation, as [`Opener::open`] would have said. It is wiped.
    Violation(Violation),
}

impl<K: AeadKey> Opener<K> {
    /// Opens the complete records at the front of `buffer`, each where it stands, and notes in
    /// `spans` where their contents are.
    ///
    /// It stops after the first record that is no application data, since the key may change there
    /// (RFC 8446 §5.1); the bytes after it are as they were received.
    pub fn open_batch(&mut self, buffer: &mut [u8], spans: &mut [OpenedSpan]) -> OpenedBatch {
        let mut batch = OpenedBatch { records: 0, consumed: 0, end: BatchEnd::Full };
        loop {
            let rest = buffer.get_mut(batch.consumed..).unwrap_or_default();
            let slots = spans.get_mut(batch.records..).unwrap_or_default();
            let group = Group::at_front(rest, slots.len().min(self.numbers_left()));
            let opened = match group.lens() {
                [] if slots.is_empty() => Err(BatchEnd::Full),
                [] if self.sequence().is_none() => {
                    Err(BatchEnd::Violation(Violation::SequenceExhausted))
                }
                [] => Err(group.end),
                [_] => self.open_one(rest, slots, &mut batch),
                lens => self.open_group(lens, rest, slots, &mut batch),
            };
            if let Err(end) = opened {
                batch.end = end;
                return batch;
            }
        }
    }

    fn numbers_left(&self) -> usize {
        usize::try_from(self.nonces.left()).unwrap_or(usize::MAX)
    }

    fn open_one(
        &mut self,
        rest: &mut [u8],
        slots: &mut [OpenedSpan],
        batch: &mut OpenedBatch,
    ) -> Result<(), BatchEnd> {
        let Ok(Deframed::Record(record, _)) = deframe(rest) else { return Err(BatchEnd::Full) };
        let len = record.len();
        let opened = self.open(record).map_err(BatchEnd::Violation)?;
        batch.note(slots.first_mut(), len, opened.content_type(), opened.plaintext().len())
    }

    /// Kept apart, so that a single record does not pay for the copy's place on the stack.
    #[inline(never)]
    fn open_group(
        &mut self,
        lens: &[usize],
        rest: &mut [u8],
        slots: &mut [OpenedSpan],
        batch: &mut OpenedBatch,
    ) -> Result<(), BatchEnd> {
        self.check_forgeries().map_err(BatchEnd::Violation)?;
        let total = lens.iter().sum();
        let first = lens.first().copied().unwrap_or_default();
        let mut copy = [0; KEPT];
        let followers = rest.get(first..total).unwrap_or_default();
        let kept = copy.get_mut(..followers.len()).unwrap_or_default();
        kept.copy_from_slice(followers);

        let verdicts = self.open_speculatively(lens, rest);
        let mut end = 0;
        for ((len, verdict), slot) in lens.iter().zip(verdicts).zip(slots) {
            let record = end..end + len;
            end = record.end;
            let outcome = self.settle(verdict, rest.get_mut(record).unwrap_or_default());
            let noted = match outcome {
                Ok((content_type, content)) => batch.note(Some(slot), *len, content_type, content),
                Err(violation) => Err(BatchEnd::Violation(violation)),
            };
            if noted.is_err() {
                let untouched = kept.get(end - first..).unwrap_or_default();
                rest.get_mut(end..total).unwrap_or_default().copy_from_slice(untouched);
                return noted;
            }
        }
        Ok(())
    }

    /// Opens records as if the key stayed the same, and says of each whether it was authentic.
    fn open_speculatively(
        &self,
        lens: &[usize],
        mut rest: &mut [u8],
    ) -> [Result<(), AeadError>; BATCH] {
        let mut sequence = self.nonces.next().unwrap_or_default();
        let mut lens_left = lens.iter();
        let mut messages: [OpenMessage<'_, K>; BATCH] = array::from_fn(|_| {
            let parts = lens_left
                .next()
                .and_then(|len| rest.split_off_mut(..*len))
                .and_then(|record| record.split_first_chunk_mut::<HEADER_LEN>());
            let opened = Err(AeadError::new());
            let Some((aad, in_out)) = parts else {
                let (nonce, aad, in_out) = ([0; NONCE_LEN], &[][..], &mut [][..]);
                return OpenMessage { key: &self.key, nonce, aad, in_out, opened };
            };
            let nonce = self.nonces.nonce(sequence);
            sequence = sequence.wrapping_add(1);
            OpenMessage { key: &self.key, nonce, aad, in_out, opened }
        });
        K::open_batch(messages.get_mut(..lens.len()).unwrap_or_default());
        messages.map(|message| message.opened)
    }

    /// What one record of a group comes to, in its turn: content type and length.
    fn settle(
        &mut self,
        verdict: Result<(), AeadError>,
        record: &mut [u8],
    ) -> Result<(ContentType, usize), Violation> {
        let Ok(()) = verdict else {
            self.note_forgery();
            return Err(Violation::BadRecordMac);
        };
        let inner = record
            .get_mut(HEADER_LEN..)
            .and_then(|payload| payload.split_last_chunk_mut::<TAG_LEN>())
            .map(|(inner, _)| inner)
            .unwrap_or_default();
        let opened = judge(self.limit, inner)?;
        self.nonces.advance(1);
        Ok((opened.content_type(), opened.plaintext().len()))
    }
}

impl OpenedBatch {
    /// Counts a record of `len` bytes that was opened; an end, if it is no application data.
    fn note(
        &mut self,
        slot: Option<&mut OpenedSpan>,
        len: usize,
        content_type: ContentType,
        content_len: usize,
    ) -> Result<(), BatchEnd> {
        let start = self.consumed + HEADER_LEN;
        if let Some(slot) = slot {
            *slot = OpenedSpan { content_type, plaintext: start..start + content_len };
        }
        self.records += 1;
        self.consumed += len;
        if content_type == ContentType::ApplicationData { Ok(()) } else { Err(BatchEnd::Message) }
    }
}

/// Records that can be opened together.
struct Group {
    lens: [usize; BATCH],
    count: usize,
    /// Why there is none, if there is none.
    end: BatchEnd,
}

impl Group {
    /// As many complete protected records as stand at the front of `buffer`, but at most `max`, and
    /// no more than the list and the copy hold.
    fn at_front(mut buffer: &[u8], max: usize) -> Self {
        let mut group = Self { lens: [0; BATCH], count: 0, end: BatchEnd::Full };
        let mut kept = 0;
        for slot in group.lens.iter_mut().take(max) {
            let len = match protected_len(buffer) {
                Ok(len) => len,
                Err(end) => {
                    group.end = end;
                    break;
                }
            };
            if group.count > 0 {
                kept += len;
            }
            if kept > KEPT {
                break;
            }
            *slot = len;
            group.count += 1;
            buffer = buffer.get(len..).unwrap_or_default();
        }
        group
    }

    fn lens(&self) -> &[usize] {
        self.lens.get(..self.count).unwrap_or_default()
    }
}

/// The length of the complete protected record at the front of `buffer`, header included.
fn protected_len(buffer: &[u8]) -> Result<usize, BatchEnd> {
    let header = match buffer.first_chunk::<HEADER_LEN>() {
        Some(header) => RecordHeader::parse(*header).map_err(BatchEnd::Violation)?,
        None => {
            let missing = missing_of_header(buffer).map_err(BatchEnd::Violation)?;
            return Err(BatchEnd::Incomplete { missing });
        }
    };
    let len = HEADER_LEN + header.payload_len();
    match len.checked_sub(buffer.len()) {
        Some(missing @ 1..) => Err(BatchEnd::Incomplete { missing }),
        _ if header.content_type() != ContentType::ApplicationData => Err(BatchEnd::Unprotected),
        _ => Ok(len),
    }
}
