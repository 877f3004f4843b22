//! Whether timings tell secrets apart: `constant_time_statistics` of chancery-aead, for the kernels
//! that valgrind does not know.

use crate::process::{self, Failure, cargo};

pub(super) fn run() -> Result<(), Failure> {
    process::run(&mut cargo(&[
        "test",
        "--locked",
        "--release",
        "--package",
        "chancery-aead",
        "--test",
        "constant_time_statistics",
    ]))
}
