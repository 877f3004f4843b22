//! The project's own chores: `cargo xtask --help` lists them.

mod bench_report;
mod ci;
mod conformance;
mod constant_time;
mod interop;
mod kernels;
mod layers;
mod limbo;
mod process;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Print the ratios of the last benchmarks to the fastest competitor, into BENCHMARKS.md too
    BenchReport,
    /// Formatting, lints, docs, layers and licences: everything that CI checks besides the tests
    Ci,
    /// Run the tests against data from outside: RFC 8448's traces and the like
    Conformance,
    /// Run work on secrets under valgrind, which finds branches and addresses that depend on them
    ConstantTime,
    /// Run against TLS implementations of other people: openssl, gnutls-cli, gnutls-serv, curl
    Interop {
        /// Only these peers: openssl, gnutls, curl
        peers: Vec<String>,
    },
    /// Test every AEAD kernel that this CPU can run against every other, and name those it cannot
    Kernels,
    /// Check every crate's dependencies against the table in ARCHITECTURE.md
    Layers,
    /// Run the x509-limbo cases of ../shared/data, or of CHANCERY_DATA, through chancery-chain
    Limbo,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::BenchReport => bench_report::run(),
        Chore::Ci => ci::run(),
        Chore::Conformance => conformance::run(),
        Chore::ConstantTime => constant_time::run(),
        Chore::Interop { peers } => interop::run(&peers),
        Chore::Kernels => kernels::run(),
        Chore::Layers => layers::run(),
        Chore::Limbo => limbo::run_all(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
