//! What can be wrong with a message, where, and which alert answers it.

use core::fmt;

use crate::{AlertDescription, ExtensionType, HandshakeType};

/// How deep a [`FieldPath`] reaches: message, entry of a Certificate, extensions, extension, list, field.
const MAX_DEPTH: usize = 6;

/// Bytes that are not the message that they claim to be: what is wrong, where, and in which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: usize,
    path: FieldPath,
}

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes end within a field.
    Truncated,
    /// Bytes are left over behind the last field.
    TrailingBytes,
    /// A vector's length lies outside of the range that its definition gives (RFC 8446 §3.4).
    LengthOutOfRange,
    /// A field has a value that its definition excludes.
    InvalidValue,
    /// Two extensions of one block have the same type (RFC 8446 §4.2).
    DuplicateExtension(ExtensionType),
    /// An extension stands in a message that it is not specified for (RFC 8446 §4.2).
    MisplacedExtension(ExtensionType),
    /// An extension follows `pre_shared_key` (RFC 8446 §4.2.11).
    PreSharedKeyNotLast,
    /// A message is longer than the receiver's bound.
    MessageTooLong(HandshakeType),
    /// A record of handshake messages is empty (RFC 8446 §5.4).
    EmptyFragment,
    /// A part of a message is pending where keys change or another kind of record stands
    /// (RFC 8446 §5.1).
    PartialMessage,
    /// A `change_cipher_spec` record is not the single byte 1 (RFC 8446 §5).
    InvalidChangeCipherSpec,
}

impl DecodeError {
    pub(crate) const fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self { kind, offset, path: FieldPath { names: [""; MAX_DEPTH], len: 0 } }
    }

    /// Names the field, or the structure around the field, that is being decoded.
    #[must_use]
    pub(crate) fn within(mut self, field: &'static str) -> Self {
        if let Some(slot) = self.path.names.get_mut(usize::from(self.path.len)) {
            *slot = field;
            self.path.len = self.path.len.saturating_add(1);
        }
        self
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the decoded input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// In which field.
    #[must_use]
    pub const fn path(&self) -> &FieldPath {
        &self.path
    }

    /// The alert that answers such bytes.
    #[must_use]
    pub const fn alert(&self) -> AlertDescription {
        match self.kind {
            // RFC 8446 §6.2: "some field was out of the specified range or the length of the
            // message was incorrect".
            DecodeErrorKind::Truncated
            | DecodeErrorKind::TrailingBytes
            | DecodeErrorKind::LengthOutOfRange
            | DecodeErrorKind::MessageTooLong(_) => AlertDescription::DECODE_ERROR,
            // RFC 8446 §6.2: formatted correctly, but "incorrect or inconsistent with other
            // fields". §4.2 and §4.2.11 name this alert for misplaced extensions.
            DecodeErrorKind::InvalidValue
            | DecodeErrorKind::DuplicateExtension(_)
            | DecodeErrorKind::MisplacedExtension(_)
            | DecodeErrorKind::PreSharedKeyNotLast => AlertDescription::ILLEGAL_PARAMETER,
            // RFC 8446 §5.4, §5.1 and §5 in this order.
            DecodeErrorKind::EmptyFragment
            | DecodeErrorKind::PartialMessage
            | DecodeErrorKind::InvalidChangeCipherSpec => AlertDescription::UNEXPECTED_MESSAGE,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for DecodeError {}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the bytes end too early"),
            Self::TrailingBytes => f.write_str("bytes are left over"),
            Self::LengthOutOfRange => f.write_str("length out of range"),
            Self::InvalidValue => f.write_str("value not allowed"),
            Self::DuplicateExtension(t) => write!(f, "a second extension {t}"),
            Self::MisplacedExtension(t) => write!(f, "extension {t} not allowed in this message"),
            Self::PreSharedKeyNotLast => f.write_str("pre_shared_key is not the last extension"),
            Self::MessageTooLong(t) => write!(f, "{t} longer than the bound on messages"),
            Self::EmptyFragment => f.write_str("empty handshake record"),
            Self::PartialMessage => f.write_str("a part of a message is pending"),
            Self::InvalidChangeCipherSpec => f.write_str("not the single byte 1"),
        }
    }
}

/// The way from the message to the field, outermost first: `client_hello.extensions.cookie`.
///
/// It is kept inline; names beyond the sixth, counted from the field outwards, are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FieldPath {
    /// Innermost first, since that is the order in which they become known.
    names: [&'static str; MAX_DEPTH],
    len: u8,
}

impl FieldPath {
    /// The names, outermost first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.names.iter().take(usize::from(self.len)).rev().copied()
    }

    /// Whether no field was named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.names().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A structure that has no encoding, or no place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The writer has no room for it.
    BufferTooShort,
    /// The named vector's length lies outside of the range that its definition gives
    /// (RFC 8446 §3.4).
    LengthOutOfRange(&'static str),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooShort => f.write_str("no room for the encoding"),
            Self::LengthOutOfRange(field) => write!(f, "{field}: length out of range"),
        }
    }
}

impl core::error::Error for EncodeError {}
