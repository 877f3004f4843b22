//! Which words a protocol puts into `HkdfLabel` (RFC 8446 §7.1).
//!
//! ```text
//! struct {
//!     uint16 length = Length;
//!     opaque label<7..255> = "tls13 " + Label;
//!     opaque context<0..255> = Context;
//! } HkdfLabel;
//! ```

/// The protocol that the secrets are for.
///
/// | | prefix | key | IV | next secret | header |
/// |---|---|---|---|---|---|
/// | [`Tls13`](Self::Tls13) | `tls13 ` | `key` | `iv` | `traffic upd` | |
/// | [`Dtls13`](Self::Dtls13) | `dtls13` | `key` | `iv` | `traffic upd` | `sn` |
/// | [`QuicV1`](Self::QuicV1) | `tls13 ` | `quic key` | `quic iv` | `quic ku` | `quic hp` |
/// | [`QuicV2`](Self::QuicV2) | `tls13 ` | `quicv2 key` | `quicv2 iv` | `quicv2 ku` | `quicv2 hp` |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabelSet {
    /// TLS 1.3 over a stream (RFC 8446 §7.1, §7.3).
    Tls13,
    /// DTLS 1.3 (RFC 9147 §5.9: the prefix has no space; §4.2.3: the record number key).
    Dtls13,
    /// QUIC version 1 (RFC 9001 §5.1, §5.4, §6.1).
    QuicV1,
    /// QUIC version 2 (RFC 9369 §3.3.2).
    QuicV2,
}

impl LabelSet {
    pub(crate) const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Tls13 | Self::QuicV1 | Self::QuicV2 => b"tls13 ",
            Self::Dtls13 => b"dtls13",
        }
    }

    pub(crate) const fn key(self) -> &'static [u8] {
        match self {
            Self::Tls13 | Self::Dtls13 => b"key",
            Self::QuicV1 => b"quic key",
            Self::QuicV2 => b"quicv2 key",
        }
    }

    pub(crate) const fn iv(self) -> &'static [u8] {
        match self {
            Self::Tls13 | Self::Dtls13 => b"iv",
            Self::QuicV1 => b"quic iv",
            Self::QuicV2 => b"quicv2 iv",
        }
    }

    pub(crate) const fn next(self) -> &'static [u8] {
        match self {
            Self::Tls13 | Self::Dtls13 => b"traffic upd",
            Self::QuicV1 => b"quic ku",
            Self::QuicV2 => b"quicv2 ku",
        }
    }

    pub(crate) const fn header(self) -> Option<&'static [u8]> {
        match self {
            Self::Tls13 => None,
            Self::Dtls13 => Some(b"sn"),
            Self::QuicV1 => Some(b"quic hp"),
            Self::QuicV2 => Some(b"quicv2 hp"),
        }
    }
}
