//! Proofs that this CPU has what a kernel needs.
//!
//! A token can be made only by [`detect`](Vaes512::detect), which asks the CPU. A kernel's key holds
//! one, so that its existence is the reason why calling the kernel is sound.

use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
use core::sync::atomic::{AtomicU8, Ordering};

/// AVX-512 (F, VL, BW, DQ, VBMI, VBMI2) with VAES and VPCLMULQDQ, and 512-bit registers that the
/// operating system saves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vaes512(());

/// AVX2 with VAES and VPCLMULQDQ, and 256-bit registers that the operating system saves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vaes256(());

/// AVX-512 (F, VL, BW, DQ, VBMI, VBMI2) with the 52-bit multiply-add (IFMA).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ifma512(());

/// AVX2 with BMI2, and 256-bit registers that the operating system saves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Vaes512 {
    pub(crate) fn detect() -> Option<Self> {
        (features() & VAES_512 != 0).then_some(Self(()))
    }
}

impl Vaes256 {
    pub(crate) fn detect() -> Option<Self> {
        (features() & VAES_256 != 0).then_some(Self(()))
    }
}

impl Ifma512 {
    pub(crate) fn detect() -> Option<Self> {
        (features() & IFMA_512 != 0).then_some(Self(()))
    }
}

impl Avx2 {
    pub(crate) fn detect() -> Option<Self> {
        (features() & AVX_2 != 0).then_some(Self(()))
    }
}

const VAES_512: u8 = 1;
const IFMA_512: u8 = 2;
const VAES_256: u8 = 4;
const AVX_2: u8 = 8;
const ASKED: u8 = 0x80;

/// What [`ask`] answered, asked once: `cpuid` takes a microsecond in a virtual machine.
#[inline]
fn features() -> u8 {
    static FEATURES: AtomicU8 = AtomicU8::new(0);
    let known = FEATURES.load(Ordering::Relaxed);
    if known & ASKED != 0 {
        return known;
    }
    let asked = ask() | ASKED;
    FEATURES.store(asked, Ordering::Relaxed);
    asked
}

/// Reads the feature bits (Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E).
#[cold]
fn ask() -> u8 {
    let bit = |register: u32, n: u32| register & (1 << n) != 0;
    if __cpuid(0).eax < 7 {
        return 0;
    }
    let leaf1 = __cpuid(1);
    let leaf7 = __cpuid_count(7, 0);
    if !bit(leaf1.ecx, 27) {
        // Without OSXSAVE there is no XCR0 to read, and no wide register is saved.
        return 0;
    }
    // SAFETY: OSXSAVE was just seen, so XGETBV exists and XCR0 may be read.
    let saved = unsafe { xcr0() };
    let ymm = saved & 0x06 == 0x06;
    let zmm = saved & 0xe6 == 0xe6;

    let aes = bit(leaf1.ecx, 25) && bit(leaf1.ecx, 1) && bit(leaf1.ecx, 9) && bit(leaf1.ecx, 19);
    let wide_aes = aes && bit(leaf7.ecx, 9) && bit(leaf7.ecx, 10);
    let avx2 = ymm && bit(leaf1.ecx, 28) && bit(leaf7.ebx, 5);
    let bmi2 = bit(leaf7.ebx, 3) && bit(leaf7.ebx, 8);
    let avx512 = avx2 && zmm && [16, 17, 30, 31].into_iter().all(|n| bit(leaf7.ebx, n));
    let vbmi = bit(leaf7.ecx, 1) && bit(leaf7.ecx, 6);

    let mut features = 0;
    if avx512 && wide_aes && vbmi && bmi2 {
        features |= VAES_512;
    }
    if avx2 && wide_aes && bmi2 {
        features |= VAES_256;
    }
    if avx2 && bmi2 {
        features |= AVX_2;
    }
    if avx512 && vbmi && bmi2 && bit(leaf7.ebx, 21) {
        features |= IFMA_512;
    }
    features
}

#[target_feature(enable = "xsave")]
fn xcr0() -> u64 {
    // SAFETY: the caller saw OSXSAVE; register 0 always exists then.
    unsafe { _xgetbv(0) }
}
