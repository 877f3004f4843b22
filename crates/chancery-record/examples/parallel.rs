//! Seals one connection's data on all cores, by scoped threads and by rayon, and compares the bytes
//! with those of one core: `cargo run --release -p chancery-record --example parallel`

use core::error::Error;
use std::{thread, time::Instant};

use chancery_aead::{AeadAlgorithm, AeadKey, Key};
use chancery_record::{ContentType, SealError, Sealer};
use rayon::prelude::*;

const CONTENT_LEN: usize = 16 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let cores = thread::available_parallelism()?.get();
    let content: Vec<u8> = (0..=255).cycle().take(CONTENT_LEN).collect();
    let mut expected = vec![0; sealer()?.sealed_len(CONTENT_LEN)];
    let mut output = expected.clone();

    report("one core", || serial(&content, &mut expected))?;
    report("std::thread::scope", || scoped(&content, &mut output, cores))?;
    assert!(output == expected, "scoped threads make the same bytes");
    output.fill(0);
    report("rayon", || by_rayon(&content, &mut output))?;
    assert!(output == expected, "rayon makes the same bytes");
    println!("same bytes, {cores} cores");
    Ok(())
}

fn sealer() -> Result<Sealer<Key>, chancery_aead::AeadError> {
    Ok(Sealer::new(Key::new(AeadAlgorithm::Aes128Gcm, &[7; 16])?, [9; 12]))
}

fn serial(content: &[u8], output: &mut [u8]) -> Result<(), Box<dyn Error>> {
    sealer()?.seal_all(ContentType::ApplicationData, content, output)?;
    Ok(())
}

/// One job a core.
fn scoped(content: &[u8], output: &mut [u8], cores: usize) -> Result<(), Box<dyn Error>> {
    let mut sealer = sealer()?;
    let records = sealer.record_count(content.len());
    let per_job = records.div_ceil(cores);
    let chunk = per_job * sealer.max_content_len();
    let sealed_chunk = sealer.sealed_len(chunk);
    let range = sealer.reserve(ContentType::ApplicationData, records)?;
    thread::scope(|scope| {
        let mut left = records;
        let threads: Vec<_> = content
            .chunks(chunk)
            .zip(output.chunks_mut(sealed_chunk))
            .map(|(content, output)| {
                let count = left.min(per_job);
                left -= count;
                let job = range.job(count).ok_or(SealError::RecordCount)?;
                Ok(scope.spawn(move || job.seal_all(content, output)))
            })
            .collect::<Result<_, SealError>>()?;
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(sealed) => sealed.map(|_| ()),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(range.finish()?)
}

/// One job for every 64 records, given to whichever core is free.
fn by_rayon(content: &[u8], output: &mut [u8]) -> Result<(), Box<dyn Error>> {
    let mut sealer = sealer()?;
    let records = sealer.record_count(content.len());
    let per_job = 64;
    let chunk = per_job * sealer.max_content_len();
    let sealed_chunk = sealer.sealed_len(chunk);
    let range = sealer.reserve(ContentType::ApplicationData, records)?;
    let jobs: Vec<_> = (0..records)
        .step_by(per_job)
        .map_while(|at| range.job(per_job.min(records - at)))
        .collect();
    jobs.into_par_iter()
        .zip(content.par_chunks(chunk))
        .zip(output.par_chunks_mut(sealed_chunk))
        .try_for_each(|((job, content), output)| job.seal_all(content, output).map(|_| ()))?;
    Ok(range.finish()?)
}

/// The fastest of ten times.
fn report(
    name: &str,
    mut work: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut fastest = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        work()?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    println!("{name:<20} {:8.1} MiB/s", 16.0 / fastest);
    Ok(())
}
