//! Trust anchors: a name and a key (RFC 5280 §6.1.1 (d)), and what their owner lets them vouch for.
//!
//! ```text
//! certificate ─────────┐
//!                      ├──► Anchor { name, key, constraints } ──► TrustAnchors, indexed by name
//! pki_types' anchor ───┘
//! ```
//!
//! They are prepared once. Finding those of a name takes the same few steps among a hundred and ten thousand.

use alloc::{
    borrow::ToOwned,
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::fmt;

use chancery_x509::{
    Certificate, Error, ErrorKind, Name, NameConstraints, Oid, SubjectPublicKeyInfo, Validity,
    Version,
};
use pki_types::{CertificateDer, Der, TrustAnchor, UnixTime};

use crate::{der, name, policy::Purpose, public_key::OwnedKey, text};

/// What an anchor may vouch for, beside what its own certificate says (RFC 5914 §2, RFC 5937 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnchorConstraints {
    /// The DER of a `NameConstraints` that holds for every path (RFC 5280 §6.1.1 (h), (i)); see
    /// [`Self::permit_dns_names`].
    pub name_constraints: Option<Box<[u8]>>,
    /// The purposes that it is trusted for; none listed stands for all.
    pub purposes: Vec<Purpose>,
    /// Leaves whose `notBefore` is later than this are not trusted: how a CA is faded out.
    pub distrust_after: Option<UnixTime>,
    /// Leaves that no log has seen by this time are not trusted: as `distrust_after`, where a CA might backdate. The logs are
    /// those of [`crate::Policy::transparency`]; without it, none has seen it.
    pub distrust_after_timestamp: Option<UnixTime>,
    /// The longest that a leaf may be valid, in seconds, both ends counted.
    pub maximum_lifetime: Option<u64>,
    /// Whether the validity of the anchor's own certificate counts. RFC 5280 has no expired anchor.
    pub honour_expiry: bool,
    /// Whether basic constraints, key usage, extended key usage and name constraints of the anchor's own
    /// certificate count (RFC 5937).
    pub honour_certificate: bool,
    /// Whether this very certificate is accepted as a leaf: a self-signed server certificate, trusted as it is.
    /// Its name, times and purpose are judged all the same.
    pub trusted_leaf: bool,
}

impl AnchorConstraints {
    /// The certificate's own constraints and times count, and nothing is added.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            name_constraints: None,
            purposes: Vec::new(),
            distrust_after: None,
            distrust_after_timestamp: None,
            maximum_lifetime: None,
            honour_expiry: true,
            honour_certificate: true,
            trusted_leaf: false,
        }
    }

    /// Sets [`Self::name_constraints`] so that only these host names, and names below them, are vouched for.
    #[must_use]
    pub fn permit_dns_names(mut self, names: &[&str]) -> Self {
        let subtrees: Vec<Vec<u8>> = names
            .iter()
            .map(|name| der::element(der::SEQUENCE, &[&der::element(0x82, &[name.as_bytes()])]))
            .collect();
        let subtrees: Vec<&[u8]> = subtrees.iter().map(Vec::as_slice).collect();
        let permitted = der::element(0xa0, &subtrees);
        self.name_constraints = Some(der::element(der::SEQUENCE, &[&permitted]).into());
        self
    }
}

impl Default for AnchorConstraints {
    fn default() -> Self {
        Self::new()
    }
}

/// A trust anchor.
#[derive(Clone)]
pub struct Anchor {
    /// The DER of the name.
    subject: Box<[u8]>,
    key: OwnedKey,
    /// The certificate, if it came as one.
    certificate: Option<CertificateDer<'static>>,
    /// What pki_types' anchor brought with it.
    own_name_constraints: Option<Box<[u8]>>,
    constraints: AnchorConstraints,
    plain: Option<Plain>,
    hash: u64,
}

/// All that a plain CA certificate says: until when, and how long paths may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain {
    pub(crate) validity: Validity,
    pub(crate) path_length: Option<u32>,
}

impl Plain {
    /// Nothing if the certificate says more, or is not one of a CA: then it is read again on each use.
    fn of(certificate: &Certificate<'_>) -> Option<Self> {
        let extensions = certificate.extensions();
        let basic = extensions.basic_constraints().filter(|basic| basic.ca())?;
        let is_plain = certificate.version() == Version::V3
            && extensions.key_usage().is_none_or(|usage| usage.key_cert_sign())
            && extensions.extended_key_usage().is_none()
            && extensions.name_constraints().is_none()
            && extensions.iter().all(|extension| {
                !extension.critical()
                    || matches!(extension.oid(), Oid::BASIC_CONSTRAINTS | Oid::KEY_USAGE)
            });
        is_plain.then(|| Self {
            validity: *certificate.validity(),
            path_length: basic.path_len_constraint(),
        })
    }
}

impl Anchor {
    /// From a certificate, self-signed or not; its own signature is not checked, since whoever gives it
    /// here trusts it.
    ///
    /// Roots in wide use break rules that those below them keep: their serial number is zero, or a string holds a
    /// character that its type does not have. That is let pass here, and reported under the strict profiles.
    ///
    /// # Errors
    /// If the certificate does not parse.
    pub fn from_certificate(
        certificate: &CertificateDer<'_>,
        constraints: AnchorConstraints,
    ) -> Result<Self, Error> {
        let parsed = parse(certificate)?;
        Ok(Self {
            subject: parsed.subject().as_der().into(),
            key: OwnedKey::new(parsed.subject_public_key_info()),
            certificate: Some(certificate.clone().into_owned()),
            own_name_constraints: None,
            plain: Plain::of(&parsed),
            hash: name::hash(parsed.subject()),
            constraints,
        })
    }

    /// From name, key and name constraints, as webpki-roots has them.
    ///
    /// # Errors
    /// If one of the three does not parse.
    pub fn from_trust_anchor(
        anchor: &TrustAnchor<'_>,
        constraints: AnchorConstraints,
    ) -> Result<Self, Error> {
        // pki_types leaves the outer tag and length away.
        let subject = der::element(der::SEQUENCE, &[&anchor.subject]);
        let key = der::element(der::SEQUENCE, &[&anchor.subject_public_key_info]);
        let own = anchor.name_constraints.as_ref();
        let own = own.map(|constraints| der::element(der::SEQUENCE, &[constraints]));
        let hash = name::hash(&Name::parse(&subject)?);
        let key = OwnedKey::new(&SubjectPublicKeyInfo::parse(&key)?);
        if let Some(own) = &own {
            NameConstraints::parse(own)?;
        }
        Ok(Self {
            subject: subject.into(),
            key,
            certificate: None,
            own_name_constraints: own.map(Into::into),
            plain: None,
            hash,
            constraints,
        })
    }

    /// The same as pki_types has it: without the constraints that only this crate knows.
    #[must_use]
    pub fn to_trust_anchor(&self) -> TrustAnchor<'_> {
        TrustAnchor {
            subject: Der::from_slice(der::contents(&self.subject)),
            subject_public_key_info: Der::from_slice(der::contents(self.key.as_der())),
            name_constraints: self
                .name_constraints_der()
                .map(|constraints| Der::from_slice(der::contents(constraints))),
        }
    }

    /// The certificate that it was made of, if it was made of one.
    #[must_use]
    pub const fn certificate(&self) -> Option<&CertificateDer<'static>> {
        self.certificate.as_ref()
    }

    /// The DER of its name.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The DER of its SubjectPublicKeyInfo.
    #[must_use]
    pub fn subject_public_key_info(&self) -> &[u8] {
        self.key.as_der()
    }

    /// The same, taken apart.
    pub(crate) const fn key(&self) -> &OwnedKey {
        &self.key
    }

    /// Whether that is its name.
    pub(crate) fn is_named(&self, name: &Name<'_>) -> bool {
        *self.subject == *name.as_der()
            || Name::parse(&self.subject).is_ok_and(|own| own.matches(name))
    }

    /// What it may vouch for.
    #[must_use]
    pub const fn constraints(&self) -> &AnchorConstraints {
        &self.constraints
    }

    /// Its certificate, if it is a plain one.
    pub(crate) const fn plain(&self) -> Option<&Plain> {
        self.plain.as_ref()
    }

    /// Its certificate.
    pub(crate) fn parsed(&self) -> Option<Certificate<'_>> {
        parse(self.certificate.as_ref()?).ok()
    }

    /// What it brought itself.
    pub(crate) fn name_constraints_der(&self) -> Option<&[u8]> {
        if let Some(own) = &self.own_name_constraints {
            return Some(own);
        }
        let parsed = self.parsed()?;
        parsed.extensions().find(Oid::NAME_CONSTRAINTS).map(|extension| extension.value())
    }

    pub(crate) fn bare_name_constraints(&self) -> Option<&[u8]> {
        self.own_name_constraints.as_deref()
    }

    /// Its name, readable.
    #[must_use]
    pub fn subject_name(&self) -> String {
        self.subject_text().to_string()
    }

    pub(crate) const fn subject_text(&self) -> text::NameOf<'_> {
        text::NameOf(&self.subject)
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchor({})", self.subject_text())
    }
}

/// What a certificate may deviate in and still be made an anchor: nothing that could give it another meaning.
fn parse(der: &[u8]) -> Result<Certificate<'_>, Error> {
    let strict = match Certificate::parse(der) {
        Ok(certificate) => return Ok(certificate),
        Err(error) => error,
    };
    let mut is_harmless = true;
    let certificate = Certificate::parse_lenient(der, &mut |finding| {
        is_harmless &= matches!(
            finding.kind(),
            ErrorKind::SerialNotPositive
                | ErrorKind::SerialTooLong
                | ErrorKind::InvalidString
                | ErrorKind::EncodedDefault
                | ErrorKind::WrongTimeForm
        );
    })?;
    if is_harmless { Ok(certificate) } else { Err(strict) }
}

/// The trust anchors, indexed by name.
///
/// ```
/// use chancery_chain::TrustAnchors;
///
/// # fn load() -> Vec<pki_types::CertificateDer<'static>> { Vec::new() }
/// let mut anchors = TrustAnchors::new();
/// for certificate in load() {
///     anchors.add_certificate(&certificate)?;
/// }
/// # Ok::<(), chancery_x509::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    anchors: Vec<Arc<Anchor>>,
    /// Hash of the name and index, in order.
    index: Vec<(u64, usize)>,
    has_trusted_leaf: bool,
}

impl TrustAnchors {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { anchors: Vec::new(), index: Vec::new(), has_trusted_leaf: false }
    }

    /// All that parse, and how many do not: stores of operating systems hold strange things.
    pub fn from_certificates<'c>(
        certificates: impl IntoIterator<Item = &'c CertificateDer<'c>>,
    ) -> (Self, usize) {
        let mut anchors = Vec::new();
        let mut malformed = 0;
        for certificate in certificates {
            match Anchor::from_certificate(certificate, AnchorConstraints::new()) {
                Ok(anchor) => anchors.push(anchor),
                Err(_) => malformed += 1,
            }
        }
        (anchors.into_iter().collect(), malformed)
    }

    /// Adds one, and returns its index.
    pub fn add(&mut self, anchor: Anchor) -> usize {
        let index = self.anchors.len();
        let key = (anchor.hash, index);
        let at = self.index.partition_point(|entry| *entry < key);
        self.index.insert(at, key);
        self.has_trusted_leaf |= anchor.constraints.trusted_leaf;
        self.anchors.push(Arc::new(anchor));
        index
    }

    /// Adds a certificate, with its own constraints.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn add_certificate(&mut self, certificate: &CertificateDer<'_>) -> Result<usize, Error> {
        Ok(self.add(Anchor::from_certificate(certificate, AnchorConstraints::new())?))
    }

    /// Adds an anchor as webpki-roots has it.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn add_trust_anchor(&mut self, anchor: &TrustAnchor<'_>) -> Result<usize, Error> {
        Ok(self.add(Anchor::from_trust_anchor(anchor, AnchorConstraints::new())?))
    }

    /// The anchor of an index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Anchor> {
        self.anchors.get(index).map(|anchor| &**anchor)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// All, in the order of their indices.
    pub fn iter(&self) -> impl Iterator<Item = &Anchor> {
        self.anchors.iter().map(|anchor| &**anchor)
    }

    pub(crate) fn shared(&self, index: usize) -> Option<&Arc<Anchor>> {
        self.anchors.get(index)
    }

    /// Whether any may stand as a leaf, see [`AnchorConstraints::trusted_leaf`].
    pub(crate) const fn have_trusted_leaf(&self) -> bool {
        self.has_trusted_leaf
    }

    /// Those whose names may be the one of that hash; the caller compares.
    pub(crate) fn named(&self, hash: u64) -> impl Iterator<Item = (usize, &Anchor)> {
        let start = self.index.partition_point(|(known, _)| *known < hash);
        self.index
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(move |(known, _)| *known == hash)
            .filter_map(|(_, index)| Some((*index, self.get(*index)?)))
    }
}

impl FromIterator<Anchor> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = Anchor>>(anchors: I) -> Self {
        let anchors: Vec<Arc<Anchor>> = anchors.into_iter().map(Arc::new).collect();
        let mut index: Vec<_> =
            anchors.iter().enumerate().map(|(i, anchor)| (anchor.hash, i)).collect();
        index.sort_unstable();
        let has_trusted_leaf = anchors.iter().any(|anchor| anchor.constraints.trusted_leaf);
        Self { anchors, index, has_trusted_leaf }
    }
}

/// For [`AnchorConstraints::name_constraints`].
impl AnchorConstraints {
    /// Sets [`Self::name_constraints`] to the DER of a `NameConstraints`.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn with_name_constraints(mut self, constraints: &[u8]) -> Result<Self, Error> {
        NameConstraints::parse(constraints)?;
        self.name_constraints = Some(constraints.to_owned().into());
        Ok(self)
    }
}
