//! Exporters (RFC 8446 §7.5): keys for other protocols, bound to this connection.
//!
//! ```text
//! TLS-Exporter(label, context_value, key_length) =
//!     HKDF-Expand-Label(Derive-Secret(Secret, label, ""), "exporter", Hash(context_value), key_length)
//! ```

use core::fmt;

use chancery_crypto::Hash;

use crate::{Hkdf, KeyScheduleError, TranscriptHash, hkdf::ScheduleSecret};

/// Exports keying material, as often as one likes.
pub struct Exporter<H>(ScheduleSecret<H>);

impl<H: Hash> Exporter<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// Fills `output` with keying material for `label` and `context`. An empty context and none
    /// are the same (RFC 8446 §7.5).
    ///
    /// # Errors
    /// If `label` exceeds 249 bytes or `output` 255 hash lengths.
    pub fn export(
        &self,
        label: &[u8],
        context: &[u8],
        output: &mut [u8],
    ) -> Result<(), KeyScheduleError> {
        let Self(ScheduleSecret { algorithm, labels, secret, .. }) = self;
        let nothing = TranscriptHash::of_nothing::<H>(*algorithm);
        // As long as it has to be, and written over.
        let mut derived = secret.clone();
        Hkdf::<H::Hmac>::from_pseudorandom_key(*algorithm, secret.as_bytes()).expand_label(
            *labels,
            label,
            nothing.as_bytes(),
            derived.as_mut_bytes(),
        )?;
        let mut context_hash = H::new(*algorithm);
        context_hash.update(context);
        Hkdf::<H::Hmac>::from_pseudorandom_key(*algorithm, derived.as_bytes()).expand_label(
            *labels,
            b"exporter",
            context_hash.finish().as_bytes(),
            output,
        )
    }

    /// The exporter secret itself, for a key log (`EXPORTER_SECRET`, RFC 9850 §2.1). Whoever has
    /// it can make every export.
    #[must_use]
    pub fn dangerous_as_bytes(&self) -> &[u8] {
        self.0.secret.as_bytes()
    }
}

impl<H> fmt::Debug for Exporter<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exporter({:?})", self.0)
    }
}
