//! What each side brings along, apart from what depends on the peer.

use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use chancery_crypto::SignatureAlgorithm;
use chancery_key_schedule::LabelSet;
use chancery_wire::{ExtensionType, NamedGroup, SignatureScheme};
use pki_types::{CertificateDer, SignatureVerificationAlgorithm};

use crate::{AcceptedPsk, ChooseConfiguration, Group, Session, Suite, certificate_verify};

/// Verifiers of signatures, for CertificateVerify and for the schemes that are offered.
pub type Verifiers = &'static [&'static dyn SignatureVerificationAlgorithm];

/// What a client brings along.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The suites to offer, the preferred one first.
    pub suites: Vec<Suite>,
    /// The groups to offer, the preferred one first.
    pub groups: Vec<Group>,
    /// Of which of them to send a share at once. If the server wants another one, it asks for it
    /// with a HelloRetryRequest, which costs a round trip.
    pub key_shares: Vec<NamedGroup>,
    /// Verifiers of the server's CertificateVerify.
    pub verifiers: Verifiers,
    /// The schemes to offer for CertificateVerify and certificates (RFC 8446 §4.2.3).
    pub signature_schemes: Vec<SignatureScheme>,
    /// The application protocols to offer, the preferred one first; none, no ALPN (RFC 7301).
    pub application_protocols: Vec<Vec<u8>>,
    /// The protocol that the keys are for: TLS, or a version of QUIC, which has rules of its own
    /// (RFC 9001 §8.4: no middlebox compatibility; §6: no KeyUpdate).
    pub labels: LabelSet,
    /// Whether to look like TLS 1.2 to what stands in between.
    pub middlebox_compatibility: MiddleboxCompatibility,
    /// Whether to ask for a stapled OCSP response (RFC 6066 §8).
    pub ocsp_stapling: OcspStapling,
    /// Whether to ask for proofs that the certificate was logged (RFC 6962 §3.3).
    pub certificate_timestamps: CertificateTimestamps,
    /// Whether to pad the ClientHello.
    pub hello_padding: HelloPadding,
    /// Extensions that this crate does not make itself, such as QUIC's transport parameters.
    /// Answers to them are allowed, and left to whoever reads the messages.
    pub more_extensions: Vec<RawExtension>,
    /// In which order the extensions go; those that are not in it follow in this crate's order, and
    /// `pre_shared_key` is always last (RFC 8446 §4.2.11).
    pub extension_order: Vec<ExtensionType>,
}

impl ClientConfig {
    /// All suites, these groups, a share of the first of them, and no application protocols.
    #[must_use]
    pub fn new(groups: &[Group], verifiers: Verifiers) -> Self {
        Self {
            suites: Suite::ALL.to_vec(),
            groups: groups.to_vec(),
            key_shares: groups.first().map(|group| group.name()).into_iter().collect(),
            verifiers,
            signature_schemes: certificate_verify::offerable(verifiers),
            application_protocols: Vec::new(),
            labels: LabelSet::Tls13,
            middlebox_compatibility: MiddleboxCompatibility::On,
            ocsp_stapling: OcspStapling::Off,
            certificate_timestamps: CertificateTimestamps::Off,
            hello_padding: HelloPadding::Off,
            more_extensions: Vec::new(),
            extension_order: Vec::new(),
        }
    }

    /// RFC 9001 §8.4: QUIC has no middlebox compatibility mode.
    pub(crate) fn effective_compatibility(&self) -> MiddleboxCompatibility {
        match self.labels {
            LabelSet::Tls13 => self.middlebox_compatibility,
            _ => MiddleboxCompatibility::Off,
        }
    }
}

/// What a server brings along; certificates come with each [`Choice`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// The suites to accept, the preferred one first.
    pub suites: Vec<Suite>,
    /// The groups to accept, the preferred one first. One that the client has sent a share of goes
    /// before one that needs a HelloRetryRequest.
    pub groups: Vec<Group>,
    /// Verifiers of the client's CertificateVerify.
    pub verifiers: Verifiers,
    /// The schemes to accept from clients (RFC 8446 §4.2.3).
    pub signature_schemes: Vec<SignatureScheme>,
    /// The protocol that the keys are for, as in [`ClientConfig::labels`].
    pub labels: LabelSet,
}

impl ServerConfig {
    /// All suites and these groups.
    #[must_use]
    pub fn new(groups: &[Group], verifiers: Verifiers) -> Self {
        Self {
            suites: Suite::ALL.to_vec(),
            groups: groups.to_vec(),
            verifiers,
            signature_schemes: certificate_verify::offerable(verifiers),
            labels: LabelSet::Tls13,
        }
    }
}

/// Whether a client makes its handshake look like TLS 1.2's resumption (RFC 8446 §D.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MiddleboxCompatibility {
    /// With a `legacy_session_id` and `change_cipher_spec` records.
    On,
    /// Without: for QUIC, and where nothing stands in between.
    Off,
}

/// Whether a client asks for a stapled OCSP response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OcspStapling {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Whether a client asks for the timestamps of logs that come in the TLS extension (RFC 6962 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateTimestamps {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Whether a client pads its ClientHello (RFC 7685).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HelloPadding {
    /// No padding.
    Off,
    /// Messages of 256 to 511 bytes are padded to 512, for the servers of RFC 7685 §1 that hang
    /// otherwise.
    To512,
}

/// An extension whose content this crate takes as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "RFC 8446 §4.2 gives an extension two fields")]
pub struct RawExtension {
    /// `extension_type`
    pub extension_type: ExtensionType,
    /// `extension_data`, without its length.
    pub data: Vec<u8>,
}

/// A certificate with what its key can do. The key itself stays with whoever signs.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) certificates: Arc<[CertificateDer<'static>]>,
    pub(crate) algorithms: Arc<[SignatureAlgorithm]>,
    pub(crate) ocsp_response: Arc<[u8]>,
    pub(crate) timestamps: Arc<[Vec<u8>]>,
}

impl Credentials {
    /// The end entity's certificate, followed by the others that a peer needs to verify it
    /// (RFC 8446 §4.4.2); and the [`algorithms`](chancery_crypto::SigningKey::algorithms) of the
    /// key.
    #[must_use]
    pub fn new(
        certificates: Vec<CertificateDer<'static>>,
        algorithms: &[SignatureAlgorithm],
    ) -> Self {
        Self {
            certificates: certificates.into(),
            algorithms: algorithms.into(),
            ocsp_response: Arc::default(),
            timestamps: Arc::default(),
        }
    }

    /// The same with a DER OCSP response to staple, where the peer asks for one (RFC 6066 §8).
    #[must_use]
    pub fn with_ocsp_response(self, ocsp_response: &[u8]) -> Self {
        Self { ocsp_response: ocsp_response.into(), ..self }
    }

    /// The same with what logs signed about the end entity's certificate, one `SerializedSCT` each, to send where the
    /// peer asks for them (RFC 6962 §3.3).
    #[must_use]
    pub fn with_timestamps(self, timestamps: &[&[u8]]) -> Self {
        Self { timestamps: timestamps.iter().map(|one| one.to_vec()).collect(), ..self }
    }

    /// Whether the key can sign a CertificateVerify with one of `schemes`, a peer's.
    #[must_use]
    pub fn can_sign(&self, schemes: &[SignatureScheme]) -> bool {
        certificate_verify::choose(&self.algorithms, schemes).is_ok()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({} certificates)", self.certificates.len())
    }
}

/// How to serve one client.
#[derive(Debug)]
#[non_exhaustive]
pub struct Choice {
    /// What to authenticate with, unless by a pre-shared key.
    pub credentials: Option<Credentials>,
    /// The identity of the client's to take, and the key that is behind it. It is taken if it fits:
    /// if its hash is that of a common suite, and no certificate of the client is asked for, which a
    /// handshake by PSK cannot do (RFC 8446 §4.3.2).
    pub psk: Option<(Vec<u8>, AcceptedPsk)>,
    /// The application protocol to speak, one of the client's; none, no ALPN.
    pub application_protocol: Option<Vec<u8>>,
    /// Whether to ask for a certificate of the client.
    pub client_authentication: ClientAuthentication,
    /// More extensions for EncryptedExtensions, answers to what the client sent.
    pub more_extensions: Vec<RawExtension>,
    /// A cookie for the client to bring back, should a HelloRetryRequest be needed.
    pub cookie: Option<Vec<u8>>,
}

impl Choice {
    /// These credentials, no ALPN, no client authentication.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), ..Self::without_credentials() }
    }

    /// The pre-shared key of one of the client's identities, and no certificate to fall back to.
    #[must_use]
    pub fn by_psk(identity: &[u8], psk: AcceptedPsk) -> Self {
        Self { psk: Some((identity.to_vec(), psk)), ..Self::without_credentials() }
    }

    /// No certificate, no ALPN, no client authentication: nothing to go on with before there is a `psk`.
    #[must_use]
    pub const fn without_credentials() -> Self {
        Self {
            credentials: None,
            psk: None,
            application_protocol: None,
            client_authentication: ClientAuthentication::None,
            more_extensions: Vec::new(),
            cookie: None,
        }
    }

    /// The same, resuming the session that was in one of the client's tickets, if it was with the
    /// same server name (RFC 8446 §4.6.1).
    #[must_use]
    pub fn resume(
        mut self,
        question: &ChooseConfiguration,
        ticket: &[u8],
        session: &Session,
    ) -> Self {
        let name = question.server_name().unwrap_or_default();
        if session.server_name == name.as_bytes() {
            self.psk = Some((ticket.to_vec(), session.psk()));
        }
        self
    }
}

/// Whether a server asks for a certificate of the client (RFC 8446 §4.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// It does not.
    None,
    /// It does, and goes on without.
    Optional {
        /// The DER names of the authorities that it accepts; none, it does not say
        /// (RFC 8446 §4.2.4).
        authorities: Vec<Vec<u8>>,
    },
    /// It does, and ends the handshake without (`certificate_required`).
    Required {
        /// As in [`Self::Optional`].
        authorities: Vec<Vec<u8>>,
    },
}
