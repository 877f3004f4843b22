//! RFC 9258. It prints no vectors; what is expected here comes from *ring*'s own HKDF, put together
//! by hand from the RFC's definitions.

use chancery_crypto::HashAlgorithm::{Sha256, Sha384};
use chancery_key_schedule::{ImportedIdentity, KeyScheduleError::WrongLength, TargetProtocol};
use ring::{digest, hkdf};

use crate::provider::{RingHash, to_hex};

struct Len(usize);

impl hkdf::KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-Expand-Label(HKDF-Extract(0, epsk), "derived psk", Hash(identity), len).
fn expected(
    hash: (hkdf::Algorithm, &'static digest::Algorithm),
    epsk: &[u8],
    identity: &[u8],
    len: u8,
) -> Vec<u8> {
    let zeros = vec![0; hash.1.output_len()];
    let identity = digest::digest(hash.1, identity);
    let info: &[&[u8]] = &[
        &[0, len, 17],
        b"tls13 derived psk",
        &[u8::try_from(hash.1.output_len()).unwrap()],
        identity.as_ref(),
    ];
    let mut output = vec![0; usize::from(len)];
    hkdf::Salt::new(hash.0, &zeros)
        .extract(epsk)
        .expand(info, Len(usize::from(len)))
        .unwrap()
        .fill(&mut output)
        .unwrap();
    output
}

#[test]
fn identities_and_keys() {
    let epsk = b"a key agreed on long ago";
    let sha256 = (hkdf::HKDF_SHA256, &digest::SHA256);
    let sha384 = (hkdf::HKDF_SHA384, &digest::SHA384);
    // RFC 9258 §5.1: identity, context, protocol, KDF.
    for (protocol, target, written) in [
        (TargetProtocol::Tls13, Sha256, "0002696400076374787c6374780304 0001"),
        (TargetProtocol::Tls13, Sha384, "0002696400076374787c6374780304 0002"),
        (TargetProtocol::Dtls13, Sha256, "0002696400076374787c637478fefc 0001"),
    ] {
        let identity = ImportedIdentity::new(b"id", b"ctx|ctx", protocol, target).unwrap();
        let mut bytes = vec![0; identity.encoded_len()];
        assert_eq!(identity.write(&mut bytes), Ok(bytes.len()));
        assert_eq!(to_hex(&bytes), written.replace(' ', ""));
        let parsed = ImportedIdentity::parse(&bytes).unwrap();
        assert_eq!(parsed, identity);
        assert_eq!((parsed.external_identity(), parsed.hash()), (&b"id"[..], target));
        let short = bytes.len() - 1;
        assert_eq!(identity.write(&mut bytes[..short]), Err(WrongLength));
        identity.write(&mut bytes).unwrap();

        // The external key's own hash is used throughout, the target's only for the length.
        let len = u8::try_from(target.output_len()).unwrap();
        let psk = identity.import::<RingHash>(Sha256, epsk).unwrap();
        assert_eq!(psk.as_bytes(), expected(sha256, epsk, &bytes, len));
        let psk = identity.import::<RingHash>(Sha384, epsk).unwrap();
        assert_eq!(psk.as_bytes(), expected(sha384, epsk, &bytes, len));
    }
}

#[test]
fn other_bytes_are_no_identity() {
    let good = b"\0\x02id\0\x03ctx\x03\x04\0\x01";
    assert!(ImportedIdentity::parse(good).is_some());
    for len in 0..good.len() {
        assert!(ImportedIdentity::parse(&good[..len]).is_none());
    }
    assert!(ImportedIdentity::parse(&[&good[..], &[0]].concat()).is_none());
    // RFC 9258 §5.1: the identity has a byte at least.
    assert!(ImportedIdentity::parse(b"\0\0\0\x03ctx\x03\x04\0\x01").is_none());
    assert!(ImportedIdentity::parse(b"\0\x02id\0\x03ctx\x03\x03\0\x01").is_none(), "TLS 1.2");
    assert!(ImportedIdentity::parse(b"\0\x02id\0\x03ctx\x03\x04\0\x03").is_none(), "no such KDF");
    // Whatever parses is written the same.
    for byte in 0..good.len() {
        for value in 0..=255 {
            let mut altered = *good;
            altered[byte] = value;
            if let Some(identity) = ImportedIdentity::parse(&altered) {
                let mut written = vec![0; identity.encoded_len()];
                identity.write(&mut written).unwrap();
                assert_eq!(written, altered);
            }
        }
    }
}

#[test]
fn identities_that_cannot_be_sent() {
    // RFC 9258 §5.1: external_identity<1...2^16-1>, and all of it within 2^16 - 1 bytes.
    let identity = |identity: &[u8], context: &[u8]| {
        ImportedIdentity::new(identity, context, TargetProtocol::Tls13, Sha256).map(|_| ())
    };
    assert_eq!(identity(b"", b"context"), Err(WrongLength));
    assert_eq!(identity(b"x", b""), Ok(()));
    assert_eq!(identity(&[1; 65_535 - 8], b""), Ok(()));
    assert_eq!(identity(&[1; 65_535 - 7], b""), Err(WrongLength));
    assert_eq!(identity(b"x", &[1; 65_535 - 9]), Ok(()));
    assert_eq!(identity(b"x", &[1; 65_535 - 8]), Err(WrongLength));
    assert_eq!(identity(b"x", &[1; 70_000]), Err(WrongLength));
}
