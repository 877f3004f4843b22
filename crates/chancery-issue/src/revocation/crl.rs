//! Certificate revocation lists (RFC 5280 §5): whole ones, of everything that the CA issued.
//!
//! ```text
//! TBSCertList ::= SEQUENCE {
//!     version              Version (v2),
//!     signature            AlgorithmIdentifier,
//!     issuer               Name,
//!     thisUpdate           Time,
//!     nextUpdate           Time,
//!     revokedCertificates  SEQUENCE OF SEQUENCE { ... } OPTIONAL,
//!     crlExtensions        [0] EXPLICIT Extensions }      authorityKeyIdentifier, cRLNumber
//! ```

use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use pki_types::{CertificateRevocationListDer, UnixTime};

use super::Revocation;
use crate::{
    CertificateAuthority, Error, IssuerRefusal, RevocationRefusal, SerialNumber,
    extension::{self, Criticality::NonCritical, extension},
    time::{days, plus, write_time},
    writer::{ENUMERATED, INTEGER, Writer, context_constructed},
};

const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");

/// From when to when a CRL or an OCSP response speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "both ends, and no more")]
pub struct CrlPeriod {
    /// `thisUpdate`
    pub this_update: UnixTime,
    /// `nextUpdate`, which BR §7.2 does not let be absent.
    pub next_update: UnixTime,
}

impl CrlPeriod {
    /// Refuses a period that is empty, or so long that a revocation would go unheard: a year for
    /// CRLs of CA certificates (BR §7.2), which are the ones that may last longest.
    pub(super) fn check(self) -> Result<(), RevocationRefusal> {
        if self.next_update <= self.this_update {
            return Err(RevocationRefusal::EmptyPeriod);
        }
        if self.next_update > plus(self.this_update, days(366)) {
            return Err(RevocationRefusal::PeriodTooLong);
        }
        Ok(())
    }
}

impl CertificateAuthority {
    /// A CRL of all that this CA has revoked. `number` must grow from each to the next
    /// (RFC 5280 §5.2.3).
    ///
    /// # Errors
    /// [`Error::Issuer`] if this CA may not sign CRLs or is not valid at `thisUpdate`;
    /// [`Error::Revocation`] if the period is empty or longer than a year, a serial number is there
    /// twice, or a revocation is later than `thisUpdate`.
    pub fn crl(
        &self,
        number: u64,
        revoked: &[Revocation],
        period: CrlPeriod,
    ) -> Result<CertificateRevocationListDer<'static>, Error> {
        let issuer = self.issuer()?;
        let chain = issuer.chain()?;
        chain.may_sign_crls()?;
        period.check()?;
        if period.this_update < chain.not_before() || chain.not_after() < period.this_update {
            return Err(IssuerRefusal::NotValidNow.into());
        }
        check_entries(revoked, period)?;
        let (Some(name), Some(key_identifier)) = (chain.subject(), chain.key_identifier()) else {
            return Err(IssuerRefusal::NotACa.into());
        };
        let to_be_signed = Writer::collect(|w| {
            w.sequence(|w| {
                w.small_integer(1);
                issuer.signer.write_algorithm(w);
                w.raw(name);
                write_time(w, period.this_update);
                write_time(w, period.next_update);
                // RFC 5280 §5.1.2.6: absent, and not empty, when nothing is revoked.
                if !revoked.is_empty() {
                    w.sequence(|w| revoked.iter().for_each(|one| write_entry(w, one)));
                }
                w.element(context_constructed(0), |w| {
                    w.sequence(|w| {
                        extension(w, extension::AUTHORITY_KEY_IDENTIFIER, NonCritical, |w| {
                            extension::authority_key_identifier(w, &key_identifier);
                        });
                        extension(w, CRL_NUMBER, NonCritical, |w| {
                            w.unsigned(INTEGER, &number.to_be_bytes());
                        });
                    });
                });
            });
        });
        Ok(issuer.signer.sign_and_wrap(&to_be_signed, issuer.verifiers)?.into())
    }
}

fn check_entries(revoked: &[Revocation], period: CrlPeriod) -> Result<(), RevocationRefusal> {
    if revoked.iter().any(|one| one.at > period.this_update) {
        return Err(RevocationRefusal::FromFuture);
    }
    let mut serials: Vec<SerialNumber> = revoked.iter().map(|one| one.serial_number).collect();
    serials.sort_unstable();
    match serials.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(_) => Err(RevocationRefusal::Duplicate),
        None => Ok(()),
    }
}

fn write_entry(w: &mut Writer, revocation: &Revocation) {
    w.sequence(|w| {
        w.unsigned(INTEGER, revocation.serial_number.as_bytes());
        write_time(w, revocation.at);
        if let Some(code) = revocation.reason.code() {
            w.sequence(|w| {
                extension(w, REASON_CODE, NonCritical, |w| w.primitive(ENUMERATED, &[code]));
            });
        }
    });
}
