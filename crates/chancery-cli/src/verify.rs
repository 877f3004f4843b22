//! `chancery verify`: a certificate's path, judged and explained.

use core::fmt::Write as _;
use core::time::Duration;
use std::io::{Read, Write as _};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::handshake::{CertificateTimestamps, Operation};
use chancery::ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery::{Client, ClientConfig, Event, SystemRandom, TrustAnchors};
use chancery_chain::{
    CrlStore, LeafKeyUsage, Peer, Policy, Presented, PublicSuffixList, Purpose, ReferenceIdentity,
    Rejection, UnknownStatus, Validator, VerifiedPath,
};
use chancery_x509::{Certificate, OcspResponse};
use clap::{Args, ValueEnum};
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::options::{self, Failure, doing, is_pem};

/// How long a server may take for each step.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Verify a certificate, from files or from a server, and explain the verdict
#[derive(Args)]
pub(crate) struct Verify {
    /// Certificates in PEM or DER, the one to verify first and its intermediates in any order; or HOST:PORT
    #[arg(value_name = "FILE|HOST:PORT", required = true)]
    what: Vec<String>,
    /// More intermediates, in PEM or DER; may be repeated
    #[arg(long, value_name = "FILE")]
    untrusted: Vec<PathBuf>,
    /// The name or IP address that the certificate must be for; a server's is HOST by default
    #[arg(long, visible_alias = "verify_hostname", value_name = "NAME")]
    host: Option<String>,
    /// The time to verify at, as 2027-03-15, 2027-03-15T12:00:00Z or @1800000000; now by default
    #[arg(long, visible_alias = "attime", value_name = "TIME", value_parser = time)]
    at: Option<UnixTime>,
    /// Trust the CA certificates in this file, PEM or DER, instead of the system's; may be repeated
    #[arg(long, visible_alias = "cacert", alias = "CAfile", value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// A CRL, in PEM or DER; may be repeated
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// An OCSP response, in DER; may be repeated
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// Refuse certificates of which nothing says whether they are revoked
    #[arg(long)]
    hard_fail: bool,
    /// What the certificate must be for
    #[arg(long, value_enum, default_value_t)]
    purpose: Use,
    /// How closely the rules for CAs are held against the certificates
    #[arg(long, value_enum, default_value_t)]
    profile: Rules,
    /// Judge again under this condition, and show all verdicts in one table; may be repeated.
    /// A time, or without=TEXT: distrusting the anchors whose names contain TEXT
    #[arg(long, value_name = "TIME|without=TEXT", value_parser = condition)]
    what_if: Vec<Condition>,
    /// Print the report as one JSON object
    #[arg(long, conflicts_with = "what_if")]
    json: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Use {
    #[default]
    Server,
    Client,
    Any,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Rules {
    /// What those who rely on certificates must check
    #[default]
    Relying,
    /// Also what RFC 5280 asks of CAs
    Rfc5280,
    /// Also what the CA/Browser Forum asks of public CAs
    WebPki,
}

/// What may be otherwise.
#[derive(Clone)]
enum Condition {
    At(String, UnixTime),
    Without(String),
}

fn condition(text: &str) -> Result<Condition, String> {
    match text.strip_prefix("without=") {
        Some("") => Err("without= what?".to_owned()),
        Some(part) => Ok(Condition::Without(part.to_owned())),
        None => Ok(Condition::At(text.to_owned(), time(text)?)),
    }
}

/// What there is to judge.
struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    ocsp_responses: Vec<Vec<u8>>,
    /// A `SignedCertificateTimestampList`, or nothing.
    timestamps: Vec<u8>,
    /// The server's name.
    host: Option<String>,
}

impl Verify {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let chain = self.chain()?;
        let anchors = options::anchors(&self.ca)?;
        let now = self.at.unwrap_or_else(UnixTime::now);
        let host = self.host.clone().or_else(|| chain.host.clone());
        let case = Case { command: self, chain: &chain, host: host.as_deref(), crls: self.crls()? };
        if !self.what_if.is_empty() {
            return case.table(&anchors, now);
        }
        let verdict = case.judge(anchors, now)?;
        let report = match &verdict {
            Ok(path) => path.report(),
            Err(rejection) => rejection.report(),
        };
        if self.json {
            println!("{}", doing("report", serde_json::to_string(report))?);
        } else {
            println!("{report}");
        }
        match verdict {
            Ok(_) => Ok(()),
            Err(rejection) => Err(Failure::new(format_args!("certificate refused: {rejection}"))),
        }
    }

    /// From the server, if it looks like one and no file has that name.
    fn chain(&self) -> Result<Chain, Failure> {
        let mut ocsp_responses = Vec::new();
        for file in &self.ocsp {
            let response = options::read(file)?;
            let what = format_args!("{}: not an OCSP response in DER", file.display());
            doing(what, OcspResponse::parse(&response))?;
            ocsp_responses.push(response);
        }
        if let [only] = self.what.as_slice()
            && !Path::new(only).exists()
            && let Some((host, port)) = only.rsplit_once(':')
            && port.parse::<u16>().is_ok()
        {
            let host = host.trim_matches(['[', ']']);
            let mut sent = fetch(only, self.host.as_deref().unwrap_or(host))?;
            sent.ocsp_responses.extend(ocsp_responses);
            for file in &self.untrusted {
                sent.certificates.extend(options::certificates(file)?);
            }
            return Ok(Chain { host: Some(host.to_owned()), ..sent });
        }
        let mut certificates = Vec::new();
        let files: Vec<_> = self.what.iter().map(PathBuf::from).collect();
        for file in files.iter().chain(&self.untrusted) {
            let is_first = certificates.is_empty();
            certificates.extend(options::certificates(file)?);
            // Of the others the report says what is wrong with them.
            if let Some(first) = certificates.first().filter(|_| is_first) {
                doing(file.display(), Certificate::parse(first))?;
            }
        }
        Ok(Chain { certificates, ocsp_responses, timestamps: Vec::new(), host: None })
    }

    fn crls(&self) -> Result<Arc<CrlStore>, Failure> {
        let mut crls = CrlStore::new();
        for file in &self.crl {
            let bytes = options::read(file)?;
            let file = file.display();
            if !is_pem(&bytes) {
                doing(format_args!("{file}: neither PEM nor a CRL in DER"), crls.add(&bytes))?;
                continue;
            }
            let found: Result<Vec<_>, _> =
                CertificateRevocationListDer::pem_slice_iter(&bytes).collect();
            let found = doing(&file, found)?;
            if found.is_empty() {
                return Err(Failure::new(format_args!("{file}: no X509 CRL block in it")));
            }
            for crl in found {
                doing(&file, crls.add(&crl))?;
            }
        }
        Ok(Arc::new(crls))
    }

    fn policy(&self) -> Policy {
        let mut policy = match self.profile {
            Rules::Relying => Policy::new(),
            Rules::Rfc5280 => Policy::rfc5280(),
            Rules::WebPki => Policy::web_pki(),
        };
        if matches!(self.profile, Rules::WebPki) {
            policy.public_suffixes = Some(Arc::new(PublicSuffixList::new()));
        }
        if matches!(self.purpose, Use::Any) {
            policy.leaf_key_usage = LeafKeyUsage::Unchecked;
        }
        if self.hard_fail {
            policy.revocation.unknown = UnknownStatus::Reject;
        }
        policy
    }

    fn purpose(&self) -> Purpose {
        match self.purpose {
            Use::Server => Purpose::ServerAuth,
            Use::Client => Purpose::ClientAuth,
            Use::Any => Purpose::Any,
        }
    }
}

struct Case<'c> {
    command: &'c Verify,
    chain: &'c Chain,
    host: Option<&'c str>,
    crls: Arc<CrlStore>,
}

impl Case<'_> {
    fn judge(
        &self,
        anchors: TrustAnchors,
        at: UnixTime,
    ) -> Result<Result<VerifiedPath, Rejection>, Failure> {
        let validator = Validator::new(anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
            .with_policy(self.command.policy())
            .with_crls(Arc::clone(&self.crls));
        let name = self.host.map(|host| doing(host, ServerName::try_from(host))).transpose()?;
        let identity = name.as_ref().map(ReferenceIdentity::from);
        let peer = identity.as_ref().map_or(Peer::Anyone, Peer::Named);
        let [leaf, intermediates @ ..] = self.chain.certificates.as_slice() else {
            return Err(Failure::new("no certificate was sent"));
        };
        let responses: Vec<&[u8]> = self.chain.ocsp_responses.iter().map(Vec::as_slice).collect();
        let mut presented = Presented::new(leaf, intermediates);
        presented.ocsp_responses = &responses;
        presented.timestamps = &self.chain.timestamps;
        Ok(validator.verify(&presented, self.command.purpose(), peer, at))
    }

    /// One line a condition; the first is the plain verdict, which decides the exit status.
    fn table(&self, anchors: &TrustAnchors, now: UnixTime) -> Result<(), Failure> {
        let plain = self.judge(anchors.clone(), now)?;
        let mut rows = vec![("as it is".to_owned(), words(&plain))];
        for condition in &self.command.what_if {
            let (name, verdict) = match condition {
                Condition::Without(text) => {
                    let is_kept =
                        |subject: &str| !subject.to_lowercase().contains(&text.to_lowercase());
                    let kept: TrustAnchors = anchors
                        .iter()
                        .filter(|anchor| is_kept(&anchor.subject_name()))
                        .cloned()
                        .collect();
                    if kept.len() == anchors.len() {
                        return Err(Failure::new(format_args!("no anchor has {text} in its name")));
                    }
                    (format!("without={text}"), self.judge(kept, now)?)
                }
                Condition::At(text, at) => (text.clone(), self.judge(anchors.clone(), *at)?),
            };
            rows.push((name, words(&verdict)));
        }
        let width = rows.iter().map(|(condition, _)| condition.chars().count()).max().unwrap_or(0);
        for (condition, (verdict, why)) in rows {
            println!("{condition:width$}  {verdict}  {why}");
        }
        match plain {
            Ok(_) => Ok(()),
            Err(rejection) => Err(Failure::new(format_args!("certificate refused: {rejection}"))),
        }
    }
}

/// The verdict in a word, and what it stands on in a few.
fn words(verdict: &Result<VerifiedPath, Rejection>) -> (&'static str, String) {
    match verdict {
        Ok(path) => {
            let mut why = format!("{} certificates", path.certificates().count());
            if let Some((_, anchor)) = path.anchor() {
                let _ = write!(why, " below {}", anchor.subject_name());
            }
            ("accepted", why)
        }
        Err(rejection) => {
            let (who, finding) = (rejection.certificate(), rejection.finding());
            ("rejected", format!("{who}: {} ({})", finding.rule(), finding.section()))
        }
    }
}

/// What a server sends for its certificates, without a judgement; the handshake ends there.
fn fetch(to: &str, host: &str) -> Result<Chain, Failure> {
    let mut transport = Err(Failure::new(format_args!("{to}: the host has no address")));
    for address in doing(to, to.to_socket_addrs())? {
        transport = doing(to, TcpStream::connect_timeout(&address, TIMEOUT));
        if transport.is_ok() {
            break;
        }
    }
    let mut transport = transport?;
    transport.set_read_timeout(Some(TIMEOUT))?;
    transport.set_write_timeout(Some(TIMEOUT))?;
    let mut config = ClientConfig::new(TrustAnchors::new());
    config.trust = None;
    let handshake = Arc::make_mut(&mut config.handshake);
    handshake.certificate_timestamps = CertificateTimestamps::On;
    let name = doing(host, ServerName::try_from(host.to_owned()))?;
    let mut client = Client::start(Arc::new(config), name, UnixTime::now(), SystemRandom::new())?;
    let mut input = Vec::new();
    let mut buffer = vec![0; 1 << 14];
    loop {
        while let Some(event) = client.poll() {
            if let Event::Suspended(Operation::VerifyCertificates(operation)) = event {
                let stapled = Some(operation.ocsp_response()).filter(|der| !der.is_empty());
                return Ok(Chain {
                    certificates: operation.certificates().to_vec(),
                    ocsp_responses: stapled.map(<[u8]>::to_vec).into_iter().collect(),
                    timestamps: operation.timestamps().to_vec(),
                    host: None,
                });
            }
        }
        let count = client.transmit(&mut buffer);
        transport.write_all(buffer.get(..count).unwrap_or_default())?;
        if count > 0 {
            continue;
        }
        match client.receive(&mut input)? {
            Some(received) => {
                input.drain(..received.consumed);
            }
            None => {
                let count = doing(to, transport.read(&mut buffer))?;
                if count == 0 {
                    return Err(Failure::new(format_args!("{to} ended the handshake")));
                }
                input.extend_from_slice(buffer.get(..count).unwrap_or_default());
            }
        }
    }
}

/// A date, which stands for its first second in UTC; a time as RFC 3339 writes it; or seconds since 1970.
fn time(text: &str) -> Result<UnixTime, String> {
    let parsed = if let Some(seconds) = text.strip_prefix('@') {
        seconds.parse().ok()
    } else if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        Some(date.midnight().assume_utc().unix_timestamp())
    } else {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
    };
    let seconds = parsed.and_then(|seconds: i64| u64::try_from(seconds).ok());
    let wrong =
        || format!("{text}: a time is written 2027-03-15, 2027-03-15T12:00:00Z or @1800000000");
    Ok(UnixTime::since_unix_epoch(Duration::from_secs(seconds.ok_or_else(wrong)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_rfc_3339_writes_them() {
        let seconds = |text| time(text).map(|time| time.as_secs());
        assert_eq!(seconds("1970-01-01"), Ok(0));
        assert_eq!(seconds("2000-02-29T00:00:01Z"), Ok(951_782_401));
        assert_eq!(seconds("2027-01-15T08:00:00Z"), Ok(1_800_000_000));
        assert_eq!(seconds("2027-01-15T09:00:00+01:00"), Ok(1_800_000_000));
        assert_eq!(seconds("@1800000000"), Ok(1_800_000_000));
        for wrong in [
            "",
            "2027",
            "2027-13-01",
            "2027-02-29",
            "2027-02-30",
            "2027-04-31T00:00:00Z",
            "2027-01-15T24:00:00Z",
            "2027-01-15T08:00:00",
            "1969-12-31",
            "@-1",
            "@",
        ] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
