//! A certificate authority: a key, its certificate, and those above.

use alloc::{boxed::Box, vec::Vec};

use chancery_crypto::{Random, SigningKey};
use chancery_x509::Certificate;
use pki_types::{CertificateDer, UnixTime};

use crate::{
    Control, DistinguishedName, Error, IssuerRefusal, Profile, ProvenRequest, RequestBuilder,
    draft::Draft,
    issuer::{Issuer, check_ca},
    signature::{Verdict, Verifiers, verify},
};

/// A key that may sign certificates, with the chain that says so.
///
/// ```
/// use chancery_issue::{AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder};
/// use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS, SystemRandom};
/// use pki_types::UnixTime;
///
/// let (now, random) = (UnixTime::now(), &mut SystemRandom::new());
/// let new_key = || PrivateKey::from_pkcs8(Pkcs8::generate(KeyType::EcdsaP256)?.as_der());
/// let root = CertificateAuthority::self_signed(
///     new_key()?,
///     SIGNATURE_VERIFICATION_ALGORITHMS,
///     DistinguishedName::from_common_name("Example Root CA")?,
///     &Profile::root_ca(),
///     now,
///     random,
/// )?;
/// let name = DistinguishedName::from_common_name("Example Issuing CA")?;
/// let issuing = root.subordinate(new_key()?, name, &Profile::intermediate_ca(), now, random)?;
///
/// // The server's side: a key, and a request signed with it.
/// let host: AlternativeName = "www.example.com".parse()?;
/// let request = RequestBuilder::new().of_names([host.clone()]).sign(&new_key()?)?;
///
/// // The CA's side: it has checked, by its own means, that the server is at this name.
/// let control = Control::asserted_by_operator(now).of_names([host]);
/// let chain = issuing.issue(&Profile::tls_server(), &request, &control, now, random)?;
/// assert_eq!(chain.len(), 2); // what the server sends: its certificate, the issuing CA's
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CertificateAuthority {
    key: Box<dyn SigningKey>,
    verifiers: Verifiers,
    /// Its own certificate, that of its issuer, and so on.
    chain: Vec<CertificateDer<'static>>,
}

impl CertificateAuthority {
    /// A new root: issues `key` a certificate by itself.
    ///
    /// # Errors
    /// As [`Draft::check`] and what follows it.
    pub fn self_signed(
        key: impl SigningKey + 'static,
        verifiers: Verifiers,
        subject: DistinguishedName,
        profile: &Profile,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Self, Error> {
        let issuer = Issuer::new(&key, verifiers, &[])?;
        // The key proves itself like any other, which finds out early that it does not work.
        let request = RequestBuilder::new().sign(&key)?;
        let request = ProvenRequest::verify(&request, verifiers)?;
        let control = Control::asserted_by_operator(now).of_subject(subject);
        let draft = Draft { issuer, profile, request };
        let certificate = draft.check(&control, now)?.lint(random)?.sign()?;
        Ok(Self { key: Box::new(key), verifiers, chain: [certificate].into() })
    }

    /// A CA that exists: its key, its own certificate, and those above it in order. The root's may be
    /// left out; what it constrains is then not known here.
    ///
    /// # Errors
    /// [`Error::Issuer`] if the key is not that of the first certificate, a certificate is no CA's,
    /// or one does not verify under the key of the next.
    pub fn new(
        key: impl SigningKey + 'static,
        verifiers: Verifiers,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Self, Error> {
        check_chain(&key, verifiers, &chain)?;
        Ok(Self { key: Box::new(key), verifiers, chain })
    }

    /// A new CA below this one, whose `key` is at hand as well. For a key that is elsewhere, sign
    /// its request with [`Self::issue`].
    ///
    /// # Errors
    /// As [`Self::issue`].
    pub fn subordinate(
        &self,
        key: impl SigningKey + 'static,
        subject: DistinguishedName,
        profile: &Profile,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Self, Error> {
        let request = RequestBuilder::new().sign(&key)?;
        let control = Control::asserted_by_operator(now).of_subject(subject);
        let mut chain = self.issue(profile, &request, &control, now, random)?;
        // `issue` leaves the root out, since TLS does. Its constraints are wanted here.
        chain.truncate(1);
        chain.extend_from_slice(&self.chain);
        Self::new(key, self.verifiers, chain)
    }

    /// Issues a certificate for a request in DER, through every step of [`Draft`].
    ///
    /// The answer is the chain that a TLS peer sends (RFC 8446 §4.4.2): the new certificate, then
    /// those of this CA and above, without a self-signed root.
    ///
    /// # Errors
    /// As [`ProvenRequest::verify`], [`Draft::check`], [`Checked::lint`](crate::Checked::lint) and
    /// [`Linted::sign`](crate::Linted::sign).
    pub fn issue(
        &self,
        profile: &Profile,
        request: &[u8],
        control: &Control,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Vec<CertificateDer<'static>>, Error> {
        let request = ProvenRequest::verify(request, self.verifiers)?;
        let leaf = self.draft(profile, request)?.check(control, now)?.lint(random)?.sign()?;
        let mut chain: Vec<_> = [leaf].into();
        for der in &self.chain {
            if !Certificate::parse(der)?.is_self_issued() {
                chain.push(der.clone());
            }
        }
        Ok(chain)
    }

    /// The first step of issuing, for whoever wants to take the others one by one.
    ///
    /// # Errors
    /// [`Error::Sign`] if the key offers no algorithm that X.509 has a name for.
    pub fn draft<'a>(
        &'a self,
        profile: &'a Profile,
        request: ProvenRequest,
    ) -> Result<Draft<'a>, Error> {
        Ok(Draft { issuer: self.issuer()?, profile, request })
    }

    /// Its own certificate.
    #[must_use]
    pub fn certificate(&self) -> &CertificateDer<'static> {
        // Every way to make this value puts one there.
        self.chain.first().unwrap_or_else(|| unreachable!("a CA has a certificate"))
    }

    /// Its own certificate, and those above it.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    pub(crate) fn issuer(&self) -> Result<Issuer<'_>, Error> {
        Ok(Issuer::new(&*self.key, self.verifiers, &self.chain)?)
    }
}

fn check_chain(
    key: &dyn SigningKey,
    verifiers: Verifiers,
    chain: &[CertificateDer<'_>],
) -> Result<(), Error> {
    let chain = chain.iter().map(|der| Certificate::parse(der)).collect::<Result<Vec<_>, _>>()?;
    let own = chain.first().ok_or(IssuerRefusal::NotACa)?;
    if own.subject_public_key_info().as_der() != key.subject_public_key_info() {
        return Err(IssuerRefusal::KeyMismatch.into());
    }
    for ca in &chain {
        check_ca(ca)?;
    }
    for (below, above) in chain.iter().zip(chain.iter().skip(1)) {
        let linked = below.issuer().as_der() == above.subject().as_der();
        let signed = verify(
            verifiers,
            above.subject_public_key_info().as_der(),
            below.signature_algorithm().contents(),
            below.tbs_der(),
            below.signature_value(),
        )?;
        if !linked || signed == Verdict::Bad {
            return Err(IssuerRefusal::BrokenChain.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
