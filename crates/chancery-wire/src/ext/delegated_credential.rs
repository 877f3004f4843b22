//! A short-lived key that stands in for a certificate's.
//!
//! ```text
//! struct {
//!     uint32 valid_time;
//!     SignatureScheme dc_cert_verify_algorithm;
//!     opaque ASN1_subjectPublicKeyInfo<1..2^24-1>;
//! } Credential;
//!
//! struct {
//!     Credential cred;
//!     SignatureScheme algorithm;
//!     opaque signature<1..2^16-1>;
//! } DelegatedCredential;                          RFC 9345 §4
//! ```
//!
//! A ClientHello or CertificateRequest asks for one with a SignatureSchemeList.

use crate::{
    SignatureScheme,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 9345 §4
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelegatedCredential<'a> {
    /// Until when it is valid, in seconds after the certificate's `notBefore`.
    pub valid_time: u32,
    /// How the CertificateVerify under it is signed.
    pub dc_cert_verify_algorithm: SignatureScheme,
    /// The delegated key, DER.
    pub subject_public_key_info: &'a [u8],
    /// How the credential is signed.
    pub algorithm: SignatureScheme,
    /// Its signature, by the certificate's key.
    pub signature: &'a [u8],
}

impl<'a> Codec<'a> for DelegatedCredential<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            valid_time: r.u32("valid_time")?,
            dc_cert_verify_algorithm: SignatureScheme(r.u16("dc_cert_verify_algorithm")?),
            subject_public_key_info: r.vec24("ASN1_subjectPublicKeyInfo", 1..=0xff_ffff)?.rest(),
            algorithm: SignatureScheme(r.u16("algorithm")?),
            signature: r.vec16("signature", 1..=0xffff)?.rest(),
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(&self.valid_time.to_be_bytes())?;
        self.dc_cert_verify_algorithm.encode(w)?;
        writer::vec24(w, "ASN1_subjectPublicKeyInfo", 1..=0xff_ffff, |w| {
            w.write(self.subject_public_key_info)
        })?;
        self.algorithm.encode(w)?;
        writer::vec16(w, "signature", 1..=0xffff, |w| w.write(self.signature))
    }
}
