//! HKDF (RFC 5869) and the two functions that TLS 1.3 builds on it (RFC 8446 §7.1).

use core::{fmt, marker::PhantomData};

use chancery_crypto::{Digest, Hash, HashAlgorithm, Hmac, Secret};

use crate::{KeyScheduleError, LabelSet, TranscriptHash};

/// A pseudorandom key, ready to be expanded (RFC 5869 §2.3).
///
/// The stages of the schedule use it; it is public for protocols that bring labels of their own,
/// such as HPKE (RFC 9180 §4) and MLS (RFC 9420 §8).
#[derive(Clone)]
pub struct Hkdf<M> {
    algorithm: HashAlgorithm,
    hmac: M,
}

impl<M: Hmac> Hkdf<M> {
    /// HKDF-Extract over the concatenation of `input_keying_material` (RFC 5869 §2.2).
    #[must_use]
    pub fn extract(
        algorithm: HashAlgorithm,
        salt: &[u8],
        input_keying_material: &[&[u8]],
    ) -> Digest {
        M::new(algorithm, salt).authenticate(input_keying_material)
    }

    /// Takes a pseudorandom key as [`Self::extract`] returns it.
    #[must_use]
    pub fn from_pseudorandom_key(algorithm: HashAlgorithm, pseudorandom_key: &[u8]) -> Self {
        Self { algorithm, hmac: M::new(algorithm, pseudorandom_key) }
    }

    /// HKDF-Expand: fills `output` (RFC 5869 §2.3).
    ///
    /// # Errors
    /// [`KeyScheduleError::OutputTooLong`] above 255 hash lengths.
    pub fn expand(&self, info: &[u8], output: &mut [u8]) -> Result<(), KeyScheduleError> {
        if output.len() > 255 * self.algorithm.output_len() {
            return Err(KeyScheduleError::OutputTooLong);
        }
        self.expand_parts([info, &[], &[], &[], &[], &[]], output);
        Ok(())
    }

    /// HKDF-Expand-Label: fills `output` (RFC 8446 §7.1).
    ///
    /// `label` comes without its prefix, which is of `labels`.
    ///
    /// # Errors
    /// If `label` with its prefix or `context` exceeds 255 bytes, or `output` what HKDF can give.
    pub fn expand_label(
        &self,
        labels: LabelSet,
        label: &[u8],
        context: &[u8],
        output: &mut [u8],
    ) -> Result<(), KeyScheduleError> {
        let label_len = u8::try_from(labels.prefix().len() + label.len())
            .map_err(|_| KeyScheduleError::LabelTooLong)?;
        let context_len =
            u8::try_from(context.len()).map_err(|_| KeyScheduleError::ContextTooLong)?;
        let length = u16::try_from(output.len()).map_err(|_| KeyScheduleError::OutputTooLong)?;
        if output.len() > 255 * self.algorithm.output_len() {
            return Err(KeyScheduleError::OutputTooLong);
        }
        self.expand_parts(
            [&length.to_be_bytes(), &[label_len], labels.prefix(), label, &[context_len], context],
            output,
        );
        Ok(())
    }

    /// T(1) ‖ T(2) ‖ …, where T(n) = HMAC(PRK, T(n-1) ‖ info ‖ n) (RFC 5869 §2.3). At most 255
    /// rounds, which the callers have made sure of.
    fn expand_parts(&self, info: [&[u8]; 6], output: &mut [u8]) {
        let [a, b, c, d, e, f] = info;
        let mut previous: Option<Digest> = None;
        for (counter, chunk) in (1u8..=255).zip(output.chunks_mut(self.algorithm.output_len())) {
            let before = previous.as_ref().map_or(&[][..], Digest::as_bytes);
            let block = self.hmac.authenticate(&[before, a, b, c, d, e, f, &[counter]]);
            for (to, from) in chunk.iter_mut().zip(block.as_bytes()) {
                *to = *from;
            }
            previous = Some(block);
        }
    }
}

impl<M> fmt::Debug for Hkdf<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hkdf({:?}, [..])", self.algorithm)
    }
}

/// One secret of the schedule with the way to derive from it.
pub(crate) struct ScheduleSecret<H> {
    pub(crate) algorithm: HashAlgorithm,
    pub(crate) labels: LabelSet,
    pub(crate) secret: Digest,
    provider: PhantomData<fn() -> H>,
}

impl<H: Hash> ScheduleSecret<H> {
    pub(crate) const fn new(algorithm: HashAlgorithm, labels: LabelSet, secret: Digest) -> Self {
        Self { algorithm, labels, secret, provider: PhantomData }
    }

    /// HKDF-Extract with this stage's `derived` secret as the salt: the step to the next stage
    /// (RFC 8446 §7.1).
    pub(crate) fn next_stage(&self, input_keying_material: &[&[u8]]) -> Self {
        let salt = self.derive(b"derived", &TranscriptHash::of_nothing::<H>(self.algorithm));
        let secret =
            Hkdf::<H::Hmac>::extract(self.algorithm, salt.secret.as_bytes(), input_keying_material);
        Self::new(self.algorithm, self.labels, secret)
    }

    /// Derive-Secret, with the transcript already hashed (RFC 8446 §7.1).
    pub(crate) fn derive(&self, label: &'static [u8], transcript: &TranscriptHash) -> Self {
        Self::new(
            self.algorithm,
            self.labels,
            self.expand(label, transcript.as_bytes(), self.algorithm.output_len()),
        )
    }

    /// A secret that covers no transcript, not even an empty one: QUIC's Initial secrets.
    pub(crate) fn derive_without_context(&self, label: &'static [u8]) -> Self {
        let secret = self.expand(label, &[], self.algorithm.output_len());
        Self::new(self.algorithm, self.labels, secret)
    }

    /// HKDF-Expand-Label of `len` bytes, for the labels and lengths of the standards.
    #[allow(clippy::expect_used, reason = "no input reaches it, and a silent short key is worse")]
    pub(crate) fn expand<const N: usize>(
        &self,
        label: &'static [u8],
        context: &[u8],
        len: usize,
    ) -> Secret<N> {
        let mut output = Secret::zeroed(len).expect("no algorithm's output exceeds its own bound");
        Hkdf::<H::Hmac>::from_pseudorandom_key(self.algorithm, self.secret.as_bytes())
            .expand_label(self.labels, label, context, output.as_mut_bytes())
            .expect("the standards' labels fit into HkdfLabel");
        output
    }
}

impl<H> Clone for ScheduleSecret<H> {
    fn clone(&self) -> Self {
        Self {
            algorithm: self.algorithm,
            labels: self.labels,
            secret: self.secret.clone(),
            provider: PhantomData,
        }
    }
}

/// All that a type around a [`ScheduleSecret`] shows of itself.
impl<H> fmt::Debug for ScheduleSecret<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}, [..]", self.labels, self.algorithm)
    }
}
