//! Sealing on several cores: one connection, one key, a range of sequence numbers each.
//!
//! ```text
//! Sealer ──reserve(6)──► SealRange │ 7 8 9 10 11 12 │
//!                           job(3) └─┬──┘   └───┬───┘ job(3)
//!                             core 1 ▼          ▼ core 2
//!                              records 7..10  records 10..13      the bytes that one core makes
//! ```
//!
//! A number is given out once, whoever asks. A job that is dropped, or fails, leaves its numbers
//! unused: the peer could open nothing after them, so that the sealer refuses from then on.

use core::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

use chancery_crypto::AeadKey;

use crate::{ContentType, SealError, Sealer, batch::Run};

/// Sequence numbers that were reserved; [`job`](Self::job) hands them out.
///
/// Nothing else is sealed meanwhile, and the sealer works again after [`finish`](Self::finish) only:
/// whoever drops or forgets the range has ended the connection.
///
/// ```
/// use chancery_aead::{AeadAlgorithm, AeadKey, Key};
/// use chancery_record::{ContentType, Sealer};
///
/// let mut sealer = Sealer::new(Key::new(AeadAlgorithm::Aes128Gcm, &[7; 16])?, [9; 12]);
/// let content = vec![1; 1 << 20];
/// let mut output = vec![0; sealer.sealed_len(content.len())];
///
/// let half = content.len() / 2;
/// let (records, sealed_half) = (sealer.record_count(half), sealer.sealed_len(half));
/// let range = sealer.reserve(ContentType::ApplicationData, 2 * records)?;
/// std::thread::scope(|scope| {
///     for (content, output) in content.chunks(half).zip(output.chunks_mut(sealed_half)) {
///         let job = range.job(records).expect("two were reserved");
///         scope.spawn(move || job.seal_all(content, output).expect("output is as long as needed"));
///     }
/// });
/// range.finish()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct SealRange<'a, K: AeadKey> {
    sealer: &'a mut Sealer<K>,
    content_type: ContentType,
    first: u64,
    count: usize,
    /// How many have gone to jobs.
    given: AtomicUsize,
    /// How many have become records.
    sealed: AtomicUsize,
}

impl<K: AeadKey> Sealer<K> {
    /// How many records [`Sealer::seal_all`] makes of that much content.
    #[must_use]
    pub fn record_count(&self, content_len: usize) -> usize {
        content_len.div_ceil(self.max_content_len())
    }

    /// Reserves the next `records` sequence numbers for jobs on other cores.
    ///
    /// # Errors
    /// As [`Sealer::seal`] on the type, limits and gaps; nothing is reserved then.
    pub fn reserve(
        &mut self,
        content_type: ContentType,
        records: usize,
    ) -> Result<SealRange<'_, K>, SealError> {
        self.form.check(content_type, 1)?;
        let numbers = u64::try_from(records).map_err(|_| SealError::SequenceExhausted)?;
        let first = self.take_many(content_type, numbers)?;
        // Until `finish` has seen that each number became a record.
        self.intact = false;
        Ok(SealRange {
            sealer: self,
            content_type,
            first,
            count: records,
            given: AtomicUsize::new(0),
            sealed: AtomicUsize::new(0),
        })
    }
}

impl<K: AeadKey> SealRange<'_, K> {
    /// The next `records` numbers, as a job for any thread; `None` if fewer are left.
    #[must_use]
    pub fn job(&self, records: usize) -> Option<SealJob<'_, K>> {
        let given = self
            .given
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |given| {
                given.checked_add(records).filter(|given| *given <= self.count)
            })
            .ok()?;
        Some(SealJob {
            run: Run {
                key: &self.sealer.key,
                nonces: &self.sealer.nonces,
                form: self.sealer.form,
                content_type: self.content_type,
            },
            first: self.first.checked_add(u64::try_from(given).ok()?)?,
            records,
            sealed: &self.sealed,
        })
    }

    /// Ends the parallel part: the sealer goes on after the last number.
    ///
    /// # Errors
    /// [`SealError::Gap`] if a number became no record; the sealer then refuses for good.
    pub fn finish(self) -> Result<(), SealError> {
        if self.sealed.load(Ordering::Acquire) == self.count {
            self.sealer.intact = true;
            Ok(())
        } else {
            Err(SealError::Gap)
        }
    }
}

impl<K: AeadKey> fmt::Debug for SealRange<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealRange({} + {}, [..])", self.first, self.count)
    }
}

/// A part of a [`SealRange`], to be sealed by whoever holds it, once:
///
/// ```compile_fail,E0382
/// # use chancery_aead::Key;
/// # use chancery_record::{SealError, SealJob};
/// fn twice(job: SealJob<'_, Key>, output: &mut [u8]) -> Result<(), SealError> {
///     job.seal_all(b"one", output)?;
///     job.seal_all(b"two", output)?;
///     Ok(())
/// }
/// ```
#[must_use = "a job that is dropped leaves a gap"]
pub struct SealJob<'r, K> {
    run: Run<'r, K>,
    first: u64,
    records: usize,
    sealed: &'r AtomicUsize,
}

impl<K: AeadKey> SealJob<'_, K> {
    /// The first sequence number.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.first
    }

    /// How many records are to be made.
    #[must_use]
    pub const fn records(&self) -> usize {
        self.records
    }

    /// As [`Sealer::seal_all`], with the numbers of this job.
    ///
    /// # Errors
    /// [`SealError::RecordCount`] if `content` does not make exactly [`Self::records`], and as
    /// [`Sealer::seal`]. The job is lost then.
    pub fn seal_all(self, content: &[u8], output: &mut [u8]) -> Result<usize, SealError> {
        let form = self.run.form;
        let max = form.max_content_len();
        if content.len().div_ceil(max) != self.records {
            return Err(SealError::RecordCount);
        }
        let len = if content.is_empty() { 0 } else { form.sealed_len(content.len()) };
        self.seal(content.chunks(max), len, output)
    }

    /// As [`Sealer::seal_batch`], with the numbers of this job.
    ///
    /// # Errors
    /// [`SealError::RecordCount`] if there are not exactly [`Self::records`] contents, and as
    /// [`Sealer::seal`]. The job is lost then.
    pub fn seal_batch(self, contents: &[&[u8]], output: &mut [u8]) -> Result<usize, SealError> {
        if contents.len() != self.records {
            return Err(SealError::RecordCount);
        }
        let len = self.run.form.check_each(self.run.content_type, contents)?;
        self.seal(contents.iter().copied(), len, output)
    }

    fn seal<'c>(
        self,
        contents: impl Iterator<Item = &'c [u8]>,
        len: usize,
        output: &mut [u8],
    ) -> Result<usize, SealError> {
        let output = output.get_mut(..len).ok_or(SealError::OutputTooShort { needed: len })?;
        self.run.seal(self.first, contents, output)?;
        self.sealed.fetch_add(self.records, Ordering::Release);
        Ok(len)
    }
}

impl<K> fmt::Debug for SealJob<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealJob({} + {}, [..])", self.first, self.records)
    }
}
