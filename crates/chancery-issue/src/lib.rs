//! Names, keys and certification requests in; linted, signed certificates, CRLs and OCSP responses out.
//!
//! ```text
//! applicant: RequestBuilder ── DER ──┐
//!                                    ▼
//! CA:                 ProvenRequest::verify      the key is theirs
//!                                    ▼
//!  Profile ──────────────► Draft ── check ◄── Control   the names are theirs,
//!                                    ▼                  the issuer may do it
//!  Random ───────────────► Checked ─ lint                RFC 5280, BR
//!                                    ▼
//!  SigningKey ───────────► Linted ── sign ──► certificate
//! ```
//!
//! Each step uses up the last, so nothing unchecked or unlinted can be signed. The types are data and
//! evidence: there is no I/O, no clock, no source of randomness, and no configuration language.
//! [`CertificateAuthority`] joins the steps, and its example is the whole crate in twenty lines.
//!
//! Absent: storage, the checking of control itself (see [`Control`]), precertificates.

#![cfg_attr(doctest, doc = include_str!("../README.md"))]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod alternative_name;
mod authority;
mod constraints;
mod control;
mod distinguished_name;
mod domain_name;
mod draft;
mod error;
mod extension;
mod issuer;
mod limits;
mod lint;
mod pem;
mod profile;
mod public_key;
mod request;
mod revocation;
mod serial_number;
mod signature;
mod tbs_certificate;
mod time;
mod writer;

pub use alternative_name::AlternativeName;
pub use distinguished_name::{AttributeType, DistinguishedName};

pub use request::{ProvenRequest, RequestBuilder};

pub use control::{Control, ControlMethod};

pub use profile::{
    NameConstraints, PathLength, Profile, Purpose, Requirements, Role, Stapling, Subtree,
};

pub use authority::CertificateAuthority;
pub use signature::Verifiers;

pub use draft::{Checked, Draft, Linted};
pub use serial_number::SerialNumber;

pub use limits::max_server_validity_days;
pub use lint::{Finding, Findings, lint};

pub use revocation::{
    CertIdHash, CertificateStatus, CrlPeriod, OcspError, Revocation, RevocationReason,
};

pub use pem::ToPem;

pub use error::{Error, IssuerRefusal, KeyRefusal, NameRefusal, RequestRefusal, RevocationRefusal};
