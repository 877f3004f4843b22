//! The ratio of each benchmark to the fastest competitor of its group, from what criterion left.
//!
//! A figure is the fastest sample of a run: on a machine that does other things too, the median says
//! more about those.

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{self, Failure, cargo, root};

/// What a group must reach: the front of its name, its end, and the ratio.
const TARGETS: &[(&str, &str, f64)] = &[
    ("aead/seal/aes128gcm/", "/16384", 1.15),
    ("aead/open/aes128gcm/", "/16384", 1.15),
    ("aead/seal/aes128gcm/", "/4096", 1.35),
    ("aead/open/aes128gcm/", "/4096", 1.35),
    ("aead/seal64/aes128gcm/", "/1350", 1.9),
    ("aead/seal64/aes128gcm/", "/256", 5.0),
    ("aead/seal64/aes128gcm/", "/64", 8.0),
    ("aead/seal/aes128gcm/", "/64", 1.3),
    ("aead/seal/aes128gcm/", "/256", 1.3),
    ("facade/", "/16384", 1.4),
];

/// What ChaCha20-Poly1305 of 16 KiB must reach over each of these.
const CHACHA: (&str, &[(&str, f64)]) =
    ("aead/seal/chacha20poly1305/16384", &[("ring", 1.7), ("aws-lc-rs", 1.7), ("openssl", 1.0)]);

/// Nanoseconds an iteration of everybody in a group.
type Group = BTreeMap<String, f64>;

pub(crate) fn run() -> Result<(), Failure> {
    let mut groups = BTreeMap::new();
    collect(&root().join("target/criterion"), &mut groups)?;
    if groups.is_empty() {
        return Err("no results: run `cargo bench -p chancery-benches` first".to_owned());
    }
    let report = report(&groups)?;
    print!("{report}");
    fs::write(root().join("BENCHMARKS.md"), report).map_err(|error| error.to_string())
}

/// Every `new/benchmark.json` below `folder`, with the sample beside it.
fn collect(folder: &Path, groups: &mut BTreeMap<String, Group>) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.ends_with("new") {
            let benchmark = json(&path.join("benchmark.json"))?;
            let sample = json(&path.join("sample.json"))?;
            let text = |name: &str| benchmark[name].as_str().unwrap_or_default().to_owned();
            let numbers = |name: &str| {
                let list = sample[name].as_array().cloned().unwrap_or_default();
                list.iter().filter_map(Value::as_f64).collect::<Vec<_>>()
            };
            let best = numbers("times")
                .into_iter()
                .zip(numbers("iters"))
                .map(|(time, iterations)| time / iterations)
                .fold(f64::INFINITY, f64::min);
            groups.entry(text("group_id")).or_default().insert(text("function_id"), best);
        } else {
            collect(&path, groups)?;
        }
    }
    Ok(())
}

fn json(path: &PathBuf) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn report(groups: &BTreeMap<String, Group>) -> Result<String, Failure> {
    let mut out = String::from("# Benchmarks\n\n");
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split(':').nth(1).unwrap_or("unknown").trim().to_owned()
    };
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let rustc = process::output(std::process::Command::new("rustc").arg("--version"))?;
    let (model, family) = (field("model name"), field("cpu family"));
    put(
        &mut out,
        format_args!(
            "CPU: {model} (family {family}, model {}), {cores} cores seen; {}\n",
            field("model\t"),
            rustc.trim()
        ),
    );
    put(&mut out, format_args!("Versions: {}\n", versions()?));
    out.push_str(
        "Nanoseconds an iteration, the fastest sample of each; the ratio is to the fastest \
         competitor of the same row and run. `cargo bench -p chancery-benches`, then \
         `cargo xtask bench-report`.\n\n",
    );
    out.push_str("| row | chancery | fastest other | ratio | to reach | others |\n");
    out.push_str("|---|---:|---:|---:|---:|---|\n");
    for (name, group) in groups {
        let Some(ours) = group.get("chancery") else { continue };
        let others = || group.iter().filter(|(who, _)| !who.starts_with("chancery"));
        let Some((who, best)) = others().min_by(|a, b| a.1.total_cmp(b.1)) else { continue };
        let target = TARGETS
            .iter()
            .find(|(front, end, _)| name.starts_with(front) && name.ends_with(end))
            .map_or(String::new(), |(_, _, ratio)| format!("{ratio}"));
        let others: Vec<_> = others().map(|(who, time)| format!("{who} {time:.1}")).collect();
        put(
            &mut out,
            format_args!(
                "| {name} | {ours:.1} | {who} {best:.1} | {:.2} | {target} | {} |\n",
                best / ours,
                others.join(", ")
            ),
        );
    }
    out.push_str("\n## ChaCha20-Poly1305, 16 KiB\n\n");
    if let Some(group) = groups.get(CHACHA.0)
        && let Some(ours) = group.get("chancery")
    {
        for (who, target) in CHACHA.1 {
            if let Some(time) = group.get(*who) {
                let ratio = time / ours;
                put(&mut out, format_args!("- over {who}: {ratio:.2}, to reach {target}\n"));
            }
        }
    }
    out.push_str("\n## The bound\n\n");
    out.push_str(
        "The AES rounds and the three carry-less multiplications a block that AES-GCM cannot do \
         without, alone, on 512-bit vectors, against sealing 16 KiB in the same run:\n\n",
    );
    for (name, group) in groups.iter().filter(|(name, _)| name.starts_with("aead/bound/")) {
        let sealed = groups.get(&name.replace("/bound/", "/seal/"));
        if let (Some(bound), Some(ours)) =
            (group.get("bound"), sealed.and_then(|group| group.get("chancery")))
        {
            put(
                &mut out,
                format_args!(
                    "- {name}: bound {bound:.0} ns, ours {ours:.0} ns: {:.0} % of it reached\n",
                    100.0 * bound / ours
                ),
            );
        }
    }
    Ok(out)
}

/// Writing to a string cannot fail.
fn put(out: &mut String, what: core::fmt::Arguments<'_>) {
    let _ = out.write_fmt(what);
}

/// The competitors' versions, from the lock file.
fn versions() -> Result<String, Failure> {
    let metadata = process::output(&mut cargo(&["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let names = [
        "ring",
        "aws-lc-rs",
        "aws-lc-sys",
        "graviola",
        "aes-gcm",
        "chacha20poly1305",
        "openssl-src",
        "rustls",
    ];
    let found = packages.iter().filter(|p| names.iter().any(|name| p["name"] == *name));
    Ok(found
        .map(|p| {
            format!("{} {}", p["name"].as_str().unwrap_or(""), p["version"].as_str().unwrap_or(""))
        })
        .collect::<Vec<_>>()
        .join(", "))
}
