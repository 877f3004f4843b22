//! Public keys, as they were received and as what they are.
//!
//! ```text
//! SubjectPublicKeyInfo ::= SEQUENCE {                      RFC 5280 §4.1.2.7
//!     algorithm         AlgorithmIdentifier,
//!     subjectPublicKey  BIT STRING }
//! ```

use crate::algorithm::{AlgorithmIdentifier, P256_KEY, P384_KEY, RsaPssParameters};
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::oid::Oid;
use crate::reader::{self, Reader, strict, tag};
use crate::strictness::Strictness;

/// A `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubjectPublicKeyInfo<'a> {
    raw: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    subject_public_key: BitString<'a>,
    key: PublicKey<'a>,
}

impl<'a> SubjectPublicKeyInfo<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or its key does not fit its algorithm, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        strict(der, Self::read)
    }

    pub(crate) const EMPTY: Self = Self {
        raw: &[],
        algorithm: AlgorithmIdentifier::EMPTY,
        subject_public_key: BitString::EMPTY,
        key: PublicKey::Unknown,
    };

    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut this = Self::EMPTY;
        this.fill(s, reader)?;
        Ok(this)
    }

    #[inline]
    pub(crate) fn fill<S: Strictness>(
        &mut self,
        s: &mut S,
        reader: &mut Reader<'a>,
    ) -> Result<(), Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        self.raw = element.raw;
        let mut inner = Reader::new(element.value);
        self.algorithm =
            s.within(Field::Algorithm, |s| AlgorithmIdentifier::read(s, &mut inner))?;
        self.subject_public_key = s.within(Field::SubjectPublicKey, |s| inner.bit_string(s))?;
        inner.finish(s)?;
        let key = s.recover(|s| PublicKey::parse(s, &self.algorithm, self.subject_public_key))?;
        self.key = key.unwrap_or(PublicKey::Unknown);
        Ok(())
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The algorithm, as received.
    #[must_use]
    pub const fn algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.algorithm
    }

    /// The bits of the key, as received.
    #[must_use]
    pub const fn subject_public_key(&self) -> BitString<'a> {
        self.subject_public_key
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey<'a> {
        &self.key
    }
}

impl<'a> TryFrom<SubjectPublicKeyInfo<'a>> for spki::SubjectPublicKeyInfoRef<'a> {
    type Error = der::Error;

    fn try_from(info: SubjectPublicKeyInfo<'a>) -> Result<Self, der::Error> {
        use der::Decode;
        Self::from_der(info.raw)
    }
}

/// A public key. It is of the form that its algorithm wants; whether it is a *good* key (a point on the curve, a modulus
/// of two primes) only arithmetic can tell, and there is none here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// RSA, for any use (RFC 3279 §2.3.1).
    Rsa(RsaPublicKey<'a>),
    /// RSA, only for RSASSA-PSS, and only with these parameters if there are some (RFC 4055 §1.2).
    RsaPss(RsaPublicKey<'a>, Option<RsaPssParameters>),
    /// A point of a named curve, SEC 1 encoded, compressed or not (RFC 5480 §2.1, §2.2).
    Ec(NamedCurve, &'a [u8]),
    /// A point of a curve that has a name, one that this crate does not know.
    EcUnknownCurve(Oid<'a>, &'a [u8]),
    /// Ed25519 (RFC 8410).
    Ed25519(&'a [u8; 32]),
    /// Ed448 (RFC 8410).
    Ed448(&'a [u8; 57]),
    /// X25519 (RFC 8410).
    X25519(&'a [u8; 32]),
    /// X448 (RFC 8410).
    X448(&'a [u8; 56]),
    /// ML-DSA (RFC 9881).
    MlDsa(MlDsa, &'a [u8]),
    /// ML-KEM (RFC 9935).
    MlKem(MlKem, &'a [u8]),
    /// SLH-DSA (RFC 9909).
    SlhDsa(SlhDsa, &'a [u8]),
    /// Another algorithm: see [`SubjectPublicKeyInfo::algorithm`]. In lenient mode also a key that does not fit its algorithm.
    Unknown,
}

impl<'a> PublicKey<'a> {
    #[inline]
    fn parse<S: Strictness>(
        s: &mut S,
        algorithm: &AlgorithmIdentifier<'a>,
        bits: BitString<'a>,
    ) -> Result<Self, Fault> {
        let key = bits.as_bytes();
        // Most keys, told by the bytes of their algorithm.
        if *algorithm.as_der() == P256_KEY {
            return Self::point(s, NamedCurve::P256, bits);
        }
        if *algorithm.as_der() == P384_KEY {
            return Self::point(s, NamedCurve::P384, bits);
        }
        let oid = algorithm.oid();
        match oid {
            Oid::RSA_ENCRYPTION => {
                // RFC 3279 §2.3.1: the parameters MUST be NULL.
                if algorithm.parameters() != Some(&[tag::NULL, 0]) {
                    let at = algorithm.parameters().unwrap_or_else(|| algorithm.as_der());
                    s.within(Field::Algorithm, |s| {
                        s.deviation(ErrorKind::InvalidAlgorithmParameters, at)
                    })?;
                }
                aligned(s, bits)?;
                RsaPublicKey::parse_in(s, key).map(Self::Rsa)
            }
            Oid::EC_PUBLIC_KEY => {
                let curve = s.within(Field::Algorithm, |s| named_curve(s, algorithm))?;
                if let Some(known) = NamedCurve::from_oid(curve) {
                    return Self::point(s, known, bits);
                }
                aligned(s, bits)?;
                Ok(Self::EcUnknownCurve(curve, key))
            }
            Oid::RSASSA_PSS => {
                let parameters = match algorithm.parameters() {
                    None => None,
                    Some(der) => Some(s.within(Field::Algorithm, |s| {
                        let mut reader = Reader::new(der);
                        let parameters = RsaPssParameters::read(s, &mut reader)?;
                        reader.finish(s)?;
                        Ok(parameters)
                    })?),
                };
                aligned(s, bits)?;
                Ok(Self::RsaPss(RsaPublicKey::parse_in(s, key)?, parameters))
            }
            Oid::ED25519 => fixed(s, algorithm, bits).map(Self::Ed25519),
            Oid::ED448 => fixed(s, algorithm, bits).map(Self::Ed448),
            Oid::X25519 => fixed(s, algorithm, bits).map(Self::X25519),
            Oid::X448 => fixed(s, algorithm, bits).map(Self::X448),
            _ => {
                let (this, length) = if let Some(set) = MlDsa::from_oid(oid) {
                    (Self::MlDsa(set, key), set.public_key_len())
                } else if let Some(set) = MlKem::from_oid(oid) {
                    (Self::MlKem(set, key), set.public_key_len())
                } else if let Some(set) = SlhDsa::from_oid(oid) {
                    (Self::SlhDsa(set, key), set.public_key_len())
                } else {
                    return Ok(Self::Unknown);
                };
                bare(s, algorithm)?;
                aligned(s, bits)?;
                if key.len() == length { Ok(this) } else { invalid(s, key) }
            }
        }
    }

    #[inline]
    fn point<S: Strictness>(
        s: &mut S,
        curve: NamedCurve,
        bits: BitString<'a>,
    ) -> Result<Self, Fault> {
        aligned(s, bits)?;
        let key = bits.as_bytes();
        if curve.is_point(key) { Ok(Self::Ec(curve, key)) } else { invalid(s, key) }
    }
}

#[cold]
fn invalid<S: Strictness, T>(s: &mut S, at: &[u8]) -> Result<T, Fault> {
    s.within(Field::SubjectPublicKey, |_| Err(Fault::new(ErrorKind::InvalidPublicKey, at)))
}

#[inline]
fn aligned<S: Strictness>(s: &mut S, bits: BitString<'_>) -> Result<(), Fault> {
    s.within(Field::SubjectPublicKey, |s| bits.aligned(s).map(drop))
}

/// RFC 8410 §3, RFC 9881 §2, RFC 9909 §3, RFC 9935 §3: the parameters MUST be absent.
fn bare<S: Strictness>(s: &mut S, algorithm: &AlgorithmIdentifier<'_>) -> Result<(), Fault> {
    match algorithm.parameters() {
        None => Ok(()),
        Some(at) => {
            s.within(Field::Algorithm, |s| s.deviation(ErrorKind::InvalidAlgorithmParameters, at))
        }
    }
}

fn fixed<'a, const N: usize, S: Strictness>(
    s: &mut S,
    algorithm: &AlgorithmIdentifier<'_>,
    bits: BitString<'a>,
) -> Result<&'a [u8; N], Fault> {
    bare(s, algorithm)?;
    aligned(s, bits)?;
    bits.as_bytes().try_into().or_else(|_| invalid(s, bits.as_bytes()))
}

/// RFC 5480 §2.1.1: only `namedCurve`. Explicit parameters let a forger choose the generator (CVE-2020-0601).
fn named_curve<'a, S: Strictness>(
    s: &mut S,
    algorithm: &AlgorithmIdentifier<'a>,
) -> Result<Oid<'a>, Fault> {
    let at = algorithm.parameters().unwrap_or_default();
    match at.first() {
        Some(&tag::OID) => Reader::new(at).oid(s),
        Some(&tag::SEQUENCE) => Err(Fault::new(ErrorKind::ExplicitCurve, at)),
        _ => Err(Fault::new(ErrorKind::InvalidAlgorithmParameters, algorithm.as_der())),
    }
}

/// The two numbers of an RSA key.
///
/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }    RFC 8017 appendix A.1.1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RsaPublicKey<'a> {
    modulus: &'a [u8],
    public_exponent: &'a [u8],
}

impl<'a> RsaPublicKey<'a> {
    /// Parses the DER of one, as PKCS#1 has it.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        strict(der, Self::read)
    }

    fn parse_in<S: Strictness>(s: &mut S, der: &'a [u8]) -> Result<Self, Fault> {
        s.within(Field::SubjectPublicKey, |s| {
            let mut reader = Reader::new(der);
            let key = Self::read(s, &mut reader)?;
            reader.finish(s)?;
            Ok(key)
        })
    }

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let mut positive = |s: &mut S| {
            let value = inner.read(s, tag::INTEGER)?;
            match reader::unsigned(s, value)? {
                [] => Err(Fault::new(ErrorKind::InvalidPublicKey, value)),
                digits => Ok(digits),
            }
        };
        let modulus = positive(s)?;
        let public_exponent = positive(s)?;
        inner.finish(s)?;
        Ok(Self { modulus, public_exponent })
    }

    /// The modulus, big-endian, without leading zeros.
    #[must_use]
    pub const fn modulus(&self) -> &'a [u8] {
        self.modulus
    }

    /// The exponent, big-endian, without leading zeros.
    #[must_use]
    pub const fn public_exponent(&self) -> &'a [u8] {
        self.public_exponent
    }

    /// The length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self.modulus {
            [first, rest @ ..] => {
                let top = u8::BITS - first.leading_zeros();
                rest.len() * 8 + usize::try_from(top).unwrap_or_default()
            }
            [] => 0,
        }
    }
}

/// An elliptic curve that has a name (RFC 5480 §2.1.1.1, SEC 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NamedCurve {
    /// secp224r1, P-224.
    P224,
    /// secp256r1, P-256.
    P256,
    /// secp384r1, P-384.
    P384,
    /// secp521r1, P-521.
    P521,
    /// secp256k1.
    Secp256k1,
}

impl NamedCurve {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match oid {
            Oid::SECP224R1 => Self::P224,
            Oid::SECP256R1 => Self::P256,
            Oid::SECP384R1 => Self::P384,
            Oid::SECP521R1 => Self::P521,
            Oid::SECP256K1 => Self::Secp256k1,
            _ => return None,
        })
    }

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> Oid<'static> {
        match self {
            Self::P224 => Oid::SECP224R1,
            Self::P256 => Oid::SECP256R1,
            Self::P384 => Oid::SECP384R1,
            Self::P521 => Oid::SECP521R1,
            Self::Secp256k1 => Oid::SECP256K1,
        }
    }

    /// The length of a coordinate in bytes.
    #[must_use]
    pub const fn field_len(self) -> usize {
        match self {
            Self::P224 => 28,
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// SEC 1 §2.3.3: 04, x, y; or 02 or 03, x. The point at infinity is no key.
    pub(crate) fn is_point(self, bytes: &[u8]) -> bool {
        match bytes {
            [4, rest @ ..] => rest.len() == 2 * self.field_len(),
            [2 | 3, rest @ ..] => rest.len() == self.field_len(),
            _ => false,
        }
    }
}

/// `2.16.840.1.101.3.4`, NIST's algorithms: what comes behind it tells them apart.
fn nist_arc(oid: Oid<'_>) -> Option<[u8; 2]> {
    match *oid.as_bytes() {
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, a, b] => Some([a, b]),
        _ => None,
    }
}

/// A parameter set of ML-DSA (RFC 9881 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MlDsa {
    /// ML-DSA-44, 2.16.840.1.101.3.4.3.17.
    MlDsa44,
    /// ML-DSA-65, 2.16.840.1.101.3.4.3.18.
    MlDsa65,
    /// ML-DSA-87, 2.16.840.1.101.3.4.3.19.
    MlDsa87,
}

impl MlDsa {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match nist_arc(oid)? {
            [3, 17] => Self::MlDsa44,
            [3, 18] => Self::MlDsa65,
            [3, 19] => Self::MlDsa87,
            _ => return None,
        })
    }

    /// The length of a public key in bytes (FIPS 204 table 2).
    #[must_use]
    pub const fn public_key_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// As the standard writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }
}

/// A parameter set of ML-KEM (RFC 9935 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MlKem {
    /// ML-KEM-512, 2.16.840.1.101.3.4.4.1.
    MlKem512,
    /// ML-KEM-768, 2.16.840.1.101.3.4.4.2.
    MlKem768,
    /// ML-KEM-1024, 2.16.840.1.101.3.4.4.3.
    MlKem1024,
}

impl MlKem {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match nist_arc(oid)? {
            [4, 1] => Self::MlKem512,
            [4, 2] => Self::MlKem768,
            [4, 3] => Self::MlKem1024,
            _ => return None,
        })
    }

    /// The length of a public key in bytes (FIPS 203 table 3).
    #[must_use]
    pub const fn public_key_len(self) -> usize {
        match self {
            Self::MlKem512 => 800,
            Self::MlKem768 => 1184,
            Self::MlKem1024 => 1568,
        }
    }

    /// As the standard writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MlKem512 => "ML-KEM-512",
            Self::MlKem768 => "ML-KEM-768",
            Self::MlKem1024 => "ML-KEM-1024",
        }
    }
}

/// A parameter set of SLH-DSA, pure (RFC 9909 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlhDsa {
    /// SLH-DSA-SHA2-128s, 2.16.840.1.101.3.4.3.20.
    Sha2_128s,
    /// SLH-DSA-SHA2-128f, 2.16.840.1.101.3.4.3.21.
    Sha2_128f,
    /// SLH-DSA-SHA2-192s, 2.16.840.1.101.3.4.3.22.
    Sha2_192s,
    /// SLH-DSA-SHA2-192f, 2.16.840.1.101.3.4.3.23.
    Sha2_192f,
    /// SLH-DSA-SHA2-256s, 2.16.840.1.101.3.4.3.24.
    Sha2_256s,
    /// SLH-DSA-SHA2-256f, 2.16.840.1.101.3.4.3.25.
    Sha2_256f,
    /// SLH-DSA-SHAKE-128s, 2.16.840.1.101.3.4.3.26.
    Shake128s,
    /// SLH-DSA-SHAKE-128f, 2.16.840.1.101.3.4.3.27.
    Shake128f,
    /// SLH-DSA-SHAKE-192s, 2.16.840.1.101.3.4.3.28.
    Shake192s,
    /// SLH-DSA-SHAKE-192f, 2.16.840.1.101.3.4.3.29.
    Shake192f,
    /// SLH-DSA-SHAKE-256s, 2.16.840.1.101.3.4.3.30.
    Shake256s,
    /// SLH-DSA-SHAKE-256f, 2.16.840.1.101.3.4.3.31.
    Shake256f,
}

impl SlhDsa {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match nist_arc(oid)? {
            [3, 20] => Self::Sha2_128s,
            [3, 21] => Self::Sha2_128f,
            [3, 22] => Self::Sha2_192s,
            [3, 23] => Self::Sha2_192f,
            [3, 24] => Self::Sha2_256s,
            [3, 25] => Self::Sha2_256f,
            [3, 26] => Self::Shake128s,
            [3, 27] => Self::Shake128f,
            [3, 28] => Self::Shake192s,
            [3, 29] => Self::Shake192f,
            [3, 30] => Self::Shake256s,
            [3, 31] => Self::Shake256f,
            _ => return None,
        })
    }

    /// The length of a public key in bytes (FIPS 205 table 2).
    #[must_use]
    pub const fn public_key_len(self) -> usize {
        match self {
            Self::Sha2_128s | Self::Sha2_128f | Self::Shake128s | Self::Shake128f => 32,
            Self::Sha2_192s | Self::Sha2_192f | Self::Shake192s | Self::Shake192f => 48,
            Self::Sha2_256s | Self::Sha2_256f | Self::Shake256s | Self::Shake256f => 64,
        }
    }

    /// As the standard writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha2_128s => "SLH-DSA-SHA2-128s",
            Self::Sha2_128f => "SLH-DSA-SHA2-128f",
            Self::Sha2_192s => "SLH-DSA-SHA2-192s",
            Self::Sha2_192f => "SLH-DSA-SHA2-192f",
            Self::Sha2_256s => "SLH-DSA-SHA2-256s",
            Self::Sha2_256f => "SLH-DSA-SHA2-256f",
            Self::Shake128s => "SLH-DSA-SHAKE-128s",
            Self::Shake128f => "SLH-DSA-SHAKE-128f",
            Self::Shake192s => "SLH-DSA-SHAKE-192s",
            Self::Shake192f => "SLH-DSA-SHAKE-192f",
            Self::Shake256s => "SLH-DSA-SHAKE-256s",
            Self::Shake256f => "SLH-DSA-SHAKE-256f",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    extern crate std;
    use std::vec::Vec;

    fn check(algorithm: &[u8], length: usize, expected: Option<NamedCurve>) {
        let mut der = Vec::from([0x30, 0]);
        der.extend_from_slice(algorithm);
        der.extend_from_slice(&[3, u8::try_from(length + 2).unwrap(), 0, 4]);
        der.resize(der.len() + length, 1);
        der[1] = u8::try_from(der.len() - 2).unwrap();
        let key = SubjectPublicKeyInfo::parse(&der).map(|info| match *info.key() {
            PublicKey::Ec(curve, point) => Some((curve, point.len())),
            _ => None,
        });
        match expected {
            Some(curve) => assert_eq!(key.unwrap(), Some((curve, length + 1))),
            None => assert_eq!(key.unwrap_err().kind(), ErrorKind::InvalidPublicKey),
        }
    }

    #[test]
    fn points_of_the_common_curves() {
        check(&P256_KEY, 64, Some(NamedCurve::P256));
        check(&P384_KEY, 96, Some(NamedCurve::P384));
        check(&P256_KEY, 96, None);
        check(&P384_KEY, 64, None);
    }
}
