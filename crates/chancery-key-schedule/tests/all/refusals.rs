//! What the schedule refuses, and what it never shows.

use chancery_crypto::{
    AeadAlgorithm,
    HashAlgorithm::{Sha256, Sha384},
};
use chancery_key_schedule::{
    Early, Hkdf,
    KeyScheduleError::{
        ContextTooLong, LabelTooLong, OutputTooLong, VerifyDataMismatch, WrongLength,
    },
    LabelSet::Tls13,
    PskKind, TrafficSecret, Transcript, TranscriptHash,
};

use crate::provider::{RingHash, RingHmac};

fn hash_of(bytes: &[u8]) -> TranscriptHash {
    Transcript::<RingHash>::new(Sha256).hash_with(bytes)
}

#[test]
fn hkdf_label_lengths() {
    // RFC 8446 §7.1: both vectors of HkdfLabel have one length byte; the prefix counts.
    let hkdf = Hkdf::<RingHmac>::from_pseudorandom_key(Sha256, &[1; 32]);
    let label = |len| hkdf.expand_label(Tls13, &vec![b'x'; len], &[], &mut [0; 16]);
    assert_eq!(label(249), Ok(()));
    assert_eq!(label(250), Err(LabelTooLong));
    let context = |len| hkdf.expand_label(Tls13, b"x", &vec![0; len], &mut [0; 16]);
    assert_eq!(context(255), Ok(()));
    assert_eq!(context(256), Err(ContextTooLong));
}

#[test]
fn hkdf_output_length() {
    // RFC 5869 §2.3: L <= 255 * HashLen.
    for (algorithm, hash_len) in [(Sha256, 32), (Sha384, 48)] {
        let hkdf = Hkdf::<RingHmac>::from_pseudorandom_key(algorithm, &[1; 32]);
        let mut output = vec![0; 255 * hash_len + 1];
        assert_eq!(hkdf.expand(b"", &mut output), Err(OutputTooLong));
        assert_eq!(hkdf.expand_label(Tls13, b"", b"", &mut output), Err(OutputTooLong));
        output.pop();
        assert_eq!(hkdf.expand(b"", &mut output), Ok(()));
        assert_ne!(output[254 * hash_len..], vec![0; hash_len], "the last block is filled");
        assert_eq!(hkdf.expand(b"", &mut []), Ok(()));
    }
}

#[test]
fn lengths_of_secrets_from_elsewhere() {
    let secret =
        |len| TrafficSecret::<RingHash>::dangerous_from_slice(Sha384, Tls13, &vec![7; len]);
    assert_eq!(secret(48).unwrap().dangerous_as_bytes(), [7; 48]);
    for len in [0, 32, 47, 49, 64, 65] {
        assert_eq!(secret(len).err(), Some(WrongLength));
        assert_eq!(TranscriptHash::from_slice(Sha384, &vec![7; len]).err(), Some(WrongLength));
    }
}

#[test]
fn truncation_beyond_the_message() {
    let transcript = Transcript::<RingHash>::new(Sha256);
    let hash = |binders_len| transcript.hash_truncated(b"hello", binders_len);
    assert_eq!(hash(2).unwrap().as_bytes(), hash_of(b"hel").as_bytes());
    assert_eq!(hash(5).unwrap().as_bytes(), hash_of(b"").as_bytes());
    assert_eq!(hash(6).err(), Some(WrongLength));
}

#[test]
fn a_binder_of_another_kind_key_or_message() {
    // RFC 8446 §4.2.11.2, RFC 9258 §5.2.
    let binder_key =
        |psk: &[u8], kind| Early::<RingHash>::with_psk(Sha256, Tls13, psk).binder_key(kind);
    let binder = binder_key(b"psk", PskKind::External).binder(&hash_of(b"hello"));
    let check = |psk, kind, hello| binder_key(psk, kind).check(&hash_of(hello), binder.as_bytes());
    assert_eq!(check(b"psk", PskKind::External, b"hello"), Ok(()));
    assert_eq!(check(b"psk", PskKind::Resumption, b"hello"), Err(VerifyDataMismatch));
    assert_eq!(check(b"psk", PskKind::Imported, b"hello"), Err(VerifyDataMismatch));
    assert_eq!(check(b"PSK", PskKind::External, b"hello"), Err(VerifyDataMismatch));
    assert_eq!(check(b"psk", PskKind::External, b"hullo"), Err(VerifyDataMismatch));
}

#[test]
fn exports_are_separate_and_repeatable() {
    // RFC 8446 §7.5.
    let exporter = Early::<RingHash>::with_psk(Sha256, Tls13, b"psk").exporter(&hash_of(b"hello"));
    let export = |label: &[u8], context: &[u8]| {
        let mut output = [0; 40];
        exporter.export(label, context, &mut output).map(|()| output)
    };
    let first = export(b"label", b"context").unwrap();
    assert_eq!(export(b"label", b"context").unwrap(), first);
    assert_ne!(export(b"label", b"CONTEXT").unwrap(), first);
    assert_ne!(export(b"LABEL", b"context").unwrap(), first);
    assert!(export(&[b'x'; 249], &[0; 70_000]).is_ok(), "the context is hashed, hence unlimited");
    assert_eq!(export(&[b'x'; 250], b""), Err(LabelTooLong));
    assert_eq!(exporter.export(b"label", b"", &mut vec![0; 255 * 32 + 1]), Err(OutputTooLong));
}

#[test]
fn ticket_nonces_longer_than_a_message_carries() {
    let resumption = Early::<RingHash>::without_psk(Sha256, Tls13)
        .into_handshake_without_exchange()
        .into_master()
        .resumption(&hash_of(b""));
    assert!(resumption.ticket_psk(&[0; 255]).is_ok());
    assert_eq!(resumption.ticket_psk(&[0; 256]).err(), Some(ContextTooLong));
}

#[test]
fn generations_differ() {
    // RFC 8446 §7.2.
    let secret = Early::<RingHash>::without_psk(Sha256, Tls13).client_traffic(&hash_of(b""));
    let next = secret.next();
    assert_ne!(secret.dangerous_as_bytes(), next.dangerous_as_bytes());
    assert_ne!(next.dangerous_as_bytes(), next.next().dangerous_as_bytes());
}

#[test]
fn debug_shows_no_secret() {
    let secret = [0xab; 32];
    let early = Early::<RingHash>::with_psk(Sha256, Tls13, &secret);
    let traffic = TrafficSecret::<RingHash>::dangerous_from_slice(Sha256, Tls13, &secret).unwrap();
    let nothing = hash_of(b"");
    let mut shown = vec![
        format!("{early:?}"),
        format!("{:?}", early.binder_key(PskKind::External)),
        format!("{:?}", early.exporter(&nothing)),
        format!("{traffic:?}"),
        format!("{:?}", traffic.keys(AeadAlgorithm::Aes128Gcm)),
        format!("{:?}", Hkdf::<RingHmac>::from_pseudorandom_key(Sha256, &secret)),
    ];
    let handshake = early.into_handshake(&secret);
    shown.push(format!("{handshake:?}"));
    let master = handshake.into_master();
    shown.push(format!("{master:?}"));
    shown.push(format!("{:?}", master.resumption(&nothing)));
    for shown in shown {
        assert!(shown.contains("[..]"), "{shown}");
        assert!(
            !shown.contains("ab, ab") && !shown.contains("171") && !shown.contains("abab"),
            "{shown}"
        );
    }
}

#[test]
fn hello_retry_request_replaces_the_first_hello() {
    // RFC 8446 §4.4.1.
    for (algorithm, header) in [(Sha256, [254, 0, 0, 32]), (Sha384, [254, 0, 0, 48])] {
        let empty = Transcript::<RingHash>::new(algorithm);
        let mut first = empty.clone();
        first.update(b"client ");
        first.update(b"hello");
        let hello = first.hash();

        let mut expected = empty;
        expected.update(&header);
        expected.update(hello.as_bytes());
        expected.update(b"retry");

        let mut replaced = first.into_message_hash();
        replaced.update(b"retry");
        assert_eq!(replaced.hash().as_bytes(), expected.hash().as_bytes());

        let mut stateless = Transcript::<RingHash>::from_message_hash(algorithm, &hello);
        stateless.update(b"retry");
        assert_eq!(stateless.hash().as_bytes(), expected.hash().as_bytes());
    }
}
