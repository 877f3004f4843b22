//! Whether timings tell two classes of secrets apart (Reparaz, Balasch, Verbauwhede: "dude, is my
//! code constant time?", 2017): Welch's t over interleaved measurements, of which the slowest are cut
//! off at three places; the largest counts.
//!
//! A control that leaks on purpose must be told apart, so that a machine too noisy to see anything
//! fails here too. `cargo xtask constant-time` runs it.
#![allow(missing_docs, clippy::unwrap_used, clippy::as_conversions)]

use std::hint::black_box;
use std::time::Instant;

use chancery_aead::{
    AeadAlgorithm, AeadKey, Kernel, Key, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN,
};

const NONCE: [u8; NONCE_LEN] = [1; NONCE_LEN];
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

/// The largest |t| of `work` on inputs of class false and of class true, made by `input` beforehand.
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
    // A machine's own delays may be in more than a tenth of them, a rare leak in less than half.
    [0.9, 0.75, 0.5]
        .map(|kept| welch(&times, all[(all.len() as f64 * kept) as usize]).abs())
        .into_iter()
        .fold(0.0, f64::max)
}

/// Welch's t of the measurements of two classes that are at most `cut`.
fn welch(times: &[Vec<f64>; 2], cut: f64) -> f64 {
    let [(a, va), (b, vb)] = times.each_ref().map(|times| {
        let kept: Vec<f64> = times.iter().copied().filter(|&t| t <= cut).collect();
        let n = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / n;
        let variance = kept.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    });
    (a - b) / (va + vb).sqrt().max(f64::MIN_POSITIVE)
}

/// Three attempts: chance and neighbours may tell classes apart once, a leak does so always.
fn check(what: &str, mut measure: impl FnMut() -> f64, leaks: bool) -> bool {
    let mut smallest = f64::INFINITY;
    for _ in 0..3 {
        smallest = smallest.min(measure());
        if smallest < LIMIT {
            break;
        }
    }
    let ok = (smallest >= LIMIT) == leaks;
    println!("{}: {what}: |t| = {smallest:.1}", if ok { "ok" } else { "FAILED" });
    ok
}

/// `len` random bytes for class true, zeros for class false, at the same work for both.
fn secret(class: bool, noise: &mut Noise, len: usize) -> Vec<u8> {
    let mask = u8::from(class).wrapping_neg();
    let mut bytes = vec![0; len];
    noise.fill(&mut bytes);
    bytes.iter_mut().for_each(|byte| *byte &= black_box(mask));
    bytes
}

/// Opens `len` bytes whose tag is wrong at its front or at its end, by `open`.
fn wrong_tags(key: &Key, len: usize, mut open: impl FnMut(&mut [u8])) -> f64 {
    let mut sealed = vec![0; len + TAG_LEN];
    key.seal(&NONCE, b"", &vec![0; len], b"", &mut sealed).unwrap();
    t(
        |class, _| {
            let mut forged = sealed.clone();
            forged[if class { len } else { len + TAG_LEN - 1 }] ^= 1;
            forged
        },
        |forged| open(forged),
    )
}

/// What must be told apart: opening with a comparison that stops at the first byte that differs, and
/// sealing with one branch on the text, as small a leak as there is.
fn controls() -> bool {
    let key = Key::new(AeadAlgorithm::Aes128Gcm, &[7; 16]).unwrap();
    let comparison = || {
        let mut text = [0; 64];
        wrong_tags(&key, 64, |forged| {
            let tag = key.seal_in_place(&NONCE, b"", &mut text).unwrap();
            text = [0; 64];
            black_box(forged[64..].iter().zip(tag).all(|(a, b)| *a == black_box(b)));
        })
    };
    let branch = || {
        t(
            |class, noise| secret(class, noise, 1350),
            |text| {
                if black_box(text[9]) & 1 == 1 {
                    black_box(
                        text.iter().take(32).fold(1u64, |a, b| a.wrapping_mul(u64::from(*b) | 1)),
                    );
                }
                black_box(key.seal_in_place(&NONCE, b"aad", text).unwrap());
            },
        )
    };
    check("control, open with a comparison that stops early", comparison, true)
        & check("control, seal 1350 with a branch on the text", branch, true)
}

fn of_kernel(kernel: Kernel, algorithm: AeadAlgorithm) -> bool {
    let setup = |bytes: &[u8]| Key::with_kernel(kernel, algorithm, bytes).unwrap();
    let key_len = algorithm.key_len();
    let name = format!("{kernel} {algorithm:?}");
    let mut ok = true;
    for len in [64, 1350, 4096] {
        let seal = || {
            t(
                |class, noise| {
                    let key = setup(&secret(class, noise, key_len));
                    (key, secret(class, noise, len))
                },
                |(key, text)| {
                    black_box(key.seal_in_place(&NONCE, b"aad", text).unwrap());
                },
            )
        };
        ok &= check(&format!("{name} seal {len}, zero or random key and text"), seal, false);
    }
    let key = setup(&vec![7; key_len]);
    // Short and long messages may go to different kernels.
    for len in [64, 4096] {
        let open = || {
            wrong_tags(&key, len, |forged| {
                black_box(key.open_in_place(&NONCE, b"", forged).is_err());
            })
        };
        ok &= check(&format!("{name} open {len}, tag wrong at its front or its end"), open, false);
    }
    let new_key = || {
        t(
            |class, noise| secret(class, noise, key_len),
            |key| {
                black_box(setup(key));
            },
        )
    };
    ok &= check(&format!("{name} key setup, zero or random key"), new_key, false);
    for len in [64, 1350] {
        let what = format!("{name} seal 8 of {len} in a batch, zero or random key and text");
        ok &= check(&what, || seal_batch(&setup, key_len, len), false);
    }
    let open_batch = || {
        wrong_tags(&key, 64, |forged| {
            let mut copies: [_; 8] = core::array::from_fn(|_| [0; 64 + TAG_LEN]);
            copies.iter_mut().for_each(|copy| copy.copy_from_slice(forged));
            let mut messages = copies.each_mut().map(|in_out| OpenMessage {
                key: &key,
                nonce: NONCE,
                aad: b"",
                in_out,
                opened: Ok(()),
            });
            Key::open_batch(&mut messages);
            black_box(messages.map(|message| message.opened.is_err()));
        })
    };
    ok &= check(&format!("{name} open 8 in a batch, wrong as above"), open_batch, false);
    ok
}

fn seal_batch(setup: &impl Fn(&[u8]) -> Key, key_len: usize, len: usize) -> f64 {
    let mut outputs = vec![0; 8 * (len + TAG_LEN)];
    t(
        |class, noise| {
            let key = setup(&secret(class, noise, key_len));
            (key, secret(class, noise, len))
        },
        |(key, text)| {
            let key = &*key;
            let mut outputs = outputs.chunks_exact_mut(len + TAG_LEN);
            let mut messages: [_; 8] = core::array::from_fn(|_| SealMessage {
                key,
                nonce: NONCE,
                aad: b"aad",
                input: text,
                extra: b"",
                output: outputs.next().unwrap(),
            });
            Key::seal_batch(&mut messages).unwrap();
        },
    )
}

fn main() {
    let mut ok = controls();
    for algorithm in
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305]
    {
        for kernel in Kernel::available(algorithm) {
            ok &= of_kernel(kernel, algorithm);
        }
    }
    std::process::exit(i32::from(!ok));
}
