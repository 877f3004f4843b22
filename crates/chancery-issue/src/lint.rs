//! Lints of certificates, before they are signed and for anyone who has one.
//!
//! ```text
//! Certificate, Role, Requirements ─► rfc5280 ─► baseline ─► issuer's ─► Findings
//! ```
//!
//! Every rule that is broken is listed. What `chancery_x509::Certificate::parse` refuses (encodings
//! other than DER, duplicate extensions, unequal inner and outer algorithms, serial numbers that are
//! not positive or too long, an empty `keyUsage`, addresses of odd lengths) does not get here, and is
//! reported by `parse_lenient`. Absent: certificate transparency, CAA and linting of CRLs.

mod baseline;
mod finding;
mod rfc5280;
#[cfg(test)]
pub(crate) mod tests;

use alloc::vec::Vec;

use chancery_x509::{
    CrlDistributionPoints, DistributionPointName, GeneralName, InfoAccess, Oid, TbsCertificate,
};
pub use finding::{Finding, Findings};

use crate::{Requirements, Role, issuer::unix_time};

/// Lists the rules that `certificate` breaks as a certificate of that role; with its issuer's
/// certificate at hand, also those between the two.
///
/// ```
/// # use chancery_issue::{CertificateAuthority, DistinguishedName, Profile};
/// # use chancery_ring::{KeyType, Pkcs8, PrivateKey, SystemRandom, SIGNATURE_VERIFICATION_ALGORITHMS};
/// # let key = PrivateKey::from_pkcs8(Pkcs8::generate(KeyType::EcdsaP256)?.as_der())?;
/// # let root = CertificateAuthority::self_signed(
/// #     key, SIGNATURE_VERIFICATION_ALGORITHMS, DistinguishedName::from_common_name("Root")?,
/// #     &Profile::root_ca(), pki_types::UnixTime::now(), &mut SystemRandom::new())?;
/// # let der = root.certificate();
/// use chancery_issue::{Finding, Requirements, Role, lint};
/// use chancery_x509::Certificate;
///
/// let certificate = Certificate::parse(der)?;
/// assert!(lint(certificate.tbs(), Role::RootCa, Requirements::Private, None).is_empty());
/// let findings = lint(certificate.tbs(), Role::TlsServer, Requirements::Private, None);
/// assert!(findings.as_slice().contains(&Finding::LeafIsCa));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use]
pub fn lint(
    certificate: &TbsCertificate<'_>,
    role: Role,
    requirements: Requirements,
    issuer: Option<&TbsCertificate<'_>>,
) -> Findings {
    let mut findings = Findings::default();
    rfc5280::lint(certificate, role, &mut findings);
    baseline::lint_all(certificate, role, &mut findings);
    if requirements == Requirements::BaselineRequirements {
        baseline::lint_public(certificate, role, &mut findings);
    }
    if let Some(issuer) = issuer {
        lint_against(certificate, issuer, &mut findings);
    }
    findings
}

impl Role {
    /// What a certificate seems to be for.
    #[must_use]
    pub fn of(certificate: &TbsCertificate<'_>) -> Self {
        let extensions = certificate.extensions();
        let ca = extensions.basic_constraints().is_some_and(|constraints| constraints.ca());
        let purposes = extensions.extended_key_usage();
        match (ca, purposes) {
            (true, _) if certificate.issuer().matches(certificate.subject()) => Self::RootCa,
            (true, _) => Self::IntermediateCa,
            (false, Some(purposes))
                if purposes.contains(Oid::CLIENT_AUTH) && !purposes.contains(Oid::SERVER_AUTH) =>
            {
                Self::TlsClient
            }
            (false, _) => Self::TlsServer,
        }
    }
}

/// The URLs of `cRLDistributionPoints` and `authorityInfoAccess`.
fn urls<'a>(certificate: &TbsCertificate<'a>) -> Vec<&'a str> {
    let url = |name: GeneralName<'a>| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url),
        _ => None,
    };
    let extensions = certificate.extensions();
    let points = extensions.crl_distribution_points();
    let of_crls = points.iter().flat_map(CrlDistributionPoints::iter).flat_map(|point| match point
        .distribution_point()
    {
        Some(DistributionPointName::FullName(names)) => names.iter().filter_map(url).collect(),
        _ => Vec::new(),
    });
    let access = extensions.authority_info_access();
    let of_access = access.iter().flat_map(InfoAccess::iter);
    of_crls.chain(of_access.filter_map(|one| url(one.access_location()))).collect()
}

fn lint_against(
    certificate: &TbsCertificate<'_>,
    issuer: &TbsCertificate<'_>,
    findings: &mut Findings,
) {
    if certificate.issuer().as_der() != issuer.subject().as_der() {
        findings.push(Finding::IssuerNameMismatch);
    }
    let theirs = issuer.extensions().subject_key_identifier();
    let named =
        certificate.extensions().authority_key_identifier().and_then(|a| a.key_identifier());
    if let (Some(theirs), Some(named)) = (theirs, named)
        && theirs != named
    {
        findings.push(Finding::AuthorityKeyIdentifierMismatch);
    }
    let end = |certificate: &TbsCertificate<'_>| unix_time(certificate.validity().not_after());
    if end(certificate) > end(issuer) {
        findings.push(Finding::OutlivesIssuer);
    }
}
