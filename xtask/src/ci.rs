//! What CI checks besides the tests. Every step runs, so that one push shows all that is wrong.

use crate::layers;
use crate::process::{self, Failure, cargo};

pub(crate) fn run() -> Result<(), Failure> {
    let clippy = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "--deny",
        "warnings",
    ];
    let outcomes = [
        ("fmt", process::run(&mut cargo(&["fmt", "--all", "--check"]))),
        ("clippy", process::run(&mut cargo(&clippy))),
        ("doc", document()),
        ("layers", layers::run()),
        ("deny", deny()),
    ];
    let mut failed = Vec::new();
    for (step, outcome) in outcomes {
        if let Err(failure) = outcome {
            eprintln!("xtask: {step}: {failure}");
            failed.push(step);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn document() -> Result<(), Failure> {
    let mut doc = cargo(&[
        "doc",
        "--locked",
        "--workspace",
        "--all-features",
        "--no-deps",
        "--document-private-items",
    ]);
    process::run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Licences, sources and duplicate versions by cargo-deny. The advisory database lives on a host that
/// a closed network does not reach, so advisories are a check of their own: `cargo deny check advisories`.
fn deny() -> Result<(), Failure> {
    process::output(&mut cargo(&["deny", "--version"]))
        .map_err(|failure| format!("{failure}\ninstall it: cargo install --locked cargo-deny"))?;
    process::run(&mut cargo(&["deny", "check", "licenses", "bans", "sources"]))
}
