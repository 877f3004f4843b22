//! The chapters of BENCHMARKS.md, one a CPU: whoever measures replaces that of his own.
//!
//! ```text
//! # Benchmarks
//! ## a CPU with AVX-512
//! ## another
//! ## a CPU without
//! ```

use super::machine::names_avx512;

/// What begins a chapter.
const MARK: &str = "## ";

/// The file anew: `head`, the chapters of the `old` file that are of other CPUs, as they stand, and
/// `own`.
pub(super) fn merge(head: &str, old: &str, own: &str) -> String {
    let mut chapters = split(old);
    chapters.retain(|chapter| heading(chapter) != heading(own));
    chapters.push(own.to_owned());
    // By name too, so that the order does not depend on who measured last.
    chapters.sort_by(|a, b| {
        let key = |chapter| (!names_avx512(chapter), heading(chapter));
        key(a).cmp(&key(b))
    });
    let parts = core::iter::once(head).chain(chapters.iter().map(String::as_str));
    parts.map(str::trim_end).collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The chapters of a file, without what stands before the first.
fn split(file: &str) -> Vec<String> {
    let mut chapters = Vec::new();
    for line in file.lines() {
        if line.starts_with(MARK) {
            chapters.push(String::new());
        }
        if let Some(chapter) = chapters.last_mut() {
            chapter.push_str(line);
            chapter.push('\n');
        }
    }
    chapters
}

fn heading(chapter: &str) -> &str {
    chapter.lines().next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# Benchmarks\n\nWhat they are.\n";
    const ZEN4: &str = "## Zen 4\n\n- Features: with avx2 avx512f\n\n### Every row\n\n| 4 |\n";
    const ZEN3: &str = "## Zen 3\n\n- Features: with avx2; without avx512f\n\n### Every row\n";
    const OLDER: &str = "## An older one\n\nBy hand.\n\n- Features: with aes; without avx512f\n";

    fn check(old: &str, own: &str, expected: &[&str]) {
        assert_eq!(merge(HEAD, old, own), format!("{HEAD}\n{}", expected.join("\n")));
    }

    fn file(chapters: &[&str]) -> String {
        format!("# Another head\n\n{}", chapters.join("\n"))
    }

    #[test]
    fn the_own_chapter_is_replaced_and_the_others_are_kept() {
        let again = ZEN4.replace("| 4 |", "| 5 |");
        check(&file(&[ZEN4]), &again, &[&again]);
        check(&file(&[ZEN4, OLDER, ZEN3]), &again, &[&again, OLDER, ZEN3]);
        check(&file(&[ZEN4, ZEN4, ZEN3]), &again, &[&again, ZEN3]);
        // What is measured twice changes nothing.
        check(&merge(HEAD, &file(&[ZEN3]), ZEN4), ZEN4, &[ZEN4, ZEN3]);
    }

    #[test]
    fn those_with_avx512_come_first() {
        check(&file(&[ZEN4]), ZEN3, &[ZEN4, ZEN3]);
        check(&file(&[ZEN3]), ZEN4, &[ZEN4, ZEN3]);
        check(&file(&[ZEN3, OLDER]), ZEN4, &[ZEN4, OLDER, ZEN3]);
        let newer = ZEN4.replace("Zen 4", "Zen 5");
        check(&file(&[&newer, ZEN3]), ZEN4, &[ZEN4, &newer, ZEN3]);
    }

    #[test]
    fn a_file_without_chapters() {
        check("", ZEN3, &[ZEN3]);
        check("# Benchmarks\n\nNone yet.\n", ZEN3, &[ZEN3]);
    }

    #[test]
    fn another_count_of_cores_is_another_cpu() {
        let more = ZEN3.replace("Zen 3", "Zen 3, 8 cores seen");
        check(&file(&[ZEN3]), &more, &[ZEN3, &more]);
    }
}
