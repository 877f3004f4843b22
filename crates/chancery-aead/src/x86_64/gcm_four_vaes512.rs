//! AES-GCM for four short messages of one key at a time.
//!
//! A short message alone is all latency: forty cycles of AES, then GHASH, then the reduction. Four
//! fill each other's gaps, and share what a message needs once:
//!
//! ```text
//! one vector    the nonces of the four              one first AES round
//! one vector    J0 of the four                      one AES
//! one vector    the additional data of the four     one product, each lane with its power of H
//! four sums     folded into the lanes of one        one reduction, four tags
//! ```
//!
//! What follows from the lengths is computed once for all messages that have the same.
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

use super::batch::{Batched, FirstAad, SHORT_AAD, Tags, are_alike};
use super::counter512::{J0_STEP, step};
use super::gcm_long_four_vaes512 as long;
use super::gcm_vaes512::{GcmVaes512, SEAL, Schedule, bits, four_times, round};
use super::ghash512::{Factor, PairSum, Powers, Sum, reversal};
use super::load::{Gather, lanes, load_short, store128};
use super::order::{keep_order, scalar};

/// The longest message that is short, in bytes: eight vectors.
const SHORT: usize = 512;

/// The longest message that is taken at all, in bytes: longer ones gain nothing.
const LONG: usize = 8192;

/// What a key of either length expands to.
#[derive(Clone, Copy)]
pub(super) struct AnySchedule<'k> {
    pub(super) keys: AnyRoundKeys<'k>,
    pub(super) powers: &'k Powers,
}

/// The round keys of a key of either length.
#[derive(Clone, Copy)]
pub(super) struct AnyRoundKeys<'k> {
    /// Those that both have before the last.
    pub(super) first: &'k [__m128i; 10],
    /// Those that AES-256 has besides.
    more: &'k [__m128i],
    /// The last one, in every lane: repeated anew for each message it would cost a shuffle.
    last: __m512i,
}

impl<'k> AnyRoundKeys<'k> {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn of<const KEYS: usize>(keys: &'k [__m128i; KEYS]) -> Self {
        const { assert!(KEYS > 10) };
        let (first, rest) = keys.split_first_chunk().expect("there are more than ten");
        let (last, more) = rest.split_last().expect("there are more than ten");
        Self { first, more, last: four_times(*last) }
    }
}

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Encrypts or decrypts the first of `fours`, as many as there is room for in `tags` and as long
    /// as their messages are short enough and their lengths fit; how many fours those are.
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
    Schedule { keys, powers }: Schedule<'_, KEYS>,
    fours: &mut [[impl Batched; 4]],
    tags: &mut [Tags<4>],
) -> usize {
    let schedule = AnySchedule { keys: AnyRoundKeys::of(keys), powers };
    let mut done = 0;
    while let ([four, ..], [_, ..]) = (&fours[done..], &tags[done..]) {
        let Some(len) = four[0].len().filter(|len| *len <= LONG) else { break };
        let aad_len = scalar(four[0].aad().len());
        if aad_len > SHORT_AAD {
            break;
        }
        let is_run = are_alike(four, len, aad_len);
        let (run, tags) = (&mut fours[done..], &mut tags[done..]);
        let begun = match len.div_ceil(64) {
            0 => 0,
            _ if !is_run => 0,
            1 => alike::<DIRECTION, 1, 4>(schedule, run, tags),
            2 => alike::<DIRECTION, 2, 8>(schedule, run, tags),
            3 => alike::<DIRECTION, 3, 6>(schedule, run, tags),
            4 => alike::<DIRECTION, 4, 8>(schedule, run, tags),
            5 => alike::<DIRECTION, 5, 5>(schedule, run, tags),
            6 => alike::<DIRECTION, 6, 6>(schedule, run, tags),
            7 => alike::<DIRECTION, 7, 7>(schedule, run, tags),
            8 => alike::<DIRECTION, 8, 8>(schedule, run, tags),
            _ => long::alike::<DIRECTION>(schedule, run, tags),
        };
        if begun == 0 {
            if !are_short(&run[0]) {
                break;
            }
            tags[0] = mixed::<DIRECTION>(schedule, &mut run[0]);
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
fn alike<const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: AnySchedule<'_>,
    fours: &mut [[impl Batched; 4]],
    tags: &mut [Tags<4>],
) -> usize {
    let at_once = const { W / V };
    let [[message, ..], ..] = fours else { return 0 };
    let (Some(len), aad_len) = (message.len().map(scalar), scalar(message.aad().len())) else {
        return 0;
    };
    let blocks = len.div_ceil(16);
    let first_round = FirstRound::<V>::new(schedule);
    let mut shared = lengths(schedule, [len; 4], [aad_len; 4]);
    let mut key_only = Sum::zero();
    for i in 0..V {
        key_only.add_key_only(&factor::<V>(schedule.powers, i, blocks));
    }
    shared.add_folded([key_only; 4]);
    let aad = FirstAad::of(message);
    let mut with_aad = shared;
    let first_aads = _mm512_shuffle_epi8(four_times(load_short(aad.bytes())), reversal());
    with_aad.add(first_aads, &schedule.powers.table.four_times(blocks + 2));
    let mut behind = [_mm512_setzero_si512(); W];
    let mut done = 0;
    let mut unfinished: Option<(&mut Tags<4>, Sum, __m512i)> = None;
    let mut sums = [Sum::zero(); 4];
    for (four, tag) in fours.iter_mut().zip(&mut *tags) {
        if !are_alike(four, len, aad_len) {
            break;
        }
        let Nonces { bases, masks } = Nonces::new(schedule, &first_round, four);
        let sum = if four.iter().all(|m| aad.is(m.aad())) {
            with_aad
        } else {
            let mut sum = shared;
            sum.add(aads(four), &schedule.powers.table.four_times(blocks + 2));
            sum
        };
        for first in (0..4).step_by(at_once) {
            let products;
            (behind, products) = stage::<DIRECTION, V, W>(
                schedule,
                &first_round,
                &bases[first..],
                behind,
                blocks,
                &mut four[first..],
            );
            let of = (first + 4 - at_once) % 4;
            for (sum, products) in sums[of..].iter_mut().zip(products).take(at_once) {
                *sum = products.sum();
            }
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
        for (of, blocks_of) in behind.as_chunks::<V>().0.iter().enumerate() {
            let mut products = PairSum::zero();
            for (i, block) in blocks_of.iter().enumerate() {
                products.add(*block, &factor::<V>(schedule.powers, i, blocks));
            }
            sums[4 - at_once + of] = products.sum();
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
fn stage<const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: AnySchedule<'_>,
    first_round: &FirstRound<V>,
    bases: &[__m512i],
    behind: [__m512i; W],
    blocks: usize,
    messages: &mut [impl Batched],
) -> ([__m512i; W], [PairSum; 4]) {
    let mut states = [bases[0]; W];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm512_xor_si512(bases[i / V], first_round.counters[i % V]);
    }
    let factor = |i| factor::<V>(schedule.powers, i, blocks);
    let sums = rounds::<V, W, W>(schedule.keys, &mut states, &behind, factor);
    // A loop would keep the states in memory.
    last_round_of::<DIRECTION, V, W, 0>(schedule.keys, &mut states, messages);
    last_round_of::<DIRECTION, V, W, 1>(schedule.keys, &mut states, messages);
    last_round_of::<DIRECTION, V, W, 2>(schedule.keys, &mut states, messages);
    last_round_of::<DIRECTION, V, W, 3>(schedule.keys, &mut states, messages);
    (states, sums)
}

/// The AES rounds but the first and the last, and between them the products of the vectors `behind`,
/// which are of messages of `V` each: those products' sums.
#[inline]
#[target_feature(enable = "avx512f,vaes,vpclmulqdq")]
pub(super) fn rounds<const V: usize, const A: usize, const H: usize>(
    keys: AnyRoundKeys<'_>,
    states: &mut [__m512i; A],
    behind: &[__m512i; H],
    factor: impl Fn(usize) -> Factor,
) -> [PairSum; 4] {
    let mut sums = [PairSum::zero(); 4];
    // A loop would keep the blocks in memory.
    round(states, keys.first[2]);
    products_of::<V, H, 0>(states, behind, &factor, &mut sums);
    round(states, keys.first[3]);
    products_of::<V, H, 1>(states, behind, &factor, &mut sums);
    round(states, keys.first[4]);
    products_of::<V, H, 2>(states, behind, &factor, &mut sums);
    round(states, keys.first[5]);
    products_of::<V, H, 3>(states, behind, &factor, &mut sums);
    round(states, keys.first[6]);
    products_of::<V, H, 4>(states, behind, &factor, &mut sums);
    round(states, keys.first[7]);
    products_of::<V, H, 5>(states, behind, &factor, &mut sums);
    round(states, keys.first[8]);
    products_of::<V, H, 6>(states, behind, &factor, &mut sums);
    round(states, keys.first[9]);
    products_of::<V, H, 7>(states, behind, &factor, &mut sums);
    products_of::<V, H, 8>(states, behind, &factor, &mut sums);
    for key in keys.more {
        round(states, *key);
        keep_order(states);
    }
    sums
}

/// The last AES round of message `N` of a stage.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,vaes,bmi2")]
fn last_round_of<const DIRECTION: bool, const V: usize, const W: usize, const N: usize>(
    keys: AnyRoundKeys<'_>,
    states: &mut [__m512i; W],
    messages: &mut [impl Batched],
) {
    if let Some(states) = states.as_chunks_mut::<V>().0.get_mut(N) {
        last_round::<DIRECTION, V>(keys, states, &mut messages[N].text(), 0);
    }
}

/// The last AES round of `V` vectors of a text, from byte `at` on, which adds the keystream to it; the
/// states become the blocks as GHASH takes them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,vaes,bmi2")]
pub(super) fn last_round<const DIRECTION: bool, const V: usize>(
    keys: AnyRoundKeys<'_>,
    states: &mut [__m512i; V],
    text: &mut Gather<'_>,
    at: usize,
) {
    let key = keys.last;
    let last = text.load(at / 64 + V - 1);
    let mut row = text.row::<V>(at).expect("`are_alike` has seen the lengths");
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

/// The product of vector `N` of the stage before.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn products_of<const V: usize, const H: usize, const N: usize>(
    states: &mut [__m512i],
    behind: &[__m512i; H],
    factor: &impl Fn(usize) -> Factor,
    sums: &mut [PairSum; 4],
) {
    keep_order(states);
    if N < H {
        if N % V % 2 == 1 {
            sums[N / V].add_two([behind[N - 1], behind[N]], [&factor(N - 1), &factor(N)]);
        } else if N % V == V - 1 {
            sums[N / V].add(behind[N], &factor(N));
        }
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
pub(super) fn finish(mut shared: Sum, sums: [Sum; 4], masks: __m512i) -> Tags<4> {
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
fn mixed<const DIRECTION: bool>(
    schedule: AnySchedule<'_>,
    messages: &mut [impl Batched; 4],
) -> Tags<4> {
    let table = &schedule.powers.table;
    let first_round = FirstRound::<{ SHORT / 64 }>::new(schedule);
    let Nonces { bases, masks } = Nonces::new(schedule, &first_round, messages);
    let aads = aads(messages);
    let [p, q, r, s] = &mut *messages;
    let lens = [p.text().len(), q.text().len(), r.text().len(), s.text().len()].map(scalar);
    let aad_lens = [p.aad().len(), q.aad().len(), r.aad().len(), s.aad().len()].map(scalar);
    let mut sum = lengths(schedule, lens, aad_lens);
    sum.add(aads, &table.lanes(lens.map(|len| len.div_ceil(16) + 2)));
    let [p, q, r, s] = messages;
    let sums = [
        one::<DIRECTION>(schedule, &first_round, bases[0], p.text()),
        one::<DIRECTION>(schedule, &first_round, bases[1], q.text()),
        one::<DIRECTION>(schedule, &first_round, bases[2], r.text()),
        one::<DIRECTION>(schedule, &first_round, bases[3], s.text()),
    ];
    finish(sum, sums, masks)
}

/// What the counters of a message of `V` vectors change in the first AES round.
///
/// They differ in their lowest byte alone, which meets nothing else in that round but a byte of the
/// key: so this is the same for every message, and the round itself is needed once for a nonce.
pub(super) struct FirstRound<const V: usize> {
    pub(super) counters: [__m512i; V],
    j0: __m512i,
}

impl<const V: usize> FirstRound<V> {
    #[inline]
    #[target_feature(enable = "avx512f,vaes")]
    pub(super) fn new(AnySchedule { keys, .. }: AnySchedule<'_>) -> Self {
        let key = four_times(keys.first[0]);
        let zero = _mm512_setzero_si512();
        let without = _mm512_aesenc_epi128(key, zero);
        let change = |step| {
            let with = _mm512_aesenc_epi128(_mm512_xor_si512(key, step), zero);
            _mm512_xor_si512(with, without)
        };
        let mut counters = [zero; V];
        for (i, counter) in counters.iter_mut().enumerate() {
            *counter = change(step(i));
        }
        Self { counters, j0: change(step(J0_STEP)) }
    }
}

/// What comes of four nonces.
pub(super) struct Nonces {
    /// The counter blocks with zero counters after the first AES round, four times each.
    pub(super) bases: [__m512i; 4],
    /// E(K, J0) of each.
    pub(super) masks: __m512i,
}

impl Nonces {
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
    )]
    pub(super) fn new<const V: usize>(
        AnySchedule { keys, .. }: AnySchedule<'_>,
        first_round: &FirstRound<V>,
        [p, q, r, s]: &[impl Batched; 4],
    ) -> Self {
        let nonces = lanes([
            load_short(p.nonce()),
            load_short(q.nonce()),
            load_short(r.nonce()),
            load_short(s.nonce()),
        ]);
        let bases = _mm512_xor_si512(nonces, four_times(keys.first[0]));
        let bases = _mm512_aesenc_epi128(bases, four_times(keys.first[1]));
        let mut masks = [_mm512_xor_si512(bases, first_round.j0)];
        // Two loops, of which the first is unrolled.
        for key in &keys.first[2..] {
            round(&mut masks, *key);
        }
        for key in keys.more {
            round(&mut masks, *key);
        }
        let masks = _mm512_aesenclast_epi128(masks[0], keys.last);
        let bases = [
            _mm512_shuffle_i64x2::<0x00>(bases, bases),
            _mm512_shuffle_i64x2::<0x55>(bases, bases),
            _mm512_shuffle_i64x2::<0xaa>(bases, bases),
            _mm512_shuffle_i64x2::<0xff>(bases, bases),
        ];
        Self { bases, masks }
    }
}

/// The additional data of four messages.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
fn aads([p, q, r, s]: &[impl Batched; 4]) -> __m512i {
    let aads =
        lanes([load_short(p.aad()), load_short(q.aad()), load_short(r.aad()), load_short(s.aad())]);
    _mm512_shuffle_epi8(aads, reversal())
}

/// The products of four messages' lengths.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
pub(super) fn lengths(
    AnySchedule { powers, .. }: AnySchedule<'_>,
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
fn one<const DIRECTION: bool>(
    schedule: AnySchedule<'_>,
    first_round: &FirstRound<{ SHORT / 64 }>,
    base: __m512i,
    text: Gather<'_>,
) -> Sum {
    match text.len().div_ceil(64) {
        0 => Sum::zero(),
        1 => vectors::<DIRECTION, 1>(schedule, first_round, base, text),
        2 => vectors::<DIRECTION, 2>(schedule, first_round, base, text),
        3 => vectors::<DIRECTION, 3>(schedule, first_round, base, text),
        4 => vectors::<DIRECTION, 4>(schedule, first_round, base, text),
        5 => vectors::<DIRECTION, 5>(schedule, first_round, base, text),
        6 => vectors::<DIRECTION, 6>(schedule, first_round, base, text),
        7 => vectors::<DIRECTION, 7>(schedule, first_round, base, text),
        _ => vectors::<DIRECTION, 8>(schedule, first_round, base, text),
    }
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn vectors<const DIRECTION: bool, const V: usize>(
    schedule: AnySchedule<'_>,
    first_round: &FirstRound<{ SHORT / 64 }>,
    base: __m512i,
    mut text: Gather<'_>,
) -> Sum {
    let mut states = [base; V];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm512_xor_si512(*state, first_round.counters[i]);
    }
    for key in &schedule.keys.first[2..] {
        round(&mut states, *key);
        keep_order(&mut states);
    }
    for key in schedule.keys.more {
        round(&mut states, *key);
        keep_order(&mut states);
    }
    let key = schedule.keys.last;
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
