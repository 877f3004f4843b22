//! Must-staple (RFC 7633): a certificate that promises a stapled OCSP response counts only with one.

use chancery_x509::{Certificate, TlsFeature};

use super::Status;
use crate::{report::Finding, rule::Rule};

/// RFC 7633 §4.2.3: a client that offers the feature MUST reject a server that promised it and does not deliver.
pub(crate) fn check(leaf: &Certificate<'_>, stapled: &Status<'_>) -> Option<Finding> {
    let features = leaf.extensions().tls_feature()?;
    let is_promised = features.contains(TlsFeature::STATUS_REQUEST)
        || features.contains(TlsFeature::STATUS_REQUEST_V2);
    let found = match stapled {
        _ if !is_promised => return None,
        Status::Good(_) | Status::Revoked { .. } => return None,
        Status::Unknown(Some(why)) => {
            return Some(missing(format_args!("a response that does not count: {why}")));
        }
        Status::Unknown(None) => "none",
    };
    Some(missing(format_args!("{found}")))
}

fn missing(found: core::fmt::Arguments<'_>) -> Finding {
    Finding::fatal(Rule::MustStaple, 0, found, "a good OCSP response, stapled")
}
