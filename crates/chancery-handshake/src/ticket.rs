//! Tickets (RFC 8446 §4.6.1): what client and server keep for another, shorter handshake.
//!
//! ```text
//! server   prepare_ticket ─► UnsealedTicket ─ session() ─► sealed by whoever has the ticket key
//!          send_ticket ◄──────────────────────────────────── ticket
//! client   Event::Ticket(Ticket) ── later ──► offer(age) ──► start_with_psks
//! server   ChooseConfiguration::psk_identities ──► opened ──► Session ──► Choice::resume
//! ```

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use chancery_crypto::Digest;
use chancery_key_schedule::PskKind;
use chancery_wire::{CipherSuite, DecodeError, Reader};
use zeroize::Zeroizing;

use crate::{AcceptedPsk, OfferedPsk, Suite};

/// A ticket, as a client keeps it. Use each once, so that nobody can link connections
/// (RFC 8446 §C.4).
#[derive(Clone)]
pub struct Ticket {
    pub(crate) suite: Suite,
    pub(crate) psk: Digest,
    pub(crate) identity: Vec<u8>,
    pub(crate) age_add: u32,
    pub(crate) lifetime: u32,
    pub(crate) application_protocol: Option<Vec<u8>>,
    pub(crate) server_name: Option<Box<str>>,
}

impl Ticket {
    /// For how long it may be used, in seconds; at most seven days.
    #[must_use]
    pub const fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// The suite of the connection that it comes from; its hash has to be that of the next one.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The application protocol of the connection that it comes from.
    #[must_use]
    pub fn application_protocol(&self) -> Option<&[u8]> {
        self.application_protocol.as_deref()
    }

    /// The DNS name of the server that it comes from, if that acknowledged one. Offer it to no other
    /// server (RFC 8446 §4.6.1).
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// Offers it `age_milliseconds` after it came (RFC 8446 §4.2.11.1).
    #[must_use]
    pub fn offer(self, age_milliseconds: u32) -> OfferedPsk {
        OfferedPsk {
            obfuscated_age: age_milliseconds.wrapping_add(self.age_add),
            key: AcceptedPsk::new(self.psk.as_bytes(), self.suite.hash(), PskKind::Resumption),
            identity: self.identity,
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}, {} s, [..])", self.suite, self.lifetime)
    }
}

/// A ticket that a server is about to give, without the bytes that only the server understands.
pub struct UnsealedTicket {
    pub(crate) lifetime: u32,
    pub(crate) age_add: u32,
    pub(crate) nonce: Vec<u8>,
    pub(crate) session: Session,
}

impl UnsealedTicket {
    /// What the ticket has to bring back: seal [`Session::encode`] into it, or keep the session and
    /// send a name for it.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }
}

impl fmt::Debug for UnsealedTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnsealedTicket({} s, [..])", self.lifetime)
    }
}

/// What a server has to know again to resume (RFC 8446 §4.6.1).
///
/// How old it is and whether it was used already is for whoever keeps it to see to.
#[derive(Clone)]
pub struct Session {
    pub(crate) suite: Suite,
    pub(crate) psk: Digest,
    pub(crate) application_protocol: Vec<u8>,
    pub(crate) server_name: Vec<u8>,
}

/// The first byte of an encoded session: another layout gets another number.
const VERSION: u8 = 1;

impl Session {
    /// The suite of the connection that it comes from.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The application protocol of that connection; empty, if it had none.
    #[must_use]
    pub fn application_protocol(&self) -> &[u8] {
        &self.application_protocol
    }

    /// The key that it makes.
    #[must_use]
    pub fn psk(&self) -> AcceptedPsk {
        AcceptedPsk::new(self.psk.as_bytes(), self.suite.hash(), PskKind::Resumption)
    }

    /// The session as bytes, which have to be kept secret and unchanged.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let fields = [self.psk.as_bytes(), &self.application_protocol, &self.server_name];
        // All of it at once: a vector that grows leaves copies behind.
        let len = fields.iter().map(|field| field.len().saturating_add(2)).sum::<usize>();
        let mut out = Zeroizing::new(Vec::with_capacity(len.saturating_add(3)));
        out.push(VERSION);
        out.extend_from_slice(&u16::from(self.suite.cipher_suite()).to_be_bytes());
        for field in fields {
            // A PSK, a protocol's name and a host name are each shorter than 2^16 bytes.
            let len = u16::try_from(field.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(field);
        }
        out
    }

    /// A session that [`Self::encode`] has written; `None` if the bytes are none.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Self::read(&mut reader).ok().flatten().filter(|_| reader.is_empty())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let version = reader.u8("version")?;
        let suite = Suite::from_cipher_suite(CipherSuite(reader.u16("suite")?));
        let mut field = |name| reader.vec16(name, 0..=0xffff).map(|mut field| field.rest());
        let psk = Digest::try_from(field("psk")?);
        let application_protocol = field("application_protocol")?.to_vec();
        let server_name = field("server_name")?.to_vec();
        let (Some(suite), Ok(psk)) = (suite, psk) else { return Ok(None) };
        if version != VERSION || psk.len() != suite.hash().output_len() {
            return Ok(None);
        }
        Ok(Some(Self { suite, psk, application_protocol, server_name }))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, [..])", self.suite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            suite: Suite::Aes256GcmSha384,
            psk: Digest::try_from(&[7; 48][..]).unwrap(),
            application_protocol: b"h2".to_vec(),
            server_name: b"example.com".to_vec(),
        }
    }

    #[test]
    fn sessions_survive_encoding_and_nothing_else_decodes() {
        let encoded = session().encode();
        let decoded = Session::decode(&encoded).unwrap();
        assert_eq!(decoded.encode(), encoded);
        for len in 0..encoded.len() {
            assert!(Session::decode(&encoded[..len]).is_none());
        }
        let mut longer = encoded.to_vec();
        longer.push(0);
        assert!(Session::decode(&longer).is_none());
        let mut of_another_version = encoded.to_vec();
        of_another_version[0] = 2;
        assert!(Session::decode(&of_another_version).is_none());
        let mut of_a_shorter_hash = encoded.to_vec();
        of_a_shorter_hash[2] = 1;
        assert!(Session::decode(&of_a_shorter_hash).is_none());
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = alloc::format!("{:?} {:?}", session(), session().psk());
        assert_eq!(printed, "Session(TLS_AES_256_GCM_SHA384, [..]) AcceptedPsk(Resumption, [..])");
    }
}
