//! Sealing many records a call, so that the AEAD can overlap the end of one with the start of the next.

use core::array;

use chancery_crypto::{AeadKey, NONCE_LEN, SealMessage, TAG_LEN};

use crate::{
    ContentType, HEADER_LEN, SealError, Sealer,
    nonce::NonceSequence,
    seal::{RecordForm, seal_record, split_header},
};

/// How many records the AEAD sees at once. The list of them is on the stack.
pub(crate) const BATCH: usize = 32;

impl<K: AeadKey> Sealer<K> {
    /// Seals all of `content`, in as many records as it takes, into the front of `output`; returns
    /// the length of them all. Content of no bytes makes no record.
    ///
    /// # Errors
    /// As [`Sealer::seal`]; [`Sealer::sealed_len`] says how long `output` has to be.
    pub fn seal_all(
        &mut self,
        content_type: ContentType,
        content: &[u8],
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        let max = self.max_content_len();
        self.form.check(content_type, content.len().min(max))?;
        if content.is_empty() {
            return Ok(0);
        }
        // One record has no other to overlap with, and the list of them would cost it dear.
        if content.len() <= max {
            return self.seal(content_type, content, output);
        }
        let len = self.sealed_len(content.len());
        self.seal_run(content_type, content.len().div_ceil(max), content.chunks(max), len, output)
    }

    /// Seals each of `contents` as one record, one after the other, into the front of `output`;
    /// returns the length of them all.
    ///
    /// # Errors
    /// As [`Sealer::seal`], for the first that it holds for; nothing is sealed then.
    pub fn seal_batch(
        &mut self,
        content_type: ContentType,
        contents: &[&[u8]],
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        if let [content] = contents {
            return self.seal(content_type, content, output);
        }
        let len = self.form.check_each(content_type, contents)?;
        self.seal_run(content_type, contents.len(), contents.iter().copied(), len, output)
    }

    fn seal_run<'a>(
        &mut self,
        content_type: ContentType,
        count: usize,
        contents: impl Iterator<Item = &'a [u8]>,
        len: usize,
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        let output = output.get_mut(..len).ok_or(SealError::OutputTooShort { needed: len })?;
        let count = u64::try_from(count).map_err(|_| SealError::SequenceExhausted)?;
        let first = self.take_many(content_type, count)?;
        let run = Run { key: &self.key, nonces: &self.nonces, form: self.form, content_type };
        let sealed = run.seal(first, contents, output);
        self.settle(sealed)?;
        Ok(len)
    }
}

impl RecordForm {
    /// Checks each content and returns the length of all their records.
    pub(crate) fn check_each(
        self,
        content_type: ContentType,
        contents: &[&[u8]],
    ) -> Result<usize, SealError> {
        contents.iter().try_fold(0usize, |len, content| {
            self.check(content_type, content.len())?;
            len.checked_add(self.record_len(content.len())).ok_or(SealError::PlaintextTooLong)
        })
    }
}

/// Records that follow one another, under one key.
pub(crate) struct Run<'k, K> {
    pub(crate) key: &'k K,
    pub(crate) nonces: &'k NonceSequence,
    pub(crate) form: RecordForm,
    pub(crate) content_type: ContentType,
}

impl<K: AeadKey> Run<'_, K> {
    /// Seals each of `contents`, the first with the number `sequence`, into `output`, which is as
    /// long as they need. Whoever calls has taken the numbers and checked the contents.
    pub(crate) fn seal<'a, 'c: 'a>(
        &'a self,
        mut sequence: u64,
        mut contents: impl Iterator<Item = &'c [u8]>,
        mut output: &'a mut [u8],
    ) -> Result<(), SealError> {
        loop {
            let mut count = 0;
            let mut failure = None;
            let mut messages: [SealMessage<'_, K>; BATCH] = array::from_fn(|_| {
                self.next_message(&mut sequence, &mut contents, &mut output)
                    .unwrap_or_else(|error| {
                        failure = Some(error);
                        None
                    })
                    .inspect(|_| count += 1)
                    .unwrap_or_else(|| self.no_message())
            });
            if let Some(error) = failure {
                return Err(error);
            }
            K::seal_batch(messages.get_mut(..count).unwrap_or_default())
                .map_err(|_| SealError::Aead)?;
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// The next record that the AEAD can write from where the content stands. Those with padding
    /// are sealed on the way.
    fn next_message<'a, 'c: 'a>(
        &'a self,
        sequence: &mut u64,
        contents: &mut impl Iterator<Item = &'c [u8]>,
        output: &mut &'a mut [u8],
    ) -> Result<Option<SealMessage<'a, K>>, SealError> {
        for content in contents {
            let record = output
                .split_off_mut(..self.form.record_len(content.len()))
                .ok_or(SealError::Aead)?;
            let nonce = self.nonces.nonce(*sequence);
            // The last number may be 2^64 - 1; there is none after it then, and no content either.
            *sequence = sequence.wrapping_add(1);
            if record.len() > HEADER_LEN + content.len() + 1 + TAG_LEN {
                seal_record(self.key, &nonce, self.content_type, &[content], record)?;
                continue;
            }
            let (aad, output) = split_header(record)?;
            let extra = self.content_type.code_slice();
            return Ok(Some(SealMessage {
                key: self.key,
                nonce,
                aad,
                input: content,
                extra,
                output,
            }));
        }
        Ok(None)
    }

    /// What stands in the list behind the last message.
    const fn no_message(&self) -> SealMessage<'_, K> {
        SealMessage {
            key: self.key,
            nonce: [0; NONCE_LEN],
            aad: &[],
            input: &[],
            extra: &[],
            output: &mut [],
        }
    }
}
