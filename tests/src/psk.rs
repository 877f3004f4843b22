//! Identities of imported pre-shared keys (RFC 9258): what parses comes back.

use chancery_handshake::ImportedIdentity;

/// `bytes` as the identity that a client sends.
///
/// # Panics
/// If the property does not hold.
pub fn imported_identity(bytes: &[u8]) {
    let Some(identity) = ImportedIdentity::parse(bytes) else { return };
    let mut written = vec![0; identity.encoded_len()];
    assert_eq!(identity.write(&mut written), Ok(bytes.len()));
    assert_eq!(written, bytes);
    assert!(bytes[2..].starts_with(identity.external_identity()));
}
