//! A group without secrecy: fast, and the same at every run, which the real ones are not, since
//! *ring* takes its private keys from the operating system alone.

use chancery_crypto::{KeyExchange, KeyExchangeError, PublicValue, Random, SharedSecret};
use chancery_handshake::Group;
use chancery_wire::NamedGroup;

/// The group, under a code point that RFC 8446 §4.2.7 leaves for private use.
pub const PLAIN_GROUP: Group = Group::new(NamedGroup(0xfe01), &PlainGroup);

/// The same under another code point, for a HelloRetryRequest between the two.
pub const OTHER_PLAIN_GROUP: Group = Group::new(NamedGroup(0xfe02), &PlainGroup);

/// Its shared secret is the sum of both public values.
#[derive(Debug)]
pub struct PlainGroup;

impl KeyExchange for PlainGroup {
    type Private = [u8; 32];

    fn generate(
        &self,
        random: &mut dyn Random,
    ) -> Result<([u8; 32], PublicValue), KeyExchangeError> {
        let mut value = [0; 32];
        random.fill(&mut value).map_err(|_| KeyExchangeError::Random)?;
        let public = PublicValue::from_parts(&[&value]).ok_or(KeyExchangeError::Random)?;
        Ok((value, public))
    }

    fn complete(&self, private: [u8; 32], peer: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        let peer: [u8; 32] = peer.try_into().map_err(|_| KeyExchangeError::InvalidPublicValue)?;
        let sum = core::array::from_fn::<_, 32, _>(|i| private[i].wrapping_add(peer[i]));
        SharedSecret::try_from(&sum[..]).map_err(|_| KeyExchangeError::InvalidPublicValue)
    }

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        let (private, public) = self.generate(random)?;
        Ok((public, self.complete(private, peer)?))
    }
}
