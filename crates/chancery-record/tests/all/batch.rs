//! Many records a call: the same bytes as one a call, and nothing lost at a key change.

use chancery_aead::{
    AeadAlgorithm::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305},
    AeadKey, Key,
};
use chancery_record::{
    BatchEnd, CHANGE_CIPHER_SPEC, ContentType, OpenedSpan, Opener, Padding, RecordSizeLimit,
    SealError, Sealer, Violation,
};
use proptest::prelude::*;

use crate::support::{ALGORITHMS, IV, forge, key, open, opener, seal, sealer};

const DATA: ContentType = ContentType::ApplicationData;

fn contents() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let content = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        (any::<u8>(), 0usize..3_000).prop_map(|(byte, len)| vec![byte; len]),
    ];
    prop::collection::vec(content, 0..80)
}

/// Opens everything in `buffer` by batches of `slots` spans.
fn open_all(opener: &mut Opener<Key>, buffer: &mut [u8], slots: usize) -> (Vec<Vec<u8>>, BatchEnd) {
    let mut contents = Vec::new();
    let mut rest = buffer;
    loop {
        let mut spans = vec![OpenedSpan::new(); slots];
        let batch = opener.open_batch(rest, &mut spans);
        for span in &spans[..batch.records()] {
            assert_eq!(span.content_type(), DATA);
            contents.push(rest[span.plaintext()].to_vec());
        }
        rest = &mut rest[batch.consumed()..];
        if batch.end() != BatchEnd::Full {
            return (contents, batch.end());
        }
        assert_eq!(batch.records(), slots);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_batch_equals_single_records(
        algorithm in prop::sample::select(&ALGORITHMS[..]),
        contents in contents(),
        padding in prop_oneof![Just(Padding::None), Just(Padding::Padme), Just(Padding::Block(40))],
        slots in 1usize..100,
    ) {
        let (mut single, mut batch) = (sealer(algorithm), sealer(algorithm));
        single.set_padding(padding);
        batch.set_padding(padding);
        let mut expected = Vec::new();
        for content in &contents {
            expected.extend(seal(&mut single, DATA, content));
        }
        let slices: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
        let mut output = vec![0xaa; expected.len()];
        prop_assert_eq!(batch.seal_batch(DATA, &slices, &mut output), Ok(expected.len()));
        prop_assert!(output == expected);
        prop_assert_eq!(batch.sequence(), single.sequence());

        let mut opener = opener(algorithm);
        let (opened, end) = open_all(&mut opener, &mut output, slots);
        prop_assert!(opened == contents);
        prop_assert_eq!(end, BatchEnd::Incomplete { missing: 5 });
        prop_assert_eq!(opener.sequence(), single.sequence());
    }

    #[test]
    fn all_of_a_long_content(
        len in 0usize..20_000,
        limit in prop_oneof![Just(64u16), Just(500), Just(16_385)],
        padding in prop_oneof![Just(Padding::None), Just(Padding::Block(100)), Just(Padding::Constant(90))],
    ) {
        let content: Vec<u8> = (0..=250).cycle().take(len).collect();
        let fresh = || {
            let mut sealer = sealer(Aes128Gcm);
            sealer.set_padding(padding);
            sealer.set_record_size_limit(RecordSizeLimit::new(limit).unwrap());
            sealer
        };
        let (mut all, mut single) = (fresh(), fresh());
        let mut expected = Vec::new();
        for chunk in content.chunks(single.max_content_len()) {
            expected.extend(seal(&mut single, DATA, chunk));
        }
        let mut output = vec![0; all.sealed_len(len)];
        prop_assert_eq!(all.seal_all(DATA, &content, &mut output), Ok(expected.len()));
        output.truncate(expected.len());
        prop_assert!(output == expected);
        prop_assert_eq!(all.record_count(len), usize::try_from(all.sequence().unwrap()).unwrap());
        let (opened, _) = open_all(&mut opener(Aes128Gcm), &mut output, 7);
        prop_assert!(opened.concat() == content);
    }
}

/// Ten short records, the one at `index` made by `odd`.
fn ten(odd: impl Fn(u64) -> Vec<u8>, index: u64) -> Vec<u8> {
    let mut sealer = sealer(Aes128Gcm);
    let mut buffer = Vec::new();
    for number in 0..10u64 {
        let record = seal(&mut sealer, DATA, &number.to_be_bytes());
        buffer.extend(if number == index { odd(number) } else { record });
    }
    buffer
}

#[test]
fn what_follows_a_key_update_is_left_for_the_next_key() {
    // RFC 8446 §5.1, §4.6.3: the record after the KeyUpdate is under the next key.
    for index in 0..10 {
        let mut old = sealer(Aes128Gcm);
        let next_key = || Key::new(Aes256Gcm, &[9; 32]).unwrap();
        let mut new = Sealer::new(next_key(), IV);
        let mut buffer = Vec::new();
        for number in 0..index {
            buffer.extend(seal(&mut old, DATA, &[number; 10]));
        }
        buffer.extend(seal(&mut old, ContentType::Handshake, &[24, 0, 0, 1, 0]));
        let change = buffer.len();
        for number in index..10 {
            buffer.extend(seal(&mut new, DATA, &[number; 10]));
        }
        let sent = buffer.clone();

        let mut spans = vec![OpenedSpan::new(); 40];
        let mut opener = opener(Aes128Gcm);
        let batch = opener.open_batch(&mut buffer, &mut spans);
        assert_eq!((batch.end(), batch.consumed()), (BatchEnd::Message, change));
        assert_eq!(batch.records(), usize::from(index) + 1);
        let last = &spans[batch.records() - 1];
        assert_eq!(last.content_type(), ContentType::Handshake);
        assert_eq!(buffer[last.plaintext()], [24, 0, 0, 1, 0]);
        assert!(buffer[change..] == sent[change..], "what follows is untouched");

        let (opened, _) = open_all(&mut Opener::new(next_key(), IV), &mut buffer[change..], 40);
        assert_eq!(opened.len(), usize::from(10 - index));
    }
}

#[test]
fn a_violation_ends_the_batch_where_it_stands() {
    let check = |odd: &dyn Fn(u64) -> Vec<u8>, expected: BatchEnd| {
        for index in 0..10 {
            let mut buffer = ten(odd, index);
            let sent = buffer.clone();
            let mut spans = vec![OpenedSpan::new(); 40];
            let mut opener = opener(Aes128Gcm);
            let batch = opener.open_batch(&mut buffer, &mut spans);
            assert_eq!((batch.records(), batch.end()), (usize::try_from(index).unwrap(), expected));
            assert_eq!(opener.sequence(), Some(index));
            for (number, span) in (0..index).zip(&spans) {
                assert_eq!(buffer[span.plaintext()], number.to_be_bytes());
            }
            let after = batch.consumed() + odd(index).len();
            assert!(buffer[after..] == sent[after..], "what follows is untouched");
        }
    };
    let forged = |_| {
        vec![
            23, 3, 3, 0, 30, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
            21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        ]
    };
    check(&forged, BatchEnd::Violation(Violation::BadRecordMac));
    check(&|_| vec![23, 3, 3, 0, 0], BatchEnd::Violation(Violation::BadRecordMac));
    check(&|_| vec![23, 3, 3, 0, 3, 1, 2, 3], BatchEnd::Violation(Violation::BadRecordMac));
    let empty = |number| forge(Aes128Gcm, number, &[22, 0]);
    check(&empty, BatchEnd::Violation(Violation::EmptyFragment));
    let zeros = |number| forge(Aes128Gcm, number, &[0; 9]);
    check(&zeros, BatchEnd::Violation(Violation::NoContentType));
    check(&|_| CHANGE_CIPHER_SPEC.to_vec(), BatchEnd::Unprotected);
    check(&|_| vec![22, 3, 3, 0, 1, 1], BatchEnd::Unprotected);
    check(&|_| vec![99, 3, 3, 0, 1, 1], BatchEnd::Violation(Violation::UnknownContentType));
    check(&|_| vec![23, 3, 3, 0xff, 1, 1], BatchEnd::Violation(Violation::RecordOverflow));
}

#[test]
fn every_flipped_bit_in_a_batch() {
    let sent = ten(|_| Vec::new(), 10);
    for byte in 0..sent.len() {
        let mut buffer = sent.clone();
        buffer[byte] ^= 1 << (byte % 8);
        let mut spans = vec![OpenedSpan::new(); 40];
        let batch = opener(Aes128Gcm).open_batch(&mut buffer, &mut spans);
        assert_eq!(batch.records(), byte / 30, "the records before it, and no more");
        assert_ne!(batch.end(), BatchEnd::Full);
    }
}

#[test]
fn every_end_of_a_cut_batch() {
    let sent = ten(|_| Vec::new(), 10);
    for len in 0..sent.len() {
        let mut buffer = sent[..len].to_vec();
        let mut spans = vec![OpenedSpan::new(); 40];
        let batch = opener(Aes128Gcm).open_batch(&mut buffer, &mut spans);
        assert_eq!((batch.records(), batch.consumed()), (len / 30, len / 30 * 30));
        let in_record = len % 30;
        let missing = if in_record < 5 { 5 - in_record } else { 30 - in_record };
        assert_eq!(batch.end(), BatchEnd::Incomplete { missing });
    }
}

#[test]
fn ends_of_lists_and_numbers() {
    let mut buffer = ten(|_| Vec::new(), 10);
    let batch = opener(Aes128Gcm).open_batch(&mut buffer, &mut []);
    assert_eq!((batch.records(), batch.end()), (0, BatchEnd::Full));

    // RFC 8446 §5.3: three records, but two numbers.
    let numbers = [u64::MAX - 1, u64::MAX, 0];
    let mut buffer = numbers.map(|number| forge(ChaCha20Poly1305, number, &[7, 23])).concat();
    let mut opener = Opener::at_sequence(key(ChaCha20Poly1305), IV, u64::MAX - 1);
    let mut spans = vec![OpenedSpan::new(); 40];
    let batch = opener.open_batch(&mut buffer, &mut spans);
    assert_eq!(batch.records(), 2);
    assert_eq!(batch.end(), BatchEnd::Violation(Violation::SequenceExhausted));
}

#[test]
fn refusals_before_sealing_use_up_nothing() {
    let mut sealer = sealer(Aes128Gcm);
    let mut output = [0; 200];
    assert_eq!(
        sealer.seal_all(ContentType::Handshake, &[], &mut output),
        Err(SealError::EmptyFragment)
    );
    assert_eq!(
        sealer.seal_all(ContentType::ChangeCipherSpec, &[1], &mut output),
        Err(SealError::ContentType)
    );
    assert_eq!(
        sealer.seal_all(DATA, &[0; 200], &mut output),
        Err(SealError::OutputTooShort { needed: 222 })
    );
    assert_eq!(sealer.seal_all(DATA, &[], &mut output), Ok(0));
    let batch: &[&[u8]] = &[&[1], &[]];
    assert_eq!(
        sealer.seal_batch(ContentType::Handshake, batch, &mut output),
        Err(SealError::EmptyFragment)
    );
    let long = vec![0; 16_385];
    assert_eq!(
        sealer.seal_batch(DATA, &[&[1], &long], &mut output),
        Err(SealError::PlaintextTooLong)
    );
    assert_eq!(
        sealer.seal_batch(DATA, batch, &mut output[..44]),
        Err(SealError::OutputTooShort { needed: 45 })
    );
    assert_eq!(sealer.seal_batch(DATA, &[], &mut []), Ok(0));
    assert_eq!(sealer.sequence(), Some(0));

    // RFC 8446 §5.5: all of a batch, or none.
    let mut sealer = Sealer::at_sequence(key(Aes128Gcm), IV, 23_726_566 - 1025);
    assert_eq!(sealer.seal_batch(DATA, batch, &mut output), Err(SealError::MustUpdate));
    assert_eq!(sealer.seal_batch(DATA, &batch[..1], &mut output), Ok(23));
    assert_eq!(
        open(&mut Opener::at_sequence(key(Aes128Gcm), IV, 23_726_566 - 1025), &output[..23])
            .unwrap()
            .1,
        [1]
    );
}
