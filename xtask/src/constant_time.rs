//! Branches and addresses that depend on secrets: `tests/constant-time` under valgrind, and for the
//! kernels with AVX-512 or VAES, which valgrind does not know, their instructions and statistics of
//! their times.

mod disassembly;
mod statistics;

use std::process::Command;

use crate::process::{self, Failure, cargo, root};

/// What valgrind ends with if it found something.
const FOUND: i32 = 99;

/// Work that has to be complained of: without it, silence would prove nothing.
const CONTROLS: [&str; 2] = ["branch", "address"];

pub(crate) fn run() -> Result<(), Failure> {
    process::output(Command::new("valgrind").arg("--version"))
        .map_err(|failure| format!("{failure}\ninstall it: apt-get install valgrind"))?;
    let folder = root().join("tests/constant-time");
    let mut build = cargo(&["build", "--release", "--locked"]);
    process::run(build.current_dir(&folder))?;
    let program = folder.join("target/release/chancery-constant-time");
    let names = process::output(&mut Command::new(&program))?;
    let mut failed = Vec::new();
    for name in names.lines() {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--quiet", "--track-origins=no", &format!("--error-exitcode={FOUND}")])
            .arg(&program)
            .arg(name);
        let is_control = CONTROLS.contains(&name);
        let output = valgrind.output().map_err(|error| format!("valgrind: {error}"))?;
        let expected = if is_control { FOUND } else { 0 };
        let verdict = match (output.status.code() == Some(expected), is_control) {
            (true, true) => "complained of, as it has to be",
            (true, false) => "nothing depends on a secret",
            (false, true) => "NOT COMPLAINED OF: the check is blind",
            (false, false) => "FAILED",
        };
        println!("{name:<12} {verdict}");
        if output.status.code() != Some(expected) {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        return Err(format!("failed: {}", failed.join(", ")));
    }
    disassembly::run()?;
    statistics::run()
}
