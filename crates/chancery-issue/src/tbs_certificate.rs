//! `TBSCertificate` (RFC 5280 §4.1.2), written from checked data.

use alloc::vec::Vec;

use chancery_x509::SubjectPublicKeyInfo;
use pki_types::UnixTime;

use crate::{
    AlternativeName, DistinguishedName, Error, Profile, Role, SerialNumber,
    extension::{
        self,
        Criticality::{Critical, NonCritical},
        extension,
    },
    issuer::Issuer,
    profile::Stapling,
    public_key::key_identifier,
    time::write_time,
    writer::{INTEGER, OCTET_STRING, Writer, context_constructed},
};

/// What becomes a `TBSCertificate`.
#[derive(Debug)]
pub(crate) struct TbsCertificate<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) subject: DistinguishedName,
    pub(crate) names: Vec<AlternativeName>,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) subject_public_key_info: Vec<u8>,
}

impl TbsCertificate<'_> {
    pub(crate) fn encode(
        &self,
        serial_number: SerialNumber,
        issuer: &Issuer<'_>,
    ) -> Result<Vec<u8>, Error> {
        let subject = self.subject.to_der();
        let key = SubjectPublicKeyInfo::parse(&self.subject_public_key_info)?;
        let subject_key_identifier = key_identifier(&key);
        // A root is its own issuer; another's subject is copied byte for byte (RFC 5280 §4.1.2.4).
        let chain = issuer.chain()?;
        let issuer_name = chain.subject().unwrap_or(&subject);
        let authority_key_identifier =
            chain.key_identifier().unwrap_or_else(|| subject_key_identifier.to_vec());
        Ok(Writer::collect(|w| {
            w.sequence(|w| {
                w.element(context_constructed(0), |w| w.small_integer(2));
                w.unsigned(INTEGER, serial_number.as_bytes());
                issuer.signer.write_algorithm(w);
                w.raw(issuer_name);
                w.sequence(|w| {
                    write_time(w, self.not_before);
                    write_time(w, self.not_after);
                });
                w.raw(&subject);
                w.raw(&self.subject_public_key_info);
                w.element(context_constructed(3), |w| {
                    w.sequence(|w| {
                        extension(w, extension::AUTHORITY_KEY_IDENTIFIER, NonCritical, |w| {
                            extension::authority_key_identifier(w, &authority_key_identifier);
                        });
                        extension(w, extension::SUBJECT_KEY_IDENTIFIER, NonCritical, |w| {
                            w.primitive(OCTET_STRING, &subject_key_identifier);
                        });
                        self.write_extensions(w);
                    });
                });
            });
        }))
    }

    fn write_extensions(&self, w: &mut Writer) {
        let profile = self.profile;
        extension(w, extension::BASIC_CONSTRAINTS, Critical, |w| {
            if profile.role.is_ca() {
                extension::ca_basic_constraints(w, profile.path_length);
            } else {
                extension::leaf_basic_constraints(w);
            }
        });
        extension(w, extension::KEY_USAGE, Critical, |w| {
            extension::key_usage(
                w,
                match profile.role {
                    // BR §7.1.2.10.7: digitalSignature for a CA that signs OCSP responses itself.
                    Role::RootCa | Role::IntermediateCa => {
                        extension::KEY_CERT_SIGN
                            | extension::CRL_SIGN
                            | extension::DIGITAL_SIGNATURE
                    }
                    Role::TlsServer | Role::TlsClient => extension::DIGITAL_SIGNATURE,
                },
            );
        });
        if !profile.purposes.is_empty() {
            extension(w, extension::EXTENDED_KEY_USAGE, NonCritical, |w| {
                extension::extended_key_usage(w, &profile.purposes);
            });
        }
        if !self.names.is_empty() {
            // RFC 5280 §4.1.2.6: critical if the subject is empty.
            let criticality = if self.subject.is_empty() { Critical } else { NonCritical };
            extension(w, extension::SUBJECT_ALT_NAME, criticality, |w| {
                extension::subject_alt_name(w, &self.names);
            });
        }
        if !profile.name_constraints.is_empty() {
            extension(w, extension::NAME_CONSTRAINTS, Critical, |w| {
                extension::name_constraints(w, &profile.name_constraints);
            });
        }
        if !profile.policies.is_empty() {
            extension(w, extension::CERTIFICATE_POLICIES, NonCritical, |w| {
                extension::certificate_policies(w, &profile.policies);
            });
        }
        if !profile.crl_urls.is_empty() {
            extension(w, extension::CRL_DISTRIBUTION_POINTS, NonCritical, |w| {
                extension::crl_distribution_points(w, &profile.crl_urls);
            });
        }
        if !(profile.ocsp_urls.is_empty() && profile.ca_issuers_urls.is_empty()) {
            extension(w, extension::AUTHORITY_INFO_ACCESS, NonCritical, |w| {
                let (ocsp, ca_issuers) = (&profile.ocsp_urls, &profile.ca_issuers_urls);
                extension::authority_info_access(w, ocsp, ca_issuers);
            });
        }
        if profile.stapling == Stapling::Required {
            extension(w, extension::TLS_FEATURE, NonCritical, extension::must_staple);
        }
    }
}
