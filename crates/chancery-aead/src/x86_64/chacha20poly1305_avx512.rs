//! ChaCha20-Poly1305 (RFC 8439 §2.8) on AVX-512 with IFMA.
//!
//! ```text
//! keystream   blocks 0-15: one-time key, 960 bytes   16-31: 1024 bytes   ..   up to 4 or up to 16
//! Poly1305                 beside the double rounds: what was encrypted, or is to be decrypted
//! ```
//!
//! A short message goes to the portable kernel, since sixteen blocks at once would be mostly waste.

use core::arch::x86_64::*;

use chancery_crypto::{AeadAlgorithm, NONCE_LEN, TAG_LEN};

use super::chacha20_avx512::ChaCha20;
use super::load::Gather;
use super::poly1305_ifma::{Lanes, Poly1305};
use crate::cpu::Ifma512;
use crate::portable::Portable;
use crate::wipe::wipe;

/// The shortest message that these kernels are faster for, in bytes.
pub(crate) const LONG: usize = 1024;

/// A ChaCha20-Poly1305 key.
pub(crate) struct ChaCha20Poly1305Avx512 {
    token: Ifma512,
    key: [u32; 8],
    /// For messages shorter than [`LONG`].
    pub(crate) short: Portable,
}

/// Which way a message goes, as a type parameter of the kernel.
const SEAL: bool = true;
/// The other way.
const OPEN: bool = false;

impl ChaCha20Poly1305Avx512 {
    /// Sets up a key; `None` if it is of the wrong length.
    pub(crate) fn new(token: Ifma512, key: &[u8]) -> Option<Self> {
        let (words, []) = key.as_chunks::<4>() else { return None };
        let words: &[[u8; 4]; 8] = words.try_into().ok()?;
        let short = Portable::new(AeadAlgorithm::ChaCha20Poly1305, key).ok()?;
        Some(Self { token, key: words.map(u32::from_le_bytes), short })
    }

    /// Encrypts `text`, of at least [`LONG`] bytes, and returns its tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        text: Gather<'_>,
    ) -> [u8; TAG_LEN] {
        let _proof = self.token;
        // SAFETY: the token proves that the CPU has all features of `crypt`.
        unsafe { crypt::<SEAL>(&self.key, nonce, aad, text) }
    }

    /// Decrypts `text`, of at least [`LONG`] bytes, and returns the tag that it should have.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        text: Gather<'_>,
    ) -> [u8; TAG_LEN] {
        let _proof = self.token;
        // SAFETY: as in `seal`.
        unsafe { crypt::<OPEN>(&self.key, nonce, aad, text) }
    }
}

impl Drop for ChaCha20Poly1305Avx512 {
    fn drop(&mut self) {
        let mut words = [0; 4];
        for (word, pair) in words.iter_mut().zip(self.key.as_chunks_mut::<2>().0) {
            *word = u64::from(pair[0]) | u64::from(pair[1]) << 32;
            *pair = [0; 2];
        }
        // SAFETY: integers may hold any bytes and have no drop of their own.
        unsafe { wipe(&mut words) };
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi2,bmi2")]
fn crypt<const DIRECTION: bool>(
    key: &[u32; 8],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20::new(key, nonce);
    let [first, blocks @ ..] = cipher.sixteen(0);
    // RFC 8439 §2.6: the one-time key is the front half of block 0.
    let half = _mm512_castsi512_si256(first);
    let mut poly = Poly1305::new([
        _mm256_extract_epi64::<0>(half).cast_unsigned(),
        _mm256_extract_epi64::<1>(half).cast_unsigned(),
        _mm256_extract_epi64::<2>(half).cast_unsigned(),
        _mm256_extract_epi64::<3>(half).cast_unsigned(),
    ]);
    poly.update_padded(aad);

    let mut at = 0;
    if DIRECTION == SEAL {
        xor(&mut text, &mut at, blocks);
    }
    let mut hash = Hash { lanes: Lanes::start(&mut poly, load_256(&text, 0)), done: 256 };
    if DIRECTION == OPEN {
        hash.up_to(&text, &mut poly, blocks.len() * 64);
        xor(&mut text, &mut at, blocks);
    }
    let mut counter = 16;
    while at < text.len() {
        if text.len() - at <= 4 * 64 {
            let blocks = cipher.four(counter);
            if DIRECTION == OPEN {
                hash.up_to(&text, &mut poly, text.len());
            }
            xor(&mut text, &mut at, blocks);
            break;
        }
        // What is hashed meanwhile has been written, or is not yet overwritten.
        let ready = if DIRECTION == SEAL { at } else { text.len() };
        let mut state = cipher.start(counter);
        for steps in 0..5 {
            if steps < 4 && hash.done + 256 <= ready {
                let Hash { lanes, done } = &mut hash;
                let mut step = lanes.begin(load_256(&text, *done));
                state.double_round(|i| lanes.go_on(&mut step, i));
                state.double_round(|i| lanes.go_on(&mut step, 4 + i));
                lanes.end(step);
                *done += 256;
            } else {
                state.double_round(|_| {});
                state.double_round(|_| {});
            }
        }
        let blocks = cipher.finish(counter, state);
        if DIRECTION == OPEN {
            hash.up_to(&text, &mut poly, at + blocks.len() * 64);
        }
        xor(&mut text, &mut at, blocks);
        counter += 16;
    }
    hash.up_to(&text, &mut poly, text.len());
    poly.block(bytes(aad.len()) | bytes(text.len()) << 64);
    poly.tag()
}

/// A length, of bytes that fit in memory.
fn bytes(len: usize) -> u128 {
    len as u128
}

/// How far a message is hashed.
struct Hash {
    lanes: Lanes,
    /// Bytes taken in.
    done: usize,
}

impl Hash {
    /// Takes in 256 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
    fn update(&mut self, text: &Gather<'_>) {
        self.lanes.update(load_256(text, self.done));
        self.done += 256;
    }

    /// Takes in all that is before `end`, and when that reaches the end of the text also the last,
    /// shorter part, for which the lanes come together in `poly`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512ifma,avx512vbmi2")]
    fn up_to(&mut self, text: &Gather<'_>, poly: &mut Poly1305, end: usize) {
        while self.done < end && self.done + 256 <= text.len() {
            self.update(text);
        }
        // More than 256 bytes ahead there is nothing that this could be called for again.
        if (self.done < end || end == text.len()) && self.done <= text.len() {
            self.lanes.finish(poly);
            poly.update_padded(text.written_from(self.done));
            self.done = usize::MAX;
        }
    }
}

/// 256 bytes of ciphertext.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_256(text: &Gather<'_>, at: usize) -> [__m512i; 4] {
    let i = at / 64;
    [text.load_back(i), text.load_back(i + 1), text.load_back(i + 2), text.load_back(i + 3)]
}

/// Adds keystream to the text from `at` on, until one of them ends.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2")]
fn xor<const V: usize>(text: &mut Gather<'_>, at: &mut usize, keystream: [__m512i; V]) {
    if let Some(mut chunk) = text.chunk::<V>(*at) {
        for (i, block) in keystream.into_iter().enumerate() {
            chunk.store(i, _mm512_xor_si512(block, chunk.load(i)));
        }
        *at += 64 * V;
        return;
    }
    for block in keystream {
        if *at >= text.len() {
            return;
        }
        let i = *at / 64;
        text.store(i, _mm512_xor_si512(block, text.load(i)));
        *at += 64;
    }
}
