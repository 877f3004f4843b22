//! What a client and a server bring along.

use std::sync::Arc;

use chancery_chain::{TrustAnchors, Validator};
use chancery_handshake::{ClientAuthentication, Group, OcspStapling};
use chancery_ring::{
    SIGNATURE_VERIFICATION_ALGORITHMS, Secp256r1, Secp384r1, X25519, X25519MlKem768,
};
use chancery_wire::NamedGroup;

use crate::{ExternalPsk, Identity, KeyLog, PskStore, SessionSealer, TicketStore};

/// Every group of the default provider, in the order in which clients and servers prefer them:
/// the hybrid that stands against quantum computers first (RFC 10024), then the classic ones.
pub const GROUPS: [Group; 4] = [
    Group::new(NamedGroup::X25519MLKEM768, &X25519MlKem768),
    Group::new(NamedGroup::X25519, &X25519),
    Group::new(NamedGroup::SECP256R1, &Secp256r1),
    Group::new(NamedGroup::SECP384R1, &Secp384r1),
];

/// What a client brings along; one for any number of connections.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// What to offer: suites, groups, application protocols, and more.
    pub handshake: Arc<chancery_handshake::ClientConfig>,
    /// How to verify servers; `None` leaves it to whoever polls the connection. If its policy wants timestamps of logs,
    /// servers are asked for them.
    pub trust: Option<Arc<Validator>>,
    /// What to show of ourselves to a server that asks.
    pub identity: Option<Identity>,
    /// A key that we and the server have from elsewhere, to offer in place of certificates. A server that does not take
    /// it has to show a certificate, which `trust` decides about;
    /// [`Negotiated::authentication`](crate::Negotiated::authentication) tells which it was.
    pub psk: Option<ExternalPsk>,
    /// Where tickets are kept and taken from, to resume instead of a full handshake, such as a
    /// [`TicketMemory`](crate::TicketMemory). `None` resumes nothing, and tickets become
    /// [events](crate::Event::Ticket). Those of a connection by `psk` are passed over: such a handshake is short already.
    pub tickets: Option<Arc<dyn TicketStore>>,
    /// Where secrets are logged, for debugging.
    pub key_log: Option<Arc<dyn KeyLog>>,
}

impl ClientConfig {
    /// Trusts servers that have a path to one of `anchors`; offers everything that the default provider
    /// has, with key shares of [`GROUPS`]' first two, and asks for a stapled OCSP response.
    #[must_use]
    pub fn new(anchors: impl Into<Arc<TrustAnchors>>) -> Self {
        let mut handshake =
            chancery_handshake::ClientConfig::new(&GROUPS, SIGNATURE_VERIFICATION_ALGORITHMS);
        // RFC 8446 §4.2.8: a second share saves servers without the hybrid a HelloRetryRequest.
        handshake.key_shares = vec![NamedGroup::X25519MLKEM768, NamedGroup::X25519];
        // RFC 7633 §4.2.3: whoever enforces the promise to staple has to ask for what was promised.
        handshake.ocsp_stapling = OcspStapling::On;
        let trust = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS);
        Self {
            handshake: Arc::new(handshake),
            trust: Some(Arc::new(trust)),
            identity: None,
            psk: None,
            tickets: None,
            key_log: None,
        }
    }

    /// Offers `psk`, and trusts no certificate: a server that does not have the key is refused.
    #[must_use]
    pub fn by_psk(psk: ExternalPsk) -> Self {
        Self { psk: Some(psk), ..Self::new(TrustAnchors::new()) }
    }
}

/// What a server brings along; one for any number of connections.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// What to accept: suites and groups.
    pub handshake: Arc<chancery_handshake::ServerConfig>,
    /// What to show of ourselves. The first that fits the client's server name and signature schemes
    /// is used; if the name fits none, the first whose key fits. If there is none at all, and no `psks`, the choice is
    /// left to whoever polls the connection.
    pub identities: Vec<Identity>,
    /// Where the keys are that clients and we have from elsewhere. A client whose key is among them needs no certificate
    /// of ours, and has proven who it is; others are shown one, if there is one.
    /// [`Negotiated::authentication`](crate::Negotiated::authentication) tells which it was. None is taken while
    /// clients are asked for a certificate, which cannot be done in the same handshake (RFC 8446 §4.3.2).
    pub psks: Option<Arc<dyn PskStore>>,
    /// The application protocols, the preferred one first (RFC 7301). With none, the client's are ignored.
    pub application_protocols: Vec<Vec<u8>>,
    /// Whether to ask clients for a certificate.
    pub client_authentication: ClientAuthentication,
    /// How to verify clients' certificates; `None` leaves it to whoever polls the connection.
    pub client_trust: Option<Arc<Validator>>,
    /// What makes tickets, so that clients can resume, such as [`TicketKeys`](crate::TicketKeys). `None`
    /// gives none. Nor are there any while clients are asked for a certificate, which a resumed handshake
    /// cannot do (RFC 8446 §4.3.2); nor in a connection by one of `psks`, so that a key that is withdrawn lets nobody in;
    /// nor for clients that could not use them (RFC 8446 §4.2.9).
    pub tickets: Option<Arc<dyn SessionSealer>>,
    /// How many tickets a client gets at the end of a handshake.
    pub ticket_count: u8,
    /// Where secrets are logged, for debugging.
    pub key_log: Option<Arc<dyn KeyLog>>,
}

impl ServerConfig {
    /// Shows `identity`, accepts everything that the default provider has, and asks for no certificate.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self { identities: vec![identity], ..Self::without_identity() }
    }

    /// Serves clients that have one of `psks`, and refuses others with `decrypt_error` or `handshake_failure`.
    #[must_use]
    pub fn by_psk(psks: impl PskStore + 'static) -> Self {
        Self { psks: Some(Arc::new(psks)), ..Self::without_identity() }
    }

    fn without_identity() -> Self {
        Self {
            handshake: Arc::new(chancery_handshake::ServerConfig::new(
                &GROUPS,
                SIGNATURE_VERIFICATION_ALGORITHMS,
            )),
            identities: Vec::new(),
            psks: None,
            application_protocols: Vec::new(),
            client_authentication: ClientAuthentication::None,
            client_trust: None,
            tickets: None,
            // RFC 8446 §C.4: one for each of two connections that begin together.
            ticket_count: 2,
            key_log: None,
        }
    }
}
