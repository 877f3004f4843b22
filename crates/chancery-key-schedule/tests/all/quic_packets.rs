//! RFC 9001 appendix A, and the Retry of RFC 9369 appendix A: whole packets, from the connection ID to
//! the protected bytes. Header protection, which is no business of a key schedule, is *ring*'s.

use chancery_aead::{AeadAlgorithm, AeadKey as _, Key};
use chancery_crypto::HashAlgorithm::Sha256;
use chancery_key_schedule::{LabelSet, QuicInitial, QuicVersion, TrafficSecret};
use ring::aead::quic::{AES_128, CHACHA20, HeaderProtectionKey};

use crate::provider::{RingHash, hex, to_hex};

const CONNECTION_ID: &str = "8394c8f03e515708";

/// RFC 9001 §A.2: the CRYPTO frame; PADDING makes 1162 bytes of it.
const CLIENT_CRYPTO: &str = "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413\
     011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d001700180010\
     0007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171\
     fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d000201\
     01001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f\
     088394c8f03e51570806048000ffff";

/// RFC 9001 §A.2: the packet as it is sent.
const CLIENT_PACKET: &str = "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec\
     356c0bab7df5976d27cd449f63300099f3991c260ec4c60d17b31f8429157bb35a1282a643a8d2262cad67500cad\
     b8e7378c8eb7539ec4d4905fed1bee1fc8aafba17c750e2c7ace01e6005f80fcb7df621230c83711b39343fa028c\
     ea7f7fb5ff89eac2308249a02252155e2347b63d58c5457afd84d05dfffdb20392844ae812154682e9cf012f9021\
     a6f0be17ddd0c2084dce25ff9b06cde535d0f920a2db1bf362c23e596d11a4f5a6cf3948838a3aec4e15daf8500a\
     6ef69ec4e3feb6b1d98e610ac8b7ec3faf6ad760b7bad1db4ba3485e8a94dc250ae3fdb41ed15fb6a8e5eba0fc3d\
     d60bc8e30c5c4287e53805db059ae0648db2f64264ed5e39be2e20d82df566da8dd5998ccabdae053060ae6c7b43\
     78e846d29f37ed7b4ea9ec5d82e7961b7f25a9323851f681d582363aa5f89937f5a67258bf63ad6f1a0b1d96dbd4\
     faddfcefc5266ba6611722395c906556be52afe3f565636ad1b17d508b73d8743eeb524be22b3dcbc2c7468d5411\
     9c7468449a13d8e3b95811a198f3491de3e7fe942b330407abf82a4ed7c1b311663ac69890f4157015853d91e923\
     037c227a33cdd5ec281ca3f79c44546b9d90ca00f064c99e3dd97911d39fe9c5d0b23a229a234cb36186c4819e8b\
     9c5927726632291d6a418211cc2962e20fe47feb3edf330f2c603a9d48c0fcb5699dbfe5896425c5bac4aee82e57\
     a85aaf4e2513e4f05796b07ba2ee47d80506f8d2c25e50fd14de71e6c418559302f939b0e1abd576f279c4b2e0fe\
     b85c1f28ff18f58891ffef132eef2fa09346aee33c28eb130ff28f5b766953334113211996d20011a198e3fc433f\
     9f2541010ae17c1bf202580f6047472fb36857fe843b19f5984009ddc324044e847a4f4a0ab34f719595de37252d\
     6235365e9b84392b061085349d73203a4a13e96f5432ec0fd4a1ee65accdd5e3904df54c1da510b0ff20dcc0c77f\
     cb2c0e0eb605cb0504db87632cf3d8b4dae6e705769d1de354270123cb11450efc60ac47683d7b8d0f811365565f\
     d98c4c8eb936bcab8d069fc33bd801b03adea2e1fbc5aa463d08ca19896d2bf59a071b851e6c239052172f296bfb\
     5e72404790a2181014f3b94a4e97d117b438130368cc39dbb2d198065ae3986547926cd2162f40a29f0c3c8745c0\
     f50fba3852e566d44575c29d39a03f0cda721984b6f440591f355e12d439ff150aab7613499dbd49adabc8676eef\
     023b15b65bfc5ca06948109f23f350db82123535eb8a7433bdabcb909271a6ecbcb58b936a88cd4e8f2e6ff58001\
     75f113253d8fa9ca8885c2f552e657dc603f252e1a8e308f76f0be79e2fb8f5d5fbbe2e30ecadd220723c8c0aea8\
     078cdfcb3868263ff8f0940054da48781893a7e49ad5aff4af300cd804a6b6279ab3ff3afb64491c85194aab760d\
     58a606654f9f4400e8b38591356fbf6425aca26dc85244259ff2b19c41b9f96f3ca9ec1dde434da7d2d392b905dd\
     f3d1f9af93d1af5950bd493f5aa731b4056df31bd267b6b90a079831aaf579be0a39013137aac6d404f518cfd468\
     40647e78bfe706ca4cf5e9c5453e9f7cfd2b8b4c8d169a44e55c88d4a9a7f9474241e221af44860018ab0856972e\
     194cd934";

/// RFC 9001 §A.3: ACK and CRYPTO frames.
const SERVER_FRAMES: &str = "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a\
     1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da\
     1a002b00020304";

/// RFC 9001 §A.3: the packet as it is sent.
const SERVER_PACKET: &str = "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c6979755478\
     0bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562b\
     fb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee";

/// A packet before protection: `header` ends with the packet number in its `number_len` bytes.
struct Packet {
    header: Vec<u8>,
    number: u64,
    number_len: usize,
    payload: Vec<u8>,
}

/// The mask of header protection over `sample` (RFC 9001 §5.4).
fn mask(secret: &TrafficSecret<RingHash>, algorithm: AeadAlgorithm, sample: &[u8]) -> [u8; 5] {
    let kind = match algorithm {
        AeadAlgorithm::Aes128Gcm => &AES_128,
        AeadAlgorithm::ChaCha20Poly1305 => &CHACHA20,
        _ => panic!("not in the appendix"),
    };
    let key = secret.header_protection_key(algorithm).unwrap();
    HeaderProtectionKey::new(kind, key.as_bytes()).unwrap().new_mask(sample).unwrap()
}

/// Masks the first byte and the packet number, which begins at `at` (RFC 9001 §5.4.1).
fn mask_header(packet: &mut [u8], at: usize, number_len: usize, mask: [u8; 5]) {
    packet[0] ^= mask[0] & if packet[0] & 0x80 == 0 { 0x1f } else { 0x0f };
    packet[at..at + number_len].iter_mut().zip(&mask[1..]).for_each(|(byte, mask)| *byte ^= mask);
}

/// RFC 9001 §5.3.
fn nonce(iv: [u8; 12], number: u64) -> [u8; 12] {
    let mut nonce = iv;
    nonce[4..].iter_mut().zip(number.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
    nonce
}

/// Protects `packet` and takes the protection off again; `steps` are sample and mask.
fn check(
    secret: &TrafficSecret<RingHash>,
    algorithm: AeadAlgorithm,
    packet: &Packet,
    steps: [&str; 2],
    expected: &str,
) {
    let Packet { header, number, number_len, payload } = packet;
    let keys = secret.keys(algorithm);
    let key = Key::new(algorithm, keys.key()).unwrap();
    let nonce = nonce(keys.iv(), *number);
    let mut sealed = vec![0; payload.len() + 16];
    key.seal(&nonce, header, payload, b"", &mut sealed).unwrap();
    let mut bytes = [&header[..], &sealed].concat();
    // RFC 9001 §5.4.2: as if the packet number had four bytes.
    let at = header.len() - number_len;
    let sample = bytes[at + 4..][..16].to_vec();
    assert_eq!(to_hex(&sample), steps[0]);
    assert_eq!(to_hex(&mask(secret, algorithm, &sample)), steps[1]);
    mask_header(&mut bytes, at, *number_len, mask(secret, algorithm, &sample));
    assert_eq!(to_hex(&bytes), expected);

    let sample = bytes[at + 4..][..16].to_vec();
    mask_header(&mut bytes, at, *number_len, mask(secret, algorithm, &sample));
    let (received, sealed) = bytes.split_at_mut(header.len());
    assert_eq!(received, header);
    assert_eq!(key.open_in_place(&nonce, header, sealed).unwrap(), payload);
}

#[test]
fn client_initial() {
    // RFC 9001 §A.2.
    let initial = QuicInitial::<RingHash>::new(QuicVersion::V1, &hex(CONNECTION_ID));
    let mut payload = hex(CLIENT_CRYPTO);
    payload.resize(1162, 0);
    let header = hex("c300000001088394c8f03e5157080000449e00000002");
    let packet = Packet { header, number: 2, number_len: 4, payload };
    let steps = ["d1b1c98dd7689fb8ec11d242b123dc9b", "437b9aec36"];
    check(initial.client(), AeadAlgorithm::Aes128Gcm, &packet, steps, CLIENT_PACKET);
}

#[test]
fn server_initial() {
    // RFC 9001 §A.3.
    let initial = QuicInitial::<RingHash>::new(QuicVersion::V1, &hex(CONNECTION_ID));
    let header = hex("c1000000010008f067a5502a4262b50040750001");
    let packet = Packet { header, number: 1, number_len: 2, payload: hex(SERVER_FRAMES) };
    let steps = ["2cd0991cd25b0aac406a5816b6394100", "2ec0d8356a"];
    check(initial.server(), AeadAlgorithm::Aes128Gcm, &packet, steps, SERVER_PACKET);
}

#[test]
fn chacha20_poly1305_short_header() {
    // RFC 9001 §A.5.
    let secret = hex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
    let secret =
        TrafficSecret::<RingHash>::dangerous_from_slice(Sha256, LabelSet::QuicV1, &secret).unwrap();
    let packet =
        Packet { header: hex("4200bff4"), number: 654_360_564, number_len: 3, payload: vec![1] };
    let steps = ["5e5cd55c41f69080575d7999c25a5bfb", "aefefe7d03"];
    let expected = "4cfe4189655e5cd55c41f69080575d7999c25a5bfb";
    check(&secret, AeadAlgorithm::ChaCha20Poly1305, &packet, steps, expected);
}

#[test]
fn retry() {
    // The secrets behind the fixed keys of the integrity tag: RFC 9001 §5.8, RFC 9369 §3.3.3.
    let check = |labels, secret: &str, [key, iv]: [&str; 2], packet: &str| {
        let secret =
            TrafficSecret::<RingHash>::dangerous_from_slice(Sha256, labels, &hex(secret)).unwrap();
        let keys = secret.keys(AeadAlgorithm::Aes128Gcm);
        assert_eq!([to_hex(keys.key()), to_hex(&keys.iv())], [key, iv]);

        // The tag is over the client's connection ID, its length before it, and the packet.
        let packet = hex(packet);
        let (retry, tag) = packet.split_at(packet.len() - 16);
        let pseudo_packet = [&[8], &hex(CONNECTION_ID)[..], retry].concat();
        let key = Key::new(AeadAlgorithm::Aes128Gcm, keys.key()).unwrap();
        let made = key.seal_in_place(&keys.iv(), &pseudo_packet, &mut []).unwrap();
        assert_eq!(to_hex(&made), to_hex(tag));
    };
    // RFC 9001 §A.4.
    check(
        LabelSet::QuicV1,
        "d9c9943e6101fd200021506bcc02814c73030f25c79d71ce876eca876e6fca8e",
        ["be0c690b9f66575a1d766b54e368c84e", "461599d35d632bf2239825bb"],
        "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba",
    );
    // RFC 9369 §A.4.
    check(
        LabelSet::QuicV2,
        "c4dd2484d681aefa4ff4d69c2c20299984a765a5d3c31982f38fc74162155e9f",
        ["8fb4b01b56ac48e260fbcbcead7ccc92", "d86969bc2d7c6d9990efb04a"],
        "cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6",
    );
}
