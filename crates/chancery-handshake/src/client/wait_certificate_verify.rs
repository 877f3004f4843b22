//! WAIT_CV (RFC 8446 §A.1): CertificateVerify (§4.4.3).

use chancery_crypto::Hash;
use chancery_wire::CertificateVerify;

use super::{Conversation, WaitFinished, wait_certificate_or_request::Request};
use crate::{
    PublicKey, Violation,
    certificate_verify::{self, Signer},
    secrets::HandshakeSecrets,
};

/// RFC 8446 §A.1, WAIT_CV
pub(crate) struct WaitCertificateVerify<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: HandshakeSecrets<H>,
    pub(crate) request: Option<Request>,
    pub(crate) public_key: PublicKey,
}

impl<H: Hash> WaitCertificateVerify<H> {
    /// RFC 8446 §4.4.3
    pub(crate) fn on_certificate_verify(
        self,
        message: &CertificateVerify<'_>,
        raw: &[u8],
    ) -> Result<WaitFinished<H>, Violation> {
        let Self { mut conversation, secrets, request, public_key } = self;
        certificate_verify::verify(
            message,
            Signer::Server,
            &conversation.transcript.hash(),
            &public_key,
            &conversation.config.signature_schemes,
            conversation.config.verifiers,
        )?;
        conversation.transcript.update(raw);
        Ok(WaitFinished { conversation, secrets, request })
    }
}
