//! Extensions: one file each, and here what they have in common.
//!
//! ```text
//! struct {
//!     ExtensionType extension_type;
//!     opaque extension_data<0..2^16-1>;
//! } Extension;                                    RFC 8446 §4.2
//! ```
//!
//! One type of extension has different forms in different messages; each is a variant of
//! [`Extension`] of its own. Extensions that this crate does not know stay raw.

pub(crate) mod application_layer_protocol_negotiation;
pub(crate) mod certificate_authorities;
pub(crate) mod certificate_type;
pub(crate) mod compress_certificate;
pub(crate) mod cookie;
pub(crate) mod delegated_credential;
pub(crate) mod ec_point_formats;
pub(crate) mod extensions;
mod getters;
pub(crate) mod key_share;
pub(crate) mod oid_filters;
pub(crate) mod pre_shared_key;
pub(crate) mod psk_key_exchange_modes;
pub(crate) mod record_size_limit;
pub(crate) mod renegotiation_info;
pub(crate) mod server_name;
pub(crate) mod signature_algorithms;
pub(crate) mod signed_certificate_timestamp;
pub(crate) mod status_request;
pub(crate) mod supported_groups;
pub(crate) mod supported_versions;
mod table;
pub(crate) mod ticket_request;

use application_layer_protocol_negotiation as alpn;

use crate::{
    CertificateCompressionAlgorithm, CertificateStatus, CertificateStatusRequest, CertificateType,
    DelegatedCredential, DistinguishedName, ExtensionType, KeyShareEntry, List, MaxFragmentLength,
    NamedGroup, OfferedPsks, OidFilter, ProtocolName, ProtocolVersion, PskKeyExchangeMode,
    SerializedSct, ServerNameEntry, SignatureScheme, TicketRequest,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// The message in which a block of extensions stands; it decides on their forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExtensionPlace {
    /// CH in the table of RFC 8446 §4.2
    ClientHello,
    /// SH
    ServerHello,
    /// HRR
    HelloRetryRequest,
    /// EE
    EncryptedExtensions,
    /// CR
    CertificateRequest,
    /// CT, each entry of its list
    Certificate,
    /// NST
    NewSessionTicket,
    /// A ServerHello of TLS 1.2 or below; every extension in it stays raw.
    LegacyServerHello,
}

/// One extension, decoded. The comments name the messages of each form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extension<'a> {
    /// CH: RFC 6066 §3
    ServerName(List<'a, ServerNameEntry<'a>>),
    /// EE: the server used the name.
    ServerNameAcknowledged,
    /// CH, EE: RFC 6066 §4
    MaxFragmentLength(MaxFragmentLength),
    /// CH: RFC 6066 §8
    StatusRequest(CertificateStatusRequest<'a>),
    /// CR: RFC 8446 §4.4.2.1
    StatusRequestWanted,
    /// CT: RFC 8446 §4.4.2.1
    CertificateStatus(CertificateStatus<'a>),
    /// CH, EE: RFC 8446 §4.2.7
    SupportedGroups(List<'a, NamedGroup>),
    /// CH: RFC 8422 §5.1.2
    EcPointFormats(&'a [u8]),
    /// CH, CR: RFC 8446 §4.2.3
    SignatureAlgorithms(List<'a, SignatureScheme>),
    /// CH, CR: RFC 8446 §4.2.3
    SignatureAlgorithmsCert(List<'a, SignatureScheme>),
    /// CH: RFC 7301 §3.1
    ApplicationLayerProtocols(List<'a, ProtocolName<'a>>),
    /// EE: RFC 7301 §3.1
    SelectedApplicationLayerProtocol(ProtocolName<'a>),
    /// CH, CR: RFC 6962 §3.3.1
    SignedCertificateTimestampWanted,
    /// CT: RFC 6962 §3.3.1
    SignedCertificateTimestamp(List<'a, SerializedSct<'a>>),
    /// CH: RFC 7250 §3
    ClientCertificateTypes(List<'a, CertificateType>),
    /// EE: RFC 7250 §3
    SelectedClientCertificateType(CertificateType),
    /// CH: RFC 7250 §3
    ServerCertificateTypes(List<'a, CertificateType>),
    /// EE: RFC 7250 §3
    SelectedServerCertificateType(CertificateType),
    /// CH: RFC 7685 §3. Zeros, though nothing depends on it.
    Padding(&'a [u8]),
    /// CH: RFC 7627 §5.1
    ExtendedMasterSecret,
    /// CH, CR: RFC 8879 §3
    CompressCertificate(List<'a, CertificateCompressionAlgorithm>),
    /// CH, EE: RFC 8449 §4, in bytes; at least 64.
    RecordSizeLimit(u16),
    /// CH, CR: RFC 9345 §4.1
    DelegatedCredentialAlgorithms(List<'a, SignatureScheme>),
    /// CT: RFC 9345 §4.1
    DelegatedCredential(DelegatedCredential<'a>),
    /// CH: a ticket of TLS 1.2, RFC 5077 §3.2
    SessionTicket(&'a [u8]),
    /// CH: RFC 8446 §4.2.11
    PreSharedKeyClientHello(OfferedPsks<'a>),
    /// SH: RFC 8446 §4.2.11, `selected_identity`
    PreSharedKeyServerHello(u16),
    /// CH, EE: RFC 8446 §4.2.10
    EarlyData,
    /// NST: RFC 8446 §4.2.10, `max_early_data_size`
    EarlyDataMaxSize(u32),
    /// CH: RFC 8446 §4.2.1
    SupportedVersions(List<'a, ProtocolVersion>),
    /// SH, HRR: RFC 8446 §4.2.1
    SelectedVersion(ProtocolVersion),
    /// CH, HRR: RFC 8446 §4.2.2
    Cookie(&'a [u8]),
    /// CH: RFC 8446 §4.2.9
    PskKeyExchangeModes(List<'a, PskKeyExchangeMode>),
    /// CH, CR: RFC 8446 §4.2.4
    CertificateAuthorities(List<'a, DistinguishedName<'a>>),
    /// CR: RFC 8446 §4.2.5
    OidFilters(List<'a, OidFilter<'a>>),
    /// CH: RFC 8446 §4.2.6
    PostHandshakeAuth,
    /// CH: RFC 8446 §4.2.8
    KeyShareClientHello(List<'a, KeyShareEntry<'a>>),
    /// HRR: RFC 8446 §4.2.8
    KeyShareHelloRetryRequest(NamedGroup),
    /// SH: RFC 8446 §4.2.8
    KeyShareServerHello(KeyShareEntry<'a>),
    /// CH, EE: RFC 9001 §8.2, undecoded
    QuicTransportParameters(&'a [u8]),
    /// CH: RFC 9149 §3
    TicketRequest(TicketRequest),
    /// EE: RFC 9149 §3, `expected_count`
    TicketsExpected(u8),
    /// CH, HRR, EE: RFC 9849 §5, undecoded
    EncryptedClientHello(&'a [u8]),
    /// CH: RFC 5746 §3.2
    RenegotiationInfo(&'a [u8]),
    /// Whatever this crate does not know, or knows without decoding it.
    Raw(ExtensionType, &'a [u8]),
}

impl<'a> Extension<'a> {
    /// Decodes the whole of `data` as `extension_type` at `place`, where the table allows it.
    fn decode_data(
        place: ExtensionPlace,
        extension_type: ExtensionType,
        data: Reader<'a>,
    ) -> Result<Self, DecodeError> {
        use ExtensionPlace as P;
        use ExtensionType as T;

        let mut data = data;
        let r = &mut data;
        let extension = match (extension_type, place) {
            (_, P::LegacyServerHello) => Self::Raw(extension_type, r.rest()),
            (T::SERVER_NAME, P::ClientHello) => Self::ServerName(server_name::decode(r)?),
            (T::SERVER_NAME, _) => Self::ServerNameAcknowledged,
            (T::MAX_FRAGMENT_LENGTH, _) => Self::MaxFragmentLength(Codec::decode(r)?),
            (T::STATUS_REQUEST, P::ClientHello) => Self::StatusRequest(Codec::decode(r)?),
            (T::STATUS_REQUEST, P::Certificate) => Self::CertificateStatus(Codec::decode(r)?),
            (T::STATUS_REQUEST, _) => Self::StatusRequestWanted,
            (T::SUPPORTED_GROUPS, _) => Self::SupportedGroups(supported_groups::decode(r)?),
            (T::EC_POINT_FORMATS, _) => Self::EcPointFormats(ec_point_formats::decode(r)?),
            (T::SIGNATURE_ALGORITHMS, _) => {
                Self::SignatureAlgorithms(signature_algorithms::decode(r)?)
            }
            (T::SIGNATURE_ALGORITHMS_CERT, _) => {
                Self::SignatureAlgorithmsCert(signature_algorithms::decode(r)?)
            }
            (T::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, P::ClientHello) => {
                Self::ApplicationLayerProtocols(alpn::decode(r)?)
            }
            (T::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, _) => {
                Self::SelectedApplicationLayerProtocol(alpn::decode_selected(r)?)
            }
            (T::SIGNED_CERTIFICATE_TIMESTAMP, P::Certificate) => {
                Self::SignedCertificateTimestamp(signed_certificate_timestamp::decode(r)?)
            }
            (T::SIGNED_CERTIFICATE_TIMESTAMP, _) => Self::SignedCertificateTimestampWanted,
            (T::CLIENT_CERTIFICATE_TYPE, P::ClientHello) => {
                Self::ClientCertificateTypes(certificate_type::decode(r)?)
            }
            (T::CLIENT_CERTIFICATE_TYPE, _) => {
                Self::SelectedClientCertificateType(Codec::decode(r)?)
            }
            (T::SERVER_CERTIFICATE_TYPE, P::ClientHello) => {
                Self::ServerCertificateTypes(certificate_type::decode(r)?)
            }
            (T::SERVER_CERTIFICATE_TYPE, _) => {
                Self::SelectedServerCertificateType(Codec::decode(r)?)
            }
            (T::PADDING, _) => Self::Padding(r.rest()),
            (T::EXTENDED_MASTER_SECRET, _) => Self::ExtendedMasterSecret,
            (T::COMPRESS_CERTIFICATE, _) => {
                Self::CompressCertificate(compress_certificate::decode(r)?)
            }
            (T::RECORD_SIZE_LIMIT, _) => Self::RecordSizeLimit(record_size_limit::decode(r)?),
            (T::DELEGATED_CREDENTIAL, P::Certificate) => {
                Self::DelegatedCredential(Codec::decode(r)?)
            }
            (T::DELEGATED_CREDENTIAL, _) => {
                Self::DelegatedCredentialAlgorithms(signature_algorithms::decode(r)?)
            }
            (T::SESSION_TICKET, _) => Self::SessionTicket(r.rest()),
            (T::PRE_SHARED_KEY, P::ClientHello) => Self::PreSharedKeyClientHello(Codec::decode(r)?),
            (T::PRE_SHARED_KEY, _) => Self::PreSharedKeyServerHello(r.u16("selected_identity")?),
            (T::EARLY_DATA, P::NewSessionTicket) => {
                Self::EarlyDataMaxSize(r.u32("max_early_data_size")?)
            }
            (T::EARLY_DATA, _) => Self::EarlyData,
            (T::SUPPORTED_VERSIONS, P::ClientHello) => {
                Self::SupportedVersions(supported_versions::decode_client_hello(r)?)
            }
            (T::SUPPORTED_VERSIONS, _) => {
                Self::SelectedVersion(ProtocolVersion(r.u16("selected_version")?))
            }
            (T::COOKIE, _) => Self::Cookie(cookie::decode(r)?),
            (T::PSK_KEY_EXCHANGE_MODES, _) => {
                Self::PskKeyExchangeModes(psk_key_exchange_modes::decode(r)?)
            }
            (T::CERTIFICATE_AUTHORITIES, _) => {
                Self::CertificateAuthorities(certificate_authorities::decode(r)?)
            }
            (T::OID_FILTERS, _) => Self::OidFilters(oid_filters::decode(r)?),
            (T::POST_HANDSHAKE_AUTH, _) => Self::PostHandshakeAuth,
            (T::KEY_SHARE, P::ClientHello) => {
                Self::KeyShareClientHello(key_share::decode_client_hello(r)?)
            }
            (T::KEY_SHARE, P::HelloRetryRequest) => {
                Self::KeyShareHelloRetryRequest(NamedGroup(r.u16("selected_group")?))
            }
            (T::KEY_SHARE, _) => Self::KeyShareServerHello(
                KeyShareEntry::decode(r).map_err(|e| e.within("server_share"))?,
            ),
            (T::QUIC_TRANSPORT_PARAMETERS, _) => Self::QuicTransportParameters(r.rest()),
            (T::TICKET_REQUEST, P::ClientHello) => Self::TicketRequest(Codec::decode(r)?),
            (T::TICKET_REQUEST, _) => Self::TicketsExpected(r.u8("expected_count")?),
            (T::ENCRYPTED_CLIENT_HELLO, _) => Self::EncryptedClientHello(r.rest()),
            (T::RENEGOTIATION_INFO, _) => Self::RenegotiationInfo(renegotiation_info::decode(r)?),
            _ => Self::Raw(extension_type, r.rest()),
        };
        data.finish("extension_data")?;
        Ok(extension)
    }

    /// Appends `extension_data`.
    fn encode_data(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        match self {
            Self::ServerName(names) => server_name::encode(names, w),
            Self::MaxFragmentLength(code) => code.encode(w),
            Self::StatusRequest(request) => request.encode(w),
            Self::CertificateStatus(status) => status.encode(w),
            Self::SupportedGroups(groups) => supported_groups::encode(groups, w),
            Self::EcPointFormats(formats) => ec_point_formats::encode(formats, w),
            Self::SignatureAlgorithms(schemes)
            | Self::SignatureAlgorithmsCert(schemes)
            | Self::DelegatedCredentialAlgorithms(schemes) => {
                signature_algorithms::encode(schemes, w)
            }
            Self::ApplicationLayerProtocols(names) => alpn::encode(names, w),
            Self::SelectedApplicationLayerProtocol(name) => alpn::encode_selected(name, w),
            Self::SignedCertificateTimestamp(scts) => signed_certificate_timestamp::encode(scts, w),
            Self::ClientCertificateTypes(types) | Self::ServerCertificateTypes(types) => {
                certificate_type::encode(types, w)
            }
            Self::SelectedClientCertificateType(t) | Self::SelectedServerCertificateType(t) => {
                t.encode(w)
            }
            Self::CompressCertificate(algorithms) => compress_certificate::encode(algorithms, w),
            Self::RecordSizeLimit(limit) => w.write(&limit.to_be_bytes()),
            Self::DelegatedCredential(credential) => credential.encode(w),
            Self::PreSharedKeyClientHello(offer) => offer.encode(w),
            Self::PreSharedKeyServerHello(identity) => w.write(&identity.to_be_bytes()),
            Self::EarlyDataMaxSize(size) => w.write(&size.to_be_bytes()),
            Self::SupportedVersions(versions) => {
                supported_versions::encode_client_hello(versions, w)
            }
            Self::SelectedVersion(version) => version.encode(w),
            Self::Cookie(bytes) => cookie::encode(bytes, w),
            Self::PskKeyExchangeModes(modes) => psk_key_exchange_modes::encode(modes, w),
            Self::CertificateAuthorities(names) => certificate_authorities::encode(names, w),
            Self::OidFilters(filters) => oid_filters::encode(filters, w),
            Self::KeyShareClientHello(shares) => key_share::encode_client_hello(shares, w),
            Self::KeyShareHelloRetryRequest(group) => group.encode(w),
            Self::KeyShareServerHello(share) => share.encode(w),
            Self::TicketRequest(request) => request.encode(w),
            Self::TicketsExpected(count) => w.write(&[*count]),
            Self::RenegotiationInfo(bytes) => renegotiation_info::encode(bytes, w),
            Self::Padding(bytes)
            | Self::SessionTicket(bytes)
            | Self::QuicTransportParameters(bytes)
            | Self::EncryptedClientHello(bytes)
            | Self::Raw(_, bytes) => w.write(bytes),
            Self::ServerNameAcknowledged
            | Self::StatusRequestWanted
            | Self::SignedCertificateTimestampWanted
            | Self::ExtendedMasterSecret
            | Self::EarlyData
            | Self::PostHandshakeAuth => Ok(()),
        }
    }

    /// Its type.
    #[must_use]
    pub const fn extension_type(&self) -> ExtensionType {
        use ExtensionType as T;

        match self {
            Self::ServerName(_) | Self::ServerNameAcknowledged => T::SERVER_NAME,
            Self::MaxFragmentLength(_) => T::MAX_FRAGMENT_LENGTH,
            Self::StatusRequest(_) | Self::StatusRequestWanted | Self::CertificateStatus(_) => {
                T::STATUS_REQUEST
            }
            Self::SupportedGroups(_) => T::SUPPORTED_GROUPS,
            Self::EcPointFormats(_) => T::EC_POINT_FORMATS,
            Self::SignatureAlgorithms(_) => T::SIGNATURE_ALGORITHMS,
            Self::SignatureAlgorithmsCert(_) => T::SIGNATURE_ALGORITHMS_CERT,
            Self::ApplicationLayerProtocols(_) | Self::SelectedApplicationLayerProtocol(_) => {
                T::APPLICATION_LAYER_PROTOCOL_NEGOTIATION
            }
            Self::SignedCertificateTimestampWanted | Self::SignedCertificateTimestamp(_) => {
                T::SIGNED_CERTIFICATE_TIMESTAMP
            }
            Self::ClientCertificateTypes(_) | Self::SelectedClientCertificateType(_) => {
                T::CLIENT_CERTIFICATE_TYPE
            }
            Self::ServerCertificateTypes(_) | Self::SelectedServerCertificateType(_) => {
                T::SERVER_CERTIFICATE_TYPE
            }
            Self::Padding(_) => T::PADDING,
            Self::ExtendedMasterSecret => T::EXTENDED_MASTER_SECRET,
            Self::CompressCertificate(_) => T::COMPRESS_CERTIFICATE,
            Self::RecordSizeLimit(_) => T::RECORD_SIZE_LIMIT,
            Self::DelegatedCredentialAlgorithms(_) | Self::DelegatedCredential(_) => {
                T::DELEGATED_CREDENTIAL
            }
            Self::SessionTicket(_) => T::SESSION_TICKET,
            Self::PreSharedKeyClientHello(_) | Self::PreSharedKeyServerHello(_) => {
                T::PRE_SHARED_KEY
            }
            Self::EarlyData | Self::EarlyDataMaxSize(_) => T::EARLY_DATA,
            Self::SupportedVersions(_) | Self::SelectedVersion(_) => T::SUPPORTED_VERSIONS,
            Self::Cookie(_) => T::COOKIE,
            Self::PskKeyExchangeModes(_) => T::PSK_KEY_EXCHANGE_MODES,
            Self::CertificateAuthorities(_) => T::CERTIFICATE_AUTHORITIES,
            Self::OidFilters(_) => T::OID_FILTERS,
            Self::PostHandshakeAuth => T::POST_HANDSHAKE_AUTH,
            Self::KeyShareClientHello(_)
            | Self::KeyShareHelloRetryRequest(_)
            | Self::KeyShareServerHello(_) => T::KEY_SHARE,
            Self::QuicTransportParameters(_) => T::QUIC_TRANSPORT_PARAMETERS,
            Self::TicketRequest(_) | Self::TicketsExpected(_) => T::TICKET_REQUEST,
            Self::EncryptedClientHello(_) => T::ENCRYPTED_CLIENT_HELLO,
            Self::RenegotiationInfo(_) => T::RENEGOTIATION_INFO,
            Self::Raw(extension_type, _) => *extension_type,
        }
    }
}
