//! Every certificate and CRL that is at hand, read at both levels of strictness, and compared with what two other readers make of it:
//! the `x509-parser` crate and the `openssl` command.
//!
//! ```text
//! Mozilla's roots      the crate webpki-root-certs
//! Debian's roots       /etc/ssl/certs/ca-certificates.crt
//! chains of the web    real-chains, from the data folder
//! x509-limbo           limbo, from the data folder
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chancery_tests::data;
use chancery_x509::{Certificate, CertificateList, ErrorKind, GeneralName, Name, Oid, Time, pem};
use x509_parser::prelude::{
    CertificateRevocationList, FromDer as _, GeneralName as Theirs, ParsedExtension,
    X509Certificate,
};

/// A DER and where it is from.
type Found = BTreeMap<Vec<u8>, String>;

const DEBIAN: &str = "/etc/ssl/certs/ca-certificates.crt";

fn from_pem(text: &[u8], from: &str, certificates: &mut Found, crls: &mut Found) {
    for block in pem::blocks(text) {
        let block = block.unwrap_or_else(|error| panic!("{from}: {error}"));
        let mut buffer = vec![0; block.max_decoded_len()];
        let der = block.decode(&mut buffer).unwrap_or_else(|error| panic!("{from}: {error}"));
        let list = match block.label() {
            pem::Label::Certificate => &mut *certificates,
            pem::Label::Crl => &mut *crls,
            _ => continue,
        };
        list.entry(der.to_vec()).or_insert_with(|| from.to_owned());
    }
}

/// What the public web has.
fn public_web() -> (Found, Found) {
    let (mut certificates, mut crls) = (Found::new(), Found::new());
    for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        certificates.insert(der.to_vec(), "webpki-root-certs".to_owned());
    }
    let debian = fs::read(DEBIAN).unwrap_or_else(|error| {
        panic!("{DEBIAN} is missing ({error}): install Debian's package ca-certificates")
    });
    from_pem(&debian, DEBIAN, &mut certificates, &mut crls);
    let original =
        "the certificates of rustls-webpki's tests/{netflix,cloudflare_dns,sanofi,wpt,amazon}";
    let folder = data::folder("real-chains", original);
    for file in files(&folder) {
        let bytes = fs::read(&file).expect("the file is readable");
        let from = file.display().to_string();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("der" | "cer" | "crl") if !bytes.starts_with(&[0x30]) => {
                from_pem(&bytes, &from, &mut certificates, &mut crls);
            }
            Some("der" | "cer") => drop(certificates.insert(bytes, from)),
            Some("crl") => drop(crls.insert(bytes, from)),
            _ => {}
        }
    }
    assert!(certificates.len() > 150 && crls.len() > 5);
    (certificates, crls)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn limbo() -> (Found, Found) {
    let (mut certificates, mut crls) = (Found::new(), Found::new());
    for file in ["limbo/limbo.json", "limbo/pathbuilding.json"] {
        let text = data::read_to_string(file, "C2SP/x509-limbo, compiled");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for case in json["testcases"].as_array().expect("a list") {
            let from = case["id"].as_str().expect("a name");
            let lists = ["trusted_certs", "untrusted_intermediates", "crls"];
            let listed = lists.iter().flat_map(|list| case[list].as_array().into_iter().flatten());
            for text in listed.chain([&case["peer_certificate"]]) {
                let text = text.as_str().expect("PEM");
                from_pem(text.as_bytes(), from, &mut certificates, &mut crls);
            }
        }
    }
    assert!(certificates.len() > 500 && crls.len() > 5);
    (certificates, crls)
}

/// Reads all, and checks that each strict refusal is the first finding of lenient reading; the refusals by their rule.
fn refusals(certificates: &Found, crls: &Found) -> BTreeMap<String, Vec<String>> {
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut check = |from: &str,
                     strict: Option<chancery_x509::Error>,
                     findings: Vec<chancery_x509::Finding>| {
        assert_eq!(strict.as_ref(), findings.first().map(|finding| finding.as_error()), "{from}");
        if let Some(error) = strict {
            println!("{from}: {error}");
            refused.entry(format!("{:?}", error.kind())).or_default().push(from.to_owned());
        }
    };
    for (der, from) in certificates {
        let mut findings = Vec::new();
        let lenient = Certificate::parse_lenient(der, &mut |finding| findings.push(finding));
        assert!(lenient.is_ok(), "{from}: not even lenient: {lenient:?}");
        check(from, Certificate::parse(der).err(), findings);
    }
    for (der, from) in crls {
        let mut findings = Vec::new();
        let lenient = CertificateList::parse_lenient(der, &mut |finding| findings.push(finding));
        assert!(lenient.is_ok(), "{from}: not even lenient: {lenient:?}");
        check(from, CertificateList::parse(der).err(), findings);
    }
    let count = certificates.len() + crls.len();
    let total: usize = refused.values().map(Vec::len).sum();
    println!("{total} of {count} are refused in strict mode");
    refused
}

/// The rules that the public web breaks, and what is known of it.
const PUBLIC_WEB: [ErrorKind; 3] = [
    // Roots of the first hour have the serial number 0: Go Daddy, Starfield, SECOM, HARICA.
    ErrorKind::SerialNotPositive,
    // Certum Trusted Network CA 2.
    ErrorKind::WrongTimeForm,
    // Trustwave's two elliptic roots write their key usage with a trailing zero.
    ErrorKind::NonCanonicalBitString,
];

#[test]
fn the_public_web() {
    let (certificates, crls) = public_web();
    let refused = refusals(&certificates, &crls);
    let listed: BTreeSet<_> = PUBLIC_WEB.iter().map(|kind| format!("{kind:?}")).collect();
    let found: BTreeSet<_> = refused.keys().cloned().collect();
    assert_eq!(found, listed);
    assert!(refused.values().map(Vec::len).sum::<usize>() < 20);
}

/// x509-limbo breaks rules on purpose, and what is refused is what it says it breaks: nothing more, nothing less.
#[test]
fn x509_limbo() {
    let (certificates, crls) = limbo();
    let mut refused: Vec<(String, String)> = refusals(&certificates, &crls)
        .into_iter()
        .flat_map(|(kind, cases)| cases.into_iter().map(move |case| (case, kind.clone())))
        .collect();
    refused.sort();
    let listed = LIMBO.map(|(case, kind)| (case.to_owned(), format!("{kind:?}")));
    assert_eq!(refused, listed);
}

/// Sorted; a case may have two such certificates.
const LIMBO: [(&str, ErrorKind); 23] = [
    ("invalid::invalid-issuer-key", ErrorKind::Truncated),
    // Its chain has a root with the serial number 0.
    ("online::fastly.com", ErrorKind::SerialNotPositive),
    ("rfc5280::ca-empty-subject", ErrorKind::EmptyIssuer),
    ("rfc5280::duplicate-extensions", ErrorKind::DuplicateExtension),
    ("rfc5280::ee-empty-issuer", ErrorKind::EmptyIssuer),
    ("rfc5280::eku::ee-eku-empty", ErrorKind::EmptySequence),
    ("rfc5280::mismatching-signature-algorithm", ErrorKind::SignatureAlgorithmMismatch),
    ("rfc5280::nc::invalid-ipv4-address", ErrorKind::InvalidIpAddress),
    ("rfc5280::nc::invalid-ipv6-address", ErrorKind::InvalidIpAddress),
    ("rfc5280::nc::nc-permits-invalid-ip-san", ErrorKind::InvalidIpAddress),
    // A key usage without a bit.
    ("rfc5280::root-inconsistent-ca-extensions", ErrorKind::InvalidValue),
    ("rfc5280::san::malformed", ErrorKind::Truncated),
    ("rfc5280::serial::negative", ErrorKind::SerialNotPositive),
    ("rfc5280::serial::too-long", ErrorKind::SerialTooLong),
    ("rfc5280::serial::zero", ErrorKind::SerialNotPositive),
    // RFC 5280 appendix A.2: issuer and serial number of an authority key identifier go together.
    ("webpki::aki::root-with-aki-authoritycertissuer", ErrorKind::MissingField),
    ("webpki::aki::root-with-aki-authoritycertserialnumber", ErrorKind::MissingField),
    ("webpki::explicit-curve", ErrorKind::ExplicitCurve),
    ("webpki::explicit-curve", ErrorKind::ExplicitCurve),
    ("webpki::malformed-aia", ErrorKind::Truncated),
    (
        "webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences",
        ErrorKind::EmptySequence,
    ),
    ("webpki::nc::intermediate-permitted-excluded-subtrees-both-null", ErrorKind::EmptySequence),
    ("webpki::san::unicode-emoji-san", ErrorKind::InvalidString),
];

/// What x509-parser reads it reads as we do.
#[test]
fn agreement_with_x509_parser() {
    let (mut certificates, mut crls) = public_web();
    let (limbo_certificates, limbo_crls) = limbo();
    certificates.extend(limbo_certificates);
    crls.extend(limbo_crls);
    let mut compared = 0;
    for (der, from) in &certificates {
        let ours = Certificate::parse_lenient(der, &mut |_| ()).expect("lenient");
        let Ok((rest, theirs)) = X509Certificate::from_der(der) else { continue };
        compared += 1;
        assert!(rest.is_empty(), "{from}");
        assert_eq!(ours.issuer().as_der(), theirs.issuer().as_raw(), "{from}");
        assert_eq!(ours.subject().as_der(), theirs.subject().as_raw(), "{from}");
        assert_eq!(ours.serial_number().as_bytes(), theirs.raw_serial(), "{from}");
        let validity = theirs.validity();
        assert_eq!(
            ours.validity().not_before().unix_seconds(),
            validity.not_before.timestamp(),
            "{from}"
        );
        assert_eq!(
            ours.validity().not_after().unix_seconds(),
            validity.not_after.timestamp(),
            "{from}"
        );
        assert_eq!(ours.subject_public_key_info().as_der(), theirs.public_key().raw, "{from}");
        assert_eq!(ours.tbs_der(), theirs.tbs_certificate.as_ref(), "{from}");
        assert_eq!(ours.signature_value(), &*theirs.signature_value.data, "{from}");
        let extensions = ours.extensions();
        assert_eq!(extensions.iter().count(), theirs.extensions().len(), "{from}");
        for (ours, theirs) in extensions.iter().zip(theirs.extensions()) {
            assert_eq!(ours.oid().to_string(), theirs.oid.to_id_string(), "{from}");
            assert_eq!((ours.critical(), ours.value()), (theirs.critical, theirs.value), "{from}");
            match theirs.parsed_extension() {
                ParsedExtension::BasicConstraints(theirs) => {
                    let ours = extensions.basic_constraints().expect("there");
                    assert_eq!(
                        (ours.ca(), ours.path_len_constraint()),
                        (theirs.ca, theirs.path_len_constraint),
                        "{from}"
                    );
                }
                ParsedExtension::KeyUsage(theirs) => {
                    assert_eq!(
                        extensions.key_usage().map(|usage| usage.bits()),
                        Some(theirs.flags),
                        "{from}"
                    );
                }
                ParsedExtension::ExtendedKeyUsage(theirs) => {
                    let ours = extensions.extended_key_usage().expect("there");
                    assert_eq!(ours.contains(Oid::SERVER_AUTH), theirs.server_auth, "{from}");
                    assert_eq!(ours.contains(Oid::CLIENT_AUTH), theirs.client_auth, "{from}");
                    assert_eq!(ours.contains(Oid::ANY_EXTENDED_KEY_USAGE), theirs.any, "{from}");
                    assert_eq!(ours.contains(Oid::OCSP_SIGNING), theirs.ocsp_signing, "{from}");
                }
                ParsedExtension::SubjectAlternativeName(theirs) => {
                    let ours = extensions.subject_alt_name().expect("there");
                    assert_eq!(ours.iter().count(), theirs.general_names.len(), "{from}");
                    for (ours, theirs) in ours.iter().zip(&theirs.general_names) {
                        same_name(from, ours, theirs);
                    }
                }
                _ => {}
            }
        }
    }
    for (der, from) in &crls {
        let ours = CertificateList::parse_lenient(der, &mut |_| ()).expect("lenient");
        let Ok((_, theirs)) = CertificateRevocationList::from_der(der) else { continue };
        assert_eq!(ours.issuer().as_der(), theirs.issuer().as_raw(), "{from}");
        assert_eq!(ours.entry_count(), theirs.iter_revoked_certificates().count(), "{from}");
        for (ours, theirs) in ours.entries().zip(theirs.iter_revoked_certificates()) {
            assert_eq!(ours.serial_number().as_bytes(), theirs.raw_serial(), "{from}");
            assert_eq!(
                ours.revocation_date().unix_seconds(),
                theirs.revocation_date.timestamp(),
                "{from}"
            );
        }
    }
    println!("{compared} of {} compared", certificates.len());
    assert!(compared * 100 > certificates.len() * 95);
}

fn same_name(from: &str, ours: GeneralName<'_>, theirs: &Theirs<'_>) {
    match (ours, theirs) {
        (GeneralName::DnsName(ours), Theirs::DNSName(theirs))
        | (GeneralName::Rfc822Name(ours), Theirs::RFC822Name(theirs))
        | (GeneralName::UniformResourceIdentifier(ours), Theirs::URI(theirs)) => {
            assert_eq!(ours, *theirs, "{from}");
        }
        (GeneralName::IpAddress(ours), Theirs::IPAddress(theirs)) => {
            assert_eq!(ours, *theirs, "{from}")
        }
        (GeneralName::DirectoryName(ours), Theirs::DirectoryName(theirs)) => {
            assert_eq!(ours.as_der(), theirs.as_raw(), "{from}");
        }
        (GeneralName::OtherName(ours), Theirs::OtherName(oid, _)) => {
            assert_eq!(ours.type_id().to_string(), oid.to_id_string(), "{from}");
        }
        (GeneralName::RegisteredId(ours), Theirs::RegisteredID(oid)) => {
            assert_eq!(ours.to_string(), oid.to_id_string(), "{from}");
        }
        // It takes UTF-8 for ASCII, where we have a finding.
        (GeneralName::Malformed(_, ours), Theirs::DNSName(theirs)) => {
            assert_eq!(ours, theirs.as_bytes(), "{from}");
        }
        (GeneralName::Malformed(..), Theirs::Invalid(..))
        | (GeneralName::X400Address(_), Theirs::X400Address(_))
        | (GeneralName::EdiPartyName(_), Theirs::EDIPartyName(_)) => {}
        (ours, theirs) => panic!("{from}: {ours:?} and {theirs:?}"),
    }
}

/// What the `openssl` command shows is what we read.
#[test]
fn agreement_with_openssl() {
    let (mut certificates, _) = public_web();
    certificates.extend(limbo().0);
    let mut compared = 0;
    for (der, from) in &certificates {
        let certificate = Certificate::parse_lenient(der, &mut |_| ()).expect("lenient");
        let Some(shown) = openssl(der) else { continue };
        compared += 1;
        let line = |key: &str| shown.lines().find_map(|line| line.strip_prefix(key));
        let magnitude = certificate.serial_number().magnitude();
        let serial: String = magnitude.iter().map(|byte| format!("{byte:02X}")).collect();
        if !certificate.serial_number().is_negative() {
            let serial = if serial.is_empty() { "00" } else { &serial };
            assert_eq!(line("serial="), Some(serial), "{from}");
        }
        let validity = certificate.validity();
        assert_eq!(line("notBefore="), Some(iso(validity.not_before()).as_str()), "{from}");
        assert_eq!(line("notAfter="), Some(iso(validity.not_after()).as_str()), "{from}");
        assert_eq!(section(&shown, "issuer="), attributes(certificate.issuer()), "{from}");
        assert_eq!(section(&shown, "subject="), attributes(certificate.subject()), "{from}");
        if let Some(Ok(block)) = pem::blocks(shown.as_bytes()).next() {
            let mut buffer = vec![0; block.max_decoded_len()];
            let key = block.decode(&mut buffer).expect("openssl writes PEM");
            assert_eq!(key, certificate.subject_public_key_info().as_der(), "{from}");
        }
        let extensions = certificate.extensions();
        let below = |title: &str| {
            let mut lines = shown.lines().skip_while(|line| !line.starts_with(title)).skip(1);
            lines.next().map(|line| line.trim().to_owned())
        };
        if let Some(basic) = extensions.basic_constraints() {
            let ca = if basic.ca() { "CA:TRUE" } else { "CA:FALSE" };
            let length = basic.path_len_constraint().map(|n| format!(", pathlen:{n}"));
            let wanted = format!("{ca}{}", length.unwrap_or_default());
            assert_eq!(below("X509v3 Basic Constraints"), Some(wanted), "{from}");
        }
        // Without a bit there is no name; openssl then shows the bytes.
        if let Some(usage) = extensions.key_usage().filter(|usage| usage.bits() != 0) {
            let names: Vec<_> = usage.names().map(usage_in_words).collect();
            assert_eq!(below("X509v3 Key Usage"), Some(names.join(", ")), "{from}");
        }
        if let Some(purposes) = extensions.extended_key_usage() {
            let names: Vec<_> = purposes.iter().map(purpose_in_words).collect();
            let names = names.into_iter().collect::<Option<Vec<_>>>();
            if let Some(names) = names.filter(|names| !names.is_empty()) {
                assert_eq!(below("X509v3 Extended Key Usage"), Some(names.join(", ")), "{from}");
            }
        }
        if let Some(names) = extensions.subject_alt_name() {
            let names: Option<Vec<_>> = names.iter().map(name_in_words).collect();
            if let Some(names) = names.filter(|names| !names.is_empty()) {
                let shown = below("X509v3 Subject Alternative Name");
                assert_eq!(shown, Some(names.join(", ")), "{from}");
            }
        }
    }
    println!("{compared} of {} compared", certificates.len());
    assert!(compared * 100 > certificates.len() * 95);
}

fn openssl(der: &[u8]) -> Option<String> {
    let arguments = [
        "x509",
        "-inform",
        "DER",
        "-noout",
        "-serial",
        "-dates",
        "-dateopt",
        "iso_8601",
        "-issuer",
        "-subject",
        "-nameopt",
        "oid,utf8,sep_multiline",
        "-pubkey",
        "-ext",
        "basicConstraints,keyUsage,extendedKeyUsage,subjectAltName",
    ];
    let child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.unwrap_or_else(|error| {
        panic!("openssl is missing ({error}): install Debian's package openssl")
    });
    // It may end before it has read all.
    let _ = child.stdin.take().expect("piped").write_all(der);
    let output = child.wait_with_output().expect("it ends");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn iso(time: Time) -> String {
    time.to_string().replace('T', " ")
}

/// The lines below `issuer=` or `subject=`, each an attribute.
fn section(shown: &str, key: &str) -> Vec<String> {
    let lines = shown.lines().skip_while(|line| !line.starts_with(key)).skip(1);
    let lines = lines.take_while(|line| line.starts_with("    ")).map(str::trim_start);
    // A name of nothing is an empty line.
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn attributes(name: &Name<'_>) -> Vec<String> {
    let one = |attribute: chancery_x509::AttributeTypeAndValue<'_>| {
        let value = attribute.value().chars().map(String::from_iter).unwrap_or_default();
        format!("{}={value}", attribute.attribute_type())
    };
    let rdns = name.rdns().map(|rdn| rdn.attributes().map(one).collect::<Vec<_>>().join(" + "));
    rdns.map(|line| line.trim_start().to_owned()).collect()
}

fn usage_in_words(name: &str) -> &'static str {
    match name {
        "digitalSignature" => "Digital Signature",
        "nonRepudiation" => "Non Repudiation",
        "keyEncipherment" => "Key Encipherment",
        "dataEncipherment" => "Data Encipherment",
        "keyAgreement" => "Key Agreement",
        "keyCertSign" => "Certificate Sign",
        "cRLSign" => "CRL Sign",
        "encipherOnly" => "Encipher Only",
        "decipherOnly" => "Decipher Only",
        other => panic!("{other}"),
    }
}

fn purpose_in_words(purpose: Oid<'_>) -> Option<&'static str> {
    Some(match purpose {
        Oid::SERVER_AUTH => "TLS Web Server Authentication",
        Oid::CLIENT_AUTH => "TLS Web Client Authentication",
        Oid::CODE_SIGNING => "Code Signing",
        Oid::EMAIL_PROTECTION => "E-mail Protection",
        Oid::TIME_STAMPING => "Time Stamping",
        Oid::OCSP_SIGNING => "OCSP Signing",
        Oid::ANY_EXTENDED_KEY_USAGE => "Any Extended Key Usage",
        _ => return None,
    })
}

/// As openssl writes the forms whose text has one reading.
fn name_in_words(name: GeneralName<'_>) -> Option<String> {
    Some(match name {
        GeneralName::DnsName(name) => format!("DNS:{name}"),
        GeneralName::Rfc822Name(name) => format!("email:{name}"),
        GeneralName::UniformResourceIdentifier(uri) => format!("URI:{uri}"),
        GeneralName::IpAddress(&[a, b, c, d]) => format!("IP Address:{a}.{b}.{c}.{d}"),
        GeneralName::IpAddress(bytes) if bytes.len() == 16 => {
            let groups = bytes.chunks(2).map(|pair| match pair {
                [high, low] => format!("{:X}", u16::from(*high) << 8 | u16::from(*low)),
                _ => String::new(),
            });
            format!("IP Address:{}", groups.collect::<Vec<_>>().join(":"))
        }
        _ => return None,
    })
}
