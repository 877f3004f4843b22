//! The second stage: both sides share an (EC)DHE secret (RFC 8446 §7.1).

use core::fmt;

use chancery_crypto::Hash;

use crate::{Master, TrafficSecret, TranscriptHash, early::zeros, hkdf::ScheduleSecret};

/// The handshake secret.
pub struct Handshake<H>(ScheduleSecret<H>);

impl<H: Hash> Handshake<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// `client_handshake_traffic_secret`, over ClientHello..ServerHello.
    #[must_use]
    pub fn client_traffic(&self, server_hello: &TranscriptHash) -> TrafficSecret<H> {
        TrafficSecret::new(self.0.derive(b"c hs traffic", server_hello))
    }

    /// `server_handshake_traffic_secret`, over ClientHello..ServerHello.
    #[must_use]
    pub fn server_traffic(&self, server_hello: &TranscriptHash) -> TrafficSecret<H> {
        TrafficSecret::new(self.0.derive(b"s hs traffic", server_hello))
    }

    /// Goes on to the last stage.
    #[must_use]
    pub fn into_master(self) -> Master<H> {
        Master::new(self.0.next_stage(&[zeros(self.0.algorithm)]))
    }
}

impl<H> fmt::Debug for Handshake<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handshake({:?})", self.0)
    }
}
