//! QUIC's Initial secrets (RFC 9001 §5.2, RFC 9369 §3.3.1): anyone who sees the first packet can
//! derive them; they keep off accidents, not attackers.

use chancery_crypto::{Hash, HashAlgorithm};

use crate::{LabelSet, TrafficSecret, hkdf::Hkdf, hkdf::ScheduleSecret};

/// A version of QUIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuicVersion {
    /// Version 1 (RFC 9000).
    V1,
    /// Version 2 (RFC 9369).
    V2,
}

impl QuicVersion {
    /// The labels of every secret in a connection of this version.
    #[must_use]
    pub const fn labels(self) -> LabelSet {
        match self {
            Self::V1 => LabelSet::QuicV1,
            Self::V2 => LabelSet::QuicV2,
        }
    }

    const fn initial_salt(self) -> &'static [u8; 20] {
        match self {
            // RFC 9001 §5.2.
            Self::V1 => &[
                0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
                0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a,
            ],
            // RFC 9369 §3.3.1.
            Self::V2 => &[
                0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
                0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9,
            ],
        }
    }
}

/// The secrets of both sides' Initial packets; the AEAD is AES-128-GCM.
#[derive(Debug)]
pub struct QuicInitial<H> {
    client: TrafficSecret<H>,
    server: TrafficSecret<H>,
}

impl<H: Hash> QuicInitial<H> {
    /// From the Destination Connection ID of the client's first Initial packet.
    #[must_use]
    pub fn new(version: QuicVersion, destination_connection_id: &[u8]) -> Self {
        let algorithm = HashAlgorithm::Sha256;
        let initial = Hkdf::<H::Hmac>::extract(
            algorithm,
            version.initial_salt(),
            &[destination_connection_id],
        );
        let initial = ScheduleSecret::<H>::new(algorithm, version.labels(), initial);
        let side = |label| TrafficSecret::new(initial.derive_without_context(label));
        Self { client: side(b"client in"), server: side(b"server in") }
    }

    /// What protects the client's packets.
    #[must_use]
    pub const fn client(&self) -> &TrafficSecret<H> {
        &self.client
    }

    /// What protects the server's packets.
    #[must_use]
    pub const fn server(&self) -> &TrafficSecret<H> {
        &self.server
    }
}
