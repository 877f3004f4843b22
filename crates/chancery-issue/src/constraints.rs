//! Whether an issuer's `nameConstraints` let a name pass (RFC 5280 §4.2.1.10).
//!
//! Validators do this for chains that strangers send, with budgets and reports. An issuer asks only of
//! names that it has checked already, against its own few constraints, and wants a yes or a no.

use core::net::IpAddr;

use chancery_x509::{GeneralName, GeneralSubtrees, Name, NameConstraints};

use crate::{AlternativeName, alternative_name::Form};

/// Whether `name` is within every permitted subtree's form and in no excluded one.
pub(crate) fn allows(constraints: &NameConstraints<'_>, name: &AlternativeName) -> bool {
    passes(constraints, |base, side| match (&name.0, base) {
        (Form::Dns(name), GeneralName::DnsName(base)) => Some(dns(name, base, side)),
        (Form::Ip(address), GeneralName::IpAddress(base)) => Some(ip(*address, base)),
        (Form::Email(mailbox), GeneralName::Rfc822Name(base)) => Some(email(mailbox, base)),
        (Form::Uri(uri), GeneralName::UniformResourceIdentifier(base)) => {
            Some(uri_host(uri, base, side))
        }
        _ => None,
    })
}

/// The same, of a subject.
pub(crate) fn allows_subject(constraints: &NameConstraints<'_>, subject: &Name<'_>) -> bool {
    // RFC 5280 §6.1.3 (b): an empty subject is under no constraint.
    subject.is_empty()
        || passes(constraints, |base, _| match base {
            GeneralName::DirectoryName(base) => Some(subject.is_within(&base)),
            _ => None,
        })
}

/// On which side a subtree stands: what is doubtful is never permitted and always excluded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

/// `matches` says whether a name lies below a base, or `None` if the base is of another form.
fn passes(
    constraints: &NameConstraints<'_>,
    matches: impl Fn(GeneralName<'_>, Side) -> Option<bool>,
) -> bool {
    let all = |subtrees: Option<GeneralSubtrees<'_>>, side| {
        let mut of_this_form = false;
        let mut matched = false;
        for subtree in subtrees.iter().flat_map(GeneralSubtrees::iter) {
            if let Some(answer) = matches(subtree.base(), side) {
                of_this_form = true;
                // RFC 5280 §4.2.1.10: minimum and maximum are not used; with them, nobody knows.
                matched |= if subtree.has_distance() { side == Side::Excluded } else { answer };
            }
        }
        (of_this_form, matched)
    };
    let (restricted, permitted) = all(constraints.permitted_subtrees(), Side::Permitted);
    let (_, excluded) = all(constraints.excluded_subtrees(), Side::Excluded);
    (permitted || !restricted) && !excluded
}

/// Whether `host` is `base` or ends in `.base`; an empty base holds every host.
fn is_below(host: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    match host.len().checked_sub(base.len()).and_then(|at| host.split_at_checked(at)) {
        Some((front, back)) => {
            back.eq_ignore_ascii_case(base) && (front.is_empty() || front.ends_with('.'))
        }
        None => false,
    }
}

fn dns(name: &str, base: &str, side: Side) -> bool {
    // A leading dot is not in the standard; where it is used, it excludes the domain itself.
    let (base, deeper) = base.strip_prefix('.').map_or((base, false), |base| (base, true));
    match name.strip_prefix("*.") {
        // CVE-2025-61727: `*.example.com` reaches into the excluded `test.example.com`.
        Some(parent) if side == Side::Excluded => is_below(parent, base) || is_below(base, parent),
        // RUSTSEC-2026-0099: and it is not within the permitted `accept.example.com`.
        Some(parent) => is_below(parent, base),
        None => is_below(name, base) && !(deeper && name.eq_ignore_ascii_case(base)),
    }
}

fn ip(address: IpAddr, base: &[u8]) -> bool {
    let matches = |octets: &[u8]| {
        let (network, mask) = base.split_at(base.len() / 2);
        network.len() == octets.len()
            && octets.iter().zip(network).zip(mask).all(|((o, n), m)| o & m == n & m)
    };
    match address {
        IpAddr::V4(v4) => matches(&v4.octets()),
        IpAddr::V6(v6) => matches(&v6.octets()),
    }
}

fn email(mailbox: &str, base: &str) -> bool {
    let (local, host) = mailbox.rsplit_once('@').unwrap_or(("", mailbox));
    match base.rsplit_once('@') {
        // A particular mailbox: the local part is compared as it is (RFC 5321 §2.4).
        Some((wanted, domain)) => wanted == local && domain.eq_ignore_ascii_case(host),
        None => host_or_domain(host, base),
    }
}

/// "Any address on a host" without a leading dot, "any host within a domain" with one.
fn host_or_domain(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => is_below(host, domain) && !host.eq_ignore_ascii_case(domain),
        None => base.is_empty() || host.eq_ignore_ascii_case(base),
    }
}

fn uri_host(uri: &str, base: &str, side: Side) -> bool {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        // RFC 5280 §4.2.1.10: a URI whose host is an address is refused.
        return side == Side::Excluded;
    }
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    if host.parse::<core::net::Ipv4Addr>().is_ok() {
        return side == Side::Excluded;
    }
    host_or_domain(host, base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_wildcards() {
        let check = |name, base, permitted, excluded| {
            assert_eq!(dns(name, base, Side::Permitted), permitted, "{name} permitted by {base}");
            assert_eq!(dns(name, base, Side::Excluded), excluded, "{name} excluded by {base}");
        };
        check("example.com", "example.com", true, true);
        check("a.b.example.com", "Example.COM", true, true);
        check("badexample.com", "example.com", false, false);
        check("example.com", "a.example.com", false, false);
        check("example.com", "", true, true);
        check("example.com", ".example.com", false, false);
        check("a.example.com", ".example.com", true, true);
        check("*.example.com", "example.com", true, true);
        check("*.example.com", "accept.example.com", false, true);
        check("*.example.com", "other.com", false, false);
    }

    #[test]
    fn mailboxes() {
        let check = |mailbox, base, expected| assert_eq!(email(mailbox, base), expected, "{base}");
        check("a@example.com", "example.com", true);
        check("a@EXAMPLE.com", "a@example.com", true);
        check("A@example.com", "a@example.com", false);
        check("a@mail.example.com", "example.com", false);
        check("a@mail.example.com", ".example.com", true);
        check("a@example.com", ".example.com", false);
        check("a@example.com", "", true);
    }

    #[test]
    fn uris_by_their_host() {
        let check = |uri, base, expected| {
            assert_eq!(uri_host(uri, base, Side::Permitted), expected, "{uri} in {base}");
        };
        check("https://user@example.com:8443/x", "example.com", true);
        check("https://www.example.com", "example.com", false);
        check("https://www.example.com?q", ".example.com", true);
        check("https://192.0.2.1/", "", false);
        check("https://[2001:db8::1]/", "", false);
        assert!(uri_host("https://192.0.2.1/", "example.com", Side::Excluded));
    }

    #[test]
    fn addresses_by_mask() {
        let ten = [10, 0, 0, 0, 255, 0, 0, 0];
        assert!(ip([10, 9, 8, 7].into(), &ten));
        assert!(!ip([11, 9, 8, 7].into(), &ten));
        assert!(!ip(core::net::Ipv6Addr::LOCALHOST.into(), &ten));
    }
}
