//! The CA/Browser Forum's Baseline Requirements for TLS server certificates, version 2.2.6.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chancery_x509::{AttributeValue, ExtensionType, GeneralName, Oid, PublicKey, TbsCertificate};

use super::{Finding, Findings};
use crate::{Role, issuer::unix_time, limits::max_server_validity_days, time::days};

/// The rules that clients hold every TLS PKI to.
pub(super) fn lint_all(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    serial_number(certificate, findings);
    purposes(certificate, role, findings);
    if role == Role::TlsServer {
        server_validity(certificate, findings);
        server_names(certificate, findings);
    }
}

/// The rules of public trust.
pub(super) fn lint_public(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    if certificate.subject().find(Oid::ORGANIZATIONAL_UNIT).is_some() {
        findings.push(Finding::OrganizationalUnit);
    }
    // BR §7.1.3.1
    if !matches!(certificate.subject_public_key_info().key(), PublicKey::Rsa(_) | PublicKey::Ec(..))
    {
        findings.push(Finding::KeyTypeNotAllowed);
    }
    // BR §7.1.2.7.7 and §7.1.2.11.2: "HTTP URL"s.
    if !super::urls(certificate).iter().all(|url| url.starts_with("http://")) {
        findings.push(Finding::UrlScheme);
    }
    match role {
        Role::RootCa => root_validity(certificate, findings),
        Role::IntermediateCa => {
            if certificate.extensions().extended_key_usage().is_none() {
                findings.push(Finding::CaWithoutPurposes);
            }
            policies(certificate, findings);
        }
        Role::TlsServer => {
            public_names(certificate, findings);
            policies(certificate, findings);
            if certificate.extensions().authority_info_access().is_none() {
                findings.push(Finding::NoAuthorityInfoAccess);
            }
            revocation(certificate, findings);
        }
        // The Baseline Requirements are about servers.
        Role::TlsClient => {}
    }
}

/// From `notBefore` to `notAfter` in seconds, both included.
fn seconds_valid(certificate: &TbsCertificate<'_>) -> u64 {
    let validity = certificate.validity();
    let seconds = validity.not_after().unix_seconds() - validity.not_before().unix_seconds();
    u64::try_from(seconds).map_or(0, |seconds| seconds.saturating_add(1))
}

fn serial_number(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    let magnitude = certificate.serial_number().magnitude();
    // 64 random bits rarely start with eight zeros, and never fit into seven octets by design.
    if magnitude.len() < 8 {
        findings.push(Finding::ShortSerialNumber);
    }
}

fn purposes(certificate: &TbsCertificate<'_>, role: Role, findings: &mut Findings) {
    const FORBIDDEN: [Oid<'static>; 4] =
        [Oid::ANY_EXTENDED_KEY_USAGE, Oid::CODE_SIGNING, Oid::EMAIL_PROTECTION, Oid::TIME_STAMPING];
    let Some(purposes) = certificate.extensions().extended_key_usage() else { return };
    let forbidden = FORBIDDEN.iter().any(|purpose| purposes.contains(*purpose));
    // BR §7.1.2.7.10: a leaf that could answer for the status of others is no mere server.
    let responder = !role.is_ca() && purposes.contains(Oid::OCSP_SIGNING);
    if (forbidden && role != Role::TlsClient) || responder {
        findings.push(Finding::ForbiddenPurpose);
    }
}

fn server_validity(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    // "A day is measured as 86,400 seconds. Any amount of time greater than this ... shall
    // represent an additional day" (BR §6.3.2).
    let limit = max_server_validity_days(unix_time(certificate.validity().not_before()));
    if seconds_valid(certificate) > days(limit).as_secs() {
        findings.push(Finding::ValidityTooLong(limit));
    }
}

fn server_names(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    let Some(names) = certificate.extensions().subject_alt_name() else {
        findings.push(Finding::NoSubjectAltName);
        return;
    };
    let host =
        |name: GeneralName<'_>| matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_));
    if !names.iter().all(host) {
        findings.push(Finding::ServerNameForm);
    }
    let is_among = |value: AttributeValue<'_>| {
        value.as_str().is_some_and(|text| {
            names.iter().any(|name| match name {
                GeneralName::DnsName(name) => name.eq_ignore_ascii_case(text),
                GeneralName::IpAddress(octets) => {
                    text.parse::<IpAddr>().is_ok_and(|wanted| address(octets) == Some(wanted))
                }
                _ => false,
            })
        })
    };
    let common_names = certificate
        .subject()
        .attributes()
        .filter(|attribute| attribute.attribute_type() == Oid::COMMON_NAME);
    if !common_names.map(|attribute| attribute.value()).all(is_among) {
        findings.push(Finding::CommonNameNotInSubjectAltName);
    }
}

fn public_names(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    let Some(names) = certificate.extensions().subject_alt_name() else { return };
    for name in names.iter() {
        match name {
            GeneralName::DnsName(name) => {
                let lower = name.to_ascii_lowercase();
                if is_internal(&lower) {
                    findings.push(Finding::InternalName);
                }
                if lower.ends_with(".in-addr.arpa") || lower.ends_with(".ip6.arpa") {
                    findings.push(Finding::ReverseZoneName);
                }
            }
            GeneralName::IpAddress(octets) if address(octets).is_none_or(is_reserved) => {
                findings.push(Finding::ReservedIpAddress);
            }
            _ => {}
        }
    }
    if !certificate.subject().is_empty()
        && certificate.extensions().is_critical(ExtensionType::SubjectAltName)
    {
        findings.push(Finding::SubjectAltNameCritical);
    }
}

fn policies(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    if certificate.extensions().certificate_policies().is_none() {
        findings.push(Finding::NoCertificatePolicies);
    }
}

/// BR §7.1.2.11.2: a CRL, unless there is an OCSP responder or the certificate is short-lived, which
/// is seven days since 2026-03-15 (BR §1.6.1).
fn revocation(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    let extensions = certificate.extensions();
    let responder = extensions
        .authority_info_access()
        .is_some_and(|access| access.iter().any(|one| one.access_method() == Oid::OCSP));
    let short_lived = seconds_valid(certificate) <= days(7).as_secs();
    if extensions.crl_distribution_points().is_none() && !responder && !short_lived {
        findings.push(Finding::NoRevocationInformation);
    }
}

/// BR §7.1.2.1.1: 2,922 days at least, 9,132 at most.
fn root_validity(certificate: &TbsCertificate<'_>, findings: &mut Findings) {
    let seconds = seconds_valid(certificate);
    for (limit, broken) in
        [(2922, seconds < days(2922).as_secs()), (9132, seconds > days(9132).as_secs())]
    {
        if broken {
            findings.push(Finding::RootValidity(limit));
        }
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match <[u8; 4]>::try_from(octets) {
        Ok(v4) => Some(v4.into()),
        Err(_) => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    }
}

/// Names that are unique in no public registry: one label, or a domain set aside (RFC 6761,
/// RFC 6762 §3, RFC 7686, RFC 9476, and ICANN's `internal`).
fn is_internal(name: &str) -> bool {
    const SET_ASIDE: [&str; 8] =
        ["alt", "example", "internal", "invalid", "local", "localhost", "onion", "test"];
    match name.rsplit_once('.') {
        None => true,
        Some((_, top)) => SET_ASIDE.contains(&top),
    }
}

/// Addresses that IANA's registries of special-purpose addresses do not call globally reachable.
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_reserved_v4(v4),
        IpAddr::V6(v6) => is_reserved_v6(v6),
    }
}

const fn is_reserved_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        [0 | 10 | 127 | 224..=255, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [169, 254, ..] | [192, 168, ..] | [192, 0, 0 | 2, _] | [192, 88, 99, _] => true,
        [172, second, ..] => second & 0xf0 == 16,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    }
}

const fn is_reserved_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // 2000::/3 is all that is handed out; of it, the old 6bone, documentation, 6to4 and the
        // protocol assignments are not.
        [0x2001, 0x0000..=0x01ff | 0x0db8, ..] | [0x2002 | 0x3ffe, ..] => true,
        [0x3fff, 0x0000..=0x0fff, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_section_4_2_2_reserved_addresses() {
        let check = |text: &str, expected| {
            assert_eq!(is_reserved(text.parse().unwrap()), expected, "{text}");
        };
        for reserved in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002::1",
            "3fff::1",
        ] {
            check(reserved, true);
        }
        for global in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860::8888",
            "3fff:1000::1",
        ] {
            check(global, false);
        }
    }

    #[test]
    fn br_section_4_2_2_internal_names() {
        for name in ["localhost", "intranet", "a.local", "x.internal", "www.example"] {
            assert!(is_internal(name), "{name}");
        }
        assert!(!is_internal("www.example.com"));
    }
}
