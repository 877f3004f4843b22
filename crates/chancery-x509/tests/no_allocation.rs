//! Reading allocates nothing: a counting allocator looks on.

use allocation_counter::measure;
use chancery_x509::{
    Certificate, CertificateList, CertificationRequest, CrlIndex, CrlSlot, OcspRequest,
    OcspResponse, PrivateKeyInfo, SerialNumber, pem,
};

const CERTIFICATES: [&[u8]; 2] =
    [include_bytes!("data/leaf.der"), include_bytes!("data/everything.der")];

fn check(what: &str, run: impl FnOnce()) {
    let counted = measure(run);
    assert_eq!((counted.count_total, counted.bytes_total), (0, 0), "{what}");
}

#[test]
fn the_counter_counts() {
    assert!(measure(|| drop(core::hint::black_box(vec![0u8; 100]))).count_total > 0);
}

#[test]
fn nothing_is_allocated() {
    for der in CERTIFICATES {
        check("a certificate", || {
            let certificate = Certificate::parse(der).unwrap();
            let extensions = certificate.extensions();
            let names = extensions.subject_alt_name().unwrap();
            assert!(names.iter().count() > 0);
            assert!(certificate.subject().matches(certificate.issuer()));
            assert!(certificate.subject().attributes().count() > 0);
            assert_eq!(extensions.unknown().filter(|one| one.critical()).count(), 0);
        });
        check("a certificate, leniently", || {
            let mut findings = 0;
            Certificate::parse_lenient(der, &mut |_| findings += 1).unwrap();
            assert_eq!(findings, 0);
        });
        check("a refusal", || assert!(Certificate::parse(&der[..der.len() - 1]).is_err()));
    }
    check("a CRL", || {
        let list = CertificateList::parse(include_bytes!("data/revoked.crl")).unwrap();
        assert_eq!(
            list.entries().filter(|entry| entry.extensions().reason_code().is_some()).count(),
            2
        );
        let mut slots = [CrlSlot::default(); 3];
        let index = CrlIndex::build(&list, &mut slots[..]).unwrap();
        assert_eq!(index.find(SerialNumber::new(&[0x10, 0x02])).count(), 1);
    });
    check("OCSP", || {
        let request = OcspRequest::parse(include_bytes!("data/request.ocsp")).unwrap();
        let response = OcspResponse::parse(include_bytes!("data/response.ocsp")).unwrap();
        assert_eq!(request.requests().count(), response.basic().unwrap().responses().count());
    });
    check("a request and a key", || {
        CertificationRequest::parse(include_bytes!("data/request.csr")).unwrap();
        PrivateKeyInfo::parse(include_bytes!("data/key-rsa.p8")).unwrap();
    });
    // The decoded bytes go into the caller's buffer.
    let text = include_bytes!("../../../fuzz/corpus/x509_pem/chain");
    check("PEM", || {
        let mut buffer = [0; 4096];
        for block in pem::blocks(text) {
            Certificate::parse(block.unwrap().decode(&mut buffer).unwrap()).unwrap();
        }
    });
}

/// Go CVE-2025-58185, asn1_der CVE-2019-15549.
#[test]
fn a_length_of_gigabytes_allocates_nothing() {
    check("an announced length", || {
        assert!(Certificate::parse(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(CertificateList::parse(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x30]).is_err());
    });
}
