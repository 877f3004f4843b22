//! The last step: what CRLs, OCSP responses and log timestamps say about a path whose signatures are good.

use alloc::vec::Vec;

use chancery_x509::{Certificate, Name, OcspResponse, Oid, SctList, SubjectPublicKeyInfo};
use pki_types::UnixTime;

use crate::{
    anchor::Anchor,
    budget::{Exhausted, Meter},
    build::{Blame, Builder, Issuer, Node, Pool, Proposal},
    der,
    policy::{LeafKeyUsage, Policy, Profile, Purpose},
    report::{Finding, Severity},
    revocation::{
        self, RevocationScope, Status, Subject, UnknownStatus,
        crl::{self, CrlContext, CrlIssuers},
        must_staple,
        ocsp::{self, OcspContext},
    },
    rule::Rule,
    server_name::Peer,
    signature::Memory,
    text,
    transparency::Timestamps,
    validate::{Context, Judgement, check_signatures, is_trusted_leaf, validate},
    verify::Run,
};

impl Run<'_> {
    /// RFC 5280 §6.1.3 (a)(3), RFC 7633, RFC 6962.
    pub(crate) fn check_evidence(
        &mut self,
        pool: &Pool<'_>,
        proposal: &Proposal,
        anchor: &Anchor,
        judgement: &mut Judgement,
    ) -> Result<(), Exhausted> {
        let policy = &self.validator.policy().revocation;
        if self.has_nothing_to_check(pool, anchor) {
            return Ok(());
        }
        let Ok(anchor_key) = SubjectPublicKeyInfo::parse(anchor.subject_public_key_info()) else {
            return Ok(());
        };
        let anchor_certificate = anchor.parsed();
        let nodes: Vec<(usize, &Node<'_>)> =
            proposal.nodes.iter().filter_map(|index| Some((*index, pool.get(*index)?))).collect();
        let Some((_, leaf)) = nodes.first() else { return Ok(()) };
        let mut leaf_ocsp = Status::Unknown(None);
        // From the anchor down, so that each issuer has been looked at before what it issued.
        for (position, (index, node)) in nodes.iter().enumerate().rev() {
            let is_in_scope = match policy.scope {
                RevocationScope::Nothing => false,
                RevocationScope::Leaf => position == 0,
                RevocationScope::Path => true,
            };
            if !is_in_scope || is_trusted_leaf(anchor, &node.certificate) {
                continue;
            }
            let above = nodes.get(position + 1).map(|(_, issuer)| &issuer.certificate);
            let subject = Subject {
                certificate: &node.certificate,
                source: node.source,
                position,
                issuer_key: above.map_or(anchor_key, |issuer| *issuer.subject_public_key_info()),
                issuer: above.or(anchor_certificate.as_ref()),
            };
            let verifier = self.context.verifier;
            let at = self.context.time();
            let context = OcspContext { policy, verifier, at, nonce: self.presented.ocsp_nonce };
            let responses = self.presented.ocsp_responses.iter().copied();
            let ocsp = ocsp::status(&context, &subject, responses, &mut self.meter)?;
            if position == 0 {
                leaf_ocsp = ocsp.clone();
            }
            let crl = if self.stores.is_empty() {
                Status::Unknown(None)
            } else {
                let context = CrlContext { policy, stores: self.stores, verifier, at };
                let mut issuers = PathIssuers {
                    context: &self.context,
                    pool,
                    proposal,
                    anchor,
                    memory: &mut self.memory,
                    anchors: self.validator.anchors(),
                };
                crl::status(&context, &subject, &mut issuers, &mut self.meter)?
            };
            let finding = revocation::judge(policy, at, &subject, [ocsp, crl], &mut self.needs);
            if let Some(finding) = finding {
                if finding.is_fatal() && position > 0 {
                    judgement.blame.push(Blame::Issuer(Issuer::Node(*index)));
                }
                add(judgement, finding);
            }
        }
        if policy.enforce_must_staple
            && self.context.purpose == Purpose::ServerAuth
            && let Some(finding) = must_staple::check(&leaf.certificate, &leaf_ocsp)
        {
            add(judgement, finding);
        }
        let above = nodes.get(1).map(|(_, issuer)| *issuer.certificate.subject_public_key_info());
        self.check_timestamps(&leaf.certificate, &above.unwrap_or(anchor_key), anchor, judgement)
    }

    /// Most handshakes come without evidence, to validators that require none.
    fn has_nothing_to_check(&self, pool: &Pool<'_>, anchor: &Anchor) -> bool {
        let policy = self.validator.policy();
        let leaf = pool.get(0).map(|node| node.certificate.extensions());
        self.stores.is_empty()
            && self.presented.ocsp_responses.is_empty()
            && policy.revocation.unknown == UnknownStatus::Accept
            && policy.revocation.required_issuers.is_empty()
            && policy.transparency.is_none()
            && anchor.constraints().distrust_after_timestamp.is_none()
            && leaf.is_none_or(|extensions| extensions.tls_feature().is_none())
    }

    fn check_timestamps(
        &mut self,
        leaf: &Certificate<'_>,
        issuer_key: &SubjectPublicKeyInfo<'_>,
        anchor: &Anchor,
        judgement: &mut Judgement,
    ) -> Result<(), Exhausted> {
        let limit = anchor.constraints().distrust_after_timestamp;
        let Some(policy) = &self.validator.policy().transparency else {
            // Without logs no timestamp can be checked, so none is early enough.
            if let Some(limit) = limit {
                add(judgement, too_late(limit));
            }
            return Ok(());
        };
        let at = self.context.at;
        let presented = self.presented;
        let tls = SctList::parse_tls(presented.timestamps).ok();
        let stapled = presented.ocsp_responses.iter().flat_map(|der| ocsp_timestamps(der));
        let timestamps = Timestamps::collect(
            &policy.logs,
            leaf,
            issuer_key,
            tls.into_iter().chain(stapled),
            at,
            &self.context.verifier,
            &mut self.meter,
        )?;
        let age = at.as_secs().saturating_sub(policy.logs.published().as_secs());
        let finding = if age > policy.maximum_list_age {
            let found = format_args!(
                "a list of logs that is {} old",
                text::Span(i64::try_from(age).unwrap_or(i64::MAX))
            );
            Finding::fatal(Rule::CertificateTransparency, 0, found, "a current list")
                .with_severity(Severity::Warning)
        } else if timestamps.satisfy(policy, leaf) {
            Finding::fatal(
                Rule::CertificateTransparency,
                0,
                format_args!("logged: {timestamps}"),
                "",
            )
            .with_severity(Severity::Note)
        } else {
            let wanted = "as many as the policy demands";
            Finding::fatal(Rule::CertificateTransparency, 0, &timestamps, wanted)
        };
        add(judgement, finding);
        if let Some(limit) = limit
            && timestamps.earliest().is_none_or(|earliest| earliest > limit.as_secs())
        {
            add(judgement, too_late(limit));
        }
        Ok(())
    }
}

fn too_late(limit: UnixTime) -> Finding {
    let wanted = format_args!("one of {} at the latest", text::time(limit));
    Finding::fatal(Rule::AnchorDistrusted, 0, "no timestamp of a log by then", wanted)
}

fn add(judgement: &mut Judgement, finding: Finding) {
    judgement.is_rejected |= finding.is_fatal();
    judgement.findings.push(finding);
}

/// RFC 6962 §3.3: the timestamps in the extensions of a single response. Each is signed by its log, so that it does not matter
/// whether the response is good.
fn ocsp_timestamps(response: &[u8]) -> Vec<SctList<'_>> {
    let Ok(response) = OcspResponse::parse(response) else { return Vec::new() };
    let Some(basic) = response.basic() else { return Vec::new() };
    basic
        .responses()
        .filter_map(|single| single.extensions().list().find(Oid::OCSP_SCT_LIST))
        .filter_map(|extension| SctList::parse_tls(der::contents(extension.value())).ok())
        .take(4)
        .collect()
}

/// The certificates from which a CRL issuer may come.
struct PathIssuers<'r, 'p, 'a> {
    context: &'r Context<'r>,
    pool: &'p Pool<'a>,
    proposal: &'r Proposal,
    anchor: &'r Anchor,
    memory: &'r mut Memory,
    anchors: &'r crate::anchor::TrustAnchors,
}

/// CRL issuers of one name that are looked at.
const MAX_CRL_ISSUERS: usize = 8;

impl CrlIssuers for PathIssuers<'_, '_, '_> {
    fn any_key(
        &mut self,
        name: &Name<'_>,
        meter: &mut Meter,
        accept: &mut dyn FnMut(&SubjectPublicKeyInfo<'_>, &mut Meter) -> Result<bool, Exhausted>,
    ) -> Result<bool, Exhausted> {
        let may_sign = |certificate: &Certificate<'_>| {
            certificate.extensions().key_usage().is_none_or(|usage| usage.crl_sign())
        };
        if Name::parse(self.anchor.subject()).is_ok_and(|own| own.matches(name))
            && self.anchor.parsed().is_none_or(|certificate| may_sign(&certificate))
            && let Ok(key) = SubjectPublicKeyInfo::parse(self.anchor.subject_public_key_info())
            && accept(&key, meter)?
        {
            return Ok(true);
        }
        for index in self.pool.with_subject(*name).take(MAX_CRL_ISSUERS) {
            meter.step()?;
            let Some(node) = self.pool.get(index) else { continue };
            // A key usage that lacks cRLSign, or has nothing to do with CRLs and is absent in a leaf, does not make a CRL issuer.
            let is_explicit =
                node.certificate.extensions().key_usage().is_some_and(|usage| usage.crl_sign());
            let is_in_path = self.proposal.nodes.contains(&index);
            if !may_sign(&node.certificate) || (!is_in_path && !is_explicit) || index == 0 {
                continue;
            }
            if (is_in_path || self.is_valid(index, meter)?)
                && accept(node.certificate.subject_public_key_info(), meter)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl PathIssuers<'_, '_, '_> {
    /// RFC 5280 §6.3.3 (f): a path of its own, to the same trust anchor.
    fn is_valid(&mut self, index: usize, meter: &mut Meter) -> Result<bool, Exhausted> {
        let policy = Policy {
            profile: Profile::Relying,
            leaf_key_usage: LeafKeyUsage::Unchecked,
            ..self.context.policy.clone()
        };
        let context = Context {
            policy: &policy,
            purpose: Purpose::Any,
            peer: Peer::Anyone,
            at: self.context.at,
            verifier: self.context.verifier,
        };
        let mut builder = Builder::starting_at(index, self.pool, self.anchors, context.time());
        while let Some(proposal) = builder.propose(meter)? {
            meter.path()?;
            if proposal.anchor != self.proposal.anchor {
                continue;
            }
            let mut judgement = validate(&context, self.pool, &proposal, self.anchor, meter)?;
            if !judgement.is_rejected {
                check_signatures(
                    &context,
                    self.pool,
                    &proposal,
                    self.anchor,
                    &mut judgement,
                    self.memory,
                    meter,
                )?;
            }
            if !judgement.is_rejected {
                return Ok(true);
            }
            judgement.blame.iter().for_each(|blame| builder.blame(*blame));
        }
        Ok(false)
    }
}
