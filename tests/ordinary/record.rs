//! Records: the collected inputs, and arbitrary ones.

use chancery_tests::{corpus, record};
use proptest::{collection::vec, prelude::any, prop_oneof, proptest, strategy::Just};

#[test]
fn deframer() {
    corpus::replay("record_deframer", record::deframer);
}

#[test]
fn opener() {
    corpus::replay("record_opener", record::opener);
}

proptest! {
    #[test]
    fn arbitrary_records(
        records in vec((19u8..26, vec(prop_oneof![0u8..3, any::<u8>()], 0..20)), 0..10),
        tail in vec(any::<u8>(), 0..10),
    ) {
        let mut bytes = Vec::new();
        for (content_type, content) in records {
            bytes.extend([content_type, 3, 3, 0, u8::try_from(content.len()).expect("short")]);
            bytes.extend(content);
        }
        bytes.extend(tail);
        record::deframer(&bytes);
    }

    #[test]
    fn arbitrary_inner_plaintexts(
        records in vec(
            (prop_oneof![9 => Just(true), 1 => Just(false)],
             vec(any::<u8>(), 0..6),
             prop_oneof![6 => Just(23u8), 2 => 19u8..26, 1 => any::<u8>()],
             0usize..4),
            0..50),
    ) {
        let mut bytes = Vec::new();
        for (sealed, content, content_type, zeros) in records {
            let mut inner = content;
            inner.push(content_type);
            inner.resize(inner.len() + zeros, 0);
            let len = u8::try_from(inner.len()).expect("short");
            bytes.push(if sealed { 0x80 | len } else { len });
            bytes.extend(inner);
        }
        record::opener(&bytes);
    }
}
