//! The AEAD kernels: every one that this CPU can run against every other, by name.

use crate::process::{self, Failure, cargo};

pub(crate) fn run() -> Result<(), Failure> {
    let test = ["test", "--locked", "--package", "chancery-aead", "--test", "kernels", "--"];
    let shown = process::output(cargo(&test).args(["--nocapture", "--test-threads", "1"]))?;
    // With --nocapture a test's first line follows its name on the same line.
    let lines: Vec<_> =
        shown.lines().filter_map(|line| line.find("kernel ").map(|at| &line[at..])).collect();
    if lines.is_empty() {
        return Err("the kernel tests named no kernel".to_owned());
    }
    lines.iter().for_each(|line| println!("{line}"));
    println!(
        "each that ran equals the portable one: all lengths to 4096 and the record sizes, all alignments, in place and not, one a call and in batches"
    );
    Ok(())
}
