//! Writing the little DER that a validator has to write: names around received bytes, OCSP requests,
//! and the certificate without its timestamps that a log signed.

use alloc::vec::Vec;

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const INTEGER: u8 = 0x02;

/// One element: tag, minimal length, and the concatenated parts as contents (X.690 §10.1).
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    let bytes = length.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0);
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let count = significant.clone().count();
            out.push(0x80 | u8::try_from(count).unwrap_or(0x7f));
            out.extend(significant);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// The first element of `der`: its tag, its contents, and what follows.
pub(crate) fn split(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, length) = header(der)?;
    let (contents, after) = der.get(header..)?.split_at_checked(length)?;
    Some((*der.first()?, contents, after))
}

/// The contents of the first element of `der`, of whatever tag; empty if it is cut short.
pub(crate) fn contents(der: &[u8]) -> &[u8] {
    header(der).and_then(|(header, length)| der.get(header..)?.get(..length)).unwrap_or_default()
}

/// How long the first element of `der` is, tag and length included.
pub(crate) fn element_len(der: &[u8]) -> Option<usize> {
    let (header, length) = header(der)?;
    header.checked_add(length)
}

fn header(der: &[u8]) -> Option<(usize, usize)> {
    Some(match *der {
        [_, length, ..] if length < 0x80 => (2, usize::from(length)),
        [_, 0x81, a, ..] => (3, usize::from(a)),
        [_, 0x82, a, b, ..] => (4, usize::from(u16::from_be_bytes([a, b]))),
        [_, 0x83, a, b, c, ..] => (5, usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?),
        [_, 0x84, a, b, c, d, ..] => (6, usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_and_read_back() {
        for length in [0usize, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let body = alloc::vec![7u8; length];
            let der = element(SEQUENCE, &[&body]);
            assert_eq!(contents(&der), body);
            let twice = [&*der, &[5, 0]].concat();
            assert_eq!(split(&twice), Some((SEQUENCE, &*body, &[5, 0][..])));
            let header = if length < 128 {
                2
            } else if length < 256 {
                3
            } else if length < 65_536 {
                4
            } else {
                5
            };
            assert_eq!(der.len(), header + length);
        }
        assert_eq!(contents(&[0x30, 5, 0]), b"");
    }
}
