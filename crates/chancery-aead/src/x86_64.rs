//! The kernels for x86-64: one strategy and one width a file.

pub(crate) mod aes;
pub(crate) mod counter512;
pub(crate) mod gcm_four_vaes512;
pub(crate) mod gcm_vaes512;
pub(crate) mod ghash512;
pub(crate) mod load;
pub(crate) mod order;
