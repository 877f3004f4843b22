//! uniformResourceIdentifier constraints (RFC 5280 §4.2.1.10): they hold for the host part alone.
//!
//! ```text
//! host.example.com   that host
//! .example.com       hosts below it
//! ```
//! A URI without a host name, or with an IP address for one, cannot be judged and so is refused wherever
//! a URI constraint stands.

use super::{
    Malformed,
    dns::{Underscore, Wildcard, is_host_name, is_within},
};

/// The parts of a URI (RFC 3986 §3) that identities and constraints speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Uri<'a> {
    pub(crate) scheme: &'a [u8],
    pub(crate) host: &'a [u8],
}

impl<'a> Uri<'a> {
    /// One with an authority. RFC 5280 §4.2.1.10: others cannot be judged by a constraint.
    pub(crate) fn parse(uri: &'a [u8]) -> Result<Self, Malformed> {
        let (scheme, rest) = split_scheme(uri)?;
        let rest = rest.strip_prefix(b"//").ok_or(Malformed)?;
        let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
        let (authority, _) = rest.split_at(end);
        // RFC 3986 §3.2.1: user information ends at the last at sign, which no host can hold.
        let host_port = authority.rsplit(|&byte| byte == b'@').next().unwrap_or_default();
        Ok(Self { scheme, host: host(host_port)? })
    }

    /// One with an authority, or a host right after the scheme, as in `sip:voice.college.example` (RFC 9525 §6.5). There
    /// user information would make it a person's and not a domain's (RFC 5922 §7.1).
    pub(crate) fn parse_identity(uri: &'a [u8]) -> Result<Self, Malformed> {
        let (scheme, rest) = split_scheme(uri)?;
        if rest.starts_with(b"//") {
            return Self::parse(uri);
        }
        let end = rest.iter().position(|byte| b";/?#".contains(byte)).unwrap_or(rest.len());
        let (host_port, _) = rest.split_at(end);
        Ok(Self { scheme, host: host(host_port)? })
    }
}

/// The scheme, and what follows its colon.
fn split_scheme(uri: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    if uri.iter().any(|&byte| !byte.is_ascii_graphic()) {
        return Err(Malformed);
    }
    let colon = uri.iter().position(|&byte| byte == b':').ok_or(Malformed)?;
    let (scheme, rest) = uri.split_at(colon);
    let is_valid = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let rest = rest.strip_prefix(b":").ok_or(Malformed)?;
    if is_valid { Ok((scheme, rest)) } else { Err(Malformed) }
}

/// A host name in front of a port, if there is one.
fn host(host_port: &[u8]) -> Result<&[u8], Malformed> {
    // An IPv6 address, with or without a zone (CVE-2024-45341), stays in brackets and is no host name.
    let host = match host_port.iter().position(|&byte| byte == b':') {
        Some(colon) if host_port.first() != Some(&b'[') => {
            let (host, port) = host_port.split_at(colon);
            if !port.iter().skip(1).all(u8::is_ascii_digit) {
                return Err(Malformed);
            }
            host
        }
        _ => host_port,
    };
    if is_host_name(host, Wildcard::Forbidden, Underscore::Allowed) {
        Ok(host)
    } else {
        Err(Malformed)
    }
}

/// The constraint's own syntax.
pub(crate) fn check_constraint(constraint: &[u8]) -> Result<(), Malformed> {
    let host = constraint.strip_prefix(b".").unwrap_or(constraint);
    if constraint.is_empty() || is_host_name(host, Wildcard::Forbidden, Underscore::Allowed) {
        Ok(())
    } else {
        Err(Malformed)
    }
}

/// Whether the host of the URI `name` falls under `constraint`.
pub(crate) fn matches(constraint: &[u8], name: &[u8]) -> Result<bool, Malformed> {
    check_constraint(constraint)?;
    let host = Uri::parse(name)?.host;
    Ok(match constraint.first() {
        None => true,
        Some(b'.') => is_within(constraint, host),
        Some(_) => constraint.eq_ignore_ascii_case(host),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, name: &str, expected: Result<bool, Malformed>) {
        assert_eq!(
            matches(constraint.as_bytes(), name.as_bytes()),
            expected,
            "{constraint} {name}"
        );
    }

    #[test]
    fn the_host_decides() {
        check("host.example.com", "https://host.example.com/a?b#c", Ok(true));
        check("host.example.com", "https://HOST.example.com:8443", Ok(true));
        check("host.example.com", "https://a.host.example.com", Ok(false));
        check(".example.com", "ftp://user:pw@a.example.com/", Ok(true));
        check(".example.com", "https://example.com/", Ok(false));
        check("example.com", "https://evil.org/@example.com", Ok(false));
        check("example.com", "https://example.com@evil.org", Ok(false));
    }

    #[test]
    fn a_uri_without_a_host_name_cannot_be_judged() {
        for uri in [
            "urn:uuid:0",
            "mailto:a@example.com",
            "https://192.0.2.1/",
            "https://[::1]/",
            "https://[fe80::1%25eth0]/",
            "https:///",
            "https://exa mple.com",
            "//example.com",
            "https://a:b",
        ] {
            check("example.com", uri, Err(Malformed));
        }
    }
}
