//! CRLs, taken apart once.
//!
//! ```text
//! DER ── add ──► issuer, times, numbers, scope; entries sorted by serial number; which key signed it, once known
//! ```
//!
//! A list of a hundred thousand entries is read when it is added, and its signature checked when it is first needed; after that a
//! verification costs one search.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, ops::Range};

use chancery_x509::{
    CertificateList, Error, GeneralName, IssuingDistributionPoint, Name, Oid, ReasonCode, Time,
    Version,
};
use pki_types::CertificateRevocationListDer;
use spin::Once;

use super::Unusable;
use crate::name;

/// One revoked certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Where the serial number's digits are.
    serial: (u32, u32),
    pub(crate) since: Time,
    pub(crate) reason: Option<ReasonCode>,
    /// Where the certificate issuer's names are, in an indirect CRL.
    issuer: Option<(u32, u32)>,
}

/// A CRL.
pub(crate) struct StoredCrl {
    der: CertificateRevocationListDer<'static>,
    issuer: Range<usize>,
    issuer_hash: u64,
    tbs: Range<usize>,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    number: Option<Range<usize>>,
    delta_base: Option<Range<usize>>,
    scope: Option<Range<usize>>,
    /// What makes it useless whoever signed it.
    pub(crate) fault: Option<Unusable>,
    entries: Box<[Entry]>,
    /// The SubjectPublicKeyInfo that its signature was proved with.
    proved_by: Once<Box<[u8]>>,
}

/// A set of CRLs, indexed by issuer. Share it in an [`alloc::sync::Arc`]; make a new one when lists have been renewed.
///
/// ```
/// use chancery_chain::CrlStore;
///
/// let mut crls = CrlStore::new();
/// assert!(crls.add(b"not a CRL").is_err());
/// ```
#[derive(Default)]
pub struct CrlStore {
    lists: Vec<StoredCrl>,
    /// Hash of the issuer's name and index, in order.
    index: Vec<(u64, usize)>,
}

impl CrlStore {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { lists: Vec::new(), index: Vec::new() }
    }

    /// Adds the DER of a CRL: full, delta or indirect. Its signature is checked when it is used.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn add(&mut self, der: &[u8]) -> Result<(), Error> {
        let list = StoredCrl::new(der)?;
        let key = (list.issuer_hash, self.lists.len());
        let at = self.index.partition_point(|entry| *entry < key);
        self.index.insert(at, key);
        self.lists.push(list);
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Those of an issuer.
    pub(crate) fn issued_by<'s, 'n>(
        &'s self,
        issuer: Name<'n>,
    ) -> impl Iterator<Item = &'s StoredCrl> + use<'s, 'n> {
        let hash = name::hash(&issuer);
        let start = self.index.partition_point(|(known, _)| *known < hash);
        self.index
            .iter()
            .skip(start)
            .take_while(move |(known, _)| *known == hash)
            .filter_map(|(_, index)| self.lists.get(*index))
            .filter(move |list| list.issuer().is_some_and(|name| name.matches(&issuer)))
    }
}

impl fmt::Debug for CrlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CrlStore({} lists)", self.lists.len())
    }
}

/// Where `part` is in `whole`.
fn range(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    start..start.wrapping_add(part.len())
}

fn short(range: &Range<usize>) -> (u32, u32) {
    let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (short(range.start), short(range.end))
}

impl StoredCrl {
    fn new(der: &[u8]) -> Result<Self, Error> {
        // Copied first, so that all offsets are of the kept bytes.
        let der = CertificateRevocationListDer::from(der.to_vec());
        let list = CertificateList::parse(&der)?;
        let extensions = list.extensions();
        let number = extensions.list().find(Oid::CRL_NUMBER);
        let mut fault = if extensions.has_unprocessed_critical() {
            Some(Unusable::UnknownCriticalExtension)
        } else if list.version() == Version::V1 || extensions.crl_number().is_none() {
            // RFC 5280 §5.1.2.1, §5.2.3
            Some(Unusable::CrlNumberMissing)
        } else if number.is_some_and(|number| number.critical()) {
            Some(Unusable::CrlNumberCritical)
        } else {
            None
        };
        let mut entries = Vec::with_capacity(list.entry_count());
        for entry in list.entries() {
            let details = entry.extensions();
            if details.has_unprocessed_critical() {
                // RFC 5280 §5.3: not to be used for any certificate.
                fault = Some(Unusable::UnknownCriticalExtension);
            }
            entries.push(Entry {
                serial: short(&range(&der, entry.serial_number().magnitude())),
                since: entry.revocation_date(),
                reason: details.reason_code(),
                issuer: entry
                    .certificate_issuer()
                    .map(|names| short(&range(&der, names.contents()))),
            });
        }
        entries.sort_by(|a, b| slice(&der, a.serial).cmp(slice(&der, b.serial)));
        let scope = extensions.list().find(Oid::ISSUING_DISTRIBUTION_POINT);
        Ok(Self {
            issuer: range(&der, list.issuer().as_der()),
            issuer_hash: name::hash(list.issuer()),
            tbs: range(&der, list.tbs_der()),
            this_update: list.this_update(),
            next_update: list.next_update(),
            number: extensions.crl_number().map(|number| range(&der, number)),
            delta_base: extensions.delta_crl_indicator().map(|number| range(&der, number)),
            scope: scope.map(|extension| range(&der, extension.value())),
            fault,
            entries: entries.into(),
            proved_by: Once::new(),
            der,
        })
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    pub(crate) fn issuer(&self) -> Option<Name<'_>> {
        Name::parse(self.part(&self.issuer)).ok()
    }

    /// CRLNumber, without leading zeros.
    pub(crate) fn number(&self) -> &[u8] {
        self.number.as_ref().map_or(&[], |range| self.part(range))
    }

    /// BaseCRLNumber, if it is a delta.
    pub(crate) fn delta_base(&self) -> Option<&[u8]> {
        self.delta_base.as_ref().map(|range| self.part(range))
    }

    /// The DER of its issuing distribution point.
    pub(crate) fn scope_der(&self) -> &[u8] {
        self.scope.as_ref().map_or(&[], |range| self.part(range))
    }

    pub(crate) fn scope(&self) -> Option<IssuingDistributionPoint<'_>> {
        IssuingDistributionPoint::parse(self.part(self.scope.as_ref()?)).ok()
    }

    /// The DER of the signed part.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.part(&self.tbs)
    }

    /// The DER of what follows the signed part: algorithm and signature.
    pub(crate) fn after_tbs(&self) -> &[u8] {
        self.der.get(self.tbs.end..).unwrap_or_default()
    }

    /// The entries of a serial number, given without leading zeros.
    pub(crate) fn find<'s>(&'s self, serial: &'s [u8]) -> impl Iterator<Item = &'s Entry> {
        let start = self.entries.partition_point(|entry| slice(&self.der, entry.serial) < serial);
        let rest = self.entries.get(start..).unwrap_or_default();
        rest.iter().take_while(move |entry| slice(&self.der, entry.serial) == serial)
    }

    /// Whether an entry is about certificates of `issuer` (RFC 5280 §5.3.3).
    pub(crate) fn is_about(&self, entry: &Entry, issuer: &Name<'_>) -> bool {
        let own = || self.issuer().is_some_and(|name| name.matches(issuer));
        let Some(range) = entry.issuer else { return own() };
        let mut rest = slice(&self.der, range);
        while let Some((der, after)) =
            crate::der::element_len(rest).and_then(|n| rest.split_at_checked(n))
        {
            if let Ok(GeneralName::DirectoryName(name)) = GeneralName::parse(der)
                && name.matches(issuer)
            {
                return true;
            }
            rest = after;
        }
        false
    }

    pub(crate) fn is_proved_by(&self, key: &[u8]) -> bool {
        self.proved_by.get().is_some_and(|known| **known == *key)
    }

    /// Only for a key that the signature was just checked with, and is good.
    pub(crate) fn set_proved_by(&self, key: &[u8]) {
        self.proved_by.call_once(|| key.into());
    }
}

fn slice(der: &[u8], (start, end): (u32, u32)) -> &[u8] {
    let long = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    der.get(long(start)..long(end)).unwrap_or_default()
}
