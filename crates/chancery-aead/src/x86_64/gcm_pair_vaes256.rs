//! AES-GCM for two short messages of one key at a time, on 256-bit vectors.
//!
//! It is [`gcm_four_vaes512`](super::gcm_four_vaes512) with half the width: a lane for each of two
//! messages in what they need once, and GHASH of a stage between the AES rounds of the next. A stage
//! has one or two messages, which are up to eight vectors.

use core::arch::x86_64::*;

use chancery_crypto::TAG_LEN;

use super::aes::RoundKeys;
use super::batch::{Batched, FirstAad, SHORT_AAD, Tags, are_alike};
use super::gcm_vaes256::{GcmVaes256, Schedule, finish, j0_step, round, step, twice};
use super::gcm_vaes512::bits;
use super::ghash256::{PairSum, Sum, reversal};
use super::load::load256::{Block64, Padded, load_short256};
use super::load::{InOut, nonce_block, store128};
use super::order::{keep_order256, opaque, scalar};

impl<const KEYS: usize> GcmVaes256<KEYS> {
    /// Encrypts or decrypts the first of `pairs`, as many as there is room for in `tags` and as long
    /// as they are short and their lengths fit, each two alike; how many pairs those are.
    #[inline]
    pub(crate) fn crypt_pairs<const DIRECTION: bool>(
        &self,
        pairs: &mut [[impl Batched; 2]],
        tags: &mut [Tags<2>],
    ) -> usize {
        let (_proof, schedule) = self.schedule();
        // SAFETY: the token proves that the CPU has all features of `crypt_pairs`.
        unsafe { crypt_pairs::<KEYS, DIRECTION>(schedule, pairs, tags) }
    }
}

#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn crypt_pairs<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    pairs: &mut [[impl Batched; 2]],
    tags: &mut [Tags<2>],
) -> usize {
    let mut done = 0;
    while let [[message, ..], ..] = &pairs[done..] {
        let (len, aad_len) = (message.len(), message.aad().len());
        let Some(len) = len.filter(|_| aad_len <= SHORT_AAD).map(scalar) else { break };
        let (run, tags) = (&mut pairs[done..], &mut tags[done..]);
        let begun = match len.div_ceil(64) {
            1 => alike::<KEYS, DIRECTION, 2, 4>(schedule, run, tags, [len, aad_len]),
            2 => alike::<KEYS, DIRECTION, 4, 8>(schedule, run, tags, [len, aad_len]),
            3 => alike::<KEYS, DIRECTION, 6, 6>(schedule, run, tags, [len, aad_len]),
            4 => alike::<KEYS, DIRECTION, 8, 8>(schedule, run, tags, [len, aad_len]),
            _ => 0,
        };
        if begun == 0 {
            break;
        }
        done += begun;
    }
    done
}

/// The first of `pairs`, as long as all their messages are `len` bytes long, which are `V` vectors,
/// with `aad_len` of additional data; `W` is how many a stage has. How many pairs those are.
#[inline(never)]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn alike<const KEYS: usize, const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: &Schedule<KEYS>,
    pairs: &mut [[impl Batched; 2]],
    tags: &mut [Tags<2>],
    [len, aad_len]: [usize; 2],
) -> usize {
    let at_once = const { W / V };
    let Schedule { keys, powers } = schedule;
    let blocks = len.div_ceil(16);
    let first_round = FirstRound::<V>::new(schedule);
    let mut shared = Sum::zero();
    shared.add(twice(_mm_set_epi64x(bits(aad_len), bits(len))), &powers.twice(1));
    let mut key_only = Sum::zero();
    for i in 0..V {
        key_only.add_key_only(&powers.of(i, blocks + 1));
    }
    shared.add_folded([key_only; 2]);
    let [[message, ..], ..] = pairs else { return 0 };
    let aad = FirstAad::of(message);
    let mut with_aad = shared;
    let first_aads = _mm256_shuffle_epi8(twice(load_aad(aad.bytes())), reversal());
    with_aad.add(first_aads, &powers.twice(blocks + 2));
    let mut behind = [_mm256_setzero_si256(); W];
    let mut done = 0;
    let mut unfinished: Option<(&mut Tags<2>, Sum, __m256i)> = None;
    let mut sums = [Sum::zero(); 2];
    for (pair, tag) in pairs.iter_mut().zip(tags) {
        if !are_alike(pair, len, aad_len) {
            break;
        }
        let [p, q] = &*pair;
        let nonces = lanes(nonce_block(p.nonce()), nonce_block(q.nonce()));
        let base = _mm256_xor_si256(nonces, twice(keys[0]));
        let base = _mm256_aesenc_epi128(base, twice(keys[1]));
        let mut masks = [_mm256_xor_si256(base, first_round.j0)];
        for key in &keys[2..KEYS - 1] {
            round(&mut masks, *key);
        }
        let masks = _mm256_aesenclast_epi128(masks[0], twice(keys[KEYS - 1]));
        let sum = if aad.is(p.aad()) && aad.is(q.aad()) {
            with_aad
        } else {
            let aads = lanes(load_aad(p.aad()), load_aad(q.aad()));
            let mut sum = shared;
            sum.add(_mm256_shuffle_epi8(aads, reversal()), &powers.twice(blocks + 2));
            sum
        };
        let bases = [
            _mm256_permute2x128_si256::<0x00>(base, base),
            _mm256_permute2x128_si256::<0x11>(base, base),
        ];
        for first in (0..2).step_by(at_once) {
            let products;
            (behind, products) = stage::<KEYS, DIRECTION, V, W>(
                schedule,
                &first_round,
                &bases[first..],
                behind,
                blocks,
                &mut pair[first..],
            );
            let of = (first + 2 - at_once) % 2;
            sums[of..of + at_once].copy_from_slice(&products.map(|sum| sum.sum())[..at_once]);
            if first == 0
                && let Some((tag, sum, masks)) = unfinished.take()
            {
                *tag = finish_pair(sum, sums, masks);
            }
        }
        unfinished = Some((tag, sum, masks));
        done += 1;
    }
    if let Some((tag, sum, masks)) = unfinished {
        for (of, blocks_of) in behind.as_chunks::<V>().0.iter().enumerate() {
            let mut products = PairSum::zero();
            for (i, block) in blocks_of.iter().enumerate() {
                products.add(*block, &powers.of(i, scalar(blocks + 1)));
            }
            sums[2 - at_once + of] = products.sum();
        }
        *tag = finish_pair(sum, sums, masks);
    }
    done
}

/// What the counters of a message of `V` vectors change in the first AES round, as in
/// [`gcm_four_vaes512`](super::gcm_four_vaes512).
struct FirstRound<const V: usize> {
    counters: [__m256i; V],
    j0: __m256i,
}

impl<const V: usize> FirstRound<V> {
    #[inline]
    #[target_feature(enable = "avx2,vaes")]
    fn new<const KEYS: usize>(Schedule { keys, .. }: &Schedule<KEYS>) -> Self {
        let key = twice(keys[0]);
        let zero = _mm256_setzero_si256();
        let without = _mm256_aesenc_epi128(key, zero);
        let change = |step| {
            let with = _mm256_aesenc_epi128(_mm256_xor_si256(key, step), zero);
            _mm256_xor_si256(with, without)
        };
        let mut counters = [zero; V];
        for (i, counter) in counters.iter_mut().enumerate() {
            *counter = change(step(i));
        }
        Self { counters, j0: change(j0_step()) }
    }
}

/// A block of additional data.
#[inline]
#[target_feature(enable = "avx2")]
fn load_aad(aad: &[u8]) -> __m128i {
    _mm256_castsi256_si128(load_short256(aad))
}

/// AES of the first `W / V` of `messages`, and between its rounds the products of the blocks that
/// the stage before left behind: the blocks that this one leaves, and those products' sums.
#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn stage<const KEYS: usize, const DIRECTION: bool, const V: usize, const W: usize>(
    schedule: &Schedule<KEYS>,
    first_round: &FirstRound<V>,
    bases: &[__m256i],
    behind: [__m256i; W],
    blocks: usize,
    messages: &mut [impl Batched],
) -> ([__m256i; W], [PairSum; 2]) {
    // Reloaded: there are but sixteen registers.
    let schedule = opaque(schedule);
    let keys = &schedule.keys;
    // The ends are copied now, so that loading them does not wait for what was just stored.
    let mut copies = [Block64::zero(), Block64::zero()];
    let [first_copy, second_copy] = &mut copies;
    let mut messages = messages.iter_mut();
    let first = messages.next().map(|m| end_of::<V>(m, first_copy));
    let second = if W > V { messages.next().map(|m| end_of::<V>(m, second_copy)) } else { None };
    let mut states = [bases[0]; W];
    for (i, state) in states.iter_mut().enumerate() {
        *state = _mm256_xor_si256(bases[i / V], first_round.counters[i % V]);
    }
    let mut sums = [PairSum::zero(); 2];
    // A loop would keep the blocks in memory.
    round_beside::<KEYS, V, W, 0>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 1>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 2>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 3>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 4>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 5>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 6>(schedule, &mut states, &behind, &mut sums, blocks);
    round_beside::<KEYS, V, W, 7>(schedule, &mut states, &behind, &mut sums, blocks);
    for key in &keys[10..KEYS - 1] {
        round(&mut states, *key);
        keep_order256(&mut states);
    }
    last_round::<KEYS, DIRECTION, V, W, 0>(keys, &mut states, first);
    last_round::<KEYS, DIRECTION, V, W, 1>(keys, &mut states, second);
    (states, sums)
}

/// AES round `N + 2` of a stage, and the product of vector `N` of the stage before.
#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn round_beside<const KEYS: usize, const V: usize, const W: usize, const N: usize>(
    Schedule { keys, powers }: &Schedule<KEYS>,
    states: &mut [__m256i; W],
    behind: &[__m256i; W],
    sums: &mut [PairSum; 2],
    blocks: usize,
) {
    round(states, keys[N + 2]);
    keep_order256(states);
    if N < W {
        sums[N / V].add_in_order(behind[N], &powers.of(N % V, blocks + 1));
    }
}

/// The last AES round of message `N` of a stage.
#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn last_round<
    const KEYS: usize,
    const DIRECTION: bool,
    const V: usize,
    const W: usize,
    const N: usize,
>(
    keys: &RoundKeys<KEYS>,
    states: &mut [__m256i; W],
    text: Option<(InOut<'_>, Padded<'_>)>,
) {
    let Some(states) = states.as_chunks_mut::<V>().0.get_mut(N) else { return };
    if let Some((whole, mut end)) = text {
        finish::<KEYS, DIRECTION, V>(keys, states, whole, &mut end);
    }
}

/// The vectors of a message of `V`: all but the last two, which are whole, and those.
#[inline]
fn end_of<'a, const V: usize>(
    message: &'a mut impl Batched,
    copy: &'a mut Block64,
) -> (InOut<'a>, Padded<'a>) {
    let text = message.text();
    let (whole, end) = text.split_tail(32 * (V - 2)).expect("`are_alike` has seen the lengths");
    (whole, Padded::new(end, copy))
}

/// Two blocks in one vector.
#[inline]
#[target_feature(enable = "avx2")]
fn lanes(p: __m128i, q: __m128i) -> __m256i {
    _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(p), q)
}

/// The two tags, from what the messages' sums and what they share add up to.
#[inline]
#[target_feature(enable = "avx2,vpclmulqdq")]
fn finish_pair(mut shared: Sum, sums: [Sum; 2], masks: __m256i) -> Tags<2> {
    shared.add_folded(sums);
    let tags = _mm256_shuffle_epi8(shared.reduce_lanes(), reversal());
    let tags = _mm256_xor_si256(tags, masks);
    let mut bytes = [[0; TAG_LEN]; 2];
    let [p, q] = &mut bytes;
    store128(p, _mm256_castsi256_si128(tags));
    store128(q, _mm256_extracti128_si256::<1>(tags));
    bytes
}
