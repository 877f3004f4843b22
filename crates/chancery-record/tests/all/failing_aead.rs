//! An AEAD that fails: its numbers are gone, no record came of them, and nothing goes out any more.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use chancery_aead::{AeadAlgorithm, AeadError, AeadKey, Key, SealMessage};
use chancery_record::{ContentType, Padding, SealError, Sealer};

use crate::support::{IV, key};

const DATA: ContentType = ContentType::ApplicationData;

/// Seals so many messages, and then none.
struct Failing {
    key: Key,
    left: AtomicUsize,
}

impl Failing {
    fn sealer(left: usize) -> Sealer<Self> {
        let key = key(AeadAlgorithm::Aes128Gcm);
        Sealer::new(Self { key, left: AtomicUsize::new(left) }, IV)
    }

    fn take(&self) -> Result<(), AeadError> {
        let taken = self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        taken.map(|_| ()).map_err(|_| AeadError::new())
    }
}

impl AeadKey for Failing {
    fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self, AeadError> {
        Ok(Self { key: Key::new(algorithm, key)?, left: AtomicUsize::new(0) })
    }

    fn algorithm(&self) -> AeadAlgorithm {
        self.key.algorithm()
    }

    fn seal(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        extra: &[u8],
        output: &mut [u8],
    ) -> Result<(), AeadError> {
        self.take()?;
        self.key.seal(nonce, aad, input, extra, output)
    }

    fn seal_in_place(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; 16], AeadError> {
        self.take()?;
        self.key.seal_in_place(nonce, aad, in_out)
    }

    fn open_in_place<'a>(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError> {
        self.key.open_in_place(nonce, aad, in_out)
    }

    fn seal_batch(messages: &mut [SealMessage<'_, Self>]) -> Result<(), AeadError> {
        messages.iter_mut().try_for_each(|message| {
            let SealMessage { key, nonce, aad, input, extra, output } = message;
            key.seal(nonce, aad, input, extra, output)
        })
    }
}

#[test]
fn a_record_that_was_not_sealed_is_a_gap() {
    let content = vec![7; 40_000];
    let two: &[&[u8]] = &[b"one", b"two"];
    type Seal<'a> = &'a dyn Fn(&mut Sealer<Failing>, &mut [u8]) -> Result<usize, SealError>;
    // How many messages are sealed before one fails.
    let check = |good: usize, padding: Padding, numbers: u64, seal: Seal<'_>| {
        let mut sealer = Failing::sealer(good);
        sealer.set_padding(padding);
        let mut output = vec![0; 60_000];
        assert_eq!(seal(&mut sealer, &mut output), Err(SealError::Aead));
        assert_eq!(sealer.sequence(), Some(numbers), "the numbers are gone");
        assert_eq!(seal(&mut sealer, &mut output), Err(SealError::Gap));
        assert_eq!(sealer.seal(DATA, b"x", &mut output), Err(SealError::Gap));
        assert_eq!(sealer.sequence(), Some(numbers));
    };
    for padding in [Padding::None, Padding::Block(100)] {
        check(0, padding, 1, &|sealer, output| sealer.seal(DATA, b"x", output));
        check(0, padding, 1, &|sealer, output| sealer.seal_parts(DATA, &[b"x", b"y"], output));
        check(0, padding, 1, &|sealer, output| {
            sealer.seal_in_place(DATA, output, 5..10).map(|range| range.len())
        });
        for good in 0..2 {
            check(good, padding, 2, &|sealer, output| sealer.seal_batch(DATA, two, output));
        }
        for good in 0..3 {
            check(good, padding, 3, &|sealer, output| sealer.seal_all(DATA, &content, output));
        }
    }
}

#[test]
fn a_job_that_was_not_sealed_is_a_gap() {
    for good in 0..2 {
        let mut sealer = Failing::sealer(good);
        let range = sealer.reserve(DATA, 2).unwrap();
        let job = range.job(2).unwrap();
        assert_eq!(job.seal_batch(&[b"one", b"two"], &mut [0; 100]), Err(SealError::Aead));
        assert_eq!(range.finish(), Err(SealError::Gap));
        assert_eq!(sealer.seal(DATA, b"x", &mut [0; 100]), Err(SealError::Gap));
    }
}
