//! Generated messages: what is encoded decodes to the same, at every place and in every form.
//!
//! The strategies leak what they generate, so that it can be borrowed for `'static`; a test's
//! process is short.

use chancery_wire::{
    Body, Certificate, CertificateCompressionAlgorithm, CertificateEntry, CertificateRequest,
    CertificateStatus, CertificateStatusRequest, CertificateStatusType, CertificateType,
    CertificateVerify, CipherSuite, ClientHello, Codec, CompressedCertificate, DelegatedCredential,
    DistinguishedName, EncryptedExtensions, Extension, ExtensionPlace, ExtensionType, Extensions,
    Finished, HandshakeType, HelloRetryRequest, Joiner, KeyShareEntry, KeyUpdate, KeyUpdateRequest,
    List, MaxFragmentLength, Message, MessageHash, NameType, NamedGroup, NewSessionTicket,
    OfferedPsks, OidFilter, ProtocolName, ProtocolVersion, PskBinderEntry, PskIdentity,
    PskKeyExchangeMode, ResponderId, SerializedSct, ServerHello, ServerNameEntry, SignatureScheme,
    TicketRequest,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof, proptest},
    strategy::BoxedStrategy,
};

fn leak<T>(items: Vec<T>) -> &'static [T] {
    Box::leak(items.into_boxed_slice())
}

fn bytes(len: core::ops::Range<usize>) -> impl Strategy<Value = &'static [u8]> {
    vec(any::<u8>(), len).prop_map(leak)
}

fn list<T: Codec<'static> + Copy + core::fmt::Debug + 'static>(
    item: impl Strategy<Value = T>,
    len: core::ops::Range<usize>,
) -> impl Strategy<Value = List<'static, T>> {
    vec(item, len).prop_map(|items| List::from(leak(items)))
}

fn scheme() -> impl Strategy<Value = SignatureScheme> {
    any::<u16>().prop_map(SignatureScheme)
}

fn share() -> impl Strategy<Value = KeyShareEntry<'static>> {
    (any::<u16>(), bytes(1..40))
        .prop_map(|(group, key_exchange)| KeyShareEntry { group: NamedGroup(group), key_exchange })
}

/// Every form that may stand in a ClientHello, but `pre_shared_key`.
fn client_hello_extension() -> BoxedStrategy<Extension<'static>> {
    let groups = || list(any::<u16>().prop_map(NamedGroup), 1..6);
    let schemes = || list(scheme(), 1..6);
    let certificate_types = || list(any::<u8>().prop_map(CertificateType), 1..4);
    let names = (bytes(1..30), proptest::option::of(bytes(1..9))).prop_map(|(host, other)| {
        let host = ServerNameEntry::host_name(host);
        let other = other.map(|name| ServerNameEntry { name_type: NameType(7), name });
        List::from(leak([host].into_iter().chain(other).collect()))
    });
    let status = prop_oneof![
        (list(bytes(1..8).prop_map(ResponderId), 0..3), bytes(0..9)).prop_map(
            |(responder_id_list, request_extensions)| CertificateStatusRequest::Ocsp {
                responder_id_list,
                request_extensions
            }
        ),
        bytes(0..5).prop_map(|request| CertificateStatusRequest::Other {
            status_type: CertificateStatusType(9),
            request
        }),
    ];
    let first = prop_oneof![
        names.prop_map(Extension::ServerName),
        (1u8..5).prop_map(|code| Extension::MaxFragmentLength(MaxFragmentLength(code))),
        status.prop_map(Extension::StatusRequest),
        groups().prop_map(Extension::SupportedGroups),
        bytes(1..4).prop_map(Extension::EcPointFormats),
        schemes().prop_map(Extension::SignatureAlgorithms),
        schemes().prop_map(Extension::SignatureAlgorithmsCert),
        list(bytes(1..9).prop_map(ProtocolName), 1..4)
            .prop_map(Extension::ApplicationLayerProtocols),
        Just(Extension::SignedCertificateTimestampWanted),
        certificate_types().prop_map(Extension::ClientCertificateTypes),
    ];
    let second = prop_oneof![
        certificate_types().prop_map(Extension::ServerCertificateTypes),
        bytes(0..20).prop_map(Extension::Padding),
        Just(Extension::ExtendedMasterSecret),
        list(any::<u16>().prop_map(CertificateCompressionAlgorithm), 1..4)
            .prop_map(Extension::CompressCertificate),
        (64..=u16::MAX).prop_map(Extension::RecordSizeLimit),
        schemes().prop_map(Extension::DelegatedCredentialAlgorithms),
        bytes(0..20).prop_map(Extension::SessionTicket),
        Just(Extension::EarlyData),
        list(any::<u16>().prop_map(ProtocolVersion), 1..5).prop_map(Extension::SupportedVersions),
        bytes(1..20).prop_map(Extension::Cookie),
    ];
    let third = prop_oneof![
        list(any::<u8>().prop_map(PskKeyExchangeMode), 1..4)
            .prop_map(Extension::PskKeyExchangeModes),
        list(bytes(1..9).prop_map(DistinguishedName), 1..4)
            .prop_map(Extension::CertificateAuthorities),
        Just(Extension::PostHandshakeAuth),
        list(share(), 0..4).prop_map(Extension::KeyShareClientHello),
        bytes(0..20).prop_map(Extension::QuicTransportParameters),
        any::<(u8, u8)>().prop_map(|(new_session_count, resumption_count)| {
            Extension::TicketRequest(TicketRequest { new_session_count, resumption_count })
        }),
        bytes(0..20).prop_map(Extension::EncryptedClientHello),
        bytes(0..20).prop_map(Extension::RenegotiationInfo),
        raw(),
    ];
    prop_oneof![first, second, third].boxed()
}

/// Unknown types, GREASE among them.
fn raw() -> impl Strategy<Value = Extension<'static>> {
    (prop_oneof![0x2a2au16..0x2a40, 0x4000u16..0x4010], bytes(0..20))
        .prop_map(|(t, data)| Extension::Raw(ExtensionType(t), data))
}

fn offer() -> impl Strategy<Value = Extension<'static>> {
    let identity = (bytes(1..20), any::<u32>()).prop_map(|(identity, obfuscated_ticket_age)| {
        PskIdentity { identity, obfuscated_ticket_age }
    });
    (list(identity, 1..4), list(bytes(32..49).prop_map(PskBinderEntry), 1..4)).prop_map(
        |(identities, binders)| {
            Extension::PreSharedKeyClientHello(OfferedPsks { identities, binders })
        },
    )
}

fn extension(place: ExtensionPlace) -> BoxedStrategy<Extension<'static>> {
    match place {
        ExtensionPlace::ClientHello => client_hello_extension(),
        ExtensionPlace::ServerHello => prop_oneof![
            share().prop_map(Extension::KeyShareServerHello),
            any::<u16>().prop_map(Extension::PreSharedKeyServerHello),
            raw(),
        ]
        .boxed(),
        ExtensionPlace::HelloRetryRequest => prop_oneof![
            any::<u16>().prop_map(|g| Extension::KeyShareHelloRetryRequest(NamedGroup(g))),
            any::<u16>().prop_map(|v| Extension::SelectedVersion(ProtocolVersion(v))),
            bytes(1..40).prop_map(Extension::Cookie),
            bytes(0..20).prop_map(Extension::EncryptedClientHello),
            raw(),
        ]
        .boxed(),
        ExtensionPlace::EncryptedExtensions => prop_oneof![
            Just(Extension::ServerNameAcknowledged),
            Just(Extension::EarlyData),
            any::<u8>().prop_map(|c| Extension::MaxFragmentLength(MaxFragmentLength(c))),
            list(any::<u16>().prop_map(NamedGroup), 1..6).prop_map(Extension::SupportedGroups),
            bytes(1..9).prop_map(|p| Extension::SelectedApplicationLayerProtocol(ProtocolName(p))),
            any::<u8>().prop_map(|t| Extension::SelectedClientCertificateType(CertificateType(t))),
            any::<u8>().prop_map(|t| Extension::SelectedServerCertificateType(CertificateType(t))),
            (64..=u16::MAX).prop_map(Extension::RecordSizeLimit),
            any::<u8>().prop_map(Extension::TicketsExpected),
            raw(),
        ]
        .boxed(),
        ExtensionPlace::CertificateRequest => {
            let filter = (bytes(1..9), bytes(0..9)).prop_map(|(oid, values)| OidFilter {
                certificate_extension_oid: oid,
                certificate_extension_values: values,
            });
            prop_oneof![
                Just(Extension::StatusRequestWanted),
                list(scheme(), 1..6).prop_map(Extension::SignatureAlgorithms),
                list(scheme(), 1..6).prop_map(Extension::SignatureAlgorithmsCert),
                Just(Extension::SignedCertificateTimestampWanted),
                list(bytes(1..9).prop_map(DistinguishedName), 1..4)
                    .prop_map(Extension::CertificateAuthorities),
                list(filter, 0..3).prop_map(Extension::OidFilters),
                raw(),
            ]
            .boxed()
        }
        ExtensionPlace::Certificate => {
            let credential = (any::<u32>(), scheme(), bytes(1..20), scheme(), bytes(1..20));
            prop_oneof![
                bytes(1..40).prop_map(|r| Extension::CertificateStatus(CertificateStatus::Ocsp(r))),
                list(bytes(1..20).prop_map(SerializedSct), 1..3)
                    .prop_map(Extension::SignedCertificateTimestamp),
                credential.prop_map(|(valid_time, verify, key, algorithm, signature)| {
                    Extension::DelegatedCredential(DelegatedCredential {
                        valid_time,
                        dc_cert_verify_algorithm: verify,
                        subject_public_key_info: key,
                        algorithm,
                        signature,
                    })
                }),
                raw(),
            ]
            .boxed()
        }
        _ => prop_oneof![any::<u32>().prop_map(Extension::EarlyDataMaxSize), raw()].boxed(),
    }
}

/// A block that obeys RFC 8446 §4.2: no type twice, `pre_shared_key` last.
fn extensions(place: ExtensionPlace) -> BoxedStrategy<Extensions<'static>> {
    let last = match place {
        ExtensionPlace::ClientHello => proptest::option::of(offer()).boxed(),
        // What makes the ServerHello one of TLS 1.3.
        ExtensionPlace::ServerHello => {
            Just(Some(Extension::SelectedVersion(ProtocolVersion::TLS1_3))).boxed()
        }
        _ => Just(None).boxed(),
    };
    (vec(extension(place), 0..12), last)
        .prop_map(|(extensions, last)| {
            let mut unique: Vec<Extension<'static>> = vec![];
            for extension in extensions.into_iter().chain(last) {
                if unique.iter().all(|e| e.extension_type() != extension.extension_type()) {
                    unique.push(extension);
                }
            }
            Extensions::from(leak(unique))
        })
        .boxed()
}

fn random() -> impl Strategy<Value = &'static [u8; 32]> {
    any::<[u8; 32]>().prop_map(|random| &*Box::leak(Box::new(random)))
}

fn body() -> impl Strategy<Value = Body<'static>> {
    use ExtensionPlace as P;

    let client_hello = (
        (any::<u16>(), random(), bytes(0..33)),
        list(any::<u16>().prop_map(CipherSuite), 1..9),
        bytes(1..4),
        prop_oneof![9 => extensions(P::ClientHello), 1 => Just(Extensions::ABSENT)],
    )
        .prop_map(|((version, random, session_id), cipher_suites, compression, extensions)| {
            Body::ClientHello(ClientHello {
                legacy_version: ProtocolVersion(version),
                random,
                legacy_session_id: session_id,
                cipher_suites,
                legacy_compression_methods: compression,
                extensions,
            })
        });
    let server_hello =
        (random(), bytes(0..33), any::<u16>(), any::<u8>(), extensions(P::ServerHello)).prop_map(
            |(random, session_id, suite, compression, extensions)| {
                Body::ServerHello(ServerHello {
                    legacy_version: ProtocolVersion::TLS1_2,
                    random,
                    legacy_session_id_echo: session_id,
                    cipher_suite: CipherSuite(suite),
                    legacy_compression_method: compression,
                    extensions,
                })
            },
        );
    let hello_retry_request = (bytes(0..33), any::<u16>(), extensions(P::HelloRetryRequest))
        .prop_map(|(session_id, suite, extensions)| {
            Body::HelloRetryRequest(HelloRetryRequest {
                legacy_version: ProtocolVersion::TLS1_2,
                legacy_session_id_echo: session_id,
                cipher_suite: CipherSuite(suite),
                legacy_compression_method: 0,
                extensions,
            })
        });
    let certificate_request = (bytes(0..9), extensions(P::CertificateRequest)).prop_map(
        |(certificate_request_context, extensions)| {
            Body::CertificateRequest(CertificateRequest { certificate_request_context, extensions })
        },
    );
    let entry = (bytes(1..60), extensions(P::Certificate))
        .prop_map(|(cert_data, extensions)| CertificateEntry { cert_data, extensions });
    let certificate = (bytes(0..9), list(entry, 0..4)).prop_map(
        |(certificate_request_context, certificate_list)| {
            Body::Certificate(Certificate { certificate_request_context, certificate_list })
        },
    );
    let compressed =
        (any::<u16>(), 0u32..1 << 24, bytes(1..60)).prop_map(|(a, length, message)| {
            Body::CompressedCertificate(CompressedCertificate {
                algorithm: CertificateCompressionAlgorithm(a),
                uncompressed_length: length,
                compressed_certificate_message: message,
            })
        });
    let ticket = (any::<(u32, u32)>(), bytes(0..9), bytes(1..60), extensions(P::NewSessionTicket))
        .prop_map(|((ticket_lifetime, ticket_age_add), ticket_nonce, ticket, extensions)| {
            Body::NewSessionTicket(NewSessionTicket {
                ticket_lifetime,
                ticket_age_add,
                ticket_nonce,
                ticket,
                extensions,
            })
        });
    let hellos = prop_oneof![4 => client_hello, 2 => server_hello, 2 => hello_retry_request];
    let others = prop_oneof![
        extensions(P::EncryptedExtensions)
            .prop_map(|extensions| Body::EncryptedExtensions(EncryptedExtensions { extensions })),
        certificate_request,
        certificate,
        compressed,
        (scheme(), bytes(0..90)).prop_map(|(algorithm, signature)| {
            Body::CertificateVerify(CertificateVerify { algorithm, signature })
        }),
        bytes(0..49).prop_map(|verify_data| Body::Finished(Finished { verify_data })),
        Just(Body::EndOfEarlyData),
        ticket,
        (0u8..2)
            .prop_map(|r| { Body::KeyUpdate(KeyUpdate { request_update: KeyUpdateRequest(r) }) }),
        bytes(0..49).prop_map(|hash| Body::MessageHash(MessageHash { hash })),
        (100u8..200, bytes(0..30))
            .prop_map(|(t, contents)| Body::Other { msg_type: HandshakeType(t), contents }),
    ];
    prop_oneof![hellos, others]
}

fn encode(body: &Body<'_>) -> Vec<u8> {
    let mut bytes = vec![];
    body.encode(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same(body in body()) {
        let bytes = encode(&body);
        let message = Message::decode(&bytes).unwrap();
        assert_eq!(message.body, body);
        assert_eq!(encode(&message.body), bytes);
    }

    #[test]
    fn no_prefix_is_a_message(body in body(), cut in any::<proptest::sample::Index>()) {
        let bytes = encode(&body);
        assert!(Message::decode(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn binders_are_what_is_cut_off(body in body()) {
        let bytes = encode(&body);
        if let Body::ClientHello(hello) = Message::decode(&bytes).unwrap().body {
            let offer = hello.extensions.offered_psks();
            let truncated = hello.truncated(&bytes);
            assert_eq!(truncated.is_some(), offer.is_some());
            if let (Some(truncated), Some(offer)) = (truncated, offer) {
                let binders: Vec<u8> = offer.binders.iter().flat_map(|b| [&[u8::try_from(b.0.len()).unwrap()], b.0].concat()).collect();
                let len = u16::try_from(binders.len()).unwrap().to_be_bytes();
                assert_eq!([truncated, &len, &binders].concat(), bytes);
            }
        }
    }

    #[test]
    fn any_cuts_join_to_the_same(bodies in vec(body(), 1..5), cuts in vec(1usize..90, 1..20)) {
        let messages: Vec<Vec<u8>> = bodies.iter().map(encode).collect();
        let bytes = messages.concat();
        let mut joiner = Joiner::new(vec![], 1 << 14);
        let (mut rest, mut cuts, mut joined) = (&bytes[..], cuts.iter().cycle(), vec![]);
        while !rest.is_empty() {
            let (fragment, tail) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
            joiner.push(fragment).unwrap();
            while let Some(message) = joiner.next().unwrap() {
                joined.push(message.raw.to_vec());
            }
            rest = tail;
        }
        assert_eq!(joined, messages);
        assert!(joiner.aligned().is_ok());
    }
}
