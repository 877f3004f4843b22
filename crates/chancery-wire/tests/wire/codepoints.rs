//! Numbers and their names.

use std::collections::HashSet;

use chancery_wire::{
    AlertDescription, CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion,
    SignatureScheme, is_grease,
};

#[test]
fn names_are_ianas() {
    assert_eq!(CipherSuite::TLS_AES_128_GCM_SHA256.to_string(), "TLS_AES_128_GCM_SHA256");
    assert_eq!(NamedGroup(0x001d).to_string(), "x25519");
    assert_eq!(NamedGroup(0x11ec).to_string(), "X25519MLKEM768");
    assert_eq!(SignatureScheme(0x0403).to_string(), "ecdsa_secp256r1_sha256");
    assert_eq!(ExtensionType(51).to_string(), "key_share");
    assert_eq!(HandshakeType(8).to_string(), "encrypted_extensions");
    assert_eq!(AlertDescription(120).to_string(), "no_application_protocol");
    assert_eq!(ProtocolVersion(0x0304).to_string(), "TLS 1.3");
}

#[test]
fn what_has_no_name_is_a_number() {
    assert_eq!(CipherSuite(0x1399).to_string(), "CipherSuite(0x1399)");
    assert_eq!(CipherSuite(0x8a8a).to_string(), "GREASE(0x8a8a)");
    assert_eq!(AlertDescription(222).to_string(), "AlertDescription(222)");
    // A byte is never GREASE of RFC 8701 §2's sixteen.
    assert_eq!(HandshakeType(0x0a).to_string(), "HandshakeType(10)");
    assert_eq!(format!("{:?}", ExtensionType(0)), "server_name");
}

/// RFC 8701 §2
#[test]
fn grease_is_sixteen_values() {
    let values: Vec<u16> = (0..=u16::MAX).filter(|v| is_grease(*v)).collect();
    let expected: Vec<u16> = (0..16).map(|i| 0x0a0a + i * 0x1010).collect();
    assert_eq!(values, expected);
}

#[test]
fn every_name_and_number_is_there_once() {
    fn check<T: Copy + Into<u32>>(named: &[T], name: impl Fn(T) -> Option<&'static str>) {
        let numbers: Vec<u32> = named.iter().map(|c| (*c).into()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let names: HashSet<_> = named.iter().map(|c| name(*c).unwrap()).collect();
        assert_eq!(names.len(), named.len());
    }
    macro_rules! check_all {
        ($($registry:ty as $int:ty),*) => {
            $(check(
                &<$registry>::NAMED.iter().map(|c| <$int>::from(*c)).collect::<Vec<_>>(),
                |c| <$registry>::from(c).name(),
            );)*
        };
    }
    check_all!(
        CipherSuite as u16,
        NamedGroup as u16,
        SignatureScheme as u16,
        ExtensionType as u16,
        ProtocolVersion as u16,
        AlertDescription as u8,
        HandshakeType as u8
    );
}
