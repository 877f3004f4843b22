//! Memory that held a secret holds none once it is freed.
//!
//! Each type is put on the heap and dropped; what then stands where it was is read through
//! /proc/self/mem, which needs no unsafe code. Copies that moves leave on the stack are not looked for:
//! Rust gives no way to prevent them.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use core::hint::black_box;
use std::{collections::BTreeSet, fs::File, os::unix::fs::FileExt as _};

use chancery_aead::{AeadAlgorithm, AeadKey, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, Kernel};
use chancery_crypto::{HashAlgorithm::Sha384, Secret};
use chancery_key_schedule::{
    Early, LabelSet::Tls13, PskKind, QuicInitial, QuicVersion, Tls12MasterSecret, Tls12Randoms,
    TrafficSecret, Transcript, TranscriptHash,
};
use chancery_record::{Opener, Sealer};
use chancery_ring::Hash;

/// As many bytes as no pointer, length or enum has that many different ones of.
const WINDOW: usize = 12;

/// Whether `bytes` look like a part of a key.
fn is_random(bytes: &[u8]) -> bool {
    bytes.iter().collect::<BTreeSet<_>>().len() >= WINDOW - 1
}

/// What stands where `value` is, and where it was.
fn contents<T>(value: T) -> (Vec<u8>, Vec<u8>) {
    let memory = File::open("/proc/self/mem").unwrap();
    let mut before = vec![0; size_of::<T>()];
    let mut after = before.clone();
    let value = Box::new(value);
    let address = u64::try_from((&raw const *value).addr()).unwrap();
    memory.read_exact_at(&mut before, address).unwrap();
    drop(black_box(value));
    memory.read_exact_at(&mut after, address).unwrap();
    (before, after)
}

/// How many windows of random bytes `value` holds, and how many of them are left once it is freed.
fn before_and_after<T>(value: T) -> (usize, usize) {
    let (before, after) = contents(value);
    let pairs = before.windows(WINDOW).zip(after.windows(WINDOW));
    let secrets = pairs.filter(|(before, _)| is_random(before));
    secrets.fold((0, 0), |(held, left), (before, after)| {
        (held + 1, left + usize::from(before == after))
    })
}

#[track_caller]
fn wiped<T>(value: T) {
    let (held, left) = before_and_after(value);
    assert!(held > 0, "{} holds no secret in place", core::any::type_name::<T>());
    assert_eq!(left, 0, "{} leaves secrets", core::any::type_name::<T>());
}

fn random<const N: usize>() -> [u8; N] {
    let hash = Transcript::<Hash>::new(Sha384).hash_with(b"random bytes");
    core::array::from_fn(|index| {
        hash.as_bytes()[index % 48].wrapping_add(u8::try_from(index / 48).unwrap())
    })
}

fn transcript() -> TranscriptHash {
    Transcript::<Hash>::new(Sha384).hash_with(b"messages")
}

#[test]
fn the_check_notices() {
    // An array is not wiped, and an allocator writes to the front of a freed block at most.
    let (held, left) = before_and_after(random::<256>());
    assert!(held > 100 && left > 100, "{held} {left}");
}

#[test]
fn secrets() {
    wiped(Secret::from(random::<96>()));
    wiped(Secret::<96>::try_from(&random::<48>()[..]).unwrap());
}

#[test]
fn the_stages_of_the_schedule() {
    let early = || Early::<Hash>::with_psk(Sha384, Tls13, &random::<48>());
    let handshake = || early().into_handshake(&random::<32>());
    let master = || handshake().into_master();
    wiped(early());
    wiped(handshake());
    wiped(master());
    wiped(early().binder_key(PskKind::External));
    wiped(early().exporter(&transcript()));
    wiped(early().client_traffic(&transcript()));
    wiped(handshake().server_traffic(&transcript()));
    wiped(master().client_traffic(&transcript()).next());
    wiped(master().exporter(&transcript()));
    wiped(master().resumption(&transcript()));
    wiped(master().resumption(&transcript()).ticket_psk(b"nonce").unwrap());
}

#[test]
fn traffic_secrets_and_keys() {
    let secret =
        || TrafficSecret::<Hash>::dangerous_from_slice(Sha384, Tls13, &random::<48>()).unwrap();
    wiped(secret());
    wiped(secret().clone());
    wiped(secret().keys(AeadAlgorithm::Aes256Gcm));
    wiped(secret().verify_data(&transcript()));
    wiped(QuicInitial::<Hash>::new(QuicVersion::V1, b"connection id"));
}

#[test]
fn tls_1_2() {
    let randoms = Tls12Randoms { client: [1; 32], server: [2; 32] };
    let master = || Tls12MasterSecret::<Hash>::extended(Sha384, &random::<48>(), &transcript());
    wiped(master());
    wiped(master().key_block(AeadAlgorithm::ChaCha20Poly1305, &randoms));
}

#[test]
fn aead_keys() {
    for kernel in Kernel::available(AeadAlgorithm::Aes128Gcm) {
        aead_key(Aes128Gcm::with_kernel(kernel, &random::<16>()).unwrap());
        aead_key(Aes256Gcm::with_kernel(kernel, &random::<32>()).unwrap());
    }
    for kernel in Kernel::available(AeadAlgorithm::ChaCha20Poly1305) {
        aead_key(ChaCha20Poly1305::with_kernel(kernel, &random::<32>()).unwrap());
    }
}

#[track_caller]
fn aead_key(key: impl AeadKey) {
    // What is made when a message first needs it goes too.
    key.seal_in_place(&[0; 12], b"", &mut [0; 2000]).unwrap();
    wiped(key);
}

#[test]
fn record_protection() {
    protected::<Aes128Gcm>(AeadAlgorithm::Aes128Gcm);
    protected::<ChaCha20Poly1305>(AeadAlgorithm::ChaCha20Poly1305);
}

fn protected<K: AeadKey>(algorithm: AeadAlgorithm) {
    // The initialization vector; the keys themselves are tested above.
    let key = || K::new(algorithm, &vec![0; algorithm.key_len()]).unwrap();
    let check = |(before, after): (Vec<u8>, Vec<u8>)| {
        assert!(before.windows(12).any(|window| window == random::<12>()));
        assert!(!after.windows(12).any(|window| window == random::<12>()));
    };
    check(contents(Sealer::new(key(), random::<12>())));
    check(contents(Opener::new(key(), random::<12>())));
}
