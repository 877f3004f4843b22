//! The record layer over the workspace's own AEAD: round trips, rules, refusals.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod batch;
mod failing_aead;
mod parallel;
mod single;
mod support;
