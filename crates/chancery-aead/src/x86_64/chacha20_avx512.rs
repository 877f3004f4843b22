//! ChaCha20 (RFC 8439 §2.3) on 512-bit vectors: sixteen blocks at a time, or four.
//!
//! ```text
//! sixteen   vector i holds word i of each of 16 blocks; transposed at the end
//! four      vector i holds row i, four words, of each of 4 blocks
//! ```
//!
//! Sixteen blocks keep the units less than full, since each of four quarter rounds waits for itself.
//! What fills the gaps, four other blocks or Poly1305, is given to the rounds as a function.
//!
//! Only word 12, the counter, differs between blocks, and so after the first column round only
//! column 0: the other three are computed once a message.

use core::arch::x86_64::*;

use chancery_crypto::NONCE_LEN;

use super::chacha20_rows256::CONSTANTS;
use super::order::keep_order;

/// The initial state but for the counter.
#[derive(Clone, Copy)]
pub(crate) struct ChaCha20 {
    key: [u32; 8],
    nonce: [u32; 3],
    /// Columns 1, 2 and 3 after the first round.
    columns: [[u32; 4]; 3],
}

impl ChaCha20 {
    #[inline]
    pub(crate) fn new(key: &[u8; 32], nonce: &[u8; NONCE_LEN]) -> Self {
        let key = words(key);
        let word = |at: usize| {
            u32::from_le_bytes([nonce[at], nonce[at + 1], nonce[at + 2], nonce[at + 3]])
        };
        let nonce = [word(0), word(4), word(8)];
        let columns = [
            quarter_round([CONSTANTS[1], key[1], key[5], nonce[0]]),
            quarter_round([CONSTANTS[2], key[2], key[6], nonce[1]]),
            quarter_round([CONSTANTS[3], key[3], key[7], nonce[2]]),
        ];
        Self { key, nonce, columns }
    }

    /// The sixteen blocks from `counter` on, one a vector.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn sixteen(&self, counter: u32) -> [__m512i; 16] {
        let mut state = self.start(counter);
        state.diagonal_round(|_| {});
        for _ in 0..9 {
            state.double_round(|_| {});
        }
        self.finish(counter, state)
    }

    /// The state of the sixteen blocks from `counter` on, after the first column round.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn start(&self, counter: u32) -> Sixteen {
        let (b0, c0) = (word(self.key[0]), word(self.key[4]));
        let a0 = word(CONSTANTS[0].wrapping_add(self.key[0]));
        let d0 = _mm512_rol_epi32::<16>(_mm512_xor_si512(counters(counter), a0));
        let c0 = _mm512_add_epi32(c0, d0);
        let b0 = _mm512_rol_epi32::<12>(_mm512_xor_si512(b0, c0));
        let a0 = _mm512_add_epi32(a0, b0);
        let d0 = _mm512_rol_epi32::<8>(_mm512_xor_si512(d0, a0));
        let c0 = _mm512_add_epi32(c0, d0);
        let b0 = _mm512_rol_epi32::<7>(_mm512_xor_si512(b0, c0));
        let row = |first: __m512i, i: usize| {
            let [second, third, fourth] = self.columns;
            [first, word(second[i]), word(third[i]), word(fourth[i])]
        };
        Sixteen { a: row(a0, 0), b: row(b0, 1), c: row(c0, 2), d: row(d0, 3) }
    }

    /// The blocks, from the state after the last round.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn finish(&self, counter: u32, state: Sixteen) -> [__m512i; 16] {
        let initial = self.words(counter);
        transpose([
            add_rows(state.a, initial[0]),
            add_rows(state.b, initial[1]),
            add_rows(state.c, initial[2]),
            add_rows(state.d, initial[3]),
        ])
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn words(&self, counter: u32) -> [Row; 4] {
        let [c0, c1, c2, c3] = CONSTANTS;
        let [k0, k1, k2, k3, k4, k5, k6, k7] = self.key;
        let [n0, n1, n2] = self.nonce;
        [
            [word(c0), word(c1), word(c2), word(c3)],
            [word(k0), word(k1), word(k2), word(k3)],
            [word(k4), word(k5), word(k6), word(k7)],
            [counters(counter), word(n0), word(n1), word(n2)],
        ]
    }

    /// The eight blocks from `counter` on, one a vector.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn eight(&self, counter: u32) -> [__m512i; 8] {
        let mut fours = [
            self.start_four([counter, counter + 1, counter + 2, counter + 3]),
            self.start_four([counter + 4, counter + 5, counter + 6, counter + 7]),
        ];
        for _ in 0..10 {
            for half in 0..4 {
                fours[0].half_round(half);
                fours[1].half_round(half);
            }
        }
        let [first, second] = fours;
        let ([a, b, c, d], [e, f, g, h]) = (first.finish(), second.finish());
        [a, b, c, d, e, f, g, h]
    }

    /// The state of the four blocks of `counters` before the first round.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn start_four(&self, counters: [u32; 4]) -> Four {
        let initial = self.rows(counters);
        Four { initial, rows: initial }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn rows(&self, counters: [u32; 4]) -> Row {
        let row = |a: u32, b: u32, c: u32, d: u32| {
            let row =
                _mm_set_epi32(d.cast_signed(), c.cast_signed(), b.cast_signed(), a.cast_signed());
            _mm512_broadcast_i32x4(row)
        };
        let [c0, c1, c2, c3] = CONSTANTS;
        let [k0, k1, k2, k3, k4, k5, k6, k7] = self.key;
        let [n0, n1, n2] = self.nonce;
        let [a, b, c, d] = counters.map(u32::cast_signed);
        let counters = _mm512_set_epi32(0, 0, 0, d, 0, 0, 0, c, 0, 0, 0, b, 0, 0, 0, a);
        [
            row(c0, c1, c2, c3),
            row(k0, k1, k2, k3),
            row(k4, k5, k6, k7),
            _mm512_or_si512(row(0, n0, n1, n2), counters),
        ]
    }
}

/// A key's little-endian words.
#[inline]
fn words(key: &[u8; 32]) -> [u32; 8] {
    let (words, _) = key.as_chunks();
    let mut numbers = [0; 8];
    for (number, word) in numbers.iter_mut().zip(words) {
        *number = u32::from_le_bytes(*word);
    }
    numbers
}

#[inline]
#[target_feature(enable = "avx512f")]
fn word(w: u32) -> __m512i {
    _mm512_set1_epi32(w.cast_signed())
}

/// The counters of sixteen blocks.
#[inline]
#[target_feature(enable = "avx512f")]
fn counters(first: u32) -> __m512i {
    let steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm512_add_epi32(word(first), steps)
}

/// RFC 8439 §2.1, for one column that no block changes.
fn quarter_round([mut a, mut b, mut c, mut d]: [u32; 4]) -> [u32; 4] {
    for [by_d, by_b] in [[16, 12], [8, 7]] {
        a = a.wrapping_add(b);
        d = (d ^ a).rotate_left(by_d);
        c = c.wrapping_add(d);
        b = (b ^ c).rotate_left(by_b);
    }
    [a, b, c, d]
}

/// Four words of the state.
type Row = [__m512i; 4];

/// Four blocks between the rounds.
#[derive(Clone, Copy)]
pub(crate) struct Four {
    initial: Row,
    rows: Row,
}

impl Four {
    /// Half of a column round (0, 1) or of a diagonal round (2, 3).
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn half_round(&mut self, half: usize) {
        let [mut a, mut b, mut c, mut d] = self.rows;
        a = _mm512_add_epi32(a, b);
        d = _mm512_xor_si512(d, a);
        d = if half.is_multiple_of(2) {
            _mm512_rol_epi32::<16>(d)
        } else {
            _mm512_rol_epi32::<8>(d)
        };
        c = _mm512_add_epi32(c, d);
        b = _mm512_xor_si512(b, c);
        b = if half.is_multiple_of(2) {
            _mm512_rol_epi32::<12>(b)
        } else {
            _mm512_rol_epi32::<7>(b)
        };
        if half == 1 {
            b = _mm512_shuffle_epi32::<0b00_11_10_01>(b);
            c = _mm512_shuffle_epi32::<0b01_00_11_10>(c);
            d = _mm512_shuffle_epi32::<0b10_01_00_11>(d);
        } else if half == 3 {
            b = _mm512_shuffle_epi32::<0b10_01_00_11>(b);
            c = _mm512_shuffle_epi32::<0b01_00_11_10>(c);
            d = _mm512_shuffle_epi32::<0b00_11_10_01>(d);
        }
        self.rows = [a, b, c, d];
    }

    /// The blocks, from the state after the last round, one a vector.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn finish(self) -> [__m512i; 4] {
        transpose_lanes(add_rows(self.rows, self.initial))
    }
}

/// Sixteen blocks between the rounds.
pub(crate) struct Sixteen {
    a: Row,
    b: Row,
    c: Row,
    d: Row,
}

impl Sixteen {
    /// A column round and a diagonal round, and `other` work after each of the four halves.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn double_round(&mut self, mut other: impl FnMut(usize)) {
        let Self { a, b, c, d } = self;
        half_round::<16, 12>(a, b, c, d);
        other(0);
        half_round::<8, 7>(a, b, c, d);
        other(1);
        self.diagonal_round(|half| other(2 + half));
    }

    /// A diagonal round, and `other` work after each half.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn diagonal_round(&mut self, mut other: impl FnMut(usize)) {
        let Self { a, b, c, d } = self;
        *b = rotate(*b);
        *c = rotate(rotate(*c));
        *d = rotate(rotate(rotate(*d)));
        half_round::<16, 12>(a, b, c, d);
        other(0);
        half_round::<8, 7>(a, b, c, d);
        other(1);
        *b = rotate(rotate(rotate(*b)));
        *c = rotate(rotate(*c));
        *d = rotate(*d);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn half_round<const D: i32, const B: i32>(a: &mut Row, b: &mut Row, c: &mut Row, d: &mut Row) {
    for i in 0..4 {
        a[i] = _mm512_add_epi32(a[i], b[i]);
        d[i] = _mm512_rol_epi32::<D>(_mm512_xor_si512(d[i], a[i]));
    }
    keep_order(d);
    for i in 0..4 {
        c[i] = _mm512_add_epi32(c[i], d[i]);
        b[i] = _mm512_rol_epi32::<B>(_mm512_xor_si512(b[i], c[i]));
    }
    keep_order(b);
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add_rows(a: Row, b: Row) -> Row {
    [
        _mm512_add_epi32(a[0], b[0]),
        _mm512_add_epi32(a[1], b[1]),
        _mm512_add_epi32(a[2], b[2]),
        _mm512_add_epi32(a[3], b[3]),
    ]
}

#[inline]
fn rotate([p, q, r, s]: Row) -> Row {
    [q, r, s, p]
}

/// Lane j of vector i becomes lane i of vector j.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_lanes([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let ab_low = _mm512_shuffle_i64x2::<0b01_00_01_00>(a, b);
    let ab_high = _mm512_shuffle_i64x2::<0b11_10_11_10>(a, b);
    let cd_low = _mm512_shuffle_i64x2::<0b01_00_01_00>(c, d);
    let cd_high = _mm512_shuffle_i64x2::<0b11_10_11_10>(c, d);
    [
        _mm512_shuffle_i64x2::<0b10_00_10_00>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0b10_00_10_00>(ab_high, cd_high),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(ab_high, cd_high),
    ]
}

/// Word j of vector i becomes word i of vector j.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose([a, b, c, d]: [Row; 4]) -> [__m512i; 16] {
    // Four words of four blocks become four lanes: lane k of quad(..)[j] is block 4k + j.
    let quad = |a: __m512i, b: __m512i, c: __m512i, d: __m512i| {
        let ab_low = _mm512_unpacklo_epi32(a, b);
        let ab_high = _mm512_unpackhi_epi32(a, b);
        let cd_low = _mm512_unpacklo_epi32(c, d);
        let cd_high = _mm512_unpackhi_epi32(c, d);
        [
            _mm512_unpacklo_epi64(ab_low, cd_low),
            _mm512_unpackhi_epi64(ab_low, cd_low),
            _mm512_unpacklo_epi64(ab_high, cd_high),
            _mm512_unpackhi_epi64(ab_high, cd_high),
        ]
    };
    let q0 = quad(a[0], a[1], a[2], a[3]);
    let q1 = quad(b[0], b[1], b[2], b[3]);
    let q2 = quad(c[0], c[1], c[2], c[3]);
    let q3 = quad(d[0], d[1], d[2], d[3]);
    let [b0, b4, b8, b12] = transpose_lanes([q0[0], q1[0], q2[0], q3[0]]);
    let [b1, b5, b9, b13] = transpose_lanes([q0[1], q1[1], q2[1], q3[1]]);
    let [b2, b6, b10, b14] = transpose_lanes([q0[2], q1[2], q2[2], q3[2]]);
    let [b3, b7, b11, b15] = transpose_lanes([q0[3], q1[3], q2[3], q3[3]]);
    [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15]
}
