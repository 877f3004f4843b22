//! Keys that both ends have from elsewhere (RFC 8446 §4.2.11, RFC 9257), as they are or imported (RFC 9258).
//!
//! ```text
//! client   ExternalPsk ──ClientConfig::psk──► identity, binder ──ClientHello──► PskStore::find   server
//! ```
//!
//! Nobody shows a certificate then: each end knows that the other has the key.

use core::fmt;

use chancery_crypto::HashAlgorithm;
use chancery_handshake::{
    AcceptedPsk, HandshakeError, ImportedIdentity, OfferedPsk, Suite, TargetProtocol,
};
use chancery_ring::Hash;
use zeroize::Zeroizing;

/// RFC 9257 §6: a PSK "MUST be at least 128 bits long".
const MIN_KEY_LEN: usize = 16;

/// A key that both ends have from elsewhere, and the identity that the client calls it by.
///
/// Whoever has the key can pass for either end: give it to one client and one server, and never let an end be both
/// (RFC 9257 §4.1). The identity goes over the network in the clear, so that it must not tell what nobody may know.
#[derive(Clone)]
pub struct ExternalPsk {
    identity: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    hash: HashAlgorithm,
    form: Form,
}

/// How the key is used.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    AsItIs,
    Imported { context: Vec<u8> },
}

impl ExternalPsk {
    /// A key for the suites of one hash: SHA-256 where nothing else was agreed on (RFC 8446 §4.2.11). Use it for
    /// nothing else, such as TLS 1.2.
    ///
    /// The key has to be as random as any other, and no password: whoever sees a handshake can test guesses
    /// (RFC 9257 §4.2).
    ///
    /// # Errors
    /// If `identity` is empty or exceeds 65,535 bytes, or `key` is shorter than 16 bytes (RFC 9257 §6).
    pub fn new(identity: &[u8], key: &[u8], hash: HashAlgorithm) -> Result<Self, PskError> {
        Self::checked(identity, key, hash, Form::AsItIs)
    }

    /// A key of which others are made, one for the suites of each hash (RFC 9258), if the peer does so too.
    ///
    /// Both ends have to give the same `context`, which may be empty or say more about the key's use, such as the
    /// names of the two ends (RFC 9258 §5.1). `hash` is the key's own: SHA-256 where nothing else was agreed on.
    ///
    /// # Errors
    /// As [`Self::new`]; `identity` and `context` together may have 65,527 bytes.
    pub fn imported(
        identity: &[u8],
        context: &[u8],
        key: &[u8],
        hash: HashAlgorithm,
    ) -> Result<Self, PskError> {
        Self::checked(identity, key, hash, Form::Imported { context: context.to_vec() })
    }

    fn checked(
        identity: &[u8],
        key: &[u8],
        hash: HashAlgorithm,
        form: Form,
    ) -> Result<Self, PskError> {
        if key.len() < MIN_KEY_LEN {
            return Err(PskError::Key);
        }
        let key = Zeroizing::new(key.to_vec());
        let psk = Self { identity: identity.to_vec(), key, hash, form };
        let fits = match &psk.form {
            Form::AsItIs => !identity.is_empty() && u16::try_from(identity.len()).is_ok(),
            Form::Imported { .. } => psk.import(HashAlgorithm::Sha256).is_some(),
        };
        if fits { Ok(psk) } else { Err(PskError::Identity) }
    }

    /// What the client calls the key.
    #[must_use]
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    /// The identity of what is imported for the suites of one hash.
    fn import(&self, hash: HashAlgorithm) -> Option<ImportedIdentity<'_>> {
        let Form::Imported { context } = &self.form else { return None };
        ImportedIdentity::new(&self.identity, context, TargetProtocol::Tls13, hash).ok()
    }

    /// What to put into a ClientHello with `suites`.
    pub(crate) fn offers(&self, suites: &[Suite]) -> Result<Vec<OfferedPsk>, HandshakeError> {
        let mut hashes: Vec<HashAlgorithm> = Vec::new();
        for suite in suites {
            if !hashes.contains(&suite.hash()) {
                hashes.push(suite.hash());
            }
        }
        let offers: Result<Vec<_>, _> = match self.form {
            Form::AsItIs => {
                let own = hashes.into_iter().filter(|hash| *hash == self.hash);
                own.map(|hash| Ok(OfferedPsk::external(&self.identity, &self.key, hash))).collect()
            }
            // RFC 9258 §5.1: one for each hash that could be chosen.
            Form::Imported { .. } => hashes
                .into_iter()
                .filter_map(|hash| self.import(hash))
                .map(|identity| OfferedPsk::imported::<Hash>(&identity, &self.key, self.hash))
                .collect(),
        };
        offers.and_then(|offers| {
            // Without any, the server could only show a certificate.
            if offers.is_empty() { Err(HandshakeError::Configuration) } else { Ok(offers) }
        })
    }
}

impl fmt::Debug for ExternalPsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalPsk({}, [..])", self.identity.escape_ascii())
    }
}

/// Where a server finds the keys of its clients: a `Vec` of a few, or a database of many.
pub trait PskStore: fmt::Debug + Send + Sync {
    /// The key of this identity; `None` if there is none, or not any more. What was imported is asked for by the
    /// identity of the key that it was made of.
    ///
    /// Anybody can send any identity, before anything is proven. How long the search takes may depend on it, since
    /// identities are no secrets; the answer does not tell clients which there are (RFC 8446 §E.6), unless the server
    /// has a certificate to go on with.
    fn find(&self, identity: &[u8]) -> Option<ExternalPsk>;
}

impl PskStore for Vec<ExternalPsk> {
    fn find(&self, identity: &[u8]) -> Option<ExternalPsk> {
        self.iter().find(|psk| psk.identity == identity).cloned()
    }
}

/// The key behind what a client calls `identity`.
pub(crate) fn accept(store: &dyn PskStore, identity: &[u8]) -> Option<AcceptedPsk> {
    let as_it_is = |psk: &ExternalPsk| psk.form == Form::AsItIs && psk.identity == identity;
    if let Some(psk) = store.find(identity).filter(as_it_is) {
        return Some(AcceptedPsk::external(&psk.key, psk.hash));
    }
    let offered = ImportedIdentity::parse(identity)?;
    let psk = store.find(offered.external_identity())?;
    // RFC 9258 §5.1: what is imported for another context or protocol is another key.
    let ours = psk.import(offered.hash()).filter(|ours| *ours == offered)?;
    AcceptedPsk::imported::<Hash>(&ours, &psk.key, psk.hash).ok()
}

/// Why an identity and a key make no [`ExternalPsk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PskError {
    /// The identity is empty, or too long to be sent.
    Identity,
    /// The key is shorter than 16 bytes.
    Key,
}

impl fmt::Display for PskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity is empty or too long (RFC 8446 §4.2.11)",
            Self::Key => "key is shorter than 16 bytes (RFC 9257 §6)",
        })
    }
}

impl core::error::Error for PskError {}
