//! Branches and addresses that depend on secrets: `tests/constant-time` under valgrind, and for the
//! kernels, as valgrind knows neither AVX-512 nor VAES, their instructions and statistics of their
//! times.

mod disassembly;
mod statistics;

use std::process::Command;

use crate::process::{self, Failure, cargo, root};

/// What valgrind ends with if it found something.
const FOUND: i32 = 99;

/// Work that has to be complained of: without it, silence would prove nothing.
const CONTROLS: [&str; 2] = ["branch", "address"];

/// Work that ends in a branch on whether the tag is right, which the caller learns anyway: one
/// instruction of this function of *ring*, one of this function of chancery-aead, where it has a
/// kernel that valgrind knows, and no other.
const VERDICT: (&str, [&str; 2]) = ("open", ["open_within", "release"]);

pub(crate) fn run() -> Result<(), Failure> {
    process::output(Command::new("valgrind").arg("--version"))
        .map_err(|failure| format!("{failure}\ninstall it: apt-get install valgrind"))?;
    let folder = root().join("tests/constant-time");
    // Named here, so that it is known whatever CARGO_TARGET_DIR says.
    let target = folder.join("target");
    let mut build = cargo(&["build", "--release", "--locked", "--target-dir"]);
    process::run(build.current_dir(&folder).arg(&target))?;
    let program = target.join("release/chancery-constant-time");
    let names = process::output(&mut Command::new(&program))?;
    let mut failed = Vec::new();
    for name in names.lines() {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--quiet", "--track-origins=no", &format!("--error-exitcode={FOUND}")])
            .arg(&program)
            .arg(name);
        let output = valgrind.output().map_err(|error| format!("valgrind: {error}"))?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        let verdict = match output.status.code() {
            Some(0) if !CONTROLS.contains(&name) && name != VERDICT.0 => {
                Ok("nothing depends on a secret")
            }
            Some(FOUND) if CONTROLS.contains(&name) => Ok("complained of, as it has to be"),
            Some(FOUND) if name == VERDICT.0 && is_one_instruction_each(&complaints, VERDICT.1) => {
                Ok("nothing depends on a secret but the branch on the verdict")
            }
            Some(0) => Err("NOT COMPLAINED OF: the check is blind"),
            _ => Err("FAILED"),
        };
        let (Ok(text) | Err(text)) = verdict;
        println!("{name:<12} {text}");
        if verdict.is_err() {
            eprint!("{complaints}");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        return Err(format!("failed: {}", failed.join(", ")));
    }
    disassembly::run()?;
    statistics::run()
}

/// Whether all complaints are of one instruction of each of `functions`, or of some of them.
fn is_one_instruction_each(complaints: &str, functions: [&str; 2]) -> bool {
    let places: Vec<_> = complaints
        .lines()
        .filter_map(|line| line.split_once(" at 0x"))
        .filter_map(|(_, place)| place.split_once(": "))
        .collect();
    let firsts =
        functions.map(|function| places.iter().find(|(_, place)| place.contains(function)));
    let is_first = |address| firsts.iter().flatten().any(|(first, _)| *first == address);
    !places.is_empty() && places.iter().all(|(address, _)| is_first(*address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instruction_of_each_function() {
        let check = |places: &[&str], expected| {
            let complaints: String = places
                .iter()
                .map(|place| {
                    format!("==1== Conditional jump\n==1==    at {place}\n==1==    by 0x9: main\n")
                })
                .collect();
            let functions = ["open_within", "release"];
            assert_eq!(is_one_instruction_each(&complaints, functions), expected, "{places:?}");
        };
        check(&["0x148B4F: ring::open_within (a.rs:103)"; 2], true);
        check(&["0x148B4F: ring::open_within (a.rs:103)", "0x14: aead::release (b.rs:9)"], true);
        check(&["0x14: aead::release (b.rs:9)", "0x15: aead::release (b.rs:9)"], false);
        check(
            &["0x148B4F: ring::open_within (a.rs:103)", "0x148B50: ring::open_within (a.rs:9)"],
            false,
        );
        check(&["0x148B4F: ring::seal (a.rs:103)"], false);
        check(&[], false);
    }
}
