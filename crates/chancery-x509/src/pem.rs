//! PEM: DER in text (RFC 7468), decoded into the caller's buffer.
//!
//! The decoding is that of the `pem-rfc7468` crate; here are the labels, and finding the next block in a file with other text
//! around it (RFC 7468 §5.2).

use pem_rfc7468::Decoder;

use crate::error::{Error, ErrorKind, Fault, Field};

/// What a PEM block holds, by its label (RFC 7468 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label<'a> {
    /// `CERTIFICATE`; also `X509 CERTIFICATE` and `TRUSTED CERTIFICATE`'s older sibling `X.509 CERTIFICATE`.
    Certificate,
    /// `X509 CRL`
    Crl,
    /// `CERTIFICATE REQUEST`; also `NEW CERTIFICATE REQUEST`
    CertificateRequest,
    /// `PRIVATE KEY`: PKCS#8
    PrivateKey,
    /// `EC PRIVATE KEY`: SEC 1
    EcPrivateKey,
    /// `RSA PRIVATE KEY`: PKCS#1
    RsaPrivateKey,
    /// `PUBLIC KEY`: a SubjectPublicKeyInfo
    PublicKey,
    /// Any other label.
    Other(&'a str),
}

impl<'a> Label<'a> {
    fn of(label: &'a str) -> Self {
        match label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => Self::Certificate,
            "X509 CRL" => Self::Crl,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::CertificateRequest,
            "PRIVATE KEY" => Self::PrivateKey,
            "EC PRIVATE KEY" => Self::EcPrivateKey,
            "RSA PRIVATE KEY" => Self::RsaPrivateKey,
            "PUBLIC KEY" => Self::PublicKey,
            other => Self::Other(other),
        }
    }
}

/// One block of a PEM file, not decoded yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    label: Label<'a>,
    text: &'a [u8],
    offset: usize,
}

impl<'a> Block<'a> {
    /// What it holds.
    #[must_use]
    pub const fn label(&self) -> Label<'a> {
        self.label
    }

    /// The text, from `-----BEGIN` to the end of the line of `-----END`.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// A length in bytes for the buffer of [`Self::decode`] that is always enough.
    #[must_use]
    pub const fn max_decoded_len(&self) -> usize {
        self.text.len() / 4 * 3
    }

    /// Decodes it into the front of `buffer`.
    ///
    /// # Errors
    /// If it is not as RFC 7468 has it, or `buffer` is too short.
    pub fn decode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let fault = |kind| {
            let error = Error::new(Field::Pem.into(), Fault::new(kind, self.text));
            error.rebase(self.text).moved(self.offset)
        };
        // Lines are of 64 characters in RFC 7468 §2; files with other lengths, all the same, are read too (§3).
        let decoder = Decoder::new_detect_wrap(self.text);
        let mut decoder = decoder.map_err(|_| fault(ErrorKind::InvalidPem))?;
        let length = decoder.remaining_len();
        let target = buffer.get_mut(..length).ok_or_else(|| fault(ErrorKind::BufferTooShort))?;
        let der = decoder.decode(target).map_err(|_| fault(ErrorKind::InvalidPem))?;
        Ok(der)
    }
}

/// The blocks of a PEM file, in order; text between them is skipped. Time is linear in the length of the file, whatever is in it
/// (CVE-2025-61723).
#[must_use]
pub const fn blocks(text: &[u8]) -> Blocks<'_> {
    Blocks { text, position: 0 }
}

/// See [`blocks`].
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    text: &'a [u8],
    position: usize,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = find(self.text, self.position, BEGIN)?;
        // Whatever comes out, the next search starts behind this boundary: no byte is searched twice for each boundary.
        self.position = start + BEGIN.len();
        Some(self.block(start))
    }
}

impl<'a> Blocks<'a> {
    fn block(&mut self, start: usize) -> Result<Block<'a>, Error> {
        let fault = || {
            let at = self.text.get(start..).unwrap_or_default();
            Error::new(Field::Pem.into(), Fault::new(ErrorKind::InvalidPem, at)).rebase(self.text)
        };
        let label_start = start + BEGIN.len();
        // The next boundary ends the label, and the one after it has to be this block's end.
        let label_end = find(self.text, label_start, DASHES).ok_or_else(fault)?;
        let label = self.text.get(label_start..label_end).unwrap_or_default();
        let label = core::str::from_utf8(label).map_err(|_| fault())?;
        let end = find(self.text, label_end + DASHES.len(), DASHES).ok_or_else(fault)?;
        let tail = self.text.get(end..).unwrap_or_default();
        let closed = tail
            .strip_prefix(END)
            .and_then(|rest| rest.strip_prefix(label.as_bytes()))
            .is_some_and(|rest| rest.starts_with(DASHES));
        if !closed {
            return Err(fault());
        }
        let after = end + END.len() + label.len() + DASHES.len();
        let text = self.text.get(start..after).ok_or_else(fault)?;
        self.position = after;
        Ok(Block { label: Label::of(label), text, offset: start })
    }
}

/// Where `pattern` is next, from `from` on.
fn find(text: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    let tail = text.get(from..)?;
    let found = tail.windows(pattern.len()).position(|window| window == pattern)?;
    Some(from + found)
}
