//! The states and edges that handshakes go through, against the figures of RFC 8446 Appendix A; and
//! that every other message is unexpected in every state.

use std::{collections::BTreeSet, sync::Arc};

use chancery_handshake::{Client, ClientAuthentication, HandshakeError, Violation};
use chancery_ring::{Hash, KeyType};
use chancery_wire::{
    AlertDescription, Body, Certificate, CertificateRequest, CertificateVerify, ClientHello,
    EncryptedExtensions, Extension, Extensions, Finished, HandshakeType as T, HelloRetryRequest,
    KeyUpdate, KeyUpdateRequest, List, MessageHash, NewSessionTicket, ProtocolVersion, ServerHello,
    SignatureScheme,
};

use crate::pair::{Counter, End, From, Identity, Outcome, P256, Pair};

/// RFC 8446 §A.1, without what is sent, and without the choice between CERT_CR and PSK that the
/// server makes: state, message, state.
const FIGURE_A_1: &[(&str, T, &str)] = &[
    // The arrow back to WAIT_SH goes by START, which only sends.
    ("WaitServerHello", T::SERVER_HELLO, "WaitServerHello"),
    ("WaitServerHello", T::SERVER_HELLO, "WaitEncryptedExtensions"),
    ("WaitEncryptedExtensions", T::ENCRYPTED_EXTENSIONS, "WaitFinished"),
    ("WaitEncryptedExtensions", T::ENCRYPTED_EXTENSIONS, "WaitCertificateOrRequest"),
    ("WaitCertificateOrRequest", T::CERTIFICATE, "WaitCertificateVerify"),
    ("WaitCertificateOrRequest", T::CERTIFICATE_REQUEST, "WaitCertificate"),
    ("WaitCertificate", T::CERTIFICATE, "WaitCertificateVerify"),
    ("WaitCertificateVerify", T::CERTIFICATE_VERIFY, "WaitFinished"),
    ("WaitFinished", T::FINISHED, "Connected"),
    // RFC 8446 §4.6, after the figure.
    ("Connected", T::NEW_SESSION_TICKET, "Connected"),
    ("Connected", T::KEY_UPDATE, "Connected"),
];

/// RFC 8446 §A.2, without 0-RTT, and without RECVD_CH, NEGOTIATED and WAIT_FLIGHT2, in which nothing
/// is received.
const FIGURE_A_2: &[(&str, T, &str)] = &[
    ("Start", T::CLIENT_HELLO, "Start"),
    ("Start", T::CLIENT_HELLO, "WaitFinished"),
    ("Start", T::CLIENT_HELLO, "WaitCertificate"),
    ("WaitCertificate", T::CERTIFICATE, "WaitFinished"),
    ("WaitCertificate", T::CERTIFICATE, "WaitCertificateVerify"),
    ("WaitCertificateVerify", T::CERTIFICATE_VERIFY, "WaitFinished"),
    ("WaitFinished", T::FINISHED, "Connected"),
    ("Connected", T::KEY_UPDATE, "Connected"),
];

/// Handshakes that take every turn there is, each made anew by its number.
fn handshake(number: usize, change: impl FnOnce(&mut Pair)) -> Option<Outcome> {
    let identity = || Identity::new(KeyType::EcdsaP256);
    let mut pair = Pair::new();
    let mut psk = None;
    match number {
        0 => {}
        1 => pair.server_config.groups = vec![P256],
        2 => {
            pair.client_identity = Some(identity());
            pair.client_authentication = ClientAuthentication::Required { authorities: vec![] };
        }
        3 => {
            pair.client_authentication = ClientAuthentication::Optional { authorities: vec![] };
        }
        4 => {
            use chancery_crypto::HashAlgorithm::Sha256;
            use chancery_handshake::{AcceptedPsk, OfferedPsk};
            pair.external = Some((b"name".to_vec(), AcceptedPsk::external(&[1; 32], Sha256)));
            psk = Some(OfferedPsk::external(b"name", &[1; 32], Sha256));
        }
        _ => return None,
    }
    change(&mut pair);
    let client = match psk {
        None => pair.start_client().unwrap(),
        Some(psk) => {
            let config = Arc::new(pair.client_config.clone());
            let name = pair.server_name.clone();
            Client::<Hash>::start_with_psks(config, name, vec![psk], &mut Counter(4)).unwrap()
        }
    };
    let mut outcome = pair.run_with(client);
    // What follows a complete handshake.
    if outcome.client_end.complete && outcome.server_end.complete {
        // None comes of a key from elsewhere.
        if let Some(unsealed) = outcome.server.prepare_ticket(60, &mut Counter(5)).unwrap() {
            outcome.server.send_ticket(&unsealed, b"ticket").unwrap();
        }
        outcome.client.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
        Pair::new().exchange(&mut outcome);
    }
    Some(outcome)
}

/// Each message that was received, between the state before it and the state that took the next.
fn edges(end: &End, last: &'static str) -> Vec<(String, T, String)> {
    let after = end.edges.iter().skip(1).map(|(state, _)| state.clone()).chain([last.to_owned()]);
    end.edges.iter().zip(after).map(|((from, by), to)| (from.clone(), *by, to)).collect()
}

fn graph(of: From) -> BTreeSet<(String, T, String)> {
    let outcomes = (0..).map_while(|number| handshake(number, |_| {}));
    outcomes
        .flat_map(|outcome| {
            outcome.assert_complete();
            match of {
                From::Client => edges(&outcome.client_end, outcome.client.state()),
                From::Server => edges(&outcome.server_end, outcome.server.state()),
            }
        })
        .collect()
}

fn figure(rows: &[(&str, T, &str)]) -> BTreeSet<(String, T, String)> {
    rows.iter().map(|(from, by, to)| ((*from).to_owned(), *by, (*to).to_owned())).collect()
}

/// The graph for `dot`, which is what a failure shows.
fn dot(graph: &BTreeSet<(String, T, String)>) -> String {
    let lines =
        graph.iter().map(|(from, by, to)| format!("    {from} -> {to} [label=\"{by}\"];\n"));
    format!("digraph {{\n{}}}\n", lines.collect::<String>())
}

#[test]
fn the_client_goes_by_figure_a_1() {
    assert_eq!(dot(&graph(From::Client)), dot(&figure(FIGURE_A_1)));
}

#[test]
fn the_server_goes_by_figure_a_2() {
    assert_eq!(dot(&graph(From::Server)), dot(&figure(FIGURE_A_2)));
}

/// One well-formed message of every type.
fn samples() -> Vec<Vec<u8>> {
    let random = [7; 32];
    let versions = [Extension::SelectedVersion(ProtocolVersion::TLS1_3)];
    let schemes = [SignatureScheme::ED25519];
    let request = [Extension::SignatureAlgorithms(List::from(&schemes))];
    let bodies = [
        Body::ClientHello(ClientHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: &random,
            legacy_session_id: &[],
            cipher_suites: List::from(&[chancery_wire::CipherSuite::TLS_AES_128_GCM_SHA256]),
            legacy_compression_methods: &[0],
            extensions: Extensions::EMPTY,
        }),
        Body::ServerHello(ServerHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: &random,
            legacy_session_id_echo: &[],
            cipher_suite: chancery_wire::CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: 0,
            extensions: Extensions::from(&versions),
        }),
        Body::HelloRetryRequest(HelloRetryRequest {
            legacy_version: ProtocolVersion::TLS1_2,
            legacy_session_id_echo: &[],
            cipher_suite: chancery_wire::CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: 0,
            extensions: Extensions::from(&versions),
        }),
        Body::EncryptedExtensions(EncryptedExtensions { extensions: Extensions::EMPTY }),
        Body::CertificateRequest(CertificateRequest {
            certificate_request_context: &[],
            extensions: Extensions::from(&request),
        }),
        Body::Certificate(Certificate {
            certificate_request_context: &[],
            certificate_list: List::EMPTY,
        }),
        Body::CertificateVerify(CertificateVerify {
            algorithm: SignatureScheme::ED25519,
            signature: &[1; 64],
        }),
        Body::Finished(Finished { verify_data: &[1; 32] }),
        Body::EndOfEarlyData,
        Body::NewSessionTicket(NewSessionTicket {
            ticket_lifetime: 1,
            ticket_age_add: 0,
            ticket_nonce: &[],
            ticket: &[1],
            extensions: Extensions::EMPTY,
        }),
        Body::KeyUpdate(KeyUpdate { request_update: KeyUpdateRequest::UPDATE_NOT_REQUESTED }),
        Body::MessageHash(MessageHash { hash: &[1; 32] }),
        Body::Other { msg_type: T::HELLO_REQUEST, contents: &[] },
        Body::Other { msg_type: T(99), contents: &[] },
    ];
    let encode = |body: &Body<'_>| {
        let mut bytes = Vec::new();
        body.encode(&mut bytes).unwrap();
        bytes
    };
    bodies.iter().map(encode).collect()
}

/// Puts each sample in the place of each message of each handshake.
fn unexpected(to: From, figure: &[(&str, T, &str)]) -> usize {
    let mut tried = 0;
    for number in 0.. {
        let Some(plain) = handshake(number, |_| {}) else { break };
        let received = match to {
            From::Client => plain.client_end.edges,
            From::Server => plain.server_end.edges,
        };
        for (nth, (state, _)) in received.iter().enumerate() {
            // The last ones come after the handshake, when nobody meddles any more.
            if state == "Connected" {
                continue;
            }
            for sample in samples() {
                let kind = T(sample[0]);
                if figure.iter().any(|(from, by, _)| (*from, *by) == (state.as_str(), kind)) {
                    continue;
                }
                let outcome = handshake(number, |pair| {
                    let mut seen = 0;
                    pair.meddler = Box::new(move |from, _, bytes| {
                        if from != to {
                            if seen == nth {
                                *bytes = sample.clone();
                            }
                            seen += 1;
                        }
                    });
                });
                let outcome = outcome.unwrap();
                let error = match to {
                    From::Client => outcome.client_end.error,
                    From::Server => outcome.server_end.error,
                };
                let Some(HandshakeError::Violation(violation)) = error else {
                    panic!("{kind} in {state} of handshake {number} gives {error:?}");
                };
                assert!(
                    matches!(violation, Violation::UnexpectedMessage { state: s, message }
                        if s == state && message == kind),
                    "{kind} in {state} of handshake {number} gives {violation}",
                );
                assert_eq!(violation.alert(), AlertDescription::UNEXPECTED_MESSAGE);
                tried += 1;
            }
        }
    }
    tried
}

#[test]
fn everything_else_is_unexpected() {
    // RFC 8446 §4: "Handshake messages MUST be sent in the order defined".
    assert!(unexpected(From::Client, FIGURE_A_1) > 200);
    assert!(unexpected(From::Server, FIGURE_A_2) > 80);
}

#[test]
fn everything_else_is_unexpected_after_the_handshake() {
    let mut tried = 0;
    for sample in samples() {
        let kind = T(sample[0]);
        for (side, figure) in [(From::Client, FIGURE_A_1), (From::Server, FIGURE_A_2)] {
            if figure.iter().any(|(from, by, _)| (*from, *by) == ("Connected", kind)) {
                continue;
            }
            let mut outcome = Pair::new().run();
            let (epoch, random) = (chancery_handshake::Epoch::Application, &mut Counter(1));
            let result = match side {
                From::Client => outcome.client.receive(epoch, &sample, random),
                From::Server => outcome.server.receive(epoch, &sample, random),
            };
            let expected = Violation::UnexpectedMessage { state: "Connected", message: kind };
            assert_eq!(result, Err(expected.into()));
            tried += 1;
        }
    }
    assert_eq!(tried, 12 + 13);
}
