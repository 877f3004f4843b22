//! The AES key schedule (FIPS 197 §5.2) and single blocks, on AES-NI.

use core::arch::x86_64::*;

use super::load::load128;

/// `KEYS` is the number of round keys: 11 for AES-128, 15 for AES-256.
pub(crate) type RoundKeys<const KEYS: usize> = [__m128i; KEYS];

/// The length in bytes of a key of `KEYS` round keys.
pub(crate) const fn key_len(keys: usize) -> usize {
    4 * (keys - 7)
}

/// Expands a key of 16 bytes into 11 round keys or one of 32 bytes into 15; `None` if it has another
/// length than [`key_len`].
#[inline]
#[target_feature(enable = "aes,ssse3")]
pub(crate) fn expand<const KEYS: usize>(key: &[u8]) -> Option<RoundKeys<KEYS>> {
    const { assert!(KEYS == 11 || KEYS == 15) };
    if key.len() != key_len(KEYS) {
        return None;
    }
    let (words, _) = key.as_chunks::<16>();
    let mut keys = [_mm_setzero_si128(); KEYS];
    let mut rcon = 1;
    if KEYS == 11 {
        keys[0] = load128(&words[0]);
        for i in 1..KEYS {
            keys[i] = next(keys[i - 1], rotated_word(keys[i - 1], rcon));
            rcon = double(rcon);
        }
    } else {
        keys[0] = load128(&words[0]);
        keys[1] = load128(&words[1]);
        for i in (2..KEYS).step_by(2) {
            keys[i] = next(keys[i - 2], rotated_word(keys[i - 1], rcon));
            rcon = double(rcon);
            if i + 1 < KEYS {
                keys[i + 1] = next(keys[i - 1], substituted_word(keys[i]));
            }
        }
    }
    Some(keys)
}

/// Multiplication by x of a round constant.
fn double(rcon: i32) -> i32 {
    if rcon == 0x80 { 0x1b } else { rcon << 1 }
}

/// `SubWord(RotWord(w3)) ^ rcon` in every word.
///
/// With four equal columns `ShiftRows` does nothing, so that the last AES round is `SubBytes` and
/// the addition of a key, at less latency than `AESKEYGENASSIST`.
#[inline]
#[target_feature(enable = "aes,ssse3")]
fn rotated_word(key: __m128i, rcon: i32) -> __m128i {
    let rotated = _mm_shuffle_epi8(key, _mm_set1_epi32(0x0c0f_0e0d));
    _mm_aesenclast_si128(rotated, _mm_set1_epi32(rcon))
}

/// `SubWord(w3)` in every word.
#[inline]
#[target_feature(enable = "aes,ssse3")]
fn substituted_word(key: __m128i) -> __m128i {
    _mm_aesenclast_si128(_mm_shuffle_epi32::<0xff>(key), _mm_setzero_si128())
}

/// The four words after `key`'s: each is the sum of `word` and of `key`'s words up to it.
#[inline]
#[target_feature(enable = "sse2")]
fn next(key: __m128i, word: __m128i) -> __m128i {
    let sum = _mm_xor_si128(key, _mm_slli_si128::<4>(key));
    let sum = _mm_xor_si128(sum, _mm_slli_si128::<8>(sum));
    _mm_xor_si128(sum, word)
}

/// Encrypts one block.
#[inline]
#[target_feature(enable = "aes")]
pub(crate) fn encrypt_block<const KEYS: usize>(keys: &RoundKeys<KEYS>, block: __m128i) -> __m128i {
    let mut state = _mm_xor_si128(block, keys[0]);
    for key in &keys[1..KEYS - 1] {
        state = _mm_aesenc_si128(state, *key);
    }
    _mm_aesenclast_si128(state, keys[KEYS - 1])
}
