//! Reading certificates and CRLs: Chancery beside the other Rust readers, on the same bytes in one run.
//!
//! `cargo bench -p chancery-benches --bench x509_parse`
//!
//! The certificates are Mozilla's roots for TLS servers (`webpki-root-certs`), those that every reader here accepts. What each does differs:
//! chancery and x509-parser decode all extensions that they know; x509-cert leaves extension values as bytes; rustls-webpki
//! decodes what it validates, and skips the rest.
//!
//! The CRL is made here: 1,000,000 entries with serial numbers of 16 bytes, every fourth with a reason, signed by nobody.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed benchmark")]

use core::hint::black_box;
use core::time::Duration;

use chancery_x509::{Certificate, CertificateList, CrlIndex, CrlSlot, SerialNumber};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use der::Decode;
use pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

fn roots() -> Vec<CertificateDer<'static>> {
    let accepted_by_all = |der: &&CertificateDer<'static>| {
        Certificate::parse(der).is_ok()
            && X509Certificate::from_der(der).is_ok()
            && x509_cert::Certificate::from_der(der).is_ok()
            && webpki::EndEntityCert::try_from(*der).is_ok()
    };
    let all = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    let roots: Vec<_> = all.iter().filter(accepted_by_all).cloned().collect();
    eprintln!("{} of {} roots are accepted by every reader", roots.len(), all.len());
    roots
}

fn certificates(c: &mut Criterion) {
    let roots = roots();
    let bytes = roots.iter().map(|der| u64::try_from(der.len()).unwrap()).sum();
    let mut group = c.benchmark_group("x509/certificate");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("chancery", |b| {
        b.iter(|| {
            for der in &roots {
                black_box(Certificate::parse(black_box(der)).unwrap());
            }
        });
    });
    group.bench_function("chancery lenient", |b| {
        b.iter(|| {
            for der in &roots {
                black_box(Certificate::parse_lenient(black_box(der), &mut |_| ()).unwrap());
            }
        });
    });
    group.bench_function("rustls-webpki", |b| {
        b.iter(|| {
            for der in &roots {
                black_box(webpki::EndEntityCert::try_from(black_box(der)).unwrap());
            }
        });
    });
    group.bench_function("x509-parser", |b| {
        b.iter(|| {
            for der in &roots {
                black_box(X509Certificate::from_der(black_box(der)).unwrap());
            }
        });
    });
    group.bench_function("x509-cert", |b| {
        b.iter(|| {
            for der in &roots {
                black_box(x509_cert::Certificate::from_der(black_box(der)).unwrap());
            }
        });
    });
    group.finish();
}

/// A DER element.
fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let mut out = vec![tag];
    if contents.len() < 0x80 {
        out.push(length[7]);
    } else {
        let zeros = length.iter().take_while(|&&byte| byte == 0).count();
        out.push(0x80 | u8::try_from(8 - zeros).unwrap());
        out.extend(&length[zeros..]);
    }
    out.extend(contents);
    out
}

const ENTRIES: u64 = 1_000_000;

fn serial(i: u64) -> [u8; 16] {
    // An odd constant permutes: distinct, and spread as a CA's random numbers are.
    let high = i.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let low = (!i).wrapping_mul(0xd1b5_4a32_d192_ed03).to_be_bytes();
    let mut serial = [0; 16];
    serial[..8].copy_from_slice(&high);
    serial[8..].copy_from_slice(&low);
    // Positive, and minimal.
    serial[0] = serial[0] & 0x7f | 0x40;
    serial
}

fn crl() -> Vec<u8> {
    let mut entries = Vec::new();
    for i in 0..ENTRIES {
        let mut entry = element(0x02, &serial(i));
        entry.extend(element(0x17, b"260101000000Z"));
        if i % 4 == 0 {
            let mut reason = element(0x06, &[0x55, 0x1d, 0x15]);
            reason.extend(element(0x04, &[0x0a, 0x01, 0x01]));
            entry.extend(element(0x30, &element(0x30, &reason)));
        }
        entries.extend(element(0x30, &entry));
    }
    let algorithm =
        element(0x30, &element(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
    let mut common_name = element(0x06, &[0x55, 0x04, 0x03]);
    common_name.extend(element(0x0c, b"Example"));
    let name = element(0x30, &element(0x31, &element(0x30, &common_name)));
    let mut number = element(0x06, &[0x55, 0x1d, 0x14]);
    number.extend(element(0x04, &element(0x02, &[1])));
    let key_identifier = element(0x30, &element(0x80, &[7; 20]));
    let mut authority = element(0x06, &[0x55, 0x1d, 0x23]);
    authority.extend(element(0x04, &key_identifier));
    let extensions = [element(0x30, &authority), element(0x30, &number)].concat();
    let tbs = [
        element(0x02, &[1]),
        algorithm.clone(),
        name,
        element(0x17, b"260101000000Z"),
        element(0x17, b"270101000000Z"),
        element(0x30, &entries),
        element(0xa0, &element(0x30, &extensions)),
    ];
    let tbs = element(0x30, &tbs.concat());
    element(0x30, &[tbs, algorithm, element(0x03, &[0; 65])].concat())
}

/// The least that any reader of the bytes does.
fn memory_scan(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0u64, |sum, &word| sum.wrapping_add(u64::from_le_bytes(word)));
    rest.iter().fold(sum, |sum, &byte| sum.wrapping_add(byte.into()))
}

fn crls(c: &mut Criterion) {
    let der = crl();
    let list = CertificateList::parse(&der).unwrap();
    assert_eq!(list.entry_count(), usize::try_from(ENTRIES).unwrap());
    let mut group = c.benchmark_group("x509/crl of 1,000,000");
    group.throughput(Throughput::Bytes(u64::try_from(der.len()).unwrap()));
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.bench_function("memory scan", |b| b.iter(|| memory_scan(black_box(&der))));
    group.bench_function("chancery walk", |b| {
        b.iter(|| {
            let entries = black_box(&list).entries();
            entries.fold(0u8, |sum, entry| sum ^ entry.serial_number().as_bytes()[15])
        });
    });
    group.bench_function("chancery parse, every entry checked", |b| {
        b.iter(|| CertificateList::parse(black_box(&der)).unwrap().entry_count());
    });
    group.bench_function("rustls-webpki walk", |b| {
        let list = webpki::BorrowedCertRevocationList::from_der(&der).unwrap();
        b.iter(|| {
            let entries = black_box(&list).into_iter();
            entries.fold(0u8, |sum, entry| sum ^ entry.unwrap().serial_number[15])
        });
    });
    group.bench_function("chancery index, built", |b| {
        let mut slots = vec![CrlSlot::default(); list.entry_count()];
        b.iter(|| {
            black_box(CrlIndex::build(black_box(&list), &mut slots[..]).unwrap());
        });
    });
    group.finish();

    let index = CrlIndex::build(&list, vec![CrlSlot::default(); list.entry_count()]).unwrap();
    let mut group = c.benchmark_group("x509/crl look-up in 1,000,000");
    let mut i = 0u64;
    let mut next = move || {
        i = i.wrapping_add(7_919) % ENTRIES;
        i
    };
    group.bench_function("revoked", |b| {
        b.iter(|| {
            let serial = serial(next());
            assert!(index.find(SerialNumber::new(black_box(&serial))).next().is_some());
        });
    });
    group.bench_function("not revoked", |b| {
        b.iter(|| {
            let serial = serial(ENTRIES + next());
            assert!(index.find(SerialNumber::new(black_box(&serial))).next().is_none());
        });
    });
    group.finish();
}

criterion_group!(benches, certificates, crls);
criterion_main!(benches);
