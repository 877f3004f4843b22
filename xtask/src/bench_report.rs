//! Ratios of the benchmarks, from what criterion left: what is to be reached, and every row.
//!
//! A figure is the fastest sample of a run: on a machine that does other things too, the median says
//! more about those.

mod chapters;
mod claims;
mod machine;
mod results;

use core::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;
use time::OffsetDateTime;

use crate::process::{self, Failure, cargo, root};
use claims::claims;
use machine::Cpu;
use results::{Groups, OURS, Results, fastest_other};

/// What stands before the chapters.
const HEAD: &str = "# Benchmarks\n\nNanoseconds an iteration, the fastest sample of each; a ratio \
    says how many times as fast ours is, in the same run. `cargo bench -p chancery-benches`, then \
    `cargo xtask bench-report`, which writes the chapter of the CPU it runs on and leaves the \
    others.\n";

pub(crate) fn run() -> Result<(), Failure> {
    let metadata = process::output(&mut cargo(&["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let target = metadata["target_directory"].as_str().ok_or("cargo names no target directory")?;
    let mut results = Results::default();
    results.collect(&Path::new(target).join("criterion"))?;
    if results.groups.is_empty() {
        return Err("no results: run `cargo bench -p chancery-benches` first".to_owned());
    }
    let own = chapter(&Cpu::here(), &machine::describe(&metadata)?, &results);
    print!("{own}");
    let file = root().join("BENCHMARKS.md");
    let old = match fs::read_to_string(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        old => old.map_err(|error| format!("{}: {error}", file.display()))?,
    };
    fs::write(file, chapters::merge(HEAD, &old, &own)).map_err(|error| error.to_string())
}

/// The chapter of a CPU. `software` is what was measured, in lines.
fn chapter(cpu: &Cpu, software: &str, results: &Results) -> String {
    let mut out = format!("## {}\n\n", cpu.name);
    if !cpu.has_vaes_and_avx512() {
        out.push_str(
            "\"What is to be reached\" is stated for a CPU with VAES and AVX-512, which this one is \
             not.\n\n",
        );
    }
    out.push_str(&cpu.features());
    out.push_str(software);
    if let Some((oldest, newest)) = results.taken {
        let (oldest, newest) = (minute(oldest), minute(newest));
        put(&mut out, format_args!("- Samples: taken from {oldest} to {newest} UTC\n"));
    }
    reached(&mut out, &results.groups);
    bound(&mut out, &results.groups);
    rows(&mut out, &results.groups);
    out
}

/// Year to minute, UTC.
fn minute(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", time.hour(), time.minute())
}

/// Every claim.
fn reached(out: &mut String, groups: &Groups) {
    out.push_str("\n### What is to be reached\n\n");
    out.push_str("| row | ours, ns | over | ns | ratio | at least | reached |\n");
    out.push_str("|---|---:|---|---:|---:|---:|---|\n");
    for claim in claims() {
        let row = match claim.ours {
            OURS => claim.group.clone(),
            ours => format!("{}: {ours}", claim.group),
        };
        let verdict = match claim.judge(groups) {
            Some(outcome) => format!(
                "{:.1} | {} | {:.1} | {} | {} | {}",
                outcome.ours,
                outcome.over.0,
                outcome.over.1,
                outcome.found(),
                claim.asked(),
                if outcome.reached { "yes" } else { "**no**" }
            ),
            None => format!("| {} | | | {} | not measured", claim.over.name(), claim.asked()),
        };
        put(out, format_args!("| {row} | {verdict} |\n"));
    }
}

/// Ours against what AES-GCM cannot do without, where that was measured.
fn bound(out: &mut String, groups: &Groups) {
    let mut lines = String::new();
    for (name, group) in groups.iter().filter(|(name, _)| name.starts_with("aead/bound/")) {
        let sealed = groups.get(&name.replace("/bound/", "/seal/"));
        if let (Some(bound), Some(ours)) =
            (group.get("bound"), sealed.and_then(|group| group.get(OURS)))
        {
            let (bound, ours) = (bound.time, ours.time);
            let percent = 100.0 * bound / ours;
            put(
                &mut lines,
                format_args!(
                    "- {name}: bound {bound:.0} ns, ours {ours:.0} ns: {percent:.0} % of it \
                     reached\n"
                ),
            );
        }
    }
    if !lines.is_empty() {
        out.push_str(
            "\n### The bound\n\nThe AES rounds and the three carry-less multiplications a block \
             that AES-GCM cannot do without, alone, on 512-bit vectors, against sealing 16 KiB in \
             the same run:\n\n",
        );
        out.push_str(&lines);
    }
}

/// Every group: ours against the fastest other if both are there, otherwise all times.
fn rows(out: &mut String, groups: &Groups) {
    out.push_str("\n### Every row\n\n| row | chancery | fastest other | ratio | all others |\n");
    out.push_str("|---|---:|---:|---:|---|\n");
    for (name, group) in groups {
        let all = |ours: bool| {
            let times = group.iter().filter(|(who, _)| ours || !who.starts_with(OURS));
            times
                .map(|(who, found)| format!("{who} {:.1}", found.time))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let row = match (group.get(OURS), fastest_other(group)) {
            (Some(ours), Some((who, best))) => {
                let ours = ours.time;
                format!("{ours:.1} | {who} {best:.1} | {:.2} | {}", best / ours, all(false))
            }
            _ => format!("| | | {}", all(true)),
        };
        put(out, format_args!("| {name} | {row} |\n"));
    }
}

/// Writing to a string cannot fail.
fn put(out: &mut String, what: core::fmt::Arguments<'_>) {
    let _ = out.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use results::tests::groups;

    fn seal() -> Groups {
        let times = [("chancery", 1000.0), ("ring", 1500.0), ("openssl", 1149.0)];
        groups(&[("aead/seal/aes128gcm/16384", &times)])
    }

    fn chapter_of(flags: &str, groups: Groups) -> String {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let results = Results { groups, taken: Some((at(1_795_622_399), at(1_795_708_860))) };
        let cpu = Cpu::parse(&format!("model name\t: Some CPU\nflags\t: {flags}\n"));
        chapter(&cpu, "- Compiler: none\n", &results)
    }

    #[test]
    fn a_chapter_of_made_up_results() {
        let mut all = seal();
        all.extend(groups(&[
            ("aead/bound/aes128gcm/16384", &[("bound", 900.0)]),
            (
                "chain_verify",
                &[
                    ("bare signatures", 100.0),
                    ("chancery cold", 104.0),
                    ("chancery warm", 5.0),
                    ("rustls-webpki", 130.0),
                ],
            ),
        ]));
        let chapter = chapter_of("vaes avx512f", all);
        for line in [
            "## Some CPU, family unknown, model unknown, 0 cores seen",
            "- Compiler: none",
            "- Samples: taken from 2026-11-25 15:59 to 2026-11-26 16:01 UTC",
            "### What is to be reached",
            "| aead/seal/aes128gcm/16384 | 1000.0 | openssl | 1149.0 | 1.149 | 1.15 | **no** |",
            "| aead/open/aes128gcm/16384 | | fastest other | | | 1.15 | not measured |",
            "| chain_verify: chancery cold | 104.0 | bare signatures | 100.0 | 0.962 | 0.95 | yes |",
            "| chain_verify: chancery warm | 5.0 | chancery cold | 104.0 | 20.800 | 20.00 | yes |",
            "| x509/crl of 1,000,000: chancery walk | | memory scan | | | 0.50 or over 1 GB/s | not \
             measured |",
            "### The bound",
            "- aead/bound/aes128gcm/16384: bound 900 ns, ours 1000 ns: 90 % of it reached",
            "### Every row",
            "| aead/seal/aes128gcm/16384 | 1000.0 | openssl 1149.0 | 1.15 | openssl 1149.0, ring 1500.0 |",
            "| chain_verify | | | | bare signatures 100.0, chancery cold 104.0, chancery warm 5.0, \
             rustls-webpki 130.0 |",
        ] {
            assert!(chapter.lines().any(|found| found == line), "{line}\n{chapter}");
        }
        assert!(!chapter.contains("is stated for"));
    }

    #[test]
    fn a_cpu_without_avx512_has_the_claims_but_no_bound() {
        let chapter = chapter_of("vaes", seal());
        assert!(chapter.contains("is stated for a CPU with VAES and AVX-512"));
        assert!(chapter.contains("\n### What is to be reached\n"));
        assert!(chapter.contains("| 1.149 | 1.15 | **no** |"));
        assert!(!chapter.contains("The bound"));
    }
}
