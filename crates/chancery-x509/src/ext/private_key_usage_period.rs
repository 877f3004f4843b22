//! Private key usage period.

use super::ExtensionValue;
use crate::error::{ErrorKind, Fault, Field};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;
use crate::time::Time;

/// For how long the private key is used, where that is shorter than the certificate's validity.
///
/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE {                     RFC 3280 §4.2.1.4
///     notBefore  [0] GeneralizedTime OPTIONAL,
///     notAfter   [1] GeneralizedTime OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrivateKeyUsagePeriod {
    not_before: Option<Time>,
    not_after: Option<Time>,
}

impl PrivateKeyUsagePeriod {
    /// From when.
    #[must_use]
    pub const fn not_before(&self) -> Option<Time> {
        self.not_before
    }

    /// Until when.
    #[must_use]
    pub const fn not_after(&self) -> Option<Time> {
        self.not_after
    }
}

impl<'a> ExtensionValue<'a> for PrivateKeyUsagePeriod {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let at = reader.rest();
        let mut inner = reader.sequence(s)?;
        let mut time =
            |s: &mut S, number, field: Field| match inner.optional(s, tag::context(number))? {
                None => Ok(None),
                Some(value) => s.within(field, |s| Time::parse_generalized(s, value)).map(Some),
            };
        let not_before = time(s, 0, Field::NotBefore)?;
        let not_after = time(s, 1, Field::NotAfter)?;
        inner.finish(s)?;
        if not_before.is_none() && not_after.is_none() {
            s.deviation(ErrorKind::EmptySequence, at)?;
        }
        Ok(Self { not_before, not_after })
    }
}
