//! The command as people use it: arguments in, output and exit status out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;

#[allow(dead_code, reason = "each test of the command needs a part")]
#[path = "support/command.rs"]
mod support;

use support::{Files, Serving, chancery, run, text};

#[test]
fn the_demonstration_holds_and_shows_every_message() {
    let output = run(&["demo", "--bytes", "1000000"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let mut rest = shown.as_str();
    // RFC 8446 §2, figure 1, and the end of the connection, in order.
    for step in [
        "── ClientHello ─",
        "◄─ ServerHello ─",
        "◄─ {EncryptedExtensions} ─",
        "◄─ {Certificate} ─",
        "accepted: DNS:demo.test",
        "accepted: CN=Chancery Demo Intermediate",
        "trusted:  CN=Chancery Demo Root",
        "◄─ {CertificateVerify} ─",
        "◄─ {Finished} ─",
        "── {Finished} ─",
        "── [application data] ─",
        "◄─ [application data] ─",
        "── [close_notify] ─",
        "◄─ [close_notify] ─",
        "client to server",
        "server to client",
    ] {
        let at = rest.find(step).unwrap_or_else(|| panic!("no {step} where expected:\n{shown}"));
        rest = &rest[at + step.len()..];
    }
}

#[test]
fn the_demonstration_in_json_says_the_same() {
    let output = run(&["demo", "--bytes", "100000", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["bytes_each_way"], 100_000);
    assert_eq!(json["client_to_server"]["bytes"], 100_000);
    assert_eq!(json["certificates"].as_array().unwrap().len(), 3);
    let sum = |side: &str| -> u64 {
        let steps = json["diagram"].as_array().unwrap().iter();
        let data = steps.filter(|s| s["message"] == "application data" && s["from"] == side);
        data.map(|step| step["bytes"].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("client"), sum("server")), (100_000, 100_000));
}

#[test]
fn no_data_at_all_is_a_connection_too() {
    let output = run(&["demo", "--bytes", "0"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn connect_and_serve_pipe_both_ways() {
    let files = Files::new();
    let mut server = Serving::start(&files, &["--count", "1", "--alpn", "pipe/1"]);
    let mut client = chancery(&["connect", &server.address, "--ca", &files.shown("root.pem")])
        .args(["--alpn", "other,pipe/1", "--trace"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = client.stdin.take().unwrap();
    input.write_all(b"from the client\n").unwrap();
    let mut received = BufReader::new(server.child.stdout.take().unwrap());
    let mut line = String::new();
    received.read_line(&mut line).unwrap();
    assert_eq!(line, "from the client\n");
    // The server answers and closes; the client's input is still open then.
    server.child.stdin.take().unwrap().write_all(b"from the server\n").unwrap();
    let client = client.wait_with_output().unwrap();
    assert!(client.status.success(), "{}", text(&client.stderr));
    assert_eq!(text(&client.stdout), "from the server\n");
    let diagram = text(&client.stderr);
    for wanted in
        ["ALPN pipe/1", "accepted: DNS:localhost", "── [close_notify] ", "◄─ [close_notify] "]
    {
        assert!(diagram.contains(wanted), "no {wanted} in\n{diagram}");
    }
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn a_refused_certificate_names_itself_and_the_rule() {
    let files = Files::new();
    let server = Serving::start(&files, &["--www"]);
    let check = |arguments: &[&str], wanted: &[&str]| {
        let mut all = vec!["connect", server.address.as_str()];
        all.extend_from_slice(arguments);
        let output = run(&all);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let reason = text(&output.stderr);
        for wanted in wanted {
            assert!(reason.contains(wanted), "no {wanted} in\n{reason}");
        }
    };
    let (root, other) = (files.shown("root.pem"), Files::new());
    check(
        &["--ca", &root, "--name", "other.test"],
        &["leaf", "another name", "DNS:localhost", "other.test", "RFC 9525 §6.3"],
    );
    check(&["--ca", &other.shown("root.pem")], &["leaf", "RFC 5280 §6.1"]);
}

#[test]
fn a_client_that_speaks_no_tls_is_told_and_the_next_is_served() {
    let files = Files::new();
    let mut server = Serving::start(&files, &["--www"]);
    let mut plain = TcpStream::connect(("127.0.0.1", server.port().parse().unwrap())).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).unwrap();
    // An alert record, fatal, unexpected_message (RFC 8446 §6.2).
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 10]);
    let mut complaint = String::new();
    server.errors.read_line(&mut complaint).unwrap();
    assert!(complaint.contains("unknown content type"), "{complaint}");

    let mut client = chancery(&["connect", &server.address, "--ca", &files.shown("root.pem")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let page = text(&client.wait_with_output().unwrap().stdout);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("{CertificateVerify}"), "{page}");
}

#[test]
fn secrets_go_to_the_key_log_that_was_named_and_nowhere_else() {
    let files = Files::new();
    let log = files.path("keys.log");
    let server = Serving::start(&files, &["--www"]);
    let connect = |environment: Option<&Path>| {
        let mut command = chancery(&["connect", &server.address, "--ca", &files.shown("root.pem")]);
        if let Some(path) = environment {
            command.env("SSLKEYLOGFILE", path);
        }
        command.output().unwrap();
    };
    connect(None);
    assert!(!log.exists());
    connect(Some(&log));
    let lines = fs::read_to_string(&log).unwrap();
    let labels: Vec<_> = lines.lines().map(|line| line.split(' ').next().unwrap()).collect();
    // RFC 9850 §2.2
    for label in [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    ] {
        assert!(labels.contains(&label), "{label} in {labels:?}");
    }
}

#[test]
fn mistakes_are_explained() {
    let check = |arguments: &[&str], wanted: &str| {
        let output = run(arguments);
        assert!(!output.status.success());
        let reason = text(&output.stderr);
        assert!(reason.contains(wanted), "no {wanted} in\n{reason}");
    };
    let files = Files::new();
    let (certificate, key) = (files.shown("server.pem"), files.shown("server.key"));
    let other = Files::new();
    check(&["connect", "localhost"], "localhost:443");
    check(&["connect", "localhost:1", "--ca", &key], "no CERTIFICATE block");
    check(&["connect", "localhost:1", "--ca", "/nonexistent"], "/nonexistent");
    check(&["serve", "--cert", &certificate, "--key", &certificate], "there is no private key");
    check(&["serve", "--cert", &key, "--key", &key], "there is no certificate");
    let foreign = other.shown("server.key");
    check(
        &["serve", "--cert", &certificate, "--key", &foreign],
        "the private key is not the certificate's",
    );
    check(&["connect", "localhost:1", "--ciphersuites", "RC4"], "TLS_AES_128_GCM_SHA256");
    check(&["connect", "localhost:1", "--groups", "sect571"], "secp256r1");
}
