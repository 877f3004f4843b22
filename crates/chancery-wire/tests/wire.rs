//! What bytes mean, and that they come back: vectors, rules, mutations and generated messages.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "wire/codepoints.rs"]
mod codepoints;
#[path = "wire/errors.rs"]
mod errors;
#[path = "wire/extensions.rs"]
mod extensions;
#[path = "wire/generated.rs"]
mod generated;
#[path = "wire/joiner.rs"]
mod joiner;
#[path = "wire/messages.rs"]
mod messages;
#[path = "wire/mutations.rs"]
mod mutations;
#[path = "wire/table.rs"]
mod table;
#[path = "wire/vectors.rs"]
mod vectors;
