//! A hash of distinguished names that agrees with how they match (RFC 5280 §7.1).

use chancery_x509::Name;

/// Names that match have the same hash. Names that do not may share one: the index then offers a
/// candidate that the comparison refuses.
pub(crate) fn hash(name: &Name<'_>) -> u64 {
    // The order of attributes within an RDN does not matter, so the attributes are summed up.
    name.attributes().fold(0, |sum: u64, attribute| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut feed = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        attribute.attribute_type().as_bytes().iter().rev().take(2).for_each(|byte| feed(*byte));
        // Only ASCII letters and digits count, after case folding: spaces, soft hyphens and the like may be
        // dropped or changed by the preparation of RFC 4518.
        let letter = |character: char| match u8::try_from(character) {
            Ok(byte) if byte.is_ascii_alphanumeric() => feed(byte.to_ascii_lowercase()),
            _ => {}
        };
        match attribute.value().as_str() {
            // Nearly all names: no character needs more than lower case.
            Some(text) if text.is_ascii() => text.chars().for_each(letter),
            _ => attribute
                .value()
                .chars()
                .into_iter()
                .flatten()
                .flat_map(char::to_uppercase)
                .flat_map(char::to_lowercase)
                .for_each(letter),
        }
        sum.wrapping_add(hash)
    })
}
