//! Groups for key exchange: a code point and the code behind it.

use alloc::boxed::Box;
use core::fmt;

use chancery_crypto::{KeyExchange, KeyExchangeError, PublicValue, Random, SharedSecret};
use chancery_wire::NamedGroup;

/// A group that can be offered and chosen (RFC 8446 §4.2.7).
///
/// Any [`KeyExchange`] makes one, so a new group needs no change here:
///
/// ```
/// # use chancery_crypto::*;
/// # struct MyExchange;
/// # impl KeyExchange for MyExchange {
/// #     type Private = ();
/// #     fn generate(&self, _: &mut dyn Random) -> Result<((), PublicValue), KeyExchangeError> { Err(KeyExchangeError::Random) }
/// #     fn complete(&self, _: (), _: &[u8]) -> Result<SharedSecret, KeyExchangeError> { Err(KeyExchangeError::Random) }
/// #     fn respond(&self, _: &mut dyn Random, _: &[u8]) -> Result<(PublicValue, SharedSecret), KeyExchangeError> { Err(KeyExchangeError::Random) }
/// # }
/// use chancery_handshake::Group;
/// use chancery_wire::NamedGroup;
///
/// const GROUPS: &[Group] = &[Group::new(NamedGroup::X25519, &MyExchange)];
/// ```
#[derive(Clone, Copy)]
pub struct Group {
    name: NamedGroup,
    exchange: &'static dyn ErasedKeyExchange,
}

impl Group {
    /// The group `name`, agreed on by `exchange`.
    #[must_use]
    pub const fn new<K: KeyExchange>(name: NamedGroup, exchange: &'static K) -> Self {
        Self { name, exchange }
    }

    /// Its code point.
    #[must_use]
    pub const fn name(self) -> NamedGroup {
        self.name
    }

    /// The client's half: a share to send, and what completes the exchange.
    pub(crate) fn offer(self, random: &mut dyn Random) -> Result<OfferedShare, KeyExchangeError> {
        let (private, public) = self.exchange.generate(random)?;
        Ok(OfferedShare { group: self.name, public, private })
    }

    /// The server's half.
    pub(crate) fn respond(
        self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        self.exchange.respond(random, peer)
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.name, f)
    }
}

/// A share that the client has offered and nobody has answered yet.
pub(crate) struct OfferedShare {
    pub(crate) group: NamedGroup,
    pub(crate) public: PublicValue,
    private: Box<dyn ErasedPrivate>,
}

impl OfferedShare {
    pub(crate) fn complete(self, peer: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        self.private.complete(peer)
    }
}

/// [`KeyExchange`] without its associated type.
trait ErasedKeyExchange: Send + Sync {
    fn generate(
        &'static self,
        random: &mut dyn Random,
    ) -> Result<(Box<dyn ErasedPrivate>, PublicValue), KeyExchangeError>;

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError>;
}

impl<K: KeyExchange> ErasedKeyExchange for K {
    fn generate(
        &'static self,
        random: &mut dyn Random,
    ) -> Result<(Box<dyn ErasedPrivate>, PublicValue), KeyExchangeError> {
        let (private, public) = KeyExchange::generate(self, random)?;
        Ok((Box::new(Private { exchange: self, private }), public))
    }

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        KeyExchange::respond(self, random, peer)
    }
}

trait ErasedPrivate: Send + Sync {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, KeyExchangeError>;
}

struct Private<K: KeyExchange> {
    exchange: &'static K,
    private: K::Private,
}

impl<K: KeyExchange> ErasedPrivate for Private<K> {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        self.exchange.complete(self.private, peer)
    }
}
