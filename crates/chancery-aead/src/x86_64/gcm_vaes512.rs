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
use zeroize::zeroize_flat_type;

use super::aes::{RoundKeys, encrypt_block, expand};
use super::counter512::Counter;
use super::ghash512::{GROUP, LOW_BLOCKS, Low, PairSum, Powers, Sum, Table, reversal, reversal128};
use super::load::{Chunk, InOut, Message, load_at_end, store128};
use super::order::{keep_order, opaque};
use crate::cpu::Vaes512;
use crate::lazy::Lazy;

/// An AES-GCM key; `KEYS` is the number of round keys.
pub(crate) struct GcmVaes512<const KEYS: usize> {
    token: Vaes512,
    base: Base<KEYS>,
    /// A key for one short message is not made to wait for them.
    powers: Lazy<Powers>,
}

/// What every message needs of a key.
struct Base<const KEYS: usize> {
    keys: RoundKeys<KEYS>,
    low: Low,
}

/// What a key expands to.
#[derive(Clone, Copy)]
pub(super) struct Schedule<'k, const KEYS: usize> {
    pub(super) keys: &'k RoundKeys<KEYS>,
    pub(super) powers: &'k Powers,
}

/// Which way a message goes, as a type parameter of the kernel.
pub(crate) const SEAL: bool = true;
/// The other way.
pub(crate) const OPEN: bool = false;

impl<const KEYS: usize> GcmVaes512<KEYS> {
    /// Sets up a key, whose length the caller has checked, and passes it through `wrap`.
    #[inline(always)]
    pub(crate) fn set_up<T>(token: Vaes512, key: &[u8], wrap: impl FnOnce(Self) -> T) -> T {
        let wrap = |base| wrap(Self { token, base, powers: Lazy::new() });
        // SAFETY: the token proves that the CPU has all features of `setup`.
        unsafe { setup(key, wrap) }
    }

    /// The whole schedule, which is completed when it is first asked for, and the proof that the CPU
    /// has what the kernels need.
    #[inline]
    pub(super) fn schedule<'k>(
        &'k self,
        spare: &'k mut Option<Powers>,
    ) -> (Vaes512, Schedule<'k, KEYS>) {
        let Base { keys, low } = &self.base;
        // SAFETY: the token proves that the CPU has all features of `Powers::new`.
        let powers = self.powers.get(spare, || unsafe { Powers::new(low) });
        (self.token, Schedule { keys, powers })
    }

    /// Encrypts `message` and returns its tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        self.crypt::<SEAL>(nonce, aad, message)
    }

    /// Decrypts `message` and returns the tag that it should have.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        self.crypt::<OPEN>(nonce, aad, message)
    }

    #[inline]
    fn crypt<const DIRECTION: bool>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        message: Message<'_>,
    ) -> [u8; TAG_LEN] {
        let _proof = self.token;
        if message.len() <= 16 * LOW_BLOCKS {
            // SAFETY: the token proves that the CPU has all features of `crypt_short`.
            return unsafe { crypt_short::<KEYS, DIRECTION>(&self.base, nonce, aad, message) };
        }
        let mut spare = None;
        let (_proof, schedule) = self.schedule(&mut spare);
        // SAFETY: the token proves that the CPU has all features of `crypt`.
        unsafe { crypt::<KEYS, DIRECTION>(schedule, nonce, aad, message) }
    }
}

/// Those that a thread made for itself, since another was making the key's.
impl Drop for Powers {
    fn drop(&mut self) {
        // SAFETY: vectors may hold any bytes and have no drop of their own.
        unsafe { zeroize_flat_type(self) };
    }
}

#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn setup<const KEYS: usize, T>(key: &[u8], wrap: impl FnOnce(Base<KEYS>) -> T) -> T {
    let keys: RoundKeys<KEYS> = expand(key).expect("the caller has checked the length");
    let low = Low::new(encrypt_block(&keys, _mm_setzero_si128()));
    wrap(Base { keys, low })
}

/// A message of at most [`LOW_BLOCKS`].
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt_short<const KEYS: usize, const DIRECTION: bool>(
    Base { keys, low }: &Base<KEYS>,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    message: Message<'_>,
) -> [u8; TAG_LEN] {
    let blocks = message.len().div_ceil(16);
    let Start { counter, mask, head, mut sum } = start(keys, low, nonce, aad, message.len());
    sum.add(head, &low.from(blocks + 5));
    let carried = _mm512_setzero_si512();
    let mut last = Last { keys, table: low, counter, carried, message: message.into_rest() };
    match blocks {
        0 => {}
        1..=4 => last.crypt::<1, DIRECTION>(&mut sum),
        _ => last.crypt::<2, DIRECTION>(&mut sum),
    }
    tag(&sum, mask)
}

/// Any message.
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn crypt<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    mut message: Message<'_>,
) -> [u8; TAG_LEN] {
    let Schedule { keys, powers } = schedule;
    let table = &powers.table;
    let Start { mut counter, mask, head, mut sum } = start(keys, table, nonce, aad, message.len());
    let mut carried = _mm512_setzero_si512();
    if message.len() >= 64 * (GROUP + 1) {
        carried = groups::<KEYS, DIRECTION>(schedule, &mut counter, head, &mut message);
    } else {
        let blocks = message.len().div_ceil(16);
        sum.add(head, &table.from(blocks + 5));
    }
    let mut last = Last { keys, table, counter, carried, message: message.into_rest() };
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
    tag(&sum, mask)
}

/// What comes before the text.
struct Start {
    counter: Counter,
    /// E(K, J0).
    mask: __m128i,
    /// The last four blocks of the additional data.
    head: __m512i,
    /// The lengths' product.
    sum: Sum,
}

#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn start<const KEYS: usize, const N: usize>(
    keys: &RoundKeys<KEYS>,
    table: &Table<N>,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    len: usize,
) -> Start {
    let counter = Counter::new(nonce, four_times(keys[0]));
    let mut mask = counter.tag_block();
    for key in &keys[1..KEYS - 1] {
        mask = _mm_aesenc_si128(mask, *key);
    }
    let mask = _mm_aesenclast_si128(mask, keys[KEYS - 1]);
    let lengths = _mm512_zextsi128_si512(_mm_set_epi64x(bits(aad.len()), bits(len)));
    Start { counter, mask, head: absorb(table, aad), sum: Sum::product(lengths, &table.from(1)) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl,pclmulqdq,ssse3")]
fn tag(sum: &Sum, mask: __m128i) -> [u8; TAG_LEN] {
    let hash = _mm_shuffle_epi8(sum.reduce_all(), reversal128());
    let mut tag = [0; TAG_LEN];
    store128(&mut tag, _mm_xor_si128(hash, mask));
    tag
}

/// A length in bits, of bytes that fit in memory.
pub(super) fn bits(bytes: usize) -> i64 {
    (bytes as u64 * 8).cast_signed()
}

/// The last four blocks of the additional data, with all before them carried into their lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
pub(super) fn absorb<const N: usize>(table: &Table<N>, aad: &[u8]) -> __m512i {
    // The first vector is the short one, since zero blocks in front change nothing.
    let front = match aad.len().div_ceil(16) % 4 {
        0 => 64.min(aad.len()),
        blocks => (16 * blocks).min(aad.len()),
    };
    let (front, rest) = aad.split_at(front);
    let mut head = _mm512_shuffle_epi8(load_at_end(front), reversal());
    for chunk in rest.chunks(64) {
        head = Sum::product(head, &table.four_times(4)).reduce();
        head = _mm512_xor_si512(head, _mm512_shuffle_epi8(load_at_end(chunk), reversal()));
    }
    head
}

/// Whole groups, as long as more than a vector is left behind them; what the lanes then carry.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
)]
fn groups<const KEYS: usize, const DIRECTION: bool>(
    schedule: Schedule<'_, KEYS>,
    counter: &mut Counter,
    head: __m512i,
    message: &mut Message<'_>,
) -> __m512i {
    let Schedule { keys, powers } = schedule;
    // The lanes as they are added to the next vector: everything so far, times H^4.
    let mut carried = Sum::product(head, powers.stride()).reduce();
    let Some(mut chunk) = message.group::<GROUP>() else { return carried };
    if DIRECTION == SEAL {
        // GHASH needs ciphertext, so that it stays one group behind.
        let mut states = counter.blocks();
        for key in &keys[1..KEYS - 1] {
            round(&mut states, *key);
        }
        last_round(states, keys, &mut chunk);
        counter.advance(four_times(keys[0]));
        while let Some(mut next) = message.group::<GROUP>() {
            let states;
            (states, carried) = stitched(schedule, counter, carried, |i| chunk.load_back(i));
            last_round(states, keys, &mut next);
            chunk = next;
        }
        hash(powers, carried, |i| chunk.load_back(i))
    } else {
        loop {
            let states;
            (states, carried) = stitched(schedule, counter, carried, |i| chunk.load(i));
            last_round(states, keys, &mut chunk);
            match message.group() {
                Some(next) => chunk = next,
                None => return carried,
            }
        }
    }
}

/// All but the last AES round of one group, and between them GHASH of one, which `load` gives.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vaes,vpclmulqdq")]
fn stitched<const KEYS: usize>(
    schedule: Schedule<'_, KEYS>,
    counter: &mut Counter,
    carried: __m512i,
    load: impl Fn(usize) -> __m512i,
) -> ([__m512i; GROUP], __m512i) {
    // Reloaded each time: they would not stay in registers but be copied to the stack.
    let (keys, powers) = (opaque(schedule.keys), opaque(schedule.powers));
    let mut states = counter.blocks();
    counter.advance(four_times(keys[0]));
    let mut sum = PairSum::zero();
    let rounds = (KEYS - 2) / 4;
    for quarter in 0..4 {
        for key in &keys[quarter * rounds + 1..][..rounds] {
            round(&mut states, *key);
            keep_order(&mut states);
        }
        let i = 2 * quarter;
        let mut p = _mm512_shuffle_epi8(load(i), reversal());
        if i == 0 {
            p = _mm512_xor_si512(p, carried);
        }
        let q = _mm512_shuffle_epi8(load(i + 1), reversal());
        sum.add_two([p, q], [&powers.group[i], &powers.group[i + 1]]);
    }
    for key in &keys[4 * rounds + 1..KEYS - 1] {
        round(&mut states, *key);
    }
    (states, sum.reduce_group(powers))
}

/// GHASH of one group alone.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn hash(powers: &Powers, carried: __m512i, load: impl Fn(usize) -> __m512i) -> __m512i {
    let mut sum = PairSum::zero();
    for i in (0..GROUP).step_by(2) {
        let mut p = _mm512_shuffle_epi8(load(i), reversal());
        if i == 0 {
            p = _mm512_xor_si512(p, carried);
        }
        let q = _mm512_shuffle_epi8(load(i + 1), reversal());
        sum.add_two([p, q], [&powers.group[i], &powers.group[i + 1]]);
    }
    sum.reduce_group(powers)
}

/// A round key in every lane.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn four_times(key: __m128i) -> __m512i {
    _mm512_broadcast_i32x4(key)
}

/// One AES round of every state.
#[inline]
#[target_feature(enable = "avx512f,vaes")]
pub(super) fn round<const V: usize>(states: &mut [__m512i; V], key: __m128i) {
    let key = four_times(key);
    for state in states {
        *state = _mm512_aesenc_epi128(*state, key);
    }
}

/// The last AES round of a group, which adds the keystream to it.
#[inline]
#[target_feature(enable = "avx512f,vaes")]
fn last_round<const KEYS: usize>(
    states: [__m512i; GROUP],
    keys: &RoundKeys<KEYS>,
    chunk: &mut Chunk<'_, GROUP>,
) {
    let key = four_times(keys[KEYS - 1]);
    for (i, state) in states.into_iter().enumerate() {
        chunk.store(i, _mm512_aesenclast_epi128(state, _mm512_xor_si512(key, chunk.load(i))));
    }
}

/// What is left when no group is.
struct Last<'a, const KEYS: usize, const N: usize> {
    keys: &'a RoundKeys<KEYS>,
    table: &'a Table<N>,
    counter: Counter,
    carried: __m512i,
    message: InOut<'a>,
}

impl<const KEYS: usize, const N: usize> Last<'_, KEYS, N> {
    /// Encrypts or decrypts `V` vectors, of which the last may be short, and adds their products.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq,aes,pclmulqdq,ssse3,bmi2"
    )]
    fn crypt<const V: usize, const DIRECTION: bool>(&mut self, sum: &mut Sum) {
        let keys = self.keys;
        let blocks = self.message.len().div_ceil(16);
        let mut states = self.counter.blocks::<V>();
        for key in &keys[1..KEYS - 1] {
            round(&mut states, *key);
        }
        let key = four_times(keys[KEYS - 1]);
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
            sum.add(block, &self.table.from(blocks + 1 - 4 * i));
        }
    }
}
