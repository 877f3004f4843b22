//! The extensions that this crate reads, one noun a file.

use crate::error::{ErrorKind, Fault};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;

pub(crate) mod access;
pub(crate) mod acme_identifier;
pub(crate) mod authority_key_identifier;
pub(crate) mod basic_constraints;
pub(crate) mod distribution_points;
pub(crate) mod extended_key_usage;
pub(crate) mod key_usage;
pub(crate) mod name_constraints;
pub(crate) mod policies;
pub(crate) mod policy_constraints;
pub(crate) mod policy_mappings;
pub(crate) mod private_key_usage_period;
pub(crate) mod qc_statements;
pub(crate) mod sct;
pub(crate) mod subject_directory_attributes;
pub(crate) mod tls_feature;

/// What stands in the OCTET STRING of an extension.
pub(crate) trait ExtensionValue<'a>: Sized {
    /// Reads it; nothing may follow.
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault>;

    /// The same, of the whole contents of the OCTET STRING.
    #[inline]
    fn parse<S: Strictness>(s: &mut S, value: &'a [u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(value);
        let this = Self::read(s, &mut reader)?;
        reader.finish(s)?;
        Ok(this)
    }
}

/// `SEQUENCE SIZE (1..MAX) OF`: checks each element, and returns the contents.
#[inline]
pub(crate) fn sequence_of<'a, S: Strictness>(
    s: &mut S,
    reader: &mut Reader<'a>,
    check: impl FnMut(&mut S, &mut Reader<'a>, usize) -> Result<(), Fault>,
) -> Result<&'a [u8], Fault> {
    let contents = reader.read(s, tag::SEQUENCE)?;
    all_of(s, contents, check)
}

/// The same, when tag and length have been read.
#[inline]
pub(crate) fn all_of<'a, S: Strictness>(
    s: &mut S,
    contents: &'a [u8],
    mut check: impl FnMut(&mut S, &mut Reader<'a>, usize) -> Result<(), Fault>,
) -> Result<&'a [u8], Fault> {
    if contents.is_empty() {
        s.deviation(ErrorKind::EmptySequence, contents)?;
    }
    let mut inner = Reader::new(contents);
    let mut index = 0;
    while !inner.is_empty() {
        check(s, &mut inner, index)?;
        index += 1;
    }
    Ok(contents)
}

impl<'a> ExtensionValue<'a> for crate::GeneralNames<'a> {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = reader.read(s, tag::SEQUENCE)?;
        Self::check(s, contents)
    }
}

/// An OCTET STRING, as subjectKeyIdentifier is (RFC 5280 §4.2.1.2).
impl<'a> ExtensionValue<'a> for &'a [u8] {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        reader.read(s, tag::OCTET_STRING)
    }
}

/// An INTEGER, as inhibitAnyPolicy is (RFC 5280 §4.2.1.14).
impl<'a> ExtensionValue<'a> for u32 {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        reader.u32(s)
    }
}

/// A NULL, as noRevAvail (RFC 9608 §2), the precertificate poison (RFC 6962 §3.1), delegationUsage (RFC 9345 §4.2)
/// and ocspNoCheck (RFC 6960 §4.2.2.2.1) are.
impl<'a> ExtensionValue<'a> for () {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let value = reader.read(s, tag::NULL)?;
        if value.is_empty() { Ok(()) } else { Err(Fault::new(ErrorKind::InvalidNull, value)) }
    }
}
