//! PSK binders (RFC 8446 §4.2.11.2): the ClientHello's proof that its sender knows the PSK.

use core::fmt;

use chancery_crypto::{Digest, Hash};

use crate::{
    KeyScheduleError, TranscriptHash,
    hkdf::ScheduleSecret,
    traffic::{check_mac, finished_mac},
};

/// Where a PSK comes from. Each has its own label, so that a key of one kind cannot pass for
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PskKind {
    /// From a ticket of an earlier connection (`res binder`, RFC 8446 §7.1).
    Resumption,
    /// Agreed on outside TLS (`ext binder`, RFC 8446 §7.1).
    External,
    /// External, and imported for one protocol and one hash (`imp binder`, RFC 9258 §5.2).
    Imported,
}

impl PskKind {
    pub(crate) const fn label(self) -> &'static [u8] {
        match self {
            Self::Resumption => b"res binder",
            Self::External => b"ext binder",
            Self::Imported => b"imp binder",
        }
    }
}

/// The binder key of one PSK.
pub struct BinderKey<H>(ScheduleSecret<H>);

impl<H: Hash> BinderKey<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// The binder over `truncated`, the hash of what
    /// [`Transcript::hash_truncated`](crate::Transcript::hash_truncated) covers.
    #[must_use]
    pub fn binder(&self, truncated: &TranscriptHash) -> Digest {
        finished_mac(&self.0, truncated)
    }

    /// Checks a received binder, in time that does not depend on it.
    ///
    /// # Errors
    /// [`KeyScheduleError::VerifyDataMismatch`]; the alert is `decrypt_error`.
    pub fn check(
        &self,
        truncated: &TranscriptHash,
        received: &[u8],
    ) -> Result<(), KeyScheduleError> {
        check_mac(&self.binder(truncated), received)
    }
}

impl<H> fmt::Debug for BinderKey<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BinderKey({:?})", self.0)
    }
}
