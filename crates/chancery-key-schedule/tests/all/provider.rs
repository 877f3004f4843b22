//! Hash and HMAC by *ring*, the least that the schedule runs on, and hexadecimal.

use chancery_crypto::{Digest, Hash, HashAlgorithm, Hmac};
use ring::{digest, hmac};

#[derive(Clone)]
pub(crate) struct RingHash(digest::Context, HashAlgorithm);

impl Hash for RingHash {
    type Hmac = RingHmac;

    fn new(algorithm: HashAlgorithm) -> Self {
        let function = match algorithm {
            HashAlgorithm::Sha256 => &digest::SHA256,
            HashAlgorithm::Sha384 => &digest::SHA384,
            other => panic!("{other:?} is not tested"),
        };
        Self(digest::Context::new(function), algorithm)
    }

    fn algorithm(&self) -> HashAlgorithm {
        self.1
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> Digest {
        Digest::try_from(self.0.finish().as_ref()).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct RingHmac(hmac::Key);

impl Hmac for RingHmac {
    fn new(algorithm: HashAlgorithm, key: &[u8]) -> Self {
        let function = match algorithm {
            HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            other => panic!("{other:?} is not tested"),
        };
        Self(hmac::Key::new(function, key))
    }

    fn authenticate(&self, parts: &[&[u8]]) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        parts.iter().for_each(|part| context.update(part));
        Digest::try_from(context.sign().as_ref()).unwrap()
    }
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2));
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
