//! Real messages, cut short and with bits flipped: an error, or another message that comes back.

use chancery_wire::{AlertDescription, Message};

use crate::vectors;

fn check(bytes: &[u8]) -> bool {
    match Message::decode(bytes) {
        Ok(message) => {
            let mut encoded = vec![];
            message.body.encode(&mut encoded).unwrap();
            assert_eq!(encoded, bytes);
            true
        }
        Err(error) => {
            let alert = error.alert();
            assert!(
                [AlertDescription::DECODE_ERROR, AlertDescription::ILLEGAL_PARAMETER]
                    .contains(&alert),
                "{error}: {alert}"
            );
            assert!(error.offset() <= bytes.len(), "{error}");
            assert!(!error.path().is_empty(), "{error}");
            false
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for (name, bytes) in vectors::all() {
        for len in 0..bytes.len() {
            assert!(!check(&bytes[..len]), "{name} cut to {len}");
        }
        // With the length in the header made to fit, too: what is behind it says less then. A
        // Finished, which has no structure, is the exception.
        for len in 4..bytes.len() {
            let mut short = bytes[..len].to_vec();
            let body = u32::try_from(len - 4).unwrap().to_be_bytes();
            short[1..4].copy_from_slice(&body[1..]);
            let decoded = check(&short);
            let without_structure = name == "FINISHED";
            // Old hellos may end before their extensions.
            let without_extensions = match name {
                "CLIENT_HELLO" | "RESUMING_CLIENT_HELLO" | "RETRIED_CLIENT_HELLO" => len == 49,
                "SERVER_HELLO" | "RESUMING_SERVER_HELLO" => len == 42,
                _ => false,
            };
            assert_eq!(decoded, without_structure || without_extensions, "{name} cut to {len}");
        }
    }
}

#[test]
fn every_bit_flip_is_refused_or_comes_back() {
    for (name, mut bytes) in vectors::all() {
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let decoded = check(&bytes);
            // Bits of the header's length are never good.
            assert!(!(decoded && (8..32).contains(&bit)), "{name}: bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn a_byte_more_is_refused() {
    for (_, bytes) in vectors::all() {
        let mut long = bytes.clone();
        long.push(0);
        assert!(!check(&long));
    }
}
