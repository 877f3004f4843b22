//! Holding the compiler to an order of instructions.
//!
//! The kernels interleave two streams, AES and GHASH or ChaCha20 and Poly1305, so that the units of
//! both are busy all the time. The compiler's scheduler would pull them apart again, to save
//! registers. Nothing here executes an instruction.

use core::arch::asm;
use core::arch::x86_64::{__m256i, __m512i};

/// What produces these values stands before this, and what uses them behind.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn keep_order(values: &mut [__m512i]) {
    for value in values {
        // SAFETY: no instruction, no memory access; the register keeps its value.
        unsafe {
            asm!("/* {0} */", inout(zmm_reg) * value, options(nomem, nostack, preserves_flags));
        }
    }
}

/// As [`keep_order`], for three values.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn keep_order_of_three([a, b, c]: [&mut __m512i; 3]) {
    // SAFETY: no instruction, no memory access; each register keeps its value.
    unsafe {
        asm!(
            "/* {0} {1} {2} */",
            inout(zmm_reg) * a,
            inout(zmm_reg) * b,
            inout(zmm_reg) * c,
            options(nomem, nostack, preserves_flags)
        );
    }
}

/// As [`keep_order`], for vectors of 256 bits.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn keep_order256<const V: usize>(values: &mut [__m256i; V]) {
    for value in values {
        // SAFETY: no instruction, no memory access; the register keeps its value.
        unsafe {
            asm!("/* {0} */", inout(ymm_reg) * value, options(nomem, nostack, preserves_flags));
        }
    }
}

/// The same reference, but the compiler does not know that: it loads through it anew.
#[inline]
pub(crate) fn opaque<T>(reference: &T) -> &T {
    let mut pointer: *const T = reference;
    // SAFETY: no instruction, no memory access; the pointer keeps its value and thus stays valid
    // for the lifetime of `reference`.
    unsafe {
        asm!("/* {0} */", inout(reg) pointer, options(readonly, nostack, preserves_flags));
        &*pointer
    }
}

/// The same number, but in a general register: the compiler does not compare or add lengths four
/// at a time in a vector, which is slower, and nothing public moves from a vector to a branch.
#[inline]
pub(crate) fn scalar(mut number: usize) -> usize {
    // SAFETY: no instruction, no memory access; the register keeps its value.
    unsafe { asm!("/* {0} */", inout(reg) number, options(nomem, nostack, preserves_flags)) };
    number
}
