//! Work on secrets, under valgrind (`cargo xtask constant-time`).
//!
//! Secrets are marked as undefined. Memcheck follows them through all that is computed from them, and
//! complains of each branch and each address that depends on one. What becomes public on the way, such
//! as a record or a verdict, is marked as defined again.
//!
//! Valgrind knows neither AVX-512 nor VAES, so that the AEAD runs here as on a machine without
//! them: ChaCha20-Poly1305 on AVX2, AES-GCM through *ring*.

#![forbid(unsafe_code)]

use std::{env, hint::black_box, process::ExitCode};

use chancery_aead::{AeadAlgorithm, AeadKey as _, Key, TAG_LEN};
use chancery_crypto::HashAlgorithm::Sha256;
use chancery_key_schedule::{Early, LabelSet::Tls13, PskKind, TrafficSecret, Transcript};
use chancery_record::{ContentType, Padding, Sealer, strip_padding};
use chancery_ring::Hash;
use crabgrind::memcheck::{MemState, mark_mem};

/// Each piece of work by its name.
const WORK: [(&str, fn()); 7] = [
    ("branch", branch),
    ("address", address),
    ("padding", padding),
    ("finished", finished),
    ("binder", binder),
    ("seal", seal),
    ("open", open),
];

/// What a kernel may treat differently: blocks and their ends, and its ways for short and long.
const LENGTHS: [usize; 10] = [0, 1, 15, 16, 17, 64, 100, 300, 1350, 16_384];

fn main() -> ExitCode {
    let Some(name) = env::args().nth(1) else {
        WORK.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    };
    match WORK.iter().find(|(known, _)| *known == name) {
        Some((_, work)) => {
            work();
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

fn mark(bytes: &[u8], state: MemState) {
    // Its result says whether valgrind runs, which does not matter here.
    let _ = mark_mem(bytes.as_ptr().cast_mut().cast(), bytes.len(), state);
}

/// `len` secret bytes: 0, 1, 2 and so on.
fn secret(len: usize) -> Vec<u8> {
    let bytes: Vec<u8> = (0..=255).cycle().take(len).collect();
    mark(&bytes, MemState::Undefined);
    bytes
}

fn publish(bytes: &[u8]) {
    mark(bytes, MemState::Defined);
}

/// A verdict, which the alert would tell anyway.
fn published(verdict: bool) -> bool {
    let byte = [u8::from(verdict)];
    publish(&byte);
    // Read again from memory: what is in a register is still undefined.
    *black_box(&byte) == [1]
}

/// Must be complained of: it shows that a branch on a secret is found.
fn branch() {
    if black_box(secret(32))[7] == 9 {
        println!("a branch on a secret");
    }
}

/// Must be complained of: it shows that an address made of a secret is found.
fn address() {
    let table: Vec<u8> = (0..=255).collect();
    black_box(table[usize::from(black_box(secret(32))[7])]);
}

/// RFC 8446 §5.4: where the padding of a record begins.
fn padding() {
    for (len, padding_len) in
        [(1, 0), (1, 1), (63, 62), (64, 1), (65, 64), (500, 37), (16_385, 16_000)]
    {
        let mut inner = secret(len);
        inner[len - padding_len..].fill(0);
        if padding_len < len {
            inner[len - padding_len - 1] = 23;
        }
        mark(&inner, MemState::Undefined);
        let (code, at) = strip_padding(&inner);
        let (code, at) = ([code], at.to_ne_bytes());
        publish(&code);
        publish(&at);
        let expected = if padding_len < len { (23, len - padding_len - 1) } else { (0, 0) };
        let (code, at) = (black_box(&code), black_box(&at));
        assert_eq!((code[0], usize::from_ne_bytes(*at)), expected);
    }
}

/// RFC 8446 §4.4.4: from the traffic secret to the comparison.
fn finished() {
    let owner =
        TrafficSecret::<Hash>::dangerous_from_slice(Sha256, Tls13, &secret(32)).expect("32 bytes");
    let transcript = Transcript::<Hash>::new(Sha256).hash_with(b"messages");
    let mut verify_data = owner.verify_data(&transcript).as_bytes().to_vec();
    let check = |received: &[u8]| published(owner.check_verify_data(&transcript, received).is_ok());
    assert!(check(&verify_data));
    publish(&verify_data);
    assert!(check(&verify_data));
    verify_data[9] ^= 1;
    assert!(!check(&verify_data));
}

/// RFC 8446 §4.2.11.2: from the PSK to the comparison.
fn binder() {
    let early = Early::<Hash>::with_psk(Sha256, Tls13, &secret(32));
    let key = early.binder_key(PskKind::External);
    let transcript = Transcript::<Hash>::new(Sha256).hash_with(b"truncated ClientHello");
    let mut binder = key.binder(&transcript).as_bytes().to_vec();
    publish(&binder);
    assert!(published(key.check(&transcript, &binder).is_ok()));
    binder[31] ^= 0x80;
    assert!(published(key.check(&transcript, &binder).is_err()));
}

/// RFC 8446 §5.2: opening under a secret key, and comparing the tag.
fn open() {
    for algorithm in
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305]
    {
        for len in LENGTHS {
            let key = Key::new(algorithm, &secret(algorithm.key_len())).expect("long enough");
            let mut sealed = vec![0; len + TAG_LEN];
            key.seal(&[1; 12], b"aad", &secret(len), b"", &mut sealed).expect("long enough");
            publish(&sealed);
            // A tag that is right, one that is wrong at its front, one that is wrong at its end.
            for wrong in [None, Some(len), Some(len + TAG_LEN - 1)] {
                let mut received = sealed.clone();
                if let Some(at) = wrong {
                    received[at] ^= 1;
                }
                let opened = key.open_in_place(&[1; 12], b"aad", &mut received);
                assert_eq!(published(opened.is_ok()), wrong.is_none());
            }
        }
    }
}

/// RFC 8446 §5.2: key setup and sealing, of secret content under a secret key.
fn seal() {
    for algorithm in
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305]
    {
        let key = Key::new(algorithm, &secret(algorithm.key_len())).expect("long enough");
        let iv = secret(12).try_into().expect("12 bytes");
        let mut sealer = Sealer::new(key, iv);
        for padding in [Padding::None, Padding::Block(100)] {
            sealer.set_padding(padding);
            for len in LENGTHS {
                let mut record = vec![0; sealer.sealed_len(len)];
                sealer
                    .seal(ContentType::ApplicationData, &secret(len), &mut record)
                    .expect("long enough");
                publish(&record);
                assert_eq!(record[..3], [23, 3, 3]);
            }
        }
    }
}
