//! CAs that this crate would not have made.

use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS as VERIFIERS};
use core::time::Duration;

use super::*;
use crate::{
    CertIdHash, CertificateStatus, CrlPeriod, Requirements, Role, SerialNumber,
    extension::{CRL_SIGN, DIGITAL_SIGNATURE, KEY_CERT_SIGN},
    lint::tests::Tbs,
    signature::Signer,
};

fn key() -> PrivateKey {
    PrivateKey::from_pkcs8(Pkcs8::generate(KeyType::EcdsaP256).unwrap().as_der()).unwrap()
}

fn signed(tbs: &Tbs, issuer: &PrivateKey) -> CertificateDer<'static> {
    let signer = Signer::new(issuer).unwrap();
    signer.sign_and_wrap(&tbs.encode(), VERIFIERS).unwrap().into()
}

/// A root whose `keyUsage` is this.
fn root(usage: u16) -> Result<CertificateAuthority, Error> {
    let key = key();
    let mut tbs = Tbs::new(Role::RootCa, Requirements::Private);
    tbs.key = key.subject_public_key_info().to_vec();
    tbs.key_usage(usage);
    let certificate = signed(&tbs, &key);
    CertificateAuthority::new(key, VERIFIERS, [certificate].into())
}

fn day() -> CrlPeriod {
    let at = |days: u64| UnixTime::since_unix_epoch(Duration::from_secs(86_400 * days));
    CrlPeriod { this_update: at(20_636), next_update: at(20_637) }
}

#[test]
fn rfc_5280_section_4_2_1_3_key_usage_of_an_issuer() {
    assert_eq!(
        root(CRL_SIGN | DIGITAL_SIGNATURE).unwrap_err(),
        IssuerRefusal::NoKeyCertSign.into()
    );
    let crl = |usage| root(usage).and_then(|ca| ca.crl(1, &[], day())).map(|_| ());
    assert_eq!(crl(KEY_CERT_SIGN | CRL_SIGN), Ok(()));
    assert_eq!(crl(KEY_CERT_SIGN), Err(IssuerRefusal::NoCrlSign.into()));
    let response = |usage| {
        let status = CertificateStatus::Good(SerialNumber::new(&[1]).unwrap());
        root(usage)?.ocsp_response(&[status], CertIdHash::Sha1, day(), &[]).map(|_| ())
    };
    assert_eq!(response(KEY_CERT_SIGN | DIGITAL_SIGNATURE), Ok(()));
    assert_eq!(response(KEY_CERT_SIGN), Err(IssuerRefusal::NoDigitalSignature.into()));
}

#[test]
fn rfc_5280_section_6_1_3_chains_link_by_name_and_by_signature() {
    let (above, below) = (key(), Pkcs8::generate(KeyType::EcdsaP256).unwrap());
    let below = || PrivateKey::from_pkcs8(below.as_der()).unwrap();
    let mut root = Tbs::new(Role::RootCa, Requirements::Private);
    root.key = above.subject_public_key_info().to_vec();
    let root = signed(&root, &above);
    let new = |issuer: &str, signer: &PrivateKey| {
        let mut tbs = Tbs::new(Role::IntermediateCa, Requirements::Private);
        tbs.key = below().subject_public_key_info().to_vec();
        tbs.issuer = DistinguishedName::from_common_name(issuer).unwrap();
        let chain = [signed(&tbs, signer), root.clone()];
        CertificateAuthority::new(below(), VERIFIERS, chain.into()).map(|_| ())
    };
    assert_eq!(new("CA", &above), Ok(()));
    assert_eq!(new("Another CA", &above), Err(IssuerRefusal::BrokenChain.into()));
    assert_eq!(new("CA", &key()), Err(IssuerRefusal::BrokenChain.into()));
}
