//! RFC 5280's rules for conforming CAs (§4.1 and §4.2) that a parser does not enforce.

use chancery_x509::{
    DigestAlgorithm, ExtensionType, GeneralName, Oid, SignatureAlgorithm, TbsCertificate, Version,
};

use super::{Finding, Findings};
use crate::{AlternativeName, Role, public_key};

pub(super) fn lint(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    fields(certificate, role, findings);
    names(certificate, role, findings);
    urls(certificate, findings);
    key_identifiers(certificate, role, findings);
    usages(certificate, role, findings);
    constraints(certificate, role, findings);
    criticality(certificate, findings);
}

fn fields(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    if certificate.version() != Version::V3 {
        findings.push(Finding::NotVersion3);
    }
    if certificate.validity().not_after() < certificate.validity().not_before() {
        findings.push(Finding::EmptyValidity);
    }
    if role.is_ca() && certificate.subject().is_empty() {
        findings.push(Finding::CaWithoutSubject);
    }
    if let Err(refusal) = public_key::check(certificate.subject_public_key_info()) {
        findings.push(Finding::PublicKey(refusal));
    }
    if !is_current(certificate.signature().signature_algorithm()) {
        findings.push(Finding::SignatureAlgorithm);
    }
}

fn names(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    let extensions = certificate.extensions();
    let alternative = extensions.subject_alt_name();
    if certificate.subject().is_empty() {
        if alternative.is_none() && !role.is_ca() {
            findings.push(Finding::Nameless);
        }
        if alternative.is_some() && !extensions.is_critical(ExtensionType::SubjectAltName) {
            findings.push(Finding::SubjectAltNameNotCritical);
        }
    }
    for name in alternative.iter().flat_map(|names| names.iter()) {
        let checked = match name {
            GeneralName::DnsName(name) => AlternativeName::dns(name).map(|_| ()),
            GeneralName::Rfc822Name(mailbox) => AlternativeName::email(mailbox).map(|_| ()),
            GeneralName::UniformResourceIdentifier(uri) => AlternativeName::uri(uri).map(|_| ()),
            _ => Ok(()),
        };
        if let Err(refusal) = checked {
            findings.push(Finding::AlternativeName(refusal));
        }
    }
}

fn urls(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    for url in super::urls(certificate) {
        if let Err(refusal) = AlternativeName::uri(url) {
            findings.push(Finding::Url(refusal));
        }
    }
}

fn key_identifiers(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    let extensions = certificate.extensions();
    let subject = extensions.subject_key_identifier();
    let authority = extensions.authority_key_identifier().and_then(|a| a.key_identifier());
    if role.is_ca() && subject.is_none() {
        findings.push(Finding::NoSubjectKeyIdentifier);
    }
    match (role, subject, authority) {
        // RFC 5280 §4.2.1.1: self-signed certificates may leave it out.
        (Role::RootCa, _, None) => {}
        (Role::RootCa, Some(subject), Some(authority)) if subject != authority => {
            findings.push(Finding::AuthorityKeyIdentifierMismatch);
        }
        (_, _, None) => findings.push(Finding::NoAuthorityKeyIdentifier),
        _ => {}
    }
}

fn usages(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    let extensions = certificate.extensions();
    match extensions.key_usage() {
        None if role.is_ca() => findings.push(Finding::NoKeyUsage),
        None => {}
        Some(usage) => {
            match role {
                Role::RootCa | Role::IntermediateCa => {
                    if !usage.key_cert_sign() {
                        findings.push(Finding::NoKeyCertSign);
                    }
                    if !extensions.is_critical(ExtensionType::KeyUsage) {
                        findings.push(Finding::KeyUsageNotCritical);
                    }
                }
                Role::TlsServer | Role::TlsClient => {
                    if !usage.digital_signature() {
                        findings.push(Finding::NoDigitalSignature);
                    }
                }
            }
            let ca = extensions.basic_constraints().is_some_and(|constraints| constraints.ca());
            if usage.key_cert_sign() && !ca {
                findings.push(Finding::KeyCertSignWithoutCa);
            }
        }
    }
    let wanted = match role {
        Role::TlsServer => Oid::SERVER_AUTH,
        Role::TlsClient => Oid::CLIENT_AUTH,
        Role::RootCa | Role::IntermediateCa => return,
    };
    if !extensions.extended_key_usage().is_some_and(|purposes| purposes.contains(wanted)) {
        findings.push(Finding::PurposeMissing);
    }
}

fn constraints(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    let extensions = certificate.extensions();
    let constraints = extensions.basic_constraints();
    let ca = constraints.is_some_and(|constraints| constraints.ca());
    match (role.is_ca(), ca) {
        (true, false) => findings.push(Finding::NotACa),
        (false, true) => findings.push(Finding::LeafIsCa),
        _ => {}
    }
    if ca && !extensions.is_critical(ExtensionType::BasicConstraints) {
        findings.push(Finding::BasicConstraintsNotCritical);
    }
    if !ca && constraints.is_some_and(|constraints| constraints.path_len_constraint().is_some()) {
        findings.push(Finding::PathLengthWithoutCa);
    }
    if extensions.name_constraints().is_some() {
        if !ca {
            findings.push(Finding::NameConstraintsWithoutCa);
        }
        if !extensions.is_critical(ExtensionType::NameConstraints) {
            findings.push(Finding::NameConstraintsNotCritical);
        }
    }
}

fn criticality(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    for (extension, finding) in [
        (ExtensionType::AuthorityKeyIdentifier, Finding::AuthorityKeyIdentifierCritical),
        (ExtensionType::SubjectKeyIdentifier, Finding::SubjectKeyIdentifierCritical),
        (ExtensionType::AuthorityInfoAccess, Finding::AuthorityInfoAccessCritical),
    ] {
        if certificate.extensions().is_critical(extension) {
            findings.push(finding);
        }
    }
    if certificate.extensions().unprocessed_critical().next().is_some() {
        findings.push(Finding::UnknownCriticalExtension);
    }
}

/// BR §7.1.3.2 lists RSA and ECDSA with SHA-256, SHA-384 and SHA-512, and MGF1 with the same hash;
/// RFC 8410 adds Ed25519.
fn is_current(algorithm: SignatureAlgorithm) -> bool {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(hash) | SignatureAlgorithm::Ecdsa(hash) => {
            matches!(hash, Sha256 | Sha384 | Sha512)
        }
        SignatureAlgorithm::RsaPss(parameters) => {
            let hash = parameters.hash();
            matches!(hash, Sha256 | Sha384 | Sha512) && parameters.mask_hash() == hash
        }
        SignatureAlgorithm::Ed25519 => true,
        _ => false,
    }
}
