//! The kernels for x86-64: one strategy and one width a file.
//!
//! Vectors do not go through `array::map` and its like here: a closure that is not inlined there has
//! none of the kernel's target features, and the call to it spills all vectors.

pub(crate) mod aes;
pub(crate) mod batch;
pub(crate) mod bound512;
pub(crate) mod chacha20_avx512;
pub(crate) mod chacha20_rows256;
pub(crate) mod chacha20poly1305;
pub(crate) mod chacha20poly1305_avx2;
pub(crate) mod chacha20poly1305_avx512;
pub(crate) mod chacha20poly1305_short256;
pub(crate) mod chacha20poly1305_short512;
pub(crate) mod counter512;
pub(crate) mod gcm_four_vaes512;
pub(crate) mod gcm_long_four_vaes512;
pub(crate) mod gcm_pair_vaes256;
pub(crate) mod gcm_vaes256;
pub(crate) mod gcm_vaes512;
pub(crate) mod ghash256;
pub(crate) mod ghash512;
pub(crate) mod load;
pub(crate) mod order;
pub(crate) mod poly1305_ifma;
pub(crate) mod poly1305_scalar;
