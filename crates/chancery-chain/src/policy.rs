//! What a path must satisfy, as data.
//!
//! ```text
//! Policy::new()      what RFC 5280 §6 asks of the one who relies on a certificate: for TLS
//! Policy::rfc5280()  also what RFC 5280 §4 asks of the CA that made it
//! Policy::web_pki()  also what the CA/Browser Forum asks of public CAs
//! ```

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use chancery_x509::{NamedCurve, Oid};

use crate::{budget::Budget, revocation::RevocationPolicy, transparency::TransparencyPolicy};

/// An object identifier that owns its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnedOid(Box<[u8]>);

impl OwnedOid {
    /// The same, borrowed. It was well-formed when it was made.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Oid<'_>> for OwnedOid {
    fn from(oid: Oid<'_>) -> Self {
        Self(oid.as_bytes().into())
    }
}

impl fmt::Debug for OwnedOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Oid::new(&self.0) {
            Some(oid) => fmt::Display::fmt(&oid, f),
            None => f.write_str("?"),
        }
    }
}

/// What the leaf is to be used for (RFC 5280 §4.2.1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// A TLS server.
    ServerAuth,
    /// A TLS client.
    ClientAuth,
    /// Mail.
    EmailProtection,
    /// Code.
    CodeSigning,
    /// Time stamps.
    TimeStamping,
    /// OCSP responses.
    OcspSigning,
    /// Another.
    Other(Oid<'static>),
    /// Whatever it is for: extended key usages are not looked at. Every other rule holds (CVE-2025-22874).
    Any,
}

impl Purpose {
    /// Its object identifier; none for [`Self::Any`].
    #[must_use]
    pub const fn oid(self) -> Option<Oid<'static>> {
        Some(match self {
            Self::ServerAuth => Oid::SERVER_AUTH,
            Self::ClientAuth => Oid::CLIENT_AUTH,
            Self::EmailProtection => Oid::EMAIL_PROTECTION,
            Self::CodeSigning => Oid::CODE_SIGNING,
            Self::TimeStamping => Oid::TIME_STAMPING,
            Self::OcspSigning => Oid::OCSP_SIGNING,
            Self::Other(oid) => oid,
            Self::Any => return None,
        })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.oid() {
            None => f.write_str("any purpose"),
            Some(oid) => match oid.name() {
                Some(name) => f.write_str(name),
                None => fmt::Display::fmt(&oid, f),
            },
        }
    }
}

/// How closely certificates must follow the rules made for those who issue them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Not looked at, beyond what RFC 5280 §6 and RFC 9525 ask of the verifier.
    #[default]
    Relying,
    /// RFC 5280 §4: the fields and extensions of conforming CAs.
    Rfc5280,
    /// RFC 5280 §4 as the CA/Browser Forum's Baseline Requirements §7 narrow and widen it.
    WebPki,
}

/// Which keys may be in a path, the leaf's included.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyPolicy {
    /// RSA moduli shorter than this many bits are refused: 2,048 (CA/B BR §6.1.5, NIST SP 800-131A).
    pub minimum_rsa_bits: usize,
    /// RSA moduli longer than this are refused, since checking costs their square: 8,192.
    pub maximum_rsa_bits: usize,
    /// The curves.
    pub curves: Vec<NamedCurve>,
}

impl KeyPolicy {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            minimum_rsa_bits: 2048,
            maximum_rsa_bits: 8192,
            curves: Vec::from([NamedCurve::P256, NamedCurve::P384, NamedCurve::P521]),
        }
    }
}

impl Default for KeyPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// What the leaf's key usage must allow if the certificate has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafKeyUsage {
    /// digitalSignature, which TLS 1.3 signs its handshake with (RFC 8446 §4.4.2.2).
    #[default]
    DigitalSignature,
    /// It is the application's to judge.
    Unchecked,
}

/// The inputs of RFC 5280 §6.1.1 (c) to (g).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificatePolicies {
    /// user-initial-policy-set; empty stands for anyPolicy.
    pub acceptable: Vec<OwnedOid>,
    /// initial-explicit-policy.
    pub require_explicit: bool,
    /// initial-policy-mapping-inhibit.
    pub inhibit_mapping: bool,
    /// initial-any-policy-inhibit.
    pub inhibit_any: bool,
}

/// A critical extension that the application knows, which this crate does not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AcceptedExtension {
    /// Which.
    pub oid: OwnedOid,
    /// Judges the contents of its `extnValue`.
    pub accepts: fn(&[u8]) -> bool,
}

impl AcceptedExtension {
    /// Extensions with this identifier are accepted, critical or not, if `accepts` says so of their value.
    #[must_use]
    pub fn new(oid: Oid<'_>, accepts: fn(&[u8]) -> bool) -> Self {
        Self { oid: oid.into(), accepts }
    }
}

/// A list of public suffixes (domains below which anyone can register).
pub trait PublicSuffixes: fmt::Debug + Send + Sync {
    /// Whether `domain`, in lower-case ASCII, is itself a public suffix.
    fn is_public_suffix(&self, domain: &str) -> bool;
}

/// The Public Suffix List, private section included, as the psl crate has it compiled in.
#[cfg(feature = "public-suffix")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct PublicSuffixList;

#[cfg(feature = "public-suffix")]
impl PublicSuffixList {
    /// The list.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[cfg(feature = "public-suffix")]
impl PublicSuffixes for PublicSuffixList {
    fn is_public_suffix(&self, domain: &str) -> bool {
        psl::suffix(domain.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == domain.as_bytes())
    }
}

/// Everything that a path is judged by, apart from anchors, time, purpose and name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// How closely certificates must follow the rules made for issuers.
    pub profile: Profile,
    /// How much a verification may cost.
    pub budget: Budget,
    /// Which keys are good enough.
    pub keys: KeyPolicy,
    /// What the leaf's key usage must allow.
    pub leaf_key_usage: LeafKeyUsage,
    /// Under which certificate policies the path must be valid.
    pub certificate_policies: CertificatePolicies,
    /// What has to be known about revocation.
    pub revocation: RevocationPolicy,
    /// What has to be known about logging; nothing unless given.
    pub transparency: Option<TransparencyPolicy>,
    /// Critical extensions that the application knows.
    pub accepted_extensions: Vec<AcceptedExtension>,
    /// Domains that no wildcard may cover whole. With a list, and under [`Profile::WebPki`], that goes for single
    /// labels too.
    pub public_suffixes: Option<Arc<dyn PublicSuffixes>>,
}

impl Policy {
    /// What TLS needs: RFC 5280 §6 and RFC 9525.
    #[must_use]
    pub fn new() -> Self {
        Self {
            profile: Profile::Relying,
            budget: Budget::new(),
            keys: KeyPolicy::new(),
            leaf_key_usage: LeafKeyUsage::DigitalSignature,
            certificate_policies: CertificatePolicies::default(),
            revocation: RevocationPolicy::new(),
            transparency: None,
            accepted_extensions: Vec::new(),
            public_suffixes: None,
        }
    }

    /// [`Self::new`], and certificates, anchors included, must be as RFC 5280 §4 has conforming CAs make them.
    #[must_use]
    pub fn rfc5280() -> Self {
        Self { profile: Profile::Rfc5280, leaf_key_usage: LeafKeyUsage::Unchecked, ..Self::new() }
    }

    /// [`Self::new`], and certificates, anchors included, must be as the CA/Browser Forum's Baseline
    /// Requirements have public CAs make them. Set [`Self::public_suffixes`] too.
    #[must_use]
    pub fn web_pki() -> Self {
        Self { profile: Profile::WebPki, ..Self::new() }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}
