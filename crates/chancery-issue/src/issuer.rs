//! What an issuer may issue: its own certificate, and those above it.

use alloc::vec::Vec;

use chancery_crypto::{SignError, SigningKey};
use chancery_x509::{Certificate, Name, Oid};
use pki_types::{CertificateDer, UnixTime};

use crate::{
    AlternativeName, DistinguishedName, Error, IssuerRefusal, Profile, Role, constraints,
    public_key::key_identifier,
    signature::{Signer, Verifiers},
    time::LAST,
};

/// A key that signs, and the certificates that it signs by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issuer<'a> {
    pub(crate) signer: Signer<'a>,
    pub(crate) verifiers: Verifiers,
    /// The key's own certificate, then that of its issuer, and so on; none for a root to be.
    certificates: &'a [CertificateDer<'static>],
}

impl<'a> Issuer<'a> {
    pub(crate) fn new(
        key: &'a dyn SigningKey,
        verifiers: Verifiers,
        certificates: &'a [CertificateDer<'static>],
    ) -> Result<Self, SignError> {
        Ok(Self { signer: Signer::new(key)?, verifiers, certificates })
    }

    pub(crate) fn chain(&self) -> Result<Chain<'a>, Error> {
        let certificates = self.certificates.iter().map(|der| Certificate::parse(der));
        Ok(Chain(certificates.collect::<Result<_, _>>()?))
    }
}

/// The issuer's certificates, parsed.
#[derive(Debug)]
pub(crate) struct Chain<'a>(Vec<Certificate<'a>>);

impl<'a> Chain<'a> {
    /// The issuer's own certificate; none for a root to be.
    pub(crate) fn issuer(&self) -> Option<&Certificate<'a>> {
        self.0.first()
    }

    /// The issuer's subject, as it was encoded.
    pub(crate) fn subject(&self) -> Option<&'a [u8]> {
        self.issuer().map(|issuer| issuer.subject().as_der())
    }

    /// What the issuer's certificate calls its key.
    pub(crate) fn key_identifier(&self) -> Option<Vec<u8>> {
        let issuer = self.issuer()?;
        Some(match issuer.extensions().subject_key_identifier() {
            Some(identifier) => identifier.to_vec(),
            None => key_identifier(issuer.subject_public_key_info()).into(),
        })
    }

    /// When the last of these certificates becomes valid.
    pub(crate) fn not_before(&self) -> UnixTime {
        let times = self.0.iter().map(|certificate| certificate.validity().not_before());
        times.map(unix_time).max().unwrap_or(UnixTime::since_unix_epoch(core::time::Duration::ZERO))
    }

    /// When the first of these certificates is no longer valid.
    pub(crate) fn not_after(&self) -> UnixTime {
        let times = self.0.iter().map(|certificate| certificate.validity().not_after());
        times.map(unix_time).min().unwrap_or(LAST)
    }

    /// Whether the key is that of the issuer, or of a CA above it.
    pub(crate) fn has_key(&self, subject_public_key_info: &[u8]) -> bool {
        self.0.iter().any(|ca| ca.subject_public_key_info().as_der() == subject_public_key_info)
    }

    /// Holds every CA of the chain to what a validator would ask of it: CA bit, `keyCertSign`, path
    /// length, purposes, name constraints and validity.
    pub(crate) fn may_issue(
        &self,
        profile: &Profile,
        subject: &DistinguishedName,
        names: &[AlternativeName],
        now: UnixTime,
    ) -> Result<(), IssuerRefusal> {
        let for_root = profile.role == Role::RootCa;
        if for_root != self.0.is_empty() {
            return Err(IssuerRefusal::RootOfAnother);
        }
        if now < self.not_before() || self.not_after() < now {
            return Err(IssuerRefusal::NotValidNow);
        }
        let subject = subject.to_der();
        let subject = Name::parse(&subject).map_err(|_| IssuerRefusal::NoName)?;
        for (below, ca) in self.0.iter().enumerate() {
            check_ca(ca)?;
            // RFC 5280 §4.2.1.9: the limit is on CAs that follow, and the last certificate is none
            // of them unless it is a CA itself.
            let following = below.saturating_add(usize::from(profile.role.is_ca()));
            let limit = ca.extensions().basic_constraints().and_then(|b| b.path_len_constraint());
            if limit.is_some_and(|limit| u32::try_from(following).is_ok_and(|n| n > limit)) {
                return Err(IssuerRefusal::PathLength);
            }
            check_purposes(ca, profile)?;
            check_names(ca, &subject, names)?;
        }
        Ok(())
    }

    /// Whether it may sign CRLs.
    pub(crate) fn may_sign_crls(&self) -> Result<(), IssuerRefusal> {
        let issuer = self.issuer().ok_or(IssuerRefusal::NotACa)?;
        match issuer.extensions().key_usage() {
            Some(usage) if !usage.crl_sign() => Err(IssuerRefusal::NoCrlSign),
            _ => check_ca(issuer),
        }
    }
}

/// RFC 5280 §4.2.1.9 and §4.2.1.3: a CA says so, and may sign certificates.
pub(crate) fn check_ca(ca: &Certificate<'_>) -> Result<(), IssuerRefusal> {
    if ca.subject().is_empty() {
        return Err(IssuerRefusal::NoName);
    }
    if !ca.extensions().basic_constraints().is_some_and(|constraints| constraints.ca()) {
        return Err(IssuerRefusal::NotACa);
    }
    match ca.extensions().key_usage() {
        Some(usage) if !usage.key_cert_sign() => Err(IssuerRefusal::NoKeyCertSign),
        _ => Ok(()),
    }
}

/// As validators have it, a CA's purposes limit those of everything below.
fn check_purposes(ca: &Certificate<'_>, profile: &Profile) -> Result<(), IssuerRefusal> {
    let Some(allowed) = ca.extensions().extended_key_usage() else { return Ok(()) };
    let allows = |oid: const_oid::ObjectIdentifier| {
        allowed.iter().any(|purpose| {
            purpose == Oid::ANY_EXTENDED_KEY_USAGE || purpose.as_bytes() == oid.as_bytes()
        })
    };
    if profile.purposes.iter().all(|purpose| allows(purpose.oid())) {
        Ok(())
    } else {
        Err(IssuerRefusal::ExtendedKeyUsage)
    }
}

fn check_names(
    ca: &Certificate<'_>,
    subject: &Name<'_>,
    names: &[AlternativeName],
) -> Result<(), IssuerRefusal> {
    let Some(constraints) = ca.extensions().name_constraints() else { return Ok(()) };
    if !constraints::allows_subject(&constraints, subject) {
        return Err(IssuerRefusal::SubjectOutsideNameConstraints);
    }
    match names.iter().find(|name| !constraints::allows(&constraints, name)) {
        Some(name) => Err(IssuerRefusal::NameConstraints(name.clone())),
        None => Ok(()),
    }
}

/// A certificate's time; those before 1970 are all the same here.
pub(crate) fn unix_time(time: chancery_x509::Time) -> UnixTime {
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or(0);
    UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds))
}
