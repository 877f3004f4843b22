//! Client and server against each other in memory, and each against what a bad peer would send.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod completes;
mod misuse;
mod pair;
mod quic;
mod refuses;
mod resumes;
mod states;
