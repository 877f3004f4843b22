//! A certificate chain with the private key of its first certificate.

use core::fmt;
use std::sync::Arc;

use chancery_chain::ReferenceIdentity;
use chancery_crypto::SigningKey;
use chancery_handshake::Credentials;
use chancery_ring::PrivateKey;
use chancery_wire::SignatureScheme;
use chancery_x509::Certificate;
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, PrivateKeyDer};

/// What one end shows of itself: its certificate, the intermediates that lead towards a root, and
/// the key that proves that the certificate is its own.
#[derive(Clone)]
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
    credentials: Credentials,
}

impl Identity {
    /// From DER certificates, the end entity's first, and any key that signs, such as an HSM's.
    ///
    /// # Errors
    /// If there is no certificate, the first does not parse, or its public key is not `key`'s.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, IdentityError> {
        let end_entity = chain.first().ok_or(IdentityError::NoCertificate)?;
        let certificate =
            Certificate::parse(end_entity).map_err(IdentityError::MalformedCertificate)?;
        if certificate.subject_public_key_info().as_der() != key.subject_public_key_info() {
            return Err(IdentityError::KeyMismatch);
        }
        let credentials = Credentials::new(chain.clone(), key.algorithms());
        Ok(Self { chain, key, credentials })
    }

    /// From PEM text: `CERTIFICATE` blocks, the end entity's first, and one private key
    /// (`PRIVATE KEY`, `EC PRIVATE KEY` or `RSA PRIVATE KEY`, unencrypted). Other blocks are passed over.
    ///
    /// # Errors
    /// As [`Self::new`], or if a block is malformed, there is no key, or its type is not supported.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(IdentityError::Pem)?;
        let key = match PrivateKeyDer::from_pem_slice(key) {
            Ok(key) => key,
            Err(pki_types::pem::Error::NoItemsFound) => return Err(IdentityError::NoPrivateKey),
            Err(error) => return Err(IdentityError::Pem(error)),
        };
        let key = PrivateKey::from_der(&key).map_err(IdentityError::PrivateKey)?;
        Self::new(chain, Arc::new(key))
    }

    /// The certificates, the end entity's first.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The same with a DER OCSP response to staple, where the peer asks for one (RFC 6066 §8).
    #[must_use]
    pub fn with_ocsp_response(mut self, response: &[u8]) -> Self {
        self.credentials = self.credentials.with_ocsp_response(response);
        self
    }

    /// The same with what logs signed about the first certificate, one `SerializedSCT` each, to send where the peer asks for
    /// them (RFC 6962 §3.3). Most certificates bring theirs inside.
    #[must_use]
    pub fn with_timestamps(mut self, timestamps: &[&[u8]]) -> Self {
        self.credentials = self.credentials.with_timestamps(timestamps);
        self
    }

    pub(crate) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Whether the key signs with one of `schemes`.
    pub(crate) fn can_sign(&self, schemes: &[SignatureScheme]) -> bool {
        self.credentials.can_sign(schemes)
    }

    /// Whether the first certificate is for `name` (RFC 9525 §6).
    pub(crate) fn is_for(&self, name: &ReferenceIdentity<'_>) -> bool {
        let Some(Ok(certificate)) = self.chain.first().map(|der| Certificate::parse(der)) else {
            return false;
        };
        let names = certificate.extensions().subject_alt_name();
        names.is_some_and(|names| names.iter().any(|presented| name.matches(&presented)))
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &Arc<dyn SigningKey> {
        &self.key
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.chain.len())
            .field("key", &format_args!("[..]"))
            .finish()
    }
}

/// Why a chain and a key make no [`Identity`].
#[derive(Debug)]
#[non_exhaustive]
pub enum IdentityError {
    /// There is no certificate.
    NoCertificate,
    /// The end entity's certificate does not parse.
    MalformedCertificate(chancery_x509::Error),
    /// The certificate holds another public key than the private key's.
    KeyMismatch,
    /// The text is not PEM.
    Pem(pki_types::pem::Error),
    /// There is no private key in the text.
    NoPrivateKey,
    /// The private key does not parse, or is of a type that is not supported.
    PrivateKey(chancery_ring::KeyError),
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("there is no certificate"),
            Self::MalformedCertificate(error) => write!(f, "certificate does not parse: {error}"),
            Self::KeyMismatch => f.write_str("the private key is not the certificate's"),
            Self::Pem(error) => write!(f, "not valid PEM: {error}"),
            Self::NoPrivateKey => f.write_str("there is no private key"),
            Self::PrivateKey(error) => write!(f, "private key: {error}"),
        }
    }
}

impl core::error::Error for IdentityError {}
