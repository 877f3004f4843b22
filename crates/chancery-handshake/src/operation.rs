//! What a handshake cannot do itself, and waits for: to verify certificates, to sign, to choose.
//!
//! ```text
//! Event::Suspended(Operation) ──► look into it, take as long as it takes ──► Answer ──► resume
//! ```
//!
//! Each operation makes its own [`Answer`], so that an answer to the wrong question does not exist.

mod choose;
mod sign;
mod verify;

pub use choose::{ChooseConfiguration, ChooseCredentials, Refusal};
pub use sign::Sign;
pub use verify::{CertificateRejection, PeerRole, PublicKey, VerifyCertificates};

use alloc::vec::Vec;

use crate::{Choice, Credentials};

/// Something that the handshake waits for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Operation {
    /// Verify the peer's certificates: client always, server where it asked for some.
    VerifyCertificates(VerifyCertificates),
    /// Sign the transcript with the key of the certificate that was sent.
    Sign(Sign),
    /// Server: choose a certificate and the rest, seeing what the client offers.
    ChooseConfiguration(ChooseConfiguration),
    /// Client: choose a certificate, or none, seeing what the server asks for.
    ChooseCredentials(ChooseCredentials),
}

/// The answer to an [`Operation`], made by its methods.
#[derive(Debug)]
pub struct Answer(pub(crate) AnswerKind);

#[derive(Debug)]
pub(crate) enum AnswerKind {
    Verified(PublicKey),
    Rejected(CertificateRejection),
    Signature(Vec<u8>),
    Choice(Choice),
    Credentials(Option<Credentials>),
    Refused(Refusal),
}
