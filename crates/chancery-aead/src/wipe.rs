//! Overwriting what held a key.

use core::mem::size_of;
use core::ptr;

/// Zeroes every byte of `value`.
///
/// # Safety
/// `value` must not be used afterwards in a way that zero bytes would make unsound, nor need to be
/// dropped, and `T` must have the alignment of a `u64` at least.
pub(crate) unsafe fn wipe<T>(value: &mut T) {
    const { assert!(align_of::<T>() >= align_of::<u64>() && size_of::<T>().is_multiple_of(8)) };
    let words = ptr::from_mut(value).cast::<u64>();
    for i in 0..size_of::<T>() / 8 {
        // SAFETY: `value` is borrowed exclusively and has that many aligned words; a volatile write
        // may not be left out even though nobody reads it.
        unsafe { ptr::write_volatile(words.add(i), 0) };
    }
}

/// As [`wipe`], 64 bytes at a time, for what is aligned to them.
///
/// # Safety
/// As [`wipe`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn wipe_wide<T>(value: &mut T) {
    use core::arch::x86_64::{__m512i, _mm512_setzero_si512};

    const { assert!(align_of::<T>() >= 64 && size_of::<T>().is_multiple_of(64)) };
    let vectors = ptr::from_mut(value).cast::<__m512i>();
    for i in 0..size_of::<T>() / 64 {
        // SAFETY: `value` is borrowed exclusively and has that many aligned vectors; a volatile
        // write may not be left out even though nobody reads it.
        unsafe { ptr::write_volatile(vectors.add(i), _mm512_setzero_si512()) };
    }
}
