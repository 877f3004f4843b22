//! Somebody stands in between and flips every bit, or cuts at every byte, of a whole connection.

use std::collections::BTreeSet;

use chancery::Error;
use chancery_tests::{
    connection::{Conversation, Towards, tampered},
    corpus,
    pair::{Configuration, End},
};
use chancery_wire::AlertDescription as Alert;
use proptest::{collection::vec, prelude::any, proptest};

/// Where a byte stands, which decides on what may come of changing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// `legacy_record_version` of an unprotected record.
    IgnoredVersion,
    /// `length` of a record.
    RecordLength,
    /// The type of an unprotected record, or of any: it is never encrypted.
    RecordType,
    /// `length` of a hello.
    MessageLength,
    /// The rest of a hello.
    Hello,
    /// The content of a change_cipher_spec.
    ChangeCipherSpec,
    /// A protected record: the version in its header, ciphertext, or tag.
    Protected,
}

impl Place {
    /// The alerts that the end that notices may send.
    const fn alerts(self) -> &'static [Alert] {
        match self {
            Self::IgnoredVersion => &[],
            // RFC 8446 §5.2: another length is another record, which does not open, is too long, or
            // never comes whole; what is left of an unprotected one is no record.
            Self::RecordLength => {
                &[Alert::BAD_RECORD_MAC, Alert::RECORD_OVERFLOW, Alert::UNEXPECTED_MESSAGE]
            }
            // RFC 8446 §5: "an unexpected record type".
            Self::RecordType => &[Alert::UNEXPECTED_MESSAGE],
            Self::MessageLength => &[Alert::DECODE_ERROR, Alert::UNEXPECTED_MESSAGE],
            // RFC 8446 §4.1 and §4.2 have an alert for each field. What still makes sense, such as a
            // random or a key share, leads to different keys on both sides.
            Self::Hello => &[
                Alert::BAD_RECORD_MAC,
                Alert::DECODE_ERROR,
                Alert::HANDSHAKE_FAILURE,
                Alert::ILLEGAL_PARAMETER,
                Alert::MISSING_EXTENSION,
                Alert::NO_APPLICATION_PROTOCOL,
                Alert::PROTOCOL_VERSION,
                Alert::UNEXPECTED_MESSAGE,
                Alert::UNSUPPORTED_EXTENSION,
            ],
            // RFC 8446 §5: other than the single byte 1.
            Self::ChangeCipherSpec => &[Alert::UNEXPECTED_MESSAGE],
            // RFC 8446 §5.2
            Self::Protected => &[Alert::BAD_RECORD_MAC],
        }
    }

    /// The place of each byte of a stream of records.
    fn of_all(mut stream: &[u8]) -> Vec<Self> {
        let mut places = vec![];
        while let [record_type, _, _, high, low, rest @ ..] = stream {
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            let protected = *record_type == 23;
            let version = if protected { Self::Protected } else { Self::IgnoredVersion };
            places.extend([Self::RecordType, version, version]);
            places.extend([Self::RecordLength; 2]);
            places.extend((0..len).map(|at| match (record_type, at) {
                (23, _) => Self::Protected,
                (20, _) => Self::ChangeCipherSpec,
                (_, 1..4) => Self::MessageLength,
                _ => Self::Hello,
            }));
            stream = &rest[len..];
        }
        places
    }
}

fn untouched(configuration: &Configuration) -> [(Towards, Vec<u8>); 2] {
    let talk = Conversation::hold(configuration, |_, _, _| ());
    talk.check();
    assert!(talk.is_complete(), "{talk:?}");
    [(Towards::Server, talk.to_server), (Towards::Client, talk.to_client)]
}

#[test]
fn conversations_repeat_themselves() {
    let configuration = Configuration::repeatable();
    assert_eq!(untouched(&configuration), untouched(&configuration));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let configuration = Configuration::repeatable();
    let mut seen = BTreeSet::new();
    for (towards, stream) in untouched(&configuration) {
        for (position, place) in Place::of_all(&stream).into_iter().enumerate() {
            for bit in 0..8 {
                let talk = Conversation::hold(&configuration, |to, start, sent| {
                    let here = position.checked_sub(start).filter(|_| to == towards);
                    if let Some(byte) = here.and_then(|at| sent.get_mut(at)) {
                        *byte ^= 1 << bit;
                    }
                });
                let what = format!("{place:?}, byte {position} bit {bit} towards {towards:?}");
                talk.check();
                if place == Place::IgnoredVersion {
                    // RFC 8446 §5.1: "MUST be ignored for all purposes".
                    assert!(talk.is_complete(), "{what}: {talk:?}");
                    continue;
                }
                assert!(!talk.is_complete(), "{what} goes unnoticed");
                let first = noticed(&talk, towards);
                match first.alert() {
                    Some(alert) => {
                        assert!(place.alerts().contains(&alert), "{what}: {first}");
                        seen.insert((place, alert.0));
                    }
                    // Bytes that are waited for and never come.
                    None => {
                        let waits = matches!(place, Place::RecordLength | Place::MessageLength);
                        assert!(waits && matches!(first, Error::Truncated), "{what}: {first}");
                    }
                }
            }
        }
    }
    // Nothing above is allowed that does not happen.
    let places = [
        Place::IgnoredVersion,
        Place::RecordLength,
        Place::RecordType,
        Place::MessageLength,
        Place::Hello,
        Place::ChangeCipherSpec,
        Place::Protected,
    ];
    for place in places {
        for alert in place.alerts() {
            assert!(seen.contains(&(place, alert.0)), "{place:?} never leads to {alert}");
        }
    }
}

/// What was noticed first: by the end that the change was made towards, or, if it could not know,
/// by the other one when an answer came.
fn noticed(talk: &Conversation, towards: Towards) -> &Error {
    let (near, far) = match towards {
        Towards::Server => (&talk.server, &talk.client),
        Towards::Client => (&talk.client, &talk.server),
    };
    match (&near.failure, &far.failure) {
        // The far end's alert came to the near one, as an alert or as a record that does not open.
        (Some(Error::PeerAlert(_)), Some(first)) | (Some(first), _) | (None, Some(first)) => first,
        (None, None) => panic!("nobody noticed: {talk:?}"),
    }
}

#[test]
fn every_cut_is_noticed() {
    let configuration = Configuration::repeatable();
    for (towards, stream) in untouched(&configuration) {
        for len in 0..stream.len() {
            let talk = Conversation::hold(&configuration, |to, start, sent| {
                if to == towards {
                    sent.truncate(len.saturating_sub(start));
                }
            });
            talk.check();
            let end: &End = if towards == Towards::Server { &talk.server } else { &talk.client };
            assert!(matches!(end.failure, Some(Error::Truncated)), "{len} of {towards:?}: {end:?}");
        }
    }
}

/// RFC 8446 §5.2: a record that is missing, comes twice, or comes too early, does not open.
#[test]
fn records_that_are_dropped_repeated_or_swapped() {
    let configuration = Configuration::repeatable();
    for (towards, stream) in untouched(&configuration) {
        let records = records(&stream);
        for (index, (start, end)) in records.iter().copied().enumerate() {
            let next = records.get(index + 1);
            let is_about_change_cipher_spec = |deed: &str| {
                stream[start] == 20 || deed == "swapped" && next.is_some_and(|n| stream[n.0] == 20)
            };
            for deed in ["dropped", "repeated", "swapped"] {
                let mut changed = stream.clone();
                match (deed, next) {
                    ("dropped", _) => drop(changed.drain(start..end)),
                    ("repeated", _) => drop(changed.splice(end..end, stream[start..end].to_vec())),
                    (_, Some((_, next_end))) => changed[start..*next_end].rotate_left(end - start),
                    _ => continue,
                }
                // The stream stays as it was up to here, and goes on from the changed one.
                let talk = Conversation::hold(&configuration, |to, at, sent| {
                    if to == towards {
                        let len = sent.len();
                        let until = if at + len == stream.len() { changed.len() } else { at + len };
                        *sent =
                            changed.get(at..until.min(changed.len())).unwrap_or_default().to_vec();
                    }
                });
                talk.check();
                let what = format!("record {index} towards {towards:?} {deed}");
                if talk.is_complete() {
                    // RFC 8446 §5: a change_cipher_spec means nothing; and what follows a
                    // close_notify is ignored (§6.1).
                    let last = index + 1 == records.len();
                    assert!(
                        is_about_change_cipher_spec(deed) || (last && deed == "repeated"),
                        "{what}"
                    );
                }
            }
        }
    }
}

/// Where each record starts and ends.
fn records(stream: &[u8]) -> Vec<(usize, usize)> {
    let mut records = vec![];
    let mut start = 0;
    while start < stream.len() {
        let len = usize::from(u16::from_be_bytes([stream[start + 3], stream[start + 4]]));
        records.push((start, start + 5 + len));
        start += 5 + len;
    }
    records
}

#[test]
fn corpus() {
    corpus::replay("connection_tampered", tampered);
}

proptest! {
    #[test]
    fn arbitrary_tampering(deeds in vec((any::<u8>(), 0u16..1200, any::<u8>()), 1..6)) {
        let bytes: Vec<u8> = deeds
            .into_iter()
            .flat_map(|(what, at, value)| {
                let [high, low] = at.to_be_bytes();
                [what, high, low, value]
            })
            .collect();
        tampered(&bytes);
    }
}
