//! ChaCha20-Poly1305 (RFC 8439 §2.8) on AVX-512 with IFMA.
//!
//! ```text
//! keystream   group 0: blocks 1-16    group 1: blocks 17-32    group 2    ..     what is left
//! beside it   block 0, three at the   Poly1305 of group 0      of group 1 ..
//!             end of the message      (opening: of group 1)    (of group 2)
//! ```
//!
//! Sixteen blocks at once would be mostly waste for a message of up to 1472 bytes. It goes to
//! [`short256`] or [`short512`], which make all of its blocks together.

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::chacha20_avx512::ChaCha20;
use super::chacha20poly1305::{OPEN, SEAL};
use super::load::{Gather, load_short};
use super::poly1305_ifma::{Lanes, Pair, Powers};
use super::poly1305_scalar::{OneTimeKey, Sum};
use super::{chacha20poly1305_short256 as short256, chacha20poly1305_short512 as short512};

/// Encrypts `text`, or decrypts it, and returns its tag.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi2,bmi2")]
pub(super) fn crypt<const DIRECTION: bool>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: Gather<'_>,
) -> [u8; TAG_LEN] {
    if text.len() <= short256::LONGEST {
        short256::crypt::<DIRECTION>(key, nonce, aad, text)
    } else if text.len() <= short512::LONGEST {
        short512::crypt::<DIRECTION>(key, nonce, aad, text)
    } else {
        long::<DIRECTION>(key, nonce, aad, text)
    }
}

/// A message of at least 1024 bytes.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi2,bmi2")]
fn long<const DIRECTION: bool>(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut text: Gather<'_>,
) -> [u8; TAG_LEN] {
    let cipher = ChaCha20::new(key, nonce);
    // A message of at least 1024 bytes has a whole group, even if its last block may be short.
    let blocks = counter(text.len().div_ceil(64));
    let groups = blocks / GROUP;
    let left = 1 + groups * GROUP;
    let mut state = cipher.start(1);
    let mut beside = cipher.start_four([0, left, left + 1, left + 2]);
    let mut two = |half: usize| {
        beside.half_round(2 * half % 4);
        beside.half_round(2 * half % 4 + 1);
    };
    state.diagonal_round(&mut two);
    for _ in 0..4 {
        state.double_round(&mut two);
    }
    state.double_round(|half| beside.half_round(half));
    let [block0, last @ ..] = beside.finish();
    let key = one_time_key(_mm512_castsi512_si256(block0));
    let mut powers = Powers::new(&key);
    state.double_round(|i| powers.compute(i));
    state.double_round(|i| powers.compute(4 + i));
    state.double_round(|i| powers.compute(8 + i));
    state.double_round(|i| powers.compute(12 + i));
    let keystream = cipher.finish(1, state);
    if DIRECTION == SEAL {
        xor(&mut text, 0, keystream);
    }
    let sum = padded(&key, Sum::ZERO, aad);
    let mut hash = Hash::new(Lanes::new(sum, powers));
    if DIRECTION == OPEN {
        hash.up_to(text.written(), GROUP_LEN);
        xor(&mut text, 0, keystream);
    }

    // Groups that are read where they stand.
    let mut group = 1;
    while text.reads_whole(group as usize * GROUP_LEN, GROUP_LEN) {
        let at = group as usize * GROUP_LEN;
        // What is hashed meanwhile has been written, or is not yet overwritten.
        let hashed = whole_group(&text, if DIRECTION == SEAL { at - GROUP_LEN } else { at });
        let mut state = cipher.start(1 + group * GROUP);
        let mut step = hash.lanes.begin();
        state.diagonal_round(|i| hash.lanes.go_on(&mut step, i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 2 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 6 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 10 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 14 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 18 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 22 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 26 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 30 + i, hashed));
        state.double_round(|i| hash.lanes.go_on(&mut step, 34 + i, hashed));
        hash.done += GROUP_LEN;
        xor(&mut text, at, cipher.finish(1 + group * GROUP, state));
        group += 1;
    }

    let mut sum = Sum::ZERO;
    if DIRECTION == OPEN {
        sum = hash.finish(&key, text.written());
    }
    while group < groups {
        xor(&mut text, group as usize * GROUP_LEN, cipher.sixteen(1 + group * GROUP));
        group += 1;
    }
    let at = groups as usize * GROUP_LEN;
    match blocks % GROUP {
        0 => {}
        1..4 => xor(&mut text, at, last),
        4..12 => {
            xor(&mut text, at, last);
            xor(&mut text, at + 64 * last.len(), cipher.eight(left + 3));
        }
        _ => xor(&mut text, at, cipher.sixteen(left)),
    }
    if DIRECTION == SEAL {
        sum = hash.finish(&key, text.written());
    }
    tag(&key, sum, aad.len(), text.len())
}

/// RFC 8439 §2.6: the one-time key is the front half of block 0.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn one_time_key(front: __m256i) -> OneTimeKey {
    OneTimeKey::new([
        _mm256_extract_epi64::<0>(front).cast_unsigned(),
        _mm256_extract_epi64::<1>(front).cast_unsigned(),
        _mm256_extract_epi64::<2>(front).cast_unsigned(),
        _mm256_extract_epi64::<3>(front).cast_unsigned(),
    ])
}

/// The tag, from the sum of additional data and ciphertext: their lengths are the last block.
#[inline]
pub(crate) fn tag(key: &OneTimeKey, sum: Sum, aad_len: usize, text_len: usize) -> [u8; TAG_LEN] {
    let lengths = u128::from(bytes(aad_len)) | u128::from(bytes(text_len)) << 64;
    let sum = key.multiply(sum).add(lengths);
    key.tag(key.multiply(sum))
}

/// Takes in blocks of 16 bytes, the last one filled up with zeros and not yet multiplied.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
pub(crate) fn padded(key: &OneTimeKey, mut sum: Sum, bytes: &[u8]) -> Sum {
    for block in bytes.chunks(16) {
        let block = load_short(block);
        let (low, high) = (_mm_cvtsi128_si64(block), _mm_extract_epi64::<1>(block));
        let block = u128::from(low.cast_unsigned()) | u128::from(high.cast_unsigned()) << 64;
        sum = key.multiply(sum).add(block);
    }
    sum
}

/// Blocks whose keystream is made together.
const GROUP: u32 = 16;

/// The same in bytes.
const GROUP_LEN: usize = 1024;

/// A number of blocks, of which the longest message has fewer than 2^32 (RFC 8439 §2.8).
pub(crate) fn counter(blocks: usize) -> u32 {
    blocks as u32
}

/// A length, of bytes that fit in memory.
fn bytes(len: usize) -> u64 {
    len as u64
}

/// How far a message is hashed.
pub(crate) struct Hash {
    lanes: Lanes,
    /// Bytes taken in.
    done: usize,
}

impl Hash {
    #[inline]
    pub(crate) fn new(lanes: Lanes) -> Self {
        Self { lanes, done: 0 }
    }

    /// Takes in what is before `end`, as far as it is a multiple of 128 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn up_to(&mut self, text: &[u8], end: usize) {
        for pairs in text[self.done..end].as_chunks().0.as_chunks().0.chunks(8) {
            self.lanes.update(pairs);
            self.done += 128 * pairs.len();
        }
    }

    /// Takes in the rest.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512ifma,bmi2")]
    pub(crate) fn finish(&mut self, key: &OneTimeKey, text: &[u8]) -> Sum {
        self.up_to(text, text.len());
        padded(key, self.lanes.finish(), &text[self.done..])
    }
}

/// A group of ciphertext, as the hash takes it.
#[inline]
fn whole_group<'t>(text: &'t Gather<'_>, at: usize) -> &'t [Pair; 8] {
    let (pairs, _) = text.written()[at..at + GROUP_LEN].as_chunks().0.as_chunks();
    pairs.first_chunk().expect("1024 bytes are eight pairs of vectors")
}

/// Adds keystream to the text from `at` on, until one of them ends.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2")]
pub(crate) fn xor<const V: usize>(text: &mut Gather<'_>, at: usize, keystream: [__m512i; V]) {
    if let Some(mut chunk) = text.chunk::<V>(at) {
        for (i, block) in keystream.into_iter().enumerate() {
            chunk.store(i, _mm512_xor_si512(block, chunk.load(i)));
        }
    } else {
        xor_short(text, at, keystream);
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2")]
fn xor_short<const V: usize>(text: &mut Gather<'_>, at: usize, keystream: [__m512i; V]) {
    for (i, block) in (at / 64..text.len().div_ceil(64)).zip(keystream) {
        text.store(i, _mm512_xor_si512(block, text.load(i)));
    }
}
