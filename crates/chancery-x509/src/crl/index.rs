//! Finding a serial number in a long CRL without reading it through.
//!
//! ```text
//! slots, sorted   key: the last 8 bytes of the serial │ where the entry is │ where the issuer was named
//! ```
//!
//! CAs draw serials at random (CA/B BR §7.1: 64 bits of a CSPRNG), so the key nearly always decides, and comparing it touches nothing
//! but the slots. Where keys are equal the whole serials are compared, so that an adversary's list costs no more than the logarithm
//! either.

use core::cmp::Ordering;
use core::fmt;

use super::CertificateList;
use super::entry::RevokedCertificate;
use crate::general_name::GeneralNames;
use crate::reader::Elements;
use crate::serial_number::SerialNumber;

/// The caller's storage for one entry of a CRL: 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrlSlot {
    key: u64,
    entry: u32,
    /// The start of the entry that named the certificate issuer for this one; [`u32::MAX`] if none did.
    issuer: u32,
}

/// An index of a CRL by serial number, over storage of the caller: an array, a slice, a `Vec`.
///
/// ```
/// # let der = include_bytes!("../../tests/data/revoked.crl");
/// use chancery_x509::{CertificateList, CrlIndex, CrlSlot, SerialNumber};
///
/// let list = CertificateList::parse(der)?;
/// let index = CrlIndex::build(&list, vec![CrlSlot::default(); list.entry_count()]).unwrap();
/// assert_eq!(index.find(SerialNumber::new(&[0x10, 0x01])).count(), 1);
/// assert_eq!(index.find(SerialNumber::new(&[0x10])).count(), 0);
/// # Ok::<(), chancery_x509::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct CrlIndex<'a, S> {
    revoked: &'a [u8],
    slots: S,
    length: usize,
}

/// The storage has fewer slots than the CRL has entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlIndexTooShort;

impl fmt::Display for CrlIndexTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fewer slots than the CRL has entries")
    }
}

impl core::error::Error for CrlIndexTooShort {}

impl<'a, S: AsRef<[CrlSlot]> + AsMut<[CrlSlot]>> CrlIndex<'a, S> {
    /// Builds it, in the time that sorting takes. The first [`CertificateList::entry_count`] slots are used.
    ///
    /// # Errors
    /// If there are fewer slots than entries.
    pub fn build(list: &CertificateList<'a>, mut slots: S) -> Result<Self, CrlIndexTooShort> {
        let revoked = list.revoked();
        let length = list.entry_count();
        let used = slots.as_mut().get_mut(..length).ok_or(CrlIndexTooShort)?;
        let mut elements = Elements::new(revoked);
        let mut issuer = u32::MAX;
        for slot in used.iter_mut() {
            let offset = u32::try_from(revoked.len() - elements.rest().len());
            // The parser refuses inputs of 4 GiB.
            let entry = offset.map_err(|_| CrlIndexTooShort)?;
            let element = elements.next().ok_or(CrlIndexTooShort)?;
            let parsed = RevokedCertificate::checked(element, None);
            if parsed.certificate_issuer().is_some() {
                issuer = entry;
            }
            *slot = CrlSlot { key: key(parsed.serial_number()), entry, issuer };
        }
        used.sort_unstable_by(|a, b| {
            // The position in the list last, so that equal serials keep its order.
            (a.key.cmp(&b.key))
                .then_with(|| serial_at(revoked, a.entry).cmp(&serial_at(revoked, b.entry)))
                .then_with(|| a.entry.cmp(&b.entry))
        });
        Ok(Self { revoked, slots, length })
    }
}

impl<'a, S: AsRef<[CrlSlot]>> CrlIndex<'a, S> {
    /// The entries of this serial number, in the order of the list: none or one, except in indirect CRLs, where issuers share numbers.
    pub fn find<'i>(
        &'i self,
        serial_number: SerialNumber<'i>,
    ) -> impl Iterator<Item = RevokedCertificate<'a>> + use<'a, 'i, S> {
        let slots = self.slots.as_ref().get(..self.length).unwrap_or_default();
        let wanted = key(serial_number);
        let order = move |slot: &CrlSlot| {
            (slot.key.cmp(&wanted))
                .then_with(|| serial_at(self.revoked, slot.entry).cmp(&serial_number))
        };
        let (start, end) = narrow(slots, wanted);
        let near = slots.get(start..end).unwrap_or_default();
        let first = start + near.partition_point(|slot| order(slot) == Ordering::Less);
        let tail = slots.get(first..).unwrap_or_default();
        tail.iter()
            .take_while(move |slot| order(slot) == Ordering::Equal)
            .filter_map(|slot| self.entry(slot))
    }

    fn entry(&self, slot: &CrlSlot) -> Option<RevokedCertificate<'a>> {
        let inherited: Option<GeneralNames<'a>> = if slot.issuer == u32::MAX {
            None
        } else {
            let element = Elements::new(at(self.revoked, slot.issuer)).next()?;
            RevokedCertificate::checked(element, None).certificate_issuer()
        };
        let element = Elements::new(at(self.revoked, slot.entry)).next()?;
        Some(RevokedCertificate::checked(element, inherited))
    }
}

impl<S> fmt::Debug for CrlIndex<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlIndex").field("length", &self.length).finish_non_exhaustive()
    }
}

/// A range that has the first slot whose key is not below `key`, if there is one.
///
/// Keys drawn at random are spread evenly, so that a key says about where it is, and the key found there says more nearly: a few
/// guesses get closer than a dozen halvings, each of which would miss the cache. Then the range doubles until it holds the place,
/// so that the guesses cost little where keys are not spread evenly.
fn narrow(slots: &[CrlSlot], key: u64) -> (usize, usize) {
    // Of a million slots the first guess is some 500 away, the second 20, the third 5.
    const GUESSES: usize = 3;
    // Two cache lines each way.
    const NEAR: usize = 8;
    let ([first, ..], [.., last]) = (slots, slots) else { return (0, 0) };
    if key <= first.key {
        return (0, 1);
    }
    let length = u64::try_from(slots.len()).unwrap_or(u64::MAX);
    let keys_a_slot = ((last.key - first.key) / length).max(1);
    let (mut place, mut at) = (0usize, first.key);
    for _ in 0..GUESSES {
        let steps = usize::try_from(key.abs_diff(at) / keys_a_slot).unwrap_or(usize::MAX);
        if steps == 0 {
            break;
        }
        place = if at < key { place.saturating_add(steps) } else { place.saturating_sub(steps) };
        place = place.min(slots.len() - 1);
        at = slots.get(place).map_or(at, |slot| slot.key);
    }
    let below = |i: usize| slots.get(i).is_some_and(|slot| slot.key < key);
    let mut width = NEAR;
    loop {
        let (start, end) = (place.saturating_sub(width), place.saturating_add(width));
        if (start == 0 || below(start)) && !below(end) {
            return (start, slots.len().min(end.saturating_add(1)));
        }
        width = width.saturating_mul(2);
    }
}

fn at(revoked: &[u8], offset: u32) -> &[u8] {
    usize::try_from(offset).ok().and_then(|offset| revoked.get(offset..)).unwrap_or_default()
}

fn serial_at(revoked: &[u8], offset: u32) -> SerialNumber<'_> {
    let entry = Elements::new(at(revoked, offset)).value();
    SerialNumber::new(Elements::new(entry).value())
}

/// The last eight bytes, or as many as there are.
fn key(serial_number: SerialNumber<'_>) -> u64 {
    let bytes = serial_number.as_bytes();
    match bytes.last_chunk() {
        Some(last) => u64::from_be_bytes(*last),
        None => bytes.iter().fold(0, |key, &byte| key << 8 | u64::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    /// The range always has the place that halving alone finds, however keys are spread.
    #[test]
    fn narrowing_keeps_the_place() {
        let check = |keys: &[u64]| {
            let mut keys: Vec<u64> = keys.to_vec();
            keys.sort_unstable();
            let slots: Vec<_> =
                keys.iter().map(|&key| CrlSlot { key, ..CrlSlot::default() }).collect();
            let near = |key: &u64| [key.wrapping_sub(1), *key, key.wrapping_add(1)];
            for key in keys.iter().flat_map(near).chain([0, 1, u64::MAX / 2, u64::MAX]) {
                let wanted = slots.partition_point(|slot| slot.key < key);
                let (start, end) = narrow(&slots, key);
                let found = start + slots[start..end].partition_point(|slot| slot.key < key);
                assert_eq!(found, wanted, "{key} among {}", keys.len());
            }
        };
        let spread = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        check(&[]);
        check(&[7]);
        check(&(0..5_000).map(spread).collect::<Vec<_>>());
        check(&(0..5_000).collect::<Vec<_>>());
        check(&(0..5_000).map(|i| u64::MAX - i).collect::<Vec<_>>());
        check(&(0..5_000).map(|i| if i % 2 == 0 { i } else { u64::MAX - i }).collect::<Vec<_>>());
        check(&[9; 5_000]);
        check(&(0..5_000).map(|i| 1 << (i % 64)).collect::<Vec<_>>());
    }
}
