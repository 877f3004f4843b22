//! What a peer can do wrong, with the rule that it broke and the alert that answers it.

use core::fmt;

use chancery_wire::{AlertDescription, DecodeError, ExtensionType, HandshakeType, ProtocolVersion};

/// A peer's violation of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// A message that is not what its definition says.
    Decode(DecodeError),
    /// A message that the state has no place for.
    UnexpectedMessage {
        /// The state, by its name in RFC 8446 Appendix A.
        state: &'static str,
        /// The message.
        message: HandshakeType,
    },
    /// Handshake bytes under other keys than those that are in use.
    WrongEpoch,
    /// Bytes behind the last message before a change of keys.
    MisalignedKeyChange,
    /// The peer does not speak TLS 1.3; the best that it does speak.
    ProtocolVersion(ProtocolVersion),
    /// A server that speaks TLS 1.3 was made to believe that the client does not.
    Downgrade,
    /// `supported_versions` selects a version that was not offered.
    VersionNotOffered(ProtocolVersion),
    /// `legacy_version` is not 0x0303.
    LegacyVersion,
    /// `legacy_session_id_echo` is no echo.
    SessionIdEcho,
    /// A `legacy_session_id` where QUIC carries the handshake.
    SessionIdInQuic,
    /// A compression method other than null.
    CompressionMethod,
    /// A suite that was not offered.
    CipherSuiteNotOffered,
    /// Another suite than in the HelloRetryRequest.
    CipherSuiteChanged,
    /// An answer to an extension that was not sent.
    UnsolicitedExtension(ExtensionType),
    /// An extension that has to be there is not.
    MissingExtension(ExtensionType),
    /// A second HelloRetryRequest.
    SecondHelloRetryRequest,
    /// A HelloRetryRequest that would not change the ClientHello.
    RetryWithoutChange,
    /// A HelloRetryRequest for a group that was not offered, or whose share was sent.
    RetryGroup,
    /// A key share of another group than the one asked for, or offered.
    KeyShareGroup,
    /// Key shares in another order than `supported_groups`, twice, or of groups that are not in it.
    KeyShareOrder,
    /// A key share that is no public value of its group.
    InvalidKeyShare,
    /// No suite in common.
    NoCommonCipherSuite,
    /// No group in common.
    NoCommonGroup,
    /// No signature scheme in common, as far as the key goes.
    NoCommonSignatureScheme,
    /// A second ClientHello that differs from the first where it must not.
    ClientHelloChanged,
    /// A cookie other than the one that was sent.
    Cookie,
    /// An application protocol that was not offered, or several.
    ApplicationProtocol,
    /// A server without a certificate.
    NoServerCertificate,
    /// A client without a certificate where one is needed.
    CertificateRequired,
    /// A `certificate_request_context` other than expected.
    CertificateRequestContext,
    /// A signature by a scheme that was not offered, or that TLS 1.3 does not allow.
    SignatureSchemeNotOffered,
    /// A signature by a scheme that does not fit the certificate's key.
    SignatureSchemeMismatch,
    /// A CertificateVerify whose signature is wrong.
    Signature,
    /// A Finished that does not match the transcript.
    Finished,
    /// A selected PSK that was not offered.
    SelectedIdentity,
    /// A suite whose hash is not that of the selected PSK.
    PskHash,
    /// As many binders as identities are needed.
    BinderCount,
    /// A PSK binder that does not match.
    Binder,
    /// A ticket with a lifetime above seven days.
    TicketLifetime,
    /// More messages without data than a peer in good faith sends.
    TooManyMessages,
    /// Early data indicated where it may not be.
    EarlyData,
}

/// One row: where the rule stands, the alert, the words.
type Row = (&'static str, AlertDescription, &'static str);

impl Violation {
    /// The alert that answers it.
    #[must_use]
    pub const fn alert(&self) -> AlertDescription {
        self.row().1
    }

    /// The section that has the rule.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        self.row().0
    }

    const fn row(&self) -> Row {
        use AlertDescription as Alert;
        match self {
            Self::Decode(error) => ("RFC 8446 §6.2", error.alert(), "malformed message"),
            Self::UnexpectedMessage { .. } => {
                ("RFC 8446 §4", Alert::UNEXPECTED_MESSAGE, "message not expected in this state")
            }
            Self::WrongEpoch => (
                "RFC 8446 §5.1",
                Alert::UNEXPECTED_MESSAGE,
                "handshake message under keys of another phase",
            ),
            Self::MisalignedKeyChange => (
                "RFC 8446 §5.1",
                Alert::UNEXPECTED_MESSAGE,
                "handshake bytes across a change of keys",
            ),
            Self::ProtocolVersion(_) => {
                ("RFC 8446 §4.2.1", Alert::PROTOCOL_VERSION, "peer does not speak TLS 1.3")
            }
            Self::Downgrade => (
                "RFC 8446 §4.1.3",
                Alert::ILLEGAL_PARAMETER,
                "the connection was downgraded by someone in between",
            ),
            Self::VersionNotOffered(_) => {
                ("RFC 8446 §4.2.1", Alert::ILLEGAL_PARAMETER, "version was not offered")
            }
            Self::LegacyVersion => {
                ("RFC 8446 §4.1.3", Alert::ILLEGAL_PARAMETER, "legacy_version is not 0x0303")
            }
            Self::SessionIdEcho => (
                "RFC 8446 §4.1.3",
                Alert::ILLEGAL_PARAMETER,
                "legacy_session_id_echo differs from what was sent",
            ),
            Self::SessionIdInQuic => (
                "RFC 9001 §8.4",
                Alert::ILLEGAL_PARAMETER,
                "legacy_session_id in QUIC is not empty",
            ),
            Self::CompressionMethod => {
                ("RFC 8446 §4.1.2", Alert::ILLEGAL_PARAMETER, "compression method is not null")
            }
            Self::CipherSuiteNotOffered => {
                ("RFC 8446 §4.1.3", Alert::ILLEGAL_PARAMETER, "cipher suite was not offered")
            }
            Self::CipherSuiteChanged => (
                "RFC 8446 §4.1.4",
                Alert::ILLEGAL_PARAMETER,
                "cipher suite differs from the HelloRetryRequest's",
            ),
            Self::UnsolicitedExtension(_) => {
                ("RFC 8446 §4.2", Alert::UNSUPPORTED_EXTENSION, "extension was not asked for")
            }
            Self::MissingExtension(_) => {
                ("RFC 8446 §9.2", Alert::MISSING_EXTENSION, "extension is missing")
            }
            Self::SecondHelloRetryRequest => {
                ("RFC 8446 §4.1.4", Alert::UNEXPECTED_MESSAGE, "second HelloRetryRequest")
            }
            Self::RetryWithoutChange => (
                "RFC 8446 §4.1.4",
                Alert::ILLEGAL_PARAMETER,
                "HelloRetryRequest would not change the ClientHello",
            ),
            Self::RetryGroup => (
                "RFC 8446 §4.2.8",
                Alert::ILLEGAL_PARAMETER,
                "HelloRetryRequest for a group not offered, or shared already",
            ),
            Self::KeyShareGroup => {
                ("RFC 8446 §4.2.8", Alert::ILLEGAL_PARAMETER, "key share of a wrong group")
            }
            Self::KeyShareOrder => (
                "RFC 8446 §4.2.8",
                Alert::ILLEGAL_PARAMETER,
                "key shares do not follow supported_groups",
            ),
            Self::InvalidKeyShare => {
                ("RFC 8446 §4.2.8.2", Alert::ILLEGAL_PARAMETER, "key share is no public value")
            }
            Self::NoCommonCipherSuite => {
                ("RFC 8446 §4.1.1", Alert::HANDSHAKE_FAILURE, "no cipher suite in common")
            }
            Self::NoCommonGroup => {
                ("RFC 8446 §4.1.1", Alert::HANDSHAKE_FAILURE, "no group in common")
            }
            Self::NoCommonSignatureScheme => {
                ("RFC 8446 §4.4.3", Alert::HANDSHAKE_FAILURE, "no signature scheme in common")
            }
            Self::ClientHelloChanged => (
                "RFC 8446 §4.1.2",
                Alert::ILLEGAL_PARAMETER,
                "second ClientHello differs where it must not",
            ),
            Self::Cookie => ("RFC 8446 §4.2.2", Alert::ILLEGAL_PARAMETER, "cookie differs"),
            Self::ApplicationProtocol => {
                ("RFC 7301 §3.1", Alert::ILLEGAL_PARAMETER, "application protocol was not offered")
            }
            Self::NoServerCertificate => {
                ("RFC 8446 §4.4.2.4", Alert::DECODE_ERROR, "server sent no certificate")
            }
            Self::CertificateRequired => {
                ("RFC 8446 §4.4.2.4", Alert::CERTIFICATE_REQUIRED, "client sent no certificate")
            }
            Self::CertificateRequestContext => (
                "RFC 8446 §4.4.2",
                Alert::ILLEGAL_PARAMETER,
                "certificate_request_context is not the expected one",
            ),
            Self::SignatureSchemeNotOffered => {
                ("RFC 8446 §4.4.3", Alert::ILLEGAL_PARAMETER, "signature scheme was not offered")
            }
            Self::SignatureSchemeMismatch => (
                "RFC 8446 §4.4.3",
                Alert::ILLEGAL_PARAMETER,
                "signature scheme does not fit the certificate's key",
            ),
            Self::Signature => {
                ("RFC 8446 §4.4.3", Alert::DECRYPT_ERROR, "signature in CertificateVerify is wrong")
            }
            Self::Finished => {
                ("RFC 8446 §4.4.4", Alert::DECRYPT_ERROR, "Finished does not match the transcript")
            }
            Self::SelectedIdentity => {
                ("RFC 8446 §4.2.11", Alert::ILLEGAL_PARAMETER, "selected PSK was not offered")
            }
            Self::PskHash => (
                "RFC 8446 §4.2.11",
                Alert::ILLEGAL_PARAMETER,
                "suite's hash is not that of the selected PSK",
            ),
            Self::BinderCount => {
                ("RFC 8446 §4.2.11", Alert::ILLEGAL_PARAMETER, "not as many binders as identities")
            }
            Self::Binder => {
                ("RFC 8446 §4.2.11.2", Alert::DECRYPT_ERROR, "PSK binder does not match")
            }
            Self::TicketLifetime => {
                ("RFC 8446 §4.6.1", Alert::ILLEGAL_PARAMETER, "ticket lifetime above seven days")
            }
            Self::TooManyMessages => {
                ("RFC 8446 §6.2", Alert::UNEXPECTED_MESSAGE, "too many post-handshake messages")
            }
            Self::EarlyData => {
                ("RFC 8446 §4.2.10", Alert::ILLEGAL_PARAMETER, "early data not allowed here")
            }
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (section, _, words) = self.row();
        f.write_str(words)?;
        match self {
            Self::Decode(error) => write!(f, ": {error}")?,
            Self::UnexpectedMessage { state, message } => write!(f, ": {message} in {state}")?,
            Self::ProtocolVersion(version) => write!(f, ", only {version}")?,
            Self::VersionNotOffered(version) => write!(f, ": {version}")?,
            Self::UnsolicitedExtension(kind) | Self::MissingExtension(kind) => {
                write!(f, ": {kind}")?;
            }
            _ => {}
        }
        write!(f, " ({section})")
    }
}

impl core::error::Error for Violation {}

impl From<DecodeError> for Violation {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}
