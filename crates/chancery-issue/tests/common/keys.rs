//! Keys, names, a clock and randomness for the tests here.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by several test programs"
)]

use chancery_issue::{AlternativeName, DistinguishedName};
use chancery_ring::{KeyType, Pkcs8, PrivateKey, SystemRandom};
use pki_types::UnixTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    P256,
    P384,
    Ed25519,
    Rsa,
}

pub fn pkcs8(kind: KeyKind) -> Pkcs8 {
    match kind {
        KeyKind::P256 => Pkcs8::generate(KeyType::EcdsaP256),
        KeyKind::P384 => Pkcs8::generate(KeyType::EcdsaP384),
        KeyKind::Ed25519 => Pkcs8::generate(KeyType::Ed25519),
        KeyKind::Rsa => Pkcs8::generate_rsa(2048),
    }
    .unwrap()
}

pub fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::from_pkcs8(pkcs8(kind).as_der()).unwrap()
}

pub fn name(common_name: &str) -> DistinguishedName {
    DistinguishedName::from_common_name(common_name).unwrap()
}

pub fn names(texts: &[&str]) -> Vec<AlternativeName> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// 2026-07-01, whatever the machine's clock says.
pub fn now() -> UnixTime {
    at(1_782_864_000)
}

pub fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds))
}

pub fn random() -> SystemRandom {
    SystemRandom::new()
}
