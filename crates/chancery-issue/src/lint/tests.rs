//! One certificate that keeps every rule, and for each rule one that breaks it.

use alloc::{format, string::String, vec::Vec};

use chancery_x509::TbsCertificate;
use const_oid::ObjectIdentifier;
use pki_types::UnixTime;

use super::*;
use crate::{
    AlternativeName, AttributeType, DistinguishedName, KeyRefusal, NameConstraints, NameRefusal,
    PathLength, Purpose, Subtree,
    extension::{self, Criticality},
    time::{days, minus, plus, write_time},
    writer::{INTEGER, OCTET_STRING, Writer, context, context_constructed},
};

const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
const COMMON: AttributeType = AttributeType::CommonName;

/// A `TBSCertificate` that may be anything.
pub(crate) struct Tbs {
    version: u8,
    serial: Vec<u8>,
    algorithm: &'static str,
    pub(crate) issuer: DistinguishedName,
    pub(crate) subject: DistinguishedName,
    not_before: UnixTime,
    not_after: UnixTime,
    pub(crate) key: Vec<u8>,
    extensions: Vec<(ObjectIdentifier, Criticality, Vec<u8>)>,
}

impl Tbs {
    pub(crate) fn new(role: Role, requirements: Requirements) -> Self {
        let name = |text| DistinguishedName::from_common_name(text).unwrap();
        let not_before = UnixTime::since_unix_epoch(days(20_635));
        let length = match role {
            RootCa => 3650,
            IntermediateCa => 1000,
            TlsServer | TlsClient => 45,
        };
        let mut tbs = Self {
            version: 2,
            serial: [0x40; 16].into(),
            algorithm: ECDSA_SHA256,
            issuer: name("CA"),
            subject: match role {
                RootCa => name("CA"),
                IntermediateCa => name("Issuing CA"),
                TlsServer | TlsClient => DistinguishedName::empty(),
            },
            not_before,
            not_after: minus(plus(not_before, days(length)), one_second()),
            key: p256_key(),
            extensions: Vec::new(),
        };
        tbs.put(extension::AUTHORITY_KEY_IDENTIFIER, Criticality::NonCritical, |w| {
            extension::authority_key_identifier(w, &[1; 20]);
        });
        tbs.put(extension::SUBJECT_KEY_IDENTIFIER, Criticality::NonCritical, |w| {
            w.primitive(OCTET_STRING, &[if role == RootCa { 1 } else { 2 }; 20]);
        });
        if role.is_ca() {
            tbs.put(extension::BASIC_CONSTRAINTS, Criticality::Critical, |w| {
                extension::ca_basic_constraints(w, PathLength::AtMost(0));
            });
            tbs.key_usage(extension::KEY_CERT_SIGN | extension::CRL_SIGN);
        } else {
            tbs.put(
                extension::BASIC_CONSTRAINTS,
                Criticality::Critical,
                extension::leaf_basic_constraints,
            );
            tbs.key_usage(extension::DIGITAL_SIGNATURE);
            tbs.names(&["www.nic.br"]);
        }
        match role {
            RootCa => {}
            TlsClient => tbs.purposes(&[Purpose::ClientAuth]),
            IntermediateCa | TlsServer => tbs.purposes(&[Purpose::ServerAuth]),
        }
        if requirements == Requirements::BaselineRequirements {
            tbs.put(extension::CERTIFICATE_POLICIES, Criticality::NonCritical, |w| {
                let domain_validated = ObjectIdentifier::new_unwrap("2.23.140.1.2.1");
                extension::certificate_policies(w, &[domain_validated]);
            });
            let url: [String; 1] = ["http://ca.nic.br/".into()];
            tbs.put(extension::AUTHORITY_INFO_ACCESS, Criticality::NonCritical, |w| {
                extension::authority_info_access(w, &[], &url);
            });
            tbs.put(extension::CRL_DISTRIBUTION_POINTS, Criticality::NonCritical, |w| {
                extension::crl_distribution_points(w, &url);
            });
        }
        tbs
    }

    /// Puts an extension in place of the one of its kind.
    fn put(
        &mut self,
        oid: ObjectIdentifier,
        criticality: Criticality,
        value: impl FnOnce(&mut Writer),
    ) {
        self.drop(oid);
        self.extensions.push((oid, criticality, Writer::collect(value)));
    }

    fn drop(&mut self, oid: ObjectIdentifier) {
        self.extensions.retain(|(there, ..)| *there != oid);
    }

    fn set_criticality(&mut self, oid: ObjectIdentifier, criticality: Criticality) {
        self.extensions.iter_mut().filter(|one| one.0 == oid).for_each(|one| one.1 = criticality);
    }

    pub(crate) fn key_usage(&mut self, bits: u16) {
        self.put(extension::KEY_USAGE, Criticality::Critical, |w| extension::key_usage(w, bits));
    }

    fn purposes(&mut self, purposes: &[Purpose]) {
        self.put(extension::EXTENDED_KEY_USAGE, Criticality::NonCritical, |w| {
            extension::extended_key_usage(w, purposes);
        });
    }

    fn names(&mut self, names: &[&str]) {
        let names: Vec<AlternativeName> = names.iter().map(|name| name.parse().unwrap()).collect();
        self.put(extension::SUBJECT_ALT_NAME, Criticality::Critical, |w| {
            extension::subject_alt_name(w, &names);
        });
    }

    /// A `GeneralName` that [`AlternativeName`] would not make.
    fn raw_name(&mut self, tag: u8, text: &[u8]) {
        self.put(extension::SUBJECT_ALT_NAME, Criticality::Critical, |w| {
            w.sequence(|w| w.primitive(tag, text));
        });
    }

    fn subject(&mut self, attributes: &[(AttributeType, &str)]) {
        self.subject = DistinguishedName::new(attributes).unwrap();
        self.set_criticality(extension::SUBJECT_ALT_NAME, Criticality::NonCritical);
    }

    fn lasting(&mut self, seconds: u64) {
        let span = core::time::Duration::from_secs(seconds - 1);
        self.not_after = plus(self.not_before, span);
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        Writer::collect(|w| {
            w.sequence(|w| {
                if self.version != 0 {
                    w.element(context_constructed(0), |w| w.small_integer(self.version));
                }
                w.unsigned(INTEGER, &self.serial);
                w.sequence(|w| w.oid(ObjectIdentifier::new_unwrap(self.algorithm)));
                w.raw(&self.issuer.to_der());
                w.sequence(|w| {
                    write_time(w, self.not_before);
                    write_time(w, self.not_after);
                });
                w.raw(&self.subject.to_der());
                w.raw(&self.key);
                if self.version == 2 {
                    w.element(context_constructed(3), |w| {
                        w.sequence(|w| {
                            for (oid, criticality, value) in &self.extensions {
                                extension::extension(w, *oid, *criticality, |w| w.raw(value));
                            }
                        });
                    });
                }
            });
        })
    }
}

fn one_second() -> core::time::Duration {
    core::time::Duration::from_secs(1)
}

fn p256_key() -> Vec<u8> {
    Writer::collect(|w| {
        w.sequence(|w| {
            w.sequence(|w| {
                w.oid(ObjectIdentifier::new_unwrap("1.2.840.10045.2.1"));
                w.oid(ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"));
            });
            w.bit_string(&[&[4][..], &[7; 64]].concat());
        });
    })
}

fn key(algorithm: &str, bits: &[u8]) -> Vec<u8> {
    Writer::collect(|w| {
        w.sequence(|w| {
            w.sequence(|w| w.oid(ObjectIdentifier::new_unwrap(algorithm)));
            w.bit_string(bits);
        });
    })
}

fn short_rsa_key() -> Vec<u8> {
    let bits = Writer::collect(|w| {
        w.sequence(|w| {
            w.unsigned(INTEGER, &[0xff; 128]);
            w.unsigned(INTEGER, &[1, 0, 1]);
        });
    });
    Writer::collect(|w| {
        w.sequence(|w| {
            w.sequence(|w| {
                w.oid(ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"));
                w.raw(&[5, 0]);
            });
            w.bit_string(&bits);
        });
    })
}

#[track_caller]
fn check_against(
    role: Role,
    requirements: Requirements,
    change: impl FnOnce(&mut Tbs),
    expected: &[Finding],
) {
    let mut tbs = Tbs::new(role, requirements);
    change(&mut tbs);
    let der = tbs.encode();
    let parsed = TbsCertificate::parse(&der).unwrap();
    let findings = lint(&parsed, role, requirements, None);
    assert_eq!(findings.as_slice(), expected, "{findings}");
}

#[track_caller]
fn check(role: Role, change: impl FnOnce(&mut Tbs), expected: &[Finding]) {
    check_against(role, Requirements::Private, change, expected);
}

#[track_caller]
fn check_public(role: Role, change: impl FnOnce(&mut Tbs), expected: &[Finding]) {
    check_against(role, Requirements::BaselineRequirements, change, expected);
}

use Finding as F;
use Role::{IntermediateCa, RootCa, TlsClient, TlsServer};

#[test]
fn sound_certificates_have_no_findings() {
    for role in [RootCa, IntermediateCa, TlsServer, TlsClient] {
        check(role, |_| {}, &[]);
        check_public(role, |_| {}, &[]);
        let der = Tbs::new(role, Requirements::Private).encode();
        assert_eq!(Role::of(&TbsCertificate::parse(&der).unwrap()), role);
    }
}

#[test]
fn rfc_5280_section_4_1_2_fields() {
    check(
        TlsServer,
        |t| {
            t.version = 0;
            t.subject = t.issuer.clone();
        },
        &[F::NotVersion3, F::NoAuthorityKeyIdentifier, F::PurposeMissing, F::NoSubjectAltName],
    );
    check(TlsServer, |t| t.not_after = minus(t.not_before, one_second()), &[F::EmptyValidity]);
    check(IntermediateCa, |t| t.subject = DistinguishedName::empty(), &[F::CaWithoutSubject]);
    check(TlsClient, |t| t.drop(extension::SUBJECT_ALT_NAME), &[F::Nameless]);
    check(TlsServer, |t| t.algorithm = "1.2.840.10045.4.1", &[F::SignatureAlgorithm]);
    check(TlsServer, |t| t.algorithm = "1.2.3", &[F::SignatureAlgorithm]);
    check(
        TlsServer,
        |t| t.key = short_rsa_key(),
        &[F::PublicKey(KeyRefusal::RsaTooShort { bits: 1024 })],
    );
    check(
        TlsServer,
        |t| t.key = key("1.3.101.110", &[9; 32]),
        &[F::PublicKey(KeyRefusal::UnsupportedAlgorithm)],
    );
}

#[test]
fn rfc_5280_section_4_2_1_1_and_2_key_identifiers() {
    use extension::{AUTHORITY_KEY_IDENTIFIER as AKI, SUBJECT_KEY_IDENTIFIER as SKI};
    check(TlsServer, |t| t.drop(AKI), &[F::NoAuthorityKeyIdentifier]);
    check(
        TlsServer,
        |t| t.put(AKI, Criticality::NonCritical, |w| w.sequence(|_| {})),
        &[F::NoAuthorityKeyIdentifier],
    );
    check(RootCa, |t| t.drop(AKI), &[]);
    check(RootCa, |t| t.drop(SKI), &[F::NoSubjectKeyIdentifier]);
    check(TlsServer, |t| t.drop(SKI), &[]);
    check(
        RootCa,
        |t| {
            t.put(AKI, Criticality::NonCritical, |w| {
                extension::authority_key_identifier(w, &[9; 20]);
            });
        },
        &[F::AuthorityKeyIdentifierMismatch],
    );
    check(
        TlsServer,
        |t| t.set_criticality(AKI, Criticality::Critical),
        &[F::AuthorityKeyIdentifierCritical],
    );
    check(
        TlsServer,
        |t| t.set_criticality(SKI, Criticality::Critical),
        &[F::SubjectKeyIdentifierCritical],
    );
}

#[test]
fn rfc_5280_section_4_2_1_3_key_usage() {
    use extension::{CRL_SIGN, DIGITAL_SIGNATURE, KEY_CERT_SIGN, KEY_USAGE};
    check(IntermediateCa, |t| t.drop(KEY_USAGE), &[F::NoKeyUsage]);
    check(IntermediateCa, |t| t.key_usage(CRL_SIGN), &[F::NoKeyCertSign]);
    check(
        IntermediateCa,
        |t| t.set_criticality(KEY_USAGE, Criticality::NonCritical),
        &[F::KeyUsageNotCritical],
    );
    check(TlsServer, |t| t.key_usage(0x2000), &[F::NoDigitalSignature]);
    check(
        TlsServer,
        |t| t.key_usage(DIGITAL_SIGNATURE | KEY_CERT_SIGN),
        &[F::KeyCertSignWithoutCa],
    );
    check(TlsServer, |t| t.drop(KEY_USAGE), &[]);
}

#[test]
fn rfc_5280_section_4_2_1_6_alternative_names() {
    let refused = |refusal| [F::AlternativeName(refusal)];
    check(
        TlsServer,
        |t| t.set_criticality(extension::SUBJECT_ALT_NAME, Criticality::NonCritical),
        &[F::SubjectAltNameNotCritical],
    );
    for (tag, text, refusal) in [
        (2, "", NameRefusal::Empty),
        (2, "a_b.example", NameRefusal::InvalidCharacter),
        (2, "192.0.2.1", NameRefusal::IpAddressInDnsName),
        (2, "*.com", NameRefusal::WildcardTooBroad),
        (2, "good.example\0.evil.example", NameRefusal::ControlCharacter),
    ] {
        check(TlsServer, |t| t.raw_name(context(tag), text.as_bytes()), &refused(refusal));
    }
    check(TlsClient, |t| t.raw_name(context(1), b"@example.com"), &refused(NameRefusal::Empty));
    check(TlsClient, |t| t.raw_name(context(6), b"/relative"), &refused(NameRefusal::RelativeUri));
}

#[test]
fn rfc_5280_section_4_2_1_9_and_10_constraints() {
    use extension::{BASIC_CONSTRAINTS as BC, NAME_CONSTRAINTS as NC};
    check(IntermediateCa, |t| t.drop(BC), &[F::KeyCertSignWithoutCa, F::NotACa]);
    check(
        TlsServer,
        |t| {
            t.put(BC, Criticality::Critical, |w| {
                extension::ca_basic_constraints(w, PathLength::Unlimited);
            });
        },
        &[F::LeafIsCa],
    );
    check(
        IntermediateCa,
        |t| t.set_criticality(BC, Criticality::NonCritical),
        &[F::BasicConstraintsNotCritical],
    );
    check(
        TlsServer,
        |t| t.put(BC, Criticality::Critical, |w| w.sequence(|w| w.small_integer(0))),
        &[F::PathLengthWithoutCa],
    );
    let constraints = NameConstraints::permitting(&[Subtree::dns("nic.br").unwrap()]);
    let write = |w: &mut Writer| extension::name_constraints(w, &constraints);
    check(IntermediateCa, |t| t.put(NC, Criticality::Critical, write), &[]);
    check(
        IntermediateCa,
        |t| t.put(NC, Criticality::NonCritical, write),
        &[F::NameConstraintsNotCritical],
    );
    check(TlsServer, |t| t.put(NC, Criticality::Critical, write), &[F::NameConstraintsWithoutCa]);
}

#[test]
fn rfc_5280_section_4_2_criticality_and_purposes() {
    check(
        TlsServer,
        |t| {
            let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
            t.put(unknown, Criticality::Critical, |w| w.raw(&[5, 0]));
        },
        &[F::UnknownCriticalExtension],
    );
    check_public(
        TlsServer,
        |t| t.set_criticality(extension::AUTHORITY_INFO_ACCESS, Criticality::Critical),
        &[F::AuthorityInfoAccessCritical],
    );
    check(TlsServer, |t| t.purposes(&[Purpose::ClientAuth]), &[F::PurposeMissing]);
    check(TlsServer, |t| t.drop(extension::EXTENDED_KEY_USAGE), &[F::PurposeMissing]);
    check(TlsClient, |t| t.purposes(&[Purpose::ServerAuth]), &[F::PurposeMissing]);
}

#[test]
fn br_section_7_1_2_7_serial_numbers_and_purposes() {
    check(TlsServer, |t| t.serial = [0x40; 7].into(), &[F::ShortSerialNumber]);
    check(TlsServer, |t| t.serial = [0x40; 8].into(), &[]);
    check(TlsServer, |t| t.serial = [0x7f; 20].into(), &[]);
    check(
        TlsServer,
        |t| t.purposes(&[Purpose::ServerAuth, Purpose::OcspSigning]),
        &[F::ForbiddenPurpose],
    );
    for forbidden in ["2.5.29.37.0", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8"]
    {
        check(
            TlsServer,
            |t| {
                t.put(extension::EXTENDED_KEY_USAGE, Criticality::NonCritical, |w| {
                    w.sequence(|w| {
                        w.oid(Purpose::ServerAuth.oid());
                        w.oid(ObjectIdentifier::new_unwrap(forbidden));
                    });
                });
            },
            &[F::ForbiddenPurpose],
        );
    }
}

#[test]
fn br_section_6_3_2_a_second_over_is_a_day() {
    const DAY: u64 = 86_400;
    check(TlsServer, |t| t.lasting(200 * DAY), &[]);
    check(TlsServer, |t| t.lasting(200 * DAY + 1), &[F::ValidityTooLong(200)]);
    let from_2029 = |t: &mut Tbs| t.not_before = UnixTime::since_unix_epoch(days(21_623));
    check(
        TlsServer,
        |t| {
            from_2029(t);
            t.lasting(47 * DAY);
        },
        &[],
    );
    check(
        TlsServer,
        |t| {
            from_2029(t);
            t.lasting(47 * DAY + 1);
        },
        &[F::ValidityTooLong(47)],
    );
    // Only servers are under this rule.
    check(TlsClient, |t| t.lasting(400 * DAY), &[]);
}

#[test]
fn br_section_7_1_2_7_12_server_names() {
    check(
        TlsServer,
        |t| {
            t.subject(&[(COMMON, "x")]);
            t.drop(extension::SUBJECT_ALT_NAME);
        },
        &[F::NoSubjectAltName],
    );
    check(TlsServer, |t| t.names(&["www.nic.br", "a@nic.br"]), &[F::ServerNameForm]);
    check(TlsServer, |t| t.subject(&[(COMMON, "WWW.nic.br")]), &[]);
    check(TlsServer, |t| t.subject(&[(COMMON, "nic.br")]), &[F::CommonNameNotInSubjectAltName]);
    check(
        TlsServer,
        |t| {
            t.names(&["192.0.2.1"]);
            t.subject(&[(COMMON, "192.0.2.1")]);
        },
        &[],
    );
}

#[test]
fn br_public_trust() {
    const DAY: u64 = 86_400;
    let internal = |name: &str, finding| check_public(TlsServer, |t| t.names(&[name]), finding);
    internal("intranet", &[F::InternalName]);
    internal("www.example.local", &[F::InternalName]);
    internal("1.2.0.192.in-addr.arpa", &[F::ReverseZoneName]);
    internal("8.b.d.0.1.0.0.2.ip6.arpa", &[F::ReverseZoneName]);
    internal("10.0.0.1", &[F::ReservedIpAddress]);
    internal("fd00::1", &[F::ReservedIpAddress]);
    internal("1.1.1.1", &[]);
    check_public(
        TlsServer,
        |t| t.subject(&[(AttributeType::OrganizationalUnit, "Sales")]),
        &[F::OrganizationalUnit],
    );
    check_public(TlsServer, |t| t.key = key("1.3.101.112", &[9; 32]), &[F::KeyTypeNotAllowed]);
    check_public(
        TlsServer,
        |t| t.drop(extension::CERTIFICATE_POLICIES),
        &[F::NoCertificatePolicies],
    );
    check_public(
        TlsServer,
        |t| t.drop(extension::AUTHORITY_INFO_ACCESS),
        &[F::NoAuthorityInfoAccess],
    );
    check_public(
        TlsServer,
        |t| t.drop(extension::CRL_DISTRIBUTION_POINTS),
        &[F::NoRevocationInformation],
    );
    check_public(
        TlsServer,
        |t| {
            t.drop(extension::CRL_DISTRIBUTION_POINTS);
            t.lasting(7 * DAY);
        },
        &[],
    );
    check_public(
        TlsServer,
        |t| {
            t.subject(&[(COMMON, "www.nic.br")]);
            t.set_criticality(extension::SUBJECT_ALT_NAME, Criticality::Critical);
        },
        &[F::SubjectAltNameCritical],
    );
    check_public(
        IntermediateCa,
        |t| t.drop(extension::EXTENDED_KEY_USAGE),
        &[F::CaWithoutPurposes],
    );
    check_public(RootCa, |t| t.lasting(2921 * DAY), &[F::RootValidity(2922)]);
    check_public(RootCa, |t| t.lasting(9132 * DAY + 1), &[F::RootValidity(9132)]);
}

#[test]
fn urls_of_revocation_information() {
    let crl = |t: &mut Tbs, url: &str| {
        let urls: [String; 1] = [url.into()];
        t.put(extension::CRL_DISTRIBUTION_POINTS, Criticality::NonCritical, |w| {
            extension::crl_distribution_points(w, &urls);
        });
    };
    let access = |t: &mut Tbs, url: &str| {
        let urls: [String; 1] = [url.into()];
        t.put(extension::AUTHORITY_INFO_ACCESS, Criticality::NonCritical, |w| {
            extension::authority_info_access(w, &urls, &[]);
        });
    };
    check(TlsServer, |t| crl(t, "ldap://ca.nic.br/cn=crl"), &[]);
    check(TlsServer, |t| crl(t, "ca.nic.br/1.crl"), &[F::Url(NameRefusal::RelativeUri)]);
    check(TlsServer, |t| access(t, "http:///"), &[F::Url(NameRefusal::Empty)]);
    check_public(TlsServer, |t| crl(t, "https://ca.nic.br/1.crl"), &[F::UrlScheme]);
    check_public(TlsServer, |t| access(t, "ldap://ca.nic.br/"), &[F::UrlScheme]);
}

#[test]
fn against_the_issuer() {
    let issuer = Tbs::new(RootCa, Requirements::Private).encode();
    let issuer = TbsCertificate::parse(&issuer).unwrap();
    let check = |change: fn(&mut Tbs), expected: &[Finding]| {
        let mut tbs = Tbs::new(TlsServer, Requirements::Private);
        change(&mut tbs);
        let der = tbs.encode();
        let parsed = TbsCertificate::parse(&der).unwrap();
        let findings = lint(&parsed, TlsServer, Requirements::Private, Some(&issuer));
        assert_eq!(findings.as_slice(), expected);
    };
    check(|_| {}, &[]);
    // Another encoding of the same name: equal to a validator, not to this rule.
    check(
        |t| t.issuer = DistinguishedName::from_common_name("ca").unwrap(),
        &[F::IssuerNameMismatch],
    );
    check(
        |t| {
            t.put(extension::AUTHORITY_KEY_IDENTIFIER, Criticality::NonCritical, |w| {
                extension::authority_key_identifier(w, &[9; 20]);
            });
        },
        &[F::AuthorityKeyIdentifierMismatch],
    );
    check(
        |t| {
            t.not_before = plus(t.not_before, days(3640));
            t.lasting(45 * 86_400);
        },
        &[F::OutlivesIssuer],
    );
}

#[test]
fn findings_are_all_listed_with_their_sections() {
    let mut tbs = Tbs::new(TlsServer, Requirements::Private);
    tbs.serial = [1].into();
    tbs.lasting(300 * 86_400);
    tbs.key = short_rsa_key();
    let der = tbs.encode();
    let findings =
        lint(&TbsCertificate::parse(&der).unwrap(), TlsServer, Requirements::Private, None);
    assert_eq!(
        format!("{findings}"),
        "the public key is refused: its modulus of 1024 bits is too short (BR §6.1.1.3); \
         the serial number is too short for 64 bits of randomness (BR §7.1.2.7); \
         the validity of a server's certificate is longer than allowed, in days: 200 (BR §6.3.2)"
    );
}
