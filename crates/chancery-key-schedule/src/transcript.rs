//! The transcript hash (RFC 8446 §4.4.1): a running hash of handshake messages, header included.
//!
//! ```text
//! Transcript-Hash(M1, M2, ... Mn) = Hash(M1 || M2 || ... || Mn)
//!
//! after a HelloRetryRequest, ClientHello1 counts as
//!     message_hash (254) || 00 00 || Hash.length || Hash(ClientHello1)
//! ```
//!
//! What is a message, and when each is taken in, is the caller's knowledge. DTLS leaves
//! `message_seq`, `fragment_offset` and `fragment_length` out (RFC 9147 §5.2), which is also the
//! caller's work.

use core::fmt;

use chancery_crypto::{Digest, Hash, HashAlgorithm};

use crate::KeyScheduleError;

/// `message_hash` of RFC 8446 §4 (HandshakeType).
const MESSAGE_HASH: u8 = 254;

/// A running hash over the handshake's messages.
///
/// `Clone` forks it. A client that does not yet know the hash function keeps its ClientHello and
/// takes it in once the ServerHello has chosen.
#[derive(Clone)]
pub struct Transcript<H> {
    hash: H,
}

impl<H: Hash> Transcript<H> {
    /// A transcript of no message.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm) -> Self {
        Self { hash: H::new(algorithm) }
    }

    /// Which hash function runs.
    #[must_use]
    pub fn algorithm(&self) -> HashAlgorithm {
        self.hash.algorithm()
    }

    /// Takes in one message, or a part of one: its four-byte header and its body.
    pub fn update(&mut self, message: &[u8]) {
        self.hash.update(message);
    }

    /// The hash of everything so far; the transcript goes on.
    #[must_use]
    pub fn hash(&self) -> TranscriptHash {
        self.hash_with(&[])
    }

    /// The hash of everything so far and of `partial`, which is not taken in.
    ///
    /// With the truncated ClientHello it gives what a binder covers: the message, whose length
    /// fields say its full length, up to and excluding the list of binders (RFC 8446 §4.2.11.2).
    #[must_use]
    pub fn hash_with(&self, partial: &[u8]) -> TranscriptHash {
        let mut fork = self.hash.clone();
        fork.update(partial);
        TranscriptHash(fork.finish())
    }

    /// What the binders in `client_hello` cover (RFC 8446 §4.2.11.2): everything so far, and the
    /// message without its last `binders_len` bytes, the list of binders with its length field.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if `client_hello` is shorter than that.
    pub fn hash_truncated(
        &self,
        client_hello: &[u8],
        binders_len: usize,
    ) -> Result<TranscriptHash, KeyScheduleError> {
        client_hello
            .len()
            .checked_sub(binders_len)
            .and_then(|len| client_hello.get(..len))
            .map(|truncated| self.hash_with(truncated))
            .ok_or(KeyScheduleError::WrongLength)
    }

    /// Replaces what was taken in, which has to be ClientHello1 alone, by the synthetic
    /// `message_hash` (RFC 8446 §4.4.1). The HelloRetryRequest itself is taken in next.
    #[must_use]
    pub fn into_message_hash(self) -> Self {
        let algorithm = self.hash.algorithm();
        Self::from_message_hash(algorithm, &TranscriptHash(self.hash.finish()))
    }

    /// A transcript that begins with the `message_hash` of a ClientHello1 hashed earlier: how a
    /// server without state goes on from the hash that it put into its cookie (RFC 8446 §4.2.2).
    #[must_use]
    pub fn from_message_hash(algorithm: HashAlgorithm, client_hello: &TranscriptHash) -> Self {
        let length = u8::try_from(algorithm.output_len()).unwrap_or(u8::MAX);
        let mut hash = H::new(algorithm);
        hash.update(&[MESSAGE_HASH, 0, 0, length]);
        hash.update(client_hello.as_bytes());
        Self { hash }
    }
}

impl<H: Hash> fmt::Debug for Transcript<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transcript({:?})", self.hash.algorithm())
    }
}

/// A transcript hash at one point of the handshake.
#[derive(Clone)]
pub struct TranscriptHash(Digest);

impl TranscriptHash {
    /// Takes a hash that was computed elsewhere.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if `hash` is not of the algorithm's length.
    pub fn from_slice(algorithm: HashAlgorithm, hash: &[u8]) -> Result<Self, KeyScheduleError> {
        if hash.len() != algorithm.output_len() {
            return Err(KeyScheduleError::WrongLength);
        }
        Digest::try_from(hash).map(Self).map_err(|_| KeyScheduleError::WrongLength)
    }

    /// `Hash("")`, the context of the labels that cover no message.
    pub(crate) fn of_nothing<H: Hash>(algorithm: HashAlgorithm) -> Self {
        Self(H::new(algorithm).finish())
    }

    /// Its bytes: the signed content of a CertificateVerify needs them (RFC 8446 §4.4.3).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A transcript hash is no secret, and useful in a log.
impl fmt::Debug for TranscriptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TranscriptHash(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
