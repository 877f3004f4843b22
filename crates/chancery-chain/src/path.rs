//! The proof that a path was found: nobody but the validator can make one.

use alloc::{boxed::Box, vec::Vec};

use chancery_x509::{Certificate, SubjectPublicKeyInfo};
use pki_types::{CertificateDer, UnixTime};

use crate::{
    anchor::Anchor,
    policy::{OwnedOid, Purpose},
    report::{Candidate, Finding, Report},
    text,
};

/// A path from a trust anchor to the leaf, with every rule of the policy kept at the time asked about.
///
/// It has no public constructor. It owns its certificates, since it outlives the input.
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifiedPath {
    pub(crate) policies: Vec<OwnedOid>,
    pub(crate) report: Box<Report>,
}

impl VerifiedPath {
    fn candidate(&self) -> Option<&Candidate> {
        self.report.candidates.first()
    }

    /// The leaf.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        self.candidate().and_then(|path| path.certificates.leaf()).unwrap_or_default()
    }

    /// The leaf's public key, for what the leaf's owner signs.
    #[must_use]
    pub fn leaf_public_key(&self) -> Option<SubjectPublicKeyInfo<'_>> {
        let leaf = Certificate::parse(self.leaf()).ok()?;
        Some(*leaf.subject_public_key_info())
    }

    /// What the path was verified for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.report.purpose
    }

    /// The certificates, leaf first, without the anchor.
    pub fn certificates(&self) -> impl Iterator<Item = CertificateDer<'_>> {
        self.candidate().into_iter().flat_map(|path| path.certificates.iter().map(|(_, der)| der))
    }

    /// The anchor and its index.
    #[must_use]
    pub fn anchor(&self) -> Option<(usize, &Anchor)> {
        self.candidate().and_then(Candidate::anchor)
    }

    /// Whether `time` is within the validity of every certificate of the path (RFC 5280 §4.1.2.5), and of the anchor's
    /// where that counts. Whoever goes on relying on a path has to ask; all else it was verified for stays as it was.
    #[must_use]
    pub fn is_valid_at(&self, time: UnixTime) -> bool {
        let is_valid =
            |certificate: Certificate<'_>| certificate.validity().contains(text::time(time));
        let anchor = self.anchor().map(|(_, anchor)| anchor);
        self.certificates().all(|der| Certificate::parse(&der).is_ok_and(is_valid))
            && anchor
                .filter(|anchor| anchor.constraints().honour_expiry)
                .is_none_or(|anchor| anchor.parsed().is_none_or(is_valid))
    }

    /// The certificate policies that the path is valid under, as the anchor's domain calls them; anyPolicy
    /// if there is no limit (RFC 9618 §5.5, user-constrained-policy-set).
    #[must_use]
    pub fn policies(&self) -> &[OwnedOid] {
        &self.policies
    }

    /// What was found out on the way: warnings, and on what evidence something was accepted.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.candidate().map_or(&[], Candidate::findings)
    }

    /// Every path that was tried, and the cost.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }
}
