//! `chancery verify`: files and servers in, a verdict with its reasons and an exit status out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::time::Duration;
use std::fs;

use chancery::ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom};
use chancery_issue::{
    AlternativeName, CertIdHash, CertificateAuthority, CertificateStatus, Control, CrlPeriod,
    DistinguishedName, Profile, RequestBuilder, Revocation, RevocationReason, SerialNumber, ToPem,
};
use chancery_x509::Certificate;
use pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use serde_json::Value;

#[allow(dead_code, reason = "each test of the command needs a part")]
#[path = "support/command.rs"]
mod support;

use support::{Files, Serving, run, text};

/// The status 1 of a refusal, or of a file that cannot be read.
const REFUSED: Option<i32> = Some(1);
/// How the server's certificate is called.
const LEAF: &str = "leaf (DNS:localhost, IP Address:127.0.0.1): ";
/// clap's, of arguments that mean nothing.
const USAGE: Option<i32> = Some(2);

/// A root, a CA below it and a server's certificate for localhost, in files, with CRLs and OCSP responses about it:
///
/// `root.pem`, `root.der`, `ca.pem`, `leaf.pem`, `leaf.der`, `server.pem` and `server.key` (as `chancery serve` wants them);
/// `root.crl` and `clean.crl`, `revoked.crl`, `revoked.crl.pem` of the CA; `good.ocsp`, `revoked.ocsp`.
struct Pki {
    files: Files,
    now: UnixTime,
}

impl Pki {
    fn new() -> Self {
        let (files, now, random) = (Files::empty(), UnixTime::now(), &mut SystemRandom::new());
        let load = |key: &Pkcs8| PrivateKey::from_pkcs8(key.as_der()).unwrap();
        let fresh = || Pkcs8::generate(KeyType::EcdsaP256).unwrap();
        let name = |text| DistinguishedName::from_common_name(text).unwrap();
        let root = CertificateAuthority::self_signed(
            load(&fresh()),
            SIGNATURE_VERIFICATION_ALGORITHMS,
            name("Verify Root"),
            &Profile::root_ca(),
            now,
            random,
        );
        let root = root.unwrap();
        let profile = Profile::intermediate_ca();
        let ca = root.subordinate(load(&fresh()), name("Verify CA"), &profile, now, random);
        let ca = ca.unwrap();
        let key = fresh();
        let hosts: [AlternativeName; 2] =
            ["localhost".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let request = RequestBuilder::new().of_names(hosts.clone()).sign(&load(&key)).unwrap();
        let control = Control::asserted_by_operator(now).of_names(hosts);
        let chain = ca.issue(&Profile::tls_server(), &request, &control, now, random).unwrap();
        let [leaf, intermediate] = chain.as_slice() else { panic!("a chain of two") };

        let write = |name: &str, bytes: &[u8]| fs::write(files.path(name), bytes).unwrap();
        write("root.pem", root.certificate().to_pem().as_bytes());
        write("root.der", root.certificate());
        write("ca.pem", intermediate.to_pem().as_bytes());
        write("leaf.pem", leaf.to_pem().as_bytes());
        write("leaf.der", leaf);
        write("server.pem", chain.to_pem().as_bytes());
        write("server.key", PrivatePkcs8KeyDer::from(key.as_der()).to_pem().as_bytes());

        let next_update = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs() + 604_800));
        let week = || CrlPeriod { this_update: now, next_update };
        let serial_number = serial_number(leaf);
        let revocation =
            Revocation { serial_number, at: now, reason: RevocationReason::KeyCompromise };
        write("root.crl", &root.crl(1, &[], week()).unwrap());
        write("clean.crl", &ca.crl(1, &[], week()).unwrap());
        let revoked = ca.crl(2, &[revocation], week()).unwrap();
        write("revoked.crl", &revoked);
        write("revoked.crl.pem", revoked.to_pem().as_bytes());
        let ocsp = |status| ca.ocsp_response(&[status], CertIdHash::Sha1, week(), &[]).unwrap();
        write("good.ocsp", &ocsp(CertificateStatus::Good(serial_number)));
        write("revoked.ocsp", &ocsp(CertificateStatus::Revoked(revocation)));
        write("garbage", b"garbage");
        Self { files, now }
    }

    /// Runs `chancery verify --ca root.pem` with these arguments; what has the name of a file stands for it.
    fn verify(&self, arguments: &[&str]) -> Outcome {
        let argument = |text: &&str| {
            if self.files.path(text).exists() { self.files.shown(text) } else { (*text).to_owned() }
        };
        let mut all = vec!["verify".to_owned(), "--ca".to_owned(), self.files.shown("root.pem")];
        all.extend(arguments.iter().map(argument));
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        let output = run(&all);
        Outcome {
            status: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }

    fn days_from_now(&self, days: u64) -> String {
        format!("@{}", self.now.as_secs() + days * 86_400)
    }
}

fn serial_number(certificate: &CertificateDer<'_>) -> SerialNumber {
    let certificate = Certificate::parse(certificate).unwrap();
    SerialNumber::new(certificate.serial_number().magnitude()).unwrap()
}

#[derive(Debug)]
struct Outcome {
    status: Option<i32>,
    output: String,
    errors: String,
}

impl Outcome {
    #[track_caller]
    fn accepts(&self, wanted: &[&str]) {
        assert_eq!(self.status, Some(0), "{self:?}");
        assert!(self.output.starts_with("accepted at "), "{}", self.output);
        assert_eq!(self.errors, "");
        has(&self.output, wanted);
    }

    /// The reason stands in one line on standard error, with its place, and the whole report on standard output.
    #[track_caller]
    fn refuses(&self, certificate: &str, wanted: &[&str]) {
        assert_eq!(self.status, REFUSED, "{self:?}");
        assert!(self.output.starts_with("rejected at "), "{}", self.output);
        assert_eq!(self.errors.lines().count(), 1, "{}", self.errors);
        has(&self.errors, &[&format!("chancery: certificate refused: {certificate}")]);
        has(&self.errors, wanted);
        has(&self.output, wanted);
    }

    /// Nothing was judged.
    #[track_caller]
    fn fails(&self, status: Option<i32>, wanted: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.output, "");
        has(&self.errors, wanted);
    }
}

#[track_caller]
fn has(shown: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(shown.contains(wanted), "no {wanted} in\n{shown}");
    }
}

#[test]
fn a_good_chain_is_accepted_and_shown() {
    let pki = Pki::new();
    let shown = [
        "  anchor 0: CN=Verify Root\n  intermediate 0: CN=Verify CA, ",
        "  leaf: DNS:localhost, IP Address:127.0.0.1, ",
        "cost: 2 of 100",
    ];
    pki.verify(&["leaf.pem", "ca.pem"]).accepts(&shown);
    pki.verify(&["server.pem"]).accepts(&shown);
    pki.verify(&["leaf.der", "--untrusted", "ca.pem"]).accepts(&shown);
    let by_der = pki.files.shown("root.der");
    let leaf = pki.files.shown("server.pem");
    assert!(run(&["verify", "--ca", &by_der, &leaf]).status.success());
}

#[test]
fn a_refusal_names_certificate_rule_section_found_and_wanted() {
    let pki = Pki::new();
    pki.verify(&["leaf.pem"]).refuses(
        LEAF,
        &["no certificate at hand issued this one", "wanted CN=Verify CA", "(RFC 5280 §6.1)"],
    );
    let other = Pki::new();
    let foreign = other.files.shown("leaf.pem");
    pki.verify(&[&foreign, "ca.pem"]).refuses(
        LEAF,
        &[
            "found a signature that the issuer's key does not verify",
            "(RFC 5280 §6.1.3 (a)(1), byte ",
        ],
    );
}

#[test]
fn the_name_is_held_against_the_certificate() {
    let pki = Pki::new();
    let chain = ["leaf.pem", "ca.pem", "--host"];
    let check = |host| pki.verify(&[&chain[..], &[host]].concat());
    check("localhost").accepts(&["for localhost, serverAuth"]);
    check("127.0.0.1").accepts(&["for 127.0.0.1, serverAuth"]);
    let found = "found DNS:localhost, IP Address:127.0.0.1";
    check("other.test").refuses(LEAF, &[found, "wanted other.test", "(RFC 9525 §6.3)"]);
    check("127.0.0.2").refuses(LEAF, &[found, "wanted 127.0.0.2"]);
    check("no name").fails(REFUSED, &["no name"]);
}

#[test]
fn the_time_is_settable() {
    let pki = Pki::new();
    let check = |at: &str| pki.verify(&["leaf.pem", "ca.pem", "--at", at]);
    check(&pki.days_from_now(1)).accepts(&[]);
    check(&pki.days_from_now(100)).refuses(LEAF, &["notAfter", "(RFC 5280 §6.1.3 (a)(2))"]);
    let root = "anchor 0 (CN=Verify Root): ";
    check("2020-02-29").refuses(root, &["validity that includes 2020-02-29T00:00:00Z"]);
    check("2020-02-29T13:00:00+01:00").refuses(root, &["includes 2020-02-29T12:00:00Z"]);
    check("2027-02-30").fails(USAGE, &["2027-02-30"]);
    check("tomorrow").fails(USAGE, &["2027-03-15T12:00:00Z"]);
}

#[test]
fn crls_decide() {
    let pki = Pki::new();
    let check = |more: &[&str]| pki.verify(&[&["leaf.pem", "ca.pem"], more].concat());
    check(&["--crl", "clean.crl"]).accepts(&["+ "]);
    check(&["--crl", "revoked.crl"])
        .refuses(LEAF, &["revoked", "keyCompromise", "(RFC 5280 §6.1.3 (a)(3))"]);
    check(&["--crl", "revoked.crl.pem"]).refuses(LEAF, &["revoked"]);
    // The CA's own certificate needs the root's.
    check(&["--crl", "clean.crl", "--hard-fail"]).refuses(
        "intermediate 0 (CN=Verify CA): ",
        &["found no evidence", "wanted a current CRL or OCSP response", "(RFC 5280 §6.3.3)"],
    );
    check(&["--crl", "clean.crl", "--crl", "root.crl", "--hard-fail"]).accepts(&["+ "]);
}

#[test]
fn ocsp_responses_decide() {
    let pki = Pki::new();
    let check = |more: &[&str]| pki.verify(&[&["leaf.pem", "ca.pem"], more].concat());
    check(&["--ocsp", "good.ocsp"]).accepts(&["+ "]);
    check(&["--ocsp", "good.ocsp", "--crl", "root.crl", "--hard-fail"]).accepts(&["+ "]);
    check(&["--ocsp", "revoked.ocsp"]).refuses(LEAF, &["revoked", "keyCompromise"]);
    check(&["--ocsp", "good.ocsp", "--crl", "revoked.crl"]).refuses(LEAF, &["revoked"]);
}

#[test]
fn intermediates_come_in_any_order_with_duplicates_and_junk() {
    let pki = Pki::new();
    let block = |name: &str| fs::read_to_string(pki.files.path(name)).unwrap();
    let junk = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    let (leaf, ca, root) = (block("leaf.pem"), block("ca.pem"), block("root.pem"));
    let other = Pki::new();
    let stranger = fs::read_to_string(other.files.path("ca.pem")).unwrap();
    let bundle: [&str; 8] = [&leaf, junk, &root, &stranger, &ca, &leaf, &ca, &root];
    fs::write(pki.files.path("bundle.pem"), bundle.concat()).unwrap();
    pki.verify(&["bundle.pem"])
        .accepts(&["intermediate 3: CN=Verify CA", "ignored intermediate 0: "]);
    pki.verify(&["leaf.pem", "bundle.pem"]).accepts(&["ignored intermediate 1: "]);
}

#[test]
fn files_that_are_none_are_named() {
    let pki = Pki::new();
    pki.verify(&["garbage"]).fails(REFUSED, &["garbage: neither PEM nor a certificate in DER: "]);
    pki.verify(&["leaf.pem", "garbage"]).fails(REFUSED, &["garbage: neither PEM nor"]);
    pki.verify(&["server.key"]).fails(REFUSED, &["server.key: no CERTIFICATE block in it"]);
    pki.verify(&["nowhere.pem"]).fails(REFUSED, &["nowhere.pem: No such file"]);
    pki.verify(&["leaf.pem", "--ca", "garbage"]).fails(REFUSED, &["garbage: neither PEM nor"]);
    pki.verify(&["leaf.pem", "--crl", "garbage"])
        .fails(REFUSED, &["garbage: neither PEM nor a CRL in DER: "]);
    pki.verify(&["leaf.pem", "--crl", "leaf.pem"])
        .fails(REFUSED, &["leaf.pem: no X509 CRL block in it"]);
    pki.verify(&["leaf.pem", "--ocsp", "garbage"])
        .fails(REFUSED, &["garbage: not an OCSP response in DER: "]);
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    fs::write(pki.files.path("broken.pem"), broken).unwrap();
    pki.verify(&["broken.pem"]).fails(REFUSED, &["broken.pem: ", "at byte "]);
    pki.verify(&[]).fails(USAGE, &["FILE|HOST:PORT"]);
}

#[test]
fn what_if_shows_all_verdicts_in_one_table() {
    let pki = Pki::new();
    let late = pki.days_from_now(100);
    let outcome = pki.verify(&[
        "leaf.pem",
        "ca.pem",
        "--what-if",
        &late,
        "--what-if",
        "without=verify root",
        "--what-if",
        "2020-01-01",
    ]);
    assert_eq!((outcome.status, outcome.errors.as_str()), (Some(0), ""));
    let rows: Vec<_> = outcome.output.lines().collect();
    assert_eq!(rows.len(), 4, "{}", outcome.output);
    has(rows[0], &["as it is", "  accepted  ", "2 certificates below CN=Verify Root"]);
    has(rows[1], &[&late, "  rejected  ", "leaf: ", "expired (RFC 5280 §6.1.3 (a)(2))"]);
    has(rows[2], &["without=verify root  rejected  ", "RFC 5280 §6.1"]);
    has(rows[3], &["2020-01-01", "  rejected  ", "not valid at this time"]);
    // The columns stand one below the other.
    let column = |row: &str| row.find("accepted").or_else(|| row.find("rejected"));
    assert!(rows.iter().all(|row| column(row) == column(rows[0])), "{}", outcome.output);

    // The plain verdict decides the status.
    let refused = pki.verify(&["leaf.pem", "--what-if", "2027-01-01"]);
    assert_eq!(refused.status, REFUSED);
    has(&refused.errors, &["certificate refused: leaf"]);
    pki.verify(&["leaf.pem", "--what-if", "without=nobody"])
        .fails(REFUSED, &["no anchor has nobody in its name"]);
    pki.verify(&["leaf.pem", "--what-if", "without="]).fails(USAGE, &["without="]);
    pki.verify(&["leaf.pem", "--what-if", "2027-02-30"]).fails(USAGE, &["2027-02-30"]);
}

#[test]
fn the_report_comes_as_json_too() {
    let pki = Pki::new();
    let report = |arguments: &[&str], status| -> Value {
        let outcome = pki.verify(&[arguments, &["--json"]].concat());
        assert_eq!(outcome.status, Some(status), "{outcome:?}");
        serde_json::from_str(&outcome.output).unwrap()
    };
    let good = report(&["leaf.pem", "ca.pem", "--host", "localhost"], 0);
    assert_eq!(good["accepted"], true);
    assert_eq!((&good["wanted"], &good["purpose"]), (&"localhost".into(), &"serverAuth".into()));
    let path = &good["candidates"][0];
    assert_eq!(path["anchor"], "CN=Verify Root");
    assert_eq!(path["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(path["certificates"][1]["subject"], "CN=Verify CA");
    assert_eq!(good["usage"]["signatures"], 2);

    let bad = report(&["leaf.pem", "ca.pem", "--host", "other.test"], 1);
    assert_eq!(bad["accepted"], false);
    let finding = &bad["candidates"][0]["findings"][0];
    assert_eq!(finding["section"], "RFC 9525 §6.3");
    assert_eq!(finding["wanted"], "other.test");
    assert_eq!(finding["severity"], "Fatal");
    assert_eq!(finding["position"], 0);
}

#[test]
fn a_server_is_asked_for_its_certificates() {
    let pki = Pki::new();
    let server = Serving::start(&pki.files, &["--www"]);
    pki.verify(&[&server.address])
        .accepts(&["for localhost, serverAuth", "intermediate 0: CN=Verify CA"]);
    let by_address = format!("127.0.0.1:{}", server.port());
    pki.verify(&[&by_address]).accepts(&["for 127.0.0.1, serverAuth"]);
    pki.verify(&[&server.address, "--host", "other.test"])
        .refuses(LEAF, &["found DNS:localhost", "wanted other.test"]);
    pki.verify(&[&server.address, "--crl", "revoked.crl"]).refuses(LEAF, &["revoked"]);
    let other = Pki::new();
    let root = other.files.shown("root.pem");
    let foreign = run(&["verify", "--ca", &root, &server.address]);
    assert_eq!(foreign.status.code(), REFUSED);
    has(&text(&foreign.stderr), &["certificate refused: intermediate 0 (CN=Verify CA)"]);
    drop(server);
    pki.verify(&[&by_address]).fails(REFUSED, &[&by_address, "refused"]);
}
