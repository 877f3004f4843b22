//! How much one key may protect (RFC 8446 §5.5), and how long records may be (RFC 8449).

use chancery_crypto::AeadAlgorithm;

use crate::{ContentType, SealError, inner_plaintext::MAX_INNER_LEN};

/// What a key has been through, and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUsage {
    /// Well below the limit.
    Ok,
    /// A KeyUpdate should be sent soon (RFC 8446 §5.5, §7.2).
    UpdateSoon,
    /// Nothing but a KeyUpdate or an alert may be sealed.
    MustUpdate,
}

/// How many records one key may protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyLimits {
    /// From this many records on, an update is due.
    soon: u64,
    /// From this many records on, no application data.
    must: u64,
    /// So many records, and not one more; `None` if sequence numbers run out before.
    last: Option<u64>,
    /// So many forgeries, and not one more: 2^36 for each algorithm (RFC 9147 §4.5.3). Over TCP the
    /// first one ends the connection, but for early data that is skipped.
    pub(crate) forgeries: u64,
}

/// 2^24.5 records of full size keep the margin of AES-GCM at 2^-57 (RFC 8446 §5.5).
const AES_GCM_RECORDS: u64 = 23_726_566;

/// Room behind the limit for a KeyUpdate, which must not fail for want of a nonce, and for alerts.
const RESERVE: u64 = 1 << 10;

impl KeyLimits {
    pub(crate) const fn of(algorithm: AeadAlgorithm) -> Self {
        let (records, last) = match algorithm {
            // RFC 8446 §5.5: the sequence number wraps before the algorithm's limit is reached.
            AeadAlgorithm::ChaCha20Poly1305 => (u64::MAX, None),
            // An algorithm that is not known here gets the strictest limit.
            _ => (AES_GCM_RECORDS, Some(AES_GCM_RECORDS)),
        };
        Self { soon: records / 4 * 3, must: records - RESERVE, last, forgeries: 1 << 36 }
    }

    /// Whether a key that protected `records` may protect `count` more of `content_type`.
    pub(crate) fn permit(
        &self,
        content_type: ContentType,
        records: u64,
        count: u64,
    ) -> Result<(), SealError> {
        let after = records.saturating_add(count);
        if content_type == ContentType::ApplicationData && after > self.must {
            return Err(SealError::MustUpdate);
        }
        if self.last.is_some_and(|last| after > last) {
            return Err(SealError::KeyExhausted);
        }
        Ok(())
    }

    pub(crate) const fn usage(&self, records: u64) -> KeyUsage {
        if records >= self.must {
            KeyUsage::MustUpdate
        } else if records >= self.soon {
            KeyUsage::UpdateSoon
        } else {
            KeyUsage::Ok
        }
    }
}

/// A `record_size_limit` (RFC 8449 §4): the longest `TLSInnerPlaintext`, content, type and padding
/// together, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordSizeLimit(u16);

impl RecordSizeLimit {
    /// The limit that holds where none was negotiated: 2^14 + 1.
    pub const DEFAULT: Self = Self(16_385);

    /// Takes the value of the extension. One above 2^14 + 1 counts as that: a peer may offer more
    /// for the sake of other versions, and whoever sends must not use it (RFC 8449 §4).
    ///
    /// `None` below 64, which is an `illegal_parameter` (RFC 8449 §4).
    #[must_use]
    pub fn new(value: u16) -> Option<Self> {
        if value < 64 { None } else { Some(Self(value.min(Self::DEFAULT.0))) }
    }

    /// The limit in bytes.
    #[must_use]
    pub fn inner_len(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for RecordSizeLimit {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const _: () = assert!(MAX_INNER_LEN == 16_385);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_by_records() {
        // RFC 8446 §5.5.
        let aes = KeyLimits::of(AeadAlgorithm::Aes128Gcm);
        let check = |records, expected| assert_eq!(aes.usage(records), expected, "{records}");
        check(0, KeyUsage::Ok);
        check(aes.soon - 1, KeyUsage::Ok);
        check(aes.soon, KeyUsage::UpdateSoon);
        check(aes.must - 1, KeyUsage::UpdateSoon);
        check(aes.must, KeyUsage::MustUpdate);
        check(u64::MAX, KeyUsage::MustUpdate);
        let permit = |content_type, records| aes.permit(content_type, records, 1);
        assert_eq!(permit(ContentType::ApplicationData, aes.must - 1), Ok(()));
        assert_eq!(permit(ContentType::ApplicationData, aes.must), Err(SealError::MustUpdate));
        assert_eq!(permit(ContentType::Handshake, AES_GCM_RECORDS - 1), Ok(()));
        let beyond = permit(ContentType::Handshake, AES_GCM_RECORDS);
        assert_eq!(beyond, Err(SealError::KeyExhausted));
        let chacha = KeyLimits::of(AeadAlgorithm::ChaCha20Poly1305);
        assert_eq!(chacha.usage(1 << 60), KeyUsage::Ok);
    }

    #[test]
    fn record_size_limits() {
        // RFC 8449 §4.
        assert_eq!(RecordSizeLimit::new(63), None);
        assert_eq!(RecordSizeLimit::new(64).map(RecordSizeLimit::inner_len), Some(64));
        assert_eq!(RecordSizeLimit::new(16_385), Some(RecordSizeLimit::DEFAULT));
        assert_eq!(RecordSizeLimit::new(u16::MAX), Some(RecordSizeLimit::DEFAULT));
    }
}
