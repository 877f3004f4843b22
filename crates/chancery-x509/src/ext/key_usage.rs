//! Key usage.

use core::fmt;

use super::ExtensionValue;
use crate::bit_string::BitString;
use crate::error::{ErrorKind, Fault};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;

/// What the key is for.
///
/// ```text
/// KeyUsage ::= BIT STRING {                                RFC 5280 §4.2.1.3
///     digitalSignature (0), nonRepudiation (1), keyEncipherment (2), dataEncipherment (3), keyAgreement (4),
///     keyCertSign (5), cRLSign (6), encipherOnly (7), decipherOnly (8) }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyUsage(u16);

macro_rules! usages {
    ($($bit:literal $method:ident $name:literal $doc:literal,)*) => {
        impl KeyUsage {
            $(#[doc = $doc]
            #[must_use]
            pub const fn $method(&self) -> bool {
                self.0 >> $bit & 1 == 1
            })*

            /// The names of the bits that are set, in order.
            pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
                let bits = self.0;
                [$(($bit, $name)),*].into_iter().filter_map(move |(bit, name)| (bits >> bit & 1 == 1).then_some(name))
            }
        }
    };
}

usages! {
    0 digital_signature "digitalSignature" "Signing other things than certificates and CRLs.",
    1 non_repudiation "nonRepudiation" "Signing what the signer cannot deny later; contentCommitment in newer texts.",
    2 key_encipherment "keyEncipherment" "Enciphering keys, as RSA key transport does.",
    3 data_encipherment "dataEncipherment" "Enciphering data itself.",
    4 key_agreement "keyAgreement" "Agreeing on keys.",
    5 key_cert_sign "keyCertSign" "Signing certificates.",
    6 crl_sign "cRLSign" "Signing CRLs.",
    7 encipher_only "encipherOnly" "With key agreement: enciphering only.",
    8 decipher_only "decipherOnly" "With key agreement: deciphering only.",
}

impl KeyUsage {
    /// Named bit `n` is `1 << n`.
    #[must_use]
    pub const fn bits(&self) -> u16 {
        self.0
    }
}

impl<'a> ExtensionValue<'a> for KeyUsage {
    #[inline]
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let value = reader.read(s, tag::BIT_STRING)?;
        let bits = BitString::parse_named(s, value)?;
        if bits == 0 {
            // RFC 5280 §4.2.1.3: at least one of the bits MUST be set.
            s.deviation(ErrorKind::InvalidValue, value)?;
        }
        Ok(Self(bits))
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
