//! Certificates, CRLs and OCSP responses to order: also such as no honest issuer makes.

use std::sync::Arc;

use chancery_chain::{
    CrlStore, Peer, Policy, Presented, Purpose, ReferenceIdentity, Rejection, TrustAnchors,
    Validator, VerifiedPath,
};
use chancery_crypto::{SignatureAlgorithm, SigningKey};
use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use pki_types::{CertificateDer, UnixTime};

/// 2027-01-15T08:00:00Z.
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const DAY: i64 = 86_400;

pub(crate) fn at(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds.try_into().unwrap()))
}

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag];
    match body.len() {
        n if n < 0x80 => out.push(n.try_into().unwrap()),
        n => {
            let bytes: Vec<u8> = n.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap());
            out.extend(bytes);
        }
    }
    out.extend(body);
    out
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(crate) fn oid(arcs: &[u32]) -> Vec<u8> {
    let mut body = vec![u8::try_from(arcs[0] * 40 + arcs[1]).unwrap()];
    for &arc in &arcs[2..] {
        let mut digits = vec![u8::try_from(arc & 0x7f).unwrap()];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(0x80 | u8::try_from(rest & 0x7f).unwrap());
            rest >>= 7;
        }
        body.extend(digits.iter().rev());
    }
    tlv(6, &[&body])
}

pub(crate) fn int(n: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = n.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    if bytes.first().is_none_or(|b| b & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    tlv(2, &[&bytes])
}

/// `[tag]` dotted numbers, for the arcs of an extension.
pub(crate) const CE: [u32; 3] = [2, 5, 29];

pub(crate) fn ce(n: u32) -> Vec<u8> {
    oid(&[CE[0], CE[1], CE[2], n])
}

/// One CN, as UTF8String.
pub(crate) fn name(cn: &str) -> Vec<u8> {
    rdns(&[(&[2, 5, 4, 3], 0x0c, cn.as_bytes())])
}

pub(crate) fn rdns(attributes: &[(&[u32], u8, &[u8])]) -> Vec<u8> {
    let sets: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(arcs, tag, value)| tlv(0x31, &[&seq(&[&oid(arcs), &tlv(*tag, &[value])])]))
        .collect();
    let sets: Vec<&[u8]> = sets.iter().map(Vec::as_slice).collect();
    seq(&sets)
}

pub(crate) fn civil(seconds: i64) -> String {
    let days = seconds.div_euclid(DAY);
    let of_day = seconds.rem_euclid(DAY);
    let (mut year, mut left) = (1970, days);
    let leap = |y: i64| i64::from(y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
    while left >= 365 + leap(year) {
        left -= 365 + leap(year);
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!(
        "{year:04}{month:02}{:02}{:02}{:02}{:02}Z",
        left + 1,
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}

pub(crate) fn utc(seconds: i64) -> Vec<u8> {
    tlv(0x17, &[&civil(seconds).as_bytes()[2..]])
}

pub(crate) fn generalized(seconds: i64) -> Vec<u8> {
    tlv(0x18, &[civil(seconds).as_bytes()])
}

/// ecdsa-with-SHA256
pub(crate) fn algorithm() -> Vec<u8> {
    seq(&[&oid(&[1, 2, 840, 10045, 4, 3, 2])])
}

pub(crate) struct Key(PrivateKey);

impl Key {
    pub(crate) fn new() -> Self {
        let pkcs8 = Pkcs8::generate(KeyType::EcdsaP256).unwrap();
        Self(PrivateKey::from_pkcs8(pkcs8.as_der()).unwrap())
    }

    pub(crate) fn spki(&self) -> &[u8] {
        self.0.subject_public_key_info()
    }

    /// The bits of the key.
    pub(crate) fn bits(&self) -> &[u8] {
        let spki = self.spki();
        &spki[spki.len() - 65..]
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; chancery_crypto::MAX_SIGNATURE_LEN];
        let length =
            self.0.sign(SignatureAlgorithm::EcdsaP256Sha256, message, &mut signature).unwrap();
        signature.truncate(length);
        signature
    }

    /// `tbs`, algorithm, signature, and what may follow.
    pub(crate) fn signed(&self, tbs: &[u8], after: &[u8]) -> Vec<u8> {
        let signature = tlv(3, &[&[0], &self.sign(tbs)]);
        seq(&[tbs, &algorithm(), &signature, after])
    }
}

pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    seq(&[oid, flag, &tlv(4, &[value])])
}

pub(crate) fn dns(name: &str) -> Vec<u8> {
    tlv(0x82, &[name.as_bytes()])
}

pub(crate) fn email(name: &str) -> Vec<u8> {
    tlv(0x81, &[name.as_bytes()])
}

pub(crate) fn uri(name: &str) -> Vec<u8> {
    tlv(0x86, &[name.as_bytes()])
}

pub(crate) fn directory(name: &[u8]) -> Vec<u8> {
    tlv(0xa4, &[name])
}

/// A certificate in the making.
#[derive(Clone)]
pub(crate) struct Cert {
    subject: Vec<u8>,
    spki: Vec<u8>,
    serial: Vec<u8>,
    from: i64,
    to: i64,
    extensions: Vec<Vec<u8>>,
}

impl Cert {
    pub(crate) fn new(cn: &str, key: &Key) -> Self {
        Self::named(&name(cn), key)
    }

    pub(crate) fn named(subject: &[u8], key: &Key) -> Self {
        Self {
            subject: subject.to_vec(),
            spki: key.spki().to_vec(),
            serial: int(4711),
            from: NOW - 30 * DAY,
            to: NOW + 30 * DAY,
            extensions: Vec::new(),
        }
    }

    pub(crate) fn ca(cn: &str, key: &Key) -> Self {
        Self::new(cn, key).is_ca(None).usage(&[0x01, 0x06])
    }

    pub(crate) fn ext(mut self, oid: &[u8], critical: bool, value: &[u8]) -> Self {
        self.extensions.push(extension(oid, critical, value));
        self
    }

    pub(crate) fn is_ca(self, path_len: Option<u64>) -> Self {
        let limit = path_len.map(int).unwrap_or_default();
        self.ext(&ce(19), true, &seq(&[&[1, 1, 0xff], &limit]))
    }

    /// The contents of the BIT STRING: keyCertSign and cRLSign are `01 06`, digitalSignature is `07 80`.
    pub(crate) fn usage(self, bits: &[u8]) -> Self {
        self.ext(&ce(15), true, &tlv(3, &[bits]))
    }

    pub(crate) fn names(self, names: &[Vec<u8>]) -> Self {
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        self.ext(&ce(17), false, &seq(&names))
    }

    pub(crate) fn dns(self, names: &[&str]) -> Self {
        self.names(&names.iter().map(|name| dns(name)).collect::<Vec<_>>())
    }

    pub(crate) fn purposes(self, last_arcs: &[u32]) -> Self {
        let list: Vec<Vec<u8>> =
            last_arcs.iter().map(|n| oid(&[1, 3, 6, 1, 5, 5, 7, 3, *n])).collect();
        let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
        self.ext(&ce(37), false, &seq(&list))
    }

    pub(crate) fn constraints(self, permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Self {
        let list = |tag: u8, names: &[Vec<u8>]| {
            let subtrees: Vec<u8> = names.iter().flat_map(|name| seq(&[name])).collect();
            if names.is_empty() { Vec::new() } else { tlv(tag, &[&subtrees]) }
        };
        self.ext(&ce(30), true, &seq(&[&list(0xa0, permitted), &list(0xa1, excluded)]))
    }

    pub(crate) fn policies(self, last_arcs: &[u32]) -> Self {
        let list: Vec<u8> = last_arcs.iter().flat_map(|n| seq(&[&policy(*n)])).collect();
        self.ext(&ce(32), false, &seq(&[&list]))
    }

    pub(crate) fn mappings(self, pairs: &[(u32, u32)]) -> Self {
        let list: Vec<u8> =
            pairs.iter().flat_map(|(a, b)| seq(&[&policy(*a), &policy(*b)])).collect();
        self.ext(&ce(33), true, &seq(&[&list]))
    }

    /// requireExplicitPolicy after that many certificates.
    pub(crate) fn require_policy(self, skip: u8) -> Self {
        self.ext(&ce(36), true, &seq(&[&tlv(0x80, &[&[skip]])]))
    }

    pub(crate) fn is_not_ca(self) -> Self {
        self.ext(&ce(19), true, &seq(&[]))
    }

    pub(crate) fn with_spki(mut self, spki: &[u8]) -> Self {
        self.spki = spki.to_vec();
        self
    }

    /// Another key of the same form; hardly a point of the curve.
    pub(crate) fn with_bits(mut self, n: u64) -> Self {
        let end = self.spki.len();
        self.spki[end - 8..].copy_from_slice(&n.to_be_bytes());
        self
    }

    pub(crate) fn serial(mut self, serial: u64) -> Self {
        self.serial = int(serial);
        self
    }

    pub(crate) fn valid(mut self, from: i64, to: i64) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    pub(crate) fn sign(self, issuer: &str, key: &Key) -> CertificateDer<'static> {
        self.sign_as(&name(issuer), key)
    }

    pub(crate) fn sign_as(self, issuer: &[u8], key: &Key) -> CertificateDer<'static> {
        let tbs = self.tbs(issuer);
        key.signed(&tbs, &[]).into()
    }

    /// With a signature of no key.
    pub(crate) fn forge(self, issuer: &str) -> CertificateDer<'static> {
        let tbs = self.tbs(&name(issuer));
        let signature = tlv(3, &[&[0], &seq(&[&int(1), &int(2)])]);
        seq(&[&tbs, &algorithm(), &signature]).into()
    }

    fn tbs(&self, issuer: &[u8]) -> Vec<u8> {
        let extensions: Vec<u8> = self.extensions.concat();
        let extensions =
            if extensions.is_empty() { Vec::new() } else { tlv(0xa3, &[&seq(&[&extensions])]) };
        let version = if extensions.is_empty() { Vec::new() } else { tlv(0xa0, &[&int(2)]) };
        let validity = seq(&[&utc(self.from), &utc(self.to)]);
        seq(&[
            &version,
            &self.serial,
            &algorithm(),
            issuer,
            &validity,
            &self.subject,
            &self.spki,
            &extensions,
        ])
    }
}

/// A policy identifier of ours; 0 is anyPolicy.
pub(crate) fn policy(n: u32) -> Vec<u8> {
    if n == 0 { oid(&[2, 5, 29, 32, 0]) } else { oid(&[1, 3, 6, 1, 4, 1, 55738, 1, n]) }
}

/// A root, an intermediate, and a leaf for `leaf.example`.
pub(crate) struct Pki {
    pub(crate) root: Key,
    pub(crate) ica: Key,
    pub(crate) leaf: Key,
}

impl Pki {
    pub(crate) fn new() -> Self {
        Self { root: Key::new(), ica: Key::new(), leaf: Key::new() }
    }

    pub(crate) fn root_cert(&self) -> CertificateDer<'static> {
        Cert::ca("root", &self.root).sign("root", &self.root)
    }

    pub(crate) fn ica_spec(&self) -> Cert {
        Cert::ca("ica", &self.ica)
    }

    pub(crate) fn leaf_spec(&self) -> Cert {
        Cert::new("leaf", &self.leaf).usage(&[0x07, 0x80]).purposes(&[1])
    }

    pub(crate) fn ica_cert(&self) -> CertificateDer<'static> {
        self.ica_spec().sign("root", &self.root)
    }

    pub(crate) fn leaf_cert(&self) -> CertificateDer<'static> {
        self.leaf_spec().dns(&["leaf.example"]).sign("ica", &self.ica)
    }

    /// Verifies a leaf below an intermediate of those shapes, for `host`.
    pub(crate) fn verdict(
        &self,
        ica: Cert,
        leaf: Cert,
        host: &str,
    ) -> Result<VerifiedPath, Rejection> {
        let leaf = leaf.sign("ica", &self.ica);
        Setup::new(self.root_cert()).verify(&leaf, &[ica.sign("root", &self.root)], host)
    }
}

/// A validator in the making.
pub(crate) struct Setup {
    pub(crate) anchors: TrustAnchors,
    pub(crate) policy: Policy,
    pub(crate) crls: CrlStore,
    pub(crate) ocsp: Vec<Vec<u8>>,
    pub(crate) at: i64,
    pub(crate) purpose: Purpose,
}

impl Setup {
    pub(crate) fn new(root: CertificateDer<'static>) -> Self {
        Self::anchored(TrustAnchors::from_certificates(&[root]).0)
    }

    pub(crate) fn anchored(anchors: TrustAnchors) -> Self {
        Self {
            anchors,
            policy: Policy::new(),
            crls: CrlStore::new(),
            ocsp: Vec::new(),
            at: NOW,
            purpose: Purpose::ServerAuth,
        }
    }

    pub(crate) fn crl(mut self, der: &[u8]) -> Self {
        self.crls.add(der).expect("a CRL that parses");
        self
    }

    pub(crate) fn verify(
        self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'static>],
        host: &str,
    ) -> Result<VerifiedPath, Rejection> {
        let identity = ReferenceIdentity::dns(host).expect("a host name");
        self.verify_peer(leaf, intermediates, Peer::Named(&identity))
    }

    pub(crate) fn verify_peer(
        self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'static>],
        peer: Peer<'_>,
    ) -> Result<VerifiedPath, Rejection> {
        let validator = Validator::new(self.anchors, SIGNATURE_VERIFICATION_ALGORITHMS)
            .with_policy(self.policy)
            .with_crls(Arc::new(self.crls));
        let responses: Vec<&[u8]> = self.ocsp.iter().map(Vec::as_slice).collect();
        let mut presented = Presented::new(leaf, intermediates);
        presented.ocsp_responses = &responses;
        validator.verify(&presented, self.purpose, peer, at(self.at))
    }
}

/// A CRL in the making.
#[derive(Clone)]
pub(crate) struct Crl {
    pub(crate) issuer: Vec<u8>,
    pub(crate) this_update: i64,
    pub(crate) next_update: i64,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Crl {
    pub(crate) fn new(issuer: &str, number: u64) -> Self {
        Self {
            issuer: name(issuer),
            this_update: NOW - DAY,
            next_update: NOW + DAY,
            entries: Vec::new(),
            extensions: vec![extension(&ce(20), false, &int(number))],
        }
    }

    pub(crate) fn revoke(self, serial: u64) -> Self {
        self.entry(serial, &[])
    }

    pub(crate) fn entry(mut self, serial: u64, extensions: &[Vec<u8>]) -> Self {
        let extensions = extensions.concat();
        let extensions = if extensions.is_empty() { Vec::new() } else { seq(&[&extensions]) };
        self.entries.push(seq(&[&int(serial), &utc(NOW - 2 * DAY), &extensions]));
        self
    }

    pub(crate) fn ext(mut self, n: u32, critical: bool, value: &[u8]) -> Self {
        self.extensions.push(extension(&ce(n), critical, value));
        self
    }

    /// issuingDistributionPoint with these contents.
    pub(crate) fn scope(self, contents: &[u8]) -> Self {
        self.ext(28, true, &seq(&[contents]))
    }

    pub(crate) fn times(mut self, this_update: i64, next_update: i64) -> Self {
        (self.this_update, self.next_update) = (this_update, next_update);
        self
    }

    pub(crate) fn sign(self, key: &Key) -> Vec<u8> {
        let entries = self.entries.concat();
        let entries = if entries.is_empty() { Vec::new() } else { seq(&[&entries]) };
        let extensions = self.extensions.concat();
        let extensions =
            if extensions.is_empty() { Vec::new() } else { tlv(0xa0, &[&seq(&[&extensions])]) };
        let tbs = seq(&[
            &int(1),
            &algorithm(),
            &self.issuer,
            &utc(self.this_update),
            &utc(self.next_update),
            &entries,
            &extensions,
        ]);
        key.signed(&tbs, &[])
    }
}

/// `[0] fullName [0] URI`
pub(crate) fn point(url: &str) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0xa0, &[&uri(url)])])
}
