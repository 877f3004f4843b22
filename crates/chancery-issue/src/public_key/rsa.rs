//! RSA keys that must not be certified (BR §6.1.1.3, §6.1.5, §6.1.6).
//!
//! All of this works on public values, so it takes variable time. Lists of keys known to be
//! compromised, Debian's of 2008 among them, are absent: they are data, not rules.

use crypto_bigint::BoxedUint;

use crate::error::KeyRefusal;

/// BR §6.1.5: at least 2,048 bits.
const MIN_BITS: u32 = 2048;

/// What every common verifier still takes; a longer modulus only makes each check slower.
const MAX_BITS: u32 = 8192;

/// BR §6.1.1.3: "100 rounds" of Fermat's method.
const FERMAT_ROUNDS: u32 = 100;

/// Checks a modulus and a public exponent, big-endian without leading zeros.
pub(crate) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), KeyRefusal> {
    let bits = bit_length(modulus);
    if bits < MIN_BITS {
        return Err(KeyRefusal::RsaTooShort { bits });
    }
    if bits > MAX_BITS {
        return Err(KeyRefusal::RsaTooLong { bits });
    }
    // BR §6.1.5: "the modulus size, in bits, is evenly divisible by 8".
    if !bits.is_multiple_of(8) {
        return Err(KeyRefusal::RsaOddLength { bits });
    }
    check_exponent(exponent)?;
    if let Some(factor) = small_factor(modulus) {
        return Err(KeyRefusal::RsaSmallFactor { factor });
    }
    if is_roca(modulus) {
        return Err(KeyRefusal::RsaRoca);
    }
    if factors_by_fermat(modulus) {
        return Err(KeyRefusal::RsaCloseFactors);
    }
    Ok(())
}

fn bit_length(big_endian: &[u8]) -> u32 {
    big_endian.first().map_or(0, |first| {
        let octets = u32::try_from(big_endian.len()).unwrap_or(u32::MAX / 8);
        octets.saturating_mul(8).saturating_sub(first.leading_zeros())
    })
}

/// BR §6.1.6: odd, and 3 or more; below 2^256 as its recommended range ends there.
fn check_exponent(exponent: &[u8]) -> Result<(), KeyRefusal> {
    match exponent {
        [] | [1] => Err(KeyRefusal::RsaExponentTooSmall),
        [.., last] if last.is_multiple_of(2) => Err(KeyRefusal::RsaExponentEven),
        _ if exponent.len() > 32 => Err(KeyRefusal::RsaExponentTooLarge),
        _ => Ok(()),
    }
}

fn remainder(big_endian: &[u8], divisor: u32) -> u32 {
    big_endian
        .iter()
        .fold(0, |rest, &octet| ((rest << 8) | u32::from(octet)).checked_rem(divisor).unwrap_or(0))
}

fn is_prime(candidate: u32) -> bool {
    candidate >= 2
        && (2..candidate)
            .take_while(|factor| factor * factor <= candidate)
            .all(|factor| !candidate.is_multiple_of(factor))
}

/// BR §6.1.6: "no factors smaller than 752".
fn small_factor(modulus: &[u8]) -> Option<u32> {
    (2..752).filter(|&n| is_prime(n)).find(|&prime| remainder(modulus, prime) == 0)
}

/// Whether the key bears the mark of Infineon's generator (CVE-2017-15361).
///
/// Its primes are `k·M + 65537^a mod M` with M the product of the first primes, so the modulus is a
/// power of 65537 modulo each of them; 167 is the last prime in M for keys of 2,048 bits. That a
/// sound key looks so has a probability of about 2^-27.
fn is_roca(modulus: &[u8]) -> bool {
    (3..=167).filter(|&n| is_prime(n)).all(|prime| {
        let wanted = remainder(modulus, prime);
        let generator = 65_537 % prime;
        let mut power = 1;
        for _ in 0..prime {
            if power == wanted {
                return true;
            }
            power = power * generator % prime;
        }
        false
    })
}

/// Whether the factors are so close that Fermat's method finds them (CVE-2022-26320).
///
/// It looks for `a` from `⌈√n⌉` upwards with `a² - n = b²`; then `n = (a - b)(a + b)`.
fn factors_by_fermat(modulus: &[u8]) -> bool {
    let bits = bit_length(modulus);
    // Room for the squares of a few numbers beyond the root.
    let precision = bits.saturating_add(64);
    let Ok(n) = BoxedUint::from_be_slice(modulus, precision) else { return false };
    let one = BoxedUint::one_with_precision(precision);
    let mut a = n.floor_sqrt_vartime();
    if a.wrapping_square() != n {
        a.wrapping_add_assign(&one);
    }
    // The odd number between a² and (a + 1)²; adding it spares a multiplication a round.
    let mut square = a.wrapping_square().wrapping_sub(&n);
    let mut step = a.wrapping_add(&a).wrapping_add(&one);
    let two = one.wrapping_add(&one);
    for _ in 0..FERMAT_ROUNDS {
        // Squares end in these values modulo 16: most candidates need no root.
        let low = square.as_words().first().map_or(0, |word| word & 15);
        if matches!(low, 0 | 1 | 4 | 9) && square.checked_sqrt_vartime().is_some() {
            return true;
        }
        square.wrapping_add_assign(&step);
        step.wrapping_add_assign(&two);
    }
    false
}

#[cfg(test)]
mod tests {
    use alloc::{boxed::Box, vec, vec::Vec};

    use super::*;

    const F4: &[u8] = &[1, 0, 1];

    /// The product of two numbers of 1,024 bits, both odd, given by what is added to 2^1023·1.5.
    fn product(low: u64, high: u64) -> Box<[u8]> {
        let number = |offset: u64| {
            let mut bytes = [0u8; 128];
            bytes[0] = 0xc0;
            bytes[120..].copy_from_slice(&offset.to_be_bytes());
            BoxedUint::from_be_slice(&bytes, 2048).unwrap()
        };
        number(low).wrapping_mul(number(high)).to_be_bytes()
    }

    fn check_is(modulus: &[u8], exponent: &[u8], expected: Result<(), KeyRefusal>) {
        assert_eq!(check(modulus, exponent), expected);
    }

    /// 2^2047 + an offset, chosen below to have no small factor.
    fn sound() -> Vec<u8> {
        let mut modulus = vec![0; 256];
        modulus[0] = 0x80;
        modulus[100] = 1;
        while small_factor(&modulus).is_some() || is_roca(&modulus) {
            let mut low = u64::from_be_bytes(modulus[248..].try_into().unwrap());
            low += 1;
            modulus[248..].copy_from_slice(&low.to_be_bytes());
        }
        modulus
    }

    #[test]
    fn br_section_6_1_5_lengths() {
        let modulus = sound();
        check_is(&modulus, F4, Ok(()));
        check_is(&modulus[..128], F4, Err(KeyRefusal::RsaTooShort { bits: 1024 }));
        check_is(
            &[&[0x7f], &modulus[1..]].concat(),
            F4,
            Err(KeyRefusal::RsaTooShort { bits: 2047 }),
        );
        check_is(&[&[1], &*modulus].concat(), F4, Err(KeyRefusal::RsaOddLength { bits: 2049 }));
        check_is(
            &[&[0x80; 1], &[1; 1024][..]].concat(),
            F4,
            Err(KeyRefusal::RsaTooLong { bits: 8200 }),
        );
        check_is(&[], F4, Err(KeyRefusal::RsaTooShort { bits: 0 }));
    }

    #[test]
    fn br_section_6_1_6_exponents() {
        let modulus = sound();
        check_is(&modulus, &[3], Ok(()));
        check_is(&modulus, &[], Err(KeyRefusal::RsaExponentTooSmall));
        check_is(&modulus, &[1], Err(KeyRefusal::RsaExponentTooSmall));
        check_is(&modulus, &[2], Err(KeyRefusal::RsaExponentEven));
        check_is(&modulus, &[1, 0, 0], Err(KeyRefusal::RsaExponentEven));
        check_is(&modulus, &[1; 33], Err(KeyRefusal::RsaExponentTooLarge));
    }

    #[test]
    fn br_section_6_1_6_small_factors() {
        for factor in [2, 3, 5, 743, 751] {
            let mut modulus = sound();
            // The next multiple of the factor that no smaller prime divides.
            while small_factor(&modulus) != Some(factor) {
                let mut low = u64::from_be_bytes(modulus[248..].try_into().unwrap());
                low += 1;
                modulus[248..].copy_from_slice(&low.to_be_bytes());
            }
            check_is(&modulus, F4, Err(KeyRefusal::RsaSmallFactor { factor }));
        }
    }

    #[test]
    fn br_section_6_1_1_3_close_factors() {
        assert!(factors_by_fermat(&product(1, 1)), "a perfect square");
        assert!(factors_by_fermat(&product(1, 3)), "twins");
        assert!(factors_by_fermat(&product(1, (1 << 40) + 1)), "one round");
        assert!(!factors_by_fermat(&sound()));
        // The method needs about (q - p)² / 8√n rounds: with factors 2^518 apart, 2^1036 / 2^1026.6.
        let mut apart = [0u8; 128];
        apart[0] = 0xc0;
        apart[63] = 0x40;
        apart[127] = 1;
        let mut near = apart;
        near[63] = 0;
        let wide = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 2048).unwrap();
        let far_apart = wide(&apart).wrapping_mul(wide(&near)).to_be_bytes();
        assert!(!factors_by_fermat(&far_apart));
        apart[63] = 0x04;
        let nearer = wide(&apart).wrapping_mul(wide(&near)).to_be_bytes();
        assert!(factors_by_fermat(&nearer));
    }

    #[test]
    fn roca_marks_powers_of_65537() {
        // 65537^128 + k·M for M the product of 3..=167 is a power of 65537 modulo every prime of M.
        let precision = 4096;
        let number = |n: u32| BoxedUint::from_be_slice(&n.to_be_bytes(), precision).unwrap();
        let product = (2..=167)
            .filter(|&n| is_prime(n))
            .fold(number(1), |product, prime| product.wrapping_mul(number(prime)));
        let power = (0..100).fold(number(1), |power, _| power.wrapping_mul(number(65_537)));
        let marked = product.wrapping_mul(number(1 << 30)).wrapping_add(&power).to_be_bytes();
        assert!(is_roca(&marked));
        assert!(!is_roca(&sound()));
        let unmarked = product.wrapping_mul(number(7)).wrapping_add(number(2)).to_be_bytes();
        assert!(!is_roca(&unmarked));
    }
}
