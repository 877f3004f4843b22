//! What comes beside a certificate in the handshake, and decides about it: OCSP responses and the timestamps of logs.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use chancery::{Error, Identity, TrustAnchors, Validator};
use chancery_chain::{Log, LogList, LogState, Policy, Rule, TransparencyPolicy};
use chancery_crypto::{MAX_SIGNATURE_LEN, SignatureAlgorithm, SigningKey};
use chancery_issue::{
    CertIdHash, CertificateAuthority, CertificateStatus, Control, CrlPeriod, DistinguishedName,
    Profile, RequestBuilder, Revocation, RevocationReason, SerialNumber, Stapling,
};
use chancery_ring::{KeyType, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_tests::{
    connection::Conversation,
    pair::Configuration,
    pki::{HOST, NOW, Pki, days_after, ed25519, fresh},
    random::Repeatable,
};
use chancery_wire::AlertDescription as Alert;
use chancery_x509::Certificate;
use pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

/// A client that judges by `policy` talks to a server that shows `identity`.
#[track_caller]
fn check(
    anchors: TrustAnchors,
    policy: Policy,
    identity: Identity,
    expected: Option<(Rule, Alert)>,
) {
    let mut configuration = Configuration::repeatable();
    let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS).with_policy(policy);
    Arc::make_mut(&mut configuration.client).trust = Some(Arc::new(validator));
    Arc::make_mut(&mut configuration.server).identities = vec![identity];
    let talk = Conversation::hold(&configuration, |_, _, _| ());
    match (expected, &talk.client.failure) {
        (None, None) => assert!(talk.is_complete(), "{talk:?}"),
        (Some((rule, alert)), Some(Error::Certificate(rejection))) => {
            assert_eq!(rejection.rule(), rule, "{rejection}");
            assert!(
                matches!(talk.server.failure, Some(Error::PeerAlert(a)) if a == alert),
                "{talk:?}"
            );
        }
        (_, failure) => panic!("{failure:?}"),
    }
}

/// RFC 6962 §3.2: what a log signs about a certificate as it is.
fn timestamp(log: &PrivateKey, certificate: &CertificateDer<'_>) -> Vec<u8> {
    let length = u32::try_from(certificate.len()).unwrap().to_be_bytes();
    let time = (NOW.as_secs() * 1000).to_be_bytes();
    let message = [&[0, 0], &time[..], &[0, 0], &length[1..], certificate, &[0, 0]].concat();
    let mut signature = [0; MAX_SIGNATURE_LEN];
    let signed = log.sign(SignatureAlgorithm::EcdsaP256Sha256, &message, &mut signature).unwrap();
    let length = u16::try_from(signed).unwrap().to_be_bytes();
    let id = Sha256::digest(log.subject_public_key_info());
    [&[0], &id[..], &time, &[0, 0, 4, 3], &length, &signature[..signed]].concat()
}

/// RFC 6962 §3.3, RFC 8446 §4.4.2.1
#[test]
fn timestamps_of_the_handshake_satisfy_the_policy() {
    let pki = Pki::new(1, NOW);
    let logs =
        [(); 2].map(|()| PrivateKey::from_pkcs8(fresh(KeyType::EcdsaP256).as_der()).unwrap());
    let operators = ["one", "two"].iter().zip(&logs);
    let known = operators.map(|(operator, log)| {
        Log::new(log.subject_public_key_info(), operator, LogState::Usable).unwrap()
    });
    let mut policy = Policy::new();
    let list = LogList::new(known.collect(), NOW);
    policy.transparency = Some(TransparencyPolicy::new(Arc::new(list)));

    let identity = pki.server(HOST, NOW);
    let timestamps = logs.each_ref().map(|log| timestamp(log, &identity.chain()[0]));
    let other = pki.server("other.example", NOW);
    let stolen = logs.each_ref().map(|log| timestamp(log, &other.chain()[0]));
    let with = |timestamps: &[Vec<u8>]| {
        let timestamps: Vec<_> = timestamps.iter().map(Vec::as_slice).collect();
        identity.clone().with_timestamps(&timestamps)
    };
    let missing = Some((Rule::CertificateTransparency, Alert::CERTIFICATE_UNKNOWN));
    check(pki.anchors(), policy.clone(), with(&timestamps), None);
    check(pki.anchors(), policy.clone(), with(&[]), missing);
    check(pki.anchors(), policy.clone(), with(&timestamps[..1]), missing);
    check(pki.anchors(), policy.clone(), with(&stolen), missing);
    check(pki.anchors(), policy, with(&[b"junk".to_vec()]), missing);
    // Who does not ask is not sent them, and does not miss them.
    check(pki.anchors(), Policy::new(), with(&timestamps), None);
}

/// RFC 7633 §4.2.3, RFC 6960
#[test]
fn a_promise_to_staple_is_kept() {
    let random = &mut Repeatable::new(5);
    let name = DistinguishedName::from_common_name("Stapling Root").unwrap();
    let root = CertificateAuthority::self_signed(
        ed25519(77),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name,
        &Profile::root_ca(),
        NOW,
        random,
    );
    let root = root.unwrap();
    let mut profile = Profile::tls_server();
    profile.stapling = Stapling::Required;
    let key = ed25519(78);
    let request = RequestBuilder::new().of_names([HOST.parse().unwrap()]).sign(&key).unwrap();
    let control = Control::asserted_by_operator(NOW).of_names([HOST.parse().unwrap()]);
    let chain = root.issue(&profile, &request, &control, NOW, random).unwrap();
    let certificate = Certificate::parse(&chain[0]).unwrap();
    let serial_number = SerialNumber::new(certificate.serial_number().magnitude()).unwrap();

    let staple = |status: &CertificateStatus| {
        let week = CrlPeriod { this_update: NOW, next_update: days_after(NOW, 7) };
        root.ocsp_response(&[*status], CertIdHash::Sha1, week, &[]).unwrap()
    };
    let mut anchors = TrustAnchors::new();
    anchors.add_certificate(root.certificate()).unwrap();
    let identity = Identity::new(chain.clone(), Arc::new(key)).unwrap();
    let check = |response: &[u8], expected| {
        let identity = identity.clone().with_ocsp_response(response);
        check(anchors.clone(), Policy::new(), identity, expected);
    };
    let missing = Some((Rule::MustStaple, Alert::BAD_CERTIFICATE_STATUS_RESPONSE));
    check(&staple(&CertificateStatus::Good(serial_number)), None);
    check(&[], missing);
    check(b"junk", missing);
    let revocation = Revocation { serial_number, at: NOW, reason: RevocationReason::KeyCompromise };
    let revoked = staple(&CertificateStatus::Revoked(revocation));
    check(&revoked, Some((Rule::Revoked, Alert::CERTIFICATE_REVOKED)));
}
