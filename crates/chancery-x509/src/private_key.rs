//! Private keys, in the three forms that files have.
//!
//! ```text
//! PKCS#8   OneAsymmetricKey   RFC 5958 §2          BEGIN PRIVATE KEY
//! SEC 1    ECPrivateKey       RFC 5915 §3          BEGIN EC PRIVATE KEY
//! PKCS#1   RSAPrivateKey      RFC 8017 §A.1.2      BEGIN RSA PRIVATE KEY
//! ```
//!
//! Encrypted keys (RFC 5958 §3) are not read. The keys borrow the caller's bytes, which are the caller's to wipe; `Debug`
//! shows none of them.

use core::fmt;

use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::oid::Oid;
use crate::public_key::NamedCurve;
use crate::reader::{self, Reader, tag};
use crate::strictness::Strictness;

/// A PKCS#8 private key, version 1 or 2.
///
/// ```text
/// OneAsymmetricKey ::= SEQUENCE {                          RFC 5958 §2
///     version              INTEGER { v1(0), v2(1) },
///     privateKeyAlgorithm  AlgorithmIdentifier,
///     privateKey           OCTET STRING,
///     attributes           [0] IMPLICIT SET OF Attribute OPTIONAL,
///     publicKey            [1] IMPLICIT BIT STRING OPTIONAL }
/// ```
#[derive(Clone, Copy)]
pub struct PrivateKeyInfo<'a> {
    algorithm: AlgorithmIdentifier<'a>,
    private_key: &'a [u8],
    public_key: Option<BitString<'a>>,
    key: PrivateKey<'a>,
}

impl<'a> PrivateKeyInfo<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or its key is not of its algorithm's form, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, |s, reader| {
            let mut inner = reader.sequence(s)?;
            let at = inner.rest();
            let version = s.within(Field::Version, |s| inner.u32(s))?;
            if version > 1 {
                return Err(Fault::new(ErrorKind::UnsupportedVersion, at));
            }
            let algorithm =
                s.within(Field::Algorithm, |s| AlgorithmIdentifier::read(s, &mut inner))?;
            let private_key = s.within(Field::PrivateKey, |s| inner.read(s, tag::OCTET_STRING))?;
            inner.optional(s, tag::constructed(0))?;
            let at = inner.rest();
            let public_key = match inner.optional(s, tag::context(1))? {
                None => None,
                // RFC 5958 §2: a public key makes it version 2. Early encoders of Ed25519 keys wrote 1 with [1]
                // EXPLICIT, which is another tag and refused.
                Some(_) if version == 0 => {
                    return Err(Fault::new(ErrorKind::FieldNotInVersion, at));
                }
                Some(value) => {
                    Some(s.within(Field::PublicKey, |s| BitString::parse(s, value)?.aligned(s))?)
                }
            };
            inner.finish(s)?;
            let key =
                s.within(Field::PrivateKey, |s| PrivateKey::parse(s, &algorithm, private_key))?;
            Ok(Self { algorithm, private_key, public_key, key })
        })
    }

    /// The algorithm, as received.
    #[must_use]
    pub const fn algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.algorithm
    }

    /// The contents of the OCTET STRING.
    #[must_use]
    pub const fn private_key(&self) -> &'a [u8] {
        self.private_key
    }

    /// The public key, where it was put beside.
    #[must_use]
    pub const fn public_key(&self) -> Option<BitString<'a>> {
        self.public_key
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PrivateKey<'a> {
        &self.key
    }
}

impl fmt::Debug for PrivateKeyInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKeyInfo")
            .field("algorithm", &self.algorithm.oid())
            .field("private_key", &format_args!("[..]"))
            .finish()
    }
}

/// A private key. It has the form that its algorithm wants; whether its numbers are right only arithmetic can tell.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum PrivateKey<'a> {
    /// RSA.
    Rsa(RsaPrivateKey<'a>),
    /// A scalar of a named curve.
    Ec(NamedCurve, EcPrivateKey<'a>),
    /// Ed25519's seed (RFC 8410 §7).
    Ed25519(&'a [u8; 32]),
    /// Ed448's seed.
    Ed448(&'a [u8; 57]),
    /// X25519's scalar.
    X25519(&'a [u8; 32]),
    /// X448's scalar.
    X448(&'a [u8; 56]),
    /// ML-DSA: the contents as RFC 9881 §6 has them, a choice of seed and expanded key, not looked into.
    MlDsa(crate::MlDsa, &'a [u8]),
    /// ML-KEM: the contents as RFC 9935 §6 has them, not looked into.
    MlKem(crate::MlKem, &'a [u8]),
    /// SLH-DSA (RFC 9909 §5).
    SlhDsa(crate::SlhDsa, &'a [u8]),
    /// Another algorithm: see [`PrivateKeyInfo::algorithm`].
    Unknown,
}

impl fmt::Debug for PrivateKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "Rsa([..])",
            Self::Ec(..) => "Ec([..])",
            Self::Ed25519(_) => "Ed25519([..])",
            Self::Ed448(_) => "Ed448([..])",
            Self::X25519(_) => "X25519([..])",
            Self::X448(_) => "X448([..])",
            Self::MlDsa(..) => "MlDsa([..])",
            Self::MlKem(..) => "MlKem([..])",
            Self::SlhDsa(..) => "SlhDsa([..])",
            Self::Unknown => "Unknown",
        })
    }
}

fn invalid(at: &[u8]) -> Fault {
    Fault::new(ErrorKind::InvalidPrivateKey, at)
}

impl<'a> PrivateKey<'a> {
    fn parse<S: Strictness>(
        s: &mut S,
        algorithm: &AlgorithmIdentifier<'a>,
        key: &'a [u8],
    ) -> Result<Self, Fault> {
        let oid = algorithm.oid();
        let bare = || match algorithm.parameters() {
            None => Ok(()),
            Some(at) => Err(Fault::new(ErrorKind::InvalidAlgorithmParameters, at)),
        };
        match oid {
            Oid::RSA_ENCRYPTION | Oid::RSASSA_PSS => {
                if oid == Oid::RSA_ENCRYPTION && !algorithm.parameters_null_or_absent() {
                    let at = algorithm.as_der();
                    return Err(Fault::new(ErrorKind::InvalidAlgorithmParameters, at));
                }
                let mut reader = Reader::new(key);
                let rsa = RsaPrivateKey::read(s, &mut reader)?;
                reader.finish(s)?;
                Ok(Self::Rsa(rsa))
            }
            Oid::EC_PUBLIC_KEY => {
                let curve = algorithm.parameters().map(Reader::new);
                let curve = curve.and_then(|mut reader| reader.oid(s).ok());
                let curve = curve.ok_or_else(|| {
                    Fault::new(ErrorKind::InvalidAlgorithmParameters, algorithm.as_der())
                })?;
                let Some(curve) = NamedCurve::from_oid(curve) else { return Ok(Self::Unknown) };
                let mut reader = Reader::new(key);
                let ec = EcPrivateKey::read(s, &mut reader)?;
                reader.finish(s)?;
                ec.check_curve(curve, key)?;
                Ok(Self::Ec(curve, ec))
            }
            Oid::ED25519 => bare().and_then(|()| curve_key(s, key)).map(Self::Ed25519),
            Oid::ED448 => bare().and_then(|()| curve_key(s, key)).map(Self::Ed448),
            Oid::X25519 => bare().and_then(|()| curve_key(s, key)).map(Self::X25519),
            Oid::X448 => bare().and_then(|()| curve_key(s, key)).map(Self::X448),
            _ => {
                let this = if let Some(set) = crate::MlDsa::from_oid(oid) {
                    Self::MlDsa(set, key)
                } else if let Some(set) = crate::MlKem::from_oid(oid) {
                    Self::MlKem(set, key)
                } else if let Some(set) = crate::SlhDsa::from_oid(oid) {
                    // RFC 9909 §5: SK.seed, SK.prf, PK.seed, PK.root.
                    if key.len() != 2 * set.public_key_len() {
                        return Err(invalid(key));
                    }
                    Self::SlhDsa(set, key)
                } else {
                    return Ok(Self::Unknown);
                };
                bare()?;
                Ok(this)
            }
        }
    }
}

/// `CurvePrivateKey ::= OCTET STRING` inside the OCTET STRING (RFC 8410 §7).
fn curve_key<'a, const N: usize, S: Strictness>(
    s: &mut S,
    key: &'a [u8],
) -> Result<&'a [u8; N], Fault> {
    let mut reader = Reader::new(key);
    let seed = reader.read(s, tag::OCTET_STRING)?;
    reader.finish(s)?;
    seed.try_into().map_err(|_| invalid(key))
}

/// An RSA private key, each number big-endian without leading zeros.
///
/// ```text
/// RSAPrivateKey ::= SEQUENCE {                             RFC 8017 appendix A.1.2
///     version INTEGER, modulus INTEGER, publicExponent INTEGER, privateExponent INTEGER,
///     prime1 INTEGER, prime2 INTEGER, exponent1 INTEGER, exponent2 INTEGER, coefficient INTEGER }
/// ```
///
/// Keys of more than two primes (version 1) are refused.
#[derive(Clone, Copy)]
pub struct RsaPrivateKey<'a> {
    numbers: [&'a [u8]; 8],
}

macro_rules! numbers {
    ($($index:literal $name:ident $doc:literal,)*) => {
        impl<'a> RsaPrivateKey<'a> {
            $(#[doc = $doc]
            #[must_use]
            pub const fn $name(&self) -> &'a [u8] {
                let number: [&'a [u8]; 8] = self.numbers;
                number[$index]
            })*
        }
    };
}

numbers! {
    0 modulus "The modulus.",
    1 public_exponent "The public exponent.",
    2 private_exponent "The private exponent.",
    3 prime1 "The first prime.",
    4 prime2 "The second prime.",
    5 exponent1 "The private exponent modulo the first prime less one.",
    6 exponent2 "The private exponent modulo the second prime less one.",
    7 coefficient "The inverse of the second prime modulo the first.",
}

impl<'a> RsaPrivateKey<'a> {
    /// Parses the DER of one, as PKCS#1 has it.
    ///
    /// # Errors
    /// If it is not one, or a number is zero or negative, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, Self::read)
    }

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let at = inner.rest();
        if inner.u32(s)? != 0 {
            return Err(Fault::new(ErrorKind::UnsupportedVersion, at));
        }
        let mut numbers: [&[u8]; 8] = [&[]; 8];
        for number in &mut numbers {
            let value = inner.read(s, tag::INTEGER)?;
            *number = reader::unsigned(s, value)?;
            // A zero prime or exponent divides nothing (CVE-2025-22865 was a panic on a missing one).
            if number.is_empty() {
                return Err(invalid(value));
            }
        }
        inner.finish(s)?;
        Ok(Self { numbers })
    }
}

impl fmt::Debug for RsaPrivateKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaPrivateKey([..])")
    }
}

/// A scalar of an elliptic curve.
///
/// ```text
/// ECPrivateKey ::= SEQUENCE {                              RFC 5915 §3
///     version     INTEGER { ecPrivkeyVer1(1) },
///     privateKey  OCTET STRING,
///     parameters  [0] EXPLICIT ECParameters OPTIONAL,
///     publicKey   [1] EXPLICIT BIT STRING OPTIONAL }
/// ```
#[derive(Clone, Copy)]
pub struct EcPrivateKey<'a> {
    private_key: &'a [u8],
    curve: Option<Oid<'a>>,
    public_key: Option<&'a [u8]>,
}

impl<'a> EcPrivateKey<'a> {
    /// Parses the DER of one, as SEC 1 has it: the curve is inside.
    ///
    /// # Errors
    /// If it is not one, or does not name a curve that this crate knows, or its lengths are not the curve's, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<(NamedCurve, Self), Error> {
        reader::strict(der, |s, reader| {
            let key = Self::read(s, reader)?;
            let curve = s.within(Field::Parameters, |_| {
                let curve = key.curve.and_then(NamedCurve::from_oid);
                curve.ok_or_else(|| Fault::new(ErrorKind::UnsupportedType, der))
            })?;
            key.check_curve(curve, der)?;
            Ok((curve, key))
        })
    }

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let at = inner.rest();
        if inner.u32(s)? != 1 {
            return Err(Fault::new(ErrorKind::UnsupportedVersion, at));
        }
        let private_key = inner.read(s, tag::OCTET_STRING)?;
        let curve = match inner.optional(s, tag::constructed(0))? {
            None => None,
            Some([tag::SEQUENCE, ..]) => return Err(Fault::new(ErrorKind::ExplicitCurve, at)),
            Some(value) => {
                let mut explicit = Reader::new(value);
                let curve = explicit.oid(s)?;
                explicit.finish(s)?;
                Some(curve)
            }
        };
        let public_key = match inner.optional(s, tag::constructed(1))? {
            None => None,
            Some(value) => {
                let mut explicit = Reader::new(value);
                let bits = explicit.bit_string(s)?.aligned(s)?;
                explicit.finish(s)?;
                Some(bits.as_bytes())
            }
        };
        inner.finish(s)?;
        Ok(Self { private_key, curve, public_key })
    }

    /// RFC 5915 §3: the scalar is as long as the order of the curve, which for the curves here is as long as a coordinate.
    fn check_curve(&self, curve: NamedCurve, at: &[u8]) -> Result<(), Fault> {
        let same = self.curve.is_none_or(|inner| inner == curve.oid());
        let length = self.private_key.len() == curve.field_len();
        let zero = self.private_key.iter().all(|&byte| byte == 0);
        let point = self.public_key.is_none_or(|point| curve.is_point(point));
        if same && length && !zero && point { Ok(()) } else { Err(invalid(at)) }
    }

    /// The scalar, big-endian, as long as a coordinate.
    #[must_use]
    pub const fn private_key(&self) -> &'a [u8] {
        self.private_key
    }

    /// The point, where it was put beside.
    #[must_use]
    pub const fn public_key(&self) -> Option<&'a [u8]> {
        self.public_key
    }
}

impl fmt::Debug for EcPrivateKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcPrivateKey([..])")
    }
}
