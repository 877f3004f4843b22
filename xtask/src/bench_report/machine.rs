//! What was measured on, and which versions of what.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::process::{self, Failure};

/// What decides which kernels run, by the names of `/proc/cpuinfo`.
const FLAGS: [&str; 9] = [
    "aes",
    "pclmulqdq",
    "avx2",
    "vaes",
    "vpclmulqdq",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512ifma",
];

/// Packages whose versions belong to a ratio.
const PEERS: [&str; 12] = [
    "aes-gcm",
    "aws-lc-rs",
    "aws-lc-sys",
    "chacha20poly1305",
    "graviola",
    "openssl",
    "openssl-src",
    "ring",
    "rustls",
    "rustls-webpki",
    "x509-cert",
    "x509-parser",
];

/// CPU, compiler and versions, a line each.
pub(super) fn describe(metadata: &Value) -> Result<String, Failure> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let rustc = process::output(Command::new("rustc").arg("--version"))?;
    Ok(format!(
        "- CPU: {}\n- Compiler: {}\n- Versions: {}\n",
        describe_cpu(&cpu),
        rustc.trim(),
        versions(metadata)
    ))
}

fn describe_cpu(cpu: &str) -> String {
    let field = |name: &str| {
        cpu.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim() == name)
            .map_or("unknown", |(_, value)| value.trim())
    };
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let has: Vec<_> = field("flags").split(' ').collect();
    let (here, absent): (Vec<_>, Vec<_>) = FLAGS.into_iter().partition(|flag| has.contains(flag));
    let absent = match absent.join(" ") {
        absent if absent.is_empty() => absent,
        absent => format!("; without {absent}"),
    };
    format!(
        "{}, family {}, model {}, {cores} cores seen; with {}{absent}",
        field("model name"),
        field("cpu family"),
        field("model"),
        here.join(" "),
    )
}

/// The competitors' versions, from the lock file. That of `openssl-src` ends in OpenSSL's own.
fn versions(metadata: &Value) -> String {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |package: &Value, name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = packages
        .iter()
        .map(|package| (text(package, "name"), text(package, "version")))
        .filter(|(name, _)| PEERS.contains(&name.as_str()))
        .map(|(name, version)| match version.split_once('+') {
            Some((_, openssl)) if name == "openssl-src" => format!("OpenSSL {openssl}"),
            _ => format!("{name} {version}"),
        })
        .collect();
    found.sort();
    found.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_and_what_it_lacks() {
        let cpu = "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: Some CPU\n\
                   flags\t\t: fpu aes avx2 vaes\nprocessor\t: 1\n";
        assert_eq!(
            describe_cpu(cpu),
            "Some CPU, family 25, model 17, 2 cores seen; with aes avx2 vaes; without pclmulqdq \
             vpclmulqdq avx512f avx512bw avx512vl avx512ifma"
        );
    }

    #[test]
    fn openssl_goes_by_its_own_version() {
        let metadata = serde_json::json!({"packages": [
            {"name": "ring", "version": "0.17.14"},
            {"name": "openssl-src", "version": "300.5.4+3.5.4"},
            {"name": "serde", "version": "1.0.0"},
        ]});
        assert_eq!(versions(&metadata), "OpenSSL 3.5.4, ring 0.17.14");
    }
}
