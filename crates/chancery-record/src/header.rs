//! Content types and the record header (RFC 8446 §5.1, §5.2).
//!
//! ```text
//! struct {                                   struct {
//!     ContentType type;                          ContentType opaque_type = application_data;
//!     ProtocolVersion legacy_record_version;     ProtocolVersion legacy_record_version = 0x0303;
//!     uint16 length;                             uint16 length;
//!     opaque fragment[length];                   opaque encrypted_record[length];
//! } TLSPlaintext;                            } TLSCiphertext;
//! ```

use crate::Violation;

/// Header length in bytes.
pub const HEADER_LEN: usize = 5;

/// The longest content of one record, in bytes (RFC 8446 §5.1).
pub const MAX_PLAINTEXT_LEN: usize = 1 << 14;

/// The longest `encrypted_record`, in bytes (RFC 8446 §5.2).
pub const MAX_CIPHERTEXT_LEN: usize = MAX_PLAINTEXT_LEN + 256;

/// The longest record, header included, in bytes: a receive buffer of this size never gets stuck.
pub const MAX_RECORD_LEN: usize = HEADER_LEN + MAX_CIPHERTEXT_LEN;

/// What a record carries (RFC 8446 §B.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentType {
    /// One byte 1, for middleboxes only (RFC 8446 §D.4); never protected.
    ChangeCipherSpec,
    /// One alert.
    Alert,
    /// Handshake messages, whole or in parts.
    Handshake,
    /// The application's bytes; on the outside, every protected record.
    ApplicationData,
}

impl ContentType {
    /// The byte on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::ChangeCipherSpec => 20,
            Self::Alert => 21,
            Self::Handshake => 22,
            Self::ApplicationData => 23,
        }
    }

    /// [`Self::code`] as what is put behind content.
    pub(crate) const fn code_slice(self) -> &'static [u8] {
        match self {
            Self::ChangeCipherSpec => &[20],
            Self::Alert => &[21],
            Self::Handshake => &[22],
            Self::ApplicationData => &[23],
        }
    }

    /// The type of that byte, if TLS 1.3 has one. Heartbeat (24) is not among them.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            20 => Some(Self::ChangeCipherSpec),
            21 => Some(Self::Alert),
            22 => Some(Self::Handshake),
            23 => Some(Self::ApplicationData),
            _ => None,
        }
    }
}

/// `legacy_record_version`: nobody may read anything into it, but some look at it (RFC 8446 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LegacyVersion {
    /// 0x0301, which an initial ClientHello may bear for old servers' sake.
    Tls10,
    /// 0x0303, on everything else.
    Tls12,
}

impl LegacyVersion {
    const fn bytes(self) -> [u8; 2] {
        match self {
            Self::Tls10 => [3, 1],
            Self::Tls12 => [3, 3],
        }
    }
}

/// A record's first five bytes, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    content_type: ContentType,
    len: u16,
}

impl RecordHeader {
    /// Reads a header as it came from the peer.
    ///
    /// The version is ignored for all purposes (RFC 8446 §5.1).
    ///
    /// # Errors
    /// [`Violation::UnknownContentType`], and [`Violation::RecordOverflow`] for a length above
    /// 2^14, or 2^14 + 256 for a protected record (RFC 8446 §5.1, §5.2).
    pub fn parse(bytes: [u8; HEADER_LEN]) -> Result<Self, Violation> {
        let [code, _, _, high, low] = bytes;
        let content_type = ContentType::from_code(code).ok_or(Violation::UnknownContentType)?;
        let len = u16::from_be_bytes([high, low]);
        let max = match content_type {
            ContentType::ApplicationData => MAX_CIPHERTEXT_LEN,
            ContentType::ChangeCipherSpec | ContentType::Alert | ContentType::Handshake => {
                MAX_PLAINTEXT_LEN
            }
        };
        if usize::from(len) > max {
            return Err(Violation::RecordOverflow);
        }
        Ok(Self { content_type, len })
    }

    /// The outer content type.
    #[must_use]
    pub const fn content_type(self) -> ContentType {
        self.content_type
    }

    /// The length of what follows the header, in bytes.
    #[must_use]
    pub fn payload_len(self) -> usize {
        usize::from(self.len)
    }
}

/// The header of a record of `len` bytes after it, which whoever calls keeps below 2^16.
pub(crate) fn header_bytes(
    content_type: ContentType,
    version: LegacyVersion,
    len: usize,
) -> [u8; HEADER_LEN] {
    let [major, minor] = version.bytes();
    let [high, low] = u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes();
    [content_type.code(), major, minor, high, low]
}
