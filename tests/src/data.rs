//! Data from outside, for the conformance tests.

use std::{env, fs, path::PathBuf};

/// The file at `path` below `CHANCERY_DATA`, or below `../shared/data` beside the workspace.
///
/// # Panics
/// If it is missing; the message names the public `original`.
#[must_use]
pub fn read_to_string(path: &str, original: &str) -> String {
    let folder = env::var_os("CHANCERY_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        PathBuf::from,
    );
    let file = folder.join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| {
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
    let all = env::var_os("CHANCERY_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        PathBuf::from,
    );
    let folder = all.join(path);
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
