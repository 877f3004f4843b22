//! ChaCha20-Poly1305 (RFC 8439 §2.8) of short messages: 256-bit vectors and scalar Poly1305.
//!
//! ```text
//! up to 448 bytes   block 0 and the message's, in as few sets as hold them, then Poly1305
//! more              blocks 0-7    8-15                         16-23                  ..
//!   beside them                   Poly1305 of what 0-7 wrote   of what 8-15 wrote
//!                                 (opening: of what 8-15 read) (16-23 read)
//! ```

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_rows256::{ChaCha20Rows, KeyHalves, Sets};
use super::load::load256::store_array256;
use super::load::{Gather, load_short};
use super::poly1305_scalar::{OneTimeKey, Sum};

/// Encrypts `text` if `SEAL`, or else decrypts it, and returns its tag.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
pub(crate) fn crypt<const SEAL: bool>(
    key: &KeyHalves,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    match text.len() {
        ..=64 => message::<SEAL, 1>(key, nonce, aad, text),
        ..=192 => message::<SEAL, 2>(key, nonce, aad, text),
        ..=320 => message::<SEAL, 3>(key, nonce, aad, text),
        _ => message::<SEAL, MOST>(key, nonce, aad, text),
    }
}

/// As many sets as the registers hold.
const MOST: usize = 4;

/// A message whose first `2 * S` blocks, with that of the one-time key, are made together.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
fn message<const SEAL: bool, const S: usize>(
    key: &KeyHalves,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20Rows::new(key, nonce);
    let mut state = cipher.start::<S>(0);
    for _ in 0..10 {
        state.double_round();
    }
    // RFC 8439 §2.6: the one-time key is the front half of block 0.
    let [one_time_key, _, front, back] = cipher.finish(0, &state, 0);
    let mut hash = Hash {
        key: OneTimeKey::new([
            _mm256_extract_epi64::<0>(one_time_key).cast_unsigned(),
            _mm256_extract_epi64::<1>(one_time_key).cast_unsigned(),
            _mm256_extract_epi64::<2>(one_time_key).cast_unsigned(),
            _mm256_extract_epi64::<3>(one_time_key).cast_unsigned(),
        ]),
        sum: Sum::ZERO,
    };
    hash.padded(aad);
    let len = text.len();
    let whole = len - len % 32;
    let mut last = [0; 32];
    if !SEAL {
        hash.whole(&text.written()[..whole.min(128 * S - 64)]);
        store_array256(&mut last, text.load256(whole / 32));
        if len <= 128 * S - 64 {
            hash.last(&last, len - whole);
        }
    }
    xor(&mut text, 0, front, &mut last);
    xor(&mut text, 1, back, &mut last);
    for i in 1..S {
        xor_set(&mut text, 4 * i - 2, cipher.finish(0, &state, i), &mut last);
    }
    let mut done = 0;
    if S == MOST {
        let mut at = 128 * S - 64;
        while at < len {
            let counter = (at / 64 + 1) as i32;
            let hashed = if SEAL { done..at } else { at..whole.min(at + 128 * MOST).max(at) };
            done = at;
            if len - at <= 256 {
                let state = hash.beside::<2>(&cipher, counter, &text.written()[hashed]);
                if !SEAL {
                    hash.last(&last, len - whole);
                }
                for i in 0..2 {
                    xor_set(&mut text, at / 32 + 4 * i, cipher.finish(counter, &state, i), &mut last);
                }
            } else {
                let state = hash.beside::<MOST>(&cipher, counter, &text.written()[hashed]);
                if !SEAL && len - at <= 128 * MOST {
                    hash.last(&last, len - whole);
                }
                for i in 0..MOST {
                    xor_set(&mut text, at / 32 + 4 * i, cipher.finish(counter, &state, i), &mut last);
                }
            }
            at += 128 * MOST;
        }
    }
    if SEAL {
        hash.whole(&text.written()[done..whole]);
        hash.last(&last, len - whole);
    }
    hash.words(aad.len() as u64, len as u64);
    hash.key.tag(hash.sum)
}

/// Poly1305 on its way.
struct Hash {
    key: OneTimeKey,
    sum: Sum,
}

impl Hash {
    /// Takes in a block of two little-endian words.
    #[inline(always)]
    fn words(&mut self, low: u64, high: u64) {
        self.sum = self.key.block(self.sum, u128::from(low) | u128::from(high) << 64);
    }

    #[inline(always)]
    fn block(&mut self, block: &[u8; 16]) {
        self.sum = self.key.block(self.sum, u128::from_le_bytes(*block));
    }

    /// Takes in blocks, the last one filled up with zeros.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
    fn padded(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(16) {
            let block = load_short(block);
            let (low, high) = (_mm_cvtsi128_si64(block), _mm_extract_epi64::<1>(block));
            self.words(low.cast_unsigned(), high.cast_unsigned());
        }
    }

    /// Takes in whole blocks.
    #[inline(always)]
    fn whole(&mut self, bytes: &[u8]) {
        for block in bytes.as_chunks().0 {
            self.block(block);
        }
    }

    /// Takes in the blocks of which `len` bytes are there, zeros behind them.
    #[inline(always)]
    fn last(&mut self, bytes: &[u8; 32], len: usize) {
        let [front, back] = [bytes.first_chunk(), bytes.last_chunk()];
        if let Some(front) = front && len > 0 {
            self.block(front);
        }
        if let Some(back) = back && len > 16 {
            self.block(back);
        }
    }

    /// Takes in whole blocks, while the rounds of `S` sets run.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
    fn beside<const S: usize>(
        &mut self,
        cipher: &ChaCha20Rows,
        counter: i32,
        bytes: &[u8],
    ) -> Sets<S> {
        let mut blocks = bytes.as_chunks().0.iter();
        let mut state = cipher.start::<S>(counter);
        for _ in 0..10 {
            state.double_round();
            for _ in 0..3 {
                if let Some(block) = blocks.next() {
                    self.block(block);
                }
            }
        }
        for block in blocks {
            self.block(block);
        }
        state
    }
}

/// Adds two blocks of keystream to the pieces from `i` on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
fn xor_set(text: &mut Gather<'_>, i: usize, keystream: [__m256i; 4], last: &mut [u8; 32]) {
    for (j, keystream) in keystream.into_iter().enumerate() {
        xor(text, i + j, keystream, last);
    }
}

/// Adds keystream to piece `i`, 32 bytes, of the text; if the text ends within, `last` is what was
/// written and zeros behind.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
fn xor(text: &mut Gather<'_>, i: usize, keystream: __m256i, last: &mut [u8; 32]) {
    if 32 * i < text.len() {
        let written = text.store256(i, _mm256_xor_si256(keystream, text.load256(i)));
        if 32 * i + 32 > text.len() {
            store_array256(last, written);
        }
    }
}
