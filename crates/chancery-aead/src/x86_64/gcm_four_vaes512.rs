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
use super::load::{Gather, lanes, load_short, store128};
use super::order::{keep_order, scalar};

/// The longest message that is short, in bytes: eight vectors.
pub(crate) const SHORT: usize = 512;

/// The longest additional data of a short message: one block.
pub(crate) const SHORT_AAD: usize = 16;

/// A message of a batch, whichever way it goes.
pub(crate) trait Batched {
    fn nonce(&self) -> &[u8; NONCE_LEN];
    fn aad(&self) -> &[u8];
    /// What is to be encrypted or decrypted.
    fn text(&mut self) -> Gather<'_>;
}

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Encrypts four messages, each of at most [`SHORT`] bytes and with at most [`SHORT_AAD`] of
    /// additional data, and returns their tags.
    pub(crate) fn seal_four(&self, messages: &mut [impl Batched; 4]) -> [[u8; TAG_LEN]; 4] {
        let _proof = self.token;
        // SAFETY: the token proves that the CPU has all features of `crypt_four`.
        unsafe { crypt_four::<KEYS, SEAL>(&self.schedule, messages) }
    }

    /// Decrypts four such messages and returns the tags that they should have.
    pub(crate) fn open_four(&self, messages: &mut [impl Batched; 4]) -> [[u8; TAG_LEN]; 4] {
        let _proof = self.token;
        // SAFETY: as in `seal_four`.
        unsafe { crypt_four::<KEYS, OPEN>(&self.schedule, messages) }
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt_four<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    messages: &mut [impl Batched; 4],
) -> [[u8; TAG_LEN]; 4] {
    let Schedule { keys, powers } = schedule;
    let [p, q, r, s] = messages;
    let nonces = lanes([p.nonce(), q.nonce(), r.nonce(), s.nonce()].map(|n| load_short(n)));
    let bases = _mm512_xor_si512(nonces, keys[0]);
    let mut masks = [_mm512_xor_si512(bases, step(J0_STEP))];
    for key in &keys[1..KEYS - 1] {
        round(&mut masks, *key);
    }
    let masks = _mm512_aesenclast_epi128(masks[0], keys[KEYS - 1]);
    let bases = [
        _mm512_shuffle_i64x2::<0x00>(bases, bases),
        _mm512_shuffle_i64x2::<0x55>(bases, bases),
        _mm512_shuffle_i64x2::<0xaa>(bases, bases),
        _mm512_shuffle_i64x2::<0xff>(bases, bases),
    ];

    let aads = lanes([p.aad(), q.aad(), r.aad(), s.aad()].map(|aad| load_short(aad)));
    let aads = _mm512_shuffle_epi8(aads, reversal());
    let aad_lens = [p.aad().len(), q.aad().len(), r.aad().len(), s.aad().len()].map(scalar);
    let texts = [p.text(), q.text(), r.text(), s.text()];
    let lens = [texts[0].len(), texts[1].len(), texts[2].len(), texts[3].len()].map(scalar);
    let len = lens[0];
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| [bits(lens[i]), bits(aad_lens[i])]);
    let lengths = _mm512_set_epi64(d[1], d[0], c[1], c[0], b[1], b[0], a[1], a[0]);
    let mut sum = Sum::product(lengths, powers.first());

    let alike = lens[1] == len && lens[2] == len && lens[3] == len;
    let sums = if alike && len <= 2 * 64 && len > 0 {
        sum.add(aads, &powers.four_times(len.div_ceil(16) + 2));
        if len <= 64 {
            together::<KEYS, DIRECTION, 1>(schedule, bases, texts)
        } else {
            together::<KEYS, DIRECTION, 2>(schedule, bases, texts)
        }
    } else {
        sum.add(aads, &powers.lanes(lens.map(|len| len.div_ceil(16) + 2)));
        let [p, q, r, s] = texts;
        [
            one::<KEYS, DIRECTION>(schedule, bases[0], p),
            one::<KEYS, DIRECTION>(schedule, bases[1], q),
            one::<KEYS, DIRECTION>(schedule, bases[2], r),
            one::<KEYS, DIRECTION>(schedule, bases[3], s),
        ]
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

/// Four messages of one length, `V` vectors, step by step together; the sums are still spread over
/// the lanes.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn together<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    [p, q, r, s]: [__m512i; 4],
    texts: [Gather<'_>; 4],
) -> [Sum; 4] {
    let blocks = texts[0].len().div_ceil(16);
    let mut p = start::<V>(p);
    let mut q = start::<V>(q);
    let mut r = start::<V>(r);
    let mut s = start::<V>(s);
    for key in &schedule.keys[1..KEYS - 1] {
        round(&mut p, *key);
        round(&mut q, *key);
        round(&mut r, *key);
        round(&mut s, *key);
        keep_order(&mut p);
        keep_order(&mut q);
        keep_order(&mut r);
        keep_order(&mut s);
    }
    let [first, second, third, fourth] = texts;
    [
        finish::<KEYS, DIRECTION, V>(schedule, p, blocks, first),
        finish::<KEYS, DIRECTION, V>(schedule, q, blocks, second),
        finish::<KEYS, DIRECTION, V>(schedule, r, blocks, third),
        finish::<KEYS, DIRECTION, V>(schedule, s, blocks, fourth),
    ]
}

/// One message; its sum is still spread over the lanes.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn one<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    base: __m512i,
    text: Gather<'_>,
) -> Sum {
    match text.len().div_ceil(64) {
        0 => Sum::zero(),
        1 => vectors::<KEYS, DIRECTION, 1>(schedule, base, text),
        2 => vectors::<KEYS, DIRECTION, 2>(schedule, base, text),
        3 => vectors::<KEYS, DIRECTION, 3>(schedule, base, text),
        4 => vectors::<KEYS, DIRECTION, 4>(schedule, base, text),
        5 => vectors::<KEYS, DIRECTION, 5>(schedule, base, text),
        6 => vectors::<KEYS, DIRECTION, 6>(schedule, base, text),
        7 => vectors::<KEYS, DIRECTION, 7>(schedule, base, text),
        _ => vectors::<KEYS, DIRECTION, 8>(schedule, base, text),
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn vectors<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    base: __m512i,
    text: Gather<'_>,
) -> Sum {
    let mut states = start::<V>(base);
    for key in &schedule.keys[1..KEYS - 1] {
        round(&mut states, *key);
        keep_order(&mut states);
    }
    let blocks = text.len().div_ceil(16);
    finish::<KEYS, DIRECTION, V>(schedule, states, blocks, text)
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

/// The last AES round, and the products of a message's `blocks`.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn finish<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: &Schedule<KEYS>,
    states: [__m512i; V],
    blocks: usize,
    mut text: Gather<'_>,
) -> Sum {
    let key = schedule.keys[KEYS - 1];
    let mut sum = Sum::zero();
    for (i, state) in states.into_iter().enumerate() {
        let input = text.load(i);
        let output = _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, input));
        let output = text.store(i, output);
        let hashed = if DIRECTION == SEAL { output } else { input };
        let block = _mm512_shuffle_epi8(hashed, reversal());
        sum.add(block, &schedule.powers.from(blocks + 1 - 4 * i));
    }
    sum
}
