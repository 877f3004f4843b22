//! Traffic secrets: the keys of one direction, the Finished over them, and the next generation
//! (RFC 8446 §4.4.4, §7.2, §7.3).

use core::fmt;

use chancery_crypto::{AeadAlgorithm, Digest, Hash, HashAlgorithm, NONCE_LEN, Secret};

use crate::{KeyScheduleError, LabelSet, TranscriptHash, hkdf::ScheduleSecret};

/// The longest AEAD key, in bytes.
const MAX_KEY_LEN: usize = 32;

/// A traffic secret of one direction and one generation.
pub struct TrafficSecret<H>(ScheduleSecret<H>);

impl<H: Hash> TrafficSecret<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// Takes a secret that came from elsewhere, such as a key log or another process.
    ///
    /// Dangerous, because nothing then shows that it is secret, or of this connection.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if `secret` is not of the hash's length.
    pub fn dangerous_from_slice(
        algorithm: HashAlgorithm,
        labels: LabelSet,
        secret: &[u8],
    ) -> Result<Self, KeyScheduleError> {
        if secret.len() != algorithm.output_len() {
            return Err(KeyScheduleError::WrongLength);
        }
        let secret = Digest::try_from(secret).map_err(|_| KeyScheduleError::WrongLength)?;
        Ok(Self(ScheduleSecret::new(algorithm, labels, secret)))
    }

    /// The secret itself, for a key log or a handover. Whoever has it reads this direction, and
    /// every later generation of it.
    #[must_use]
    pub fn dangerous_as_bytes(&self) -> &[u8] {
        self.0.secret.as_bytes()
    }

    /// The hash function of the suite.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.0.algorithm
    }

    /// The protocol that the secret is for.
    #[must_use]
    pub const fn labels(&self) -> LabelSet {
        self.0.labels
    }

    /// The record (or packet) protection key and IV (RFC 8446 §7.3).
    #[must_use]
    pub fn keys(&self, aead: AeadAlgorithm) -> TrafficKeys {
        TrafficKeys {
            aead,
            key: self.0.expand(self.0.labels.key(), &[], aead.key_len()),
            iv: self.0.expand(self.0.labels.iv(), &[], NONCE_LEN),
        }
    }

    /// The key that masks packet headers in QUIC (RFC 9001 §5.4.1), or record numbers in DTLS
    /// (RFC 9147 §4.2.3); `None` in TLS, which hides neither. In QUIC it stays the same over key
    /// updates: take it from the first generation (RFC 9001 §6).
    #[must_use]
    pub fn header_protection_key(&self, aead: AeadAlgorithm) -> Option<Secret<MAX_KEY_LEN>> {
        self.0.labels.header().map(|label| self.0.expand(label, &[], aead.key_len()))
    }

    /// The next generation, for a KeyUpdate (RFC 8446 §7.2). Drop this one.
    #[must_use]
    pub fn next(&self) -> Self {
        let len = self.0.algorithm.output_len();
        let secret = self.0.expand(self.0.labels.next(), &[], len);
        Self(ScheduleSecret::new(self.0.algorithm, self.0.labels, secret))
    }

    /// The `verify_data` of a Finished that the owner of this secret sends; `transcript` covers
    /// every message before it (RFC 8446 §4.4.4).
    #[must_use]
    pub fn verify_data(&self, transcript: &TranscriptHash) -> Digest {
        finished_mac(&self.0, transcript)
    }

    /// Checks the `verify_data` that the owner of this secret sent, in time that does not depend
    /// on it.
    ///
    /// # Errors
    /// [`KeyScheduleError::VerifyDataMismatch`]; the alert is `decrypt_error`.
    pub fn check_verify_data(
        &self,
        transcript: &TranscriptHash,
        received: &[u8],
    ) -> Result<(), KeyScheduleError> {
        check_mac(&self.verify_data(transcript), received)
    }
}

/// `HMAC(finished_key, transcript)` with the `finished_key` of `base` (RFC 8446 §4.4.4); binders
/// are made in the same way (§4.2.11.2).
pub(crate) fn finished_mac<H: Hash>(
    base: &ScheduleSecret<H>,
    transcript: &TranscriptHash,
) -> Digest {
    use chancery_crypto::Hmac as _;

    let finished_key: Digest = base.expand(b"finished", &[], base.algorithm.output_len());
    H::Hmac::new(base.algorithm, finished_key.as_bytes()).authenticate(&[transcript.as_bytes()])
}

pub(crate) fn check_mac(expected: &Digest, received: &[u8]) -> Result<(), KeyScheduleError> {
    if expected.equals(received) { Ok(()) } else { Err(KeyScheduleError::VerifyDataMismatch) }
}

impl<H> Clone for TrafficSecret<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> fmt::Debug for TrafficSecret<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrafficSecret({:?})", self.0)
    }
}

/// What protects the records of one direction and one generation.
#[derive(Clone)]
pub struct TrafficKeys {
    aead: AeadAlgorithm,
    key: Secret<MAX_KEY_LEN>,
    iv: Secret<NONCE_LEN>,
}

impl TrafficKeys {
    /// The algorithm that the key is for.
    #[must_use]
    pub const fn aead(&self) -> AeadAlgorithm {
        self.aead
    }

    /// The key, [`AeadAlgorithm::key_len`] bytes.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// The IV, which each sequence number is mixed into (RFC 8446 §5.3).
    #[must_use]
    pub fn iv(&self) -> [u8; NONCE_LEN] {
        let mut iv = [0; NONCE_LEN];
        for (to, from) in iv.iter_mut().zip(self.iv.as_bytes()) {
            *to = *from;
        }
        iv
    }
}

impl fmt::Debug for TrafficKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrafficKeys({:?}, [..])", self.aead)
    }
}
