//! WAIT_CERT (RFC 8446 §A.1): Certificate (§4.4.2) after a CertificateRequest, and the wait for
//! its verification.

use chancery_crypto::Hash;
use chancery_wire::Certificate;

use super::{Conversation, WaitCertificateVerify, wait_certificate_or_request::Request};
use crate::{
    Event, Operation, PeerRole, PublicKey, VerifyCertificates, Violation, certificate,
    context::Context, secrets::HandshakeSecrets,
};

/// RFC 8446 §A.1, WAIT_CERT
pub(crate) struct WaitCertificate<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: HandshakeSecrets<H>,
    pub(crate) request: Request,
}

impl<H: Hash> WaitCertificate<H> {
    /// RFC 8446 §4.4.2
    pub(crate) fn on_certificate(
        self,
        message: &Certificate<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<VerifyingCertificates<H>, Violation> {
        let Self { conversation, secrets, request } = self;
        VerifyingCertificates::start(conversation, secrets, Some(request), message, raw, cx)
    }
}

/// The server's certificates are with whoever verifies them.
pub(crate) struct VerifyingCertificates<H> {
    conversation: Conversation<H>,
    secrets: HandshakeSecrets<H>,
    request: Option<Request>,
}

impl<H: Hash> VerifyingCertificates<H> {
    pub(crate) fn start(
        mut conversation: Conversation<H>,
        secrets: HandshakeSecrets<H>,
        request: Option<Request>,
        message: &Certificate<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<Self, Violation> {
        let received =
            certificate::receive(message, |kind| conversation.extensions.contains(&kind))?;
        // RFC 8446 §4.4.2.4: "If the server supplies an empty Certificate message, the client MUST
        // abort the handshake with a "decode_error" alert."
        if received.certificates.is_empty() {
            return Err(Violation::NoServerCertificate);
        }
        conversation.transcript.update(raw);
        cx.push(Event::Suspended(Operation::VerifyCertificates(VerifyCertificates {
            role: PeerRole::Server(conversation.server_name.clone()),
            certificates: received.certificates,
            ocsp_response: received.ocsp_response,
            timestamps: received.timestamps,
        })));
        Ok(Self { conversation, secrets, request })
    }

    pub(crate) fn on_verified(self, public_key: PublicKey) -> WaitCertificateVerify<H> {
        let Self { conversation, secrets, request } = self;
        WaitCertificateVerify { conversation, secrets, request, public_key }
    }
}
