//! The key schedule against published vectors, and what it refuses.

mod provider;
mod refusals;
mod rfc8448;
