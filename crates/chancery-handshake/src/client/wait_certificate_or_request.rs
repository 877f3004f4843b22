//! WAIT_CERT_CR (RFC 8446 §A.1): Certificate (§4.4.2) or CertificateRequest (§4.3.2).

use alloc::vec::Vec;

use chancery_crypto::Hash;
use chancery_wire::{Certificate, CertificateRequest, ExtensionType, SignatureScheme};

use super::{Conversation, VerifyingCertificates, WaitCertificate};
use crate::{
    OcspStapling, Violation, certificate::Wanted, context::Context, secrets::HandshakeSecrets,
};

/// RFC 8446 §A.1, WAIT_CERT_CR
pub(crate) struct WaitCertificateOrRequest<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: HandshakeSecrets<H>,
}

/// What the server wants to know about the client.
pub(crate) struct Request {
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) wanted: Wanted,
}

impl<H: Hash> WaitCertificateOrRequest<H> {
    /// RFC 8446 §4.3.2
    pub(crate) fn on_certificate_request(
        self,
        message: &CertificateRequest<'_>,
        raw: &[u8],
    ) -> Result<WaitCertificate<H>, Violation> {
        let Self { mut conversation, secrets } = self;
        // "This field SHALL be zero length unless used for the post-handshake authentication".
        if !message.certificate_request_context.is_empty() {
            return Err(Violation::CertificateRequestContext);
        }
        // "The "signature_algorithms" extension MUST be specified".
        let signature_schemes = message
            .extensions
            .signature_algorithms()
            .ok_or(Violation::MissingExtension(ExtensionType::SIGNATURE_ALGORITHMS))?;
        let authorities = message.extensions.certificate_authorities();
        let stapling = if message.extensions.contains(ExtensionType::STATUS_REQUEST) {
            OcspStapling::On
        } else {
            OcspStapling::Off
        };
        let request = Request {
            signature_schemes: signature_schemes.iter().collect(),
            authorities: authorities.iter().flatten().map(|name| name.0.to_vec()).collect(),
            wanted: Wanted::new(stapling, &message.extensions),
        };
        conversation.transcript.update(raw);
        Ok(WaitCertificate { conversation, secrets, request })
    }

    /// RFC 8446 §4.4.2
    pub(crate) fn on_certificate(
        self,
        message: &Certificate<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<VerifyingCertificates<H>, Violation> {
        VerifyingCertificates::start(self.conversation, self.secrets, None, message, raw, cx)
    }
}
