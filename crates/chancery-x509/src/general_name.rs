//! General names: what subject alternative names, name constraints and many others are made of.
//!
//! ```text
//! GeneralName ::= CHOICE {                                 RFC 5280 §4.2.1.6
//!     otherName                  [0] SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY },
//!     rfc822Name                 [1] IA5String,
//!     dNSName                    [2] IA5String,
//!     x400Address                [3] ORAddress,
//!     directoryName              [4] Name,
//!     ediPartyName               [5] EDIPartyName,
//!     uniformResourceIdentifier  [6] IA5String,
//!     iPAddress                  [7] OCTET STRING,
//!     registeredID               [8] OBJECT IDENTIFIER }
//! ```

use core::fmt;

use crate::error::{Error, ErrorKind, Fault, Field};
use crate::name::Name;
use crate::oid::Oid;
use crate::reader::{Element, Elements, Reader, tag};
use crate::strictness::Strictness;

/// One name, of one of the nine forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// A form that a type identifier defines.
    OtherName(OtherName<'a>),
    /// A mailbox: ASCII, or in a name constraint a mailbox, a host, or a domain with a leading dot.
    Rfc822Name(&'a str),
    /// A DNS name: ASCII. Not checked to be a host name: that is for whoever compares it.
    DnsName(&'a str),
    /// An X.400 address: the contents of its SEQUENCE, not looked into.
    X400Address(&'a [u8]),
    /// A distinguished name.
    DirectoryName(Name<'a>),
    /// An EDI party name: the contents of its SEQUENCE, not looked into.
    EdiPartyName(&'a [u8]),
    /// A URI: ASCII.
    UniformResourceIdentifier(&'a str),
    /// An IP address of 4 or 16 bytes; in a name constraint 8 or 32, the second half being the mask.
    IpAddress(&'a [u8]),
    /// A registered object identifier.
    RegisteredId(Oid<'a>),
    /// What lenient parsing found unreadable: the tag, and the contents. Strict parsing never gives it.
    Malformed(u8, &'a [u8]),
}

/// Which lengths an iPAddress may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum IpForm {
    /// An address.
    Address,
    /// An address and a mask (RFC 5280 §4.2.1.10).
    Subtree,
}

impl<'a> GeneralName<'a> {
    /// Parses the DER of one, as it stands in a subject alternative name.
    ///
    /// # Errors
    /// If it is not one, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        crate::reader::strict(der, |s, reader| {
            let element = reader.element(s)?;
            Self::check(s, element, IpForm::Address)?;
            Ok(Self::checked(element))
        })
    }

    /// Checks one; what is wrong inside is a finding in lenient mode.
    #[inline]
    pub(crate) fn check<S: Strictness>(
        s: &mut S,
        element: Element<'a>,
        form: IpForm,
    ) -> Result<(), Fault> {
        let ia5 = |s: &mut S, field: Field| {
            s.within(field, |s| {
                if element.value.is_ascii() {
                    Ok(())
                } else {
                    s.deviation(ErrorKind::InvalidString, element.value)
                }
            })
        };
        match element.tag {
            0x82 => ia5(s, Field::DnsName),
            0x87 => s.within(Field::IpAddress, |s| {
                let doubled = match form {
                    IpForm::Address => element.value.len().saturating_mul(2),
                    IpForm::Subtree => element.value.len(),
                };
                match doubled {
                    8 | 32 => Ok(()),
                    _ => s.deviation(ErrorKind::InvalidIpAddress, element.raw),
                }
            }),
            0x81 => ia5(s, Field::Rfc822Name),
            0x86 => ia5(s, Field::UniformResourceIdentifier),
            0xa4 => {
                let directory_name = |s: &mut S| {
                    let mut reader = Reader::new(element.value);
                    Name::read(s, &mut reader)?;
                    reader.finish(s)
                };
                s.recover(|s| s.within(Field::DirectoryName, directory_name)).map(drop)
            }
            0xa0 => s
                .recover(|s| s.within(Field::OtherName, |s| OtherName::check(s, element.value)))
                .map(drop),
            0x88 => s
                .recover(|s| s.within(Field::RegisteredId, |s| Oid::parse(s, element.value)))
                .map(drop),
            0xa3 => s.within(Field::X400Address, |s| well_formed(s, element.value)),
            0xa5 => s.within(Field::EdiPartyName, |s| well_formed(s, element.value)),
            _ => s.deviation(ErrorKind::InvalidGeneralName, element.raw),
        }
    }

    /// Of an element that was checked before.
    pub(crate) fn checked(element: Element<'a>) -> Self {
        let malformed = Self::Malformed(element.tag, element.value);
        let ia5 = |variant: fn(&'a str) -> Self| match core::str::from_utf8(element.value) {
            Ok(string) if string.is_ascii() => variant(string),
            _ => malformed,
        };
        match element.tag {
            0x82 => ia5(Self::DnsName),
            0x87 => match element.value.len() {
                4 | 8 | 16 | 32 => Self::IpAddress(element.value),
                _ => malformed,
            },
            0x81 => ia5(Self::Rfc822Name),
            0x86 => ia5(Self::UniformResourceIdentifier),
            0xa4 => {
                let mut reader = Reader::new(element.value);
                match Name::read(&mut crate::reader::Unchecked, &mut reader) {
                    Ok(name) => Self::DirectoryName(name),
                    Err(_) => malformed,
                }
            }
            0xa0 => OtherName::checked(element.value).map_or(malformed, Self::OtherName),
            0x88 => Oid::new(element.value).map_or(malformed, Self::RegisteredId),
            0xa3 => Self::X400Address(element.value),
            0xa5 => Self::EdiPartyName(element.value),
            _ => malformed,
        }
    }
}

/// Whole elements, one after another; not looked into.
fn well_formed<S: Strictness>(s: &mut S, contents: &[u8]) -> Result<(), Fault> {
    s.recover(|s| {
        let mut reader = Reader::new(contents);
        while !reader.is_empty() {
            reader.any(s)?;
        }
        Ok(())
    })
    .map(drop)
}

impl fmt::Display for GeneralName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherName(name) => write!(f, "otherName:{name}"),
            Self::Rfc822Name(name) => write!(f, "email:{}", name.escape_debug()),
            Self::DnsName(name) => write!(f, "DNS:{}", name.escape_debug()),
            Self::X400Address(_) => f.write_str("X400Name:<unsupported>"),
            Self::DirectoryName(name) => write!(f, "DirName:{name}"),
            Self::EdiPartyName(_) => f.write_str("EdiPartyName:<unsupported>"),
            Self::UniformResourceIdentifier(uri) => write!(f, "URI:{}", uri.escape_debug()),
            Self::IpAddress(bytes) => {
                f.write_str("IP Address:")?;
                match bytes.len() {
                    8 | 32 => {
                        let (address, mask) = bytes.split_at(bytes.len() / 2);
                        ip(f, address)?;
                        f.write_str("/")?;
                        ip(f, mask)
                    }
                    _ => ip(f, bytes),
                }
            }
            Self::RegisteredId(oid) => write!(f, "Registered ID:{oid}"),
            Self::Malformed(tag, bytes) => {
                write!(f, "<malformed {tag:02x}:")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str(">")
            }
        }
    }
}

fn ip(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        fmt::Display::fmt(&core::net::Ipv4Addr::from(v4), f)
    } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
        fmt::Display::fmt(&core::net::Ipv6Addr::from(v6), f)
    } else {
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A name of a form that its type identifier defines.
///
/// The value is kept with its tag, and read as another type by nobody here unless the identifier says so
/// (CVE-2024-6119 came of comparing it as a string that it was not).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OtherName<'a> {
    type_id: Oid<'a>,
    tag: u8,
    value: &'a [u8],
    raw: &'a [u8],
}

impl<'a> OtherName<'a> {
    fn check<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<(), Fault> {
        let mut reader = Reader::new(contents);
        let type_id = reader.oid(s)?;
        let at = reader.rest();
        let mut explicit = Reader::new(reader.read(s, tag::constructed(0))?);
        let value = explicit.any(s)?;
        explicit.finish(s)?;
        reader.finish(s)?;
        let wanted = match type_id {
            // RFC 9598 §3; RFC 4985 §2
            Oid::ON_SMTP_UTF8_MAILBOX => tag::UTF8_STRING,
            Oid::ON_DNS_SRV => tag::IA5_STRING,
            _ => return Ok(()),
        };
        if value.tag != wanted {
            return Err(Fault::new(ErrorKind::UnexpectedTag, at));
        }
        let valid = match core::str::from_utf8(value.value) {
            Ok(string) => wanted == tag::UTF8_STRING || string.is_ascii(),
            Err(_) => false,
        };
        if valid { Ok(()) } else { Err(Fault::new(ErrorKind::InvalidString, value.value)) }
    }

    fn checked(contents: &'a [u8]) -> Option<Self> {
        let mut unchecked = crate::reader::Unchecked;
        Self::check(&mut unchecked, contents).ok()?;
        let mut elements = Elements::new(contents);
        let type_id = Oid::checked(elements.value());
        let value = Elements::new(elements.value()).next()?;
        Some(Self { type_id, tag: value.tag, value: value.value, raw: value.raw })
    }

    /// The form.
    #[must_use]
    pub const fn type_id(&self) -> Oid<'a> {
        self.type_id
    }

    /// The DER of the value, inside its `[0] EXPLICIT`.
    #[must_use]
    pub const fn value_der(&self) -> &'a [u8] {
        self.raw
    }

    /// An internationalised mailbox, if it is one (RFC 9598 §3).
    #[must_use]
    pub fn smtp_utf8_mailbox(&self) -> Option<&'a str> {
        self.string(Oid::ON_SMTP_UTF8_MAILBOX, tag::UTF8_STRING)
    }

    /// The name of a service, as in `_imap.example.com`, if it is one (RFC 4985 §2).
    #[must_use]
    pub fn srv_name(&self) -> Option<&'a str> {
        self.string(Oid::ON_DNS_SRV, tag::IA5_STRING)
    }

    fn string(&self, type_id: Oid<'_>, tag: u8) -> Option<&'a str> {
        if self.type_id == type_id && self.tag == tag {
            core::str::from_utf8(self.value).ok()
        } else {
            None
        }
    }
}

impl fmt::Display for OtherName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.type_id.name() {
            Some(name) => f.write_str(name)?,
            None => fmt::Display::fmt(&self.type_id, f)?,
        }
        f.write_str("::")?;
        match core::str::from_utf8(self.value) {
            Ok(string) if matches!(self.tag, tag::UTF8_STRING | tag::IA5_STRING) => {
                write!(f, "{}", string.escape_debug())
            }
            _ => self.raw.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl fmt::Debug for OtherName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OtherName({self})")
    }
}

/// `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GeneralNames<'a> {
    contents: &'a [u8],
}

impl<'a> GeneralNames<'a> {
    #[inline]
    pub(crate) fn check<S: Strictness>(s: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        if contents.is_empty() {
            s.deviation(ErrorKind::EmptySequence, contents)?;
        }
        let mut reader = Reader::new(contents);
        while !reader.is_empty() {
            let element = reader.element(s)?;
            GeneralName::check(s, element, IpForm::Address)?;
        }
        Ok(Self { contents })
    }

    /// Of contents checked before.
    pub(crate) const fn checked(contents: &'a [u8]) -> Self {
        Self { contents }
    }

    /// The contents of the SEQUENCE.
    #[must_use]
    pub const fn contents(&self) -> &'a [u8] {
        self.contents
    }

    /// The names, in order.
    #[must_use]
    pub const fn iter(&self) -> GeneralNamesIter<'a> {
        GeneralNamesIter(Elements::new(self.contents))
    }
}

impl<'a> IntoIterator for GeneralNames<'a> {
    type Item = GeneralName<'a>;
    type IntoIter = GeneralNamesIter<'a>;

    fn into_iter(self) -> GeneralNamesIter<'a> {
        self.iter()
    }
}

impl fmt::Display for GeneralNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            fmt::Display::fmt(&name, f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for GeneralNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeneralNames({self})")
    }
}

/// The names of a [`GeneralNames`].
#[derive(Clone, Copy)]
pub struct GeneralNamesIter<'a>(Elements<'a>);

impl<'a> Iterator for GeneralNamesIter<'a> {
    type Item = GeneralName<'a>;

    #[inline]
    fn next(&mut self) -> Option<GeneralName<'a>> {
        self.0.next().map(GeneralName::checked)
    }
}

impl fmt::Debug for GeneralNamesIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}
