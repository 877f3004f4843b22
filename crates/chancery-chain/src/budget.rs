//! How much work one verification may cost, counted.
//!
//! ```text
//! limits (Budget) ──► meter, charged before each piece of work ──► Usage, told in the report
//! ```
//!
//! Certificates come from the peer, so the peer chooses how much there is to do. Nothing here reads a
//! clock: the same input costs the same on every machine.

use core::fmt;

/// The most work that one verification may do. Each limit says where its default comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// Signature checks, over all candidate paths.
    ///
    /// 100, as in rustls-webpki and Go: RUSTSEC-2023-0053 and CVE-2018-16875 were the lack of it.
    /// An honest path needs three to six.
    pub signatures: u32,
    /// Candidate issuers looked at while paths are built.
    ///
    /// 200,000, as in rustls-webpki. A chain of 100 same-named CAs takes about 10,000. Where names do not agree to the byte, each
    /// 4 bytes of them count too.
    pub steps: u32,
    /// Comparisons of a name with a name constraint, over all candidate paths.
    ///
    /// 250,000, as in rustls-webpki (RUSTSEC-2023-0052, CVE-2025-58187). It allows 500 names under
    /// 500 constraints. Long names count more than once: for each 64 bytes, or 4 of a distinguished name,
    /// whose characters are prepared one by one (RFC 4518): the bench `chain_cost` is where the 4 is from.
    pub name_comparisons: u32,
    /// Candidate paths judged.
    ///
    /// 256. Bettertls' hardest honest graph needs fewer than 64.
    pub paths: u32,
    /// Certificates between anchor and leaf that are not self-issued (RFC 5280 §6.1, as in
    /// `max_path_length`).
    ///
    /// 8, as in Go and pyca/cryptography. The public web uses at most three.
    pub depth: u32,
    /// Certificates taken from the peer's list, after duplicates are dropped.
    ///
    /// 5,000, since more takes longer to parse than a handshake may wait (CVE-2026-32280).
    pub intermediates: u32,
    /// Nodes and edges of the policy graph (RFC 9618 §3 is why the tree is not used).
    ///
    /// 20,000, which is more than a certificate of 64 KiB can name.
    pub policy_nodes: u32,
}

impl Budget {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            signatures: 100,
            steps: 200_000,
            name_comparisons: 250_000,
            paths: 256,
            depth: 8,
            intermediates: 5_000,
            policy_nodes: 20_000,
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

/// What a verification has used of its [`Budget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Usage {
    /// Signatures checked. What a signature cache answered is not among them.
    pub signatures: u32,
    /// Signatures that the cache had proved before.
    pub cached_signatures: u32,
    /// Candidate issuers looked at.
    pub steps: u32,
    /// Names compared with name constraints.
    pub name_comparisons: u32,
    /// Candidate paths judged.
    pub paths: u32,
    /// Nodes and edges of policy graphs.
    pub policy_nodes: u32,
}

/// The limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exhausted {
    /// [`Budget::signatures`]
    Signatures,
    /// [`Budget::steps`]
    Steps,
    /// [`Budget::name_comparisons`]
    NameComparisons,
    /// [`Budget::paths`]
    Paths,
    /// [`Budget::policy_nodes`]
    PolicyNodes,
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signatures => "signature checks",
            Self::Steps => "path building steps",
            Self::NameComparisons => "name constraint comparisons",
            Self::Paths => "candidate paths",
            Self::PolicyNodes => "policy graph nodes",
        })
    }
}

/// A budget with what is used of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    pub(crate) limits: Budget,
    pub(crate) used: Usage,
}

impl Meter {
    pub(crate) fn new(limits: Budget) -> Self {
        Self { limits, used: Usage::default() }
    }

    pub(crate) fn signature(&mut self) -> Result<(), Exhausted> {
        charge(&mut self.used.signatures, 1, self.limits.signatures, Exhausted::Signatures)
    }

    pub(crate) fn step(&mut self) -> Result<(), Exhausted> {
        charge(&mut self.used.steps, 1, self.limits.steps, Exhausted::Steps)
    }

    /// Comparing distinguished names of so many bytes, one character after the other.
    pub(crate) fn long_step(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let steps = u32::try_from(bytes / 4).unwrap_or(u32::MAX);
        charge(&mut self.used.steps, steps, self.limits.steps, Exhausted::Steps)
    }

    /// One comparison, or more of long names: the work grows with their length, too.
    pub(crate) fn name_comparison(&mut self, count: usize) -> Result<(), Exhausted> {
        let limit = self.limits.name_comparisons;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        charge(&mut self.used.name_comparisons, count, limit, Exhausted::NameComparisons)
    }

    pub(crate) fn path(&mut self) -> Result<(), Exhausted> {
        charge(&mut self.used.paths, 1, self.limits.paths, Exhausted::Paths)
    }

    pub(crate) fn policy_nodes(&mut self, nodes: usize) -> Result<(), Exhausted> {
        let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
        let limit = self.limits.policy_nodes;
        charge(&mut self.used.policy_nodes, nodes, limit, Exhausted::PolicyNodes)
    }
}

fn charge(used: &mut u32, amount: u32, limit: u32, what: Exhausted) -> Result<(), Exhausted> {
    let after = used.saturating_add(amount);
    if after > limit {
        return Err(what);
    }
    *used = after;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_may_be_used_and_one_more_may_not() {
        let mut meter = Meter::new(Budget { signatures: 2, ..Budget::new() });
        assert_eq!(meter.signature(), Ok(()));
        assert_eq!(meter.signature(), Ok(()));
        assert_eq!(meter.signature(), Err(Exhausted::Signatures));
        assert_eq!(meter.used.signatures, 2);
        assert_eq!(meter.policy_nodes(usize::MAX), Err(Exhausted::PolicyNodes));
    }
}
