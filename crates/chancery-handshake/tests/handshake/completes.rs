//! Handshakes that go well.

use chancery_handshake::{
    CertificateTimestamps, ClientAuthentication, HelloPadding, MiddleboxCompatibility,
    OcspStapling, Suite,
};
use chancery_ring::KeyType;
use chancery_wire::{HandshakeType, KeyUpdateRequest, NamedGroup};

use crate::pair::{CURVE25519, Cut, From, HYBRID, Identity, P256, P384, Pair};

#[test]
fn messages_come_in_the_order_of_rfc_8446_section_2() {
    use HandshakeType as T;

    let outcome = Pair::new().run();
    outcome.assert_complete();
    // RFC 8446 §D.4: change_cipher_spec, here None, behind ServerHello and before the client's
    // second flight.
    let expected = [
        (From::Client, Some(T::CLIENT_HELLO)),
        (From::Server, Some(T::SERVER_HELLO)),
        (From::Server, None),
        (From::Server, Some(T::ENCRYPTED_EXTENSIONS)),
        (From::Server, Some(T::CERTIFICATE)),
        (From::Server, Some(T::CERTIFICATE_VERIFY)),
        (From::Server, Some(T::FINISHED)),
        (From::Client, None),
        (From::Client, Some(T::FINISHED)),
    ];
    assert_eq!(outcome.messages, expected);
    let negotiated = outcome.client.negotiated().unwrap();
    assert_eq!(negotiated, outcome.server.negotiated().unwrap());
    assert_eq!(negotiated.suite(), Suite::Aes128GcmSha256);
    assert_eq!(negotiated.group(), NamedGroup::X25519);
    assert_eq!(negotiated.server_name(), Some("example.com"));
    assert_eq!(negotiated.application_protocol(), None);
    assert!(!negotiated.is_retried() && !negotiated.is_resumed());
}

#[test]
fn every_suite() {
    for suite in Suite::ALL {
        let mut pair = Pair::new();
        pair.server_config.suites = vec![suite];
        let outcome = pair.run();
        outcome.assert_complete();
        assert_eq!(outcome.client.negotiated().unwrap().suite(), suite);
    }
}

#[test]
fn every_group() {
    for group in [HYBRID, CURVE25519, P256, P384] {
        let mut pair = Pair::new();
        pair.client_config.groups = vec![HYBRID, CURVE25519, P256, P384];
        pair.client_config.key_shares = vec![group.name()];
        pair.server_config.groups = vec![group];
        let outcome = pair.run();
        outcome.assert_complete();
        assert_eq!(outcome.client.negotiated().unwrap().group(), group.name());
    }
}

#[test]
fn every_kind_of_key_on_either_side() {
    let identities: [fn() -> Identity; 4] = [
        || Identity::new(KeyType::EcdsaP256),
        || Identity::new(KeyType::EcdsaP384),
        || Identity::new(KeyType::Ed25519),
        Identity::rsa,
    ];
    for identity in identities {
        let mut pair = Pair::new();
        pair.server_identity = identity();
        pair.client_identity = Some(identity());
        pair.client_authentication = ClientAuthentication::Required { authorities: vec![] };
        pair.run().assert_complete();
    }
}

#[test]
fn a_hello_retry_request_brings_the_other_group() {
    use HandshakeType as T;

    for cookie in [None, Some(b"crumbs".to_vec())] {
        let mut pair = Pair::new();
        pair.server_config.groups = vec![P384];
        pair.cookie = cookie;
        let outcome = pair.run();
        outcome.assert_complete();
        // RFC 8446 §D.4 with a HelloRetryRequest, which is a ServerHello on the wire.
        let expected = [
            (From::Client, Some(T::CLIENT_HELLO)),
            (From::Server, Some(T::SERVER_HELLO)),
            (From::Server, None),
            (From::Client, None),
            (From::Client, Some(T::CLIENT_HELLO)),
            (From::Server, Some(T::SERVER_HELLO)),
            (From::Server, Some(T::ENCRYPTED_EXTENSIONS)),
        ];
        assert_eq!(outcome.messages[..7], expected);
        let negotiated = outcome.client.negotiated().unwrap();
        assert_eq!(negotiated.group(), NamedGroup::SECP384R1);
        assert!(negotiated.is_retried());
    }
}

#[test]
fn a_client_without_shares_is_asked_for_one() {
    let mut pair = Pair::new();
    pair.client_config.key_shares.clear();
    let outcome = pair.run();
    outcome.assert_complete();
    assert!(outcome.client.negotiated().unwrap().is_retried());
}

#[test]
fn without_middlebox_compatibility_nothing_looks_like_tls_1_2() {
    for groups in [vec![CURVE25519], vec![P256]] {
        let mut pair = Pair::new();
        pair.client_config.middlebox_compatibility = MiddleboxCompatibility::Off;
        pair.server_config.groups = groups;
        let outcome = pair.run();
        outcome.assert_complete();
        assert!(outcome.messages.iter().all(|(_, message)| message.is_some()));
    }
}

#[test]
fn records_may_be_cut_anywhere() {
    for cut in [Cut::Messages, Cut::Flights, Cut::Bytes] {
        let mut pair = Pair::new();
        pair.cut = cut;
        pair.server_config.groups = vec![P256];
        pair.client_identity = Some(Identity::new(KeyType::Ed25519));
        pair.client_authentication = ClientAuthentication::Required { authorities: vec![] };
        pair.run().assert_complete();
    }
}

#[test]
fn the_servers_first_common_protocol_is_spoken() {
    let check = |client: &[&str], server: &[&str], expected: Option<&str>| {
        let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut pair = Pair::new();
        pair.client_config.application_protocols = names(client);
        pair.server_protocols = names(server);
        let outcome = pair.run();
        outcome.assert_complete();
        let negotiated = outcome.client.negotiated().unwrap();
        assert_eq!(negotiated.application_protocol(), expected.map(str::as_bytes));
        assert_eq!(negotiated, outcome.server.negotiated().unwrap());
    };
    check(&["http/1.1", "h2"], &["h2", "http/1.1"], Some("h2"));
    check(&["http/1.1"], &["h2", "http/1.1"], Some("http/1.1"));
    check(&[], &["h2"], None);
    check(&["h2"], &[], None);
}

#[test]
fn client_authentication_may_be_declined_where_it_is_optional() {
    let authorities = vec![b"\x30\x00".to_vec()];
    let mut pair = Pair::new();
    pair.client_authentication = ClientAuthentication::Optional { authorities };
    let outcome = pair.run();
    outcome.assert_complete();
    let certificates = (From::Client, Some(HandshakeType::CERTIFICATE));
    assert!(outcome.messages.contains(&certificates));
    let verify = (From::Client, Some(HandshakeType::CERTIFICATE_VERIFY));
    assert!(!outcome.messages.contains(&verify));
}

#[test]
fn ip_addresses_and_names_with_a_dot_at_the_end() {
    let check = |name: &'static str, expected: Option<&str>| {
        let mut pair = Pair::new();
        pair.server_name = name.try_into().unwrap();
        let outcome = pair.run();
        outcome.assert_complete();
        assert_eq!(outcome.server.negotiated().unwrap().server_name(), expected);
    };
    // RFC 6066 §3
    check("192.0.2.1", None);
    check("example.com.", Some("example.com"));
}

#[test]
fn padding_brings_the_hello_to_512_bytes() {
    // RFC 7685 §1
    let mut pair = Pair::new();
    pair.client_config.hello_padding = HelloPadding::To512;
    pair.client_config.application_protocols = vec![vec![b'x'; 100]];
    pair.meddler = Box::new(|_, kind, bytes| {
        if kind == HandshakeType::CLIENT_HELLO {
            assert_eq!(bytes.len(), 512);
        }
    });
    pair.run().assert_complete();
}

#[test]
fn keys_are_updated_and_updates_answered() {
    // RFC 8446 §4.6.3
    let mut outcome = Pair::new().run();
    outcome.assert_complete();
    let before = outcome.messages.len();
    outcome.client.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
    Pair::new().exchange(&mut outcome);
    outcome.assert_complete();
    let update = Some(HandshakeType::KEY_UPDATE);
    assert_eq!(outcome.messages[before..], [(From::Client, update), (From::Server, update)]);

    outcome.server.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED).unwrap();
    Pair::new().exchange(&mut outcome);
    outcome.assert_complete();
    assert_eq!(outcome.messages[before + 2..], [(From::Server, update)]);
}

#[test]
fn ocsp_responses_are_stapled_where_the_client_asks() {
    // RFC 8446 §4.4.2.1
    let response = b"response".to_vec();
    let check = |stapling, ours: &[u8], seen: &[u8]| {
        let mut pair = Pair::new();
        pair.client_config.ocsp_stapling = stapling;
        pair.stapled = (ours.to_vec(), seen.to_vec());
        pair.run().assert_complete();
    };
    check(OcspStapling::On, &response, &response);
    check(OcspStapling::On, &[], &[]);
    check(OcspStapling::Off, &response, &[]);
}

#[test]
fn timestamps_are_sent_where_the_client_asks() {
    // RFC 6962 §3.3, RFC 8446 §4.4.2.1
    let ours = [b"one".to_vec(), b"other".to_vec()];
    let list = b"\0\x0c\0\x03one\0\x05other";
    let check = |asks, ours: &[Vec<u8>], seen: &[u8], staple: &[u8]| {
        let mut pair = Pair::new();
        pair.client_config.certificate_timestamps = asks;
        pair.client_config.ocsp_stapling = OcspStapling::On;
        pair.timestamps = (ours.to_vec(), seen.to_vec());
        pair.stapled = (staple.to_vec(), staple.to_vec());
        pair.run().assert_complete();
    };
    check(CertificateTimestamps::On, &ours, list, b"");
    check(CertificateTimestamps::On, &ours, list, b"response");
    check(CertificateTimestamps::On, &[], b"", b"");
    check(CertificateTimestamps::Off, &ours, b"", b"response");
}
