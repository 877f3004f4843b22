//! The handshake as QUIC carries it (RFC 9001): without records, with keys of its own.

use chancery_handshake::{Epoch, HandshakeError, LabelSet, Violation};
use chancery_wire::{AlertDescription, HandshakeType, KeyUpdateRequest};

use crate::pair::{Counter, P256, Pair};

fn quic() -> Pair {
    let mut pair = Pair::new();
    pair.client_config.labels = LabelSet::QuicV1;
    pair.server_config.labels = LabelSet::QuicV1;
    pair
}

#[test]
fn it_completes_without_what_is_for_middleboxes() {
    for groups in [Pair::new().server_config.groups, vec![P256]] {
        let mut pair = quic();
        pair.server_config.groups = groups;
        let outcome = pair.run();
        outcome.assert_complete();
        // RFC 9001 §8.4
        assert!(outcome.messages.iter().all(|(_, message)| message.is_some()));
        for secret in outcome.client_secrets() {
            assert_eq!(secret.labels(), LabelSet::QuicV1);
            let aead = chancery_crypto::AeadAlgorithm::Aes128Gcm;
            assert!(secret.header_protection_key(aead).is_some());
        }
    }
}

#[test]
fn a_session_id_is_refused() {
    // RFC 9001 §8.4
    let mut pair = quic();
    pair.client_config.labels = LabelSet::Tls13;
    let error = pair.run().server_end.error.unwrap();
    assert_eq!(error, HandshakeError::Violation(Violation::SessionIdInQuic));
    assert_eq!(error.alert(), AlertDescription::ILLEGAL_PARAMETER);
}

#[test]
fn there_is_no_key_update() {
    // RFC 9001 §6
    let mut outcome = quic().run();
    let update = outcome.client.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(update, Err(HandshakeError::WrongState));
    let message = [24, 0, 0, 1, 0];
    let result = outcome.server.receive(Epoch::Application, &message, &mut Counter(1));
    let message = HandshakeType::KEY_UPDATE;
    let expected = Violation::UnexpectedMessage { state: "Connected", message };
    assert_eq!(result, Err(expected.into()));
}
