//! Every handshake message with a bit flipped in each byte, and cut at every byte, below the records
//! that would notice by themselves.

use std::collections::BTreeSet;

use chancery_tests::{
    connection::Towards::{self, Client, Server},
    messages::{Outcome, shake_hands},
    pair::Configuration,
};
use chancery_wire::{AlertDescription as Alert, HandshakeType as Message};

/// One message, and the alerts of whoever notices what was done to it.
struct Row {
    towards: Towards,
    message: Message,
    flipped: &'static [Alert],
    cut: &'static [Alert],
}

/// The messages of a handshake in their order. What still makes sense after a change is noticed
/// later, by a signature or a Finished over another transcript: `decrypt_error`.
const ROWS: [Row; 10] = [
    Row {
        towards: Server,
        message: Message::CLIENT_HELLO,
        flipped: &[
            Alert::UNEXPECTED_MESSAGE,
            Alert::HANDSHAKE_FAILURE,
            Alert::ILLEGAL_PARAMETER,
            Alert::DECODE_ERROR,
            Alert::DECRYPT_ERROR,
            Alert::PROTOCOL_VERSION,
            Alert::MISSING_EXTENSION,
        ],
        // Without its extensions it is one of TLS 1.2: RFC 8446 §4.2.1.
        cut: &[Alert::DECODE_ERROR, Alert::PROTOCOL_VERSION],
    },
    Row {
        towards: Client,
        message: Message::SERVER_HELLO,
        flipped: &[
            Alert::UNEXPECTED_MESSAGE,
            Alert::ILLEGAL_PARAMETER,
            Alert::DECODE_ERROR,
            Alert::DECRYPT_ERROR,
            Alert::PROTOCOL_VERSION,
            Alert::UNSUPPORTED_EXTENSION,
        ],
        cut: &[Alert::DECODE_ERROR, Alert::PROTOCOL_VERSION],
    },
    Row {
        towards: Client,
        message: Message::ENCRYPTED_EXTENSIONS,
        flipped: &[
            Alert::UNEXPECTED_MESSAGE,
            Alert::ILLEGAL_PARAMETER,
            Alert::DECODE_ERROR,
            Alert::UNSUPPORTED_EXTENSION,
        ],
        cut: &[Alert::DECODE_ERROR],
    },
    Row {
        towards: Client,
        message: Message::CERTIFICATE_REQUEST,
        flipped: &[
            Alert::UNEXPECTED_MESSAGE,
            Alert::ILLEGAL_PARAMETER,
            Alert::DECODE_ERROR,
            Alert::DECRYPT_ERROR,
            Alert::MISSING_EXTENSION,
        ],
        cut: &[Alert::DECODE_ERROR],
    },
    CERTIFICATE.towards(Client),
    CERTIFICATE_VERIFY.towards(Client),
    FINISHED.towards(Client),
    CERTIFICATE.towards(Server),
    CERTIFICATE_VERIFY.towards(Server),
    FINISHED.towards(Server),
];

const CERTIFICATE: Row = Row {
    towards: Client,
    message: Message::CERTIFICATE,
    flipped: &[
        Alert::UNEXPECTED_MESSAGE,
        Alert::BAD_CERTIFICATE,
        Alert::UNSUPPORTED_CERTIFICATE,
        Alert::UNKNOWN_CA,
        Alert::DECODE_ERROR,
    ],
    cut: &[Alert::DECODE_ERROR],
};

const CERTIFICATE_VERIFY: Row = Row {
    towards: Client,
    message: Message::CERTIFICATE_VERIFY,
    // RFC 8446 §4.4.3: a scheme that was not offered, or a signature that does not verify.
    flipped: &[
        Alert::UNEXPECTED_MESSAGE,
        Alert::ILLEGAL_PARAMETER,
        Alert::DECODE_ERROR,
        Alert::DECRYPT_ERROR,
    ],
    cut: &[Alert::DECODE_ERROR],
};

const FINISHED: Row = Row {
    towards: Client,
    message: Message::FINISHED,
    // RFC 8446 §4.4.4; it has no structure that could be malformed, but as another message.
    flipped: &[Alert::UNEXPECTED_MESSAGE, Alert::DECODE_ERROR, Alert::DECRYPT_ERROR],
    cut: &[Alert::DECRYPT_ERROR],
};

impl Row {
    const fn towards(self, towards: Towards) -> Self {
        Self { towards, ..self }
    }
}

fn untouched() -> Outcome {
    let outcome = shake_hands(&Configuration::repeatable(), |_, _| ());
    assert_eq!((outcome.client, outcome.server), ("Connected", "Connected"), "{outcome:?}");
    outcome
}

/// The alert of whoever noticed `change` in message `index`; `None` if it makes an end wait for more.
#[track_caller]
fn noticed(
    configuration: &Configuration,
    index: usize,
    row: &Row,
    change: impl Fn(&mut Vec<u8>),
) -> Option<Alert> {
    let outcome = shake_hands(configuration, |number, message| {
        if number == index {
            change(message);
        }
    });
    let end = if row.towards == Server { outcome.server } else { outcome.client };
    assert_ne!(end, "Connected", "unnoticed: {outcome:?}");
    outcome.failure.map(|(_, error)| error.alert())
}

#[test]
fn the_messages_are_those_of_the_table() {
    let outcome = untouched();
    let sent: Vec<_> = outcome.messages.iter().map(|(to, message, _)| (*to, *message)).collect();
    assert_eq!(sent, ROWS.map(|row| (row.towards, row.message)));
}

#[test]
fn flipped_bits() {
    let configuration = Configuration::repeatable();
    for (index, (row, (_, _, bytes))) in ROWS.iter().zip(untouched().messages).enumerate() {
        let mut seen = BTreeSet::new();
        for byte in 0..bytes.len() {
            // All bits of what is short; of certificates and randoms another bit in each byte.
            let bits = if bytes.len() < 100 || byte < 4 { 0..8 } else { byte % 8..byte % 8 + 1 };
            for bit in bits {
                let what =
                    format!("{} towards {:?}: bit {bit} of {byte}", row.message, row.towards);
                match noticed(&configuration, index, row, |message| message[byte] ^= 1 << bit) {
                    Some(alert) => {
                        assert!(row.flipped.contains(&alert), "{what}: {alert}");
                        seen.insert(alert);
                    }
                    // A longer message, of which the rest never comes.
                    None => assert!((1..4).contains(&byte), "{what}: no error"),
                }
            }
        }
        assert!(seen.contains(&Alert::UNEXPECTED_MESSAGE) && seen.contains(&Alert::DECODE_ERROR));
    }
}

/// The fields that stand at fixed places in both hellos, and the one alert that each leads to: the
/// rules of RFC 8446 §4.1.2 and §4.1.3, without which only the transcript would tell, or nothing.
#[test]
fn fields_of_the_hellos() {
    let configuration = Configuration::repeatable();
    let messages = untouched().messages;
    // Behind header, version, random, session identifier of 32 bytes and its length.
    assert!(messages.iter().take(2).all(|(_, _, bytes)| bytes[38] == 32));
    let fields = [
        // ClientHello: "legacy_version" is not looked at where supported_versions stands (§4.2.1).
        (0, 4..6, Alert::DECRYPT_ERROR),
        (0, 6..38, Alert::DECRYPT_ERROR),
        // What is echoed is another one.
        (0, 39..71, Alert::ILLEGAL_PARAMETER),
        (1, 4..6, Alert::ILLEGAL_PARAMETER),
        (1, 6..38, Alert::DECRYPT_ERROR),
        (1, 39..71, Alert::ILLEGAL_PARAMETER),
        // cipher_suite, legacy_compression_method
        (1, 71..73, Alert::ILLEGAL_PARAMETER),
        (1, 73..74, Alert::ILLEGAL_PARAMETER),
    ];
    for (index, range, expected) in fields {
        for byte in range {
            for bit in 0..8 {
                let row = &ROWS[index];
                let alert =
                    noticed(&configuration, index, row, |message| message[byte] ^= 1 << bit);
                assert_eq!(alert, Some(expected), "{}: bit {bit} of {byte}", row.message);
            }
        }
    }
}

#[test]
fn every_cut() {
    let configuration = Configuration::repeatable();
    for (index, (row, (_, _, bytes))) in ROWS.iter().zip(untouched().messages).enumerate() {
        for len in 4..bytes.len() {
            let alert = noticed(&configuration, index, row, |message| resize(message, len));
            let what = format!("{} towards {:?} cut to {len}: {alert:?}", row.message, row.towards);
            assert!(alert.is_some_and(|alert| row.cut.contains(&alert)), "{what}");
        }
        // Left out: the next one comes instead, or none. Only a CertificateRequest may be missing, which
        // the server's signature tells.
        if let Some(alert) = noticed(&configuration, index, row, Vec::clear) {
            let expected = if row.message == Message::CERTIFICATE_REQUEST {
                Alert::DECRYPT_ERROR
            } else {
                Alert::UNEXPECTED_MESSAGE
            };
            assert_eq!(alert, expected, "{} left out", row.message);
        }
        // A byte more than the message has.
        let alert = noticed(&configuration, index, row, |message| resize(message, bytes.len() + 1));
        let expected = if row.message == Message::FINISHED {
            Alert::DECRYPT_ERROR
        } else {
            Alert::DECODE_ERROR
        };
        assert_eq!(alert, Some(expected), "{} with a byte more", row.message);
    }
}

/// Cuts or fills the message, and writes the length into its header that it has then.
fn resize(message: &mut Vec<u8>, len: usize) {
    message.resize(len, 0);
    let [.., high, middle, low] = (len - 4).to_be_bytes();
    message[1..4].copy_from_slice(&[high, middle, low]);
}

/// RFC 8446 §4.1.4: what the first ClientHello and the HelloRetryRequest said is part of the
/// transcript too, though the former only as a hash.
#[test]
fn a_retried_hello() {
    let configuration = Configuration::retrying();
    let outcome = shake_hands(&configuration, |_, _| ());
    assert_eq!((outcome.client, outcome.server), ("Connected", "Connected"), "{outcome:?}");
    let hellos: Vec<Message> =
        outcome.messages.iter().take(4).map(|(_, message, _)| *message).collect();
    let expected = [
        Message::CLIENT_HELLO,
        Message::SERVER_HELLO,
        Message::CLIENT_HELLO,
        Message::SERVER_HELLO,
    ];
    assert_eq!(hellos, expected);
    for (index, (_, _, bytes)) in outcome.messages.iter().take(4).enumerate() {
        for byte in 0..bytes.len() {
            let outcome = shake_hands(&configuration, |number, message| {
                if number == index {
                    message[byte] ^= 1 << (byte % 8);
                }
            });
            assert_ne!(outcome.client, "Connected", "message {index}, byte {byte}: {outcome:?}");
            assert_ne!(outcome.server, "Connected", "message {index}, byte {byte}: {outcome:?}");
        }
    }
}
