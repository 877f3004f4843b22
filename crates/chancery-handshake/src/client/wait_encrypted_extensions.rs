//! WAIT_EE (RFC 8446 §A.1): EncryptedExtensions (§4.3.1).

use chancery_crypto::Hash;
use chancery_wire::{EncryptedExtensions, ExtensionType};

use super::{Conversation, State, WaitCertificateOrRequest, WaitFinished};
use crate::{Authentication, Violation, secrets::HandshakeSecrets};

/// RFC 8446 §A.1, WAIT_EE
pub(crate) struct WaitEncryptedExtensions<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: HandshakeSecrets<H>,
}

impl<H: Hash> WaitEncryptedExtensions<H> {
    /// RFC 8446 §4.3.1
    pub(crate) fn on_encrypted_extensions(
        self,
        message: &EncryptedExtensions<'_>,
        raw: &[u8],
    ) -> Result<State<H>, Violation> {
        let Self { mut conversation, secrets } = self;
        let extensions = message.extensions;
        let unasked = extensions.types().find(|kind| !conversation.extensions.contains(kind));
        if let Some(unasked) = unasked {
            return Err(Violation::UnsolicitedExtension(unasked));
        }
        if let Some(selected) = extensions.selected_application_layer_protocol() {
            let protocol = selected.0.to_vec();
            // RFC 7301 §3.2: the server's choice is one of the client's list.
            if !conversation.config.application_protocols.contains(&protocol) {
                return Err(Violation::ApplicationProtocol);
            }
            conversation.negotiated.application_protocol = Some(protocol);
        }
        if extensions.contains(ExtensionType::SERVER_NAME) {
            conversation.negotiated.server_name = conversation.host_name.take();
        }
        conversation.transcript.update(raw);
        // RFC 8446 §A.1: "Using PSK" goes on to WAIT_FINISHED, "Using certificate" to WAIT_CERT_CR.
        Ok(match conversation.negotiated.authentication {
            Authentication::Resumption | Authentication::ExternalPsk { .. } => {
                WaitFinished { conversation, secrets, request: None }.into()
            }
            Authentication::Certificate => {
                WaitCertificateOrRequest { conversation, secrets }.into()
            }
        })
    }
}
