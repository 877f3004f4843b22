//! What the validator would like to have, said instead of fetched.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use crate::report::Source;

/// Something that could be fetched and given to [`crate::Verification::supply_certificate`],
/// [`crate::Verification::supply_crl`] or [`crate::Verification::supply_ocsp`].
///
/// The addresses come from unauthenticated certificates. Whoever fetches them decides which schemes and
/// hosts to trust with a request, and bounds its size and time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Need {
    /// The issuer of a certificate (RFC 5280 §4.2.2.1, caIssuers).
    Issuer {
        /// Whose issuer.
        of: Source,
        /// Where its authority information access says that it is.
        url: Box<str>,
    },
    /// A CRL that covers a certificate (RFC 5280 §4.2.1.13).
    Crl {
        /// Whose revocation is unknown.
        of: Source,
        /// One of its distribution points.
        url: Box<str>,
    },
    /// An OCSP response for a certificate (RFC 6960).
    Ocsp {
        /// Whose revocation is unknown.
        of: Source,
        /// The responder.
        url: Box<str>,
        /// The DER of the `OCSPRequest` to POST.
        request: Vec<u8>,
    },
}

impl Need {
    /// Whose sake it is for.
    #[must_use]
    pub const fn of(&self) -> Source {
        match self {
            Self::Issuer { of, .. } | Self::Crl { of, .. } | Self::Ocsp { of, .. } => *of,
        }
    }

    /// Where to look.
    #[must_use]
    pub const fn url(&self) -> &str {
        match self {
            Self::Issuer { url, .. } | Self::Crl { url, .. } | Self::Ocsp { url, .. } => url,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = crate::text::Bounded(self.url());
        match self {
            Self::Issuer { of, .. } => write!(f, "the issuer of {of} from {url}"),
            Self::Crl { of, .. } => write!(f, "the CRL for {of} from {url}"),
            Self::Ocsp { of, .. } => write!(f, "an OCSP response for {of} from {url}"),
        }
    }
}
