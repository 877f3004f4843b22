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
//!
//! Fours of one length follow each other in stages of four, two or one messages, which are up to
//! eight vectors. The multiplier has but one pipe, so that GHASH alone is slow, and a stage's goes
//! between the AES rounds of the next:
//!
//! ```text
//! stage       1        2        3        4
//! AES         ███████  ███████  ███████  ███████
//! GHASH                ██ of 1  ██ of 2  ██ of 3  ██ of 4
//! ```

use core::arch::x86_64::*;

use chancery_crypto::TAG_LEN;

use super::aes::RoundKeys;
use super::batch::{Batched, SHORT_AAD, Tags, are_alike};
use super::counter512::{J0_STEP, step};
use super::gcm_vaes512::{GcmVaes512, SEAL, Schedule, bits, four_times, round};
use super::ghash512::{Factor, Powers, Sum, reversal};
use super::load::{Gather, lanes, load_short, store128};
use super::order::{keep_order, scalar};

/// The longest message that is short, in bytes: eight vectors.
const SHORT: usize = 512;

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Encrypts or decrypts the first of `fours`, as many as there is room for in `tags` and as long
    /// as their messages are short and their lengths fit; how many fours those are.
    #[inline]
    pub(crate) fn crypt_fours<const DIRECTION: bool>(
        &self,
        fours: &mut [[impl Batched; 4]],
        tags: &mut [Tags<4>],
    ) -> usize {
        let mut spare = None;
        let (_proof, schedule) = self.schedule(&mut spare);
        // SAFETY: the token proves that the CPU has all features of `crypt_fours`.
        unsafe { crypt_fours::<KEYS, DIRECTION>(schedule, fours, tags) }
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt_fours<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    fours: &mut [[impl Batched; 4]],
    tags: &mut [Tags<4>],
) -> usize {
    let mut done = 0;
    while let ([four, ..], [_, ..]) = (&fours[done..], &tags[done..]) {
        let Some(len) = four[0].len() else { break };
        if !are_short(four) {
            break;
        }
        let (run, tags) = (&mut fours[done..], &mut tags[done..]);
        let begun = match len.div_ceil(64) {
            1 => alike::<KEYS, DIRECTION, 1, 4>(schedule, run, tags),
            2 => alike::<KEYS, DIRECTION, 2, 8>(schedule, run, tags),
            3 => alike::<KEYS, DIRECTION, 3, 6>(schedule, run, tags),
            4 => alike::<KEYS, DIRECTION, 4, 8>(schedule, run, tags),
            5 => alike::<KEYS, DIRECTION, 5, 5>(schedule, run, tags),
            6 => alike::<KEYS, DIRECTION, 6, 6>(schedule, run, tags),
            7 => alike::<KEYS, DIRECTION, 7, 7>(schedule, run, tags),
            8 => alike::<KEYS, DIRECTION, 8, 8>(schedule, run, tags),
            _ => 0,
        };
        if begun == 0 {
            tags[0] = mixed::<KEYS, DIRECTION>(schedule, &mut run[0]);
        }
        done += begun.max(1);
    }
    done
}

/// Whether four messages are short, and their lengths fit each other.
#[inline]
fn are_short(four: &[impl Batched; 4]) -> bool {
    // Each verdict for itself: nothing is compared four at a time in a vector.
    four.iter().all(|m| {
        let short = m.len().is_some_and(|len| len <= SHORT) && m.aad().len() <= SHORT_AAD;
        scalar(usize::from(short)) != 0
    })
}

/// The first of `fours`, as long as all their messages have the lengths of the very first, which is
/// `V` vectors; `W` is how many a stage has. How many fours those are.
#[inline(never)]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn alike<const KEYS: usize, const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: Schedule<'_, KEYS>,
    fours: &mut [[impl Batched; 4]],
    tags: &mut [Tags<4>],
) -> usize {
    let at_once = const { W / V };
    let [[message, ..], ..] = fours else { return 0 };
    let (Some(len), aad_len) = (message.len().map(scalar), scalar(message.aad().len())) else {
        return 0;
    };
    let lengths = lengths(schedule, [len; 4], [aad_len; 4]);
    let blocks = len.div_ceil(16);
    let mut behind = [_mm512_setzero_si512(); W];
    let mut done = 0;
    let mut unfinished: Option<(&mut Tags<4>, Sum, __m512i)> = None;
    let mut sums = [Sum::zero(); 4];
    for (four, tag) in fours.iter_mut().zip(&mut *tags) {
        if !are_alike(four, len, aad_len) {
            break;
        }
        let Shared { bases, masks, aads } = Shared::new(schedule, four);
        let mut sum = lengths;
        sum.add(aads, &schedule.powers.table.four_times(blocks + 2));
        for first in (0..4).step_by(at_once) {
            let products;
            (behind, products) = stage::<KEYS, DIRECTION, V, W>(
                schedule,
                &bases[first..],
                behind,
                blocks,
                &mut four[first..],
            );
            let of = (first + 4 - at_once) % 4;
            sums[of..of + at_once].copy_from_slice(&products[..at_once]);
            if first == 0
                && let Some((tag, sum, masks)) = unfinished.take()
            {
                *tag = finish(sum, sums, masks);
            }
        }
        unfinished = Some((tag, sum, masks));
        done += 1;
    }
    if let Some((tag, sum, masks)) = unfinished {
        for (i, block) in behind.into_iter().enumerate() {
            let of = 4 - at_once + i / V;
            if i % V == 0 {
                sums[of] = Sum::zero();
            }
            sums[of].add(block, &factor::<V>(schedule.powers, i, blocks));
        }
        *tag = finish(sum, sums, masks);
    }
    done
}

/// AES of the first `W / V` of `messages`, and between its rounds the products of the blocks that
/// the stage before left behind: the blocks that this one leaves, and those products' sums.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn stage<const KEYS: usize, const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: Schedule<'_, KEYS>,
    bases: &[__m512i],
    behind: [__m512i; W],
    blocks: usize,
    messages: &mut [impl Batched],
) -> ([__m512i; W], [Sum; 4]) {
    let keys = schedule.keys;
    let mut states = [bases[0]; W];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm512_xor_si512(bases[i / V], step(i % V));
    }
    let mut sums = [Sum::zero(); 4];
    // A loop would keep the blocks in memory.
    round_beside::<KEYS, V, W, 0>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 1>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 2>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 3>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 4>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 5>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 6>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 7>(schedule, &mut states, &behind, &mut sums, blocks);
    for key in &keys[9..KEYS - 1] {
        round(&mut states, *key);
        keep_order(&mut states);
    }
    last_round::<KEYS, DIRECTION, V, W, 0>(keys, &mut states, messages);
    last_round::<KEYS, DIRECTION, V, W, 1>(keys, &mut states, messages);
    last_round::<KEYS, DIRECTION, V, W, 2>(keys, &mut states, messages);
    last_round::<KEYS, DIRECTION, V, W, 3>(keys, &mut states, messages);
    (states, sums)
}

/// The last AES round of message `N` of a stage, which adds the keystream to it; its states become
/// the blocks as GHASH takes them.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn last_round<
    const KEYS: usize,
    const DIRECTION: bool,
    const V: usize,
    const W: usize,
    const N: usize,
>(
    keys: &RoundKeys<KEYS>,
    states: &mut [__m512i; W],
    messages: &mut [impl Batched],
) {
    let Some(states) = states.as_chunks_mut::<V>().0.get_mut(N) else { return };
    let key = four_times(keys[KEYS - 1]);
    let mut text = messages[N].text();
    let last = text.load(V - 1);
    let mut row = text.row::<V>().expect("`are_alike` has seen the lengths");
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
}

/// AES round `N + 1` of a stage, and the product of vector `N` of the stage before.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn round_beside<const KEYS: usize, const V: usize, const W: usize, const N: usize>(
    Schedule { keys, powers }: Schedule<'_, KEYS>,
    states: &mut [__m512i; W],
    behind: &[__m512i; W],
    sums: &mut [Sum; 4],
    blocks: usize,
) {
    round(states, keys[N + 1]);
    keep_order(states);
    if N < W {
        sums[N / V].add_in_order(behind[N], &factor::<V>(powers, N, blocks));
    }
}

/// What vector `i` of a stage meets, whose messages have `V` vectors and `blocks` blocks.
#[inline]
#[target_feature(enable = "avx512f")]
fn factor<const V: usize>(powers: &Powers, i: usize, blocks: usize) -> Factor {
    powers.table.from(blocks + 1 - 4 * (i % V))
}

/// The four tags, from what the messages' sums and what they share add up to.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn finish(mut shared: Sum, sums: [Sum; 4], masks: __m512i) -> Tags<4> {
    shared.add_folded(sums);
    let tags = _mm512_xor_si512(_mm512_shuffle_epi8(shared.reduce(), reversal()), masks);
    let mut bytes = [[0; TAG_LEN]; 4];
    let [a, b, c, d] = &mut bytes;
    store128(a, _mm512_castsi512_si128(tags));
    store128(b, _mm512_extracti32x4_epi32::<1>(tags));
    store128(c, _mm512_extracti32x4_epi32::<2>(tags));
    store128(d, _mm512_extracti32x4_epi32::<3>(tags));
    bytes
}

/// Four messages of any lengths, one after the other between what they share.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn mixed<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    messages: &mut [impl Batched; 4],
) -> Tags<4> {
    let table = &schedule.powers.table;
    let Shared { bases, masks, aads } = Shared::new(schedule, messages);
    let [p, q, r, s] = &mut *messages;
    let lens = [p.text().len(), q.text().len(), r.text().len(), s.text().len()].map(scalar);
    let aad_lens = [p.aad().len(), q.aad().len(), r.aad().len(), s.aad().len()].map(scalar);
    let mut sum = lengths(schedule, lens, aad_lens);
    sum.add(aads, &table.lanes(lens.map(|len| len.div_ceil(16) + 2)));
    let [p, q, r, s] = messages;
    let sums = [
        one::<KEYS, DIRECTION>(schedule, bases[0], p.text()),
        one::<KEYS, DIRECTION>(schedule, bases[1], q.text()),
        one::<KEYS, DIRECTION>(schedule, bases[2], r.text()),
        one::<KEYS, DIRECTION>(schedule, bases[3], s.text()),
    ];
    finish(sum, sums, masks)
}

/// What four messages have of a vector each.
struct Shared {
    /// The counter blocks with zero counters, and the first round key added, four times each.
    bases: [__m512i; 4],
    /// E(K, J0) of each.
    masks: __m512i,
    /// The additional data of each.
    aads: __m512i,
}

impl Shared {
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
    )]
    fn new<const KEYS: usize>(
        Schedule { keys, .. }: Schedule<'_, KEYS>,
        [p, q, r, s]: &[impl Batched; 4],
    ) -> Self {
        let nonces = lanes([p.nonce(), q.nonce(), r.nonce(), s.nonce()].map(|n| load_short(n)));
        let bases = _mm512_xor_si512(nonces, four_times(keys[0]));
        let mut masks = [_mm512_xor_si512(bases, step(J0_STEP))];
        for key in &keys[1..KEYS - 1] {
            round(&mut masks, *key);
        }
        let masks = _mm512_aesenclast_epi128(masks[0], four_times(keys[KEYS - 1]));
        let bases = [
            _mm512_shuffle_i64x2::<0x00>(bases, bases),
            _mm512_shuffle_i64x2::<0x55>(bases, bases),
            _mm512_shuffle_i64x2::<0xaa>(bases, bases),
            _mm512_shuffle_i64x2::<0xff>(bases, bases),
        ];
        let aads = lanes([p.aad(), q.aad(), r.aad(), s.aad()].map(|aad| load_short(aad)));
        let aads = _mm512_shuffle_epi8(aads, reversal());
        Self { bases, masks, aads }
    }
}

/// The products of four messages' lengths.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn lengths<const KEYS: usize>(
    Schedule { powers, .. }: Schedule<'_, KEYS>,
    lens: [usize; 4],
    aad_lens: [usize; 4],
) -> Sum {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| [bits(lens[i]), bits(aad_lens[i])]);
    let lengths = _mm512_set_epi64(d[1], d[0], c[1], c[0], b[1], b[0], a[1], a[0]);
    Sum::product(lengths, &powers.table.four_times(1))
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
    mut text: Gather<'_>,
) -> Sum {
    let mut states = [base; V];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm512_xor_si512(*state, step(i));
    }
    for key in &schedule.keys[1..KEYS - 1] {
        round(&mut states, *key);
        keep_order(&mut states);
    }
    let key = four_times(schedule.keys[KEYS - 1]);
    let blocks = text.len().div_ceil(16);
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
        sum.add(block, &factor::<V>(schedule.powers, i, blocks));
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
