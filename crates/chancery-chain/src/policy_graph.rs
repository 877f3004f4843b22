//! The valid policy graph (RFC 9618 §5), which replaces the tree of RFC 5280 §6.1.
//!
//! ```text
//! depth 0            anyPolicy
//!                   /    |    \          an edge: the lower node's policy is among the policies
//! depth 1      gold    silver  any       that the upper node expects
//!                   \    /
//! depth 2            gold                one node a policy and depth, however many parents
//! ```
//!
//! A tree doubles with each mapping (CVE-2023-0464); in the graph the nodes of a depth are at most the
//! policies that its certificate names. Policy qualifiers are not kept: RFC 5280 §6.1 lets them
//! constrain nothing.

use alloc::{collections::BTreeMap, vec::Vec};

use crate::budget::{Exhausted, Meter};

/// One node: its policy stands in the map's key.
#[derive(Clone, Debug)]
struct Node<P> {
    /// Nodes of the depth above, by policy.
    parents: Vec<P>,
    /// `expected_policy_set`; a fresh node expects its own policy.
    expected: Vec<P>,
}

/// The graph, or NULL once its deepest level is empty.
///
/// A node above the deepest level is alive only if a path leads from it to the deepest one; dead nodes
/// are told apart in [`Self::valid_policies`], and nothing before asks for them.
#[derive(Clone, Debug)]
pub(crate) struct PolicyGraph<P> {
    any: P,
    /// Nothing as long as there is no more than the root: few paths have policies at all.
    levels: Vec<BTreeMap<P, Node<P>>>,
    is_null: bool,
}

impl<P: Ord + Copy> PolicyGraph<P> {
    /// RFC 9618 §5.2: one node, anyPolicy, that expects anyPolicy.
    pub(crate) fn new(any: P) -> Self {
        Self { any, levels: Vec::new(), is_null: false }
    }

    /// Makes the root, if it is to have descendants.
    fn plant(&mut self) {
        if self.levels.is_empty() && !self.is_null {
            let root = Node { parents: Vec::new(), expected: Vec::from([self.any]) };
            self.levels.push(BTreeMap::from([(self.any, root)]));
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.is_null
    }

    /// RFC 9618 §5.3, RFC 5280 §6.1.3 (e): a certificate without policies ends it.
    pub(crate) fn set_null(&mut self) {
        self.is_null = true;
        self.levels.clear();
    }

    /// RFC 9618 §5.3, step (d): the policies of the next certificate. `any_is_allowed` is whether
    /// inhibit_anyPolicy is above zero or the certificate is a self-issued intermediate.
    pub(crate) fn process(
        &mut self,
        policies: impl Iterator<Item = P>,
        any_is_allowed: bool,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        self.plant();
        let any = self.any;
        let Some(above) = self.levels.last() else { return Ok(()) };
        // Which nodes of the level above expect a policy: edges are found without comparing all pairs.
        let mut expecting: BTreeMap<P, Vec<P>> = BTreeMap::new();
        for (&policy, node) in above {
            meter.policy_nodes(node.expected.len())?;
            for &expected in &node.expected {
                expecting.entry(expected).or_default().push(policy);
            }
        }
        let mut level = BTreeMap::new();
        let mut certificate_has_any = false;
        for policy in policies {
            meter.policy_nodes(1)?;
            if policy == any {
                certificate_has_any = true;
                continue;
            }
            // (d)(1)(i): the nodes that expect it; (d)(1)(ii): else the anyPolicy node above.
            let parents = match expecting.get(&policy) {
                Some(parents) => parents.clone(),
                None if above.contains_key(&any) => Vec::from([any]),
                None => continue,
            };
            meter.policy_nodes(parents.len())?;
            level.insert(policy, Node { parents, expected: Vec::from([policy]) });
        }
        // (d)(2): anyPolicy stands for whatever the level above expects and is not there yet.
        if certificate_has_any && any_is_allowed {
            for (policy, parents) in expecting {
                meter.policy_nodes(parents.len())?;
                level
                    .entry(policy)
                    .or_insert_with(|| Node { parents, expected: Vec::from([policy]) });
            }
        }
        // (d)(3): a depth without nodes leaves none above with a child.
        if level.is_empty() {
            self.set_null();
        } else {
            self.levels.push(level);
        }
        Ok(())
    }

    /// RFC 9618 §5.4, RFC 5280 §6.1.4 (b): the mappings of an intermediate, as pairs of
    /// issuerDomainPolicy and subjectDomainPolicy. `mapping_is_allowed` is whether policy_mapping is above zero.
    pub(crate) fn map(
        &mut self,
        mappings: impl Iterator<Item = (P, P)>,
        mapping_is_allowed: bool,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        self.plant();
        let any = self.any;
        let mut by_issuer: BTreeMap<P, Vec<P>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            meter.policy_nodes(1)?;
            by_issuer.entry(issuer).or_default().push(subject);
        }
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        for (issuer, mut subjects) in by_issuer {
            if !mapping_is_allowed {
                level.remove(&issuer);
                continue;
            }
            subjects.sort_unstable();
            subjects.dedup();
            if let Some(node) = level.get_mut(&issuer) {
                node.expected = subjects;
            } else if level.contains_key(&any) {
                level.insert(issuer, Node { parents: Vec::from([any]), expected: subjects });
            }
        }
        if level.is_empty() {
            self.set_null();
        }
        Ok(())
    }

    /// RFC 9618 §5.5, RFC 5280 §6.1.5 (g), up to the user's own set: the authority-constrained policies.
    /// The result names a policy as the trust anchor's domain calls it.
    pub(crate) fn valid_policies(&self) -> Vec<P> {
        let mut found = Vec::new();
        let Some(deepest) = self.levels.last() else {
            found.extend((!self.is_null).then_some(self.any));
            return found;
        };
        if deepest.contains_key(&self.any) {
            found.push(self.any);
        }
        // Upwards from the deepest level: alive is what has a living child.
        let mut alive: Vec<P> = deepest.keys().copied().collect();
        for level in self.levels.iter().skip(1).rev() {
            let mut parents = Vec::new();
            for policy in &alive {
                let Some(node) = level.get(policy) else { continue };
                if *policy != self.any && node.parents == [self.any] {
                    found.push(*policy);
                }
                parents.extend_from_slice(&node.parents);
            }
            parents.sort_unstable();
            parents.dedup();
            alive = parents;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    const ANY: u16 = 0;

    fn meter() -> Meter {
        Meter::new(Budget::new())
    }

    #[allow(
        clippy::type_complexity,
        reason = "policies and mappings of each level, as the tests write them"
    )]
    fn graph(levels: &[(&[u16], &[(u16, u16)])]) -> PolicyGraph<u16> {
        let mut graph = PolicyGraph::new(ANY);
        for (policies, mappings) in levels {
            graph.process(policies.iter().copied(), true, &mut meter()).unwrap();
            graph.map(mappings.iter().copied(), true, &mut meter()).unwrap();
        }
        graph
    }

    #[test]
    fn rfc_9618_5_3_policies_intersect_down_the_path() {
        assert_eq!(graph(&[(&[1, 2], &[]), (&[2, 3], &[])]).valid_policies(), [2]);
        assert!(graph(&[(&[1], &[]), (&[2], &[])]).is_null());
        assert_eq!(graph(&[(&[ANY], &[]), (&[2, 3], &[])]).valid_policies(), [2, 3]);
        assert_eq!(graph(&[(&[1, 2], &[]), (&[ANY], &[])]).valid_policies(), [1, 2]);
        assert_eq!(graph(&[(&[ANY], &[]), (&[ANY], &[])]).valid_policies(), [ANY]);
    }

    #[test]
    fn rfc_9618_5_4_a_mapped_policy_counts_by_its_upper_name() {
        assert_eq!(graph(&[(&[1], &[(1, 7)]), (&[7], &[])]).valid_policies(), [1]);
        assert!(graph(&[(&[1], &[(1, 7)]), (&[1], &[])]).is_null());
        // Through anyPolicy: the mapped policy gets its own node.
        assert_eq!(graph(&[(&[ANY], &[(1, 7)]), (&[7], &[])]).valid_policies(), [1]);
    }

    #[test]
    fn an_inhibited_mapping_deletes_the_node() {
        let mut graph = graph(&[(&[1, 2], &[])]);
        graph.map([(1, 7)].into_iter(), false, &mut meter()).unwrap();
        graph.process([1, 2, 7].into_iter(), true, &mut meter()).unwrap();
        assert_eq!(graph.valid_policies(), [2]);
    }

    #[test]
    fn inhibited_any_policy_matches_nothing() {
        let mut graph = graph(&[(&[1], &[])]);
        graph.process([ANY].into_iter(), false, &mut meter()).unwrap();
        assert!(graph.is_null());
    }

    #[test]
    fn a_node_whose_children_died_is_not_valid() {
        // 1 lives at depth 1 and 2, and dies at depth 3.
        assert_eq!(graph(&[(&[1, 2], &[]), (&[1, 2], &[]), (&[2], &[])]).valid_policies(), [2]);
    }

    #[test]
    fn openssl_cve_2023_0464_mappings_do_not_multiply() {
        // Every policy is mapped to every policy at every depth: a tree would hold 20^8 nodes.
        let policies: Vec<u16> = (1..=20).collect();
        let all: Vec<(u16, u16)> =
            policies.iter().flat_map(|&a| policies.iter().map(move |&b| (a, b))).collect();
        let mut meter = meter();
        let mut graph = PolicyGraph::new(ANY);
        for _ in 0..8 {
            graph.process(policies.iter().copied(), true, &mut meter).unwrap();
            graph.map(all.iter().copied(), true, &mut meter).unwrap();
        }
        assert_eq!(graph.valid_policies(), policies);
        assert!(meter.used.policy_nodes <= 8 * 3 * 420, "{}", meter.used.policy_nodes);
    }

    #[test]
    fn go_cve_2026_32281_a_huge_mapping_list_ends_at_the_budget() {
        let mut graph = graph(&[(&[1], &[])]);
        let mappings = (0..60_000).map(|n| (1, n));
        assert_eq!(graph.map(mappings, true, &mut meter()), Err(Exhausted::PolicyNodes));
    }
}
