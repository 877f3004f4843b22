//! WAIT_FINISHED (RFC 8446 §A.2): the client's Finished (§4.4.4).

use chancery_crypto::Hash;
use chancery_wire::Finished;

use super::Conversation;
use crate::{
    Epoch, Event, Violation, certificate,
    connected::{Connected, Side},
    context::Context,
    secrets::ApplicationSecrets,
};

/// RFC 8446 §A.2, WAIT_FINISHED
pub(crate) struct WaitFinished<H> {
    pub(crate) conversation: Conversation<H>,
    pub(crate) secrets: ApplicationSecrets<H>,
}

impl<H: Hash> WaitFinished<H> {
    /// RFC 8446 §4.4.4
    pub(crate) fn on_finished(
        self,
        message: &Finished<'_>,
        raw: &[u8],
        cx: &mut Context<'_, H>,
    ) -> Result<Connected<H>, Violation> {
        let Self { conversation: Conversation { mut transcript, negotiated, .. }, secrets } = self;
        certificate::check_finished(message, raw, &secrets.client_handshake, &mut transcript)?;
        cx.change_receive_key(Epoch::Application, negotiated.suite, &secrets.client)?;
        cx.push(Event::Complete);
        Ok(Connected::new(Side::Server, secrets, &transcript, negotiated))
    }
}
