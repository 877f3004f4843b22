//! The record layer alone: one record a call, many a call, and one connection on several cores.
//!
//! Nobody else publishes a record layer, so that there is no competitor here: the AEADs are compared
//! in their own bench, whole connections in `facade`.

use core::cell::RefCell;
use core::hint::black_box;
use std::{thread, time::Instant};

use chancery_aead::{AeadAlgorithm, AeadKey, Key};
use chancery_record::{ContentType, Deframed, OpenedSpan, Opener, Sealer, deframe};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;

use crate::turns::{Contender, take_turns};

mod turns;

const DATA: ContentType = ContentType::ApplicationData;
const IV: [u8; 12] = [9; 12];

/// Records in one call.
const BATCH: usize = 64;

/// What two cores seal together: a whole number of batches of full records.
const CONTENT_LEN: usize = 16 << 20;

const ALGORITHMS: [(AeadAlgorithm, &str); 3] = [
    (AeadAlgorithm::Aes128Gcm, "AES-128-GCM"),
    (AeadAlgorithm::Aes256Gcm, "AES-256-GCM"),
    (AeadAlgorithm::ChaCha20Poly1305, "ChaCha20-Poly1305"),
];

fn key(algorithm: AeadAlgorithm) -> Key {
    Key::new(algorithm, &[7; 32][..algorithm.key_len()]).expect("long enough")
}

fn sealer(algorithm: AeadAlgorithm) -> Sealer<Key> {
    Sealer::new(key(algorithm), IV)
}

/// 64 records, one after the other: by 64 calls, and by one.
fn seal(c: &mut Criterion) {
    for (algorithm, name) in ALGORITHMS {
        let mut group = c.benchmark_group(format!("record/seal/{name}"));
        for len in [64, 256, 1350, 4096, 16_384] {
            let content = vec![1; len];
            let contents = [&content[..]; BATCH];
            let record_len = sealer(algorithm).sealed_len(len);
            let mut output = vec![0; BATCH * record_len];
            group.throughput(Throughput::Bytes(u64::try_from(BATCH * len).expect("fits")));
            // A fresh sealer each time, for AES-GCM's limit would be reached in a minute.
            group.bench_function(BenchmarkId::new("one a call", len), |b| {
                b.iter(|| {
                    let mut sealer = sealer(algorithm);
                    for record in output.chunks_mut(record_len) {
                        sealer.seal(DATA, black_box(&content), record).expect("room");
                    }
                });
            });
            group.bench_function(BenchmarkId::new("64 a call", len), |b| {
                b.iter(|| sealer(algorithm).seal_batch(DATA, black_box(&contents), &mut output));
            });
        }
        group.finish();
    }
}

/// The same records opened.
fn open(c: &mut Criterion) {
    for (algorithm, name) in ALGORITHMS {
        let mut group = c.benchmark_group(format!("record/open/{name}"));
        for len in [64, 256, 1350, 4096, 16_384] {
            let content = vec![1; len];
            let mut sealed = vec![0; BATCH * sealer(algorithm).sealed_len(len)];
            sealer(algorithm).seal_batch(DATA, &[&content[..]; BATCH], &mut sealed).expect("room");
            let mut spans = vec![OpenedSpan::new(); BATCH];
            group.throughput(Throughput::Bytes(u64::try_from(BATCH * len).expect("fits")));
            let mut timed = |name: &str, open: &mut dyn FnMut(&mut [u8])| {
                group.bench_function(BenchmarkId::new(name, len), |b| {
                    b.iter_custom(|iterations| {
                        // Opening is in place; copying the records back is not counted.
                        let mut buffer = sealed.clone();
                        (0..iterations)
                            .map(|_| {
                                buffer.copy_from_slice(&sealed);
                                let start = Instant::now();
                                open(black_box(&mut buffer));
                                start.elapsed()
                            })
                            .sum()
                    });
                });
            };
            timed("one a call", &mut |mut rest| {
                let mut opener = Opener::new(key(algorithm), IV);
                while let Ok(Deframed::Record(record, after)) = deframe(rest) {
                    black_box(opener.open(record).expect("authentic"));
                    rest = after;
                }
            });
            timed("64 a call", &mut |buffer| {
                let batch = Opener::new(key(algorithm), IV).open_batch(buffer, &mut spans);
                assert_eq!(batch.records(), BATCH);
            });
        }
        group.finish();
    }
}

/// 16 MiB of one connection in records of full size, from a buffer of 16 MiB into another that is as
/// long as the records.
///
/// Both are more than the caches hold, so that memory counts for one core and for two. Nothing is
/// allocated while the time runs, and no page is new. `two cores` starts a thread each time, as
/// `std::thread::scope` does; `two cores, rayon` finds a pool of threads waiting, and gives it jobs of
/// 64 records.
fn cores(c: &mut Criterion) {
    let content = vec![1; CONTENT_LEN];
    let output_len = sealer(AeadAlgorithm::Aes128Gcm).sealed_len(CONTENT_LEN);
    let output = RefCell::new(vec![0; output_len]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    let mut group = c.benchmark_group("record/16 MiB");
    group.throughput(Throughput::Bytes(16 << 20));
    let contenders = vec![
        Contender::new("one core", 1, || {
            let mut sealer = sealer(AeadAlgorithm::Aes128Gcm);
            sealer.seal_all(DATA, black_box(&content), &mut output.borrow_mut()).expect("room");
        }),
        Contender::new("two cores", 1, || scoped(black_box(&content), &mut output.borrow_mut())),
        Contender::new("two cores, rayon", 1, || {
            let output = &mut *output.borrow_mut();
            pool.install(|| by_rayon(black_box(&content), output));
        }),
    ];
    // It is seldom that neighbours leave both cores alone.
    take_turns(group, 30, contenders);
}

/// Half of the records on a new thread, half on this one.
fn scoped(content: &[u8], output: &mut [u8]) {
    let mut sealer = sealer(AeadAlgorithm::Aes128Gcm);
    let records = sealer.record_count(content.len());
    let half = content.len() / 2;
    let (first_content, second_content) = content.split_at(half);
    let (first_output, second_output) = output.split_at_mut(sealer.sealed_len(half));
    let range = sealer.reserve(DATA, records).expect("a fresh key");
    let first = range.job(records / 2).expect("reserved");
    let second = range.job(records / 2).expect("reserved");
    thread::scope(|scope| {
        scope.spawn(|| first.seal_all(first_content, first_output).expect("room"));
        second.seal_all(second_content, second_output).expect("room");
    });
    range.finish().expect("both are done");
}

/// Jobs of 64 records, each to whichever thread is free.
fn by_rayon(content: &[u8], output: &mut [u8]) {
    let mut sealer = sealer(AeadAlgorithm::Aes128Gcm);
    let records = sealer.record_count(content.len());
    let chunk = BATCH * sealer.max_content_len();
    let sealed_chunk = sealer.sealed_len(chunk);
    let range = sealer.reserve(DATA, records).expect("a fresh key");
    let jobs: Vec<_> = (0..records).step_by(BATCH).map_while(|_| range.job(BATCH)).collect();
    jobs.into_par_iter()
        .zip(content.par_chunks(chunk))
        .zip(output.par_chunks_mut(sealed_chunk))
        .for_each(|((job, content), output)| {
            job.seal_all(content, output).expect("room");
        });
    range.finish().expect("all are done");
}

criterion_group!(benches, seal, open, cores);
criterion_main!(benches);
