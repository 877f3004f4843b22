//! `gnutls-serv --echo` and `gnutls-cli`.
//!
//! `gnutls-serv` knows no option for the interface that it listens on: it takes all of them, for as long
//! as its case lasts.

use std::process::Command;

use chancery::handshake::Suite;
use chancery::wire::NamedGroup;

use crate::case::{Case, Expectation};
use crate::ours::{Exchange, payload};
use crate::pki::{HOST, Pki, wanted_host};
use crate::process::Peer;

fn priority(case: &Case, groups: &[NamedGroup]) -> String {
    let cipher = match case.suite {
        Suite::Aes128GcmSha256 => "AES-128-GCM",
        Suite::Aes256GcmSha384 => "AES-256-GCM",
        _ => "CHACHA20-POLY1305",
    };
    let groups: String = groups
        .iter()
        .map(|group| match *group {
            NamedGroup::X25519 => ":+GROUP-X25519",
            _ => ":+GROUP-SECP256R1",
        })
        .collect();
    format!("NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+{cipher}:-GROUP-ALL{groups}")
}

pub(crate) fn server(case: &Case, pki: &Pki, port: u16) -> Result<(Peer, Exchange), String> {
    let mut command = Command::new("gnutls-serv");
    command.args(["--echo", "--disable-client-cert", "--port", &port.to_string()]);
    command.args(["--priority", &priority(case, &[case.group])]);
    command.arg("--x509certfile").arg(pki.chain_file(case.key));
    command.arg("--x509keyfile").arg(pki.key_file(case.key));
    Ok((Peer::start(command, Vec::new())?, Exchange::EchoLines))
}

pub(crate) fn client(case: &Case, pki: &Pki, port: u16) -> Result<(Peer, Exchange), String> {
    let input = if case.expectation == Expectation::Works { payload() } else { Vec::new() };
    Ok((Peer::start(client_command(case, pki, port, ""), input)?, Exchange::PipeClosing))
}

/// `more` is added to the priority string.
pub(crate) fn client_command(case: &Case, pki: &Pki, port: u16, more: &str) -> Command {
    let mut command = Command::new("gnutls-cli");
    command.args(["--port", &port.to_string(), "--single-key-share"]);
    command.args(["--priority", &(priority(case, &case.offered_groups()) + more)]);
    command.arg("--x509cafile").arg(pki.root_file(case.expectation));
    command.args(["--sni-hostname", HOST, "--verify-hostname", wanted_host(case.expectation)]);
    command.arg("127.0.0.1");
    command
}
