//! A ticket for another, shorter handshake.
//!
//! ```text
//! struct {
//!     uint32 ticket_lifetime;
//!     uint32 ticket_age_add;
//!     opaque ticket_nonce<0..255>;
//!     opaque ticket<1..2^16-1>;
//!     Extension extensions<0..2^16-2>;
//! } NewSessionTicket;                             RFC 8446 §4.6.1
//! ```

use core::fmt;

use crate::{
    ExtensionPlace, Extensions,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::{self, Writer},
};

/// RFC 8446 §4.6.1
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// In seconds; at most 604,800, a week, which the receiver checks.
    pub ticket_lifetime: u32,
    /// Added to the ticket's age in milliseconds, modulo 2^32, before it is sent in the clear.
    pub ticket_age_add: u32,
    /// Unique among the connection's tickets.
    pub ticket_nonce: &'a [u8],
    /// The ticket.
    pub ticket: &'a [u8],
    /// At [`ExtensionPlace::NewSessionTicket`].
    pub extensions: Extensions<'a>,
}

/// `ticket_age_add` hides how old a ticket is and `ticket` links connections: neither is printed.
impl fmt::Debug for NewSessionTicket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSessionTicket")
            .field("ticket_lifetime", &self.ticket_lifetime)
            .field("ticket_age_add", &format_args!("[..]"))
            .field("ticket_nonce", &self.ticket_nonce)
            .field("ticket", &format_args!("[..]"))
            .field("extensions", &self.extensions)
            .finish()
    }
}

impl<'a> Codec<'a> for NewSessionTicket<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            ticket_lifetime: r.u32("ticket_lifetime")?,
            ticket_age_add: r.u32("ticket_age_add")?,
            ticket_nonce: r.vec8("ticket_nonce", 0..=255)?.rest(),
            ticket: r.vec16("ticket", 1..=0xffff)?.rest(),
            extensions: Extensions::decode(r, ExtensionPlace::NewSessionTicket)?,
        })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(&self.ticket_lifetime.to_be_bytes())?;
        w.write(&self.ticket_age_add.to_be_bytes())?;
        writer::vec8(w, "ticket_nonce", 0..=255, |w| w.write(self.ticket_nonce))?;
        writer::vec16(w, "ticket", 1..=0xffff, |w| w.write(self.ticket))?;
        self.extensions.encode(w)
    }
}
