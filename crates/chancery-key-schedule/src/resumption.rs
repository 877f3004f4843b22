//! Resumption: the PSKs behind tickets (RFC 8446 §4.6.1).

use core::fmt;

use chancery_crypto::{Digest, Hash, HashAlgorithm};

use crate::{Hkdf, KeyScheduleError, hkdf::ScheduleSecret};

/// The resumption master secret of a finished handshake.
pub struct ResumptionSecret<H>(ScheduleSecret<H>);

impl<H: Hash> ResumptionSecret<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// The hash function that each PSK of this secret belongs to.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.0.algorithm
    }

    /// The PSK of the ticket with `ticket_nonce`.
    ///
    /// # Errors
    /// [`KeyScheduleError::ContextTooLong`] if the nonce exceeds 255 bytes, which no message can
    /// carry.
    pub fn ticket_psk(&self, ticket_nonce: &[u8]) -> Result<Digest, KeyScheduleError> {
        let mut psk = self.0.secret.clone();
        Hkdf::<H::Hmac>::from_pseudorandom_key(self.0.algorithm, self.0.secret.as_bytes())
            .expand_label(self.0.labels, b"resumption", ticket_nonce, psk.as_mut_bytes())?;
        Ok(psk)
    }
}

impl<H> Clone for ResumptionSecret<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> fmt::Debug for ResumptionSecret<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResumptionSecret({:?})", self.0)
    }
}
