//! Public keys, as far as a validator reads them: which algorithm, how strong, and the bits for the provider.
//!
//! ```text
//! SubjectPublicKeyInfo ─┬─► VerifyingKey: what a signature is checked with
//!                       └─► KeyKind:      what the policy judges
//! ```

use alloc::boxed::Box;
use core::ops::Range;

use chancery_x509::{NamedCurve, PublicKey, SubjectPublicKeyInfo};

use crate::policy::KeyPolicy;

/// What a signature is checked with.
#[derive(Clone, Copy)]
pub(crate) struct VerifyingKey<'a> {
    /// The SubjectPublicKeyInfo, whole.
    pub(crate) der: &'a [u8],
    /// The contents of its AlgorithmIdentifier.
    pub(crate) algorithm: &'a [u8],
    /// The bits of the key, if they are whole bytes.
    pub(crate) bits: Option<&'a [u8]>,
}

impl<'a> From<&SubjectPublicKeyInfo<'a>> for VerifyingKey<'a> {
    #[inline]
    fn from(key: &SubjectPublicKeyInfo<'a>) -> Self {
        let bits = key.subject_public_key();
        Self {
            der: key.as_der(),
            algorithm: key.algorithm().contents(),
            bits: (bits.unused_bits() == 0).then(|| bits.as_bytes()),
        }
    }
}

/// What the policy judges a key by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// So many bits.
    Rsa(usize),
    Ec(NamedCurve),
    EcUnknownCurve,
    /// Of one strength.
    Fixed,
    Unknown,
}

impl From<&PublicKey<'_>> for KeyKind {
    fn from(key: &PublicKey<'_>) -> Self {
        match key {
            PublicKey::Rsa(rsa) | PublicKey::RsaPss(rsa, _) => Self::Rsa(rsa.bits()),
            PublicKey::Ec(curve, _) => Self::Ec(*curve),
            PublicKey::EcUnknownCurve(..) => Self::EcUnknownCurve,
            PublicKey::Unknown => Self::Unknown,
            _ => Self::Fixed,
        }
    }
}

/// A key that is read once and owned: an anchor's.
#[derive(Clone)]
pub(crate) struct OwnedKey {
    der: Box<[u8]>,
    algorithm: Range<usize>,
    bits: Option<Range<usize>>,
    kind: KeyKind,
}

impl OwnedKey {
    pub(crate) fn new(key: &SubjectPublicKeyInfo<'_>) -> Self {
        let parts = VerifyingKey::from(key);
        let place = |part: &[u8]| {
            let start = part.as_ptr().addr().saturating_sub(parts.der.as_ptr().addr());
            start..start + part.len()
        };
        Self {
            algorithm: place(parts.algorithm),
            bits: parts.bits.map(place),
            kind: KeyKind::from(key.key()),
            der: parts.der.into(),
        }
    }

    pub(crate) fn as_der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) const fn kind(&self) -> KeyKind {
        self.kind
    }

    pub(crate) fn verifying_key(&self) -> VerifyingKey<'_> {
        VerifyingKey {
            der: &self.der,
            algorithm: self.der.get(self.algorithm.clone()).unwrap_or_default(),
            bits: self.bits.clone().and_then(|bits| self.der.get(bits)),
        }
    }
}

/// A key that the policy refuses, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WeakKey {
    RsaBits(usize),
    RsaNotWholeBytes(usize),
    Curve,
    Algorithm,
}

/// RFC 5280 leaves key strength to local policy; CA/B BR §6.1.5 is the web's.
pub(crate) fn check_key(
    key: KeyKind,
    policy: &KeyPolicy,
    whole_bytes: WholeBytes,
) -> Result<(), WeakKey> {
    match key {
        KeyKind::Rsa(bits) if bits < policy.minimum_rsa_bits || bits > policy.maximum_rsa_bits => {
            Err(WeakKey::RsaBits(bits))
        }
        KeyKind::Rsa(bits) if whole_bytes == WholeBytes::Required && bits % 8 != 0 => {
            Err(WeakKey::RsaNotWholeBytes(bits))
        }
        KeyKind::Ec(curve) if policy.curves.contains(&curve) => Ok(()),
        KeyKind::Ec(_) | KeyKind::EcUnknownCurve => Err(WeakKey::Curve),
        KeyKind::Unknown => Err(WeakKey::Algorithm),
        KeyKind::Rsa(_) | KeyKind::Fixed => Ok(()),
    }
}

/// Whether RSA moduli must be divisible by eight (CA/B BR §6.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WholeBytes {
    Required,
    Unchecked,
}
