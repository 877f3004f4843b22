//! dNSName constraints (RFC 5280 §4.2.1.10) and the syntax of host names.
//!
//! "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of
//! the name satisfies the name constraint." A wildcard stands for every name that it could match, so it is
//! permitted only if all of them are, and excluded if one of them is (CVE-2025-61727, RUSTSEC-2026-0099).

use super::{Malformed, Side};

/// Whether a wildcard may stand in the left-most label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcard {
    Allowed,
    Forbidden,
}

/// Whether `_` counts as a letter. The web's CAs may not issue such names, yet private ones do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Underscore {
    Allowed,
    Forbidden,
}

/// RFC 1034 §3.5 and RFC 1123 §2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 bytes in all.
/// A trailing dot is no part of it. The last label may not be a number, or the name could be read as
/// an IPv4 address (RFC 3696 §2).
pub(crate) fn is_host_name(name: &[u8], wildcard: Wildcard, underscore: Underscore) -> bool {
    let rest = match name.strip_prefix(b"*.") {
        Some(rest) if wildcard == Wildcard::Allowed => rest,
        _ => name,
    };
    if rest.is_empty() || name.len() > 253 {
        return false;
    }
    let mut last: &[u8] = &[];
    for label in rest.split(|&byte| byte == b'.') {
        let inner = |&byte: &u8| {
            byte.is_ascii_alphanumeric()
                || byte == b'-'
                || (byte == b'_' && underscore == Underscore::Allowed)
        };
        if label.is_empty()
            || label.len() > 63
            || label.first() == Some(&b'-')
            || label.last() == Some(&b'-')
            || !label.iter().all(inner)
        {
            return false;
        }
        last = label;
    }
    !last.iter().all(u8::is_ascii_digit)
}

/// A dNSName constraint's syntax. Empty stands for every name. A leading dot is outside RFC 5280, yet
/// it is in wide use for "subdomains only", so the caller decides whether to take it.
pub(crate) fn check_constraint(constraint: &[u8], strict: bool) -> Result<(), Malformed> {
    let body = match constraint.strip_prefix(b".") {
        Some(_) if strict => return Err(Malformed),
        Some(rest) => rest,
        None if constraint.is_empty() => return Ok(()),
        None => constraint,
    };
    if is_host_name(body, Wildcard::Forbidden, Underscore::Allowed) {
        Ok(())
    } else {
        Err(Malformed)
    }
}

/// Whether a presented `name` falls under `constraint`.
pub(crate) fn matches(constraint: &[u8], name: &[u8], side: Side) -> Result<bool, Malformed> {
    check_constraint(constraint, false)?;
    if !is_host_name(name, Wildcard::Allowed, Underscore::Allowed) {
        return Err(Malformed);
    }
    let Some(base) = name.strip_prefix(b"*.") else {
        return Ok(is_within(constraint, name));
    };
    Ok(match side {
        // Every `x.base` is permitted exactly if the subtree starts at `base` or above it.
        Side::Permitted => is_within(constraint, base) || dotted_is(constraint, base),
        // Some `x.base` is excluded if all are, or if the subtree starts one label below `base`.
        Side::Excluded => {
            is_within(constraint, base) || dotted_is(constraint, base) || is_child(constraint, base)
        }
    })
}

/// `.example.com` holds every name that `*.example.com` can stand for.
fn dotted_is(constraint: &[u8], base: &[u8]) -> bool {
    constraint.strip_prefix(b".").is_some_and(|rest| rest.eq_ignore_ascii_case(base))
}

/// Whether `constraint` is `base` with one label more.
fn is_child(constraint: &[u8], base: &[u8]) -> bool {
    let Some(at) = constraint.iter().position(|&byte| byte == b'.') else { return false };
    at > 0 && constraint.get(at + 1..).is_some_and(|parent| parent.eq_ignore_ascii_case(base))
}

/// Whether `name` is in the subtree of `constraint`; both are checked host names without wildcards.
pub(crate) fn is_within(constraint: &[u8], name: &[u8]) -> bool {
    if constraint.is_empty() {
        return true;
    }
    let Some(start) = name.len().checked_sub(constraint.len()) else { return false };
    let (head, tail) = name.split_at(start);
    tail.eq_ignore_ascii_case(constraint)
        && (head.is_empty() || head.last() == Some(&b'.') || constraint.first() == Some(&b'.'))
        && !(head.is_empty() && constraint.first() == Some(&b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, name: &str, permitted: bool, excluded: bool) {
        let (constraint, name) = (constraint.as_bytes(), name.as_bytes());
        assert_eq!(matches(constraint, name, Side::Permitted), Ok(permitted), "permitted");
        assert_eq!(matches(constraint, name, Side::Excluded), Ok(excluded), "excluded");
    }

    #[test]
    fn rfc_5280_4_2_1_10_labels_are_added_on_the_left() {
        check("example.com", "example.com", true, true);
        check("example.com", "a.b.example.com", true, true);
        check("example.com", "notexample.com", false, false);
        check("host.example.com", "example.com", false, false);
        check("", "example.com", true, true);
    }

    #[test]
    fn case_differs_in_constraint_and_name() {
        check("EXAMPLE.com", "www.Example.COM", true, true);
        check("Test.Example.com", "*.eXample.com", false, true);
    }

    #[test]
    fn a_leading_dot_means_subdomains_only() {
        check(".example.com", "example.com", false, false);
        check(".example.com", "www.example.com", true, true);
        check(".example.com", "*.example.com", true, true);
        assert_eq!(check_constraint(b".example.com", true), Err(Malformed));
    }

    #[test]
    fn go_cve_2025_61727_a_wildcard_that_could_be_excluded_is() {
        check("test.example.com", "*.example.com", false, true);
        check("example.com", "*.example.com", true, true);
        check("a.b.example.com", "*.example.com", false, false);
        check("com", "*.example.com", true, true);
    }

    #[test]
    fn rustsec_2026_0099_a_wildcard_wider_than_the_permitted_name_is_not_permitted() {
        check("accept.example.com", "*.example.com", false, true);
    }

    #[test]
    fn what_is_no_host_name_is_malformed_and_never_outside() {
        for name in [
            "",
            ".example.com",
            "example..com",
            "a b.com",
            "*",
            "foo.*.com",
            "f*.com",
            "1.2.3.4",
            "example.com.",
            "-a.com",
            "caf\u{e9}.com",
        ] {
            assert_eq!(
                matches(b"example.com", name.as_bytes(), Side::Permitted),
                Err(Malformed),
                "{name}"
            );
        }
        for constraint in ["*.example.com", "example.com.", "..", "a..b"] {
            assert_eq!(
                matches(constraint.as_bytes(), b"a.b", Side::Excluded),
                Err(Malformed),
                "{constraint}"
            );
        }
    }

    #[test]
    fn labels_and_names_have_lengths() {
        let long = [b'a'; 64];
        assert!(is_host_name(&long[..63], Wildcard::Forbidden, Underscore::Forbidden));
        assert!(!is_host_name(&long, Wildcard::Forbidden, Underscore::Forbidden));
        assert!(!is_host_name(b"a_b.com", Wildcard::Forbidden, Underscore::Forbidden));
        assert!(is_host_name(b"a_b.com", Wildcard::Forbidden, Underscore::Allowed));
    }
}
