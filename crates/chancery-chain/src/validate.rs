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

use chancery_x509::{
    Certificate, Extension, ExtensionType, Name, NameConstraints, Oid, SubjectPublicKeyInfo, Time,
    Validity, Version,
};
use pki_types::UnixTime;

use crate::{
    anchor::{Anchor, Plain},
    budget::{Exhausted, Meter},
    build::{Blame, Issuer, Node, Pool, Proposal},
    constraints::{self, Breach},
    policy::{AcceptedExtension, LeafKeyUsage, OwnedOid, Policy, Profile, Purpose},
    policy_graph::PolicyGraph,
    profile,
    report::Finding,
    rule::Rule,
    server_name::Peer,
    signature::{Failure, Memory, Signed, Verifier, WeakKey, WholeBytes, check_key},
    text,
};

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
    nodes: Vec<(usize, &'c Node<'a>)>,
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
    /// (j)
    working_issuer_name: Name<'c>,
    /// (k)
    max_path_length: usize,
}

/// Judges everything but signatures, revocation and logging.
pub(crate) fn validate<'c, 'a: 'c>(
    context: &'c Context<'c>,
    pool: &'c Pool<'a>,
    proposal: &Proposal,
    anchor: &'c Anchor,
    meter: &mut Meter,
) -> Result<Judgement, Exhausted> {
    let nodes: Vec<_> =
        proposal.nodes.iter().rev().filter_map(|index| Some((*index, pool.get(*index)?))).collect();
    let Some(mut validation) = Validation::initialize(context, nodes, proposal.anchor, anchor)
    else {
        // An anchor's name was parsed when the anchor was made.
        return Ok(Judgement { is_rejected: true, ..Judgement::default() });
    };
    let count = validation.nodes.len();
    for i in 1..=count {
        let Some(&(index, node)) = validation.nodes.get(i - 1) else { break };
        validation.process(i, node, meter)?;
        if i < count {
            validation.prepare_next(i, index, node, meter)?;
        } else {
            validation.wrap_up(node, meter)?;
        }
    }
    Ok(validation.judgement)
}

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.2.
    fn initialize(
        context: &'c Context<'c>,
        nodes: Vec<(usize, &'c Node<'a>)>,
        anchor_index: usize,
        anchor: &'c Anchor,
    ) -> Option<Self> {
        let inputs = &context.policy.certificate_policies;
        let beyond = nodes.len() + 1;
        let counter = |is_zero: bool| if is_zero { 0 } else { beyond };
        let mut validation = Self {
            context,
            anchor_index,
            anchor,
            judgement: Judgement::default(),
            valid_policy_graph: PolicyGraph::new(Oid::ANY_POLICY),
            subtrees: Vec::new(),
            explicit_policy: counter(inputs.require_explicit),
            inhibit_any_policy: counter(inputs.inhibit_any),
            policy_mapping: counter(inputs.inhibit_mapping),
            working_issuer_name: Name::parse(anchor.subject()).ok()?,
            max_path_length: nodes.len(),
            nodes,
        };
        validation.judge_anchor();
        Some(validation)
    }

    /// The trust anchor's own limits: RFC 5280 §6.1.1 (d), (h), (i), RFC 5937 §3.
    fn judge_anchor(&mut self) {
        let (constraints, position) = (self.anchor.constraints(), self.nodes.len());
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
        if let Some((_, leaf)) = self.nodes.last() {
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
        match self.anchor.parsed() {
            Some(certificate) => {
                let key = certificate.subject_public_key_info();
                self.judge_key(scope, position, certificate.as_der(), key);
                self.judge_anchor_certificate(scope, position, &certificate);
            }
            None => {
                let der = self.anchor.subject_public_key_info();
                if let Ok(key) = SubjectPublicKeyInfo::parse(der) {
                    self.judge_key(scope, position, &[], &key);
                }
            }
        }
    }

    /// The same as [`Self::judge_anchor_certificate`] of a certificate that is known to have no other limits.
    fn judge_plain_anchor(&mut self, scope: Scope, position: usize, plain: &Plain) {
        let constraints = self.anchor.constraints();
        if let Ok(key) = SubjectPublicKeyInfo::parse(self.anchor.subject_public_key_info()) {
            self.judge_key(scope, position, &[], &key);
        }
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

    /// RFC 5280 §6.1.3: certificate `i` of 1 to n.
    fn process(
        &mut self,
        i: usize,
        node: &'c Node<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        let certificate = &node.certificate;
        let position = self.nodes.len() - i;
        let scope = self.scope(i);
        // (a)(1) is `check_signatures`, (a)(3) is `revocation`.
        // (a)(2)
        let validity = certificate.validity();
        if self.context.time() < validity.not_before() {
            let (found, wanted) =
                (text::not_before(validity.not_before()), text::now(self.context.at));
            self.fail(scope, Finding::fatal(Rule::NotYetValid, position, found, wanted));
        } else if self.context.time() > validity.not_after() {
            let (found, wanted) =
                (text::not_after(validity.not_after()), text::now(self.context.at));
            self.fail(scope, Finding::fatal(Rule::Expired, position, found, wanted));
        }
        // (a)(4)
        if !self.is_trusted_leaf() && !certificate.issuer().matches(&self.working_issuer_name) {
            let (found, wanted) = (certificate.issuer(), self.working_issuer_name);
            self.fail(Scope::Path, Finding::fatal(Rule::NameChaining, position, found, wanted));
        }
        // (b), (c)
        let is_final = i == self.nodes.len();
        let is_self_issued = node.is_self_issued();
        if is_final || !is_self_issued {
            for subtrees in &self.subtrees {
                match constraints::check_certificate(subtrees, certificate, meter) {
                    Ok(()) => {}
                    Err(Breach::Budget(exhausted)) => return Err(exhausted),
                    Err(breach) => {
                        self.judgement.findings.push(breach.finding(position));
                        self.judgement.is_rejected = true;
                    }
                }
            }
        }
        // (d), (e)
        match certificate.extensions().certificate_policies() {
            Some(policies) => {
                let any_is_allowed = self.inhibit_any_policy > 0 || (!is_final && is_self_issued);
                let policies = policies.iter().map(|policy| policy.policy_identifier());
                self.valid_policy_graph.process(policies, any_is_allowed, meter)?;
            }
            None => self.valid_policy_graph.set_null(),
        }
        // (f)
        if self.explicit_policy == 0 && self.valid_policy_graph.is_null() {
            let found = "no policy that all certificates above allow";
            let wanted = "an explicit policy";
            let finding = Finding::fatal(Rule::NoValidPolicy, position, found, wanted);
            self.fail(Scope::Path, finding.in_section("RFC 5280 §6.1.3 (f)"));
        }
        self.judge_key(
            scope,
            position,
            certificate.as_der(),
            certificate.subject_public_key_info(),
        );
        self.judge_purpose(scope, position, certificate);
        // §6.1.4 (o), §6.1.5 (f)
        self.judge_extensions(scope, position, certificate);
        Ok(())
    }

    /// RFC 5280 §6.1.4: certificate `i` is an intermediate.
    fn prepare_next(
        &mut self,
        i: usize,
        index: usize,
        node: &'c Node<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        let certificate = &node.certificate;
        let extensions = certificate.extensions();
        let position = self.nodes.len() - i;
        let scope = Scope::Issuer(Issuer::Node(index));
        // (a), (b)
        if let Some(mappings) = extensions.policy_mappings() {
            let mut maps_any = false;
            let pairs = mappings.iter().inspect(|(issuer, subject)| {
                maps_any |= *issuer == Oid::ANY_POLICY || *subject == Oid::ANY_POLICY;
            });
            self.valid_policy_graph.map(pairs, self.policy_mapping > 0, meter)?;
            if maps_any {
                let finding = Finding::fatal(
                    Rule::AnyPolicyMapped,
                    position,
                    "a mapping of anyPolicy",
                    "none",
                );
                self.fail(scope, finding);
            }
        }
        // (c)
        self.working_issuer_name = *certificate.subject();
        // (d) to (f), the working key, is `check_signatures`. (g)
        if let Some(subtrees) = extensions.name_constraints() {
            self.subtrees.push(subtrees);
        }
        // (h)
        let is_self_issued = node.is_self_issued();
        if !is_self_issued {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
        }
        // (i)
        let lower = |counter: &mut usize, limit: Option<u32>| {
            if let Some(limit) = limit {
                *counter = (*counter).min(usize::try_from(limit).unwrap_or(usize::MAX));
            }
        };
        if let Some(constraints) = extensions.policy_constraints() {
            lower(&mut self.explicit_policy, constraints.require_explicit_policy());
            lower(&mut self.policy_mapping, constraints.inhibit_policy_mapping());
        }
        // (j)
        lower(&mut self.inhibit_any_policy, extensions.inhibit_any_policy());
        // (k), (n)
        self.judge_ca(scope, position, certificate);
        // (l)
        if !is_self_issued {
            match self.max_path_length.checked_sub(1) {
                Some(left) => self.max_path_length = left,
                None => {
                    let found = "a CA certificate below the last one allowed";
                    let wanted = "an end-entity certificate";
                    let finding = Finding::fatal(Rule::PathTooLong, position, found, wanted);
                    self.fail(Scope::Path, finding);
                }
            }
        }
        // (m)
        let limit = extensions.basic_constraints().and_then(|basic| basic.path_len_constraint());
        lower(&mut self.max_path_length, limit);
        let breaches = profile::check_ca(self.context.policy.profile, certificate);
        self.fail_profile(scope, position, certificate, breaches);
        Ok(())
    }

    /// RFC 5280 §6.1.5: certificate n, the leaf, and RFC 9525 for whom it is.
    fn wrap_up(&mut self, node: &'c Node<'a>, meter: &mut Meter) -> Result<(), Exhausted> {
        let certificate = &node.certificate;
        let extensions = certificate.extensions();
        // (a)
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        // (b)
        let required = extensions.policy_constraints().and_then(|c| c.require_explicit_policy());
        if required == Some(0) {
            self.explicit_policy = 0;
        }
        // (g)
        let acceptable = &self.context.policy.certificate_policies.acceptable;
        let valid = self.valid_policy_graph.valid_policies();
        let has_any = valid.contains(&Oid::ANY_POLICY);
        let user: Vec<OwnedOid> = if acceptable.is_empty() {
            valid.into_iter().map(OwnedOid::from).collect()
        } else {
            let is_valid =
                |oid: &&OwnedOid| has_any || valid.iter().any(|v| v.as_bytes() == oid.bytes());
            acceptable.iter().filter(is_valid).cloned().collect()
        };
        if self.explicit_policy == 0 && user.is_empty() {
            let found = "a path without an acceptable policy";
            let wanted = "an acceptable policy, since one is required";
            self.fail(Scope::Path, Finding::fatal(Rule::NoValidPolicy, 0, found, wanted));
        }
        self.judgement.policies = user;
        if self.context.policy.leaf_key_usage == LeafKeyUsage::DigitalSignature
            && let Some(usage) = extensions.key_usage()
            && !usage.digital_signature()
        {
            let found = text::list(usage.names());
            self.fail(Scope::Path, Finding::fatal(Rule::KeyUsage, 0, found, "digitalSignature"));
        }
        let breaches = profile::check_leaf(self.context.policy, certificate);
        self.fail_profile(Scope::Path, 0, certificate, breaches);
        self.judge_identity(certificate, meter)
    }

    /// RFC 9525 §6, and the constraints held against the name that was asked for.
    fn judge_identity(
        &mut self,
        certificate: &Certificate<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        if matches!(self.context.peer, Peer::Anyone) {
            return Ok(());
        }
        let identities = self.context.peer.identities();
        let wanted = text::list(identities);
        let Some(names) = certificate.extensions().subject_alt_name() else {
            // RFC 9525 §2: the common name is not consulted.
            let finding = Finding::fatal(Rule::NoSubjectAltName, 0, "no subjectAltName", wanted);
            self.fail(Scope::Path, finding);
            return Ok(());
        };
        let matching = identities.iter().find_map(|identity| {
            let name = names.iter().find(|name| identity.matches(name))?;
            Some((identity, name))
        });
        let Some((identity, name)) = matching else {
            let found = text::list(names.iter());
            self.fail(Scope::Path, Finding::fatal(Rule::WrongName, 0, found, wanted));
            return Ok(());
        };
        if let Some(suffixes) = self.context.policy.public_suffixes.as_deref()
            && let Some(base) = profile::public_suffix_wildcard(&name, Some(suffixes))
        {
            let wanted = "a wildcard below a public suffix";
            let finding = Finding::fatal(Rule::PublicSuffixWildcard, 0, base, wanted);
            self.fail(Scope::Path, finding);
        }
        for subtrees in &self.subtrees {
            match constraints::check_reference(subtrees, identity, meter) {
                Ok(()) => {}
                Err(Breach::Budget(exhausted)) => return Err(exhausted),
                Err(breach) => {
                    self.judgement.findings.push(breach.finding(0));
                    self.judgement.is_rejected = true;
                }
            }
        }
        Ok(())
    }

    /// §6.1.4 (k) and (n): asked anew of each certificate on each path (CVE-2015-1793, CVE-2021-3450).
    fn judge_ca(&mut self, scope: Scope, position: usize, certificate: &Certificate<'_>) {
        let extensions = certificate.extensions();
        match extensions.basic_constraints() {
            Some(basic) if basic.ca() => {}
            Some(_) => {
                let finding = Finding::fatal(Rule::NotACa, position, "cA FALSE", "cA TRUE");
                let extension = extension(certificate, Oid::BASIC_CONSTRAINTS);
                self.fail(scope, finding.at(certificate.as_der(), extension));
            }
            None => {
                let found = "no basicConstraints";
                self.fail(scope, Finding::fatal(Rule::NotACa, position, found, "cA TRUE"));
            }
        }
        if let Some(usage) = extensions.key_usage()
            && !usage.key_cert_sign()
        {
            let found = text::list(usage.names());
            let finding = Finding::fatal(Rule::KeyCertSignMissing, position, found, "keyCertSign");
            let extension = extension(certificate, Oid::KEY_USAGE);
            self.fail(scope, finding.at(certificate.as_der(), extension));
        }
    }

    /// RFC 5280 §4.2.1.12: of the leaf; and of CAs, where it narrows what they may certify, as everyone reads it.
    fn judge_purpose(&mut self, scope: Scope, position: usize, certificate: &Certificate<'_>) {
        let Some(wanted) = self.context.purpose.oid() else { return };
        let Some(purposes) = certificate.extensions().extended_key_usage() else { return };
        if !purposes.contains(wanted) && !purposes.contains(Oid::ANY_EXTENDED_KEY_USAGE) {
            let names = purposes.iter().map(text::OidName);
            let finding = Finding::fatal(
                Rule::ExtendedKeyUsage,
                position,
                text::list(names),
                self.context.purpose,
            );
            let extension = extension(certificate, Oid::EXT_KEY_USAGE);
            self.fail(scope, finding.at(certificate.as_der(), extension));
        }
    }

    /// RFC 5280 §6.1.4 (o), §6.1.5 (f).
    fn judge_extensions(&mut self, scope: Scope, position: usize, certificate: &Certificate<'_>) {
        // Nearly always there is none that needs a look, and nothing is read twice.
        let extensions = certificate.extensions();
        if extensions.unprocessed_critical().next().is_none()
            && !NOT_ACTED_ON.iter().any(|extension| extensions.is_critical(*extension))
        {
            return;
        }
        for extension in certificate.extensions().iter() {
            let accepted = &self.context.policy.accepted_extensions;
            if extension.critical() && !is_recognized(&extension, accepted) {
                let finding = Finding::fatal(
                    Rule::UnknownCriticalExtension,
                    position,
                    text::OidName(extension.oid()),
                    "only critical extensions that are known",
                );
                self.fail(scope, finding.at(certificate.as_der(), extension.value()));
            }
        }
    }

    fn judge_key(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &[u8],
        key: &SubjectPublicKeyInfo<'_>,
    ) {
        let keys = &self.context.policy.keys;
        let whole_bytes = match self.context.policy.profile {
            Profile::WebPki => WholeBytes::Required,
            _ => WholeBytes::Unchecked,
        };
        let Err(weak) = check_key(key, keys, whole_bytes) else { return };
        let finding = match weak {
            WeakKey::RsaBits(bits) => Finding::fatal(
                Rule::WeakKey,
                position,
                format_args!("RSA of {bits} bits"),
                format_args!("{} to {} bits", keys.minimum_rsa_bits, keys.maximum_rsa_bits),
            ),
            WeakKey::RsaNotWholeBytes(bits) => Finding::fatal(
                Rule::WeakKey,
                position,
                format_args!("RSA of {bits} bits"),
                "a multiple of 8 bits",
            )
            .in_section("CA/B BR §6.1.5"),
            WeakKey::Curve => Finding::fatal(
                Rule::WeakKey,
                position,
                "another elliptic curve",
                text::list(keys.curves.iter().map(|curve| text::OidName(curve.oid()))),
            ),
            WeakKey::Algorithm => Finding::fatal(
                Rule::WeakKey,
                position,
                text::OidName(key.algorithm().oid()),
                "a known public key algorithm",
            ),
        };
        self.fail(scope, finding.at(certificate, key.as_der()));
    }

    /// Faults of the leaf blame no issuer.
    fn scope(&self, i: usize) -> Scope {
        match self.nodes.get(i - 1) {
            Some(&(index, _)) if i < self.nodes.len() => Scope::Issuer(Issuer::Node(index)),
            _ => Scope::Path,
        }
    }

    /// Whether the leaf is the anchor itself, trusted as it is.
    fn is_trusted_leaf(&self) -> bool {
        match self.nodes.as_slice() {
            [(_, leaf)] => is_trusted_leaf(self.anchor, &leaf.certificate),
            _ => false,
        }
    }

    fn fail(&mut self, scope: Scope, finding: Finding) {
        if let Scope::Issuer(issuer) = scope {
            self.judgement.blame.push(Blame::Issuer(issuer));
        }
        self.judgement.findings.push(finding);
        self.judgement.is_rejected = true;
    }

    fn fail_profile(
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

/// The value of an extension, for its place in the certificate.
fn extension<'a>(certificate: &Certificate<'a>, oid: Oid<'_>) -> &'a [u8] {
    certificate.extensions().find(oid).map_or(&[], |extension| extension.value())
}

/// Extensions that are parsed and that nothing here acts on: where one is critical, it is as good as unknown.
const NOT_ACTED_ON: [ExtensionType; 9] = [
    ExtensionType::PrivateKeyUsagePeriod,
    ExtensionType::IssuerAltName,
    ExtensionType::SubjectDirectoryAttributes,
    ExtensionType::SubjectInfoAccess,
    ExtensionType::PrecertificatePoison,
    ExtensionType::OcspNoCheck,
    ExtensionType::DelegationUsage,
    ExtensionType::AcmeIdentifier,
    ExtensionType::QcStatements,
];

/// RFC 5280 §4.2 lists what must be recognized; the rest is what this crate acts on.
fn is_recognized(extension: &Extension<'_>, accepted: &[AcceptedExtension]) -> bool {
    matches!(
        extension.oid(),
        Oid::KEY_USAGE
            | Oid::CERTIFICATE_POLICIES
            | Oid::POLICY_MAPPINGS
            | Oid::SUBJECT_ALT_NAME
            | Oid::BASIC_CONSTRAINTS
            | Oid::NAME_CONSTRAINTS
            | Oid::POLICY_CONSTRAINTS
            | Oid::EXT_KEY_USAGE
            | Oid::INHIBIT_ANY_POLICY
            | Oid::AUTHORITY_KEY_IDENTIFIER
            | Oid::SUBJECT_KEY_IDENTIFIER
            | Oid::AUTHORITY_INFO_ACCESS
            | Oid::CRL_DISTRIBUTION_POINTS
            | Oid::FRESHEST_CRL
            | Oid::TLS_FEATURE
            | Oid::NO_REV_AVAIL
            | Oid::SCT_LIST
    ) || accepted.iter().any(|known| {
        known.oid.bytes() == extension.oid().as_bytes() && (known.accepts)(extension.value())
    })
}

/// RFC 5280 §6.1.3 (a)(1), from the anchor down; it ends at the first signature that is not good.
pub(crate) fn check_signatures(
    context: &Context<'_>,
    pool: &Pool<'_>,
    proposal: &Proposal,
    anchor: &Anchor,
    judgement: &mut Judgement,
    memory: &mut Memory,
    meter: &mut Meter,
) -> Result<(), Exhausted> {
    let Ok(mut key) = SubjectPublicKeyInfo::parse(anchor.subject_public_key_info()) else {
        judgement.is_rejected = true;
        return Ok(());
    };
    let mut issuer = Issuer::Anchor(proposal.anchor);
    for (position, &index) in proposal.nodes.iter().enumerate().rev() {
        let Some(Node { certificate, .. }) = pool.get(index) else { continue };
        if is_trusted_leaf(anchor, certificate) {
            return Ok(());
        }
        let edge = (index, issuer);
        let result = match memory.recall(edge) {
            Some(known) => known,
            None => {
                let signed = Signed {
                    algorithm: *certificate.signature_algorithm(),
                    message: certificate.tbs_der(),
                    signature: certificate.signature_value(),
                };
                let result = context.verifier.check(&key, &signed, meter);
                memory.remember(edge, result);
                result
            }
        };
        let finding = match result {
            Ok(()) => {
                key = *certificate.subject_public_key_info();
                issuer = Issuer::Node(index);
                continue;
            }
            Err(Failure::Budget(exhausted)) => return Err(exhausted),
            Err(Failure::Bad) => Finding::fatal(
                Rule::BadSignature,
                position,
                "a signature that the issuer's key does not verify",
                "a signature by the issuer",
            )
            .at(certificate.as_der(), certificate.signature_value()),
            Err(Failure::Unsupported) => Finding::fatal(
                Rule::UnsupportedSignatureAlgorithm,
                position,
                format_args!(
                    "{} with a key of {}",
                    text::OidName(certificate.signature_algorithm().oid()),
                    text::OidName(key.algorithm().oid())
                ),
                "an algorithm that the validator was given",
            )
            .at(certificate.as_der(), certificate.signature_algorithm().as_der()),
        };
        judgement.findings.push(finding);
        judgement.blame.push(Blame::Edge(index, issuer));
        judgement.is_rejected = true;
        return Ok(());
    }
    Ok(())
}

impl Breach<'_> {
    fn finding(&self, position: usize) -> Finding {
        match self {
            Self::NotPermitted(name) => {
                Finding::fatal(Rule::NameNotPermitted, position, name, "a name that is permitted")
            }
            Self::Excluded(name, base) => Finding::fatal(
                Rule::NameExcluded,
                position,
                name,
                format_args!("a name outside of {base}"),
            ),
            Self::Unprocessable(name, base) => Finding::fatal(
                Rule::NameConstraintUnprocessable,
                position,
                format_args!("{name} under the constraint {base}"),
                "a name and a constraint that can be compared",
            ),
            Self::Budget(exhausted) => {
                Finding::fatal(Rule::BudgetExhausted, position, exhausted, "fewer")
            }
        }
    }
}
