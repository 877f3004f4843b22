//! Just enough DER to wrap one value in another.

use zeroize::Zeroizing;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const SEQUENCE: u8 = 0x30;

/// One value: `tag`, its length, and the concatenation of `parts`. Wiped on drop, as what passes
/// here are private keys.
pub(crate) fn value(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    // All of it at once: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(2 + size_of::<usize>() + len));
    out.push(tag);
    match u8::try_from(len) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = len.to_be_bytes();
            let bytes = bytes.iter().skip_while(|byte| **byte == 0);
            // At most eight bytes.
            out.push(bytes.clone().fold(0x80, |count, _| count + 1));
            out.extend(bytes);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        let check = |len: usize, header: &[u8]| {
            let out = value(OCTET_STRING, &[&vec![7; len]]);
            assert_eq!(out[..out.len() - len], *header);
        };
        check(0, &[4, 0]);
        check(0x7f, &[4, 0x7f]);
        check(0x80, &[4, 0x81, 0x80]);
        check(0xff, &[4, 0x81, 0xff]);
        check(0x100, &[4, 0x82, 1, 0]);
        check(0x1_0000, &[4, 0x83, 1, 0, 0]);
    }
}
