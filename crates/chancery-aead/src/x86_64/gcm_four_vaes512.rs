//! AES-GCM for four short messages of one key at a time.
//!
//! A short message alone is all latency: forty cycles of AES, then GHASH, then the reduction. Four
//! fill each other's gaps, and share what a message needs once:
//!
//! ```text
//! one vector    J0 of the four messages             one AES
//! one vector    the additional data of the four     one product, each lane with its power of H
//! one vector    the lengths of the four             one product
//! four sums     folded into the lanes of one        one reduction, four tags
//! ```

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::counter512::{J0_STEP, step};
use super::gcm_vaes512::{GcmVaes512, OPEN, SEAL, Schedule, bits, round};
use super::ghash512::{Sum, reversal};
use super::load::{Gather, load_short, lanes, store128};

/// The longest message that is short, in bytes: eight vectors.
pub(crate) const SHORT: usize = 512;

/// The longest additional data of a short message: one block.
pub(crate) const SHORT_AAD: usize = 16;

/// One of four messages.
pub(crate) struct Short<'a> {
    pub(crate) nonce: &'a [u8; NONCE_LEN],
    /// At most [`SHORT_AAD`] bytes.
    pub(crate) aad: &'a [u8],
    /// At most [`SHORT`] bytes.
    pub(crate) message: Gather<'a>,
}

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Encrypts four messages and returns their tags.
    pub(crate) fn seal_four(&self, messages: &mut [Short<'_>; 4]) -> [[u8; TAG_LEN]; 4] {
        let _proof = self.token;
        // SAFETY: the token proves that the CPU has all features of `crypt_four`.
        unsafe { crypt_four::<KEYS, SEAL>(&self.schedule, messages) }
    }

    /// Decrypts four messages and returns the tags that they should have.
    pub(crate) fn open_four(&self, messages: &mut [Short<'_>; 4]) -> [[u8; TAG_LEN]; 4] {
        let _proof = self.token;
        // SAFETY: as in `seal_four`.
        unsafe { crypt_four::<KEYS, OPEN>(&self.schedule, messages) }
    }
}

#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt_four<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    messages: &mut [Short<'_>; 4],
) -> [[u8; TAG_LEN]; 4] {
    let Schedule { keys, powers } = schedule;
    let lens = [0, 1, 2, 3].map(|i| messages[i].message.len());
    let nonces = lanes([0, 1, 2, 3].map(|i| load_short(messages[i].nonce)));
    let bases = _mm512_xor_si512(nonces, keys[0]);
    let mut masks = [_mm512_xor_si512(bases, step(J0_STEP))];
    for key in &keys[1..KEYS - 1] {
        round(&mut masks, *key);
    }
    let masks = _mm512_aesenclast_epi128(masks[0], keys[KEYS - 1]);

    let aads = lanes([0, 1, 2, 3].map(|i| load_short(messages[i].aad)));
    let by_lane = powers.lanes(lens.map(|len| len.div_ceil(16) + 2));
    let mut sum = Sum::product(_mm512_shuffle_epi8(aads, reversal()), &by_lane);
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| [bits(lens[i]), bits(messages[i].aad.len())]);
    let lengths = _mm512_set_epi64(d[1], d[0], c[1], c[0], b[1], b[0], a[1], a[0]);
    sum.add(lengths, powers.first());

    let bases = [
        _mm512_shuffle_i64x2::<0x00>(bases, bases),
        _mm512_shuffle_i64x2::<0x55>(bases, bases),
        _mm512_shuffle_i64x2::<0xaa>(bases, bases),
        _mm512_shuffle_i64x2::<0xff>(bases, bases),
    ];
    let vectors = lens[0].div_ceil(64);
    let alike = lens.iter().all(|len| len.div_ceil(64) == vectors);
    let sums = match vectors {
        1 if alike => together::<KEYS, DIRECTION, 1>(schedule, bases, messages),
        2 if alike => together::<KEYS, DIRECTION, 2>(schedule, bases, messages),
        _ => {
            let mut sums = [Sum::zero(); 4];
            for ((sum, base), short) in sums.iter_mut().zip(bases).zip(messages) {
                *sum = one::<KEYS, DIRECTION>(schedule, base, &mut short.message);
            }
            sums
        }
    };
    sum.add_folded(sums);
    let hashes = _mm512_shuffle_epi8(sum.reduce(), reversal());
    let tags = _mm512_xor_si512(hashes, masks);
    let mut bytes = [[0; TAG_LEN]; 4];
    let [a, b, c, d] = &mut bytes;
    store128(a, _mm512_castsi512_si128(tags));
    store128(b, _mm512_extracti32x4_epi32::<1>(tags));
    store128(c, _mm512_extracti32x4_epi32::<2>(tags));
    store128(d, _mm512_extracti32x4_epi32::<3>(tags));
    bytes
}

/// Four messages of `V` vectors each, step by step together; the sums are still spread over the
/// lanes.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn together<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    bases: [__m512i; 4],
    messages: &mut [Short<'_>; 4],
) -> [Sum; 4] {
    let mut states = bases.map(|base| start::<V>(base));
    for key in &schedule.keys[1..KEYS - 1] {
        for states in &mut states {
            round(states, *key);
        }
    }
    let mut sums = [Sum::zero(); 4];
    for ((sum, states), short) in sums.iter_mut().zip(states).zip(messages) {
        *sum = finish::<KEYS, DIRECTION, V>(schedule, states, &mut short.message);
    }
    sums
}

/// One message; its sum is still spread over the lanes.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn one<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    base: __m512i,
    message: &mut Gather<'_>,
) -> Sum {
    match message.len().div_ceil(64) {
        0 => Sum::zero(),
        1 => vectors::<KEYS, DIRECTION, 1>(schedule, base, message),
        2 => vectors::<KEYS, DIRECTION, 2>(schedule, base, message),
        3 => vectors::<KEYS, DIRECTION, 3>(schedule, base, message),
        4 => vectors::<KEYS, DIRECTION, 4>(schedule, base, message),
        5 => vectors::<KEYS, DIRECTION, 5>(schedule, base, message),
        6 => vectors::<KEYS, DIRECTION, 6>(schedule, base, message),
        7 => vectors::<KEYS, DIRECTION, 7>(schedule, base, message),
        _ => vectors::<KEYS, DIRECTION, 8>(schedule, base, message),
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn vectors<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    base: __m512i,
    message: &mut Gather<'_>,
) -> Sum {
    let mut states = start::<V>(base);
    for key in &schedule.keys[1..KEYS - 1] {
        round(&mut states, *key);
    }
    finish::<KEYS, DIRECTION, V>(schedule, states, message)
}

/// The counter blocks of a message, with the first round key added.
#[inline]
#[target_feature(enable = "avx512f")]
fn start<const V: usize>(base: __m512i) -> [__m512i; V] {
    let mut states = [base; V];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm512_xor_si512(*state, step(i));
    }
    states
}

/// The last AES round, and the products of a message's blocks.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn finish<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    states: [__m512i; V],
    message: &mut Gather<'_>,
) -> Sum {
    let blocks = message.len().div_ceil(16);
    let key = schedule.keys[KEYS - 1];
    let mut sum = Sum::zero();
    for (i, state) in states.into_iter().enumerate() {
        let input = message.load(i);
        let output = _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, input));
        let output = message.store(i, output);
        let hashed = if DIRECTION == SEAL { output } else { input };
        let block = _mm512_shuffle_epi8(hashed, reversal());
        sum.add(block, &schedule.powers.from(blocks + 1 - 4 * i));
    }
    sum
}
