//! Numbers with names: the registries of IANA's "TLS Parameters" and "TLS ExtensionType Values".
//!
//! Each is a newtype over the number, so that an unknown one is carried, compared and printed like
//! any other. `Display` gives IANA's name.

use core::fmt;

use crate::{
    codec::Codec,
    error::{DecodeError, EncodeError},
    reader::Reader,
    writer::Writer,
};

macro_rules! codepoints {
    ($(#[$doc:meta])* $name:ident($int:ident, $field:literal) { $($const:ident = $value:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl $name {
            $(
                #[doc = concat!("`", $text, "`")]
                pub const $const: Self = Self($value);
            )*

            /// Every codepoint that has a name here, in the order of the registry.
            pub const NAMED: &[Self] = &[$(Self::$const),*];

            /// IANA's name, if the codepoint is one of [`Self::NAMED`].
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$const => Some($text),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => unnamed(f, stringify!($name), self.0.into(), size_of::<$int>()),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl From<$int> for $name {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $int {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl<'a> Codec<'a> for $name {
            fn decode(r: &mut Reader<'a>) -> Result<Self, DecodeError> {
                r.$int($field).map(Self)
            }

            fn encode(&self, w: &mut dyn Writer) -> Result<(), EncodeError> {
                w.write(&self.0.to_be_bytes())
            }
        }
    };
}

fn unnamed(f: &mut fmt::Formatter<'_>, registry: &str, value: u32, size: usize) -> fmt::Result {
    match u16::try_from(value) {
        Ok(value) if size == 2 && is_grease(value) => write!(f, "GREASE({value:#06x})"),
        _ if size == 1 => write!(f, "{registry}({value})"),
        _ => write!(f, "{registry}({value:#06x})"),
    }
}

/// Whether `value` is one of the sixteen that RFC 8701 §2 reserves, so that peers learn to ignore
/// what they do not know.
#[must_use]
pub const fn is_grease(value: u16) -> bool {
    let [high, low] = value.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

codepoints! {
    /// What a record carries (RFC 8446 §5.1).
    ContentType(u8, "type") {
        CHANGE_CIPHER_SPEC = 20 "change_cipher_spec",
        ALERT = 21 "alert",
        HANDSHAKE = 22 "handshake",
        APPLICATION_DATA = 23 "application_data",
        HEARTBEAT = 24 "heartbeat",
    }
}

codepoints! {
    /// A version of the protocol (RFC 8446 §4.2.1).
    ProtocolVersion(u16, "version") {
        SSL3_0 = 0x0300 "SSL 3.0",
        TLS1_0 = 0x0301 "TLS 1.0",
        TLS1_1 = 0x0302 "TLS 1.1",
        TLS1_2 = 0x0303 "TLS 1.2",
        TLS1_3 = 0x0304 "TLS 1.3",
    }
}

codepoints! {
    /// The kind of a handshake message (RFC 8446 §4).
    HandshakeType(u8, "msg_type") {
        HELLO_REQUEST = 0 "hello_request",
        CLIENT_HELLO = 1 "client_hello",
        SERVER_HELLO = 2 "server_hello",
        HELLO_VERIFY_REQUEST = 3 "hello_verify_request",
        NEW_SESSION_TICKET = 4 "new_session_ticket",
        END_OF_EARLY_DATA = 5 "end_of_early_data",
        ENCRYPTED_EXTENSIONS = 8 "encrypted_extensions",
        CERTIFICATE = 11 "certificate",
        SERVER_KEY_EXCHANGE = 12 "server_key_exchange",
        CERTIFICATE_REQUEST = 13 "certificate_request",
        SERVER_HELLO_DONE = 14 "server_hello_done",
        CERTIFICATE_VERIFY = 15 "certificate_verify",
        CLIENT_KEY_EXCHANGE = 16 "client_key_exchange",
        FINISHED = 20 "finished",
        CERTIFICATE_URL = 21 "certificate_url",
        CERTIFICATE_STATUS = 22 "certificate_status",
        SUPPLEMENTAL_DATA = 23 "supplemental_data",
        KEY_UPDATE = 24 "key_update",
        COMPRESSED_CERTIFICATE = 25 "compressed_certificate",
        MESSAGE_HASH = 254 "message_hash",
    }
}

codepoints! {
    /// How bad an alert is (RFC 8446 §6). TLS 1.3 goes by the description and ignores this.
    AlertLevel(u8, "level") {
        WARNING = 1 "warning",
        FATAL = 2 "fatal",
    }
}

codepoints! {
    /// What an alert says (RFC 8446 §6; registry "TLS Alerts").
    AlertDescription(u8, "description") {
        CLOSE_NOTIFY = 0 "close_notify",
        UNEXPECTED_MESSAGE = 10 "unexpected_message",
        BAD_RECORD_MAC = 20 "bad_record_mac",
        DECRYPTION_FAILED = 21 "decryption_failed",
        RECORD_OVERFLOW = 22 "record_overflow",
        DECOMPRESSION_FAILURE = 30 "decompression_failure",
        HANDSHAKE_FAILURE = 40 "handshake_failure",
        NO_CERTIFICATE = 41 "no_certificate",
        BAD_CERTIFICATE = 42 "bad_certificate",
        UNSUPPORTED_CERTIFICATE = 43 "unsupported_certificate",
        CERTIFICATE_REVOKED = 44 "certificate_revoked",
        CERTIFICATE_EXPIRED = 45 "certificate_expired",
        CERTIFICATE_UNKNOWN = 46 "certificate_unknown",
        ILLEGAL_PARAMETER = 47 "illegal_parameter",
        UNKNOWN_CA = 48 "unknown_ca",
        ACCESS_DENIED = 49 "access_denied",
        DECODE_ERROR = 50 "decode_error",
        DECRYPT_ERROR = 51 "decrypt_error",
        TOO_MANY_CIDS_REQUESTED = 52 "too_many_cids_requested",
        EXPORT_RESTRICTION = 60 "export_restriction",
        PROTOCOL_VERSION = 70 "protocol_version",
        INSUFFICIENT_SECURITY = 71 "insufficient_security",
        INTERNAL_ERROR = 80 "internal_error",
        INAPPROPRIATE_FALLBACK = 86 "inappropriate_fallback",
        USER_CANCELED = 90 "user_canceled",
        NO_RENEGOTIATION = 100 "no_renegotiation",
        MISSING_EXTENSION = 109 "missing_extension",
        UNSUPPORTED_EXTENSION = 110 "unsupported_extension",
        CERTIFICATE_UNOBTAINABLE = 111 "certificate_unobtainable",
        UNRECOGNIZED_NAME = 112 "unrecognized_name",
        BAD_CERTIFICATE_STATUS_RESPONSE = 113 "bad_certificate_status_response",
        BAD_CERTIFICATE_HASH_VALUE = 114 "bad_certificate_hash_value",
        UNKNOWN_PSK_IDENTITY = 115 "unknown_psk_identity",
        CERTIFICATE_REQUIRED = 116 "certificate_required",
        GENERAL_ERROR = 117 "general_error",
        NO_APPLICATION_PROTOCOL = 120 "no_application_protocol",
        ECH_REQUIRED = 121 "ech_required",
    }
}

codepoints! {
    /// A cipher suite (RFC 8446 §B.4), with those older ones that peers still offer.
    CipherSuite(u16, "cipher_suite") {
        TLS_RSA_WITH_AES_128_CBC_SHA = 0x002f "TLS_RSA_WITH_AES_128_CBC_SHA",
        TLS_DHE_RSA_WITH_AES_128_CBC_SHA = 0x0033 "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
        TLS_RSA_WITH_AES_256_CBC_SHA = 0x0035 "TLS_RSA_WITH_AES_256_CBC_SHA",
        TLS_DHE_RSA_WITH_AES_256_CBC_SHA = 0x0039 "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
        TLS_RSA_WITH_AES_128_CBC_SHA256 = 0x003c "TLS_RSA_WITH_AES_128_CBC_SHA256",
        TLS_RSA_WITH_AES_256_CBC_SHA256 = 0x003d "TLS_RSA_WITH_AES_256_CBC_SHA256",
        TLS_DHE_RSA_WITH_AES_128_CBC_SHA256 = 0x0067 "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
        TLS_DHE_RSA_WITH_AES_256_CBC_SHA256 = 0x006b "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
        TLS_RSA_WITH_AES_128_GCM_SHA256 = 0x009c "TLS_RSA_WITH_AES_128_GCM_SHA256",
        TLS_RSA_WITH_AES_256_GCM_SHA384 = 0x009d "TLS_RSA_WITH_AES_256_GCM_SHA384",
        TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 = 0x009e "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 = 0x009f "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
        TLS_AES_128_GCM_SHA256 = 0x1301 "TLS_AES_128_GCM_SHA256",
        TLS_AES_256_GCM_SHA384 = 0x1302 "TLS_AES_256_GCM_SHA384",
        TLS_CHACHA20_POLY1305_SHA256 = 0x1303 "TLS_CHACHA20_POLY1305_SHA256",
        TLS_AES_128_CCM_SHA256 = 0x1304 "TLS_AES_128_CCM_SHA256",
        TLS_AES_128_CCM_8_SHA256 = 0x1305 "TLS_AES_128_CCM_8_SHA256",
        TLS_FALLBACK_SCSV = 0x5600 "TLS_FALLBACK_SCSV",
        TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA = 0xc009 "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA = 0xc00a "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA = 0xc013 "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA = 0xc014 "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 = 0xc023 "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
        TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 = 0xc024 "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
        TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 = 0xc027 "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 = 0xc028 "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = 0xc02c "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 = 0xc030 "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca8 "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca9 "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xccaa "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    }
}

codepoints! {
    /// A group for key exchange (RFC 8446 §4.2.7; registry "TLS Supported Groups").
    NamedGroup(u16, "named_group") {
        SECP224R1 = 0x0015 "secp224r1",
        SECP256K1 = 0x0016 "secp256k1",
        SECP256R1 = 0x0017 "secp256r1",
        SECP384R1 = 0x0018 "secp384r1",
        SECP521R1 = 0x0019 "secp521r1",
        BRAINPOOLP256R1 = 0x001a "brainpoolP256r1",
        BRAINPOOLP384R1 = 0x001b "brainpoolP384r1",
        BRAINPOOLP512R1 = 0x001c "brainpoolP512r1",
        X25519 = 0x001d "x25519",
        X448 = 0x001e "x448",
        BRAINPOOLP256R1TLS13 = 0x001f "brainpoolP256r1tls13",
        BRAINPOOLP384R1TLS13 = 0x0020 "brainpoolP384r1tls13",
        BRAINPOOLP512R1TLS13 = 0x0021 "brainpoolP512r1tls13",
        FFDHE2048 = 0x0100 "ffdhe2048",
        FFDHE3072 = 0x0101 "ffdhe3072",
        FFDHE4096 = 0x0102 "ffdhe4096",
        FFDHE6144 = 0x0103 "ffdhe6144",
        FFDHE8192 = 0x0104 "ffdhe8192",
        MLKEM512 = 0x0200 "MLKEM512",
        MLKEM768 = 0x0201 "MLKEM768",
        MLKEM1024 = 0x0202 "MLKEM1024",
        SECP256R1MLKEM768 = 0x11eb "SecP256r1MLKEM768",
        X25519MLKEM768 = 0x11ec "X25519MLKEM768",
        SECP384R1MLKEM1024 = 0x11ed "SecP384r1MLKEM1024",
    }
}

codepoints! {
    /// A signature algorithm with its hash and its key type (RFC 8446 §4.2.3).
    SignatureScheme(u16, "signature_scheme") {
        RSA_PKCS1_SHA1 = 0x0201 "rsa_pkcs1_sha1",
        ECDSA_SHA1 = 0x0203 "ecdsa_sha1",
        RSA_PKCS1_SHA256 = 0x0401 "rsa_pkcs1_sha256",
        ECDSA_SECP256R1_SHA256 = 0x0403 "ecdsa_secp256r1_sha256",
        RSA_PKCS1_SHA256_LEGACY = 0x0420 "rsa_pkcs1_sha256_legacy",
        RSA_PKCS1_SHA384 = 0x0501 "rsa_pkcs1_sha384",
        ECDSA_SECP384R1_SHA384 = 0x0503 "ecdsa_secp384r1_sha384",
        RSA_PKCS1_SHA384_LEGACY = 0x0520 "rsa_pkcs1_sha384_legacy",
        RSA_PKCS1_SHA512 = 0x0601 "rsa_pkcs1_sha512",
        ECDSA_SECP521R1_SHA512 = 0x0603 "ecdsa_secp521r1_sha512",
        RSA_PKCS1_SHA512_LEGACY = 0x0620 "rsa_pkcs1_sha512_legacy",
        RSA_PSS_RSAE_SHA256 = 0x0804 "rsa_pss_rsae_sha256",
        RSA_PSS_RSAE_SHA384 = 0x0805 "rsa_pss_rsae_sha384",
        RSA_PSS_RSAE_SHA512 = 0x0806 "rsa_pss_rsae_sha512",
        ED25519 = 0x0807 "ed25519",
        ED448 = 0x0808 "ed448",
        RSA_PSS_PSS_SHA256 = 0x0809 "rsa_pss_pss_sha256",
        RSA_PSS_PSS_SHA384 = 0x080a "rsa_pss_pss_sha384",
        RSA_PSS_PSS_SHA512 = 0x080b "rsa_pss_pss_sha512",
        ECDSA_BRAINPOOLP256R1TLS13_SHA256 = 0x081a "ecdsa_brainpoolP256r1tls13_sha256",
        ECDSA_BRAINPOOLP384R1TLS13_SHA384 = 0x081b "ecdsa_brainpoolP384r1tls13_sha384",
        ECDSA_BRAINPOOLP512R1TLS13_SHA512 = 0x081c "ecdsa_brainpoolP512r1tls13_sha512",
        MLDSA44 = 0x0904 "mldsa44",
        MLDSA65 = 0x0905 "mldsa65",
        MLDSA87 = 0x0906 "mldsa87",
    }
}

codepoints! {
    /// The kind of an extension (RFC 8446 §4.2; registry "TLS ExtensionType Values").
    ExtensionType(u16, "extension_type") {
        SERVER_NAME = 0 "server_name",
        MAX_FRAGMENT_LENGTH = 1 "max_fragment_length",
        CLIENT_CERTIFICATE_URL = 2 "client_certificate_url",
        TRUSTED_CA_KEYS = 3 "trusted_ca_keys",
        TRUNCATED_HMAC = 4 "truncated_hmac",
        STATUS_REQUEST = 5 "status_request",
        SUPPORTED_GROUPS = 10 "supported_groups",
        EC_POINT_FORMATS = 11 "ec_point_formats",
        SIGNATURE_ALGORITHMS = 13 "signature_algorithms",
        USE_SRTP = 14 "use_srtp",
        HEARTBEAT = 15 "heartbeat",
        APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16 "application_layer_protocol_negotiation",
        STATUS_REQUEST_V2 = 17 "status_request_v2",
        SIGNED_CERTIFICATE_TIMESTAMP = 18 "signed_certificate_timestamp",
        CLIENT_CERTIFICATE_TYPE = 19 "client_certificate_type",
        SERVER_CERTIFICATE_TYPE = 20 "server_certificate_type",
        PADDING = 21 "padding",
        ENCRYPT_THEN_MAC = 22 "encrypt_then_mac",
        EXTENDED_MASTER_SECRET = 23 "extended_master_secret",
        COMPRESS_CERTIFICATE = 27 "compress_certificate",
        RECORD_SIZE_LIMIT = 28 "record_size_limit",
        DELEGATED_CREDENTIAL = 34 "delegated_credential",
        SESSION_TICKET = 35 "session_ticket",
        PRE_SHARED_KEY = 41 "pre_shared_key",
        EARLY_DATA = 42 "early_data",
        SUPPORTED_VERSIONS = 43 "supported_versions",
        COOKIE = 44 "cookie",
        PSK_KEY_EXCHANGE_MODES = 45 "psk_key_exchange_modes",
        CERTIFICATE_AUTHORITIES = 47 "certificate_authorities",
        OID_FILTERS = 48 "oid_filters",
        POST_HANDSHAKE_AUTH = 49 "post_handshake_auth",
        SIGNATURE_ALGORITHMS_CERT = 50 "signature_algorithms_cert",
        KEY_SHARE = 51 "key_share",
        TRANSPARENCY_INFO = 52 "transparency_info",
        CONNECTION_ID = 54 "connection_id",
        EXTERNAL_ID_HASH = 55 "external_id_hash",
        EXTERNAL_SESSION_ID = 56 "external_session_id",
        QUIC_TRANSPORT_PARAMETERS = 57 "quic_transport_parameters",
        TICKET_REQUEST = 58 "ticket_request",
        ECH_OUTER_EXTENSIONS = 0xfd00 "ech_outer_extensions",
        ENCRYPTED_CLIENT_HELLO = 0xfe0d "encrypted_client_hello",
        RENEGOTIATION_INFO = 0xff01 "renegotiation_info",
    }
}

codepoints! {
    /// How a PSK is used (RFC 8446 §4.2.9).
    PskKeyExchangeMode(u8, "ke_mode") {
        PSK_KE = 0 "psk_ke",
        PSK_DHE_KE = 1 "psk_dhe_ke",
    }
}

codepoints! {
    /// Whether a KeyUpdate asks for one in return (RFC 8446 §4.6.3).
    KeyUpdateRequest(u8, "request_update") {
        UPDATE_NOT_REQUESTED = 0 "update_not_requested",
        UPDATE_REQUESTED = 1 "update_requested",
    }
}

codepoints! {
    /// What a Certificate message carries (RFC 7250 §3; registry "TLS Certificate Types").
    CertificateType(u8, "certificate_type") {
        X509 = 0 "X.509",
        OPENPGP = 1 "OpenPGP",
        RAW_PUBLIC_KEY = 2 "Raw Public Key",
        IEEE_1609_DOT2 = 3 "1609Dot2",
    }
}

codepoints! {
    /// How a certificate is compressed (RFC 8879 §3).
    CertificateCompressionAlgorithm(u16, "algorithm") {
        ZLIB = 1 "zlib",
        BROTLI = 2 "brotli",
        ZSTD = 3 "zstd",
    }
}

codepoints! {
    /// The kind of a name in `server_name` (RFC 6066 §3).
    NameType(u8, "name_type") {
        HOST_NAME = 0 "host_name",
    }
}

codepoints! {
    /// How the status of a certificate is told (RFC 6066 §8).
    CertificateStatusType(u8, "status_type") {
        OCSP = 1 "ocsp",
        OCSP_MULTI = 2 "ocsp_multi",
    }
}

codepoints! {
    /// The longest fragment, as a code: 2^9 to 2^12 bytes (RFC 6066 §4).
    MaxFragmentLength(u8, "max_fragment_length") {
        BYTES_512 = 1 "2^9",
        BYTES_1024 = 2 "2^10",
        BYTES_2048 = 3 "2^11",
        BYTES_4096 = 4 "2^12",
    }
}
