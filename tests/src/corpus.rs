//! The inputs that fuzzing has collected, and their replay.

use std::{fs, path::Path};

/// Runs `property` over every input of `fuzz/corpus/<target>`, in the order of their names, and over
/// the empty one.
///
/// # Panics
/// If there is no such corpus, or the property does not hold.
pub fn replay(target: &str, property: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|e| panic!("no corpus at {}: {e}", folder.display()));
    let mut inputs: Vec<_> =
        entries.map(|entry| entry.expect("the corpus is readable").path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "the corpus at {} is empty", folder.display());
    property(&[]);
    for input in inputs {
        // Named before it runs: the last name printed is the one that failed.
        println!("{}", input.display());
        property(&fs::read(&input).expect("the input is readable"));
    }
}
