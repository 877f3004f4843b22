//! Test data whose every byte is known from its position.

use std::io::{self, BufRead, Read, Write};

/// The pattern's period in bytes: a prime, so that it never falls in step with records or buffers,
/// and a record that is lost, doubled or out of order cannot go unseen.
const PERIOD: usize = 1_000_003;

/// A pattern of pseudo-random bytes, repeated for as long as is asked.
#[derive(Debug)]
pub(crate) struct Payload {
    period: Vec<u8>,
}

impl Payload {
    /// The pattern that `seed` stands for.
    pub(crate) fn new(seed: u64) -> Self {
        // xorshift64*: good enough to look random, and no secret.
        let mut state = seed | 1;
        let bytes = core::iter::repeat_with(|| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()
        });
        Self { period: bytes.flatten().take(PERIOD).collect() }
    }

    /// The longest run of the pattern that stands together from `position` on, `limit` at most.
    fn at(&self, position: u64, limit: u64) -> &[u8] {
        let period = u64::try_from(PERIOD).unwrap_or(u64::MAX);
        let start = usize::try_from(position % period).unwrap_or_default();
        let rest = self.period.get(start..).unwrap_or_default();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        rest.get(..limit).unwrap_or(rest)
    }

    /// Writes the first `total` bytes, telling `progress` how far it came.
    pub(crate) fn write(
        &self,
        total: u64,
        to: &mut impl Write,
        mut progress: impl FnMut(u64),
    ) -> io::Result<()> {
        let mut position = 0;
        while position < total {
            let written = to.write(self.at(position, total - position))?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            position += u64::try_from(written).unwrap_or_default();
            progress(position);
        }
        to.flush()
    }

    /// Reads `total` bytes and compares each with the pattern.
    pub(crate) fn verify(
        &self,
        total: u64,
        from: &mut impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> io::Result<()> {
        let mut position = 0;
        while position < total {
            let received = from.fill_buf()?;
            let expected = self.at(position, total - position);
            let count = received.len().min(expected.len());
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if received.get(..count) != expected.get(..count) {
                let what = format!("data differs after {position} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            from.consume(count);
            position += u64::try_from(count).unwrap_or_default();
            progress(position);
        }
        Ok(())
    }
}

/// Reads the end of the stream; anything else that comes is an error.
pub(crate) fn expect_end(from: &mut impl Read) -> io::Result<()> {
    match from.read(&mut [0; 1])? {
        0 => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "more data than was announced")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(total: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        Payload::new(7).write(total, &mut bytes, |_| ()).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_what_is_expected() {
        for total in [0, 1, 1_000_003, 2_500_000] {
            let bytes = sent(total);
            assert_eq!(u64::try_from(bytes.len()).unwrap(), total);
            Payload::new(7).verify(total, &mut bytes.as_slice(), |_| ()).unwrap();
        }
    }

    #[test]
    fn a_lost_doubled_or_changed_byte_is_found() {
        let total = 2_100_000;
        let fails = |bytes: &[u8]| Payload::new(7).verify(total, &mut &*bytes, |_| ()).is_err();
        let whole = sent(total);
        assert!(!fails(&whole));
        for position in [0, 1_000_003, 2_099_999] {
            let mut changed = whole.clone();
            changed[position] ^= 1;
            assert!(fails(&changed));
            let mut lost = whole.clone();
            lost.remove(position);
            assert!(fails(&lost));
        }
        let mut doubled = whole[..16_384].to_vec();
        doubled.extend_from_slice(&whole);
        assert!(fails(&doubled));
    }

    #[test]
    fn nothing_may_follow() {
        assert!(expect_end(&mut &b""[..]).is_ok());
        assert!(expect_end(&mut &b"x"[..]).is_err());
    }
}
