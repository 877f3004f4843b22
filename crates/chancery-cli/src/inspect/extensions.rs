//! Extensions, each in the words of `openssl`.

use chancery_x509::{
    AuthorityKeyIdentifier, CrlDistributionPoints, DistributionPointName, Extension, ExtensionType,
    Extensions, GeneralNames, InfoAccess, NameConstraints, PolicyQualifier, Time, TlsFeature,
};

use super::document::{Field, Value, field, hex};
use super::key::name_of;

/// All of them, in the order of the certificate.
pub(super) fn certificate(extensions: &Extensions<'_>) -> Vec<Field> {
    extensions.iter().map(|extension| one(extensions, &extension)).collect()
}

fn one(all: &Extensions<'_>, extension: &Extension<'_>) -> Field {
    let known = ExtensionType::from_oid(extension.oid());
    let decoded = known.and_then(|kind| Some((label(kind), value(all, kind)?)));
    // What nobody here reads, and what lenient parsing could not, is shown as bytes.
    let (label, value) = decoded
        .unwrap_or_else(|| (name_of(extension.oid()), Value::Bytes(extension.value().to_vec())));
    wrapped(extension, &label, value)
}

pub(super) fn wrapped(extension: &Extension<'_>, label: &str, value: Value) -> Field {
    let oid = extension.oid().to_string();
    let value = Value::Extension { critical: extension.critical(), oid, value: Box::new(value) };
    field(&name_of(extension.oid()), label, value)
}

fn label(kind: ExtensionType) -> String {
    use ExtensionType as T;
    let label = match kind {
        T::AuthorityKeyIdentifier => "X509v3 Authority Key Identifier",
        T::SubjectKeyIdentifier => "X509v3 Subject Key Identifier",
        T::KeyUsage => "X509v3 Key Usage",
        T::PrivateKeyUsagePeriod => "X509v3 Private Key Usage Period",
        T::CertificatePolicies => "X509v3 Certificate Policies",
        T::PolicyMappings => "X509v3 Policy Mappings",
        T::SubjectAltName => "X509v3 Subject Alternative Name",
        T::IssuerAltName => "X509v3 Issuer Alternative Name",
        T::SubjectDirectoryAttributes => "X509v3 Subject Directory Attributes",
        T::BasicConstraints => "X509v3 Basic Constraints",
        T::NameConstraints => "X509v3 Name Constraints",
        T::PolicyConstraints => "X509v3 Policy Constraints",
        T::ExtendedKeyUsage => "X509v3 Extended Key Usage",
        T::CrlDistributionPoints => "X509v3 CRL Distribution Points",
        T::InhibitAnyPolicy => "X509v3 Inhibit Any Policy",
        T::FreshestCrl => "X509v3 Freshest CRL",
        T::AuthorityInfoAccess => "Authority Information Access",
        T::SubjectInfoAccess => "Subject Information Access",
        T::TlsFeature => "TLS Feature",
        T::SctList => "CT Precertificate SCTs",
        T::PrecertificatePoison => "CT Precertificate Poison",
        T::NoRevAvail => "X509v3 No Revocation Available",
        T::OcspNoCheck => "OCSP No Check",
        T::DelegationUsage => "Delegation Usage",
        T::AcmeIdentifier => "ACME Identifier",
        T::QcStatements => "qcStatements",
        _ => return name_of(kind.oid()),
    };
    label.to_owned()
}

fn value(all: &Extensions<'_>, kind: ExtensionType) -> Option<Value> {
    use ExtensionType as T;
    let null = |()| Value::from("NULL");
    Some(match kind {
        T::AuthorityKeyIdentifier => authority_key(&all.authority_key_identifier()?),
        T::SubjectKeyIdentifier => Value::Text(hex(all.subject_key_identifier()?).to_uppercase()),
        T::KeyUsage => Value::Names(all.key_usage()?.names().map(str::to_owned).collect()),
        T::PrivateKeyUsagePeriod => {
            let period = all.private_key_usage_period()?;
            let show = |what, time: Option<Time>| time.map(|time| format!("{what}: {time}"));
            let ends =
                [show("Not Before", period.not_before()), show("Not After", period.not_after())];
            Value::Row(ends.into_iter().flatten().collect())
        }
        T::CertificatePolicies => policies(all)?,
        T::PolicyMappings => {
            let mappings = all.policy_mappings()?;
            Value::Row(mappings.iter().map(|(from, to)| format!("{from}:{to}")).collect())
        }
        T::SubjectAltName => names(all.subject_alt_name()?),
        T::IssuerAltName => names(all.issuer_alt_name()?),
        T::SubjectDirectoryAttributes => {
            let attributes = all.subject_directory_attributes()?;
            let line = |attribute: chancery_x509::Attribute<'_>| {
                let values: Vec<_> = attribute.values().map(|value| value.to_string()).collect();
                format!("{}={}", name_of(attribute.attribute_type()), values.join(", "))
            };
            Value::Lines(attributes.iter().map(line).collect())
        }
        T::BasicConstraints => {
            let basic = all.basic_constraints()?;
            let ca = if basic.ca() { "CA:TRUE" } else { "CA:FALSE" };
            let length = basic.path_len_constraint().map(|length| format!("pathlen:{length}"));
            Value::Row(core::iter::once(ca.to_owned()).chain(length).collect())
        }
        T::NameConstraints => name_constraints(&all.name_constraints()?),
        T::PolicyConstraints => {
            let constraints = all.policy_constraints()?;
            let show = |what, skip: Option<u32>| skip.map(|skip| format!("{what}:{skip}"));
            let explicit = show("Require Explicit Policy", constraints.require_explicit_policy());
            let mapping = show("Inhibit Policy Mapping", constraints.inhibit_policy_mapping());
            Value::Row(explicit.into_iter().chain(mapping).collect())
        }
        T::ExtendedKeyUsage => {
            Value::Names(all.extended_key_usage()?.iter().map(name_of).collect())
        }
        T::CrlDistributionPoints => points(&all.crl_distribution_points()?),
        T::InhibitAnyPolicy => Value::Text(all.inhibit_any_policy()?.to_string()),
        T::FreshestCrl => points(&all.freshest_crl()?),
        T::AuthorityInfoAccess => access(&all.authority_info_access()?),
        T::SubjectInfoAccess => access(&all.subject_info_access()?),
        T::TlsFeature => {
            let name = |number| match number {
                TlsFeature::STATUS_REQUEST => "status_request".to_owned(),
                TlsFeature::STATUS_REQUEST_V2 => "status_request_v2".to_owned(),
                number => number.to_string(),
            };
            Value::Row(all.tls_feature()?.iter().map(name).collect())
        }
        T::SctList => scts(all)?,
        T::PrecertificatePoison => null(all.precertificate_poison()?),
        T::NoRevAvail => null(all.no_rev_avail()?),
        T::OcspNoCheck => null(all.ocsp_no_check()?),
        T::DelegationUsage => null(all.delegation_usage()?),
        T::AcmeIdentifier => Value::Text(hex(all.acme_identifier()?.digest())),
        T::QcStatements => {
            let line = |statement: chancery_x509::QcStatement<'_>| {
                let name = statement.name().map(str::to_owned);
                name.unwrap_or_else(|| statement.statement_id().to_string())
            };
            Value::Lines(all.qc_statements()?.iter().map(line).collect())
        }
        _ => return None,
    })
}

/// `keyCertSign` is "Certificate Sign" to `openssl`'s users, and so on.
pub(super) fn words(name: &str) -> String {
    match name {
        "keyCertSign" => "Certificate Sign".to_owned(),
        "cRLSign" => "CRL Sign".to_owned(),
        "cACompromise" => "CA Compromise".to_owned(),
        "aACompromise" => "AA Compromise".to_owned(),
        "serverAuth" => "TLS Web Server Authentication".to_owned(),
        "clientAuth" => "TLS Web Client Authentication".to_owned(),
        "emailProtection" => "E-mail Protection".to_owned(),
        "OCSPSigning" => "OCSP Signing".to_owned(),
        "caIssuers" => "CA Issuers".to_owned(),
        "caRepository" => "CA Repository".to_owned(),
        "OCSP" => "OCSP".to_owned(),
        name => {
            let mut out = String::new();
            for (i, c) in name.chars().enumerate() {
                if i == 0 {
                    out.extend(c.to_uppercase());
                } else {
                    if c.is_uppercase() {
                        out.push(' ');
                    }
                    out.push(c);
                }
            }
            out
        }
    }
}

pub(super) fn names(names: GeneralNames<'_>) -> Value {
    Value::Row(names.iter().map(|name| name.to_string()).collect())
}

pub(super) fn authority_key(identifier: &AuthorityKeyIdentifier<'_>) -> Value {
    let key = identifier.key_identifier().map(|id| format!("keyid:{}", hex(id).to_uppercase()));
    let issuer = identifier.authority_cert_issuer().map(|names| names.to_string());
    let serial = identifier.authority_cert_serial_number().map(|n| format!("serial:{n}"));
    Value::Lines([key, issuer, serial].into_iter().flatten().collect())
}

fn name_constraints(constraints: &NameConstraints<'_>) -> Value {
    let lines = |what: &'static str, subtrees: Option<chancery_x509::GeneralSubtrees<'_>>| {
        let bases = subtrees.into_iter().flat_map(|subtrees| {
            subtrees.iter().map(|subtree| subtree.base().to_string()).collect::<Vec<_>>()
        });
        bases.map(move |base| format!("{what}: {base}")).collect::<Vec<_>>()
    };
    let mut all = lines("Permitted", constraints.permitted_subtrees());
    all.extend(lines("Excluded", constraints.excluded_subtrees()));
    Value::Lines(all)
}

fn policies(all: &Extensions<'_>) -> Option<Value> {
    let mut lines = Vec::new();
    for policy in all.certificate_policies()?.iter() {
        lines.push(format!("Policy: {}", policy.policy_identifier()));
        for qualifier in policy.qualifiers() {
            lines.push(match qualifier {
                PolicyQualifier::CpsUri(uri) => format!("  CPS: {}", uri.escape_debug()),
                PolicyQualifier::UserNotice(_, Some(text)) => format!("  Explicit Text: {text}"),
                PolicyQualifier::UserNotice(notice, None) => {
                    format!("  User Notice: {}", hex(notice))
                }
                PolicyQualifier::Other(id, der) => format!("  {id}: {}", hex(der)),
                _ => continue,
            });
        }
    }
    Some(Value::Lines(lines))
}

pub(super) fn point_name(name: &DistributionPointName<'_>) -> String {
    match name {
        DistributionPointName::FullName(names) => format!("Full Name: {names}"),
        DistributionPointName::NameRelativeToCrlIssuer(rdn) => format!("Relative Name: {rdn}"),
        _ => String::new(),
    }
}

pub(super) fn points(points: &CrlDistributionPoints<'_>) -> Value {
    let mut lines = Vec::new();
    for point in points.iter() {
        lines.extend(point.distribution_point().as_ref().map(point_name));
        if let Some(reasons) = point.reasons() {
            let names: Vec<_> = reasons.names().map(words).collect();
            lines.push(format!("Reasons: {}", names.join(", ")));
        }
        lines.extend(point.crl_issuer().map(|issuer| format!("CRL Issuer: {issuer}")));
    }
    Value::Lines(lines)
}

pub(super) fn access(access: &InfoAccess<'_>) -> Value {
    let line = |one: chancery_x509::AccessDescription<'_>| {
        format!("{} - {}", words(&name_of(one.access_method())), one.access_location())
    };
    Value::Lines(access.iter().map(line).collect())
}

fn scts(all: &Extensions<'_>) -> Option<Value> {
    let mut lines = Vec::new();
    for sct in all.sct_list()?.iter() {
        let Some(v1) = sct.v1() else {
            lines.push(format!("Version {}: {}", sct.version(), hex(sct.as_bytes())));
            continue;
        };
        let milliseconds = v1.timestamp() % 1_000;
        let seconds = i64::try_from(v1.timestamp() / 1_000).unwrap_or(i64::MAX);
        lines.push(format!("Log ID: {}", hex(v1.log_id()).to_uppercase()));
        // Times beyond what a certificate can write are nonsense, and shown as the number that they are.
        lines.push(if seconds <= Time::NO_WELL_DEFINED_END.unix_seconds() {
            let time = Time::from_unix_seconds(seconds).to_string();
            format!("  Timestamp: {}.{milliseconds:03}Z", time.trim_end_matches('Z'))
        } else {
            format!("  Timestamp: {} ms", v1.timestamp())
        });
    }
    Some(Value::Lines(lines))
}
