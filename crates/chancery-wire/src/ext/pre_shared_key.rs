//! PSKs on offer, and the one that was taken.
//!
//! ```text
//! struct {
//!     opaque identity<1..2^16-1>;
//!     uint32 obfuscated_ticket_age;
//! } PskIdentity;
//!
//! opaque PskBinderEntry<32..255>;
//!
//! struct {
//!     PskIdentity identities<7..2^16-1>;
//!     PskBinderEntry binders<33..2^16-1>;
//! } OfferedPsks;
//!
//! struct {
//!     select (Handshake.msg_type) {
//!         case client_hello: OfferedPsks;
//!         case server_hello: uint16 selected_identity;
//!     };
//! } PreSharedKeyExtension;                        RFC 8446 §4.2.11
//! ```
//!
//! Binders cover the ClientHello up to their own list, which is therefore its last field. A client
//! encodes the hello with binders of the right length but any value, computes them over
//! [`ClientHello::truncated`](crate::ClientHello::truncated), and overwrites them.

use core::fmt;

use crate::{
    List,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.2.11
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferedPsks<'a> {
    /// The PSKs, the preferred one first.
    pub identities: List<'a, PskIdentity<'a>>,
    /// One binder for each of them, in the same order. That there are as many is for the receiver to
    /// check (RFC 8446 §4.2.11: `illegal_parameter`).
    pub binders: List<'a, PskBinderEntry<'a>>,
}

impl<'a> OfferedPsks<'a> {
    /// Length of the encoded list of binders, its own length field included: what
    /// [`ClientHello::truncated`](crate::ClientHello::truncated) cuts off.
    #[must_use]
    pub fn binders_len(&self) -> usize {
        self.binders
            .iter()
            .fold(2, |len, binder| len.saturating_add(1).saturating_add(binder.0.len()))
    }
}

impl<'a> Codec<'a> for OfferedPsks<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            identities: List::decode_vec16(r, "identities", 7..=0xffff)?,
            binders: List::decode_vec16(r, "binders", 33..=0xffff)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        self.identities.encode_vec16(w, "identities", 7..=0xffff)?;
        self.binders.encode_vec16(w, "binders", 33..=0xffff)
    }
}

/// RFC 8446 §4.2.11
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PskIdentity<'a> {
    /// A ticket, or the name of an external PSK.
    pub identity: &'a [u8],
    /// In milliseconds, plus the ticket's `ticket_age_add`, modulo 2^32; 0 for an external PSK.
    pub obfuscated_ticket_age: u32,
}

/// A ticket links connections, so it is not printed.
impl fmt::Debug for PskIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PskIdentity")
            .field("identity", &format_args!("[..]"))
            .field("obfuscated_ticket_age", &self.obfuscated_ticket_age)
            .finish()
    }
}

impl<'a> Codec<'a> for PskIdentity<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            identity: r.vec16("identity", 1..=0xffff)?.rest(),
            obfuscated_ticket_age: r.u32("obfuscated_ticket_age")?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec16(w, "identity", 1..=0xffff, |w| w.write(self.identity))?;
        w.write(&self.obfuscated_ticket_age.to_be_bytes())
    }
}

/// RFC 8446 §4.2.11
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PskBinderEntry<'a>(
    /// 32 to 255 bytes: an HMAC over the transcript.
    pub &'a [u8],
);

impl<'a> Codec<'a> for PskBinderEntry<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self(r.vec8("binder", 32..=255)?.rest()))
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        writer::vec8(w, "binder", 32..=255, |w| w.write(self.0))
    }
}
