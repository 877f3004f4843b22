//! Ratios of the benchmarks, from what criterion left: what is to be reached, and every row.
//!
//! A figure is the fastest sample of a run: on a machine that does other things too, the median says
//! more about those.

mod claims;
mod machine;

use core::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::{self, Failure, cargo, root};
use claims::{Groups, OURS, claims, fastest_other};

pub(crate) fn run() -> Result<(), Failure> {
    let metadata = process::output(&mut cargo(&["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let target = metadata["target_directory"].as_str().ok_or("cargo names no target directory")?;
    let mut groups = Groups::new();
    collect(&Path::new(target).join("criterion"), &mut groups)?;
    if groups.is_empty() {
        return Err("no results: run `cargo bench -p chancery-benches` first".to_owned());
    }
    let report = report(&groups, &machine::describe(&metadata)?);
    print!("{report}");
    fs::write(root().join("BENCHMARKS.md"), report).map_err(|error| error.to_string())
}

/// Every `new/benchmark.json` below `folder`, with the sample beside it.
fn collect(folder: &Path, groups: &mut Groups) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        // A benchmark that was stopped leaves no such file.
        if path.ends_with("new") && path.join("benchmark.json").exists() {
            let benchmark = json(&path.join("benchmark.json"))?;
            let text = |name: &str| benchmark[name].as_str().unwrap_or_default();
            // A benchmark with a parameter has it in its name.
            let function = match text("value_str") {
                "" => text("function_id").to_owned(),
                value => format!("{} {value}", text("function_id")),
            };
            if let Some(time) = fastest(&json(&path.join("sample.json"))?) {
                groups.entry(text("group_id").to_owned()).or_default().insert(function, time);
            }
        } else {
            collect(&path, groups)?;
        }
    }
    Ok(())
}

/// Nanoseconds an iteration in the fastest sample.
fn fastest(sample: &Value) -> Option<f64> {
    let numbers = |name: &str| {
        let list = sample[name].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_f64)
    };
    numbers("times")
        .zip(numbers("iters"))
        .map(|(time, iterations)| time / iterations)
        .min_by(f64::total_cmp)
}

fn json(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn report(groups: &Groups, machine: &str) -> String {
    let mut out = format!(
        "# Benchmarks\n\n{machine}\nNanoseconds an iteration, the fastest sample of each; a ratio \
         says how many times as fast ours is, in the same run. `cargo bench -p chancery-benches`, \
         then `cargo xtask bench-report`.\n\n"
    );
    reached(&mut out, groups);
    bound(&mut out, groups);
    rows(&mut out, groups);
    out
}

/// Every claim.
fn reached(out: &mut String, groups: &Groups) {
    out.push_str("## What is to be reached\n\n");
    out.push_str("| row | ours, ns | over | ns | ratio | at least | reached |\n");
    out.push_str("|---|---:|---|---:|---:|---:|---|\n");
    for claim in claims() {
        let row = match claim.ours {
            OURS => claim.group.clone(),
            ours => format!("{}: {ours}", claim.group),
        };
        let verdict = match claim.judge(groups) {
            Some(outcome) => format!(
                "{:.1} | {} | {:.1} | {:.3} | {:.2} | {}",
                outcome.ours,
                outcome.over.0,
                outcome.over.1,
                outcome.ratio,
                claim.at_least,
                if outcome.reached { "yes" } else { "**no**" }
            ),
            None => format!("| {} | | | {:.2} | not measured", claim.over.name(), claim.at_least),
        };
        put(out, format_args!("| {row} | {verdict} |\n"));
    }
}

/// Ours against what AES-GCM cannot do without.
fn bound(out: &mut String, groups: &Groups) {
    out.push_str(
        "\n## The bound\n\nThe AES rounds and the three carry-less multiplications a block that \
         AES-GCM cannot do without, alone, on 512-bit vectors, against sealing 16 KiB in the same \
         run:\n\n",
    );
    for (name, group) in groups.iter().filter(|(name, _)| name.starts_with("aead/bound/")) {
        let sealed = groups.get(&name.replace("/bound/", "/seal/"));
        if let (Some(bound), Some(ours)) =
            (group.get("bound"), sealed.and_then(|group| group.get(OURS)))
        {
            let percent = 100.0 * bound / ours;
            put(
                out,
                format_args!(
                    "- {name}: bound {bound:.0} ns, ours {ours:.0} ns: {percent:.0} % of it \
                     reached\n"
                ),
            );
        }
    }
}

/// Every group: ours against the fastest other if both are there, otherwise all times.
fn rows(out: &mut String, groups: &Groups) {
    out.push_str("\n## Every row\n\n| row | chancery | fastest other | ratio | all others |\n");
    out.push_str("|---|---:|---:|---:|---|\n");
    for (name, group) in groups {
        let all = |ours: bool| {
            let times = group.iter().filter(|(who, _)| ours || !who.starts_with(OURS));
            times.map(|(who, time)| format!("{who} {time:.1}")).collect::<Vec<_>>().join(", ")
        };
        let row = match (group.get(OURS), fastest_other(group)) {
            (Some(ours), Some((who, best))) => {
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
    use serde_json::json;

    #[test]
    fn the_fastest_sample_counts() {
        let sample = json!({"iters": [10.0, 20.0, 30.0], "times": [1000.0, 1800.0, 3300.0]});
        assert_eq!(fastest(&sample), Some(90.0));
        assert_eq!(fastest(&json!({"iters": [], "times": []})), None);
    }

    #[test]
    fn a_report_of_made_up_results() {
        let group = |times: &[(&str, f64)]| {
            times.iter().map(|(name, time)| ((*name).to_owned(), *time)).collect()
        };
        let groups = Groups::from([
            (
                "aead/seal/aes128gcm/16384".to_owned(),
                group(&[("chancery", 1000.0), ("ring", 1500.0), ("openssl", 1149.0)]),
            ),
            ("aead/bound/aes128gcm/16384".to_owned(), group(&[("bound", 900.0)])),
            (
                "chain_verify".to_owned(),
                group(&[
                    ("bare signatures", 100.0),
                    ("chancery cold", 104.0),
                    ("chancery warm", 5.0),
                    ("rustls-webpki", 130.0),
                ]),
            ),
        ]);
        let report = report(&groups, "- CPU: none\n");
        for line in [
            "| aead/seal/aes128gcm/16384 | 1000.0 | openssl | 1149.0 | 1.149 | 1.15 | **no** |",
            "| aead/open/aes128gcm/16384 | | fastest other | | | 1.15 | not measured |",
            "| chain_verify: chancery cold | 104.0 | bare signatures | 100.0 | 0.962 | 0.95 | yes |",
            "| chain_verify: chancery warm | 5.0 | chancery cold | 104.0 | 20.800 | 20.00 | yes |",
            "- aead/bound/aes128gcm/16384: bound 900 ns, ours 1000 ns: 90 % of it reached",
            "| aead/seal/aes128gcm/16384 | 1000.0 | openssl 1149.0 | 1.15 | openssl 1149.0, ring 1500.0 |",
            "| chain_verify | | | | bare signatures 100.0, chancery cold 104.0, chancery warm 5.0, \
             rustls-webpki 130.0 |",
        ] {
            assert!(report.lines().any(|found| found == line), "{line}\n{report}");
        }
    }
}
