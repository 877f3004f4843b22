//! Pre-shared keys (RFC 8446 §4.2.11): from tickets of earlier connections, or agreed on elsewhere.
//!
//! ```text
//! client   Ticket, or a key from elsewhere ──► OfferedPsk ──► start_with_psks
//! server   Session, or a key from elsewhere ─► AcceptedPsk ─► Choice
//! ```
//!
//! They are used with (EC)DHE only (`psk_dhe_ke`), so that a stolen one does not open recordings.

use alloc::{vec, vec::Vec};
use core::fmt;

use chancery_crypto::{Hash, HashAlgorithm};
use chancery_key_schedule::{Early, ImportedIdentity, LabelSet, PskKind, Transcript};
use chancery_wire::{ClientHello, PskKeyExchangeMode};
use zeroize::Zeroizing;

use crate::{Authentication, HandshakeError, Violation};

/// A pre-shared key that a client offers.
#[derive(Clone)]
pub struct OfferedPsk {
    pub(crate) identity: Vec<u8>,
    pub(crate) obfuscated_age: u32,
    pub(crate) key: AcceptedPsk,
}

impl OfferedPsk {
    /// A key that both sides have from elsewhere, under the name `identity`. `hash` has to be that
    /// of the suite (RFC 8446 §4.2.11); SHA-256 where nothing else was agreed on.
    ///
    /// The key has to be as random as any other: whoever sees a handshake can test guesses
    /// (RFC 9257 §4.2).
    #[must_use]
    pub fn external(identity: &[u8], key: &[u8], hash: HashAlgorithm) -> Self {
        // RFC 8446 §4.2.11: "For identities established externally, an obfuscated_ticket_age of 0
        // SHOULD be used".
        let key = AcceptedPsk::external(key, hash);
        Self { identity: identity.to_vec(), obfuscated_age: 0, key }
    }

    /// The same, imported for TLS 1.3 and the suites of one hash (RFC 9258): see [`AcceptedPsk::imported`].
    /// Offer one for each hash that your suites have (RFC 9258 §5.1).
    ///
    /// # Errors
    /// None for an identity that [`ImportedIdentity::new`] has made.
    pub fn imported<H: Hash>(
        identity: &ImportedIdentity<'_>,
        epsk: &[u8],
        epsk_hash: HashAlgorithm,
    ) -> Result<Self, HandshakeError> {
        let key = AcceptedPsk::imported::<H>(identity, epsk, epsk_hash)?;
        let mut encoded = vec![0; identity.encoded_len()];
        identity.write(&mut encoded)?;
        Ok(Self { identity: encoded, obfuscated_age: 0, key })
    }
}

impl fmt::Debug for OfferedPsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfferedPsk({:?}, [..])", self.key.kind)
    }
}

/// A pre-shared key that a server has found under an identity.
#[derive(Clone)]
pub struct AcceptedPsk {
    pub(crate) key: Zeroizing<Vec<u8>>,
    pub(crate) hash: HashAlgorithm,
    pub(crate) kind: PskKind,
}

impl AcceptedPsk {
    /// A key that both sides have from elsewhere; see [`OfferedPsk::external`].
    #[must_use]
    pub fn external(key: &[u8], hash: HashAlgorithm) -> Self {
        Self::new(key, hash, PskKind::External)
    }

    /// The key that `epsk`, from elsewhere, is imported as (RFC 9258 §5.1), so that no two protocols or hashes ever
    /// share one. `epsk_hash` belongs to `epsk`: SHA-256 where nothing else was agreed on.
    ///
    /// # Errors
    /// None for an identity that [`ImportedIdentity::new`] has made.
    pub fn imported<H: Hash>(
        identity: &ImportedIdentity<'_>,
        epsk: &[u8],
        epsk_hash: HashAlgorithm,
    ) -> Result<Self, HandshakeError> {
        let key = identity.import::<H>(epsk_hash, epsk)?;
        Ok(Self::new(key.as_bytes(), identity.hash(), PskKind::Imported))
    }

    pub(crate) fn new(key: &[u8], hash: HashAlgorithm, kind: PskKind) -> Self {
        Self { key: Zeroizing::new(key.to_vec()), hash, kind }
    }

    /// The hash that its suite has to have.
    #[must_use]
    pub const fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// What a handshake with it proves, if the client called it `identity`.
    pub(crate) fn authentication(&self, identity: &[u8]) -> Authentication {
        let external = match self.kind {
            PskKind::Resumption => return Authentication::Resumption,
            PskKind::Imported => ImportedIdentity::parse(identity),
            _ => None,
        };
        let identity = external.map_or(identity, |imported| imported.external_identity());
        Authentication::ExternalPsk { identity: identity.to_vec() }
    }

    /// The key schedule that begins with it (RFC 8446 §7.1).
    pub(crate) fn early<H: Hash>(&self, labels: LabelSet) -> Early<H> {
        Early::with_psk(self.hash, labels, &self.key)
    }

    /// Finds the identity in the message and checks its binder (RFC 8446 §4.2.11.2). `before` is the
    /// transcript in front of the message; the answer is the identity's index, or nothing if it is
    /// not there any more, or not offered with (EC)DHE.
    pub(crate) fn check<H: Hash>(
        &self,
        identity: &[u8],
        message: &ClientHello<'_>,
        raw: &[u8],
        before: &Transcript<H>,
        labels: LabelSet,
    ) -> Result<Option<u16>, Violation> {
        let offered = message.extensions.offered_psks().filter(|_| has_dhe_mode(message));
        let (Some(offered), Some(truncated)) = (offered, message.truncated(raw)) else {
            return Ok(None);
        };
        let mut pairs = offered.identities.iter().zip(offered.binders).zip(0..);
        let found = pairs.find(|((candidate, _), _)| candidate.identity == identity);
        let Some(((_, binder), index)) = found else { return Ok(None) };
        // "Prior to accepting PSK key establishment, the server MUST validate the corresponding
        // binder value. If this value is not present or does not validate, the server MUST abort
        // the handshake."
        self.early::<H>(labels)
            .binder_key(self.kind)
            .check(&before.hash_with(truncated), binder.0)
            .map_err(|_| Violation::Binder)?;
        Ok(Some(index))
    }
}

impl fmt::Debug for AcceptedPsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AcceptedPsk({:?}, [..])", self.kind)
    }
}

/// RFC 8446 §4.2.9: "Servers MUST NOT select a key exchange mode that is not listed by the client."
pub(crate) fn has_dhe_mode(message: &ClientHello<'_>) -> bool {
    message
        .extensions
        .psk_key_exchange_modes()
        .is_some_and(|modes| modes.contains(&PskKeyExchangeMode::PSK_DHE_KE))
}
