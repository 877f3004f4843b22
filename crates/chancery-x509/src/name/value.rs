//! The value of an attribute: nearly always one of the string types.
//!
//! ```text
//! DirectoryString ::= CHOICE {                             RFC 5280 §4.1.2.4
//!     teletexString TeletexString, printableString PrintableString,
//!     universalString UniversalString, utf8String UTF8String, bmpString BMPString }
//! ```

use core::fmt::{self, Write as _};

use super::prepare::prepared;
use crate::error::{ErrorKind, Fault};
use crate::reader::{Element, tag};
use crate::strictness::Strictness;

/// Which string type a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StringType {
    /// UTF8String.
    Utf8,
    /// PrintableString: a part of ASCII.
    Printable,
    /// IA5String: ASCII.
    Ia5,
    /// VisibleString: ASCII without control characters.
    Visible,
    /// NumericString: digits and space.
    Numeric,
    /// TeletexString, read as ISO 8859-1, which is what its users meant.
    Teletex,
    /// BMPString: two bytes a character, big-endian.
    Bmp,
    /// UniversalString: four bytes a character, big-endian.
    Universal,
}

impl StringType {
    pub(crate) const fn from_tag(tag: u8) -> Option<Self> {
        Some(match tag {
            tag::UTF8_STRING => Self::Utf8,
            tag::PRINTABLE_STRING => Self::Printable,
            tag::IA5_STRING => Self::Ia5,
            tag::VISIBLE_STRING => Self::Visible,
            tag::NUMERIC_STRING => Self::Numeric,
            tag::TELETEX_STRING => Self::Teletex,
            tag::BMP_STRING => Self::Bmp,
            tag::UNIVERSAL_STRING => Self::Universal,
            _ => return None,
        })
    }

    /// Whether `bytes` holds characters of this type only.
    #[inline(always)]
    pub(crate) fn holds(self, bytes: &[u8]) -> bool {
        match self {
            Self::Printable => is_printable(bytes),
            Self::Utf8 => bytes.is_ascii() || core::str::from_utf8(bytes).is_ok(),
            Self::Ia5 => bytes.is_ascii(),
            Self::Visible => bytes.iter().all(|byte| (0x20..0x7f).contains(byte)),
            Self::Numeric => bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b' ')),
            Self::Teletex => true,
            Self::Bmp => {
                let (units, rest) = bytes.as_chunks::<2>();
                let scalar = |unit: &[u8; 2]| char::from_u32(u16::from_be_bytes(*unit).into());
                rest.is_empty() && units.iter().all(|unit| scalar(unit).is_some())
            }
            Self::Universal => {
                let (units, rest) = bytes.as_chunks::<4>();
                let scalar = |unit: &[u8; 4]| char::from_u32(u32::from_be_bytes(*unit));
                rest.is_empty() && units.iter().all(|unit| scalar(unit).is_some())
            }
        }
    }
}

/// X.680 §41.4: letters, digits, space, and `'()+,-./:=?`. Without a branch a byte.
#[inline]
fn is_printable(bytes: &[u8]) -> bool {
    #[allow(clippy::as_conversions, reason = "`From` is not const")]
    const PRINTABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut rest: &[u8] =
            b" '()+,-./:=?0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        while let [byte, tail @ ..] = rest {
            let (_, from) = table.split_at_mut(*byte as usize);
            if let [entry, ..] = from {
                *entry = true;
            }
            rest = tail;
        }
        table
    };
    static TABLE: [bool; 256] = PRINTABLE;
    bytes
        .iter()
        .fold(true, |all, &byte| all & TABLE.get(usize::from(byte)).copied().unwrap_or_default())
}

/// The value of an attribute.
///
/// `Display` writes the characters, with `,`, `+`, `"`, `\`, `<`, `>`, `;`, `=` and control characters escaped as RFC 4514
/// has it, so that no value can look like two attributes; what is no string is written as `#` and hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttributeValue<'a> {
    tag: u8,
    bytes: &'a [u8],
    raw: &'a [u8],
}

impl<'a> AttributeValue<'a> {
    #[inline]
    pub(super) fn check<S: Strictness>(s: &mut S, element: Element<'a>) -> Result<(), Fault> {
        match StringType::from_tag(element.tag) {
            Some(string_type) if !string_type.holds(element.value) => {
                s.deviation(ErrorKind::InvalidString, element.value)
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn checked(element: Option<Element<'a>>) -> Self {
        let element = element.unwrap_or(Element { tag: 0, value: &[], raw: &[] });
        Self { tag: element.tag, bytes: element.value, raw: element.raw }
    }

    /// The DER tag; 1F stands for all above 30.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        self.tag
    }

    /// The contents, in whichever encoding [`Self::string_type`] has.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The whole DER of the value.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.raw
    }

    /// The string type, if it is a string whose characters are of its type.
    #[must_use]
    pub fn string_type(&self) -> Option<StringType> {
        StringType::from_tag(self.tag).filter(|string_type| string_type.holds(self.bytes))
    }

    /// The string, if its bytes are UTF-8 already: that is all types but Teletex, BMP and Universal.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self.string_type()? {
            StringType::Bmp | StringType::Universal => None,
            StringType::Teletex if !self.bytes.is_ascii() => None,
            _ => core::str::from_utf8(self.bytes).ok(),
        }
    }

    /// The characters, if it is a string.
    #[must_use]
    pub fn chars(&self) -> Option<Chars<'a>> {
        Some(Chars(match self.string_type()? {
            StringType::Bmp => Encoding::Bmp(self.bytes.as_chunks().0.iter()),
            StringType::Universal => Encoding::Universal(self.bytes.as_chunks().0.iter()),
            StringType::Teletex => Encoding::Latin1(self.bytes.iter()),
            _ => Encoding::Utf8(core::str::from_utf8(self.bytes).ok()?.chars()),
        }))
    }

    /// Whether both are the same string after RFC 4518's preparation, or the same bytes (RFC 5280 §7.1).
    #[must_use]
    pub fn matches(&self, other: &AttributeValue<'_>) -> bool {
        if self.raw == other.raw {
            return true;
        }
        match (self.chars(), other.chars()) {
            (Some(ours), Some(theirs)) => prepared(ours).eq(prepared(theirs)),
            _ => false,
        }
    }
}

/// The characters of a string.
#[derive(Clone, Debug)]
pub struct Chars<'a>(Encoding<'a>);

#[derive(Clone, Debug)]
enum Encoding<'a> {
    Utf8(core::str::Chars<'a>),
    Latin1(core::slice::Iter<'a, u8>),
    Bmp(core::slice::Iter<'a, [u8; 2]>),
    Universal(core::slice::Iter<'a, [u8; 4]>),
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match &mut self.0 {
            Encoding::Utf8(chars) => chars.next(),
            Encoding::Latin1(bytes) => bytes.next().copied().map(char::from),
            Encoding::Bmp(units) => char::from_u32(u16::from_be_bytes(*units.next()?).into()),
            Encoding::Universal(units) => char::from_u32(u32::from_be_bytes(*units.next()?)),
        }
    }
}

impl fmt::Display for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(chars) = self.chars() else {
            f.write_str("#")?;
            return self.raw.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        };
        // RFC 4514 §2.4
        for (i, c) in chars.enumerate() {
            match c {
                ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => write!(f, "\\{c}")?,
                '#' if i == 0 => f.write_str("\\#")?,
                c if c.is_control() => {
                    let mut utf8 = [0; 4];
                    for byte in c.encode_utf8(&mut utf8).bytes() {
                        write!(f, "\\{byte:02x}")?;
                    }
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeValue({self})")
    }
}
