//! Whom the certificate must be for: reference identities and how presented ones match (RFC 9525).
//!
//! ```text
//! reference (what the application wanted)     presented (subjectAltName)
//! DNS-ID   www.example.com              ◄──── dNSName    *.example.com
//! IP-ID    192.0.2.1                    ◄──── iPAddress  192.0.2.1
//! URI-ID   sip://voice.example.com      ◄──── URI        sip://voice.example.com
//! SRV-ID   _imaps.example.com           ◄──── otherName  SRVName _imaps.example.com
//! email    a@example.com                ◄──── rfc822Name, SmtpUTF8Mailbox
//! ```
//!
//! The common name is never consulted (RFC 9525 §2). Internationalized names are A-labels here; with the
//! feature `idna`, `ReferenceIdentity::dns_unicode` converts U-labels.

use alloc::{borrow::Cow, boxed::Box, string::String};
use core::fmt;

use chancery_x509::GeneralName;
use pki_types::{IpAddr, ServerName};

use crate::{
    constraints::{
        dns::{Underscore, Wildcard, is_host_name},
        email::Mailbox,
        uri::Uri,
    },
    text,
};

/// A reference identity (RFC 9525 §6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceIdentity<'a>(Kind<'a>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// Without a trailing dot.
    Dns(Cow<'a, str>),
    Ip(IpBytes),
    Email(Cow<'a, str>),
    Uri(Cow<'a, str>),
    /// Service with its underscore, and domain.
    Srv(Cow<'a, str>, Cow<'a, str>),
}

/// An address as iPAddress carries it: four bytes or sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IpBytes {
    V4([u8; 4]),
    V6([u8; 16]),
}

impl IpBytes {
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }
}

/// A reference identity that is none: not a host name, not a mailbox, ….
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIdentity;

impl fmt::Display for InvalidIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reference identity is not valid")
    }
}

impl core::error::Error for InvalidIdentity {}

impl<'a> ReferenceIdentity<'a> {
    /// A host name in ASCII, where one trailing dot is allowed and dropped.
    ///
    /// # Errors
    /// If it is not a host name (RFC 1123 §2.1), or is an IP address.
    pub fn dns(name: &'a str) -> Result<Self, InvalidIdentity> {
        let name = name.strip_suffix('.').unwrap_or(name);
        if is_host_name(name.as_bytes(), Wildcard::Forbidden, Underscore::Allowed) {
            Ok(Self(Kind::Dns(Cow::Borrowed(name))))
        } else {
            Err(InvalidIdentity)
        }
    }

    /// A host name that may hold U-labels, converted by UTS #46 to A-labels (RFC 9525 §6.3, RFC 5891).
    ///
    /// # Errors
    /// If a label cannot be converted, or the result is not a host name.
    #[cfg(feature = "idna")]
    pub fn dns_unicode(name: &str) -> Result<ReferenceIdentity<'static>, InvalidIdentity> {
        let ascii = idna::domain_to_ascii_strict(name).map_err(|_| InvalidIdentity)?;
        ReferenceIdentity::dns(&ascii).map(|identity| identity.into_owned())
    }

    /// An IP address.
    #[must_use]
    pub fn ip(address: IpAddr) -> Self {
        Self(Kind::Ip(match address {
            IpAddr::V4(address) => IpBytes::V4(*address.as_ref()),
            IpAddr::V6(address) => IpBytes::V6(*address.as_ref()),
        }))
    }

    /// A mailbox `local@host`; the local part may be UTF-8, the host is in ASCII.
    ///
    /// # Errors
    /// If it is not a mailbox (RFC 5321 §4.1.2).
    pub fn email(mailbox: &'a str) -> Result<Self, InvalidIdentity> {
        Mailbox::parse(mailbox.as_bytes()).map_err(|_| InvalidIdentity)?;
        Ok(Self(Kind::Email(Cow::Borrowed(mailbox))))
    }

    /// A URI with a host name, as in `https://example.com` or `sip:example.com`: scheme and host are what count
    /// (RFC 9525 §6.5).
    ///
    /// # Errors
    /// If it has no scheme, or no host name.
    pub fn uri(uri: &'a str) -> Result<Self, InvalidIdentity> {
        Uri::parse_identity(uri.as_bytes()).map_err(|_| InvalidIdentity)?;
        Ok(Self(Kind::Uri(Cow::Borrowed(uri))))
    }

    /// A service of a domain (RFC 4985, RFC 9525 §6.5): `imaps` or `_imaps`, and `example.com`.
    ///
    /// # Errors
    /// If the service is not letters, digits and hyphens, or the domain is not a host name.
    pub fn srv(service: &'a str, domain: &'a str) -> Result<Self, InvalidIdentity> {
        let service = service.strip_prefix('_').unwrap_or(service);
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let service_is_valid = !service.is_empty()
            && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if service_is_valid
            && is_host_name(domain.as_bytes(), Wildcard::Forbidden, Underscore::Allowed)
        {
            Ok(Self(Kind::Srv(Cow::Borrowed(service), Cow::Borrowed(domain))))
        } else {
            Err(InvalidIdentity)
        }
    }

    /// The same, owning its text.
    #[must_use]
    pub fn into_owned(self) -> ReferenceIdentity<'static> {
        let own = |text: Cow<'_, str>| -> Cow<'static, str> { Cow::Owned(text.into_owned()) };
        ReferenceIdentity(match self.0 {
            Kind::Dns(name) => Kind::Dns(own(name)),
            Kind::Ip(address) => Kind::Ip(address),
            Kind::Email(mailbox) => Kind::Email(own(mailbox)),
            Kind::Uri(uri) => Kind::Uri(own(uri)),
            Kind::Srv(service, domain) => Kind::Srv(own(service), own(domain)),
        })
    }

    pub(crate) fn kind(&self) -> &Kind<'a> {
        &self.0
    }

    /// Whether a presented name is this identity (RFC 9525 §6).
    #[must_use]
    pub fn matches(&self, presented: &GeneralName<'_>) -> bool {
        match presented {
            GeneralName::DnsName(name) => self.matches_dns(name.as_bytes()),
            GeneralName::IpAddress(address) => self.matches_ip(address),
            GeneralName::Rfc822Name(mailbox) => self.matches_email(mailbox.as_bytes()),
            GeneralName::UniformResourceIdentifier(uri) => self.matches_uri(uri.as_bytes()),
            // Other names are read only as the type that their identifier says (CVE-2024-6119).
            GeneralName::OtherName(other) => {
                other.smtp_utf8_mailbox().is_some_and(|name| self.matches_email(name.as_bytes()))
                    || other.srv_name().is_some_and(|name| self.matches_srv(name.as_bytes()))
            }
            _ => false,
        }
    }

    /// RFC 9525 §6.3: a dNSName, a wildcard being the whole left-most label and standing for one label.
    fn matches_dns(&self, presented: &[u8]) -> bool {
        let Kind::Dns(reference) = &self.0 else { return false };
        matches_dns_name(reference.as_bytes(), presented)
    }

    /// RFC 9525 §6.4: octet for octet.
    fn matches_ip(&self, presented: &[u8]) -> bool {
        matches!(&self.0, Kind::Ip(address) if address.as_slice() == presented)
    }

    /// RFC 5280 §7.5.
    fn matches_email(&self, presented: &[u8]) -> bool {
        let Kind::Email(reference) = &self.0 else { return false };
        match (Mailbox::parse(reference.as_bytes()), Mailbox::parse(presented)) {
            (Ok(reference), Ok(presented)) => reference.is_same(&presented),
            _ => false,
        }
    }

    /// RFC 9525 §6.5: scheme and host, neither with wildcards.
    fn matches_uri(&self, presented: &[u8]) -> bool {
        let Kind::Uri(reference) = &self.0 else { return false };
        match (Uri::parse_identity(reference.as_bytes()), Uri::parse_identity(presented)) {
            (Ok(reference), Ok(presented)) => {
                reference.scheme.eq_ignore_ascii_case(presented.scheme)
                    && reference.host.eq_ignore_ascii_case(presented.host)
            }
            _ => false,
        }
    }

    /// RFC 4985 §2: `_Service.Name`.
    fn matches_srv(&self, presented: &[u8]) -> bool {
        let Kind::Srv(service, domain) = &self.0 else { return false };
        let Some(rest) = presented.strip_prefix(b"_") else { return false };
        let Some(dot) = rest.iter().position(|&byte| byte == b'.') else { return false };
        let (presented_service, presented_domain) = rest.split_at(dot);
        presented_service.eq_ignore_ascii_case(service.as_bytes())
            && presented_domain
                .strip_prefix(b".")
                .is_some_and(|presented| matches_dns_name(domain.as_bytes(), presented))
    }
}

fn matches_dns_name(reference: &[u8], presented: &[u8]) -> bool {
    let Some(base) = presented.strip_prefix(b"*.") else {
        // What equals a host name is one. An empty reference stands for nobody.
        return !reference.is_empty() && reference.eq_ignore_ascii_case(presented);
    };
    let Some(dot) = reference.iter().position(|&byte| byte == b'.') else { return false };
    dot > 0
        && reference.get(dot + 1..).is_some_and(|parent| parent.eq_ignore_ascii_case(base))
        && is_host_name(presented, Wildcard::Allowed, Underscore::Allowed)
}

impl<'a> From<&'a ServerName<'a>> for ReferenceIdentity<'a> {
    fn from(name: &'a ServerName<'a>) -> Self {
        match name {
            ServerName::DnsName(name) => {
                let name = name.as_ref();
                Self(Kind::Dns(Cow::Borrowed(name.strip_suffix('.').unwrap_or(name))))
            }
            ServerName::IpAddress(address) => Self::ip(*address),
            // A kind of name that pki-types adds later matches nothing until this crate knows it.
            _ => Self(Kind::Dns(Cow::Owned(String::new()))),
        }
    }
}

impl fmt::Display for ReferenceIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Dns(name) => f.write_str(name),
            Kind::Ip(IpBytes::V4(bytes)) => core::net::Ipv4Addr::from(*bytes).fmt(f),
            Kind::Ip(IpBytes::V6(bytes)) => core::net::Ipv6Addr::from(*bytes).fmt(f),
            Kind::Email(mailbox) => f.write_str(mailbox),
            Kind::Uri(uri) => f.write_str(uri),
            Kind::Srv(service, domain) => write!(f, "_{service}.{domain}"),
        }
    }
}

/// Whom the leaf must be for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Peer<'a> {
    /// This identity.
    Named(&'a ReferenceIdentity<'a>),
    /// One of these at least (RFC 9525 §6.1: the client makes a list). An empty list is never met.
    AnyOf(&'a [ReferenceIdentity<'a>]),
    /// Whoever it is: for client certificates, whose names the application reads afterwards.
    Anyone,
}

impl<'a> Peer<'a> {
    pub(crate) fn identities(&self) -> &'a [ReferenceIdentity<'a>] {
        match *self {
            Self::Named(identity) => core::slice::from_ref(identity),
            Self::AnyOf(identities) => identities,
            Self::Anyone => &[],
        }
    }

    /// For the report.
    pub(crate) fn render(self) -> Box<str> {
        match self {
            Self::Anyone => "anyone".into(),
            // Nearly all verifications; no formatting is needed.
            Self::Named(ReferenceIdentity(Kind::Dns(name))) if text::is_plain(name) => {
                (&**name).into()
            }
            peer => text::Bounded::render(text::list(peer.identities())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &str, presented: &str, expected: bool) {
        let reference = ReferenceIdentity::dns(reference).unwrap();
        assert_eq!(
            reference.matches_dns(presented.as_bytes()),
            expected,
            "{reference} {presented}"
        );
    }

    #[test]
    fn rfc_9525_6_3_dns() {
        check("www.example.com", "www.example.com", true);
        check("WWW.example.com", "www.EXAMPLE.com", true);
        check("www.example.com", "example.com", false);
        check("example.com", "www.example.com", false);
        check("www.example.com.", "www.example.com", true);
        check("www.example.com", "www.example.com.", false);
    }

    #[test]
    fn rfc_9525_6_3_wildcards() {
        check("www.example.com", "*.example.com", true);
        check("example.com", "*.example.com", false);
        check("a.b.example.com", "*.example.com", false);
        check("www.example.com", "w*.example.com", false);
        check("www.example.com", "*w.example.com", false);
        check("www.example.com", "www.*.com", false);
        check("www.example.com", "*", false);
        check("com", "*", false);
        check("xn--bliss-1b3c148a.example.com", "xn--*-1b3c148a.example.com", false);
    }

    #[test]
    fn an_identity_of_no_known_kind_matches_nothing() {
        let nobody = ReferenceIdentity(Kind::Dns(Cow::Borrowed("")));
        for presented in [&b""[..], b"*", b"*.", b"."] {
            assert!(!nobody.matches_dns(presented));
        }
    }

    #[test]
    fn an_ip_address_in_a_dns_name_never_matches() {
        assert_eq!(ReferenceIdentity::dns("192.0.2.1"), Err(InvalidIdentity));
        let name = ServerName::try_from("192.0.2.1").unwrap();
        let reference = ReferenceIdentity::from(&name);
        assert!(!reference.matches_dns(b"192.0.2.1"));
        assert!(!reference.matches_dns(b"*.0.2.1"));
        assert!(reference.matches_ip(&[192, 0, 2, 1]));
        assert!(!reference.matches_ip(b"192.0.2.1"));
    }

    #[test]
    fn a_reference_holds_no_wildcard_and_no_control_byte() {
        for name in [
            "*.example.com",
            "",
            ".",
            "a\0.example.com",
            "www.example.com\0.evil.org",
            "a,b",
            "\"a\"",
        ] {
            assert_eq!(ReferenceIdentity::dns(name), Err(InvalidIdentity), "{name:?}");
        }
        check("www.example.com", "www.example.com\0.evil.org", false);
    }

    #[test]
    fn uri_srv_and_email() {
        let uri = ReferenceIdentity::uri("sip://Voice.example.com/x").unwrap();
        assert!(uri.matches_uri(b"sip://voice.example.com"));
        assert!(!uri.matches_uri(b"https://voice.example.com"));
        assert!(!uri.matches_uri(b"sip://*.example.com"));
        let srv = ReferenceIdentity::srv("_imaps", "mail.example.com").unwrap();
        assert!(srv.matches_srv(b"_IMAPS.mail.example.com"));
        assert!(!srv.matches_srv(b"_imap.mail.example.com"));
        assert!(!srv.matches_srv(b"imaps.mail.example.com"));
        let email = ReferenceIdentity::email("a@example.com").unwrap();
        assert!(email.matches_email(b"a@EXAMPLE.com"));
        assert!(!email.matches_email(b"A@example.com"));
        assert!(!email.matches_dns(b"example.com"));
    }

    #[test]
    #[cfg(feature = "idna")]
    fn u_labels_become_a_labels() {
        let reference = ReferenceIdentity::dns_unicode("b\u{fc}cher.example").unwrap();
        assert!(reference.matches_dns(b"xn--bcher-kva.example"));
        assert!(!reference.matches_dns("b\u{fc}cher.example".as_bytes()));
    }
}
