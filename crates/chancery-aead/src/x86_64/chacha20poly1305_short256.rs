//! ChaCha20-Poly1305 (RFC 8439 §2.8) of the shortest messages: all blocks of keystream at once on
//! 256-bit vectors, and then scalar Poly1305.
//!
//! ```text
//! blocks   0 = one-time key, 1   2, 3     4, 5
//! sets     1                     2        3
//! bytes    up to 64              to 192   to 320
//! ```

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_rows256::{ChaCha20Rows, KeyHalves};
use super::chacha20poly1305_avx512::one_time_key;
use super::load::load256::store_array256;
use super::load::{Gather, load_short};
use super::poly1305_scalar::{OneTimeKey, Sum};

/// The longest message, in bytes: two blocks a set, but for the one-time key's.
pub(crate) const LONGEST: usize = 64 * (2 * 3 - 1);

/// Encrypts `text`, of at most [`LONGEST`] bytes, if `SEAL`, or else decrypts it, and returns its
/// tag.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
pub(crate) fn crypt<const SEAL: bool>(
    key: &KeyHalves,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    match text.len() {
        0..=64 => message::<SEAL, 1>(key, nonce, aad, text),
        65..=192 => message::<SEAL, 2>(key, nonce, aad, text),
        _ => message::<SEAL, 3>(key, nonce, aad, text),
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
fn message<const SEAL: bool, const S: usize>(
    key: &KeyHalves,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20Rows::new(key, nonce);
    let mut sets = cipher.start::<S>();
    for _ in 0..10 {
        sets.double_round();
    }
    let [block0, _, front, back] = cipher.finish(&sets, 0);
    let mut hash = Hash { key: one_time_key(block0), sum: Sum::ZERO };
    hash.padded(aad);
    let mut last = [0; 32];
    if !SEAL {
        if !text.len().is_multiple_of(32) {
            store_array256(&mut last, text.load256(text.len() / 32));
        }
        hash.text(text.written(), &last);
    }
    xor(&mut text, 0, front, &mut last);
    xor(&mut text, 1, back, &mut last);
    for i in 1..S {
        let [a, b, c, d] = cipher.finish(&sets, i);
        xor(&mut text, 4 * i - 2, a, &mut last);
        xor(&mut text, 4 * i - 1, b, &mut last);
        xor(&mut text, 4 * i, c, &mut last);
        xor(&mut text, 4 * i + 1, d, &mut last);
    }
    if SEAL {
        hash.text(text.written(), &last);
    }
    hash.words(aad.len() as u64, text.len() as u64);
    hash.key.tag(hash.sum)
}

/// Poly1305 on its way, the sum multiplied.
struct Hash {
    key: OneTimeKey,
    sum: Sum,
}

impl Hash {
    #[inline(always)]
    fn block(&mut self, block: &[u8; 16]) {
        self.sum = self.key.multiply(self.sum.add(u128::from_le_bytes(*block)));
    }

    /// Takes in a block of two little-endian words.
    #[inline(always)]
    fn words(&mut self, low: u64, high: u64) {
        self.sum = self.key.multiply(self.sum.add(u128::from(low) | u128::from(high) << 64));
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

    /// Takes in the ciphertext, of which a piece of less than 32 bytes at the end is in `last`, with
    /// zeros behind: loading what a mask has just stored would wait for the cache.
    #[inline(always)]
    fn text(&mut self, bytes: &[u8], last: &[u8; 32]) {
        let (pieces, rest) = bytes.as_chunks::<32>();
        for piece in pieces {
            for block in piece.as_chunks().0 {
                self.block(block);
            }
        }
        for block in last.as_chunks().0.iter().take(rest.len().div_ceil(16)) {
            self.block(block);
        }
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
