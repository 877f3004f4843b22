//! A verification that can be continued: it says what it lacks, and goes on when it has it.
//!
//! ```text
//! start ──► advance ──► Needs(issuer by URL, CRL by URL, OCSP request) ──► supply_… ──► advance ──► … ──► Done
//!               └──────────────────────────────────────────────────────────────────────────────────► Done
//! ```
//!
//! It never fetches. Whoever drives it decides what to fetch, from where, and how long that may take. Signatures that were proved in
//! one round are not checked again in the next.

use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};

use chancery_x509::{Certificate, Error, OcspResponse};
use pki_types::{CertificateDer, UnixTime};

use crate::{
    need::Need,
    path::VerifiedPath,
    policy::Purpose,
    report::Rejection,
    revocation::store::CrlStore,
    server_name::{Peer, ReferenceIdentity},
    signature_cache::SignatureCache,
    verify::{Presented, Validator},
};

/// How a [`Verification`] goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// Any of these may change the verdict. Supply what can be had, then advance again.
    Needs(Vec<Need>),
    /// The verdict.
    Done(Result<VerifiedPath, Rejection>),
}

/// A verification in several rounds: it says what it lacks, and goes on with what it is given.
///
/// ```
/// use chancery_chain::{Need, Progress, Purpose, Validator, Verification};
/// # fn fetch(url: &str) -> Option<Vec<u8>> { None }
/// # fn post(url: &str, request: &[u8]) -> Option<Vec<u8>> { None }
///
/// fn drive(mut verification: Verification) -> bool {
///     loop {
///         match verification.advance() {
///             Progress::Done(verdict) => return verdict.is_ok(),
///             Progress::Needs(needs) => {
///                 for need in needs {
///                     // What does not parse is refused, and that is all there is to it.
///                     let _ = match &need {
///                         Need::Issuer { url, .. } => {
///                             fetch(url).map(|der| verification.supply_certificate(&der))
///                         }
///                         Need::Crl { url, .. } => fetch(url).map(|der| verification.supply_crl(&der)),
///                         Need::Ocsp { url, request, .. } => {
///                             post(url, request).map(|der| verification.supply_ocsp(&der))
///                         }
///                         _ => None,
///                     };
///                 }
///             }
///             _ => return false,
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Verification {
    validator: Arc<Validator>,
    leaf: CertificateDer<'static>,
    intermediates: Vec<CertificateDer<'static>>,
    ocsp_responses: Vec<Vec<u8>>,
    ocsp_nonce: Option<Vec<u8>>,
    timestamps: Vec<u8>,
    crls: CrlStore,
    purpose: Purpose,
    /// `None` stands for anyone.
    identities: Option<Vec<ReferenceIdentity<'static>>>,
    at: UnixTime,
    cache: SignatureCache,
    asked: BTreeSet<Need>,
}

/// Signatures that one verification remembers between its rounds.
const REMEMBERED: usize = 64;

impl Verification {
    /// The first round is made by [`Self::advance`]; what is presented is copied.
    #[must_use]
    pub fn new(
        validator: Arc<Validator>,
        presented: &Presented<'_>,
        purpose: Purpose,
        peer: Peer<'_>,
        at: UnixTime,
    ) -> Self {
        let identities = match peer {
            Peer::Anyone => None,
            peer => {
                Some(peer.identities().iter().cloned().map(ReferenceIdentity::into_owned).collect())
            }
        };
        Self {
            validator,
            leaf: CertificateDer::from(presented.leaf).into_owned(),
            intermediates: presented
                .intermediates
                .iter()
                .map(|der| der.clone().into_owned())
                .collect(),
            ocsp_responses: presented.ocsp_responses.iter().map(|der| der.to_vec()).collect(),
            ocsp_nonce: presented.ocsp_nonce.map(<[u8]>::to_vec),
            timestamps: presented.timestamps.to_vec(),
            crls: CrlStore::new(),
            purpose,
            identities,
            at,
            cache: SignatureCache::new(REMEMBERED),
            asked: BTreeSet::new(),
        }
    }

    /// Verifies with what there is. Each thing is asked for once: when nothing new is missing, the verdict stands.
    pub fn advance(&mut self) -> Progress {
        let verdict = self.finish();
        let report = match &verdict {
            Ok(path) => path.report(),
            Err(rejection) => rejection.report(),
        };
        let mut needs: Vec<Need> =
            report.needs().iter().filter(|need| !self.asked.contains(need)).cloned().collect();
        needs.sort();
        needs.dedup();
        if needs.is_empty() {
            return Progress::Done(verdict);
        }
        self.asked.extend(needs.iter().cloned());
        Progress::Needs(needs)
    }

    /// The verdict on what there is now, whatever is missing.
    ///
    /// # Errors
    /// If no path is good.
    pub fn finish(&self) -> Result<VerifiedPath, Rejection> {
        let responses: Vec<&[u8]> = self.ocsp_responses.iter().map(Vec::as_slice).collect();
        let presented = Presented {
            ocsp_responses: &responses,
            ocsp_nonce: self.ocsp_nonce.as_deref(),
            timestamps: &self.timestamps,
            ..Presented::new(&self.leaf, &self.intermediates)
        };
        let peer = match &self.identities {
            None => Peer::Anyone,
            Some(identities) => Peer::AnyOf(identities),
        };
        let (cache, crls) = (Some(&self.cache), Some(&self.crls));
        self.validator.verify_with(&presented, self.purpose, peer, self.at, cache, crls)
    }

    /// A certificate for [`Need::Issuer`], in DER.
    ///
    /// # Errors
    /// If it does not parse; it is not kept then.
    pub fn supply_certificate(&mut self, der: &[u8]) -> Result<(), Error> {
        Certificate::parse(der)?;
        self.intermediates.push(CertificateDer::from(der).into_owned());
        Ok(())
    }

    /// A CRL for [`Need::Crl`], in DER.
    ///
    /// # Errors
    /// If it does not parse; it is not kept then.
    pub fn supply_crl(&mut self, der: &[u8]) -> Result<(), Error> {
        self.crls.add(der)
    }

    /// An OCSP response for [`Need::Ocsp`], in DER.
    ///
    /// # Errors
    /// If it does not parse; it is not kept then.
    pub fn supply_ocsp(&mut self, der: &[u8]) -> Result<(), Error> {
        OcspResponse::parse(der)?;
        self.ocsp_responses.push(der.to_vec());
        Ok(())
    }
}
