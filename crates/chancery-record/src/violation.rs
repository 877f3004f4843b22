//! What a peer can do wrong in the record layer, and the alert that answers it.

use core::fmt;

/// A peer's violation of RFC 8446 §5. Each is fatal, but for
/// [`BadRecordMac`](Self::BadRecordMac) while a server skips refused early data (§4.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// A content type that TLS 1.3 does not have (§5.1): another protocol, most likely.
    UnknownContentType,
    /// A content type that may not come here: unprotected where protection is on, protected where
    /// it is off, or a protected change_cipher_spec (§5).
    UnexpectedContentType,
    /// A change_cipher_spec that is not the single byte 1 (§5).
    MalformedChangeCipherSpec,
    /// More change_cipher_spec records than anybody needs.
    TooManyChangeCipherSpecs,
    /// A handshake or alert record without content (§5.1, §5.4).
    EmptyFragment,
    /// A protected record of nothing but zeros: no content type (§5.4).
    NoContentType,
    /// An alert record that is not exactly one alert (§5.1).
    FragmentedAlert,
    /// A record beyond 2^14 bytes of content, or beyond the limit of RFC 8449 §4 (§5.1, §5.2).
    RecordOverflow,
    /// A record that does not open (§5.2).
    BadRecordMac,
    /// More sequence numbers than there are (§5.3).
    SequenceExhausted,
    /// More forged records than the algorithm stands (RFC 9147 §4.5.3, RFC 9001 §6.6).
    TooManyForgeries,
}

impl Violation {
    /// The alert to send (RFC 8446 §6.2).
    #[must_use]
    pub const fn alert(self) -> Alert {
        match self {
            Self::UnknownContentType
            | Self::UnexpectedContentType
            | Self::MalformedChangeCipherSpec
            | Self::TooManyChangeCipherSpecs
            | Self::EmptyFragment
            | Self::NoContentType => Alert::UnexpectedMessage,
            Self::FragmentedAlert => Alert::DecodeError,
            Self::RecordOverflow => Alert::RecordOverflow,
            Self::BadRecordMac | Self::TooManyForgeries => Alert::BadRecordMac,
            Self::SequenceExhausted => Alert::InternalError,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownContentType => "record of an unknown content type",
            Self::UnexpectedContentType => "record of a content type that may not come here",
            Self::MalformedChangeCipherSpec => "change_cipher_spec is not the single byte 1",
            Self::TooManyChangeCipherSpecs => "too many change_cipher_spec records",
            Self::EmptyFragment => "handshake or alert record without content",
            Self::NoContentType => "protected record without a content type",
            Self::FragmentedAlert => "alert record is not exactly one alert",
            Self::RecordOverflow => "record is longer than allowed",
            Self::BadRecordMac => "record does not open",
            Self::SequenceExhausted => "no sequence number is left",
            Self::TooManyForgeries => "more forged records than the algorithm stands",
        })
    }
}

impl core::error::Error for Violation {}

/// The alerts that the record layer calls for (RFC 8446 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Alert {
    /// A record that may not come here.
    UnexpectedMessage,
    /// A record that does not open.
    BadRecordMac,
    /// A record that is too long.
    RecordOverflow,
    /// A record whose content cannot be what its type says.
    DecodeError,
    /// Not the peer's fault.
    InternalError,
}

impl Alert {
    /// The byte on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::UnexpectedMessage => 10,
            Self::BadRecordMac => 20,
            Self::RecordOverflow => 22,
            Self::DecodeError => 50,
            Self::InternalError => 80,
        }
    }
}
