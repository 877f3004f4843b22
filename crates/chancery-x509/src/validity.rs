//! The time for which a certificate is issued.

use crate::error::{Fault, Field};
use crate::reader::Reader;
use crate::strictness::Strictness;
use crate::time::Time;

/// From when to when, both inclusive.
///
/// ```text
/// Validity ::= SEQUENCE { notBefore Time, notAfter Time }  RFC 5280 §4.1.2.5
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Validity {
    not_before: Time,
    not_after: Time,
}

impl Validity {
    pub(crate) const EMPTY: Self = {
        let never = Time::from_unix_seconds(0);
        Self { not_before: never, not_after: never }
    };

    #[inline]
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut inner = reader.sequence(s)?;
        let not_before = s.within(Field::NotBefore, |s| Time::read(s, &mut inner))?;
        let not_after = s.within(Field::NotAfter, |s| Time::read(s, &mut inner))?;
        inner.finish(s)?;
        Ok(Self { not_before, not_after })
    }

    /// The first second.
    #[must_use]
    pub const fn not_before(&self) -> Time {
        self.not_before
    }

    /// The last second.
    #[must_use]
    pub const fn not_after(&self) -> Time {
        self.not_after
    }

    /// Whether `time` is inside.
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        self.not_before <= time && time <= self.not_after
    }
}
