//! Authenticated encryption (RFC 5116) with the shapes that a record layer needs.

use core::fmt;

/// Nonce length of every algorithm here, in bytes (RFC 5116 §5, RFC 8439 §2.8).
pub const NONCE_LEN: usize = 12;

/// Tag length of every algorithm here, in bytes.
pub const TAG_LEN: usize = 16;

/// The AEAD algorithms that TLS 1.3 suites name (RFC 8446 §B.4), without the CCM ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AeadAlgorithm {
    /// AES-128 in Galois/Counter Mode (NIST SP 800-38D).
    Aes128Gcm,
    /// AES-256 in Galois/Counter Mode (NIST SP 800-38D).
    Aes256Gcm,
    /// ChaCha20 and Poly1305 (RFC 8439).
    ChaCha20Poly1305,
}

impl AeadAlgorithm {
    /// Key length in bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 => 32,
        }
    }
}

/// One AEAD key, set up once and used for many messages.
///
/// Whoever calls chooses the nonces, and must never seal twice with one: `chancery-record` makes
/// that impossible for TLS records.
pub trait AeadKey: Sized + Send + Sync {
    /// Sets up a key.
    ///
    /// # Errors
    /// If `key` is not [`AeadAlgorithm::key_len`] bytes long, or the provider lacks the algorithm.
    fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError>;

    /// Which algorithm this key is for.
    fn algorithm(&self) -> AeadAlgorithm;

    /// Seals `input ‖ extra`, read where they stand, into `output`: ciphertext, then the tag.
    ///
    /// `extra` is a short tail, such as TLS 1.3's inner content type and padding (RFC 8446 §5.2),
    /// which thus needs no copy of `input`.
    ///
    /// # Errors
    /// If `output` is not `input.len() + extra.len() + TAG_LEN` bytes long, or the message is
    /// longer than the algorithm allows.
    fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        input: &[u8],
        extra: &[u8],
        output: &mut [u8],
    ) -> Result<(), AeadError>;

    /// Seals `in_out` where it stands and returns the tag.
    ///
    /// # Errors
    /// If the message is longer than the algorithm allows.
    fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError>;

    /// Opens `in_out`, which is ciphertext and tag, where it stands; the plaintext is the returned
    /// front part.
    ///
    /// # Errors
    /// If the tag does not fit; nothing of the plaintext is then left in `in_out`.
    fn open_in_place<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError>;

    /// Seals many messages, of one key or of several, in one call, so that an implementation can
    /// overlap the end of one with the start of the next.
    ///
    /// # Errors
    /// As [`Self::seal`]; then none of the outputs may be used.
    fn seal_batch(messages: &mut [SealMessage<'_, Self>]) -> Result<(), AeadError> {
        messages
            .iter_mut()
            .try_for_each(|m| m.key.seal(&m.nonce, m.aad, m.input, m.extra, m.output))
    }

    /// Opens many messages in one call; each gets its own verdict in [`OpenMessage::opened`].
    fn open_batch(messages: &mut [OpenMessage<'_, Self>]) {
        for m in messages {
            m.opened = m.key.open_in_place(&m.nonce, m.aad, m.in_out).map(|_| ());
        }
    }
}

/// One message of [`AeadKey::seal_batch`]; the fields are the arguments of [`AeadKey::seal`].
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "an argument list, built by the caller")]
pub struct SealMessage<'a, K> {
    /// The key of this message.
    pub key: &'a K,
    /// The nonce, used for no other message under this key.
    pub nonce: [u8; NONCE_LEN],
    /// Additional data: authenticated, not encrypted.
    pub aad: &'a [u8],
    /// The plaintext.
    pub input: &'a [u8],
    /// The plaintext's tail.
    pub extra: &'a [u8],
    /// `input.len() + extra.len() + TAG_LEN` bytes for ciphertext and tag.
    pub output: &'a mut [u8],
}

/// One message of [`AeadKey::open_batch`].
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "an argument list, built by the caller")]
pub struct OpenMessage<'a, K> {
    /// The key of this message.
    pub key: &'a K,
    /// Its nonce.
    pub nonce: [u8; NONCE_LEN],
    /// Additional data.
    pub aad: &'a [u8],
    /// Ciphertext and tag; the plaintext in front afterwards.
    pub in_out: &'a mut [u8],
    /// The verdict. Set it to `Err(AeadError::new())` beforehand.
    pub opened: Result<(), AeadError>,
}

/// Sealing or opening failed. It says nothing more, so that it can betray nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AeadError;

impl AeadError {
    /// The error; it carries nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Default for AeadError {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for AeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("authenticated encryption failed")
    }
}

impl core::error::Error for AeadError {}
