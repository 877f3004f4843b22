//! What a CA says about certificates that it no longer stands by: CRLs and OCSP responses.

mod crl;
mod ocsp;

pub use crl::CrlPeriod;
pub use ocsp::{CertIdHash, CertificateStatus, OcspError};
use pki_types::UnixTime;

use crate::SerialNumber;

/// Why a certificate was revoked (RFC 5280 §5.3.1).
///
/// `certificateHold` and `removeFromCRL` are absent: BR §7.2.2 forbids the first, and without it and
/// delta CRLs there is no use for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason is given; nothing is written then (RFC 5280 §5.3.1).
    Unspecified,
    /// `keyCompromise`
    KeyCompromise,
    /// `cACompromise`
    CaCompromise,
    /// `affiliationChanged`
    AffiliationChanged,
    /// `superseded`
    Superseded,
    /// `cessationOfOperation`
    CessationOfOperation,
    /// `privilegeWithdrawn`
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// The code, unless it is `unspecified`.
    const fn code(self) -> Option<u8> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(1),
            Self::CaCompromise => Some(2),
            Self::AffiliationChanged => Some(3),
            Self::Superseded => Some(4),
            Self::CessationOfOperation => Some(5),
            Self::PrivilegeWithdrawn => Some(9),
        }
    }
}

/// One certificate that is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a record of what RFC 5280 §5.1.2.6 lists")]
pub struct Revocation {
    /// Its serial number.
    pub serial_number: SerialNumber,
    /// Since when.
    pub at: UnixTime,
    /// Why.
    pub reason: RevocationReason,
}
