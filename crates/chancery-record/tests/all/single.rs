//! One record a call.

use chancery_aead::AeadAlgorithm::{self, Aes128Gcm, ChaCha20Poly1305};
use chancery_record::{
    CHANGE_CIPHER_SPEC, ChangeCipherSpecWindow, ContentType, Deframed, KeyUsage, LegacyVersion,
    MAX_PLAINTEXT_LEN, Opener, Padding, RecordSizeLimit, SealError, Sealer, Violation, deframe,
    write_plaintext,
};
use proptest::prelude::*;

use crate::support::{ALGORITHMS, IV, forge, key, open, opener, record, seal, sealer};

proptest! {
    #[test]
    fn round_trip(
        algorithm in prop::sample::select(&ALGORITHMS[..]),
        content in prop::collection::vec(any::<u8>(), 0..=600),
        padding in prop_oneof![
            Just(Padding::None), Just(Padding::Padme),
            any::<u16>().prop_map(Padding::Block), any::<u16>().prop_map(Padding::Constant),
        ],
        limit in prop_oneof![Just(16_385), 700u16..],
        cut in any::<prop::sample::Index>(),
    ) {
        let mut sealer = sealer(algorithm);
        let mut opener = opener(algorithm);
        sealer.set_padding(padding);
        sealer.set_record_size_limit(RecordSizeLimit::new(limit).unwrap());
        opener.set_record_size_limit(RecordSizeLimit::new(limit).unwrap());
        let content = &content[..content.len().min(sealer.max_content_len())];
        for sequence in 0..3 {
            prop_assert_eq!(sealer.sequence(), Some(sequence));
            prop_assert_eq!(opener.sequence(), Some(sequence));
            let sealed = if sequence == 0 {
                seal(&mut sealer, ContentType::ApplicationData, content)
            } else if sequence == 1 {
                let (head, tail) = content.split_at(cut.index(content.len() + 1));
                let mut output = vec![0; sealer.sealed_len(content.len())];
                let parts = [head, &[], tail];
                sealer.seal_parts(ContentType::ApplicationData, &parts, &mut output).unwrap();
                output
            } else {
                let mut buffer = vec![0xaa; 7 + sealer.sealed_len(content.len())];
                buffer[12..12 + content.len()].copy_from_slice(content);
                let range = 12..12 + content.len();
                let range = sealer.seal_in_place(ContentType::ApplicationData, &mut buffer, range);
                buffer[range.unwrap()].to_vec()
            };
            prop_assert_eq!(
                open(&mut opener, &sealed),
                Ok((ContentType::ApplicationData, content.to_vec()))
            );
        }
    }
}

#[test]
fn the_three_ways_make_the_same_bytes() {
    for padding in [Padding::None, Padding::Block(64)] {
        let fresh = || {
            let mut sealer = sealer(Aes128Gcm);
            sealer.set_padding(padding);
            sealer
        };
        let expected = seal(&mut fresh(), ContentType::Handshake, b"finished");
        let mut output = vec![0; expected.len()];
        let parts: &[&[u8]] = &[b"fin", b"", b"ished"];
        fresh().seal_parts(ContentType::Handshake, parts, &mut output).unwrap();
        assert_eq!(output, expected);

        output[5..13].copy_from_slice(b"finished");
        let range = fresh().seal_in_place(ContentType::Handshake, &mut output, 5..13).unwrap();
        assert_eq!(output[range], expected);
    }
}

#[test]
fn every_flipped_bit_and_every_truncation_is_refused() {
    for algorithm in ALGORITHMS {
        let sealed = seal(&mut sealer(algorithm), ContentType::ApplicationData, b"attack at dawn");
        for byte in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[byte] ^= 1 << bit;
                let mut opener = opener(algorithm);
                let verdict = match deframe(&mut altered) {
                    Ok(Deframed::Record(record, _)) => opener.open(record).map(|_| ()),
                    Ok(Deframed::Incomplete { .. }) => continue,
                    Ok(_) => unreachable!("deframing yields one or the other"),
                    Err(violation) => Err(violation),
                };
                let violation = verdict.unwrap_err();
                let expected: &[u8] = match byte {
                    0 => &[10],
                    // A longer length is incomplete or too long, a shorter one does not open.
                    3 | 4 => &[20, 22],
                    _ => &[20],
                };
                assert!(expected.contains(&violation.alert().code()), "{byte} {bit} {violation:?}");
                assert_eq!(opener.sequence(), Some(0));
                assert!(!altered.windows(6).any(|window| window == b"attack"));
            }
        }
        for len in 0..sealed.len() {
            let mut cut = sealed[..len].to_vec();
            let Ok(Deframed::Incomplete { missing }) = deframe(&mut cut) else { panic!("{len}") };
            assert!(missing > 0 && len + missing <= sealed.len());
            // Cut off and given a matching length, it does not open.
            if len >= 5 {
                cut[3..5].copy_from_slice(&u16::try_from(len - 5).unwrap().to_be_bytes());
                let verdict = opener(algorithm).open(record(&mut cut).unwrap()).map(|_| ());
                assert_eq!(verdict, Err(Violation::BadRecordMac));
            }
        }
    }
}

#[test]
fn a_failure_changes_no_state() {
    // RFC 8446 §4.2.10: a server that refused early data tries record after record.
    let mut sealer = sealer(Aes128Gcm);
    let mut opener = opener(Aes128Gcm);
    let first = seal(&mut sealer, ContentType::ApplicationData, b"first");
    let second = seal(&mut sealer, ContentType::ApplicationData, b"second");
    assert_eq!(open(&mut opener, &second), Err(Violation::BadRecordMac));
    assert_eq!(open(&mut opener, &[23, 3, 3, 0, 3, 1, 2, 3]), Err(Violation::BadRecordMac));
    assert_eq!(open(&mut opener, &first).unwrap().1, b"first");
    // A replay and a record out of order.
    assert_eq!(open(&mut opener, &first), Err(Violation::BadRecordMac));
    assert_eq!(open(&mut opener, &second).unwrap().1, b"second");
}

#[test]
fn opening_at_a_sequence_number() {
    let mut sealer = sealer(ChaCha20Poly1305);
    let records: Vec<_> = (0..4u8)
        .map(|number| seal(&mut sealer, ContentType::ApplicationData, &[number; 9]))
        .collect();
    let opener = opener(ChaCha20Poly1305);
    for number in [3u8, 0, 2, 2, 1] {
        let mut bytes = records[usize::from(number)].clone();
        let opened = opener.open_at(number.into(), record(&mut bytes).unwrap()).unwrap();
        assert_eq!(opened.plaintext(), [number; 9]);
    }
    let mut bytes = records[1].clone();
    let opened = opener.open_at(2, record(&mut bytes).unwrap());
    assert_eq!(opened.map(|_| ()), Err(Violation::BadRecordMac));
    assert_eq!(opener.sequence(), Some(0));
}

#[test]
fn handing_over() {
    let mut first = sealer(Aes128Gcm);
    let expected: Vec<_> =
        (0..3).map(|_| seal(&mut first, ContentType::ApplicationData, b"x")).collect();
    let mut second = Sealer::at_sequence(key(Aes128Gcm), IV, 2);
    assert_eq!(seal(&mut second, ContentType::ApplicationData, b"x"), expected[2]);
    let mut opener = Opener::at_sequence(key(Aes128Gcm), IV, 2);
    assert_eq!(open(&mut opener, &expected[2]).unwrap().1, b"x");
}

#[test]
fn sequence_numbers_end() {
    // RFC 8446 §5.3: no wrap. The last number is used, and nothing after it.
    let mut sealer = Sealer::at_sequence(key(ChaCha20Poly1305), IV, u64::MAX);
    let mut opener = Opener::at_sequence(key(ChaCha20Poly1305), IV, u64::MAX);
    let mut output = [0; 64];
    assert_eq!(
        sealer.seal(ContentType::ApplicationData, b"x", &mut output),
        Err(SealError::MustUpdate)
    );
    let last = seal(&mut sealer, ContentType::Alert, &[1, 0]);
    assert_eq!((sealer.sequence(), sealer.usage()), (None, KeyUsage::MustUpdate));
    for _ in 0..2 {
        let again = sealer.seal(ContentType::Alert, &[1, 0], &mut output);
        assert_eq!(again, Err(SealError::SequenceExhausted));
    }
    assert_eq!(open(&mut opener, &last), Ok((ContentType::Alert, vec![1, 0])));
    assert_eq!((opener.sequence(), opener.usage()), (None, KeyUsage::MustUpdate));
    assert_eq!(open(&mut opener, &last), Err(Violation::SequenceExhausted));
}

#[test]
fn aes_gcm_ends_before() {
    // RFC 8446 §5.5: 2^24.5 records.
    let limit = 23_726_566;
    let mut output = [0; 64];
    let mut at = |sequence, content_type| {
        let mut sealer = Sealer::at_sequence(key(Aes128Gcm), IV, sequence);
        let usage = sealer.usage();
        (usage, sealer.seal(content_type, &[1, 0], &mut output).map(|_| ()))
    };
    assert_eq!(at(0, ContentType::ApplicationData), (KeyUsage::Ok, Ok(())));
    assert_eq!(at(limit / 4 * 3 - 1, ContentType::ApplicationData), (KeyUsage::Ok, Ok(())));
    assert_eq!(at(limit / 4 * 3, ContentType::ApplicationData), (KeyUsage::UpdateSoon, Ok(())));
    assert_eq!(
        at(limit - 1024, ContentType::ApplicationData),
        (KeyUsage::MustUpdate, Err(SealError::MustUpdate))
    );
    assert_eq!(at(limit - 1024, ContentType::Handshake), (KeyUsage::MustUpdate, Ok(())));
    assert_eq!(at(limit - 1, ContentType::Alert), (KeyUsage::MustUpdate, Ok(())));
    assert_eq!(at(limit, ContentType::Alert), (KeyUsage::MustUpdate, Err(SealError::KeyExhausted)));
}

#[test]
fn refusals_before_sealing_use_up_nothing() {
    let mut sealer = sealer(Aes128Gcm);
    let mut output = vec![0; 20_000];
    let mut check = |content_type, content: &[u8], len: usize, expected| {
        assert_eq!(sealer.seal(content_type, content, &mut output[..len]), Err(expected));
        assert_eq!(sealer.sequence(), Some(0));
    };
    check(ContentType::ChangeCipherSpec, &[1], 100, SealError::ContentType);
    check(ContentType::Handshake, &[], 100, SealError::EmptyFragment);
    check(ContentType::Alert, &[], 100, SealError::EmptyFragment);
    let long = vec![0; MAX_PLAINTEXT_LEN + 1];
    check(ContentType::ApplicationData, &long, 20_000, SealError::PlaintextTooLong);
    check(ContentType::ApplicationData, b"x", 22, SealError::OutputTooShort { needed: 23 });
    let mut in_place = |content, expected| {
        let sealed = sealer.seal_in_place(ContentType::ApplicationData, &mut output[..40], content);
        assert_eq!(sealed, Err(expected));
        assert_eq!(sealer.sequence(), Some(0));
    };
    in_place(4..10, SealError::NoHeadRoom);
    in_place(5..24, SealError::OutputTooShort { needed: 41 });
    in_place(usize::MAX - 1..usize::MAX, SealError::OutputTooShort { needed: usize::MAX });
}

#[test]
fn inner_plaintexts_that_no_peer_may_send() {
    let check = |inner: &[u8], expected: Result<usize, Violation>| {
        let mut bytes = forge(Aes128Gcm, 0, inner);
        let mut opener = opener(Aes128Gcm);
        let opened = record(&mut bytes)
            .and_then(|record| opener.open(record).map(|opened| opened.plaintext().len()));
        assert_eq!(opened, expected);
        if expected.is_err() && inner.len() <= 16_400 {
            assert!(bytes[5..5 + inner.len()].iter().all(|byte| *byte == 0), "not wiped");
        }
    };
    check(b"", Err(Violation::NoContentType));
    check(&[0; 40], Err(Violation::NoContentType));
    check(&[22], Err(Violation::EmptyFragment));
    check(&[21, 0, 0], Err(Violation::EmptyFragment));
    check(&[1, 20], Err(Violation::UnexpectedContentType));
    check(&[1, 24], Err(Violation::UnknownContentType));
    check(&[1, 0, 1, 0, 21], Err(Violation::FragmentedAlert));
    // RFC 8446 §5.4: 2^14 + 1 bytes with the type, padding included.
    let mut inner = vec![7; MAX_PLAINTEXT_LEN];
    inner.push(23);
    check(&inner, Ok(MAX_PLAINTEXT_LEN));
    inner.push(0);
    check(&inner, Err(Violation::RecordOverflow));
    inner.truncate(100);
    inner.push(23);
    inner.resize(MAX_PLAINTEXT_LEN + 1, 0);
    check(&inner, Ok(100));
    inner.push(0);
    check(&inner, Err(Violation::RecordOverflow));
    inner.resize(MAX_PLAINTEXT_LEN + 256 - 16, 0);
    check(&inner, Err(Violation::RecordOverflow));
    inner.push(0);
    check(&inner, Err(Violation::RecordOverflow));
}

#[test]
fn record_size_limit() {
    // RFC 8449 §4: the limit counts content, type and padding.
    let limit = RecordSizeLimit::new(64).unwrap();
    let mut sealer = sealer(Aes128Gcm);
    sealer.set_record_size_limit(limit);
    sealer.set_padding(Padding::Block(1000));
    assert_eq!(sealer.max_content_len(), 63);
    let sealed = seal(&mut sealer, ContentType::ApplicationData, b"x");
    assert_eq!(sealed.len(), 5 + 64 + 16, "padding keeps to the limit");
    let mut output = [0; 100];
    let long = sealer.seal(ContentType::ApplicationData, &[0; 64], &mut output);
    assert_eq!(long, Err(SealError::PlaintextTooLong));

    let mut opener = opener(Aes128Gcm);
    opener.set_record_size_limit(limit);
    assert!(open(&mut opener, &sealed).is_ok());
    let mut inner = vec![1; 64];
    inner.push(23);
    let long = forge(Aes128Gcm, 1, &inner);
    assert_eq!(open(&mut opener, &long), Err(Violation::RecordOverflow));
}

#[test]
fn other_records_where_protection_is_on() {
    // RFC 8446 §5.
    let mut opener = opener(Aes128Gcm);
    let mut check = |bytes: &[u8], expected| {
        assert_eq!(open(&mut opener, bytes), Err(expected));
    };
    check(&[22, 3, 3, 0, 1, 1], Violation::UnexpectedContentType);
    check(&[21, 3, 3, 0, 2, 1, 0], Violation::UnexpectedContentType);
    check(&CHANGE_CIPHER_SPEC, Violation::UnexpectedContentType);
}

#[test]
fn lengths_that_fit() {
    for padding in [Padding::None, Padding::Padme, Padding::Block(100), Padding::Constant(300)] {
        for limit in [64, 1000, 16_385] {
            let mut sealer = sealer(Aes128Gcm);
            sealer.set_padding(padding);
            sealer.set_record_size_limit(RecordSizeLimit::new(limit).unwrap());
            for capacity in (0..2_000).chain([16_405, 16_406, 16_407, 50_000, 1 << 20]) {
                let fits = sealer.max_plaintext_for(capacity);
                assert!(fits == 0 || sealer.sealed_len(fits) <= capacity);
                assert!(sealer.sealed_len(fits + 1) > capacity, "{padding:?} {limit} {capacity}");
            }
        }
    }
}

#[test]
fn records_without_protection() {
    let check = |bytes: &[u8], expected: Result<&[u8], Violation>| {
        let mut bytes = bytes.to_vec();
        let opened = record(&mut bytes)
            .and_then(|record| record.into_plaintext().map(|opened| opened.plaintext().to_vec()));
        assert_eq!(opened, expected.map(<[u8]>::to_vec));
    };
    check(&[22, 3, 1, 0, 2, 7, 8], Ok(&[7, 8]));
    // RFC 8446 §5.1: the version is ignored for all purposes.
    check(&[22, 9, 9, 0, 2, 7, 8], Ok(&[7, 8]));
    check(&[21, 3, 3, 0, 2, 1, 0], Ok(&[1, 0]));
    check(&CHANGE_CIPHER_SPEC, Ok(&[1]));
    check(&[22, 3, 3, 0, 0], Err(Violation::EmptyFragment));
    check(&[21, 3, 3, 0, 0], Err(Violation::EmptyFragment));
    check(&[21, 3, 3, 0, 1, 1], Err(Violation::FragmentedAlert));
    check(&[21, 3, 3, 0, 4, 1, 0, 1, 0], Err(Violation::FragmentedAlert));
    check(&[20, 3, 3, 0, 0], Err(Violation::MalformedChangeCipherSpec));
    check(&[20, 3, 3, 0, 1, 2], Err(Violation::MalformedChangeCipherSpec));
    check(&[20, 3, 3, 0, 2, 1, 1], Err(Violation::MalformedChangeCipherSpec));
    check(&[23, 3, 3, 0, 1, 1], Err(Violation::UnexpectedContentType));
}

#[test]
fn headers_are_judged_at_once() {
    let check = |bytes: &[u8], expected| {
        assert_eq!(deframe(&mut bytes.to_vec()).map(|_| ()), Err(expected), "{bytes:?}");
    };
    // Another protocol.
    check(b"GET / HTTP/1.1\r\n", Violation::UnknownContentType);
    check(b"G", Violation::UnknownContentType);
    check(&[0x80, 0x2e], Violation::UnknownContentType);
    check(&[24, 3, 3, 0, 1, 1], Violation::UnknownContentType);
    // RFC 8446 §5.1, §5.2.
    check(&[22, 3, 3, 0x40, 1], Violation::RecordOverflow);
    check(&[23, 3, 3, 0x41, 1], Violation::RecordOverflow);
    let missing = |bytes: &[u8]| match deframe(&mut bytes.to_vec()) {
        Ok(Deframed::Incomplete { missing }) => missing,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&[]), 5);
    assert_eq!(missing(&[22]), 4);
    assert_eq!(missing(&[22, 3, 3, 0x40, 0]), 1 << 14);
    assert_eq!(missing(&[23, 3, 3, 0x41, 0, 1]), (1 << 14) + 255);
}

#[test]
fn writing_records_without_protection() {
    let mut output = vec![0; 20_000];
    let mut check = |content_type, fragment: &[u8], expected: Result<&[u8], SealError>| {
        let written =
            write_plaintext(content_type, LegacyVersion::Tls12, fragment, &mut output[..16_400]);
        assert_eq!(written.map(|len| &output[..len]), expected);
    };
    check(ContentType::Handshake, &[1, 2], Ok(&[22, 3, 3, 0, 2, 1, 2]));
    check(ContentType::ChangeCipherSpec, &[1], Ok(&CHANGE_CIPHER_SPEC));
    check(ContentType::ChangeCipherSpec, &[2], Err(SealError::ContentType));
    check(ContentType::ApplicationData, &[1], Err(SealError::ContentType));
    check(ContentType::Handshake, &[], Err(SealError::EmptyFragment));
    check(ContentType::Handshake, &[0; MAX_PLAINTEXT_LEN + 1], Err(SealError::PlaintextTooLong));
    let mut short = [0; 6];
    let written =
        write_plaintext(ContentType::Handshake, LegacyVersion::Tls10, &[1, 2], &mut short);
    assert_eq!(written, Err(SealError::OutputTooShort { needed: 7 }));
    write_plaintext(ContentType::Handshake, LegacyVersion::Tls10, &[9], &mut short).unwrap();
    assert_eq!(short, [22, 3, 1, 0, 1, 9]);
}

#[test]
fn change_cipher_spec_within_its_window() {
    // RFC 8446 §5.
    let mut window = ChangeCipherSpecWindow::new();
    let accept = |window: &mut ChangeCipherSpecWindow, mut bytes: Vec<u8>| {
        window.accept(record(&mut bytes).unwrap())
    };
    let good = CHANGE_CIPHER_SPEC.to_vec();
    assert_eq!(accept(&mut window, good.clone()), Err(Violation::UnexpectedContentType));
    window.open();
    assert_eq!(
        accept(&mut window, vec![20, 3, 3, 0, 1, 2]),
        Err(Violation::MalformedChangeCipherSpec)
    );
    assert_eq!(accept(&mut window, vec![22, 3, 3, 0, 1, 1]), Err(Violation::UnexpectedContentType));
    for _ in 0..32 {
        assert_eq!(accept(&mut window, good.clone()), Ok(()));
    }
    assert_eq!(accept(&mut window, good.clone()), Err(Violation::TooManyChangeCipherSpecs));
    let mut window = ChangeCipherSpecWindow::new();
    window.open();
    window.close();
    assert_eq!(accept(&mut window, good), Err(Violation::UnexpectedContentType));
}

#[test]
fn debug_shows_no_secret() {
    let algorithm: AeadAlgorithm = Aes128Gcm;
    let mut bytes = seal(&mut sealer(algorithm), ContentType::ApplicationData, b"secret");
    let shown = [
        format!("{:?}", sealer(algorithm)),
        format!("{:?}", opener(algorithm)),
        format!("{:?}", opener(algorithm).open(record(&mut bytes).unwrap()).unwrap()),
    ];
    for shown in shown {
        assert!(
            shown.contains("[..]") && !shown.contains("115") && !shown.contains("116, 119"),
            "{shown}"
        );
    }
}

#[test]
fn halves_can_go_to_other_threads() {
    fn check<T: Send + Sync>(_: &T) {}
    check(&sealer(Aes128Gcm));
    check(&opener(Aes128Gcm));
}
