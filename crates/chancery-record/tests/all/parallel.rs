//! Several cores, one connection.

use std::thread;

use chancery_aead::AeadAlgorithm::{Aes128Gcm, ChaCha20Poly1305};
use chancery_record::{ContentType, Padding, SealError, Sealer};
use proptest::prelude::*;

use crate::support::{ALGORITHMS, IV, key, open, opener, seal, sealer};

const DATA: ContentType = ContentType::ApplicationData;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_bytes_of_one_core(
        algorithm in prop::sample::select(&ALGORITHMS[..]),
        len in 1usize..200_000,
        per_job in 1usize..6,
        padding in prop_oneof![Just(Padding::None), Just(Padding::Constant(1000))],
        before in 0u8..3,
    ) {
        let content: Vec<u8> = (0..=250).cycle().take(len).collect();
        let (mut serial, mut parallel) = (sealer(algorithm), sealer(algorithm));
        for sealer in [&mut serial, &mut parallel] {
            sealer.set_padding(padding);
            for _ in 0..before {
                seal(sealer, DATA, b"before");
            }
        }
        let mut expected = vec![0; serial.sealed_len(len)];
        serial.seal_all(DATA, &content, &mut expected).unwrap();

        let chunk = per_job * parallel.max_content_len();
        let sealed_chunk = parallel.sealed_len(chunk);
        let mut output = vec![0; parallel.sealed_len(len)];
        let records = parallel.record_count(len);
        let counts: Vec<_> = content.chunks(chunk).map(|part| parallel.record_count(part.len())).collect();
        let range = parallel.reserve(DATA, records).unwrap();
        thread::scope(|scope| {
            let parts = content.chunks(chunk).zip(output.chunks_mut(sealed_chunk));
            for ((content, output), count) in parts.zip(counts) {
                let job = range.job(count).unwrap();
                scope.spawn(move || job.seal_all(content, output).unwrap());
            }
        });
        prop_assert!(range.job(1).is_none());
        prop_assert_eq!(range.finish(), Ok(()));
        prop_assert!(output == expected);
        // Serial again, from the right number.
        prop_assert_eq!(seal(&mut parallel, DATA, b"after"), seal(&mut serial, DATA, b"after"));
    }
}

#[test]
fn a_gap_is_an_error_and_stays_one() {
    type Part<'a> =
        &'a dyn Fn(chancery_record::SealRange<'_, chancery_aead::Key>) -> Result<(), SealError>;
    let check = |part: Part<'_>, expected| {
        let mut sealer = sealer(Aes128Gcm);
        let verdict = part(sealer.reserve(DATA, 2).unwrap());
        assert_eq!(verdict, expected);
        let mut output = [0; 64];
        assert_eq!(sealer.seal(DATA, b"x", &mut output), Err(SealError::Gap));
        assert_eq!(sealer.seal_batch(DATA, &[b"x"], &mut output), Err(SealError::Gap));
        assert_eq!(sealer.seal_in_place(DATA, &mut output, 5..6), Err(SealError::Gap));
        assert_eq!(sealer.reserve(DATA, 1).map(|_| ()).err(), Some(SealError::Gap));
        // The numbers are gone all the same.
        assert_eq!(sealer.sequence(), Some(2));
    };
    let gap = Err(SealError::Gap);
    // Not all handed out.
    check(&|range| range.finish(), gap);
    check(
        &|range| {
            range.job(1).unwrap().seal_all(b"x", &mut [0; 64]).unwrap();
            range.finish()
        },
        gap,
    );
    // Dropped.
    check(
        &|range| {
            range.job(1).unwrap().seal_all(b"x", &mut [0; 64]).unwrap();
            drop(range.job(1).unwrap());
            range.finish()
        },
        gap,
    );
    // Failed.
    check(
        &|range| {
            let job = range.job(2).unwrap();
            assert_eq!(job.seal_all(b"x", &mut [0; 64]), Err(SealError::RecordCount));
            range.finish()
        },
        gap,
    );
    check(
        &|range| {
            let job = range.job(2).unwrap();
            let short = job.seal_batch(&[b"x", b"y"], &mut [0; 45]);
            assert_eq!(short, Err(SealError::OutputTooShort { needed: 46 }));
            range.finish()
        },
        gap,
    );
    check(
        &|range| {
            let job = range.job(2).unwrap();
            assert_eq!(job.seal_batch(&[b"x"], &mut [0; 64]), Err(SealError::RecordCount));
            range.finish()
        },
        gap,
    );
    // Never finished.
    check(
        &|range| {
            range.job(2).unwrap().seal_batch(&[b"x", b"y"], &mut [0; 64]).unwrap();
            Ok(())
        },
        Ok(()),
    );
}

#[test]
fn numbers_are_handed_out_once() {
    let mut sealer = sealer(Aes128Gcm);
    let range = sealer.reserve(DATA, 100).unwrap();
    let mut numbers: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut numbers = Vec::new();
                    while let Some(job) = range.job(1) {
                        numbers.push(job.sequence());
                        job.seal_all(b"x", &mut [0; 64]).unwrap();
                    }
                    numbers
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(range.finish(), Ok(()));
    numbers.sort_unstable();
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    assert_eq!(sealer.sequence(), Some(100));
}

#[test]
fn a_job_cannot_exceed_its_range() {
    let mut sealer = sealer(Aes128Gcm);
    let range = sealer.reserve(DATA, 3).unwrap();
    assert!(range.job(4).is_none());
    assert!(range.job(usize::MAX).is_none());
    let job = range.job(2).unwrap();
    assert_eq!((job.sequence(), job.records()), (0, 2));
    assert!(range.job(2).is_none());
    assert!(range.job(usize::MAX - 1).is_none());
    assert_eq!(range.job(1).unwrap().sequence(), 2);
    assert!(range.job(1).is_none());
}

#[test]
fn a_range_within_the_limits_or_none() {
    // RFC 8446 §5.3, §5.5.
    let mut sealer = sealer(ChaCha20Poly1305);
    assert_eq!(
        sealer.reserve(ContentType::ChangeCipherSpec, 1).err(),
        Some(SealError::ContentType)
    );
    let mut sealer = Sealer::at_sequence(key(ChaCha20Poly1305), IV, u64::MAX - 1);
    let reserve = |sealer: &mut Sealer<_>, records| {
        sealer.reserve(ContentType::Handshake, records).map(|_| ()).err()
    };
    assert_eq!(reserve(&mut sealer, 3), Some(SealError::SequenceExhausted));
    assert_eq!(sealer.sequence(), Some(u64::MAX - 1));
    let range = sealer.reserve(ContentType::Handshake, 2).unwrap();
    let mut output = [0; 46];
    range.job(2).unwrap().seal_batch(&[b"x", b"y"], &mut output).unwrap();
    assert_eq!(range.finish(), Ok(()));
    assert_eq!(sealer.sequence(), None);

    let mut sealer = Sealer::at_sequence(key(Aes128Gcm), IV, 23_726_566 - 1 - 1024);
    assert_eq!(sealer.reserve(DATA, 2).err(), Some(SealError::MustUpdate));
    assert_eq!(sealer.reserve(ContentType::Handshake, 1026).err(), Some(SealError::KeyExhausted));
    assert!(sealer.reserve(DATA, 1).is_ok());
}

#[test]
fn jobs_in_any_order() {
    let mut sealer = sealer(Aes128Gcm);
    let range = sealer.reserve(DATA, 2).unwrap();
    let (first, second) = (range.job(1).unwrap(), range.job(1).unwrap());
    let (mut a, mut b) = ([0; 23], [0; 23]);
    second.seal_batch(&[b"2"], &mut b).unwrap();
    first.seal_batch(&[b"1"], &mut a).unwrap();
    range.finish().unwrap();
    let mut opener = opener(Aes128Gcm);
    assert_eq!(open(&mut opener, &a).unwrap().1, b"1");
    assert_eq!(open(&mut opener, &b).unwrap().1, b"2");
}
