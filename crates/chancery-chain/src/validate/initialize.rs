//! RFC 5280 §6.1.2: the inputs, and what the trust anchor limits.

use alloc::vec::Vec;

use chancery_x509::{Certificate, NameConstraints, Oid, SubjectPublicKeyInfo, Validity, Version};
use pki_types::UnixTime;

use super::{Context, Judgement, Scope, Validation};
use crate::{
    anchor::{Anchor, Plain},
    build::{Issuer, Pool, Proposal},
    policy::{Profile, Purpose},
    policy_graph::PolicyGraph,
    profile,
    report::Finding,
    rule::Rule,
    text,
};

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.2.
    pub(super) fn initialize(
        context: &'c Context<'c>,
        pool: &'c Pool<'a>,
        proposal: &'c Proposal,
        anchor: &'c Anchor,
    ) -> Self {
        let inputs = &context.policy.certificate_policies;
        let count = proposal.nodes.len();
        let beyond = count + 1;
        let counter = |is_zero: bool| if is_zero { 0 } else { beyond };
        let mut validation = Self {
            context,
            pool,
            path: &proposal.nodes,
            anchor_index: proposal.anchor,
            anchor,
            judgement: Judgement::default(),
            valid_policy_graph: PolicyGraph::new(Oid::ANY_POLICY),
            subtrees: Vec::new(),
            explicit_policy: counter(inputs.require_explicit),
            inhibit_any_policy: counter(inputs.inhibit_any),
            policy_mapping: counter(inputs.inhibit_mapping),
            working_issuer_name: anchor.subject(),
            max_path_length: count,
        };
        validation.judge_anchor();
        validation
    }

    /// The trust anchor's own limits: RFC 5280 §6.1.1 (d), (h), (i), RFC 5937 §3.
    fn judge_anchor(&mut self) {
        let (constraints, position) = (self.anchor.constraints(), self.anchor_position());
        let scope = Scope::Issuer(Issuer::Anchor(self.anchor_index));
        let imposed = constraints.name_constraints.as_deref();
        for der in imposed.into_iter().chain(self.anchor.bare_name_constraints()) {
            match NameConstraints::parse(der) {
                Ok(subtrees) => self.subtrees.push(subtrees),
                Err(error) => self.fail(
                    scope,
                    Finding::fatal(
                        Rule::NameConstraintUnprocessable,
                        position,
                        error,
                        "NameConstraints",
                    ),
                ),
            }
        }
        let purpose = self.context.purpose;
        if !constraints.purposes.is_empty()
            && purpose != Purpose::Any
            && !constraints.purposes.contains(&purpose)
        {
            let found = "an anchor for other purposes";
            self.fail(scope, Finding::fatal(Rule::AnchorPurpose, position, found, purpose));
        }
        if let Some(leaf) = self.leaf() {
            let validity = leaf.certificate.validity();
            let (from, to) = (validity.not_before(), validity.not_after());
            let late = |limit: UnixTime| {
                from.unix_seconds() > i64::try_from(limit.as_secs()).unwrap_or(i64::MAX)
            };
            if let Some(limit) = constraints.distrust_after.filter(|limit| late(*limit)) {
                let wanted = text::at_latest(limit);
                let found = text::not_before(from);
                self.fail(scope, Finding::fatal(Rule::AnchorDistrusted, position, found, wanted));
            }
            let lifetime = to.unix_seconds().saturating_sub(from.unix_seconds()).saturating_add(1);
            if let Some(limit) = constraints.maximum_lifetime
                && lifetime > i64::try_from(limit).unwrap_or(i64::MAX)
            {
                let (found, wanted) =
                    (text::Span(lifetime), text::Span(i64::try_from(limit).unwrap_or(i64::MAX)));
                self.fail(scope, Finding::fatal(Rule::LifetimeTooLong, position, found, wanted));
            }
        }
        if self.context.policy.profile == Profile::Relying
            && let Some(plain) = self.anchor.plain()
        {
            self.judge_plain_anchor(scope, position, plain);
            return;
        }
        let parsed = self.anchor.parsed();
        let key = parsed.as_ref().map(Certificate::subject_public_key_info);
        let (key, der) =
            (key.map(SubjectPublicKeyInfo::as_der), parsed.as_ref().map(Certificate::as_der));
        let key = key.unwrap_or(self.anchor.subject_public_key_info());
        self.judge_key(scope, position, self.anchor.key().kind(), key, der.unwrap_or_default());
        if let Some(certificate) = parsed {
            self.judge_anchor_certificate(scope, position, &certificate);
        }
    }

    /// The same as [`Self::judge_anchor_certificate`] of a certificate that is known to have no other limits.
    fn judge_plain_anchor(&mut self, scope: Scope, position: usize, plain: &Plain) {
        let constraints = self.anchor.constraints();
        let key = self.anchor.key();
        self.judge_key(scope, position, key.kind(), key.as_der(), &[]);
        if constraints.honour_expiry && !plain.validity.contains(self.context.time()) {
            self.fail_anchor_expiry(scope, position, &plain.validity);
        }
        if constraints.honour_certificate
            && !self.is_trusted_leaf()
            && let Some(limit) = plain.path_length
        {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            self.max_path_length = self.max_path_length.min(limit);
        }
    }

    fn fail_anchor_expiry(&mut self, scope: Scope, position: usize, validity: &Validity) {
        let found = text::validity(validity);
        let wanted = text::now(self.context.at);
        self.fail(scope, Finding::fatal(Rule::AnchorExpired, position, found, wanted));
    }

    /// What counts of the certificate that the anchor was made of.
    fn judge_anchor_certificate(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'c>,
    ) {
        let constraints = self.anchor.constraints();
        if constraints.honour_expiry && !certificate.validity().contains(self.context.time()) {
            self.fail_anchor_expiry(scope, position, certificate.validity());
        }
        if !constraints.honour_certificate || self.is_trusted_leaf() {
            return;
        }
        // RFC 5280 §4.2: a critical extension that is not recognized bars the certificate from use.
        self.judge_extensions(scope, position, certificate);
        // Version 1 has no extensions: what it may do is the business of whoever trusts it.
        if certificate.version() == Version::V3 {
            self.judge_ca(scope, position, certificate);
        }
        self.judge_purpose(scope, position, certificate);
        let extensions = certificate.extensions();
        if let Some(subtrees) = extensions.name_constraints() {
            self.subtrees.push(subtrees);
        }
        let limit = extensions.basic_constraints().and_then(|basic| basic.path_len_constraint());
        if let Some(limit) = limit {
            self.max_path_length =
                self.max_path_length.min(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        let breaches = profile::check_anchor(self.context.policy.profile, certificate);
        self.fail_profile(scope, position, certificate, breaches);
    }
}
