//! How much of a [`Rejection`] the peer is told (RFC 8446 §6.2).

use chancery_chain::{Rejection, Rule};
use chancery_handshake::CertificateRejection;

/// The alert's worth of `rejection`.
pub(crate) fn for_peer(rejection: &Rejection) -> CertificateRejection {
    match rejection.rule() {
        Rule::Malformed | Rule::BadSignature => CertificateRejection::Bad,
        Rule::UnsupportedSignatureAlgorithm | Rule::WeakKey | Rule::UnknownCriticalExtension => {
            CertificateRejection::Unsupported
        }
        Rule::Revoked => CertificateRejection::Revoked,
        Rule::Expired | Rule::NotYetValid => CertificateRejection::Expired,
        Rule::UnknownIssuer
        | Rule::SelfSigned
        | Rule::UntrustedRoot
        | Rule::AnchorDistrusted
        | Rule::AnchorExpired
        | Rule::AnchorPurpose => CertificateRejection::UnknownCa,
        Rule::MustStaple => CertificateRejection::BadStatusResponse,
        _ => CertificateRejection::Unknown,
    }
}
