//! The stages of the key schedule with the events that go along (RFC 8446 §7.1, §7.3).
//!
//! ```text
//! Early ─agree─► HandshakeSecrets ─finish─► ApplicationSecrets ─► Connected
//!       ServerHello              server Finished          client Finished
//! ```

use core::fmt;

use chancery_crypto::{Hash, SharedSecret};
use chancery_key_schedule::{Early, Exporter, Handshake, Master, TrafficSecret, Transcript};

use crate::context::Context;

/// What both sides have after the ServerHello.
pub(crate) struct HandshakeSecrets<H> {
    schedule: Handshake<H>,
    pub(crate) client: TrafficSecret<H>,
    pub(crate) server: TrafficSecret<H>,
}

impl<H: Hash> HandshakeSecrets<H> {
    /// `transcript` covers ClientHello..ServerHello.
    pub(crate) fn agree(
        early: Early<H>,
        shared_secret: &SharedSecret,
        transcript: &Transcript<H>,
        client_random: &[u8; 32],
        cx: &mut Context<'_, H>,
    ) -> Self {
        let schedule = early.into_handshake(shared_secret.as_bytes());
        let hash = transcript.hash();
        let (client, server) = (schedule.client_traffic(&hash), schedule.server_traffic(&hash));
        let mut log = |label, secret: &TrafficSecret<H>| {
            cx.log(label, client_random, secret.dangerous_as_bytes());
        };
        log("CLIENT_HANDSHAKE_TRAFFIC_SECRET", &client);
        log("SERVER_HANDSHAKE_TRAFFIC_SECRET", &server);
        Self { schedule, client, server }
    }

    /// `transcript` covers ClientHello..server Finished.
    pub(crate) fn finish(
        self,
        transcript: &Transcript<H>,
        client_random: &[u8; 32],
        cx: &mut Context<'_, H>,
    ) -> ApplicationSecrets<H> {
        let Self { schedule, client: client_handshake, server: _ } = self;
        let master = schedule.into_master();
        let hash = transcript.hash();
        let (client, server) = (master.client_traffic(&hash), master.server_traffic(&hash));
        let exporter = master.exporter(&hash);
        let mut log = |label, secret: &TrafficSecret<H>| {
            cx.log(label, client_random, secret.dangerous_as_bytes());
        };
        log("CLIENT_TRAFFIC_SECRET_0", &client);
        log("SERVER_TRAFFIC_SECRET_0", &server);
        cx.log_exporter(client_random, &exporter);
        ApplicationSecrets { master, client_handshake, client, server, exporter }
    }
}

/// What both sides have after the server's Finished.
pub(crate) struct ApplicationSecrets<H> {
    pub(crate) master: Master<H>,
    /// The client's Finished is still under it.
    pub(crate) client_handshake: TrafficSecret<H>,
    pub(crate) client: TrafficSecret<H>,
    pub(crate) server: TrafficSecret<H>,
    pub(crate) exporter: Exporter<H>,
}

impl<H> fmt::Debug for HandshakeSecrets<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandshakeSecrets([..])")
    }
}

impl<H> fmt::Debug for ApplicationSecrets<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApplicationSecrets([..])")
    }
}
