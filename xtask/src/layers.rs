//! The dependency table of ARCHITECTURE.md against `cargo metadata`.
//!
//! Only normal dependencies count: a crate's tests may use whatever they compare it with. A crate that
//! the table does not know, and a dependency that its row does not allow, are failures alike. The rule
//! that `unsafe` lives in chancery-aead alone is checked here too, by the attribute that enforces it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::process::{Failure, cargo, output, root};

/// Which normal dependencies each crate may have; a row ending in `*` may have any.
const TABLE: &[(&str, &[&str])] = &[
    ("chancery-crypto", &["subtle", "zeroize"]),
    ("chancery-aead", &["chancery-crypto", "aead", "ring", "subtle", "zeroize"]),
    ("chancery-x509", &["const-oid", "der", "pem-rfc7468", "spki", "zeroize"]),
    (
        "chancery-chain",
        &[
            "chancery-x509",
            "idna",
            "psl",
            "rustls-pki-types",
            "serde",
            "sha1",
            "sha2",
            "smallvec",
            "spin",
        ],
    ),
    (
        "chancery-issue",
        &[
            "chancery-crypto",
            "chancery-x509",
            "const-oid",
            "crypto-bigint",
            "pem-rfc7468",
            "rustls-pki-types",
            "sha1",
            "sha2",
            "zeroize",
        ],
    ),
    ("chancery-wire", &[]),
    ("chancery-key-schedule", &["chancery-crypto", "subtle", "zeroize"]),
    ("chancery-record", &["chancery-crypto", "subtle", "zeroize"]),
    (
        "chancery-handshake",
        &[
            "chancery-chain",
            "chancery-crypto",
            "chancery-key-schedule",
            "chancery-wire",
            "rustls-pki-types",
            "subtle",
            "zeroize",
        ],
    ),
    (
        "chancery-ring",
        &[
            "chancery-aead",
            "chancery-crypto",
            "libcrux-ml-kem",
            "ring",
            "rsa",
            "rustls-pki-types",
            "zeroize",
        ],
    ),
    (
        "chancery",
        &[
            "chancery-aead",
            "chancery-chain",
            "chancery-crypto",
            "chancery-handshake",
            "chancery-key-schedule",
            "chancery-record",
            "chancery-ring",
            "chancery-wire",
            "chancery-x509",
            "rustls-pki-types",
            "zeroize",
        ],
    ),
    ("chancery-cli", &["*"]),
    ("chancery-tests", &["*"]),
    ("chancery-benches", &["*"]),
    ("xtask", &["*"]),
];

/// Crates that are not libraries for others, and so nobody's normal dependency.
const LEAVES: &[&str] = &["chancery-cli", "chancery-tests", "chancery-benches", "xtask"];

pub(crate) fn run() -> Result<(), Failure> {
    let metadata = output(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let mut wrong = violations(&metadata);
    wrong.extend(unsafe_violations(&metadata));
    if wrong.is_empty() {
        println!("layers: {} crates keep to the table", packages(&metadata).len());
        Ok(())
    } else {
        Err(format!("layers are broken\n  {}", wrong.join("\n  ")))
    }
}

/// Each workspace package's normal dependencies, by package name.
fn packages(metadata: &Value) -> BTreeMap<&str, Vec<&str>> {
    let all = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|p| Some((p.get("name")?.as_str()?, normal_dependencies(p)))).collect()
}

fn normal_dependencies(package: &Value) -> Vec<&str> {
    let all = package.get("dependencies").and_then(Value::as_array);
    let others = all.into_iter().flatten();
    let normal = others.filter(|d| d.get("kind").is_none_or(|kind| kind != "dev"));
    normal.filter_map(|d| d.get("name").and_then(Value::as_str)).collect()
}

fn violations(metadata: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, dependencies) in packages(metadata) {
        let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == package) else {
            wrong.push(format!("{package} is not in the table"));
            continue;
        };
        for dependency in dependencies {
            if LEAVES.contains(&dependency) {
                wrong.push(format!("{package} depends on {dependency}, which nothing may"));
            } else if !allowed.contains(&"*") && !allowed.contains(&dependency) {
                wrong.push(format!("{package} may not depend on {dependency}"));
            }
        }
    }
    wrong
}

/// Library crates other than chancery-aead whose root does not forbid `unsafe`.
fn unsafe_violations(metadata: &Value) -> Vec<String> {
    let names = packages(metadata);
    let crates = names.keys().filter(|name| **name != "chancery-aead");
    let roots = crates.flat_map(|name| {
        ["lib.rs", "main.rs"].map(|file| root().join("crates").join(name).join("src").join(file))
    });
    roots
        .filter_map(|path| Some((fs::read_to_string(&path).ok()?, path)))
        .filter(|(text, _)| !text.contains("#![forbid(unsafe_code)]"))
        .map(|(_, path)| format!("{} does not forbid unsafe code", path.display()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(package: &str, dependency: &str, kind: Option<&str>) -> usize {
        let dependencies = [json!({ "name": dependency, "kind": kind })];
        violations(&json!({ "packages": [{ "name": package, "dependencies": dependencies }] }))
            .len()
    }

    #[test]
    fn only_arrows_of_the_table_are_allowed() {
        assert_eq!(check("chancery-handshake", "chancery-wire", None), 0);
        assert_eq!(check("chancery-handshake", "chancery-record", None), 1);
        assert_eq!(check("chancery-record", "chancery-wire", None), 1);
        assert_eq!(check("chancery-chain", "chancery-issue", None), 1);
        assert_eq!(check("chancery", "chancery-issue", None), 1);
    }

    #[test]
    fn tests_may_use_anything() {
        assert_eq!(check("chancery-chain", "chancery-issue", Some("dev")), 0);
        assert_eq!(check("chancery-chain", "chancery-issue", Some("build")), 1);
    }

    #[test]
    fn nothing_depends_on_a_leaf_and_unknown_crates_are_named() {
        assert_eq!(check("chancery-cli", "chancery-tests", None), 1);
        assert_eq!(check("chancery-surprise", "zeroize", None), 1);
    }
}
