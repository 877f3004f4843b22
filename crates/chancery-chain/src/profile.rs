//! The rules made for those who issue certificates, held against certificates that were issued.
//!
//! ```text
//! Profile::Relying   nothing
//! Profile::Rfc5280   RFC 5280 §4
//! Profile::WebPki    RFC 5280 §4 except what CA/B BR §7 changes, and CA/B BR §7
//! ```
//!
//! Someone who relies on certificates need not ask for any of this; strict validators do, and it shows mistakes of
//! an own CA early.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt::{self, Write};

use chancery_x509::{
    Certificate, ExtensionType, GeneralName, GeneralNames, GeneralSubtrees, Oid, Version,
};

use crate::{
    constraints::{
        dns::{self, Underscore, Wildcard, is_host_name},
        email, ip, uri,
    },
    policy::{Policy, Profile, PublicSuffixes},
    text::Bounded,
};

/// A rule that is not kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) section: &'static str,
    /// Where, if it is an extension.
    pub(crate) extension: Option<Oid<'static>>,
    pub(crate) found: Box<str>,
    pub(crate) wanted: &'static str,
}

struct Breaches(Vec<Breach>);

impl Breaches {
    fn add(&mut self, section: &'static str, found: impl fmt::Display, wanted: &'static str) {
        let found = Bounded::render(found);
        self.0.push(Breach { section, extension: None, found, wanted });
    }

    fn add_at(
        &mut self,
        extension: ExtensionType,
        section: &'static str,
        found: impl fmt::Display,
        wanted: &'static str,
    ) {
        let found = Bounded::render(found);
        self.0.push(Breach { section, extension: Some(extension.oid()), found, wanted });
    }
}

/// The certificate that an anchor was made of.
pub(crate) fn check_anchor(profile: Profile, certificate: &Certificate<'_>) -> Vec<Breach> {
    let mut breaches = Breaches(Vec::new());
    if profile == Profile::Relying {
        return breaches.0;
    }
    if let Err(error) = Certificate::parse(certificate.as_der()) {
        // Everyone else's certificate has to parse strictly; an anchor's comes as far as here.
        breaches.add("RFC 5280 §4.1", error, "the encoding and the values that it has");
    }
    check_any(&mut breaches, profile, certificate);
    check_issuer(&mut breaches, profile, certificate);
    let extensions = certificate.extensions();
    let identifier = extensions.authority_key_identifier();
    if identifier.is_none() && !certificate.is_self_issued() {
        // RFC 5280 §4.2.1.1 excepts self-signed certificates only.
        breaches.add("RFC 5280 §4.2.1.1", "no authorityKeyIdentifier", "one with a key identifier");
    }
    if profile != Profile::WebPki {
        return breaches.0;
    }
    if let Some(identifier) = identifier {
        let section = "CA/B BR §7.1.2.1.3";
        let extension = ExtensionType::AuthorityKeyIdentifier;
        if identifier.key_identifier() != extensions.subject_key_identifier() {
            let found = "a key identifier that differs, or none";
            breaches.add_at(extension, section, found, "the subjectKeyIdentifier");
        }
        if identifier.authority_cert_issuer().is_some()
            || identifier.authority_cert_serial_number().is_some()
        {
            let found = "authorityCertIssuer or authorityCertSerialNumber";
            breaches.add_at(extension, section, found, "a key identifier alone");
        }
    }
    if extensions.extended_key_usage().is_some() {
        let extension = ExtensionType::ExtendedKeyUsage;
        breaches.add_at(extension, "CA/B BR §7.1.2.1.2", "extKeyUsage in a root", "none");
    }
    breaches.0
}

/// An intermediate.
pub(crate) fn check_ca(profile: Profile, certificate: &Certificate<'_>) -> Vec<Breach> {
    let mut breaches = Breaches(Vec::new());
    if profile != Profile::Relying {
        check_any(&mut breaches, profile, certificate);
        check_issuer(&mut breaches, profile, certificate);
        check_authority_key_identifier(&mut breaches, certificate);
    }
    breaches.0
}

/// The leaf.
pub(crate) fn check_leaf(policy: &Policy, certificate: &Certificate<'_>) -> Vec<Breach> {
    let mut breaches = Breaches(Vec::new());
    let profile = policy.profile;
    if profile == Profile::Relying {
        return breaches.0;
    }
    check_any(&mut breaches, profile, certificate);
    check_authority_key_identifier(&mut breaches, certificate);
    let extensions = certificate.extensions();
    let is_ca = extensions.basic_constraints().is_some_and(|basic| basic.ca());
    if is_ca {
        // As far as RFC 5280 goes, a CA's certificate may stand at the end of a path.
        check_issuer(&mut breaches, profile, certificate);
    } else {
        if extensions.key_usage().is_some_and(|usage| usage.key_cert_sign()) {
            let found = "keyCertSign without cA";
            breaches.add_at(ExtensionType::KeyUsage, "RFC 5280 §4.2.1.9", found, "neither or both");
        }
        if extensions.name_constraints().is_some() {
            let found = "name constraints in an end-entity certificate";
            let extension = ExtensionType::NameConstraints;
            breaches.add_at(extension, "RFC 5280 §4.2.1.10", found, "them in CA certificates only");
        }
    }
    if profile == Profile::WebPki {
        check_web_leaf(&mut breaches, policy, certificate, is_ca);
    }
    breaches.0
}

/// RFC 5280 §4.2.1.1: all but self-signed certificates.
fn check_authority_key_identifier(breaches: &mut Breaches, certificate: &Certificate<'_>) {
    let identifier = certificate.extensions().authority_key_identifier();
    if identifier.and_then(|identifier| identifier.key_identifier()).is_none() {
        let found = "no key identifier of the issuer";
        breaches.add("RFC 5280 §4.2.1.1", found, "an authorityKeyIdentifier with one");
    }
}

/// What holds for every certificate.
fn check_any(breaches: &mut Breaches, profile: Profile, certificate: &Certificate<'_>) {
    let extensions = certificate.extensions();
    // RFC 5280: "Conforming CAs MUST mark this extension as non-critical", and the reverse.
    let never = [
        (ExtensionType::AuthorityKeyIdentifier, "RFC 5280 §4.2.1.1"),
        (ExtensionType::SubjectKeyIdentifier, "RFC 5280 §4.2.1.2"),
        (ExtensionType::FreshestCrl, "RFC 5280 §4.2.1.15"),
        (ExtensionType::AuthorityInfoAccess, "RFC 5280 §4.2.2.1"),
        (ExtensionType::SubjectInfoAccess, "RFC 5280 §4.2.2.2"),
        (ExtensionType::SubjectDirectoryAttributes, "RFC 5280 §4.2.1.8"),
        (ExtensionType::NoRevAvail, "RFC 9608 §2"),
    ];
    for (extension, section) in never {
        if extensions.is_critical(extension) {
            breaches.add_at(extension, section, "critical", "not critical");
        }
    }
    let always = [
        (ExtensionType::PolicyConstraints, "RFC 5280 §4.2.1.11"),
        (ExtensionType::InhibitAnyPolicy, "RFC 5280 §4.2.1.14"),
        (ExtensionType::NameConstraints, "RFC 5280 §4.2.1.10"),
    ];
    for (extension, section) in always {
        // CA/B BR §7.1.2.10.4 lets name constraints be non-critical, as an explicit exception.
        let is_excepted = profile == Profile::WebPki && extension == ExtensionType::NameConstraints;
        if extensions.is_present(extension) && !extensions.is_critical(extension) && !is_excepted {
            breaches.add_at(extension, section, "not critical", "critical");
        }
    }
    if certificate.issuer().is_empty() {
        breaches.add("RFC 5280 §4.1.2.4", "an empty issuer name", "a name");
    }
    if !extensions.is_empty() && certificate.version() != Version::V3 {
        breaches.add("RFC 5280 §4.1.2.1", "extensions before version 3", "version 3");
    }
    check_alternative_names(breaches, certificate);
    if let Some(constraints) = extensions.name_constraints() {
        let lists = [constraints.permitted_subtrees(), constraints.excluded_subtrees()];
        for subtree in lists.iter().flatten().flat_map(GeneralSubtrees::iter) {
            let is_valid = match subtree.base() {
                GeneralName::DnsName(base) => dns::check_constraint(base.as_bytes(), true).is_ok(),
                GeneralName::IpAddress(base) => ip::check_constraint(base).is_ok(),
                GeneralName::Rfc822Name(base) => email::check_constraint(base.as_bytes()).is_ok(),
                GeneralName::UniformResourceIdentifier(base) => {
                    uri::check_constraint(base.as_bytes()).is_ok()
                }
                _ => true,
            };
            if !is_valid {
                let extension = ExtensionType::NameConstraints;
                let wanted = "a constraint of the form's syntax";
                breaches.add_at(extension, "RFC 5280 §4.2.1.10", subtree.base(), wanted);
            }
        }
    }
}

/// RFC 5280 §4.2.1.6.
fn check_alternative_names(breaches: &mut Breaches, certificate: &Certificate<'_>) {
    let section = "RFC 5280 §4.2.1.6";
    let extensions = certificate.extensions();
    let extension = ExtensionType::SubjectAltName;
    if certificate.subject().is_empty() && !extensions.is_critical(extension) {
        let found = "an empty subject without a critical subjectAltName";
        breaches.add(section, found, "a critical one");
    }
    for name in extensions.subject_alt_name().iter().flat_map(|names| names.iter()) {
        let is_valid = match name {
            // "preferred name syntax" (RFC 1034 §3.5), with the wildcard that RFC 9525 §6.3 knows.
            GeneralName::DnsName(name) => {
                is_host_name(name.as_bytes(), Wildcard::Allowed, Underscore::Forbidden)
            }
            GeneralName::Rfc822Name(name) => email::Mailbox::parse(name.as_bytes()).is_ok(),
            GeneralName::UniformResourceIdentifier(name) => name.contains(':'),
            GeneralName::IpAddress(bytes) => matches!(bytes.len(), 4 | 16),
            _ => true,
        };
        if !is_valid {
            breaches.add_at(extension, section, name, "a name of the form's syntax");
        }
    }
}

/// What holds for CAs.
fn check_issuer(breaches: &mut Breaches, profile: Profile, certificate: &Certificate<'_>) {
    let extensions = certificate.extensions();
    if certificate.subject().is_empty() {
        breaches.add("RFC 5280 §4.1.2.6", "a CA with an empty name", "a name");
    }
    if extensions.subject_key_identifier().is_none() {
        breaches.add("RFC 5280 §4.2.1.2", "no subjectKeyIdentifier", "one");
    }
    let basic = ExtensionType::BasicConstraints;
    if extensions.is_present(basic) && !extensions.is_critical(basic) {
        breaches.add_at(basic, "RFC 5280 §4.2.1.9", "not critical", "critical");
    }
    if extensions.key_usage().is_none() {
        breaches.add("RFC 5280 §4.2.1.3", "no keyUsage", "one with keyCertSign");
    }
    if profile == Profile::WebPki && certificate.version() != Version::V3 {
        breaches.add("CA/B BR §7.1.1", "a version before 3", "version 3");
    }
}

/// CA/B BR §7.1.2.7: subscriber certificates.
fn check_web_leaf(
    breaches: &mut Breaches,
    policy: &Policy,
    certificate: &Certificate<'_>,
    is_ca: bool,
) {
    let extensions = certificate.extensions();
    if certificate.version() != Version::V3 {
        breaches.add("CA/B BR §7.1.1", "a version before 3", "version 3");
    }
    if is_ca {
        let found = "cA TRUE in a server's certificate";
        breaches.add_at(ExtensionType::BasicConstraints, "CA/B BR §7.1.2.7.8", found, "cA FALSE");
    }
    if extensions.key_usage().is_some_and(|usage| usage.key_cert_sign()) {
        let found = "keyCertSign in a server's certificate";
        breaches.add_at(ExtensionType::KeyUsage, "CA/B BR §7.1.2.7.11", found, "none");
    }
    let usage = ExtensionType::ExtendedKeyUsage;
    match extensions.extended_key_usage() {
        None => breaches.add("CA/B BR §7.1.2.7.6", "no extKeyUsage", "one with serverAuth"),
        Some(purposes) => {
            let section = "CA/B BR §7.1.2.7.10";
            if purposes.contains(Oid::ANY_EXTENDED_KEY_USAGE) {
                breaches.add_at(usage, section, "anyExtendedKeyUsage", "serverAuth");
            }
            if extensions.is_critical(usage) {
                breaches.add_at(usage, "CA/B BR §7.1.2.7.6", "critical", "not critical");
            }
        }
    }
    let Some(names) = extensions.subject_alt_name() else {
        breaches.add("CA/B BR §7.1.2.7.12", "no subjectAltName", "one");
        return;
    };
    let alternative = ExtensionType::SubjectAltName;
    if extensions.is_critical(alternative) && !certificate.subject().is_empty() {
        let found = "critical beside a subject";
        breaches.add_at(alternative, "CA/B BR §7.1.2.7.12", found, "not critical");
    }
    for name in names.iter() {
        if let Some(base) = public_suffix_wildcard(&name, policy.public_suffixes.as_deref()) {
            let wanted = "a wildcard below a public suffix";
            breaches.add_at(alternative, "CA/B BR §3.2.2.6", base, wanted);
        }
    }
    for attribute in certificate.subject().attributes() {
        let value = attribute.value();
        if attribute.attribute_type() == Oid::COMMON_NAME
            && !value.as_str().is_some_and(|common_name| repeats(common_name, &names))
        {
            let wanted = "a copy of a subjectAltName";
            breaches.add("CA/B BR §7.1.4.3", format_args!("CN={value}"), wanted);
        }
    }
}

/// CA/B BR §7.1.4.3: a common name repeats one of the alternative names, character for character.
///
/// Two host names that repeat nothing are let pass, as limbo has them: the one below which a wildcard of the
/// alternative names stands, and any, beside addresses alone. Nobody is misled, since common names identify nothing.
fn repeats(common_name: &str, names: &GeneralNames<'_>) -> bool {
    let mut dns_names = names.iter().filter_map(|name| match name {
        GeneralName::DnsName(name) => Some(name),
        _ => None,
    });
    let addresses = names.iter().filter_map(|name| match name {
        GeneralName::IpAddress(bytes) => canonical_ip(bytes),
        _ => None,
    });
    if is_address_like(common_name) {
        return addresses.into_iter().any(|address| address == common_name);
    }
    let is_host = is_host_name(common_name.as_bytes(), Wildcard::Allowed, Underscore::Forbidden);
    let has_none = dns_names.clone().next().is_none();
    is_host
        && (has_none
            || dns_names
                .any(|name| name == common_name || name.strip_prefix("*.") == Some(common_name)))
}

/// Whether a program would take it for an address: it has a colon, or its last label is a number, in decimal or with
/// `0x` (as URLs are read).
fn is_address_like(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let digits = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    name.contains(':')
        || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// RFC 3986 §3.2.2 for IPv4, RFC 5952 §4 for IPv6: the one way to write an address.
fn canonical_ip(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        write!(text, "{}", core::net::Ipv4Addr::from(v4)).ok()?;
    } else {
        let v6 = <[u8; 16]>::try_from(bytes).ok()?;
        write!(text, "{}", core::net::Ipv6Addr::from(v6)).ok()?;
    }
    Some(text)
}

/// The base of a wildcard that covers a whole public suffix: a single label always is one.
pub(crate) fn public_suffix_wildcard(
    name: &GeneralName<'_>,
    suffixes: Option<&dyn PublicSuffixes>,
) -> Option<String> {
    let GeneralName::DnsName(name) = name else { return None };
    let base = if *name == "*" { "" } else { name.strip_prefix("*.")? };
    let base = base.to_ascii_lowercase();
    let is_public =
        !base.contains('.') || suffixes.is_some_and(|list| list.is_public_suffix(&base));
    is_public.then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        let v6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        assert_eq!(canonical_ip(&v6).unwrap(), "2001:db8::1:0:0:1");
        assert_eq!(canonical_ip(&[192, 168, 1, 1]).unwrap(), "192.168.1.1");
        assert_eq!(canonical_ip(&[1, 2, 3]), None);
    }

    #[test]
    fn a_wildcard_over_one_label_covers_a_public_suffix() {
        assert_eq!(public_suffix_wildcard(&GeneralName::DnsName("*.COM"), None).unwrap(), "com");
        assert!(public_suffix_wildcard(&GeneralName::DnsName("*"), None).is_some());
        assert_eq!(public_suffix_wildcard(&GeneralName::DnsName("*.example.com"), None), None);
        assert_eq!(public_suffix_wildcard(&GeneralName::DnsName("com"), None), None);
    }

    #[test]
    #[cfg(feature = "public-suffix")]
    fn the_list_knows_suffixes_of_two_labels_and_private_ones() {
        let list = crate::policy::PublicSuffixList::new();
        for name in ["*.co.uk", "*.s3.amazonaws.com", "*.github.io"] {
            assert!(
                public_suffix_wildcard(&GeneralName::DnsName(name), Some(&list)).is_some(),
                "{name}"
            );
        }
        let name = GeneralName::DnsName("*.example.co.uk");
        assert_eq!(public_suffix_wildcard(&name, Some(&list)), None);
    }
}
