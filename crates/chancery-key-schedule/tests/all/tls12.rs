//! TLS 1.2. The PRF's vectors are those that the TLS working group's list has used since 2009.

use chancery_crypto::{
    AeadAlgorithm,
    HashAlgorithm::{self, Sha256, Sha384},
};
use chancery_key_schedule::{
    KeyScheduleError::{ContextTooLong, NotExtended, VerifyDataMismatch, WrongLength},
    Tls12MasterSecret, Tls12Randoms, Tls12Side, Transcript, tls12_prf,
};

use crate::provider::{RingHash, RingHmac, hex, to_hex};

#[test]
fn prf() {
    let check = |algorithm: HashAlgorithm, secret: &str, seed: &str, expected: &str| {
        let mut output = vec![0; expected.len() / 2];
        let seed = hex(seed);
        let (first, second) = seed.split_at(5);
        let (secret, seed) = (hex(secret), [first, second]);
        tls12_prf::<RingHmac>(algorithm, &secret, b"test label", seed, &mut output);
        assert_eq!(to_hex(&output), expected);
    };
    check(
        Sha256,
        "9bbe436ba940f017b17652849a71db35",
        "a0ba9f936cda311827a6f796ffd5198c",
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14ba\
         f9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a51\
         10fff70187347b66",
    );
    check(
        Sha384,
        "b80b733d6ceefcdc71566ea48e5567df",
        "cd665cf6a8447dd6ff8b27555edb7465",
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c91\
         46a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad0\
         5d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa\
         3be85e0990703d73e56f",
    );
}

const RANDOMS: Tls12Randoms = Tls12Randoms { client: [0xc1; 32], server: [0x5e; 32] };

/// `PRF(secret, label, seed)` in one piece.
fn expected(
    algorithm: HashAlgorithm,
    secret: &[u8],
    label: &[u8],
    seed: &[u8],
    len: usize,
) -> Vec<u8> {
    let mut output = vec![0; len];
    tls12_prf::<RingHmac>(algorithm, secret, label, [seed, &[]], &mut output);
    output
}

#[test]
fn master_secrets() {
    // RFC 5246 §8.1, RFC 7627 §4.
    for algorithm in [Sha256, Sha384] {
        let plain =
            Tls12MasterSecret::<RingHash>::without_extension(algorithm, b"premaster", &RANDOMS);
        let seed = [RANDOMS.client, RANDOMS.server].concat();
        let master = expected(algorithm, b"premaster", b"master secret", &seed, 48);
        assert_eq!(plain.dangerous_as_bytes(), master);

        let hash = Transcript::<RingHash>::new(algorithm).hash_with(b"messages");
        let extended = Tls12MasterSecret::<RingHash>::extended(algorithm, b"premaster", &hash);
        let label = b"extended master secret";
        let master = expected(algorithm, b"premaster", label, hash.as_bytes(), 48);
        assert_eq!(extended.dangerous_as_bytes(), master);
    }
    for len in [0, 47, 49] {
        let secret = Tls12MasterSecret::<RingHash>::dangerous_from_slice(Sha256, &vec![7; len]);
        assert_eq!(secret.err(), Some(WrongLength));
    }
}

#[test]
fn key_blocks() {
    // RFC 5246 §6.3, RFC 5288 §3, RFC 7905 §2.
    let master = Tls12MasterSecret::<RingHash>::dangerous_from_slice(Sha256, &[7; 48]).unwrap();
    let seed = [RANDOMS.server, RANDOMS.client].concat();
    let block = expected(Sha256, &[7; 48], b"key expansion", &seed, 88);
    for (aead, key_len, iv_len) in [
        (AeadAlgorithm::Aes128Gcm, 16, 4),
        (AeadAlgorithm::Aes256Gcm, 32, 4),
        (AeadAlgorithm::ChaCha20Poly1305, 32, 12),
    ] {
        let keys = master.key_block(aead, &RANDOMS);
        let parts = [keys.client_key(), keys.server_key(), keys.client_iv(), keys.server_iv()];
        assert_eq!(parts.map(<[u8]>::len), [key_len, key_len, iv_len, iv_len]);
        assert_eq!(parts.concat(), block[..2 * (key_len + iv_len)]);
        assert_eq!(format!("{keys:?}"), format!("Tls12KeyBlock({aead:?}, [..])"));
    }
}

#[test]
fn finished() {
    // RFC 5246 §7.4.9.
    let master = Tls12MasterSecret::<RingHash>::dangerous_from_slice(Sha256, &[7; 48]).unwrap();
    let hash = Transcript::<RingHash>::new(Sha256).hash_with(b"messages");
    for (side, label) in
        [(Tls12Side::Client, b"client finished"), (Tls12Side::Server, b"server finished")]
    {
        let verify_data = master.verify_data(side, &hash);
        assert_eq!(verify_data[..], expected(Sha256, &[7; 48], label, hash.as_bytes(), 12));
        assert_eq!(master.check_verify_data(side, &hash, &verify_data), Ok(()));
        for byte in 0..12 {
            let mut altered = verify_data;
            altered[byte] ^= 0x80;
            let checked = master.check_verify_data(side, &hash, &altered);
            assert_eq!(checked, Err(VerifyDataMismatch));
        }
        let checked = master.check_verify_data(side, &hash, &verify_data[..11]);
        assert_eq!(checked, Err(VerifyDataMismatch));
    }
    let client = master.verify_data(Tls12Side::Client, &hash);
    assert_eq!(
        master.check_verify_data(Tls12Side::Server, &hash, &client),
        Err(VerifyDataMismatch)
    );
}

#[test]
fn exporters() {
    // RFC 5705 §4, RFC 7627 §5.4.
    let hash = Transcript::<RingHash>::new(Sha256).hash_with(b"messages");
    let master = Tls12MasterSecret::<RingHash>::extended(Sha256, b"premaster", &hash);
    let export = |context: Option<&[u8]>| {
        let mut output = [0; 20];
        master.export(&RANDOMS, b"label", context, &mut output).map(|()| output.to_vec())
    };
    let randoms = [RANDOMS.client, RANDOMS.server].concat();
    let check = |context: Option<&[u8]>, tail: &[u8]| {
        let seed = [&randoms[..], tail].concat();
        let secret = master.dangerous_as_bytes();
        assert_eq!(export(context), Ok(expected(Sha256, secret, b"label", &seed, 20)));
    };
    check(None, &[]);
    check(Some(b""), &[0, 0]);
    check(Some(b"ctx"), b"\0\x03ctx");
    assert_eq!(export(Some(&vec![0; 65_536])), Err(ContextTooLong));

    let plain = Tls12MasterSecret::<RingHash>::without_extension(Sha256, b"premaster", &RANDOMS);
    let mut output = [0; 20];
    assert_eq!(plain.export(&RANDOMS, b"label", None, &mut output), Err(NotExtended));
    assert_eq!(output, [0; 20]);
    let forced = plain.dangerous_export_without_extension(&RANDOMS, b"label", None, &mut output);
    assert_eq!(forced, Ok(()));
    assert_ne!(output, [0; 20]);
    assert_eq!(format!("{plain:?}"), "Tls12MasterSecret(Sha256, None, [..])");
}
