//! What kind of certificate is issued: data, and no more.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{net::IpAddr, time::Duration};

use const_oid::ObjectIdentifier;

use crate::{
    domain_name::{Wildcard, check_domain_name},
    error::NameRefusal,
    time::days,
};

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// A CA that vouches for itself.
    RootCa,
    /// A CA below another.
    IntermediateCa,
    /// A TLS server (RFC 8446 §4.4.2.2).
    TlsServer,
    /// A TLS client (RFC 8446 §4.4.2.3).
    TlsClient,
}

impl Role {
    /// Whether it may sign certificates.
    #[must_use]
    pub const fn is_ca(self) -> bool {
        matches!(self, Self::RootCa | Self::IntermediateCa)
    }
}

/// Which rules a certificate has to keep, beyond those of RFC 5280 that hold for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirements {
    /// A PKI of one's own. What the Baseline Requirements say of keys, serial numbers, names and the
    /// validity of server certificates is kept, since clients check it; what they say of
    /// publicly known names, policies and revocation is not asked for.
    Private,
    /// The CA/Browser Forum's Baseline Requirements for TLS Server Certificates, version 2.2.6.
    BaselineRequirements,
}

/// Purposes that `extKeyUsage` can name (RFC 5280 §4.2.1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// `id-kp-serverAuth`
    ServerAuth,
    /// `id-kp-clientAuth`
    ClientAuth,
    /// `id-kp-OCSPSigning` (RFC 6960 §4.2.2.2)
    OcspSigning,
}

impl Purpose {
    pub(crate) const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::ServerAuth => "1.3.6.1.5.5.7.3.1",
            Self::ClientAuth => "1.3.6.1.5.5.7.3.2",
            Self::OcspSigning => "1.3.6.1.5.5.7.3.9",
        })
    }
}

/// How many further CAs may follow below a CA (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathLength {
    /// As many as the CAs above allow.
    Unlimited,
    /// At most so many.
    AtMost(u8),
}

/// Whether a server promises to staple an OCSP response (RFC 7633).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stapling {
    /// No promise.
    Optional,
    /// `TLS Feature: status_request`, "must-staple".
    Required,
}

/// A kind of certificate, from which any number can be issued.
///
/// ```
/// use chancery_issue::Profile;
///
/// let mut profile = Profile::tls_server();
/// profile.validity = core::time::Duration::from_secs(7 * 86_400);
/// profile.crl_urls.push("http://crl.example.com/1.crl".into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// What the certificate is for; fixes `basicConstraints` and `keyUsage`.
    pub role: Role,
    /// Which lints it has to pass.
    pub requirements: Requirements,
    /// From `notBefore` to `notAfter`, both included.
    pub validity: Duration,
    /// How far `notBefore` lies before the time of issue, for clients whose clock is late; at most
    /// 48 hours. It is never before the issuer's own `notBefore`.
    pub backdate: Duration,
    /// `extKeyUsage`; empty means that there is none.
    pub purposes: Vec<Purpose>,
    /// `pathLenConstraint`, of a CA.
    pub path_length: PathLength,
    /// `nameConstraints`, of a CA.
    pub name_constraints: NameConstraints,
    /// `certificatePolicies`, without qualifiers.
    pub policies: Vec<ObjectIdentifier>,
    /// `cRLDistributionPoints`: one distribution point each, of `http` URLs.
    pub crl_urls: Vec<String>,
    /// `authorityInfoAccess`: where OCSP responders are.
    pub ocsp_urls: Vec<String>,
    /// `authorityInfoAccess`: where the issuer's certificate is.
    pub ca_issuers_urls: Vec<String>,
    /// `TLS Feature`, of a server.
    pub stapling: Stapling,
}

impl Profile {
    fn new(role: Role, validity: Duration) -> Self {
        Self {
            role,
            requirements: Requirements::Private,
            validity,
            backdate: Duration::from_secs(3600),
            purposes: Vec::new(),
            path_length: PathLength::Unlimited,
            name_constraints: NameConstraints::default(),
            policies: Vec::new(),
            crl_urls: Vec::new(),
            ocsp_urls: Vec::new(),
            ca_issuers_urls: Vec::new(),
            stapling: Stapling::Optional,
        }
    }

    /// A root CA for ten years.
    #[must_use]
    pub fn root_ca() -> Self {
        Self::new(Role::RootCa, days(3650))
    }

    /// A CA for three years below which there are no CAs, for TLS servers and clients.
    #[must_use]
    pub fn intermediate_ca() -> Self {
        Self {
            purposes: [Purpose::ServerAuth, Purpose::ClientAuth].into(),
            path_length: PathLength::AtMost(0),
            ..Self::new(Role::IntermediateCa, days(1095))
        }
    }

    /// A TLS server for 45 days, which also the limit of 2029 allows (BR §6.3.2).
    #[must_use]
    pub fn tls_server() -> Self {
        Self { purposes: [Purpose::ServerAuth].into(), ..Self::new(Role::TlsServer, days(45)) }
    }

    /// A TLS client for 45 days.
    #[must_use]
    pub fn tls_client() -> Self {
        Self { purposes: [Purpose::ClientAuth].into(), ..Self::new(Role::TlsClient, days(45)) }
    }
}

/// Which names a CA may certify (RFC 5280 §4.2.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameConstraints {
    /// Of each form that is here, only names below one of these.
    pub permitted: Vec<Subtree>,
    /// No names below these.
    pub excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// Only names below these.
    #[must_use]
    pub fn permitting(subtrees: &[Subtree]) -> Self {
        Self { permitted: subtrees.to_vec(), excluded: Vec::new() }
    }

    /// Whether nothing is constrained; the extension is then left out.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.permitted.is_empty() && self.excluded.is_empty()
    }
}

/// The base of a subtree of names (RFC 5280 §4.2.1.10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subtree(pub(crate) SubtreeForm);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SubtreeForm {
    Dns(String),
    Ip(IpAddr, u8),
    Email(String),
}

impl Subtree {
    /// A domain and every host below it.
    ///
    /// # Errors
    /// If it is not a domain; a leading dot, which RFC 5280 does not know here, is refused.
    pub fn dns(domain: &str) -> Result<Self, NameRefusal> {
        check_domain_name(domain, Wildcard::Refused)?;
        Ok(Self(SubtreeForm::Dns(domain.to_ascii_lowercase())))
    }

    /// The addresses that share the first `prefix` bits with `address`.
    ///
    /// # Errors
    /// If there are not so many bits.
    pub fn ip(address: impl Into<IpAddr>, prefix: u8) -> Result<Self, NameRefusal> {
        let address = address.into();
        if prefix > if address.is_ipv4() { 32 } else { 128 } {
            return Err(NameRefusal::TooLong);
        }
        Ok(Self(SubtreeForm::Ip(address, prefix)))
    }

    /// The mailboxes of a host, or with a leading dot those of every host below.
    ///
    /// # Errors
    /// If it is not a host or domain.
    pub fn email(host_or_domain: &str) -> Result<Self, NameRefusal> {
        let host = host_or_domain.strip_prefix('.').unwrap_or(host_or_domain);
        check_domain_name(host, Wildcard::Refused)?;
        Ok(Self(SubtreeForm::Email(host_or_domain.to_owned().to_ascii_lowercase())))
    }
}
