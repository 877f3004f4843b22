//! The conformance tests, which need data from outside: each `[[test]]` of chancery-tests whose name
//! begins with `conformance_`. None is skipped; one without its data fails and names the original.

use serde_json::Value;

use crate::process::{self, Failure, cargo};

const PACKAGE: &str = "chancery-tests";

pub(crate) fn run() -> Result<(), Failure> {
    let names = tests()?;
    let mut command = cargo(&["test", "--locked", "--package", PACKAGE]);
    for name in &names {
        command.args(["--test", name]);
    }
    process::run(command.arg("--no-fail-fast"))
        .map_err(|failure| format!("{failure}\n(of {})", names.join(", ")))
}

/// The names of the tests, in the order of the manifest.
fn tests() -> Result<Vec<String>, Failure> {
    let metadata = process::output(&mut cargo(&[
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let names: Vec<String> = list(&metadata, "packages")
        .iter()
        .filter(|package| package["name"] == PACKAGE)
        .flat_map(|package| list(package, "targets"))
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .filter(|name| name.starts_with("conformance_"))
        .collect();
    if names.is_empty() { Err(format!("{PACKAGE} has no conformance_* tests")) } else { Ok(names) }
}
