//! Two levels of strictness from one grammar.
//!
//! The parsers are written once, over `S: Strictness`, and call [`Strictness::deviation`] wherever
//! the input is readable although a rule is broken. [`Strict`] turns that into an error,
//! [`Lenient`] into a [`Finding`] for the caller, and goes on.

use core::fmt;

use crate::error::{Element, Error, ErrorKind, Fault, Path};

pub(crate) trait Strictness {
    /// Whether every deviation is an error: then what has been read once without one may be taken as read again.
    const EVERY_DEVIATION_IS_AN_ERROR: bool = false;

    /// The path of the fault that has come up to the top.
    fn fault_path(&self) -> Path;

    /// A rule is broken at `at`, and the input still has one meaning.
    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Fault>;

    /// Runs `parse` inside the field `element`.
    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault>;

    /// Runs `parse`; if it fails in lenient mode that is a finding, and the answer is `None`.
    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault>;
}

/// DER and the shape of RFC 5280, or an error.
pub(crate) struct Strict {
    /// Of the fault that is on its way up.
    path: Path,
}

impl Strict {
    pub(crate) const fn new() -> Self {
        Self { path: Path::EMPTY }
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, element: Element) {
        self.path.push_front(element);
    }
}

impl Strictness for Strict {
    const EVERY_DEVIATION_IS_AN_ERROR: bool = true;

    fn fault_path(&self) -> Path {
        self.path
    }

    #[inline]
    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Fault> {
        Err(Fault::new(kind, at))
    }

    #[inline(always)]
    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let result = parse(self);
        if result.is_err() {
            self.note(element.into());
        }
        result
    }

    #[inline(always)]
    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
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
    /// Where the parser is.
    path: Path,
    /// Of the fault that is on its way up.
    fault_path: Path,
    findings: &'f mut dyn FnMut(Finding),
}

impl<'i, 'f> Lenient<'i, 'f> {
    pub(crate) fn new(input: &'i [u8], findings: &'f mut dyn FnMut(Finding)) -> Self {
        Self { input, path: Path::EMPTY, fault_path: Path::EMPTY, findings }
    }

    fn report(&mut self, fault: Fault) {
        let path = self.path.join(&self.fault_path);
        self.fault_path = Path::EMPTY;
        (self.findings)(Finding(Error::new(path, fault).rebase(self.input)));
    }
}

impl Strictness for Lenient<'_, '_> {
    fn fault_path(&self) -> Path {
        self.fault_path
    }

    fn deviation(&mut self, kind: ErrorKind, at: &[u8]) -> Result<(), Fault> {
        self.report(Fault::new(kind, at));
        Ok(())
    }

    fn within<T>(
        &mut self,
        element: impl Into<Element>,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let element = element.into();
        self.path.push(element);
        let result = parse(self);
        self.path.pop();
        if result.is_err() {
            self.fault_path.push_front(element);
        }
        result
    }

    fn recover<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match parse(self) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => {
                self.report(fault);
                Ok(None)
            }
        }
    }
}
