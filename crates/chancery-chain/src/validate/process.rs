//! RFC 5280 §6.1.3: what every certificate of the path must keep.

use chancery_x509::{Certificate, ExtendedKeyUsage, Name, Oid};

use super::{Scope, Validation, extensions::extension};
use crate::{
    budget::{Exhausted, Meter},
    build::{Issuer, Node},
    constraints::{self, Breach},
    name,
    policy::Profile,
    public_key::{KeyKind, WeakKey, WholeBytes, check_key},
    report::Finding,
    rule::Rule,
    text,
};

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.3.
    pub(super) fn process(
        &mut self,
        position: usize,
        index: usize,
        node: &'c Node<'a>,
        meter: &mut Meter,
    ) -> Result<(), Exhausted> {
        let certificate = &node.certificate;
        let is_final = position == 0;
        // Faults of the leaf blame no issuer.
        let scope = if is_final { Scope::Path } else { Scope::Issuer(Issuer::Node(index)) };
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
        let (issuer, wanted) = (certificate.issuer(), self.working_issuer_name);
        let is_chained = issuer.as_der() == wanted
            || match Name::parse(wanted) {
                Ok(wanted) => name::is_same(issuer, &wanted, meter)?,
                Err(_) => false,
            };
        if !is_chained && !self.is_trusted_leaf() {
            let wanted = text::NameOf(wanted);
            self.fail(Scope::Path, Finding::fatal(Rule::NameChaining, position, issuer, wanted));
        }
        // (b), (c)
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
        let key = certificate.subject_public_key_info();
        let kind = KeyKind::from(key.key());
        self.judge_key(scope, position, kind, key.as_der(), certificate.as_der());
        self.judge_purpose(scope, position, certificate);
        // §6.1.4 (o), §6.1.5 (f)
        self.judge_extensions(scope, position, certificate);
        Ok(())
    }

    /// RFC 5280 §4.2.1.12: of the leaf; and of CAs, where it narrows what they may certify, as everyone reads it.
    #[inline]
    pub(super) fn judge_purpose(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
    ) {
        let Some(wanted) = self.context.purpose.oid() else { return };
        let Some(purposes) = certificate.extensions().extended_key_usage() else { return };
        if !purposes.contains(wanted) && !purposes.contains(Oid::ANY_EXTENDED_KEY_USAGE) {
            self.fail_purpose(scope, position, certificate, purposes);
        }
    }

    #[cold]
    fn fail_purpose(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
        purposes: ExtendedKeyUsage<'_>,
    ) {
        let found = text::list(purposes.iter().map(text::OidName));
        let wanted = self.context.purpose;
        let finding = Finding::fatal(Rule::ExtendedKeyUsage, position, found, wanted);
        let extension = extension(certificate, Oid::EXT_KEY_USAGE);
        self.fail(scope, finding.at(certificate.as_der(), extension));
    }

    #[inline]
    pub(super) fn judge_key(
        &mut self,
        scope: Scope,
        position: usize,
        kind: KeyKind,
        key: &[u8],
        certificate: &[u8],
    ) {
        let keys = &self.context.policy.keys;
        let whole_bytes = match self.context.policy.profile {
            Profile::WebPki => WholeBytes::Required,
            _ => WholeBytes::Unchecked,
        };
        if let Err(weak) = check_key(kind, keys, whole_bytes) {
            self.fail_key(scope, position, weak, key, certificate);
        }
    }

    #[cold]
    fn fail_key(
        &mut self,
        scope: Scope,
        position: usize,
        weak: WeakKey,
        key: &[u8],
        certificate: &[u8],
    ) {
        let keys = &self.context.policy.keys;
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
                text::KeyAlgorithm(key),
                "a known public key algorithm",
            ),
        };
        self.fail(scope, finding.at(certificate, key));
    }
}
