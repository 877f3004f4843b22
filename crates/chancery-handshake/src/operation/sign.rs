//! A CertificateVerify waiting for its signature.

use alloc::vec::Vec;

use chancery_crypto::SignatureAlgorithm;
use chancery_wire::SignatureScheme;

use super::{Answer, AnswerKind, Refusal};

/// Sign with the key of the certificate that was sent (RFC 8446 §4.4.3).
#[derive(Debug)]
pub struct Sign {
    pub(crate) scheme: SignatureScheme,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) message: Vec<u8>,
}

impl Sign {
    /// How to sign, as a [`SigningKey`](chancery_crypto::SigningKey) takes it.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// How to sign, as TLS calls it.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// What to sign: 64 spaces, a context string, a zero, the transcript hash.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The signature; of ECDSA, in DER.
    #[must_use]
    pub fn signature(&self, signature: &[u8]) -> Answer {
        Answer(AnswerKind::Signature(signature.to_vec()))
    }

    /// There is none, and the handshake ends.
    #[must_use]
    pub const fn refuse(&self) -> Answer {
        Answer(AnswerKind::Refused(Refusal::Internal))
    }
}
