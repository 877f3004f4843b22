//! Proposing candidate paths: a depth-first search from the leaf to the anchors.
//!
//! ```text
//! leaf ──issuer name──► same-named intermediates ──► … ──► same-named anchors
//!                       best first: key identifiers agree, valid at the time
//! ```
//!
//! Nothing here is proof. Key identifiers and dates only say what to try first; `validate` judges each candidate
//! whole, and tells which certificate or which signature made it fail, so that no candidate with the
//! same fault is proposed again. Certificates from which no anchor can be reached by name are never
//! entered: a peer that sends a hundred CAs that sign each other, and no trusted root, costs next to nothing.

use alloc::{collections::BTreeSet, vec, vec::Vec};
use core::cmp::{Ordering, Reverse};

use chancery_x509::{Certificate, Name, Time};
use smallvec::{SmallVec, smallvec};

use crate::{
    anchor::{Anchor, TrustAnchors},
    budget::{Exhausted, Meter},
    name,
    report::Source,
    validate::is_trusted_leaf,
};

/// A certificate that was offered: the leaf is number 0 of the pool.
pub(crate) struct Node<'a> {
    pub(crate) source: Source,
    pub(crate) certificate: Certificate<'a>,
    subject_hash: u64,
    issuer_hash: u64,
    is_self_issued: bool,
}

impl Node<'_> {
    pub(crate) const fn is_self_issued(&self) -> bool {
        self.is_self_issued
    }
}

/// Who may have issued a certificate: a node of the pool, or an anchor, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Issuer {
    Node(usize),
    Anchor(usize),
}

/// All certificates that were offered and parse, without duplicates.
pub(crate) struct Pool<'a> {
    nodes: SmallVec<[Node<'a>; 4]>,
    /// Hash of the subject and index, in order; empty if there are few.
    by_subject: Vec<(u64, usize)>,
}

impl<'a> Pool<'a> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { nodes: SmallVec::new(), by_subject: Vec::new() }
    }

    /// For about so many certificates.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.nodes.reserve_exact(count);
    }

    pub(crate) fn add(&mut self, source: Source, certificate: Certificate<'a>) {
        let (subject, issuer) = (certificate.subject(), certificate.issuer());
        // Most come in the order of the path, so that the name is the one that was hashed last.
        let subject_hash = match self.nodes.last() {
            Some(last) if last.certificate.issuer().as_der() == subject.as_der() => {
                last.issuer_hash
            }
            _ => name::hash(subject),
        };
        let is_same = issuer.as_der() == subject.as_der();
        let issuer_hash = if is_same { subject_hash } else { name::hash(issuer) };
        let is_self_issued = subject_hash == issuer_hash && certificate.is_self_issued();
        self.nodes.push(Node { source, subject_hash, issuer_hash, is_self_issued, certificate });
    }

    /// To be called when all are there.
    pub(crate) fn index(&mut self) {
        if self.nodes.len() > SMALL_POOL {
            let hashes = self.nodes.iter().map(|node| node.subject_hash);
            self.by_subject = hashes.zip(0..).collect();
            self.by_subject.sort_unstable();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Node<'a>> {
        self.nodes.get(index)
    }

    fn with_subject_hash(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let is_indexed = !self.by_subject.is_empty();
        let start = self.by_subject.partition_point(|(known, _)| *known < hash);
        // A place in the index, or the certificate itself where there is none.
        let mut at = start;
        core::iter::from_fn(move || {
            if is_indexed {
                let (known, index) = *self.by_subject.get(at)?;
                at += 1;
                return (known == hash).then_some(index);
            }
            let rest = self.nodes.get(at..)?;
            let found = at + rest.iter().position(|node| node.subject_hash == hash)?;
            at = found + 1;
            Some(found)
        })
    }

    /// Nodes whose subject is that name.
    pub(crate) fn with_subject<'s>(&'s self, wanted: Name<'s>) -> impl Iterator<Item = usize> + 's {
        self.named(name::hash(&wanted), wanted)
    }

    /// The same, with the name's hash at hand.
    fn named<'s>(&'s self, hash: u64, wanted: Name<'s>) -> impl Iterator<Item = usize> + 's {
        self.with_subject_hash(hash).filter(move |index| {
            self.get(*index).is_some_and(|node| node.certificate.subject().matches(&wanted))
        })
    }
}

/// The certificates of a path by index: nearly all have no more than these.
pub(crate) type Nodes = SmallVec<[usize; 4]>;

/// A path to be judged: leaf first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) nodes: Nodes,
    pub(crate) anchor: usize,
}

/// What made a candidate fail, as far as the search can use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// No path through that issuer can be good.
    Issuer(Issuer),
    /// That issuer did not sign that node.
    Edge(usize, Issuer),
}

struct Frame {
    node: usize,
    /// Where its issuers begin in [`Builder::issuers`].
    issuers_from: usize,
}

/// The search.
pub(crate) struct Builder<'p, 'a> {
    start: usize,
    pool: &'p Pool<'a>,
    anchors: &'p TrustAnchors,
    at: Time,
    reachable: Option<Vec<bool>>,
    blamed: BTreeSet<Issuer>,
    blamed_edges: BTreeSet<(usize, Issuer)>,
    stack: SmallVec<[Frame; 4]>,
    /// Those not tried yet: of each frame the best last, the frames one after the other.
    issuers: SmallVec<[Issuer; 4]>,
    is_started: bool,
    /// Whether a path was given up only because it was too long.
    pub(crate) hit_depth: bool,
}

/// Above this many certificates it pays to sort them, and to find out first which of them can reach an anchor.
const SMALL_POOL: usize = 8;

impl<'p, 'a> Builder<'p, 'a> {
    pub(crate) fn new(pool: &'p Pool<'a>, anchors: &'p TrustAnchors, at: Time) -> Self {
        Self::starting_at(0, pool, anchors, at)
    }

    /// For paths to another certificate of the pool than the leaf.
    pub(crate) fn starting_at(
        start: usize,
        pool: &'p Pool<'a>,
        anchors: &'p TrustAnchors,
        at: Time,
    ) -> Self {
        Self {
            start,
            pool,
            anchors,
            at,
            reachable: None,
            blamed: BTreeSet::new(),
            blamed_edges: BTreeSet::new(),
            stack: SmallVec::new(),
            issuers: SmallVec::new(),
            is_started: false,
            hit_depth: false,
        }
    }

    /// The next candidate, unless there is none left.
    pub(crate) fn propose(&mut self, meter: &mut Meter) -> Result<Option<Proposal>, Exhausted> {
        if !self.is_started {
            self.is_started = true;
            if self.pool.len() > SMALL_POOL {
                self.reachable = Some(self.find_reachable(meter)?);
            }
            self.enter(self.start, meter)?;
        }
        while let Some(&Frame { node, issuers_from }) = self.stack.last() {
            if self.issuers.len() <= issuers_from {
                self.stack.pop();
                continue;
            }
            let Some(issuer) = self.issuers.pop() else { break };
            meter.step()?;
            if self.is_blamed(node, issuer) {
                continue;
            }
            match issuer {
                Issuer::Anchor(anchor) => {
                    let nodes = self.stack.iter().map(|frame| frame.node).collect();
                    return Ok(Some(Proposal { nodes, anchor }));
                }
                Issuer::Node(next) if self.is_too_deep(next, meter) => self.hit_depth = true,
                Issuer::Node(next) => self.enter(next, meter)?,
            }
        }
        Ok(None)
    }

    /// Takes note of why a candidate failed, and leaves the branches that share its fault.
    pub(crate) fn blame(&mut self, blame: Blame) {
        match blame {
            Blame::Issuer(issuer) => self.blamed.insert(issuer),
            Blame::Edge(node, issuer) => self.blamed_edges.insert((node, issuer)),
        };
        let faulty = self.stack.windows(2).position(|pair| match pair {
            [child, parent] => self.is_blamed(child.node, Issuer::Node(parent.node)),
            _ => false,
        });
        if let Some(above) = faulty.map(|at| at + 1)
            && let Some(frame) = self.stack.get(above)
        {
            self.issuers.truncate(frame.issuers_from);
            self.stack.truncate(above);
        }
    }

    fn is_blamed(&self, node: usize, issuer: Issuer) -> bool {
        self.blamed.contains(&issuer) || self.blamed_edges.contains(&(node, issuer))
    }

    /// RFC 5280 §6.1.4 (l): self-issued certificates do not count.
    fn is_too_deep(&self, next: usize, meter: &Meter) -> bool {
        let counts = |index: usize| self.pool.get(index).is_some_and(|node| !node.is_self_issued());
        let intermediates = self.stack.iter().skip(1).map(|frame| frame.node).chain([next]);
        let depth = intermediates.filter(|index| counts(*index)).count();
        // Self-issued certificates are free, but not without end.
        depth > usize::try_from(meter.limits.depth).unwrap_or(usize::MAX)
            || self.stack.len() > 2 * usize::try_from(meter.limits.depth).unwrap_or(usize::MAX) + 2
    }

    fn enter(&mut self, index: usize, meter: &mut Meter) -> Result<(), Exhausted> {
        let (pool, anchors) = (self.pool, self.anchors);
        let Some(node) = pool.get(index) else { return Ok(()) };
        let issuer_name = node.certificate.issuer();
        let issuers_from = self.issuers.len();
        for candidate in pool.with_subject_hash(node.issuer_hash) {
            // Counted before names are compared: whoever makes hashes collide pays for it.
            meter.step()?;
            if candidate != index
                && candidate != 0
                && self.reachable.as_ref().is_none_or(|known| known.get(candidate) == Some(&true))
                && let Some(issuer) = pool.get(candidate)
                && name::is_same(issuer.certificate.subject(), issuer_name, meter)?
                && !self.is_in_path(issuer, index, meter)?
            {
                self.issuers.push(Issuer::Node(candidate));
            }
        }
        for (anchor, trusted) in anchors.named(node.issuer_hash) {
            meter.step()?;
            if trusted.is_named(issuer_name) {
                self.issuers.push(Issuer::Anchor(anchor));
            }
        }
        // A leaf that is trusted as it is need not be self-signed.
        if anchors.have_trusted_leaf() && index == self.start && self.stack.is_empty() {
            for (anchor, trusted) in anchors.named(node.subject_hash) {
                let issuer = Issuer::Anchor(anchor);
                if is_trusted_leaf(trusted, &node.certificate) && !self.issuers.contains(&issuer) {
                    self.issuers.push(issuer);
                }
            }
        }
        if self.issuers.len() > issuers_from + 1 {
            let mut found: Vec<Issuer> = self.issuers.drain(issuers_from..).collect();
            found.sort_by(|a, b| self.compare(node, *a, *b).reverse());
            self.issuers.extend(found);
        }
        self.stack.push(Frame { node: index, issuers_from });
        Ok(())
    }

    /// The same name with the same key is the same CA: a path that meets it twice can be made shorter.
    fn is_in_path(
        &self,
        candidate: &Node<'_>,
        last: usize,
        meter: &mut Meter,
    ) -> Result<bool, Exhausted> {
        for index in self.stack.iter().map(|frame| frame.node).chain([last]) {
            let Some(node) = self.pool.get(index) else { continue };
            if node.subject_hash == candidate.subject_hash
                && node.certificate.subject_public_key_info().as_der()
                    == candidate.certificate.subject_public_key_info().as_der()
                && name::is_same(
                    node.certificate.subject(),
                    candidate.certificate.subject(),
                    meter,
                )?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Which issuer of `child` to try first. It depends on the certificates only, never on the order in
    /// which they were offered.
    fn compare(&self, child: &Node<'_>, a: Issuer, b: Issuer) -> Ordering {
        self.rank(child, a).cmp(&self.rank(child, b)).then_with(|| self.bytes(a).cmp(self.bytes(b)))
    }

    fn rank(&self, child: &Node<'_>, issuer: Issuer) -> impl Ord + use<> {
        let certificate = match issuer {
            Issuer::Node(index) => self.pool.get(index).map(|node| node.certificate),
            Issuer::Anchor(index) => self.anchors.get(index).and_then(Anchor::parsed),
        };
        let Some(certificate) = certificate else { return (1, false, 0, Reverse(0)) };
        let wanted = child.certificate.extensions().authority_key_identifier();
        let wanted = wanted.and_then(|identifier| identifier.key_identifier());
        let own = certificate.extensions().subject_key_identifier();
        // RFC 4158 §3.5.12: a match first, then what cannot be told, then a mismatch.
        let identifier = match (wanted, own) {
            (Some(wanted), Some(own)) if wanted == own => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let is_invalid = !certificate.validity().contains(self.at);
        let kind = match issuer {
            Issuer::Anchor(_) => 0,
            Issuer::Node(_) => 1,
        };
        // RFC 4158 §3.5.6: the one that was made last.
        let newest = Reverse(certificate.validity().not_before().unix_seconds());
        (identifier, is_invalid, kind, newest)
    }

    fn bytes(&self, issuer: Issuer) -> &[u8] {
        match issuer {
            Issuer::Node(index) => {
                self.pool.get(index).map_or(&[], |node| node.certificate.as_der())
            }
            Issuer::Anchor(index) => {
                self.anchors.get(index).map_or(&[], Anchor::subject_public_key_info)
            }
        }
    }

    /// Which nodes have an issuer that is an anchor, or a node that has; by the hashes of names alone.
    fn find_reachable(&self, meter: &mut Meter) -> Result<Vec<bool>, Exhausted> {
        let nodes = &self.pool.nodes;
        let mut by_issuer: Vec<_> =
            nodes.iter().enumerate().map(|(index, node)| (node.issuer_hash, index)).collect();
        by_issuer.sort_unstable();
        let mut reachable = vec![false; nodes.len()];
        let mut waiting = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            meter.step()?;
            if self.anchors.named(node.issuer_hash).next().is_some() {
                waiting.push(index);
            }
        }
        let mut expanded = BTreeSet::new();
        while let Some(index) = waiting.pop() {
            let Some(known) = reachable.get_mut(index) else { continue };
            if core::mem::replace(known, true) {
                continue;
            }
            let Some(node) = self.pool.get(index) else { continue };
            // Everything issued under this name, once for all nodes that bear it.
            if expanded.insert(node.subject_hash) {
                let start = by_issuer.partition_point(|(hash, _)| *hash < node.subject_hash);
                for (hash, child) in by_issuer.iter().skip(start) {
                    if *hash != node.subject_hash {
                        break;
                    }
                    meter.step()?;
                    waiting.push(*child);
                }
            }
        }
        Ok(reachable)
    }

    /// Where a path from the leaf ends when no anchor is in sight: for the report.
    pub(crate) fn dead_end(&self, meter: &Meter) -> Nodes {
        let mut path: Nodes = smallvec![0];
        while let Some(node) = path.last().and_then(|index| self.pool.get(*index)) {
            if path.len() > usize::try_from(meter.limits.depth).unwrap_or(0) {
                break;
            }
            let unused = |index: &usize| {
                let key = |index: usize| {
                    self.pool.get(index).map(|node| node.certificate.subject_public_key_info())
                };
                !path.iter().any(|known| *known == *index || key(*known) == key(*index))
            };
            let next = self
                .pool
                .named(node.issuer_hash, *node.certificate.issuer())
                .take(64)
                .filter(unused)
                .min_by(|a, b| self.compare(node, Issuer::Node(*a), Issuer::Node(*b)));
            match next {
                Some(next) => path.push(next),
                None => break,
            }
        }
        path
    }
}
