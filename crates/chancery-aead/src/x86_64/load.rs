//! Every load and store of the kernels, behind array types and one pair of cursors.
//!
//! ```text
//! InOut     source ───────────────┐ same length, equal or disjoint
//!           destination ──────────┘
//!   take    one Chunk of V vectors of 64 bytes from the front
//! ```

use core::arch::x86_64::*;
use core::marker::PhantomData;

use chancery_crypto::NONCE_LEN;

pub(crate) mod load256;

/// Bytes to read and as many to write: the same place, or two that do not overlap.
#[derive(Debug)]
pub(crate) struct InOut<'a> {
    source: *const u8,
    destination: *mut u8,
    len: usize,
    borrow: PhantomData<(&'a [u8], &'a mut [u8])>,
}

impl<'a> InOut<'a> {
    /// Reads and writes `in_out` itself.
    pub(crate) fn in_place(in_out: &'a mut [u8]) -> Self {
        let destination = in_out.as_mut_ptr();
        Self { source: destination, destination, len: in_out.len(), borrow: PhantomData }
    }

    /// Reads `input` and writes the front of `output` of that length, which the caller has checked
    /// to be there.
    pub(crate) fn between(input: &'a [u8], output: &'a mut [u8]) -> Self {
        let output = &mut output[..input.len()];
        Self {
            source: input.as_ptr(),
            destination: output.as_mut_ptr(),
            len: input.len(),
            borrow: PhantomData,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The next `V` vectors of 64 bytes, if that many are left.
    #[inline]
    pub(crate) fn take<const V: usize>(&mut self) -> Option<Chunk<'a, V>> {
        let rest = self.len.checked_sub(64 * V)?;
        let chunk =
            Chunk { source: self.source, destination: self.destination, borrow: PhantomData };
        // SAFETY: both places are `self.len` bytes long, which is at least `64 * V`.
        unsafe {
            self.source = self.source.add(64 * V);
            self.destination = self.destination.add(64 * V);
        }
        self.len = rest;
        Some(chunk)
    }

    /// What is before byte `at` and what is from it on.
    #[inline]
    pub(crate) fn split_at(mut self, at: usize) -> (Self, Self) {
        assert!(at <= self.len);
        let back = Self {
            // SAFETY: both places are `self.len` bytes long, which is at least `at`.
            source: unsafe { self.source.add(at) },
            // SAFETY: as above.
            destination: unsafe { self.destination.add(at) },
            len: self.len - at,
            borrow: PhantomData,
        };
        self.len = at;
        (self, back)
    }

    /// A mask of the bytes of vector `i` from here that are still within, from none to all 64.
    #[inline]
    fn mask(&self, i: usize) -> u64 {
        match self.len.saturating_sub(64 * i) {
            n @ 0..64 => (1 << n) - 1,
            _ => u64::MAX,
        }
    }

    /// Vector `i` from here, zero beyond the end.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn load(&self, i: usize) -> __m512i {
        // SAFETY: the mask covers bytes within the source only, and a masked-out byte is not
        // accessed; the address is computed without the promise to be in bounds.
        unsafe {
            _mm512_maskz_loadu_epi8(self.mask(i), self.source.wrapping_add(64 * i).cast::<i8>())
        }
    }

    /// Stores the bytes of vector `i` from here that are within, and returns `value` with the
    /// others cleared.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn store(&mut self, i: usize, value: __m512i) -> __m512i {
        let mask = self.mask(i);
        // SAFETY: as in `load`, for the destination, which is borrowed exclusively.
        unsafe {
            let destination = self.destination.wrapping_add(64 * i).cast::<i8>();
            _mm512_mask_storeu_epi8(destination, mask, value);
        }
        _mm512_maskz_mov_epi8(mask, value)
    }
}

/// A message of which the front is read elsewhere than it is written.
///
/// ```text
/// source        input ─────────────────────┐
///                 front                    │ rest, copied beforehand with what follows the input
/// destination   output ─────────────┬──────▼──────────────
/// ```
#[derive(Debug)]
pub(crate) struct Message<'a> {
    front: InOut<'a>,
    rest: InOut<'a>,
}

impl<'a> Message<'a> {
    /// `in_out` where it stands.
    pub(crate) fn in_place(in_out: &'a mut [u8]) -> Self {
        Self { front: InOut::in_place(&mut []), rest: InOut::in_place(in_out) }
    }

    /// `input ‖ extra` into `output`; `None` if that has another length.
    pub(crate) fn gather(input: &'a [u8], extra: &[u8], output: &'a mut [u8]) -> Option<Self> {
        if output.len() != input.len().checked_add(extra.len())? {
            return None;
        }
        if extra.is_empty() {
            return Some(Self {
                front: InOut::in_place(&mut []),
                rest: InOut::between(input, output),
            });
        }
        // Whole groups are read from the input; the copied rest is at least one vector long, as
        // kernels want it.
        let front = (output.len().saturating_sub(64).min(input.len())) / GROUP_LEN * GROUP_LEN;
        let (front_input, rest_input) = input.split_at(front);
        let (front_output, rest) = output.split_at_mut(front);
        let (rest_front, rest_back) = rest.split_at_mut(rest_input.len());
        rest_front.copy_from_slice(rest_input);
        rest_back.copy_from_slice(extra);
        Some(Self { front: InOut::between(front_input, front_output), rest: InOut::in_place(rest) })
    }

    pub(crate) fn len(&self) -> usize {
        self.front.len + self.rest.len
    }

    /// The next group, if more than a vector is left behind it.
    #[inline]
    pub(crate) fn group<const V: usize>(&mut self) -> Option<Chunk<'a, V>> {
        self.front
            .take()
            .or_else(|| if self.rest.len >= 64 * (V + 1) { self.rest.take() } else { None })
    }

    /// The next group, even if nothing is left behind it.
    #[inline]
    pub(crate) fn take<const V: usize>(&mut self) -> Option<Chunk<'a, V>> {
        self.front.take().or_else(|| self.rest.take())
    }

    /// What is left when there is no group any more.
    #[inline]
    pub(crate) fn into_rest(self) -> InOut<'a> {
        self.rest
    }
}

/// What the groups of every kernel divide, in bytes.
const GROUP_LEN: usize = 64 * 8;

/// `V` whole vectors out of an [`InOut`].
#[derive(Debug)]
pub(crate) struct Chunk<'a, const V: usize> {
    source: *const u8,
    destination: *mut u8,
    borrow: PhantomData<(&'a [u8], &'a mut [u8])>,
}

impl<const V: usize> Chunk<'_, V> {
    /// Vector `i` of the source.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn load(&self, i: usize) -> __m512i {
        assert!(i < V);
        // SAFETY: the source is `64 * V` bytes long, by `InOut::take`.
        unsafe { _mm512_loadu_si512(self.source.add(64 * i).cast()) }
    }

    /// Vector `i` of the destination.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn load_back(&self, i: usize) -> __m512i {
        assert!(i < V);
        // SAFETY: the destination is `64 * V` bytes long, by `InOut::take`.
        unsafe { _mm512_loadu_si512(self.destination.add(64 * i).cast_const().cast()) }
    }

    /// Writes vector `i` of the destination.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn store(&mut self, i: usize, value: __m512i) {
        assert!(i < V);
        // SAFETY: the destination is `64 * V` bytes long and borrowed exclusively, by `InOut::take`.
        unsafe { _mm512_storeu_si512(self.destination.add(64 * i).cast(), value) }
    }
}

/// A message of which the parts are read where they stand, without a copy beforehand.
#[derive(Debug)]
pub(crate) struct Gather<'a> {
    place: InOut<'a>,
    extra: &'a [u8],
    /// How much of `place` is read; the rest comes from `extra`.
    input_len: usize,
}

impl<'a> Gather<'a> {
    /// `in_out` where it stands.
    pub(crate) fn in_place(in_out: &'a mut [u8]) -> Self {
        let place = InOut::in_place(in_out);
        Self { extra: &[], input_len: place.len, place }
    }

    /// `input ‖ extra`, as far as it reaches, into the whole of `output`.
    #[inline]
    pub(crate) fn new(input: &'a [u8], extra: &'a [u8], output: &'a mut [u8]) -> Self {
        let place = InOut {
            source: input.as_ptr(),
            destination: output.as_mut_ptr(),
            len: output.len(),
            borrow: PhantomData,
        };
        Self { input_len: input.len().min(place.len), place, extra }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.place.len
    }

    /// Vector `i`, zero beyond the end.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2")]
    pub(crate) fn load(&self, i: usize) -> __m512i {
        let at = 64 * i;
        let source = self.place.source.wrapping_add(at);
        if at + 64 <= self.input_len {
            // SAFETY: the source is `input_len` bytes long.
            return unsafe { _mm512_loadu_si512(source.cast()) };
        }
        let n = self.input_len.saturating_sub(at);
        // SAFETY: the mask covers bytes within the source only, and a masked-out byte is not
        // accessed; the address is computed without the promise to be in bounds.
        let input = unsafe { _mm512_maskz_loadu_epi8(low_bits(n), source.cast()) };
        if self.extra.is_empty() {
            return input;
        }
        let extra = &self.extra[at.saturating_sub(self.input_len).min(self.extra.len())..];
        let mask = low_bits(extra.len().min(64 - n)) << n;
        // SAFETY: the mask has no more bits than `extra` has bytes, and that many bytes are read.
        unsafe { _mm512_mask_expandloadu_epi8(input, mask, extra.as_ptr().cast()) }
    }

    /// Half a vector: bytes from `32 * i` on, zero beyond the end.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2")]
    pub(crate) fn load256(&self, i: usize) -> __m256i {
        let at = 32 * i;
        let source = self.place.source.wrapping_add(at);
        if at + 32 <= self.input_len {
            // SAFETY: the source is `input_len` bytes long.
            return unsafe { _mm256_loadu_si256(source.cast()) };
        }
        let n = self.input_len.saturating_sub(at);
        // SAFETY: as in `load`: the mask covers bytes within the source only.
        let input = unsafe { _mm256_maskz_loadu_epi8(low_bits(n) as u32, source.cast()) };
        if self.extra.is_empty() {
            return input;
        }
        let extra = &self.extra[at.saturating_sub(self.input_len).min(self.extra.len())..];
        let mask = low_bits(extra.len().min(32 - n)) << n;
        // SAFETY: the mask has no more bits than `extra` has bytes, and that many bytes are read.
        unsafe { _mm256_mask_expandloadu_epi8(input, mask as u32, extra.as_ptr().cast()) }
    }

    /// `V` vectors from `at` on, if they are all of the input.
    #[inline]
    pub(crate) fn chunk<const V: usize>(&mut self, at: usize) -> Option<Chunk<'_, V>> {
        if !self.reads_whole(at, 64 * V) {
            return None;
        }
        // SAFETY: source and destination are at least `input_len` bytes long.
        let (source, destination) =
            unsafe { (self.place.source.add(at), self.place.destination.add(at)) };
        Some(Chunk { source, destination, borrow: PhantomData })
    }

    /// Whether the `len` bytes from `at` on are all of the input.
    #[inline]
    pub(crate) fn reads_whole(&self, at: usize, len: usize) -> bool {
        at.checked_add(len).is_some_and(|end| end <= self.input_len)
    }

    /// `V` vectors from `at` on, if all but the last are there and read where they stand.
    #[inline]
    pub(crate) fn row<const V: usize>(&mut self, at: usize) -> Option<Row<'_, V>> {
        let last = at.checked_add(64 * (V - 1))?;
        if last > self.input_len {
            return None;
        }
        // SAFETY: the source is `input_len` bytes long, and the destination at least as long.
        let (source, destination) =
            unsafe { (self.place.source.add(at), self.place.destination.add(at)) };
        Some(Row { source, destination, last_len: self.place.len - last, borrow: PhantomData })
    }

    /// The destination's bytes.
    #[inline]
    pub(crate) fn written(&self) -> &[u8] {
        // SAFETY: the destination is `len` bytes long and nobody writes it while `self` is borrowed.
        unsafe { core::slice::from_raw_parts(self.place.destination.cast_const(), self.place.len) }
    }

    /// Stores vector `i` as far as it is within, and returns it with the rest cleared.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,bmi2")]
    pub(crate) fn store(&mut self, i: usize, value: __m512i) -> __m512i {
        let at = 64 * i;
        let destination = self.place.destination.wrapping_add(at);
        if at + 64 <= self.place.len {
            // SAFETY: the destination is `len` bytes long and borrowed exclusively.
            unsafe { _mm512_storeu_si512(destination.cast(), value) };
            return value;
        }
        let mask = low_bits(self.place.len.saturating_sub(at));
        // SAFETY: as in `load`, for the destination, which is borrowed exclusively.
        unsafe { _mm512_mask_storeu_epi8(destination.cast(), mask, value) };
        _mm512_maskz_mov_epi8(mask, value)
    }

    /// Stores half a vector, bytes from `32 * i` on, as far as it is within, and returns it with the
    /// rest cleared.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
    pub(crate) fn store256(&mut self, i: usize, value: __m256i) -> __m256i {
        let at = 32 * i;
        let destination = self.place.destination.wrapping_add(at);
        if at + 32 <= self.place.len {
            // SAFETY: the destination is `len` bytes long and borrowed exclusively.
            unsafe { _mm256_storeu_si256(destination.cast(), value) };
            return value;
        }
        let mask = low_bits(self.place.len.saturating_sub(at)) as u32;
        // SAFETY: the mask covers bytes within the destination only, which is borrowed exclusively,
        // and a masked-out byte is not accessed.
        unsafe { _mm256_mask_storeu_epi8(destination.cast(), mask, value) };
        _mm256_maskz_mov_epi8(mask, value)
    }
}

/// A [`Gather`] of `V` vectors, without branches: the last one is loaded beforehand.
#[derive(Debug)]
pub(crate) struct Row<'a, const V: usize> {
    source: *const u8,
    destination: *mut u8,
    last_len: usize,
    borrow: PhantomData<(&'a [u8], &'a mut [u8])>,
}

impl<const V: usize> Row<'_, V> {
    /// Vector `i`, which is not the last.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn load(&self, i: usize) -> __m512i {
        assert!(i + 1 < V);
        // SAFETY: the source has `V - 1` whole vectors, by `Gather::row`.
        unsafe { _mm512_loadu_si512(self.source.add(64 * i).cast()) }
    }

    /// Stores vector `i`, which is not the last.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn store(&mut self, i: usize, value: __m512i) {
        assert!(i + 1 < V);
        // SAFETY: the destination has `V - 1` whole vectors, by `Gather::row`, and is borrowed
        // exclusively.
        unsafe { _mm512_storeu_si512(self.destination.add(64 * i).cast(), value) }
    }

    /// Stores the last vector as far as it is within, and returns it with the rest cleared.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,bmi2")]
    pub(crate) fn store_last(&mut self, value: __m512i) -> __m512i {
        // SAFETY: the destination has `V - 1` whole vectors and `last_len` bytes more, by
        // `Gather::row`, and is borrowed exclusively.
        let destination = unsafe { self.destination.add(64 * (V - 1)) };
        if self.last_len >= 64 {
            // SAFETY: as above.
            unsafe { _mm512_storeu_si512(destination.cast(), value) };
            return value;
        }
        let mask = low_bits(self.last_len);
        // SAFETY: behind the whole vectors the destination has `last_len` bytes more, by
        // `Gather::row`, and a masked-out byte is not accessed.
        unsafe { _mm512_mask_storeu_epi8(destination.cast(), mask, value) };
        _mm512_maskz_mov_epi8(mask, value)
    }
}

/// The lowest `n` bits set, all of them from 64 on.
#[inline]
#[target_feature(enable = "bmi2")]
fn low_bits(n: usize) -> u64 {
    _bzhi_u64(u64::MAX, n.min(64) as u32)
}

/// At most 16 bytes and zeros behind them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
pub(crate) fn load_short(bytes: &[u8]) -> __m128i {
    let mask = low_bits(bytes.len().min(16)) as u16;
    // SAFETY: the mask covers the slice's bytes only, and a masked-out byte is not accessed.
    unsafe { _mm_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}

/// Four blocks in one vector.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn lanes([a, b, c, d]: [__m128i; 4]) -> __m512i {
    let low = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(a), b);
    let high = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(c), d);
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

/// A block of 16 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn load128(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 bytes long; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// A nonce as the front of a counter block.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn nonce_block(nonce: &[u8; NONCE_LEN]) -> __m128i {
    let (front, back) = nonce.split_at(8);
    let (Ok(front), Ok(back)) = (front.try_into(), back.try_into()) else {
        unreachable!("a nonce has twelve bytes")
    };
    _mm_set_epi64x(i64::from(u32::from_le_bytes(back)), i64::from_le_bytes(front))
}

/// A block to 16 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn store128(bytes: &mut [u8; 16], value: __m128i) {
    // SAFETY: the array is 16 bytes long; the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), value) }
}

/// A vector of 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn load_array(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array is 64 bytes long; the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Four consecutive blocks of a table, from block `at` on.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn load_four(table: &[__m128i], at: usize) -> __m512i {
    let four: &[__m128i; 4] = table[at..].first_chunk().expect("the table reaches that far");
    // SAFETY: four blocks are 64 bytes; the load needs no alignment beyond a byte's.
    unsafe { _mm512_loadu_si512(four.as_ptr().cast()) }
}

/// At most 64 bytes, zero-filled to whole blocks behind and to four blocks in front.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn load_at_end(bytes: &[u8]) -> __m512i {
    assert!(bytes.len() <= 64);
    let skipped = 64 - bytes.len().next_multiple_of(16);
    let mask = u64::MAX.checked_shr(64 - bytes.len() as u32).unwrap_or(0) << (skipped % 64);
    // SAFETY: the mask selects exactly the bytes of the slice, and a masked-out byte is not
    // accessed; the address in front of them is computed without the promise to be in bounds.
    unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().wrapping_sub(skipped).cast::<i8>()) }
}

/// Four blocks of a table.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn store_four(four: &mut [__m128i; 4], value: __m512i) {
    // SAFETY: four blocks are 64 bytes; the store needs no alignment beyond a byte's.
    unsafe { _mm512_storeu_si512(four.as_mut_ptr().cast(), value) };
}
