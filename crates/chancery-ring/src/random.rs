//! The operating system's randomness.

use chancery_crypto::{Random, RandomError};
use ring::rand::SecureRandom as _;

/// The operating system's source of randomness.
#[derive(Clone, Debug)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl SystemRandom {
    /// The source; making one costs nothing.
    #[must_use]
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        self.0.fill(out).map_err(|ring::error::Unspecified| RandomError::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_the_whole_and_differently_each_time() {
        let (mut a, mut b) = ([0; 64], [0; 64]);
        SystemRandom::new().fill(&mut a).unwrap();
        SystemRandom::new().fill(&mut b).unwrap();
        assert_ne!(a, b);
        assert_ne!(a[32..], [0; 32]);
    }
}
