//! Data from outside, for the conformance tests.

use std::{env, fs, path::PathBuf};

/// `CHANCERY_DATA`, or `../shared/data` beside the workspace.
fn root() -> PathBuf {
    env::var_os("CHANCERY_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        PathBuf::from,
    )
}

/// The text at `path` below `CHANCERY_DATA`, or below `../shared/data` beside the workspace.
///
/// # Panics
/// If it is missing, or not UTF-8; the message names the public `original`.
#[must_use]
pub fn read_to_string(path: &str, original: &str) -> String {
    String::from_utf8(read(path, original)).unwrap_or_else(|_| panic!("{path} is not UTF-8"))
}

/// The file at `path` below `CHANCERY_DATA`, or below `../shared/data` beside the workspace.
///
/// # Panics
/// If it is missing; the message names the public `original`.
#[must_use]
pub fn read(path: &str, original: &str) -> Vec<u8> {
    let file = root().join(path);
    fs::read(&file).unwrap_or_else(|error| {
        panic!(
            "{} is missing ({error}). It holds {original}; \
             put it there, or set CHANCERY_DATA to a folder that has {path}",
            file.display()
        )
    })
}

/// The folder at `path` below `CHANCERY_DATA`, or below `../shared/data` beside the workspace.
///
/// # Panics
/// If it is missing; the message names the public `original`.
#[must_use]
pub fn folder(path: &str, original: &str) -> PathBuf {
    let folder = root().join(path);
    assert!(
        folder.is_dir(),
        "{} is missing. It holds {original}; put it there, or set CHANCERY_DATA to a folder that has {path}",
        folder.display()
    );
    folder
}

/// The bytes that `text` writes in hexadecimal, white space aside.
///
/// # Panics
/// If it is not hexadecimal.
#[must_use]
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()).expect("hexadecimal"))
        .collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
