//! The key schedule against published vectors, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod provider;
mod refusals;
mod rfc8448;
