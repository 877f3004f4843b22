//! rfc822Name constraints (RFC 5280 §4.2.1.10, RFC 9598 §6): a mailbox, a host, or a domain.
//!
//! ```text
//! root@example.com   that mailbox
//! example.com        every mailbox on that host
//! .example.com       every mailbox on hosts below it
//! ```

use super::{
    Malformed,
    dns::{Underscore, Wildcard, is_host_name},
};

/// `Local-part "@" Domain` (RFC 5321 §4.1.2), where a quoted local part keeps its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox<'a> {
    pub(crate) local: &'a [u8],
    pub(crate) host: &'a [u8],
}

impl<'a> Mailbox<'a> {
    /// Takes an ASCII mailbox or, for SmtpUTF8Mailbox (RFC 9598 §3), one whose local part is UTF-8.
    pub(crate) fn parse(mailbox: &'a [u8]) -> Result<Self, Malformed> {
        // The host cannot hold an at sign; a quoted local part can.
        let at = mailbox.iter().rposition(|&byte| byte == b'@').ok_or(Malformed)?;
        let (local, host) = mailbox.split_at(at);
        let host = host.strip_prefix(b"@").ok_or(Malformed)?;
        if !is_local_part(local) || !is_host_name(host, Wildcard::Forbidden, Underscore::Forbidden)
        {
            return Err(Malformed);
        }
        Ok(Self { local, host })
    }

    /// Local parts are compared as they are, hosts without regard to case (RFC 5280 §7.5). Quotes that
    /// say nothing are dropped first, so that `"a"@b.c` is `a@b.c`.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(other.host) && unquoted(self.local).eq(unquoted(other.local))
    }
}

fn is_local_part(local: &[u8]) -> bool {
    // RFC 5321 §4.5.3.1.1: 64 bytes at most.
    if local.is_empty() || local.len() > 64 {
        return false;
    }
    if let Some(quoted) = local.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        let mut escaped = false;
        for &byte in quoted {
            match byte {
                0..0x20 | 0x7f => return false,
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return false,
                _ => {}
            }
        }
        return !escaped;
    }
    // RFC 5322 §3.2.3: dot-atom.
    local.split(|&byte| byte == b'.').all(|atom| {
        !atom.is_empty()
            && atom.iter().all(|&byte| {
                byte.is_ascii_alphanumeric()
                    || byte >= 0x80
                    || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
            })
    })
}

fn unquoted(local: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let quoted = local.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let is_quoted = quoted.is_some();
    let mut escaped = false;
    quoted.unwrap_or(local).iter().copied().filter(move |&byte| {
        let keep = !is_quoted || byte != b'\\' || escaped;
        escaped = !keep;
        keep
    })
}

/// The constraint's own syntax.
pub(crate) fn check_constraint(constraint: &[u8]) -> Result<(), Malformed> {
    if constraint.contains(&b'@') {
        return Mailbox::parse(constraint).map(|_| ());
    }
    let host = constraint.strip_prefix(b".").unwrap_or(constraint);
    if constraint.is_empty() || is_host_name(host, Wildcard::Forbidden, Underscore::Allowed) {
        Ok(())
    } else {
        Err(Malformed)
    }
}

/// Whether the mailbox `name` falls under `constraint`.
pub(crate) fn matches(constraint: &[u8], name: &[u8]) -> Result<bool, Malformed> {
    check_constraint(constraint)?;
    let name = Mailbox::parse(name)?;
    if constraint.is_empty() {
        return Ok(true);
    }
    if constraint.contains(&b'@') {
        return Ok(Mailbox::parse(constraint)?.is_same(&name));
    }
    if constraint.first() == Some(&b'.') {
        return Ok(super::dns::is_within(constraint, name.host));
    }
    Ok(constraint.eq_ignore_ascii_case(name.host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, name: &str, expected: bool) {
        assert_eq!(
            matches(constraint.as_bytes(), name.as_bytes()),
            Ok(expected),
            "{constraint} {name}"
        );
    }

    #[test]
    fn mailbox_host_and_domain() {
        check("root@example.com", "root@example.com", true);
        check("root@example.com", "root@EXAMPLE.com", true);
        check("root@example.com", "Root@example.com", false);
        check("example.com", "a@example.com", true);
        check("example.com", "a@www.example.com", false);
        check(".example.com", "a@www.example.com", true);
        check(".example.com", "a@example.com", false);
        check("", "a@example.com", true);
    }

    #[test]
    fn asterisks_and_quotes() {
        check("*@example.com", "user@example.com", false);
        check("*@example.com", "*@example.com", true);
        check("a@example.com", "\"a\"@example.com", true);
        check("\"a@b\"@example.com", "\"a\\@b\"@example.com", true);
        check("example.com", "\"x@evil.org\"@example.com", true);
        check("evil.org", "\"x@evil.org\"@example.com", false);
    }

    #[test]
    fn what_is_no_mailbox_is_malformed() {
        for name in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b@c.d",
            "a b@c.d",
            "a@.c.d",
            ".a@c.d",
            "a@c..d",
            "\"a@b.c",
            "\"a\\\"@b.c",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(matches(b"example.com", name.as_bytes()), Err(Malformed), "{name}");
        }
        assert_eq!(matches(b"a@b@c.d", b"a@c.d"), Err(Malformed));
        assert_eq!(matches(b"*.c.d", b"a@c.d"), Err(Malformed));
    }
}
