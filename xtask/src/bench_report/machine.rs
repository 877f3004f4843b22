//! What was measured on, and which versions of what.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::process::{self, Failure, git};

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

/// The flag that every CPU with AVX-512 has.
const AVX512: &str = "avx512f";

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

/// What begins the line of features.
const FEATURES: &str = "- Features: with ";

/// What parts the features that a CPU lacks from those that it has.
const WITHOUT: &str = "; without ";

/// The CPU measured on.
pub(super) struct Cpu {
    /// Model, family and cores: what tells it from others.
    pub(super) name: String,
    /// Those of [`FLAGS`] that it has.
    with: Vec<&'static str>,
    without: Vec<&'static str>,
}

impl Cpu {
    /// This one.
    pub(super) fn here() -> Self {
        Self::parse(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default())
    }

    pub(super) fn parse(cpuinfo: &str) -> Self {
        let field = |name: &str| {
            cpuinfo
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(key, _)| key.trim() == name)
                .map_or("unknown", |(_, value)| value.trim())
        };
        let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
        let has: Vec<_> = field("flags").split(' ').collect();
        let (with, without) = FLAGS.into_iter().partition(|flag| has.contains(flag));
        let name = format!(
            "{}, family {}, model {}, {cores} cores seen",
            field("model name"),
            field("cpu family"),
            field("model"),
        );
        Self { name, with, without }
    }

    /// Whether it is such as the claims are stated for.
    pub(super) fn has_vaes_and_avx512(&self) -> bool {
        ["vaes", AVX512].iter().all(|flag| self.with.contains(flag))
    }

    /// The line of its features.
    pub(super) fn features(&self) -> String {
        let without = match self.without.join(" ") {
            without if without.is_empty() => without,
            without => format!("{WITHOUT}{without}"),
        };
        format!("{FEATURES}{}{without}\n", self.with.join(" "))
    }
}

/// Whether a chapter's line of features has AVX-512.
pub(super) fn names_avx512(chapter: &str) -> bool {
    let features = chapter.lines().find_map(|line| line.strip_prefix(FEATURES));
    let with = features.and_then(|features| features.split(WITHOUT).next());
    with.is_some_and(|with| with.split(' ').any(|flag| flag == AVX512))
}

/// Compiler, versions and commit, a line each.
pub(super) fn describe(metadata: &Value) -> Result<String, Failure> {
    let rustc = process::output(Command::new("rustc").arg("--version"))?;
    Ok(format!(
        "- Compiler: {}\n- Versions: {}\n- Commit: {}\n",
        rustc.trim(),
        versions(metadata),
        commit()?
    ))
}

/// The commit that is checked out, and whether there is more than that.
fn commit() -> Result<String, Failure> {
    // The time of day too, to be compared with that of the samples.
    let log = ["log", "-1", "--date=format-local:%Y-%m-%d %H:%M", "--format=%h (%cd UTC)"];
    let commit = process::output(git(&log).env("TZ", "UTC"))?;
    // The report itself changes no figure.
    let changes = ["status", "--porcelain", "--", ".", ":(exclude)BENCHMARKS.md"];
    let changes = process::output(&mut git(&changes))?;
    Ok(commit.trim().to_owned() + if changes.is_empty() { "" } else { " and uncommitted changes" })
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
        let cpu = Cpu::parse(
            "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: Some CPU\n\
             flags\t\t: fpu aes avx2 vaes\nprocessor\t: 1\n",
        );
        assert_eq!(cpu.name, "Some CPU, family 25, model 17, 2 cores seen");
        assert_eq!(
            cpu.features(),
            "- Features: with aes avx2 vaes; without pclmulqdq vpclmulqdq avx512f avx512bw \
             avx512vl avx512ifma\n"
        );
    }

    #[test]
    fn avx512_is_told_from_the_line_of_features() {
        let check = |flags: &str, avx512, claimed| {
            let cpu = Cpu::parse(&format!("flags\t\t: {flags}\n"));
            assert_eq!(names_avx512(&format!("## A CPU\n\n{}", cpu.features())), avx512);
            assert_eq!(cpu.has_vaes_and_avx512(), claimed);
        };
        check("aes vaes avx512f", true, true);
        check(&FLAGS.join(" "), true, true);
        check("aes avx512f", true, false);
        check("aes avx2 vaes", false, false);
        check("", false, false);
        assert!(!names_avx512("## A CPU\n\nWith avx512f, it is said.\n"));
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
