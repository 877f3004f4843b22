//! RFC 5280 §6.1.4: what an intermediate must be, and what it leaves for the next certificate.

use chancery_x509::{Certificate, Oid};

use super::{Scope, Validation, extensions::extension};
use crate::{
    budget::{Exhausted, Meter},
    build::{Issuer, Node},
    profile,
    report::Finding,
    rule::Rule,
    text,
};

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.4.
    pub(super) fn prepare_next(
        &mut self,
        position: usize,
        index: usize,
        node: &'c Node<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        let certificate = &node.certificate;
        let extensions = certificate.extensions();
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
        self.working_issuer_name = certificate.subject().as_der();
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

    /// §6.1.4 (k) and (n): asked anew of each certificate on each path (CVE-2015-1793, CVE-2021-3450).
    pub(super) fn judge_ca(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
    ) {
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
}
