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
use super::gcm_vaes512::{OPEN, Proved, SEAL, Schedule, bits, round};
use super::ghash512::{Sum, reversal};
use super::load::{Gather, Row, lanes, load_short, store128};
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

impl<const KEYS: usize> Proved<'_, KEYS> {
    /// Encrypts four messages, each of at most [`SHORT`] bytes and with at most [`SHORT_AAD`] of
    /// additional data, and returns their tags.
    #[inline]
    pub(crate) fn seal_four(self, messages: &mut [impl Batched; 4]) -> [[u8; TAG_LEN]; 4] {
        let (_proof, schedule) = self.into_parts();
        // SAFETY: the token proves that the CPU has all features of `crypt_four`.
        unsafe { crypt_four::<KEYS, SEAL>(schedule, messages) }
    }

    /// Decrypts four such messages and returns the tags that they should have.
    #[inline]
    pub(crate) fn open_four(self, messages: &mut [impl Batched; 4]) -> [[u8; TAG_LEN]; 4] {
        let (_proof, schedule) = self.into_parts();
        // SAFETY: as in `seal_four`.
        unsafe { crypt_four::<KEYS, OPEN>(schedule, messages) }
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt_four<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    messages: &mut [impl Batched; 4],
) -> [[u8; TAG_LEN]; 4] {
    let [p, q, r, s] = messages;
    let lens = [p.text().len(), q.text().len(), r.text().len(), s.text().len()].map(scalar);
    let alike = lens[1] == lens[0] && lens[2] == lens[0] && lens[3] == lens[0];
    match lens[0].div_ceil(64) {
        1 if alike => alike_four::<KEYS, DIRECTION, 1>(schedule, messages, lens[0]),
        2 if alike => alike_four::<KEYS, DIRECTION, 2>(schedule, messages, lens[0]),
        3 if alike => staggered_four::<KEYS, DIRECTION, 3>(schedule, messages, lens[0]),
        4 if alike => staggered_four::<KEYS, DIRECTION, 4>(schedule, messages, lens[0]),
        _ => mixed_four::<KEYS, DIRECTION>(schedule, messages, lens),
    }
}

/// Four messages of `len` bytes, which are `V` vectors, step by step together.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn alike_four<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: Schedule<'_, KEYS>,
    messages: &mut [impl Batched; 4],
    len: usize,
) -> [[u8; TAG_LEN]; 4] {
    let Shared { bases: [p, q, r, s], masks, aads, mut sum } =
        Shared::new(schedule, messages, [len; 4]);
    let blocks = len.div_ceil(16);
    sum.add(aads, &schedule.powers.table.four_times(blocks + 2));
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
    let [first, second, third, fourth] = messages;
    sum.add_folded([
        finish::<KEYS, DIRECTION, V>(schedule, p, blocks, first.text()),
        finish::<KEYS, DIRECTION, V>(schedule, q, blocks, second.text()),
        finish::<KEYS, DIRECTION, V>(schedule, r, blocks, third.text()),
        finish::<KEYS, DIRECTION, V>(schedule, s, blocks, fourth.text()),
    ]);
    tags(sum, masks)
}

/// As [`alike_four`], but two messages after the other two: the multiplier has but one pipe, so that
/// GHASH alone is slow, and goes between the AES rounds of those that follow.
///
/// ```text
/// p, q    AES ────► GHASH ──►
/// r, s              AES ────► GHASH ──►
/// ```
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn staggered_four<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    schedule: Schedule<'_, KEYS>,
    messages: &mut [impl Batched; 4],
    len: usize,
) -> [[u8; TAG_LEN]; 4] {
    let shared = Shared::new(schedule, messages, [len; 4]);
    let [first, second, third, fourth] = messages;
    let mut texts = [first.text(), second.text(), third.text(), fourth.text()];
    let [first, second, third, fourth] = &mut texts;
    let last = [first.load(V - 1), second.load(V - 1), third.load(V - 1), fourth.load(V - 1)];
    let (Some(first), Some(second), Some(third), Some(fourth)) =
        (first.row::<V>(), second.row::<V>(), third.row::<V>(), fourth.row::<V>())
    else {
        return mixed_four::<KEYS, DIRECTION>(schedule, messages, [len; 4]);
    };

    let Schedule { keys, powers } = schedule;
    let blocks = len.div_ceil(16);
    let factor = |i: usize| powers.table.from(blocks + 1 - 4 * i);
    let Shared { bases: [p, q, r, s], masks, aads, mut sum } = shared;
    sum.add(aads, &powers.table.four_times(blocks + 2));
    let mut p = start::<V>(p);
    let mut q = start::<V>(q);
    for key in &keys[1..KEYS - 1] {
        round(&mut p, *key);
        round(&mut q, *key);
        keep_order(&mut p);
        keep_order(&mut q);
    }
    let p = last_round::<KEYS, DIRECTION, V>(keys, p, first, last[0]);
    let q = last_round::<KEYS, DIRECTION, V>(keys, q, second, last[1]);

    let mut r = start::<V>(r);
    let mut s = start::<V>(s);
    let mut sums = [Sum::zero(); 4];
    // A loop would keep the blocks in memory.
    round_beside::<KEYS, DIRECTION, V, 0>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 1>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 2>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 3>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 4>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 5>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 6>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    round_beside::<KEYS, DIRECTION, V, 7>(schedule, [&mut r, &mut s], [&p, &q], &mut sums, blocks);
    for key in &keys[9..KEYS - 1] {
        round(&mut r, *key);
        round(&mut s, *key);
        keep_order(&mut r);
        keep_order(&mut s);
    }
    let r = last_round::<KEYS, DIRECTION, V>(keys, r, third, last[2]);
    let s = last_round::<KEYS, DIRECTION, V>(keys, s, fourth, last[3]);
    for i in 0..V {
        sums[2].add(r[i], &factor(i));
        sums[3].add(s[i], &factor(i));
    }
    sum.add_folded(sums);
    tags(sum, masks)
}

/// AES round `N + 1` of two messages, and GHASH of vector `N` of the two before.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn round_beside<const KEYS: usize, const DIRECTION: bool, const V: usize, const N: usize>(
    Schedule { keys, powers }: Schedule<'_, KEYS>,
    [r, s]: [&mut [__m512i; V]; 2],
    [p, q]: [&[__m512i; V]; 2],
    sums: &mut [Sum; 4],
    blocks: usize,
) {
    round(r, keys[N + 1]);
    round(s, keys[N + 1]);
    keep_order(r);
    keep_order(s);
    if N < V {
        sums[0].add_in_order(p[N], &powers.table.from(blocks + 1 - 4 * N));
    } else if N < 2 * V {
        sums[1].add_in_order(q[N - V], &powers.table.from(blocks + 1 - 4 * (N - V)));
    }
}

/// The last AES round of a message, which adds the keystream to it; its blocks as GHASH takes them.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn last_round<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    keys: &[__m512i; KEYS],
    mut states: [__m512i; V],
    mut row: Row<'_, V>,
    last: __m512i,
) -> [__m512i; V] {
    let key = keys[KEYS - 1];
    for (i, state) in states.iter_mut().enumerate() {
        let is_last = i + 1 == V;
        let input = if is_last { last } else { row.load(i) };
        let mut output = _mm512_aesenclast_epi128(*state, _mm512_xor_si512(key, input));
        if is_last {
            output = row.store_last(output);
        } else {
            row.store(i, output);
        }
        let hashed = if DIRECTION == SEAL { output } else { input };
        *state = _mm512_shuffle_epi8(hashed, reversal());
    }
    states
}

/// Four messages of any lengths, one after the other between what they share.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn mixed_four<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    messages: &mut [impl Batched; 4],
    lens: [usize; 4],
) -> [[u8; TAG_LEN]; 4] {
    let table = &schedule.powers.table;
    let lens = lens.map(scalar);
    let Shared { bases, masks, aads, mut sum } = Shared::new(schedule, messages, lens);
    sum.add(aads, &table.lanes(lens.map(|len| len.div_ceil(16) + 2)));
    let [p, q, r, s] = messages;
    sum.add_folded([
        one::<KEYS, DIRECTION>(schedule, bases[0], p.text()),
        one::<KEYS, DIRECTION>(schedule, bases[1], q.text()),
        one::<KEYS, DIRECTION>(schedule, bases[2], r.text()),
        one::<KEYS, DIRECTION>(schedule, bases[3], s.text()),
    ]);
    tags(sum, masks)
}

/// What four messages have of a vector each.
struct Shared {
    /// The counter blocks with zero counters, and the first round key added, four times each.
    bases: [__m512i; 4],
    /// E(K, J0) of each.
    masks: __m512i,
    /// The additional data of each.
    aads: __m512i,
    /// The products of the lengths.
    sum: Sum,
}

impl Shared {
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
    )]
    fn new<const KEYS: usize>(
        Schedule { keys, powers }: Schedule<'_, KEYS>,
        [p, q, r, s]: &[impl Batched; 4],
        lens: [usize; 4],
    ) -> Self {
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
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| [bits(lens[i]), bits(aad_lens[i])]);
        let lengths = _mm512_set_epi64(d[1], d[0], c[1], c[0], b[1], b[0], a[1], a[0]);
        Self { bases, masks, aads, sum: Sum::product(lengths, powers.first()) }
    }
}

/// The four tags, of which each lane has one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn tags(sum: Sum, masks: __m512i) -> [[u8; TAG_LEN]; 4] {
    let tags = _mm512_xor_si512(_mm512_shuffle_epi8(sum.reduce(), reversal()), masks);
    let mut bytes = [[0; TAG_LEN]; 4];
    let [a, b, c, d] = &mut bytes;
    store128(a, _mm512_castsi512_si128(tags));
    store128(b, _mm512_extracti32x4_epi32::<1>(tags));
    store128(c, _mm512_extracti32x4_epi32::<2>(tags));
    store128(d, _mm512_extracti32x4_epi32::<3>(tags));
    bytes
}

/// One message; its sum is still spread over the lanes.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn one<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
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
    schedule: Schedule<'_, KEYS>,
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
    schedule: Schedule<'_, KEYS>,
    states: [__m512i; V],
    blocks: usize,
    mut text: Gather<'_>,
) -> Sum {
    let key = schedule.keys[KEYS - 1];
    let mut sum = Sum::zero();
    let mut vector = |i: usize| {
        if i >= V {
            return;
        }
        let input = text.load(i);
        let output = _mm512_aesenclast_epi128(states[i], _mm512_xor_si512(key, input));
        let output = text.store(i, output);
        let hashed = if DIRECTION == SEAL { output } else { input };
        let block = _mm512_shuffle_epi8(hashed, reversal());
        sum.add(block, &schedule.powers.table.from(blocks + 1 - 4 * i));
    };
    // A loop would keep the states in memory.
    vector(0);
    vector(1);
    vector(2);
    vector(3);
    vector(4);
    vector(5);
    vector(6);
    vector(7);
    sum
}
