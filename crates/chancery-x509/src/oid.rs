//! Object identifiers, compared as bytes.

use core::fmt;

use crate::error::{ErrorKind, Fault};
use crate::strictness::Strictness;

/// An OBJECT IDENTIFIER: the contents of its DER, borrowed (X.690 §8.19).
///
/// ```
/// use chancery_x509::Oid;
///
/// let oid = Oid::new(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]).unwrap();
/// assert_eq!(oid, Oid::SERVER_AUTH);
/// assert_eq!(oid.to_string(), "1.3.6.1.5.5.7.3.1");
/// assert_eq!(oid.name(), Some("serverAuth"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// From the contents of the DER, without tag and length.
    #[must_use]
    pub fn new(contents: &'a [u8]) -> Option<Self> {
        well_formed(contents).then_some(Self(contents))
    }

    #[inline(always)]
    pub(crate) fn parse<S: Strictness>(_: &mut S, contents: &'a [u8]) -> Result<Self, Fault> {
        if well_formed(contents) {
            Ok(Self(contents))
        } else {
            Err(Fault::new(ErrorKind::InvalidOid, contents))
        }
    }

    /// Of contents checked before.
    pub(crate) const fn checked(contents: &'a [u8]) -> Self {
        Self(contents)
    }

    /// The contents of the DER, without tag and length.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The arcs; one too large for 32 bits is cut to [`u32::MAX`].
    pub fn arcs(&self) -> impl Iterator<Item = u32> + use<'a> {
        let mut subidentifiers = Subidentifiers(self.0);
        let first = subidentifiers.next().unwrap_or_default();
        // X.690 §8.19.4: the first subidentifier holds two arcs.
        let root = (first / 40).min(2);
        [root, first - root * 40].into_iter().chain(subidentifiers)
    }
}

struct Subidentifiers<'a>(&'a [u8]);

impl Iterator for Subidentifiers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0.is_empty() {
            return None;
        }
        let mut arc = 0u32;
        while let [digit, rest @ ..] = self.0 {
            self.0 = rest;
            arc = if arc >> 25 == 0 { (arc << 7) | u32::from(digit & 0x7f) } else { u32::MAX };
            if digit & 0x80 == 0 {
                break;
            }
        }
        Some(arc)
    }
}

/// X.690 §8.19.2: each subidentifier ends with a byte below 80, and does not start with a padding 80.
#[inline(always)]
fn well_formed(contents: &[u8]) -> bool {
    match *contents {
        // 2.5.4.x and 2.5.29.x are most of what there is.
        [a, b, c] if (a | b | c) < 0x80 => true,
        // Where no byte is 80, none is a padding 80.
        [.., last] if last < 0x80 && is_free_of_80(contents) => true,
        _ => well_formed_by_byte(contents),
    }
}

/// Whether there is no byte 80, for the lengths that are common; `false` where it cannot say.
#[inline(always)]
fn is_free_of_80(contents: &[u8]) -> bool {
    // A word has a zero byte if and only if this is not zero (Warren, Hacker's Delight §6-1).
    let free = |word: u64| {
        let zeroed = word ^ 0x8080_8080_8080_8080;
        zeroed.wrapping_sub(0x0101_0101_0101_0101) & !zeroed & 0x8080_8080_8080_8080 == 0
    };
    if contents.len() > 16 {
        return false;
    }
    if let (Some(first), Some(last)) = (contents.first_chunk(), contents.last_chunk()) {
        return free(u64::from_le_bytes(*first)) && free(u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (contents.first_chunk(), contents.last_chunk()) {
        let (low, high) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return free(u64::from(low) | u64::from(high) << 32);
    }
    false
}

#[inline(never)]
fn well_formed_by_byte(contents: &[u8]) -> bool {
    let mut starts = true;
    for &byte in contents {
        if starts && byte == 0x80 {
            return false;
        }
        starts = byte < 0x80;
    }
    starts && !contents.is_empty()
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, arc) in self.arcs().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{arc}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

impl TryFrom<Oid<'_>> for const_oid::ObjectIdentifier {
    type Error = const_oid::Error;

    fn try_from(oid: Oid<'_>) -> Result<Self, const_oid::Error> {
        Self::from_bytes(oid.0)
    }
}

impl PartialEq<const_oid::ObjectIdentifier> for Oid<'_> {
    fn eq(&self, other: &const_oid::ObjectIdentifier) -> bool {
        self.0 == other.as_bytes()
    }
}

macro_rules! oids {
    ($($(#[$doc:meta])* $constant:ident $name:literal [$($byte:literal)*],)*) => {
        impl Oid<'static> {
            $($(#[$doc])* pub const $constant: Self = Self(&[$($byte),*]);)*
        }

        impl Oid<'_> {
            /// The short name by which standards and tools call it, if this crate knows it.
            #[must_use]
            pub const fn name(&self) -> Option<&'static str> {
                match *self.0 {
                    $([$($byte),*] => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

oids! {
    // Attribute types: X.520, RFC 4519, RFC 2985, RFC 5280 appendix A.
    /// 2.5.4.3
    COMMON_NAME "CN" [0x55 0x04 0x03],
    /// 2.5.4.4
    SURNAME "SN" [0x55 0x04 0x04],
    /// 2.5.4.5
    SERIAL_NUMBER "serialNumber" [0x55 0x04 0x05],
    /// 2.5.4.6
    COUNTRY "C" [0x55 0x04 0x06],
    /// 2.5.4.7
    LOCALITY "L" [0x55 0x04 0x07],
    /// 2.5.4.8
    STATE_OR_PROVINCE "ST" [0x55 0x04 0x08],
    /// 2.5.4.9
    STREET_ADDRESS "street" [0x55 0x04 0x09],
    /// 2.5.4.10
    ORGANIZATION "O" [0x55 0x04 0x0a],
    /// 2.5.4.11
    ORGANIZATIONAL_UNIT "OU" [0x55 0x04 0x0b],
    /// 2.5.4.12
    TITLE "title" [0x55 0x04 0x0c],
    /// 2.5.4.13
    DESCRIPTION "description" [0x55 0x04 0x0d],
    /// 2.5.4.15
    BUSINESS_CATEGORY "businessCategory" [0x55 0x04 0x0f],
    /// 2.5.4.17
    POSTAL_CODE "postalCode" [0x55 0x04 0x11],
    /// 2.5.4.41
    NAME "name" [0x55 0x04 0x29],
    /// 2.5.4.42
    GIVEN_NAME "GN" [0x55 0x04 0x2a],
    /// 2.5.4.43
    INITIALS "initials" [0x55 0x04 0x2b],
    /// 2.5.4.44
    GENERATION_QUALIFIER "generationQualifier" [0x55 0x04 0x2c],
    /// 2.5.4.46
    DN_QUALIFIER "dnQualifier" [0x55 0x04 0x2e],
    /// 2.5.4.65
    PSEUDONYM "pseudonym" [0x55 0x04 0x41],
    /// 2.5.4.97 (ETSI EN 319 412-1)
    ORGANIZATION_IDENTIFIER "organizationIdentifier" [0x55 0x04 0x61],
    /// 0.9.2342.19200300.100.1.25
    DOMAIN_COMPONENT "DC" [0x09 0x92 0x26 0x89 0x93 0xf2 0x2c 0x64 0x01 0x19],
    /// 0.9.2342.19200300.100.1.1
    USER_ID "UID" [0x09 0x92 0x26 0x89 0x93 0xf2 0x2c 0x64 0x01 0x01],
    /// 1.2.840.113549.1.9.1
    EMAIL_ADDRESS "emailAddress" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x09 0x01],
    /// 1.2.840.113549.1.9.2
    UNSTRUCTURED_NAME "unstructuredName" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x09 0x02],
    /// 1.2.840.113549.1.9.7
    CHALLENGE_PASSWORD "challengePassword" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x09 0x07],
    /// 1.2.840.113549.1.9.14
    EXTENSION_REQUEST "extensionRequest" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x09 0x0e],
    /// 1.3.6.1.4.1.311.60.2.1.1 (CA/Browser Forum EV guidelines)
    JURISDICTION_LOCALITY "jurisdictionL" [0x2b 0x06 0x01 0x04 0x01 0x82 0x37 0x3c 0x02 0x01 0x01],
    /// 1.3.6.1.4.1.311.60.2.1.2
    JURISDICTION_STATE "jurisdictionST" [0x2b 0x06 0x01 0x04 0x01 0x82 0x37 0x3c 0x02 0x01 0x02],
    /// 1.3.6.1.4.1.311.60.2.1.3
    JURISDICTION_COUNTRY "jurisdictionC" [0x2b 0x06 0x01 0x04 0x01 0x82 0x37 0x3c 0x02 0x01 0x03],

    // Extensions: RFC 5280 §4.2, §5.2, §5.3 and the RFCs named.
    /// 2.5.29.9
    SUBJECT_DIRECTORY_ATTRIBUTES "subjectDirectoryAttributes" [0x55 0x1d 0x09],
    /// 2.5.29.14
    SUBJECT_KEY_IDENTIFIER "subjectKeyIdentifier" [0x55 0x1d 0x0e],
    /// 2.5.29.15
    KEY_USAGE "keyUsage" [0x55 0x1d 0x0f],
    /// 2.5.29.16
    PRIVATE_KEY_USAGE_PERIOD "privateKeyUsagePeriod" [0x55 0x1d 0x10],
    /// 2.5.29.17
    SUBJECT_ALT_NAME "subjectAltName" [0x55 0x1d 0x11],
    /// 2.5.29.18
    ISSUER_ALT_NAME "issuerAltName" [0x55 0x1d 0x12],
    /// 2.5.29.19
    BASIC_CONSTRAINTS "basicConstraints" [0x55 0x1d 0x13],
    /// 2.5.29.20
    CRL_NUMBER "cRLNumber" [0x55 0x1d 0x14],
    /// 2.5.29.21
    CRL_REASON "cRLReason" [0x55 0x1d 0x15],
    /// 2.5.29.23
    HOLD_INSTRUCTION_CODE "holdInstructionCode" [0x55 0x1d 0x17],
    /// 2.5.29.24
    INVALIDITY_DATE "invalidityDate" [0x55 0x1d 0x18],
    /// 2.5.29.27
    DELTA_CRL_INDICATOR "deltaCRLIndicator" [0x55 0x1d 0x1b],
    /// 2.5.29.28
    ISSUING_DISTRIBUTION_POINT "issuingDistributionPoint" [0x55 0x1d 0x1c],
    /// 2.5.29.29
    CERTIFICATE_ISSUER "certificateIssuer" [0x55 0x1d 0x1d],
    /// 2.5.29.30
    NAME_CONSTRAINTS "nameConstraints" [0x55 0x1d 0x1e],
    /// 2.5.29.31
    CRL_DISTRIBUTION_POINTS "cRLDistributionPoints" [0x55 0x1d 0x1f],
    /// 2.5.29.32
    CERTIFICATE_POLICIES "certificatePolicies" [0x55 0x1d 0x20],
    /// 2.5.29.32.0
    ANY_POLICY "anyPolicy" [0x55 0x1d 0x20 0x00],
    /// 2.5.29.33
    POLICY_MAPPINGS "policyMappings" [0x55 0x1d 0x21],
    /// 2.5.29.35
    AUTHORITY_KEY_IDENTIFIER "authorityKeyIdentifier" [0x55 0x1d 0x23],
    /// 2.5.29.36
    POLICY_CONSTRAINTS "policyConstraints" [0x55 0x1d 0x24],
    /// 2.5.29.37
    EXT_KEY_USAGE "extKeyUsage" [0x55 0x1d 0x25],
    /// 2.5.29.46
    FRESHEST_CRL "freshestCRL" [0x55 0x1d 0x2e],
    /// 2.5.29.54
    INHIBIT_ANY_POLICY "inhibitAnyPolicy" [0x55 0x1d 0x36],
    /// 2.5.29.56 (RFC 9608)
    NO_REV_AVAIL "noRevAvail" [0x55 0x1d 0x38],
    /// 2.5.29.60 (X.509, for CRLs)
    EXPIRED_CERTS_ON_CRL "expiredCertsOnCRL" [0x55 0x1d 0x3c],
    /// 1.3.6.1.5.5.7.1.1
    AUTHORITY_INFO_ACCESS "authorityInfoAccess" [0x2b 0x06 0x01 0x05 0x05 0x07 0x01 0x01],
    /// 1.3.6.1.5.5.7.1.3 (RFC 3739)
    QC_STATEMENTS "qcStatements" [0x2b 0x06 0x01 0x05 0x05 0x07 0x01 0x03],
    /// 1.3.6.1.5.5.7.1.11
    SUBJECT_INFO_ACCESS "subjectInfoAccess" [0x2b 0x06 0x01 0x05 0x05 0x07 0x01 0x0b],
    /// 1.3.6.1.5.5.7.1.24 (RFC 7633)
    TLS_FEATURE "tlsFeature" [0x2b 0x06 0x01 0x05 0x05 0x07 0x01 0x18],
    /// 1.3.6.1.5.5.7.1.31 (RFC 8737)
    ACME_IDENTIFIER "acmeIdentifier" [0x2b 0x06 0x01 0x05 0x05 0x07 0x01 0x1f],
    /// 1.3.6.1.4.1.11129.2.4.2 (RFC 6962)
    SCT_LIST "signedCertificateTimestampList" [0x2b 0x06 0x01 0x04 0x01 0xd6 0x79 0x02 0x04 0x02],
    /// 1.3.6.1.4.1.11129.2.4.3 (RFC 6962)
    PRECERTIFICATE_POISON "precertificatePoison" [0x2b 0x06 0x01 0x04 0x01 0xd6 0x79 0x02 0x04 0x03],
    /// 1.3.6.1.4.1.11129.2.4.5 (RFC 6962 §3.3)
    OCSP_SCT_LIST "ocspSignedCertificateTimestampList" [0x2b 0x06 0x01 0x04 0x01 0xd6 0x79 0x02 0x04 0x05],
    /// 1.3.6.1.4.1.44363.44 (RFC 9345)
    DELEGATION_USAGE "delegationUsage" [0x2b 0x06 0x01 0x04 0x01 0x82 0xda 0x4b 0x2c],
    /// 1.3.6.1.5.5.7.48.1.5 (RFC 6960)
    OCSP_NO_CHECK "ocspNoCheck" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x01 0x05],
    /// 1.3.6.1.5.5.7.48.1.1 (RFC 6960)
    OCSP_BASIC "ocspBasic" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x01 0x01],
    /// 1.3.6.1.5.5.7.48.1.2 (RFC 9654)
    OCSP_NONCE "ocspNonce" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x01 0x02],

    // Policy qualifiers, access methods, other names.
    /// 1.3.6.1.5.5.7.2.1
    CPS "cps" [0x2b 0x06 0x01 0x05 0x05 0x07 0x02 0x01],
    /// 1.3.6.1.5.5.7.2.2
    USER_NOTICE "userNotice" [0x2b 0x06 0x01 0x05 0x05 0x07 0x02 0x02],
    /// 1.3.6.1.5.5.7.48.1
    OCSP "OCSP" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x01],
    /// 1.3.6.1.5.5.7.48.2
    CA_ISSUERS "caIssuers" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x02],
    /// 1.3.6.1.5.5.7.48.3
    TIME_STAMPING_ACCESS "timeStamping" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x03],
    /// 1.3.6.1.5.5.7.48.5
    CA_REPOSITORY "caRepository" [0x2b 0x06 0x01 0x05 0x05 0x07 0x30 0x05],
    /// 1.3.6.1.5.5.7.8.7 (RFC 4985)
    ON_DNS_SRV "SRVName" [0x2b 0x06 0x01 0x05 0x05 0x07 0x08 0x07],
    /// 1.3.6.1.5.5.7.8.9 (RFC 9598)
    ON_SMTP_UTF8_MAILBOX "SmtpUTF8Mailbox" [0x2b 0x06 0x01 0x05 0x05 0x07 0x08 0x09],
    /// 1.3.6.1.4.1.311.20.2.3 (Microsoft)
    ON_USER_PRINCIPAL_NAME "userPrincipalName" [0x2b 0x06 0x01 0x04 0x01 0x82 0x37 0x14 0x02 0x03],

    // Key purposes: RFC 5280 §4.2.1.12.
    /// 2.5.29.37.0
    ANY_EXTENDED_KEY_USAGE "anyExtendedKeyUsage" [0x55 0x1d 0x25 0x00],
    /// 1.3.6.1.5.5.7.3.1
    SERVER_AUTH "serverAuth" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x01],
    /// 1.3.6.1.5.5.7.3.2
    CLIENT_AUTH "clientAuth" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x02],
    /// 1.3.6.1.5.5.7.3.3
    CODE_SIGNING "codeSigning" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x03],
    /// 1.3.6.1.5.5.7.3.4
    EMAIL_PROTECTION "emailProtection" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x04],
    /// 1.3.6.1.5.5.7.3.8
    TIME_STAMPING "timeStamping" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x08],
    /// 1.3.6.1.5.5.7.3.9
    OCSP_SIGNING "OCSPSigning" [0x2b 0x06 0x01 0x05 0x05 0x07 0x03 0x09],

    // Algorithms: RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9881, RFC 9909, RFC 9935.
    /// 1.2.840.113549.1.1.1
    RSA_ENCRYPTION "rsaEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x01],
    /// 1.2.840.113549.1.1.4
    MD5_WITH_RSA "md5WithRSAEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x04],
    /// 1.2.840.113549.1.1.5
    SHA1_WITH_RSA "sha1WithRSAEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x05],
    /// 1.2.840.113549.1.1.8
    MGF1 "mgf1" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x08],
    /// 1.2.840.113549.1.1.10
    RSASSA_PSS "rsassaPss" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x0a],
    /// 1.2.840.113549.1.1.11
    SHA256_WITH_RSA "sha256WithRSAEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x0b],
    /// 1.2.840.113549.1.1.12
    SHA384_WITH_RSA "sha384WithRSAEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x0c],
    /// 1.2.840.113549.1.1.13
    SHA512_WITH_RSA "sha512WithRSAEncryption" [0x2a 0x86 0x48 0x86 0xf7 0x0d 0x01 0x01 0x0d],
    /// 1.2.840.10040.4.1
    DSA "dsaEncryption" [0x2a 0x86 0x48 0xce 0x38 0x04 0x01],
    /// 1.2.840.10045.2.1
    EC_PUBLIC_KEY "id-ecPublicKey" [0x2a 0x86 0x48 0xce 0x3d 0x02 0x01],
    /// 1.2.840.10045.3.1.7
    SECP256R1 "prime256v1" [0x2a 0x86 0x48 0xce 0x3d 0x03 0x01 0x07],
    /// 1.3.132.0.33
    SECP224R1 "secp224r1" [0x2b 0x81 0x04 0x00 0x21],
    /// 1.3.132.0.34
    SECP384R1 "secp384r1" [0x2b 0x81 0x04 0x00 0x22],
    /// 1.3.132.0.35
    SECP521R1 "secp521r1" [0x2b 0x81 0x04 0x00 0x23],
    /// 1.3.132.0.10
    SECP256K1 "secp256k1" [0x2b 0x81 0x04 0x00 0x0a],
    /// 1.2.840.10045.4.1
    ECDSA_WITH_SHA1 "ecdsa-with-SHA1" [0x2a 0x86 0x48 0xce 0x3d 0x04 0x01],
    /// 1.2.840.10045.4.3.1
    ECDSA_WITH_SHA224 "ecdsa-with-SHA224" [0x2a 0x86 0x48 0xce 0x3d 0x04 0x03 0x01],
    /// 1.2.840.10045.4.3.2
    ECDSA_WITH_SHA256 "ecdsa-with-SHA256" [0x2a 0x86 0x48 0xce 0x3d 0x04 0x03 0x02],
    /// 1.2.840.10045.4.3.3
    ECDSA_WITH_SHA384 "ecdsa-with-SHA384" [0x2a 0x86 0x48 0xce 0x3d 0x04 0x03 0x03],
    /// 1.2.840.10045.4.3.4
    ECDSA_WITH_SHA512 "ecdsa-with-SHA512" [0x2a 0x86 0x48 0xce 0x3d 0x04 0x03 0x04],
    /// 1.3.101.110
    X25519 "X25519" [0x2b 0x65 0x6e],
    /// 1.3.101.111
    X448 "X448" [0x2b 0x65 0x6f],
    /// 1.3.101.112
    ED25519 "ED25519" [0x2b 0x65 0x70],
    /// 1.3.101.113
    ED448 "ED448" [0x2b 0x65 0x71],
    /// 1.3.14.3.2.26
    SHA1 "sha1" [0x2b 0x0e 0x03 0x02 0x1a],
    /// 2.16.840.1.101.3.4.2.1
    SHA256 "sha256" [0x60 0x86 0x48 0x01 0x65 0x03 0x04 0x02 0x01],
    /// 2.16.840.1.101.3.4.2.2
    SHA384 "sha384" [0x60 0x86 0x48 0x01 0x65 0x03 0x04 0x02 0x02],
    /// 2.16.840.1.101.3.4.2.3
    SHA512 "sha512" [0x60 0x86 0x48 0x01 0x65 0x03 0x04 0x02 0x03],
    /// 2.16.840.1.101.3.4.2.4
    SHA224 "sha224" [0x60 0x86 0x48 0x01 0x65 0x03 0x04 0x02 0x04],
}
