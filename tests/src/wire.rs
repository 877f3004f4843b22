//! Handshake messages: what decodes comes back, what does not has an alert, and fragments join.

use chancery_wire::{
    Alert, AlertDescription, Body, ChangeCipherSpec, DecodeError, HELLO_RETRY_REQUEST_RANDOM,
    Joiner, Message, SliceWriter,
};

/// `bytes` as one whole handshake message, as an alert and as a change_cipher_spec.
///
/// # Panics
/// If the property does not hold.
pub fn message(bytes: &[u8]) {
    match Message::decode(bytes) {
        Ok(message) => comes_back(&message, bytes),
        Err(error) => is_answerable(&error, bytes.len()),
    }
    if let Ok(alert) = Alert::from_record(bytes) {
        assert_eq!(alert.to_bytes(), bytes);
    }
    assert_eq!(ChangeCipherSpec::from_record(bytes).is_ok(), bytes == [1]);
}

/// The first byte of `bytes` chooses a message, and the rest is the block of its extensions: a
/// shorter way to their decoders than through [`message`].
///
/// # Panics
/// If the property does not hold.
pub fn extensions(bytes: &[u8]) {
    let Some((place, block)) = bytes.split_first() else { return };
    let Ok(len) = u16::try_from(block.len()) else { return };
    let block = [&len.to_be_bytes(), block].concat();
    let hello = |random: &[u8; 32]| [&[3, 3], &random[..], &[0, 0x13, 0x01, 0], &block].concat();
    let (msg_type, body) = match place % 7 {
        0 => (1, [&[3, 3], &[7; 32][..], &[0, 0, 2, 0x13, 1, 1, 0], &block].concat()),
        1 => (2, hello(&[7; 32])),
        2 => (2, hello(&HELLO_RETRY_REQUEST_RANDOM)),
        3 => (8, block),
        4 => (13, [&[0], &block[..]].concat()),
        5 => {
            let entry = [&[0, 0, 1, 0x30], &block[..]].concat();
            (11, [&[0], &uint24(entry.len())[..], &entry].concat())
        }
        _ => (4, [&[0; 8], &[0, 0, 1, 9][..], &block].concat()),
    };
    message(&[&[msg_type], &uint24(body.len())[..], &body].concat());
}

/// Cuts `bytes` into fragments and joins them. Each fragment's length is the byte before it.
///
/// # Panics
/// If the messages are other than those that the joined bytes hold.
pub fn joiner(mut bytes: &[u8]) {
    const MAX_MESSAGE_LEN: usize = 300;
    let mut joiner = Joiner::new(vec![], MAX_MESSAGE_LEN);
    let (mut pushed, mut taken) = (vec![], 0);
    while let Some((len, rest)) = bytes.split_first() {
        let (fragment, rest) = rest.split_at(usize::from(*len).min(rest.len()));
        bytes = rest;
        if let Err(error) = joiner.push(fragment) {
            is_answerable(&error, usize::MAX);
            // Of an empty fragment, or of a message that is indeed too long.
            pushed.extend(fragment);
            let header = pushed.get(taken..taken + 4);
            assert!(fragment.is_empty() || header.is_some_and(|h| length(h) > MAX_MESSAGE_LEN));
            return;
        }
        pushed.extend(fragment);
        loop {
            match joiner.next() {
                Ok(None) => break,
                Ok(Some(joined)) => {
                    let end = taken + joined.raw.len();
                    assert_eq!(joined.raw, &pushed[taken..end]);
                    assert_eq!(joined.raw.len(), 4 + length(joined.raw));
                    assert_eq!(joined.aligned.is_some(), end == pushed.len());
                    taken = end;
                }
                Err(error) => {
                    is_answerable(&error, usize::MAX);
                    assert!(length(&pushed[taken..]) > MAX_MESSAGE_LEN);
                    return;
                }
            }
        }
        assert_eq!(joiner.aligned().is_ok(), taken == pushed.len());
    }
}

/// The length in the header of a message.
fn length(raw: &[u8]) -> usize {
    raw[1..4].iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
}

fn uint24(len: usize) -> [u8; 3] {
    let [.., a, b, c] = len.to_be_bytes();
    [a, b, c]
}

/// `decode(x) = Ok(m)` implies `encode(m) = x`, and a buffer too short for it is refused.
fn comes_back(message: &Message<'_>, bytes: &[u8]) {
    assert_eq!(message.raw, bytes);
    let mut encoded = Vec::with_capacity(bytes.len());
    message.body.encode(&mut encoded).expect("what was decoded has an encoding");
    assert_eq!(encoded, bytes);
    let mut short = vec![0; bytes.len() - 1];
    assert!(message.body.encode(&mut SliceWriter::new(&mut short)).is_err());
    // Walks through every list, by the way.
    assert!(!format!("{message:?}").is_empty());
    if let Body::ClientHello(hello) = message.body {
        let offer = hello.extensions.offered_psks();
        assert_eq!(
            hello.truncated(bytes).map(<[u8]>::len),
            offer.map(|offer| bytes.len() - offer.binders_len())
        );
    }
}

/// An error lies within the input, names a field and has one of the alerts of RFC 8446 §6.2.
fn is_answerable(error: &DecodeError, len: usize) {
    assert!(error.offset() <= len, "{error}");
    assert!(!error.path().is_empty(), "{error}");
    assert!(
        matches!(
            error.alert(),
            AlertDescription::DECODE_ERROR
                | AlertDescription::ILLEGAL_PARAMETER
                | AlertDescription::UNEXPECTED_MESSAGE
        ),
        "{error}"
    );
}
