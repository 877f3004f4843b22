//! AES-GCM for messages of one key and one length, of more than eight vectors each.
//!
//! A message is stages of eight vectors, and a last one of one to nine. GHASH of a stage goes between
//! the AES rounds of the next, from message to message, so that no unit waits at their ends:
//!
//! ```text
//! message    1                   2
//! AES        ████ ████ ██        ████ ████ ██
//! GHASH           ████ ████      ██   ████ ████
//! ```
//!
//! What four messages share is theirs as in [`gcm_four_vaes512`](super::gcm_four_vaes512).

use core::arch::x86_64::*;
use core::array;

use super::batch::{Batched, FirstAad, Tags, are_alike};
use super::counter512::Counter;
use super::gcm_four_vaes512::{
    AnySchedule, FirstRound, Nonces, finish, last_round, lengths, rounds,
};
use super::gcm_vaes512::{absorb, four_times, round};
use super::ghash512::{Factor, GROUP, PairSum, Sum};
use super::load::Gather;
use super::order::scalar;

/// The length of a whole stage in bytes.
const STAGE: usize = 64 * GROUP;

/// The first of `fours`, as long as all their messages have the lengths of the very first. How many
/// fours those are.
#[inline(never)]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
pub(super) fn alike<const DIRECTION: bool>(
    schedule: AnySchedule<'_>,
    fours: &mut [[impl Batched; 4]],
    tags: &mut [Tags<4>],
) -> usize {
    let AnySchedule { keys, powers } = schedule;
    let [[message, ..], ..] = fours else { return 0 };
    let (Some(len), aad_len) = (message.len().map(scalar), scalar(message.aad().len())) else {
        return 0;
    };
    // The last stage has at least a vector, since each lane of what is carried needs a block to be
    // added to.
    let whole = len.saturating_sub(64) / STAGE;
    if whole == 0 {
        return 0;
    }
    let blocks = (len - STAGE * whole).div_ceil(16);
    let vectors = blocks.div_ceil(4);
    let mut last_factors = [Factor::zero(); GROUP + 1];
    let mut key_only = Sum::zero();
    for (i, factor) in last_factors.iter_mut().enumerate().take(vectors) {
        *factor = powers.table.from(blocks + 1 - 4 * i);
        key_only.add_key_only(factor);
    }
    let mut shared = lengths(schedule, [len; 4], [aad_len; 4]);
    shared.add_folded([key_only; 4]);
    let first_round = FirstRound::<GROUP>::new(schedule);
    let aad = FirstAad::of(message);
    let carry = |aad: &[u8]| Sum::product(absorb(&powers.table, aad), powers.stride()).reduce();
    let after_aad = carry(aad.bytes());

    let mut left = [_mm512_setzero_si512(); GROUP + 1];
    let mut sums = [Sum::zero(); 4];
    let mut unfinished: Option<(&mut Tags<4>, __m512i)> = None;
    let mut done = 0;
    for (four, tag) in fours.iter_mut().zip(&mut *tags) {
        if !are_alike(four, len, aad_len) {
            break;
        }
        let nonces = Nonces::new(schedule, &first_round, four);
        for (i, message) in four.iter_mut().enumerate() {
            let mut carried = if aad.is(message.aad()) { after_aad } else { carry(message.aad()) };
            let mut counter = Counter::new(message.nonce(), four_times(keys.first[0]));
            let mut text = message.text();
            let [first_factors @ .., _] = &last_factors;
            let mut factors = first_factors;
            for stage in 0..whole {
                let mut states;
                if stage == 0 {
                    states = array::from_fn(|j| {
                        _mm512_xor_si512(nonces.bases[i], first_round.counters[j])
                    });
                } else {
                    counter.advance(four_times(keys.first[0]));
                    states = counter.blocks();
                    round(&mut states, keys.first[1]);
                }
                let [behind @ .., ninth] = &left;
                let [mut products, ..] =
                    rounds::<GROUP, GROUP, GROUP>(keys, &mut states, behind, |i| factors[i]);
                if stage > 0 {
                    carried = products.reduce_group(powers);
                } else {
                    if vectors > GROUP {
                        products.add(*ninth, &last_factors[GROUP]);
                    }
                    sums[(i + 3) % 4] = products.sum();
                    if i == 0
                        && let Some((tag, masks)) = unfinished.take()
                    {
                        *tag = finish(shared, sums, masks);
                    }
                }
                last_round::<DIRECTION, GROUP>(keys, &mut states, &mut text, STAGE * stage);
                states[0] = _mm512_xor_si512(states[0], carried);
                left[..GROUP].copy_from_slice(&states);
                factors = &powers.group;
            }
            counter.advance(four_times(keys.first[0]));
            let mut end = End { schedule, counter, left: &mut left, text, at: STAGE * whole };
            match vectors {
                1 => end.crypt::<DIRECTION, 1>(),
                2 => end.crypt::<DIRECTION, 2>(),
                3 => end.crypt::<DIRECTION, 3>(),
                4 => end.crypt::<DIRECTION, 4>(),
                5 => end.crypt::<DIRECTION, 5>(),
                6 => end.crypt::<DIRECTION, 6>(),
                7 => end.crypt::<DIRECTION, 7>(),
                8 => end.crypt::<DIRECTION, 8>(),
                _ => end.crypt::<DIRECTION, 9>(),
            }
        }
        unfinished = Some((tag, nonces.masks));
        done += 1;
    }
    if let Some((tag, masks)) = unfinished {
        let mut products = PairSum::zero();
        for (block, factor) in left.iter().zip(&last_factors).take(vectors) {
            products.add(*block, factor);
        }
        sums[3] = products.sum();
        *tag = finish(shared, sums, masks);
    }
    done
}

/// The end of a message, from byte `at` on.
struct End<'a> {
    schedule: AnySchedule<'a>,
    counter: Counter,
    /// The blocks that the stage before left, and then those that this one leaves.
    left: &'a mut [__m512i; GROUP + 1],
    text: Gather<'a>,
    at: usize,
}

impl End<'_> {
    /// The last stage, of `V` vectors. Of the blocks behind them something is left too, which is
    /// multiplied by zero.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,vaes,vpclmulqdq,bmi2")]
    fn crypt<const DIRECTION: bool, const V: usize>(&mut self) {
        let AnySchedule { keys, powers } = self.schedule;
        let mut states = self.counter.blocks::<V>();
        round(&mut states, keys.first[1]);
        let [behind @ .., _] = &*self.left;
        let [products, ..] =
            rounds::<GROUP, V, GROUP>(keys, &mut states, behind, |i| powers.group[i]);
        let carried = products.reduce_group(powers);
        last_round::<DIRECTION, V>(keys, &mut states, &mut self.text, self.at);
        states[0] = _mm512_xor_si512(states[0], carried);
        self.left[..V].copy_from_slice(&states);
    }
}
