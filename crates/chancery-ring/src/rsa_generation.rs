//! Generation of RSA keys by the `rsa` crate, which draws far more randomness than a key is worth.

use core::convert::Infallible;

use ring::{hmac, rand::SecureRandom as _};
use rsa::{PrivateKey, rand_core};
use zeroize::Zeroizing;

use crate::KeyError;

pub(crate) fn generate(bits: usize) -> Result<PrivateKey, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    ring::rand::SystemRandom::new().fill(&mut *seed).map_err(|_| KeyError::Random)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &*seed);
    PrivateKey::new(&mut Expanded { key, blocks: 0 }, bits).map_err(|_| KeyError::Random)
}

/// A seed, expanded in HMAC's counter mode (NIST SP 800-108 §4.1).
///
/// The `rsa` crate cannot be told that its source failed, so the one draw that can fail, the seed,
/// comes first.
struct Expanded {
    key: hmac::Key,
    blocks: u64,
}

impl Expanded {
    fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let block = hmac::sign(&self.key, &self.blocks.to_be_bytes());
            self.blocks += 1;
            for (to, from) in chunk.iter_mut().zip(block.as_ref()) {
                *to = *from;
            }
        }
    }
}

impl rand_core::TryRng for Expanded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_ne_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Expanded {}
