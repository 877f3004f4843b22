//! AES-GCM with VAES and VPCLMULQDQ on 512-bit vectors, four blocks each.
//!
//! ```text
//! groups of 8 vectors    AES rounds of group g  ║  GHASH of group g-1 (sealing) or g (opening)
//! the rest, 1 to 9 vectors, the last one masked
//! ```
//!
//! GHASH runs in four lanes, one for each block of a vector, until the rest joins them: there
//! blocks meet consecutive powers of H and one reduction makes the tag.

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::aes::{RoundKeys, encrypt_block, expand};
use super::ghash512::{Powers, Sum, reversal, reversal128};
use super::load::{Chunk, InOut, Message, load_block_aligned_to_end, load128, store128};
use crate::cpu::Vaes512;
use crate::wipe::wipe;

/// Vectors in a group: enough to hide the latency of an AES round.
const GROUP: usize = 8;

/// An AES-GCM key; `KEYS` is the number of round keys.
pub(crate) struct GcmVaes512<const KEYS: usize> {
    token: Vaes512,
    round_keys: RoundKeys<KEYS>,
    powers: Powers,
}

/// Which way a message goes, as a type parameter of the kernel.
pub(crate) const SEAL: bool = true;
/// The other way.
pub(crate) const OPEN: bool = false;

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Sets up a key; `None` if it is of the wrong length.
    pub(crate) fn new(token: Vaes512, key: &[u8]) -> Option<Self> {
        // SAFETY: the token proves that the CPU has all features of `setup`.
        let (round_keys, powers) = unsafe { setup(key) }?;
        Some(Self { token, round_keys, powers })
    }

    /// Encrypts `message` and returns its tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        let _ = self.token;
        // SAFETY: the token proves that the CPU has all features of `crypt`.
        unsafe { crypt::<KEYS, SEAL>(&self.round_keys, &self.powers, nonce, aad, message) }
    }

    /// Decrypts `message` and returns the tag that it should have.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        let _ = self.token;
        // SAFETY: as in `seal`.
        unsafe { crypt::<KEYS, OPEN>(&self.round_keys, &self.powers, nonce, aad, message) }
    }
}

impl<const KEYS: usize> Drop for GcmVaes512<KEYS> {
    fn drop(&mut self) {
        // SAFETY: vectors may hold any bytes and have no drop of their own.
        unsafe {
            wipe(&mut self.round_keys);
            wipe(&mut self.powers);
        }
    }
}

#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn setup<const KEYS: usize>(key: &[u8]) -> Option<(RoundKeys<KEYS>, Powers)> {
    let round_keys = expand::<KEYS>(key)?;
    let powers = Powers::new(encrypt_block(&round_keys, _mm_setzero_si128()));
    Some((round_keys, powers))
}

#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt<const KEYS: usize, const DIRECTION: bool>(
    keys: &RoundKeys<KEYS>,
    powers: &Powers,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut message: Message<'_>,
) -> [u8; TAG_LEN] {
    let lengths = _mm_set_epi64x(bits(aad.len()), bits(message.len()));
    let mut counter = Counter::new(nonce);
    let head = absorb(powers, aad);

    let mut sum;
    let mut carried = _mm512_setzero_si512();
    if message.len() >= 64 * (GROUP + 1) {
        sum = Sum::product(head, powers.four_times(4 * (GROUP + 1)));
        carried = groups::<KEYS, DIRECTION>(keys, powers, &mut counter, &mut sum, &mut message);
        sum = Sum::product(_mm512_zextsi128_si512(lengths), powers.from(1));
    } else {
        let blocks = message.len().div_ceil(16);
        sum = Sum::product(head, powers.from(blocks + 5));
        sum.add(_mm512_zextsi128_si512(lengths), powers.from(1));
    }
    let mut last = Last { keys, powers, counter, carried, message: message.into_rest() };
    match last.message.len().div_ceil(64) {
        0 => {}
        1 => last.crypt::<1, DIRECTION>(&mut sum),
        2 => last.crypt::<2, DIRECTION>(&mut sum),
        3 => last.crypt::<3, DIRECTION>(&mut sum),
        4 => last.crypt::<4, DIRECTION>(&mut sum),
        5 => last.crypt::<5, DIRECTION>(&mut sum),
        6 => last.crypt::<6, DIRECTION>(&mut sum),
        7 => last.crypt::<7, DIRECTION>(&mut sum),
        8 => last.crypt::<8, DIRECTION>(&mut sum),
        _ => last.crypt::<9, DIRECTION>(&mut sum),
    }
    let mask = encrypt_block(keys, Counter::new(nonce).first);
    let mut tag = [0; TAG_LEN];
    let hash = _mm_shuffle_epi8(sum.reduce_all(), reversal128());
    store128(&mut tag, _mm_xor_si128(hash, mask));
    tag
}

/// A length in bits, of bytes that fit in memory.
fn bits(bytes: usize) -> i64 {
    (bytes as u64 * 8).cast_signed()
}

/// The last four blocks of the additional data, with all before them carried into their lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,vpclmulqdq,pclmulqdq")]
fn absorb(powers: &Powers, aad: &[u8]) -> __m512i {
    // The first vector is the short one: zero blocks in front change nothing.
    let front = if aad.is_empty() { 0 } else { (aad.len() - 1) % 64 + 1 };
    // Only the very last block may be short, so the cut is made at a multiple of 16 from there on.
    let front = (front.div_ceil(16) * 16).min(aad.len());
    let (front, rest) = aad.split_at(front);
    let mut head = _mm512_shuffle_epi8(load_block_aligned_to_end(front), reversal());
    for chunk in rest.chunks(64) {
        head = Sum::product(head, powers.four_times(4)).reduce();
        head = _mm512_xor_si512(
            head,
            _mm512_shuffle_epi8(load_block_aligned_to_end(chunk), reversal()),
        );
    }
    head
}

/// The counter blocks of a message (NIST SP 800-38D §7.1).
#[derive(Clone, Copy)]
struct Counter {
    /// J0, as AES takes it.
    first: __m128i,
    /// The next four blocks, bytes reversed, so that the counter is the low word.
    next: __m512i,
}

impl Counter {
    #[inline]
    #[target_feature(enable = "avx512f,ssse3")]
    fn new(nonce: &[u8; NONCE_LEN]) -> Self {
        let mut first = [0; 16];
        first[..NONCE_LEN].copy_from_slice(nonce);
        first[15] = 1;
        let first = load128(&first);
        let reversed = _mm512_broadcast_i32x4(_mm_shuffle_epi8(first, reversal128()));
        let next = _mm512_add_epi32(
            reversed,
            _mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1),
        );
        Self { first, next }
    }

    /// The next four blocks, as AES takes them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn take(&mut self) -> __m512i {
        let blocks = _mm512_shuffle_epi8(self.next, reversal());
        let four = _mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4);
        self.next = _mm512_add_epi32(self.next, four);
        blocks
    }
}

/// Whole groups, as long as more than a vector is left behind them; what the lanes then carry.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn groups<const KEYS: usize, const DIRECTION: bool>(
    keys: &RoundKeys<KEYS>,
    powers: &Powers,
    counter: &mut Counter,
    sum: &mut Sum,
    message: &mut Message<'_>,
) -> __m512i {
    let mut carried = _mm512_setzero_si512();
    let mut first = true;
    let mut before: Option<Chunk<'_, GROUP>> = None;
    while let Some(mut chunk) = message.group::<GROUP>() {
        let mut states = [_mm512_setzero_si512(); GROUP];
        for state in &mut states {
            *state = _mm512_xor_si512(counter.take(), _mm512_broadcast_i32x4(keys[0]));
        }
        let hashed = if DIRECTION == SEAL { before.as_ref() } else { Some(&chunk) };
        if let Some(hashed) = hashed {
            let mut s = *sum;
            for round in 1..KEYS - 1 {
                let key = _mm512_broadcast_i32x4(keys[round]);
                for state in &mut states {
                    *state = _mm512_aesenc_epi128(*state, key);
                }
                if round <= GROUP {
                    let i = round - 1;
                    let block =
                        if DIRECTION == SEAL { hashed.load_back(i) } else { hashed.load(i) };
                    let mut block = _mm512_shuffle_epi8(block, reversal());
                    let factor = powers.four_times(4 * (GROUP - i));
                    if i == 0 {
                        block = _mm512_xor_si512(block, carried);
                        if first {
                            s.add(block, factor);
                            first = false;
                        } else {
                            s = Sum::product(block, factor);
                        }
                    } else {
                        s.add(block, factor);
                    }
                }
            }
            carried = s.reduce();
        } else {
            for key in &keys[1..KEYS - 1] {
                let key = _mm512_broadcast_i32x4(*key);
                for state in &mut states {
                    *state = _mm512_aesenc_epi128(*state, key);
                }
            }
        }
        let key = _mm512_broadcast_i32x4(keys[KEYS - 1]);
        for (i, state) in states.into_iter().enumerate() {
            chunk.store(i, _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, chunk.load(i))));
        }
        before = Some(chunk);
    }
    if DIRECTION == SEAL
        && let Some(hashed) = before
    {
        let mut s = if first { *sum } else { Sum::zero() };
        for i in 0..GROUP {
            let mut block = _mm512_shuffle_epi8(hashed.load_back(i), reversal());
            if i == 0 {
                block = _mm512_xor_si512(block, carried);
            }
            s.add(block, powers.four_times(4 * (GROUP - i)));
        }
        carried = s.reduce();
    }
    carried
}

/// What is left when no group is.
struct Last<'a, const KEYS: usize> {
    keys: &'a RoundKeys<KEYS>,
    powers: &'a Powers,
    counter: Counter,
    carried: __m512i,
    message: InOut<'a>,
}

impl<const KEYS: usize> Last<'_, KEYS> {
    /// Encrypts or decrypts `V` vectors, of which the last may be short, and adds their products.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
    )]
    fn crypt<const V: usize, const DIRECTION: bool>(&mut self, sum: &mut Sum) {
        let blocks = self.message.len().div_ceil(16);
        let mut states = [_mm512_setzero_si512(); V];
        for state in &mut states {
            *state = _mm512_xor_si512(self.counter.take(), _mm512_broadcast_i32x4(self.keys[0]));
        }
        for key in &self.keys[1..KEYS - 1] {
            let key = _mm512_broadcast_i32x4(*key);
            for state in &mut states {
                *state = _mm512_aesenc_epi128(*state, key);
            }
        }
        let key = _mm512_broadcast_i32x4(self.keys[KEYS - 1]);
        for (i, state) in states.into_iter().enumerate() {
            let (input, output);
            if i + 1 < V
                && let Some(mut chunk) = self.message.take::<1>()
            {
                input = chunk.load(0);
                output = _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, input));
                chunk.store(0, output);
            } else {
                input = self.message.load(0);
                let value = _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, input));
                output = self.message.store(0, value);
            }
            let hashed = if DIRECTION == SEAL { output } else { input };
            let mut block = _mm512_shuffle_epi8(hashed, reversal());
            if i == 0 {
                block = _mm512_xor_si512(block, self.carried);
            }
            sum.add(block, self.powers.from(blocks + 1 - 4 * i));
        }
    }
}
