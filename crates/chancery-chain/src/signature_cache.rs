//! A bounded memory of signatures that were proved, shared between threads.
//!
//! ```text
//! (issuer key, algorithm, signed bytes, signature) ── all four, byte for byte ──► proved before
//! ```
//!
//! An entry holds the very bytes, not a digest of them, and is written only after a signature was
//! checked: there is nothing that could collide, so nothing unproved can hit. Names, times, revocation and
//! every other rule are judged anew on each verification.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use spin::Mutex;

/// What is proved by one signature check.
#[derive(Clone, Copy)]
pub(crate) struct Proof<'a> {
    /// The issuer's SubjectPublicKeyInfo, whole.
    pub(crate) key: &'a [u8],
    /// The signature's AlgorithmIdentifier.
    pub(crate) algorithm: &'a [u8],
    pub(crate) message: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl Proof<'_> {
    fn parts(&self) -> [&[u8]; 4] {
        [self.signature, self.key, self.algorithm, self.message]
    }

    /// Where to look. Whoever makes two signatures fall into one bucket only evicts what was there.
    fn bucket(&self, buckets: usize) -> usize {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for &byte in self.signature.iter().rev().take(24).chain(self.key.iter().rev().take(8)) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let folded = (hash >> 32) ^ hash;
        usize::try_from(folded & 0x7fff_ffff).unwrap_or_default() % buckets.max(1)
    }
}

struct Entry {
    lengths: [usize; 4],
    bytes: Box<[u8]>,
}

impl Entry {
    fn new(proof: &Proof<'_>) -> Self {
        let parts = proof.parts();
        Self { lengths: parts.map(<[u8]>::len), bytes: parts.concat().into_boxed_slice() }
    }

    fn is(&self, proof: &Proof<'_>) -> bool {
        let parts = proof.parts();
        if self.lengths != parts.map(<[u8]>::len) {
            return false;
        }
        let mut rest = &*self.bytes;
        parts.iter().all(|part| match rest.split_at_checked(part.len()) {
            Some((own, after)) => {
                rest = after;
                own == *part
            }
            None => false,
        })
    }
}

/// Entries of a bucket, the last used one first.
const WAYS: usize = 4;

/// Signed bytes longer than this are not kept. A certificate is 1 to 4 KiB, a large CRL is remembered
/// in its own store.
const MAX_MESSAGE: usize = 16 * 1024;

/// A bounded set of proved signatures. Share it in an [`alloc::sync::Arc`].
pub struct SignatureCache {
    buckets: Box<[Mutex<Vec<Entry>>]>,
}

impl SignatureCache {
    /// For about `signatures` of them, at some 1.5 KiB each.
    #[must_use]
    pub fn new(signatures: usize) -> Self {
        let buckets = signatures.div_ceil(WAYS).max(1);
        Self { buckets: (0..buckets).map(|_| Mutex::new(Vec::new())).collect() }
    }

    /// How many signatures are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.lock().len()).sum()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most that it can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buckets.len() * WAYS
    }

    pub(crate) fn is_proved(&self, proof: &Proof<'_>) -> bool {
        let Some(bucket) = self.buckets.get(proof.bucket(self.buckets.len())) else { return false };
        let mut entries = bucket.lock();
        let Some(at) = entries.iter().position(|entry| entry.is(proof)) else { return false };
        if let Some(upto) = entries.get_mut(..=at) {
            upto.rotate_right(1);
        }
        true
    }

    /// Only for a proof whose signature was just checked and is good.
    pub(crate) fn insert(&self, proof: &Proof<'_>) {
        if proof.message.len() > MAX_MESSAGE {
            return;
        }
        let Some(bucket) = self.buckets.get(proof.bucket(self.buckets.len())) else { return };
        // Copied before the lock is taken, which is held for comparisons only.
        let entry = Entry::new(proof);
        let mut entries = bucket.lock();
        if !entries.iter().any(|entry| entry.is(proof)) {
            entries.truncate(WAYS - 1);
            entries.insert(0, entry);
        }
    }
}

impl fmt::Debug for SignatureCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureCache").field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof<'a>(key: &'a [u8], message: &'a [u8], signature: &'a [u8]) -> Proof<'a> {
        Proof { key, algorithm: b"alg", message, signature }
    }

    #[test]
    fn every_part_counts() {
        let cache = SignatureCache::new(16);
        cache.insert(&proof(b"key", b"message", b"signature"));
        assert!(cache.is_proved(&proof(b"key", b"message", b"signature")));
        assert!(!cache.is_proved(&proof(b"kez", b"message", b"signature")));
        assert!(!cache.is_proved(&proof(b"key", b"messagf", b"signature")));
        assert!(!cache.is_proved(&proof(b"key", b"message", b"signaturf")));
        let other = Proof { algorithm: b"alh", ..proof(b"key", b"message", b"signature") };
        assert!(!cache.is_proved(&other));
        // The same bytes, split elsewhere.
        let shifted =
            Proof { key: b"eyalg", algorithm: b"", ..proof(b"", b"message", b"signaturek") };
        assert!(!cache.is_proved(&shifted));
    }

    #[test]
    fn it_stays_bounded_and_forgets_the_least_used() {
        let cache = SignatureCache::new(1);
        assert_eq!(cache.capacity(), WAYS);
        for n in 0..100u8 {
            cache.insert(&proof(b"key", b"first", b"signature"));
            assert!(cache.is_proved(&proof(b"key", b"first", b"signature")));
            cache.insert(&proof(b"key", &[n], b"signature"));
        }
        assert_eq!(cache.len(), WAYS);
        assert!(cache.is_proved(&proof(b"key", b"first", b"signature")));
        assert!(!cache.is_proved(&proof(b"key", &[0], b"signature")));
    }
}
