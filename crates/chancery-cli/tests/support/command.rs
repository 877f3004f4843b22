//! What tests of the command share: its arguments and output, a folder with certificates, a server.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom};
use chancery_issue::{
    AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder,
    ToPem,
};
use pki_types::{PrivatePkcs8KeyDer, UnixTime};

pub(crate) fn chancery(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.args(arguments).env_remove("SSLKEYLOGFILE").stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    chancery(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder of its own, with `root.pem`, `server.pem` and `server.key` for localhost.
pub(crate) struct Files(PathBuf);

impl Files {
    /// With the files.
    pub(crate) fn new() -> Self {
        let files = Self::empty();
        files.fill();
        files
    }

    /// Without.
    pub(crate) fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("chancery-cli-{}-{number}", std::process::id());
        let files = Self(std::env::temp_dir().join(name));
        fs::create_dir_all(&files.0).unwrap();
        files
    }

    fn fill(&self) {
        let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
        let load = |key: &Pkcs8| PrivateKey::from_pkcs8(key.as_der()).unwrap();
        let root = CertificateAuthority::self_signed(
            load(&Pkcs8::generate(KeyType::EcdsaP256).unwrap()),
            SIGNATURE_VERIFICATION_ALGORITHMS,
            DistinguishedName::from_common_name("Command Test Root").unwrap(),
            &Profile::root_ca(),
            now,
            random,
        )
        .unwrap();
        let key = Pkcs8::generate(KeyType::EcdsaP256).unwrap();
        let host: AlternativeName = "localhost".parse().unwrap();
        let request = RequestBuilder::new().of_names([host.clone()]).sign(&load(&key)).unwrap();
        let control = Control::asserted_by_operator(now).of_names([host]);
        let chain = root.issue(&Profile::tls_server(), &request, &control, now, random).unwrap();
        fs::write(self.path("root.pem"), root.certificate().to_pem()).unwrap();
        fs::write(self.path("server.pem"), chain.to_pem()).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.as_der());
        fs::write(self.path("server.key"), key.to_pem().as_bytes()).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn shown(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `chancery serve` on a free port; it is ended when dropped.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) errors: BufReader<ChildStderr>,
}

impl Serving {
    pub(crate) fn start(files: &Files, more: &[&str]) -> Self {
        let (certificate, key) = (files.shown("server.pem"), files.shown("server.key"));
        let mut command = chancery(&["serve", "--cert", &certificate, "--key", &key]);
        command.args(["--listen", "127.0.0.1:0"]).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        errors.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on 127.0.0.1:").unwrap();
        Self { child, address: format!("localhost:{address}"), errors }
    }

    pub(crate) fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
