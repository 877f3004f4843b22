//! Which kernel does the work.

use core::fmt;

use chancery_crypto::AeadAlgorithm;

/// One implementation of an algorithm, tied to what a CPU must have for it.
///
/// Key setup takes the first that the CPU can run, so naming one is for tests and benchmarks.
///
/// ```
/// use chancery_aead::{AeadAlgorithm, Kernel, Key};
///
/// for kernel in Kernel::available(AeadAlgorithm::Aes128Gcm) {
///     let key = Key::with_kernel(kernel, AeadAlgorithm::Aes128Gcm, &[7; 16])?;
///     println!("{kernel}: {key:?}");
/// }
/// # Ok::<(), chancery_aead::AeadError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernel {
    /// AES-GCM on 512-bit vectors: AVX-512 with VAES and VPCLMULQDQ.
    GcmVaes512,
    /// AES-GCM on 256-bit vectors: AVX2 with VAES and VPCLMULQDQ.
    GcmVaes256,
    /// ChaCha20-Poly1305 on 512-bit vectors: AVX-512 with IFMA.
    ChaCha20Poly1305Avx512,
    /// ChaCha20-Poly1305 on 256-bit vectors: AVX2.
    ChaCha20Poly1305Avx2,
    /// *ring*, which chooses for itself; everywhere.
    Portable,
}

impl Kernel {
    /// Every kernel, the fastest of each algorithm first.
    pub const ALL: [Self; 5] = [
        Self::GcmVaes512,
        Self::GcmVaes256,
        Self::ChaCha20Poly1305Avx512,
        Self::ChaCha20Poly1305Avx2,
        Self::Portable,
    ];

    /// The kernels of `algorithm` that this CPU can run, the fastest first; never empty.
    pub fn available(algorithm: AeadAlgorithm) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kernel| kernel.implements(algorithm) && kernel.runs())
    }

    /// Whether it is a kernel of `algorithm`.
    #[must_use]
    pub const fn implements(self, algorithm: AeadAlgorithm) -> bool {
        match self {
            Self::GcmVaes512 | Self::GcmVaes256 => {
                matches!(algorithm, AeadAlgorithm::Aes128Gcm | AeadAlgorithm::Aes256Gcm)
            }
            Self::ChaCha20Poly1305Avx512 | Self::ChaCha20Poly1305Avx2 => {
                matches!(algorithm, AeadAlgorithm::ChaCha20Poly1305)
            }
            Self::Portable => true,
        }
    }

    /// Whether this CPU can run it.
    #[must_use]
    pub fn runs(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::GcmVaes512 => crate::cpu::Vaes512::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::GcmVaes256 => crate::cpu::Vaes256::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::ChaCha20Poly1305Avx512 => crate::cpu::Ifma512::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::ChaCha20Poly1305Avx2 => crate::cpu::Avx2::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::GcmVaes512
            | Self::GcmVaes256
            | Self::ChaCha20Poly1305Avx512
            | Self::ChaCha20Poly1305Avx2 => false,
            Self::Portable => true,
        }
    }

    /// Keeps the CPU's units as busy as AES-GCM must for a message of `vectors` times 64 bytes, with
    /// `rounds` AES rounds each and three multiplications, and does nothing else: the bound that
    /// benchmarks print. `None` if the CPU lacks the units.
    #[doc(hidden)]
    #[must_use]
    pub fn gcm_bound(vectors: usize, rounds: usize) -> Option<()> {
        #[cfg(target_arch = "x86_64")]
        {
            let token = crate::cpu::Vaes512::detect()?;
            crate::x86_64::bound512::work(token, vectors, rounds, 3);
            Some(())
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = (vectors, rounds);
            None
        }
    }

    /// What the CPU must have.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::GcmVaes512 => {
                "x86-64 with AVX-512 (F, BW, DQ, VL, VBMI, VBMI2), VAES, VPCLMULQDQ"
            }
            Self::GcmVaes256 => "x86-64 with AVX2, BMI1, BMI2, VAES, VPCLMULQDQ",
            Self::ChaCha20Poly1305Avx512 => {
                "x86-64 with AVX-512 (F, BW, DQ, VL, VBMI, VBMI2, IFMA)"
            }
            Self::ChaCha20Poly1305Avx2 => "x86-64 with AVX2, BMI2",
            Self::Portable => "nothing",
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GcmVaes512 => "gcm-vaes512",
            Self::GcmVaes256 => "gcm-vaes256",
            Self::ChaCha20Poly1305Avx512 => "chacha20-poly1305-avx512",
            Self::ChaCha20Poly1305Avx2 => "chacha20-poly1305-avx2",
            Self::Portable => "portable",
        })
    }
}
