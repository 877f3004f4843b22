//! TLS 1.2: the PRF (RFC 5246 §5), master secrets with and without the extended form (RFC 7627),
//! key blocks, Finished and exporters (RFC 5705).
//!
//! ```text
//! PRF(secret, label, seed) = P_hash(secret, label + seed)
//! P_hash(secret, seed) = HMAC_hash(secret, A(1) + seed) + HMAC_hash(secret, A(2) + seed) + ...
//! A(0) = seed, A(i) = HMAC_hash(secret, A(i-1))
//! ```
//!
//! Only the hashes and AEADs that suites with forward secrecy use are here.

use core::{fmt, marker::PhantomData};

use chancery_crypto::{AeadAlgorithm, Digest, Hash, HashAlgorithm, Hmac, NONCE_LEN, Secret};

use crate::{KeyScheduleError, TranscriptHash, traffic::check_mac};

/// Length of every master secret, in bytes (RFC 5246 §8.1).
const MASTER_LEN: usize = 48;

/// Length of `verify_data` in every suite here, in bytes (RFC 5246 §7.4.9).
const VERIFY_DATA_LEN: usize = 12;

/// The PRF of TLS 1.2: fills `output` (RFC 5246 §5). `seed` is the concatenation of its parts.
pub fn tls12_prf<M: Hmac>(
    algorithm: HashAlgorithm,
    secret: &[u8],
    label: &[u8],
    seed: [&[u8]; 2],
    output: &mut [u8],
) {
    let [first, second] = seed;
    prf::<M>(algorithm, secret, label, [first, second, &[], &[]], output);
}

fn prf<M: Hmac>(
    algorithm: HashAlgorithm,
    secret: &[u8],
    label: &[u8],
    seed: [&[u8]; 4],
    output: &mut [u8],
) {
    let hmac = M::new(algorithm, secret);
    let [s0, s1, s2, s3] = seed;
    let mut a = hmac.authenticate(&[label, s0, s1, s2, s3]);
    for chunk in output.chunks_mut(algorithm.output_len()) {
        let block = hmac.authenticate(&[a.as_bytes(), label, s0, s1, s2, s3]);
        for (to, from) in chunk.iter_mut().zip(block.as_bytes()) {
            *to = *from;
        }
        a = hmac.authenticate(&[a.as_bytes()]);
    }
}

/// The randoms of both hellos: every use of the master secret is bound to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "RFC 5246 has these two and no more")]
pub struct Tls12Randoms {
    /// `ClientHello.random`.
    pub client: [u8; 32],
    /// `ServerHello.random`.
    pub server: [u8; 32],
}

/// Who sends a Finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a connection has two ends")]
pub enum Tls12Side {
    /// `client finished`.
    Client,
    /// `server finished`.
    Server,
}

/// Whether a master secret is bound to the handshake that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binding {
    /// To the session hash (RFC 7627).
    Extended,
    /// To the randoms only, or unknown: another handshake may share it (the triple handshake
    /// attack, RFC 7627 §1).
    None,
}

/// A master secret of TLS 1.2.
pub struct Tls12MasterSecret<H> {
    algorithm: HashAlgorithm,
    binding: Binding,
    secret: Secret<MASTER_LEN>,
    provider: PhantomData<fn() -> H>,
}

impl<H: Hash> Tls12MasterSecret<H> {
    /// The extended master secret; `session_hash` covers all messages up to and including the
    /// ClientKeyExchange (RFC 7627 §3, §4).
    #[must_use]
    pub fn extended(
        algorithm: HashAlgorithm,
        premaster_secret: &[u8],
        session_hash: &TranscriptHash,
    ) -> Self {
        let label = b"extended master secret";
        let seed = [session_hash.as_bytes(), &[]];
        Self::derive(algorithm, Binding::Extended, premaster_secret, label, seed)
    }

    /// The master secret of a peer that does not know the extended one (RFC 5246 §8.1). It is not
    /// bound to the handshake; prefer [`Self::extended`].
    #[must_use]
    pub fn without_extension(
        algorithm: HashAlgorithm,
        premaster_secret: &[u8],
        randoms: &Tls12Randoms,
    ) -> Self {
        let seed = [&randoms.client[..], &randoms.server[..]];
        Self::derive(algorithm, Binding::None, premaster_secret, b"master secret", seed)
    }

    /// Takes a master secret that came from elsewhere, such as a key log. Dangerous, because
    /// nothing then shows that it is secret, or of this connection.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if it is not 48 bytes long.
    pub fn dangerous_from_slice(
        algorithm: HashAlgorithm,
        secret: &[u8],
    ) -> Result<Self, KeyScheduleError> {
        if secret.len() != MASTER_LEN {
            return Err(KeyScheduleError::WrongLength);
        }
        let secret = Secret::try_from(secret).map_err(|_| KeyScheduleError::WrongLength)?;
        Ok(Self { algorithm, binding: Binding::None, secret, provider: PhantomData })
    }

    fn derive(
        algorithm: HashAlgorithm,
        binding: Binding,
        premaster_secret: &[u8],
        label: &[u8],
        seed: [&[u8]; 2],
    ) -> Self {
        let mut secret = Secret::from([0; MASTER_LEN]);
        tls12_prf::<H::Hmac>(algorithm, premaster_secret, label, seed, secret.as_mut_bytes());
        Self { algorithm, binding, secret, provider: PhantomData }
    }

    /// The secret itself, for a key log (`CLIENT_RANDOM`, RFC 9850 §2.2) or a session cache.
    /// Whoever has it can read, forge and resume the connection.
    #[must_use]
    pub fn dangerous_as_bytes(&self) -> &[u8] {
        self.secret.as_bytes()
    }

    /// The keys of both directions (RFC 5246 §6.3).
    #[must_use]
    pub fn key_block(&self, aead: AeadAlgorithm, randoms: &Tls12Randoms) -> Tls12KeyBlock {
        // Server first, unlike everywhere else.
        let mut block = Secret::from([0; 2 * (32 + NONCE_LEN)]);
        let seed = [&randoms.server[..], &randoms.client[..]];
        tls12_prf::<H::Hmac>(
            self.algorithm,
            self.secret.as_bytes(),
            b"key expansion",
            seed,
            block.as_mut_bytes(),
        );
        Tls12KeyBlock { aead, block }
    }

    /// The `verify_data` of the Finished that `side` sends; `transcript` covers every message
    /// before it (RFC 5246 §7.4.9).
    #[must_use]
    pub fn verify_data(
        &self,
        side: Tls12Side,
        transcript: &TranscriptHash,
    ) -> [u8; VERIFY_DATA_LEN] {
        let label: &[u8] = match side {
            Tls12Side::Client => b"client finished",
            Tls12Side::Server => b"server finished",
        };
        let mut verify_data = [0; VERIFY_DATA_LEN];
        let seed = [transcript.as_bytes(), &[]];
        tls12_prf::<H::Hmac>(self.algorithm, self.secret.as_bytes(), label, seed, &mut verify_data);
        verify_data
    }

    /// Checks the `verify_data` that `side` sent, in time that does not depend on it.
    ///
    /// # Errors
    /// [`KeyScheduleError::VerifyDataMismatch`]; the alert is `decrypt_error`.
    pub fn check_verify_data(
        &self,
        side: Tls12Side,
        transcript: &TranscriptHash,
        received: &[u8],
    ) -> Result<(), KeyScheduleError> {
        let expected = Digest::try_from(&self.verify_data(side, transcript)[..])
            .map_err(|_| KeyScheduleError::WrongLength)?;
        check_mac(&expected, received)
    }

    /// Exports keying material (RFC 5705 §4). Here an empty context and none differ.
    ///
    /// # Errors
    /// [`KeyScheduleError::NotExtended`] if the master secret is not the extended one, since the
    /// export would not be bound to the connection (RFC 7627 §5.4);
    /// [`KeyScheduleError::ContextTooLong`] above 65,535 bytes.
    pub fn export(
        &self,
        randoms: &Tls12Randoms,
        label: &[u8],
        context: Option<&[u8]>,
        output: &mut [u8],
    ) -> Result<(), KeyScheduleError> {
        match self.binding {
            Binding::Extended => {
                self.dangerous_export_without_extension(randoms, label, context, output)
            }
            Binding::None => Err(KeyScheduleError::NotExtended),
        }
    }

    /// [`Self::export`] of any master secret. Dangerous: an attacker between two connections can
    /// make both export the same (RFC 7627 §1).
    ///
    /// # Errors
    /// [`KeyScheduleError::ContextTooLong`] above 65,535 bytes.
    pub fn dangerous_export_without_extension(
        &self,
        randoms: &Tls12Randoms,
        label: &[u8],
        context: Option<&[u8]>,
        output: &mut [u8],
    ) -> Result<(), KeyScheduleError> {
        let context_len = context
            .map(|context| u16::try_from(context.len()).map(u16::to_be_bytes))
            .transpose()
            .map_err(|_| KeyScheduleError::ContextTooLong)?;
        let seed = [
            &randoms.client[..],
            &randoms.server,
            context_len.as_ref().map_or(&[][..], |len| len),
            context.unwrap_or_default(),
        ];
        prf::<H::Hmac>(self.algorithm, self.secret.as_bytes(), label, seed, output);
        Ok(())
    }
}

impl<H> fmt::Debug for Tls12MasterSecret<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls12MasterSecret({:?}, {:?}, [..])", self.algorithm, self.binding)
    }
}

/// The keys that an AEAD suite takes from the key block; it has no MAC keys (RFC 5246 §6.3).
pub struct Tls12KeyBlock {
    aead: AeadAlgorithm,
    block: Secret<{ 2 * (32 + NONCE_LEN) }>,
}

impl Tls12KeyBlock {
    /// Length of `client_write_IV` and `server_write_IV`, in bytes: 4 of salt for AES-GCM
    /// (RFC 5288 §3), 12 for ChaCha20-Poly1305 (RFC 7905 §2).
    const fn iv_len(&self) -> usize {
        match self.aead {
            AeadAlgorithm::ChaCha20Poly1305 => NONCE_LEN,
            _ => 4,
        }
    }

    fn part(&self, start: usize, len: usize) -> &[u8] {
        self.block.as_bytes().get(start..start + len).unwrap_or_default()
    }

    /// The algorithm that the keys are for.
    #[must_use]
    pub const fn aead(&self) -> AeadAlgorithm {
        self.aead
    }

    /// `client_write_key`.
    #[must_use]
    pub fn client_key(&self) -> &[u8] {
        self.part(0, self.aead.key_len())
    }

    /// `server_write_key`.
    #[must_use]
    pub fn server_key(&self) -> &[u8] {
        self.part(self.aead.key_len(), self.aead.key_len())
    }

    /// `client_write_IV`: a salt of 4 bytes, or 12 to mix the sequence number into.
    #[must_use]
    pub fn client_iv(&self) -> &[u8] {
        self.part(2 * self.aead.key_len(), self.iv_len())
    }

    /// `server_write_IV`.
    #[must_use]
    pub fn server_iv(&self) -> &[u8] {
        self.part(2 * self.aead.key_len() + self.iv_len(), self.iv_len())
    }
}

impl fmt::Debug for Tls12KeyBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls12KeyBlock({:?}, [..])", self.aead)
    }
}
