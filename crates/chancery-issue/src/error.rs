//! Why nothing was issued.

use core::fmt;

use chancery_crypto::{RandomError, SignError};

use crate::Findings;

/// Why something could not be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A name that may not be certified.
    Name(NameRefusal),
    /// A public key that may not be certified.
    Key(KeyRefusal),
    /// A certification request that proves nothing or asks for what it may not have.
    Request(RequestRefusal),
    /// The issuer may not issue this.
    Issuer(IssuerRefusal),
    /// The certificate, as it would have been signed, breaks rules.
    Lint(Findings),
    /// A CRL or OCSP response that would say what makes no sense.
    Revocation(RevocationRefusal),
    /// The bytes of a certificate or request do not parse.
    Malformed(chancery_x509::Error),
    /// The source of randomness failed.
    Random,
    /// The issuer's key did not sign.
    Sign(SignError),
    /// The signature does not verify under the issuer's key: a fault, or the wrong key.
    FaultySignature,
    /// No verifier was given for the signature's algorithm.
    UnsupportedAlgorithm,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(refusal) => write!(f, "name refused: {refusal}"),
            Self::Key(refusal) => write!(f, "public key refused: {refusal}"),
            Self::Request(refusal) => write!(f, "request refused: {refusal}"),
            Self::Issuer(refusal) => write!(f, "issuer refused: {refusal}"),
            Self::Lint(findings) => write!(f, "lint: {findings}"),
            Self::Revocation(refusal) => write!(f, "revocation refused: {refusal}"),
            Self::Malformed(error) => write!(f, "malformed: {error}"),
            Self::Random => RandomError::new().fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::FaultySignature => f.write_str("signature does not verify under issuer's key"),
            Self::UnsupportedAlgorithm => f.write_str("no verifier for the signature's algorithm"),
        }
    }
}

impl core::error::Error for Error {}

macro_rules! from {
    ($($variant:ident($type:ty),)*) => {$(
        impl From<$type> for Error {
            fn from(cause: $type) -> Self {
                Self::$variant(cause)
            }
        }
    )*};
}

from! {
    Name(NameRefusal),
    Key(KeyRefusal),
    Request(RequestRefusal),
    Issuer(IssuerRefusal),
    Lint(Findings),
    Revocation(RevocationRefusal),
    Malformed(chancery_x509::Error),
    Sign(SignError),
}

impl From<RandomError> for Error {
    fn from(_: RandomError) -> Self {
        Self::Random
    }
}

/// Why a name may not be certified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameRefusal {
    /// It is empty or blank (RFC 5280 §4.2.1.6).
    Empty,
    /// It exceeds its upper bound (RFC 5280 Appendix A.1, RFC 1035 §3.1).
    TooLong,
    /// It has a NUL or another control character (CVE-2009-2408).
    ControlCharacter,
    /// It has a character that its form does not know.
    InvalidCharacter,
    /// A country that is not two capital letters (ISO 3166-1).
    NotACountryCode,
    /// A leading or trailing dot, or two in a row (RFC 1034 §3.5).
    EmptyLabel,
    /// A label of more than 63 octets (RFC 1034 §3.1).
    LabelTooLong,
    /// A label that starts or ends with a hyphen (RFC 1034 §3.5).
    HyphenAtEdge,
    /// A label with `--` in third place that is no `xn--` (RFC 5890 §2.3.1).
    ReservedLabel,
    /// An `xn--` label that does not decode (RFC 3492 §6.2).
    InvalidALabel,
    /// An address where a host name belongs (BR §7.1.4.2.1).
    IpAddressInDnsName,
    /// A `*` that is not the whole left-most label of a `dNSName` (RFC 9525 §6.3).
    WildcardMisplaced,
    /// A `*` in front of a single label (BR §3.2.2.6).
    WildcardTooBroad,
    /// A URI that is relative or has no host (RFC 5280 §4.2.1.6).
    RelativeUri,
}

impl fmt::Display for NameRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it is too long",
            Self::ControlCharacter => "it has a control character",
            Self::InvalidCharacter => "it has a character that may not be there",
            Self::NotACountryCode => "a country is two capital letters",
            Self::EmptyLabel => "it has an empty label",
            Self::LabelTooLong => "a label is longer than 63 octets",
            Self::HyphenAtEdge => "a label starts or ends with a hyphen",
            Self::ReservedLabel => "a label with hyphens in third and fourth place is no A-label",
            Self::InvalidALabel => "a label starts with xn-- and is no Punycode",
            Self::IpAddressInDnsName => "an address is no host name",
            Self::WildcardMisplaced => "a wildcard is not the whole left-most label",
            Self::WildcardTooBroad => "a wildcard covers a top-level domain",
            Self::RelativeUri => "the URI is not absolute",
        })
    }
}

impl core::error::Error for NameRefusal {}

/// Why a public key may not be certified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyRefusal {
    /// It does not decode as a key of its algorithm (RFC 3279 §2.3, RFC 5480, RFC 8410).
    Malformed,
    /// It is of an algorithm, or on a curve, that is not certified here.
    UnsupportedAlgorithm,
    /// An RSA modulus under 2,048 bits (BR §6.1.5).
    RsaTooShort {
        /// Its length.
        bits: u32,
    },
    /// An RSA modulus over 8,192 bits, which verifiers refuse.
    RsaTooLong {
        /// Its length.
        bits: u32,
    },
    /// An RSA modulus whose length is no multiple of eight (BR §6.1.5).
    RsaOddLength {
        /// Its length.
        bits: u32,
    },
    /// An even RSA exponent (BR §6.1.6).
    RsaExponentEven,
    /// An RSA exponent under 3 (BR §6.1.6).
    RsaExponentTooSmall,
    /// An RSA exponent of more than 256 bits (BR §6.1.6).
    RsaExponentTooLarge,
    /// An RSA modulus with a factor under 752 (BR §6.1.6).
    RsaSmallFactor {
        /// That factor.
        factor: u32,
    },
    /// An RSA modulus made by Infineon's flawed generator (BR §6.1.1.3, CVE-2017-15361).
    RsaRoca,
    /// An RSA modulus that 100 rounds of Fermat's method factor (BR §6.1.1.3, CVE-2022-26320).
    RsaCloseFactors,
    /// The key is the issuer's own (RFC 5280 §4.1.2.6 wants another subject for it).
    IssuersOwn,
}

impl fmt::Display for KeyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("it does not decode as a key of its algorithm"),
            Self::UnsupportedAlgorithm => f.write_str("its algorithm is not supported"),
            Self::RsaTooShort { bits } => write!(f, "its modulus of {bits} bits is too short"),
            Self::RsaTooLong { bits } => write!(f, "its modulus of {bits} bits is too long"),
            Self::RsaOddLength { bits } => {
                write!(f, "its modulus of {bits} bits is not of whole octets")
            }
            Self::RsaExponentEven => f.write_str("its exponent is even"),
            Self::RsaExponentTooSmall => f.write_str("its exponent is less than 3"),
            Self::RsaExponentTooLarge => f.write_str("its exponent exceeds 256 bits"),
            Self::RsaSmallFactor { factor } => write!(f, "{factor} divides its modulus"),
            Self::RsaRoca => f.write_str("its modulus bears the mark of CVE-2017-15361"),
            Self::RsaCloseFactors => f.write_str("its factors are so close that it is factored"),
            Self::IssuersOwn => f.write_str("it is the issuer's own"),
        }
    }
}

impl core::error::Error for KeyRefusal {}

/// Why a certification request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// Its signature does not verify under the key that it brings (RFC 2986 §3).
    NoProofOfPossession,
    /// It asks for a name whose control is not shown (BR §3.2.2.4).
    NameNotControlled(crate::AlternativeName),
    /// The evidence of control of a name is older than it may be (BR §4.2.1).
    EvidenceTooOld,
    /// The evidence of control of a name is from the future.
    EvidenceFromFuture,
    /// It names nothing that can be certified: no `subjectAltName` (BR §7.1.2.7.12).
    NoNames,
    /// It asks for a name in a form that is not certified here.
    UnsupportedNameForm,
}

impl fmt::Display for RequestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProofOfPossession => {
                f.write_str("its signature does not verify under its own key")
            }
            Self::NameNotControlled(name) => write!(f, "no evidence of control of {name}"),
            Self::EvidenceTooOld => f.write_str("evidence of control is too old"),
            Self::EvidenceFromFuture => f.write_str("evidence of control is from the future"),
            Self::NoNames => f.write_str("it asks for no name"),
            Self::UnsupportedNameForm => {
                f.write_str("it asks for a name in a form that is not certified")
            }
        }
    }
}

impl core::error::Error for RequestRefusal {}

/// Why the issuer may not issue this.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerRefusal {
    /// The signing key is not that of the issuer's certificate.
    KeyMismatch,
    /// The chain above the issuer does not link by name.
    BrokenChain,
    /// Its certificate is no CA's (RFC 5280 §4.2.1.9).
    NotACa,
    /// Its `keyUsage` lacks `keyCertSign` (RFC 5280 §4.2.1.3).
    NoKeyCertSign,
    /// Its `keyUsage` lacks `cRLSign` (RFC 5280 §4.2.1.3).
    NoCrlSign,
    /// Its `keyUsage` lacks `digitalSignature`, which OCSP responses need (BR §7.1.2.10.7).
    NoDigitalSignature,
    /// Its `extKeyUsage` does not include what the certificate is for.
    ExtendedKeyUsage,
    /// There would be more CAs below it than a `pathLenConstraint` allows (RFC 5280 §4.2.1.9).
    PathLength,
    /// A name lies outside a `nameConstraints` (RFC 5280 §4.2.1.10).
    NameConstraints(crate::AlternativeName),
    /// The subject's distinguished name lies outside a `nameConstraints` (RFC 5280 §4.2.1.10).
    SubjectOutsideNameConstraints,
    /// The issuer's certificate, or one above, is not valid now.
    NotValidNow,
    /// The certificate would outlive its issuer.
    OutlivesIssuer,
    /// The issuer's own subject is empty (RFC 5280 §4.1.2.4).
    NoName,
    /// A root's certificate from another CA, or another's from a root to be.
    RootOfAnother,
}

impl fmt::Display for IssuerRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyMismatch => f.write_str("the key is not that of its certificate"),
            Self::BrokenChain => f.write_str("its chain does not link"),
            Self::NotACa => f.write_str("its certificate is not a CA's"),
            Self::NoKeyCertSign => f.write_str("its key usage lacks keyCertSign"),
            Self::NoCrlSign => f.write_str("its key usage lacks cRLSign"),
            Self::NoDigitalSignature => f.write_str("its key usage lacks digitalSignature"),
            Self::ExtendedKeyUsage => f.write_str("its extended key usage forbids this purpose"),
            Self::PathLength => f.write_str("its pathLenConstraint allows no further CA"),
            Self::NameConstraints(name) => write!(f, "{name} lies outside its name constraints"),
            Self::SubjectOutsideNameConstraints => {
                f.write_str("the subject lies outside its name constraints")
            }
            Self::NotValidNow => f.write_str("its certificate is not valid now"),
            Self::OutlivesIssuer => f.write_str("the certificate would outlive it"),
            Self::NoName => f.write_str("its certificate has no subject"),
            Self::RootOfAnother => f.write_str("a root certifies itself, and only a root does"),
        }
    }
}

impl core::error::Error for IssuerRefusal {}

/// Why a CRL or an OCSP response was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationRefusal {
    /// `nextUpdate` is not after `thisUpdate` (RFC 5280 §5.1.2.5).
    EmptyPeriod,
    /// `nextUpdate` is more than a year after `thisUpdate` (BR §7.2).
    PeriodTooLong,
    /// A revocation is later than `thisUpdate`.
    FromFuture,
    /// A serial number is there twice.
    Duplicate,
    /// There is nothing to say.
    NoStatus,
    /// The nonce has more than 128 octets (RFC 9654 §2.1).
    NonceTooLong,
}

impl fmt::Display for RevocationRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyPeriod => "it ends before it starts",
            Self::PeriodTooLong => "it would hold for more than a year",
            Self::FromFuture => "a revocation is later than the statement about it",
            Self::Duplicate => "a serial number is there twice",
            Self::NoStatus => "there is no status to sign",
            Self::NonceTooLong => "the nonce is longer than 128 octets",
        })
    }
}

impl core::error::Error for RevocationRefusal {}
