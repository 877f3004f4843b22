//! A block of extensions: checked whole when it is decoded, searched by type afterwards.

use core::fmt;

use crate::{
    Extension, ExtensionPlace, ExtensionType,
    codec::Codec,
    error::{DecodeError, DecodeErrorKind, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// `Extension extensions<0..2^16-1>` (RFC 8446 §4.2), borrowed from a message or from a slice to be
/// encoded.
///
/// A received block has no two extensions of one type, none that the table of RFC 8446 §4.2
/// excludes, `pre_shared_key` last if at all, and each one decodes. Whether a response was asked for
/// is known to the handshake alone.
///
/// Encoding checks lengths but not these rules, so that tests can break them.
#[derive(Clone, Copy)]
pub struct Extensions<'a> {
    block: Block<'a>,
}

#[derive(Clone, Copy)]
enum Block<'a> {
    /// Before TLS 1.3 a hello could end without the block and its length (RFC 5246 §7.4.1.2).
    Absent,
    /// Bytes that decode at this place.
    Wire(ExtensionPlace, &'a [u8]),
    Slice(&'a [Extension<'a>]),
}

impl<'a> Extensions<'a> {
    /// A block without extensions.
    pub const EMPTY: Self = Self { block: Block::Slice(&[]) };

    /// No block at all, as in old hellos.
    pub const ABSENT: Self = Self { block: Block::Absent };

    /// Decodes and checks the block.
    pub(crate) fn decode(r: &mut Reader<'a>, place: ExtensionPlace) -> Result<Self, DecodeError> {
        let contents = r.vec16("extensions", 0..=0xffff)?;
        let bytes = contents.remaining();
        check(contents, place).map_err(|e| e.within("extensions"))?;
        Ok(Self { block: Block::Wire(place, bytes) })
    }

    /// The same, but the message may end before the block.
    pub(crate) fn decode_or_absent(
        r: &mut Reader<'a>,
        place: ExtensionPlace,
    ) -> Result<Self, DecodeError> {
        if r.is_empty() { Ok(Self::ABSENT) } else { Self::decode(r, place) }
    }

    /// Whether the block that comes next has an extension of this type.
    pub(crate) fn peek(r: &Reader<'_>, extension_type: ExtensionType) -> bool {
        r.clone()
            .vec16("extensions", 0..=0xffff)
            .is_ok_and(|block| RawExtensions(block).flatten().any(|(t, _)| t == extension_type))
    }

    pub(crate) fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        match self.block {
            Block::Absent => Ok(()),
            Block::Wire(_, bytes) => writer::vec16(w, "extensions", 0..=0xffff, |w| w.write(bytes)),
            Block::Slice(extensions) => writer::vec16(w, "extensions", 0..=0xffff, |w| {
                extensions.iter().try_for_each(|extension| {
                    extension.extension_type().encode(w)?;
                    writer::vec16(w, "extension_data", 0..=0xffff, |w| extension.encode_data(w))
                })
            }),
        }
    }

    /// The extensions, in the order of the wire.
    #[must_use]
    pub const fn iter(&self) -> ExtensionsIter<'a> {
        ExtensionsIter { block: self.block }
    }

    /// The types of the extensions, in the order of the wire.
    pub fn types(&self) -> impl Iterator<Item = ExtensionType> + use<'a> {
        let (wire, slice) = match self.block {
            Block::Absent => (&[][..], &[][..]),
            Block::Wire(_, bytes) => (bytes, &[][..]),
            Block::Slice(extensions) => (&[][..], extensions),
        };
        RawExtensions(Reader::new(wire))
            .flatten()
            .map(|(t, _)| t)
            .chain(slice.iter().map(Extension::extension_type))
    }

    /// The extension of this type. Only that one is decoded.
    #[must_use]
    pub fn find(&self, extension_type: ExtensionType) -> Option<Extension<'a>> {
        match self.block {
            Block::Absent => None,
            Block::Wire(place, bytes) => {
                let (_, data) = RawExtensions(Reader::new(bytes))
                    .flatten()
                    .find(|(found, _)| *found == extension_type)?;
                Extension::decode_data(place, extension_type, data).ok()
            }
            Block::Slice(extensions) => {
                extensions.iter().copied().find(|e| e.extension_type() == extension_type)
            }
        }
    }

    /// Whether there is an extension of this type.
    #[must_use]
    pub fn contains(&self, extension_type: ExtensionType) -> bool {
        self.types().any(|found| found == extension_type)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self.block {
            Block::Absent => true,
            Block::Wire(_, bytes) => bytes.is_empty(),
            Block::Slice(extensions) => extensions.is_empty(),
        }
    }
}

/// RFC 8446 §4.2: each extension where it may be, once, and decodable.
fn check(contents: Reader<'_>, place: ExtensionPlace) -> Result<(), DecodeError> {
    let mut block = RawExtensions(contents.clone());
    loop {
        let start = block.0.clone();
        let Some(raw) = block.next() else { break };
        let (extension_type, data) = raw?;
        let name = extension_type.name().unwrap_or("extension");
        if !extension_type.may_appear(place) {
            return Err(start.error(DecodeErrorKind::MisplacedExtension(extension_type), name));
        }
        // RFC 8446 §4.2.11: "The "pre_shared_key" extension MUST be the last".
        if extension_type == ExtensionType::PRE_SHARED_KEY
            && place == ExtensionPlace::ClientHello
            && !block.0.is_empty()
        {
            return Err(start.error(DecodeErrorKind::PreSharedKeyNotLast, name));
        }
        Extension::decode_data(place, extension_type, data).map_err(|e| e.within(name))?;
    }
    check_unique(contents)
}

/// How many extensions are compared with each other, pair by pair. Real hellos have fewer than 30.
const MAX_COMPARED: usize = 48;

/// RFC 8446 §4.2: "There MUST NOT be more than one extension of the same type in a given extension
/// block."
fn check_unique(contents: Reader<'_>) -> Result<(), DecodeError> {
    if RawExtensions(contents.clone()).count() > MAX_COMPARED {
        return check_unique_among_many(contents);
    }
    let mut earlier = [ExtensionType(0); MAX_COMPARED];
    let mut block = RawExtensions(contents);
    for count in 0..MAX_COMPARED {
        let start = block.0.clone();
        let Some(Ok((extension_type, _))) = block.next() else { break };
        let (seen, rest) = earlier.split_at_mut(count);
        if seen.contains(&extension_type) {
            return Err(duplicate(&start, extension_type));
        }
        if let Some(slot) = rest.first_mut() {
            *slot = extension_type;
        }
    }
    Ok(())
}

/// The same in linear time: a block has room for 16,383 empty extensions, and comparing all pairs
/// would let a single ClientHello buy a hundred million comparisons.
#[inline(never)]
fn check_unique_among_many(contents: Reader<'_>) -> Result<(), DecodeError> {
    let mut seen = [0u64; 1024];
    let mut block = RawExtensions(contents);
    loop {
        let start = block.0.clone();
        let Some(Ok((extension_type, _))) = block.next() else { return Ok(()) };
        let bit = 1u64 << (extension_type.0 & 63);
        if let Some(word) = seen.get_mut(usize::from(extension_type.0 >> 6)) {
            if *word & bit != 0 {
                return Err(duplicate(&start, extension_type));
            }
            *word |= bit;
        }
    }
}

fn duplicate(at: &Reader<'_>, extension_type: ExtensionType) -> DecodeError {
    let name = extension_type.name().unwrap_or("extension");
    at.error(DecodeErrorKind::DuplicateExtension(extension_type), name)
}

/// Types and data, undecoded.
struct RawExtensions<'a>(Reader<'a>);

impl<'a> Iterator for RawExtensions<'a> {
    type Item = Result<(ExtensionType, Reader<'a>), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let raw = (|| {
            let extension_type = ExtensionType::decode(&mut self.0)?;
            let data = self.0.vec16("extension_data", 0..=0xffff)?;
            Ok((extension_type, data))
        })();
        if raw.is_err() {
            self.0.rest();
        }
        Some(raw)
    }
}

/// The extensions of a block, one by one.
#[derive(Clone)]
pub struct ExtensionsIter<'a> {
    block: Block<'a>,
}

impl<'a> Iterator for ExtensionsIter<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Extension<'a>> {
        match &mut self.block {
            Block::Absent => None,
            Block::Wire(place, bytes) => {
                let mut raw = RawExtensions(Reader::new(bytes));
                // `check` has seen this very extension decode: `ok` throws no error away.
                let (extension_type, data) = raw.next()?.ok()?;
                *bytes = raw.0.remaining();
                Extension::decode_data(*place, extension_type, data).ok()
            }
            Block::Slice(extensions) => {
                let (first, rest) = extensions.split_first()?;
                *extensions = rest;
                Some(*first)
            }
        }
    }
}

impl<'a> IntoIterator for Extensions<'a> {
    type Item = Extension<'a>;
    type IntoIter = ExtensionsIter<'a>;

    fn into_iter(self) -> ExtensionsIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Extensions<'a> {
    type Item = Extension<'a>;
    type IntoIter = ExtensionsIter<'a>;

    fn into_iter(self) -> ExtensionsIter<'a> {
        self.iter()
    }
}

impl<'a> From<&'a [Extension<'a>]> for Extensions<'a> {
    fn from(extensions: &'a [Extension<'a>]) -> Self {
        Self { block: Block::Slice(extensions) }
    }
}

impl<'a, const N: usize> From<&'a [Extension<'a>; N]> for Extensions<'a> {
    fn from(extensions: &'a [Extension<'a>; N]) -> Self {
        Self { block: Block::Slice(extensions) }
    }
}

impl PartialEq for Extensions<'_> {
    fn eq(&self, other: &Self) -> bool {
        let absent = |e: &Self| matches!(e.block, Block::Absent);
        absent(self) == absent(other) && self.iter().eq(other.iter())
    }
}

impl Eq for Extensions<'_> {}

impl fmt::Debug for Extensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.block {
            Block::Absent => f.write_str("absent"),
            Block::Wire(..) | Block::Slice(_) => f.debug_list().entries(self.iter()).finish(),
        }
    }
}

impl fmt::Debug for ExtensionsIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
