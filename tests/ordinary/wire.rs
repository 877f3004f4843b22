//! Handshake messages: the collected inputs, and arbitrary ones.

use chancery_tests::{corpus, wire};
use proptest::{collection::vec, prelude::any, proptest};

#[test]
fn messages() {
    corpus::replay("wire_message", wire::message);
}

#[test]
fn extensions() {
    corpus::replay("wire_extensions", wire::extensions);
}

#[test]
fn joiner() {
    corpus::replay("wire_joiner", wire::joiner);
}

proptest! {
    #[test]
    fn arbitrary_messages(msg_type in 0u8..26, body in vec(any::<u8>(), 0..200)) {
        wire::message(&body);
        let len = u8::try_from(body.len()).expect("short");
        wire::message(&[&[msg_type, 0, 0, len], &body[..]].concat());
    }

    #[test]
    fn arbitrary_extensions(
        place in any::<u8>(),
        extensions in vec((0u8..60, vec(0u8..8, 0..12)), 0..8),
    ) {
        let mut block = vec![place];
        for (extension_type, data) in extensions {
            block.extend([0, extension_type, 0, u8::try_from(data.len()).expect("short")]);
            block.extend(data);
        }
        wire::extensions(&block);
    }

    #[test]
    fn arbitrary_fragments(bytes in vec(0u8..12, 0..200)) {
        wire::joiner(&bytes);
    }
}
