//! SHA-256 and SHA-384 (FIPS 180-4), and HMAC (RFC 2104) with them.

use core::fmt;

use chancery_crypto::{Digest, HashAlgorithm};
use ring::{digest, hmac};

/// A running SHA-256 or SHA-384.
#[derive(Clone)]
pub struct Hash {
    algorithm: HashAlgorithm,
    context: digest::Context,
}

impl chancery_crypto::Hash for Hash {
    type Hmac = Hmac;

    fn new(algorithm: HashAlgorithm) -> Self {
        let ring = match algorithm {
            HashAlgorithm::Sha384 => &digest::SHA384,
            // The seam's enum is open; a third algorithm has to be added here too.
            _ => &digest::SHA256,
        };
        Self { algorithm, context: digest::Context::new(ring) }
    }

    fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    fn finish(self) -> Digest {
        secret(self.context.finish().as_ref())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({:?}, [..])", self.algorithm)
    }
}

/// A keyed HMAC.
///
/// *ring* keeps the two hash states that the key led to, not the key, and does not wipe them.
#[derive(Clone)]
pub struct Hmac(hmac::Key);

impl chancery_crypto::Hmac for Hmac {
    fn new(algorithm: HashAlgorithm, key: &[u8]) -> Self {
        let ring = match algorithm {
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            _ => hmac::HMAC_SHA256,
        };
        Self(hmac::Key::new(ring, key))
    }

    fn authenticate(&self, parts: &[&[u8]]) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        secret(context.sign().as_ref())
    }
}

impl fmt::Debug for Hmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hmac([..])")
    }
}

fn secret(output: &[u8]) -> Digest {
    // At most 48 bytes of the 64 that a digest can hold.
    Digest::try_from(output).unwrap_or_else(|_| unreachable!("SHA-384 gives 48 bytes"))
}

#[cfg(test)]
mod tests {
    use chancery_crypto::{Hash as _, Hmac as _};

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<_> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    #[test]
    fn hashes_of_abc() {
        // FIPS 180-4's own example.
        let check = |algorithm: HashAlgorithm, expected| {
            let mut hash = Hash::new(algorithm);
            hash.update(b"a");
            let fork = hash.clone();
            hash.update(b"bc");
            assert_eq!(hash.finish().as_bytes(), hex(expected));
            assert_eq!(fork.finish().len(), algorithm.output_len());
        };
        check(
            HashAlgorithm::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        check(
            HashAlgorithm::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        );
    }

    #[test]
    fn hmac_of_rfc_4231_case_2() {
        let check = |algorithm, expected| {
            let hmac = Hmac::new(algorithm, b"Jefe");
            let code = hmac.authenticate(&[b"what do ya want ", b"for nothing?"]);
            assert_eq!(code.as_bytes(), hex(expected));
        };
        check(
            HashAlgorithm::Sha256,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            HashAlgorithm::Sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        );
    }

    #[test]
    fn prints_nothing_of_its_state() {
        let shown = format!(
            "{:?} {:?}",
            Hash::new(HashAlgorithm::Sha256),
            Hmac::new(HashAlgorithm::Sha256, b"key")
        );
        assert_eq!(shown, "Hash(Sha256, [..]) Hmac([..])");
    }
}
