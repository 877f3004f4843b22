//! Keys: public ones whole, private ones described.

use chancery_x509::{
    EcPrivateKey, NamedCurve, PrivateKey, PrivateKeyInfo, PublicKey, RsaPrivateKey, RsaPublicKey,
    SubjectPublicKeyInfo,
};

use super::document::{Document, Field, Value, field, hex};

/// The fields of a public key, as they stand below "Subject Public Key Info".
pub(super) fn public_key_info(info: &SubjectPublicKeyInfo<'_>) -> Vec<Field> {
    let algorithm = name_of(info.algorithm().oid());
    let mut fields = vec![field("algorithm", "Public Key Algorithm", algorithm)];
    let bits = |fields: &mut Vec<Field>, bits: usize| {
        fields.push(field("size", "Public-Key", format!("({bits} bit)")));
    };
    let bytes = info.subject_public_key().as_bytes();
    match info.key() {
        PublicKey::Rsa(rsa) | PublicKey::RsaPss(rsa, _) => {
            bits(&mut fields, rsa.bits());
            fields.extend(rsa_fields(rsa));
        }
        PublicKey::Ec(curve, point) => {
            bits(&mut fields, curve_bits(*curve));
            fields.push(field("pub", "pub", *point));
            fields.push(field("curve", "ASN1 OID", name_of(curve.oid())));
            if let Some(nist) = nist(*curve) {
                fields.push(field("nistCurve", "NIST CURVE", nist));
            }
        }
        PublicKey::EcUnknownCurve(curve, point) => {
            fields.push(field("pub", "pub", *point));
            fields.push(field("curve", "ASN1 OID", name_of(*curve)));
        }
        PublicKey::MlDsa(set, key) => fields.extend(named(set.name(), key)),
        PublicKey::MlKem(set, key) => fields.extend(named(set.name(), key)),
        PublicKey::SlhDsa(set, key) => fields.extend(named(set.name(), key)),
        _ => fields.push(field("pub", "pub", bytes)),
    }
    fields
}

fn named(name: &str, key: &[u8]) -> [Field; 2] {
    [field("parameterSet", "Parameter Set", name), field("pub", "pub", key)]
}

fn rsa_fields(rsa: &RsaPublicKey<'_>) -> [Field; 2] {
    let exponent = rsa
        .public_exponent()
        .iter()
        .try_fold(0u64, |n, &byte| n.checked_mul(256).map(|n| n | u64::from(byte)));
    let exponent = match exponent {
        Some(n) => format!("{n} (0x{n:x})"),
        None => hex(rsa.public_exponent()),
    };
    [field("modulus", "Modulus", rsa.modulus()), field("exponent", "Exponent", exponent)]
}

/// The short name, or the digits.
pub(super) fn name_of(oid: chancery_x509::Oid<'_>) -> String {
    oid.name().map_or_else(|| oid.to_string(), str::to_owned)
}

const fn curve_bits(curve: NamedCurve) -> usize {
    match curve {
        NamedCurve::P521 => 521,
        curve => curve.field_len() * 8,
    }
}

const fn nist(curve: NamedCurve) -> Option<&'static str> {
    Some(match curve {
        NamedCurve::P224 => "P-224",
        NamedCurve::P256 => "P-256",
        NamedCurve::P384 => "P-384",
        NamedCurve::P521 => "P-521",
        _ => return None,
    })
}

pub(super) fn public(info: &SubjectPublicKeyInfo<'_>) -> Document {
    document("publicKey", "Public Key", public_key_info(info))
}

pub(super) fn pkcs8(info: &PrivateKeyInfo<'_>) -> Document {
    let algorithm = name_of(info.algorithm().oid());
    let mut fields = vec![field("algorithm", "Algorithm", algorithm.clone())];
    match info.key() {
        PrivateKey::Rsa(key) => fields.extend(rsa(key)),
        PrivateKey::Ec(curve, key) => fields.extend(ec(*curve, key)),
        PrivateKey::MlDsa(set, _) => fields.push(field("size", "Private-Key", set.name())),
        PrivateKey::MlKem(set, _) => fields.push(field("size", "Private-Key", set.name())),
        PrivateKey::SlhDsa(set, _) => fields.push(field("size", "Private-Key", set.name())),
        _ => {
            let label = format!("{algorithm} Private-Key");
            fields.push(field("privateKey", &label, "not shown"));
        }
    }
    if let Some(public) = info.public_key() {
        fields.push(field("pub", "pub", public.as_bytes()));
    }
    document("privateKey", "Private Key (PKCS#8)", fields)
}

pub(super) fn sec1((curve, key): &(NamedCurve, EcPrivateKey<'_>)) -> Document {
    document("privateKey", "Private Key (SEC 1)", ec(*curve, key))
}

pub(super) fn pkcs1(key: &RsaPrivateKey<'_>) -> Document {
    document("privateKey", "Private Key (PKCS#1)", rsa(key))
}

fn document(kind: &'static str, title: &'static str, fields: Vec<Field>) -> Document {
    Document { kind, title, fields, findings: Vec::new() }
}

fn ec(curve: NamedCurve, key: &EcPrivateKey<'_>) -> Vec<Field> {
    let mut fields = vec![field("size", "Private-Key", format!("({} bit)", curve_bits(curve)))];
    if let Some(point) = key.public_key() {
        fields.push(field("pub", "pub", point));
    }
    fields.push(field("curve", "ASN1 OID", name_of(curve.oid())));
    if let Some(nist) = nist(curve) {
        fields.push(field("nistCurve", "NIST CURVE", nist));
    }
    fields
}

fn rsa(key: &RsaPrivateKey<'_>) -> Vec<Field> {
    let top = key.modulus().first().map_or(0, |byte| byte.leading_zeros());
    let bits = key.modulus().len() * 8 - usize::try_from(top).unwrap_or_default();
    vec![
        field("size", "Private-Key", format!("({bits} bit)")),
        field("modulus", "Modulus", Value::Bytes(key.modulus().to_vec())),
    ]
}
