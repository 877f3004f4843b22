//! Which extension may stand in which message: the table of RFC 8446 §4.2, and for later
//! extensions the "TLS 1.3" column of IANA's registry.
//!
//! Those of TLS 1.2 alone stand in a ClientHello, since clients that speak both versions send them.

use crate::{
    ExtensionPlace::{
        self, Certificate as CT, CertificateRequest as CR, ClientHello as CH,
        EncryptedExtensions as EE, HelloRetryRequest as HRR, NewSessionTicket as NST,
        ServerHello as SH,
    },
    ExtensionType as T,
};

impl T {
    /// Where TLS 1.3 specifies the extension; `None` if this crate does not know it.
    ///
    /// ```
    /// use chancery_wire::{ExtensionPlace, ExtensionType};
    ///
    /// assert_eq!(
    ///     ExtensionType::COOKIE.places(),
    ///     Some(&[ExtensionPlace::ClientHello, ExtensionPlace::HelloRetryRequest][..]),
    /// );
    /// assert_eq!(ExtensionType(0x0a0a).places(), None);
    /// ```
    #[must_use]
    pub const fn places(self) -> Option<&'static [ExtensionPlace]> {
        Some(match self {
            // RFC 8446 §4.2, in the order of its table.
            Self::SERVER_NAME => &[CH, EE],
            Self::MAX_FRAGMENT_LENGTH => &[CH, EE],
            Self::STATUS_REQUEST => &[CH, CR, CT],
            Self::SUPPORTED_GROUPS => &[CH, EE],
            Self::SIGNATURE_ALGORITHMS => &[CH, CR],
            Self::USE_SRTP => &[CH, EE],
            Self::HEARTBEAT => &[CH, EE],
            Self::APPLICATION_LAYER_PROTOCOL_NEGOTIATION => &[CH, EE],
            Self::SIGNED_CERTIFICATE_TIMESTAMP => &[CH, CR, CT],
            Self::CLIENT_CERTIFICATE_TYPE => &[CH, EE],
            Self::SERVER_CERTIFICATE_TYPE => &[CH, EE],
            Self::PADDING => &[CH],
            Self::KEY_SHARE => &[CH, SH, HRR],
            Self::PRE_SHARED_KEY => &[CH, SH],
            Self::PSK_KEY_EXCHANGE_MODES => &[CH],
            Self::EARLY_DATA => &[CH, EE, NST],
            Self::COOKIE => &[CH, HRR],
            Self::SUPPORTED_VERSIONS => &[CH, SH, HRR],
            Self::CERTIFICATE_AUTHORITIES => &[CH, CR],
            Self::OID_FILTERS => &[CR],
            Self::POST_HANDSHAKE_AUTH => &[CH],
            Self::SIGNATURE_ALGORITHMS_CERT => &[CH, CR],
            // Later RFCs.
            Self::COMPRESS_CERTIFICATE => &[CH, CR], // RFC 8879 §3
            Self::RECORD_SIZE_LIMIT => &[CH, EE],    // RFC 8449 §4
            Self::DELEGATED_CREDENTIAL => &[CH, CR, CT], // RFC 9345 §4.1
            Self::QUIC_TRANSPORT_PARAMETERS => &[CH, EE], // RFC 9001 §8.2
            Self::TICKET_REQUEST => &[CH, EE],       // RFC 9149 §3
            Self::ENCRYPTED_CLIENT_HELLO => &[CH, HRR, EE], // RFC 9849 §5
            // TLS 1.2 alone.
            Self::CLIENT_CERTIFICATE_URL
            | Self::TRUSTED_CA_KEYS
            | Self::TRUNCATED_HMAC
            | Self::EC_POINT_FORMATS
            | Self::STATUS_REQUEST_V2
            | Self::ENCRYPT_THEN_MAC
            | Self::EXTENDED_MASTER_SECRET
            | Self::SESSION_TICKET
            | Self::RENEGOTIATION_INFO => &[CH],
            _ => return None,
        })
    }

    /// Whether the extension may stand at `place`: it does by the table, or the table does not know
    /// it.
    #[must_use]
    pub fn may_appear(self, place: ExtensionPlace) -> bool {
        match self.places() {
            // What an older server may send follows older tables.
            _ if place == ExtensionPlace::LegacyServerHello => true,
            Some(places) => places.contains(&place),
            None => true,
        }
    }
}
