//! RFC 8448 §3, the simple 1-RTT handshake: every secret of the trace.

use chancery_crypto::{AeadAlgorithm, HashAlgorithm::Sha256};
use chancery_key_schedule::{Early, KeyScheduleError, LabelSet::Tls13, Transcript, TranscriptHash};

use crate::provider::{RingHash, hex, to_hex};

const CLIENT_HELLO: &str = "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113\
     031302010000910000000b0009000006736572766572ff01000100000a00140012001d001700180019010001\
     0101020103010400230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae\
     4d5413691e529aaf2c002b0003020304000d0020001e04030503060302030804080508060401050106010201\
     0402050206020202002d00020101001c00024001";
const SERVER_HELLO: &str = "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e\
     00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b0002\
     0304";
const ENCRYPTED_EXTENSIONS: &str =
    "080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000";
const CERTIFICATE: &str = "0b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01010b0500300e\
     310c300a06035504031303727361301e170d3136303733303031323335395a170d3236303733303031323335\
     395a300e310c300a0603550403130372736130819f300d06092a864886f70d010101050003818d0030818902\
     818100b4bb498f8279303d980836399b36c6988c0c68de55e1bdb826d3901a2461eafd2de49a91d015abbc9a\
     95137ace6c1af19eaa6af98c7ced43120998e187a80ee0ccb0524b1b018c3e0b63264d449a6d38e22a5fda43\
     0846748030530ef0461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f02\
     03010001a31a301830090603551d1304023000300b0603551d0f0404030205a0300d06092a864886f70d0101\
     0b05000381810085aad2a0e5b9276b908c65f73a7267170618a54c5f8a7b337d2df7a594365417f2eae8f8a5\
     8c8f8172f9319cf36b7fd6c55b80f21a03015156726096fd335e5e67f2dbf102702e608ccae6bec1fc63a42a\
     99be5c3eb7107c3c54e9b9eb2bd5203b1c3b84e0a8b2f759409ba3eac9d91d402dcc0cc8f8961229ac9187b4\
     2b4de10000";
const CERTIFICATE_VERIFY: &str = "0f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b0b7abc90\
     db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee511f602957b15411ac\
     027671459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be152a3da5043e063dda65cdf5aea20d53dfac\
     d42f74f3";
const SERVER_FINISHED: &str =
    "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";

/// What the trace calls the IKM of the handshake secret.
const SHARED_SECRET: &str = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";

fn transcript(messages: &[&str]) -> TranscriptHash {
    let mut transcript = Transcript::<RingHash>::new(Sha256);
    messages.iter().for_each(|message| transcript.update(&hex(message)));
    transcript.hash()
}

fn check(bytes: &[u8], expected: &str) {
    assert_eq!(to_hex(bytes), expected);
}

#[test]
fn handshake_traffic() {
    let hello = transcript(&[CLIENT_HELLO, SERVER_HELLO]);
    check(hello.as_bytes(), "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    let handshake =
        Early::<RingHash>::without_psk(Sha256, Tls13).into_handshake(&hex(SHARED_SECRET));

    let client = handshake.client_traffic(&hello);
    check(
        client.dangerous_as_bytes(),
        "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
    );
    let keys = client.keys(AeadAlgorithm::Aes128Gcm);
    check(keys.key(), "dbfaa693d1762c5b666af5d950258d01");
    check(&keys.iv(), "5bd3c71b836e0b76bb73265f");

    let server = handshake.server_traffic(&hello);
    check(
        server.dangerous_as_bytes(),
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
    );
    let keys = server.keys(AeadAlgorithm::Aes128Gcm);
    check(keys.key(), "3fce516009c21727d0f2e4e86ee403bc");
    check(&keys.iv(), "5d313eb2671276ee13000b30");
    assert!(server.header_protection_key(AeadAlgorithm::Aes128Gcm).is_none());
}

#[test]
fn server_finished() {
    let hello = transcript(&[CLIENT_HELLO, SERVER_HELLO]);
    let server = Early::<RingHash>::without_psk(Sha256, Tls13)
        .into_handshake(&hex(SHARED_SECRET))
        .server_traffic(&hello);
    let before = transcript(&[
        CLIENT_HELLO,
        SERVER_HELLO,
        ENCRYPTED_EXTENSIONS,
        CERTIFICATE,
        CERTIFICATE_VERIFY,
    ]);
    let received = hex(&SERVER_FINISHED[8..]);
    check(server.verify_data(&before).as_bytes(), &SERVER_FINISHED[8..]);
    assert_eq!(server.check_verify_data(&before, &received), Ok(()));

    // RFC 8446 §4.4.4: any other verify_data is refused, wherever it differs.
    for byte in 0..received.len() {
        for bit in 0..8 {
            let mut altered = received.clone();
            altered[byte] ^= 1 << bit;
            assert_eq!(
                server.check_verify_data(&before, &altered),
                Err(KeyScheduleError::VerifyDataMismatch)
            );
        }
    }
    for wrong in [&received[..31], &[&received[..], &[0]].concat(), &[]] {
        assert_eq!(
            server.check_verify_data(&before, wrong),
            Err(KeyScheduleError::VerifyDataMismatch)
        );
    }
    assert_eq!(
        server.check_verify_data(&hello, &received),
        Err(KeyScheduleError::VerifyDataMismatch)
    );
}

#[test]
fn application_traffic_exporter_and_resumption() {
    let mut running = Transcript::<RingHash>::new(Sha256);
    for message in [
        CLIENT_HELLO,
        SERVER_HELLO,
        ENCRYPTED_EXTENSIONS,
        CERTIFICATE,
        CERTIFICATE_VERIFY,
        SERVER_FINISHED,
    ] {
        running.update(&hex(message));
    }
    let finished = running.hash();
    check(finished.as_bytes(), "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");

    let hello = transcript(&[CLIENT_HELLO, SERVER_HELLO]);
    let handshake =
        Early::<RingHash>::without_psk(Sha256, Tls13).into_handshake(&hex(SHARED_SECRET));
    let client_finished = handshake.client_traffic(&hello).verify_data(&finished);
    check(
        client_finished.as_bytes(),
        "a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61",
    );
    let master = handshake.into_master();

    let client = master.client_traffic(&finished);
    check(
        client.dangerous_as_bytes(),
        "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
    );
    check(client.keys(AeadAlgorithm::Aes128Gcm).key(), "17422dda596ed5d9acd890e3c63f5051");
    check(&client.keys(AeadAlgorithm::Aes128Gcm).iv(), "5b78923dee08579033e523d9");

    let server = master.server_traffic(&finished);
    check(
        server.dangerous_as_bytes(),
        "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
    );
    check(server.keys(AeadAlgorithm::Aes128Gcm).key(), "9f02283b6c9c07efc26bb9f2ac92e356");
    check(&server.keys(AeadAlgorithm::Aes128Gcm).iv(), "cf782b88dd83549aadf1e984");

    check(
        master.exporter(&finished).dangerous_as_bytes(),
        "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50",
    );

    running.update(&[&[20, 0, 0, 32], client_finished.as_bytes()].concat());
    let psk = master.resumption(&running.hash()).ticket_psk(&[0, 0]).unwrap();
    check(psk.as_bytes(), "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
}
