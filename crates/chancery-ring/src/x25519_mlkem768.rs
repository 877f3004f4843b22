//! The hybrid of ML-KEM-768 (FIPS 203) and X25519.
//!
//! ```text
//! initiator's value   ML-KEM encapsulation key (1184) ‖ X25519 public value (32)
//! responder's value   ML-KEM ciphertext        (1088) ‖ X25519 public value (32)
//! secret              ML-KEM shared secret       (32) ‖ X25519 shared secret (32)
//! ```
//!
//! The secret stays safe if either of the two holds.

use core::fmt;

use chancery_crypto::{KeyExchange, KeyExchangeError, PublicValue, Random, SharedSecret};
use libcrux_ml_kem::mlkem768;
use zeroize::Zeroizing;

use crate::key_exchange::{EphemeralPrivateKey, X25519};

const ENCAPSULATION_KEY_LEN: usize = 1184;
const CIPHERTEXT_LEN: usize = 1088;

/// X25519MLKEM768 (RFC 10024): ML-KEM-768 first, then X25519.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is a name for an algorithm")]
pub struct X25519MlKem768;

/// The initiator's two private keys.
pub struct HybridPrivateKey {
    ml_kem: Zeroizing<[u8; 2400]>,
    x25519: EphemeralPrivateKey,
}

impl fmt::Debug for HybridPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HybridPrivateKey([..])")
    }
}

impl KeyExchange for X25519MlKem768 {
    type Private = HybridPrivateKey;

    fn generate(
        &self,
        random: &mut dyn Random,
    ) -> Result<(HybridPrivateKey, PublicValue), KeyExchangeError> {
        let mut seed = Zeroizing::new([0; 64]);
        random.fill(&mut *seed).map_err(|_| KeyExchangeError::Random)?;
        let pair = mlkem768::generate_key_pair(*seed);
        let (x25519, x25519_public) = X25519.generate(random)?;
        let public = PublicValue::from_parts(&[pair.pk(), x25519_public.as_bytes()])
            .ok_or(KeyExchangeError::Random)?;
        Ok((HybridPrivateKey { ml_kem: Zeroizing::new(*pair.sk()), x25519 }, public))
    }

    fn complete(
        &self,
        private: HybridPrivateKey,
        peer: &[u8],
    ) -> Result<SharedSecret, KeyExchangeError> {
        let (ciphertext, x25519_public) = peer
            .split_first_chunk::<CIPHERTEXT_LEN>()
            .ok_or(KeyExchangeError::InvalidPublicValue)?;
        let x25519 = X25519.complete(private.x25519, x25519_public)?;
        // FIPS 203 §6.3: a wrong ciphertext gives an unpredictable secret, never an error.
        let ml_kem = Zeroizing::new(mlkem768::decapsulate(
            &mlkem768::MlKem768PrivateKey::from(*private.ml_kem),
            &mlkem768::MlKem768Ciphertext::from(*ciphertext),
        ));
        Ok(concatenate(&ml_kem, &x25519))
    }

    fn respond(
        &self,
        random: &mut dyn Random,
        peer: &[u8],
    ) -> Result<(PublicValue, SharedSecret), KeyExchangeError> {
        let (encapsulation_key, x25519_public) = peer
            .split_first_chunk::<ENCAPSULATION_KEY_LEN>()
            .ok_or(KeyExchangeError::InvalidPublicValue)?;
        let encapsulation_key = mlkem768::MlKem768PublicKey::from(*encapsulation_key);
        // FIPS 203 §7.2, the modulus check: coefficients must be reduced.
        if !mlkem768::validate_public_key(&encapsulation_key) {
            return Err(KeyExchangeError::InvalidPublicValue);
        }
        let (x25519_answer, x25519) = X25519.respond(random, x25519_public)?;
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(&mut *seed).map_err(|_| KeyExchangeError::Random)?;
        let (ciphertext, ml_kem) = mlkem768::encapsulate(&encapsulation_key, *seed);
        let ml_kem = Zeroizing::new(ml_kem);
        let answer = PublicValue::from_parts(&[ciphertext.as_ref(), x25519_answer.as_bytes()])
            .ok_or(KeyExchangeError::Random)?;
        Ok((answer, concatenate(&ml_kem, &x25519)))
    }
}

fn concatenate(ml_kem: &[u8; 32], x25519: &SharedSecret) -> SharedSecret {
    let mut secret = SharedSecret::zeroed(64).unwrap_or_else(|| unreachable!("96 bytes hold 64"));
    let (first, second) = secret.as_mut_bytes().split_at_mut(32);
    first.copy_from_slice(ml_kem);
    second.copy_from_slice(x25519.as_bytes());
    secret
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn both_ends_agree() {
        let random = &mut SystemRandom::new();
        let (private, public) = X25519MlKem768.generate(random).unwrap();
        assert_eq!(public.as_bytes().len(), 1216);
        let (answer, theirs) = X25519MlKem768.respond(random, public.as_bytes()).unwrap();
        assert_eq!(answer.as_bytes().len(), 1120);
        assert_eq!(format!("{private:?}"), "HybridPrivateKey([..])");
        let ours = X25519MlKem768.complete(private, answer.as_bytes()).unwrap();
        assert_eq!(ours.as_bytes(), theirs.as_bytes());
        assert_eq!(ours.len(), 64);
        assert_ne!(ours.as_bytes()[..32], ours.as_bytes()[32..]);
    }

    #[test]
    fn refuses_malformed_values() {
        let random = &mut SystemRandom::new();
        let refused = KeyExchangeError::InvalidPublicValue;
        let (_, public) = X25519MlKem768.generate(random).unwrap();
        let mut respond = |peer: &[u8]| X25519MlKem768.respond(random, peer).unwrap_err();
        assert_eq!(respond(&public.as_bytes()[..1215]), refused);
        assert_eq!(respond(&[]), refused);
        // FIPS 203 §7.2: a coefficient of 2^12 - 1 is not below the modulus 3329.
        let mut unreduced = public.as_bytes().to_vec();
        unreduced[..2].fill(0xff);
        assert_eq!(respond(&unreduced), refused);
        // RFC 7748 §6.1, in the X25519 half.
        let mut small_order = public.as_bytes().to_vec();
        small_order[1184..].fill(0);
        assert_eq!(respond(&small_order), refused);

        let (private, _) = X25519MlKem768.generate(&mut SystemRandom::new()).unwrap();
        assert_eq!(X25519MlKem768.complete(private, &[7; 1119]).unwrap_err(), refused);
    }

    #[test]
    fn a_changed_ciphertext_gives_another_secret() {
        let random = &mut SystemRandom::new();
        let (private, public) = X25519MlKem768.generate(random).unwrap();
        let (answer, theirs) = X25519MlKem768.respond(random, public.as_bytes()).unwrap();
        let mut changed = answer.as_bytes().to_vec();
        changed[0] ^= 1;
        let ours = X25519MlKem768.complete(private, &changed).unwrap();
        assert_ne!(ours.as_bytes()[..32], theirs.as_bytes()[..32]);
        assert_eq!(ours.as_bytes()[32..], theirs.as_bytes()[32..]);
    }
}
