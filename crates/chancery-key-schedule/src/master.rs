//! The last stage (RFC 8446 §7.1).

use core::fmt;

use chancery_crypto::Hash;

use crate::{Exporter, ResumptionSecret, TrafficSecret, TranscriptHash, hkdf::ScheduleSecret};

/// The master secret.
pub struct Master<H>(ScheduleSecret<H>);

impl<H: Hash> Master<H> {
    pub(crate) const fn new(secret: ScheduleSecret<H>) -> Self {
        Self(secret)
    }

    /// `client_application_traffic_secret_0`, over ClientHello..server Finished.
    #[must_use]
    pub fn client_traffic(&self, server_finished: &TranscriptHash) -> TrafficSecret<H> {
        TrafficSecret::new(self.0.derive(b"c ap traffic", server_finished))
    }

    /// `server_application_traffic_secret_0`, over ClientHello..server Finished.
    #[must_use]
    pub fn server_traffic(&self, server_finished: &TranscriptHash) -> TrafficSecret<H> {
        TrafficSecret::new(self.0.derive(b"s ap traffic", server_finished))
    }

    /// The exporter on `exporter_master_secret`, over ClientHello..server Finished
    /// (RFC 8446 §7.5).
    #[must_use]
    pub fn exporter(&self, server_finished: &TranscriptHash) -> Exporter<H> {
        Exporter::new(self.0.derive(b"exp master", server_finished))
    }

    /// `resumption_master_secret`, over ClientHello..client Finished.
    #[must_use]
    pub fn resumption(&self, client_finished: &TranscriptHash) -> ResumptionSecret<H> {
        ResumptionSecret::new(self.0.derive(b"res master", client_finished))
    }
}

impl<H> fmt::Debug for Master<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Master({:?})", self.0)
    }
}
