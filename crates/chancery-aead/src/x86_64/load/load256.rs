//! Loads and stores of 256 bits, for CPUs without the masks of AVX-512.

use core::arch::x86_64::*;
use core::marker::PhantomData;
use core::ptr;

use super::{Chunk, Gather, InOut};
use crate::x86_64::order::opaque;
use zeroize::zeroize_flat_type;

impl<const V: usize> Chunk<'_, V> {
    /// Half a vector of the source: bytes from `32 * i` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn load256(&self, i: usize) -> __m256i {
        assert!(i < 2 * V);
        // SAFETY: the source is `64 * V` bytes long, by `InOut::take`.
        unsafe { _mm256_loadu_si256(self.source.add(32 * i).cast()) }
    }

    /// Half a vector of the destination.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn load_back256(&self, i: usize) -> __m256i {
        assert!(i < 2 * V);
        // SAFETY: the destination is `64 * V` bytes long, by `InOut::take`.
        unsafe { _mm256_loadu_si256(self.destination.add(32 * i).cast_const().cast()) }
    }

    /// Writes half a vector of the destination.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn store256(&mut self, i: usize, value: __m256i) {
        assert!(i < 2 * V);
        // SAFETY: the destination is `64 * V` bytes long and borrowed exclusively, by `InOut::take`.
        unsafe { _mm256_storeu_si256(self.destination.add(32 * i).cast(), value) }
    }
}

/// At most 64 bytes of a message as whole vectors: where they stand if they fill them, and else in
/// a copy with zeros behind, which is wiped when this is dropped.
pub(crate) struct Padded<'a> {
    place: InOut<'a>,
    copy: Option<&'a mut Block64>,
}

/// Where such a copy is.
#[repr(C, align(64))]
pub(crate) struct Block64([u8; 64]);

impl Block64 {
    #[inline]
    pub(crate) const fn zero() -> Self {
        Self([0; 64])
    }
}

/// At most 64 bytes of a message, of which the first are read where they stand.
pub(crate) struct Tail<'a> {
    place: InOut<'a>,
    /// How much of `place` is read; the rest comes from `extra`.
    input_len: usize,
    extra: &'a [u8],
}

impl<'a> From<InOut<'a>> for Tail<'a> {
    #[inline]
    fn from(place: InOut<'a>) -> Self {
        Self { input_len: place.len, place, extra: &[] }
    }
}

impl<'a> Gather<'a> {
    /// The first `whole` bytes, if they are all of the input, and what follows them, if that is at
    /// most 64 bytes.
    #[inline]
    pub(crate) fn split_tail(self, whole: usize) -> Option<(InOut<'a>, Tail<'a>)> {
        if !self.reads_whole(0, whole) || !(whole..=whole + 64).contains(&self.place.len) {
            return None;
        }
        let Self { place: InOut { source, destination, len, borrow }, extra, input_len } = self;
        let front = InOut { source, destination, len: whole, borrow };
        // SAFETY: the source is `input_len` bytes long and the destination `len`, which are both at
        // least `whole`.
        let (source, destination) = unsafe { (source.add(whole), destination.add(whole)) };
        let place = InOut { source, destination, len: len - whole, borrow };
        Some((front, Tail { place, input_len: input_len - whole, extra }))
    }
}

impl Gather<'_> {
    /// The same, read from where it is written.
    #[cold]
    fn moved(self) -> Self {
        let Self { place, extra, input_len } = self;
        let InOut { source, destination, len, borrow } = place;
        // SAFETY: the source is `input_len` bytes long and the destination, which is borrowed
        // exclusively, at least that.
        let rest = unsafe {
            ptr::copy(source, destination, input_len);
            core::slice::from_raw_parts_mut(destination.add(input_len), len - input_len)
        };
        let n = rest.len().min(extra.len());
        rest[..n].copy_from_slice(&extra[..n]);
        let place = InOut { source: destination, destination, len, borrow };
        Self { input_len: len, place, extra: &[] }
    }
}

impl<'a> Padded<'a> {
    /// `copy` is zero.
    #[inline]
    pub(crate) fn new(tail: Tail<'a>, copy: &'a mut Block64) -> Self {
        let Tail { place, input_len, extra } = tail;
        assert!(place.len <= 64 && input_len <= place.len);
        if input_len == 64 || place.len == 0 {
            return Self { place, copy: None };
        }
        // The zeros are stored whole, without a call that would write only those that stay.
        opaque(copy);
        // SAFETY: the source is `input_len` bytes long, which the copy is at least, and it is no part
        // of the copy, which is borrowed exclusively.
        unsafe { ptr::copy_nonoverlapping(place.source, copy.0.as_mut_ptr(), input_len) };
        let rest = &mut copy.0[input_len..place.len];
        let n = rest.len().min(extra.len());
        rest[..n].copy_from_slice(&extra[..n]);
        Self { place, copy: Some(copy) }
    }

    /// The vectors.
    #[inline]
    pub(crate) fn chunk(&mut self) -> Chunk<'_, 1> {
        if let Some(copy) = &mut self.copy {
            let copy = copy.0.as_mut_ptr();
            return Chunk { source: copy, destination: copy, borrow: PhantomData };
        }
        let InOut { source, destination, .. } = self.place;
        Chunk { source, destination, borrow: PhantomData }
    }

    /// Ones over each byte of half `i` of the vectors that is the message's.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn mask(&self, i: usize) -> __m256i {
        static ONES_AND_ZEROS: [u8; 128] = {
            let mut bytes = [0; 128];
            let mut i = 0;
            while i < 64 {
                bytes[i] = 0xff;
                i += 1;
            }
            bytes
        };
        let half: &[u8; 32] = ONES_AND_ZEROS[64 - self.place.len + 32 * i..]
            .first_chunk()
            .expect("half of 64 bytes, from among the first 65");
        load_array256(half)
    }

    /// Writes to the message's place what its vectors hold.
    #[inline]
    pub(crate) fn finish(&mut self) {
        if let Some(copy) = &self.copy {
            let (copy, destination) = (copy.0.as_ptr(), self.place.destination);
            // SAFETY: the destination is `place.len` bytes long and borrowed exclusively; the copy
            // is at least as long, and no part of it.
            unsafe { ptr::copy_nonoverlapping(copy, destination, self.place.len) };
        }
    }
}

impl Drop for Padded<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(copy) = &mut self.copy {
            // SAFETY: bytes may be zero and need no drop.
            unsafe { zeroize_flat_type(ptr::from_mut::<Block64>(copy)) };
        }
    }
}

/// A message in blocks of 64 bytes: the whole ones where they stand, and what follows them in a copy.
pub(crate) struct Blocks<'a> {
    whole: InOut<'a>,
    end: Padded<'a>,
}

impl<'a> Blocks<'a> {
    /// `copy` is zero.
    #[inline]
    pub(crate) fn new(text: Gather<'a>, copy: &'a mut Block64) -> Self {
        let whole = text.input_len / 64 * 64;
        let text = if text.place.len - whole > 64 { text.moved() } else { text };
        let whole = text.input_len / 64 * 64;
        let (whole, end) = text.split_tail(whole).expect("at most 64 bytes are left");
        Self { whole, end: Padded::new(end, copy) }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.whole.len + self.end.place.len
    }

    /// What is written to the whole blocks, as Poly1305 takes it.
    #[inline]
    pub(crate) fn written(&self) -> &[[u8; 16]] {
        let InOut { destination, len, .. } = self.whole;
        // SAFETY: the destination is `len` bytes long and nobody writes it while `self` is borrowed.
        unsafe { core::slice::from_raw_parts(destination.cast_const(), len) }.as_chunks().0
    }

    /// The same of what follows the whole blocks, with zeros behind.
    #[inline]
    pub(crate) fn end(&self) -> &[[u8; 16]] {
        match &self.end.copy {
            Some(copy) => &copy.0.as_chunks().0[..self.end.place.len.div_ceil(16)],
            None => &[],
        }
    }

    /// Adds a block of keystream to block `i`, if there is one.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn xor(&mut self, i: usize, keystream: [__m256i; 2]) {
        let InOut { source, destination, len, .. } = self.whole;
        if 64 * i < len {
            for (half, keystream) in keystream.into_iter().enumerate() {
                let at = 64 * i + 32 * half;
                // SAFETY: source and destination are `len` bytes long, a multiple of 64, and the
                // destination is borrowed exclusively.
                unsafe {
                    let text = _mm256_loadu_si256(source.add(at).cast());
                    let text = _mm256_xor_si256(text, keystream);
                    _mm256_storeu_si256(destination.add(at).cast(), text);
                }
            }
        } else if 64 * i < self.len() {
            let masks = [self.end.mask(0), self.end.mask(1)];
            let mut chunk = self.end.chunk();
            for (half, keystream) in keystream.into_iter().enumerate() {
                let text = _mm256_xor_si256(chunk.load256(half), keystream);
                chunk.store256(half, _mm256_and_si256(text, masks[half]));
            }
        }
    }

    /// Writes to the message's place what the copy holds.
    #[inline]
    pub(crate) fn finish(&mut self) {
        self.end.finish();
    }
}

/// At most 32 bytes and zeros behind them, for CPUs without masks.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load_short256(bytes: &[u8]) -> __m256i {
    let word = |at: usize| match bytes.get(at..) {
        None => 0,
        Some(bytes) => short_word(&bytes[..bytes.len().min(8)]).cast_signed(),
    };
    _mm256_set_epi64x(word(24), word(16), word(8), word(0))
}

/// At most 16 bytes and zeros behind them, as two little-endian words.
#[inline]
pub(crate) fn short_words(bytes: &[u8]) -> [u64; 2] {
    let (front, back) = bytes.split_at(bytes.len().min(8));
    [short_word(front), short_word(back)]
}

/// At most 8 bytes, the first the lowest, from two loads that overlap.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(front), Some(back)) => {
            let back = u64::from(u32::from_le_bytes(*back));
            u64::from(u32::from_le_bytes(*front)) | back << (8 * (n - 4))
        }
        _ if n > 0 => {
            [0, n / 2, n - 1].into_iter().fold(0, |word, i| word | u64::from(bytes[i]) << (8 * i))
        }
        _ => 0,
    }
}

/// A vector of 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load_array256(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array is 32 bytes long; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// A vector to 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store_array256(bytes: &mut [u8; 32], value: __m256i) {
    // SAFETY: the array is 32 bytes long; the store needs no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), value) };
}

/// Two consecutive blocks of a table, from block `at` on.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load_two(table: &[__m128i], at: usize) -> __m256i {
    let two: &[__m128i; 2] = table[at..].first_chunk().expect("the table reaches that far");
    // SAFETY: two blocks are 32 bytes; the load needs no alignment beyond a byte's.
    unsafe { _mm256_loadu_si256(two.as_ptr().cast()) }
}

/// Two consecutive blocks of a table, from block `at` on.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store_two(table: &mut [__m128i], at: usize, value: __m256i) {
    let two: &mut [__m128i; 2] = table[at..].first_chunk_mut().expect("the table reaches that far");
    // SAFETY: two blocks are 32 bytes; the store needs no alignment beyond a byte's.
    unsafe { _mm256_storeu_si256(two.as_mut_ptr().cast(), value) };
}
