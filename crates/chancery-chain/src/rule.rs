//! The rules that a certificate can break, each with the section that makes it.
//!
//! ```text
//! Rule ──► section  "RFC 5280 §6.1.3 (a)(2)"
//!      ──► Display  "the certificate has expired"
//! ```

use core::fmt;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $rank:literal $section:literal $text:literal,)*) => {
        /// A rule that a certificate, or a path, can break.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// The document and section that make the rule.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Self::$name => $section,)* }
            }

            /// How near to acceptance a path is that breaks only this: a higher rank is nearer.
            pub(crate) const fn rank(self) -> u8 {
                match self { $(Self::$name => $rank,)* }
            }
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

rules! {
    /// The certificate does not parse.
    Malformed 0 "RFC 5280 §4.1" "the certificate is malformed",
    /// A limit of the budget was reached before a path was found.
    BudgetExhausted 1 "RFC 5280 §8" "the verification would cost more than its budget",
    /// No certificate at hand issued this one.
    UnknownIssuer 2 "RFC 5280 §6.1" "no certificate at hand issued this one",
    /// The leaf is signed by its own key, and is not a trust anchor.
    SelfSigned 3 "RFC 5280 §6.1" "the certificate is self-signed and not a trust anchor",
    /// The path ends at a self-signed certificate that is not a trust anchor.
    UntrustedRoot 3 "RFC 5280 §6.1" "the path leads to a root that is not a trust anchor",
    /// The signature is not by the issuer's key.
    BadSignature 4 "RFC 5280 §6.1.3 (a)(1)" "the issuer's key did not make this signature",
    /// No algorithm that the validator has checks this signature with this key.
    UnsupportedSignatureAlgorithm 4 "RFC 5280 §6.1.3 (a)(1)" "the signature algorithm is not accepted",
    /// The key is of a type, a size or a curve that the policy does not accept.
    WeakKey 3 "RFC 5280 §6.1.3 (a)(1)" "the public key is not accepted",
    /// The issuer's name is not the subject's name of the certificate above.
    NameChaining 4 "RFC 5280 §6.1.3 (a)(4)" "the issuer name is not the name of the certificate above",
    /// The anchor is not trusted for certificates as new as this.
    AnchorDistrusted 5 "RFC 5914 §2" "the trust anchor is distrusted for this certificate",
    /// The anchor has expired, and its expiry counts.
    AnchorExpired 8 "RFC 5280 §6.1.3 (a)(2)" "the trust anchor is not valid at this time",
    /// The anchor may not be used for this purpose.
    AnchorPurpose 6 "RFC 5937 §3" "the trust anchor is not trusted for this purpose",
    /// The leaf lives longer than the anchor's owner allows.
    LifetimeTooLong 6 "RFC 5914 §2" "the certificate lives longer than the trust anchor allows",
    /// The issuer is not a CA.
    NotACa 5 "RFC 5280 §6.1.4 (k)" "the issuer is not a CA",
    /// The issuer's key usage lacks keyCertSign.
    KeyCertSignMissing 5 "RFC 5280 §6.1.4 (n)" "the issuer's key may not sign certificates",
    /// More CAs follow than a pathLenConstraint allows.
    PathTooLong 5 "RFC 5280 §6.1.4 (l)" "more CA certificates follow than the path length constraint allows",
    /// The path has more intermediates than the budget's depth.
    DepthExceeded 5 "RFC 5280 §6.1.1" "the path has more intermediates than allowed",
    /// A critical extension that is not known, or not accepted.
    UnknownCriticalExtension 6 "RFC 5280 §4.2" "a critical extension is not recognized",
    /// A name is outside of every permitted subtree.
    NameNotPermitted 6 "RFC 5280 §6.1.3 (b)" "a name is not within the permitted subtrees",
    /// A name is inside an excluded subtree.
    NameExcluded 6 "RFC 5280 §6.1.3 (c)" "a name is within an excluded subtree",
    /// A name or a constraint that cannot be judged while constraints of its kind hold.
    NameConstraintUnprocessable 6 "RFC 5280 §4.2.1.10" "a name constraint cannot be processed",
    /// The path is not valid under any policy that is required.
    NoValidPolicy 6 "RFC 9618 §5.5" "the path is not valid under a required certificate policy",
    /// anyPolicy is mapped.
    AnyPolicyMapped 6 "RFC 5280 §6.1.4 (a)" "anyPolicy may not be mapped",
    /// The issuer has revoked the certificate.
    Revoked 7 "RFC 5280 §6.1.3 (a)(3)" "the certificate is revoked",
    /// `notAfter` has passed.
    Expired 9 "RFC 5280 §6.1.3 (a)(2)" "the certificate has expired",
    /// `notBefore` has not come.
    NotYetValid 9 "RFC 5280 §6.1.3 (a)(2)" "the certificate is not yet valid",
    /// An extKeyUsage of the path lacks the purpose.
    ExtendedKeyUsage 8 "RFC 5280 §4.2.1.12" "the certificate is not for this purpose",
    /// The leaf's key usage lacks digitalSignature.
    KeyUsage 8 "RFC 8446 §4.4.2.2" "the certificate's key may not sign handshakes",
    /// None of the certificate's names is the one wanted.
    WrongName 10 "RFC 9525 §6.3" "the certificate is for another name",
    /// There is no subjectAltName, and the common name does not count.
    NoSubjectAltName 10 "RFC 9525 §6.3" "the certificate has no subjectAltName",
    /// A wildcard over a whole public suffix.
    PublicSuffixWildcard 8 "CA/B BR §3.2.2.6" "the wildcard covers a public suffix",
    /// Nothing says whether the certificate is revoked, and the policy wants to know.
    RevocationUnknown 11 "RFC 5280 §6.3.3" "whether the certificate is revoked is not known",
    /// The certificate promises a stapled OCSP response, and there is none that is good.
    MustStaple 11 "RFC 7633 §4.2.3" "the certificate demands an OCSP response that was not stapled",
    /// Too few signed certificate timestamps that count.
    CertificateTransparency 11 "RFC 9162 §8.1" "the certificate is not logged as the policy demands",
    /// Not as the profile of RFC 5280 §4 has CAs make certificates.
    Rfc5280Profile 8 "RFC 5280 §4" "the certificate breaks the RFC 5280 profile",
    /// Not as the CA/Browser Forum's Baseline Requirements have CAs make certificates.
    WebPkiProfile 8 "CA/B BR §7.1" "the certificate breaks the CA/Browser Forum's profile",
}
