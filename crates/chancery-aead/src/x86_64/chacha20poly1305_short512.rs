//! ChaCha20-Poly1305 (RFC 8439 §2.8) of short messages: all blocks of keystream at once on 512-bit
//! vectors, and then Poly1305 on eight blocks at a time.
//!
//! ```text
//! sets of four blocks   2        3        4        5         6, the most that registers hold
//! bytes                 to 448   to 704   to 960   to 1216   to 1472
//! ```
//!
//! Block 0 is that of the one-time key. Sealing computes its powers while keystream is added.

use core::arch::x86_64::_mm512_castsi512_si256;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_avx512::{ChaCha20, Four};
use super::chacha20poly1305_avx512::{Hash, counter, one_time_key, padded, tag, xor};
use super::load::Gather;
use super::poly1305_ifma::{Lanes, Powers};
use super::poly1305_scalar::Sum;

/// The longest message, in bytes: four blocks a set, but for the one-time key's.
pub(crate) const LONGEST: usize = 64 * (4 * 6 - 1);

/// Encrypts `text`, of at most [`LONGEST`] bytes, if `SEAL`, or else decrypts it, and returns its
/// tag.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi2,bmi2")]
pub(crate) fn crypt<const SEAL: bool>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    match text.len() {
        0..=448 => message::<SEAL, 2>(key, nonce, aad, text),
        449..=704 => message::<SEAL, 3>(key, nonce, aad, text),
        705..=960 => message::<SEAL, 4>(key, nonce, aad, text),
        961..=1216 => message::<SEAL, 5>(key, nonce, aad, text),
        _ => message::<SEAL, 6>(key, nonce, aad, text),
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi2,bmi2")]
fn message<const SEAL: bool, const S: usize>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20::new(key, nonce);
    let mut sets = [cipher.start_four([0, 1, 2, 3]); S];
    for (i, set) in sets.iter_mut().enumerate() {
        let first = counter(4 * i);
        *set = cipher.start_four([first, first + 1, first + 2, first + 3]);
    }
    for _ in 0..10 {
        half_rounds(&mut sets, 0);
        half_rounds(&mut sets, 1);
        half_rounds(&mut sets, 2);
        half_rounds(&mut sets, 3);
    }
    let [block0, front @ ..] = sets[0].finish();
    let key = one_time_key(_mm512_castsi512_si256(block0));
    let mut powers = Powers::new(&key);
    // As many as the pairs of vectors of the longest message with these sets.
    let count = Powers::count((4 * S - 1) / 2);
    let sum = padded(&key, Sum::ZERO, aad);
    let hash =
        |powers, text: &Gather<'_>| Hash::new(Lanes::new(sum, powers)).finish(&key, text.written());
    let sum = if SEAL {
        xor(&mut text, 0, front);
        for (i, set) in sets.iter().enumerate().skip(1) {
            for i in 4 * (i - 1)..4 * i {
                powers.compute(i);
            }
            xor(&mut text, 256 * i - 64, set.finish());
        }
        for i in 4 * (S - 1)..count {
            powers.compute(i);
        }
        hash(powers, &text)
    } else {
        for i in 0..count {
            powers.compute(i);
        }
        let sum = hash(powers, &text);
        xor(&mut text, 0, front);
        for (i, set) in sets.iter().enumerate().skip(1) {
            xor(&mut text, 256 * i - 64, set.finish());
        }
        sum
    };
    tag(&key, sum, aad.len(), text.len())
}

/// The same half of a round of each set.
#[inline]
#[target_feature(enable = "avx512f")]
fn half_rounds<const S: usize>(sets: &mut [Four; S], half: usize) {
    for set in sets {
        set.half_round(half);
    }
}
