//! RFC 5280 §6.1.5: the leaf; and RFC 9525, for whom it is.

use alloc::vec::Vec;

use chancery_x509::{Certificate, Oid};

use super::{Scope, Validation};
use crate::{
    budget::{Exhausted, Meter},
    build::Node,
    constraints::{self, Breach},
    policy::{LeafKeyUsage, OwnedOid},
    profile,
    report::Finding,
    rule::Rule,
    server_name::Peer,
    text,
};

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.5: certificate n, the leaf, and RFC 9525 for whom it is.
    pub(super) fn wrap_up(
        &mut self,
        node: &'c Node<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
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
}
