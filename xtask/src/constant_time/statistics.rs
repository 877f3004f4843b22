//! Whether timings tell secrets apart: `constant_time_statistics` of chancery-aead, for the kernels
//! that valgrind does not know.

use crate::process::{self, Failure, cargo, root};

pub(super) fn run() -> Result<(), Failure> {
    let target = root().join("target/constant-time");
    let mut command = cargo(&[
        "test",
        "--locked",
        "--release",
        "--package",
        "chancery-aead",
        "--test",
        "constant_time_statistics",
        "--target-dir",
    ]);
    process::run(command.arg(target))
}
