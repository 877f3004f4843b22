//! Diffie-Hellman over X25519 (RFC 7748), P-256 and P-384 (SEC 1, uncompressed points).

use core::fmt;

use chancery_crypto::{KeyExchange, KeyExchangeError, PublicValue, Random, SharedSecret};
use ring::agreement;

/// X25519 (RFC 7748): 32-byte public values.
///
/// *ring* makes ephemeral keys from the operating system's randomness only, so the `random` that
/// [`KeyExchange`] hands over is not drawn from, here and in the other groups.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is a name for an algorithm")]
pub struct X25519;

/// ECDH on P-256, called secp256r1 by TLS: 65-byte public values.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is a name for an algorithm")]
pub struct Secp256r1;

/// ECDH on P-384, called secp384r1 by TLS: 97-byte public values.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is a name for an algorithm")]
pub struct Secp384r1;

/// An ephemeral private key. It can be used once; *ring* does not wipe it.
pub struct EphemeralPrivateKey(agreement::EphemeralPrivateKey);

impl fmt::Debug for EphemeralPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EphemeralPrivateKey([..])")
    }
}

fn generate(
    algorithm: &'static agreement::Algorithm,
) -> Result<(EphemeralPrivateKey, PublicValue), KeyExchangeError> {
    let random = ring::rand::SystemRandom::new();
    let private = agreement::EphemeralPrivateKey::generate(algorithm, &random)
        .map_err(|_| KeyExchangeError::Random)?;
    let public = private.compute_public_key().map_err(|_| KeyExchangeError::Random)?;
    let public = PublicValue::from_parts(&[public.as_ref()]).ok_or(KeyExchangeError::Random)?;
    Ok((EphemeralPrivateKey(private), public))
}

/// *ring* refuses points off the curve, the point at infinity, and an all-zero X25519 result
/// (RFC 7748 §6.1, RFC 8446 §7.4.2).
fn complete(private: EphemeralPrivateKey, peer: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
    let peer = agreement::UnparsedPublicKey::new(private.0.algorithm(), peer);
    agreement::agree_ephemeral(private.0, &peer, |secret| SharedSecret::try_from(secret))
        .ok()
        .and_then(Result::ok)
        .ok_or(KeyExchangeError::InvalidPublicValue)
}

macro_rules! diffie_hellman {
    ($group:ty, $algorithm:expr) => {
        impl KeyExchange for $group {
            type Private = EphemeralPrivateKey;

            fn generate(
                &self,
                _: &mut dyn Random,
            ) -> Result<(EphemeralPrivateKey, PublicValue), KeyExchangeError> {
                generate($algorithm)
            }

            fn complete(
                &self,
                private: EphemeralPrivateKey,
                peer: &[u8],
            ) -> Result<SharedSecret, KeyExchangeError> {
                complete(private, peer)
            }

            fn respond(
                &self,
                _: &mut dyn Random,
                peer: &[u8],
            ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
                let (private, public) = generate($algorithm)?;
                Ok((public, complete(private, peer)?))
            }
        }
    };
}

diffie_hellman!(X25519, &agreement::X25519);
diffie_hellman!(Secp256r1, &agreement::ECDH_P256);
diffie_hellman!(Secp384r1, &agreement::ECDH_P384);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    fn agrees<G: KeyExchange>(group: &G, public_len: usize, secret_len: usize) {
        let random = &mut SystemRandom::new();
        let (private, public) = group.generate(random).unwrap();
        let (answer, theirs) = group.respond(random, public.as_bytes()).unwrap();
        let ours = group.complete(private, answer.as_bytes()).unwrap();
        assert_eq!(ours.as_bytes(), theirs.as_bytes());
        assert_eq!(ours.len(), secret_len);
        assert_eq!(public.as_bytes().len(), public_len);
        assert_eq!(answer.as_bytes().len(), public_len);
    }

    fn refuses<G: KeyExchange>(group: &G, peer: &[u8]) {
        let random = &mut SystemRandom::new();
        let (private, _) = group.generate(random).unwrap();
        let refused = KeyExchangeError::InvalidPublicValue;
        assert_eq!(group.complete(private, peer).unwrap_err(), refused);
        assert_eq!(group.respond(random, peer).unwrap_err(), refused);
    }

    #[test]
    fn both_ends_agree() {
        agrees(&X25519, 32, 32);
        agrees(&Secp256r1, 65, 32);
        agrees(&Secp384r1, 97, 48);
    }

    #[test]
    fn x25519_refuses_small_order_and_wrong_length() {
        // RFC 7748 §6.1: the all-zero result of a point of small order.
        refuses(&X25519, &[0; 32]);
        let mut one = [0; 32];
        one[0] = 1;
        refuses(&X25519, &one);
        refuses(&X25519, &[9; 31]);
        refuses(&X25519, &[9; 33]);
        refuses(&X25519, &[]);
    }

    #[test]
    fn curves_refuse_points_off_the_curve_and_other_forms() {
        // RFC 8446 §4.2.8.2: validate that the point is on the curve; only form 4 is left.
        let (_, public) = Secp256r1.generate(&mut SystemRandom::new()).unwrap();
        let mut off = public.as_bytes().to_vec();
        off[64] ^= 1;
        refuses(&Secp256r1, &off);
        let mut compressed = public.as_bytes()[..33].to_vec();
        compressed[0] = 2 | (public.as_bytes()[64] & 1);
        refuses(&Secp256r1, &compressed);
        refuses(&Secp256r1, &[0]);
        refuses(&Secp384r1, public.as_bytes());
        let mut zero = [0; 97];
        zero[0] = 4;
        refuses(&Secp384r1, &zero);
    }

    #[test]
    fn private_keys_do_not_print_themselves() {
        let (private, public) = X25519.generate(&mut SystemRandom::new()).unwrap();
        assert_eq!(
            format!("{private:?} {public:?}"),
            "EphemeralPrivateKey([..]) PublicValue(32 bytes)"
        );
    }
}
