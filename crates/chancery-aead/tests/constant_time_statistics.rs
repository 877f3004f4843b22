//! Whether timings tell two classes of secrets apart (Reparaz, Balasch, Verbauwhede: "dude, is my
//! code constant time?", 2017): Welch's t over interleaved measurements, the slowest tenth cut off.
//!
//! A control that leaks on purpose must be told apart, so that a machine too noisy to see anything
//! fails here too. `cargo xtask constant-time` runs it.
#![allow(missing_docs, clippy::unwrap_used, clippy::as_conversions)]

use std::hint::black_box;
use std::time::Instant;

use chancery_aead::{AeadAlgorithm, AeadKey, Kernel, Key, TAG_LEN};

const MEASUREMENTS: usize = 40_000;
/// Beyond this a difference is real (the threshold of the paper's authors for "probably not
/// constant time").
const LIMIT: f64 = 10.0;

/// A small generator: the classes must come in random order.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|b| *b = self.next().to_le_bytes()[4]);
    }
}

/// Welch's t of `work` on inputs of class false and of class true, made by `input` beforehand.
fn t<I>(mut input: impl FnMut(bool, &mut Noise) -> I, mut work: impl FnMut(&mut I)) -> f64 {
    let mut noise = Noise(0x1234_5678_9abc_def1);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..MEASUREMENTS {
        let class = noise.next() & 0x100 != 0;
        let mut input = input(class, &mut noise);
        let start = Instant::now();
        work(black_box(&mut input));
        times[usize::from(class)].push(start.elapsed().as_nanos() as f64);
    }
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let cut = all[all.len() * 9 / 10];
    let moments = times.map(|times| {
        let kept: Vec<f64> = times.into_iter().filter(|&t| t <= cut).collect();
        let n = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / n;
        let variance = kept.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    });
    let [(a, va), (b, vb)] = moments;
    (a - b) / (va + vb).sqrt().max(f64::MIN_POSITIVE)
}

/// Three attempts: chance and neighbours may tell classes apart once, a leak does so always.
fn check(what: &str, mut measure: impl FnMut() -> f64, leaks: bool) -> bool {
    let mut smallest = f64::INFINITY;
    for _ in 0..3 {
        smallest = smallest.min(measure().abs());
        if smallest < LIMIT {
            break;
        }
    }
    let ok = (smallest >= LIMIT) == leaks;
    println!("{}: {what}: |t| = {smallest:.1}", if ok { "ok" } else { "FAILED" });
    ok
}

fn main() {
    let mut ok = check(
        "control, a comparison that stops at the first difference, must differ",
        || {
            t(
                |class, _| {
                    let mut bytes = vec![0_u8; 4096];
                    bytes[if class { 4095 } else { 0 }] = 1;
                    bytes
                },
                |bytes| {
                    black_box(bytes.iter().all(|b| black_box(*b) == 0));
                },
            )
        },
        true,
    );
    for algorithm in
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305]
    {
        for kernel in Kernel::available(algorithm) {
            let setup = |bytes: &[u8]| Key::with_kernel(kernel, algorithm, bytes).unwrap();
            for len in [64, 1350, 4096] {
                ok &= check(
                    &format!("{kernel} {algorithm:?} seal {len}, zero or random key and text"),
                    || {
                        t(
                            |class, noise| {
                                let mut key = vec![0; algorithm.key_len()];
                                let mut text = vec![0; len];
                                let mut other = vec![0; algorithm.key_len() + len];
                                noise.fill(&mut other);
                                if class {
                                    key.copy_from_slice(&other[..key.len()]);
                                    text.copy_from_slice(&other[key.len()..]);
                                }
                                (setup(&key), text)
                            },
                            |(key, text)| {
                                black_box(key.seal_in_place(&[1; 12], b"aad", text).unwrap());
                            },
                        )
                    },
                    false,
                );
            }
            ok &= check(
                &format!("{kernel} {algorithm:?} open 64, tag wrong at its front or its end"),
                || {
                    let key = setup(&vec![7; algorithm.key_len()]);
                    let mut sealed = vec![0; 64 + TAG_LEN];
                    key.seal(&[1; 12], b"", &[0; 64], b"", &mut sealed).unwrap();
                    t(
                        |class, _| {
                            let mut forged = sealed.clone();
                            forged[if class { 64 } else { 79 }] ^= 1;
                            forged
                        },
                        |forged| {
                            black_box(key.open_in_place(&[1; 12], b"", forged).is_err());
                        },
                    )
                },
                false,
            );
            ok &= check(
                &format!("{kernel} {algorithm:?} key setup, zero or random key"),
                || {
                    t(
                        |class, noise| {
                            let mut key = vec![0; algorithm.key_len()];
                            let mut other = key.clone();
                            noise.fill(&mut other);
                            if class { other } else { core::mem::take(&mut key) }
                        },
                        |key| {
                            black_box(setup(key));
                        },
                    )
                },
                false,
            );
        }
    }
    std::process::exit(i32::from(!ok));
}
