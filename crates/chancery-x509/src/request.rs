//! Certification requests (PKCS#10).
//!
//! ```text
//! CertificationRequest ::= SEQUENCE {                      RFC 2986 §4.2
//!     certificationRequestInfo  CertificationRequestInfo,
//!     signatureAlgorithm        AlgorithmIdentifier,
//!     signature                 BIT STRING }
//! CertificationRequestInfo ::= SEQUENCE {                  RFC 2986 §4.1
//!     version        INTEGER { v1(0) },
//!     subject        Name,
//!     subjectPKInfo  SubjectPublicKeyInfo,
//!     attributes     [0] IMPLICIT SET OF Attribute }
//! ```

use core::fmt;

use crate::algorithm::AlgorithmIdentifier;
use crate::bit_string::BitString;
use crate::error::{Error, ErrorKind, Fault, Field};
use crate::extensions::Extensions;
use crate::name::{AttributeValue, Name};
use crate::oid::Oid;
use crate::public_key::SubjectPublicKeyInfo;
use crate::reader::{self, Elements, Reader, tag};
use crate::strictness::{Finding, Strictness};

/// A request for a certificate: what somebody *asks* for, and a proof that he has the key once the signature is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificationRequest<'a> {
    raw: &'a [u8],
    info: &'a [u8],
    subject: Name<'a>,
    subject_public_key_info: SubjectPublicKeyInfo<'a>,
    attributes: Attributes<'a>,
    requested_extensions: Extensions<'a>,
    signature_algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
}

impl<'a> CertificationRequest<'a> {
    /// Parses the DER of one, strictly.
    ///
    /// # Errors
    /// If it is not DER, or not of the shape of RFC 2986 §4, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, Self::read)
    }

    /// Parses what is readable although it breaks a rule, and calls `findings` with each deviation.
    ///
    /// # Errors
    /// If it cannot be read at all.
    pub fn parse_lenient(der: &'a [u8], findings: &mut dyn FnMut(Finding)) -> Result<Self, Error> {
        reader::lenient(der, findings, |s, reader| Self::read(s, reader))
    }

    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut outer = Reader::new(element.value);
        let info = outer.expect(s, tag::SEQUENCE)?;
        let (subject, subject_public_key_info, attributes, requested_extensions) =
            s.within(Field::CertificationRequestInfo, |s| {
                let mut inner = Reader::new(info.value);
                s.within(Field::Version, |s| {
                    let at = inner.rest();
                    match inner.u32(s)? {
                        0 => Ok(()),
                        _ => s.deviation(ErrorKind::UnsupportedVersion, at),
                    }
                })?;
                let subject = s.within(Field::Subject, |s| Name::read(s, &mut inner))?;
                let key = s.within(Field::SubjectPublicKeyInfo, |s| {
                    SubjectPublicKeyInfo::read(s, &mut inner)
                })?;
                let (attributes, extensions) = read_attributes(s, &mut inner)?;
                inner.finish(s)?;
                Ok((subject, key, attributes, extensions))
            })?;
        let signature_algorithm =
            s.within(Field::SignatureAlgorithm, |s| AlgorithmIdentifier::read(s, &mut outer))?;
        let signature = s.within(Field::Signature, |s| outer.bit_string(s)?.aligned(s))?;
        outer.finish(s)?;
        Ok(Self {
            raw: element.raw,
            info: info.raw,
            subject,
            subject_public_key_info,
            attributes,
            requested_extensions,
            signature_algorithm,
            signature,
        })
    }

    /// The whole DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// Exactly the bytes that are signed, as received.
    #[must_use]
    pub const fn info_der(&self) -> &'a [u8] {
        self.info
    }

    /// The name that is asked for.
    #[must_use]
    pub const fn subject(&self) -> &Name<'a> {
        &self.subject
    }

    /// The key to be certified.
    #[must_use]
    pub const fn subject_public_key_info(&self) -> &SubjectPublicKeyInfo<'a> {
        &self.subject_public_key_info
    }

    /// The attributes.
    #[must_use]
    pub const fn attributes(&self) -> Attributes<'a> {
        self.attributes
    }

    /// The extensions that are asked for; none if there is no `extensionRequest` (RFC 2985 §5.4.2).
    #[must_use]
    pub const fn requested_extensions(&self) -> &Extensions<'a> {
        &self.requested_extensions
    }

    /// The algorithm of the signature.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.signature_algorithm
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &'a [u8] {
        self.signature.as_bytes()
    }
}

/// Checks the attributes, and reads the requested extensions out of them.
fn read_attributes<'a, S: Strictness>(
    s: &mut S,
    reader: &mut Reader<'a>,
) -> Result<(Attributes<'a>, Extensions<'a>), Fault> {
    let at = reader.rest();
    let Some(contents) = reader.optional(s, tag::constructed(0))? else {
        // RFC 2986 §4.1: the set may be empty, and is not optional. Some encoders leave it out.
        s.within(Field::Attributes, |s| s.deviation(ErrorKind::MissingField, at))?;
        return Ok((Attributes { contents: &[] }, Extensions::EMPTY));
    };
    let mut extensions = None;
    let mut inner = Reader::new(contents);
    let mut previous = None;
    let mut index = 0;
    while !inner.is_empty() {
        s.within(Field::Attributes.at(index), |s| {
            let at = inner.rest();
            let attribute = Attribute::check(s, &mut inner)?;
            reader::ascending(s, &mut previous, attribute.raw)?;
            if attribute.attribute_type == Oid::EXTENSION_REQUEST {
                if extensions.is_some() {
                    return Err(Fault::new(ErrorKind::DuplicateExtension, at));
                }
                let mut values = Reader::new(attribute.values);
                extensions =
                    Some(s.within(Field::RequestExtensions, |s| Extensions::read(s, &mut values))?);
                // RFC 2985 §5.4.2: SINGLE VALUE TRUE
                values.finish(s)?;
            }
            Ok(())
        })?;
        index += 1;
    }
    Ok((Attributes { contents }, extensions.unwrap_or(Extensions::EMPTY)))
}

/// A set of attributes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attributes<'a> {
    contents: &'a [u8],
}

impl<'a> Attributes<'a> {
    /// Of contents checked before.
    pub(crate) const fn checked(contents: &'a [u8]) -> Self {
        Self { contents }
    }

    /// The attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| {
            let mut elements = Elements::new(element.value);
            let attribute_type = Oid::checked(elements.value());
            Attribute { raw: element.raw, attribute_type, values: elements.value() }
        })
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// An attribute with its values.
///
/// ```text
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attribute<'a> {
    raw: &'a [u8],
    attribute_type: Oid<'a>,
    values: &'a [u8],
}

impl<'a> Attribute<'a> {
    pub(crate) fn check<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::SEQUENCE)?;
        let mut inner = Reader::new(element.value);
        let attribute_type = s.within(Field::AttributeType, |s| inner.oid(s))?;
        let values = inner.read(s, tag::SET)?;
        inner.finish(s)?;
        if values.is_empty() {
            s.deviation(ErrorKind::EmptySequence, values)?;
        }
        let mut each = Reader::new(values);
        let mut previous = None;
        while !each.is_empty() {
            let value = s.within(Field::AttributeValue, |s| each.any(s))?;
            reader::ascending(s, &mut previous, value.raw)?;
        }
        Ok(Self { raw: element.raw, attribute_type, values })
    }

    /// Which attribute.
    #[must_use]
    pub const fn attribute_type(&self) -> Oid<'a> {
        self.attribute_type
    }

    /// The values, in order.
    pub fn values(&self) -> impl Iterator<Item = AttributeValue<'a>> + use<'a> {
        Elements::new(self.values).map(|element| AttributeValue::checked(Some(element)))
    }
}
