//! The x509-limbo cases through chancery-chain's public API.

use crate::process::{Failure, cargo, run};

/// Prints how many cases agree, and fails if one that is not excepted does not.
pub(crate) fn run_all() -> Result<(), Failure> {
    let test = ["test", "-q", "-p", "chancery-tests", "--test", "conformance_limbo"];
    let mut command = cargo(&test);
    run(command.args(["--", "--nocapture"]))
}
