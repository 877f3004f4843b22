//! Revocation as one verdict, over whatever evidence there is.
//!
//! ```text
//! CRLs (full, sharded, delta, indirect) ──┐
//! OCSP responses (stapled, fetched) ──────┼──► revoked │ good, by this evidence of that age │ unknown, because
//! noRevAvail, short life ─────────────────┘
//! ```
//!
//! A revocation counts wherever it is found. Evidence that is stale, of another scope, or signed by someone else never
//! means good; it is the reason that is shown when nothing better is there.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use chancery_x509::{Certificate, Oid, ReasonCode, SubjectPublicKeyInfo, Time};

use crate::{
    need::Need,
    report::{Finding, Severity, Source},
    rule::Rule,
    text::Span,
};

pub(crate) mod crl;
pub(crate) mod must_staple;
pub(crate) mod ocsp;
pub(crate) mod store;

/// Which certificates of a path are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationScope {
    /// None: evidence is ignored.
    Nothing,
    /// The leaf.
    Leaf,
    /// All but the anchor.
    #[default]
    Path,
}

/// What to do when the status of a certificate is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownStatus {
    /// Go on; the report has a warning ("soft fail").
    #[default]
    Accept,
    /// Reject ("hard fail").
    Reject,
}

/// What has to be known about revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationPolicy {
    /// Which certificates are looked at.
    pub scope: RevocationScope,
    /// What to do when the status of one is unknown.
    pub unknown: UnknownStatus,
    /// Names of issuers, in DER, whose certificates are rejected when their status is unknown, whatever `unknown` says.
    pub required_issuers: Vec<Box<[u8]>>,
    /// Whether a CRL counts after its nextUpdate; it does not, by default (RFC 5280 §6.3.3 (a)).
    pub accept_stale_crls: bool,
    /// The oldest thisUpdate of an OCSP response that counts, in seconds: ten days (CA/B BR §4.9.10).
    pub maximum_ocsp_age: u64,
    /// Whether a certificate that promises a stapled response needs one (RFC 7633).
    pub enforce_must_staple: bool,
    /// Certificates that live no longer than this, in seconds, need no evidence: seven days (CA/B BR §4.9.7).
    pub short_lived: u64,
}

impl RevocationPolicy {
    /// Whatever evidence there is counts; none is required, except where a certificate demands a stapled response.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            scope: RevocationScope::Path,
            unknown: UnknownStatus::Accept,
            required_issuers: Vec::new(),
            accept_stale_crls: false,
            maximum_ocsp_age: 10 * 86_400,
            enforce_must_staple: true,
            short_lived: 7 * 86_400,
        }
    }
}

impl Default for RevocationPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a piece of evidence says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    Malformed,
    Stale(Time),
    FromTheFuture(Time),
    BadSignature,
    UnsupportedAlgorithm,
    NotItsIssuer,
    CrlSignMissing,
    CrlNumberMissing,
    CrlNumberCritical,
    UnknownCriticalExtension,
    OtherScope,
    SomeReasonsOnly,
    NoBaseCrl,
    ResponderRefused,
    ResponderNotAuthorized,
    OtherCertificate,
    ResponderDoesNotKnow,
    WrongNonce,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is malformed",
            Self::Stale(time) => return write!(f, "it was good until {time}"),
            Self::FromTheFuture(time) => return write!(f, "it is good from {time} on"),
            Self::BadSignature => "its signature is not by the issuer",
            Self::UnsupportedAlgorithm => "its signature algorithm is not accepted",
            Self::NotItsIssuer => "nobody at hand who may sign it has its issuer's name",
            Self::CrlSignMissing => "its issuer's key usage lacks cRLSign",
            Self::CrlNumberMissing => "it has no CRL number",
            Self::CrlNumberCritical => "its CRL number is critical",
            Self::UnknownCriticalExtension => "it has a critical extension that is not recognized",
            Self::OtherScope => "it is for other certificates",
            Self::SomeReasonsOnly => "not all reasons are covered",
            Self::NoBaseCrl => "it is a delta without its base",
            Self::ResponderRefused => "the responder refused to answer",
            Self::ResponderNotAuthorized => "its responder is not authorized by the issuer",
            Self::OtherCertificate => "it is about other certificates",
            Self::ResponderDoesNotKnow => "the responder does not know the certificate",
            Self::WrongNonce => "it answers another request",
        })
    }
}

/// A piece of evidence, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence<'e> {
    Crl { number: &'e [u8], this_update: Time, delta: Option<&'e [u8]> },
    Ocsp { this_update: Time },
    NoRevAvail,
    ShortLived(i64),
}

impl fmt::Display for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |f: &mut fmt::Formatter<'_>, bytes: &[u8]| match bytes {
            [] => f.write_str("0"),
            bytes => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        };
        match self {
            Self::Crl { number, this_update, delta } => {
                f.write_str("CRL 0x")?;
                hex(f, number)?;
                if let Some(delta) = delta {
                    f.write_str(" with delta 0x")?;
                    hex(f, delta)?;
                }
                write!(f, " of {this_update}")
            }
            Self::Ocsp { this_update } => write!(f, "an OCSP response of {this_update}"),
            Self::NoRevAvail => f.write_str("noRevAvail: its issuer publishes nothing"),
            Self::ShortLived(seconds) => {
                write!(f, "a life of {}, too short to revoke", Span(*seconds))
            }
        }
    }
}

/// What one kind of evidence says.
#[derive(Clone, Debug)]
pub(crate) enum Status<'e> {
    Good(Evidence<'e>),
    Revoked {
        evidence: Evidence<'e>,
        since: Time,
        reason: Option<ReasonCode>,
    },
    /// The best reason why nothing is known; none if there was no evidence at all.
    Unknown(Option<Unusable>),
}

/// A certificate whose status is asked, and the key and name of its issuer.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'s, 'a> {
    pub(crate) certificate: &'s Certificate<'a>,
    pub(crate) source: Source,
    pub(crate) position: usize,
    pub(crate) issuer_key: SubjectPublicKeyInfo<'s>,
    /// The issuer's certificate; none if it is an anchor without one.
    pub(crate) issuer: Option<&'s Certificate<'s>>,
}

/// Joins what CRLs and OCSP responses say about one certificate to a finding, if there is something to say.
pub(crate) fn judge(
    policy: &RevocationPolicy,
    at: Time,
    subject: &Subject<'_, '_>,
    statuses: [Status<'_>; 2],
    needs: &mut Vec<Need>,
) -> Option<Finding> {
    let position = subject.position;
    let revoked = statuses.iter().find_map(|status| match status {
        Status::Revoked { evidence, since, reason } => Some((evidence, since, reason)),
        _ => None,
    });
    if let Some((evidence, since, reason)) = revoked {
        let reason = reason.map_or("no stated reason", ReasonCode::name);
        let found = format_args!("revoked since {since} for {reason}, by {evidence}");
        let wanted = "a certificate that is not revoked";
        return Some(Finding::fatal(Rule::Revoked, position, found, wanted));
    }
    let good = |evidence: &Evidence<'_>| {
        let age = match evidence {
            Evidence::Crl { this_update, .. } | Evidence::Ocsp { this_update } => {
                Some(Span(at.unix_seconds().saturating_sub(this_update.unix_seconds())))
            }
            _ => None,
        };
        let finding = match age {
            Some(age) => {
                let found = format_args!("not revoked, by {evidence}, {age} old");
                Finding::fatal(Rule::Revoked, position, found, "")
            }
            None => Finding::fatal(
                Rule::Revoked,
                position,
                format_args!("not revocable: {evidence}"),
                "",
            ),
        };
        finding.with_severity(Severity::Note)
    };
    if let Some(evidence) = statuses.iter().find_map(|status| match status {
        Status::Good(evidence) => Some(evidence),
        _ => None,
    }) {
        return Some(good(evidence));
    }
    if let Some(evidence) = needs_no_evidence(policy, subject.certificate) {
        // Only shown when it decides something.
        return (policy.unknown == UnknownStatus::Reject).then(|| good(&evidence));
    }
    let why = statuses.iter().find_map(|status| match status {
        Status::Unknown(why) => *why,
        _ => None,
    });
    let is_required = policy.unknown == UnknownStatus::Reject
        || policy
            .required_issuers
            .iter()
            .any(|name| **name == *subject.certificate.issuer().as_der());
    if !is_required && why.is_none() {
        return None;
    }
    add_needs(subject, needs);
    let wanted = "a current CRL or OCSP response";
    let finding = match why {
        Some(why) => {
            let found = format_args!("evidence that does not count: {why}");
            Finding::fatal(Rule::RevocationUnknown, position, found, wanted)
        }
        None => Finding::fatal(Rule::RevocationUnknown, position, "no evidence", wanted),
    };
    Some(if is_required { finding } else { finding.with_severity(Severity::Warning) })
}

/// RFC 9608 §3, and CA/B BR §4.9.7 for what expires before a CRL could tell.
fn needs_no_evidence(
    policy: &RevocationPolicy,
    certificate: &Certificate<'_>,
) -> Option<Evidence<'static>> {
    let extensions = certificate.extensions();
    let is_ca = extensions.basic_constraints().is_some_and(|basic| basic.ca());
    let has_ocsp = extensions
        .authority_info_access()
        .is_some_and(|access| access.uris(Oid::OCSP).next().is_some());
    // RFC 9608 §2: not in CA certificates, and not beside what it says there is none of.
    if extensions.no_rev_avail().is_some()
        && !is_ca
        && !has_ocsp
        && extensions.crl_distribution_points().is_none()
        && extensions.freshest_crl().is_none()
    {
        return Some(Evidence::NoRevAvail);
    }
    let validity = certificate.validity();
    let (from, to) = (validity.not_before().unix_seconds(), validity.not_after().unix_seconds());
    let lifetime = to.saturating_sub(from).saturating_add(1);
    let limit = i64::try_from(policy.short_lived).unwrap_or(i64::MAX);
    (!is_ca && lifetime <= limit).then_some(Evidence::ShortLived(lifetime))
}

/// Addresses that one certificate may ask for, of each kind: two are usual.
const MAX_URLS: usize = 8;

fn add_needs(subject: &Subject<'_, '_>, needs: &mut Vec<Need>) {
    let extensions = subject.certificate.extensions();
    let of = subject.source;
    if let Some(access) = extensions.authority_info_access() {
        for url in access.uris(Oid::OCSP).take(MAX_URLS) {
            let request = ocsp::request(subject.certificate, &subject.issuer_key);
            needs.push(Need::Ocsp { of, url: url.into(), request });
        }
    }
    for point in
        extensions.crl_distribution_points().iter().flat_map(|points| points.iter()).take(MAX_URLS)
    {
        for url in crl::urls(&point).take(MAX_URLS) {
            needs.push(Need::Crl { of, url: url.into() });
        }
    }
}
