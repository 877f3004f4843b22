//! CRLs and OCSP messages.

use chancery_x509::{
    CertId, CertStatus, Certificate, CertificateList, CrlExtensions, OcspRequest, OcspResponse,
    OcspResponseStatus, Oid, ResponderId, RevokedCertificate, Version,
};

use super::certificate::{algorithm, fields as fields_of, serial, signed};
use super::document::{Document, Field, Value, field, hex};
use super::extensions::{access, authority_key, names, point_name, points, words, wrapped};
use super::key::name_of;

pub(super) fn crl(list: &CertificateList<'_>) -> Document {
    let version = if list.version() == Version::V1 { "1 (0x0)" } else { "2 (0x1)" };
    let mut data = vec![
        field("version", "Version", version),
        field("signatureAlgorithm", "Signature Algorithm", algorithm(list.signature())),
        field("issuer", "Issuer", list.issuer().to_string()),
        field("thisUpdate", "Last Update", list.this_update()),
    ];
    data.push(match list.next_update() {
        Some(time) => field("nextUpdate", "Next Update", time),
        None => field("nextUpdate", "Next Update", "NONE"),
    });
    if !list.extensions().list().is_empty() {
        data.push(field("extensions", "CRL extensions", crl_extensions(list.extensions())));
    }
    if list.entry_count() == 0 {
        data.push(field("revoked", "Revoked Certificates", Value::List(Vec::new())));
    } else {
        let entries = list.entries().map(|one| entry(&one)).collect();
        data.push(field("revoked", "Revoked Certificates", Value::List(entries)));
    }
    Document {
        kind: "crl",
        title: "Certificate Revocation List (CRL)",
        fields: signed("data", "Data", data, list.signature_algorithm(), list.signature_value()),
        findings: Vec::new(),
    }
}

fn entry(entry: &RevokedCertificate<'_>) -> Vec<Field> {
    let mut fields = vec![
        field("serialNumber", "Serial Number", serial(entry.serial_number())),
        field("revocationDate", "    Revocation Date", entry.revocation_date()),
    ];
    let extensions = entry.extensions();
    if let Some(reason) = extensions.reason_code() {
        fields.push(field("reason", "    X509v3 CRL Reason Code", words(reason.name())));
    }
    if let Some(date) = extensions.invalidity_date() {
        fields.push(field("invalidityDate", "    Invalidity Date", date));
    }
    if let Some(issuer) = entry.certificate_issuer() {
        fields.push(field("certificateIssuer", "    Certificate Issuer", issuer.to_string()));
    }
    fields
}

fn crl_extensions(extensions: &CrlExtensions<'_>) -> Vec<Field> {
    let shown = |oid: Oid<'_>| {
        Some(match oid {
            Oid::AUTHORITY_KEY_IDENTIFIER => (
                "X509v3 Authority Key Identifier",
                authority_key(&extensions.authority_key_identifier()?),
            ),
            Oid::ISSUER_ALT_NAME => {
                ("X509v3 Issuer Alternative Name", names(extensions.issuer_alt_name()?))
            }
            Oid::CRL_NUMBER => ("X509v3 CRL Number", number(extensions.crl_number()?)),
            Oid::DELTA_CRL_INDICATOR => {
                ("X509v3 Delta CRL Indicator", number(extensions.delta_crl_indicator()?))
            }
            Oid::FRESHEST_CRL => ("X509v3 Freshest CRL", points(&extensions.freshest_crl()?)),
            Oid::AUTHORITY_INFO_ACCESS => {
                ("Authority Information Access", access(&extensions.authority_info_access()?))
            }
            Oid::ISSUING_DISTRIBUTION_POINT => {
                let point = extensions.issuing_distribution_point()?;
                let mut lines = Vec::new();
                lines.extend(point.distribution_point().as_ref().map(point_name));
                for (set, text) in [
                    (point.only_contains_user_certs(), "Only User Certificates"),
                    (point.only_contains_ca_certs(), "Only CA Certificates"),
                    (point.only_contains_attribute_certs(), "Only Attribute Certificates"),
                    (point.indirect_crl(), "Indirect CRL"),
                ] {
                    if set {
                        lines.push(text.to_owned());
                    }
                }
                if let Some(reasons) = point.only_some_reasons() {
                    let names: Vec<_> = reasons.names().map(words).collect();
                    lines.push(format!("Only Some Reasons: {}", names.join(", ")));
                }
                ("X509v3 Issuing Distribution Point", Value::Lines(lines))
            }
            _ => return None,
        })
    };
    let all = extensions.list();
    all.iter()
        .map(|extension| match shown(extension.oid()) {
            Some((label, value)) => wrapped(&extension, label, value),
            None => {
                let bytes = Value::Bytes(extension.value().to_vec());
                wrapped(&extension, &name_of(extension.oid()), bytes)
            }
        })
        .collect()
}

/// In decimal where that is short, as `openssl` does.
fn number(bytes: &[u8]) -> Value {
    let decimal =
        bytes.iter().try_fold(0u64, |n, &byte| n.checked_mul(256).map(|n| n | u64::from(byte)));
    Value::Text(decimal.map_or_else(|| format!("0x{}", hex(bytes)), |n| n.to_string()))
}

pub(super) fn ocsp_response(response: &OcspResponse<'_>) -> Document {
    let status = match response.status() {
        OcspResponseStatus::Successful => "successful (0x0)",
        OcspResponseStatus::MalformedRequest => "malformedrequest (0x1)",
        OcspResponseStatus::InternalError => "internalerror (0x2)",
        OcspResponseStatus::TryLater => "trylater (0x3)",
        OcspResponseStatus::SigRequired => "sigrequired (0x5)",
        OcspResponseStatus::Unauthorized => "unauthorized (0x6)",
        _ => "unknown",
    };
    let mut fields = vec![field("status", "OCSP Response Status", status)];
    if let Some(basic) = response.basic() {
        let responder = match basic.responder_id() {
            ResponderId::ByName(name) => name.to_string(),
            ResponderId::ByKey(key) => hex(key).to_uppercase(),
            _ => String::new(),
        };
        let responses = basic.responses().map(|one| {
            let mut fields = vec![field("certId", "Certificate ID", cert_id(one.cert_id()))];
            match one.cert_status() {
                CertStatus::Good => fields.push(field("status", "Cert Status", "good")),
                CertStatus::Revoked { time, reason } => {
                    fields.push(field("status", "Cert Status", "revoked"));
                    fields.push(field("revocationTime", "Revocation Time", time));
                    if let Some(reason) = reason {
                        fields.push(field("reason", "Revocation Reason", reason.name()));
                    }
                }
                _ => fields.push(field("status", "Cert Status", "unknown")),
            }
            fields.push(field("thisUpdate", "This Update", one.this_update()));
            if let Some(time) = one.next_update() {
                fields.push(field("nextUpdate", "Next Update", time));
            }
            fields
        });
        let mut data = vec![
            field("responderId", "Responder Id", responder),
            field("producedAt", "Produced At", basic.produced_at()),
            field("responses", "Responses", Value::List(responses.collect())),
        ];
        if let Some(nonce) = basic.extensions().nonce() {
            data.push(field("nonce", "OCSP Nonce", hex(nonce)));
        }
        // As far as they can be read; nothing here says which of them signed.
        let certificates: Vec<_> = basic
            .certs()
            .map(|der| match Certificate::parse_lenient(der, &mut |_| ()) {
                Ok(one) => vec![field("certificate", "Certificate", fields_of(&one))],
                Err(_) => vec![field("der", "Unreadable", der)],
            })
            .collect();
        fields.extend(signed(
            "data",
            "Response Data",
            data,
            basic.signature_algorithm(),
            basic.signature(),
        ));
        if !certificates.is_empty() {
            fields.push(field("certificates", "Certificates", Value::List(certificates)));
        }
    }
    Document { kind: "ocspResponse", title: "OCSP Response", fields, findings: Vec::new() }
}

pub(super) fn ocsp_request(request: &OcspRequest<'_>) -> Document {
    let requests = request
        .requests()
        .map(|one| vec![field("certId", "Certificate ID", cert_id(one.cert_id()))])
        .collect();
    let mut fields = Vec::new();
    if let Some(name) = request.requestor_name() {
        fields.push(field("requestorName", "Requestor Name", name.to_string()));
    }
    fields.push(field("requests", "Requestor List", Value::List(requests)));
    if let Some(nonce) = request.extensions().nonce() {
        fields.push(field("nonce", "OCSP Nonce", hex(nonce)));
    }
    if let Some((how, signature)) = request.signature() {
        fields.push(field("signatureAlgorithm", "Signature Algorithm", algorithm(&how)));
        fields.push(field("signatureValue", "Signature Value", signature));
    }
    Document { kind: "ocspRequest", title: "OCSP Request", fields, findings: Vec::new() }
}

fn cert_id(id: &CertId<'_>) -> Vec<Field> {
    vec![
        field("hashAlgorithm", "Hash Algorithm", name_of(id.hash_algorithm().oid())),
        field("issuerNameHash", "Issuer Name Hash", hex(id.issuer_name_hash())),
        field("issuerKeyHash", "Issuer Key Hash", hex(id.issuer_key_hash())),
        field("serialNumber", "Serial Number", serial(id.serial_number())),
    ]
}
