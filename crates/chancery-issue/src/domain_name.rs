//! Which `dNSName`s may be certified.

use core::net::Ipv4Addr;

use crate::error::NameRefusal;

/// Whether `*` may be the left-most label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcard {
    Allowed,
    Refused,
}

/// Checks a host name: RFC 1034 §3.5 "preferred name syntax" as RFC 5280 §4.2.1.6 demands, with
/// the digits in front that RFC 1123 §2.1 allows.
pub(crate) fn check_domain_name(name: &str, wildcard: Wildcard) -> Result<(), NameRefusal> {
    if name.is_empty() {
        // RFC 5280 §4.2.1.6: " " must not be used, nor is the empty name any better.
        return Err(NameRefusal::Empty);
    }
    if name.chars().any(char::is_control) {
        return Err(NameRefusal::ControlCharacter);
    }
    // RFC 1035 §3.1: 255 octets on the wire, which are 253 in text.
    if name.len() > 253 {
        return Err(NameRefusal::TooLong);
    }
    if name.parse::<Ipv4Addr>().is_ok() || name.contains(':') {
        return Err(NameRefusal::IpAddressInDnsName);
    }
    let host = match name.strip_prefix("*.") {
        Some(_) if wildcard == Wildcard::Refused => return Err(NameRefusal::WildcardMisplaced),
        // `*.com` is not anyone's. Longer public suffixes are known by a list, not by their form.
        Some(base) if !base.contains('.') => return Err(NameRefusal::WildcardTooBroad),
        Some(base) => base,
        None => name,
    };
    if host.contains('*') {
        return Err(NameRefusal::WildcardMisplaced);
    }
    host.split('.').try_for_each(check_label)?;
    // `1.2.3` is taken for an address by some resolvers; no top-level domain is all digits.
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NameRefusal::IpAddressInDnsName);
    }
    Ok(())
}

fn check_label(label: &str) -> Result<(), NameRefusal> {
    if label.is_empty() {
        return Err(NameRefusal::EmptyLabel);
    }
    if label.len() > 63 {
        return Err(NameRefusal::LabelTooLong);
    }
    if !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(NameRefusal::InvalidCharacter);
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameRefusal::HyphenAtEdge);
    }
    if label.get(2..4) == Some("--") {
        // RFC 5890 §2.3.1: R-LDH labels are reserved; of them, only A-labels have a meaning.
        let lower = label.to_ascii_lowercase();
        let encoded = lower.strip_prefix("xn--").ok_or(NameRefusal::ReservedLabel)?;
        if !is_punycode(encoded) {
            return Err(NameRefusal::InvalidALabel);
        }
    }
    Ok(())
}

/// Whether `encoded` decodes (RFC 3492 §6.2) to Unicode scalar values, one at least not ASCII.
///
/// That is less than RFC 5891 §5 asks of a registry, whose tables of code points are absent here.
fn is_punycode(encoded: &str) -> bool {
    let (basic, deltas) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    // An empty tail has no code point beyond ASCII; a lone leading hyphen is not canonical.
    if deltas.is_empty() || (basic.is_empty() && encoded.contains('-')) {
        return false;
    }
    decode_deltas(u32::try_from(basic.len()).unwrap_or(u32::MAX), deltas).is_some()
}

/// The decoding loop of RFC 3492 §6.2, which keeps count of the code points but not the text.
fn decode_deltas(mut length: u32, deltas: &str) -> Option<()> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    let mut code_point: u32 = 128;
    let mut index: u32 = 0;
    let mut bias: u32 = 72;
    let mut first = true;
    let mut digits = deltas.bytes().peekable();
    while digits.peek().is_some() {
        let before = index;
        let mut weight: u32 = 1;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter.checked_sub(b'a')?),
                number @ b'0'..=b'9' => u32::from(number.checked_sub(b'0')?).checked_add(26)?,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE.checked_sub(threshold)?)?;
            k = k.checked_add(BASE)?;
        }
        length = length.checked_add(1)?;
        bias = adapt(index.checked_sub(before)?, length, first);
        first = false;
        code_point = code_point.checked_add(index.checked_div(length)?)?;
        // The C1 controls are no letters of any script.
        char::from_u32(code_point).filter(|letter| !letter.is_control())?;
        index = index.checked_rem(length)?.checked_add(1)?;
    }
    Some(())
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta = delta.saturating_add(delta.checked_div(length).unwrap_or(0));
    let mut k: u32 = 0;
    while delta > 455 {
        delta /= 35;
        k = k.saturating_add(36);
    }
    k.saturating_add(36u32.saturating_mul(delta) / delta.saturating_add(38))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Result<(), NameRefusal>) {
        assert_eq!(check_domain_name(name, Wildcard::Allowed), expected, "{name:?}");
    }

    #[test]
    fn accepted() {
        for name in [
            "example.com",
            "EXAMPLE.com",
            "localhost",
            "1and1.example",
            "a--b.example",
            "*.example.com",
            "xn--bcher-kva.example",
            "xn--80ak6aa92e.com",
            "xn--ls8h.la",
        ] {
            check(name, Ok(()));
        }
        check(&["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join("."), Ok(()));
    }

    #[test]
    fn refused() {
        check("", Err(NameRefusal::Empty));
        check(" ", Err(NameRefusal::InvalidCharacter));
        check("good.example\0.evil.example", Err(NameRefusal::ControlCharacter));
        check(
            &["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62)].join("."),
            Err(NameRefusal::TooLong),
        );
        check(&["a".repeat(64).as_str(), "example"].join("."), Err(NameRefusal::LabelTooLong));
        check("example.com.", Err(NameRefusal::EmptyLabel));
        check(".example.com", Err(NameRefusal::EmptyLabel));
        check("a..example.com", Err(NameRefusal::EmptyLabel));
        check("a_b.example.com", Err(NameRefusal::InvalidCharacter));
        check("bücher.example", Err(NameRefusal::InvalidCharacter));
        check("-a.example", Err(NameRefusal::HyphenAtEdge));
        check("a-.example", Err(NameRefusal::HyphenAtEdge));
        check("192.0.2.1", Err(NameRefusal::IpAddressInDnsName));
        check("2001:db8::1", Err(NameRefusal::IpAddressInDnsName));
        check("1.2.3", Err(NameRefusal::IpAddressInDnsName));
    }

    #[test]
    fn rfc_5890_section_2_3_1_reserved_labels() {
        check("ab--cd.example", Err(NameRefusal::ReservedLabel));
        check("xn--.example", Err(NameRefusal::HyphenAtEdge));
        check("xn--a.example", Err(NameRefusal::InvalidALabel));
        check("xn--z.example", Err(NameRefusal::InvalidALabel));
        check("xn--99999999.example", Err(NameRefusal::InvalidALabel));
        check("xn--abc-.example", Err(NameRefusal::HyphenAtEdge));
        check("xn---a.example", Err(NameRefusal::InvalidALabel));
    }

    #[test]
    fn wildcards_are_one_whole_left_most_label() {
        check("*", Err(NameRefusal::WildcardMisplaced));
        check("*.com", Err(NameRefusal::WildcardTooBroad));
        check("*a.example.com", Err(NameRefusal::WildcardMisplaced));
        check("a*.example.com", Err(NameRefusal::WildcardMisplaced));
        check("a.*.example.com", Err(NameRefusal::WildcardMisplaced));
        check("*.*.example.com", Err(NameRefusal::WildcardMisplaced));
        assert_eq!(
            check_domain_name("*.example.com", Wildcard::Refused),
            Err(NameRefusal::WildcardMisplaced)
        );
    }
}
