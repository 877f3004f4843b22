//! Sealing: content in, records out (RFC 8446 §5.2).

use core::{fmt, ops::Range};

use chancery_crypto::{AeadKey, NONCE_LEN, TAG_LEN};

use crate::{
    ContentType, HEADER_LEN, KeyUsage, LegacyVersion, Padding, RecordSizeLimit,
    header::header_bytes, limits::KeyLimits, nonce::NonceSequence,
};

/// The sealing half of one direction, under one key.
///
/// It owns the sequence number, so that no nonce is ever used twice: the number moves on before a
/// record is sealed, and no method moves it back.
///
/// ```
/// use chancery_aead::{AeadAlgorithm, AeadKey, Key};
/// use chancery_record::{ContentType, Deframed, Opener, Sealer, deframe};
///
/// let key = || Key::new(AeadAlgorithm::Aes128Gcm, &[7; 16]);
/// let mut sealer = Sealer::new(key()?, [9; 12]);
/// let mut buffer = [0; 64];
/// let len = sealer.seal(ContentType::ApplicationData, b"hello", &mut buffer)?;
/// assert_eq!(len, sealer.sealed_len(5));
///
/// let mut opener = Opener::new(key()?, [9; 12]);
/// let Deframed::Record(record, _) = deframe(&mut buffer[..len])? else { panic!("incomplete") };
/// let opened = opener.open(record)?;
/// assert_eq!((opened.content_type(), opened.plaintext()), (ContentType::ApplicationData, &b"hello"[..]));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// There is no second sealer with the same numbers, but by [`Self::at_sequence`]:
///
/// ```compile_fail,E0599
/// # use chancery_aead::Key;
/// # use chancery_record::Sealer;
/// fn twice(sealer: &Sealer<Key>) -> Sealer<Key> {
///     sealer.clone()
/// }
/// ```
pub struct Sealer<K> {
    pub(crate) key: K,
    pub(crate) nonces: NonceSequence,
    pub(crate) form: RecordForm,
    limits: KeyLimits,
    /// Every number given out has become a record. If not, the peer can open nothing more.
    pub(crate) intact: bool,
}

/// What records look like apart from their content.
#[derive(Clone, Copy)]
pub(crate) struct RecordForm {
    pub(crate) padding: Padding,
    pub(crate) limit: RecordSizeLimit,
}

impl<K: AeadKey> Sealer<K> {
    /// Begins with a fresh key and its IV (RFC 8446 §7.3), at sequence number 0.
    pub fn new(key: K, iv: [u8; NONCE_LEN]) -> Self {
        Self::at_sequence(key, iv, 0)
    }

    /// Goes on where another sealer with this key stopped: `sequence` is the next number.
    ///
    /// Whoever hands a key over must see to it that only one side goes on, and at the right number.
    pub fn at_sequence(key: K, iv: [u8; NONCE_LEN], sequence: u64) -> Self {
        let limits = KeyLimits::of(key.algorithm());
        let form = RecordForm { padding: Padding::None, limit: RecordSizeLimit::DEFAULT };
        Self { key, nonces: NonceSequence::at(iv, sequence), form, limits, intact: true }
    }

    /// Pads from now on.
    pub const fn set_padding(&mut self, padding: Padding) {
        self.form.padding = padding;
    }

    /// Keeps to the `record_size_limit` that the peer sent (RFC 8449 §4).
    pub const fn set_record_size_limit(&mut self, limit: RecordSizeLimit) {
        self.form.limit = limit;
    }

    /// The next record's sequence number; `None` once there is none.
    #[must_use]
    pub const fn sequence(&self) -> Option<u64> {
        self.nonces.next()
    }

    /// Whether it is time for a KeyUpdate (RFC 8446 §5.5).
    #[must_use]
    pub const fn usage(&self) -> KeyUsage {
        match self.nonces.next() {
            Some(records) => self.limits.usage(records),
            None => KeyUsage::MustUpdate,
        }
    }

    /// The longest content of one record, in bytes.
    #[must_use]
    pub fn max_content_len(&self) -> usize {
        self.form.max_content_len()
    }

    /// How many bytes [`Self::seal_all`] makes of `content_len` bytes, which is what
    /// [`Self::seal`] makes as long as they fit into one record. Content of no bytes counts as one
    /// record.
    #[must_use]
    pub fn sealed_len(&self, content_len: usize) -> usize {
        self.form.sealed_len(content_len)
    }

    /// How much content fits into `capacity` bytes of records.
    #[must_use]
    pub fn max_plaintext_for(&self, capacity: usize) -> usize {
        self.form.max_plaintext_for(capacity)
    }

    /// Seals one record of `content` into the front of `output`; returns its length.
    ///
    /// # Errors
    /// If the content is too long for one record, is empty though no application data, or is a
    /// change_cipher_spec; if `output` is shorter than [`Self::sealed_len`]; if the key is used up,
    /// or a gap was left. Nothing is sealed then.
    pub fn seal(
        &mut self,
        content_type: ContentType,
        content: &[u8],
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        self.seal_parts(content_type, &[content], output)
    }

    /// [`Self::seal`] of content that lies in several places.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_parts(
        &mut self,
        content_type: ContentType,
        parts: &[&[u8]],
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        let content_len = parts
            .iter()
            .try_fold(0usize, |sum, part| sum.checked_add(part.len()))
            .ok_or(SealError::PlaintextTooLong)?;
        self.form.check(content_type, content_len)?;
        let len = self.form.record_len(content_len);
        let output = output.get_mut(..len).ok_or(SealError::OutputTooShort { needed: len })?;
        let nonce = self.take(content_type)?;
        let sealed = seal_record(&self.key, &nonce, content_type, parts, output);
        self.settle(sealed)?;
        Ok(len)
    }

    /// Seals one record around `content`, a range of `buffer`, where it stands; returns the range
    /// of the record, which begins [`HEADER_LEN`] bytes before.
    ///
    /// # Errors
    /// As [`Self::seal`], and if the room before or after `content` does not do.
    pub fn seal_in_place(
        &mut self,
        content_type: ContentType,
        buffer: &mut [u8],
        content: Range<usize>,
    ) -> Result<Range<usize>, SealError> {
        let content_len = content.len();
        self.form.check(content_type, content_len)?;
        let start = content.start.checked_sub(HEADER_LEN).ok_or(SealError::NoHeadRoom)?;
        let end = start.saturating_add(self.form.record_len(content_len));
        let record = buffer.get_mut(start..end).ok_or(SealError::OutputTooShort { needed: end })?;
        let nonce = self.take(content_type)?;
        let sealed = finish_record(&self.key, &nonce, content_type, content_len, record);
        self.settle(sealed)?;
        Ok(start..end)
    }

    /// The nonce of the next record. From here on its number is gone.
    fn take(&mut self, content_type: ContentType) -> Result<[u8; NONCE_LEN], SealError> {
        self.take_many(content_type, 1).map(|first| self.nonces.nonce(first))
    }

    /// Takes `count` numbers and returns the first.
    pub(crate) fn take_many(
        &mut self,
        content_type: ContentType,
        count: u64,
    ) -> Result<u64, SealError> {
        if !self.intact {
            return Err(SealError::Gap);
        }
        let first = self.nonces.next().ok_or(SealError::SequenceExhausted)?;
        self.limits.permit(content_type, first, count)?;
        if count > self.nonces.left() {
            return Err(SealError::SequenceExhausted);
        }
        self.nonces.advance(count);
        Ok(first)
    }

    /// A number that became no record is a gap.
    pub(crate) const fn settle(&mut self, sealed: Result<(), SealError>) -> Result<(), SealError> {
        if sealed.is_err() {
            self.intact = false;
        }
        sealed
    }
}

impl<K: AeadKey> fmt::Debug for Sealer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({:?}, sequence {:?}, [..])", self.key.algorithm(), self.nonces.next())
    }
}

impl RecordForm {
    pub(crate) fn max_content_len(self) -> usize {
        self.padding.max_content(self.limit.inner_len())
    }

    /// The length of a record with that much content, which fits into one.
    pub(crate) fn record_len(self, content_len: usize) -> usize {
        HEADER_LEN + self.padding.padded(content_len + 1, self.limit.inner_len()) + TAG_LEN
    }

    pub(crate) fn sealed_len(self, content_len: usize) -> usize {
        let max = self.max_content_len();
        let rest = content_len % max;
        let full = (content_len / max).saturating_mul(self.record_len(max));
        if rest == 0 && content_len > 0 { full } else { full.saturating_add(self.record_len(rest)) }
    }

    pub(crate) fn max_plaintext_for(self, capacity: usize) -> usize {
        let max = self.max_content_len();
        let full = capacity / self.record_len(max);
        let rest = capacity % self.record_len(max);
        // Record length does not fall as content grows: halve.
        let (mut fits, mut too_long) = (0, max);
        if self.record_len(0) > rest {
            return full * max;
        }
        while too_long - fits > 1 {
            let middle = fits.midpoint(too_long);
            if self.record_len(middle) <= rest { fits = middle } else { too_long = middle }
        }
        full * max + fits
    }

    pub(crate) fn check(
        self,
        content_type: ContentType,
        content_len: usize,
    ) -> Result<(), SealError> {
        match content_type {
            // RFC 8446 §5: never protected.
            ContentType::ChangeCipherSpec => return Err(SealError::ContentType),
            // RFC 8446 §5.4: even padding does not make an empty one lawful.
            ContentType::Alert | ContentType::Handshake if content_len == 0 => {
                return Err(SealError::EmptyFragment);
            }
            ContentType::Alert | ContentType::Handshake | ContentType::ApplicationData => {}
        }
        if content_len > self.max_content_len() {
            return Err(SealError::PlaintextTooLong);
        }
        Ok(())
    }
}

/// Seals `parts` into `record`, which is as long as the record has to be.
pub(crate) fn seal_record<K: AeadKey>(
    key: &K,
    nonce: &[u8; NONCE_LEN],
    content_type: ContentType,
    parts: &[&[u8]],
    record: &mut [u8],
) -> Result<(), SealError> {
    if let [content] = parts
        && record.len() == HEADER_LEN + content.len() + 1 + TAG_LEN
    {
        // Read where it stands, written where it goes: no copy.
        let (header, body) = split_header(record)?;
        return key
            .seal(nonce, header, content, content_type.code_slice(), body)
            .map_err(|_| SealError::Aead);
    }
    let mut at = HEADER_LEN;
    for part in parts {
        let end = at + part.len();
        record.get_mut(at..end).ok_or(SealError::Aead)?.copy_from_slice(part);
        at = end;
    }
    finish_record(key, nonce, content_type, at - HEADER_LEN, record)
}

/// Seals `record`, whose content stands in it already.
fn finish_record<K: AeadKey>(
    key: &K,
    nonce: &[u8; NONCE_LEN],
    content_type: ContentType,
    content_len: usize,
    record: &mut [u8],
) -> Result<(), SealError> {
    let (header, body) = split_header(record)?;
    let (inner, tag) = body.split_last_chunk_mut::<TAG_LEN>().ok_or(SealError::Aead)?;
    let (code, zeros) =
        inner.get_mut(content_len..).and_then(<[u8]>::split_first_mut).ok_or(SealError::Aead)?;
    *code = content_type.code();
    zeros.fill(0);
    *tag = key.seal_in_place(nonce, header, inner).map_err(|_| SealError::Aead)?;
    Ok(())
}

/// Writes the header and returns it with what follows.
pub(crate) fn split_header(record: &mut [u8]) -> Result<(&[u8], &mut [u8]), SealError> {
    let (header, body) = record.split_first_chunk_mut::<HEADER_LEN>().ok_or(SealError::Aead)?;
    *header = header_bytes(ContentType::ApplicationData, LegacyVersion::Tls12, body.len());
    Ok((header, body))
}

/// Why nothing was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// A content type that may not be sent in this way (RFC 8446 §5).
    ContentType,
    /// A handshake or alert record without content (RFC 8446 §5.4).
    EmptyFragment,
    /// More content than one record may take (RFC 8446 §5.1, RFC 8449 §4).
    PlaintextTooLong,
    /// Less than [`HEADER_LEN`] bytes before the content.
    NoHeadRoom,
    /// The output is too short.
    OutputTooShort {
        /// How long it has to be, in bytes.
        needed: usize,
    },
    /// Another number of records than was reserved.
    RecordCount,
    /// A KeyUpdate has to come before more application data (RFC 8446 §5.5).
    MustUpdate,
    /// The key has protected all that it may (RFC 8446 §5.5).
    KeyExhausted,
    /// No sequence number is left (RFC 8446 §5.3).
    SequenceExhausted,
    /// A sequence number was taken, but no record came of it; the peer can open nothing after it.
    Gap,
    /// The AEAD failed.
    Aead,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType => f.write_str("content type may not be sent in this way"),
            Self::EmptyFragment => f.write_str("handshake or alert record without content"),
            Self::PlaintextTooLong => f.write_str("more content than one record may take"),
            Self::NoHeadRoom => f.write_str("no room for the header before the content"),
            Self::OutputTooShort { needed } => write!(f, "output needs {needed} bytes"),
            Self::RecordCount => f.write_str("another number of records than was reserved"),
            Self::MustUpdate => f.write_str("key must be updated before more application data"),
            Self::KeyExhausted => f.write_str("key has protected all that it may"),
            Self::SequenceExhausted => f.write_str("no sequence number is left"),
            Self::Gap => f.write_str("a reserved sequence number became no record"),
            Self::Aead => f.write_str("sealing failed"),
        }
    }
}

impl core::error::Error for SealError {}
