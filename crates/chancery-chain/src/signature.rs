//! Checking signatures through the provider's table of algorithms.
//!
//! ```text
//! signatureAlgorithm ──┐
//!                      ├── an entry of the table with both identifiers ──► verify_signature
//! issuer's key type  ──┘
//! ```

use chancery_x509::AlgorithmIdentifier;
use pki_types::SignatureVerificationAlgorithm;
use smallvec::SmallVec;

use crate::{
    budget::{Exhausted, Meter},
    public_key::VerifyingKey,
    signature_cache::{Proof, SignatureCache},
};

/// What is signed, by which algorithm.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) algorithm: AlgorithmIdentifier<'a>,
    /// The bytes as they were received, never as they would be encoded again.
    pub(crate) message: &'a [u8],
    pub(crate) signature: &'a [u8],
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The table has no entry for the algorithm with that type of key.
    Unsupported,
    /// It is not by that key.
    Bad,
    /// There is no budget left to tell.
    Budget(Exhausted),
}

/// The means to check signatures, for one verification.
#[derive(Clone, Copy)]
pub(crate) struct Verifier<'v> {
    pub(crate) algorithms: &'v [&'static dyn SignatureVerificationAlgorithm],
    pub(crate) cache: Option<&'v SignatureCache>,
}

impl Verifier<'_> {
    /// RFC 5280 §6.1.3 (a)(1).
    pub(crate) fn check<'k>(
        &self,
        key: impl Into<VerifyingKey<'k>>,
        signed: &Signed<'_>,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        let key = key.into();
        let identifier = signed.algorithm.contents();
        let mut fitting = self.algorithms.iter().filter(|entry| {
            entry.signature_alg_id().as_ref() == identifier
                && entry.public_key_alg_id().as_ref() == key.algorithm
        });
        let Some(mut algorithm) = fitting.next() else { return Err(Failure::Unsupported) };
        let Some(bits) = key.bits else { return Err(Failure::Bad) };
        let proof = || Proof {
            key: key.der,
            algorithm: signed.algorithm.as_der(),
            message: signed.message,
            signature: signed.signature,
        };
        if self.cache.is_some_and(|cache| cache.is_proved(&proof())) {
            meter.used.cached_signatures = meter.used.cached_signatures.saturating_add(1);
            return Ok(());
        }
        loop {
            meter.signature().map_err(Failure::Budget)?;
            if algorithm.verify_signature(bits, signed.message, signed.signature).is_ok() {
                if let Some(cache) = self.cache {
                    cache.insert(&proof());
                }
                return Ok(());
            }
            algorithm = fitting.next().ok_or(Failure::Bad)?;
        }
    }
}

/// What was found out about signatures in this verification, so that none is checked twice.
#[derive(Default)]
pub(crate) struct Memory {
    edges: SmallVec<[(Edge, Result<(), Failure>); 4]>,
}

/// A certificate's index in the pool, and its issuer: a pool index, or an anchor's.
pub(crate) type Edge = (usize, crate::build::Issuer);

impl Memory {
    pub(crate) fn recall(&self, edge: Edge) -> Option<Result<(), Failure>> {
        self.edges.iter().find(|(known, _)| *known == edge).map(|(_, result)| *result)
    }

    pub(crate) fn remember(&mut self, edge: Edge, result: Result<(), Failure>) {
        self.edges.push((edge, result));
    }
}

#[cfg(test)]
mod tests {
    use pki_types::{InvalidSignature, alg_id};

    use super::*;
    use crate::budget::Budget;

    /// What it says of every signature.
    #[derive(Debug)]
    struct Fixed(bool);

    impl SignatureVerificationAlgorithm for Fixed {
        fn verify_signature(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
            if self.0 { Ok(()) } else { Err(InvalidSignature) }
        }

        fn public_key_alg_id(&self) -> pki_types::AlgorithmIdentifier {
            alg_id::ECDSA_P256
        }

        fn signature_alg_id(&self) -> pki_types::AlgorithmIdentifier {
            alg_id::ECDSA_SHA256
        }
    }

    fn check(
        algorithms: &[&'static dyn SignatureVerificationAlgorithm],
        expected: Result<(), Failure>,
        signatures: u32,
    ) {
        let algorithm = crate::der::element(0x30, &[alg_id::ECDSA_SHA256.as_ref()]);
        let algorithm = AlgorithmIdentifier::parse(&algorithm).unwrap();
        let signed = Signed { algorithm, message: b"message", signature: b"signature" };
        let key = VerifyingKey {
            der: b"key",
            algorithm: alg_id::ECDSA_P256.as_ref(),
            bits: Some(b"bits"),
        };
        let mut meter = Meter::new(Budget { signatures: 2, ..Budget::new() });
        let verifier = Verifier { algorithms, cache: None };
        assert_eq!(verifier.check(key, &signed, &mut meter), expected);
        assert_eq!(meter.used.signatures, signatures);
    }

    /// As with the implementations of one identifier for several curves.
    #[test]
    fn each_algorithm_that_fits_is_asked_until_one_says_yes() {
        check(&[], Err(Failure::Unsupported), 0);
        check(&[&Fixed(true), &Fixed(false)], Ok(()), 1);
        check(&[&Fixed(false), &Fixed(true)], Ok(()), 2);
        check(&[&Fixed(false), &Fixed(false)], Err(Failure::Bad), 2);
        check(
            &[&Fixed(false), &Fixed(false), &Fixed(true)],
            Err(Failure::Budget(Exhausted::Signatures)),
            2,
        );
    }
}
