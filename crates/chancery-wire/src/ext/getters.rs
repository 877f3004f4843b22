//! One getter for each form of extension that a handshake asks for by name.
//!
//! Each gives `None` if the block lacks the extension; a block decoded at one place has the forms of
//! that place and no others.

use crate::{
    CertificateCompressionAlgorithm, CertificateStatus, CertificateStatusRequest,
    DistinguishedName, Extension, ExtensionType, Extensions, KeyShareEntry, List,
    MaxFragmentLength, NamedGroup, OfferedPsks, OidFilter, ProtocolName, ProtocolVersion,
    PskKeyExchangeMode, SerializedSct, ServerNameEntry, SignatureScheme,
};

impl<'a> Extensions<'a> {
    /// The names that a client wants to reach (RFC 6066 §3).
    #[must_use]
    pub fn server_name(&self) -> Option<List<'a, ServerNameEntry<'a>>> {
        match self.find(ExtensionType::SERVER_NAME)? {
            Extension::ServerName(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 6066 §4
    #[must_use]
    pub fn max_fragment_length(&self) -> Option<MaxFragmentLength> {
        match self.find(ExtensionType::MAX_FRAGMENT_LENGTH)? {
            Extension::MaxFragmentLength(found) => Some(found),
            _ => None,
        }
    }

    /// The status that a client wants to see (RFC 6066 §8).
    #[must_use]
    pub fn status_request(&self) -> Option<CertificateStatusRequest<'a>> {
        match self.find(ExtensionType::STATUS_REQUEST)? {
            Extension::StatusRequest(found) => Some(found),
            _ => None,
        }
    }

    /// The status that came with a certificate (RFC 8446 §4.4.2.1).
    #[must_use]
    pub fn certificate_status(&self) -> Option<CertificateStatus<'a>> {
        match self.find(ExtensionType::STATUS_REQUEST)? {
            Extension::CertificateStatus(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.7
    #[must_use]
    pub fn supported_groups(&self) -> Option<List<'a, NamedGroup>> {
        match self.find(ExtensionType::SUPPORTED_GROUPS)? {
            Extension::SupportedGroups(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.3
    #[must_use]
    pub fn signature_algorithms(&self) -> Option<List<'a, SignatureScheme>> {
        match self.find(ExtensionType::SIGNATURE_ALGORITHMS)? {
            Extension::SignatureAlgorithms(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.3
    #[must_use]
    pub fn signature_algorithms_cert(&self) -> Option<List<'a, SignatureScheme>> {
        match self.find(ExtensionType::SIGNATURE_ALGORITHMS_CERT)? {
            Extension::SignatureAlgorithmsCert(found) => Some(found),
            _ => None,
        }
    }

    /// A client's protocols (RFC 7301 §3.1).
    #[must_use]
    pub fn application_layer_protocols(&self) -> Option<List<'a, ProtocolName<'a>>> {
        match self.find(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION)? {
            Extension::ApplicationLayerProtocols(found) => Some(found),
            _ => None,
        }
    }

    /// A server's choice of protocol (RFC 7301 §3.1).
    #[must_use]
    pub fn selected_application_layer_protocol(&self) -> Option<ProtocolName<'a>> {
        match self.find(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION)? {
            Extension::SelectedApplicationLayerProtocol(found) => Some(found),
            _ => None,
        }
    }

    /// What came with a certificate (RFC 6962 §3.3.1).
    #[must_use]
    pub fn signed_certificate_timestamp(&self) -> Option<List<'a, SerializedSct<'a>>> {
        match self.find(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP)? {
            Extension::SignedCertificateTimestamp(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8879 §3
    #[must_use]
    pub fn compress_certificate(&self) -> Option<List<'a, CertificateCompressionAlgorithm>> {
        match self.find(ExtensionType::COMPRESS_CERTIFICATE)? {
            Extension::CompressCertificate(found) => Some(found),
            _ => None,
        }
    }

    /// In bytes (RFC 8449 §4).
    #[must_use]
    pub fn record_size_limit(&self) -> Option<u16> {
        match self.find(ExtensionType::RECORD_SIZE_LIMIT)? {
            Extension::RecordSizeLimit(found) => Some(found),
            _ => None,
        }
    }

    /// A client's PSKs (RFC 8446 §4.2.11).
    #[must_use]
    pub fn offered_psks(&self) -> Option<OfferedPsks<'a>> {
        match self.find(ExtensionType::PRE_SHARED_KEY)? {
            Extension::PreSharedKeyClientHello(found) => Some(found),
            _ => None,
        }
    }

    /// A server's choice of PSK, counted from 0 (RFC 8446 §4.2.11).
    #[must_use]
    pub fn selected_identity(&self) -> Option<u16> {
        match self.find(ExtensionType::PRE_SHARED_KEY)? {
            Extension::PreSharedKeyServerHello(found) => Some(found),
            _ => None,
        }
    }

    /// In bytes; of a ticket (RFC 8446 §4.2.10).
    #[must_use]
    pub fn max_early_data_size(&self) -> Option<u32> {
        match self.find(ExtensionType::EARLY_DATA)? {
            Extension::EarlyDataMaxSize(found) => Some(found),
            _ => None,
        }
    }

    /// A client's versions (RFC 8446 §4.2.1).
    #[must_use]
    pub fn supported_versions(&self) -> Option<List<'a, ProtocolVersion>> {
        match self.find(ExtensionType::SUPPORTED_VERSIONS)? {
            Extension::SupportedVersions(found) => Some(found),
            _ => None,
        }
    }

    /// A server's choice of version (RFC 8446 §4.2.1).
    #[must_use]
    pub fn selected_version(&self) -> Option<ProtocolVersion> {
        match self.find(ExtensionType::SUPPORTED_VERSIONS)? {
            Extension::SelectedVersion(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.2
    #[must_use]
    pub fn cookie(&self) -> Option<&'a [u8]> {
        match self.find(ExtensionType::COOKIE)? {
            Extension::Cookie(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.9
    #[must_use]
    pub fn psk_key_exchange_modes(&self) -> Option<List<'a, PskKeyExchangeMode>> {
        match self.find(ExtensionType::PSK_KEY_EXCHANGE_MODES)? {
            Extension::PskKeyExchangeModes(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.4
    #[must_use]
    pub fn certificate_authorities(&self) -> Option<List<'a, DistinguishedName<'a>>> {
        match self.find(ExtensionType::CERTIFICATE_AUTHORITIES)? {
            Extension::CertificateAuthorities(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 8446 §4.2.5
    #[must_use]
    pub fn oid_filters(&self) -> Option<List<'a, OidFilter<'a>>> {
        match self.find(ExtensionType::OID_FILTERS)? {
            Extension::OidFilters(found) => Some(found),
            _ => None,
        }
    }

    /// A client's shares (RFC 8446 §4.2.8).
    #[must_use]
    pub fn key_share_client_hello(&self) -> Option<List<'a, KeyShareEntry<'a>>> {
        match self.find(ExtensionType::KEY_SHARE)? {
            Extension::KeyShareClientHello(found) => Some(found),
            _ => None,
        }
    }

    /// The group of which a server wants a share (RFC 8446 §4.2.8).
    #[must_use]
    pub fn key_share_hello_retry_request(&self) -> Option<NamedGroup> {
        match self.find(ExtensionType::KEY_SHARE)? {
            Extension::KeyShareHelloRetryRequest(found) => Some(found),
            _ => None,
        }
    }

    /// A server's share (RFC 8446 §4.2.8).
    #[must_use]
    pub fn key_share_server_hello(&self) -> Option<KeyShareEntry<'a>> {
        match self.find(ExtensionType::KEY_SHARE)? {
            Extension::KeyShareServerHello(found) => Some(found),
            _ => None,
        }
    }
}
