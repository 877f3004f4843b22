//! A list of entries that was checked whole when it was decoded.

use core::{fmt, ops::RangeInclusive};

use crate::{
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// The entries of a vector, borrowed either from a message or from a slice to be encoded.
///
/// Each entry of a received list has been decoded once, so that iterating cannot fail. Iterating
/// decodes them again instead of keeping them.
///
/// ```
/// use chancery_wire::{List, NamedGroup};
///
/// let groups = List::from(&[NamedGroup::X25519, NamedGroup::SECP256R1]);
/// assert!(groups.contains(&NamedGroup::X25519));
/// assert_eq!(groups.len(), 2);
/// ```
#[derive(Clone, Copy)]
pub struct List<'a, T> {
    entries: Entries<'a, T>,
}

#[derive(Clone, Copy)]
enum Entries<'a, T> {
    /// Bytes that decode to whole entries.
    Wire(&'a [u8]),
    Slice(&'a [T]),
}

impl<'a, T: Codec<'a> + Copy> List<'a, T> {
    /// The list without entries.
    pub const EMPTY: Self = Self { entries: Entries::Slice(&[]) };

    /// Checks that `contents`, a vector's inside, are whole entries.
    pub(crate) fn decode(
        mut contents: Reader<'a>,
        field: &'static str,
    ) -> Result<Self, DecodeError> {
        let bytes = contents.remaining();
        while !contents.is_empty() {
            T::decode(&mut contents).map_err(|e| e.within(field))?;
        }
        Ok(Self { entries: Entries::Wire(bytes) })
    }

    pub(crate) fn decode_vec8(
        r: &mut Reader<'a>,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        Self::decode(r.vec8(field, range)?, field)
    }

    pub(crate) fn decode_vec16(
        r: &mut Reader<'a>,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        Self::decode(r.vec16(field, range)?, field)
    }

    pub(crate) fn decode_vec24(
        r: &mut Reader<'a>,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        Self::decode(r.vec24(field, range)?, field)
    }

    pub(crate) fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        match self.entries {
            Entries::Wire(bytes) => w.write(bytes),
            Entries::Slice(items) => items.iter().try_for_each(|item| item.encode(w)),
        }
    }

    pub(crate) fn encode_vec8(
        &self,
        w: &mut dyn Writer,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<(), EncodeError> {
        writer::vec8(w, field, range, |w| self.encode(w))
    }

    pub(crate) fn encode_vec16(
        &self,
        w: &mut dyn Writer,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<(), EncodeError> {
        writer::vec16(w, field, range, |w| self.encode(w))
    }

    pub(crate) fn encode_vec24(
        &self,
        w: &mut dyn Writer,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<(), EncodeError> {
        writer::vec24(w, field, range, |w| self.encode(w))
    }

    /// The entries, in the order of the wire.
    #[must_use]
    pub const fn iter(&self) -> ListIter<'a, T> {
        ListIter {
            entries: match self.entries {
                Entries::Wire(bytes) => IterEntries::Wire(Reader::new(bytes)),
                Entries::Slice(items) => IterEntries::Slice(items),
            },
        }
    }

    /// How many entries there are. Walks over them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self.entries {
            Entries::Wire(bytes) => bytes.is_empty(),
            Entries::Slice(items) => items.is_empty(),
        }
    }

    /// The first entry.
    #[must_use]
    pub fn first(&self) -> Option<T> {
        self.iter().next()
    }

    /// Whether `entry` is one of them.
    #[must_use]
    pub fn contains(&self, entry: &T) -> bool
    where
        T: PartialEq,
    {
        self.iter().any(|e| e == *entry)
    }
}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(items: &'a [T]) -> Self {
        Self { entries: Entries::Slice(items) }
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for List<'a, T> {
    fn from(items: &'a [T; N]) -> Self {
        Self { entries: Entries::Slice(items) }
    }
}

impl<'a, T: Codec<'a> + Copy + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Codec<'a> + Copy + Eq> Eq for List<'a, T> {}

impl<'a, T: Codec<'a> + Copy + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Codec<'a> + Copy> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> ListIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Codec<'a> + Copy> IntoIterator for &List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> ListIter<'a, T> {
        self.iter()
    }
}

/// The entries of a [`List`], one by one.
#[derive(Clone, Debug)]
pub struct ListIter<'a, T> {
    entries: IterEntries<'a, T>,
}

#[derive(Clone, Debug)]
enum IterEntries<'a, T> {
    Wire(Reader<'a>),
    Slice(&'a [T]),
}

impl<'a, T: Codec<'a> + Copy> Iterator for ListIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match &mut self.entries {
            IterEntries::Wire(reader) if reader.is_empty() => None,
            // `List::decode` has seen this very entry decode: `ok` throws no error away.
            IterEntries::Wire(reader) => T::decode(reader).ok(),
            IterEntries::Slice(items) => {
                let (first, rest) = items.split_first()?;
                *items = rest;
                Some(*first)
            }
        }
    }
}
