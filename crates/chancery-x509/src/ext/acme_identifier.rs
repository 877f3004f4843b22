//! The ACME identifier of the tls-alpn-01 challenge.

use super::ExtensionValue;
use crate::error::{ErrorKind, Fault};
use crate::reader::{Reader, tag};
use crate::strictness::Strictness;

/// The digest of a key authorization.
///
/// ```text
/// Authorization ::= OCTET STRING (SIZE (32))               RFC 8737 §3
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AcmeIdentifier<'a>(&'a [u8; 32]);

impl<'a> AcmeIdentifier<'a> {
    /// SHA-256 of the key authorization.
    #[must_use]
    pub const fn digest(&self) -> &'a [u8; 32] {
        self.0
    }
}

impl<'a> ExtensionValue<'a> for AcmeIdentifier<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let value = reader.read(s, tag::OCTET_STRING)?;
        value.try_into().map(Self).map_err(|_| Fault::new(ErrorKind::InvalidValue, value))
    }
}
