//! Signed certificate timestamps.

use core::fmt;

use super::ExtensionValue;
use crate::error::{Error, ErrorKind, Fault};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;

/// The promises of Certificate Transparency logs to include this certificate.
///
/// ```text
/// opaque SerializedSCT<1..2^16-1>;                         RFC 6962 §3.3, inside an OCTET STRING
/// struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SctList<'a> {
    list: &'a [u8],
}

impl<'a> SctList<'a> {
    /// Parses the TLS form, without the OCTET STRING: as the TLS extension of the same name carries it.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse_tls(bytes: &'a [u8]) -> Result<Self, Error> {
        crate::reader::strict(bytes, |s, reader| Self::check(s, reader.take_rest()))
    }

    fn check<S: Strictness>(s: &mut S, bytes: &'a [u8]) -> Result<Self, Fault> {
        let truncated = |at| Fault::new(ErrorKind::Truncated, at);
        let (list, rest) = prefixed(bytes).ok_or_else(|| truncated(bytes))?;
        if !rest.is_empty() {
            s.deviation(ErrorKind::TrailingData, rest)?;
        }
        if list.is_empty() {
            s.deviation(ErrorKind::EmptySequence, bytes)?;
        }
        let mut remaining = list;
        while !remaining.is_empty() {
            let (sct, rest) = prefixed(remaining).ok_or_else(|| truncated(remaining))?;
            if SignedCertificateTimestamp::checked(sct).is_none() {
                return Err(Fault::new(ErrorKind::InvalidValue, sct));
            }
            remaining = rest;
        }
        Ok(Self { list })
    }

    /// The timestamps, in order.
    pub fn iter(&self) -> impl Iterator<Item = SignedCertificateTimestamp<'a>> + use<'a> {
        let mut remaining = self.list;
        core::iter::from_fn(move || {
            let (sct, rest) = prefixed(remaining)?;
            remaining = rest;
            SignedCertificateTimestamp::checked(sct)
        })
    }
}

/// `opaque<0..2^16-1>`
#[inline]
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

impl<'a> ExtensionValue<'a> for SctList<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let value = reader.read(s, tag::OCTET_STRING)?;
        Self::check(s, value)
    }
}

impl fmt::Debug for SctList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One promise.
///
/// ```text
/// struct {                                                 RFC 6962 §3.2
///     Version sct_version;
///     LogID id;                                            32 bytes
///     uint64 timestamp;                                    milliseconds
///     CtExtensions extensions;                             opaque<0..2^16-1>
///     digitally-signed struct { ... };                     RFC 5246 §4.7
/// } SignedCertificateTimestamp;
/// ```
///
/// Of another version than v1 only the version and the bytes are to be had.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignedCertificateTimestamp<'a> {
    raw: &'a [u8],
    version: u8,
    v1: Option<SctV1<'a>>,
}

/// The fields of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SctV1<'a> {
    log_id: &'a [u8; 32],
    timestamp: u64,
    extensions: &'a [u8],
    algorithm: [u8; 2],
    signature: &'a [u8],
}

impl<'a> SignedCertificateTimestamp<'a> {
    fn checked(raw: &'a [u8]) -> Option<Self> {
        let (&version, rest) = raw.split_first()?;
        let v1 = if version == 0 { Some(SctV1::checked(rest)?) } else { None };
        Some(Self { raw, version, v1 })
    }

    /// The whole serialized SCT.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The version as it is encoded: 0 is v1.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The fields, if it is of version 1.
    #[must_use]
    pub const fn v1(&self) -> Option<SctV1<'a>> {
        self.v1
    }
}

impl fmt::Debug for SignedCertificateTimestamp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedCertificateTimestamp")
            .field("version", &self.version)
            .field("v1", &self.v1)
            .finish_non_exhaustive()
    }
}

impl<'a> SctV1<'a> {
    fn checked(bytes: &'a [u8]) -> Option<Self> {
        let (log_id, rest) = bytes.split_first_chunk()?;
        let (timestamp, rest) = rest.split_first_chunk()?;
        let (extensions, rest) = prefixed(rest)?;
        let (algorithm, rest) = rest.split_first_chunk()?;
        let (signature, rest) = prefixed(rest)?;
        let timestamp = u64::from_be_bytes(*timestamp);
        let this = Self { log_id, timestamp, extensions, algorithm: *algorithm, signature };
        rest.is_empty().then_some(this)
    }

    /// The SHA-256 of the log's key.
    #[must_use]
    pub const fn log_id(&self) -> &'a [u8; 32] {
        self.log_id
    }

    /// When, in milliseconds since the epoch.
    #[must_use]
    pub const fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// Extensions; the static logs keep the index of the leaf here.
    #[must_use]
    pub const fn extensions(&self) -> &'a [u8] {
        self.extensions
    }

    /// TLS 1.2's hash and signature algorithm (RFC 5246 §7.4.1.4.1).
    #[must_use]
    pub const fn algorithm(&self) -> [u8; 2] {
        self.algorithm
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &'a [u8] {
        self.signature
    }
}
