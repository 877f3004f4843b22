//! Importing external PSKs (RFC 9258): one key agreed on outside TLS becomes one PSK for each
//! protocol and hash, so that no two of them ever use the same key.
//!
//! ```text
//! struct {
//!     opaque external_identity<1...2^16-1>;
//!     opaque context<0..2^16-1>;
//!     uint16 target_protocol;
//!     uint16 target_kdf;
//! } ImportedIdentity;
//!
//! epskx = HKDF-Extract(0, epsk)
//! ipskx = HKDF-Expand-Label(epskx, "derived psk", Hash(ImportedIdentity), L)
//! ```

use chancery_crypto::{Digest, Hash, HashAlgorithm};

use crate::{Hkdf, KeyScheduleError, LabelSet, early::zeros};

/// The protocol that a PSK is imported for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetProtocol {
    /// TLS 1.3, and QUIC with it (RFC 9258 §5.1).
    Tls13,
    /// DTLS 1.3.
    Dtls13,
}

impl TargetProtocol {
    /// The protocol's version number.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Tls13 => 0x0304,
            Self::Dtls13 => 0xfefc,
        }
    }
}

/// What an imported PSK is called in the `pre_shared_key` extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedIdentity<'a> {
    external_identity: &'a [u8],
    context: &'a [u8],
    protocol: TargetProtocol,
    hash: HashAlgorithm,
}

impl<'a> ImportedIdentity<'a> {
    /// The identity of the external PSK `external_identity` for one protocol and the suites of one
    /// hash. `context` binds it to more, such as the two roles (RFC 9258 §5.1).
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if `external_identity` is empty, or all of it exceeds the
    /// 65,535 bytes of a PSK identity; or if the registry has no number for `hash`.
    pub fn new(
        external_identity: &'a [u8],
        context: &'a [u8],
        protocol: TargetProtocol,
        hash: HashAlgorithm,
    ) -> Result<Self, KeyScheduleError> {
        let identity = Self { external_identity, context, protocol, hash };
        let fits = identity
            .checked_len()
            .is_some_and(|len| !external_identity.is_empty() && u16::try_from(len).is_ok());
        if fits && kdf_code(hash).is_some() {
            Ok(identity)
        } else {
            Err(KeyScheduleError::WrongLength)
        }
    }

    /// The identity that [`Self::write`] has written; `None` if the bytes are none, or for a protocol or a hash that
    /// is not known here.
    #[must_use]
    pub fn parse(identity: &'a [u8]) -> Option<Self> {
        let (external_identity, rest) = split_string(identity)?;
        let (context, numbers) = split_string(rest)?;
        let (protocol, hash) = numbers.split_first_chunk::<2>()?;
        let protocol = match u16::from_be_bytes(*protocol) {
            0x0304 => TargetProtocol::Tls13,
            0xfefc => TargetProtocol::Dtls13,
            _ => return None,
        };
        let hash = match u16::from_be_bytes(hash.try_into().ok()?) {
            1 => HashAlgorithm::Sha256,
            2 => HashAlgorithm::Sha384,
            _ => return None,
        };
        Self::new(external_identity, context, protocol, hash).ok()
    }

    /// The identity of the external PSK.
    #[must_use]
    pub const fn external_identity(&self) -> &'a [u8] {
        self.external_identity
    }

    /// The hash of the suites that the PSK is imported for.
    #[must_use]
    pub const fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    fn checked_len(&self) -> Option<usize> {
        8usize.checked_add(self.external_identity.len())?.checked_add(self.context.len())
    }

    /// How many bytes [`Self::write`] takes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.checked_len().unwrap_or(usize::MAX)
    }

    /// Writes the identity as it goes over the wire, and returns its length.
    ///
    /// # Errors
    /// [`KeyScheduleError::WrongLength`] if `output` is shorter than [`Self::encoded_len`].
    pub fn write(&self, output: &mut [u8]) -> Result<usize, KeyScheduleError> {
        let mut at = 0;
        for part in self.numbers()?.parts(self) {
            let end = at + part.len();
            output.get_mut(at..end).ok_or(KeyScheduleError::WrongLength)?.copy_from_slice(part);
            at = end;
        }
        Ok(at)
    }

    /// The imported PSK itself; `epsk` is the external one, and `epsk_hash` the hash that belongs to
    /// it, which is SHA-256 if none was agreed on (RFC 9258 §5.1).
    ///
    /// Its binders take [`PskKind::Imported`](crate::PskKind::Imported).
    ///
    /// # Errors
    /// None for an identity that [`Self::new`] has made.
    pub fn import<H: Hash>(
        &self,
        epsk_hash: HashAlgorithm,
        epsk: &[u8],
    ) -> Result<Digest, KeyScheduleError> {
        let extracted = Hkdf::<H::Hmac>::extract(epsk_hash, zeros(epsk_hash), &[epsk]);
        let mut identity = H::new(epsk_hash);
        self.numbers()?.parts(self).iter().for_each(|part| identity.update(part));
        let mut psk =
            Digest::zeroed(self.hash.output_len()).ok_or(KeyScheduleError::WrongLength)?;
        Hkdf::<H::Hmac>::from_pseudorandom_key(epsk_hash, extracted.as_bytes()).expand_label(
            LabelSet::Tls13,
            b"derived psk",
            identity.finish().as_bytes(),
            psk.as_mut_bytes(),
        )?;
        Ok(psk)
    }

    fn numbers(&self) -> Result<Numbers, KeyScheduleError> {
        let len = |bytes: &[u8]| {
            u16::try_from(bytes.len())
                .map(u16::to_be_bytes)
                .map_err(|_| KeyScheduleError::WrongLength)
        };
        Ok(Numbers {
            identity_len: len(self.external_identity)?,
            context_len: len(self.context)?,
            protocol: self.protocol.code().to_be_bytes(),
            kdf: kdf_code(self.hash).ok_or(KeyScheduleError::WrongLength)?.to_be_bytes(),
        })
    }
}

/// The numbers between the strings.
struct Numbers {
    identity_len: [u8; 2],
    context_len: [u8; 2],
    protocol: [u8; 2],
    kdf: [u8; 2],
}

impl Numbers {
    fn parts<'n>(&'n self, identity: &ImportedIdentity<'n>) -> [&'n [u8]; 6] {
        [
            &self.identity_len,
            identity.external_identity,
            &self.context_len,
            identity.context,
            &self.protocol,
            &self.kdf,
        ]
    }
}

/// A string behind its length of two bytes, and the rest.
fn split_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(u16::from_be_bytes(*len).into())
}

/// The TLS KDF Identifiers of RFC 9258 §10.
const fn kdf_code(hash: HashAlgorithm) -> Option<u16> {
    match hash {
        HashAlgorithm::Sha256 => Some(1),
        HashAlgorithm::Sha384 => Some(2),
        _ => None,
    }
}
