//! Where encodings go: a fixed slice, or anything that grows.
//!
//! ```text
//! struct ─encode─► dyn Writer ─┬─ SliceWriter      &mut [u8] and a length; refuses what does not fit
//!                              └─ Vec<u8> and its like, by a blanket impl
//! ```
//!
//! The blanket impl asks for traits of `core` alone, so that a `Vec<u8>` can be written to although
//! this crate does not link `alloc`: an application without an allocator can still depend on it.

use core::ops::RangeInclusive;

use crate::error::EncodeError;

/// A place to write to. What was written can be overwritten, since lengths go in front of what they
/// measure.
pub trait Writer {
    /// How many bytes have been written, including those that were there before.
    fn position(&self) -> usize;

    /// Appends `bytes`.
    ///
    /// # Errors
    /// If there is no room for them.
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError>;

    /// Overwrites bytes that were written before, from `position` on.
    ///
    /// # Errors
    /// If that reaches beyond what was written.
    fn overwrite(&mut self, position: usize, bytes: &[u8]) -> Result<(), EncodeError>;
}

/// Growable buffers: `Vec<u8>`, `SmallVec<[u8; N]>`, `BytesMut` and the like.
///
/// They must grow when extended. A container of fixed capacity that panics instead belongs behind a
/// [`SliceWriter`].
impl<B> Writer for B
where
    B: for<'b> Extend<&'b u8> + AsRef<[u8]> + AsMut<[u8]>,
{
    fn position(&self) -> usize {
        self.as_ref().len()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.extend(bytes);
        Ok(())
    }

    fn overwrite(&mut self, position: usize, bytes: &[u8]) -> Result<(), EncodeError> {
        overwrite(self.as_mut(), position, bytes)
    }
}

/// A [`Writer`] into a slice.
///
/// ```
/// use chancery_wire::{KeyUpdate, KeyUpdateRequest, Body, SliceWriter};
///
/// let mut buffer = [0; 16];
/// let mut writer = SliceWriter::new(&mut buffer);
/// Body::KeyUpdate(KeyUpdate { request_update: KeyUpdateRequest::UPDATE_REQUESTED })
///     .encode(&mut writer)?;
/// assert_eq!(writer.written(), [24, 0, 0, 1, 1]);
/// # Ok::<(), chancery_wire::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct SliceWriter<'b> {
    bytes: &'b mut [u8],
    len: usize,
}

impl<'b> SliceWriter<'b> {
    /// Writes to the front of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'b mut [u8]) -> Self {
        Self { bytes, len: 0 }
    }

    /// What has been written.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// What has been written, for as long as the buffer lives.
    #[must_use]
    pub fn into_written(self) -> &'b mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

impl Writer for SliceWriter<'_> {
    fn position(&self) -> usize {
        self.len
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let end = self.len.checked_add(bytes.len()).ok_or(EncodeError::BufferTooShort)?;
        self.bytes
            .get_mut(self.len..end)
            .ok_or(EncodeError::BufferTooShort)?
            .copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }

    fn overwrite(&mut self, position: usize, bytes: &[u8]) -> Result<(), EncodeError> {
        let written = self.bytes.get_mut(..self.len).ok_or(EncodeError::BufferTooShort)?;
        overwrite(written, position, bytes)
    }
}

fn overwrite(written: &mut [u8], position: usize, bytes: &[u8]) -> Result<(), EncodeError> {
    let end = position.checked_add(bytes.len()).ok_or(EncodeError::BufferTooShort)?;
    written.get_mut(position..end).ok_or(EncodeError::BufferTooShort)?.copy_from_slice(bytes);
    Ok(())
}

/// Writes a vector with a length of one byte: what `contents` writes (RFC 8446 §3.4).
pub(crate) fn vec8(
    w: &mut dyn Writer,
    field: &'static str,
    range: RangeInclusive<usize>,
    contents: impl FnOnce(&mut dyn Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    vector::<1>(w, field, &range, contents)
}

/// Writes a vector with a length of two bytes.
pub(crate) fn vec16(
    w: &mut dyn Writer,
    field: &'static str,
    range: RangeInclusive<usize>,
    contents: impl FnOnce(&mut dyn Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    vector::<2>(w, field, &range, contents)
}

/// Writes a vector with a length of three bytes.
pub(crate) fn vec24(
    w: &mut dyn Writer,
    field: &'static str,
    range: RangeInclusive<usize>,
    contents: impl FnOnce(&mut dyn Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    vector::<3>(w, field, &range, contents)
}

fn vector<const PREFIX: usize>(
    w: &mut dyn Writer,
    field: &'static str,
    range: &RangeInclusive<usize>,
    contents: impl FnOnce(&mut dyn Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let position = w.position();
    w.write(&[0; PREFIX])?;
    contents(w)?;
    let len = w.position().saturating_sub(position).saturating_sub(PREFIX);
    if !range.contains(&len) {
        return Err(EncodeError::LengthOutOfRange(field));
    }
    // The range ends at what the prefix can say.
    let prefix = u32::try_from(len).map_err(|_| EncodeError::LengthOutOfRange(field))?;
    let bytes = prefix.to_be_bytes();
    let (_, low) =
        bytes.split_last_chunk::<PREFIX>().ok_or(EncodeError::LengthOutOfRange(field))?;
    w.overwrite(position, low)
}
