//! The explained verdict: every path that was tried, and what decided about it.
//!
//! ```text
//! Report ─┬─ candidates, the closest first
//!         │    Candidate ─┬─ certificates, leaf first, then the anchor
//!         │               └─ findings: at which certificate, which rule, found, wanted, byte offset
//!         ├─ ignored: offered certificates that do not parse
//!         └─ usage: what it cost
//! ```
//!
//! A report owns what it shows, so that it outlives the input. Text from certificates is cut to a
//! bounded length and stripped of control characters before it is shown (CVE-2025-61729).

use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::fmt::{self, Write};

use chancery_x509::{Certificate, Error};
use pki_types::{CertificateDer, UnixTime};
use smallvec::SmallVec;

use crate::{
    anchor::Anchor,
    budget::{Budget, Usage},
    need::Need,
    policy::Purpose,
    rule::Rule,
    text::{self, Bounded},
};

/// Where a certificate came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// The certificate that is verified.
    Leaf,
    /// The intermediate of that index in the list that was offered.
    Intermediate(usize),
    /// The trust anchor of that index.
    Anchor(usize),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf => f.write_str("leaf"),
            Self::Intermediate(index) => write!(f, "intermediate {index}"),
            Self::Anchor(index) => write!(f, "anchor {index}"),
        }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Severity {
    /// It says why something was accepted.
    Note,
    /// The policy lets it pass.
    Warning,
    /// The path is rejected.
    Fatal,
}

/// One thing that was found out about one certificate of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    pub(crate) position: usize,
    pub(crate) severity: Severity,
    pub(crate) rule: Rule,
    pub(crate) section: &'static str,
    pub(crate) found: Box<str>,
    pub(crate) wanted: Box<str>,
    pub(crate) offset: Option<usize>,
}

impl Finding {
    pub(crate) fn fatal(
        rule: Rule,
        position: usize,
        found: impl fmt::Display,
        wanted: impl fmt::Display,
    ) -> Self {
        Self {
            position,
            severity: Severity::Fatal,
            rule,
            section: rule.section(),
            found: Bounded::render(found),
            wanted: Bounded::render(wanted),
            offset: None,
        }
    }

    pub(crate) fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(crate) fn in_section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// Records where in `certificate` the slice `part` begins.
    pub(crate) fn at(mut self, certificate: &[u8], part: &[u8]) -> Self {
        let offset = part.as_ptr().addr().wrapping_sub(certificate.as_ptr().addr());
        self.offset = (offset < certificate.len()).then_some(offset);
        self
    }

    pub(crate) fn is_fatal(&self) -> bool {
        self.severity == Severity::Fatal
    }

    /// Which certificate of the path: 0 is the leaf, the last is the anchor.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Whether it decided against the path.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The document and section that say so; often more exact than [`Rule::section`].
    #[must_use]
    pub const fn section(&self) -> &'static str {
        self.section
    }

    /// What was found.
    #[must_use]
    pub const fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted.
    #[must_use]
    pub const fn wanted(&self) -> &str {
        &self.wanted
    }

    /// The offset in bytes, from the start of the certificate, of what was found, where there is one place.
    #[must_use]
    pub const fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Note {
            return write!(f, "{} ({})", self.found, self.section);
        }
        write!(f, "{}: found {}, wanted {} ({}", self.rule, self.found, self.wanted, self.section)?;
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        f.write_char(')')
    }
}

/// A path that was tried.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub(crate) certificates: OwnedChain,
    pub(crate) anchor: Option<(usize, Arc<Anchor>)>,
    pub(crate) findings: Vec<Finding>,
}

/// Certificates one after the other, leaf first, in one piece of memory.
#[derive(Clone, Debug)]
pub(crate) struct OwnedChain {
    der: Vec<u8>,
    /// Where each comes from, and where it ends.
    ends: SmallVec<[(Source, usize); 4]>,
}

impl OwnedChain {
    pub(crate) fn new<'c>(certificates: impl Iterator<Item = (Source, &'c [u8])> + Clone) -> Self {
        let length = certificates.clone().map(|(_, der)| der.len()).sum();
        let mut chain = Self { der: Vec::with_capacity(length), ends: SmallVec::new() };
        for (source, der) in certificates {
            chain.der.extend_from_slice(der);
            chain.ends.push((source, chain.der.len()));
        }
        chain
    }

    pub(crate) fn leaf(&self) -> Option<&[u8]> {
        self.der.get(..self.ends.first()?.1)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Source, CertificateDer<'_>)> {
        (0..self.ends.len()).filter_map(|position| self.get(position))
    }

    fn get(&self, position: usize) -> Option<(Source, CertificateDer<'_>)> {
        let (source, end) = *self.ends.get(position)?;
        let start = match position.checked_sub(1) {
            Some(before) => self.ends.get(before)?.1,
            None => 0,
        };
        Some((source, self.der.get(start..end)?.into()))
    }
}

impl Candidate {
    /// The certificates, leaf first, without the anchor.
    pub fn certificates(&self) -> impl Iterator<Item = (Source, CertificateDer<'_>)> {
        self.certificates.iter()
    }

    /// The anchor's index and itself, if the path reached one.
    #[must_use]
    pub fn anchor(&self) -> Option<(usize, &Anchor)> {
        self.anchor.as_ref().map(|(index, anchor)| (*index, &**anchor))
    }

    /// What was found out, from the anchor down.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing decided against it.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.anchor.is_some() && self.primary().is_none()
    }

    /// The gravest finding.
    #[must_use]
    pub fn primary(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.is_fatal())
            .min_by_key(|finding| finding.rule.rank())
    }

    /// Which certificate a finding speaks of, and its subject; where that is empty, its alternative names.
    #[must_use]
    pub fn certificate_of(&self, finding: &Finding) -> (Source, String) {
        match (self.certificates.get(finding.position), &self.anchor) {
            (Some((source, der)), _) => (source, subject(&der)),
            (None, Some((index, anchor))) => (Source::Anchor(*index), subject_of_anchor(anchor)),
            (None, None) => (Source::Leaf, String::new()),
        }
    }
}

fn subject(der: &[u8]) -> String {
    match Certificate::parse(der) {
        Ok(certificate) => Bounded(text::subject(&certificate)).to_string(),
        Err(error) => Bounded(error).to_string(),
    }
}

fn subject_of_anchor(anchor: &Anchor) -> String {
    Bounded(anchor.subject_text()).to_string()
}

/// An offered certificate that does not parse, and was left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its index in the list that was offered.
    pub intermediate: usize,
    /// Why.
    pub error: Error,
}

/// All that a verification found out.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) at: UnixTime,
    pub(crate) purpose: Purpose,
    pub(crate) wanted: Box<str>,
    pub(crate) candidates: SmallVec<[Candidate; 1]>,
    pub(crate) omitted: u32,
    pub(crate) ignored: Vec<Ignored>,
    pub(crate) needs: Vec<Need>,
    pub(crate) usage: Usage,
    pub(crate) limits: Budget,
}

/// Candidates that a report keeps: 64 fill several screens.
pub(crate) const MAX_CANDIDATES: usize = 64;
/// Malformed certificates that a report names.
pub(crate) const MAX_IGNORED: usize = 64;

impl Report {
    /// The time that was asked about.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// The paths that were tried, the closest to acceptance first; at most 64.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// How many more candidates were tried than are kept.
    #[must_use]
    pub const fn omitted(&self) -> u32 {
        self.omitted
    }

    /// Offered certificates that do not parse, at most 64. They decided nothing.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// What could be fetched to decide better.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// What it cost.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// What it was allowed to cost.
    #[must_use]
    pub const fn limits(&self) -> Budget {
        self.limits
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.candidates.first().is_some_and(Candidate::is_accepted) {
            "accepted"
        } else {
            "rejected"
        };
        writeln!(f, "{verdict} at {} for {}, {}", text::time(self.at), self.wanted, self.purpose)?;
        for (number, candidate) in self.candidates.iter().enumerate() {
            let what = if candidate.is_accepted() { "accepted" } else { "rejected" };
            writeln!(f, "path {}: {what}", number + 1)?;
            write_candidate(f, candidate)?;
        }
        if self.omitted > 0 {
            writeln!(f, "{} more paths were tried", self.omitted)?;
        }
        for ignored in &self.ignored {
            writeln!(f, "ignored intermediate {}: {}", ignored.intermediate, ignored.error)?;
        }
        for need in &self.needs {
            writeln!(f, "would help: {need}")?;
        }
        let (used, limits) = (&self.usage, &self.limits);
        write!(
            f,
            "cost: {} of {} signatures ({} cached), {} of {} steps, {} of {} name comparisons",
            used.signatures,
            limits.signatures,
            used.cached_signatures,
            used.steps,
            limits.steps,
            used.name_comparisons,
            limits.name_comparisons
        )
    }
}

fn write_candidate(f: &mut fmt::Formatter<'_>, candidate: &Candidate) -> fmt::Result {
    let findings_at = |f: &mut fmt::Formatter<'_>, position: usize| -> fmt::Result {
        for finding in candidate.findings.iter().filter(|finding| finding.position == position) {
            let mark = match finding.severity {
                Severity::Note => "+",
                Severity::Warning => "!",
                Severity::Fatal => "x",
            };
            writeln!(f, "      {mark} {finding}")?;
        }
        Ok(())
    };
    let count = candidate.certificates.ends.len();
    if let Some((index, anchor)) = &candidate.anchor {
        writeln!(f, "  anchor {index}: {}", subject_of_anchor(anchor))?;
        findings_at(f, count)?;
    }
    for position in (0..count).rev() {
        let Some((source, der)) = candidate.certificates.get(position) else { continue };
        write!(f, "  {source}: {}", subject(&der))?;
        if let Ok(certificate) = Certificate::parse(&der) {
            write!(f, ", {}", text::validity(certificate.validity()))?;
        }
        f.write_char('\n')?;
        findings_at(f, position)?;
    }
    Ok(())
}

/// Why no path was accepted.
#[derive(Clone, Debug)]
pub struct Rejection {
    pub(crate) finding: Finding,
    pub(crate) source: Source,
    pub(crate) subject: Box<str>,
    pub(crate) report: Box<Report>,
}

impl Rejection {
    /// The rule that the closest candidate breaks most gravely.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.finding.rule
    }

    /// That breach.
    #[must_use]
    pub const fn finding(&self) -> &Finding {
        &self.finding
    }

    /// The certificate that breaks it.
    #[must_use]
    pub const fn certificate(&self) -> Source {
        self.source
    }

    /// Its subject; where that is empty, its alternative names.
    #[must_use]
    pub const fn subject(&self) -> &str {
        &self.subject
    }

    /// Every path that was tried.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.source, self.subject, self.finding)
    }
}

impl core::error::Error for Rejection {}
