//! Every refusal, once: requests, names, keys, issuers.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/keys.rs"]
mod common;

use chancery_crypto::{Random, RandomError, SignError, SignatureAlgorithm, SigningKey};
use chancery_issue::{
    AlternativeName, AttributeType, CertificateAuthority, Control, DistinguishedName, Error,
    Finding, IssuerRefusal, KeyRefusal, NameConstraints, NameRefusal, PathLength, Profile,
    ProvenRequest, Purpose, RequestBuilder, RequestRefusal, Requirements, Subtree,
};
use chancery_ring::{PrivateKey, SIGNATURE_VERIFICATION_ALGORITHMS as VERIFIERS};
use chancery_x509::{Certificate, GeneralName};
use common::{KeyKind, at, key, name, names, now, random};
use pki_types::{CertificateDer, UnixTime};

const DAY: u64 = 86_400;

fn root_with(profile: &Profile) -> CertificateAuthority {
    let key = key(KeyKind::P256);
    CertificateAuthority::self_signed(key, VERIFIERS, name("Root"), profile, now(), &mut random())
        .unwrap()
}

fn root() -> CertificateAuthority {
    root_with(&Profile::root_ca())
}

fn control(texts: &[&str]) -> Control {
    Control::asserted_by_operator(now()).of_names(names(texts))
}

/// Issues for `texts`, all of them controlled.
fn issue_at(
    ca: &CertificateAuthority,
    profile: &Profile,
    texts: &[&str],
    time: UnixTime,
) -> Result<Vec<CertificateDer<'static>>, Error> {
    let request = RequestBuilder::new().of_names(names(texts)).sign(&key(KeyKind::P256)).unwrap();
    let control = Control::asserted_by_operator(time).of_names(names(texts));
    ca.issue(profile, &request, &control, time, &mut random())
}

fn issue(
    ca: &CertificateAuthority,
    profile: &Profile,
    texts: &[&str],
) -> Result<Vec<CertificateDer<'static>>, Error> {
    issue_at(ca, profile, texts, now())
}

mod requests {
    use super::*;

    #[test]
    fn proof_of_possession_at_every_byte() {
        // RFC 2986 §3: the signature is what shows that the sender has the key.
        let request =
            RequestBuilder::new().of_names(names(&["www.example.com"])).sign(&key(KeyKind::P256));
        let request = request.unwrap();
        assert!(ProvenRequest::verify(&request, VERIFIERS).is_ok());
        for position in 0..request.len() {
            let mut bytes = request.to_vec();
            bytes[position] ^= 0x01;
            assert!(ProvenRequest::verify(&bytes, VERIFIERS).is_err(), "byte {position}");
        }
        for length in 0..request.len() {
            assert!(ProvenRequest::verify(&request[..length], VERIFIERS).is_err(), "{length}");
        }
    }

    #[test]
    fn a_signature_by_another_key() {
        /// Shows one key and signs with another.
        #[derive(Debug)]
        struct Thief(PrivateKey, PrivateKey);
        impl SigningKey for Thief {
            fn subject_public_key_info(&self) -> &[u8] {
                self.0.subject_public_key_info()
            }
            fn algorithms(&self) -> &[SignatureAlgorithm] {
                self.1.algorithms()
            }
            fn sign(
                &self,
                algorithm: SignatureAlgorithm,
                message: &[u8],
                signature: &mut [u8],
            ) -> Result<usize, SignError> {
                self.1.sign(algorithm, message, signature)
            }
        }
        let thief = || Thief(key(KeyKind::P256), key(KeyKind::P256));
        let request = RequestBuilder::new().sign(&thief()).unwrap();
        assert_eq!(
            ProvenRequest::verify(&request, VERIFIERS),
            Err(RequestRefusal::NoProofOfPossession.into())
        );
        // Nor does a CA sign with a key that is not the one of its certificate.
        assert_eq!(
            CertificateAuthority::self_signed(
                thief(),
                VERIFIERS,
                name("Root"),
                &Profile::root_ca(),
                now(),
                &mut random()
            )
            .unwrap_err(),
            RequestRefusal::NoProofOfPossession.into()
        );
    }

    #[test]
    fn an_algorithm_without_a_verifier() {
        let request = RequestBuilder::new().sign(&key(KeyKind::Ed25519)).unwrap();
        let only_ecdsa = [chancery_ring::ECDSA_P256_SHA256];
        assert_eq!(ProvenRequest::verify(&request, &only_ecdsa), Err(Error::UnsupportedAlgorithm));
    }

    #[test]
    fn names_that_nobody_vouched_for() {
        let ca = root();
        let request = RequestBuilder::new()
            .of_names(names(&["www.example.com", "mail.example.com"]))
            .sign(&key(KeyKind::P256))
            .unwrap();
        let issue = |control: &Control| {
            ca.issue(&Profile::tls_server(), &request, control, now(), &mut random())
        };
        let refused = |text: &str| {
            Err(RequestRefusal::NameNotControlled(text.parse::<AlternativeName>().unwrap()).into())
        };
        // Let's Encrypt, 2020: each name counts, and not the number of names.
        assert_eq!(issue(&control(&["www.example.com"])), refused("mail.example.com"));
        assert_eq!(
            issue(&control(&["www.example.com", "www.example.com"])),
            refused("mail.example.com")
        );
        assert_eq!(issue(&control(&["*.example.com"])), refused("www.example.com"));
        assert_eq!(issue(&control(&[])), refused("www.example.com"));
        assert!(issue(&control(&["mail.example.com", "www.example.com", "x.example"])).is_ok());
    }

    #[test]
    fn no_names_at_all() {
        let ca = root();
        let refused = Err(RequestRefusal::NoNames.into());
        assert_eq!(issue(&ca, &Profile::tls_server(), &[]), refused);
        assert_eq!(issue(&ca, &Profile::tls_client(), &[]), refused);
        // A client may be known by its subject alone; a server may not.
        let request = RequestBuilder::new().sign(&key(KeyKind::P256)).unwrap();
        let control = control(&[]).of_subject(name("alice"));
        let issue = |profile: &Profile| ca.issue(profile, &request, &control, now(), &mut random());
        assert!(issue(&Profile::tls_client()).is_ok());
        assert_eq!(issue(&Profile::tls_server()), refused);
    }

    #[test]
    fn br_section_4_2_1_stale_and_future_evidence() {
        let ca = root();
        let request = RequestBuilder::new()
            .of_names(names(&["www.example.com"]))
            .sign(&key(KeyKind::P256))
            .unwrap();
        let issue = |checked: u64| {
            let control =
                Control::asserted_by_operator(at(checked)).of_names(names(&["www.example.com"]));
            ca.issue(&Profile::tls_server(), &request, &control, now(), &mut random())
        };
        let now = now().as_secs();
        assert!(issue(now - 200 * DAY).is_ok());
        assert_eq!(issue(now - 200 * DAY - 1), Err(RequestRefusal::EvidenceTooOld.into()));
        assert_eq!(issue(now + 1), Err(RequestRefusal::EvidenceFromFuture.into()));
    }

    /// A request whose extensions ask for everything, made by hand.
    fn greedy_request(key: &PrivateKey) -> Vec<u8> {
        let tlv = |tag: u8, content: &[u8]| {
            let mut out = vec![tag];
            match content.len() {
                short @ 0..=0x7f => out.push(short.try_into().unwrap()),
                medium @ 0x80..=0xff => out.extend([0x81, medium.try_into().unwrap()]),
                long => out.extend([
                    0x82,
                    (long >> 8).try_into().unwrap(),
                    (long & 0xff).try_into().unwrap(),
                ]),
            }
            out.extend_from_slice(content);
            out
        };
        let extension = |oid: &[u8], value: &[u8]| {
            let critical = [1, 1, 0xff];
            tlv(0x30, &[&tlv(6, oid), &critical[..], &tlv(4, value)].concat())
        };
        let extensions = tlv(
            0x30,
            &[
                extension(&[0x55, 0x1d, 19], &[0x30, 3, 1, 1, 0xff]), // cA
                extension(&[0x55, 0x1d, 15], &[3, 2, 1, 0x06]),       // keyCertSign, cRLSign
                extension(&[0x55, 0x1d, 37], &tlv(0x30, &tlv(6, &[0x55, 0x1d, 37, 0]))), // any
                extension(
                    &[0x55, 0x1d, 30],
                    &tlv(0x30, &tlv(0xa0, &tlv(0x30, &tlv(0x82, b"evil.example")))),
                ),
                extension(&[0x55, 0x1d, 17], &tlv(0x30, &tlv(0x82, b"www.example.com"))),
            ]
            .concat(),
        );
        let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14];
        let attribute = tlv(0x30, &[tlv(6, &oid), tlv(0x31, &extensions)].concat());
        let subject = name("evil.example").to_der();
        let spki = key.subject_public_key_info();
        let info = tlv(0x30, &[&[2, 1, 0][..], &subject, spki, &tlv(0xa0, &attribute)].concat());
        let mut signature = [0; 1024];
        let length = key.sign(SignatureAlgorithm::EcdsaP256Sha256, &info, &mut signature).unwrap();
        let algorithm = tlv(0x30, &tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
        let bits = tlv(3, &[&[0], &signature[..length]].concat());
        tlv(0x30, &[info, algorithm, bits].concat())
    }

    #[test]
    fn what_a_request_asks_for_beyond_names_is_not_lifted() {
        let ca = root();
        let request = greedy_request(&key(KeyKind::P256));
        let chain = ca
            .issue(
                &Profile::tls_server(),
                &request,
                &control(&["www.example.com"]),
                now(),
                &mut random(),
            )
            .unwrap();
        let certificate = Certificate::parse(&chain[0]).unwrap();
        let extensions = certificate.extensions();
        assert!(!extensions.basic_constraints().unwrap().ca());
        let usage = extensions.key_usage().unwrap();
        assert!(!usage.key_cert_sign() && !usage.crl_sign());
        assert!(extensions.name_constraints().is_none());
        let purposes: Vec<_> = extensions.extended_key_usage().unwrap().iter().collect();
        assert_eq!(purposes, [chancery_x509::Oid::SERVER_AUTH]);
        assert!(certificate.subject().is_empty());
        let names: Vec<_> = extensions.subject_alt_name().unwrap().iter().collect();
        assert_eq!(names, [GeneralName::DnsName("www.example.com")]);
    }

    #[test]
    fn weak_keys() {
        // ring does not make or load such a key; the request needs no good signature to be refused.
        #[derive(Debug)]
        struct Weak(Vec<u8>);
        impl SigningKey for Weak {
            fn subject_public_key_info(&self) -> &[u8] {
                &self.0
            }
            fn algorithms(&self) -> &[SignatureAlgorithm] {
                &[SignatureAlgorithm::RsaPkcs1Sha256]
            }
            fn sign(
                &self,
                _: SignatureAlgorithm,
                _: &[u8],
                _: &mut [u8],
            ) -> Result<usize, SignError> {
                Ok(128)
            }
        }
        let mut spki = vec![
            0x30, 0x81, 0x9f, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
            3, 0x81, 0x8d, 0, 0x30, 0x81, 0x89, 2, 0x81, 0x81, 0,
        ];
        spki.extend([0xff; 128]);
        spki.extend([2, 3, 1, 0, 1]);
        let request = RequestBuilder::new().sign(&Weak(spki)).unwrap();
        assert_eq!(
            ProvenRequest::verify(&request, VERIFIERS),
            Err(KeyRefusal::RsaTooShort { bits: 1024 }.into())
        );
    }
}

mod issuers {
    use super::*;

    fn subordinate(
        ca: &CertificateAuthority,
        profile: &Profile,
    ) -> Result<CertificateAuthority, Error> {
        ca.subordinate(key(KeyKind::P256), name("Sub"), profile, now(), &mut random())
    }

    #[test]
    fn rfc_5280_section_4_2_1_9_path_length() {
        let ca = root();
        let mut two = Profile::intermediate_ca();
        two.path_length = PathLength::AtMost(1);
        let first = subordinate(&ca, &two).unwrap();
        let second = subordinate(&first, &Profile::intermediate_ca()).unwrap();
        assert!(issue(&second, &Profile::tls_server(), &["www.example.com"]).is_ok());
        let refused = Error::Issuer(IssuerRefusal::PathLength);
        assert_eq!(subordinate(&second, &Profile::intermediate_ca()).unwrap_err(), refused);
        // The limit of a CA further up counts too, whatever the one in between says.
        let mut unlimited = Profile::intermediate_ca();
        unlimited.path_length = PathLength::Unlimited;
        let second = subordinate(&first, &unlimited).unwrap();
        assert_eq!(subordinate(&second, &unlimited).unwrap_err(), refused);
    }

    #[test]
    fn a_leaf_is_no_issuer() {
        let ca = root();
        let leaf_key = key(KeyKind::P256);
        let request =
            RequestBuilder::new().of_names(names(&["www.example.com"])).sign(&leaf_key).unwrap();
        let mut chain = ca
            .issue(
                &Profile::tls_server(),
                &request,
                &control(&["www.example.com"]).of_subject(name("x")),
                now(),
                &mut random(),
            )
            .unwrap_err();
        // A subject whose common name is none of the names is a finding; without it, there is none.
        assert_eq!(chain, lint_error(&[Finding::CommonNameNotInSubjectAltName]));
        let certificates = ca
            .issue(
                &Profile::tls_server(),
                &request,
                &control(&["www.example.com"]).of_subject(name("www.example.com")),
                now(),
                &mut random(),
            )
            .unwrap();
        chain = CertificateAuthority::new(leaf_key, VERIFIERS, certificates).unwrap_err();
        assert_eq!(chain, IssuerRefusal::NotACa.into());
    }

    fn lint_error(expected: &[Finding]) -> Error {
        Error::Lint(expected.iter().copied().collect())
    }

    #[test]
    fn keys_and_chains_that_do_not_fit() {
        let ca = root();
        let other = root();
        let new = |key, chain: &[CertificateDer<'static>]| {
            CertificateAuthority::new(key, VERIFIERS, chain.to_vec()).unwrap_err()
        };
        assert_eq!(new(key(KeyKind::P256), ca.chain()), IssuerRefusal::KeyMismatch.into());
        assert_eq!(new(key(KeyKind::P256), &[]), IssuerRefusal::NotACa.into());
        let own = common::pkcs8(KeyKind::P256);
        let own = || PrivateKey::from_pkcs8(own.as_der()).unwrap();
        let sub = ca
            .subordinate(own(), name("Sub"), &Profile::intermediate_ca(), now(), &mut random())
            .unwrap();
        assert!(CertificateAuthority::new(own(), VERIFIERS, sub.chain().to_vec()).is_ok());
        assert!(CertificateAuthority::new(own(), VERIFIERS, sub.chain()[..1].to_vec()).is_ok());
        // The other root has the same name and another key.
        let chain = [sub.certificate().clone(), other.certificate().clone()];
        assert_eq!(new(own(), &chain), IssuerRefusal::BrokenChain.into());
    }

    #[test]
    fn its_own_key_and_roots_of_others() {
        let own = common::pkcs8(KeyKind::P256);
        let own = || PrivateKey::from_pkcs8(own.as_der()).unwrap();
        let ca = CertificateAuthority::self_signed(
            own(),
            VERIFIERS,
            name("Root"),
            &Profile::root_ca(),
            now(),
            &mut random(),
        )
        .unwrap();
        let request =
            RequestBuilder::new().of_names(names(&["www.example.com"])).sign(&own()).unwrap();
        let control = control(&["www.example.com"]);
        assert_eq!(
            ca.issue(&Profile::tls_server(), &request, &control, now(), &mut random()),
            Err(KeyRefusal::IssuersOwn.into())
        );
        // Nor does a CA below certify the key of one above.
        let below = subordinate(&ca, &Profile::intermediate_ca()).unwrap();
        assert_eq!(
            below.issue(&Profile::tls_server(), &request, &control, now(), &mut random()),
            Err(KeyRefusal::IssuersOwn.into())
        );
        assert_eq!(
            subordinate(&ca, &Profile::root_ca()).unwrap_err(),
            IssuerRefusal::RootOfAnother.into()
        );
        let as_intermediate = CertificateAuthority::self_signed(
            own(),
            VERIFIERS,
            name("Root"),
            &Profile::intermediate_ca(),
            now(),
            &mut random(),
        );
        assert_eq!(as_intermediate.unwrap_err(), IssuerRefusal::RootOfAnother.into());
    }

    #[test]
    fn validity_is_nested() {
        let mut short = Profile::root_ca();
        short.validity = core::time::Duration::from_secs(60 * DAY);
        let ca = root_with(&short);
        let start = now().as_secs();
        let server = Profile::tls_server();
        let issue = |time| issue_at(&ca, &server, &["www.example.com"], at(time)).map(|_| ());
        assert_eq!(issue(start + 14 * DAY), Ok(()));
        assert_eq!(issue(start + 16 * DAY), Err(IssuerRefusal::OutlivesIssuer.into()));
        assert_eq!(issue(start + 61 * DAY), Err(IssuerRefusal::NotValidNow.into()));
        assert_eq!(issue(start - DAY), Err(IssuerRefusal::NotValidNow.into()));
        // Backdating ends where the issuer begins, and at 48 hours (BR §7.1.2.7).
        let mut early = Profile::tls_server();
        early.backdate = core::time::Duration::from_secs(100 * DAY);
        let not_before = |time| {
            let chain = issue_at(&ca, &early, &["www.example.com"], at(time)).unwrap();
            Certificate::parse(&chain[0]).unwrap().validity().not_before().unix_seconds()
        };
        assert_eq!(not_before(start), i64::try_from(start - 3600).unwrap());
        assert_eq!(not_before(start + 10 * DAY), i64::try_from(start + 8 * DAY).unwrap());
    }

    #[test]
    fn rfc_5280_section_4_2_1_10_name_constraints_of_every_ca_above() {
        let mut constrained = Profile::intermediate_ca();
        constrained.path_length = PathLength::AtMost(1);
        let permitted =
            [Subtree::dns("example.com").unwrap(), Subtree::ip([192, 0, 2, 0], 24).unwrap()];
        constrained.name_constraints = NameConstraints::permitting(&permitted);
        constrained.name_constraints.excluded = vec![Subtree::dns("secret.example.com").unwrap()];
        let upper = subordinate(&root(), &constrained).unwrap();
        let lower = subordinate(&upper, &Profile::intermediate_ca()).unwrap();
        for ca in [&upper, &lower] {
            let check = |text: &str, allowed: bool| {
                let outcome = issue(ca, &Profile::tls_server(), &[text]).map(|_| ());
                let refusal = IssuerRefusal::NameConstraints(text.parse().unwrap());
                assert_eq!(outcome, if allowed { Ok(()) } else { Err(refusal.into()) });
            };
            check("www.example.com", true);
            check("example.org", false);
            check("secret.example.com", false);
            check("a.secret.example.com", false);
            // CVE-2025-61727 and RUSTSEC-2026-0099.
            check("*.example.com", false);
            check("192.0.2.7", true);
            check("192.0.3.7", false);
            check("2001:db8::1", false);
        }
    }

    #[test]
    fn purposes_are_nested() {
        let mut servers_only = Profile::intermediate_ca();
        servers_only.purposes = vec![Purpose::ServerAuth];
        let ca = subordinate(&root(), &servers_only).unwrap();
        assert!(issue(&ca, &Profile::tls_server(), &["www.example.com"]).is_ok());
        assert_eq!(
            issue(&ca, &Profile::tls_client(), &["a@example.com"]).unwrap_err(),
            IssuerRefusal::ExtendedKeyUsage.into()
        );
    }

    #[test]
    fn a_ca_without_a_name() {
        let ca = root();
        let nameless = ca.subordinate(
            key(KeyKind::P256),
            DistinguishedName::empty(),
            &Profile::intermediate_ca(),
            now(),
            &mut random(),
        );
        assert_eq!(nameless.unwrap_err(), lint_error(&[Finding::CaWithoutSubject]));
    }

    #[test]
    fn randomness_and_signatures_that_fail() {
        struct Broken;
        impl Random for Broken {
            fn fill(&mut self, _: &mut [u8]) -> Result<(), RandomError> {
                Err(RandomError::new())
            }
        }
        /// Signs well until told otherwise: a fault after the request was proven.
        #[derive(Debug)]
        struct Faulty(PrivateKey, core::sync::atomic::AtomicUsize);
        impl SigningKey for Faulty {
            fn subject_public_key_info(&self) -> &[u8] {
                self.0.subject_public_key_info()
            }
            fn algorithms(&self) -> &[SignatureAlgorithm] {
                self.0.algorithms()
            }
            fn sign(
                &self,
                algorithm: SignatureAlgorithm,
                message: &[u8],
                signature: &mut [u8],
            ) -> Result<usize, SignError> {
                let length = self.0.sign(algorithm, message, signature)?;
                if self.1.fetch_add(1, core::sync::atomic::Ordering::Relaxed) > 0 {
                    signature[length - 1] ^= 1;
                }
                Ok(length)
            }
        }
        let profile = Profile::root_ca();
        let faulty = Faulty(key(KeyKind::Ed25519), 0.into());
        assert_eq!(
            CertificateAuthority::self_signed(
                faulty,
                VERIFIERS,
                name("Root"),
                &profile,
                now(),
                &mut random()
            )
            .unwrap_err(),
            Error::FaultySignature
        );
        let sound = key(KeyKind::P256);
        assert_eq!(
            CertificateAuthority::self_signed(
                sound,
                VERIFIERS,
                name("Root"),
                &profile,
                now(),
                &mut Broken
            )
            .unwrap_err(),
            Error::Random
        );
        // A signature made elsewhere is taken only if it is one.
        let ca = root();
        let draft = || {
            let request = RequestBuilder::new().of_names(names(&["www.example.com"]));
            let request = request.sign(&key(KeyKind::P256)).unwrap();
            let request = ProvenRequest::verify(&request, VERIFIERS).unwrap();
            let profile = Box::leak(Box::new(Profile::tls_server()));
            let draft = ca.draft(profile, request).unwrap();
            let checked = draft.check(&control(&["www.example.com"]), now()).unwrap();
            checked.lint(&mut random()).unwrap()
        };
        assert_eq!(draft().sign_with(&[0; 70]), Err(Error::FaultySignature));
        let linted = draft();
        let serial = linted.serial_number();
        let certificate = linted.sign().unwrap();
        let certificate = Certificate::parse(&certificate).unwrap();
        assert_eq!(certificate.serial_number().magnitude(), serial.as_bytes());
    }
}

mod lints {
    use super::*;

    #[test]
    fn a_profile_cannot_get_past_the_lints() {
        let ca = root();
        let findings = |profile: &Profile, texts: &[&str]| match issue(&ca, profile, texts) {
            Err(Error::Lint(findings)) => findings.as_slice().to_vec(),
            other => panic!("{other:?}"),
        };
        let mut long = Profile::tls_server();
        long.validity = core::time::Duration::from_secs(201 * DAY);
        assert_eq!(findings(&long, &["www.example.com"]), [Finding::ValidityTooLong(200)]);
        let mut wrong_purpose = Profile::tls_server();
        wrong_purpose.purposes = vec![Purpose::ClientAuth];
        assert_eq!(findings(&wrong_purpose, &["www.example.com"]), [Finding::PurposeMissing]);
        let mut constrained = Profile::tls_server();
        let subtree = Subtree::dns("example.com").unwrap();
        constrained.name_constraints = NameConstraints::permitting(&[subtree]);
        assert_eq!(
            findings(&constrained, &["www.example.com"]),
            [Finding::NameConstraintsWithoutCa]
        );
        let mut public = Profile::tls_server();
        public.requirements = Requirements::BaselineRequirements;
        assert_eq!(
            findings(&public, &["localhost", "10.0.0.1"]),
            [
                Finding::InternalName,
                Finding::ReservedIpAddress,
                Finding::NoCertificatePolicies,
                Finding::NoAuthorityInfoAccess,
                Finding::NoRevocationInformation,
            ]
        );
        assert_eq!(findings(&Profile::tls_server(), &["a@example.com"]), [Finding::ServerNameForm]);
    }

    #[test]
    fn a_publicly_trusted_profile_that_keeps_every_rule() {
        let mut root_profile = Profile::root_ca();
        root_profile.requirements = Requirements::BaselineRequirements;
        let root = root_with(&root_profile);
        let mut profile = Profile::intermediate_ca();
        profile.requirements = Requirements::BaselineRequirements;
        profile.purposes = vec![Purpose::ServerAuth];
        profile.policies = vec![const_oid::ObjectIdentifier::new_unwrap("2.23.140.1.2.1")];
        profile.crl_urls = vec!["http://ca.nic.br/root.crl".into()];
        profile.ca_issuers_urls = vec!["http://ca.nic.br/root.crt".into()];
        let subject = DistinguishedName::new(&[
            (AttributeType::Country, "BR"),
            (AttributeType::Organization, "NIC"),
            (AttributeType::CommonName, "Issuing CA 1"),
        ]);
        let issuing = root
            .subordinate(key(KeyKind::P384), subject.unwrap(), &profile, now(), &mut random())
            .unwrap();
        let mut leaf = Profile::tls_server();
        leaf.requirements = Requirements::BaselineRequirements;
        leaf.policies = profile.policies.clone();
        leaf.crl_urls = profile.crl_urls.clone();
        leaf.ca_issuers_urls = profile.ca_issuers_urls.clone();
        issue(&issuing, &leaf, &["www.nic.br", "*.nic.br"]).unwrap();
    }

    #[test]
    fn names_are_refused_before_a_request_is_made() {
        assert_eq!("a..b".parse::<AlternativeName>(), Err(NameRefusal::EmptyLabel));
    }
}
