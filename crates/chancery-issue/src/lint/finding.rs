//! What can be wrong with a certificate that parses.

use alloc::vec::Vec;
use core::fmt;

use crate::error::{KeyRefusal, NameRefusal};

macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident $(($type:ty))? = $citation:literal, $text:literal;)*) => {
        /// One broken rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Finding { $($(#[$doc])* $name $(($type))?,)* }

        impl Finding {
            /// Where the rule stands; `BR` is the Baseline Requirements for TLS, version 2.2.6.
            #[must_use]
            pub const fn citation(&self) -> &'static str {
                match self { $(findings!(@pattern $name $(($type))?) => $citation,)* }
            }

            const fn text(&self) -> &'static str {
                match self { $(findings!(@pattern $name $(($type))?) => $text,)* }
            }
        }
    };
    (@pattern $name:ident ($type:ty)) => { Self::$name(_) };
    (@pattern $name:ident) => { Self::$name };
}

findings! {
    // RFC 5280, for every certificate.
    /// It has extensions, as all here must, and is not of version 3.
    NotVersion3 = "RFC 5280 §4.1.2.1", "the version is not 3";
    /// It is valid for no time at all.
    EmptyValidity = "RFC 5280 §4.1.2.5", "notAfter is before notBefore";
    /// A CA without a subject could issue nothing.
    CaWithoutSubject = "RFC 5280 §4.1.2.6", "a CA has no subject";
    /// Neither subject nor alternative names.
    Nameless = "RFC 5280 §4.1.2.6", "there is neither a subject nor a subjectAltName";
    /// The alternative names are the only ones, and a verifier may overlook them.
    SubjectAltNameNotCritical = "RFC 5280 §4.2.1.6", "the subject is empty and subjectAltName is not critical";
    /// A name that its form, or good sense, forbids.
    AlternativeName(NameRefusal) = "RFC 5280 §4.2.1.6", "an alternative name is malformed";
    /// A URL of revocation information or of the issuer's certificate that nobody can fetch.
    Url(NameRefusal) = "RFC 5280 §4.2.2.1", "a URL is malformed";
    /// Critical, and this crate does not know it.
    UnknownCriticalExtension = "RFC 5280 §4.2", "an unknown extension is critical";
    /// A key that must not be certified.
    PublicKey(KeyRefusal) = "BR §6.1.1.3", "the public key is refused";
    /// SHA-1, DSA and what else has been broken or is unknown.
    SignatureAlgorithm = "BR §7.1.3.2", "the signature algorithm is not one of today's";
    /// Without it, the issuer is found by name alone.
    NoAuthorityKeyIdentifier = "RFC 5280 §4.2.1.1", "authorityKeyIdentifier with a keyIdentifier is missing";
    /// No verifier of old would understand it.
    AuthorityKeyIdentifierCritical = "RFC 5280 §4.2.1.1", "authorityKeyIdentifier is critical";
    /// A self-signed certificate that names another key than its own as issuer's.
    AuthorityKeyIdentifierMismatch = "RFC 5280 §4.2.1.1", "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier";
    /// Those below have nothing to refer to.
    NoSubjectKeyIdentifier = "RFC 5280 §4.2.1.2", "a CA has no subjectKeyIdentifier";
    /// No verifier of old would understand it.
    SubjectKeyIdentifierCritical = "RFC 5280 §4.2.1.2", "subjectKeyIdentifier is critical";
    /// A CA has to say so.
    NoKeyUsage = "RFC 5280 §4.2.1.3", "a CA has no keyUsage";
    /// A verifier may overlook it.
    KeyUsageNotCritical = "RFC 5280 §4.2.1.3", "keyUsage of a CA is not critical";
    /// A CA that may not sign certificates.
    NoKeyCertSign = "RFC 5280 §4.2.1.3", "a CA's keyUsage lacks keyCertSign";
    /// One that is no CA and may sign certificates.
    KeyCertSignWithoutCa = "RFC 5280 §4.2.1.9", "keyCertSign is set and cA is not";
    /// TLS 1.3 signs in every handshake.
    NoDigitalSignature = "RFC 8446 §4.4.2.2", "keyUsage lacks digitalSignature";
    /// Not a CA, although it is meant for one.
    NotACa = "RFC 5280 §4.2.1.9", "cA is not set";
    /// A CA, although it is not meant for one.
    LeafIsCa = "RFC 5280 §4.2.1.9", "cA is set in a certificate that is no CA's";
    /// A verifier may overlook it.
    BasicConstraintsNotCritical = "RFC 5280 §4.2.1.9", "basicConstraints of a CA is not critical";
    /// Only CAs have paths below them.
    PathLengthWithoutCa = "RFC 5280 §4.2.1.9", "pathLenConstraint is set and cA is not";
    /// Only CAs issue names.
    NameConstraintsWithoutCa = "RFC 5280 §4.2.1.10", "nameConstraints stand in a certificate that is no CA's";
    /// A verifier may overlook it.
    NameConstraintsNotCritical = "RFC 5280 §4.2.1.10", "nameConstraints are not critical";
    /// The purpose is not among those named.
    PurposeMissing = "RFC 5280 §4.2.1.12", "extKeyUsage lacks what the certificate is for";
    /// Where the OCSP responder is cannot be vital.
    AuthorityInfoAccessCritical = "RFC 5280 §4.2.2.1", "authorityInfoAccess is critical";

    // Of the Baseline Requirements, what every TLS PKI should keep.
    /// Too few octets for 64 bits of randomness.
    ShortSerialNumber = "BR §7.1.2.7", "the serial number is too short for 64 bits of randomness";
    /// Valid for longer than the rule at its `notBefore`; the limit, in days.
    ValidityTooLong(u16) = "BR §6.3.2", "the validity of a server's certificate is longer than allowed, in days";
    /// A server is known by its alternative names alone.
    NoSubjectAltName = "BR §7.1.2.7.12", "there is no subjectAltName";
    /// A server is a host, not a mailbox.
    ServerNameForm = "BR §7.1.2.7.12", "a server has a name that is neither a dNSName nor an iPAddress";
    /// A common name that is none of the alternative names.
    CommonNameNotInSubjectAltName = "BR §7.1.4.3", "the common name is no alternative name";
    /// Any purpose at all, or one that is kept apart from TLS.
    ForbiddenPurpose = "BR §7.1.2.7.10", "extKeyUsage has a purpose that TLS certificates may not have";

    // Of the Baseline Requirements, what publicly trusted certificates have to keep.
    /// Names of no use outside a network.
    InternalName = "BR §4.2.2", "a dNSName is no fully-qualified public name";
    /// The names behind addresses.
    ReverseZoneName = "BR §4.2.2", "a dNSName is in a reverse zone under arpa";
    /// Addresses that many may have.
    ReservedIpAddress = "BR §4.2.2", "an iPAddress is reserved";
    /// An attribute that no one can vouch for.
    OrganizationalUnit = "BR §7.1.2.7.4", "the subject has an organizationalUnitName";
    /// Not an RSA or ECDSA key.
    KeyTypeNotAllowed = "BR §7.1.3.1", "the key is neither RSA nor ECDSA";
    /// Without a policy.
    NoCertificatePolicies = "BR §7.1.2.7.9", "there is no certificatePolicies";
    /// Without a way to the issuer.
    NoAuthorityInfoAccess = "BR §7.1.2.7.7", "there is no authorityInfoAccess";
    /// Without a way to learn that it was revoked.
    NoRevocationInformation = "BR §7.1.2.11.2", "it is not short-lived and has neither a CRL nor an OCSP responder";
    /// Fetching by another scheme than `http` may need what is being fetched.
    UrlScheme = "BR §7.1.2.11.2", "a URL of revocation information is not of the scheme http";
    /// Critical although there is a subject.
    SubjectAltNameCritical = "BR §7.1.2.7.12", "the subject is not empty and subjectAltName is critical";
    /// A CA for everything.
    CaWithoutPurposes = "BR §7.1.2.10.6", "an intermediate CA has no extKeyUsage";
    /// Eight years at least, 25 at most; the limit, in days.
    RootValidity(u16) = "BR §7.1.2.1.1", "a root's validity is outside the limit, in days";

    // Against the issuer.
    /// The names differ in their bytes.
    IssuerNameMismatch = "RFC 5280 §4.1.2.4", "the issuer is not, byte for byte, the issuer's subject";
    /// Valid when its issuer is no longer.
    OutlivesIssuer = "RFC 5280 §6.1.3", "it is valid for longer than its issuer";
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text())?;
        match self {
            Self::AlternativeName(refusal) | Self::Url(refusal) => write!(f, ": {refusal}")?,
            Self::PublicKey(refusal) => write!(f, ": {refusal}")?,
            Self::ValidityTooLong(days) | Self::RootValidity(days) => write!(f, ": {days}")?,
            _ => {}
        }
        write!(f, " ({})", self.citation())
    }
}

/// All rules that a certificate breaks, in the order in which they are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    /// Whether no rule is broken.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The broken rules.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.0
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<T: IntoIterator<Item = Finding>>(findings: T) -> Self {
        let mut all = Self::default();
        findings.into_iter().for_each(|finding| all.push(finding));
        all
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for finding in &self.0 {
            write!(f, "{separator}{finding}")?;
            separator = "; ";
        }
        Ok(())
    }
}

impl core::error::Error for Findings {}
