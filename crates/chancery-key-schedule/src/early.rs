//! The first stage: from a PSK, or from nothing (RFC 8446 §7.1).

use core::fmt;

use chancery_crypto::{Hash, HashAlgorithm, MAX_HASH_LEN};

use crate::{
    BinderKey, Exporter, Handshake, LabelSet, PskKind, TrafficSecret, TranscriptHash,
    hkdf::{Hkdf, ScheduleSecret},
};

/// As many zero bytes as any hash is long: what stands for a PSK or an (EC)DHE secret that there
/// is not (RFC 8446 §7.1).
const ZEROS: [u8; MAX_HASH_LEN] = [0; MAX_HASH_LEN];

/// Zeros in the place of an absent secret.
pub(crate) fn zeros(algorithm: HashAlgorithm) -> &'static [u8] {
    ZEROS.get(..algorithm.output_len()).unwrap_or(&ZEROS)
}

/// The early secret.
pub struct Early<H>(ScheduleSecret<H>);

impl<H: Hash> Early<H> {
    /// The schedule of a handshake without a PSK.
    #[must_use]
    pub fn without_psk(algorithm: HashAlgorithm, labels: LabelSet) -> Self {
        Self::with_psk(algorithm, labels, zeros(algorithm))
    }

    /// The schedule of a handshake that offers, or has accepted, `psk`; `algorithm` is the hash
    /// that belongs to it (RFC 8446 §4.2.11).
    #[must_use]
    pub fn with_psk(algorithm: HashAlgorithm, labels: LabelSet, psk: &[u8]) -> Self {
        let secret = Hkdf::<H::Hmac>::extract(algorithm, zeros(algorithm), &[psk]);
        Self(ScheduleSecret::new(algorithm, labels, secret))
    }

    /// The key under which the ClientHello proves that its sender knows the PSK
    /// (RFC 8446 §4.2.11.2).
    #[must_use]
    pub fn binder_key(&self, kind: PskKind) -> BinderKey<H> {
        let nothing = TranscriptHash::of_nothing::<H>(self.0.algorithm);
        BinderKey::new(self.0.derive(kind.label(), &nothing))
    }

    /// `client_early_traffic_secret`, over ClientHello: for 0-RTT data.
    #[must_use]
    pub fn client_traffic(&self, client_hello: &TranscriptHash) -> TrafficSecret<H> {
        TrafficSecret::new(self.0.derive(b"c e traffic", client_hello))
    }

    /// The exporter on `early_exporter_master_secret`, over ClientHello (RFC 8446 §7.5).
    #[must_use]
    pub fn exporter(&self, client_hello: &TranscriptHash) -> Exporter<H> {
        Exporter::new(self.0.derive(b"e exp master", client_hello))
    }

    /// Goes on with the (EC)DHE secret, or the hybrid one, that both sides share.
    #[must_use]
    pub fn into_handshake(self, shared_secret: &[u8]) -> Handshake<H> {
        Handshake::new(self.0.next_stage(&[shared_secret]))
    }

    /// Goes on with zeros, for a handshake by PSK alone (`psk_ke`, RFC 8446 §4.2.9).
    #[must_use]
    pub fn into_handshake_without_exchange(self) -> Handshake<H> {
        let zeros = zeros(self.0.algorithm);
        Handshake::new(self.0.next_stage(&[zeros]))
    }
}

impl<H> fmt::Debug for Early<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Early({:?})", self.0)
    }
}
