//! Certificates that must not be accepted: each has its own named reason, and its own alert.

use std::sync::Arc;

use chancery::{
    ClientAuthentication, ClientConfig, Error, Identity, ServerConfig, TrustAnchors, Validator,
};
use chancery_chain::Rule;
use chancery_crypto::{SignError, SignatureAlgorithm, SigningKey};
use chancery_handshake::{HandshakeError, Violation};
use chancery_ring::{PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_tests::{
    connection::Conversation,
    pair::{Configuration, End},
    pki::{HOST, NOW, Pki, days_after, ed25519, self_signed},
};
use chancery_wire::AlertDescription as Alert;

/// A client that trusts `anchors` talks to a server that shows `identity`.
fn converse(anchors: TrustAnchors, identity: Identity) -> Conversation {
    let mut configuration = Configuration::repeatable();
    let client = Arc::make_mut(&mut configuration.client);
    client.trust = ClientConfig::new(anchors).trust;
    Arc::make_mut(&mut configuration.server).identities = vec![identity];
    Conversation::hold(&configuration, |_, _, _| ())
}

/// The client refuses for the reason of `rule`, tells the server `alert`, and sends it no data.
#[track_caller]
fn refused(talk: &Conversation, rule: Rule, alert: Alert) {
    let Some(Error::Certificate(rejection)) = &talk.client.failure else {
        panic!("not refused: {:?}", talk.client.failure)
    };
    assert_eq!(rejection.rule(), rule, "{rejection}");
    assert_eq!(talk.client.failure.as_ref().and_then(Error::alert), Some(alert));
    assert!(matches!(&talk.server.failure, Some(Error::PeerAlert(a)) if *a == alert), "{talk:?}");
    assert!(talk.client.received.is_empty() && talk.server.received.is_empty());
    assert!(talk.client.connection.peer().is_none());
}

#[test]
fn a_good_one_is_accepted() {
    let pki = Pki::new(1, NOW);
    let talk = converse(pki.anchors(), pki.server(HOST, NOW));
    assert!(talk.is_complete(), "{talk:?}");
    let path = talk.client.connection.peer().expect("the server is verified");
    assert_eq!(path.leaf(), pki.server_chain(&ed25519(200), HOST, NOW)[0].as_ref());
}

/// RFC 9525 §6.3
#[test]
fn a_wrong_name() {
    let pki = Pki::new(1, NOW);
    for host in ["other.example", "example", "www.server.example", "xserver.example"] {
        let talk = converse(pki.anchors(), pki.server(host, NOW));
        refused(&talk, Rule::WrongName, Alert::CERTIFICATE_UNKNOWN);
    }
}

/// RFC 5280 §6.1.3 (a)(2)
#[test]
fn an_expired_one() {
    let pki = Pki::new(1, days_after(NOW, -100));
    // For 45 days.
    let talk = converse(pki.anchors(), pki.server(HOST, days_after(NOW, -46)));
    refused(&talk, Rule::Expired, Alert::CERTIFICATE_EXPIRED);
    let talk = converse(pki.anchors(), pki.server(HOST, days_after(NOW, -44)));
    assert!(talk.is_complete(), "{talk:?}");
}

/// RFC 5280 §6.1.3 (a)(2)
#[test]
fn one_that_is_not_yet_valid() {
    let pki = Pki::new(1, days_after(NOW, -100));
    let talk = converse(pki.anchors(), pki.server(HOST, days_after(NOW, 1)));
    refused(&talk, Rule::NotYetValid, Alert::CERTIFICATE_EXPIRED);
}

#[test]
fn a_self_signed_one() {
    let pki = Pki::new(1, NOW);
    refused(&converse(pki.anchors(), self_signed(HOST, NOW)), Rule::SelfSigned, Alert::UNKNOWN_CA);
}

#[test]
fn a_chain_to_another_root() {
    let (ours, theirs) = (Pki::new(1, NOW), Pki::new(2, NOW));
    let talk = converse(ours.anchors(), theirs.server(HOST, NOW));
    refused(&talk, Rule::UnknownIssuer, Alert::UNKNOWN_CA);
    // With the root along, which only makes it worse known.
    let mut chain = theirs.server_chain(&ed25519(200), HOST, NOW);
    chain.push(theirs.root().clone());
    let identity = Identity::new(chain, Arc::new(ed25519(200))).expect("the certificate's key");
    let talk = converse(ours.anchors(), identity);
    refused(&talk, Rule::UntrustedRoot, Alert::UNKNOWN_CA);
    // Trusting nobody.
    let talk = converse(TrustAnchors::new(), ours.server(HOST, NOW));
    refused(&talk, Rule::UnknownIssuer, Alert::UNKNOWN_CA);
}

/// An impostor with the right name: its root is called like ours, and has another key.
#[test]
fn a_chain_to_a_root_of_the_same_name() {
    let ours = Pki::new(1, NOW);
    let impostor = Pki::impostor(1, NOW);
    let talk = converse(ours.anchors(), impostor.server(HOST, NOW));
    refused(&talk, Rule::BadSignature, Alert::BAD_CERTIFICATE);
}

/// The leaf without the certificate that links it to the root.
#[test]
fn a_missing_intermediate() {
    let pki = Pki::new(1, NOW);
    let mut chain = pki.server_chain(&ed25519(200), HOST, NOW);
    chain.truncate(1);
    let identity = Identity::new(chain, Arc::new(ed25519(200))).expect("the certificate's key");
    refused(&converse(pki.anchors(), identity), Rule::UnknownIssuer, Alert::UNKNOWN_CA);
}

/// RFC 5280 §4.2.1.12: a client's certificate does not make a server.
#[test]
fn another_purpose() {
    let pki = Pki::new(1, NOW);
    let talk = converse(pki.anchors(), pki.client_with(ed25519(200), HOST, NOW));
    refused(&talk, Rule::ExtendedKeyUsage, Alert::CERTIFICATE_UNKNOWN);
}

/// A key that claims to be another.
#[derive(Debug)]
struct Impostor {
    claims: PrivateKey,
    signs: PrivateKey,
}

impl SigningKey for Impostor {
    fn subject_public_key_info(&self) -> &[u8] {
        self.claims.subject_public_key_info()
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.claims.algorithms()
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &mut [u8],
    ) -> Result<usize, SignError> {
        self.signs.sign(algorithm, message, signature)
    }
}

/// RFC 8446 §4.4.3: everybody has the certificate, only one its key. Nothing else is wrong with these
/// handshakes: transcript and Finished are as they should be.
#[test]
fn a_certificate_without_its_key() {
    fn check(end: &End, peer: &End) {
        let error = end.failure.as_ref().expect("refused");
        let signature = HandshakeError::Violation(Violation::Signature);
        assert!(matches!(error, Error::Handshake(e) if *e == signature), "{error}");
        let alert = Alert::DECRYPT_ERROR;
        assert_eq!(error.alert(), Some(alert));
        assert!(matches!(&peer.failure, Some(Error::PeerAlert(a)) if *a == alert), "{peer:?}");
        assert!(end.received.is_empty() && !end.connection.is_closed_by_peer());
    }
    let pki = Pki::new(1, days_after(NOW, -100));
    let impostor = |chain, claims| {
        let key = Impostor { claims: ed25519(claims), signs: ed25519(99) };
        Identity::new(chain, Arc::new(key)).expect("it claims to be the certificate's key")
    };
    let server = impostor(pki.server_chain(&ed25519(200), HOST, NOW), 200);
    let talk = converse(pki.anchors(), server);
    check(&talk.client, &talk.server);
    let client = impostor(pki.client_chain(&ed25519(201), "client.example", NOW), 201);
    let talk = client_shows(Some(client), REQUIRED);
    check(&talk.server, &talk.client);
}

/// A server that asks for certificates, and a client that shows `identity`.
fn client_shows(identity: Option<Identity>, asked: ClientAuthentication) -> Conversation {
    let mut configuration = Configuration::repeatable();
    let server: &mut ServerConfig = Arc::make_mut(&mut configuration.server);
    server.client_authentication = asked;
    let anchors = Pki::new(1, days_after(NOW, -100)).anchors();
    server.client_trust =
        Some(Arc::new(Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)));
    Arc::make_mut(&mut configuration.client).identity = identity;
    Conversation::hold(&configuration, |_, _, _| ())
}

const REQUIRED: ClientAuthentication = ClientAuthentication::Required { authorities: vec![] };

#[test]
fn clients_that_are_accepted() {
    let pki = Pki::new(1, days_after(NOW, -100));
    let good = || Some(pki.client_with(ed25519(201), "client.example", NOW));
    for (identity, asked) in [
        (good(), REQUIRED),
        (good(), ClientAuthentication::Optional { authorities: vec![] }),
        (None, ClientAuthentication::Optional { authorities: vec![] }),
        (good(), ClientAuthentication::None),
    ] {
        let shown = identity.is_some() && asked != ClientAuthentication::None;
        let talk = client_shows(identity, asked);
        assert!(talk.is_complete(), "{talk:?}");
        assert_eq!(talk.server.connection.peer().is_some(), shown);
    }
}

#[test]
fn clients_that_are_refused() {
    #[track_caller]
    fn refused(identity: Option<Identity>, alert: Alert, is_reason: impl Fn(&Error) -> bool) {
        let talk = client_shows(identity, REQUIRED);
        let error = talk.server.failure.as_ref().expect("refused");
        assert!(is_reason(error), "{error}");
        assert_eq!(error.alert(), Some(alert), "{error}");
        // The client has sent its request already, since it cannot know; none of it is handed out.
        assert!(talk.server.received.is_empty());
        assert!(talk.server.connection.peer().is_none());
        assert!(
            matches!(&talk.client.failure, Some(Error::PeerAlert(a)) if *a == alert),
            "{:?}",
            talk.client.failure
        );
    }
    let rule = |wanted: Rule| move |error: &Error| matches!(error, Error::Certificate(why) if why.rule() == wanted);
    let pki = Pki::new(1, days_after(NOW, -100));
    let host = "client.example";
    // RFC 8446 §4.4.2.4
    refused(None, Alert::CERTIFICATE_REQUIRED, |e| matches!(e, Error::Handshake(_)));
    let expired = pki.client_with(ed25519(201), host, days_after(NOW, -50));
    refused(Some(expired), Alert::CERTIFICATE_EXPIRED, rule(Rule::Expired));
    let stranger = Pki::new(3, NOW).client_with(ed25519(201), host, NOW);
    refused(Some(stranger), Alert::UNKNOWN_CA, rule(Rule::UnknownIssuer));
    let server = pki.server(host, NOW);
    refused(Some(server), Alert::CERTIFICATE_UNKNOWN, rule(Rule::ExtendedKeyUsage));
}
