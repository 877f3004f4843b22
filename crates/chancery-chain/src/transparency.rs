//! Certificate Transparency (RFC 6962): timestamps checked against a list of logs, and counted by a policy.
//!
//! ```text
//! embedded ─┐                                ┌── signature by a log of the list?
//! TLS ──────┼─► SignedCertificateTimestamp ──┤
//! OCSP ─────┘                                └── log in a state that counts? ──► enough, of enough operators?
//! ```
//!
//! What a log signed of a certificate with embedded timestamps is that certificate without them: it is put together from
//! the received bytes. Logs that are there to be asked for inclusion proofs are not asked: nothing is fetched here.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{cmp::Reverse, fmt};

use chancery_x509::{
    AlgorithmIdentifier, Certificate, Error, Oid, SctList, SctV1, SubjectPublicKeyInfo,
};
use pki_types::UnixTime;
use sha2::{Digest as _, Sha256};

use crate::{
    budget::{Exhausted, Meter},
    der,
    signature::{Failure, Signed, Verifier},
};

/// The state of a log (Chrome's Certificate Transparency policy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogState {
    /// Not yet to be relied on, or no more, for anything.
    Rejected,
    /// Accepting certificates: states "qualified" and "usable".
    Usable,
    /// Frozen; what it has signed counts.
    ReadOnly,
    /// What it signed before that time counts, if embedded.
    Retired(UnixTime),
}

/// A log.
#[derive(Clone, Debug)]
pub struct Log {
    id: [u8; 32],
    key: Box<[u8]>,
    operator: Box<str>,
    state: LogState,
}

impl Log {
    /// From the DER of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// If the key does not parse.
    pub fn new(key: &[u8], operator: &str, state: LogState) -> Result<Self, Error> {
        SubjectPublicKeyInfo::parse(key)?;
        Ok(Self {
            id: Sha256::digest(key).into(),
            key: key.into(),
            operator: operator.into(),
            state,
        })
    }

    /// The SHA-256 of its key (RFC 6962 §3.2).
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// Who runs it.
    #[must_use]
    pub const fn operator(&self) -> &str {
        &self.operator
    }

    /// Its state.
    #[must_use]
    pub const fn state(&self) -> LogState {
        self.state
    }
}

/// A list of logs, of a certain day.
#[derive(Clone, Debug)]
pub struct LogList {
    logs: Vec<Log>,
    published: UnixTime,
}

impl LogList {
    /// The logs, and when the list was published.
    #[must_use]
    pub fn new(mut logs: Vec<Log>, published: UnixTime) -> Self {
        logs.sort_by_key(|log| log.id);
        Self { logs, published }
    }

    /// The log of an identifier.
    #[must_use]
    pub fn find(&self, id: &[u8; 32]) -> Option<&Log> {
        let at = self.logs.binary_search_by_key(&id, |log| &log.id).ok()?;
        self.logs.get(at)
    }

    /// When it was published.
    #[must_use]
    pub const fn published(&self) -> UnixTime {
        self.published
    }
}

/// How many timestamps a certificate needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransparencyPolicy {
    /// The logs that count.
    pub logs: Arc<LogList>,
    /// Timestamps for a certificate of up to [`Self::long_lived`] seconds: two.
    pub minimum: usize,
    /// Timestamps for one that lives longer: three.
    pub minimum_long_lived: usize,
    /// Where a long life begins: 180 days.
    pub long_lived: u64,
    /// Operators that the timestamps must come from: two.
    pub minimum_operators: usize,
    /// With a list older than this many seconds nothing is required any more, since logs come and go: 70 days.
    pub maximum_list_age: u64,
}

impl TransparencyPolicy {
    /// Chrome's numbers, with these logs.
    #[must_use]
    pub const fn new(logs: Arc<LogList>) -> Self {
        Self {
            logs,
            minimum: 2,
            minimum_long_lived: 3,
            long_lived: 180 * 86_400,
            minimum_operators: 2,
            maximum_list_age: 70 * 86_400,
        }
    }
}

/// The timestamps that count.
#[derive(Debug, Default)]
pub(crate) struct Timestamps<'l> {
    /// Log, and when, in milliseconds.
    embedded: Vec<(&'l Log, u64)>,
    delivered: Vec<(&'l Log, u64)>,
    /// Those of logs that are not in the list, or whose signature is wrong.
    others: usize,
}

impl<'l> Timestamps<'l> {
    /// Checks all that there are: in the leaf, and delivered with it in TLS or OCSP.
    pub(crate) fn collect<'s>(
        logs: &'l LogList,
        leaf: &Certificate<'_>,
        issuer_key: &SubjectPublicKeyInfo<'_>,
        delivered: impl Iterator<Item = SctList<'s>>,
        at: UnixTime,
        verifier: &Verifier<'_>,
        meter: &mut Meter,
    ) -> Result<Self, Exhausted> {
        let mut all = Self::default();
        if let Some(list) = leaf.extensions().sct_list() {
            // RFC 6962 §3.2: precert_entry, the hash of the issuer's key and the signed part without the timestamps.
            let tbs = without_timestamps(leaf);
            let hash = Sha256::digest(issuer_key.as_der());
            let entry = tbs.map(|tbs| [&[0, 1], &*hash, &length_24(&tbs), &tbs].concat());
            for (log, time) in all.check(logs, &list, entry.as_deref(), at, verifier, meter)? {
                all.embedded.push((log, time));
            }
        }
        // x509_entry: the certificate as it is.
        let entry = [&[0, 0], &length_24(leaf.as_der())[..], leaf.as_der()].concat();
        for list in delivered {
            for (log, time) in all.check(logs, &list, Some(&entry), at, verifier, meter)? {
                all.delivered.push((log, time));
            }
        }
        Ok(all)
    }

    fn check(
        &mut self,
        logs: &'l LogList,
        list: &SctList<'_>,
        entry: Option<&[u8]>,
        at: UnixTime,
        verifier: &Verifier<'_>,
        meter: &mut Meter,
    ) -> Result<Vec<(&'l Log, u64)>, Exhausted> {
        let mut good = Vec::new();
        for timestamp in list.iter().take(MAX_TIMESTAMPS) {
            meter.step()?;
            let known =
                timestamp.v1().and_then(|fields| Some((fields, logs.find(fields.log_id())?)));
            let (Some((fields, log)), Some(entry)) = (known, entry) else {
                self.others += 1;
                continue;
            };
            let is_future = fields.timestamp() / 1000 > at.as_secs();
            if !is_future && is_signed(log, &fields, entry, verifier, meter)? {
                good.push((log, fields.timestamp()));
            } else {
                self.others += 1;
            }
        }
        Ok(good)
    }

    /// The earliest of all, in seconds.
    pub(crate) fn earliest(&self) -> Option<u64> {
        self.embedded.iter().chain(&self.delivered).map(|(_, time)| time / 1000).min()
    }

    /// Whether they are enough.
    pub(crate) fn satisfy(&self, policy: &TransparencyPolicy, leaf: &Certificate<'_>) -> bool {
        let validity = leaf.validity();
        let (from, to) =
            (validity.not_before().unix_seconds(), validity.not_after().unix_seconds());
        let lifetime = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        let needed =
            if lifetime > policy.long_lived { policy.minimum_long_lived } else { policy.minimum };
        // Embedded: of each log one; a retired one counts for what it signed before, beside one that is alive.
        let is_alive = |log: &Log| matches!(log.state, LogState::Usable | LogState::ReadOnly);
        let counts = |log: &Log, time: u64| match log.state {
            LogState::Retired(since) => time / 1000 < since.as_secs(),
            _ => is_alive(log),
        };
        let embedded: Vec<_> = self
            .embedded
            .iter()
            .filter(|(log, time)| counts(log, *time))
            .map(|(log, _)| *log)
            .collect();
        let delivered: Vec<_> =
            self.delivered.iter().map(|(log, _)| *log).filter(|log| is_alive(log)).collect();
        let suffices = |logs: &[&Log], needed: usize| {
            distinct(logs.iter().map(|log| &log.id)) >= needed
                && distinct(logs.iter().map(|log| &log.operator)) >= policy.minimum_operators
        };
        (suffices(&embedded, needed) && embedded.iter().any(|log| is_alive(log)))
            || suffices(&delivered, policy.minimum)
    }
}

impl fmt::Display for Timestamps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let logs = || self.embedded.iter().chain(&self.delivered).map(|(log, _)| log);
        write!(
            f,
            "{} timestamps of {} logs and {} operators, and {} that do not count",
            self.embedded.len() + self.delivered.len(),
            distinct(logs().map(|log| &log.id)),
            distinct(logs().map(|log| &log.operator)),
            self.others
        )
    }
}

/// Timestamps of one list that are looked at: five are usual.
const MAX_TIMESTAMPS: usize = 20;

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> usize {
    let mut items: Vec<_> = items.map(Reverse).collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}

fn length_24(bytes: &[u8]) -> [u8; 3] {
    let [_, a, b, c] = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    [a, b, c]
}

/// RFC 6962 §3.2: what is signed is version 0, type 0, the time, the entry, and the extensions.
fn is_signed(
    log: &Log,
    fields: &SctV1<'_>,
    entry: &[u8],
    verifier: &Verifier<'_>,
    meter: &mut Meter,
) -> Result<bool, Exhausted> {
    // RFC 6962 §2.1.4: ECDSA on P-256 or RSA, with SHA-256.
    let algorithm: &[u8] = match fields.algorithm() {
        [4, 3] => &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
        [4, 1] => &[
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05,
            0x00,
        ],
        _ => return Ok(false),
    };
    let (Ok(algorithm), Ok(key)) =
        (AlgorithmIdentifier::parse(algorithm), SubjectPublicKeyInfo::parse(&log.key))
    else {
        return Ok(false);
    };
    let extensions_len = u16::try_from(fields.extensions().len()).unwrap_or(u16::MAX).to_be_bytes();
    let message = [
        &[0, 0],
        &fields.timestamp().to_be_bytes()[..],
        entry,
        &extensions_len,
        fields.extensions(),
    ]
    .concat();
    let signed = Signed { algorithm, message: &message, signature: fields.signature() };
    match verifier.check(&key, &signed, meter) {
        Ok(()) => Ok(true),
        Err(Failure::Budget(exhausted)) => Err(exhausted),
        Err(_) => Ok(false),
    }
}

/// The signed part of `leaf` without the extension that holds the timestamps (RFC 6962 §3.2).
fn without_timestamps(leaf: &Certificate<'_>) -> Option<Vec<u8>> {
    let extensions = leaf.extensions();
    let list = extensions.find(Oid::SCT_LIST)?;
    let all = extensions.list().contents();
    let start = list.as_der().as_ptr().addr().checked_sub(all.as_ptr().addr())?;
    let (before, rest) = all.split_at_checked(start)?;
    let after = rest.get(list.as_der().len()..)?;
    let kept = der::element(der::SEQUENCE, &[before, after]);
    // `extensions [3] EXPLICIT` is the last field of the signed part.
    let fields = der::contents(leaf.tbs_der());
    let old = der::element(0xa3, &[&der::element(der::SEQUENCE, &[all])]);
    let head = fields.strip_suffix(old.as_slice())?;
    Some(der::element(der::SEQUENCE, &[head, &der::element(0xa3, &[&kept])]))
}
