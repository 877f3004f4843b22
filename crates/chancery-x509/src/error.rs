//! What was wrong, at which byte, in which field.
//!
//! An [`Error`] is `Copy` and 32 bytes. Inside the parser there goes up a [`Fault`] of 8, and each level puts the name of its field
//! in front of the path on its way, so that the good path pays for neither.

use core::fmt;

/// Why a structure was refused, and where.
///
/// ```
/// use chancery_x509::{Certificate, ErrorKind};
///
/// let error = Certificate::parse(&[0x30, 0x05, 0x02, 0x01]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Truncated);
/// assert_eq!(error.offset(), 0);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    path: Path,
    /// Until [`Error::rebase`] the low half of the address.
    offset: u32,
    kind: ErrorKind,
}

impl Error {
    #[cold]
    pub(crate) const fn new(path: Path, fault: Fault) -> Self {
        Self { path, offset: fault.address, kind: fault.kind }
    }

    /// Turns the address into an offset from the start of `input`.
    #[cold]
    pub(crate) fn rebase(mut self, input: &[u8]) -> Self {
        let length = u32::try_from(input.len()).unwrap_or(u32::MAX);
        self.offset = self.offset.wrapping_sub(address(input)).min(length);
        self
    }

    /// In a document that starts `by` bytes earlier.
    #[cold]
    pub(crate) fn moved(mut self, by: usize) -> Self {
        self.offset = self.offset.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
        self
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The offset in bytes, from the start of the input, of the element that broke it.
    #[must_use]
    pub fn offset(&self) -> usize {
        usize::try_from(self.offset).unwrap_or(usize::MAX)
    }

    /// The field, as in `tbsCertificate.extensions[3].nameConstraints`.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{} (at byte {})", self.kind, self.offset)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?} at {} in `{}`)", self.kind, self.offset, self.path)
    }
}

impl core::error::Error for Error {}

/// What goes up through the parser: small enough for a register. The path gathers beside it, in the `Strictness`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    address: u32,
    kind: ErrorKind,
}

impl Fault {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, at: &[u8]) -> Self {
        Self { address: address(at), kind }
    }
}

/// The low 32 bits of where a slice starts; differences of two of them are exact below 4 GiB.
fn address(slice: &[u8]) -> u32 {
    u32::try_from(slice.as_ptr().addr() & 0xffff_ffff).unwrap_or_default()
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// The rule that was broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[$doc])* $name,)* }

        impl fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

kinds! {
    /// A length that reaches past the end of what holds it.
    Truncated "ends before its announced length",
    /// Bytes after the end of a structure.
    TrailingData "bytes follow the end of the structure",
    /// Another tag than the grammar wants here.
    UnexpectedTag "has another tag than the standard asks for",
    /// BER's indefinite length, which DER forbids (X.690 §10.1).
    IndefiniteLength "has an indefinite length, which DER forbids",
    /// A length of five bytes or more.
    LengthTooLarge "has a length of more than four bytes",
    /// A length in more bytes than needed (X.690 §10.1).
    NonMinimalLength "has a length in more bytes than needed",
    /// An input of 4 GiB or more.
    InputTooLarge "the input is 4 GiB or more",
    /// A tag number that is malformed or too large.
    InvalidTag "has a malformed tag",
    /// A BOOLEAN that is neither 00 nor FF (X.690 §11.1).
    InvalidBoolean "is a BOOLEAN of neither 00 nor FF",
    /// An INTEGER without content.
    EmptyInteger "is an INTEGER without content",
    /// An INTEGER with superfluous leading bytes (X.690 §8.3.2).
    NonMinimalInteger "is an INTEGER in more bytes than needed",
    /// A negative INTEGER where none may be.
    NegativeInteger "is negative",
    /// An INTEGER larger than its field allows.
    IntegerTooLarge "is larger than the field allows",
    /// A BIT STRING without its count of unused bits, or with a count above 7.
    InvalidBitString "is a malformed BIT STRING",
    /// A BIT STRING whose unused bits are not zero, or a list of named bits with trailing zeros (X.690 §11.2).
    NonCanonicalBitString "is a BIT STRING that DER encodes otherwise",
    /// A BIT STRING that has to be whole bytes and is not.
    UnalignedBitString "is a BIT STRING that is not of whole bytes",
    /// A NULL with content.
    InvalidNull "is a NULL with content",
    /// An OBJECT IDENTIFIER that is empty, cut short, or padded (X.690 §8.19).
    InvalidOid "is a malformed OBJECT IDENTIFIER",
    /// A value equal to its DEFAULT, which DER leaves out (X.690 §11.5).
    EncodedDefault "encodes its default value, which DER leaves out",
    /// Elements of a SET OF that are not in ascending order (X.690 §11.6).
    UnorderedSet "is a SET OF whose elements are not in order",
    /// A SEQUENCE OF or SET OF that may not be empty.
    EmptySequence "is empty and may not be",
    /// A string with characters that its type does not have.
    InvalidString "has characters outside its string type",
    /// A time that is not `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, or no date of the calendar (RFC 5280 §4.1.2.5).
    InvalidTime "is not a time as RFC 5280 §4.1.2.5 writes it",
    /// A GeneralizedTime before 2050, where RFC 5280 §4.1.2.5 wants UTCTime.
    WrongTimeForm "is a GeneralizedTime before 2050, which has to be a UTCTime",
    /// A version that the standard does not have.
    UnsupportedVersion "has an unknown version",
    /// A field that the structure's version does not have (RFC 5280 §4.1.2.1).
    FieldNotInVersion "is not a field of this version",
    /// A serial number of zero or less (RFC 5280 §4.1.2.2).
    SerialNotPositive "is a serial number that is not positive",
    /// A serial number of more than 20 bytes (RFC 5280 §4.1.2.2).
    SerialTooLong "is a serial number of more than 20 bytes",
    /// The inner and the outer signature algorithm differ (RFC 5280 §4.1.1.2).
    SignatureAlgorithmMismatch "differs from the signature algorithm inside the signed part",
    /// Parameters that the algorithm does not have, or misses (RFC 3279, RFC 4055, RFC 8410).
    InvalidAlgorithmParameters "has parameters that its algorithm does not allow",
    /// Elliptic-curve parameters written out instead of named (RFC 5480 §2.1.1; CVE-2020-0601).
    ExplicitCurve "spells its curve out instead of naming it",
    /// A public key that does not fit its algorithm.
    InvalidPublicKey "is not a public key of its algorithm",
    /// A private key that does not fit its algorithm.
    InvalidPrivateKey "is not a private key of its algorithm",
    /// The issuer's name is empty (RFC 5280 §4.1.2.4).
    EmptyIssuer "is an issuer without a name",
    /// An extension that appears twice (RFC 5280 §4.2).
    DuplicateExtension "appears a second time",
    /// More extensions than any certificate has.
    TooManyExtensions "has more than 256 extensions",
    /// A GeneralName that is no choice of the standard, or not in its form.
    InvalidGeneralName "is not a well-formed GeneralName",
    /// An IP address, or address and mask, of a wrong length (RFC 5280 §4.2.1.6, §4.2.1.10).
    InvalidIpAddress "is an IP address of a wrong length",
    /// A value that its field does not have.
    InvalidValue "has a value that its field does not allow",
    /// A distribution point that is empty or holds reasons alone (RFC 5280 §4.2.1.13).
    InvalidDistributionPoint "names neither a distribution point nor a CRL issuer",
    /// Neither of two fields is there, and one has to be.
    MissingField "lacks a field that has to be there",
    /// A critical extension where the standard has it non-critical, or the other way round.
    WrongCriticality "is critical where it may not be, or not critical where it must be",
    /// PEM text that does not decode (RFC 7468).
    InvalidPem "is not PEM as RFC 7468 has it",
    /// The place for the decoded PEM is too short.
    BufferTooShort "needs a longer buffer",
    /// Nested deeper than the standard's structures are.
    TooDeep "is nested too deeply",
    /// A content that no reader here knows.
    UnsupportedType "is of a type that is not supported",
}

/// One step of a [`Path`]: a field, and which element of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    field: Field,
    index: u16,
}

const NO_INDEX: u16 = u16::MAX;

macro_rules! fields {
    ($($name:ident $text:literal,)*) => {
        /// A field's name in the standards.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Field { $($name,)* }

        impl Field {
            const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

fields! {
    AccessDescription "accessDescription",
    AccessLocation "accessLocation",
    AccessMethod "accessMethod",
    AcmeIdentifier "acmeIdentifier",
    Algorithm "algorithm",
    Attributes "attributes",
    AttributeType "type",
    AttributeValue "value",
    AuthorityCertIssuer "authorityCertIssuer",
    AuthorityCertSerialNumber "authorityCertSerialNumber",
    AuthorityInfoAccess "authorityInfoAccess",
    AuthorityKeyIdentifier "authorityKeyIdentifier",
    Base "base",
    BasicConstraints "basicConstraints",
    CertificateIssuer "certificateIssuer",
    CertificatePolicies "certificatePolicies",
    CertificationRequestInfo "certificationRequestInfo",
    CertId "certID",
    CertStatus "certStatus",
    Certs "certs",
    Critical "critical",
    CrlDistributionPoints "cRLDistributionPoints",
    CrlEntryExtensions "crlEntryExtensions",
    CrlExtensions "crlExtensions",
    CrlIssuer "cRLIssuer",
    CrlNumber "cRLNumber",
    DelegationUsage "delegationUsage",
    DeltaCrlIndicator "deltaCRLIndicator",
    DirectoryName "directoryName",
    DistributionPoint "distributionPoint",
    DnsName "dNSName",
    EdiPartyName "ediPartyName",
    ExcludedSubtrees "excludedSubtrees",
    ExplicitText "explicitText",
    ExtensionId "extnID",
    Extensions "extensions",
    ExtensionValue "extnValue",
    ExtKeyUsage "extKeyUsage",
    FreshestCrl "freshestCRL",
    HashAlgorithm "hashAlgorithm",
    InhibitAnyPolicy "inhibitAnyPolicy",
    InvalidityDate "invalidityDate",
    IpAddress "iPAddress",
    Issuer "issuer",
    IssuerAltName "issuerAltName",
    IssuerKeyHash "issuerKeyHash",
    IssuerNameHash "issuerNameHash",
    IssuerUniqueId "issuerUniqueID",
    IssuingDistributionPoint "issuingDistributionPoint",
    KeyUsage "keyUsage",
    Maximum "maximum",
    Minimum "minimum",
    NameConstraints "nameConstraints",
    NextUpdate "nextUpdate",
    Nonce "nonce",
    NoRevAvail "noRevAvail",
    NotAfter "notAfter",
    NotBefore "notBefore",
    OcspNoCheck "ocspNoCheck",
    OtherName "otherName",
    Parameters "parameters",
    PathLenConstraint "pathLenConstraint",
    Pem "pem",
    PermittedSubtrees "permittedSubtrees",
    Poison "precertificatePoison",
    PolicyConstraints "policyConstraints",
    PolicyIdentifier "policyIdentifier",
    PolicyMappings "policyMappings",
    PolicyQualifiers "policyQualifiers",
    PrivateKey "privateKey",
    PrivateKeyUsagePeriod "privateKeyUsagePeriod",
    ProducedAt "producedAt",
    PublicKey "publicKey",
    QcStatements "qcStatements",
    RdnSequence "rdnSequence",
    ReasonCode "reasonCode",
    Reasons "reasons",
    RegisteredId "registeredID",
    RequestExtensions "requestExtensions",
    RequestList "requestList",
    RequestorName "requestorName",
    ResponderId "responderID",
    ResponseBytes "responseBytes",
    ResponseData "tbsResponseData",
    ResponseExtensions "responseExtensions",
    Responses "responses",
    ResponseStatus "responseStatus",
    RevocationDate "revocationDate",
    RevokedCertificates "revokedCertificates",
    Rfc822Name "rfc822Name",
    SctList "signedCertificateTimestampList",
    SerialNumber "serialNumber",
    Signature "signature",
    SignatureAlgorithm "signatureAlgorithm",
    SignatureValue "signatureValue",
    SingleExtensions "singleExtensions",
    Subject "subject",
    SubjectAltName "subjectAltName",
    SubjectDirectoryAttributes "subjectDirectoryAttributes",
    SubjectInfoAccess "subjectInfoAccess",
    SubjectKeyIdentifier "subjectKeyIdentifier",
    SubjectPublicKey "subjectPublicKey",
    SubjectPublicKeyInfo "subjectPublicKeyInfo",
    SubjectUniqueId "subjectUniqueID",
    TbsCertificate "tbsCertificate",
    TbsCertList "tbsCertList",
    TbsRequest "tbsRequest",
    ThisUpdate "thisUpdate",
    TlsFeature "tlsFeature",
    UniformResourceIdentifier "uniformResourceIdentifier",
    Validity "validity",
    Version "version",
    X400Address "x400Address",
}

impl Field {
    pub(crate) fn at(self, index: usize) -> Element {
        Element { field: self, index: u16::try_from(index).unwrap_or(NO_INDEX) }
    }
}

impl From<Field> for Element {
    fn from(field: Field) -> Self {
        Self { field, index: NO_INDEX }
    }
}

/// How many steps a [`Path`] keeps; the deepest field of RFC 5280 has seven.
const MAX_STEPS: usize = 8;

/// Where a field is, as in `tbsCertificate.extensions[3].nameConstraints`.
///
/// `Display` writes it; there is no other way to look inside.
#[derive(Clone, Copy)]
pub struct Path {
    indices: [u16; MAX_STEPS],
    fields: [Field; MAX_STEPS],
    length: u8,
}

impl Path {
    pub(crate) const EMPTY: Self =
        Self { indices: [NO_INDEX; MAX_STEPS], fields: [Field::Version; MAX_STEPS], length: 0 };

    /// Whether the error is in the outermost structure itself.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn len(&self) -> usize {
        usize::from(self.length).min(MAX_STEPS)
    }

    /// Puts an outer step in front; the innermost falls off when there is no room.
    pub(crate) fn push_front(&mut self, element: Element) {
        self.fields.rotate_right(1);
        self.indices.rotate_right(1);
        let ([field, ..], [index, ..]) = (&mut self.fields, &mut self.indices);
        (*field, *index) = (element.field, element.index);
        self.length = u8::try_from((self.len() + 1).min(MAX_STEPS)).unwrap_or_default();
    }

    /// Adds an inner step; beyond the room there is, steps are counted and not kept.
    pub(crate) fn push(&mut self, element: Element) {
        let length = usize::from(self.length);
        if let (Some(field), Some(index)) =
            (self.fields.get_mut(length), self.indices.get_mut(length))
        {
            (*field, *index) = (element.field, element.index);
        }
        self.length = self.length.saturating_add(1);
    }

    pub(crate) fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    /// `self`, then `inner`.
    pub(crate) fn join(mut self, inner: &Self) -> Self {
        for (&field, &index) in inner.fields.iter().zip(&inner.indices).take(inner.len()) {
            self.push(Element { field, index });
        }
        self
    }
}

impl From<Field> for Path {
    fn from(field: Field) -> Self {
        let mut path = Self::EMPTY;
        path.push(field.into());
        path
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        let ours = self.fields.iter().zip(&self.indices).take(self.len());
        ours.eq(other.fields.iter().zip(&other.indices).take(other.len()))
    }
}

impl Eq for Path {}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.fields.iter().zip(&self.indices).take(self.len());
        for (i, (field, &index)) in steps.enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(field.name())?;
            if index != NO_INDEX {
                write!(f, "[{index}]")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
