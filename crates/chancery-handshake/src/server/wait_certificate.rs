//! WAIT_CERT (RFC 8446 §A.2): the client's Certificate (§4.4.2), and the wait for its verification.

use chancery_crypto::Hash;
use chancery_wire::Certificate;

use super::{Conversation, State, WaitCertificateVerify, WaitFinished};
use crate::{
    ClientAuthentication, Event, Operation, PeerRole, PublicKey, VerifyCertificates, Violation,
    certificate, context::Context, secrets::ApplicationSecrets,
};

/// RFC 8446 §A.2, WAIT_CERT
pub(crate) struct WaitCertificate<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: ApplicationSecrets<H>,
    pub(crate) client_authentication: ClientAuthentication,
}

impl<H: Hash> WaitCertificate<H> {
    /// RFC 8446 §4.4.2
    pub(crate) fn on_certificate(
        self,
        message: &Certificate<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<State<H>, Violation> {
        let Self { mut conversation, secrets, client_authentication } = self;
        // This server asks for no extensions with the certificates.
        let received = certificate::receive(message, |_| false)?;
        conversation.transcript.update(raw);
        if received.certificates.is_empty() {
            // RFC 8446 §4.4.2.4: "If the client does not send any certificates ... the server MAY at
            // its discretion either continue the handshake without client authentication or abort
            // the handshake with a "certificate_required" alert."
            return match client_authentication {
                ClientAuthentication::Required { .. } => Err(Violation::CertificateRequired),
                _ => Ok(WaitFinished { conversation, secrets }.into()),
            };
        }
        cx.push(Event::Suspended(Operation::VerifyCertificates(VerifyCertificates {
            role: PeerRole::Client,
            certificates: received.certificates,
            ocsp_response: received.ocsp_response,
            timestamps: received.timestamps,
        })));
        Ok(VerifyingCertificates { conversation, secrets }.into())
    }
}

/// The client's certificates are with whoever verifies them.
pub(crate) struct VerifyingCertificates<H> {
    conversation: Conversation<H>,
    secrets: ApplicationSecrets<H>,
}

impl<H: Hash> VerifyingCertificates<H> {
    pub(crate) fn on_verified(self, public_key: PublicKey) -> WaitCertificateVerify<H> {
        let Self { conversation, secrets } = self;
        WaitCertificateVerify { conversation, secrets, public_key }
    }
}
