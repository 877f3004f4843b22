//! Records: where they end, what they may carry, and one at a time against many at a time.

use chancery_aead::{AeadAlgorithm, AeadKey, Key};
use chancery_record::{
    BatchEnd, ContentType, Deframed, HEADER_LEN, MAX_RECORD_LEN, OpenedSpan, Opener, Violation,
    deframe,
};

const IV: [u8; 12] = [0x55; 12];

fn key() -> Key {
    Key::new(AeadAlgorithm::ChaCha20Poly1305, &[0xaa; 32]).expect("32 bytes")
}

/// Cuts `bytes` into records, and takes each as one that is not protected.
///
/// # Panics
/// If the property does not hold.
pub fn deframer(bytes: &[u8]) {
    let mut buffer = bytes.to_vec();
    let mut rest = &mut buffer[..];
    let mut at = 0;
    loop {
        let here = &bytes[at..];
        match deframe(rest) {
            Ok(Deframed::Record(record, after)) => {
                assert_eq!(record.as_bytes(), &here[..record.len()]);
                assert_eq!(record.len(), HEADER_LEN + record.header().payload_len());
                assert!(record.len() <= MAX_RECORD_LEN);
                assert_eq!(here[0], record.content_type().code());
                at += record.len();
                let content = &here[HEADER_LEN..record.len()];
                let content_type = record.content_type();
                match record.into_plaintext() {
                    Ok(opened) => {
                        assert_eq!(opened.plaintext(), content);
                        assert!(
                            is_lawful(content_type, content)
                                && content_type != ContentType::ApplicationData
                        );
                    }
                    Err(violation) => {
                        assert!([10, 50].contains(&violation.alert().code()));
                        assert!(
                            !is_lawful(content_type, content)
                                || content_type == ContentType::ApplicationData
                        );
                    }
                }
                rest = after;
            }
            Ok(Deframed::Incomplete { missing }) => {
                assert!(missing > 0 && here.len() + missing <= MAX_RECORD_LEN);
                // One byte fewer than is missing does not do.
                let mut longer = here.to_vec();
                longer.resize(here.len() + missing - 1, 0);
                assert!(!matches!(deframe(&mut longer), Ok(Deframed::Record(..))));
                return;
            }
            Ok(other) => panic!("{other:?}"),
            Err(violation) => {
                assert!([10, 22].contains(&violation.alert().code()));
                return;
            }
        }
    }
}

/// RFC 8446 §5, §5.1.
fn is_lawful(content_type: ContentType, content: &[u8]) -> bool {
    match content_type {
        ContentType::ChangeCipherSpec => content == [1],
        ContentType::Alert => content.len() == 2,
        ContentType::Handshake => !content.is_empty(),
        _ => true,
    }
}

/// Makes records of `bytes`, opens them one at a time and many at a time, and compares.
///
/// Each record is behind a byte: the lower seven bits are its length, and the highest says whether
/// the bytes are an inner plaintext, to be sealed properly, or a record as they stand.
///
/// # Panics
/// If the property does not hold.
pub fn opener(mut bytes: &[u8]) {
    let mut sent = Vec::new();
    let mut sequence = 0;
    while let Some((first, rest)) = bytes.split_first() {
        let (part, rest) = rest.split_at(usize::from(first & 0x7f).min(rest.len()));
        bytes = rest;
        if first & 0x80 == 0 {
            sent.extend(part);
        } else {
            sent.extend(seal_inner(sequence, part));
            sequence += 1;
        }
    }

    let (singles, single_end) = one_at_a_time(&mut sent.clone());
    for slots in [1, 3, 100] {
        let (batched, end) = many_at_a_time(&mut sent.clone(), slots);
        assert_eq!(batched, singles, "{slots}");
        assert_eq!(end, single_end, "{slots}");
    }
}

/// Any inner plaintext as a record, lawful or not.
fn seal_inner(sequence: u64, inner: &[u8]) -> Vec<u8> {
    let mut nonce = IV;
    for (byte, number) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= number;
    }
    let len = u16::try_from(inner.len() + 16).expect("short").to_be_bytes();
    let mut record = vec![23, 3, 3, len[0], len[1]];
    record.resize(HEADER_LEN + inner.len() + 16, 0);
    let (header, body) = record.split_at_mut(HEADER_LEN);
    key().seal(&nonce, header, inner, &[], body).expect("as long as it has to be");
    record
}

/// What was opened, where it began, and why it ended.
type Outcome = (Vec<(ContentType, Vec<u8>)>, BatchEnd);

fn one_at_a_time(mut rest: &mut [u8]) -> Outcome {
    let mut opener = Opener::new(key(), IV);
    let mut contents = Vec::new();
    loop {
        let (record, after) = match deframe(rest) {
            Ok(Deframed::Record(record, after)) => (record, after),
            Ok(Deframed::Incomplete { missing }) => {
                return (contents, BatchEnd::Incomplete { missing });
            }
            Ok(other) => panic!("{other:?}"),
            Err(violation) => return (contents, BatchEnd::Violation(violation)),
        };
        if record.content_type() != ContentType::ApplicationData {
            assert_eq!(opener.open(record).map(|_| ()), Err(Violation::UnexpectedContentType));
            return (contents, BatchEnd::Unprotected);
        }
        match opener.open(record) {
            Ok(opened) => {
                assert!(is_lawful(opened.content_type(), opened.plaintext()));
                contents.push((opened.content_type(), opened.plaintext().to_vec()));
            }
            Err(violation) => {
                assert!([10, 20, 22, 50].contains(&violation.alert().code()));
                return (contents, BatchEnd::Violation(violation));
            }
        }
        rest = after;
    }
}

fn many_at_a_time(mut rest: &mut [u8], slots: usize) -> Outcome {
    let mut opener = Opener::new(key(), IV);
    let mut contents = Vec::new();
    let mut spans = vec![OpenedSpan::new(); slots];
    loop {
        let batch = opener.open_batch(rest, &mut spans);
        for span in &spans[..batch.records()] {
            contents.push((span.content_type(), rest[span.plaintext()].to_vec()));
        }
        rest = &mut rest[batch.consumed()..];
        match batch.end() {
            // The key stays the same here: on with what was left untouched.
            BatchEnd::Message | BatchEnd::Full => {}
            end => return (contents, end),
        }
    }
}
