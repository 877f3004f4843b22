//! CRLs and OCSP responses, read back by other people's code.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/keys.rs"]
mod common;

use chancery_issue::{
    CertIdHash, CertificateAuthority, CertificateStatus, Control, CrlPeriod, Error, IssuerRefusal,
    OcspError, Profile, RequestBuilder, Revocation, RevocationReason, RevocationRefusal,
    SerialNumber, ToPem,
};
use chancery_ring::SIGNATURE_VERIFICATION_ALGORITHMS as VERIFIERS;
use chancery_x509::Certificate;
use common::{KeyKind, at, key, name, names, now, random};
use pki_types::CertificateDer;

const DAY: u64 = 86_400;

fn root() -> CertificateAuthority {
    let key = key(KeyKind::P256);
    let profile = Profile::root_ca();
    CertificateAuthority::self_signed(key, VERIFIERS, name("Root"), &profile, now(), &mut random())
        .unwrap()
}

fn leaf(ca: &CertificateAuthority) -> (CertificateDer<'static>, SerialNumber) {
    let names = names(&["www.example.com"]);
    let request = RequestBuilder::new().of_names(names.clone()).sign(&key(KeyKind::P256)).unwrap();
    let control = Control::asserted_by_operator(now()).of_names(names);
    let chain = ca.issue(&Profile::tls_server(), &request, &control, now(), &mut random()).unwrap();
    let serial = Certificate::parse(&chain[0]).unwrap().serial_number().magnitude().to_vec();
    (chain[0].clone(), SerialNumber::new(&serial).unwrap())
}

fn week() -> CrlPeriod {
    CrlPeriod { this_update: now(), next_update: at(now().as_secs() + 7 * DAY) }
}

fn revoked(serial_number: SerialNumber) -> Revocation {
    Revocation { serial_number, at: now(), reason: RevocationReason::KeyCompromise }
}

fn webpki_verdict(
    ca: &CertificateAuthority,
    leaf: &CertificateDer<'_>,
    crl: &[u8],
) -> Result<(), webpki::Error> {
    let crl = webpki::OwnedCertRevocationList::from_der(crl).unwrap();
    let crls = [&webpki::CertRevocationList::from(crl)];
    let revocation = webpki::RevocationOptionsBuilder::new(&crls)
        .unwrap()
        .with_expiration_policy(webpki::ExpirationPolicy::Enforce)
        .build();
    let anchors = [webpki::anchor_from_trusted_cert(ca.certificate()).unwrap()];
    let leaf = webpki::EndEntityCert::try_from(leaf).unwrap();
    leaf.verify_for_usage(
        VERIFIERS,
        &anchors,
        &[],
        now(),
        webpki::KeyUsage::server_auth(),
        Some(revocation),
        None,
    )
    .map(|_| ())
}

#[test]
fn rfc_5280_section_5_a_crl_revokes() {
    let ca = root();
    let (good, _) = leaf(&ca);
    let (bad, serial) = leaf(&ca);
    let empty = ca.crl(1, &[], week()).unwrap();
    assert_eq!(webpki_verdict(&ca, &good, &empty), Ok(()));
    assert_eq!(webpki_verdict(&ca, &bad, &empty), Ok(()));
    let crl = ca.crl(2, &[revoked(serial)], week()).unwrap();
    assert_eq!(webpki_verdict(&ca, &good, &crl), Ok(()));
    assert_eq!(webpki_verdict(&ca, &bad, &crl), Err(webpki::Error::CertRevoked));

    use x509_parser::prelude::FromDer;
    let (rest, parsed) =
        x509_parser::revocation_list::CertificateRevocationList::from_der(&crl).unwrap();
    assert!(rest.is_empty());
    assert_eq!(parsed.crl_number().unwrap().to_string(), "2");
    let entry = parsed.iter_revoked_certificates().next().unwrap();
    assert_eq!(entry.reason_code().unwrap().1, x509_parser::x509::ReasonCode::KeyCompromise);
    if let Some(folder) = std::env::var_os("CHANCERY_EXPORT") {
        // For a look with other tools.
        let folder = std::path::Path::new(&folder);
        let statuses = [CertificateStatus::Revoked(revoked(serial))];
        let response = ca.ocsp_response(&statuses, CertIdHash::Sha1, week(), &[7; 32]).unwrap();
        std::fs::write(folder.join("ocsp.der"), response).unwrap();
        std::fs::write(folder.join("ca.pem"), ca.certificate().to_pem()).unwrap();
        std::fs::write(folder.join("leaf.pem"), bad.to_pem()).unwrap();
        std::fs::write(folder.join("crl.pem"), crl.to_pem()).unwrap();
    }
}

#[test]
fn periods_and_entries_that_make_no_sense() {
    let ca = root();
    let (_, serial) = leaf(&ca);
    let crl = |entries: &[Revocation], from: u64, to: u64| {
        let start = now().as_secs();
        let period = CrlPeriod { this_update: at(start + from), next_update: at(start + to) };
        ca.crl(1, entries, period).map(|_| ())
    };
    assert_eq!(crl(&[revoked(serial)], 0, DAY), Ok(()));
    assert_eq!(crl(&[], 5, 5), Err(RevocationRefusal::EmptyPeriod.into()));
    assert_eq!(crl(&[], 0, 366 * DAY + 1), Err(RevocationRefusal::PeriodTooLong.into()));
    assert_eq!(
        crl(&[revoked(serial), revoked(serial)], 0, DAY),
        Err(RevocationRefusal::Duplicate.into())
    );
    let mut late = revoked(serial);
    late.at = at(now().as_secs() + 1);
    assert_eq!(crl(&[late], 0, DAY), Err(RevocationRefusal::FromFuture.into()));
    assert_eq!(crl(&[], 4000 * DAY, 4001 * DAY), Err(IssuerRefusal::NotValidNow.into()));
}

#[test]
fn rfc_6960_responses_that_make_no_sense() {
    let ca = root();
    let (_, serial) = leaf(&ca);
    let respond = |statuses: &[CertificateStatus], nonce: &[u8]| {
        ca.ocsp_response(statuses, CertIdHash::Sha256, week(), nonce).map(|_| ())
    };
    let good = CertificateStatus::Good(serial);
    assert_eq!(respond(&[good], &[]), Ok(()));
    assert_eq!(respond(&[], &[]), Err(RevocationRefusal::NoStatus.into()));
    assert_eq!(
        respond(&[good], &[0; 129]),
        Err(Error::Revocation(RevocationRefusal::NonceTooLong))
    );
    let mut late = revoked(serial);
    late.at = at(now().as_secs() + 1);
    let late = CertificateStatus::Revoked(late);
    assert_eq!(respond(&[late], &[]), Err(RevocationRefusal::FromFuture.into()));
    assert_eq!(OcspError::TryLater.to_der(), [0x30, 3, 0x0a, 1, 3]);
}
