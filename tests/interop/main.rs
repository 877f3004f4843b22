//! Chancery against TLS implementations of other people, over real sockets.
//!
//! ```text
//! our client ◄──TLS 1.3──► openssl s_server, gnutls-serv
//! our server ◄──TLS 1.3──► openssl s_client, gnutls-cli, curl
//! ```
//!
//! Every suite with every group, a HelloRetryRequest, every type of key, data both ways, both
//! `close_notify`, certificates that one side or the other must refuse, resumption, and keys in place
//! of certificates. It prints a table and fails
//! if a cell fails or a peer is missing; nothing is skipped. `cargo xtask interop` runs it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is its product")]

mod case;
mod curl;
mod gnutls;
mod openssl;
mod ours;
mod pki;
mod process;
mod psk;
mod resumption;

use std::process::ExitCode;

use case::{Case, Direction, PeerName};
use pki::Pki;

fn main() -> ExitCode {
    // `cargo test` passes options of its own harness; a word without a dash selects peers.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if let Err(complaint) = require_peers() {
        eprintln!("interop: {complaint}");
        return ExitCode::FAILURE;
    }
    let pki = Pki::new();
    let all = case::all();
    let cases: Vec<&Case> = all
        .iter()
        .filter(|case| wanted.is_empty() || wanted.iter().any(|word| case.peer.name() == word))
        .collect();
    if let Err(complaint) = openssl::verify_chains(&pki) {
        eprintln!("interop: {complaint}");
        return ExitCode::FAILURE;
    }
    println!("openssl verify -x509_strict accepts every chain\n");
    println!("{}", case::HEADER);
    let mut failed = 0_usize;
    for case in &cases {
        let outcome = run(case, &pki);
        failed += usize::from(outcome.is_err());
        let verdict = outcome.unwrap_or_else(|why| format!("FAIL: {why}"));
        println!("{case} {verdict}");
    }
    use PeerName::{GnuTls, OpenSsl};
    type More<'m> = (PeerName, &'m str, &'m dyn Fn() -> Result<(), String>);
    let more: [More<'_>; 7] = [
        (OpenSsl, "our client resumes with s_server", &|| resumption::client(&all, &pki)),
        (OpenSsl, "our server resumes with s_client", &|| resumption::server(&all, &pki)),
        (GnuTls, "our server gives no tickets to who wants none", &|| {
            resumption::unwanted(&all, &pki)
        }),
        (OpenSsl, "our client has a key that s_server has, or not", &|| psk::client(OpenSsl, &pki)),
        (OpenSsl, "our server has a key that s_client has, or not", &|| psk::server(OpenSsl)),
        (GnuTls, "our client has a key that gnutls-serv has, or not", &|| {
            psk::client(GnuTls, &pki)
        }),
        (GnuTls, "our server has a key that gnutls-cli has, or not", &|| psk::server(GnuTls)),
    ];
    let mut ran = cases.len();
    for (peer, name, run) in more {
        if !wanted.is_empty() && !wanted.iter().any(|word| peer.name() == word) {
            continue;
        }
        ran += 1;
        let outcome = run();
        failed += usize::from(outcome.is_err());
        let verdict = outcome.map_or_else(|why| format!("FAIL: {why}"), |()| "ok".into());
        println!("{:8} {name}: {verdict}", peer.name());
    }
    println!("\n{} passed, {failed} failed", ran - failed);
    if failed == 0 && !cases.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every peer has to be there.
fn require_peers() -> Result<(), String> {
    for (program, argument, package) in [
        ("openssl", "version", "openssl"),
        ("gnutls-cli", "--version", "gnutls-bin"),
        ("gnutls-serv", "--version", "gnutls-bin"),
        ("curl", "--version", "curl"),
    ] {
        let version = process::first_line(program, argument).map_err(|error| {
            format!(
                "{program} does not run ({error}); install it with `apt-get install {package}` \
                 (all peers: `apt-get install openssl gnutls-bin curl`)"
            )
        })?;
        println!("{version}");
    }
    Ok(())
}

fn run(case: &Case, pki: &Pki) -> Result<String, String> {
    match (case.direction, case.peer) {
        (Direction::OurClient, PeerName::OpenSsl) => ours::client(case, pki, openssl::server),
        (Direction::OurClient, PeerName::GnuTls) => ours::client(case, pki, gnutls::server),
        (Direction::OurClient, PeerName::Curl) => Err("curl is no server".into()),
        (Direction::OurServer, PeerName::OpenSsl) => ours::server(case, pki, openssl::client),
        (Direction::OurServer, PeerName::GnuTls) => ours::server(case, pki, gnutls::client),
        (Direction::OurServer, PeerName::Curl) => ours::server(case, pki, curl::client),
    }
}
