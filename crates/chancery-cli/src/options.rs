//! What several commands take, and how they fail.

use core::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::handshake::{Group, Suite};
use chancery::{Error, GROUPS, Identity, KeyLog, KeyLogFile, TrustAnchors};
use chancery_chain::Rejection;
use chancery_x509::Certificate;
use clap::Args;
use pki_types::CertificateDer;
use pki_types::pem::PemObject;

/// Why a command failed, ready to be read.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: core::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The failure of a connection; a refused certificate shows the whole verdict.
pub(crate) fn connection_failure(error: &io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::Certificate(rejection)) => Failure(refused(rejection)),
        _ => Failure::new(error),
    }
}

/// Which certificate, which rule, why; then every path that was tried.
fn refused(rejection: &Rejection) -> String {
    format!("certificate refused: {rejection}\n{}", rejection.report())
}

/// Adds what was being done when `result` failed.
pub(crate) fn doing<T>(
    what: impl fmt::Display,
    result: Result<T, impl fmt::Display>,
) -> Result<T, Failure> {
    result.map_err(|error| Failure(format!("{what}: {error}")))
}

/// Reads a file, or says which one could not be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    doing(path.display(), fs::read(path))
}

/// What is offered or accepted.
#[derive(Args)]
pub(crate) struct Negotiation {
    /// Application protocols, the preferred one first, such as h2,http/1.1
    #[arg(long, value_name = "PROTOCOL,…", value_delimiter = ',')]
    pub(crate) alpn: Vec<String>,
    /// Cipher suites, the preferred one first, by their IANA names
    #[arg(long, value_name = "SUITE:…", value_delimiter = ':', value_parser = suite)]
    pub(crate) ciphersuites: Vec<Suite>,
    /// Key exchange groups, the preferred one first, by their IANA names
    #[arg(long, visible_alias = "curves", value_name = "GROUP:…", value_delimiter = ':', value_parser = group)]
    pub(crate) groups: Vec<Group>,
}

impl Negotiation {
    pub(crate) fn protocols(&self) -> Vec<Vec<u8>> {
        self.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect()
    }
}

fn suite(name: &str) -> Result<Suite, String> {
    let known = Suite::ALL.into_iter().find(|suite| suite.to_string().eq_ignore_ascii_case(name));
    known.ok_or_else(|| format!("known are {}", list(&Suite::ALL)))
}

fn group(name: &str) -> Result<Group, String> {
    // P-256 is what OpenSSL's users call secp256r1.
    let name = match name.to_ascii_uppercase().as_str() {
        "P-256" | "PRIME256V1" => "secp256r1",
        "P-384" => "secp384r1",
        _ => name,
    };
    let known =
        GROUPS.into_iter().find(|group| group.name().to_string().eq_ignore_ascii_case(name));
    known.ok_or_else(|| format!("known are {}", list(&GROUPS.map(|group| group.name()))))
}

fn list(names: &[impl fmt::Display]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A certificate chain with its key, from two PEM files.
pub(crate) fn identity(certificates: &Path, key: &Path) -> Result<Identity, Failure> {
    let what = format!("{} with {}", certificates.display(), key.display());
    doing(what, Identity::from_pem(&read(certificates)?, &read(key)?))
}

/// Whether there is a PEM block in it; otherwise it is taken for DER.
pub(crate) fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

/// The certificates of a PEM file, or the one of a DER file. PEM blocks are not read further.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let bytes = read(path)?;
    if !is_pem(&bytes) {
        let neither = format!("{}: neither PEM nor a certificate in DER", path.display());
        doing(neither, Certificate::parse_lenient(&bytes, &mut |_| ()))?;
        return Ok(vec![CertificateDer::from(bytes)]);
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = doing(path.display(), found)?;
    if found.is_empty() {
        return Err(Failure(format!("{}: no CERTIFICATE block in it", path.display())));
    }
    Ok(found)
}

/// The anchors of the files, or else the system's.
pub(crate) fn anchors(files: &[PathBuf]) -> Result<TrustAnchors, Failure> {
    let mut anchors = TrustAnchors::new();
    for path in files {
        for certificate in certificates(path)? {
            doing(path.display(), anchors.add_certificate(&certificate))?;
        }
    }
    if files.is_empty() {
        let found = rustls_native_certs::load_native_certs();
        // Stores hold certificates that nothing can read; they vouch for nothing.
        anchors = TrustAnchors::from_certificates(&found.certs).0;
        if anchors.is_empty() {
            return Err(Failure::new(
                "the system's store has no CA certificate: name a file with --ca",
            ));
        }
    }
    Ok(anchors)
}

/// The key log file that was named, or that the environment names.
pub(crate) fn key_log(named: Option<&Path>) -> Result<Option<Arc<dyn KeyLog>>, Failure> {
    let file = match named {
        Some(path) => Some(doing(path.display(), KeyLogFile::append(path))?),
        None => doing("SSLKEYLOGFILE", KeyLogFile::from_environment())?,
    };
    Ok(file.map(|file| -> Arc<dyn KeyLog> { Arc::new(file) }))
}
