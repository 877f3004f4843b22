//! `chancery verify`: a certificate's path, judged and explained.

use core::fmt::Write as _;
use core::time::Duration;
use std::io::{Read, Write as _};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::handshake::Operation;
use chancery::ring::SIGNATURE_VERIFICATION_ALGORITHMS;
use chancery::{Client, ClientConfig, Event, SystemRandom, TrustAnchors};
use chancery_chain::{
    CrlStore, Peer, Policy, Presented, PublicSuffixList, Purpose, ReferenceIdentity, Rejection,
    UnknownStatus, Validator, VerifiedPath,
};
use clap::{Args, ValueEnum};
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};

use crate::options::{self, Failure, doing};

/// How long a server may take for each step.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Verify a certificate, from files or from a server, and explain the verdict
#[derive(Args)]
pub(crate) struct Verify {
    /// Certificates in PEM or DER, the one to verify first and its intermediates in any order; or HOST:PORT
    #[arg(value_name = "FILE|HOST:PORT", required = true)]
    what: Vec<String>,
    /// The name that the certificate must be for; a server's is HOST by default
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// The time to verify at, as 2027-03-15 or 2027-03-15T12:00:00Z; now by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<UnixTime>,
    /// Trust the CA certificates in this PEM file instead of the system's; may be repeated
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
    #[arg(long, value_name = "TIME|without=TEXT")]
    what_if: Vec<String>,
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

/// What there is to judge.
struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    ocsp_responses: Vec<Vec<u8>>,
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
            ocsp_responses.push(options::read(file)?);
        }
        if let [only] = self.what.as_slice()
            && !Path::new(only).exists()
            && let Some((host, port)) = only.rsplit_once(':')
            && port.parse::<u16>().is_ok()
        {
            let host = host.trim_matches(['[', ']']);
            let (certificates, stapled) = fetch(only, self.host.as_deref().unwrap_or(host))?;
            if !stapled.is_empty() {
                ocsp_responses.push(stapled);
            }
            return Ok(Chain { certificates, ocsp_responses, host: Some(host.to_owned()) });
        }
        let mut certificates = Vec::new();
        for file in &self.what {
            let bytes = options::read(Path::new(file))?;
            let before = certificates.len();
            if is_pem(&bytes) {
                for certificate in CertificateDer::pem_slice_iter(&bytes) {
                    certificates.push(doing(file, certificate)?);
                }
            } else {
                certificates.push(CertificateDer::from(bytes));
            }
            if certificates.len() == before {
                return Err(Failure::new(format_args!("{file}: no CERTIFICATE block in it")));
            }
        }
        Ok(Chain { certificates, ocsp_responses, host: None })
    }

    fn crls(&self) -> Result<Arc<CrlStore>, Failure> {
        let mut crls = CrlStore::new();
        for file in &self.crl {
            let bytes = options::read(file)?;
            if is_pem(&bytes) {
                for crl in CertificateRevocationListDer::pem_slice_iter(&bytes) {
                    doing(file.display(), crls.add(&doing(file.display(), crl)?))?;
                }
            } else {
                doing(file.display(), crls.add(&bytes))?;
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
        Ok(validator.verify(&presented, self.command.purpose(), peer, at))
    }

    /// One line a condition; the first is the plain verdict, which decides the exit status.
    fn table(&self, anchors: &TrustAnchors, now: UnixTime) -> Result<(), Failure> {
        let plain = self.judge(anchors.clone(), now)?;
        let mut rows = vec![("as it is".to_owned(), words(&plain))];
        for condition in &self.command.what_if {
            let verdict = match condition.split_once("without=") {
                Some(("", text)) => {
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
                    self.judge(kept, now)?
                }
                _ => self.judge(anchors.clone(), doing(condition, time(condition))?)?,
            };
            rows.push((condition.clone(), words(&verdict)));
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

fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

/// What a server sends for its certificates, without a judgement; the handshake ends there.
fn fetch(to: &str, host: &str) -> Result<(Vec<CertificateDer<'static>>, Vec<u8>), Failure> {
    let address = doing(to, to.to_socket_addrs())?.next();
    let address =
        address.ok_or_else(|| Failure::new(format_args!("{to}: the host has no address")))?;
    let mut transport = doing(to, TcpStream::connect_timeout(&address, TIMEOUT))?;
    transport.set_read_timeout(Some(TIMEOUT))?;
    transport.set_write_timeout(Some(TIMEOUT))?;
    let mut config = ClientConfig::new(TrustAnchors::new());
    config.trust = None;
    let name = doing(host, ServerName::try_from(host.to_owned()))?;
    let mut client = Client::start(Arc::new(config), name, UnixTime::now(), SystemRandom::new())?;
    let mut input = Vec::new();
    let mut buffer = vec![0; 1 << 14];
    loop {
        while let Some(event) = client.poll() {
            if let Event::Suspended(Operation::VerifyCertificates(operation)) = event {
                return Ok((operation.certificates().to_vec(), operation.ocsp_response().to_vec()));
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

/// `YYYY-MM-DD`, with `THH:MM:SSZ` or without.
fn time(text: &str) -> Result<UnixTime, String> {
    let wrong = || format!("{text}: a time is written 2027-03-15 or 2027-03-15T12:00:00Z");
    let (date, clock) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let numbers = |text: &str, separator: char| -> Option<[i64; 3]> {
        let parts: Vec<i64> =
            text.split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        parts.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-').ok_or_else(wrong)?;
    let clock = clock.strip_suffix('Z').ok_or_else(wrong)?;
    let [hour, minute, second] = numbers(clock, ':').ok_or_else(wrong)?;
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    // The year begins in March here, so that the leap day is its last.
    let (shifted, from_march) = (year - i64::from(month <= 2), (month + 9) % 12);
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + of_year - 719_468;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    let seconds = u64::try_from(seconds).ok().filter(|_| is_valid).ok_or_else(wrong)?;
    Ok(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
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
        for wrong in
            ["", "2027", "2027-13-01", "2027-01-15 08:00:00", "2027-01-15T08:00:00", "1969-12-31"]
        {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
