//! `curl`, which posts the payload and writes the answer's body to standard output.

use std::process::Command;

use chancery::wire::NamedGroup;

use crate::case::Case;
use crate::ours::{Exchange, payload};
use crate::pki::{Pki, wanted_host};
use crate::process::Peer;

pub(crate) fn client(case: &Case, pki: &Pki, port: u16) -> Result<(Peer, Exchange), String> {
    let host = wanted_host(case.expectation);
    let curves: Vec<&str> = case
        .offered_groups()
        .iter()
        .map(|group| if *group == NamedGroup::X25519 { "X25519" } else { "P-256" })
        .collect();
    let mut command = Command::new("curl");
    // First: no configuration file of whoever runs this; and no proxy.
    command.args(["--disable", "--noproxy", "*", "--silent", "--show-error", "--http1.1"]);
    command.args(["--tlsv1.3", "--curves", &curves.join(":")]);
    command.args(["--tls13-ciphers", case.suite.cipher_suite().name().unwrap_or_default()]);
    command.arg("--cacert").arg(pki.root_file(case.expectation));
    command.args(["--resolve", &format!("{host}:{port}:127.0.0.1")]);
    command.args(["--data-binary", "@-", "--header", "Expect:", "--max-time", "15"]);
    command.arg(format!("https://{host}:{port}/"));
    let mut peer = Peer::start(command, payload())?;
    peer.close_stdin();
    Ok((peer, Exchange::Http))
}
