//! The extensions of a certificate, each read once into its own slot.
//!
//! ```text
//! 30 .. [30 .. 06 03 55 1d 13 │ 01 01 ff │ 04 .. (30 03 01 01 ff)] [..] [..]      RFC 5280 §4.2
//!              which one        critical   its value ─► its slot
//! ```

use core::fmt;

use crate::error::{Error, ErrorKind, Fault, Field};
use crate::ext::ExtensionValue;
use crate::ext::access::InfoAccess;
use crate::ext::acme_identifier::AcmeIdentifier;
use crate::ext::authority_key_identifier::AuthorityKeyIdentifier;
use crate::ext::basic_constraints::BasicConstraints;
use crate::ext::distribution_points::CrlDistributionPoints;
use crate::ext::extended_key_usage::ExtendedKeyUsage;
use crate::ext::key_usage::KeyUsage;
use crate::ext::name_constraints::NameConstraints;
use crate::ext::policies::CertificatePolicies;
use crate::ext::policy_constraints::PolicyConstraints;
use crate::ext::policy_mappings::PolicyMappings;
use crate::ext::private_key_usage_period::PrivateKeyUsagePeriod;
use crate::ext::qc_statements::QcStatements;
use crate::ext::sct::SctList;
use crate::ext::subject_directory_attributes::SubjectDirectoryAttributes;
use crate::ext::tls_feature::TlsFeature;
use crate::extension_list::{Extension, ExtensionList, ExtensionsIter, MAX_EXTENSIONS};
use crate::general_name::GeneralNames;
use crate::oid::Oid;
use crate::reader::{self, Reader, Unchecked, tag};
use crate::strictness::Strictness;

macro_rules! slots {
    ($($(#[$doc:meta])* $kind:ident $slot:ident $type:ty, $field:ident, $oid:ident;)*) => {
        /// The extensions that have a slot in [`Extensions`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ExtensionType { $($(#[$doc])* $kind,)* }

        impl ExtensionType {
            /// Its object identifier.
            #[must_use]
            pub const fn oid(self) -> Oid<'static> {
                match self { $(Self::$kind => Oid::$oid,)* }
            }

            const fn bit(self) -> u32 {
                /// One bit each.
                #[repr(u8)]
                enum Position { $($kind,)* }
                /// The number of a position; `as` is how an enum without fields gives it.
                #[allow(clippy::as_conversions, reason = "the discriminant of a fieldless enum")]
                const fn number(position: Position) -> u32 { position as u32 }
                match self { $(Self::$kind => 1 << number(Position::$kind),)* }
            }
        }

        /// The extensions of a certificate.
        ///
        /// Each method gives one, decoded when the certificate was. Any extension, whether it has a slot or not, is
        /// in [`Extensions::iter`]. An extension of no slot that is critical must make its reader refuse the certificate
        /// (RFC 5280 §4.2): see [`Extensions::unprocessed_critical`].
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct Extensions<'a> {
            list: ExtensionList<'a>,
            present: u32,
            critical: u32,
            unprocessed_critical: bool,
            $($slot: Option<$type>,)*
        }

        impl<'a> Extensions<'a> {
            /// No extensions.
            pub(crate) const EMPTY: Self = Self {
                list: ExtensionList::EMPTY,
                present: 0,
                critical: 0,
                unprocessed_critical: false,
                $($slot: None,)*
            };

            $($(#[$doc])*
            #[must_use]
            pub const fn $slot(&self) -> Option<$type> {
                self.$slot
            })*

            /// Reads the value into its slot; whether it is there now.
            #[inline]
            fn fill_slot<S: Strictness>(
                &mut self,
                s: &mut S,
                kind: ExtensionType,
                value: &'a [u8],
            ) -> Result<bool, Fault> {
                match kind {
                    $(ExtensionType::$kind => {
                        self.$slot = s.recover(|s| {
                            s.within(Field::$field, |s| ExtensionValue::parse(s, value))
                        })?;
                        Ok(self.$slot.is_some())
                    })*
                }
            }
        }
    };
}

slots! {
    /// Which key of the issuer signed this (RFC 5280 §4.2.1.1).
    AuthorityKeyIdentifier authority_key_identifier AuthorityKeyIdentifier<'a>, AuthorityKeyIdentifier, AUTHORITY_KEY_IDENTIFIER;
    /// What identifies this key (RFC 5280 §4.2.1.2).
    SubjectKeyIdentifier subject_key_identifier &'a [u8], SubjectKeyIdentifier, SUBJECT_KEY_IDENTIFIER;
    /// What the key is for (RFC 5280 §4.2.1.3).
    KeyUsage key_usage KeyUsage, KeyUsage, KEY_USAGE;
    /// For how long the private key is used (RFC 3280 §4.2.1.4).
    PrivateKeyUsagePeriod private_key_usage_period PrivateKeyUsagePeriod, PrivateKeyUsagePeriod, PRIVATE_KEY_USAGE_PERIOD;
    /// The policies (RFC 5280 §4.2.1.4).
    CertificatePolicies certificate_policies CertificatePolicies<'a>, CertificatePolicies, CERTIFICATE_POLICIES;
    /// Which policies are equivalent (RFC 5280 §4.2.1.5).
    PolicyMappings policy_mappings PolicyMappings<'a>, PolicyMappings, POLICY_MAPPINGS;
    /// The names of the subject that TLS compares (RFC 5280 §4.2.1.6).
    SubjectAltName subject_alt_name GeneralNames<'a>, SubjectAltName, SUBJECT_ALT_NAME;
    /// Other names of the issuer (RFC 5280 §4.2.1.7).
    IssuerAltName issuer_alt_name GeneralNames<'a>, IssuerAltName, ISSUER_ALT_NAME;
    /// Attributes of the subject (RFC 5280 §4.2.1.8).
    SubjectDirectoryAttributes subject_directory_attributes SubjectDirectoryAttributes<'a>, SubjectDirectoryAttributes, SUBJECT_DIRECTORY_ATTRIBUTES;
    /// Whether this is a CA (RFC 5280 §4.2.1.9).
    BasicConstraints basic_constraints BasicConstraints, BasicConstraints, BASIC_CONSTRAINTS;
    /// Inside what the names below have to be (RFC 5280 §4.2.1.10).
    NameConstraints name_constraints NameConstraints<'a>, NameConstraints, NAME_CONSTRAINTS;
    /// Where policies are required (RFC 5280 §4.2.1.11).
    PolicyConstraints policy_constraints PolicyConstraints, PolicyConstraints, POLICY_CONSTRAINTS;
    /// The purposes that the key serves (RFC 5280 §4.2.1.12).
    ExtendedKeyUsage extended_key_usage ExtendedKeyUsage<'a>, ExtKeyUsage, EXT_KEY_USAGE;
    /// Where CRLs are (RFC 5280 §4.2.1.13).
    CrlDistributionPoints crl_distribution_points CrlDistributionPoints<'a>, CrlDistributionPoints, CRL_DISTRIBUTION_POINTS;
    /// After how many certificates anyPolicy counts no more (RFC 5280 §4.2.1.14).
    InhibitAnyPolicy inhibit_any_policy u32, InhibitAnyPolicy, INHIBIT_ANY_POLICY;
    /// Where delta CRLs are (RFC 5280 §4.2.1.15).
    FreshestCrl freshest_crl CrlDistributionPoints<'a>, FreshestCrl, FRESHEST_CRL;
    /// Where the issuer's certificate and its OCSP responder are (RFC 5280 §4.2.2.1).
    AuthorityInfoAccess authority_info_access InfoAccess<'a>, AuthorityInfoAccess, AUTHORITY_INFO_ACCESS;
    /// Where the subject's services are (RFC 5280 §4.2.2.2).
    SubjectInfoAccess subject_info_access InfoAccess<'a>, SubjectInfoAccess, SUBJECT_INFO_ACCESS;
    /// What the TLS server promises to send (RFC 7633).
    TlsFeature tls_feature TlsFeature<'a>, TlsFeature, TLS_FEATURE;
    /// The promises of Certificate Transparency logs (RFC 6962 §3.3).
    SctList sct_list SctList<'a>, SctList, SCT_LIST;
    /// That this is a precertificate, never to be trusted (RFC 6962 §3.1).
    PrecertificatePoison precertificate_poison (), Poison, PRECERTIFICATE_POISON;
    /// That no revocation information is to be had (RFC 9608).
    NoRevAvail no_rev_avail (), NoRevAvail, NO_REV_AVAIL;
    /// That this OCSP responder needs no check of revocation (RFC 6960 §4.2.2.2.1).
    OcspNoCheck ocsp_no_check (), OcspNoCheck, OCSP_NO_CHECK;
    /// That the key may sign delegated credentials (RFC 9345 §4.2).
    DelegationUsage delegation_usage (), DelegationUsage, DELEGATION_USAGE;
    /// The answer to a tls-alpn-01 challenge (RFC 8737).
    AcmeIdentifier acme_identifier AcmeIdentifier<'a>, AcmeIdentifier, ACME_IDENTIFIER;
    /// Statements of a qualified certificate (RFC 3739 §3.2.6).
    QcStatements qc_statements QcStatements<'a>, QcStatements, QC_STATEMENTS;
}

impl ExtensionType {
    /// By its object identifier.
    #[must_use]
    #[inline]
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Some(match *oid.as_bytes() {
            [0x55, 0x1d, n] => match n {
                9 => Self::SubjectDirectoryAttributes,
                14 => Self::SubjectKeyIdentifier,
                15 => Self::KeyUsage,
                16 => Self::PrivateKeyUsagePeriod,
                17 => Self::SubjectAltName,
                18 => Self::IssuerAltName,
                19 => Self::BasicConstraints,
                30 => Self::NameConstraints,
                31 => Self::CrlDistributionPoints,
                32 => Self::CertificatePolicies,
                33 => Self::PolicyMappings,
                35 => Self::AuthorityKeyIdentifier,
                36 => Self::PolicyConstraints,
                37 => Self::ExtendedKeyUsage,
                46 => Self::FreshestCrl,
                54 => Self::InhibitAnyPolicy,
                56 => Self::NoRevAvail,
                _ => return None,
            },
            [0x2b, 6, 1, 5, 5, 7, 1, n] => match n {
                1 => Self::AuthorityInfoAccess,
                3 => Self::QcStatements,
                11 => Self::SubjectInfoAccess,
                24 => Self::TlsFeature,
                31 => Self::AcmeIdentifier,
                _ => return None,
            },
            _ => match oid {
                Oid::SCT_LIST => Self::SctList,
                Oid::PRECERTIFICATE_POISON => Self::PrecertificatePoison,
                Oid::DELEGATION_USAGE => Self::DelegationUsage,
                Oid::OCSP_NO_CHECK => Self::OcspNoCheck,
                _ => return None,
            },
        })
    }
}

impl<'a> Extensions<'a> {
    /// Parses the DER of one.
    ///
    /// # Errors
    /// If it is not one, or one of the extensions that have a slot is malformed, or bytes follow.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        reader::strict(der, Self::read)
    }

    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut this = Self::EMPTY;
        this.fill(s, reader)?;
        Ok(this)
    }

    /// Adds the field `extensions` to errors by itself.
    pub(crate) fn fill<S: Strictness>(
        &mut self,
        s: &mut S,
        reader: &mut Reader<'a>,
    ) -> Result<(), Fault> {
        let contents = s.within(Field::Extensions, |s| {
            let contents = reader.read(s, tag::SEQUENCE)?;
            if contents.is_empty() {
                // RFC 5280 §4.1: SIZE (1..MAX)
                s.deviation(ErrorKind::EmptySequence, contents)?;
            }
            Ok(contents)
        })?;
        self.list = ExtensionList::checked(contents);
        let mut inner = Reader::new(contents);
        let mut index = 0;
        while !inner.is_empty() {
            s.within(Field::Extensions.at(index), |s| self.read_one(s, &mut inner, index))?;
            index += 1;
        }
        Ok(())
    }

    #[inline]
    fn read_one<S: Strictness>(
        &mut self,
        s: &mut S,
        reader: &mut Reader<'a>,
        index: usize,
    ) -> Result<(), Fault> {
        let at = reader.rest();
        if index >= MAX_EXTENSIONS {
            return Err(Fault::new(ErrorKind::TooManyExtensions, at));
        }
        let extension = Extension::read(s, reader)?;
        let processed = match ExtensionType::from_oid(extension.oid()) {
            Some(kind) if self.present & kind.bit() != 0 => {
                s.deviation(ErrorKind::DuplicateExtension, at)?;
                // Two of them have no one meaning: the reader has to refuse if it matters.
                false
            }
            Some(kind) => {
                self.present |= kind.bit();
                if extension.critical() {
                    self.critical |= kind.bit();
                }
                self.fill_slot(s, kind, extension.value())?
            }
            None => {
                let mut earlier = self.iter().take(index);
                if earlier.any(|earlier| earlier.oid() == extension.oid()) {
                    s.deviation(ErrorKind::DuplicateExtension, at)?;
                }
                false
            }
        };
        self.unprocessed_critical |= extension.critical() && !processed;
        Ok(())
    }

    /// As received.
    #[must_use]
    pub const fn list(&self) -> ExtensionList<'a> {
        self.list
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All extensions as received, in order.
    #[must_use]
    pub const fn iter(&self) -> ExtensionsIter<'a> {
        self.list.iter()
    }

    /// The first extension of this object identifier, as received.
    #[must_use]
    pub fn find(&self, oid: Oid<'_>) -> Option<Extension<'a>> {
        self.iter().find(|extension| extension.oid() == oid)
    }

    /// Those that have no slot, in order.
    pub fn unknown(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        self.iter().filter(|extension| ExtensionType::from_oid(extension.oid()).is_none())
    }

    /// Whether an extension is there, even one that lenient parsing could not read.
    #[must_use]
    pub const fn is_present(&self, extension: ExtensionType) -> bool {
        self.present & extension.bit() != 0
    }

    /// Whether an extension is there and critical.
    #[must_use]
    pub const fn is_critical(&self, extension: ExtensionType) -> bool {
        self.critical & extension.bit() != 0
    }

    /// The critical extensions that this crate did not make out: those without a slot and, after lenient parsing, those that are
    /// malformed or there twice. Whoever does not know them himself has to refuse (RFC 5280 §4.2).
    pub fn unprocessed_critical(&self) -> impl Iterator<Item = Extension<'a>> + use<'_, 'a> {
        let all = if self.unprocessed_critical { self.iter() } else { ExtensionList::EMPTY.iter() };
        let mut seen = 0;
        all.filter(move |extension| {
            let Some(kind) = ExtensionType::from_oid(extension.oid()) else {
                return extension.critical();
            };
            let again = seen & kind.bit() != 0;
            seen |= kind.bit();
            extension.critical() && (again || !self.is_read(kind, extension.value()))
        })
    }

    /// Whether the value of a slot was read.
    fn is_read(&self, kind: ExtensionType, value: &'a [u8]) -> bool {
        let mut again = Self::EMPTY;
        again.fill_slot(&mut Unchecked, kind, value) == Ok(true)
    }
}

impl fmt::Debug for Extensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
