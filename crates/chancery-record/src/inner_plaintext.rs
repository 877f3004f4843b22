//! What is inside a protected record (RFC 8446 §5.2, §5.4).
//!
//! ```text
//! struct {
//!     opaque content[TLSPlaintext.length];
//!     ContentType type;
//!     uint8 zeros[length_of_padding];
//! } TLSInnerPlaintext;
//! ```

use core::hint::black_box;

use crate::{ContentType, Violation, deframe::check_content};

/// The longest `TLSInnerPlaintext`, in bytes: content and its type (RFC 8446 §5.4).
pub(crate) const MAX_INNER_LEN: usize = crate::MAX_PLAINTEXT_LEN + 1;

/// Content type and content length of `inner`, padding stripped.
///
/// # Errors
/// If there is no content type, or the content is not what its type allows.
pub(crate) fn split(inner: &[u8]) -> Result<(ContentType, usize), Violation> {
    let (code, len) = match inner.last() {
        // Without padding, which is nearly always, nothing is searched.
        Some(&code) if code != 0 => (code, inner.len() - 1),
        _ => strip_padding(inner),
    };
    if code == 0 {
        return Err(Violation::NoContentType);
    }
    // RFC 8446 §5: no protected change_cipher_spec, and nothing unknown.
    let content_type = ContentType::from_code(code).ok_or(Violation::UnknownContentType)?;
    let content = inner.get(..len).unwrap_or_default();
    check_content(content_type, content)?;
    Ok((content_type, len))
}

/// Finds the content type of a `TLSInnerPlaintext`: its last byte that is not zero, with its index,
/// which is the length of the content; zeros if there is none (RFC 8446 §5.4).
///
/// [`Opener`](crate::Opener) does this itself; it is here for records that are opened by other means.
///
/// It reads all of `inner` and branches on none of it, so that its time does not tell how much of a
/// padded record is padding (RFC 8446 §5.4, §E.3); `cargo xtask constant-time` checks that.
///
/// ```
/// let inner = b"hello\x17\0\0\0";
/// assert_eq!(chancery_record::strip_padding(inner), (23, 5));
/// ```
#[must_use]
pub fn strip_padding(inner: &[u8]) -> (u8, usize) {
    // The last block of 64 that is not all zeros, copied whenever one comes, is found at the speed
    // of vectors; the byte within it follows.
    let (blocks, tail) = inner.as_chunks::<64>();
    let (mut block, mut start) = ([0; 64], 0);
    for (index, candidate) in blocks.iter().enumerate() {
        let any = candidate.iter().fold(0, |any, byte| any | byte);
        let keep = ones_if_nonzero(any);
        for (to, from) in block.iter_mut().zip(candidate) {
            *to = (*to & !keep) | (from & keep);
        }
        start = select(keep, index * 64, start);
    }
    let mut found = (0, 0);
    let tail_start = inner.len() - tail.len();
    let places = block.iter().enumerate().map(|(offset, byte)| (start + offset, byte));
    let tail_places = tail.iter().enumerate().map(|(offset, byte)| (tail_start + offset, byte));
    for (index, byte) in places.chain(tail_places) {
        let keep = ones_if_nonzero(*byte);
        found = ((found.0 & !keep) | (byte & keep), select(keep, index, found.1));
    }
    found
}

/// 0xff if `byte` is not zero, otherwise 0.
fn ones_if_nonzero(byte: u8) -> u8 {
    // Hidden from the optimizer, which would be free to branch on it.
    black_box(u8::from(byte != 0).wrapping_neg())
}

/// `yes` if `mask` is 0xff, `no` if it is 0.
fn select(mask: u8, yes: usize, no: usize) -> usize {
    let mask = usize::from(mask & 1).wrapping_neg();
    (yes & mask) | (no & !mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_stripped_wherever_it_begins() {
        // RFC 8446 §5.4.
        extern crate std;
        let mut inner = std::vec![0; 300];
        for content_len in 1..inner.len() {
            inner.fill(0);
            inner[..content_len].fill(0xee);
            inner[content_len] = 23;
            assert_eq!(split(&inner), Ok((ContentType::ApplicationData, content_len)));
            // Zeros are content when they stand before the type.
            inner[..content_len].fill(0);
            assert_eq!(split(&inner), Ok((ContentType::ApplicationData, content_len)));
        }
    }

    #[test]
    fn no_content_type() {
        for inner in [&[][..], &[0], &[0; 64]] {
            assert_eq!(split(inner), Err(Violation::NoContentType));
        }
    }

    #[test]
    fn content_against_its_type() {
        let check = |inner: &[u8], expected| assert_eq!(split(inner), expected);
        check(&[23], Ok((ContentType::ApplicationData, 0)));
        check(&[23, 0, 0], Ok((ContentType::ApplicationData, 0)));
        // RFC 8446 §5.4: no empty handshake or alert, padded or not.
        check(&[22], Err(Violation::EmptyFragment));
        check(&[22, 0], Err(Violation::EmptyFragment));
        check(&[21], Err(Violation::EmptyFragment));
        // RFC 8446 §5.1: exactly one alert.
        check(&[1, 0, 21], Ok((ContentType::Alert, 2)));
        check(&[1, 21], Err(Violation::FragmentedAlert));
        check(&[1, 0, 1, 0, 21], Err(Violation::FragmentedAlert));
        // RFC 8446 §5.
        check(&[1, 20], Err(Violation::UnexpectedContentType));
        check(&[1, 24], Err(Violation::UnknownContentType));
        check(&[1, 255, 0], Err(Violation::UnknownContentType));
    }
}
