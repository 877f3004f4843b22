//! iPAddress constraints (RFC 5280 §4.2.1.10): address and mask, as in CIDR (RFC 4632).

use super::Malformed;

/// Eight bytes for IPv4, 32 for IPv6; the mask is ones, then zeros.
pub(crate) fn check_constraint(constraint: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    if !matches!(constraint.len(), 8 | 32) {
        return Err(Malformed);
    }
    let (address, mask) = constraint.split_at(constraint.len() / 2);
    let mut ended = false;
    for &byte in mask {
        // A mask with a hole matches addresses that no CIDR block holds (RFC 4632 §3.1).
        if (ended && byte != 0) || byte.leading_ones() + byte.trailing_zeros() < 8 {
            return Err(Malformed);
        }
        ended |= byte != 0xff;
    }
    Ok((address, mask))
}

/// Whether `name`, 4 or 16 bytes, is in the block of `constraint`. The two families never match each other.
pub(crate) fn matches(constraint: &[u8], name: &[u8]) -> Result<bool, Malformed> {
    let (address, mask) = check_constraint(constraint)?;
    if !matches!(name.len(), 4 | 16) {
        return Err(Malformed);
    }
    Ok(name.len() == address.len()
        && name
            .iter()
            .zip(address)
            .zip(mask)
            .all(|((name, address), mask)| (name ^ address) & mask == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_under_the_mask() {
        let block = [192, 0, 2, 0, 255, 255, 255, 0];
        assert_eq!(matches(&block, &[192, 0, 2, 77]), Ok(true));
        assert_eq!(matches(&block, &[192, 0, 3, 77]), Ok(false));
        assert_eq!(matches(&block, &[0; 16]), Ok(false));
        assert_eq!(matches(&[0; 8], &[10, 0, 0, 1]), Ok(true));
        assert_eq!(matches(&[10, 128, 0, 0, 255, 128, 0, 0], &[10, 129, 0, 0]), Ok(true));
        assert_eq!(matches(&[10, 128, 0, 0, 255, 128, 0, 0], &[10, 1, 0, 0]), Ok(false));
    }

    #[test]
    fn what_is_no_cidr_block_is_malformed() {
        assert_eq!(matches(&[192, 0, 2, 0], &[192, 0, 2, 1]), Err(Malformed));
        assert_eq!(matches(&[0; 16], &[192, 0, 2, 1]), Err(Malformed));
        assert_eq!(matches(&[192, 0, 2, 0, 255, 0, 255, 0], &[192, 0, 2, 1]), Err(Malformed));
        assert_eq!(matches(&[192, 0, 2, 0, 255, 253, 0, 0], &[192, 0, 2, 1]), Err(Malformed));
        assert_eq!(matches(&[0; 8], &[192, 0, 2, 0, 255, 255, 255, 0]), Err(Malformed));
    }
}
