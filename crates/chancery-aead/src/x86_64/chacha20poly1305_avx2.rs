//! ChaCha20-Poly1305 (RFC 8439 §2.8) on AVX2.
//!
//! ```text
//! up to 320 bytes   blocks 0-1, 0-3 or 0-5, 0 = one-time key; then Poly1305
//! more, keystream   blocks 0-5   6-11                12-17       ..
//! beside it                      Poly1305 of 1-5     of 6-11     ..   of the rest, alone
//! ```
//!
//! Poly1305 is scalar, and takes little from the rounds beside it. On Zen 3 this is 0.99 to 1.36
//! times as fast as *ring* from 0 to 16384 bytes, so that no message goes there.

use core::arch::x86_64::{__m256i, _mm256_setzero_si256};

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_rows256::{ChaCha20Rows, Sets};
use super::chacha20poly1305::{OPEN, SEAL};
use super::chacha20poly1305_avx512::{counter, one_time_key};
use super::load::Gather;
use super::load::load256::{Block64, Blocks, short_words};
use super::poly1305_scalar::Hash;

/// Blocks whose keystream is made together, two a set.
const GROUP: usize = 6;

/// The keystream of a group.
type Keystream = [[__m256i; 2]; GROUP];

/// Encrypts `text`, or decrypts it, and returns its tag.
#[target_feature(enable = "avx2,bmi2")]
pub(super) fn crypt<const DIRECTION: bool>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    match text.len() {
        0..=64 => short::<DIRECTION, 1>(key, nonce, aad, text),
        65..=192 => short::<DIRECTION, 2>(key, nonce, aad, text),
        193..=320 => short::<DIRECTION, 3>(key, nonce, aad, text),
        _ => long::<DIRECTION>(key, nonce, aad, text),
    }
}

/// A message whose keystream is made together, two blocks a set.
#[inline(never)]
#[target_feature(enable = "avx2,bmi2")]
fn short<const DIRECTION: bool, const SETS: usize>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let mut copy = Block64::zero();
    let mut text = Blocks::new(text, &mut copy);
    let cipher = ChaCha20Rows::new(key, nonce);
    let sets = first::<SETS>(&cipher);
    let [[block0, _], second] = cipher.finish(&sets, 0, 0);
    let mut hash = begin(block0, aad);
    if DIRECTION == OPEN {
        hash.blocks(text.written());
        hash.blocks(text.end());
    }
    text.xor(0, second);
    for i in 1..SETS {
        let [a, b] = cipher.finish(&sets, 0, i);
        text.xor(2 * i - 1, a);
        text.xor(2 * i, b);
    }
    if DIRECTION == SEAL {
        hash.blocks(text.written());
        hash.blocks(text.end());
    }
    text.finish();
    hash.tag(aad.len(), text.len())
}

/// A longer message.
#[inline(never)]
#[target_feature(enable = "avx2,bmi2")]
fn long<const DIRECTION: bool>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let mut copy = Block64::zero();
    let mut text = Blocks::new(text, &mut copy);
    let cipher = ChaCha20Rows::new(key, nonce);
    let sets = first::<3>(&cipher);
    let [[block0, _], b1] = cipher.finish(&sets, 0, 0);
    let ([b2, b3], [b4, b5]) = (cipher.finish(&sets, 0, 1), cipher.finish(&sets, 0, 2));
    let mut keystream = [b1, b2, b3, b4, b5, b5];
    let mut hash = begin(block0, aad);
    // The first block that is not yet hashed, and the first without keystream.
    let (mut at, mut next) = (0, GROUP - 1);
    if DIRECTION == SEAL {
        xor(&mut text, at, &keystream[..next]);
    }
    while 64 * next < text.len() {
        let hashed = &text.written()[4 * at..4 * next];
        let first = counter(1 + next);
        let following = match (text.len() - 64 * next).div_ceil(128) {
            1 => group::<1>(&cipher, first, &mut hash, hashed),
            2 => group::<2>(&cipher, first, &mut hash, hashed),
            _ => group::<3>(&cipher, first, &mut hash, hashed),
        };
        if DIRECTION == OPEN {
            // Only now, as its ciphertext has been hashed.
            xor(&mut text, at, &keystream[..next - at]);
        }
        keystream = following;
        if DIRECTION == SEAL {
            xor(&mut text, next, &keystream);
        }
        (at, next) = (next, next + GROUP);
    }
    hash.blocks(&text.written()[4 * at..]);
    hash.blocks(text.end());
    if DIRECTION == OPEN {
        xor(&mut text, at, &keystream);
    }
    text.finish();
    hash.tag(aad.len(), text.len())
}

/// The first blocks, that of the one-time key among them, after the last round.
#[inline]
#[target_feature(enable = "avx2")]
fn first<const SETS: usize>(cipher: &ChaCha20Rows) -> Sets<SETS> {
    let mut sets = cipher.start(0);
    for _ in 0..10 {
        sets.double_round(|_| {});
    }
    sets
}

/// The hash of the additional data, under the one-time key from the front of block 0.
#[inline]
#[target_feature(enable = "avx2,bmi2")]
fn begin(block0: __m256i, aad: &[u8]) -> Hash {
    let mut hash = Hash::new(one_time_key(block0));
    for block in aad.chunks(16) {
        let [low, high] = short_words(block);
        hash.words(low, high);
    }
    hash
}

/// The keystream of `SETS` sets from `counter` on, while Poly1305 takes in `blocks`.
#[inline]
#[target_feature(enable = "avx2,bmi2")]
fn group<const SETS: usize>(
    cipher: &ChaCha20Rows,
    counter: u32,
    hash: &mut Hash,
    blocks: &[[u8; 16]],
) -> Keystream {
    let mut sets = cipher.start::<SETS>(counter);
    let (threes, rest) = blocks.as_chunks::<3>();
    for i in 0..10 {
        match threes.get(i) {
            Some(three) => sets.double_round(|half| {
                if half < 3 {
                    hash.blocks(&three[half..=half]);
                }
            }),
            None => sets.double_round(|_| {}),
        }
    }
    hash.blocks(rest);
    let mut keystream = [[_mm256_setzero_si256(); 2]; GROUP];
    for i in 0..SETS {
        [keystream[2 * i], keystream[2 * i + 1]] = cipher.finish(&sets, counter, i);
    }
    keystream
}

/// Adds blocks of keystream to the text from block `at` on, until one of them ends.
#[inline]
#[target_feature(enable = "avx2")]
fn xor(text: &mut Blocks<'_>, at: usize, keystream: &[[__m256i; 2]]) {
    for (i, block) in keystream.iter().enumerate() {
        text.xor(at + i, *block);
    }
}
