//! Algorithm identifiers, as they were received and as what they mean.
//!
//! ```text
//! AlgorithmIdentifier ::= SEQUENCE {                       RFC 5280 §4.1.1.2
//!     algorithm   OBJECT IDENTIFIER,
//!     parameters  ANY DEFINED BY algorithm OPTIONAL }
//! ```

use core::fmt;

use crate::error::{Error, ErrorKind, Fault, Field};
use crate::oid::Oid;
use crate::reader::{Elements, Reader, strict, tag};
use crate::strictness::Strictness;

/// An `AlgorithmIdentifier`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlgorithmIdentifier<'a> {
    raw: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        strict(der, Self::read)
    }

    pub(crate) const EMPTY: Self = Self { raw: &[] };

    #[inline]
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        // They have nothing wrong.
        if let Some((raw, rest)) = split_common(reader.rest()) {
            *reader = Reader::new(rest);
            return Ok(Self { raw });
        }
        Self::read_any(s, reader)
    }

    #[inline(never)]
    fn read_any<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut inner = Reader::new(element.value);
        s.within(Field::Algorithm, |s| inner.oid(s))?;
        if !inner.is_empty() && !inner.skip(&[tag::NULL, 0]) {
            s.within(Field::Parameters, |s| inner.any(s))?;
        }
        inner.finish(s)?;
        Ok(Self { raw: element.raw })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The DER without the tag and the length of the SEQUENCE: what
    /// `rustls_pki_types::AlgorithmIdentifier` holds.
    #[must_use]
    #[inline]
    pub fn contents(&self) -> &'a [u8] {
        Elements::new(self.raw).value()
    }

    /// Which algorithm.
    #[must_use]
    #[inline]
    pub fn oid(&self) -> Oid<'a> {
        Oid::checked(Elements::new(self.contents()).value())
    }

    /// The DER of the parameters.
    #[must_use]
    #[inline]
    pub fn parameters(&self) -> Option<&'a [u8]> {
        Elements::new(self.contents()).nth(1).map(|parameters| parameters.raw)
    }

    /// Whether there are no parameters, or NULL.
    pub(crate) fn parameters_null_or_absent(&self) -> bool {
        matches!(self.parameters(), None | Some([tag::NULL, 0]))
    }

    /// What it means where it names how something is signed.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::of(self)
    }
}

impl<'a> TryFrom<AlgorithmIdentifier<'a>> for spki::AlgorithmIdentifierRef<'a> {
    type Error = der::Error;

    fn try_from(algorithm: AlgorithmIdentifier<'a>) -> Result<Self, der::Error> {
        use der::Decode;
        Self::from_der(algorithm.raw)
    }
}

impl fmt::Debug for AlgorithmIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlgorithmIdentifier")
            .field("oid", &self.oid())
            .field("parameters", &self.parameters())
            .finish()
    }
}

/// ecdsa-with-SHA256 (RFC 5758 §3.2).
const ECDSA_SHA256: [u8; 12] = *b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
/// ecdsa-with-SHA384 (RFC 5758 §3.2).
const ECDSA_SHA384: [u8; 12] = *b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
/// sha256WithRSAEncryption (RFC 4055 §5).
const RSA_SHA256: [u8; 15] = *b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
/// rsaEncryption (RFC 3279 §2.3.1).
const RSA_KEY: [u8; 15] = *b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// id-ecPublicKey with secp256r1 (RFC 5480 §2.1.1).
pub(crate) const P256_KEY: [u8; 21] =
    *b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// id-ecPublicKey with secp384r1 (RFC 5480 §2.1.1).
pub(crate) const P384_KEY: [u8; 18] =
    *b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";

/// The identifiers of nearly all keys and signatures of the web, and what follows: told by their bytes, none is taken apart.
#[inline(always)]
fn split_common(input: &[u8]) -> Option<(&[u8], &[u8])> {
    fn is<const N: usize>(input: &[u8], known: &[u8; N]) -> Option<usize> {
        (input.first_chunk() == Some(known)).then_some(N)
    }
    let length = match input.get(1)? {
        0x0a => is(input, &ECDSA_SHA256).or_else(|| is(input, &ECDSA_SHA384)),
        0x0d => is(input, &RSA_SHA256).or_else(|| is(input, &RSA_KEY)),
        0x10 => is(input, &P384_KEY),
        0x13 => is(input, &P256_KEY),
        _ => None,
    };
    input.split_at_checked(length?)
}

/// A hash function, as algorithm identifiers name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// MD5, long broken.
    Md5,
    /// SHA-1, broken for signatures.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match oid {
            Oid::SHA1 => Self::Sha1,
            Oid::SHA224 => Self::Sha224,
            Oid::SHA256 => Self::Sha256,
            Oid::SHA384 => Self::Sha384,
            Oid::SHA512 => Self::Sha512,
            _ => return None,
        })
    }
}

/// How something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with this hash (RFC 4055 §5).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with these parameters (RFC 4055 §3.1).
    RsaPss(RsaPssParameters),
    /// ECDSA with this hash (RFC 5758 §3.2).
    Ecdsa(DigestAlgorithm),
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// ML-DSA (RFC 9881).
    MlDsa(crate::MlDsa),
    /// SLH-DSA (RFC 9909).
    SlhDsa(crate::SlhDsa),
    /// Another algorithm, or one of the above with parameters that it does not have.
    Unknown,
}

impl SignatureAlgorithm {
    fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        use DigestAlgorithm::{Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
        // RFC 4055 §5: NULL parameters, and absent ones accepted. RFC 5758 §3.2, RFC 8410 §3: absent.
        let rsa = |digest| {
            if algorithm.parameters_null_or_absent() {
                Self::RsaPkcs1(digest)
            } else {
                Self::Unknown
            }
        };
        let bare = |this| if algorithm.parameters().is_none() { this } else { Self::Unknown };
        match algorithm.oid() {
            Oid::MD5_WITH_RSA => rsa(Md5),
            Oid::SHA1_WITH_RSA => rsa(Sha1),
            Oid::SHA256_WITH_RSA => rsa(Sha256),
            Oid::SHA384_WITH_RSA => rsa(Sha384),
            Oid::SHA512_WITH_RSA => rsa(Sha512),
            Oid::RSASSA_PSS => match algorithm.parameters().map(RsaPssParameters::parse) {
                Some(Ok(parameters)) => Self::RsaPss(parameters),
                _ => Self::Unknown,
            },
            Oid::ECDSA_WITH_SHA1 => bare(Self::Ecdsa(Sha1)),
            Oid::ECDSA_WITH_SHA224 => bare(Self::Ecdsa(Sha224)),
            Oid::ECDSA_WITH_SHA256 => bare(Self::Ecdsa(Sha256)),
            Oid::ECDSA_WITH_SHA384 => bare(Self::Ecdsa(Sha384)),
            Oid::ECDSA_WITH_SHA512 => bare(Self::Ecdsa(Sha512)),
            Oid::ED25519 => bare(Self::Ed25519),
            Oid::ED448 => bare(Self::Ed448),
            oid => {
                if let Some(parameter_set) = crate::MlDsa::from_oid(oid) {
                    bare(Self::MlDsa(parameter_set))
                } else if let Some(parameter_set) = crate::SlhDsa::from_oid(oid) {
                    bare(Self::SlhDsa(parameter_set))
                } else {
                    Self::Unknown
                }
            }
        }
    }
}

/// The parameters of RSASSA-PSS.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {                         RFC 4055 §3.1
///     hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
///     maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
///     saltLength        [2] INTEGER DEFAULT 20,
///     trailerField      [3] INTEGER DEFAULT 1 }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RsaPssParameters {
    hash: DigestAlgorithm,
    mask_hash: DigestAlgorithm,
    salt_length: u32,
}

impl RsaPssParameters {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or names a hash or a mask function that this crate does not know.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        strict(der, Self::read)
    }

    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let hash = match inner.optional(s, tag::constructed(0))? {
            None => DigestAlgorithm::Sha1,
            Some(value) => digest(s, &mut Reader::new(value))?,
        };
        let mask_hash = match inner.optional(s, tag::constructed(1))? {
            None => DigestAlgorithm::Sha1,
            Some(value) => {
                let mut explicit = Reader::new(value);
                let mask = AlgorithmIdentifier::read(s, &mut explicit)?;
                explicit.finish(s)?;
                let parameters = mask.parameters().filter(|_| mask.oid() == Oid::MGF1);
                let parameters = parameters.ok_or_else(|| invalid(value))?;
                digest(s, &mut Reader::new(parameters))?
            }
        };
        let salt_length = match inner.optional(s, tag::constructed(2))? {
            None => 20,
            Some(value) => explicit_u32(s, value)?,
        };
        if let Some(value) = inner.optional(s, tag::constructed(3))?
            && explicit_u32(s, value)? != 1
        {
            return Err(invalid(value));
        }
        inner.finish(s)?;
        Ok(Self { hash, mask_hash, salt_length })
    }

    /// The hash of the message.
    #[must_use]
    pub const fn hash(&self) -> DigestAlgorithm {
        self.hash
    }

    /// The hash inside MGF1.
    #[must_use]
    pub const fn mask_hash(&self) -> DigestAlgorithm {
        self.mask_hash
    }

    /// The length of the salt, in bytes.
    #[must_use]
    pub const fn salt_length(&self) -> u32 {
        self.salt_length
    }
}

fn invalid(at: &[u8]) -> Fault {
    Fault::new(ErrorKind::InvalidAlgorithmParameters, at)
}

fn explicit_u32<S: Strictness>(s: &mut S, value: &[u8]) -> Result<u32, Fault> {
    let mut explicit = Reader::new(value);
    let number = explicit.u32(s)?;
    explicit.finish(s)?;
    Ok(number)
}

fn digest<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<DigestAlgorithm, Fault> {
    let at = reader.rest();
    let algorithm = AlgorithmIdentifier::read(s, reader)?;
    reader.finish(s)?;
    // RFC 4055 §2.1: NULL or absent, both are to be accepted.
    DigestAlgorithm::from_oid(algorithm.oid())
        .filter(|_| algorithm.parameters_null_or_absent())
        .ok_or_else(|| invalid(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strictness::Strict;

    /// Told by its bytes it is the same as taken apart.
    fn check(known: &[u8], oid: Oid<'_>, parameters: Option<&[u8]>) {
        assert_eq!(split_common(known), Some((known, &[][..])));
        let mut reader = Reader::new(known);
        let read = AlgorithmIdentifier::read_any(&mut Strict::new(), &mut reader).unwrap();
        assert!(reader.is_empty());
        assert_eq!((read.as_der(), read.oid(), read.parameters()), (known, oid, parameters));
    }

    #[test]
    fn common_identifiers_are_what_they_are_taken_for() {
        let null = Some(&[tag::NULL, 0][..]);
        check(&ECDSA_SHA256, Oid::ECDSA_WITH_SHA256, None);
        check(&ECDSA_SHA384, Oid::ECDSA_WITH_SHA384, None);
        check(&RSA_SHA256, Oid::SHA256_WITH_RSA, null);
        check(&RSA_KEY, Oid::RSA_ENCRYPTION, null);
        for (known, curve) in [(&P256_KEY[..], Oid::SECP256R1), (&P384_KEY[..], Oid::SECP384R1)] {
            let parameters = known.get(11..);
            check(known, Oid::EC_PUBLIC_KEY, parameters);
            let named = Reader::new(parameters.unwrap()).oid(&mut Strict::new());
            assert_eq!(named.unwrap(), curve);
        }
    }
}
