//! Short messages of a batch, some at a time.

use chancery_crypto::{AeadError, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};

use super::load::Gather;
use crate::key::release;

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
    /// Takes the tag of what was encrypted or decrypted.
    fn finish(&mut self, tag: [u8; TAG_LEN]);
}

/// Passes messages to `groups`, `N` at a time, as far as it takes them: it returns how many groups
/// it took from the first on. Those that it does not, and what is left, go to `each`.
pub(crate) fn in_groups<M, E, const N: usize>(
    messages: &mut [M],
    mut groups: impl FnMut(&mut [[M; N]]) -> usize,
    mut each: impl FnMut(&mut M) -> Result<(), E>,
) -> Result<(), E> {
    let (mut left, rest) = messages.as_chunks_mut();
    while !left.is_empty() {
        let done = groups(left);
        left = &mut left[done..];
        if let Some(group) = left.split_off_first_mut() {
            group.iter_mut().try_for_each(&mut each)?;
        }
    }
    rest.iter_mut().try_for_each(each)
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
        let len = self.output.len().checked_sub(TAG_LEN)?;
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

    #[inline]
    fn finish(&mut self, tag: [u8; TAG_LEN]) {
        if let Some(place) = self.output.last_chunk_mut() {
            *place = tag;
        }
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
        self.in_out.len().checked_sub(TAG_LEN)
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

    #[inline]
    fn finish(&mut self, tag: [u8; TAG_LEN]) {
        self.opened = match self.in_out.split_last_chunk_mut() {
            Some((body, place)) => release(body, place, &tag).map(|_| ()),
            None => Err(AeadError::new()),
        };
    }
}
