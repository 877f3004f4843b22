//! Sequence numbers and the nonces made of them (RFC 8446 §5.3).

use chancery_crypto::{NONCE_LEN, Secret};

/// The IV of one key and the next sequence number. Each number is given out once.
pub(crate) struct NonceSequence {
    iv: Secret<NONCE_LEN>,
    next: Option<u64>,
}

impl NonceSequence {
    pub(crate) fn at(iv: [u8; NONCE_LEN], sequence: u64) -> Self {
        Self { iv: iv.into(), next: Some(sequence) }
    }

    /// The number that comes next; `None` once 2^64 - 1 was used.
    pub(crate) const fn next(&self) -> Option<u64> {
        self.next
    }

    /// How many numbers are left, at most `u64::MAX`.
    pub(crate) const fn left(&self) -> u64 {
        match self.next {
            Some(next) => (u64::MAX - next).saturating_add(1),
            None => 0,
        }
    }

    /// Goes past `count` numbers, of which there have to be enough.
    pub(crate) fn advance(&mut self, count: u64) {
        self.next = self.next.and_then(|next| next.checked_add(count));
    }

    /// The IV with the number, left-padded to its length, mixed in.
    pub(crate) fn nonce(&self, sequence: u64) -> [u8; NONCE_LEN] {
        let mut nonce = [0; NONCE_LEN];
        if let Some(low) = nonce.last_chunk_mut::<8>() {
            *low = sequence.to_be_bytes();
        }
        for (byte, iv) in nonce.iter_mut().zip(self.iv.as_bytes()) {
            *byte ^= iv;
        }
        nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_mixed_into_the_end() {
        // RFC 8446 §5.3.
        let sequence = NonceSequence::at([0xf0; 12], 0);
        assert_eq!(
            sequence.nonce(0x0102_0304_0506_0708),
            [0xf0, 0xf0, 0xf0, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8]
        );
    }

    #[test]
    fn the_end_is_an_end() {
        let mut sequence = NonceSequence::at([0; 12], u64::MAX - 1);
        assert_eq!((sequence.next(), sequence.left()), (Some(u64::MAX - 1), 2));
        sequence.advance(1);
        assert_eq!((sequence.next(), sequence.left()), (Some(u64::MAX), 1));
        sequence.advance(1);
        assert_eq!((sequence.next(), sequence.left()), (None, 0));
        sequence.advance(1);
        assert_eq!((sequence.next(), sequence.left()), (None, 0));
    }
}
