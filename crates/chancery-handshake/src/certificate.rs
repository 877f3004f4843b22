//! Certificate (RFC 8446 §4.4.2), the same from either side.

use alloc::{vec, vec::Vec};

use chancery_crypto::Hash;
use chancery_key_schedule::{TrafficSecret, Transcript};
use chancery_wire::{
    Body, Certificate, CertificateEntry, CertificateStatus, CertificateVerify, Extension,
    ExtensionType, Extensions, Finished, List, SerializedSct, SignatureScheme,
};
use pki_types::CertificateDer;

use crate::{
    CertificateTimestamps, Credentials, Epoch, HandshakeError, OcspStapling, Violation,
    context::Context,
};

/// What a received Certificate holds.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) ocsp_response: Vec<u8>,
    pub(crate) timestamps: Vec<u8>,
}

/// What a peer wants beside a certificate (RFC 8446 §4.4.2.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) ocsp_response: OcspStapling,
    pub(crate) timestamps: CertificateTimestamps,
}

impl Wanted {
    /// `ocsp_response` is whether the peer asks for one in a way that we can meet.
    pub(crate) fn new(ocsp_response: OcspStapling, extensions: &Extensions<'_>) -> Self {
        let timestamps = if extensions.contains(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP) {
            CertificateTimestamps::On
        } else {
            CertificateTimestamps::Off
        };
        Self { ocsp_response, timestamps }
    }
}

/// Takes a received Certificate apart. `asked` are the extensions that its entries may answer.
pub(crate) fn receive(
    message: &Certificate<'_>,
    asked: impl Fn(ExtensionType) -> bool,
) -> Result<Received, Violation> {
    // RFC 8446 §4.4.2: "in the case of server authentication, this field SHALL be zero length",
    // and a client echoes a CertificateRequest's, which within the handshake is empty too.
    if !message.certificate_request_context.is_empty() {
        return Err(Violation::CertificateRequestContext);
    }
    let mut received = Received::default();
    for entry in message.certificate_list {
        // RFC 8446 §4.4.2: "Extensions in the Certificate message from the server MUST correspond
        // to ones from the ClientHello message", and from the client to CertificateRequest's.
        if let Some(unasked) = entry.extensions.types().find(|kind| !asked(*kind)) {
            return Err(Violation::UnsolicitedExtension(unasked));
        }
        if received.certificates.is_empty() {
            if let Some(CertificateStatus::Ocsp(response)) = entry.extensions.certificate_status() {
                received.ocsp_response = response.to_vec();
            }
            if let Some(list) = entry.extensions.signed_certificate_timestamp() {
                let entries: Vec<u8> = list.iter().flat_map(|one| with_length(one.0)).collect();
                received.timestamps = with_length(&entries);
            }
        }
        received.certificates.push(CertificateDer::from(entry.cert_data.to_vec()));
    }
    Ok(received)
}

/// `opaque<1..2^16-1>` of what came as one, or inside one.
fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

/// Sends a Certificate, empty without credentials.
pub(crate) fn send<H: Hash>(
    credentials: Option<&Credentials>,
    wanted: Wanted,
    transcript: &mut Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    let certificates = credentials.map_or(&[][..], |credentials| &credentials.certificates);
    let staple = credentials
        .map(|credentials| &*credentials.ocsp_response)
        .filter(|response| !response.is_empty() && wanted.ocsp_response == OcspStapling::On)
        .map(|response| Extension::CertificateStatus(CertificateStatus::Ocsp(response)));
    let timestamps: Vec<_> = credentials
        .filter(|_| wanted.timestamps == CertificateTimestamps::On)
        .map(|credentials| &*credentials.timestamps)
        .into_iter()
        .flatten()
        .map(|one| SerializedSct(one))
        .collect();
    let timestamps = (!timestamps.is_empty())
        .then(|| Extension::SignedCertificateTimestamp(List::from(timestamps.as_slice())));
    let of_first: Vec<_> = staple.into_iter().chain(timestamps).collect();
    let mut entries = vec![];
    for (i, certificate) in certificates.iter().enumerate() {
        let extensions =
            if i == 0 { Extensions::from(of_first.as_slice()) } else { Extensions::EMPTY };
        entries.push(CertificateEntry { cert_data: certificate, extensions });
    }
    let certificate_list = List::from(entries.as_slice());
    let message = Certificate { certificate_request_context: &[], certificate_list };
    cx.send(Epoch::Handshake, &Body::Certificate(message), transcript)
}

/// Sends a CertificateVerify.
pub(crate) fn send_verify<H: Hash>(
    algorithm: SignatureScheme,
    signature: &[u8],
    transcript: &mut Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    let message = CertificateVerify { algorithm, signature };
    cx.send(Epoch::Handshake, &Body::CertificateVerify(message), transcript)
}

/// Sends a Finished under `secret`, which is the sender's own (RFC 8446 §4.4.4).
pub(crate) fn send_finished<H: Hash>(
    secret: &TrafficSecret<H>,
    transcript: &mut Transcript<H>,
    cx: &mut Context<'_, H>,
) -> Result<(), HandshakeError> {
    let verify_data = secret.verify_data(&transcript.hash());
    let message = Finished { verify_data: verify_data.as_bytes() };
    cx.send(Epoch::Handshake, &Body::Finished(message), transcript)
}

/// Checks a received Finished, which is the peer's, and takes it into the transcript.
pub(crate) fn check_finished<H: Hash>(
    message: &Finished<'_>,
    raw: &[u8],
    secret: &TrafficSecret<H>,
    transcript: &mut Transcript<H>,
) -> Result<(), Violation> {
    // RFC 8446 §4.4.4: "Recipients of Finished messages MUST verify that the contents are correct
    // and if incorrect MUST terminate the connection with a "decrypt_error" alert."
    secret
        .check_verify_data(&transcript.hash(), message.verify_data)
        .map_err(|_| Violation::Finished)?;
    transcript.update(raw);
    Ok(())
}
