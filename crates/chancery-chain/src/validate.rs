//! Judging one candidate path, as RFC 5280 §6.1.2 to §6.1.5 are written.
//!
//! ```text
//! initialize ──► process ──► prepare_next ──► process ──► … ──► process ──► wrap_up
//!                cert 1                       cert 2            leaf
//! ```
//!
//! A fault does not end the judging: the report is to show all of them. Signatures come last and only for a
//! path that has no other fault, since they cost the most; [`check_signatures`] goes from the anchor down,
//! so that what a signature is checked with has been proved before.

use alloc::vec::Vec;

use chancery_x509::{Certificate, NameConstraints, Oid, Time};
use pki_types::UnixTime;

use crate::{
    anchor::Anchor,
    budget::{Exhausted, Meter},
    build::{Blame, Issuer, Node, Pool, Proposal},
    policy::{OwnedOid, Policy, Profile, Purpose},
    policy_graph::PolicyGraph,
    profile,
    report::Finding,
    rule::Rule,
    server_name::Peer,
    signature::Verifier,
    text,
};

mod extensions;
mod initialize;
mod prepare_next;
mod process;
mod signatures;
mod wrap_up;

use extensions::extension;
pub(crate) use signatures::check_signatures;

/// What a candidate is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Context<'v> {
    pub(crate) policy: &'v Policy,
    pub(crate) purpose: Purpose,
    pub(crate) peer: Peer<'v>,
    pub(crate) at: UnixTime,
    pub(crate) verifier: Verifier<'v>,
}

impl Context<'_> {
    pub(crate) fn time(&self) -> Time {
        text::time(self.at)
    }
}

/// What was found out about a candidate.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) findings: Vec<Finding>,
    pub(crate) blame: Vec<Blame>,
    /// user-constrained-policy-set (RFC 9618 §5.5).
    pub(crate) policies: Vec<OwnedOid>,
    pub(crate) is_rejected: bool,
}

/// Which other candidates share a fault.
#[derive(Clone, Copy)]
enum Scope {
    /// All that have this certificate as an issuer.
    Issuer(Issuer),
    /// Perhaps none.
    Path,
}

/// The path that is judged, and the state of RFC 5280 §6.1.2.
struct Validation<'c, 'a> {
    context: &'c Context<'c>,
    pool: &'c Pool<'a>,
    /// Of the pool, leaf first.
    path: &'c [usize],
    anchor_index: usize,
    anchor: &'c Anchor,
    judgement: Judgement,
    /// (a)
    valid_policy_graph: PolicyGraph<Oid<'c>>,
    /// (b) and (c), each `NameConstraints` by itself.
    subtrees: Vec<NameConstraints<'c>>,
    /// (d)
    explicit_policy: usize,
    /// (e)
    inhibit_any_policy: usize,
    /// (f)
    policy_mapping: usize,
    /// (j), in DER.
    working_issuer_name: &'c [u8],
    /// (k)
    max_path_length: usize,
}

/// Judges everything but signatures, revocation and logging.
pub(crate) fn validate<'c, 'a: 'c>(
    context: &'c Context<'c>,
    pool: &'c Pool<'a>,
    proposal: &'c Proposal,
    anchor: &'c Anchor,
    meter: &mut Meter,
) -> Result<Judgement, Exhausted> {
    let mut validation = Validation::initialize(context, pool, proposal, anchor);
    // RFC 5280 counts from 1 below the anchor to n, the leaf; positions count from 0, the leaf.
    for (position, &index) in proposal.nodes.iter().enumerate().rev() {
        let Some(node) = pool.get(index) else { continue };
        validation.process(position, index, node, meter)?;
        if position > 0 {
            validation.prepare_next(position, index, node, meter)?;
        } else {
            validation.wrap_up(node, meter)?;
        }
    }
    Ok(validation.judgement)
}

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// Where the anchor stands in the path.
    const fn anchor_position(&self) -> usize {
        self.path.len()
    }

    fn leaf(&self) -> Option<&'c Node<'a>> {
        self.pool.get(*self.path.first()?)
    }

    /// Whether the leaf is the anchor itself, trusted as it is.
    fn is_trusted_leaf(&self) -> bool {
        self.path.len() == 1
            && self.leaf().is_some_and(|leaf| is_trusted_leaf(self.anchor, &leaf.certificate))
    }

    fn fail(&mut self, scope: Scope, finding: Finding) {
        if let Scope::Issuer(issuer) = scope {
            self.judgement.blame.push(Blame::Issuer(issuer));
        }
        self.judgement.findings.push(finding);
        self.judgement.is_rejected = true;
    }

    #[inline]
    fn fail_profile(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
        breaches: Vec<profile::Breach>,
    ) {
        if !breaches.is_empty() {
            self.fail_breaches(scope, position, certificate, breaches);
        }
    }

    #[cold]
    fn fail_breaches(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
        breaches: Vec<profile::Breach>,
    ) {
        let rule = match self.context.policy.profile {
            Profile::WebPki => Rule::WebPkiProfile,
            _ => Rule::Rfc5280Profile,
        };
        for breach in breaches {
            let finding = Finding::fatal(rule, position, breach.found, breach.wanted);
            let finding = match breach.extension {
                Some(oid) => finding.at(certificate.as_der(), extension(certificate, oid)),
                None => finding,
            };
            self.fail(scope, finding.in_section(breach.section));
        }
    }
}

/// Whether `leaf` is this anchor's certificate, and the anchor allows it to be used as such.
pub(crate) fn is_trusted_leaf(anchor: &Anchor, leaf: &Certificate<'_>) -> bool {
    anchor.constraints().trusted_leaf
        && anchor.certificate().is_some_and(|certificate| certificate.as_ref() == leaf.as_der())
}
