//! X.509, read once and copied never.
//!
//! ```text
//! PEM ─► DER ─┬─► Certificate ─► Extensions, Name, SubjectPublicKeyInfo, the exact signed bytes
//!             ├─► CertificateList ─► RevokedCertificate, CrlIndex
//!             ├─► OcspRequest, OcspResponse
//!             ├─► CertificationRequest
//!             └─► PrivateKeyInfo, EcPrivateKey, RsaPrivateKey
//! ```
//!
//! Parsing is strict by default: DER, and the shape that RFC 5280 gives. `parse_lenient` reads what the public web has
//! as well, and reports each deviation as a [`Finding`]. An [`Error`] says which rule, at which byte, in which field.
//!
//! There is no allocation here, no signature is verified, no clock is read and nothing is trusted.
//!
//! ```
//! # let der = include_bytes!("../tests/data/leaf.der");
//! let certificate = chancery_x509::Certificate::parse(der)?;
//! println!("{} until {}", certificate.subject(), certificate.validity().not_after());
//! # Ok::<(), chancery_x509::Error>(())
//! ```

#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::expect_used, clippy::unreachable)]

mod algorithm;
mod bit_string;
mod certificate;
mod crl;
mod error;
mod ext;
mod extension_list;
mod extensions;
mod general_name;
mod name;
mod ocsp;
mod oid;
pub mod pem;
mod private_key;
mod public_key;
mod reader;
mod request;
mod serial_number;
mod strictness;
mod tbs;
mod time;
mod validity;

pub use error::{Error, ErrorKind, Path};
pub use strictness::Finding;

pub use certificate::Certificate;
pub use tbs::{TbsCertificate, Version};

pub use algorithm::{AlgorithmIdentifier, DigestAlgorithm, RsaPssParameters, SignatureAlgorithm};
pub use bit_string::BitString;
pub use general_name::{GeneralName, GeneralNames, GeneralNamesIter, OtherName};
pub use name::{
    AttributeTypeAndValue, AttributeValue, Chars, Name, Rdns, RelativeDistinguishedName, StringType,
};
pub use oid::Oid;
pub use public_key::{
    MlDsa, MlKem, NamedCurve, PublicKey, RsaPublicKey, SlhDsa, SubjectPublicKeyInfo,
};
pub use serial_number::SerialNumber;
pub use time::Time;
pub use validity::Validity;

pub use ext::access::{AccessDescription, InfoAccess};
pub use ext::acme_identifier::AcmeIdentifier;
pub use ext::authority_key_identifier::AuthorityKeyIdentifier;
pub use ext::basic_constraints::BasicConstraints;
pub use ext::distribution_points::{
    CrlDistributionPoints, DistributionPoint, DistributionPointName, ReasonFlags,
};
pub use ext::extended_key_usage::ExtendedKeyUsage;
pub use ext::key_usage::KeyUsage;
pub use ext::name_constraints::{GeneralSubtree, GeneralSubtrees, NameConstraints};
pub use ext::policies::{CertificatePolicies, PolicyInformation, PolicyQualifier};
pub use ext::policy_constraints::PolicyConstraints;
pub use ext::policy_mappings::PolicyMappings;
pub use ext::private_key_usage_period::PrivateKeyUsagePeriod;
pub use ext::qc_statements::{QcStatement, QcStatements};
pub use ext::sct::{SctList, SctV1, SignedCertificateTimestamp};
pub use ext::subject_directory_attributes::SubjectDirectoryAttributes;
pub use ext::tls_feature::TlsFeature;
pub use extension_list::{Extension, ExtensionList, ExtensionsIter};
pub use extensions::{ExtensionType, Extensions};

pub use crl::{
    CertificateList, CrlEntries, CrlEntryExtensions, CrlExtensions, CrlIndex, CrlIndexTooShort,
    CrlSlot, IssuingDistributionPoint, ReasonCode, RevokedCertificate,
};
pub use ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspExtensions, OcspRequest, OcspResponse,
    OcspResponseStatus, OcspSingleRequest, ResponderId, SingleResponse,
};

pub use private_key::{EcPrivateKey, PrivateKey, PrivateKeyInfo, RsaPrivateKey};
pub use request::{Attribute, Attributes, CertificationRequest};
