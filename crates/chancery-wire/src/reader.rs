//! A cursor over received bytes that can only fail by [`DecodeError`].
//!
//! Every read names the field that it is for, as the RFC spells it, so that an error can say where
//! it happened.

use core::ops::RangeInclusive;

use crate::error::{DecodeError, DecodeErrorKind};

/// A cursor over received bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the front of `bytes`, which is offset 0 of errors.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// How many bytes have been read, counted from the outermost input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn remaining(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether everything has been read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The error `kind` of `field` here.
    #[must_use]
    pub(crate) fn error(&self, kind: DecodeErrorKind, field: &'static str) -> DecodeError {
        DecodeError::new(kind, self.offset).within(field)
    }

    /// The next `len` bytes.
    ///
    /// # Errors
    /// If fewer are left.
    pub fn take(&mut self, len: usize, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let Some((head, tail)) = self.bytes.split_at_checked(len) else {
            return Err(self.error(DecodeErrorKind::Truncated, field));
        };
        self.bytes = tail;
        self.offset = self.offset.saturating_add(len);
        Ok(head)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// If fewer are left.
    pub fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<&'a [u8; N], DecodeError> {
        let Some((head, tail)) = self.bytes.split_first_chunk() else {
            return Err(self.error(DecodeErrorKind::Truncated, field));
        };
        self.bytes = tail;
        self.offset = self.offset.saturating_add(N);
        Ok(head)
    }

    /// The rest, possibly empty.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.bytes;
        self.offset = self.offset.saturating_add(rest.len());
        self.bytes = &[];
        rest
    }

    /// A `uint8`.
    ///
    /// # Errors
    /// If nothing is left.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.array(field).map(|&[b]| b)
    }

    /// A `uint16`.
    ///
    /// # Errors
    /// If fewer than 2 bytes are left.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.array(field).copied().map(u16::from_be_bytes)
    }

    /// A `uint24`.
    ///
    /// # Errors
    /// If fewer than 3 bytes are left.
    pub fn u24(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(|&[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// A `uint32`.
    ///
    /// # Errors
    /// If fewer than 4 bytes are left.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).copied().map(u32::from_be_bytes)
    }

    /// A vector with a length of one byte, `opaque field<range>` (RFC 8446 §3.4).
    ///
    /// # Errors
    /// If its length lies outside of `range`, or fewer bytes are left.
    pub fn vec8(
        &mut self,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        let start = self.clone();
        let len = usize::from(self.u8(field)?);
        self.vector(&start, len, field, &range)
    }

    /// A vector with a length of two bytes.
    ///
    /// # Errors
    /// As [`Self::vec8`].
    pub fn vec16(
        &mut self,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        let start = self.clone();
        let len = usize::from(self.u16(field)?);
        self.vector(&start, len, field, &range)
    }

    /// A vector with a length of three bytes.
    ///
    /// # Errors
    /// As [`Self::vec8`].
    pub fn vec24(
        &mut self,
        field: &'static str,
        range: RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        let start = self.clone();
        let len = usize::try_from(self.u24(field)?).unwrap_or(usize::MAX);
        self.vector(&start, len, field, &range)
    }

    fn vector(
        &mut self,
        start: &Self,
        len: usize,
        field: &'static str,
        range: &RangeInclusive<usize>,
    ) -> Result<Self, DecodeError> {
        if !range.contains(&len) {
            return Err(start.error(DecodeErrorKind::LengthOutOfRange, field));
        }
        let offset = self.offset;
        let bytes = self.take(len, field)?;
        Ok(Self { bytes, offset })
    }

    /// Ends the reading of `field`.
    ///
    /// # Errors
    /// If bytes are left.
    pub fn finish(self, field: &'static str) -> Result<(), DecodeError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.error(DecodeErrorKind::TrailingBytes, field))
        }
    }
}
