//! Certificates and certification requests.

use chancery_x509::{
    AlgorithmIdentifier, Certificate, CertificationRequest, SerialNumber, SignatureAlgorithm,
    Version,
};

use super::document::{Document, Field, Value, field, hex};
use super::extensions;
use super::key::{name_of, public_key_info};

pub(super) fn certificate(certificate: &Certificate<'_>) -> Document {
    Document {
        kind: "certificate",
        title: "Certificate",
        fields: fields(certificate),
        findings: Vec::new(),
    }
}

/// What a certificate shows, alone or inside something else.
pub(super) fn fields(certificate: &Certificate<'_>) -> Vec<Field> {
    let tbs = certificate.tbs();
    let validity = vec![
        field("notBefore", "Not Before", tbs.validity().not_before()),
        field("notAfter", "Not After", tbs.validity().not_after()),
    ];
    let key = public_key_info(tbs.subject_public_key_info());
    let mut data = vec![
        field("version", "Version", version(tbs.version())),
        field("serialNumber", "Serial Number", serial(tbs.serial_number())),
        field("signatureAlgorithm", "Signature Algorithm", algorithm(tbs.signature())),
        field("issuer", "Issuer", tbs.issuer().to_string()),
        field("validity", "Validity", validity),
        field("subject", "Subject", tbs.subject().to_string()),
        field("subjectPublicKeyInfo", "Subject Public Key Info", key),
    ];
    if let Some(id) = tbs.issuer_unique_id() {
        data.push(field("issuerUniqueId", "Issuer Unique ID", id.as_bytes()));
    }
    if let Some(id) = tbs.subject_unique_id() {
        data.push(field("subjectUniqueId", "Subject Unique ID", id.as_bytes()));
    }
    if !tbs.extensions().is_empty() {
        let list = extensions::certificate(tbs.extensions());
        data.push(field("extensions", "X509v3 extensions", list));
    }
    let outer = certificate.signature_algorithm();
    signed("data", "Data", data, outer, certificate.signature_value())
}

pub(super) fn request(request: &CertificationRequest<'_>) -> Document {
    let key = public_key_info(request.subject_public_key_info());
    let mut data = vec![
        field("version", "Version", "1 (0x0)"),
        field("subject", "Subject", request.subject().to_string()),
        field("subjectPublicKeyInfo", "Subject Public Key Info", key),
    ];
    let others: Vec<Field> = request
        .attributes()
        .iter()
        .filter(|attribute| attribute.attribute_type() != chancery_x509::Oid::EXTENSION_REQUEST)
        .map(|attribute| {
            let name = name_of(attribute.attribute_type());
            let values = attribute.values().map(|value| value.to_string()).collect();
            field(&name, &name, Value::Lines(values))
        })
        .collect();
    if !others.is_empty() {
        data.push(field("attributes", "Attributes", others));
    }
    if !request.requested_extensions().is_empty() {
        let list = extensions::certificate(request.requested_extensions());
        data.push(field("requestedExtensions", "Requested Extensions", list));
    }
    let outer = request.signature_algorithm();
    Document {
        kind: "certificateRequest",
        title: "Certificate Request",
        fields: signed("data", "Data", data, outer, request.signature()),
        findings: Vec::new(),
    }
}

/// What is signed, and how.
pub(super) fn signed(
    key: &str,
    label: &str,
    data: Vec<Field>,
    outer: &AlgorithmIdentifier<'_>,
    signature: &[u8],
) -> Vec<Field> {
    vec![
        field(key, label, data),
        field("signatureAlgorithm", "Signature Algorithm", algorithm(outer)),
        field("signatureValue", "Signature Value", signature),
    ]
}

pub(super) fn algorithm(algorithm: &AlgorithmIdentifier<'_>) -> String {
    match algorithm.signature_algorithm() {
        SignatureAlgorithm::MlDsa(set) => set.name().to_owned(),
        SignatureAlgorithm::SlhDsa(set) => set.name().to_owned(),
        SignatureAlgorithm::RsaPss(parameters) => format!(
            "rsassaPss ({:?}, mgf1 with {:?}, salt of {} bytes)",
            parameters.hash(),
            parameters.mask_hash(),
            parameters.salt_length()
        ),
        _ => name_of(algorithm.oid()),
    }
}

const fn version(version: Version) -> &'static str {
    match version {
        Version::V1 => "1 (0x0)",
        Version::V2 => "2 (0x1)",
        _ => "3 (0x2)",
    }
}

/// The number, without the zero that keeps it positive in DER.
pub(super) fn serial(serial: SerialNumber<'_>) -> String {
    match serial.as_bytes() {
        [0, rest @ ..] if !rest.is_empty() => hex(rest),
        bytes => hex(bytes),
    }
}
