//! A certificate made by openssl, field by field.

use chancery_x509::{
    Certificate, DistributionPointName, ErrorKind, ExtensionType, GeneralName, Name, NamedCurve,
    Oid, PolicyQualifier, PublicKey, SignatureAlgorithm, TlsFeature, Version,
};

const LEAF: &[u8] = include_bytes!("data/leaf.der");
/// Every extension that RFC 5280 and the RFCs after it have for certificates, as `data/make.sh` wants them.
const EVERYTHING: &[u8] = include_bytes!("data/everything.der");

#[test]
fn every_field_of_a_leaf() {
    let certificate = Certificate::parse(LEAF).unwrap();
    assert_eq!(certificate.version(), Version::V3);
    assert_eq!(certificate.issuer().to_string(), "CN=leaf.example.com");
    assert!(certificate.is_self_issued());
    assert!(certificate.serial_number().as_bytes().len() <= 20);
    let PublicKey::Ec(NamedCurve::P256, point) = certificate.subject_public_key_info().key() else {
        panic!("not P-256");
    };
    assert_eq!(point.len(), 65);
    assert!(matches!(
        certificate.signature_algorithm().signature_algorithm(),
        SignatureAlgorithm::Ecdsa(_)
    ));
    let extensions = certificate.extensions();
    let names: Vec<_> = extensions.subject_alt_name().unwrap().iter().collect();
    assert_eq!(
        names,
        [GeneralName::DnsName("leaf.example.com"), GeneralName::IpAddress(&[192, 0, 2, 1])]
    );
    let usage = extensions.key_usage().unwrap();
    assert!(usage.digital_signature() && !usage.key_cert_sign());
    assert!(extensions.extended_key_usage().unwrap().contains(Oid::SERVER_AUTH));
    assert!(extensions.basic_constraints().unwrap().ca());
    assert_eq!(extensions.unprocessed_critical().count(), 0);
    assert_eq!(extensions.unknown().count(), 0);
}

fn directory_name(name: GeneralName<'_>) -> Name<'_> {
    let GeneralName::DirectoryName(name) = name else { panic!("{name:?}") };
    name
}

#[test]
fn names_of_every_form() {
    let certificate = Certificate::parse(EVERYTHING).unwrap();
    let subject = certificate.subject();
    let shown = "C=XX, ST=Somewhere, O=Example\\, Inc., OU=One + CN=all.example.com, emailAddress=a@example.com";
    assert_eq!(subject.to_string(), shown);
    assert_eq!(subject.rdns().count(), 5);
    assert_eq!(subject.find(Oid::ORGANIZATION).unwrap().to_string(), "Example\\, Inc.");
    let names = certificate.extensions().subject_alt_name().unwrap();
    let [dns, wildcard, v4, v6, email, uri, id, directory, mailbox, service] =
        names.iter().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(dns, GeneralName::DnsName("all.example.com"));
    assert_eq!(wildcard, GeneralName::DnsName("*.example.com"));
    assert_eq!(v4, GeneralName::IpAddress(&[192, 0, 2, 1]));
    assert_eq!(v6.to_string(), "IP Address:2001:db8::1");
    assert_eq!(email, GeneralName::Rfc822Name("a@example.com"));
    assert_eq!(uri, GeneralName::UniformResourceIdentifier("https://example.com/"));
    assert_eq!(id, GeneralName::RegisteredId(Oid::new(&[0x2a, 3, 4]).unwrap()));
    assert_eq!(directory_name(directory).to_string(), "C=XX, O=Example");
    let GeneralName::OtherName(mailbox) = mailbox else { panic!("{mailbox:?}") };
    assert!(mailbox.smtp_utf8_mailbox().unwrap().ends_with("@example.com"));
    let GeneralName::OtherName(service) = service else { panic!("{service:?}") };
    assert_eq!(service.srv_name(), Some("_imap.example.com"));
}

#[test]
fn every_extension_in_its_slot() {
    let certificate = Certificate::parse(EVERYTHING).unwrap();
    let all = certificate.extensions();

    let usage = all.key_usage().unwrap();
    assert!(usage.names().eq(["digitalSignature", "keyCertSign", "cRLSign", "decipherOnly"]));
    let basic = all.basic_constraints().unwrap();
    assert_eq!((basic.ca(), basic.path_len_constraint()), (true, Some(2)));
    let purposes: Vec<_> = all.extended_key_usage().unwrap().iter().collect();
    assert_eq!(purposes[..2], [Oid::SERVER_AUTH, Oid::CLIENT_AUTH]);
    assert_eq!(purposes[2].to_string(), "1.3.6.1.4.1.99999.1");
    assert_eq!(all.subject_key_identifier().unwrap()[..4], [0xec, 0x8b, 0x12, 0x44]);
    let authority = all.authority_key_identifier().unwrap();
    assert_eq!(authority.key_identifier(), None);
    let issuer = authority.authority_cert_issuer().unwrap().iter().next().unwrap();
    assert!(directory_name(issuer).matches(certificate.issuer()));
    assert_eq!(authority.authority_cert_serial_number(), Some(certificate.serial_number()));
    let leaf = Certificate::parse(LEAF).unwrap();
    let authority = leaf.extensions().authority_key_identifier().unwrap();
    assert_eq!(authority.key_identifier(), leaf.extensions().subject_key_identifier());
    assert_eq!(authority.authority_cert_issuer(), None);
    assert_eq!(authority.authority_cert_serial_number(), None);
    let others: Vec<_> = all.issuer_alt_name().unwrap().iter().collect();
    assert_eq!(others, [GeneralName::UniformResourceIdentifier("https://issuer.example/")]);

    let constraints = all.name_constraints().unwrap();
    let permitted: Vec<_> = constraints.permitted_subtrees().unwrap().iter().collect();
    assert_eq!(permitted[0].base(), GeneralName::DnsName("example.com"));
    assert_eq!(permitted[1].base(), GeneralName::IpAddress(&[192, 0, 2, 0, 255, 255, 255, 0]));
    let excluded: Vec<_> = constraints.excluded_subtrees().unwrap().iter().collect();
    assert_eq!(excluded[0].base(), GeneralName::Rfc822Name(".example.org"));
    assert_eq!(directory_name(excluded[1].base()).to_string(), "C=XX, O=Example");
    assert_eq!((permitted.len(), excluded.len()), (2, 2));

    let policies: Vec<_> = all.certificate_policies().unwrap().iter().collect();
    assert_eq!(policies[0].policy_identifier().to_string(), "1.2.3.4");
    assert_eq!(policies[0].qualifiers().count(), 0);
    assert_eq!(policies[1].policy_identifier().to_string(), "1.2.3.5");
    let qualifiers: Vec<_> = policies[1].qualifiers().collect();
    assert_eq!(qualifiers[0], PolicyQualifier::CpsUri("https://example.com/cps"));
    let PolicyQualifier::UserNotice(_, Some(text)) = qualifiers[1] else { panic!() };
    assert_eq!(text.to_string(), "Read this");
    let mappings: Vec<_> = all.policy_mappings().unwrap().iter().collect();
    assert_eq!(mappings, [(policies[0].policy_identifier(), policies[1].policy_identifier())]);
    let constraints = all.policy_constraints().unwrap();
    assert_eq!(constraints.require_explicit_policy(), Some(1));
    assert_eq!(constraints.inhibit_policy_mapping(), Some(0));
    assert_eq!(all.inhibit_any_policy(), Some(2));

    let point = all.crl_distribution_points().unwrap().iter().next().unwrap();
    let Some(DistributionPointName::FullName(names)) = point.distribution_point() else { panic!() };
    assert_eq!(names.iter().count(), 2);
    assert!(point.reasons().unwrap().names().eq(["keyCompromise", "cACompromise"]));
    assert_eq!(point.crl_issuer().unwrap().to_string(), "DirName:C=XX, O=Example");
    let point = all.freshest_crl().unwrap().iter().next().unwrap();
    let Some(DistributionPointName::FullName(names)) = point.distribution_point() else { panic!() };
    assert_eq!(names.to_string(), "URI:http://crl.example/delta.crl");
    let access = all.authority_info_access().unwrap();
    assert!(access.uris(Oid::OCSP).eq(["http://ocsp.example/"]));
    assert!(access.uris(Oid::CA_ISSUERS).eq(["http://ca.example/ca.cer"]));
    let access = all.subject_info_access().unwrap();
    assert!(access.uris(Oid::CA_REPOSITORY).eq(["http://ca.example/"]));

    let features = all.tls_feature().unwrap();
    assert!(features.contains(TlsFeature::STATUS_REQUEST));
    assert_eq!(features.iter().count(), 2);
    assert_eq!(all.ocsp_no_check(), Some(()));
    assert_eq!(all.precertificate_poison(), Some(()));
    assert_eq!(all.delegation_usage(), Some(()));
    assert_eq!(all.no_rev_avail(), Some(()));
    let period = all.private_key_usage_period().unwrap();
    assert_eq!(period.not_before().unwrap().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(period.not_after().unwrap().to_string(), "2027-01-01T00:00:00Z");
    assert_eq!(all.acme_identifier().unwrap().digest()[..4], [0, 1, 2, 3]);
    let attribute = all.subject_directory_attributes().unwrap().iter().next().unwrap();
    assert_eq!(attribute.attribute_type().to_string(), "1.3.6.1.5.5.7.9.4");
    assert_eq!(attribute.values().next().unwrap().to_string(), "XX");
    let statement = all.qc_statements().unwrap().iter().next().unwrap();
    assert_eq!(statement.name(), Some("QcCompliance"));
    assert!(all.sct_list().is_none());

    assert!(all.is_critical(ExtensionType::AcmeIdentifier));
    assert!(!all.is_critical(ExtensionType::SubjectAltName));
    let unknown: Vec<_> = all.unknown().collect();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].oid().to_string(), "1.3.6.1.4.1.99999.2");
    assert_eq!(unknown[0].value(), b"\x0c\x04text");
}

/// RFC 5280 §4.1: the signed part is the received slice.
#[test]
fn the_signed_part_is_the_received_slice() {
    let certificate = Certificate::parse(LEAF).unwrap();
    assert_eq!(certificate.tbs_der().as_ptr(), LEAF[4..].as_ptr());
    assert_eq!(certificate.as_der(), LEAF);
}

#[test]
fn truncated_at_every_byte() {
    for length in 0..LEAF.len() {
        let error = Certificate::parse(&LEAF[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length}");
    }
}
