//! AES-GCM with VAES and VPCLMULQDQ on 256-bit vectors, two blocks each, without AVX-512.
//!
//! ```text
//! groups of 8 vectors    AES rounds of group g  ║  GHASH of group g-1 (sealing) or g (opening)
//! the rest, up to 255 bytes, the last 64 of them through a padded copy if they are not whole
//! ```
//!
//! Sixteen registers hold the eight states, a round key, the sums of GHASH and what it works on.

use core::arch::x86_64::*;

use chancery_crypto::{NONCE_LEN, TAG_LEN};

use super::aes::{RoundKeys, expand};
use super::gcm_vaes512::{OPEN, SEAL, bits};
use super::ghash256::{GROUP, PairSum, Powers, Sum, reversal};
use super::ghash512::reversal128;
use super::load::load256::{Block64, Padded, load_array256, load_short256};
use super::load::{Chunk, InOut, Message, nonce_block, store128};
use super::order::{keep_order256, opaque};
use crate::cpu::Vaes256;

/// An AES-GCM key; `KEYS` is the number of round keys.
pub(crate) struct GcmVaes256<const KEYS: usize> {
    token: Vaes256,
    schedule: Schedule<KEYS>,
}

/// What a key expands to.
pub(super) struct Schedule<const KEYS: usize> {
    pub(super) keys: RoundKeys<KEYS>,
    pub(super) powers: Powers,
}

/// A group as [`Chunk`] counts, in vectors of 64 bytes.
const CHUNK: usize = GROUP / 2;

impl<const KEYS: usize> GcmVaes256<KEYS> {
    /// Sets up a key, whose length the caller has checked, and passes it through `wrap`.
    #[inline(always)]
    pub(crate) fn set_up<T>(token: Vaes256, key: &[u8], wrap: impl FnOnce(Self) -> T) -> T {
        let wrap = |schedule| wrap(Self { token, schedule });
        // SAFETY: the token proves that the CPU has all features of `setup`.
        unsafe { setup(key, wrap) }
    }

    /// The schedule, and the proof that the CPU has what the kernels need.
    #[inline]
    pub(super) fn schedule(&self) -> (Vaes256, &Schedule<KEYS>) {
        (self.token, &self.schedule)
    }

    /// Encrypts `message` and returns its tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        let _proof = self.token;
        // SAFETY: the token proves that the CPU has all features of `crypt`.
        unsafe { crypt::<KEYS, SEAL>(&self.schedule, nonce, aad, message) }
    }

    /// Decrypts `message` and returns the tag that it should have.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        let _proof = self.token;
        // SAFETY: as in `seal`.
        unsafe { crypt::<KEYS, OPEN>(&self.schedule, nonce, aad, message) }
    }
}

#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn setup<const KEYS: usize, T>(key: &[u8], wrap: impl FnOnce(Schedule<KEYS>) -> T) -> T {
    let keys: RoundKeys<KEYS> = expand(key).expect("the caller has checked the length");
    let powers = Powers::new(&keys);
    wrap(Schedule { keys, powers })
}

#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn crypt<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut message: Message<'_>,
) -> [u8; TAG_LEN] {
    let mut lengths = _mm_set_epi64x(bits(aad.len()), bits(message.len()));
    let mut hash = absorb(&schedule.powers, aad);
    let mut counter = Counter::new(nonce, twice(schedule.keys[0]));
    let mask = tag_mask(schedule, &counter);
    hash = groups::<KEYS, DIRECTION>(schedule, &mut counter, hash, &mut message);
    let mut sum = Sum::zero();
    let last = Last { schedule, counter, hash, message: message.into_rest() };
    match last.message.len().div_ceil(64) {
        0 => lengths = _mm_xor_si128(lengths, hash),
        1 => last.crypt::<2, DIRECTION>(&mut sum),
        2 => last.crypt::<4, DIRECTION>(&mut sum),
        3 => last.crypt::<6, DIRECTION>(&mut sum),
        _ => last.crypt::<8, DIRECTION>(&mut sum),
    }
    sum.add(_mm256_zextsi128_si256(lengths), &schedule.powers.of(0, 1));
    let hash = _mm_shuffle_epi8(sum.reduce(), reversal128());
    let mut tag = [0; TAG_LEN];
    store128(&mut tag, _mm_xor_si128(hash, mask));
    tag
}

/// What is added to a hash to make it a tag: J0 encrypted.
#[inline]
#[target_feature(enable = "avx2,vaes")]
fn tag_mask<const KEYS: usize>(schedule: &Schedule<KEYS>, counter: &Counter) -> __m128i {
    let keys = &opaque(schedule).keys;
    let mut mask = [counter.tag_block()];
    for key in &keys[1..KEYS - 1] {
        round(&mut mask, *key);
    }
    // Not put off to the end, with a copy of every round key on the stack until then.
    keep_order256(&mut mask);
    let [mask] = mask;
    _mm256_castsi256_si128(_mm256_aesenclast_epi128(mask, twice(keys[KEYS - 1])))
}

/// GHASH of the additional data.
#[inline]
#[target_feature(enable = "avx2,vpclmulqdq,pclmulqdq")]
fn absorb(powers: &Powers, aad: &[u8]) -> __m128i {
    let mut hash = _mm_setzero_si128();
    for bytes in aad.chunks(64) {
        let blocks = bytes.len().div_ceil(16);
        let mut sum = Sum::zero();
        for (i, half) in bytes.chunks(32).enumerate() {
            let mut vector = _mm256_shuffle_epi8(load_short256(half), reversal());
            if i == 0 {
                vector = _mm256_xor_si256(vector, _mm256_zextsi128_si256(hash));
            }
            sum.add(vector, &powers.of(i, blocks));
        }
        hash = sum.reduce();
    }
    hash
}

/// All whole groups; the hash behind them.
#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
fn groups<const KEYS: usize, const DIRECTION: bool>(
    schedule: &Schedule<KEYS>,
    counter: &mut Counter,
    mut hash: __m128i,
    message: &mut Message<'_>,
) -> __m128i {
    let Some(mut chunk) = message.take::<CHUNK>() else { return hash };
    let Schedule { keys, powers } = opaque(schedule);
    if DIRECTION == SEAL {
        // GHASH needs ciphertext, so that it stays one group behind.
        let mut states = counter.blocks();
        for key in &keys[1..KEYS - 1] {
            round(&mut states, *key);
        }
        last_round(states, keys, &mut chunk);
        counter.advance(twice(keys[0]));
        while let Some(mut next) = message.take::<CHUNK>() {
            let states;
            (states, hash) = stitched(schedule, counter, hash, |i| chunk.load_back256(i));
            last_round(states, keys, &mut next);
            chunk = next;
        }
        let mut sum = PairSum::zero();
        for i in 0..GROUP {
            add(&mut sum, i, chunk.load_back256(i), hash, powers);
        }
        sum.reduce_group(powers)
    } else {
        loop {
            let states;
            (states, hash) = stitched(schedule, counter, hash, |i| chunk.load256(i));
            last_round(states, keys, &mut chunk);
            match message.take() {
                Some(next) => chunk = next,
                None => return hash,
            }
        }
    }
}

/// All but the last AES round of one group, and between them GHASH of one, which `load` gives.
#[inline]
#[target_feature(enable = "avx2,vaes,vpclmulqdq,pclmulqdq")]
fn stitched<const KEYS: usize>(
    schedule: &Schedule<KEYS>,
    counter: &mut Counter,
    hash: __m128i,
    load: impl Fn(usize) -> __m256i,
) -> ([__m256i; GROUP], __m128i) {
    // Reloaded each time: they would not stay in registers but be copied to the stack.
    let Schedule { keys, powers } = opaque(schedule);
    let mut states = counter.blocks();
    counter.advance(twice(keys[0]));
    let mut sum = PairSum::zero();
    let rounds = (KEYS - 2) / 4;
    for quarter in 0..4 {
        for key in &keys[quarter * rounds + 1..][..rounds] {
            round(&mut states, *key);
            keep_order256(&mut states);
        }
        for i in [2 * quarter, 2 * quarter + 1] {
            add(&mut sum, i, load(i), hash, powers);
        }
    }
    for key in &keys[4 * rounds + 1..KEYS - 1] {
        round(&mut states, *key);
    }
    (states, sum.reduce_group(powers))
}

/// Adds vector `i` of a group to its sum, and before the first the `hash` so far.
#[inline]
#[target_feature(enable = "avx2,vpclmulqdq")]
fn add(sum: &mut PairSum, i: usize, vector: __m256i, hash: __m128i, powers: &Powers) {
    let mut blocks = _mm256_shuffle_epi8(vector, reversal());
    if i == 0 {
        blocks = _mm256_xor_si256(blocks, _mm256_zextsi128_si256(hash));
    }
    sum.add(blocks, &powers.of(i, 2 * GROUP));
}

/// A round key in both lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn twice(key: __m128i) -> __m256i {
    _mm256_broadcastsi128_si256(key)
}

/// One AES round of every state.
#[inline]
#[target_feature(enable = "avx2,vaes")]
pub(super) fn round<const V: usize>(states: &mut [__m256i; V], key: __m128i) {
    let key = twice(key);
    for state in states {
        *state = _mm256_aesenc_epi128(*state, key);
    }
}

/// The last AES round of a group, which adds the keystream to it.
#[inline]
#[target_feature(enable = "avx2,vaes")]
fn last_round<const KEYS: usize>(
    states: [__m256i; GROUP],
    keys: &RoundKeys<KEYS>,
    chunk: &mut Chunk<'_, CHUNK>,
) {
    let key = twice(keys[KEYS - 1]);
    for (i, state) in states.into_iter().enumerate() {
        let text = _mm256_xor_si256(key, chunk.load256(i));
        chunk.store256(i, _mm256_aesenclast_epi128(state, text));
    }
}

/// What is left when no group is.
struct Last<'a, const KEYS: usize> {
    schedule: &'a Schedule<KEYS>,
    counter: Counter,
    hash: __m128i,
    message: InOut<'a>,
}

impl<const KEYS: usize> Last<'_, KEYS> {
    /// Encrypts or decrypts `V` vectors, the last two perhaps short, and adds their products.
    #[inline]
    #[target_feature(enable = "avx2,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2")]
    fn crypt<const V: usize, const DIRECTION: bool>(self, sum: &mut Sum) {
        // Reloaded, as in `stitched`.
        let Schedule { keys, powers } = opaque(self.schedule);
        // The lengths follow.
        let blocks = self.message.len().div_ceil(16) + 1;
        let (whole, end) = self.message.split_at(32 * (V - 2));
        // Copied now, so that loading it does not wait for what was just stored.
        let mut copy = Block64::zero();
        let mut end = Padded::new(end.into(), &mut copy);
        let mut states = self.counter.blocks::<V>();
        for key in &keys[1..KEYS - 1] {
            round(&mut states, *key);
        }
        finish::<KEYS, DIRECTION, V>(keys, &mut states, whole, &mut end);
        states[0] = _mm256_xor_si256(states[0], _mm256_zextsi128_si256(self.hash));
        for (i, pair) in states.into_iter().enumerate() {
            sum.add(pair, &powers.of(i, blocks));
        }
    }
}

/// The last AES round of a message's last vectors, which adds the keystream to them; the states
/// become the blocks as GHASH takes them.
#[inline]
#[target_feature(enable = "avx2,vaes")]
pub(super) fn finish<const KEYS: usize, const DIRECTION: bool, const V: usize>(
    keys: &RoundKeys<KEYS>,
    states: &mut [__m256i; V],
    mut whole: InOut<'_>,
    end: &mut Padded<'_>,
) {
    let key = twice(keys[KEYS - 1]);
    for i in (0..V).step_by(2) {
        let masks = [end.mask(0), end.mask(1)];
        let mut chunk = match whole.take::<1>() {
            Some(chunk) => chunk,
            None => end.chunk(),
        };
        for (half, mask) in masks.into_iter().enumerate() {
            let input = chunk.load256(half);
            let output = _mm256_aesenclast_epi128(states[i + half], _mm256_xor_si256(key, input));
            chunk.store256(half, output);
            let mut hashed = if DIRECTION == SEAL { output } else { input };
            if DIRECTION == SEAL && i + 2 == V {
                hashed = _mm256_and_si256(hashed, mask);
            }
            states[i + half] = _mm256_shuffle_epi8(hashed, reversal());
        }
    }
    end.finish();
}

/// The counter blocks (NIST SP 800-38D §7.1), 16 of them from one: the arithmetic of
/// [`counter512`](super::counter512).
///
/// ```text
/// vector    0      1      ...   6        7
/// counter   2 3    4 5          14 15    16 17
///           base + STEPS[0]     base + ..    next + STEPS[7]
/// ```
struct Counter {
    /// The block of this group with zero low bits, twice, bytes reversed, so that the counter is
    /// the low word.
    reversed: __m256i,
    /// The same as AES takes it, with the first round key added.
    base: __m256i,
    /// The next group's base.
    next: __m256i,
}

/// What the low four bits of the counter add to each block of a group.
static STEPS: [[u8; 32]; GROUP] = {
    let mut steps = [[0; 32]; GROUP];
    let mut i = 0;
    while i < 2 * GROUP {
        steps[i / 2][16 * (i % 2) + 15] = ((i + 2) % 16) as u8;
        i += 1;
    }
    steps
};

/// What to add to the base of the first group for vector `i` of a message.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn step(i: usize) -> __m256i {
    let step = load_array256(&STEPS[i]);
    if i == GROUP - 1 {
        // Blocks 16 and 17 have a bit that the low four do not reach.
        return _mm256_xor_si256(step, _mm256_set_epi64x(1 << 60, 0, 1 << 60, 0));
    }
    step
}

/// What J0 adds to a base, in both lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn j0_step() -> __m256i {
    _mm256_set_epi32(0x0100_0000, 0, 0, 0, 0x0100_0000, 0, 0, 0)
}

impl Counter {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(nonce: &[u8; NONCE_LEN], first_key: __m256i) -> Self {
        let block = twice(nonce_block(nonce));
        let base = _mm256_xor_si256(block, first_key);
        let reversed = _mm256_shuffle_epi8(block, reversal());
        let mut counter = Self { reversed, base, next: base };
        counter.step(first_key);
        counter
    }

    /// J0, with the first round key added: what masks the tag.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn tag_block(&self) -> __m256i {
        _mm256_xor_si256(self.base, j0_step())
    }

    /// Computes the base of the group after this.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn step(&mut self, first_key: __m256i) {
        let group = _mm256_set_epi32(0, 0, 0, 16, 0, 0, 0, 16);
        self.reversed = _mm256_add_epi32(self.reversed, group);
        self.next = _mm256_xor_si256(_mm256_shuffle_epi8(self.reversed, reversal()), first_key);
    }

    /// Goes on to the next group.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn advance(&mut self, first_key: __m256i) {
        self.base = self.next;
        self.step(first_key);
    }

    /// The first `V` vectors from the start of this group, with the first round key added.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn blocks<const V: usize>(&self) -> [__m256i; V] {
        const { assert!(V <= GROUP) };
        let mut blocks = [self.base; V];
        for (i, block) in blocks.iter_mut().enumerate() {
            if i == GROUP - 1 {
                *block = self.next;
            }
            *block = _mm256_xor_si256(*block, load_array256(&STEPS[i]));
        }
        blocks
    }
}
