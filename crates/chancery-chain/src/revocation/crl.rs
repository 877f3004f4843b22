//! CRLs (RFC 5280 §6.3.3).
//!
//! ```text
//! for each CRL that could cover the certificate:
//!     scope: issuer, distribution point, user or CA, reasons     (b), (d)
//!     fresh at the time that is asked about                      (a)
//!     signed by the certificate's issuer, or by a CRL issuer that the same anchor vouches for   (f), (g)
//!     the newest of each scope decides, with its delta           (c), (i) to (l)
//! ```

use alloc::vec::Vec;

use chancery_x509::{
    AlgorithmIdentifier, DistributionPoint, DistributionPointName, GeneralName, GeneralNames,
    IssuingDistributionPoint, Name, ReasonCode, ReasonFlags, RelativeDistinguishedName,
    SubjectPublicKeyInfo, Time,
};

use super::{
    Evidence, RevocationPolicy, Status, Subject, Unusable,
    store::{CrlStore, Entry, StoredCrl},
};
use crate::{
    budget::{Exhausted, Meter},
    signature::{Failure, Signed, Verifier},
};

/// Finds keys that may have signed a CRL of another issuer than the certificate's own.
pub(crate) trait CrlIssuers {
    /// Calls `accept` with the key of each certificate of that name that is valid below the same anchor and may sign CRLs, until
    /// it says yes.
    fn any_key(
        &mut self,
        name: &Name<'_>,
        meter: &mut Meter,
        accept: &mut dyn FnMut(&SubjectPublicKeyInfo<'_>, &mut Meter) -> Result<bool, Exhausted>,
    ) -> Result<bool, Exhausted>;
}

/// What CRLs are judged with.
pub(crate) struct CrlContext<'c> {
    pub(crate) policy: &'c RevocationPolicy,
    pub(crate) stores: &'c [&'c CrlStore],
    pub(crate) verifier: Verifier<'c>,
    pub(crate) at: Time,
}

/// The `distributionPoint` URIs of one point.
pub(crate) fn urls<'a>(point: &DistributionPoint<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let names = match point.distribution_point() {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    };
    names.into_iter().flat_map(|names| names.iter()).filter_map(|name| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url),
        _ => None,
    })
}

/// What all CRLs together say.
pub(crate) fn status<'s>(
    context: &CrlContext<'s>,
    subject: &Subject<'_, '_>,
    issuers: &mut dyn CrlIssuers,
    meter: &mut Meter,
) -> Result<Status<'s>, Exhausted> {
    let certificate = subject.certificate;
    let mut reasons = 0u16;
    let mut best: Option<Unusable> = None;
    let mut evidence = None;
    let mut names: Vec<Name<'_>> = Vec::from([*certificate.issuer()]);
    let points = certificate.extensions().crl_distribution_points();
    // RFC 5280 §6.3.3 (b)(1): the issuer, or who a distribution point says signs.
    for point in points.iter().flat_map(|points| points.iter()) {
        for name in point.crl_issuer().iter().flat_map(GeneralNames::iter) {
            if let GeneralName::DirectoryName(name) = name
                && !names.iter().any(|known| known.matches(&name))
            {
                names.push(name);
            }
        }
    }
    for issuer in &names {
        let mut usable: Vec<(&StoredCrl, u16)> = Vec::new();
        for store in context.stores {
            for list in store.issued_by(*issuer) {
                meter.step()?;
                match examine(context, subject, list, issuers, meter)? {
                    Ok(covered) => usable.push((list, covered)),
                    Err(why) => best = Some(best.map_or(why, |best| better(best, why))),
                }
            }
        }
        for &(list, covered) in &usable {
            if list.delta_base().is_some() {
                let has_base = usable.iter().any(|(base, _)| is_base_of(base, list));
                if !has_base {
                    best = Some(
                        best.map_or(Unusable::NoBaseCrl, |best| better(best, Unusable::NoBaseCrl)),
                    );
                }
                continue;
            }
            // Of one scope the highest number is the one that holds (RFC 5280 §5.2.3).
            let is_superseded = usable.iter().any(|(other, _)| {
                other.delta_base().is_none()
                    && other.scope_der() == list.scope_der()
                    && is_less(list.number(), other.number())
            });
            if is_superseded {
                continue;
            }
            let delta = usable
                .iter()
                .map(|(delta, _)| *delta)
                .filter(|delta| is_base_of(list, delta))
                .max_by(|a, b| compare(a.number(), b.number()));
            let shown = Evidence::Crl {
                number: list.number(),
                this_update: delta.map_or(list.this_update, |delta| delta.this_update),
                delta: delta.map(StoredCrl::number),
            };
            let serial = certificate.serial_number();
            let find = |list: &StoredCrl| {
                let about = |entry: &&Entry| list.is_about(entry, certificate.issuer());
                list.find(serial.magnitude()).filter(about).last().copied()
            };
            // (i), (j): what a delta says replaces what its base says. (k): removeFromCRL takes it back.
            let entry = delta.and_then(find).or_else(|| find(list));
            match entry {
                Some(entry) if entry.reason != Some(ReasonCode::RemoveFromCrl) => {
                    let (since, reason) = (entry.since, entry.reason);
                    return Ok(Status::Revoked { evidence: shown, since, reason });
                }
                _ => {
                    reasons |= covered;
                    evidence = Some(shown);
                }
            }
        }
    }
    Ok(match evidence {
        // RFC 5280 §6.3.3: UNDETERMINED until all reasons are covered.
        Some(evidence) if reasons & ReasonFlags::ALL.bits() == ReasonFlags::ALL.bits() => {
            Status::Good(evidence)
        }
        Some(_) => Status::Unknown(Some(Unusable::SomeReasonsOnly)),
        None => Status::Unknown(best),
    })
}

/// What is said of several CRLs of which none counts: the one that came nearest.
fn better(a: Unusable, b: Unusable) -> Unusable {
    if a == Unusable::OtherScope { b } else { a }
}

fn compare(a: &[u8], b: &[u8]) -> core::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn is_less(a: &[u8], b: &[u8]) -> bool {
    compare(a, b).is_lt()
}

/// RFC 5280 §5.2.4: same issuer (by the store), same scope, the base's number reaches, and the delta is newer.
fn is_base_of(base: &StoredCrl, delta: &StoredCrl) -> bool {
    let Some(from) = delta.delta_base() else { return false };
    base.delta_base().is_none()
        && base.scope_der() == delta.scope_der()
        && !is_less(base.number(), from)
        && !is_less(delta.number(), base.number())
}

/// The reasons that `list` covers for the certificate, or why it says nothing.
fn examine(
    context: &CrlContext<'_>,
    subject: &Subject<'_, '_>,
    list: &StoredCrl,
    issuers: &mut dyn CrlIssuers,
    meter: &mut Meter,
) -> Result<Result<u16, Unusable>, Exhausted> {
    let Some(covered) = covered_reasons(subject, list) else {
        return Ok(Err(Unusable::OtherScope));
    };
    if let Some(fault) = list.fault {
        return Ok(Err(fault));
    }
    if list.this_update > context.at {
        return Ok(Err(Unusable::FromTheFuture(list.this_update)));
    }
    // RFC 5280 §5.1.2.5 has conforming CAs always say when the next one comes.
    let until = list.next_update.unwrap_or(list.this_update);
    if context.at > until && !context.policy.accept_stale_crls {
        return Ok(Err(Unusable::Stale(until)));
    }
    let Some(name) = list.issuer() else { return Ok(Err(Unusable::Malformed)) };
    let mut why = Unusable::NotItsIssuer;
    if name.matches(subject.certificate.issuer()) {
        match subject.issuer.and_then(|issuer| issuer.extensions().key_usage()) {
            // (f): "If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is set."
            Some(usage) if !usage.crl_sign() => why = Unusable::CrlSignMissing,
            _ => match check_signature(context, &subject.issuer_key, list, meter)? {
                Ok(()) => return Ok(Ok(covered)),
                Err(failure) => why = failure,
            },
        }
    }
    // Another certificate of the CRL issuer: a key of its own for CRLs, or an indirect CRL.
    let is_signed = issuers.any_key(&name, meter, &mut |key, meter| {
        Ok(check_signature(context, key, list, meter)?.is_ok())
    })?;
    Ok(if is_signed { Ok(covered) } else { Err(why) })
}

fn check_signature(
    context: &CrlContext<'_>,
    key: &SubjectPublicKeyInfo<'_>,
    list: &StoredCrl,
    meter: &mut Meter,
) -> Result<Result<(), Unusable>, Exhausted> {
    if list.is_proved_by(key.as_der()) {
        meter.used.cached_signatures = meter.used.cached_signatures.saturating_add(1);
        return Ok(Ok(()));
    }
    let Some((algorithm, signature)) = split_signature(list.after_tbs()) else {
        return Ok(Err(Unusable::Malformed));
    };
    let signed = Signed { algorithm, message: list.tbs(), signature };
    Ok(match context.verifier.check(key, &signed, meter) {
        Ok(()) => {
            list.set_proved_by(key.as_der());
            Ok(())
        }
        Err(Failure::Budget(exhausted)) => return Err(exhausted),
        Err(Failure::Unsupported) => Err(Unusable::UnsupportedAlgorithm),
        Err(Failure::Bad) => Err(Unusable::BadSignature),
    })
}

/// `signatureAlgorithm` and the bits of `signatureValue`, of a list that was parsed when it was stored.
fn split_signature(after: &[u8]) -> Option<(AlgorithmIdentifier<'_>, &[u8])> {
    let length = crate::der::element_len(after)?;
    let (algorithm, value) = after.split_at_checked(length)?;
    let (_, bits) = crate::der::contents(value).split_first()?;
    Some((AlgorithmIdentifier::parse(algorithm).ok()?, bits))
}

/// (b)(2) and (d): the reasons of the CRL for this certificate; none if it is for others.
fn covered_reasons(subject: &Subject<'_, '_>, list: &StoredCrl) -> Option<u16> {
    let certificate = subject.certificate;
    let extensions = certificate.extensions();
    let scope = list.scope();
    if scope.is_none() && !list.scope_der().is_empty() {
        return None;
    }
    let is_ca = extensions.basic_constraints().is_some_and(|basic| basic.ca());
    if let Some(scope) = &scope
        && (scope.only_contains_attribute_certs()
            || (scope.only_contains_user_certs() && is_ca)
            || (scope.only_contains_ca_certs() && !is_ca))
    {
        return None;
    }
    let list_reasons =
        scope.and_then(|scope| scope.only_some_reasons()).unwrap_or(ReasonFlags::ALL).bits();
    let issuer = list.issuer()?;
    let is_direct = issuer.matches(certificate.issuer());
    // Each distribution point is tried against the CRL's own (RUSTSEC-2026-0049), and what several allow adds up.
    let mut covered = None;
    for point in extensions.crl_distribution_points().iter().flat_map(|points| points.iter()) {
        if is_for(&point, &issuer, is_direct, scope.as_ref()) {
            let reasons = point.reasons().unwrap_or(ReasonFlags::ALL).bits() & list_reasons;
            covered = Some(covered.unwrap_or(0) | reasons);
        }
    }
    // The last paragraph of §6.3.3: CRLs of the issuer itself count as if a distribution point bore its name.
    if covered.is_none() && is_direct {
        let is_own = match scope.and_then(|scope| scope.distribution_point()) {
            None => true,
            Some(DistributionPointName::FullName(names)) => {
                contains_name(&names, certificate.issuer())
            }
            Some(_) => false,
        };
        covered = is_own.then_some(list_reasons);
    }
    covered
}

/// (b): whether a CRL of `issuer` and that scope is what the distribution point means.
fn is_for(
    point: &DistributionPoint<'_>,
    issuer: &Name<'_>,
    is_direct: bool,
    scope: Option<&IssuingDistributionPoint<'_>>,
) -> bool {
    let is_its_issuer = match point.crl_issuer() {
        Some(names) => {
            contains_name(&names, issuer)
                && (is_direct || scope.is_some_and(|scope| scope.indirect_crl()))
        }
        None => is_direct,
    };
    if !is_its_issuer {
        return false;
    }
    let Some(published) = scope.and_then(|scope| scope.distribution_point()) else { return true };
    match (published, point.distribution_point()) {
        (published, Some(wanted)) => is_same_place(&published, &wanted, issuer),
        // Without one the CRL's place has to be one of the names of its issuer.
        (DistributionPointName::FullName(published), None) => {
            point.crl_issuer().is_some_and(|names| shares_name(&published, &names))
        }
        _ => false,
    }
}

fn contains_name(names: &GeneralNames<'_>, wanted: &Name<'_>) -> bool {
    names
        .iter()
        .any(|name| matches!(name, GeneralName::DirectoryName(name) if name.matches(wanted)))
}

fn shares_name(a: &GeneralNames<'_>, b: &GeneralNames<'_>) -> bool {
    a.iter().any(|ours| {
        b.iter().any(|theirs| match (ours, theirs) {
            (GeneralName::DirectoryName(ours), GeneralName::DirectoryName(theirs)) => {
                ours.matches(&theirs)
            }
            (ours, theirs) => ours == theirs,
        })
    })
}

fn is_same_place(
    a: &DistributionPointName<'_>,
    b: &DistributionPointName<'_>,
    issuer: &Name<'_>,
) -> bool {
    use DistributionPointName::{FullName, NameRelativeToCrlIssuer as Relative};
    match (a, b) {
        (FullName(a), FullName(b)) => shares_name(a, b),
        (Relative(a), Relative(b)) => a.matches(b),
        (Relative(rdn), FullName(names)) | (FullName(names), Relative(rdn)) => names.iter().any(|name| {
            matches!(name, GeneralName::DirectoryName(name) if is_extended_by(&name, issuer, rdn))
        }),
        _ => false,
    }
}

/// Whether `name` is `issuer` with `rdn` added.
fn is_extended_by(name: &Name<'_>, issuer: &Name<'_>, rdn: &RelativeDistinguishedName<'_>) -> bool {
    let count = name.rdns().count();
    count == issuer.rdns().count() + 1
        && name.is_within(issuer)
        && name.rdns().last().is_some_and(|last| last.matches(rdn))
}
