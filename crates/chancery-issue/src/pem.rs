//! Writes PEM (RFC 7468). Reading it is `rustls_pki_types::pem`'s part.

use alloc::string::String;

use pem_rfc7468::LineEnding;
use pki_types::{
    CertificateDer, CertificateRevocationListDer, CertificateSigningRequestDer, PrivatePkcs8KeyDer,
};
use zeroize::Zeroizing;

/// DER that has a PEM label.
pub trait ToPem {
    /// What [`Self::to_pem`] gives; it wipes itself where the content is secret.
    type Text: AsRef<str>;

    /// The text, with lines of 64 characters and `\n` line ends.
    fn to_pem(&self) -> Self::Text;
}

fn encode(label: &'static str, der: &[u8]) -> String {
    // The labels here are valid, and 4 GiB of DER is more than any of these structures has.
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

impl ToPem for CertificateDer<'_> {
    type Text = String;

    fn to_pem(&self) -> String {
        encode("CERTIFICATE", self)
    }
}

/// A chain, in its order.
impl ToPem for [CertificateDer<'_>] {
    type Text = String;

    fn to_pem(&self) -> String {
        self.iter().map(ToPem::to_pem).collect()
    }
}

impl ToPem for CertificateSigningRequestDer<'_> {
    type Text = String;

    fn to_pem(&self) -> String {
        encode("CERTIFICATE REQUEST", self)
    }
}

impl ToPem for CertificateRevocationListDer<'_> {
    type Text = String;

    fn to_pem(&self) -> String {
        encode("X509 CRL", self)
    }
}

impl ToPem for PrivatePkcs8KeyDer<'_> {
    type Text = Zeroizing<String>;

    fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(encode("PRIVATE KEY", self.secret_pkcs8_der()))
    }
}
