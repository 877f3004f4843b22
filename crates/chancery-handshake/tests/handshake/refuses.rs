//! What a peer, or somebody in between, can do wrong: each thing with the alert that answers it.

use chancery_handshake::{ClientAuthentication, Epoch, HandshakeError, Suite, Violation};
use chancery_ring::KeyType;
use chancery_wire::{
    AlertDescription as Alert, Body, CertificateVerify, Extension, ExtensionType, Extensions,
    HandshakeType as T, KeyShareEntry, List, Message, NamedGroup, ProtocolName, ProtocolVersion,
    SignatureScheme,
};

use crate::pair::{CURVE25519, Counter, From, Identity, Outcome, P256, P384, Pair};

/// Where fields stand in a ClientHello or ServerHello with a session ID of 32 bytes, after the
/// header of 4.
const VERSION: usize = 4;
const RANDOM: usize = 6;
const SESSION_ID: usize = 39;
/// Of a ServerHello.
const SUITE: usize = 71;
const COMPRESSION: usize = 73;

/// Changes the `nth` message of `kind` that `from` sends, and expects the other side to refuse it.
#[track_caller]
fn refused(
    mut pair: Pair,
    (from, kind, nth): (From, T, usize),
    change: impl Fn(&mut Vec<u8>) + 'static,
    expected: Violation,
    alert: Alert,
) {
    let mut seen = 0;
    pair.meddler = Box::new(move |sender, message, bytes| {
        if (sender, message) == (from, kind) {
            if seen == nth {
                change(bytes);
            }
            seen += 1;
        }
    });
    let outcome = pair.run();
    assert_refused(&outcome, from, expected, alert);
}

#[track_caller]
fn assert_refused(outcome: &Outcome, from: From, expected: Violation, alert: Alert) {
    let (end, state) = match from {
        From::Client => (&outcome.server_end, outcome.server.state()),
        From::Server => (&outcome.client_end, outcome.client.state()),
    };
    let error = end.error.expect("it is refused");
    assert_eq!(error, HandshakeError::Violation(expected));
    assert_eq!(error.alert(), alert, "{expected}");
    assert!(!end.complete);
    assert_eq!(state, "Failed");
    assert!(expected.to_string().ends_with(&format!("({})", expected.section())));
}

/// Changes the extensions of a message.
fn extensions(bytes: &mut Vec<u8>, change: impl for<'a> FnOnce(&mut Vec<Extension<'a>>)) {
    fn changed<'a>(
        old: Extensions<'a>,
        change: impl FnOnce(&mut Vec<Extension<'a>>),
    ) -> Vec<Extension<'a>> {
        let mut list = old.into_iter().collect();
        change(&mut list);
        list
    }
    let mut body = Message::decode(bytes).unwrap().body;
    let mut out = Vec::new();
    macro_rules! apply {
        ($message:ident) => {{
            let list = changed($message.extensions, change);
            $message.extensions = Extensions::from(list.as_slice());
            body.encode(&mut out).unwrap();
        }};
    }
    match &mut body {
        Body::ClientHello(m) => apply!(m),
        Body::ServerHello(m) => apply!(m),
        Body::HelloRetryRequest(m) => apply!(m),
        Body::EncryptedExtensions(m) => apply!(m),
        Body::CertificateRequest(m) => apply!(m),
        other => panic!("{:?} has no extensions", other.msg_type()),
    }
    *bytes = out;
}

fn without(kind: ExtensionType) -> impl Fn(&mut Vec<u8>) {
    move |bytes| extensions(bytes, |list| list.retain(|e| e.extension_type() != kind))
}

fn with(extra: Extension<'static>) -> impl Fn(&mut Vec<u8>) {
    move |bytes| extensions(bytes, |list| list.push(extra))
}

fn instead(replacement: Extension<'static>) -> impl Fn(&mut Vec<u8>) {
    move |bytes| {
        extensions(bytes, |list| {
            for extension in list {
                if extension.extension_type() == replacement.extension_type() {
                    *extension = replacement;
                }
            }
        });
    }
}

const UNKNOWN: ExtensionType = ExtensionType(0xabcd);

/// A server that needs a HelloRetryRequest.
fn retried() -> Pair {
    let mut pair = Pair::new();
    pair.server_config.groups = vec![P256];
    pair
}

/// Both sides with certificates.
fn mutual() -> Pair {
    let mut pair = Pair::new();
    pair.client_identity = Some(Identity::new(KeyType::EcdsaP256));
    pair.client_authentication = ClientAuthentication::Required { authorities: vec![] };
    pair
}

const SERVER_HELLO: (From, T, usize) = (From::Server, T::SERVER_HELLO, 0);
const SECOND_SERVER_HELLO: (From, T, usize) = (From::Server, T::SERVER_HELLO, 1);
const CLIENT_HELLO: (From, T, usize) = (From::Client, T::CLIENT_HELLO, 0);
const SECOND_CLIENT_HELLO: (From, T, usize) = (From::Client, T::CLIENT_HELLO, 1);

#[track_caller]
fn illegal(
    pair: Pair,
    which: (From, T, usize),
    change: impl Fn(&mut Vec<u8>) + 'static,
    expected: Violation,
) {
    refused(pair, which, change, expected, Alert::ILLEGAL_PARAMETER);
}

#[test]
fn a_server_hello_that_does_not_answer_ours() {
    let check = |change: fn(&mut Vec<u8>), expected| {
        illegal(Pair::new(), SERVER_HELLO, change, expected);
    };
    // RFC 8446 §4.1.3
    check(|m| m[VERSION + 1] = 4, Violation::LegacyVersion);
    check(|m| m[SESSION_ID] ^= 1, Violation::SessionIdEcho);
    check(|m| m[SUITE + 1] = 4, Violation::CipherSuiteNotOffered);
    check(|m| m[COMPRESSION] = 1, Violation::CompressionMethod);
    // RFC 8446 §4.2.1
    let tls1_2 = instead(Extension::SelectedVersion(ProtocolVersion::TLS1_2));
    let expected = Violation::VersionNotOffered(ProtocolVersion::TLS1_2);
    illegal(Pair::new(), SERVER_HELLO, tls1_2, expected);
    // A suite that we know, but have not offered.
    let mut pair = Pair::new();
    pair.client_config.suites = vec![Suite::Aes128GcmSha256];
    let aes_256 = |m: &mut Vec<u8>| m[SUITE + 1] = 2;
    illegal(pair, SERVER_HELLO, aes_256, Violation::CipherSuiteNotOffered);
}

#[test]
fn a_server_without_tls_1_3() {
    // RFC 8446 §4.2.1, and §4.1.3: the sentinels of a server that could do better.
    let old = || without(ExtensionType::SUPPORTED_VERSIONS);
    let expected = Violation::ProtocolVersion(ProtocolVersion::TLS1_2);
    refused(Pair::new(), SERVER_HELLO, old(), expected, Alert::PROTOCOL_VERSION);
    for sentinel in [*b"DOWNGRD\x00", *b"DOWNGRD\x01"] {
        let downgraded = move |bytes: &mut Vec<u8>| {
            without(ExtensionType::SUPPORTED_VERSIONS)(bytes);
            bytes[RANDOM + 24..RANDOM + 32].copy_from_slice(&sentinel);
        };
        illegal(Pair::new(), SERVER_HELLO, downgraded, Violation::Downgrade);
    }
}

#[test]
fn answers_to_extensions_that_were_not_sent() {
    // RFC 8446 §4.2
    let check = |which, extra: Extension<'static>| {
        let expected = Violation::UnsolicitedExtension(extra.extension_type());
        refused(Pair::new(), which, with(extra), expected, Alert::UNSUPPORTED_EXTENSION);
    };
    let encrypted_extensions = (From::Server, T::ENCRYPTED_EXTENSIONS, 0);
    check(SERVER_HELLO, Extension::Raw(UNKNOWN, &[]));
    check(SERVER_HELLO, Extension::PreSharedKeyServerHello(0));
    check(encrypted_extensions, Extension::Raw(UNKNOWN, &[]));
    check(encrypted_extensions, Extension::EarlyData);
    let h2 = Extension::SelectedApplicationLayerProtocol(ProtocolName(b"h2"));
    check(encrypted_extensions, h2);
    let expected = Violation::UnsolicitedExtension(UNKNOWN);
    let retry = with(Extension::Raw(UNKNOWN, &[]));
    refused(retried(), SERVER_HELLO, retry, expected, Alert::UNSUPPORTED_EXTENSION);
    // RFC 8446 §4.4.2: in a Certificate.
    let stapled = |bytes: &mut Vec<u8>| {
        // The one entry's empty block of extensions is at the end: an SCT list comes in.
        let end = bytes.len();
        bytes[end - 1] = 9;
        bytes.extend_from_slice(&[0, 18, 0, 5, 0, 3, 0, 1, 7]);
        for length in [3, 7] {
            bytes[length] += 9;
        }
    };
    let certificate = (From::Server, T::CERTIFICATE, 0);
    let expected = Violation::UnsolicitedExtension(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
    refused(Pair::new(), certificate, stapled, expected, Alert::UNSUPPORTED_EXTENSION);
}

#[test]
fn a_key_share_that_is_none() {
    // RFC 8446 §4.2.8
    let expected = Violation::MissingExtension(ExtensionType::KEY_SHARE);
    let missing = without(ExtensionType::KEY_SHARE);
    refused(Pair::new(), SERVER_HELLO, missing, expected, Alert::MISSING_EXTENSION);
    let share = |group, key_exchange| {
        instead(Extension::KeyShareServerHello(KeyShareEntry { group, key_exchange }))
    };
    let other_group = share(NamedGroup::SECP384R1, &[4; 97]);
    illegal(Pair::new(), SERVER_HELLO, other_group, Violation::KeyShareGroup);
    // RFC 8446 §7.4.2: the all-zero secret; §4.2.8.2: a point off the curve.
    let zero = share(NamedGroup::X25519, &[0; 32]);
    illegal(Pair::new(), SERVER_HELLO, zero, Violation::InvalidKeyShare);
    let off_the_curve = share(NamedGroup::SECP256R1, &[4; 65]);
    illegal(retried(), SECOND_SERVER_HELLO, off_the_curve, Violation::InvalidKeyShare);
    static ZERO: [KeyShareEntry<'static>; 1] =
        [KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[0; 32] }];
    let zero = instead(Extension::KeyShareClientHello(List::from(&ZERO)));
    illegal(Pair::new(), CLIENT_HELLO, zero, Violation::InvalidKeyShare);
}

#[test]
fn a_hello_retry_request_that_leads_nowhere() {
    // RFC 8446 §4.1.4
    let nothing = without(ExtensionType::KEY_SHARE);
    illegal(retried(), SERVER_HELLO, nothing, Violation::RetryWithoutChange);
    let expected = Violation::MissingExtension(ExtensionType::SUPPORTED_VERSIONS);
    let old = without(ExtensionType::SUPPORTED_VERSIONS);
    refused(retried(), SERVER_HELLO, old, expected, Alert::MISSING_EXTENSION);
    // RFC 8446 §4.2.8
    for group in [NamedGroup::SECP521R1, NamedGroup::X25519] {
        let other = instead(Extension::KeyShareHelloRetryRequest(group));
        illegal(retried(), SERVER_HELLO, other, Violation::RetryGroup);
    }
    let another_suite = |m: &mut Vec<u8>| m[SUITE + 1] = 2;
    illegal(retried(), SECOND_SERVER_HELLO, another_suite, Violation::CipherSuiteChanged);
    let again = |bytes: &mut Vec<u8>| {
        bytes[RANDOM..RANDOM + 32].copy_from_slice(&chancery_wire::HELLO_RETRY_REQUEST_RANDOM);
        instead_of_share(bytes);
    };
    let expected = Violation::SecondHelloRetryRequest;
    refused(retried(), SECOND_SERVER_HELLO, again, expected, Alert::UNEXPECTED_MESSAGE);
}

/// Makes a ServerHello's key_share that of a HelloRetryRequest.
fn instead_of_share(bytes: &mut Vec<u8>) {
    let head = bytes[..COMPRESSION + 1].to_vec();
    let extensions = [0x33, 0, 2, 0, 0x18, 0, 0x2b, 0, 2, 3, 4];
    *bytes = head;
    bytes.extend_from_slice(&[0, 12, 0]);
    bytes.extend_from_slice(&extensions);
    bytes[3] = u8::try_from(bytes.len() - 4).unwrap();
    bytes[2] = 0;
}

#[test]
fn an_application_protocol_that_was_not_offered() {
    // RFC 7301 §3.2
    let mut pair = Pair::new();
    pair.client_config.application_protocols = vec![b"http/1.1".to_vec()];
    let which = (From::Server, T::ENCRYPTED_EXTENSIONS, 0);
    let h2 = with(Extension::SelectedApplicationLayerProtocol(ProtocolName(b"h2")));
    illegal(pair, which, h2, Violation::ApplicationProtocol);
}

#[test]
fn certificates_that_are_missing_or_misplaced() {
    let empty = |bytes: &mut Vec<u8>| *bytes = vec![11, 0, 0, 4, 0, 0, 0, 0];
    let with_context = |bytes: &mut Vec<u8>| *bytes = vec![11, 0, 0, 5, 1, 7, 0, 0, 0];
    let of_server = (From::Server, T::CERTIFICATE, 0);
    let of_client = (From::Client, T::CERTIFICATE, 0);
    // RFC 8446 §4.4.2.4
    refused(Pair::new(), of_server, empty, Violation::NoServerCertificate, Alert::DECODE_ERROR);
    let expected = Violation::CertificateRequired;
    refused(mutual(), of_client, empty, expected, Alert::CERTIFICATE_REQUIRED);
    // RFC 8446 §4.4.2
    illegal(Pair::new(), of_server, with_context, Violation::CertificateRequestContext);
    illegal(mutual(), of_client, with_context, Violation::CertificateRequestContext);
    // RFC 8446 §4.3.2
    let request = (From::Server, T::CERTIFICATE_REQUEST, 0);
    let context = |bytes: &mut Vec<u8>| {
        bytes[4] = 1;
        bytes.insert(5, 7);
        bytes[3] += 1;
    };
    illegal(mutual(), request, context, Violation::CertificateRequestContext);
    let schemes = without(ExtensionType::SIGNATURE_ALGORITHMS);
    let expected = Violation::MissingExtension(ExtensionType::SIGNATURE_ALGORITHMS);
    refused(mutual(), request, schemes, expected, Alert::MISSING_EXTENSION);
}

#[test]
fn signatures_that_prove_nothing() {
    // RFC 8446 §4.4.3
    for from in [From::Server, From::Client] {
        let which = (from, T::CERTIFICATE_VERIFY, 0);
        let flipped = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;
        refused(mutual(), which, flipped, Violation::Signature, Alert::DECRYPT_ERROR);
        let scheme = |scheme: SignatureScheme| {
            move |bytes: &mut Vec<u8>| bytes[4..6].copy_from_slice(&scheme.0.to_be_bytes())
        };
        // ECDSA with the other curve, and another key type, where all are offered.
        for other in [SignatureScheme::ECDSA_SECP384R1_SHA384, SignatureScheme::ED25519] {
            illegal(mutual(), which, scheme(other), Violation::SignatureSchemeMismatch);
        }
        // PKCS#1 v1.5, offered for certificates only; SHA-1, and nonsense.
        for other in [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme(0x0203), 0xfefe.into()] {
            illegal(mutual(), which, scheme(other), Violation::SignatureSchemeNotOffered);
        }
    }
}

#[test]
fn pkcs_1_is_never_taken_even_if_the_signature_is_good() {
    // RFC 8446 §4.4.3: "RSA signatures MUST use an RSASSA-PSS algorithm, regardless of whether
    // RSASSA-PKCS1-v1_5 algorithms appear in "signature_algorithms"."
    let mut pair = Pair::new();
    pair.server_identity = Identity::rsa();
    assert!(pair.client_config.signature_schemes.contains(&SignatureScheme::RSA_PKCS1_SHA256));
    let which = (From::Server, T::CERTIFICATE_VERIFY, 0);
    let pkcs1 = |bytes: &mut Vec<u8>| {
        let message = CertificateVerify {
            algorithm: SignatureScheme::RSA_PKCS1_SHA256,
            signature: &[1; 256],
        };
        let mut out = Vec::new();
        Body::CertificateVerify(message).encode(&mut out).unwrap();
        *bytes = out;
    };
    illegal(pair, which, pkcs1, Violation::SignatureSchemeNotOffered);
}

#[test]
fn a_finished_that_does_not_match() {
    // RFC 8446 §4.4.4
    for from in [From::Server, From::Client] {
        let flipped = |bytes: &mut Vec<u8>| bytes[4] ^= 1;
        let shorter = |bytes: &mut Vec<u8>| {
            bytes.pop();
            bytes[3] -= 1;
        };
        let which = (from, T::FINISHED, 0);
        refused(Pair::new(), which, flipped, Violation::Finished, Alert::DECRYPT_ERROR);
        refused(Pair::new(), which, shorter, Violation::Finished, Alert::DECRYPT_ERROR);
    }
}

#[test]
fn messages_across_a_change_of_keys() {
    // RFC 8446 §5.1
    let more = |bytes: &mut Vec<u8>| bytes.push(8);
    let expected = Violation::MisalignedKeyChange;
    refused(Pair::new(), SERVER_HELLO, more, expected, Alert::UNEXPECTED_MESSAGE);
    for from in [From::Server, From::Client] {
        let which = (from, T::FINISHED, 0);
        refused(Pair::new(), which, more, expected, Alert::UNEXPECTED_MESSAGE);
    }
    let which = CLIENT_HELLO;
    refused(Pair::new(), which, more, expected, Alert::UNEXPECTED_MESSAGE);
}

#[test]
fn messages_under_other_keys() {
    let mut client = Pair::new().start_client().unwrap();
    let error = client.receive(Epoch::Application, &[2, 0, 0, 0], &mut Counter(1)).unwrap_err();
    assert_eq!(error, HandshakeError::Violation(Violation::WrongEpoch));
    assert_eq!(error.alert(), Alert::UNEXPECTED_MESSAGE);
    let again = client.receive(Epoch::Plaintext, &[2, 0, 0, 0], &mut Counter(1)).unwrap_err();
    assert_eq!(again, HandshakeError::Failed);
}

#[test]
fn a_client_without_tls_1_3() {
    // RFC 8446 §4.2.1
    type Change = Box<dyn Fn(&mut Vec<u8>)>;
    let check = |change: Change, version| {
        let expected = Violation::ProtocolVersion(version);
        refused(Pair::new(), CLIENT_HELLO, change, expected, Alert::PROTOCOL_VERSION);
    };
    let absent = without(ExtensionType::SUPPORTED_VERSIONS);
    check(Box::new(absent), ProtocolVersion::TLS1_2);
    static OLD: [ProtocolVersion; 3] =
        [ProtocolVersion(0x1a1a), ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_2];
    let old = instead(Extension::SupportedVersions(List::from(&OLD)));
    check(Box::new(old), ProtocolVersion::TLS1_2);
    // Without any extensions, as in SSL 3.0's days.
    let bare = |bytes: &mut Vec<u8>| {
        let suites = usize::from(bytes[SUITE + 1]);
        bytes.truncate(SUITE + 2 + suites + 2);
        bytes[VERSION + 1] = 0;
        bytes[2] = 0;
        bytes[3] = u8::try_from(bytes.len() - 4).unwrap();
    };
    check(Box::new(bare), ProtocolVersion::SSL3_0);
}

#[test]
fn a_client_hello_that_lacks_something() {
    // RFC 8446 §9.2
    for kind in [
        ExtensionType::SIGNATURE_ALGORITHMS,
        ExtensionType::SUPPORTED_GROUPS,
        ExtensionType::KEY_SHARE,
    ] {
        let expected = Violation::MissingExtension(kind);
        refused(Pair::new(), CLIENT_HELLO, without(kind), expected, Alert::MISSING_EXTENSION);
    }
    // RFC 8446 §4.2.9
    let psk_without_modes = |bytes: &mut Vec<u8>| {
        without(ExtensionType::PSK_KEY_EXCHANGE_MODES)(bytes);
        with(offered_psk())(bytes);
    };
    let expected = Violation::MissingExtension(ExtensionType::PSK_KEY_EXCHANGE_MODES);
    refused(Pair::new(), CLIENT_HELLO, psk_without_modes, expected, Alert::MISSING_EXTENSION);
}

fn offered_psk() -> Extension<'static> {
    use chancery_wire::{OfferedPsks, PskBinderEntry, PskIdentity};
    static IDENTITY: [PskIdentity<'static>; 1] =
        [PskIdentity { identity: b"ticket", obfuscated_ticket_age: 0 }];
    static BINDERS: [PskBinderEntry<'static>; 2] = [PskBinderEntry(&[0; 32]); 2];
    Extension::PreSharedKeyClientHello(OfferedPsks {
        identities: List::from(&IDENTITY),
        binders: List::from(&BINDERS),
    })
}

#[test]
fn a_client_hello_that_breaks_a_rule() {
    // RFC 8446 §4.2.11
    illegal(Pair::new(), CLIENT_HELLO, with(offered_psk()), Violation::BinderCount);
    // RFC 8446 §4.1.2
    let compressed = |bytes: &mut Vec<u8>| {
        // In a ClientHello the suites' length stands where a ServerHello has its suite.
        let at = SUITE + 2 + usize::from(bytes[SUITE + 1]) + 2;
        assert_eq!(bytes[at - 2..at], [1, 0]);
        bytes[at - 1] = 1;
    };
    illegal(Pair::new(), CLIENT_HELLO, compressed, Violation::CompressionMethod);
    // RFC 8446 §4.2.8
    static SHARES: [KeyShareEntry<'static>; 3] = [
        KeyShareEntry { group: NamedGroup::SECP256R1, key_exchange: &[4; 65] },
        KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] },
        KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] },
    ];
    static STRANGE: [KeyShareEntry<'static>; 1] =
        [KeyShareEntry { group: NamedGroup::X448, key_exchange: &[9; 56] }];
    let shares: [&'static [KeyShareEntry<'static>]; 3] = [&SHARES[..2], &SHARES[1..], &STRANGE];
    for shares in shares {
        let shares = instead(Extension::KeyShareClientHello(List::from(shares)));
        illegal(Pair::new(), CLIENT_HELLO, shares, Violation::KeyShareOrder);
    }
}

#[test]
fn nothing_in_common() {
    let none = Alert::HANDSHAKE_FAILURE;
    let mut pair = Pair::new();
    pair.client_config.suites = vec![Suite::Aes128GcmSha256];
    pair.server_config.suites = vec![Suite::Aes256GcmSha384];
    assert_refused(&pair.run(), From::Client, Violation::NoCommonCipherSuite, none);
    let mut pair = Pair::new();
    pair.client_config.groups = vec![CURVE25519];
    pair.server_config.groups = vec![P384];
    assert_refused(&pair.run(), From::Client, Violation::NoCommonGroup, none);
    // RFC 8446 §4.4.2.2
    let mut pair = Pair::new();
    pair.client_config.signature_schemes = vec![SignatureScheme::ED25519];
    assert_refused(&pair.run(), From::Client, Violation::NoCommonSignatureScheme, none);
    let mut pair = mutual();
    pair.server_config.signature_schemes = vec![SignatureScheme::ED25519];
    assert_refused(&pair.run(), From::Server, Violation::NoCommonSignatureScheme, none);
}

#[test]
fn a_second_client_hello_that_differs_where_it_must_not() {
    // RFC 8446 §4.1.2
    let check = |change: fn(&mut Vec<u8>)| {
        illegal(retried(), SECOND_CLIENT_HELLO, change, Violation::ClientHelloChanged);
    };
    check(|m| m[RANDOM] ^= 1);
    check(|m| m[SESSION_ID] ^= 1);
    check(|m| m[VERSION + 1] = 4);
    check(|m| m[SUITE + 3] = 3);
    let extra = with(Extension::Raw(UNKNOWN, &[]));
    illegal(retried(), SECOND_CLIENT_HELLO, extra, Violation::ClientHelloChanged);
    let less = without(ExtensionType::SERVER_NAME);
    illegal(retried(), SECOND_CLIENT_HELLO, less, Violation::ClientHelloChanged);
    let swapped = |bytes: &mut Vec<u8>| extensions(bytes, |list| list.swap(0, 1));
    illegal(retried(), SECOND_CLIENT_HELLO, swapped, Violation::ClientHelloChanged);
    // RFC 8446 §4.2.10
    let early = with(Extension::EarlyData);
    illegal(retried(), SECOND_CLIENT_HELLO, early, Violation::EarlyData);
    // RFC 8446 §4.2.2
    let mut pair = retried();
    pair.cookie = Some(b"crumbs".to_vec());
    let eaten = without(ExtensionType::COOKIE);
    illegal(pair, SECOND_CLIENT_HELLO, eaten, Violation::Cookie);
    let mut pair = retried();
    pair.cookie = Some(b"crumbs".to_vec());
    let other = instead(Extension::Cookie(b"cake"));
    illegal(pair, SECOND_CLIENT_HELLO, other, Violation::Cookie);
    let own = with(Extension::Cookie(b"mine"));
    illegal(retried(), SECOND_CLIENT_HELLO, own, Violation::Cookie);
    // RFC 8446 §4.1.2: one share, of the group that was asked for.
    static SHARES: [KeyShareEntry<'static>; 2] = [
        KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] },
        KeyShareEntry { group: NamedGroup::SECP256R1, key_exchange: &[4; 65] },
    ];
    let shares: [&'static [KeyShareEntry<'static>]; 3] = [&SHARES, &SHARES[..1], &[]];
    for shares in shares {
        let shares = instead(Extension::KeyShareClientHello(List::from(shares)));
        illegal(retried(), SECOND_CLIENT_HELLO, shares, Violation::KeyShareGroup);
    }
}

#[test]
fn changes_that_rfc_8446_section_4_1_2_allows_in_a_second_client_hello() {
    let mut pair = retried();
    let mut hellos = 0;
    pair.meddler = Box::new(move |_, kind, bytes| {
        if kind == T::CLIENT_HELLO {
            hellos += 1;
            if hellos == 2 {
                with(Extension::Padding(&[0; 7]))(bytes);
            }
        }
    });
    let outcome = pair.run();
    // The server goes on; that somebody meddled comes out by the transcript.
    assert_eq!(outcome.server_end.error, None);
    let error = outcome.client_end.error;
    assert_eq!(error, Some(HandshakeError::Violation(Violation::Signature)));
}

#[test]
fn grease_is_passed_over() {
    // RFC 8701 §4.1: unknown suites, groups, schemes, versions, extensions, protocols and modes.
    use chancery_handshake::{Group, RawExtension};
    let mut pair = Pair::new();
    let grease = NamedGroup(0x1a1a);
    pair.client_config.groups.insert(0, Group::new(grease, &chancery_ring::X25519));
    pair.client_config.key_shares = vec![grease, NamedGroup::X25519];
    pair.client_config.signature_schemes.insert(0, SignatureScheme(0x2a2a));
    pair.client_config.application_protocols = vec![b"\x3a\x3a".to_vec(), b"h2".to_vec()];
    let extension_type = ExtensionType(0x4a4a);
    pair.client_config.more_extensions = vec![RawExtension { extension_type, data: vec![0] }];
    pair.server_protocols = vec![b"h2".to_vec()];
    pair.run().assert_complete();
}

#[test]
fn answers_that_refuse() {
    use chancery_handshake::{CertificateRejection as Why, Refusal};
    for (why, alert) in [
        (Why::Bad, Alert::BAD_CERTIFICATE),
        (Why::Unsupported, Alert::UNSUPPORTED_CERTIFICATE),
        (Why::Revoked, Alert::CERTIFICATE_REVOKED),
        (Why::Expired, Alert::CERTIFICATE_EXPIRED),
        (Why::UnknownCa, Alert::UNKNOWN_CA),
        (Why::BadStatusResponse, Alert::BAD_CERTIFICATE_STATUS_RESPONSE),
        (Why::Unknown, Alert::CERTIFICATE_UNKNOWN),
    ] {
        let mut pair = Pair::new();
        pair.reject_server = Some(why);
        let outcome = pair.run();
        let error = outcome.client_end.error.unwrap();
        assert_eq!(error, HandshakeError::CertificateRejected(why));
        assert_eq!(error.alert(), alert);
        assert!(!outcome.client_end.complete && !outcome.server_end.complete);
    }
    for (why, alert) in [
        (Refusal::UnrecognizedName, Alert::UNRECOGNIZED_NAME),
        (Refusal::NoApplicationProtocol, Alert::NO_APPLICATION_PROTOCOL),
        (Refusal::HandshakeFailure, Alert::HANDSHAKE_FAILURE),
        (Refusal::AccessDenied, Alert::ACCESS_DENIED),
    ] {
        let mut pair = Pair::new();
        pair.refuse_client = Some(why);
        let error = pair.run().server_end.error.unwrap();
        assert_eq!(error, HandshakeError::Refused(why));
        assert_eq!(error.alert(), alert);
    }
}

#[test]
fn after_the_handshake() {
    let send = |bytes: &[u8], from| {
        let mut outcome = Pair::new().run();
        let random = &mut Counter(1);
        let result = match from {
            From::Server => outcome.client.receive(Epoch::Application, bytes, random),
            From::Client => outcome.server.receive(Epoch::Application, bytes, random),
        };
        result.unwrap_err()
    };
    // RFC 8446 §4.6.1: more than seven days.
    let ticket = [4, 0, 0, 14, 0, 9, 0x3a, 0x81, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0];
    assert_eq!(send(&ticket, From::Server), Violation::TicketLifetime.into());
    // RFC 8446 §4.6.3: neither of the two values.
    assert_eq!(send(&[24, 0, 0, 1, 2], From::Client).alert(), Alert::ILLEGAL_PARAMETER);
    // A part of the next message behind a KeyUpdate.
    let misaligned = send(&[24, 0, 0, 1, 0, 24], From::Server);
    assert_eq!(misaligned, Violation::MisalignedKeyChange.into());
}

#[test]
fn a_flood_of_messages_is_stopped_and_data_lets_it_go_on() {
    let mut outcome = Pair::new().run();
    let update = [24, 0, 0, 1, 0];
    let receive = |outcome: &mut Outcome| {
        outcome.server.receive(Epoch::Application, &update, &mut Counter(1))
    };
    for _ in 0..32 {
        receive(&mut outcome).unwrap();
    }
    outcome.server.note_application_data();
    for _ in 0..32 {
        receive(&mut outcome).unwrap();
    }
    let error = receive(&mut outcome).unwrap_err();
    assert_eq!(error, HandshakeError::Violation(Violation::TooManyMessages));
    assert_eq!(error.alert(), Alert::UNEXPECTED_MESSAGE);
}

#[test]
fn every_flipped_byte_and_every_cut_is_noticed() {
    // Each message of a retried handshake with client authentication, at each byte.
    let setup = || {
        let mut pair = mutual();
        pair.server_config.groups = vec![P256];
        // Their signatures are of one length.
        pair.server_identity = Identity::new(KeyType::Ed25519);
        pair.client_identity = Some(Identity::new(KeyType::Ed25519));
        pair
    };
    let mut lengths = Vec::new();
    let mut pair = setup();
    let (sender, receiver) = std::sync::mpsc::channel();
    pair.meddler = Box::new(move |_, _, bytes| sender.send(bytes.len()).unwrap());
    pair.run().assert_complete();
    lengths.extend(receiver.iter());
    for (message, len) in lengths.into_iter().enumerate() {
        for at in 0..len {
            let damages: [fn(&mut Vec<u8>, usize); 2] =
                [|bytes, at| bytes[at] ^= 1 << (at % 8), |bytes, at| bytes.truncate(at)];
            for damage in damages {
                let mut pair = setup();
                let mut seen = 0;
                pair.meddler = Box::new(move |_, _, bytes| {
                    if seen == message {
                        damage(bytes, at);
                    }
                    seen += 1;
                });
                let outcome = pair.run();
                let done = outcome.client_end.complete && outcome.server_end.complete;
                assert!(!done, "message {message} byte {at}");
                for error in [outcome.client_end.error, outcome.server_end.error] {
                    let alert = error.map(|error| error.alert());
                    assert_ne!(alert, Some(Alert::INTERNAL_ERROR), "message {message} byte {at}");
                }
            }
        }
    }
}
