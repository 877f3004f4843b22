//! The validator: anchors, algorithms and policy once, then one call a peer.
//!
//! ```text
//! leaf, intermediates ──► Pool ──► Builder ──► candidate ──► validate ──► check_signatures ──► VerifiedPath
//!                                     ▲                          │
//!                                     └── blame: leave out ──────┘ ──► Rejection, the closest candidate first
//! ```

use alloc::{boxed::Box, collections::BTreeSet, sync::Arc, vec::Vec};

use chancery_x509::{Certificate, Oid};
use pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use smallvec::{SmallVec, smallvec};

use crate::{
    anchor::TrustAnchors,
    budget::{Exhausted, Meter},
    build::{Builder, Node, Nodes, Pool, Proposal},
    need::Need,
    path::VerifiedPath,
    policy::{Policy, Purpose},
    report::{
        Candidate, Finding, Ignored, MAX_CANDIDATES, MAX_IGNORED, OwnedChain, Rejection, Report,
        Source,
    },
    revocation::store::CrlStore,
    rule::Rule,
    server_name::Peer,
    signature::{Memory, Verifier},
    signature_cache::SignatureCache,
    validate::{Context, Judgement, check_signatures, validate},
};

/// What a peer presents: its certificate, and others that may help.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Presented<'a> {
    /// The DER of the leaf.
    pub leaf: &'a [u8],
    /// Certificates from which a path may be built: in any order, with duplicates and strangers among them.
    pub intermediates: &'a [CertificateDer<'a>],
    /// OCSP responses, in DER: stapled to the handshake, or fetched. Each is held against every certificate of the path.
    pub ocsp_responses: &'a [&'a [u8]],
    /// The nonce of the request that was sent, if one was: a response with another does not count (RFC 9654).
    pub ocsp_nonce: Option<&'a [u8]>,
    /// The `SignedCertificateTimestampList` of the TLS extension (RFC 6962 §3.3), empty if there was none.
    pub timestamps: &'a [u8],
}

impl<'a> Presented<'a> {
    /// A leaf with its intermediates, and nothing else.
    #[must_use]
    pub const fn new(leaf: &'a [u8], intermediates: &'a [CertificateDer<'a>]) -> Self {
        Self { leaf, intermediates, ocsp_responses: &[], ocsp_nonce: None, timestamps: &[] }
    }
}

/// Verifies certificates against anchors and a policy. Make one and share it.
///
/// ```
/// use chancery_chain::{Peer, Policy, Presented, Purpose, ReferenceIdentity, TrustAnchors, Validator};
/// use pki_types::{SignatureVerificationAlgorithm, UnixTime};
/// # static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[];
///
/// let validator = Validator::new(TrustAnchors::new(), ALGORITHMS).with_policy(Policy::new());
/// let name = ReferenceIdentity::dns("example.com")?;
/// let verdict = validator.verify(
///     &Presented::new(b"not a certificate", &[]),
///     Purpose::ServerAuth,
///     Peer::Named(&name),
///     UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_795_000_000)),
/// );
/// let rejection = verdict.unwrap_err();
/// assert_eq!(rejection.rule(), chancery_chain::Rule::Malformed);
/// println!("{rejection}\n{}", rejection.report());
/// # Ok::<(), chancery_chain::InvalidIdentity>(())
/// ```
#[derive(Clone, Debug)]
pub struct Validator {
    anchors: Arc<TrustAnchors>,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    policy: Policy,
    cache: Option<Arc<SignatureCache>>,
    crls: Option<Arc<CrlStore>>,
}

impl Validator {
    /// With the default policy, and no cache. `algorithms` is the provider's table, such as chancery-ring's,
    /// or the `all` of a rustls `WebPkiSupportedAlgorithms`.
    #[must_use]
    pub fn new(
        anchors: impl Into<Arc<TrustAnchors>>,
        algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    ) -> Self {
        Self { anchors: anchors.into(), algorithms, policy: Policy::new(), cache: None, crls: None }
    }

    /// With another policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// With a memory of signatures that were proved, which may be shared with other validators.
    #[must_use]
    pub fn with_cache(mut self, cache: Arc<SignatureCache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// With CRLs to ask.
    #[must_use]
    pub fn with_crls(mut self, crls: Arc<CrlStore>) -> Self {
        self.crls = Some(crls);
        self
    }

    /// The anchors.
    #[must_use]
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Looks for a path from `presented.leaf` to an anchor, valid at `at`, for `purpose`, belonging to `peer`.
    ///
    /// # Errors
    /// If there is none; the rejection tells the closest one and what is wrong with it.
    pub fn verify(
        &self,
        presented: &Presented<'_>,
        purpose: Purpose,
        peer: Peer<'_>,
        at: UnixTime,
    ) -> Result<VerifiedPath, Rejection> {
        self.verify_with(presented, purpose, peer, at, None, None)
    }

    /// With what a [`crate::Verification`] has of its own.
    pub(crate) fn verify_with(
        &self,
        presented: &Presented<'_>,
        purpose: Purpose,
        peer: Peer<'_>,
        at: UnixTime,
        cache: Option<&SignatureCache>,
        crls: Option<&CrlStore>,
    ) -> Result<VerifiedPath, Rejection> {
        let cache = self.cache.as_deref().or(cache);
        let verifier = Verifier { algorithms: self.algorithms, cache };
        let context = Context { policy: &self.policy, purpose, peer, at, verifier };
        let stores: [Option<&CrlStore>; 2] = [self.crls.as_deref(), crls];
        let stores: SmallVec<[&CrlStore; 2]> = stores.into_iter().flatten().collect();
        let mut run = Run {
            validator: self,
            context,
            meter: Meter::new(self.policy.budget),
            memory: Memory::default(),
            tried: Vec::new(),
            omitted: 0,
            ignored: Vec::new(),
            needs: Vec::new(),
            stores: &stores,
            presented,
        };
        run.go()
    }
}

/// One verification.
pub(crate) struct Run<'v> {
    pub(crate) validator: &'v Validator,
    pub(crate) context: Context<'v>,
    pub(crate) meter: Meter,
    pub(crate) memory: Memory,
    tried: Vec<Tried>,
    omitted: u32,
    ignored: Vec<Ignored>,
    pub(crate) needs: Vec<Need>,
    pub(crate) stores: &'v [&'v CrlStore],
    pub(crate) presented: &'v Presented<'v>,
}

/// A candidate that was judged. It becomes a [`Candidate`] when the report is made.
struct Tried {
    nodes: Nodes,
    anchor: Option<usize>,
    judgement: Judgement,
    signatures_are_checked: bool,
}

impl<'v> Run<'v> {
    fn go(&mut self) -> Result<VerifiedPath, Rejection> {
        let presented = self.presented;
        let leaf = match Certificate::parse(presented.leaf) {
            Ok(leaf) => leaf,
            Err(error) => {
                let finding = Finding::fatal(Rule::Malformed, 0, error, "a certificate in DER");
                let finding = Finding { offset: Some(error.offset()), ..finding };
                return Err(self.reject_leaf(presented.leaf, finding));
            }
        };
        let mut pool = Pool::new();
        self.fill_pool(&mut pool, leaf, presented.intermediates);
        let anchors = &*self.validator.anchors;
        let mut builder = Builder::new(&pool, anchors, self.context.time());
        let exhausted = loop {
            match self.next(&pool, &mut builder) {
                Ok(Step::Accepted(path)) => return Ok(self.accept(&pool, path)),
                Ok(Step::Rejected) => {}
                Ok(Step::Ended) => break None,
                Err(exhausted) => break Some(exhausted),
            }
        };
        if let Some(exhausted) = exhausted {
            self.note_exhausted(exhausted);
        } else if self.tried.is_empty() {
            self.note_dead_end(&pool, &builder);
        }
        Err(self.reject(&pool))
    }

    /// The certificates that parse, each once.
    fn fill_pool<'a>(
        &mut self,
        pool: &mut Pool<'a>,
        leaf: Certificate<'a>,
        intermediates: &'a [CertificateDer<'a>],
    ) {
        pool.reserve(intermediates.len() + 1);
        pool.add(Source::Leaf, leaf);
        let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
        let limit = usize::try_from(self.meter.limits.intermediates).unwrap_or(usize::MAX);
        for (index, der) in intermediates.iter().enumerate() {
            if pool.len() > limit {
                break;
            }
            // Two or three are compared faster than sorted.
            let is_new = if intermediates.len() <= 4 {
                !intermediates.iter().take(index).any(|earlier| earlier == der)
            } else {
                seen.insert(der)
            };
            if !is_new {
                continue;
            }
            match Certificate::parse(der) {
                Ok(certificate) => pool.add(Source::Intermediate(index), certificate),
                Err(error) if self.ignored.len() < MAX_IGNORED => {
                    self.ignored.push(Ignored { intermediate: index, error });
                }
                Err(_) => {}
            }
        }
        pool.index();
    }

    /// Judges the next candidate.
    fn next(&mut self, pool: &Pool<'_>, builder: &mut Builder<'_, '_>) -> Result<Step, Exhausted> {
        let Some(proposal) = builder.propose(&mut self.meter)? else { return Ok(Step::Ended) };
        self.meter.path()?;
        let Some(anchor) = self.validator.anchors.shared(proposal.anchor) else {
            return Ok(Step::Ended);
        };
        let anchor = &**anchor;
        let mut judgement = validate(&self.context, pool, &proposal, anchor, &mut self.meter)?;
        let mut signatures_are_checked = false;
        if !judgement.is_rejected {
            signatures_are_checked = true;
            check_signatures(
                &self.context,
                pool,
                &proposal,
                anchor,
                &mut judgement,
                &mut self.memory,
                &mut self.meter,
            )?;
        }
        if !judgement.is_rejected {
            self.check_evidence(pool, &proposal, anchor, &mut judgement)?;
        }
        for blame in &judgement.blame {
            builder.blame(*blame);
        }
        let Proposal { nodes, anchor } = proposal;
        let is_accepted = !judgement.is_rejected;
        let tried = Tried { nodes, anchor: Some(anchor), judgement, signatures_are_checked };
        if is_accepted {
            return Ok(Step::Accepted(tried));
        }
        self.keep(tried);
        Ok(Step::Rejected)
    }

    /// The report shows the closest ones.
    fn keep(&mut self, tried: Tried) {
        if self.tried.len() >= MAX_CANDIDATES {
            self.omitted = self.omitted.saturating_add(1);
            let closest_is_new =
                self.tried.last().is_some_and(|last| tried.closeness() < last.closeness());
            if !closest_is_new {
                return;
            }
            self.tried.pop();
        }
        let at = self.tried.partition_point(|known| known.closeness() <= tried.closeness());
        self.tried.insert(at, tried);
    }

    fn note_exhausted(&mut self, exhausted: Exhausted) {
        let found = format_args!("more {exhausted} than the budget has");
        let finding = Finding::fatal(Rule::BudgetExhausted, 0, found, "a path within the budget");
        let judgement =
            Judgement { findings: Vec::from([finding]), is_rejected: true, ..Judgement::default() };
        // It stands first: what else was tried does not tell what would have come.
        self.tried.truncate(MAX_CANDIDATES - 1);
        let nodes = smallvec![0];
        self.tried
            .insert(0, Tried { nodes, anchor: None, judgement, signatures_are_checked: true });
    }

    /// No path reached an anchor: the longest way that there is shows where the next certificate is missing.
    fn note_dead_end(&mut self, pool: &Pool<'_>, builder: &Builder<'_, '_>) {
        let nodes = builder.dead_end(&self.meter);
        let position = nodes.len().saturating_sub(1);
        let Some(last) = nodes.last().and_then(|index| pool.get(*index)) else { return };
        let issuer = last.certificate.issuer();
        let finding = if builder.hit_depth {
            let wanted = format_args!("at most {} intermediates", self.meter.limits.depth);
            Finding::fatal(Rule::DepthExceeded, position, "more intermediates", wanted)
        } else if !last.is_self_issued() {
            let found = "no certificate and no anchor with the issuer's name";
            Finding::fatal(Rule::UnknownIssuer, position, found, issuer)
        } else if position == 0 {
            Finding::fatal(Rule::SelfSigned, 0, "issuer and subject are the same", "a trust anchor")
        } else {
            Finding::fatal(Rule::UntrustedRoot, position, issuer, "a trust anchor")
        };
        self.need_issuer(last);
        let judgement =
            Judgement { findings: Vec::from([finding]), is_rejected: true, ..Judgement::default() };
        self.keep(Tried { nodes, anchor: None, judgement, signatures_are_checked: true });
    }

    /// RFC 5280 §4.2.2.1: where the next certificate of the way may be had.
    fn need_issuer(&mut self, node: &Node<'_>) {
        if let Some(access) = node.certificate.extensions().authority_info_access() {
            for url in access.uris(Oid::CA_ISSUERS).take(MAX_URLS) {
                self.needs.push(Need::Issuer { of: node.source, url: url.into() });
            }
        }
    }

    /// Signatures were left for last; the closest candidate's tell whether it is what it seems.
    fn check_closest(&mut self, pool: &Pool<'_>) {
        for _ in 0..MAX_CANDIDATES {
            let Some(closest) = self.tried.first_mut() else { return };
            let Some(anchor) = closest.anchor.filter(|_| !closest.signatures_are_checked) else {
                return;
            };
            closest.signatures_are_checked = true;
            let Some(shared) = self.validator.anchors.shared(anchor) else { return };
            let proposal = Proposal { nodes: closest.nodes.clone(), anchor };
            let checked = check_signatures(
                &self.context,
                pool,
                &proposal,
                shared,
                &mut closest.judgement,
                &mut self.memory,
                &mut self.meter,
            );
            if checked.is_err() {
                return;
            }
            self.tried.sort_by_key(Tried::closeness);
        }
    }

    fn accept(&mut self, pool: &Pool<'_>, mut path: Tried) -> VerifiedPath {
        let policies = core::mem::take(&mut path.judgement.policies);
        // One of those that may be kept is the accepted one.
        if self.tried.len() >= MAX_CANDIDATES {
            self.tried.truncate(MAX_CANDIDATES - 1);
            self.omitted = self.omitted.saturating_add(1);
        }
        VerifiedPath { policies, report: Box::new(self.report(pool, Some(path))) }
    }

    fn reject(&mut self, pool: &Pool<'_>) -> Rejection {
        self.check_closest(pool);
        let report = self.report(pool, None);
        let closest = report.candidates.first();
        let (finding, (source, subject)) = match closest.and_then(|c| Some((c, c.primary()?))) {
            Some((candidate, finding)) => (finding.clone(), candidate.certificate_of(finding)),
            None => {
                let finding =
                    Finding::fatal(Rule::UnknownIssuer, 0, "no path", "a path to an anchor");
                (finding, (Source::Leaf, alloc::string::String::new()))
            }
        };
        Rejection { finding, source, subject: subject.into(), report: Box::new(report) }
    }

    fn reject_leaf(&mut self, leaf: &[u8], finding: Finding) -> Rejection {
        let candidate = Candidate {
            certificates: OwnedChain::new([(Source::Leaf, leaf)].into_iter()),
            anchor: None,
            findings: Vec::from([finding.clone()]),
        };
        let mut report = self.report(&Pool::new(), None);
        report.candidates.push(candidate);
        Rejection { finding, source: Source::Leaf, subject: "".into(), report: Box::new(report) }
    }

    fn report(&mut self, pool: &Pool<'_>, accepted: Option<Tried>) -> Report {
        let anchors = &self.validator.anchors;
        let candidate = |tried: Tried| {
            let nodes = tried.nodes.iter().filter_map(|index| pool.get(*index));
            let anchor =
                tried.anchor.and_then(|index| Some((index, anchors.shared(index)?.clone())));
            Candidate {
                certificates: OwnedChain::new(
                    nodes.map(|node| (node.source, node.certificate.as_der())),
                ),
                anchor,
                findings: tried.judgement.findings,
            }
        };
        let mut candidates = SmallVec::new();
        if let Some(accepted) = accepted {
            candidates.push(candidate(accepted));
        }
        candidates.extend(core::mem::take(&mut self.tried).into_iter().map(candidate));
        Report {
            at: self.context.at,
            purpose: self.context.purpose,
            wanted: self.context.peer.render(),
            candidates,
            omitted: self.omitted,
            ignored: core::mem::take(&mut self.ignored),
            needs: core::mem::take(&mut self.needs),
            usage: self.meter.used,
            limits: self.meter.limits,
        }
    }
}

/// Addresses of one certificate's issuer: two are usual.
const MAX_URLS: usize = 8;

enum Step {
    Accepted(Tried),
    Rejected,
    Ended,
}

impl Tried {
    /// Nearer first: by the gravest finding, then by how many there are, then by length.
    fn closeness(&self) -> (core::cmp::Reverse<u8>, usize, usize) {
        let fatal = || self.judgement.findings.iter().filter(|finding| finding.is_fatal());
        let rank = fatal().map(|finding| finding.rule.rank()).min().unwrap_or(u8::MAX);
        (core::cmp::Reverse(rank), fatal().count(), self.nodes.len())
    }
}
