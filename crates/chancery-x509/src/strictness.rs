//! Two levels of strictness from one grammar.
//!
//! The parsers are written once, over `S: Strictness`, and call [`Strictness::deviation`] wherever
//! the input is readable although a rule is broken. [`Strict`] turns that into an error,
//! [`Lenient`] into a [`Finding`] for the caller, and goes on.

use core::fmt;

use crate::error::{Element, Error, ErrorKind, Path};

pub(crate) trait Strictness {
    /// A rule is broken at `at`, and the input still has one meaning.
    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Error>;

    /// Runs `parse` inside the field `element`.
    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error>;

    /// Runs `parse`; if it fails in lenient mode that is a finding, and the answer is `None`.
    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error>;
}

/// DER and the shape of RFC 5280, or an error.
pub(crate) struct Strict;

impl Strictness for Strict {
    #[inline]
    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Error> {
        Err(Error::new(kind, at))
    }

    #[inline(always)]
    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        parse(self).map_err(|error| error.within(element.into()))
    }

    #[inline(always)]
    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        parse(self).map(Some)
    }
}

/// A rule that a structure broke although it could be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Finding(Error);

impl Finding {
    /// The rule.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.0.kind()
    }

    /// The offset, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset()
    }

    /// The field.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.0.path()
    }

    /// The same as the error that strict parsing would have given.
    #[must_use]
    pub const fn as_error(&self) -> &Error {
        &self.0
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What the web contains, each deviation reported.
pub(crate) struct Lenient<'i, 'f> {
    input: &'i [u8],
    path: Path,
    findings: &'f mut dyn FnMut(Finding),
}

impl<'i, 'f> Lenient<'i, 'f> {
    pub(crate) fn new(input: &'i [u8], findings: &'f mut dyn FnMut(Finding)) -> Self {
        Self { input, path: Path::EMPTY, findings }
    }

    fn report(&mut self, error: Error) {
        let path = self.path.join(&error.path());
        (self.findings)(Finding(error.with_path(path).rebase(self.input)));
    }
}

impl Strictness for Lenient<'_, '_> {
    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Error> {
        self.report(Error::new(kind, at));
        Ok(())
    }

    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let element = element.into();
        self.path.push(element);
        let result = parse(self);
        self.path.pop();
        result.map_err(|error| error.within(element))
    }

    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match parse(self) {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                self.report(error);
                Ok(None)
            }
        }
    }
}
