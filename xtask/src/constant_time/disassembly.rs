//! The instructions of the kernels: valgrind knows neither AVX-512 nor VAES.

use std::fs;

use crate::process::{self, Failure, cargo, root};

/// What the functions of the kernels without AVX-512 have in their names.
const NARROW: [&str; 4] = ["gcm_vaes256", "ghash256", "chacha20poly1305_avx2", "chacha20_rows256"];

/// The instructions of the kernels, from the compiler's assembly.
pub(super) fn run() -> Result<(), Failure> {
    let target = root().join("target/constant-time");
    let out = target.join("kernels.s");
    fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    let mut command = cargo(&["rustc", "--locked", "--release", "--package", "chancery-aead"]);
    command.args(["--lib", "--target-dir"]).arg(&target).args(["--", "-C", "codegen-units=1"]);
    command.arg(format!("--emit=asm={}", out.display()));
    process::run(&mut command)?;
    let assembly = fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let (mut functions, mut narrow_functions, mut complaints) = (0, 0, Vec::new());
    for (name, body) in self::functions(&assembly) {
        if !name.contains("6x86_64") {
            continue;
        }
        functions += 1;
        let narrow = NARROW.iter().any(|part| name.contains(part));
        narrow_functions += usize::from(narrow);
        let scalar = name.contains("chacha20") || name.contains("poly1305");
        complaints.extend(
            body.iter()
                .filter(|line| leaks(line, scalar) || (narrow && is_avx512(line)))
                .map(|line| format!("{name}: {}", line.trim())),
        );
    }
    if functions < 8 || narrow_functions < 4 {
        return Err(format!("only {functions} functions of the kernels in {}", out.display()));
    }
    if !complaints.is_empty() {
        return Err(format!(
            "instructions that may leak, or that a CPU may lack:\n{}",
            complaints.join("\n")
        ));
    }
    println!(
        "disassembly: {functions} functions of the kernels; no gather or scatter, no division, no \
         test of a vector; in AES-GCM nothing moves from a vector to where branches and addresses \
         are made; in {narrow_functions} of the 256-bit kernels no AVX-512"
    );
    Ok(())
}

/// The functions of an assembly file: name and lines.
fn functions(assembly: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in assembly.lines() {
        if let Some(name) = line.strip_suffix(':')
            && name.starts_with("_")
        {
            found.push((name, Vec::new()));
        } else if line.starts_with('\t')
            && !line.starts_with("\t.")
            && let Some((_, body)) = found.last_mut()
        {
            body.push(line);
        }
    }
    found
}

/// Whether an instruction could carry secret data into a branch, an address or a time.
///
/// Secrets of the kernels live in vector registers. General registers, from which branches and
/// addresses come, get them only by the instructions named here; `scalar` allows the moves, for
/// the scalar half of Poly1305, which multiplies and masks only.
fn leaks(line: &str, scalar: bool) -> bool {
    let mut words = line.split_whitespace();
    let mnemonic = words.next().unwrap_or_default();
    let operands: Vec<_> = words.collect();
    let to_general = || {
        operands.last().is_some_and(|to| to.starts_with("%r") || to.starts_with("%e"))
            && operands.iter().any(|from| from.starts_with("%xmm"))
    };
    let never = [
        "vpgather",
        "vgather",
        "vpscatter",
        "vscatter",
        "vptest",
        "ptest",
        "vtestp",
        "kortest",
        "ktest",
        "vpmovmskb",
        "pmovmskb",
        "vmovmsk",
        "vcomis",
        "vucomis",
        "div",
        "idiv",
        "vpcmp",
    ];
    let moves = ["vmovd", "vmovq", "vpextr", "movd", "movq", "pextr"];
    never.iter().any(|name| mnemonic.starts_with(name))
        || (!scalar && moves.iter().any(|name| mnemonic.starts_with(name)) && to_general())
}

/// Whether an instruction needs AVX-512: a mask, or a register that AVX2 does not have.
fn is_avx512(line: &str) -> bool {
    line.split(['%', ' ', ',', ')', '}', '{']).any(|word| match word.split_at_checked(3) {
        Some(("zmm", _)) => true,
        Some(("xmm" | "ymm", number)) => number.parse().is_ok_and(|number: u8| number >= 16),
        _ => matches!(word.as_bytes(), [b'k', b'0'..=b'7']),
    }) || line.trim_start().starts_with("vpternlog")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaking_instructions_are_seen() {
        for line in [
            "\tvpgatherdd\t(%rax,%zmm1,4), %zmm0 {%k1}",
            "\tvptest\t%ymm0, %ymm0",
            "\tkortestw\t%k0, %k0",
            "\tvpmovmskb\t%ymm0, %eax",
            "\tdivq\t%rcx",
            "\tvmovq\t%xmm0, %rax",
            "\tvpextrq\t$1, %xmm0, %rax",
        ] {
            assert!(leaks(line, false), "{line}");
        }
        for line in ["\tvaesenc\t%zmm1, %zmm0, %zmm0", "\tvmovq\t%rax, %xmm0", "\taddq\t$1, %rax"] {
            assert!(!leaks(line, false), "{line}");
        }
    }

    #[test]
    fn avx512_is_seen() {
        for line in [
            "\tvaesenc\t%zmm1, %zmm0, %zmm0",
            "\tvmovdqu8\t(%rax), %ymm0 {%k1} {z}",
            "\tkmovq\t%rax, %k7",
            "\tvpxorq\t%ymm16, %ymm1, %ymm1",
            "\tvpxorq\t(%rax), %xmm3, %xmm31",
            "\tvpternlogq\t$150, %ymm0, %ymm1, %ymm2",
        ] {
            assert!(is_avx512(line), "{line}");
        }
        for line in ["\tvaesenc\t%ymm15, %ymm1, %ymm9", "\tvmovq\t%rax, %xmm0", "\tjmp\t.LBB3_16"] {
            assert!(!is_avx512(line), "{line}");
        }
    }

    #[test]
    fn functions_are_found() {
        let assembly = "_ZN1a6x86_641fE:\n\t.cfi_startproc\n\tret\n.L1:\n\tnop\n";
        assert_eq!(functions(assembly), [("_ZN1a6x86_641fE", vec!["\tret", "\tnop"])]);
    }
}
