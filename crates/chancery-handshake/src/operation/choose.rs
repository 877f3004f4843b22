//! Choices that depend on what the peer offers.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use chancery_wire::{AlertDescription, CipherSuite, NamedGroup, SignatureScheme};

use super::{Answer, AnswerKind};
use crate::{Choice, Credentials};

/// Choose how to serve the client that sent this ClientHello.
#[derive(Debug)]
pub struct ChooseConfiguration {
    pub(crate) server_name: Option<Box<str>>,
    pub(crate) application_protocols: Vec<Vec<u8>>,
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) signature_schemes_cert: Vec<SignatureScheme>,
    pub(crate) cipher_suites: Vec<CipherSuite>,
    pub(crate) groups: Vec<NamedGroup>,
    pub(crate) psk_identities: Vec<Vec<u8>>,
}

impl ChooseConfiguration {
    /// The DNS name that the client wants to talk to (RFC 6066 §3).
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The client's application protocols, the preferred one first (RFC 7301).
    #[must_use]
    pub fn application_protocols(&self) -> &[Vec<u8>] {
        &self.application_protocols
    }

    /// The schemes that the client verifies in CertificateVerify (RFC 8446 §4.2.3).
    #[must_use]
    pub fn signature_schemes(&self) -> &[SignatureScheme] {
        &self.signature_schemes
    }

    /// The schemes that the client verifies in certificates (RFC 8446 §4.2.3).
    #[must_use]
    pub fn signature_schemes_cert(&self) -> &[SignatureScheme] {
        &self.signature_schemes_cert
    }

    /// The client's suites, as sent.
    #[must_use]
    pub fn cipher_suites(&self) -> &[CipherSuite] {
        &self.cipher_suites
    }

    /// The client's groups, as sent.
    #[must_use]
    pub fn groups(&self) -> &[NamedGroup] {
        &self.groups
    }

    /// The pre-shared keys that the client offers: tickets, and names of keys from elsewhere, as sent. None, if it
    /// does not want an (EC)DHE exchange with it (RFC 8446 §4.2.9, §4.2.11).
    #[must_use]
    pub fn psk_identities(&self) -> &[Vec<u8>] {
        &self.psk_identities
    }

    /// The first of `protocols` that the client offers too.
    ///
    /// RFC 7301 §3.2: where both sides have protocols and none in common, refuse with
    /// [`Refusal::NoApplicationProtocol`].
    #[must_use]
    pub fn first_common_protocol<'p>(&self, protocols: &'p [Vec<u8>]) -> Option<&'p [u8]> {
        protocols.iter().find(|ours| self.application_protocols.contains(ours)).map(Vec::as_slice)
    }

    /// Serves the client so.
    #[must_use]
    pub const fn choose(&self, choice: Choice) -> Answer {
        Answer(AnswerKind::Choice(choice))
    }

    /// Does not serve the client, and ends the handshake.
    #[must_use]
    pub const fn refuse(&self, refusal: Refusal) -> Answer {
        Answer(AnswerKind::Refused(refusal))
    }
}

/// Choose with which certificate to answer a CertificateRequest (RFC 8446 §4.3.2).
#[derive(Debug)]
pub struct ChooseCredentials {
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) authorities: Vec<Vec<u8>>,
}

impl ChooseCredentials {
    /// The schemes that the server verifies in CertificateVerify.
    #[must_use]
    pub fn signature_schemes(&self) -> &[SignatureScheme] {
        &self.signature_schemes
    }

    /// The DER names of the authorities that the server accepts, if it says (RFC 8446 §4.2.4).
    #[must_use]
    pub fn authorities(&self) -> &[Vec<u8>] {
        &self.authorities
    }

    /// Answers with these.
    #[must_use]
    pub const fn present(&self, credentials: Credentials) -> Answer {
        Answer(AnswerKind::Credentials(Some(credentials)))
    }

    /// Answers with none; the server may go on or not (RFC 8446 §4.4.2.4).
    #[must_use]
    pub const fn decline(&self) -> Answer {
        Answer(AnswerKind::Credentials(None))
    }
}

/// Why a side ends the handshake although the peer did nothing wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The server has no such name (RFC 6066 §3).
    UnrecognizedName,
    /// The server has none of the client's application protocols (RFC 7301 §3.2).
    NoApplicationProtocol,
    /// The server has no certificate that the client could verify, or no common ground otherwise.
    HandshakeFailure,
    /// The server knows none of the client's pre-shared keys, and has no certificate (RFC 8446 §6.2).
    UnknownPskIdentity,
    /// The peer is not admitted.
    AccessDenied,
    /// This side failed: no key, no signature.
    Internal,
}

impl Refusal {
    /// The alert that says so.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::UnrecognizedName => AlertDescription::UNRECOGNIZED_NAME,
            Self::NoApplicationProtocol => AlertDescription::NO_APPLICATION_PROTOCOL,
            Self::HandshakeFailure => AlertDescription::HANDSHAKE_FAILURE,
            // RFC 8446 §E.6: the same as of a wrong key, so that nobody can try out which identities there are.
            Self::UnknownPskIdentity => AlertDescription::DECRYPT_ERROR,
            Self::AccessDenied => AlertDescription::ACCESS_DENIED,
            Self::Internal => AlertDescription::INTERNAL_ERROR,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnrecognizedName => "no such server name",
            Self::NoApplicationProtocol => "no application protocol in common",
            Self::HandshakeFailure => "no common ground",
            Self::UnknownPskIdentity => "no such pre-shared key",
            Self::AccessDenied => "peer not admitted",
            Self::Internal => "key or configuration unavailable",
        })
    }
}
