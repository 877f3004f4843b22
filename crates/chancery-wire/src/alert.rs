//! The contents of an alert record.
//!
//! ```text
//! struct {
//!     AlertLevel level;
//!     AlertDescription description;
//! } Alert;                                        RFC 8446 §6
//! ```

use crate::{
    AlertDescription, AlertLevel,
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

/// RFC 8446 §6
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Ignored by receivers of TLS 1.3.
    pub level: AlertLevel,
    /// What happened.
    pub description: AlertDescription,
}

impl Alert {
    /// The alert that says `description`, at the level that RFC 8446 §6 gives it: `close_notify`
    /// and `user_canceled` are warnings, all else is fatal.
    #[must_use]
    pub const fn new(description: AlertDescription) -> Self {
        let level = match description {
            AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED => AlertLevel::WARNING,
            _ => AlertLevel::FATAL,
        };
        Self { level, description }
    }

    /// The two bytes of the record.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.level.0, self.description.0]
    }

    /// Decodes the whole of an alert record: one alert, never a part of one (RFC 8446 §5.1).
    ///
    /// # Errors
    /// If there are not exactly two bytes.
    pub fn from_record(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(bytes);
        let alert = Self::decode(&mut r).map_err(|e| e.within("alert"))?;
        r.finish("alert")?;
        Ok(alert)
    }
}

impl<'a> Codec<'a> for Alert {
    fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(Self { level: AlertLevel::decode(r)?, description: AlertDescription::decode(r)? })
    }

    fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
        w.write(&self.to_bytes())
    }
}
