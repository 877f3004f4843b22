//! CRLs and OCSP messages made by openssl (`data/make.sh`), field by field.

use chancery_x509::{
    CertStatus, CertificateList, CrlIndex, CrlIndexTooShort, CrlSlot, DistributionPointName,
    ErrorKind, GeneralName, OcspRequest, OcspResponse, OcspResponseStatus, ReasonCode, ResponderId,
    SerialNumber, Version,
};

const CRL: &[u8] = include_bytes!("data/revoked.crl");
const REQUEST: &[u8] = include_bytes!("data/request.ocsp");
const RESPONSE: &[u8] = include_bytes!("data/response.ocsp");
const TRY_LATER: &[u8] = include_bytes!("data/try_later.ocsp");

#[test]
fn a_crl_field_by_field() {
    let list = CertificateList::parse(CRL).unwrap();
    assert_eq!(list.version(), Version::V2);
    assert_eq!(list.issuer().to_string(), "C=XX, O=Example, CN=Example CA");
    assert_eq!(list.this_update().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(list.next_update().unwrap().to_string(), "2049-01-01T00:00:00Z");
    assert_eq!(list.entry_count(), 3);
    assert_eq!(list.tbs_der().as_ptr(), CRL[4..].as_ptr());
    let extensions = list.extensions();
    assert_eq!(extensions.crl_number(), Some(&[1][..]));
    assert_eq!(extensions.delta_crl_indicator(), None);
    assert!(extensions.authority_key_identifier().unwrap().key_identifier().is_some());
    let point = extensions.issuing_distribution_point().unwrap();
    assert!(point.only_contains_user_certs() && !point.only_contains_ca_certs());
    assert!(!point.indirect_crl() && !point.only_contains_attribute_certs());
    let Some(DistributionPointName::FullName(names)) = point.distribution_point() else {
        panic!("no full name");
    };
    let uri = GeneralName::UniformResourceIdentifier("http://crl.example/a.crl");
    assert_eq!(names.iter().collect::<Vec<_>>(), [uri]);
    assert!(!extensions.has_unprocessed_critical());
}

#[test]
fn entries_of_a_crl() {
    let list = CertificateList::parse(CRL).unwrap();
    let entries: Vec<_> = list
        .entries()
        .map(|entry| {
            let date = entry.revocation_date().to_string();
            (entry.serial_number().to_string(), date, entry.extensions().reason_code())
        })
        .collect();
    let expected = [
        ("10:01", "2026-01-01T00:00:00Z", Some(ReasonCode::KeyCompromise)),
        ("10:02", "2026-01-02T00:00:00Z", Some(ReasonCode::CaCompromise)),
        ("10:03", "2026-01-03T00:00:00Z", None),
    ];
    assert_eq!(entries, expected.map(|(s, d, r)| (s.to_owned(), d.to_owned(), r)));
    let second = list.entries().nth(1).unwrap();
    assert_eq!(second.extensions().invalidity_date().unwrap().to_string(), "2025-12-24T00:00:00Z");
}

#[test]
fn an_index_finds_whole_serial_numbers_only() {
    let list = CertificateList::parse(CRL).unwrap();
    let mut slots = [CrlSlot::default(); 3];
    let index = CrlIndex::build(&list, &mut slots[..]).unwrap();
    let count = |serial: &[u8]| index.find(SerialNumber::new(serial)).count();
    assert_eq!(count(&[0x10, 0x01]), 1);
    assert_eq!(count(&[0x10, 0x03]), 1);
    assert_eq!(count(&[0x10, 0x04]), 0);
    assert_eq!(count(&[0x10]), 0);
    assert_eq!(count(&[0x00, 0x10, 0x01]), 0);
    assert_eq!(count(&[]), 0);
    let found = index.find(SerialNumber::new(&[0x10, 0x02])).next().unwrap();
    assert_eq!(Some(found), list.entries().nth(1));
    assert_eq!(
        CrlIndex::build(&list, &mut [CrlSlot::default(); 2][..]).err(),
        Some(CrlIndexTooShort)
    );
}

#[test]
fn an_ocsp_request_field_by_field() {
    let request = OcspRequest::parse(REQUEST).unwrap();
    let serials: Vec<_> =
        request.requests().map(|one| one.cert_id().serial_number().to_string()).collect();
    assert_eq!(serials, ["10:01", "10:04", "10:05"]);
    assert_eq!(request.extensions().nonce().unwrap().len(), 16);
    assert!(request.signature().is_none() && request.requestor_name().is_none());
    assert_eq!(request.certs().count(), 0);
}

#[test]
fn an_ocsp_response_field_by_field() {
    let request = OcspRequest::parse(REQUEST).unwrap();
    let response = OcspResponse::parse(RESPONSE).unwrap();
    assert_eq!(response.status(), OcspResponseStatus::Successful);
    let basic = response.basic().unwrap();
    assert!(
        matches!(basic.responder_id(), ResponderId::ByName(name) if name.to_string() == "C=XX, O=Example, CN=Example CA")
    );
    assert_eq!(basic.extensions().nonce(), request.extensions().nonce());
    assert_eq!(basic.certs().count(), 1);
    let statuses: Vec<_> = basic.responses().map(|one| one.cert_status()).collect();
    let [CertStatus::Revoked { time, reason }, CertStatus::Good, CertStatus::Unknown] =
        statuses[..]
    else {
        panic!("{statuses:?}");
    };
    assert_eq!(time.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(reason, Some(ReasonCode::KeyCompromise));
    for (asked, answered) in request.requests().zip(basic.responses()) {
        assert_eq!(asked.cert_id(), answered.cert_id());
        assert!(answered.next_update().unwrap() > answered.this_update());
    }
}

/// RFC 6960 §4.2.1: bytes if and only if successful.
#[test]
fn an_ocsp_refusal() {
    let response = OcspResponse::parse(TRY_LATER).unwrap();
    assert_eq!(response.status(), OcspResponseStatus::TryLater);
    assert!(response.basic().is_none());
    let mut successful = TRY_LATER.to_vec();
    successful[4] = 0;
    assert_eq!(OcspResponse::parse(&successful).unwrap_err().kind(), ErrorKind::MissingField);
}

#[test]
fn truncated_at_every_byte() {
    for length in 0..CRL.len() {
        let error = CertificateList::parse(&CRL[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length}");
    }
    for length in 0..RESPONSE.len() {
        let error = OcspResponse::parse(&RESPONSE[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length}");
    }
    for length in 0..REQUEST.len() {
        let error = OcspRequest::parse(&REQUEST[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{length}");
    }
}
