//! A small PKI: a root, an issuing CA below it, and certificates for servers and clients.

use core::time::Duration;
use std::sync::Arc;

use chancery::{Identity, TrustAnchors};
use chancery_issue::{
    AlternativeName, CertificateAuthority, Control, DistinguishedName, Profile, RequestBuilder,
};
use chancery_ring::{KeyType, Pkcs8, PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS};
use pki_types::{CertificateDer, UnixTime};

use crate::random::Repeatable;

/// The time of tests that need no clock: 23 November 2026, 12:00 UTC.
pub const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_795_435_200));

/// One day.
pub const DAY: Duration = Duration::from_secs(86_400);

/// The host that servers are certified for.
pub const HOST: &str = "server.example";

/// `time` and `days` more, or less.
#[must_use]
pub fn days_after(time: UnixTime, days: i32) -> UnixTime {
    let seconds = i64::from(days) * 86_400;
    UnixTime::since_unix_epoch(Duration::from_secs(time.as_secs().saturating_add_signed(seconds)))
}

/// A root and an issuing CA below it.
#[derive(Debug)]
pub struct Pki {
    root: CertificateAuthority,
    issuing: CertificateAuthority,
}

impl Pki {
    /// A PKI that was set up at `created`. The same `seed` gives the same keys.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn new(seed: u8, created: UnixTime) -> Self {
        Self::with_keys(seed, [seed, seed.wrapping_add(100)], created)
    }

    /// The names of [`Self::new`], with other keys.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn impostor(seed: u8, created: UnixTime) -> Self {
        Self::with_keys(seed, [seed.wrapping_add(60), seed.wrapping_add(160)], created)
    }

    fn with_keys(seed: u8, keys: [u8; 2], created: UnixTime) -> Self {
        let random = &mut Repeatable::new(u64::from(seed));
        let name = |kind: &str| {
            DistinguishedName::from_common_name(&format!("Test {kind} {seed}")).expect("a name")
        };
        let root = CertificateAuthority::self_signed(
            ed25519(keys[0]),
            SIGNATURE_VERIFICATION_ALGORITHMS,
            name("Root"),
            &Profile::root_ca(),
            created,
            random,
        )
        .expect("a root");
        let issuing = root
            .subordinate(
                ed25519(keys[1]),
                name("Issuing CA"),
                &Profile::intermediate_ca(),
                created,
                random,
            )
            .expect("an issuing CA");
        Self { root, issuing }
    }

    /// The root's certificate.
    #[must_use]
    pub fn root(&self) -> &CertificateDer<'static> {
        self.root.certificate()
    }

    /// The root as the only anchor.
    ///
    /// # Panics
    /// If the root does not parse.
    #[must_use]
    pub fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        anchors.add_certificate(self.root()).expect("a certificate");
        anchors
    }

    /// A chain of a certificate issued at `now` for this key and host: leaf and issuing CA.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn server_chain(
        &self,
        key: &PrivateKey,
        host: &str,
        now: UnixTime,
    ) -> Vec<CertificateDer<'static>> {
        self.chain(&Profile::tls_server(), key, host, now)
    }

    /// The same for a client.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn client_chain(
        &self,
        key: &PrivateKey,
        host: &str,
        now: UnixTime,
    ) -> Vec<CertificateDer<'static>> {
        self.chain(&Profile::tls_client(), key, host, now)
    }

    fn chain(
        &self,
        profile: &Profile,
        key: &PrivateKey,
        host: &str,
        now: UnixTime,
    ) -> Vec<CertificateDer<'static>> {
        let name: AlternativeName = host.parse().expect("a host name");
        let request = RequestBuilder::new().of_names([name.clone()]).sign(key).expect("a request");
        let control = Control::asserted_by_operator(now).of_names([name]);
        let random = &mut Repeatable::new(now.as_secs());
        self.issuing.issue(profile, &request, &control, now, random).expect("a certificate")
    }

    /// A server's identity with an Ed25519 key, which signs the same at every run.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn server(&self, host: &str, now: UnixTime) -> Identity {
        self.server_with(ed25519(200), host, now)
    }

    /// A server's identity with this key.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn server_with(&self, key: PrivateKey, host: &str, now: UnixTime) -> Identity {
        let chain = self.server_chain(&key, host, now);
        Identity::new(chain, Arc::new(key)).expect("a key of the certificate")
    }

    /// A client's identity with this key.
    ///
    /// # Panics
    /// If issuing fails.
    #[must_use]
    pub fn client_with(&self, key: PrivateKey, host: &str, now: UnixTime) -> Identity {
        let chain = self.client_chain(&key, host, now);
        Identity::new(chain, Arc::new(key)).expect("a key of the certificate")
    }
}

/// A self-signed certificate that is its own CA, and its key.
///
/// # Panics
/// If issuing fails.
#[must_use]
pub fn self_signed(host: &str, now: UnixTime) -> Identity {
    let name = DistinguishedName::from_common_name(host).expect("a name");
    let authority = CertificateAuthority::self_signed(
        ed25519(50),
        SIGNATURE_VERIFICATION_ALGORITHMS,
        name,
        &Profile::root_ca(),
        now,
        &mut Repeatable::new(50),
    )
    .expect("a certificate");
    let chain = vec![authority.certificate().clone()];
    Identity::new(chain, Arc::new(ed25519(50))).expect("a key of the certificate")
}

/// The Ed25519 key whose seed is this byte, 32 times.
///
/// # Panics
/// If the provider refuses it.
#[must_use]
pub fn ed25519(seed: u8) -> PrivateKey {
    // RFC 8410 §7
    let prefix = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    PrivateKey::from_pkcs8(&[&prefix[..], &[seed; 32]].concat()).expect("an Ed25519 key")
}

/// A fresh key in PKCS#8.
///
/// # Panics
/// If the provider fails.
#[must_use]
pub fn fresh(key_type: KeyType) -> Pkcs8 {
    Pkcs8::generate(key_type).expect("a key")
}
