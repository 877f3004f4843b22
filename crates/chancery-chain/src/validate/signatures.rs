//! RFC 5280 §6.1.3 (a)(1): the signatures of a path that has no other fault.

use super::{Context, Judgement, is_trusted_leaf};
use crate::{
    anchor::Anchor,
    budget::{Exhausted, Meter},
    build::{Blame, Issuer, Node, Pool, Proposal},
    report::Finding,
    rule::Rule,
    signature::{Failure, Memory, Signed},
    text,
};

/// From the anchor down; it ends at the first signature that is not good.
pub(crate) fn check_signatures(
    context: &Context<'_>,
    pool: &Pool<'_>,
    proposal: &Proposal,
    anchor: &Anchor,
    judgement: &mut Judgement,
    memory: &mut Memory,
    meter: &mut Meter,
) -> Result<(), Exhausted> {
    let mut key = anchor.key().verifying_key();
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
                let result = context.verifier.check(key, &signed, meter);
                memory.remember(edge, result);
                result
            }
        };
        let finding = match result {
            Ok(()) => {
                key = certificate.subject_public_key_info().into();
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
                    text::KeyAlgorithm(key.der)
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
