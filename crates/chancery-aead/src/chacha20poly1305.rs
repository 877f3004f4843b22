//! ChaCha20 and Poly1305 as one AEAD (RFC 8439 §2.8).

use chancery_crypto::{AeadAlgorithm, AeadError, NONCE_LEN, OpenMessage, SealMessage, TAG_LEN};

use crate::Kernel;
use crate::key::key_type;
use crate::portable::Portable;

key_type! {
    /// A key of ChaCha20-Poly1305: 32 bytes.
    ChaCha20Poly1305(Keyed), AeadAlgorithm::ChaCha20Poly1305
}

/// A key on the kernel that was chosen for it.
enum Keyed {
    Portable(Portable),
}

impl Keyed {
    fn new(kernel: Kernel, algorithm: AeadAlgorithm, key: &[u8]) -> Option<Self> {
        Some(match kernel {
            Kernel::Portable => Self::Portable(Portable::new(algorithm, key).ok()?),
            #[allow(unreachable_patterns, reason = "reachable where kernels are missing")]
            _ => return None,
        })
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        input: &[u8],
        extra: &[u8],
        output: &mut [u8],
    ) -> Result<(), AeadError> {
        match self {
            Self::Portable(kernel) => kernel.seal(nonce, aad, input, extra, output),
        }
    }

    fn seal_in_place(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], AeadError> {
        match self {
            Self::Portable(kernel) => kernel.seal_in_place(nonce, aad, in_out),
        }
    }

    fn open_in_place<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &'a mut [u8],
    ) -> Result<&'a mut [u8], AeadError> {
        match self {
            Self::Portable(kernel) => kernel.open_in_place(nonce, aad, in_out),
        }
    }

    /// Seals messages that are all of this key.
    fn seal_all<K>(&self, messages: &mut [SealMessage<'_, K>]) -> Result<(), AeadError> {
        messages.iter_mut().try_for_each(|m| self.seal(&m.nonce, m.aad, m.input, m.extra, m.output))
    }

    /// Opens messages that are all of this key.
    fn open_all<K>(&self, messages: &mut [OpenMessage<'_, K>]) {
        for m in messages {
            m.opened = self.open_in_place(&m.nonce, m.aad, m.in_out).map(|_| ());
        }
    }
}
