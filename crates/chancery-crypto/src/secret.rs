//! Bytes that must not outlive their use, nor appear in a log.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// At most `N` secret bytes, kept inline.
///
/// They are wiped on drop, compared without a data-dependent branch, and printed as `[..]`.
/// Moving a value in Rust may leave a copy of its bytes behind on the stack; long-lived secrets
/// should therefore be made in the place where they stay.
///
/// ```
/// use chancery_crypto::Secret;
///
/// let secret = Secret::<48>::try_from(&[7u8; 32][..])?;
/// assert_eq!(secret.as_bytes(), &[7; 32]);
/// assert_eq!(format!("{secret:?}"), "[..]");
/// # Ok::<(), chancery_crypto::SecretTooLong>(())
/// ```
#[derive(Clone)]
pub struct Secret<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Secret<N> {
    /// `len` zero bytes, to be filled in place; `None` if `len` exceeds `N`.
    #[must_use]
    pub const fn zeroed(len: usize) -> Option<Self> {
        if len > N { None } else { Some(Self { bytes: [0; N], len }) }
    }

    /// The bytes themselves. Whoever calls this answers for what becomes of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The bytes, to be written in place.
    pub fn as_mut_bytes(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }

    /// Whether these bytes equal `other`, in time that depends on the lengths only.
    #[must_use]
    pub fn equals(&self, other: &[u8]) -> bool {
        self.as_bytes().ct_eq(other).into()
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> TryFrom<&[u8]> for Secret<N> {
    type Error = SecretTooLong;

    fn try_from(bytes: &[u8]) -> Result<Self, SecretTooLong> {
        let mut secret = Self::zeroed(bytes.len()).ok_or(SecretTooLong)?;
        secret.as_mut_bytes().copy_from_slice(bytes);
        Ok(secret)
    }
}

impl<const N: usize> From<[u8; N]> for Secret<N> {
    fn from(mut bytes: [u8; N]) -> Self {
        let secret = Self { bytes, len: N };
        bytes.zeroize();
        secret
    }
}

impl<const N: usize> ConstantTimeEq for Secret<N> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.as_bytes().ct_eq(other.as_bytes())
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}

impl<const N: usize> Zeroize for Secret<N> {
    fn zeroize(&mut self) {
        // The whole array, not only the part in use: an earlier, longer use may have left bytes.
        self.bytes.zeroize();
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Secret<N> {}

/// The bytes do not fit into the [`Secret`] that was to hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretTooLong;

impl fmt::Display for SecretTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret is longer than the place for it")
    }
}

impl core::error::Error for SecretTooLong {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing_of_itself() {
        extern crate std;
        let secret = Secret::<8>::from([0xab; 8]);
        assert_eq!(std::format!("{secret:?} {secret:#?}"), "[..] [..]");
    }

    #[test]
    fn equality_covers_length_and_content() {
        let equal = |a: &[u8], b: &[u8]| {
            let (a, b) = (Secret::<8>::try_from(a).unwrap(), Secret::<8>::try_from(b).unwrap());
            bool::from(a.ct_eq(&b))
        };
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"abc\0"));
        assert!(equal(b"", b""));
        let secret = Secret::<8>::try_from(&b"abc"[..]).unwrap();
        assert!(secret.equals(b"abc"));
        assert!(!secret.equals(b"abd"));
        assert!(!secret.equals(b"ab"));
    }

    #[test]
    fn zeroize_wipes_every_byte() {
        let mut secret = Secret::<8>::try_from(&b"abc"[..]).unwrap();
        secret.zeroize();
        assert_eq!(secret.bytes, [0; 8]);
    }

    #[test]
    fn too_long_is_an_error() {
        assert_eq!(Secret::<2>::try_from(&b"abc"[..]).unwrap_err(), SecretTooLong);
        assert!(Secret::<2>::zeroed(3).is_none());
    }
}
