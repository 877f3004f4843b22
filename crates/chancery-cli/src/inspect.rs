//! `chancery inspect`: what is in a file, as `openssl x509 -text` shows it, whatever kind of file it is.

mod certificate;
mod detect;
mod document;
mod extensions;
mod key;
mod revocation;

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chancery_x509::pem;
use clap::Args;
use serde_json::Value;

use crate::options::{self, Failure, doing};
use detect::detect;
use document::Document;

/// Show certificates, chains, CRLs, OCSP messages, requests and keys, DER or PEM; the kind is found by itself.
///
/// Deviations from DER and RFC 5280 are listed at the end of each as findings. Nothing is verified, and no private key is printed.
#[derive(Args)]
pub(crate) struct Inspect {
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON array with an object for each thing found
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (mut documents, mut failures) = (Vec::new(), Vec::new());
        for file in &self.files {
            match read(file) {
                Ok(bytes) => {
                    for found in inspect(&bytes) {
                        match doing(file.display(), found) {
                            Ok(document) => documents.push(document),
                            Err(failure) => failures.push(failure),
                        }
                    }
                }
                Err(failure) => failures.push(failure),
            }
        }
        if !documents.is_empty() {
            self.show(&documents)?;
        }
        // What can be read is shown although something else cannot.
        let lines: Vec<_> = failures.iter().map(Failure::to_string).collect();
        if lines.is_empty() { Ok(()) } else { Err(Failure::new(lines.join("\nchancery: "))) }
    }

    fn show(&self, documents: &[Document]) -> Result<(), Failure> {
        let text = if self.json {
            let all = Value::Array(documents.iter().map(Document::to_json).collect());
            serde_json::to_string_pretty(&all)? + "\n"
        } else {
            documents.iter().map(Document::to_text).collect::<Vec<_>>().join("\n")
        };
        match io::stdout().lock().write_all(text.as_bytes()) {
            // `| head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => doing("standard output", outcome),
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file != Path::new("-") {
        return options::read(file);
    }
    let mut bytes = Vec::new();
    doing("-", io::stdin().lock().read_to_end(&mut bytes))?;
    Ok(bytes)
}

/// Everything in one file, and why what cannot be read cannot.
fn inspect(bytes: &[u8]) -> Vec<Result<Document, Failure>> {
    if bytes.is_empty() {
        return vec![Err(Failure::new("is empty"))];
    }
    let blocks: Vec<_> = pem::blocks(bytes).map(|block| in_block(&block?)).collect();
    if blocks.is_empty() { vec![detect(bytes)] } else { blocks }
}

fn in_block(block: &pem::Block<'_>) -> Result<Document, Failure> {
    let mut buffer = vec![0; block.max_decoded_len()];
    let found = detect(block.decode(&mut buffer)?);
    match block.label() {
        pem::Label::Other(label) => found.map_err(|_| {
            Failure::new(format_args!("the block {label:?} is of no kind that is known"))
        }),
        label => doing(format_args!("the block of a {label:?}"), found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../chancery-x509/tests/data");

    fn documents(file: &str) -> Vec<Document> {
        all(&std::fs::read(format!("{DATA}/{file}")).unwrap())
    }

    fn all(bytes: &[u8]) -> Vec<Document> {
        inspect(bytes).into_iter().map(Result::unwrap).collect()
    }

    /// The kind is found without being told, and both outputs say these words.
    fn check(file: &str, kind: &str, text: &[&str]) -> Value {
        let documents = documents(file);
        let [document] = &documents[..] else { panic!("{} documents", documents.len()) };
        let shown = document.to_text();
        for wanted in text {
            assert!(shown.contains(wanted), "{wanted:?} is not in\n{shown}");
        }
        let json = document.to_json();
        assert_eq!(json["type"], kind);
        assert_eq!(json["findings"], Value::Array(Vec::new()));
        json
    }

    #[test]
    fn a_certificate() {
        let json = check(
            "leaf.der",
            "certificate",
            &[
                "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number:",
                "Issuer: CN=leaf.example.com",
                "Public-Key: (256 bit)",
                "NIST CURVE: P-256",
                "X509v3 Key Usage: critical\n                Digital Signature",
                "X509v3 Subject Alternative Name:\n                DNS:leaf.example.com, IP Address:192.0.2.1",
                "Findings: none",
            ],
        );
        assert_eq!(json["data"]["subject"], "CN=leaf.example.com");
        assert_eq!(json["data"]["extensions"]["keyUsage"]["critical"], true);
        assert_eq!(
            json["data"]["extensions"]["subjectAltName"]["value"][1],
            "IP Address:192.0.2.1"
        );
    }

    #[test]
    fn every_extension_has_its_text() {
        let json = check(
            "everything.der",
            "certificate",
            &[
                "CA:TRUE, pathlen:2",
                "Permitted: DNS:example.com",
                "Excluded: email:.example.org",
                "Policy: 1.2.3.5",
                "CPS: https://example.com/cps",
                "Explicit Text: Read this",
                "OCSP - URI:http://ocsp.example/",
                "status_request",
                "QcCompliance",
                "Require Explicit Policy:1, Inhibit Policy Mapping:0",
            ],
        );
        assert!(json["data"]["extensions"].as_object().unwrap().len() >= 25);
    }

    #[test]
    fn a_crl_an_ocsp_response_and_its_request() {
        let crl = ["Certificate Revocation List (CRL):", "Key Compromise", "Serial Number: 10:01"];
        check("revoked.crl", "crl", &crl);
        let response = [
            "OCSP Response Status: successful (0x0)",
            "Cert Status: revoked",
            "Cert Status: unknown",
        ];
        check("response.ocsp", "ocspResponse", &response);
        check("try_later.ocsp", "ocspResponse", &["OCSP Response Status: trylater (0x3)"]);
        check("request.ocsp", "ocspRequest", &["Serial Number: 10:04"]);
    }

    #[test]
    fn a_request() {
        check(
            "request.csr",
            "certificateRequest",
            &["Subject: C=XX, CN=csr.example.com", "DNS:csr.example.com"],
        );
    }

    #[test]
    fn private_keys_are_described_and_not_shown() {
        for (file, text) in [
            ("key-p256.p8", "Private-Key: (256 bit)"),
            ("key-p256.sec1", "Private-Key: (256 bit)"),
            ("key-rsa.p8", "Private-Key: (2048 bit)"),
            ("key-rsa.pkcs1", "Private-Key: (2048 bit)"),
            ("key-ed25519.p8", "ED25519 Private-Key:"),
        ] {
            check(file, "privateKey", &[text]);
        }
        let seed = &std::fs::read(format!("{DATA}/key-ed25519.p8")).unwrap()[16..];
        let shown = documents("key-ed25519.p8")[0].to_text();
        let json = documents("key-ed25519.p8")[0].to_json().to_string();
        let hex: Vec<_> = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        for secret in [hex.join(":"), hex.join("")] {
            assert!(!shown.contains(&secret[..12]) && !json.contains(&secret[..12]));
        }
    }

    #[test]
    fn a_chain_in_pem() {
        let path = format!("{}/../../fuzz/corpus/x509_pem/chain", env!("CARGO_MANIFEST_DIR"));
        let documents = all(&std::fs::read(path).unwrap());
        assert_eq!(documents.len(), 2);
        assert!(documents[1].to_text().contains("CN=all.example.com"));
    }

    #[test]
    fn a_deviation_is_a_finding_at_the_end() {
        let mut der = std::fs::read(format!("{DATA}/leaf.der")).unwrap();
        der.push(0);
        let document = &all(&der)[0];
        let last = format!("bytes follow the end of the structure (at byte {})", der.len() - 1);
        assert!(document.to_text().trim_end().ends_with(&last));
        assert_eq!(document.to_json()["findings"][0]["rule"], "TrailingData");
        assert_eq!(document.to_json()["findings"][0]["offset"], der.len() - 1);
    }

    #[test]
    fn garbage_gets_an_error_that_says_where() {
        let error = |bytes: &[u8]| inspect(bytes).remove(0).unwrap_err().to_string();
        assert_eq!(error(b""), "is empty");
        assert!(error(b"hello").contains("neither DER nor PEM"));
        assert!(error(b"-----BEGIN CERTIFICATE-----\nAA").contains("PEM"));
        let mut der = std::fs::read(format!("{DATA}/leaf.der")).unwrap();
        der.truncate(100);
        assert!(error(&der).contains("ends before its announced length"));
        let der = std::fs::read(format!("{DATA}/leaf.der")).unwrap();
        // The time of notBefore loses its Z.
        let z = der.windows(2).position(|window| window == b"Z\x17" || window == b"Z\x18").unwrap();
        let mut broken = der;
        broken[z] = b'X';
        assert!(error(&broken).contains("tbsCertificate.validity.notBefore"), "{}", error(&broken));
    }
}
