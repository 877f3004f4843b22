//! SSLKEYLOGFILE (RFC 9850): secrets as lines of text, for tools that decrypt one's own traffic.
//!
//! ```text
//! CLIENT_TRAFFIC_SECRET_0 <64 hexadecimal digits of client_random> <digits of the secret>
//! ```
//!
//! Whoever reads such a file reads the connections. Where it is written, and whether at all, is the
//! caller's decision; this crate opens no file.

use core::fmt;

use chancery_crypto::Digest;

/// Which secret a line holds (RFC 9850 §2.1 to §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyLogLabel {
    /// `client_early_traffic_secret`.
    ClientEarlyTrafficSecret,
    /// `early_exporter_master_secret`.
    EarlyExporterSecret,
    /// `client_handshake_traffic_secret`.
    ClientHandshakeTrafficSecret,
    /// `server_handshake_traffic_secret`.
    ServerHandshakeTrafficSecret,
    /// `client_application_traffic_secret_0`.
    ClientTrafficSecret0,
    /// `server_application_traffic_secret_0`.
    ServerTrafficSecret0,
    /// `exporter_master_secret`.
    ExporterSecret,
    /// The master secret of TLS 1.2.
    ClientRandom,
    /// The KEM's shared secret of Encrypted Client Hello.
    EchSecret,
    /// The ECHConfig that was used.
    EchConfig,
}

impl KeyLogLabel {
    const ALL: [Self; 10] = [
        Self::ClientEarlyTrafficSecret,
        Self::EarlyExporterSecret,
        Self::ClientHandshakeTrafficSecret,
        Self::ServerHandshakeTrafficSecret,
        Self::ClientTrafficSecret0,
        Self::ServerTrafficSecret0,
        Self::ExporterSecret,
        Self::ClientRandom,
        Self::EchSecret,
        Self::EchConfig,
    ];

    /// The word in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientEarlyTrafficSecret => "CLIENT_EARLY_TRAFFIC_SECRET",
            Self::EarlyExporterSecret => "EARLY_EXPORTER_SECRET",
            Self::ClientHandshakeTrafficSecret => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            Self::ServerHandshakeTrafficSecret => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            Self::ClientTrafficSecret0 => "CLIENT_TRAFFIC_SECRET_0",
            Self::ServerTrafficSecret0 => "SERVER_TRAFFIC_SECRET_0",
            Self::ExporterSecret => "EXPORTER_SECRET",
            Self::ClientRandom => "CLIENT_RANDOM",
            Self::EchSecret => "ECH_SECRET",
            Self::EchConfig => "ECH_CONFIG",
        }
    }

    /// The label of that name, if RFC 9850 has it.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name().as_bytes() == name)
    }

    /// Writes one line, with its end: dangerous, because it shows the secret.
    ///
    /// # Errors
    /// Those of `output`.
    pub fn dangerous_write(
        self,
        client_random: &[u8; 32],
        secret: &[u8],
        output: &mut dyn fmt::Write,
    ) -> fmt::Result {
        output.write_str(self.name())?;
        output.write_char(' ')?;
        client_random.iter().try_for_each(|byte| write!(output, "{byte:02x}"))?;
        output.write_char(' ')?;
        secret.iter().try_for_each(|byte| write!(output, "{byte:02x}"))?;
        output.write_char('\n')
    }
}

/// One line, parsed.
#[derive(Clone, Copy)]
pub struct KeyLogLine<'a> {
    label: KeyLogLabel,
    client_random: [u8; 32],
    /// Hexadecimal digits, an even number of them.
    digits: &'a [u8],
}

impl<'a> KeyLogLine<'a> {
    /// Reads one line, without its end; `None` if it is empty, a comment, of a label that RFC 9850
    /// does not have, or malformed.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let mut words = line.split(|byte| *byte == b' ');
        let label = KeyLogLabel::from_name(words.next()?)?;
        let random_digits = words.next()?;
        let digits = words.next()?;
        if words.next().is_some() || digits.is_empty() {
            return None;
        }
        let mut client_random = [0; 32];
        decode(random_digits, &mut client_random)?;
        // Whether the digits are digits is found out now, so that reading cannot fail later.
        let pairs = digits.as_chunks::<2>();
        if !pairs.1.is_empty() || pairs.0.iter().any(|pair| byte_of(*pair).is_none()) {
            return None;
        }
        Some(Self { label, client_random, digits })
    }

    /// Which secret it is.
    #[must_use]
    pub const fn label(&self) -> KeyLogLabel {
        self.label
    }

    /// The `ClientHello.random` of the connection.
    #[must_use]
    pub const fn client_random(&self) -> &[u8; 32] {
        &self.client_random
    }

    /// Length of the secret, in bytes.
    #[must_use]
    pub const fn secret_len(&self) -> usize {
        self.digits.len() / 2
    }

    /// The secret; `None` if it is longer than 64 bytes, as an ECHConfig is.
    #[must_use]
    pub fn secret(&self) -> Option<Digest> {
        let mut secret = Digest::zeroed(self.secret_len())?;
        decode(self.digits, secret.as_mut_bytes())?;
        Some(secret)
    }

    /// Writes the secret to the front of `output` and returns its length; `None` if it does not
    /// fit.
    #[must_use]
    pub fn write_secret(&self, output: &mut [u8]) -> Option<usize> {
        decode(self.digits, output.get_mut(..self.secret_len())?)?;
        Some(self.secret_len())
    }
}

impl fmt::Debug for KeyLogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyLogLine({:?}, [..])", self.label)
    }
}

/// A whole file, in memory.
#[derive(Clone, Copy)]
pub struct KeyLog<'a>(&'a [u8]);

impl<'a> KeyLog<'a> {
    /// Takes the file's bytes; nothing is read yet.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// The lines that hold a secret. Others are passed over (RFC 9850 §2); lines end with CR, LF
    /// or both.
    pub fn lines(&self) -> impl Iterator<Item = KeyLogLine<'a>> + use<'a> {
        self.0.split(|byte| matches!(byte, b'\r' | b'\n')).filter_map(KeyLogLine::parse)
    }

    /// The secret of one connection with that label, if it was logged. It reads the file from the
    /// front.
    #[must_use]
    pub fn lookup(&self, label: KeyLogLabel, client_random: &[u8; 32]) -> Option<KeyLogLine<'a>> {
        self.lines().find(|line| line.label == label && line.client_random == *client_random)
    }
}

impl fmt::Debug for KeyLog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyLog({} bytes, [..])", self.0.len())
    }
}

/// Fills `output` from exactly as many digits as it takes.
fn decode(digits: &[u8], output: &mut [u8]) -> Option<()> {
    let (pairs, odd) = digits.as_chunks::<2>();
    if !odd.is_empty() || pairs.len() != output.len() {
        return None;
    }
    output.iter_mut().zip(pairs).try_for_each(|(byte, pair)| {
        *byte = byte_of(*pair)?;
        Some(())
    })
}

fn byte_of([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some(digit(high)? << 4 | digit(low)?)
}
