//! The AEAD kernels against every library that a user could take instead.
//!
//! One criterion group a row of BENCHMARKS.md, named `aead/<work>/<algorithm>/<bytes>`, with all
//! competitors in it, who take turns, so that each ratio is of one run. Buffers are made beforehand; the additional
//! data has five bytes, as a TLS 1.3 record's. Opening is in place, so that what is opened is copied
//! there before the clock starts, ours and theirs alike.

#![allow(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::type_complexity,
    reason = "small numbers, and a failed unwrap is a failed benchmark"
)]

use core::cell::RefCell;
use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aws_lc_rs::aead as aws;
use chancery_aead::{
    AeadAlgorithm, AeadError, AeadKey, Kernel, Key, OpenMessage, SealMessage, TAG_LEN,
};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;

use crate::turns::{Contender, take_turns};

mod turns;

const NONCE: [u8; 12] = [1; 12];
const AAD: [u8; 5] = [23, 3, 3, 0, 64];
const KEY: [u8; 32] = [7; 32];
const BATCH: usize = 64;
/// How long a group plays.
const SECONDS: u64 = 3;

/// One algorithm in everybody's names.
struct Row {
    name: &'static str,
    ours: AeadAlgorithm,
    ring: &'static ring::aead::Algorithm,
    aws: &'static aws::Algorithm,
    openssl: &'static openssl::cipher::CipherRef,
}

fn rows() -> [Row; 3] {
    [
        Row {
            name: "aes128gcm",
            ours: AeadAlgorithm::Aes128Gcm,
            ring: &ring::aead::AES_128_GCM,
            aws: &aws::AES_128_GCM,
            openssl: Cipher::aes_128_gcm(),
        },
        Row {
            name: "aes256gcm",
            ours: AeadAlgorithm::Aes256Gcm,
            ring: &ring::aead::AES_256_GCM,
            aws: &aws::AES_256_GCM,
            openssl: Cipher::aes_256_gcm(),
        },
        Row {
            name: "chacha20poly1305",
            ours: AeadAlgorithm::ChaCha20Poly1305,
            ring: &ring::aead::CHACHA20_POLY1305,
            aws: &aws::CHACHA20_POLY1305,
            openssl: Cipher::chacha20_poly1305(),
        },
    ]
}

/// Somebody's key, as closures: seal in place and return the tag; open ciphertext and tag in place.
struct Peer {
    name: &'static str,
    seal: Box<dyn FnMut(&[u8; 12], &mut [u8]) -> [u8; TAG_LEN]>,
    open: Box<dyn FnMut(&[u8; 12], &mut [u8])>,
}

fn peers(row: &Row) -> Vec<Peer> {
    let bytes = &KEY[..row.ours.key_len()];
    let mut peers = Vec::new();

    let key = ring::aead::LessSafeKey::new(ring::aead::UnboundKey::new(row.ring, bytes).unwrap());
    let opener = key.clone();
    let nonce = ring::aead::Nonce::assume_unique_for_key;
    peers.push(Peer {
        name: "ring",
        seal: Box::new(move |n, b| {
            let aad = ring::aead::Aad::from(AAD);
            key.seal_in_place_separate_tag(nonce(*n), aad, b).unwrap().as_ref().try_into().unwrap()
        }),
        open: Box::new(move |n, b| {
            opener.open_in_place(nonce(*n), ring::aead::Aad::from(AAD), b).unwrap();
        }),
    });

    let key = aws::LessSafeKey::new(aws::UnboundKey::new(row.aws, bytes).unwrap());
    let opener = aws::LessSafeKey::new(aws::UnboundKey::new(row.aws, bytes).unwrap());
    let nonce = aws::Nonce::assume_unique_for_key;
    peers.push(Peer {
        name: "aws-lc-rs",
        seal: Box::new(move |n, b| {
            let aad = aws::Aad::from(AAD);
            key.seal_in_place_separate_tag(nonce(*n), aad, b).unwrap().as_ref().try_into().unwrap()
        }),
        open: Box::new(move |n, b| {
            opener.open_in_place(nonce(*n), aws::Aad::from(AAD), b).unwrap();
        }),
    });

    if row.ours == AeadAlgorithm::ChaCha20Poly1305 {
        let [key, opener] = [(); 2].map(|()| graviola::aead::ChaCha20Poly1305::new(KEY));
        peers.push(Peer {
            name: "graviola",
            seal: Box::new(move |n, b| {
                let mut tag = [0; TAG_LEN];
                key.encrypt(n, &AAD, b, &mut tag);
                tag
            }),
            open: Box::new(move |n, b| {
                let (text, tag) = b.split_last_chunk_mut::<TAG_LEN>().unwrap();
                opener.decrypt(n, &AAD, text, tag).unwrap();
            }),
        });
    } else {
        let [key, opener] = [(); 2].map(|()| graviola::aead::AesGcm::new(bytes));
        peers.push(Peer {
            name: "graviola",
            seal: Box::new(move |n, b| {
                let mut tag = [0; TAG_LEN];
                key.encrypt(n, &AAD, b, &mut tag);
                tag
            }),
            open: Box::new(move |n, b| {
                let (text, tag) = b.split_last_chunk_mut::<TAG_LEN>().unwrap();
                opener.decrypt(n, &AAD, text, tag).unwrap();
            }),
        });
    }

    peers.push(match row.ours {
        AeadAlgorithm::Aes128Gcm => rustcrypto::<aes_gcm::Aes128Gcm>(bytes),
        AeadAlgorithm::Aes256Gcm => rustcrypto::<aes_gcm::Aes256Gcm>(bytes),
        _ => rustcrypto::<chacha20poly1305::ChaCha20Poly1305>(bytes),
    });

    let mut sealer = CipherCtx::new().unwrap();
    sealer.encrypt_init(Some(row.openssl), Some(bytes), Some(&NONCE)).unwrap();
    let mut opener = CipherCtx::new().unwrap();
    opener.decrypt_init(Some(row.openssl), Some(bytes), Some(&NONCE)).unwrap();
    peers.push(Peer {
        name: "openssl",
        seal: Box::new(move |n, b| {
            let mut tag = [0; TAG_LEN];
            sealer.encrypt_init(None, None, Some(n)).unwrap();
            sealer.cipher_update(&AAD, None).unwrap();
            sealer.cipher_update_inplace(b, b.len()).unwrap();
            sealer.cipher_final(&mut []).unwrap();
            sealer.tag(&mut tag).unwrap();
            tag
        }),
        open: Box::new(move |n, b| {
            let (text, tag) = b.split_last_chunk_mut::<TAG_LEN>().unwrap();
            opener.decrypt_init(None, None, Some(n)).unwrap();
            opener.set_tag(tag).unwrap();
            opener.cipher_update(&AAD, None).unwrap();
            opener.cipher_update_inplace(text, text.len()).unwrap();
            opener.cipher_final(&mut []).unwrap();
        }),
    });
    peers
}

fn rustcrypto<C: KeyInit + AeadInOut + 'static>(bytes: &[u8]) -> Peer {
    let [key, opener] = [(); 2].map(|()| C::new_from_slice(bytes).unwrap());
    let nonce = |n: &[u8; 12]| aes_gcm::aead::Nonce::<C>::try_from(&n[..]).unwrap();
    Peer {
        name: "rustcrypto",
        seal: Box::new(move |n, b| {
            let tag = key.encrypt_inout_detached(&nonce(n), &AAD, b.into()).unwrap();
            tag.as_slice().try_into().unwrap()
        }),
        open: Box::new(move |n, b| {
            let (text, tag) = b.split_last_chunk_mut::<TAG_LEN>().unwrap();
            let tag = aes_gcm::aead::Tag::<C>::try_from(&tag[..]).unwrap();
            opener.decrypt_inout_detached(&nonce(n), &AAD, text.into(), &tag).unwrap();
        }),
    }
}

fn sealed(key: &Key, nonce: [u8; 12], len: usize) -> Vec<u8> {
    let mut bytes = vec![0x5a; len + TAG_LEN];
    let tag = key.seal_in_place(&nonce, &AAD, &mut bytes[..len]).unwrap();
    bytes[len..].copy_from_slice(&tag);
    bytes
}

fn group<'a>(c: &'a mut Criterion, name: String, bytes: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
    group
}

/// Calls of one turn, of so many bytes each: some ten microseconds of the fastest.
fn calls(bytes: usize) -> u32 {
    (20_000 / (20 + bytes / 16)).max(3) as u32
}

/// Turns at sealing what is in `text`.
fn sealing<'c>(
    name: &'static str,
    text: &'c RefCell<Vec<u8>>,
    mut seal: impl FnMut(&mut [u8]) + 'c,
) -> Contender<'c> {
    let calls = calls(text.borrow().len());
    let turn = move || {
        let mut text = text.borrow_mut();
        // The first call finds the others' code and data in the caches.
        seal(&mut text);
        let start = Instant::now();
        for _ in 0..calls {
            seal(black_box(&mut text));
        }
        start.elapsed()
    };
    Contender::timed(name, calls, turn)
}

/// Turns at opening a message, whose copies are put into `places` before: as many at a time as a
/// first-level cache holds with room to spare.
fn opening<'c>(
    name: &'static str,
    sealed: &'c [u8],
    places: &'c RefCell<Vec<u8>>,
    mut open: impl FnMut(&mut [u8]) + 'c,
) -> Contender<'c> {
    let calls = calls(sealed.len() - TAG_LEN);
    let turn = move || {
        let mut places = places.borrow_mut();
        // The first call finds the others' code and data in the caches.
        let first = &mut places[..sealed.len()];
        first.copy_from_slice(sealed);
        open(first);
        let mut time = Duration::ZERO;
        let mut left = calls as usize;
        while left > 0 {
            places.chunks_exact_mut(sealed.len()).for_each(|place| place.copy_from_slice(sealed));
            let messages = places.chunks_exact_mut(sealed.len()).take(left);
            left -= messages.len();
            let start = Instant::now();
            messages.for_each(&mut open);
            time += start.elapsed();
        }
        time
    };
    Contender::timed(name, calls, turn)
}

/// One message a call.
fn one(c: &mut Criterion) {
    for row in rows() {
        let key = Key::new(row.ours, &KEY[..row.ours.key_len()]).unwrap();
        for len in [64, 256, 1350, 4096, 16384] {
            let text = RefCell::new(vec![0; len]);
            let mut contenders = vec![sealing("chancery", &text, |text| {
                black_box(key.seal_in_place(black_box(&NONCE), &AAD, text).unwrap());
            })];
            contenders.extend(peers(&row).into_iter().map(|mut peer| {
                sealing(peer.name, &text, move |text| {
                    black_box((peer.seal)(black_box(&NONCE), text));
                })
            }));
            take_turns(group(c, format!("aead/seal/{}/{len}", row.name), len), SECONDS, contenders);

            let bytes = sealed(&key, NONCE, len);
            let places = RefCell::new(bytes.repeat((16384 / bytes.len()).max(1)));
            let mut contenders = vec![opening("chancery", &bytes, &places, |message| {
                key.open_in_place(black_box(&NONCE), &AAD, message).unwrap();
            })];
            contenders.extend(peers(&row).into_iter().map(|mut peer| {
                opening(peer.name, &bytes, &places, move |message| {
                    (peer.open)(black_box(&NONCE), message);
                })
            }));
            take_turns(group(c, format!("aead/open/{}/{len}", row.name), len), SECONDS, contenders);
        }
    }
}

/// A batch of 64 messages a call; the others have no such call, so that they take 64.
fn batch(c: &mut Criterion) {
    let nonces: [[u8; 12]; BATCH] = core::array::from_fn(|i| {
        let mut nonce = NONCE;
        nonce[11] ^= u8::try_from(i).unwrap();
        nonce
    });
    for row in rows() {
        let key = Key::new(row.ours, &KEY[..row.ours.key_len()]).unwrap();
        for len in [64, 256, 1350] {
            let input = vec![0x5a; len * BATCH];
            let mut output = vec![0; (len + TAG_LEN) * BATCH];
            let theirs = RefCell::new(output.clone());
            let mut messages: Vec<_> = output
                .chunks_exact_mut(len + TAG_LEN)
                .enumerate()
                .map(|(i, output)| SealMessage {
                    key: &key,
                    nonce: nonces[i],
                    aad: &AAD,
                    input: &input[i * len..][..len],
                    extra: &[],
                    output,
                })
                .collect();
            let mut contenders = vec![Contender::new("chancery", calls(len * BATCH), || {
                Key::seal_batch(black_box(&mut messages)).unwrap();
            })];
            contenders.extend(peers(&row).into_iter().map(|mut peer| {
                sealing(peer.name, &theirs, move |output| {
                    for (chunk, nonce) in output.chunks_exact_mut(len + TAG_LEN).zip(&nonces) {
                        let (text, tag) = chunk.split_last_chunk_mut::<TAG_LEN>().unwrap();
                        *tag = (peer.seal)(nonce, text);
                    }
                })
            }));
            let name = format!("aead/seal64/{}/{len}", row.name);
            take_turns(group(c, name, len * BATCH), SECONDS, contenders);

            let bytes: Vec<u8> =
                nonces.iter().flat_map(|nonce| sealed(&key, *nonce, len)).collect();
            let place = RefCell::new(bytes.clone());
            let calls = calls(len * BATCH);
            let turn = || {
                let mut place = place.borrow_mut();
                let mut time = Duration::ZERO;
                // The first call finds the others' code and data in the caches.
                for call in 0..=calls {
                    place.copy_from_slice(&bytes);
                    let mut chunks = place.chunks_exact_mut(len + TAG_LEN);
                    let mut messages: [_; BATCH] = core::array::from_fn(|i| OpenMessage {
                        key: &key,
                        nonce: nonces[i],
                        aad: &AAD,
                        in_out: chunks.next().unwrap(),
                        opened: Err(AeadError::new()),
                    });
                    let start = Instant::now();
                    Key::open_batch(black_box(&mut messages));
                    time += if call > 0 { start.elapsed() } else { Duration::ZERO };
                    assert!(messages.iter().all(|m| m.opened.is_ok()));
                }
                time
            };
            let mut contenders = vec![Contender::timed("chancery", calls, turn)];
            contenders.extend(peers(&row).into_iter().map(|mut peer| {
                let (place, bytes) = (&place, &bytes);
                let turn = move || {
                    let mut place = place.borrow_mut();
                    let mut time = Duration::ZERO;
                    for call in 0..=calls {
                        place.copy_from_slice(bytes);
                        let messages = place.chunks_exact_mut(len + TAG_LEN).zip(&nonces);
                        let start = Instant::now();
                        messages.for_each(|(message, nonce)| (peer.open)(nonce, message));
                        time += if call > 0 { start.elapsed() } else { Duration::ZERO };
                    }
                    time
                };
                Contender::timed(peer.name, calls, turn)
            }));
            let name = format!("aead/open64/{}/{len}", row.name);
            take_turns(group(c, name, len * BATCH), SECONDS, contenders);
        }
    }
}

/// A fresh key for one small message.
fn setup(c: &mut Criterion) {
    for row in rows() {
        let bytes = &KEY[..row.ours.key_len()];
        let mut texts = [[0; 64]; 3];
        let [ours, of_ring, of_aws] = &mut texts;
        let contenders = vec![
            Contender::new("chancery", calls(1350), || {
                let key = Key::new(row.ours, black_box(bytes)).unwrap();
                black_box(key.seal_in_place(&NONCE, &AAD, ours).unwrap());
            }),
            Contender::new("ring", calls(1350), || {
                let key = ring::aead::UnboundKey::new(row.ring, black_box(bytes)).unwrap();
                let nonce = ring::aead::Nonce::assume_unique_for_key(NONCE);
                let tag = ring::aead::LessSafeKey::new(key)
                    .seal_in_place_separate_tag(nonce, ring::aead::Aad::from(AAD), of_ring)
                    .unwrap();
                let _tag = black_box(tag);
            }),
            Contender::new("aws-lc-rs", calls(1350), || {
                let key = aws::UnboundKey::new(row.aws, black_box(bytes)).unwrap();
                let nonce = aws::Nonce::assume_unique_for_key(NONCE);
                let tag = aws::LessSafeKey::new(key)
                    .seal_in_place_separate_tag(nonce, aws::Aad::from(AAD), of_aws)
                    .unwrap();
                let _tag = black_box(tag);
            }),
        ];
        take_turns(group(c, format!("aead/setup/{}/64", row.name), 64), SECONDS, contenders);
    }
}

/// The rounds and products that 16 KiB of AES-GCM cannot do without, alone.
fn bound(c: &mut Criterion) {
    for (name, rounds) in [("aes128gcm", 10), ("aes256gcm", 14)] {
        if Kernel::gcm_bound(8, rounds).is_some() {
            let bound = Contender::new("bound", calls(16384), || {
                black_box(Kernel::gcm_bound(256, black_box(rounds)));
            });
            take_turns(group(c, format!("aead/bound/{name}/16384"), 16384), SECONDS, vec![bound]);
        }
    }
}

criterion_group!(benches, bound, one, batch, setup);
criterion_main!(benches);
