//! RustCrypto's traits on our keys give what they give on RustCrypto's own ciphers.
#![allow(
    clippy::unwrap_used,
    clippy::as_conversions,
    reason = "small numbers, and a failed unwrap is a failed test"
)]

use aead::inout::InOutBuf;
use aead::{Aead, AeadInOut, Buffer, Key, KeyInit, Nonce, Payload, Tag};

/// Bytes without a pattern.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    core::iter::repeat_with(next).take(len).collect()
}

/// `Ours` against `Theirs` on messages and additional data of many lengths.
fn check<Ours: KeyInit + AeadInOut, Theirs: KeyInit + AeadInOut>() {
    let lens = (0..=300).chain([1023, 1024, 1025, 1350, 4096, 16_385, 70_001]);
    for len in lens {
        let seed = len as u64;
        let key_bytes = noise(Ours::key_size(), seed + 1);
        let ours = Ours::new_from_slice(&key_bytes).unwrap();
        let theirs = Theirs::new_from_slice(&key_bytes).unwrap();
        let nonce = noise(12, seed + 2);
        let our_nonce = Nonce::<Ours>::try_from(&nonce[..]).unwrap();
        let their_nonce = Nonce::<Theirs>::try_from(&nonce[..]).unwrap();
        let aad = noise(len % 40, seed + 3);
        let plaintext = noise(len, seed + 4);
        let mut expected = plaintext.clone();
        theirs.encrypt_in_place(&their_nonce, &aad, &mut expected).unwrap();
        let (ciphertext, tag) = expected.split_at(len);

        // In place, as `Aead` does with a vector.
        let payload = Payload { msg: &plaintext[..], aad: &aad };
        assert!(ours.encrypt(&our_nonce, payload).unwrap() == expected, "{len}: encrypt");
        let payload = Payload { msg: &expected[..], aad: &aad };
        assert!(ours.decrypt(&our_nonce, payload).unwrap() == plaintext, "{len}: decrypt");

        // From one place to another, the tag apart.
        let mut output = vec![0xa5; len];
        let places = InOutBuf::new(&plaintext, &mut output).unwrap();
        let our_tag = ours.encrypt_inout_detached(&our_nonce, &aad, places).unwrap();
        assert!(output == ciphertext && our_tag[..] == *tag, "{len}: apart");
        let our_tag = Tag::<Ours>::try_from(tag).unwrap();
        output.fill(0xa5);
        let places = InOutBuf::new(ciphertext, &mut output).unwrap();
        ours.decrypt_inout_detached(&our_nonce, &aad, places, &our_tag).unwrap();
        assert!(output == plaintext, "{len}: apart");

        refuses(&ours, &our_nonce, &aad, &expected);
    }
}

/// A wrong tag, ciphertext, nonce or additional data is refused, in place and not, and nothing of the
/// plaintext is left.
fn refuses<C: AeadInOut>(cipher: &C, nonce: &Nonce<C>, aad: &[u8], sealed: &[u8]) {
    let len = sealed.len() - 16;
    let open = |nonce: &Nonce<C>, aad: &[u8], sealed: &[u8]| {
        let mut buffer = sealed.to_vec();
        assert!(cipher.decrypt_in_place(nonce, aad, &mut buffer).is_err(), "{len}");
        assert!(buffer.iter().all(|byte| *byte == 0), "{len}: wiped");
        let (ciphertext, tag) = sealed.split_at(len);
        let tag = Tag::<C>::try_from(tag).unwrap();
        let mut output = vec![0xa5; len];
        let places = InOutBuf::new(ciphertext, &mut output).unwrap();
        assert!(cipher.decrypt_inout_detached(nonce, aad, places, &tag).is_err(), "{len}");
        assert!(output.iter().all(|byte| *byte == 0), "{len}: wiped");
    };
    for at in [0, len / 2, len, len + 7, len + 15] {
        let mut forged = sealed.to_vec();
        forged[at] ^= 0x10;
        open(nonce, aad, &forged);
    }
    open(nonce, &[aad, b"!"].concat(), sealed);
    let mut other = nonce.clone();
    other[11] ^= 1;
    open(&other, aad, sealed);
    let mut short = sealed[..15].to_vec();
    assert!(cipher.decrypt_in_place(nonce, aad, &mut short).is_err());
}

#[test]
fn aes_128_gcm() {
    check::<chancery_aead::Aes128Gcm, aes_gcm::Aes128Gcm>();
}

#[test]
fn aes_256_gcm() {
    check::<chancery_aead::Aes256Gcm, aes_gcm::Aes256Gcm>();
}

#[test]
fn chacha20_poly1305() {
    check::<chancery_aead::ChaCha20Poly1305, chacha20poly1305::ChaCha20Poly1305>();
}

#[test]
fn a_buffer_that_cannot_grow() {
    /// As long as it was made.
    #[derive(Debug)]
    struct Fixed([u8; 5]);
    impl AsRef<[u8]> for Fixed {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    impl AsMut<[u8]> for Fixed {
        fn as_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
    impl Buffer for Fixed {
        fn extend_from_slice(&mut self, _: &[u8]) -> aead::Result<()> {
            Err(aead::Error)
        }
        fn truncate(&mut self, _: usize) {}
    }
    let key = Key::<chancery_aead::Aes128Gcm>::from([7; 16]);
    let key = chancery_aead::Aes128Gcm::new(&key);
    assert!(key.encrypt_in_place(&[1; 12].into(), b"", &mut Fixed(*b"hello")).is_err());
}
