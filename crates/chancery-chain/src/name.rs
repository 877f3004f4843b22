//! A hash of distinguished names that agrees with how they match (RFC 5280 §7.1).

use chancery_x509::{AttributeTypeAndValue, Name};

use crate::{
    budget::{Exhausted, Meter},
    der,
};

/// Whether both name the same, on the meter: what is not the same to the byte is compared character by character.
pub(crate) fn is_same(a: &Name<'_>, b: &Name<'_>, meter: &mut Meter) -> Result<bool, Exhausted> {
    let (bytes_of_a, bytes_of_b) = (a.as_der(), b.as_der());
    if bytes_of_a == bytes_of_b {
        return Ok(true);
    }
    meter.long_step(bytes_of_a.len().saturating_add(bytes_of_b.len()))?;
    Ok(a.matches(b))
}

/// Names that match have the same hash. Names that do not may share one: the index then offers a
/// candidate that the comparison refuses.
pub(crate) fn hash(name: &Name<'_>) -> u64 {
    hash_ascii(name.contents()).unwrap_or_else(|| {
        // The order of attributes within an RDN does not matter, so they are summed up.
        name.attributes()
            .fold(0, |sum: u64, attribute| sum.wrapping_add(hash_attribute(&attribute)))
    })
}

/// Nearly all names: strings of ASCII, of which no character needs more than lower case. They are walked without being
/// read, since they were read before. Nothing if it is another one.
fn hash_ascii(mut rdns: &[u8]) -> Option<u64> {
    let mut sum = 0_u64;
    while !rdns.is_empty() {
        if let Some((arc, text, after)) = split_common_rdn(rdns) {
            rdns = after;
            sum = sum.wrapping_add(hash_text(hash_type(&[0x04, arc]), text)?);
            continue;
        }
        let (_, mut rdn, after) = der::split(rdns)?;
        rdns = after;
        while !rdn.is_empty() {
            let (_, attribute, after) = der::split(rdn)?;
            rdn = after;
            let (_, attribute_type, value) = der::split(attribute)?;
            let (tag, text, _) = der::split(value)?;
            if !matches!(tag, UTF8_STRING | PRINTABLE_STRING) {
                return None;
            }
            sum = sum.wrapping_add(hash_text(hash_type(attribute_type), text)?);
        }
    }
    Some(sum)
}

const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;

/// An RDN of one attribute of the arc 2.5.4, as nearly all are: its last arc, its text, and what follows. Its lengths
/// are short, and each is what the next one leaves.
fn split_common_rdn(rdns: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    match *rdns {
        [
            0x31,
            set,
            der::SEQUENCE,
            sequence,
            0x06,
            3,
            0x55,
            0x04,
            arc,
            UTF8_STRING | PRINTABLE_STRING,
            length,
            ref rest @ ..,
        ] if set < 0x80
            && Some(sequence) == set.checked_sub(2)
            && Some(length) == set.checked_sub(9) =>
        {
            let (text, after) = rest.split_at_checked(usize::from(length))?;
            Some((arc, text, after))
        }
        _ => None,
    }
}

/// Nothing if a character is not of ASCII.
fn hash_text(of_type: u64, text: &[u8]) -> Option<u64> {
    let mut all = 0;
    let hash = text.iter().fold(of_type, |hash, byte| {
        all |= *byte;
        feed_letter(hash, *byte)
    });
    (all < 0x80).then_some(hash)
}

fn hash_attribute(attribute: &AttributeTypeAndValue<'_>) -> u64 {
    let characters = attribute.value().chars().into_iter().flatten();
    characters
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter_map(|character| u8::try_from(character).ok())
        .fold(hash_type(attribute.attribute_type().as_bytes()), feed_letter)
}

fn hash_type(oid: &[u8]) -> u64 {
    oid.iter().rev().take(2).fold(0xcbf2_9ce4_8422_2325, |hash, byte| feed(hash, *byte))
}

/// Spaces, soft hyphens and the like may be dropped or changed by the preparation of RFC 4518.
fn feed_letter(hash: u64, byte: u8) -> u64 {
    match LETTERS.get(usize::from(byte)) {
        Some(&letter) if letter != 0 => feed(hash, letter),
        _ => hash,
    }
}

/// FNV-1a.
fn feed(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// ASCII letters in lower case and digits; 0 for what does not count.
static LETTERS: [u8; 256] = {
    let mut table = [0; 256];
    let mut rest: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    while let [byte, tail @ ..] = rest {
        #[allow(clippy::as_conversions, reason = "`From` is not const")]
        let (_, from) = table.split_at_mut(*byte as usize);
        if let [entry, ..] = from {
            *entry = byte.to_ascii_lowercase();
        }
        rest = tail;
    }
    table
};

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::der::{self, SEQUENCE};

    const SET: u8 = 0x31;

    /// One RDN of attributes: the last arc below 2.5.4, the tag of the string, its bytes.
    fn name(attributes: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let attributes: Vec<Vec<u8>> = attributes
            .iter()
            .map(|(arc, tag, value)| {
                let oid = der::element(0x06, &[&[0x55, 0x04, *arc]]);
                der::element(SEQUENCE, &[&oid, &der::element(*tag, &[value])])
            })
            .collect();
        let attributes: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
        der::element(SEQUENCE, &[&der::element(SET, &attributes)])
    }

    fn check(a: &[(u8, u8, &[u8])], b: &[(u8, u8, &[u8])], expected: bool) {
        let (a, b) = (name(a), name(b));
        let (a, b) = (Name::parse(&a).unwrap(), Name::parse(&b).unwrap());
        assert_eq!(a.matches(&b), expected, "{a} {b}");
        assert_eq!(hash(&a) == hash(&b), expected, "{a} {b}");
    }

    #[test]
    fn rfc_5280_7_1_names_that_match_have_one_hash() {
        check(&[(3, 0x0c, b"Root CA 1")], &[(3, 0x13, b"root  ca 1 ")], true);
        check(&[(3, 0x0c, b"Root")], &[(3, 0x1e, b"\0R\0o\0o\0t")], true);
        check(&[(3, 0x0c, b"Root")], &[(3, 0x14, b"ROOT")], true);
        check(&[(3, 0x0c, "R\u{d6}\u{d6}T".as_bytes())], &[(3, 0x14, b"r\xf6\xf6t")], true);
        // U+212A, the sign of kelvin, is a K.
        check(&[(3, 0x0c, "\u{212a}".as_bytes())], &[(3, 0x13, b"k")], true);
        check(&[(3, 0x0c, b"Root 1")], &[(3, 0x0c, b"Root 2")], false);
        check(&[(3, 0x0c, b"Root")], &[(10, 0x0c, b"Root")], false);
        check(&[(3, 0x0c, b"ab")], &[(3, 0x0c, b"ba")], false);
    }
}
