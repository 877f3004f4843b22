//! Certification requests (PKCS #10, RFC 2986), from both sides.
//!
//! ```text
//! CertificationRequest ::= SEQUENCE {
//!     certificationRequestInfo  SEQUENCE {
//!         version        INTEGER (0),
//!         subject        Name,
//!         subjectPKInfo  SubjectPublicKeyInfo,
//!         attributes     [0] IMPLICIT SET OF Attribute },
//!     signatureAlgorithm        AlgorithmIdentifier,
//!     signature                 BIT STRING }
//! ```

use alloc::vec::Vec;

use chancery_crypto::SigningKey;
use chancery_x509::{CertificationRequest, GeneralName};
use const_oid::ObjectIdentifier;
use pki_types::{CertificateSigningRequestDer, SignatureVerificationAlgorithm};

use crate::{
    AlternativeName, DistinguishedName, Error, RequestRefusal,
    extension::{self, Criticality},
    public_key,
    signature::{Signer, Verdict, verify},
    writer::{Writer, context_constructed},
};

const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");

/// What an applicant asks for.
///
/// ```
/// use chancery_issue::{ProvenRequest, RequestBuilder};
/// use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
///
/// let key = PrivateKey::from_pkcs8(Pkcs8::generate(KeyType::Ed25519)?.as_der())?;
/// let request = RequestBuilder::new().of_names(["www.example.com".parse()?]).sign(&key)?;
/// let proven = ProvenRequest::verify(&request, SIGNATURE_VERIFICATION_ALGORITHMS)?;
/// assert_eq!(proven.names(), ["www.example.com".parse()?]);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestBuilder {
    subject: DistinguishedName,
    names: Vec<AlternativeName>,
}

impl RequestBuilder {
    /// A request for a certificate of a key, and of no name yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for this subject. CAs may overrule it; the one in this crate does.
    #[must_use]
    pub fn of_subject(mut self, subject: DistinguishedName) -> Self {
        self.subject = subject;
        self
    }

    /// Asks for these names as well.
    #[must_use]
    pub fn of_names(mut self, names: impl IntoIterator<Item = AlternativeName>) -> Self {
        self.names.extend(names);
        self
    }

    /// The request, signed with the key that it is for.
    ///
    /// # Errors
    /// If the key does not sign.
    pub fn sign(
        &self,
        key: &dyn SigningKey,
    ) -> Result<CertificateSigningRequestDer<'static>, Error> {
        let signer = Signer::new(key)?;
        let info = Writer::collect(|w| {
            w.sequence(|w| {
                w.small_integer(0);
                w.raw(&self.subject.to_der());
                w.raw(key.subject_public_key_info());
                w.element(context_constructed(0), |w| self.write_attributes(w));
            });
        });
        let signature = signer.sign(&info)?;
        Ok(signer.wrap(&info, &signature).into())
    }

    /// `extensionRequest` with `subjectAltName` (RFC 2985 §5.4.2), if there is a name.
    fn write_attributes(&self, w: &mut Writer) {
        if self.names.is_empty() {
            return;
        }
        let criticality = if self.subject.is_empty() {
            // RFC 5280 §4.1.2.6: critical when it is the only name.
            Criticality::Critical
        } else {
            Criticality::NonCritical
        };
        let extensions = Writer::collect(|w| {
            w.sequence(|w| {
                extension::extension(w, extension::SUBJECT_ALT_NAME, criticality, |w| {
                    extension::subject_alt_name(w, &self.names);
                });
            });
        });
        w.sequence(|w| {
            w.oid(EXTENSION_REQUEST);
            w.set_of([extensions].into());
        });
    }
}

/// A request whose sender has shown to hold the private key, and what of it may be used: the key
/// and the alternative names asked for.
///
/// Everything else that a request can carry stays behind in the parser: its subject, and every other
/// extension. A request that asks for `cA`, `keyCertSign`, `nameConstraints` or an `extKeyUsage`
/// gets what the profile says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ProvenRequest {
    subject_public_key_info: Vec<u8>,
    names: Vec<AlternativeName>,
}

impl ProvenRequest {
    /// Checks the signature of a request in DER with the key inside it, whether that key may be
    /// certified, and the form of each name.
    ///
    /// # Errors
    /// If the request is malformed, no verifier knows its algorithm, the signature does not verify,
    /// the key is weak, or it asks for a name that no certificate may have.
    pub fn verify(
        request: &[u8],
        verifiers: &[&dyn SignatureVerificationAlgorithm],
    ) -> Result<Self, Error> {
        let request = CertificationRequest::parse(request)?;
        let key = request.subject_public_key_info();
        // The cheap refusal first; verifying with an absurd key can be made expensive.
        public_key::check(key)?;
        let verdict = verify(
            verifiers,
            key.as_der(),
            request.signature_algorithm().contents(),
            request.info_der(),
            request.signature(),
        )?;
        if verdict == Verdict::Bad {
            return Err(RequestRefusal::NoProofOfPossession.into());
        }
        Ok(Self {
            subject_public_key_info: key.as_der().to_vec(),
            names: requested_names(&request)?,
        })
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn subject_public_key_info(&self) -> &[u8] {
        &self.subject_public_key_info
    }

    /// The alternative names asked for, in order, each once.
    #[must_use]
    pub fn names(&self) -> &[AlternativeName] {
        &self.names
    }
}

/// Lifts `subjectAltName` out of `extensionRequest`, name by name through the checks of
/// [`AlternativeName`].
fn requested_names(request: &CertificationRequest<'_>) -> Result<Vec<AlternativeName>, Error> {
    let requested = request.requested_extensions().subject_alt_name();
    let mut names = Vec::new();
    for name in requested.iter().flat_map(|names| names.iter()) {
        let name = match name {
            GeneralName::DnsName(name) => AlternativeName::dns(name)?,
            GeneralName::Rfc822Name(mailbox) => AlternativeName::email(mailbox)?,
            GeneralName::UniformResourceIdentifier(uri) => AlternativeName::uri(uri)?,
            GeneralName::IpAddress(octets) => {
                let v4 = <[u8; 4]>::try_from(octets).map(AlternativeName::ip);
                let v6 = <[u8; 16]>::try_from(octets).map(AlternativeName::ip);
                v4.or(v6).map_err(|_| RequestRefusal::UnsupportedNameForm)?
            }
            _ => return Err(RequestRefusal::UnsupportedNameForm.into()),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
