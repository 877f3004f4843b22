//! Interoperability with installed peers.
//!
//! The peers are processes, the sockets are real, and the test program (`tests/interop/`) fails with
//! the command that installs a peer if one is missing.

use crate::process::{self, Failure, cargo};

pub(crate) fn run(peers: &[String]) -> Result<(), Failure> {
    let mut command = cargo(&["test", "--package", "chancery-tests", "--test", "interop", "--"]);
    process::run(command.args(peers))
}
