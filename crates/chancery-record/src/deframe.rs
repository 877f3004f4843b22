//! Cutting the caller's bytes into records, and records that are not protected (RFC 8446 §5.1).
//!
//! ```text
//! caller's buffer: │ record │ record │ part of a record │ room │
//!                  └─ deframe ─┘ rest ──────────────────┘
//! ```
//!
//! There is no buffer here: whoever reads from the network owns one, of at least
//! [`MAX_RECORD_LEN`](crate::MAX_RECORD_LEN) bytes.

use core::fmt;

use crate::{
    ContentType, HEADER_LEN, LegacyVersion, MAX_PLAINTEXT_LEN, RecordHeader, SealError, Violation,
    header::header_bytes,
};

/// What stands at the front of a buffer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Deframed<'a> {
    /// A complete record, and the bytes after it.
    Record(Record<'a>, &'a mut [u8]),
    /// The beginning of a record, or nothing; so many bytes more are needed at least.
    Incomplete {
        /// How many bytes are certainly missing; never 0.
        missing: usize,
    },
}

/// Takes one record from the front of `buffer`. Errors show as soon as the header does.
///
/// ```
/// use chancery_record::{ContentType, Deframed, deframe};
///
/// let mut received = *b"\x15\x03\x03\x00\x02\x01\x00\x17\x03";
/// let Deframed::Record(record, rest) = deframe(&mut received)? else { panic!("incomplete") };
/// assert_eq!((record.content_type(), record.len()), (ContentType::Alert, 7));
/// assert_eq!(rest, b"\x17\x03");
/// assert!(matches!(deframe(rest)?, Deframed::Incomplete { missing: 3 }));
/// # Ok::<(), chancery_record::Violation>(())
/// ```
///
/// # Errors
/// As [`RecordHeader::parse`].
pub fn deframe(buffer: &mut [u8]) -> Result<Deframed<'_>, Violation> {
    let Some(header) = buffer.first_chunk::<HEADER_LEN>() else {
        return missing_of_header(buffer).map(|missing| Deframed::Incomplete { missing });
    };
    let header = RecordHeader::parse(*header)?;
    let len = HEADER_LEN + header.payload_len();
    let available = buffer.len();
    match buffer.split_at_mut_checked(len) {
        Some((bytes, rest)) => Ok(Deframed::Record(Record { header, bytes }, rest)),
        None => Ok(Deframed::Incomplete { missing: len - available }),
    }
}

/// How many bytes a header lacks that is not whole yet.
pub(crate) fn missing_of_header(part: &[u8]) -> Result<usize, Violation> {
    match part.first() {
        // Text that is not TLS, however short, gets its answer at once.
        Some(code) if ContentType::from_code(*code).is_none() => Err(Violation::UnknownContentType),
        _ => Ok(HEADER_LEN.saturating_sub(part.len())),
    }
}

/// One complete record where it was received.
pub struct Record<'a> {
    header: RecordHeader,
    bytes: &'a mut [u8],
}

impl<'a> Record<'a> {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> RecordHeader {
        self.header
    }

    /// The outer content type.
    #[must_use]
    pub const fn content_type(&self) -> ContentType {
        self.header.content_type()
    }

    /// How many bytes the record takes in the buffer, header included.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a record has a header at least")]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The whole record as received.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.bytes
    }

    /// The content of a record that is not protected.
    ///
    /// # Errors
    /// For application data, which is always protected; for a handshake or alert record without
    /// content; for an alert record that is not one alert; for a change_cipher_spec other than the
    /// single byte 1 (RFC 8446 §5, §5.1).
    pub fn into_plaintext(self) -> Result<Opened<'a>, Violation> {
        let content_type = self.header.content_type();
        let plaintext = self.bytes.get_mut(HEADER_LEN..).unwrap_or_default();
        match content_type {
            ContentType::ApplicationData => return Err(Violation::UnexpectedContentType),
            ContentType::ChangeCipherSpec if plaintext != [1] => {
                return Err(Violation::MalformedChangeCipherSpec);
            }
            ContentType::ChangeCipherSpec => {}
            ContentType::Alert | ContentType::Handshake => check_content(content_type, plaintext)?,
        }
        Ok(Opened { content_type, plaintext, padding: 0 })
    }

    /// Header and payload apart.
    pub(crate) fn split(self) -> Option<([u8; HEADER_LEN], &'a mut [u8])> {
        let (header, payload) = self.bytes.split_first_chunk_mut::<HEADER_LEN>()?;
        Some((*header, payload))
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?}, {} bytes)", self.header.content_type(), self.bytes.len())
    }
}

/// The rules on content that hold with and without protection (RFC 8446 §5.1, §5.4).
pub(crate) fn check_content(content_type: ContentType, content: &[u8]) -> Result<(), Violation> {
    match (content_type, content.len()) {
        (ContentType::ChangeCipherSpec, _) => Err(Violation::UnexpectedContentType),
        (ContentType::Alert | ContentType::Handshake, 0) => Err(Violation::EmptyFragment),
        (ContentType::Alert, 2) | (ContentType::Handshake | ContentType::ApplicationData, _) => {
            Ok(())
        }
        (ContentType::Alert, _) => Err(Violation::FragmentedAlert),
    }
}

/// A record's content, in the buffer where the record was.
pub struct Opened<'a> {
    pub(crate) content_type: ContentType,
    pub(crate) plaintext: &'a mut [u8],
    pub(crate) padding: usize,
}

impl<'a> Opened<'a> {
    /// The true content type.
    #[must_use]
    pub const fn content_type(&self) -> ContentType {
        self.content_type
    }

    /// The content.
    #[must_use]
    pub const fn plaintext(&self) -> &[u8] {
        self.plaintext
    }

    /// The content, as long as the buffer is borrowed.
    #[must_use]
    pub const fn into_plaintext(self) -> &'a mut [u8] {
        self.plaintext
    }

    /// How many bytes of padding the record bore (RFC 8446 §5.4).
    #[must_use]
    pub const fn padding(&self) -> usize {
        self.padding
    }
}

impl fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({:?}, {} bytes, [..])", self.content_type, self.plaintext.len())
    }
}

/// Writes a record that is not protected to the front of `output` and returns its length.
///
/// # Errors
/// For an empty `fragment`, one above 2^14 bytes, application data, or an `output` that is too
/// short (RFC 8446 §5.1).
pub fn write_plaintext(
    content_type: ContentType,
    version: LegacyVersion,
    fragment: &[u8],
    output: &mut [u8],
) -> Result<usize, SealError> {
    match content_type {
        ContentType::ApplicationData => return Err(SealError::ContentType),
        ContentType::ChangeCipherSpec if fragment != [1] => return Err(SealError::ContentType),
        ContentType::ChangeCipherSpec | ContentType::Alert | ContentType::Handshake => {}
    }
    if fragment.is_empty() {
        return Err(SealError::EmptyFragment);
    }
    if fragment.len() > MAX_PLAINTEXT_LEN {
        return Err(SealError::PlaintextTooLong);
    }
    let len = HEADER_LEN + fragment.len();
    let (header, body) = output
        .get_mut(..len)
        .and_then(|output| output.split_first_chunk_mut::<HEADER_LEN>())
        .ok_or(SealError::OutputTooShort { needed: len })?;
    *header = header_bytes(content_type, version, fragment.len());
    body.copy_from_slice(fragment);
    Ok(len)
}
