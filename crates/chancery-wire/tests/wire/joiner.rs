//! Records cut anywhere; messages come out whole.

use chancery_wire::{
    AlertDescription, DecodeErrorKind, FixedStorage, HandshakeType, Joiner, Storage,
};

use crate::vectors;

/// Pushes `fragments` in order and returns the messages, each with whether keys could change after it.
fn join<S: Storage>(mut joiner: Joiner<S>, fragments: &[&[u8]]) -> Vec<(Vec<u8>, bool)> {
    let mut messages = vec![];
    for fragment in fragments {
        joiner.push(fragment).unwrap();
        while let Some(joined) = joiner.next().unwrap() {
            messages.push((joined.raw.to_vec(), joined.aligned.is_some()));
        }
    }
    assert!(joiner.aligned().is_ok());
    messages
}

fn flight() -> (Vec<Vec<u8>>, Vec<u8>) {
    let messages: Vec<Vec<u8>> = vectors::all().into_iter().map(|(_, bytes)| bytes).collect();
    let bytes = messages.concat();
    (messages, bytes)
}

#[test]
fn fragments_of_any_one_length() {
    let (messages, bytes) = flight();
    for len in 1..=bytes.len() {
        let fragments: Vec<&[u8]> = bytes.chunks(len).collect();
        let joined = join(Joiner::new(vec![], 512), &fragments);
        assert!(joined.iter().map(|(raw, _)| raw).eq(&messages), "fragments of {len}");
        // Aligned exactly where a fragment ends with the message.
        let mut end = 0;
        for (raw, aligned) in &joined {
            end += raw.len();
            assert_eq!(*aligned, end % len == 0 || end == bytes.len(), "{len}");
        }
    }
}

#[test]
fn every_cut_into_two() {
    let (messages, bytes) = flight();
    for cut in 1..bytes.len() {
        let (a, b) = bytes.split_at(cut);
        let joined = join(Joiner::new(FixedStorage::<8192>::new(), 512), &[a, b]);
        assert!(joined.iter().map(|(raw, _)| raw).eq(&messages), "cut at {cut}");
    }
}

/// RFC 8446 §5.1: messages do not span key changes, and are not interleaved with other records.
#[test]
fn a_pending_part_withholds_the_evidence() {
    let mut joiner = Joiner::new(vec![], 64);
    joiner.push(&[24, 0, 0, 1, 0, 24]).unwrap();
    let joined = joiner.next().unwrap().unwrap();
    let error = joined.into_aligned().unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::PartialMessage);
    assert_eq!(error.alert(), AlertDescription::UNEXPECTED_MESSAGE);
    assert!(joiner.next().unwrap().is_none());
    assert_eq!(joiner.aligned().unwrap_err().alert(), AlertDescription::UNEXPECTED_MESSAGE);
    joiner.push(&[0, 0, 1, 0]).unwrap();
    assert!(joiner.next().unwrap().unwrap().into_aligned().is_ok());
    assert!(joiner.aligned().is_ok());
}

/// RFC 8446 §5.4
#[test]
fn empty_fragments_are_refused() {
    let error = Joiner::new(vec![], 64).push(&[]).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::EmptyFragment);
    assert_eq!(error.alert(), AlertDescription::UNEXPECTED_MESSAGE);
}

#[test]
fn a_long_message_is_refused_by_its_header() {
    let too_long = DecodeErrorKind::MessageTooLong(HandshakeType::CERTIFICATE);
    // In one fragment, and with the header cut.
    for fragments in [&[&[11, 0, 0, 65][..]][..], &[&[11], &[0, 0], &[65]]] {
        let mut joiner = Joiner::new(vec![], 64);
        let (last, before) = fragments.split_last().unwrap();
        before.iter().for_each(|fragment| joiner.push(fragment).unwrap());
        assert!(joiner.next().unwrap().is_none());
        let error = joiner.push(last).unwrap_err();
        assert_eq!((error.kind(), error.alert()), (too_long, AlertDescription::DECODE_ERROR));
    }
    // Behind a short one.
    let mut joiner = Joiner::new(vec![], 64);
    joiner.push(&[24, 0, 0, 1, 0, 11, 1, 0, 0]).unwrap();
    assert!(joiner.next().unwrap().is_some());
    assert_eq!(joiner.next().unwrap_err().kind(), too_long);
    // The longest allowed is allowed.
    let mut joiner = Joiner::new(FixedStorage::<68>::new(), 64);
    joiner.push(&[11, 0, 0, 64]).unwrap();
    joiner.push(&[0; 64]).unwrap();
    assert_eq!(joiner.next().unwrap().unwrap().raw.len(), 68);
}

#[test]
fn storage_is_bounded_even_if_nothing_is_taken() {
    let mut joiner = Joiner::new(vec![], 64);
    let fragment = [5, 0, 0, 0].repeat(4096);
    joiner.push(&fragment).unwrap();
    joiner.push(&fragment[..68]).unwrap();
    assert!(joiner.push(&fragment[..4]).is_err());
    let mut joiner = Joiner::new(FixedStorage::<4>::new(), 64);
    joiner.push(&[24, 0, 0, 1]).unwrap();
    assert!(joiner.push(&[0]).is_err());
}
