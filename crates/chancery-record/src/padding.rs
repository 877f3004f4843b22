//! How much padding a record gets (RFC 8446 §5.4).

/// How to hide the length of content, at the price of sending more.
///
/// A record never grows beyond the record size limit by it. Without padding every content length
/// shows on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Padding {
    /// None.
    #[default]
    None,
    /// Up to the next multiple of so many bytes, content type included. 0 and 1 pad nothing.
    Block(u16),
    /// Padmé (Nikitin et al., Reducing Metadata Leakage from Encrypted Files and Communication with
    /// PURBs, PETS 2019, §4): at most 12% more, and only O(log log) of the length shows.
    Padme,
    /// So many bytes of content, type and padding in every record; longer data is cut to fit. 0
    /// and 1 count as 2, which is one byte of content.
    Constant(u16),
}

impl Padding {
    /// The length of a `TLSInnerPlaintext` after padding; `inner_len` is that of content and type,
    /// `limit` the longest allowed.
    pub(crate) fn padded(self, inner_len: usize, limit: usize) -> usize {
        let padded = match self {
            Self::None => inner_len,
            Self::Block(block) => inner_len.next_multiple_of(usize::from(block.max(1))),
            Self::Padme => padme(inner_len),
            Self::Constant(len) => usize::from(len).max(2),
        };
        padded.min(limit).max(inner_len)
    }

    /// The longest content that one record may take, where `limit` is on the inner plaintext.
    pub(crate) fn max_content(self, limit: usize) -> usize {
        match self {
            Self::Constant(len) => usize::from(len).max(2).min(limit) - 1,
            Self::None | Self::Block(_) | Self::Padme => limit - 1,
        }
    }
}

/// The next length whose binary mantissa is no longer than its exponent.
fn padme(len: usize) -> usize {
    let Some(exponent) = len.checked_ilog2() else { return len };
    let Some(mantissa_bits) = exponent.checked_ilog2().map(|bits| bits + 1) else { return len };
    len.next_multiple_of(1 << exponent.saturating_sub(mantissa_bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_block_and_constant() {
        let check = |padding: Padding, inner_len, expected| {
            assert_eq!(padding.padded(inner_len, 100), expected, "{padding:?} {inner_len}");
        };
        check(Padding::None, 17, 17);
        check(Padding::Block(0), 17, 17);
        check(Padding::Block(16), 1, 16);
        check(Padding::Block(16), 16, 16);
        check(Padding::Block(16), 17, 32);
        check(Padding::Block(64), 65, 100);
        check(Padding::Constant(0), 2, 2);
        check(Padding::Constant(50), 1, 50);
        check(Padding::Constant(50), 50, 50);
        check(Padding::Constant(1000), 50, 100);
        assert_eq!(Padding::Constant(50).max_content(100), 49);
        assert_eq!(Padding::Constant(0).max_content(100), 1);
        assert_eq!(Padding::Padme.max_content(100), 99);
    }

    #[test]
    fn padme_lengths() {
        // By hand from the paper's definition: E = floor(log2 L), S = floor(log2 E) + 1, and the
        // last E - S bits are rounded up.
        let check = |len, expected| assert_eq!(padme(len), expected, "{len}");
        check(0, 0);
        check(1, 1);
        check(2, 2);
        check(7, 7);
        check(9, 10);
        check(100, 104);
        check(1000, 1024);
        check(1025, 1088);
        check(16_385, 17_408);
        for len in 1..20_000 {
            let padded = padme(len);
            assert!(padded >= len && padded * 100 <= len * 112, "{len}: {padded}");
            assert_eq!(padme(padded), padded);
        }
    }
}
