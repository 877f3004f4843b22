//! The `chancery` command.

#![forbid(unsafe_code)]

mod connect;
mod console;
mod demo;
mod diagram;
mod inspect;
mod options;
mod payload;
mod serve;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Issue certificates, verify them, and talk TLS 1.3.
#[derive(Parser)]
#[command(name = "chancery", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Connect(connect::Connect),
    Serve(serve::Serve),
    Inspect(inspect::Inspect),
    Verify(verify::Verify),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Connect(connect) => connect.run(),
        Command::Serve(serve) => serve.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Verify(verify) => verify.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("chancery: {failure}");
            ExitCode::FAILURE
        }
    }
}
