//! Short messages of a batch, some at a time.

use chancery_crypto::{NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};

use super::load::Gather;
use super::order::scalar;

/// The tags of `N` messages.
pub(crate) type Tags<const N: usize> = [[u8; TAG_LEN]; N];

/// The longest additional data of a short message: one block.
pub(crate) const SHORT_AAD: usize = 16;

/// A message of a batch, whichever way it goes.
pub(crate) trait Batched {
    fn nonce(&self) -> &[u8; NONCE_LEN];
    fn aad(&self) -> &[u8];
    /// How many bytes are to be encrypted or decrypted; `None` if its lengths do not fit each other.
    fn len(&self) -> Option<usize>;
    /// How many of them stand in one piece.
    fn input_len(&self) -> usize;
    /// What is to be encrypted or decrypted.
    fn text(&mut self) -> Gather<'_>;
}

/// Whether messages are `len` bytes long, with `aad_len` of additional data, and read in one piece
/// but for their last 64 bytes.
#[inline(always)]
pub(crate) fn are_alike(messages: &[impl Batched], len: usize, aad_len: usize) -> bool {
    let whole = len.saturating_sub(1) / 64 * 64;
    messages
        .iter()
        .all(|m| m.len() == Some(len) && m.aad().len() == aad_len && m.input_len() >= whole)
}

/// The additional data of the first of some messages, of at most [`SHORT_AAD`] bytes.
///
/// Records of one length have the same (RFC 8446 §5.2).
pub(crate) struct FirstAad {
    bytes: [u8; SHORT_AAD],
    len: usize,
}

impl FirstAad {
    #[inline]
    pub(crate) fn of(message: &impl Batched) -> Self {
        let aad = message.aad();
        let mut bytes = [0; SHORT_AAD];
        bytes[..aad.len()].copy_from_slice(aad);
        Self { bytes, len: aad.len() }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Whether `aad`, which has the same length, is the same.
    #[inline]
    pub(crate) fn is(&self, aad: &[u8]) -> bool {
        /// Compares the first and the last `N` bytes.
        #[inline]
        fn ends<const N: usize>(a: &[u8], b: &[u8]) -> Option<bool> {
            let first = a.first_chunk::<N>()? == b.first_chunk::<N>()?;
            Some(first && a.last_chunk::<N>()? == b.last_chunk::<N>()?)
        }
        let first = self.bytes();
        ends::<8>(first, aad).or_else(|| ends::<4>(first, aad)).unwrap_or_else(|| first == aad)
    }
}

impl<K> Batched for SealMessage<'_, K> {
    #[inline]
    fn nonce(&self) -> &[u8; NONCE_LEN] {
        &self.nonce
    }

    #[inline]
    fn aad(&self) -> &[u8] {
        self.aad
    }

    #[inline]
    fn len(&self) -> Option<usize> {
        let len = scalar(self.output.len()).checked_sub(TAG_LEN)?;
        (self.input.len().checked_add(self.extra.len()) == Some(len)).then_some(len)
    }

    #[inline]
    fn input_len(&self) -> usize {
        self.input.len()
    }

    #[inline]
    fn text(&mut self) -> Gather<'_> {
        let len = self.output.len().saturating_sub(TAG_LEN);
        Gather::new(self.input, self.extra, &mut self.output[..len])
    }
}

impl<K> Batched for OpenMessage<'_, K> {
    #[inline]
    fn nonce(&self) -> &[u8; NONCE_LEN] {
        &self.nonce
    }

    #[inline]
    fn aad(&self) -> &[u8] {
        self.aad
    }

    #[inline]
    fn len(&self) -> Option<usize> {
        scalar(self.in_out.len()).checked_sub(TAG_LEN)
    }

    #[inline]
    fn input_len(&self) -> usize {
        self.in_out.len()
    }

    #[inline]
    fn text(&mut self) -> Gather<'_> {
        let len = self.in_out.len().saturating_sub(TAG_LEN);
        Gather::in_place(&mut self.in_out[..len])
    }
}
