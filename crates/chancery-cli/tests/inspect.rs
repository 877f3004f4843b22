//! `chancery inspect` as people use it: files or standard input in, text or JSON out, and an exit status.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use chancery_issue::ToPem;
use pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../chancery-x509/tests/data");

fn path(name: &str) -> String {
    format!("{DATA}/{name}")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn inspect(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .arg("inspect")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Where only files are read the pipe may be closed by now.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The text of a run that has to succeed without a word of complaint.
fn shown(arguments: &[&str], input: &[u8]) -> String {
    let output = inspect(arguments, input);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), complaint.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str], input: &[u8]) -> Value {
    let arguments = [&["--json"], arguments].concat();
    serde_json::from_str(&shown(&arguments, input)).unwrap()
}

/// Each of `wanted` in the text, in this order.
fn in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for wanted in wanted {
        let at = rest.find(wanted).unwrap_or_else(|| panic!("no {wanted:?} where due:\n{text}"));
        rest = &rest[at + wanted.len()..];
    }
}

/// What a run that fails says, with status 1.
fn refused(arguments: &[&str], input: &[u8]) -> String {
    let output = inspect(arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

const LEAF: &[&str] = &[
    "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: 41:39:98:90:ec:",
    "Signature Algorithm: ecdsa-with-SHA256",
    "Issuer: CN=leaf.example.com",
    "Validity:",
    "Not Before: Nov 23 20:04:11 2026 GMT",
    "Not After: Oct 30 20:04:11 2126 GMT",
    "Subject: CN=leaf.example.com",
    "Public Key Algorithm: id-ecPublicKey",
    "Public-Key: (256 bit)",
    "04:c6:2f:77:55",
    "ASN1 OID: prime256v1",
    "NIST CURVE: P-256",
    "X509v3 extensions:",
    "X509v3 Basic Constraints: critical\n                CA:TRUE\n",
    "X509v3 Subject Alternative Name:\n                DNS:leaf.example.com, IP Address:192.0.2.1\n",
    "X509v3 Key Usage: critical\n                Digital Signature\n",
    "X509v3 Extended Key Usage:\n                TLS Web Server Authentication\n",
    "Signature Value:\n        30:45:02:21:00:91:ce",
    "Findings: none\n",
];

#[test]
fn a_certificate_in_der_and_in_pem_from_a_file_and_from_standard_input() {
    let (der, leaf) = (read("leaf.der"), path("leaf.der"));
    let pem = CertificateDer::from(der.as_slice()).to_pem();
    let text = shown(&[&leaf], b"");
    in_order(&text, LEAF);
    assert_eq!(shown(&["-"], &der), text);
    assert_eq!(shown(&["-"], pem.as_bytes()), text);
    let with_text = format!("Subject: somebody\n{}\nand more\n", pem.replace('\n', "\r\n"));
    assert_eq!(shown(&["-"], with_text.as_bytes()), text);
}

#[test]
fn the_json_of_a_certificate() {
    let all = json(&[&path("leaf.der")], b"");
    let [one] = &all.as_array().unwrap()[..] else { panic!("{all}") };
    assert_eq!(one["type"], "certificate");
    assert_eq!(one["findings"], Value::Array(Vec::new()));
    assert_eq!(one["signatureAlgorithm"], "ecdsa-with-SHA256");
    let data = &one["data"];
    assert_eq!(data["subject"], "CN=leaf.example.com");
    assert_eq!(data["validity"]["notBefore"], "2026-11-23T20:04:11Z");
    assert_eq!(data["subjectPublicKeyInfo"]["curve"], "prime256v1");
    let extension = |name: &str| data["extensions"][name].clone();
    assert_eq!(extension("basicConstraints")["critical"], true);
    assert_eq!(extension("basicConstraints")["oid"], "2.5.29.19");
    // Machines get the names of the standards, not the words.
    assert_eq!(extension("keyUsage")["value"][0], "digitalSignature");
    assert_eq!(extension("extKeyUsage")["value"][0], "serverAuth");
    assert_eq!(extension("subjectAltName")["value"][1], "IP Address:192.0.2.1");
}

#[test]
fn a_chain_and_several_files_in_order() {
    let pem = |name| CertificateDer::from(read(name)).to_pem();
    let chain = pem("leaf.der") + &pem("everything.der");
    in_order(
        &shown(&["-"], chain.as_bytes()),
        &["Subject: CN=leaf.example.com", "\n\nCertificate:\n", "CN=all.example.com"],
    );
    let files = [path("revoked.crl"), "-".to_owned(), path("request.csr")];
    let all = json(&files.each_ref().map(String::as_str), chain.as_bytes());
    let kinds: Vec<_> = all.as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["crl", "certificate", "certificate", "certificateRequest"]);
}

#[test]
fn a_crl() {
    in_order(
        &shown(&[&path("revoked.crl")], b""),
        &[
            "Certificate Revocation List (CRL):",
            "Issuer: C=XX, O=Example, CN=Example CA",
            "Last Update: Jan  1 00:00:00 2026 GMT",
            "X509v3 CRL Number:\n                1\n",
            "Revoked Certificates:",
            "Serial Number: 10:01\n",
            "Revocation Date: Jan  1 00:00:00 2026 GMT",
            "X509v3 CRL Reason Code: Key Compromise",
            "Serial Number: 10:03\n",
        ],
    );
    let list = json(&[&path("revoked.crl")], b"");
    assert_eq!(list[0]["data"]["revoked"][1]["serialNumber"], "10:02");
    assert_eq!(list[0]["data"]["revoked"][1]["revocationDate"], "2026-01-02T00:00:00Z");
}

#[test]
fn ocsp_messages() {
    in_order(
        &shown(&[&path("response.ocsp")], b""),
        &[
            "OCSP Response:",
            "OCSP Response Status: successful (0x0)",
            "Responder Id: C=XX, O=Example, CN=Example CA",
            "Certificate ID:",
            "Serial Number: 10:01\n",
            "Cert Status: revoked",
            "Revocation Reason: keyCompromise",
            "Certificate ID:",
            "Cert Status: good",
            "Certificate ID:",
            "Cert Status: unknown",
            // The certificate that came with it.
            "Certificates:",
            "Subject: C=XX, O=Example, CN=Example CA",
            "Findings: none",
        ],
    );
    let response = &json(&[&path("response.ocsp")], b"")[0];
    assert_eq!(response["type"], "ocspResponse");
    assert_eq!(response["data"]["responses"][0]["certId"]["serialNumber"], "10:01");
    assert_eq!(response["data"]["responses"][0]["status"], "revoked");
    assert_eq!(response["certificates"].as_array().unwrap().len(), 1);
    assert!(shown(&[&path("try_later.ocsp")], b"").contains("trylater (0x3)"));
    let request = &json(&[&path("request.ocsp")], b"")[0];
    assert_eq!(request["requests"][1]["certId"]["serialNumber"], "10:04");
}

#[test]
fn a_request() {
    in_order(
        &shown(&["-"], &read("request.csr")),
        &[
            "Certificate Request:",
            "Subject: C=XX, CN=csr.example.com",
            "Requested Extensions:",
            "DNS:csr.example.com",
        ],
    );
    assert_eq!(json(&["-"], &read("request.csr"))[0]["type"], "certificateRequest");
}

/// Of a private key nothing is printed that its owner keeps to himself, in no spelling.
#[test]
fn private_keys_are_described_and_never_shown() {
    // Where the secret starts, and the words that describe the key.
    let check = |name: &str, secret: usize, length: usize, wanted: &str| {
        let der = read(name);
        let secret = &der[secret..secret + length];
        let pem = PrivatePkcs8KeyDer::from(der.as_slice()).to_pem();
        for (arguments, input) in
            [(vec!["-"], &der[..]), (vec!["-"], pem.as_bytes()), (vec!["--json", "-"], &der[..])]
        {
            let text = shown(&arguments, input).to_lowercase();
            assert!(text.contains(&wanted.to_lowercase()), "{text}");
            for colon in ["", ":", " "] {
                for part in secret.chunks_exact(8) {
                    let hex: Vec<_> = part.iter().map(|byte| format!("{byte:02x}")).collect();
                    assert!(!text.contains(&hex.join(colon)), "{name}");
                }
            }
        }
    };
    // PrivateKeyInfo { 0, { ED25519 }, OCTET STRING { OCTET STRING { seed } } }
    check("key-ed25519.p8", 16, 32, "ED25519");
    // PrivateKeyInfo { 0, { id-ecPublicKey, P-256 }, OCTET STRING { ECPrivateKey { 1, key } } }
    check("key-p256.p8", 36, 32, "(256 bit)");
    // RSA: what follows the modulus and the exponent, up to the end of the first prime.
    let rsa = read("key-rsa.p8");
    let exponent = rsa.windows(5).position(|window| window == [2, 3, 1, 0, 1]).unwrap();
    check("key-rsa.p8", exponent + 9, 256, "(2048 bit)");
    let text = shown(&[&path("key-rsa.p8")], b"");
    assert!(text.contains("Modulus:\n        a1:89:cb:da"), "{text}");
}

#[test]
fn a_deviation_is_a_finding_at_the_end_and_no_failure() {
    let mut der = read("leaf.der");
    der.push(0);
    let text = shown(&["-"], &der);
    in_order(&text, &[LEAF[0], "Signature Value:", "    Findings:\n        "]);
    assert!(text.ends_with("bytes follow the end of the structure (at byte 475)\n"), "{text}");
    let finding = &json(&["-"], &der)[0]["findings"][0];
    assert_eq!(finding["rule"], "TrailingData");
    assert_eq!(finding["offset"], 475);
    assert_eq!(finding["path"], "");

    // The TRUE of basicConstraints' cA becomes FALSE, which DER leaves out.
    let mut der = read("leaf.der");
    let ca = b"\x30\x03\x01\x01\xff";
    let at = der.windows(5).position(|window| window == ca).unwrap();
    der[at + 4] = 0;
    let finding = &json(&["-"], &der)[0]["findings"][0];
    assert_eq!(finding["rule"], "EncodedDefault");
    assert_eq!(finding["path"], "tbsCertificate.extensions[2].basicConstraints");
    assert_eq!(finding["offset"], at + 2);
}

#[test]
fn what_cannot_be_read_is_named_and_the_status_is_1() {
    let check = |input: &[u8], wanted: &str| {
        let output = inspect(&["-"], input);
        assert!(output.stdout.is_empty());
        assert_eq!(refused(&["-"], input), format!("chancery: -: {wanted}\n"));
        assert_eq!(refused(&["--json", "-"], input), format!("chancery: -: {wanted}\n"));
    };
    check(b"", "is empty");
    check(b"hello\n", "neither DER nor PEM of a kind that is known");
    check(&[0xff; 64], "neither DER nor PEM of a kind that is known");
    let leaf = read("leaf.der");
    check(
        &leaf[..100],
        "of no kind that is known; read as a certificate: ends before its announced length (at byte 0)",
    );
    check(b"-----BEGIN CERTIFICATE-----\nAAAA\n", "pem: is not PEM as RFC 7468 has it (at byte 0)");
    check(
        b"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n",
        "the block \"PKCS7\" is of no kind that is known",
    );
    let mut broken = leaf;
    let z = broken.windows(2).position(|window| window == b"Z\x18").unwrap();
    broken[z] = b'X';
    let reason = refused(&["-"], &broken);
    assert!(
        reason.contains("read as a certificate: tbsCertificate.validity.notBefore"),
        "{reason}"
    );
    assert!(refused(&["/nonexistent"], b"").starts_with("chancery: /nonexistent: "));
    // Without a file it is the arguments that are wrong.
    assert_eq!(inspect(&[], b"").status.code(), Some(2));
}

/// One file or block that cannot be read does not hide the others.
#[test]
fn the_rest_is_shown_beside_what_cannot_be_read() {
    let leaf = path("leaf.der");
    let output = inspect(&["/nonexistent", "-", &leaf], b"hello");
    assert_eq!(output.status.code(), Some(1));
    in_order(&String::from_utf8(output.stdout).unwrap(), LEAF);
    in_order(
        &String::from_utf8(output.stderr).unwrap(),
        &["chancery: /nonexistent: ", "\nchancery: -: neither DER nor PEM"],
    );
    // As `openssl ecparam -genkey` writes it: the parameters, then the key.
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    let pem = CertificateDer::from(read("leaf.der")).to_pem();
    let output = inspect(&["--json", "-"], (parameters.to_owned() + &pem).as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["data"]["subject"], "CN=leaf.example.com");
}
