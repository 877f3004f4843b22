//! What criterion left: every benchmark's fastest sample, and when the samples were taken.
//!
//! ```text
//! target/criterion/<group>/<function>/new/benchmark.json    names, and bytes an iteration
//!                                         sample.json       times and iterations of each sample
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

use crate::process::Failure;

/// What a benchmark came to.
#[derive(Clone, Copy)]
pub(super) struct Measurement {
    /// Nanoseconds an iteration.
    pub(super) time: f64,
    /// Bytes an iteration, where the benchmark says so.
    pub(super) bytes: Option<f64>,
}

/// Everybody in a group, by name.
pub(super) type Group = BTreeMap<String, Measurement>;

/// All groups, by name.
pub(super) type Groups = BTreeMap<String, Group>;

/// Who is ours in a group: what begins so.
pub(super) const OURS: &str = "chancery";

/// The fastest in a group that is not ours, and its time.
pub(super) fn fastest_other(group: &Group) -> Option<(String, f64)> {
    group
        .iter()
        .filter(|(name, _)| !name.starts_with(OURS))
        .min_by(|a, b| a.1.time.total_cmp(&b.1.time))
        .map(|(name, other)| (name.clone(), other.time))
}

/// All results of a target folder, which may be of several runs: criterion never deletes any.
#[derive(Default)]
pub(super) struct Results {
    pub(super) groups: Groups,
    /// When the oldest and the newest samples were taken.
    pub(super) taken: Option<(SystemTime, SystemTime)>,
}

impl Results {
    /// Adds every `new/benchmark.json` below `folder`, with the sample beside it.
    pub(super) fn collect(&mut self, folder: &Path) -> Result<(), Failure> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
            // A benchmark that was stopped leaves no such file.
            if path.ends_with("new") && path.join("benchmark.json").exists() {
                self.add(&path)?;
            } else {
                self.collect(&path)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path) -> Result<(), Failure> {
        let benchmark = json(&folder.join("benchmark.json"))?;
        let text = |name: &str| benchmark[name].as_str().unwrap_or_default();
        // A benchmark with a parameter has it in its name.
        let function = match text("value_str") {
            "" => text("function_id").to_owned(),
            value => format!("{} {value}", text("function_id")),
        };
        let sample = folder.join("sample.json");
        if let Some(time) = fastest(&json(&sample)?) {
            let taken = fs::metadata(&sample).and_then(|data| data.modified());
            self.widen(taken.map_err(|error| format!("{}: {error}", sample.display()))?);
            let bytes = benchmark["throughput"]["Bytes"].as_f64();
            let group = self.groups.entry(text("group_id").to_owned()).or_default();
            group.insert(function, Measurement { time, bytes });
        }
        Ok(())
    }

    fn widen(&mut self, taken: SystemTime) {
        let (oldest, newest) = self.taken.unwrap_or((taken, taken));
        self.taken = Some((oldest.min(taken), newest.max(taken)));
    }
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use core::time::Duration;
    use serde_json::json;

    /// Groups of made-up times, without bytes.
    pub(in crate::bench_report) fn groups(results: &[(&str, &[(&str, f64)])]) -> Groups {
        let group = |times: &[(&str, f64)]| {
            let measured = |time: f64| Measurement { time, bytes: None };
            times.iter().map(|(name, time)| ((*name).to_owned(), measured(*time))).collect()
        };
        results.iter().map(|(name, times)| ((*name).to_owned(), group(times))).collect()
    }

    #[test]
    fn the_fastest_sample_counts() {
        let sample = json!({"iters": [10.0, 20.0, 30.0], "times": [1000.0, 1800.0, 3300.0]});
        assert_eq!(fastest(&sample), Some(90.0));
        assert_eq!(fastest(&json!({"iters": [], "times": []})), None);
    }

    #[test]
    fn the_span_is_of_the_oldest_and_the_newest() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut results = Results::default();
        for (taken, expected) in [(50, (50, 50)), (70, (50, 70)), (60, (50, 70)), (40, (40, 70))] {
            results.widen(at(taken));
            assert_eq!(results.taken, Some((at(expected.0), at(expected.1))));
        }
    }
}
