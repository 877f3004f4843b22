//! Joins the fragments that records carry into whole messages.
//!
//! ```text
//! records:   │ CH───┄│┄──CH │ Certificate┄│┄Certificate CertificateVerify Finished │
//!                            push ▼  ▼ next
//! messages:  [ CH ] [ Certificate ] [ CertificateVerify ] [ Finished ] + Aligned
//! ```
//!
//! "Handshake messages MUST NOT span key changes" and must not be interleaved with other records
//! (RFC 8446 §5.1). [`Aligned`] is the evidence that neither is so: it is handed out only where
//! nothing of a further message is pending.

use crate::{
    HANDSHAKE_HEADER_LEN, HandshakeType,
    error::{DecodeError, DecodeErrorKind},
    reader::Reader,
};

/// A bound on messages that lets real chains of certificates through: 100 KiB, header excluded,
/// which is OpenSSL's default for them (`SSL_MAX_CERT_LIST_DEFAULT`).
pub const DEFAULT_MAX_MESSAGE_LEN: usize = 100 * 1024;

/// The longest fragment of a record (RFC 8446 §5.1), in bytes.
const MAX_FRAGMENT_LEN: usize = 1 << 14;

/// Evidence that no part of a message is pending: that keys may change, or another kind of record
/// come (RFC 8446 §5.1).
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Aligned(());

/// One message from a [`Joiner`].
#[derive(Debug, PartialEq, Eq)]
pub struct Joined<'j> {
    /// The whole message, header included.
    pub raw: &'j [u8],
    /// There, if the message was the last of what had been pushed.
    pub aligned: Option<Aligned>,
}

impl Joined<'_> {
    /// The evidence that keys may change after this message.
    ///
    /// # Errors
    /// If a part of the next message had come along with it: `unexpected_message`.
    pub fn into_aligned(self) -> Result<Aligned, DecodeError> {
        self.aligned.ok_or_else(|| partial(self.raw.len()))
    }
}

/// Where a [`Joiner`] keeps what has been pushed and not yet taken.
pub trait Storage {
    /// Everything kept, and room behind it.
    fn bytes(&self) -> &[u8];

    /// At least `len` bytes, the first of which are those of [`Self::bytes`]; `None` if the storage
    /// cannot grow that far.
    fn reserve(&mut self, len: usize) -> Option<&mut [u8]>;
}

/// Growable buffers, such as `Vec<u8>`: they grow with the longest message and do not shrink.
impl<B> Storage for B
where
    B: for<'b> Extend<&'b u8> + AsRef<[u8]> + AsMut<[u8]>,
{
    fn bytes(&self) -> &[u8] {
        self.as_ref()
    }

    fn reserve(&mut self, len: usize) -> Option<&mut [u8]> {
        let more = len.saturating_sub(self.as_ref().len());
        self.extend(core::iter::repeat_n(&0, more));
        Some(self.as_mut())
    }
}

/// `N` bytes kept inline: messages can be `N` bytes long, header included, less what is pushed
/// along with them.
#[derive(Clone, Debug)]
pub struct FixedStorage<const N: usize>([u8; N]);

impl<const N: usize> FixedStorage<N> {
    /// Empty storage.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Default for FixedStorage<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Storage for FixedStorage<N> {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn reserve(&mut self, len: usize) -> Option<&mut [u8]> {
        if len <= N { Some(&mut self.0) } else { None }
    }
}

/// Joins fragments, as records carry them (RFC 8446 §5.1), into whole messages.
///
/// ```
/// use chancery_wire::{Body, FixedStorage, Joiner, Message};
///
/// let mut joiner = Joiner::new(FixedStorage::<256>::new(), 128);
/// joiner.push(&[24, 0, 0])?; // a KeyUpdate in two records
/// assert!(joiner.next()?.is_none());
/// assert!(joiner.aligned().is_err());
/// joiner.push(&[1, 0])?;
/// let joined = joiner.next()?.expect("whole now");
/// assert!(matches!(Message::decode(joined.raw)?.body, Body::KeyUpdate(_)));
/// joined.into_aligned()?; // keys may change now
/// # Ok::<(), chancery_wire::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Joiner<S> {
    storage: S,
    /// `storage[start..end]` is pending.
    start: usize,
    end: usize,
    max_message_len: usize,
}

impl<S: Storage> Joiner<S> {
    /// Joins messages of at most `max_message_len` bytes, header excluded.
    pub const fn new(storage: S, max_message_len: usize) -> Self {
        Self { storage, start: 0, end: 0, max_message_len }
    }

    /// Takes in the content of one handshake record.
    ///
    /// # Errors
    /// If it is empty (RFC 8446 §5.4), or more is pending than a message of the longest allowed
    /// length and one record. After an error the joiner is of no more use.
    pub fn push(&mut self, fragment: &[u8]) -> Result<(), DecodeError> {
        if fragment.is_empty() {
            return Err(DecodeError::new(DecodeErrorKind::EmptyFragment, 0).within("handshake"));
        }
        let pending = self.end.saturating_sub(self.start);
        let needed = pending.saturating_add(fragment.len());
        let most = self
            .max_message_len
            .saturating_add(HANDSHAKE_HEADER_LEN)
            .saturating_add(MAX_FRAGMENT_LEN);
        if needed > most {
            return Err(self.too_long());
        }
        // Refuses a long message by its header, before any of its body is kept.
        self.check_len(fragment)?;
        if self.start > 0 {
            let (start, end) = (self.start, self.end);
            if let Some(bytes) = self.storage.reserve(end) {
                bytes.copy_within(start..end, 0);
            }
            (self.start, self.end) = (0, pending);
        }
        let room = self.storage.reserve(needed).and_then(|bytes| bytes.get_mut(pending..needed));
        let Some(room) = room else { return Err(self.too_long()) };
        room.copy_from_slice(fragment);
        self.end = needed;
        Ok(())
    }

    /// The next whole message, if there is one.
    ///
    /// # Errors
    /// If the next message will be longer than the bound.
    #[allow(clippy::should_implement_trait, reason = "it lends from the joiner")]
    pub fn next(&mut self) -> Result<Option<Joined<'_>>, DecodeError> {
        self.check_len(&[])?;
        let Some(len) = self.message_len(&[]) else { return Ok(None) };
        let whole = self.start.saturating_add(HANDSHAKE_HEADER_LEN).saturating_add(len);
        if whole > self.end {
            return Ok(None);
        }
        let start = core::mem::replace(&mut self.start, whole);
        let aligned = (whole == self.end).then_some(Aligned(()));
        let raw = self.storage.bytes().get(start..whole).unwrap_or_default();
        Ok(Some(Joined { raw, aligned }))
    }

    /// The evidence that nothing is pending, which a record of another kind needs before it may be
    /// looked at.
    ///
    /// # Errors
    /// If something is pending: `unexpected_message` (RFC 8446 §5.1).
    pub fn aligned(&self) -> Result<Aligned, DecodeError> {
        match self.end.checked_sub(self.start) {
            Some(0) | None => Ok(Aligned(())),
            Some(pending) => Err(partial(pending)),
        }
    }

    fn pending(&self) -> &[u8] {
        self.storage.bytes().get(self.start..self.end).unwrap_or_default()
    }

    /// The length in the header of what is pending and `more` behind it.
    fn message_len(&self, more: &[u8]) -> Option<usize> {
        let mut header = self.pending().iter().chain(more).copied();
        let _msg_type = header.next()?;
        let length = u32::from_be_bytes([0, header.next()?, header.next()?, header.next()?]);
        usize::try_from(length).ok()
    }

    fn check_len(&self, more: &[u8]) -> Result<(), DecodeError> {
        match self.message_len(more) {
            Some(len) if len > self.max_message_len => {
                let msg_type = self.pending().iter().chain(more).next().copied().unwrap_or(0);
                let kind = DecodeErrorKind::MessageTooLong(HandshakeType(msg_type));
                Err(DecodeError::new(kind, 1).within("length"))
            }
            _ => Ok(()),
        }
    }

    fn too_long(&self) -> DecodeError {
        let msg_type = HandshakeType(self.pending().first().copied().unwrap_or(0));
        Reader::new(&[]).error(DecodeErrorKind::MessageTooLong(msg_type), "handshake")
    }
}

fn partial(offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::PartialMessage, offset).within("handshake")
}
