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

use super::chacha20_rows256::ChaCha20Rows;
use super::chacha20poly1305_avx512::one_time_key;
use super::load::load256::store_array256;
use super::load::{Gather, load_short};
use super::poly1305_scalar::Hash;

/// The longest message, in bytes: two blocks a set, but for the one-time key's.
pub(crate) const LONGEST: usize = 64 * (2 * 3 - 1);

/// Encrypts `text`, of at most [`LONGEST`] bytes, if `SEAL`, or else decrypts it, and returns its
/// tag.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
pub(crate) fn crypt<const SEAL: bool>(
    key: &[u8; 32],
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
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20Rows::new(key, nonce);
    let mut sets = cipher.start::<S>(0);
    for _ in 0..10 {
        sets.double_round(|_| {});
    }
    let [[block0, _], [front, back]] = cipher.finish(&sets, 0, 0);
    let mut hash = Hash::new(one_time_key(block0));
    padded(&mut hash, aad);
    let mut last = [0; 32];
    if !SEAL {
        if !text.len().is_multiple_of(32) {
            store_array256(&mut last, text.load256(text.len() / 32));
        }
        take_in(&mut hash, text.written(), &last);
    }
    xor(&mut text, 0, front, &mut last);
    xor(&mut text, 1, back, &mut last);
    for i in 1..S {
        let [[a, b], [c, d]] = cipher.finish(&sets, 0, i);
        xor(&mut text, 4 * i - 2, a, &mut last);
        xor(&mut text, 4 * i - 1, b, &mut last);
        xor(&mut text, 4 * i, c, &mut last);
        xor(&mut text, 4 * i + 1, d, &mut last);
    }
    if SEAL {
        take_in(&mut hash, text.written(), &last);
    }
    hash.tag(aad.len(), text.len())
}

/// Takes in blocks, the last one filled up with zeros.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
fn padded(hash: &mut Hash, bytes: &[u8]) {
    for block in bytes.chunks(16) {
        let block = load_short(block);
        let (low, high) = (_mm_cvtsi128_si64(block), _mm_extract_epi64::<1>(block));
        hash.words(low.cast_unsigned(), high.cast_unsigned());
    }
}

/// Takes in the ciphertext, of which a piece of less than 32 bytes at the end is in `last`, with
/// zeros behind: loading what a mask has just stored would wait for the cache.
#[inline(always)]
fn take_in(hash: &mut Hash, bytes: &[u8], last: &[u8; 32]) {
    let (pieces, rest) = bytes.as_chunks::<32>();
    for piece in pieces {
        hash.blocks(piece.as_chunks().0);
    }
    hash.blocks(&last.as_chunks().0[..rest.len().div_ceil(16)]);
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
