//! Keys, and one way to take records apart.

use chancery_aead::{AeadAlgorithm, AeadKey, Key};
use chancery_record::{ContentType, Deframed, Opener, Record, Sealer, Violation, deframe};

pub(crate) const ALGORITHMS: [AeadAlgorithm; 3] =
    [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305];

pub(crate) const IV: [u8; 12] = *b"twelve bytes";

pub(crate) fn key(algorithm: AeadAlgorithm) -> Key {
    Key::new(algorithm, &[0x42; 32][..algorithm.key_len()]).unwrap()
}

pub(crate) fn sealer(algorithm: AeadAlgorithm) -> Sealer<Key> {
    Sealer::new(key(algorithm), IV)
}

pub(crate) fn opener(algorithm: AeadAlgorithm) -> Opener<Key> {
    Opener::new(key(algorithm), IV)
}

pub(crate) fn record(bytes: &mut [u8]) -> Result<Record<'_>, Violation> {
    match deframe(bytes)? {
        Deframed::Record(record, _) => Ok(record),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn open(
    opener: &mut Opener<Key>,
    bytes: &[u8],
) -> Result<(ContentType, Vec<u8>), Violation> {
    let mut bytes = bytes.to_vec();
    let opened = opener.open(record(&mut bytes)?)?;
    Ok((opened.content_type(), opened.plaintext().to_vec()))
}

pub(crate) fn seal(sealer: &mut Sealer<Key>, content_type: ContentType, content: &[u8]) -> Vec<u8> {
    let mut output = vec![0xaa; sealer.sealed_len(content.len())];
    assert_eq!(sealer.seal(content_type, content, &mut output), Ok(output.len()));
    output
}

/// A record that no [`Sealer`] would make: any inner plaintext, properly sealed.
pub(crate) fn forge(algorithm: AeadAlgorithm, sequence: u64, inner: &[u8]) -> Vec<u8> {
    let mut nonce = IV;
    for (byte, number) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= number;
    }
    let len = u16::try_from(inner.len() + 16).unwrap().to_be_bytes();
    let mut out = vec![23, 3, 3, len[0], len[1]];
    out.resize(5 + inner.len() + 16, 0);
    let (header, body) = out.split_at_mut(5);
    key(algorithm).seal(&nonce, header, inner, &[], body).unwrap();
    out
}
