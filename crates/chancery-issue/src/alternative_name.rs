//! The names that a certificate vouches for: `GeneralName` as a subject's (RFC 5280 §4.2.1.6).

use alloc::{borrow::ToOwned, string::String};
use core::{fmt, net::IpAddr, str::FromStr};

use crate::{
    domain_name::{Wildcard, check_domain_name},
    error::NameRefusal,
    writer::{Writer, context},
};

/// A name that may stand in `subjectAltName`, checked when it is made.
///
/// ```
/// use chancery_issue::{AlternativeName, NameRefusal};
///
/// assert_eq!(AlternativeName::dns("WWW.Example.com")?.to_string(), "www.example.com");
/// assert_eq!(AlternativeName::dns("192.0.2.1"), Err(NameRefusal::IpAddressInDnsName));
/// assert_eq!("192.0.2.1".parse(), Ok(AlternativeName::ip([192, 0, 2, 1])));
/// # Ok::<(), NameRefusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlternativeName(pub(crate) Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Form {
    Dns(String),
    Ip(IpAddr),
    Email(String),
    Uri(String),
}

impl AlternativeName {
    /// A `dNSName`, kept in lower case: a host name, or `*.` and a host name of two labels or more.
    ///
    /// # Errors
    /// If it is not a host name of A-labels (RFC 5890 §2.3.2.1), or a wildcard stands elsewhere.
    pub fn dns(name: &str) -> Result<Self, NameRefusal> {
        check_domain_name(name, Wildcard::Allowed)?;
        Ok(Self(Form::Dns(name.to_ascii_lowercase())))
    }

    /// An `iPAddress`.
    #[must_use]
    pub fn ip(address: impl Into<IpAddr>) -> Self {
        Self(Form::Ip(address.into()))
    }

    /// An `rfc822Name`: an ASCII mailbox, the domain kept in lower case.
    ///
    /// # Errors
    /// If there is no local part, or it needs quoting, or the domain is not a host name.
    pub fn email(mailbox: &str) -> Result<Self, NameRefusal> {
        let (local, domain) = mailbox.rsplit_once('@').ok_or(NameRefusal::InvalidCharacter)?;
        check_local_part(local)?;
        check_domain_name(domain, Wildcard::Refused)?;
        let mut name = local.to_owned();
        name.push('@');
        name.push_str(&domain.to_ascii_lowercase());
        Ok(Self(Form::Email(name)))
    }

    /// A `uniformResourceIdentifier`: absolute, with a host.
    ///
    /// # Errors
    /// If it is relative, has no host, or holds characters that a URI must escape (RFC 3986 §2).
    pub fn uri(uri: &str) -> Result<Self, NameRefusal> {
        let (scheme, rest) = uri.split_once("://").ok_or(NameRefusal::RelativeUri)?;
        let mut letters = scheme.bytes();
        let scheme_starts = letters.next().is_some_and(|b| b.is_ascii_alphabetic());
        let scheme_goes_on =
            letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        if !scheme_starts || !scheme_goes_on {
            return Err(NameRefusal::RelativeUri);
        }
        let visible = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
        if !uri.bytes().all(visible) {
            return Err(NameRefusal::InvalidCharacter);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.strip_prefix('[').and_then(|literal| literal.split_once(']')) {
            // Go CVE-2024-45341: a zone identifier is no part of an address.
            Some((literal, _)) => {
                literal
                    .parse::<core::net::Ipv6Addr>()
                    .map_err(|_| NameRefusal::InvalidCharacter)?;
            }
            None => {
                let host = host.split_once(':').map_or(host, |(host, _)| host);
                if host.parse::<core::net::Ipv4Addr>().is_err() {
                    check_domain_name(host, Wildcard::Refused)?;
                }
            }
        }
        Ok(Self(Form::Uri(uri.to_owned())))
    }

    /// Writes the `GeneralName`.
    pub(crate) fn write(&self, w: &mut Writer) {
        match &self.0 {
            Form::Email(mailbox) => w.primitive(context(1), mailbox.as_bytes()),
            Form::Dns(name) => w.primitive(context(2), name.as_bytes()),
            Form::Uri(uri) => w.primitive(context(6), uri.as_bytes()),
            Form::Ip(IpAddr::V4(address)) => w.primitive(context(7), &address.octets()),
            Form::Ip(IpAddr::V6(address)) => w.primitive(context(7), &address.octets()),
        }
    }
}

/// Reads a name as people write it: an address, a URI (`://`), a mailbox (`@`), else a host name.
impl FromStr for AlternativeName {
    type Err = NameRefusal;

    fn from_str(text: &str) -> Result<Self, NameRefusal> {
        match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self::ip(address)),
            Err(_) if text.contains("://") => Self::uri(text),
            Err(_) if text.contains('@') => Self::email(text),
            Err(_) => Self::dns(text),
        }
    }
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Dns(text) | Form::Email(text) | Form::Uri(text) => f.write_str(text),
            Form::Ip(address) => address.fmt(f),
        }
    }
}

/// The `Dot-string` of RFC 5321 §4.1.2, at most 64 octets (§4.5.3.1.1).
fn check_local_part(local: &str) -> Result<(), NameRefusal> {
    let atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    if local.is_empty() {
        return Err(NameRefusal::Empty);
    }
    if local.len() > 64 {
        return Err(NameRefusal::TooLong);
    }
    local.split('.').try_for_each(|atom| match atom {
        "" => Err(NameRefusal::EmptyLabel),
        atom if atom.bytes().all(atext) => Ok(()),
        _ => Err(NameRefusal::InvalidCharacter),
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn check(text: &str, expected: Result<&str, NameRefusal>) {
        let name = text.parse::<AlternativeName>().map(|name| name.to_string());
        assert_eq!(name.as_deref().map_err(|refusal| *refusal), expected, "{text:?}");
    }

    #[test]
    fn mailboxes() {
        check("Alice@Example.COM", Ok("Alice@example.com"));
        check("a.b+c@example.com", Ok("a.b+c@example.com"));
        check("@example.com", Err(NameRefusal::Empty));
        check("a..b@example.com", Err(NameRefusal::EmptyLabel));
        check("a b@example.com", Err(NameRefusal::InvalidCharacter));
        check("a@*.example.com", Err(NameRefusal::WildcardMisplaced));
        check("a\0@example.com", Err(NameRefusal::InvalidCharacter));
        check("a@192.0.2.1", Err(NameRefusal::IpAddressInDnsName));
        check(&alloc::format!("{}@example.com", "a".repeat(65)), Err(NameRefusal::TooLong));
    }

    #[test]
    fn rfc_5280_section_4_2_1_6_uris_are_absolute() {
        check("https://example.com/a?b#c", Ok("https://example.com/a?b#c"));
        check("spiffe://trust-domain/workload", Ok("spiffe://trust-domain/workload"));
        check("https://[2001:db8::1]:8443/", Ok("https://[2001:db8::1]:8443/"));
        check("https://192.0.2.1:8443/", Ok("https://192.0.2.1:8443/"));
        check("https://[fe80::1%25eth0]/", Err(NameRefusal::InvalidCharacter));
        check("https:///path", Err(NameRefusal::Empty));
        check("://example.com", Err(NameRefusal::RelativeUri));
        check("1a://example.com", Err(NameRefusal::RelativeUri));
        check("https://exa mple.com/", Err(NameRefusal::InvalidCharacter));
        check("https://example.com/\0", Err(NameRefusal::InvalidCharacter));
        check("https://*.example.com/", Err(NameRefusal::WildcardMisplaced));
        assert_eq!(AlternativeName::uri("/relative"), Err(NameRefusal::RelativeUri));
    }

    #[test]
    fn addresses() {
        check("192.0.2.1", Ok("192.0.2.1"));
        check("2001:DB8::1", Ok("2001:db8::1"));
        let der = Writer::collect(|w| AlternativeName::ip([192, 0, 2, 1]).write(w));
        assert_eq!(der, [0x87, 4, 192, 0, 2, 1]);
    }
}
