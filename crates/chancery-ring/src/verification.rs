//! Verifiers of signatures, as the ecosystem's `SignatureVerificationAlgorithm`.

use core::fmt;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use ring::signature;

/// Every verifier here: what chain validation and CertificateVerify can be given.
///
/// An algorithm is found by the pair of identifiers that it answers for: that of the public key,
/// and that of the signature. Nothing here uses SHA-1, or RSA below 2,048 bits.
pub static SIGNATURE_VERIFICATION_ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ECDSA_P256_SHA256,
    ECDSA_P256_SHA384,
    ECDSA_P384_SHA256,
    ECDSA_P384_SHA384,
    ED25519,
    RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512,
    RSA_PKCS1_SHA256_ABSENT_PARAMETERS,
    RSA_PKCS1_SHA384_ABSENT_PARAMETERS,
    RSA_PKCS1_SHA512_ABSENT_PARAMETERS,
    RSA_PSS_SHA256,
    RSA_PSS_SHA384,
    RSA_PSS_SHA512,
];

struct Verifier {
    name: &'static str,
    public_key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    ring: &'static dyn signature::VerificationAlgorithm,
}

impl SignatureVerificationAlgorithm for Verifier {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        signature::UnparsedPublicKey::new(self.ring, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.public_key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// `sha256WithRSAEncryption` without the NULL that RFC 4055 §5 wants written; it wants both read.
const RSA_PKCS1_SHA256_BARE: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b,
]);
const RSA_PKCS1_SHA384_BARE: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c,
]);
const RSA_PKCS1_SHA512_BARE: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d,
]);

macro_rules! verifiers {
    ($($(#[$doc:meta])* $name:ident = $public_key:expr, $signature:expr, $ring:ident;)*) => { $(
        $(#[$doc])*
        pub static $name: &dyn SignatureVerificationAlgorithm = &Verifier {
            name: stringify!($name),
            public_key: $public_key,
            signature: $signature,
            ring: &signature::$ring,
        };
    )* };
}

verifiers! {
    /// ECDSA on P-256 with SHA-256.
    ECDSA_P256_SHA256 = alg_id::ECDSA_P256, alg_id::ECDSA_SHA256, ECDSA_P256_SHA256_ASN1;
    /// ECDSA on P-256 with SHA-384.
    ECDSA_P256_SHA384 = alg_id::ECDSA_P256, alg_id::ECDSA_SHA384, ECDSA_P256_SHA384_ASN1;
    /// ECDSA on P-384 with SHA-256.
    ECDSA_P384_SHA256 = alg_id::ECDSA_P384, alg_id::ECDSA_SHA256, ECDSA_P384_SHA256_ASN1;
    /// ECDSA on P-384 with SHA-384.
    ECDSA_P384_SHA384 = alg_id::ECDSA_P384, alg_id::ECDSA_SHA384, ECDSA_P384_SHA384_ASN1;
    /// Ed25519 (RFC 8032).
    ED25519 = alg_id::ED25519, alg_id::ED25519, ED25519;
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2,048 to 8,192 bits.
    RSA_PKCS1_SHA256 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256, RSA_PKCS1_2048_8192_SHA256;
    /// RSASSA-PKCS1-v1_5 with SHA-384, 2,048 to 8,192 bits.
    RSA_PKCS1_SHA384 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384, RSA_PKCS1_2048_8192_SHA384;
    /// RSASSA-PKCS1-v1_5 with SHA-512, 2,048 to 8,192 bits.
    RSA_PKCS1_SHA512 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512, RSA_PKCS1_2048_8192_SHA512;
    /// [`RSA_PKCS1_SHA256`] named without parameters (RFC 4055 §5).
    RSA_PKCS1_SHA256_ABSENT_PARAMETERS =
        alg_id::RSA_ENCRYPTION, RSA_PKCS1_SHA256_BARE, RSA_PKCS1_2048_8192_SHA256;
    /// [`RSA_PKCS1_SHA384`] named without parameters (RFC 4055 §5).
    RSA_PKCS1_SHA384_ABSENT_PARAMETERS =
        alg_id::RSA_ENCRYPTION, RSA_PKCS1_SHA384_BARE, RSA_PKCS1_2048_8192_SHA384;
    /// [`RSA_PKCS1_SHA512`] named without parameters (RFC 4055 §5).
    RSA_PKCS1_SHA512_ABSENT_PARAMETERS =
        alg_id::RSA_ENCRYPTION, RSA_PKCS1_SHA512_BARE, RSA_PKCS1_2048_8192_SHA512;
    /// RSASSA-PSS with SHA-256 throughout and 32 bytes of salt, 2,048 to 8,192 bits.
    RSA_PSS_SHA256 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256, RSA_PSS_2048_8192_SHA256;
    /// RSASSA-PSS with SHA-384 throughout and 48 bytes of salt, 2,048 to 8,192 bits.
    RSA_PSS_SHA384 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384, RSA_PSS_2048_8192_SHA384;
    /// RSASSA-PSS with SHA-512 throughout and 64 bytes of salt, 2,048 to 8,192 bits.
    RSA_PSS_SHA512 = alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512, RSA_PSS_2048_8192_SHA512;
}
