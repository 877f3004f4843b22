//! The preparation of strings for comparing (RFC 4518), one character at a time.
//!
//! Transcoding has happened; here are the mapping (§2.2) with case folding and the handling of insignificant spaces
//! (§2.6.1). Normalising to NFKC (§2.3) and prohibiting characters (§2.4) are left out.

/// The prepared characters of a string.
pub(super) fn prepared(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    // Upper, then lower: that also folds the final sigma and the sharp s, as RFC 3454 table B.2 does.
    let folded = chars.filter_map(map).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    Spaces { chars: folded, next: None, started: false }
}

/// RFC 4518 §2.2: some characters count for nothing, some for a space.
fn map(c: char) -> Option<char> {
    match c {
        '\t'..='\r' | '\u{85}' => Some(' '),
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' => None,
        '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' => None,
        '\u{1806}' | '\u{180b}'..='\u{180e}' => None,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' => None,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => None,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' => Some(' '),
        '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        c => Some(c),
    }
}

/// Without spaces at the ends, and with one for each run of them inside (RFC 4518 §2.6.1).
struct Spaces<I> {
    chars: I,
    /// The character that waits behind a space.
    next: Option<char>,
    started: bool,
}

impl<I: Iterator<Item = char>> Iterator for Spaces<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(c) = self.next.take() {
            return Some(c);
        }
        let c = self.chars.next()?;
        if c != ' ' {
            self.started = true;
            return Some(c);
        }
        let c = self.chars.find(|&c| c != ' ')?;
        if !self.started {
            self.started = true;
            return Some(c);
        }
        self.next = Some(c);
        Some(' ')
    }
}
