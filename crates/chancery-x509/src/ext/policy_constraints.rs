//! Policy constraints.

use super::ExtensionValue;
use crate::error::{ErrorKind, Fault};
use crate::reader::{self, Reader, tag};
use crate::strictness::Strictness;

/// After how many certificates a policy is required, and mapping forbidden.
///
/// ```text
/// PolicyConstraints ::= SEQUENCE {                         RFC 5280 §4.2.1.11
///     requireExplicitPolicy  [0] INTEGER (0..MAX) OPTIONAL,
///     inhibitPolicyMapping   [1] INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyConstraints {
    require_explicit_policy: Option<u32>,
    inhibit_policy_mapping: Option<u32>,
}

impl PolicyConstraints {
    /// After how many more certificates there has to be an acceptable policy.
    #[must_use]
    pub const fn require_explicit_policy(&self) -> Option<u32> {
        self.require_explicit_policy
    }

    /// After how many more certificates policies may not be mapped.
    #[must_use]
    pub const fn inhibit_policy_mapping(&self) -> Option<u32> {
        self.inhibit_policy_mapping
    }
}

impl<'a> ExtensionValue<'a> for PolicyConstraints {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let at = reader.rest();
        let mut inner = reader.sequence(s)?;
        let mut skip = |s: &mut S, number| match inner.optional(s, tag::context(number))? {
            None => Ok(None),
            Some(value) => reader::u32(s, value).map(Some),
        };
        let require_explicit_policy = skip(s, 0)?;
        let inhibit_policy_mapping = skip(s, 1)?;
        inner.finish(s)?;
        if require_explicit_policy.is_none() && inhibit_policy_mapping.is_none() {
            // RFC 5280 §4.2.1.11: MUST NOT be an empty sequence.
            s.deviation(ErrorKind::EmptySequence, at)?;
        }
        Ok(Self { require_explicit_policy, inhibit_policy_mapping })
    }
}
