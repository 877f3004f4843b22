//! DTLS 1.3 with SHA-384, for which no RFC prints vectors: what is expected was computed apart from this
//! code, by HMAC and the definitions of RFC 5869, RFC 8446 §7.1 and RFC 9147 §5.9.

use chancery_crypto::{AeadAlgorithm, HashAlgorithm::Sha384};
use chancery_key_schedule::{Early, LabelSet::Dtls13, PskKind, Transcript, TranscriptHash};

use crate::provider::{RingHash, to_hex};

fn transcript(messages: &[u8]) -> TranscriptHash {
    Transcript::<RingHash>::new(Sha384).hash_with(messages)
}

#[test]
fn every_stage() {
    let early = || Early::<RingHash>::with_psk(Sha384, Dtls13, b"an external key");
    let check = |bytes: &[u8], expected: &str| assert_eq!(to_hex(bytes), expected);
    for (kind, expected) in [
        (
            PskKind::External,
            "1b12dc67305b7cb3a5a943c721dbb82d8569c761855dd8e40423b3b53516e90611a4ccaf18beb026d0bc877c50\
     b2c0aa",
        ),
        (
            PskKind::Resumption,
            "0c6afa7d01f52473e0461591605a391b77ee60f5dc1c39737c4bc07d0068c29eaddae2a5b9590b360b677bceac\
     d5fac0",
        ),
        (
            PskKind::Imported,
            "94cf07f59319e6a7922169c2f47d75cd03664fb5437b54c943445f161dc4ed6c15fbe5b8116a2965573dfd5327\
     5a4c60",
        ),
    ] {
        let truncated = transcript(b"truncated");
        check(early().binder_key(kind).binder(&truncated).as_bytes(), expected);
    }
    let hello = transcript(b"hello");
    check(
        early().client_traffic(&hello).dangerous_as_bytes(),
        "2d1fc6d4bc966a8ab7601b5bfd13c37d2998f7719f9c4546b6d67a757fc846eddab5e0294a53155b128a562d32\
     47884f",
    );
    let mut exported = [0; 20];
    early().exporter(&hello).export(b"label", b"context", &mut exported).unwrap();
    check(&exported, "9075851bcdcb4acb561b2abe2972346c107298dd");
    let handshake = early().into_handshake(&[7; 32]);
    let client = handshake.client_traffic(&transcript(b"hellos"));
    check(
        client.dangerous_as_bytes(),
        "1c4121d10646ae75a73e497244db49c1c99a2f0d712663802c2ff4b59048bf5c233b50434a4ef48e44d71b26a8\
     e08298",
    );
    let master = handshake.into_master();
    let all = transcript(b"all");
    let server = master.server_traffic(&all);
    let aead = AeadAlgorithm::Aes256Gcm;
    check(
        server.keys(aead).key(),
        "00c0812cedfcd8e9ac63893a8548230045da1383341ca2336bfd58ccb10f5349",
    );
    check(&server.keys(aead).iv(), "bc508b7defe5e18f35dc3268");
    // RFC 9147 §4.2.3: the key of record numbers.
    let numbers = server.header_protection_key(aead).unwrap();
    check(numbers.as_bytes(), "4b7494ffcb3799e0601625b666e5c5aae15e873c6d1872e41b79ca83cd942b76");
    check(
        server.next().dangerous_as_bytes(),
        "9ec4ebf949fb93993552cd0bb5b722aa58acfd6f6fef8d2917268495b7c78af7658be434540025da9a9572b35b\
     cd7179",
    );
    master.exporter(&all).export(b"label", b"context", &mut exported).unwrap();
    check(&exported, "0751bb078ee4eeca1433ff2792f72bac0ab7da55");
    let psk = master.resumption(&all).ticket_psk(&[1, 2]).unwrap();
    check(
        psk.as_bytes(),
        "a8f33bab3a7f81585ab7aed3ac8926ee6c319c3bc1ccfec4760269e846a8ff7572285c94867f709c7fb29601e0\
     390ac4",
    );

    // RFC 8446 §2.2: a PSK without (EC)DHE.
    let server = early().into_handshake_without_exchange().server_traffic(&transcript(b"hellos"));
    check(
        server.dangerous_as_bytes(),
        "8b757cc4bdf3b9d847fb345998f61830e87dec94be1d293acc4d874605480724020f6b66477682138770e82917\
     f6437c",
    );
}
