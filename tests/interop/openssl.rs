//! `openssl s_server` and `openssl s_client`, as pipes (`-quiet`).

use std::process::Command;

use chancery::wire::NamedGroup;

use crate::case::{Case, Expectation, KeyKind};
use crate::ours::{Exchange, payload};
use crate::pki::{HOST, Pki, wanted_host};
use crate::process::{Peer, last_lines};

/// Has `openssl verify`, at its strictest, look at every chain that the cases use, and makes sure that
/// it would not have accepted just any.
pub(crate) fn verify_chains(pki: &Pki) -> Result<(), String> {
    for key in KeyKind::ALL {
        let verify = |expectation| {
            let mut command = Command::new("openssl");
            command.args(["verify", "-x509_strict", "-purpose", "sslserver", "-no-CApath"]);
            command.args(["-verify_hostname", HOST, "-CAfile"]).arg(pki.root_file(expectation));
            // The chain's file stands for the certificate, its first, and for the intermediates.
            command.arg("-untrusted").arg(pki.chain_file(key)).arg(pki.chain_file(key));
            command.output().map_err(|error| format!("openssl verify: {error}"))
        };
        let output = verify(Expectation::Works)?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("openssl verify, {}: {}", key.name(), last_lines(&why)));
        }
        if verify(Expectation::WrongRoot)?.status.success() {
            return Err("openssl verify accepts a chain to another root".into());
        }
    }
    Ok(())
}

fn command(program: &str, case: &Case, groups: &[NamedGroup]) -> Command {
    let groups: Vec<&str> = groups
        .iter()
        .map(|group| if *group == NamedGroup::X25519 { "X25519" } else { "P-256" })
        .collect();
    let mut command = Command::new("openssl");
    command.args([program, "-quiet", "-tls1_3"]);
    command.args(["-ciphersuites", case.suite.cipher_suite().name().unwrap_or_default()]);
    command.args(["-groups", &groups.join(":")]);
    command
}

pub(crate) fn server(case: &Case, pki: &Pki, port: u16) -> Result<(Peer, Exchange), String> {
    let mut command = server_command(case, pki, port);
    command.args(["-naccept", "1"]);
    Ok((Peer::start(command, payload())?, Exchange::Pipe))
}

pub(crate) fn server_command(case: &Case, pki: &Pki, port: u16) -> Command {
    let mut command = command("s_server", case, &[case.group]);
    command.args(["-accept", &format!("127.0.0.1:{port}")]);
    command.arg("-cert").arg(pki.chain_file(case.key));
    command.arg("-cert_chain").arg(pki.chain_file(case.key));
    command.arg("-key").arg(pki.key_file(case.key));
    command
}

pub(crate) fn client(case: &Case, pki: &Pki, port: u16) -> Result<(Peer, Exchange), String> {
    // A client that refuses has nothing to say.
    let input = if case.expectation == Expectation::Works { payload() } else { Vec::new() };
    Ok((Peer::start(client_command(case, pki, port), input)?, Exchange::Pipe))
}

pub(crate) fn client_command(case: &Case, pki: &Pki, port: u16) -> Command {
    let mut command = command("s_client", case, &case.offered_groups());
    command.args(["-connect", &format!("127.0.0.1:{port}"), "-servername", HOST]);
    command.arg("-CAfile").arg(pki.root_file(case.expectation));
    command.args(["-verify_return_error", "-verify_hostname", wanted_host(case.expectation)]);
    command
}
