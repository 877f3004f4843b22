//! Certificate paths: found, judged as RFC 5280, RFC 9525 and RFC 9618 are written, bounded in cost, and
//! explained.
//!
//! ```text
//! TrustAnchors, algorithms, Policy ──► Validator
//!                                          │
//! Presented ─┐                             ▼          ┌─► VerifiedPath ─┐
//! Purpose ───┼── verify: propose a path, judge it ────┤                 ├── Report
//! Peer ──────┤   (again, without the same fault)      └─► Rejection ────┘
//! time ──────┘
//! ```
//!
//! Nothing is fetched, no clock is read, and no cryptography is here: signatures are checked through
//! the `SignatureVerificationAlgorithm`s that the caller gives. The common name is never consulted.

#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::indexing_slicing, clippy::panic, clippy::expect_used, clippy::unreachable)]

extern crate alloc;

mod anchor;
mod budget;
mod build;
mod constraints;
mod der;
mod evidence;
mod name;
mod need;
mod path;
mod policy;
mod policy_graph;
mod profile;
mod public_key;
mod report;
mod revocation;
mod rule;
#[cfg(feature = "serde")]
mod serialize;
mod server_name;
mod signature;
mod signature_cache;
mod text;
mod transparency;
mod validate;
mod verification;
mod verify;

pub use anchor::{Anchor, AnchorConstraints, TrustAnchors};
pub use budget::{Budget, Exhausted, Usage};
pub use need::Need;
pub use path::VerifiedPath;
#[cfg(feature = "public-suffix")]
pub use policy::PublicSuffixList;
pub use policy::{
    AcceptedExtension, CertificatePolicies, KeyPolicy, LeafKeyUsage, OwnedOid, Policy, Profile,
    PublicSuffixes, Purpose,
};
pub use report::{Candidate, Finding, Ignored, Rejection, Report, Severity, Source};
pub use revocation::{RevocationPolicy, RevocationScope, UnknownStatus, store::CrlStore};
pub use rule::Rule;
pub use server_name::{InvalidIdentity, Peer, ReferenceIdentity};
pub use signature_cache::SignatureCache;
pub use transparency::{Log, LogList, LogState, TransparencyPolicy};
pub use verification::{Progress, Verification};
pub use verify::{Presented, Validator};
