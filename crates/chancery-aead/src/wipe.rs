//! Overwriting what held a key.

use core::mem::size_of;
use core::ptr;

/// Zeroes every byte of `value`.
///
/// # Safety
/// `value` must not be used afterwards in a way that zero bytes would make unsound, nor need to be
/// dropped, and `T` must have the alignment of a `u64` at least.
pub(crate) unsafe fn wipe<T>(value: &mut T) {
    const { assert!(align_of::<T>() >= align_of::<u64>() && size_of::<T>() % 8 == 0) };
    let words = ptr::from_mut(value).cast::<u64>();
    for i in 0..size_of::<T>() / 8 {
        // SAFETY: `value` is borrowed exclusively and has that many aligned words; a volatile write
        // may not be left out even though nobody reads it.
        unsafe { ptr::write_volatile(words.add(i), 0) };
    }
}
