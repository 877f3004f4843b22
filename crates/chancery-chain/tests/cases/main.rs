//! Generated certificates against every rule: each case of a past vulnerability has its name here.

#![allow(
    clippy::as_conversions,
    clippy::cloned_ref_to_slice_refs,
    clippy::type_complexity,
    clippy::unwrap_used,
    clippy::wrong_self_convention,
    reason = "certificates are described as briefly as can be, and a failed unwrap is a failed test"
)]

mod constraints;
mod cost;
mod hostile;
mod identities;
mod make;
mod order;
mod paths;
mod policies;
mod revocation;
mod rounds;
#[cfg(feature = "serde")]
mod serialized;
mod transparency;
mod verdict;
