//! A server's ticket keys, and their rotation.
//!
//! ```text
//! struct {
//!     opaque key_name[16];
//!     opaque nonce[12];
//!     opaque sealed<..>;      AES-256-GCM of: uint64 issued; the encoded session
//! } ticket;                   after RFC 5077 §4
//! ```

use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_aead::{AeadAlgorithm, AeadKey, Aes256Gcm, NONCE_LEN, TAG_LEN};
use chancery_crypto::Random;
use chancery_handshake::Session;
use pki_types::UnixTime;
use zeroize::Zeroizing;

use super::SessionSealer;

const NAME_LEN: usize = 16;

/// So many random nonces keep the risk of a collision under one key below 2^-32
/// (NIST SP 800-38D §8.3).
const MAX_TICKETS: u64 = 1 << 32;

/// RFC 8446 §4.6.1.
const MAX_LIFETIME: u32 = 604_800;

/// Seals sessions under keys that nobody else has and that change by themselves: whoever steals one
/// can open the tickets of two lifetimes, and none before or after.
///
/// The server keeps nothing else, so that a ticket can be used more than once while it lives. Without
/// 0-RTT data nothing is replayed by that (RFC 8446 §8).
pub struct TicketKeys {
    lifetime: u32,
    keys: Mutex<Keys>,
}

struct Keys {
    /// Seals and opens.
    current: Option<TicketKey>,
    /// The one before, which opens what it sealed.
    previous: Option<TicketKey>,
}

struct TicketKey {
    name: [u8; NAME_LEN],
    key: Aes256Gcm,
    since: u64,
    sealed: u64,
}

impl TicketKeys {
    /// Tickets that are good for `lifetime` seconds, at most seven days (RFC 8446 §4.6.1). A key seals
    /// for that long; the first is made when it is needed.
    #[must_use]
    pub fn new(lifetime: u32) -> Self {
        let keys = Mutex::new(Keys { current: None, previous: None });
        Self { lifetime: lifetime.min(MAX_LIFETIME), keys }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        // A key is exchanged whole or not at all.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionSealer for TicketKeys {
    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    fn seal(&self, session: &Session, now: UnixTime, random: &mut dyn Random) -> Option<Vec<u8>> {
        let now = now.as_secs();
        let mut keys = self.keys();
        let is_due = |key: &TicketKey| {
            now.saturating_sub(key.since) >= self.lifetime.into() || key.sealed >= MAX_TICKETS
        };
        if keys.current.as_ref().is_none_or(is_due) {
            let next = TicketKey::new(now, random)?;
            keys.previous = keys.current.replace(next);
        }
        keys.current.as_mut()?.seal(session, now, random)
    }

    fn open(&self, ticket: &[u8], now: UnixTime) -> Option<Session> {
        let keys = self.keys();
        let (name, _) = ticket.split_first_chunk::<NAME_LEN>()?;
        let key = [&keys.current, &keys.previous].into_iter().flatten();
        let (issued, session) = key.clone().find(|key| key.name == *name)?.open(ticket)?;
        let age = now.as_secs().saturating_sub(issued);
        (age < self.lifetime.into()).then_some(session)
    }
}

impl TicketKey {
    fn new(now: u64, random: &mut dyn Random) -> Option<Self> {
        let mut name = [0; NAME_LEN];
        let mut key = Zeroizing::new([0; 32]);
        random.fill(&mut name).ok()?;
        random.fill(&mut *key).ok()?;
        let key = Aes256Gcm::new(AeadAlgorithm::Aes256Gcm, &*key).ok()?;
        Some(Self { name, key, since: now, sealed: 0 })
    }

    fn seal(&mut self, session: &Session, now: u64, random: &mut dyn Random) -> Option<Vec<u8>> {
        self.sealed = self.sealed.saturating_add(1);
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce).ok()?;
        let session = session.encode();
        let mut plaintext = Zeroizing::new(Vec::with_capacity(session.len().saturating_add(8)));
        plaintext.extend_from_slice(&now.to_be_bytes());
        plaintext.extend_from_slice(&session);
        let mut sealed = vec![0; plaintext.len().saturating_add(TAG_LEN)];
        self.key.seal(&nonce, &self.name, &plaintext, &[], &mut sealed).ok()?;
        Some([&self.name[..], &nonce, &sealed].concat())
    }

    /// When it was issued, and the session.
    fn open(&self, ticket: &[u8]) -> Option<(u64, Session)> {
        let (name, rest) = ticket.split_first_chunk::<NAME_LEN>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let plaintext = self.key.open_in_place(nonce, name, &mut sealed).ok()?;
        let (issued, session) = plaintext.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*issued), Session::decode(session)?))
    }
}

impl fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketKeys({} s, [..])", self.lifetime)
    }
}
