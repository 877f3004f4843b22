//! The certificates, made by chancery-issue on the spot, as files that the peers can read.

use std::fs;
use std::path::{Path, PathBuf};

use chancery::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom};
use chancery::{Identity, TrustAnchors};
use chancery_issue::{
    AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder,
    ToPem,
};

use crate::case::{Expectation, KeyKind};

/// What the server is called. 127.0.0.1 is among its names too, for peers that look for it.
pub(crate) const HOST: &str = "localhost";

/// What the server is not called.
pub(crate) const WRONG_HOST: &str = "wrong.example";

/// A folder of files for one run; it is removed at the end.
pub(crate) struct Pki {
    folder: PathBuf,
    root: CertificateDer<'static>,
    wrong_root: CertificateDer<'static>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("chancery-interop-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder can be made");
        let (root, issuing) = authority();
        // Of the same name: only its key, and thus a signature, tells it from the right one.
        let (wrong_root, _) = authority();
        let pki = Self {
            folder,
            root: root.certificate().clone(),
            wrong_root: wrong_root.certificate().clone(),
        };
        pki.write("root.pem", &pki.root.to_pem());
        pki.write("wrong-root.pem", &pki.wrong_root.to_pem());
        for kind in KeyKind::ALL {
            let (chain, key) = server(&issuing, kind);
            let name = kind.name();
            pki.write(&format!("{name}.pem"), &chain.to_pem());
            pki.write(&format!("{name}.key"), &key);
        }
        pki
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("a temporary file can be written");
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn chain_file(&self, kind: KeyKind) -> PathBuf {
        self.folder.join(format!("{}.pem", kind.name()))
    }

    pub(crate) fn key_file(&self, kind: KeyKind) -> PathBuf {
        self.folder.join(format!("{}.key", kind.name()))
    }

    /// The root that the client trusts.
    pub(crate) fn root_file(&self, expectation: Expectation) -> PathBuf {
        self.file(match expectation {
            Expectation::WrongRoot => "wrong-root.pem",
            Expectation::Works | Expectation::WrongName => "root.pem",
        })
    }

    /// The same, for our client.
    pub(crate) fn anchors(&self, expectation: Expectation) -> TrustAnchors {
        let root = match expectation {
            Expectation::WrongRoot => &self.wrong_root,
            Expectation::Works | Expectation::WrongName => &self.root,
        };
        let mut anchors = TrustAnchors::new();
        anchors.add_certificate(root).expect("a root of our own making is an anchor");
        anchors
    }

    /// What our server shows.
    pub(crate) fn identity(&self, kind: KeyKind) -> Identity {
        let read = |path: &Path| fs::read(path).expect("a file written a moment ago");
        Identity::from_pem(&read(&self.chain_file(kind)), &read(&self.key_file(kind)))
            .expect("a chain and its key")
    }
}

impl Drop for Pki {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The name that the client looks for.
pub(crate) const fn wanted_host(expectation: Expectation) -> &'static str {
    match expectation {
        Expectation::WrongName => WRONG_HOST,
        Expectation::Works | Expectation::WrongRoot => HOST,
    }
}

fn pkcs8(kind: KeyKind) -> Pkcs8 {
    match kind {
        KeyKind::P256 => Pkcs8::generate(KeyType::EcdsaP256),
        KeyKind::P384 => Pkcs8::generate(KeyType::EcdsaP384),
        KeyKind::Ed25519 => Pkcs8::generate(KeyType::Ed25519),
        KeyKind::Rsa => Pkcs8::generate_rsa(2048),
    }
    .expect("a fresh key")
}

fn private_key(pkcs8: &Pkcs8) -> PrivateKey {
    PrivateKey::from_pkcs8(pkcs8.as_der()).expect("a fresh key loads")
}

fn authority() -> (CertificateAuthority, CertificateAuthority) {
    let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
    let name = |text| DistinguishedName::from_common_name(text).expect("a name");
    let root = CertificateAuthority::self_signed(
        private_key(&pkcs8(KeyKind::P384)),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name("Interop Root"),
        &Profile::root_ca(),
        now,
        random,
    )
    .expect("a root");
    let key = private_key(&pkcs8(KeyKind::P256));
    let issuing = root
        .subordinate(key, name("Interop Issuing CA"), &Profile::intermediate_ca(), now, random)
        .expect("an intermediate");
    (root, issuing)
}

fn server(issuing: &CertificateAuthority, kind: KeyKind) -> (Vec<CertificateDer<'static>>, String) {
    let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
    let pkcs8 = pkcs8(kind);
    let names = [HOST, "127.0.0.1"].map(|name| name.parse::<AlternativeName>().expect("a name"));
    let request = RequestBuilder::new()
        .of_names(names.clone())
        .sign(&private_key(&pkcs8))
        .expect("a request");
    let control = Control::asserted_by_operator(now).of_names(names);
    let chain = issuing
        .issue(&Profile::tls_server(), &request, &control, now, random)
        .expect("a certificate");
    (chain, PrivatePkcs8KeyDer::from(pkcs8.as_der()).to_pem().to_string())
}
