//! The peer's certificates, waiting to be verified.

use alloc::vec::Vec;
use core::fmt;

use chancery_chain::{Purpose, Rejection, Rule, VerifiedPath};
use chancery_wire::AlertDescription;
use pki_types::{CertificateDer, ServerName};

use super::{Answer, AnswerKind, Refusal};

/// Who presents the certificates, which decides what they have to be good for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerRole {
    /// A server of this name.
    Server(ServerName<'static>),
    /// A client.
    Client,
}

/// Verify the peer's certificates. That the peer has the key is checked here afterwards.
#[derive(Debug)]
pub struct VerifyCertificates {
    pub(crate) role: PeerRole,
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) ocsp_response: Vec<u8>,
    pub(crate) timestamps: Vec<u8>,
}

impl VerifyCertificates {
    /// Who presents them.
    #[must_use]
    pub const fn role(&self) -> &PeerRole {
        &self.role
    }

    /// As sent: the peer's own certificate first, then others in any order (RFC 8446 §4.4.2).
    /// Never empty.
    #[must_use]
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }

    /// The DER of the OCSP response that came with the first certificate, or nothing
    /// (RFC 8446 §4.4.2.1).
    #[must_use]
    pub fn ocsp_response(&self) -> &[u8] {
        &self.ocsp_response
    }

    /// The `SignedCertificateTimestampList` that came with the first certificate, or nothing
    /// (RFC 6962 §3.3).
    #[must_use]
    pub fn timestamps(&self) -> &[u8] {
        &self.timestamps
    }

    /// They are verified, and here is the evidence. That of another certificate, or for another
    /// purpose, ends the handshake with `internal_error`.
    #[must_use]
    pub fn accept(&self, path: &VerifiedPath) -> Answer {
        let purpose = match self.role {
            PeerRole::Server(_) => Purpose::ServerAuth,
            PeerRole::Client => Purpose::ClientAuth,
        };
        let own = self.certificates.first().is_some_and(|own| **own == *path.leaf());
        match path.leaf_public_key() {
            Some(key) if own && path.purpose() == purpose => {
                let bits = key.subject_public_key();
                Answer(AnswerKind::Verified(PublicKey::new(
                    key.algorithm().contents(),
                    bits.as_bytes(),
                )))
            }
            _ => Answer(AnswerKind::Refused(Refusal::Internal)),
        }
    }

    /// They are refused, and the handshake ends. A [`Rejection`] converts.
    #[must_use]
    pub fn reject(&self, rejection: impl Into<CertificateRejection>) -> Answer {
        Answer(AnswerKind::Rejected(rejection.into()))
    }

    /// Goes on as if they had been verified. Anybody can then be the peer.
    #[must_use]
    pub const fn dangerous_accept_unverified(&self, public_key: PublicKey) -> Answer {
        Answer(AnswerKind::Verified(public_key))
    }
}

/// The public key of a certificate, as verifiers of signatures take it.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    pub(crate) algorithm: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

impl PublicKey {
    /// The two halves of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7): `algorithm` is the contents
    /// of the `AlgorithmIdentifier`, without its tag and length; `key` is the contents of the
    /// `BIT STRING`, without the byte that counts unused bits.
    #[must_use]
    pub fn new(algorithm: &[u8], key: &[u8]) -> Self {
        Self { algorithm: algorithm.to_vec(), key: key.to_vec() }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bytes)", self.key.len())
    }
}

/// Why certificates are refused, as far as the peer is told (RFC 8446 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateRejection {
    /// Malformed, or a signature in them is wrong.
    Bad,
    /// Of a type or an algorithm that is not supported.
    Unsupported,
    /// Revoked.
    Revoked,
    /// Expired, or not valid yet.
    Expired,
    /// No path to a trust anchor.
    UnknownCa,
    /// A stapled OCSP response was missing or bad (RFC 6066 §8).
    BadStatusResponse,
    /// Anything else: a wrong name, a constraint, a policy.
    Unknown,
}

impl CertificateRejection {
    /// The alert that says so.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::Bad => AlertDescription::BAD_CERTIFICATE,
            Self::Unsupported => AlertDescription::UNSUPPORTED_CERTIFICATE,
            Self::Revoked => AlertDescription::CERTIFICATE_REVOKED,
            Self::Expired => AlertDescription::CERTIFICATE_EXPIRED,
            Self::UnknownCa => AlertDescription::UNKNOWN_CA,
            Self::BadStatusResponse => AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE,
            Self::Unknown => AlertDescription::CERTIFICATE_UNKNOWN,
        }
    }
}

/// How much of the reason the peer is told (RFC 8446 §6.2).
impl From<&Rejection> for CertificateRejection {
    fn from(rejection: &Rejection) -> Self {
        match rejection.rule() {
            Rule::Malformed | Rule::BadSignature => Self::Bad,
            Rule::UnsupportedSignatureAlgorithm
            | Rule::WeakKey
            | Rule::UnknownCriticalExtension => Self::Unsupported,
            Rule::Revoked => Self::Revoked,
            Rule::Expired | Rule::NotYetValid => Self::Expired,
            Rule::UnknownIssuer
            | Rule::SelfSigned
            | Rule::UntrustedRoot
            | Rule::AnchorDistrusted
            | Rule::AnchorExpired
            | Rule::AnchorPurpose => Self::UnknownCa,
            Rule::MustStaple => Self::BadStatusResponse,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for CertificateRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bad => "malformed or wrongly signed",
            Self::Unsupported => "unsupported type or algorithm",
            Self::Revoked => "revoked",
            Self::Expired => "not valid at this time",
            Self::UnknownCa => "no path to a trust anchor",
            Self::BadStatusResponse => "stapled OCSP response missing or bad",
            Self::Unknown => "not acceptable for this use",
        })
    }
}
