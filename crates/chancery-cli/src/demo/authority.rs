//! The demonstration's certificate authority.

use std::sync::Arc;

use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom};
use chancery_issue::{
    AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, ProvenRequest,
    RequestBuilder,
};
use pki_types::{CertificateDer, UnixTime};

use crate::options::{Failure, doing};

/// What the authority leaves behind.
pub(crate) struct Issued {
    pub(crate) root: CertificateDer<'static>,
    /// The server's certificate and the intermediate's.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Arc<PrivateKey>,
    /// What was done, a line each.
    pub(crate) steps: Vec<String>,
}

/// Makes a root and an intermediate, lets the server make a key and a request, checks the request, and
/// issues the certificate.
pub(crate) fn issue(server_name: &str) -> Result<Issued, Failure> {
    let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
    let mut steps = Vec::new();

    let name = DistinguishedName::from_common_name("Chancery Demo Root")?;
    let algorithms = SIGNATURE_VERIFICATION_ALGORITHMS;
    let key = new_key(KeyType::EcdsaP384)?;
    let made =
        CertificateAuthority::self_signed(key, algorithms, name, &Profile::root_ca(), now, random);
    let root = doing("root", made)?;
    steps.push(format!("root          {}, ECDSA P-384", subject(root.certificate())?));

    let name = DistinguishedName::from_common_name("Chancery Demo Intermediate")?;
    let key = new_key(KeyType::EcdsaP256)?;
    let made = root.subordinate(key, name, &Profile::intermediate_ca(), now, random);
    let intermediate = doing("intermediate", made)?;
    steps.push(format!("intermediate  {}, ECDSA P-256", subject(intermediate.certificate())?));

    // The server's side: its key never leaves it, the request shows that it has it.
    let key = Arc::new(new_key(KeyType::EcdsaP256)?);
    let host: AlternativeName = doing(server_name, server_name.parse())?;
    let builder = RequestBuilder::new().of_names([host.clone()]);
    let request = doing("request", builder.sign(key.as_ref()))?;

    // The authority's side: proof of possession, then the names, then lints; only then it signs.
    let proven = doing("request", ProvenRequest::verify(&request, algorithms))?;
    let names: Vec<_> = proven.names().iter().map(ToString::to_string).collect();
    steps.push(format!("request       key proven, asks for {}", names.join(", ")));
    let control = Control::asserted_by_operator(now).of_names([host]);
    let chain = intermediate.issue(&Profile::tls_server(), &request, &control, now, random);
    let chain = doing("server certificate", chain)?;
    let lengths: Vec<_> = chain.iter().map(|der| format!("{} B", der.len())).collect();
    steps.push(format!("issued        for {}, chain of {}", names.join(", "), lengths.join(" + ")));
    Ok(Issued { root: root.certificate().clone(), chain, key, steps })
}

fn new_key(key_type: KeyType) -> Result<PrivateKey, Failure> {
    let pkcs8 = doing("key", Pkcs8::generate(key_type))?;
    doing("key", PrivateKey::from_pkcs8(pkcs8.as_der()))
}

fn subject(certificate: &CertificateDer<'_>) -> Result<String, Failure> {
    let certificate = doing("certificate", chancery_x509::Certificate::parse(certificate))?;
    Ok(certificate.subject().to_string())
}
