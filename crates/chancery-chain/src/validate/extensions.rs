//! RFC 5280 §4.2: an extension that is critical and unknown bars its certificate from use.

use chancery_x509::{Certificate, Extension, ExtensionType, Oid};

use super::{Scope, Validation};
use crate::{policy::AcceptedExtension, report::Finding, rule::Rule, text};

impl<'c, 'a: 'c> Validation<'c, 'a> {
    /// RFC 5280 §6.1.4 (o), §6.1.5 (f).
    #[inline]
    pub(super) fn judge_extensions(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
    ) {
        // Nearly always there is none that needs a look, and nothing is read twice.
        let extensions = certificate.extensions();
        if extensions.unprocessed_critical().next().is_none()
            && NOT_ACTED_ON.map(|extension| extensions.is_critical(extension)) == [false; 9]
        {
            return;
        }
        self.judge_each_extension(scope, position, certificate);
    }

    #[cold]
    fn judge_each_extension(
        &mut self,
        scope: Scope,
        position: usize,
        certificate: &Certificate<'_>,
    ) {
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
}

/// The value of an extension, for its place in the certificate.
pub(super) fn extension<'a>(certificate: &Certificate<'a>, oid: Oid<'_>) -> &'a [u8] {
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
fn is_acted_on(oid: Oid<'_>) -> bool {
    matches!(
        oid,
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
    )
}

fn is_recognized(extension: &Extension<'_>, accepted: &[AcceptedExtension]) -> bool {
    is_acted_on(extension.oid())
        || accepted.iter().any(|known| {
            known.oid.bytes() == extension.oid().as_bytes() && (known.accepts)(extension.value())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slot that chancery-x509 gains must be acted on here, or stand among those that are not.
    #[test]
    fn every_extension_that_is_parsed_is_recognized_or_known_to_be_left_alone() {
        let arcs: [&[u8]; 5] = [
            &[0x55, 0x1d],
            &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01],
            &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01],
            &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04],
            &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xda, 0x4b],
        ];
        let mut found = 0;
        for arc in arcs {
            for last in 0..=127 {
                let bytes = [arc, &[last]].concat();
                let oid = Oid::new(&bytes).unwrap();
                let Some(extension) = ExtensionType::from_oid(oid) else { continue };
                found += 1;
                let is_left_alone = NOT_ACTED_ON.contains(&extension);
                assert_ne!(is_left_alone, is_acted_on(oid), "{extension:?}");
            }
        }
        assert_eq!(found, 26);
    }
}
