//! From a wish to a signed certificate, one type a step, each used up by the next.
//!
//! ```text
//! Draft ──check──► Checked ──lint──► Linted ──sign──► certificate
//!   profile, proven   issuer may do     the very bytes       verified under
//!   request           it, names are     passed every lint    issuer's key
//!                     controlled
//! ```
//!
//! No other path leads to a signature. None of these values can be cloned or made otherwise, so what
//! was linted is signed, once at most, and nothing else is.

use alloc::vec::Vec;

use chancery_crypto::Random;
use chancery_x509::Certificate;
use pki_types::{CertificateDer, UnixTime};

use crate::{
    AlternativeName, Control, Error, IssuerRefusal, KeyRefusal, Profile, ProvenRequest,
    RequestRefusal, Role, SerialNumber,
    issuer::Issuer,
    limits::{MAX_BACKDATE, evidence_lifetime},
    lint::lint,
    tbs_certificate::TbsCertificate,
    time::{minus, plus},
};

/// What is wished for: a request, and the profile to serve it by. A
/// [`CertificateAuthority`](crate::CertificateAuthority) makes it.
#[derive(Debug)]
#[must_use]
pub struct Draft<'a> {
    pub(crate) issuer: Issuer<'a>,
    pub(crate) profile: &'a Profile,
    pub(crate) request: ProvenRequest,
}

impl<'a> Draft<'a> {
    /// Checks that the issuer may issue this, for these names, now.
    ///
    /// # Errors
    /// [`Error::Issuer`] if the issuer is not a CA that is valid now, or if a path length, a purpose
    /// or a name constraint of it or of a CA above forbids this; [`Error::Request`] if a name is
    /// asked for whose control is not shown, or was shown too long ago; [`Error::Key`] if the key is
    /// the issuer's own.
    pub fn check(self, control: &Control, now: UnixTime) -> Result<Checked<'a>, Error> {
        let Self { issuer, profile, request } = self;
        check_evidence(profile, control, now)?;
        let names = controlled_names(profile, &request, control)?;
        let chain = issuer.chain()?;
        let subject = control.subject().clone();
        chain.may_issue(profile, &subject, &names, now)?;

        // RFC 5280 §4.1.2.6: a CA's key certifies others; it is certified itself for its one subject.
        if chain.has_key(request.subject_public_key_info()) {
            return Err(KeyRefusal::IssuersOwn.into());
        }

        let not_before = minus(now, profile.backdate.min(MAX_BACKDATE)).max(chain.not_before());
        // RFC 5280 §4.1.2.5: both ends are included.
        let not_after =
            minus(plus(not_before, profile.validity), core::time::Duration::from_secs(1));
        if not_after > chain.not_after() {
            return Err(IssuerRefusal::OutlivesIssuer.into());
        }
        let subject_public_key_info = request.subject_public_key_info().to_vec();
        let tbs = TbsCertificate {
            profile,
            subject,
            names,
            not_before,
            not_after,
            subject_public_key_info,
        };
        Ok(Checked { issuer, tbs })
    }
}

fn check_evidence(profile: &Profile, control: &Control, now: UnixTime) -> Result<(), Error> {
    if control.at() > now {
        return Err(RequestRefusal::EvidenceFromFuture.into());
    }
    // The rule is about servers; a CA or a client is checked whenever its operator says so.
    if profile.role == Role::TlsServer && plus(control.at(), evidence_lifetime(now)) < now {
        return Err(RequestRefusal::EvidenceTooOld.into());
    }
    Ok(())
}

/// The names that the request asks for, all of which have to be controlled: one too many is refused
/// and not dropped, since its sender would not notice.
fn controlled_names(
    profile: &Profile,
    request: &ProvenRequest,
    control: &Control,
) -> Result<Vec<AlternativeName>, Error> {
    if profile.role.is_ca() {
        // A CA is known by its subject.
        return Ok(Vec::new());
    }
    // Let's Encrypt, 2020: one name was checked as often as there were names. Each is looked up here.
    if let Some(name) = request.names().iter().find(|name| !control.covers(name)) {
        return Err(RequestRefusal::NameNotControlled((*name).clone()).into());
    }
    if request.names().is_empty()
        && (profile.role == Role::TlsServer || control.subject().is_empty())
    {
        return Err(RequestRefusal::NoNames.into());
    }
    Ok(request.names().to_vec())
}

/// What may be issued, as far as issuer, names and key are concerned.
#[derive(Debug)]
#[must_use]
pub struct Checked<'a> {
    issuer: Issuer<'a>,
    tbs: TbsCertificate<'a>,
}

impl<'a> Checked<'a> {
    /// Gives it a serial number, encodes it, parses it again as any stranger would, and lints what
    /// was parsed.
    ///
    /// # Errors
    /// [`Error::Lint`] with every rule that the certificate would break; [`Error::Random`].
    pub fn lint(self, random: &mut dyn Random) -> Result<Linted<'a>, Error> {
        let Self { issuer, tbs } = self;
        let serial_number = SerialNumber::generate(random)?;
        let to_be_signed = tbs.encode(serial_number, &issuer)?;
        let parsed = chancery_x509::TbsCertificate::parse(&to_be_signed)?;
        let chain = issuer.chain()?;
        let of_issuer = chain.issuer().map(Certificate::tbs);
        let findings = lint(&parsed, tbs.profile.role, tbs.profile.requirements, of_issuer);
        if !findings.is_empty() {
            return Err(Error::Lint(findings));
        }
        Ok(Linted { issuer, to_be_signed, serial_number })
    }
}

/// The very bytes of a certificate that lacks nothing but its signature.
#[derive(Debug)]
#[must_use]
pub struct Linted<'a> {
    issuer: Issuer<'a>,
    to_be_signed: Vec<u8>,
    serial_number: SerialNumber,
}

impl Linted<'_> {
    /// The serial number, to be written down before the certificate exists.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber {
        self.serial_number
    }

    /// The DER of the `TBSCertificate`.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Signs it with the issuer's key, and verifies the signature.
    ///
    /// # Errors
    /// [`Error::Sign`] if the key does not sign, [`Error::FaultySignature`] if it signs wrongly.
    pub fn sign(self) -> Result<CertificateDer<'static>, Error> {
        let verifiers = self.issuer.verifiers;
        Ok(self.issuer.signer.sign_and_wrap(&self.to_be_signed, verifiers)?.into())
    }

    /// Puts in a signature that was made elsewhere over [`Self::to_be_signed`], and verifies it.
    ///
    /// # Errors
    /// [`Error::FaultySignature`] if it does not verify under the issuer's key.
    pub fn sign_with(self, signature: &[u8]) -> Result<CertificateDer<'static>, Error> {
        let verifiers = self.issuer.verifiers;
        let signer = &self.issuer.signer;
        Ok(signer.verify_and_wrap(&self.to_be_signed, signature, verifiers)?.into())
    }
}
