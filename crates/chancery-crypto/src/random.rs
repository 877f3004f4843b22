//! Randomness as an argument.

use core::fmt;

/// A source of cryptographically secure random bytes.
///
/// Protocol crates take one as an argument instead of asking the operating system, so that tests
/// can replay published traces.
pub trait Random {
    /// Fills the whole of `out`.
    ///
    /// # Errors
    /// If the source cannot deliver; `out` must then not be used.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError>;
}

/// The source of randomness failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RandomError;

impl RandomError {
    /// The error; it carries nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Default for RandomError {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of randomness failed")
    }
}

impl core::error::Error for RandomError {}
