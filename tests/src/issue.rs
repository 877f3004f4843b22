//! What a CA makes of requests and names that strangers send.

use chancery_issue::{
    AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, ProvenRequest,
    RequestBuilder,
};
use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use chancery_x509::Certificate;

use crate::{pki::NOW, random::Repeatable};

/// A request in DER is refused, or gives a certificate that holds nothing but its key and names.
///
/// # Panics
/// If the certificate holds more, or less.
pub fn request(bytes: &[u8]) {
    let Ok(proven) = ProvenRequest::verify(bytes, SIGNATURE_VERIFICATION_ALGORITHMS) else {
        return;
    };
    let root = CertificateAuthority::self_signed(
        key(),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        DistinguishedName::from_common_name("Root").expect("a name"),
        &Profile::root_ca(),
        NOW,
        &mut Repeatable::new(1),
    )
    .expect("a root");
    let control = Control::asserted_by_operator(NOW).of_names(proven.names().to_vec());
    let random = &mut Repeatable::new(2);
    let Ok(chain) = root.issue(&Profile::tls_client(), bytes, &control, NOW, random) else {
        return;
    };
    let certificate = Certificate::parse(&chain[0]).expect("what is issued parses");
    assert_eq!(certificate.subject_public_key_info().as_der(), proven.subject_public_key_info());
    let extensions = certificate.extensions();
    assert!(extensions.basic_constraints().is_some_and(|constraints| !constraints.ca()));
    assert!(extensions.key_usage().is_some_and(|usage| usage.bits() == 1));
    assert!(extensions.name_constraints().is_none() && certificate.subject().is_empty());
    assert_eq!(
        extensions.subject_alt_name().map(|names| names.iter().count()),
        Some(proven.names().len())
    );
}

/// A name in text is refused, or is the same after being written and read as text, and as DER.
///
/// # Panics
/// If it is not.
pub fn name(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(name) = text.parse::<AlternativeName>() else { return };
    assert_eq!(name.to_string().parse(), Ok(name.clone()));
    let request = RequestBuilder::new().of_names([name.clone()]).sign(&key()).expect("a request");
    let proven = ProvenRequest::verify(&request, SIGNATURE_VERIFICATION_ALGORITHMS);
    assert_eq!(proven.expect("a request of our own").names(), [name]);
}

fn key() -> PrivateKey {
    let pkcs8 = Pkcs8::generate(KeyType::Ed25519).expect("a key");
    PrivateKey::from_pkcs8(pkcs8.as_der()).expect("a key")
}
