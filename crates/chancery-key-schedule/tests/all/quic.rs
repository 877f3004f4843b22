//! RFC 9001 appendix A and RFC 9369 appendix A: QUIC's secrets and keys.

use chancery_crypto::{AeadAlgorithm, HashAlgorithm::Sha256};
use chancery_key_schedule::{LabelSet, QuicInitial, QuicVersion, TrafficSecret};

use crate::provider::{RingHash, hex, to_hex};

const CONNECTION_ID: &str = "8394c8f03e515708";

fn check(
    secret: &TrafficSecret<RingHash>,
    algorithm: AeadAlgorithm,
    [bytes, key, iv, header]: [&str; 4],
) {
    assert_eq!(to_hex(secret.dangerous_as_bytes()), bytes);
    let keys = secret.keys(algorithm);
    assert_eq!(to_hex(keys.key()), key);
    assert_eq!(to_hex(&keys.iv()), iv);
    assert_eq!(to_hex(secret.header_protection_key(algorithm).unwrap().as_bytes()), header);
}

#[test]
fn version_1_initial() {
    // RFC 9001 §A.1.
    let initial = QuicInitial::<RingHash>::new(QuicVersion::V1, &hex(CONNECTION_ID));
    check(
        initial.client(),
        AeadAlgorithm::Aes128Gcm,
        [
            "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea",
            "1f369613dd76d5467730efcbe3b1a22d",
            "fa044b2f42a3fd3b46fb255c",
            "9f50449e04a0e810283a1e9933adedd2",
        ],
    );
    check(
        initial.server(),
        AeadAlgorithm::Aes128Gcm,
        [
            "3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b",
            "cf3a5331653c364c88f0f379b6067e37",
            "0ac1493ca1905853b0bba03e",
            "c206b8d9b9f0f37644430b490eeaa314",
        ],
    );
}

#[test]
fn version_2_initial() {
    // RFC 9369 §A.1.
    let initial = QuicInitial::<RingHash>::new(QuicVersion::V2, &hex(CONNECTION_ID));
    check(
        initial.client(),
        AeadAlgorithm::Aes128Gcm,
        [
            "14ec9d6eb9fd7af83bf5a668bc17a7e283766aade7ecd0891f70f9ff7f4bf47b",
            "8b1a0bc121284290a29e0971b5cd045d",
            "91f73e2351d8fa91660e909f",
            "45b95e15235d6f45a6b19cbcb0294ba9",
        ],
    );
    check(
        initial.server(),
        AeadAlgorithm::Aes128Gcm,
        [
            "0263db1782731bf4588e7e4d93b7463907cb8cd8200b5da55a8bd488eafc37c1",
            "82db637861d55e1d011f19ea71d5d2a7",
            "dd13c276499c0249d3310652",
            "edf6d05c83121201b436e16877593c3a",
        ],
    );
}

const CHACHA20_SECRET: &str = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b";

#[test]
fn version_1_chacha20() {
    // RFC 9001 §A.5.
    let secret = hex(CHACHA20_SECRET);
    let secret =
        TrafficSecret::<RingHash>::dangerous_from_slice(Sha256, LabelSet::QuicV1, &secret).unwrap();
    let algorithm = AeadAlgorithm::ChaCha20Poly1305;
    let key = "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8";
    let header_key = "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4";
    check(&secret, algorithm, [CHACHA20_SECRET, key, "e0459b3474bdd0e44a41c144", header_key]);
    assert_eq!(
        to_hex(secret.next().dangerous_as_bytes()),
        "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9"
    );
}

#[test]
fn version_2_chacha20() {
    // RFC 9369 §A.5.
    let secret = hex(CHACHA20_SECRET);
    let secret =
        TrafficSecret::<RingHash>::dangerous_from_slice(Sha256, LabelSet::QuicV2, &secret).unwrap();
    let key = "3bfcddd72bcf02541d7fa0dd1f5f9eeea817e09a6963a0e6c7df0f9a1bab90f2";
    let header_key = "d659760d2ba434a226fd37b35c69e2da8211d10c4f12538787d65645d5d1b8e2";
    check(
        &secret,
        AeadAlgorithm::ChaCha20Poly1305,
        [CHACHA20_SECRET, key, "a6b5bc6ab7dafce30ffff5dd", header_key],
    );
    assert_eq!(
        to_hex(secret.next().dangerous_as_bytes()),
        "c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88"
    );
}
