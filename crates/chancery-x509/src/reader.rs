//! The DER reader: one tag, one length, one slice at a time.
//!
//! ```text
//! identifier octet │ length octets │ contents          X.690 §8.1
//! 30               │ 82 01 0a      │ ...
//! ```
//!
//! Each element is looked at once, and nothing is copied. A length is only compared with what is there; it never
//! sizes anything. There is no recursion here: the parsers nest as deep as the standards' structures.

use crate::error::{Error, ErrorKind, Fault};
use crate::oid::Oid;
use crate::strictness::{Lenient, Strict, Strictness};

pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const TELETEX_STRING: u8 = 0x14;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const VISIBLE_STRING: u8 = 0x1a;
    pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[n] IMPLICIT` of a primitive type.
    pub(crate) const fn context(n: u8) -> u8 {
        0x80 | n
    }

    /// `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type.
    pub(crate) const fn constructed(n: u8) -> u8 {
        0xa0 | n
    }
}

/// One element: its tag, its contents, and all its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    pub(crate) raw: &'a [u8],
}

/// How long the tag and the length are, how long the contents, and whether the length could not be shorter.
fn header(input: &[u8]) -> Result<(usize, u32, bool), ErrorKind> {
    match *input {
        [_, length @ 0..=0x7f, ..] => Ok((2, length.into(), true)),
        [_, 0x81, a, ..] => Ok((3, a.into(), a >= 0x80)),
        [_, 0x82, a, b, ..] => Ok((4, u16::from_be_bytes([a, b]).into(), a != 0)),
        [_, 0x83, a, b, c, ..] => Ok((5, u32::from_be_bytes([0, a, b, c]), a != 0)),
        [_, 0x84, a, b, c, d, ..] => Ok((6, u32::from_be_bytes([a, b, c, d]), a != 0)),
        [_, 0x80, ..] => Err(ErrorKind::IndefiniteLength),
        [_, 0x85..=0xff, ..] => Err(ErrorKind::LengthTooLarge),
        _ => Err(ErrorKind::Truncated),
    }
}

/// The bytes of one constructed element's contents that are still to be read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    #[inline]
    pub(crate) const fn new(contents: &'a [u8]) -> Self {
        Self { rest: contents }
    }

    #[inline(always)]
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read.
    #[inline(always)]
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether these very bytes, which are whole elements, come next; then they have been read.
    #[inline]
    pub(crate) fn skip(&mut self, elements: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(elements);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// All that has not been read, which is read now.
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// The tag of the next element.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    #[inline(always)]
    pub(crate) fn element<S: Strictness>(&mut self, s: &mut S) -> Result<Element<'a>, Fault> {
        let (header, length): (_, usize) = match *self.rest {
            [_, length @ 0..=0x7f, ..] => (2, length.into()),
            [_, 0x81, length @ 0x80..=0xff, ..] => (3, length.into()),
            [_, 0x82, a @ 1..=0xff, b, ..] => (4, u16::from_be_bytes([a, b]).into()),
            _ => return self.odd_element(s),
        };
        match (self.rest, self.rest.split_at_checked(header + length)) {
            // A tag number of 31 or more comes out with its first byte only: no grammar here has one, so it matches nothing,
            // and `any` skips it properly.
            (&[tag, ..], Some((raw, rest))) => {
                self.rest = rest;
                Ok(Element { tag, value: raw.get(header..).unwrap_or_default(), raw })
            }
            _ => Err(Fault::new(ErrorKind::Truncated, self.rest)),
        }
    }

    /// The next element, when it is longer than 64 KiB or has something wrong.
    #[cold]
    #[inline(never)]
    fn odd_element<S: Strictness>(&mut self, s: &mut S) -> Result<Element<'a>, Fault> {
        let fault = |kind| Fault::new(kind, self.rest);
        let (header, length, minimal) = header(self.rest).map_err(fault)?;
        // On 32 bits the sum may overflow.
        let total = usize::try_from(length).ok().and_then(|length| length.checked_add(header));
        let split = total.and_then(|total| self.rest.split_at_checked(total));
        let (raw, rest) = split.ok_or_else(|| fault(ErrorKind::Truncated))?;
        if !minimal {
            s.deviation(ErrorKind::NonMinimalLength, raw)?;
        }
        self.rest = rest;
        let tag = raw.first().copied().unwrap_or_default();
        Ok(Element { tag, value: raw.get(header..).unwrap_or_default(), raw })
    }

    /// The next element of any type, as `ANY DEFINED BY` has it: also with a tag number above 30.
    #[inline(always)]
    pub(crate) fn any<S: Strictness>(&mut self, s: &mut S) -> Result<Element<'a>, Fault> {
        match self.peek() {
            Some(tag) if tag & 0x1f == 0x1f => self.high_tag(s),
            _ => self.element(s),
        }
    }

    /// X.690 §8.1.2.4: base-128 digits of the tag number follow the first byte.
    #[cold]
    fn high_tag<S: Strictness>(&mut self, s: &mut S) -> Result<Element<'a>, Fault> {
        let all = self.rest;
        let fault = |kind| Fault::new(kind, all);
        let digits = all.get(1..).unwrap_or_default();
        let more = digits.iter().take_while(|&&digit| digit & 0x80 != 0).count();
        // Four digits are 28 bits: far more than any module assigns. The first may not be a leading zero.
        if more > 3 || digits.first() == Some(&0x80) {
            return Err(fault(ErrorKind::InvalidTag));
        }
        if more == 0 && digits.first().is_some_and(|&digit| digit < 31) {
            return Err(fault(ErrorKind::InvalidTag));
        }
        // The last digit stands where the one-byte tag would.
        let tail = digits.get(more..).ok_or_else(|| fault(ErrorKind::Truncated))?;
        let mut inner = Reader::new(tail);
        let element = inner.element(s)?;
        let taken = all.len() - inner.rest.len();
        let (raw, rest) = all.split_at_checked(taken).ok_or_else(|| fault(ErrorKind::Truncated))?;
        self.rest = rest;
        Ok(Element { tag: 0x1f, value: element.value, raw })
    }

    /// The next element, which has to have `tag`.
    #[inline(always)]
    pub(crate) fn expect<S: Strictness>(
        &mut self,
        s: &mut S,
        tag: u8,
    ) -> Result<Element<'a>, Fault> {
        let at = self.rest;
        let element = self.element(s)?;
        if element.tag == tag { Ok(element) } else { Err(Fault::new(ErrorKind::UnexpectedTag, at)) }
    }

    /// The contents of the next element, which has to have `tag`.
    #[inline(always)]
    pub(crate) fn read<S: Strictness>(&mut self, s: &mut S, tag: u8) -> Result<&'a [u8], Fault> {
        Ok(self.expect(s, tag)?.value)
    }

    /// The contents of the next element if it has `tag`.
    #[inline(always)]
    pub(crate) fn optional<S: Strictness>(
        &mut self,
        s: &mut S,
        tag: u8,
    ) -> Result<Option<&'a [u8]>, Fault> {
        if self.peek() == Some(tag) { self.read(s, tag).map(Some) } else { Ok(None) }
    }

    /// A reader over the contents of the next element, which has to be a SEQUENCE.
    #[inline(always)]
    pub(crate) fn sequence<S: Strictness>(&mut self, s: &mut S) -> Result<Self, Fault> {
        self.read(s, tag::SEQUENCE).map(Self::new)
    }

    /// Nothing may be left.
    #[inline(always)]
    pub(crate) fn finish<S: Strictness>(&self, s: &mut S) -> Result<(), Fault> {
        if self.rest.is_empty() { Ok(()) } else { s.deviation(ErrorKind::TrailingData, self.rest) }
    }

    #[inline(always)]
    pub(crate) fn oid<S: Strictness>(&mut self, s: &mut S) -> Result<Oid<'a>, Fault> {
        let value = self.read(s, tag::OID)?;
        Oid::parse(s, value)
    }

    /// `BOOLEAN DEFAULT FALSE`.
    #[inline(always)]
    pub(crate) fn default_false<S: Strictness>(&mut self, s: &mut S) -> Result<bool, Fault> {
        match *self.rest {
            // What nearly all of them are: absent, or TRUE.
            [tag::BOOLEAN, 1, 0xff, ref rest @ ..] => {
                self.rest = rest;
                Ok(true)
            }
            [tag::BOOLEAN, ..] => self.default_false_odd(s),
            _ => Ok(false),
        }
    }

    #[cold]
    #[inline(never)]
    fn default_false_odd<S: Strictness>(&mut self, s: &mut S) -> Result<bool, Fault> {
        let at = self.rest;
        let value = self.read(s, tag::BOOLEAN)?;
        default_false(s, at, value)
    }

    /// An INTEGER from 0 to 2^32 - 1.
    #[inline]
    pub(crate) fn u32<S: Strictness>(&mut self, s: &mut S) -> Result<u32, Fault> {
        let value = self.read(s, tag::INTEGER)?;
        u32(s, value)
    }

    #[inline(always)]
    pub(crate) fn bit_string<S: Strictness>(
        &mut self,
        s: &mut S,
    ) -> Result<crate::BitString<'a>, Fault> {
        let value = self.read(s, tag::BIT_STRING)?;
        crate::BitString::parse(s, value)
    }
}

/// The contents of a BOOLEAN DEFAULT FALSE that is there.
pub(crate) fn default_false<S: Strictness>(
    s: &mut S,
    at: &[u8],
    value: &[u8],
) -> Result<bool, Fault> {
    match *value {
        [0xff] => Ok(true),
        [0] => {
            // X.690 §11.5
            s.deviation(ErrorKind::EncodedDefault, at)?;
            Ok(false)
        }
        [_] => {
            // X.690 §11.1
            s.deviation(ErrorKind::InvalidBoolean, at)?;
            Ok(true)
        }
        _ => Err(Fault::new(ErrorKind::InvalidBoolean, at)),
    }
}

/// The contents of an INTEGER: not empty, minimal (X.690 §8.3.2).
#[inline]
pub(crate) fn integer<S: Strictness>(s: &mut S, value: &[u8]) -> Result<(), Fault> {
    match *value {
        [] => Err(Fault::new(ErrorKind::EmptyInteger, value)),
        [0, second, ..] if second < 0x80 => s.deviation(ErrorKind::NonMinimalInteger, value),
        [0xff, second, ..] if second >= 0x80 => s.deviation(ErrorKind::NonMinimalInteger, value),
        _ => Ok(()),
    }
}

/// An INTEGER that may not be negative, as its magnitude without leading zeros.
#[inline]
pub(crate) fn unsigned<'a, S: Strictness>(s: &mut S, value: &'a [u8]) -> Result<&'a [u8], Fault> {
    integer(s, value)?;
    match *value {
        [first, ..] if first >= 0x80 => Err(Fault::new(ErrorKind::NegativeInteger, value)),
        _ => Ok(strip_zeros(value)),
    }
}

pub(crate) fn strip_zeros(value: &[u8]) -> &[u8] {
    let zeros = value.iter().take_while(|&&byte| byte == 0).count();
    value.get(zeros..).unwrap_or_default()
}

#[inline]
pub(crate) fn u32<S: Strictness>(s: &mut S, value: &[u8]) -> Result<u32, Fault> {
    let digits = unsigned(s, value)?;
    if digits.len() > 4 {
        return Err(Fault::new(ErrorKind::IntegerTooLarge, value));
    }
    Ok(digits.iter().fold(0, |n, &digit| (n << 8) | u32::from(digit)))
}

/// The elements of a SET OF ascend (X.690 §11.6): `raw` may not be below the one before it, if there is one.
#[inline(always)]
pub(crate) fn ascending<'a, S: Strictness>(
    s: &mut S,
    previous: &mut Option<&'a [u8]>,
    raw: &'a [u8],
) -> Result<(), Fault> {
    // The first of a set, nearly always the only one, is compared with nothing and not with an empty slice: that has a
    // dangling address, and memcmp with AVX-512 reads there under an empty mask, which takes the CPU 100 cycles.
    match previous.replace(raw) {
        Some(previous) if previous > raw => s.deviation(ErrorKind::UnorderedSet, raw),
        _ => Ok(()),
    }
}

/// Elements of contents that have been checked: iterating cannot fail.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) const fn new(contents: &'a [u8]) -> Self {
        Self { rest: contents }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element if it has `tag`.
    #[inline(always)]
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.rest.first() == Some(&tag) { self.next() } else { None }
    }

    /// The contents of the next element; empty if there is none.
    #[inline(always)]
    pub(crate) fn value(&mut self) -> &'a [u8] {
        self.next().map_or(&[], |element| element.value)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Element<'a>> {
        let mut reader = Reader::new(self.rest);
        let element = reader.any(&mut Unchecked).ok()?;
        self.rest = reader.rest;
        Some(element)
    }
}

/// Reads again what was checked before.
pub(crate) struct Unchecked;

impl Strictness for Unchecked {
    fn fault_path(&self) -> crate::error::Path {
        crate::error::Path::EMPTY
    }

    fn deviation(&mut self, _: ErrorKind, _: &[u8]) -> Result<(), Fault> {
        Ok(())
    }

    fn within<T>(
        &mut self,
        _: impl Into<crate::error::Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        parse(self)
    }

    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        Ok(parse(self).ok())
    }
}

/// As [`strict`], into a copy of `empty`: what is large is built where the caller wants it, and not handed up from level to
/// level.
#[inline]
pub(crate) fn strict_into<'a, T: Copy>(
    input: &'a [u8],
    empty: &T,
    fill: impl FnOnce(&mut T, &mut Strict, &mut Reader<'a>) -> Result<(), Fault>,
) -> Result<T, Error> {
    let mut filled = Ok(*empty);
    if let Ok(this) = &mut filled
        && let Err(error) = strict(input, |s, reader| fill(this, s, reader))
    {
        filled = Err(error);
    }
    filled
}

/// As [`lenient`], into `empty`.
#[inline]
pub(crate) fn lenient_into<'a, T: Copy>(
    input: &'a [u8],
    findings: &mut dyn FnMut(crate::Finding),
    empty: &T,
    fill: impl FnOnce(&mut T, &mut Lenient<'_, '_>, &mut Reader<'a>) -> Result<(), Fault>,
) -> Result<T, Error> {
    let mut filled = Ok(*empty);
    if let Ok(this) = &mut filled
        && let Err(error) = lenient(input, findings, |s, reader| fill(this, s, reader))
    {
        filled = Err(error);
    }
    filled
}

/// Runs `parse` over all of `input` in strict mode, and turns addresses into offsets.
#[inline]
pub(crate) fn strict<'a, T>(
    input: &'a [u8],
    parse: impl FnOnce(&mut Strict, &mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Error> {
    document(&mut Strict::new(), input, parse)
}

/// Runs `parse` over all of `input` in lenient mode.
pub(crate) fn lenient<'a, T>(
    input: &'a [u8],
    findings: &mut dyn FnMut(crate::Finding),
    parse: impl FnOnce(&mut Lenient<'_, '_>, &mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Error> {
    document(&mut Lenient::new(input, findings), input, parse)
}

#[inline(always)]
fn document<'a, S: Strictness, T>(
    s: &mut S,
    input: &'a [u8],
    parse: impl FnOnce(&mut S, &mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Error> {
    let failed = |s: &S, fault| Err(Error::new(s.fault_path(), fault).rebase(input));
    if u32::try_from(input.len()).is_err() {
        return failed(s, Fault::new(ErrorKind::InputTooLarge, input));
    }
    let mut reader = Reader::new(input);
    let value = match parse(s, &mut reader) {
        Ok(value) => value,
        Err(fault) => return failed(s, fault),
    };
    match reader.finish(s) {
        Ok(()) => Ok(value),
        Err(fault) => failed(s, fault),
    }
}
