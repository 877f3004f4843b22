//! A verified path answers for the certificates that it was found for, and for no others.

use std::sync::Arc;

use chancery_chain::{Peer, Presented, Purpose, ReferenceIdentity, Validator, VerifiedPath};
use chancery_crypto::{MAX_SIGNATURE_LEN, SigningKey as _};
use chancery_handshake::{
    Answer, Choice, Client, ClientConfig, Credentials, Epoch, Event, Group, HandshakeError,
    Operation, Refusal, Server, ServerConfig, VerifyCertificates,
};
use chancery_ring::{Hash, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom, X25519};
use chancery_tests::pki::{HOST, NOW, Pki, ed25519};
use chancery_wire::NamedGroup;
use pki_types::CertificateDer;

const GROUPS: &[Group] = &[Group::new(NamedGroup::X25519, &X25519)];

/// Verifies `chain` by the book.
fn verified(pki: &Pki, chain: &[CertificateDer<'_>], purpose: Purpose) -> VerifiedPath {
    let validator = Validator::new(pki.anchors(), SIGNATURE_VERIFICATION_ALGORITHMS);
    let name = ReferenceIdentity::dns(HOST).expect("a name");
    let peer = match purpose {
        Purpose::ServerAuth => Peer::Named(&name),
        _ => Peer::Anyone,
    };
    validator
        .verify(&Presented::new(&chain[0], &chain[1..]), purpose, peer, NOW)
        .expect("a good chain")
}

/// A handshake with a server that shows `chain`; how the client ends, if `answer` is what it hears
/// about the certificates.
fn shake_hands(
    chain: &[CertificateDer<'static>],
    key: &PrivateKey,
    answer: impl Fn(&VerifyCertificates) -> Answer,
) -> Result<(), HandshakeError> {
    let random = &mut SystemRandom::new();
    let config = ClientConfig::new(GROUPS, SIGNATURE_VERIFICATION_ALGORITHMS);
    let name = HOST.try_into().expect("a name");
    let mut client = Client::<Hash>::start(Arc::new(config), name, random)?;
    let config = ServerConfig::new(GROUPS, SIGNATURE_VERIFICATION_ALGORITHMS);
    let mut server = Server::<Hash>::start(Arc::new(config))?;
    let mut complete = false;
    while !complete {
        let mut to_server: Vec<(Epoch, Vec<u8>)> = Vec::new();
        while let Some(event) = client.poll() {
            match event {
                Event::Send { epoch, bytes } => to_server.push((epoch, bytes)),
                Event::Suspended(Operation::VerifyCertificates(question)) => {
                    client.resume(answer(&question), random)?;
                }
                Event::Complete => complete = true,
                _ => {}
            }
        }
        for (epoch, bytes) in to_server {
            server.receive(epoch, &bytes, random)?;
        }
        while let Some(event) = server.poll() {
            match event {
                Event::Send { epoch, bytes } => client.receive(epoch, &bytes, random)?,
                Event::Suspended(Operation::ChooseConfiguration(question)) => {
                    let credentials = Credentials::new(chain.to_vec(), key.algorithms());
                    server.resume(question.choose(Choice::new(credentials)), random)?;
                }
                Event::Suspended(Operation::Sign(question)) => {
                    let mut signature = [0; MAX_SIGNATURE_LEN];
                    let len = key
                        .sign(question.algorithm(), question.message(), &mut signature)
                        .expect("a signature");
                    server.resume(question.signature(&signature[..len]), random)?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

#[test]
fn evidence_counts_for_its_own_certificate_and_purpose() {
    let pki = Pki::new(1, NOW);
    let (key, other_key) = (ed25519(200), ed25519(201));
    let chain = pki.server_chain(&key, HOST, NOW);
    let own = verified(&pki, &chain, Purpose::ServerAuth);
    assert_eq!(shake_hands(&chain, &key, |question| question.accept(&own)), Ok(()));

    let refused = Err(HandshakeError::Refused(Refusal::Internal));
    let other = pki.server_chain(&other_key, HOST, NOW);
    let of_another = verified(&pki, &other, Purpose::ServerAuth);
    assert_eq!(shake_hands(&chain, &key, |question| question.accept(&of_another)), refused);

    let chain = pki.client_chain(&key, HOST, NOW);
    let for_clients = verified(&pki, &chain, Purpose::ClientAuth);
    assert_eq!(shake_hands(&chain, &key, |question| question.accept(&for_clients)), refused);
}
