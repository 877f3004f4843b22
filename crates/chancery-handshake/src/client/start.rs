//! START (RFC 8446 §A.1): the ClientHello, first and second (§4.1.2).

use alloc::{boxed::Box, sync::Arc, vec, vec::Vec};

use chancery_crypto::Hash;
use chancery_key_schedule::{LabelSet, Transcript};
use chancery_wire::{
    Body, CertificateStatusRequest, CipherSuite, ClientHello, Extension, ExtensionType, Extensions,
    KeyShareEntry, List, NamedGroup, OfferedPsks, ProtocolName, ProtocolVersion, PskBinderEntry,
    PskIdentity, PskKeyExchangeMode, ServerNameEntry,
};
use pki_types::ServerName;

use super::WaitServerHello;
use crate::{
    CertificateTimestamps, ClientConfig, Epoch, Event, HandshakeError, HelloPadding,
    MiddleboxCompatibility, OcspStapling, OfferedPsk, context::Context, group::OfferedShare,
};

/// Everything that a ClientHello says, so that the second one says the same (RFC 8446 §4.1.2).
pub(crate) struct Hello {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) server_name: ServerName<'static>,
    pub(crate) random: [u8; 32],
    pub(crate) session_id: Vec<u8>,
    pub(crate) shares: Vec<OfferedShare>,
    pub(crate) cookie: Vec<u8>,
    pub(crate) psks: Vec<OfferedPsk>,
}

/// A ClientHello as sent.
pub(crate) struct SentHello {
    pub(crate) bytes: Vec<u8>,
    /// What the server may answer (RFC 8446 §4.2).
    pub(crate) extensions: Vec<ExtensionType>,
}

/// Sends the first ClientHello.
pub(crate) fn start<H: Hash>(
    config: Arc<ClientConfig>,
    server_name: ServerName<'static>,
    psks: Vec<OfferedPsk>,
    cx: &mut Context<'_, H>,
) -> Result<WaitServerHello<H>, HandshakeError> {
    if config.suites.is_empty() || config.groups.is_empty() {
        return Err(HandshakeError::Configuration);
    }
    let random = cx.random_bytes()?;
    // RFC 8446 §D.4: "The client always provides a non-empty session ID in the ClientHello".
    let session_id = match config.effective_compatibility() {
        MiddleboxCompatibility::On => cx.random_bytes::<32>()?.to_vec(),
        MiddleboxCompatibility::Off => Vec::new(),
    };
    let mut shares = Vec::new();
    for group in config.groups.iter().filter(|group| config.key_shares.contains(&group.name())) {
        shares.push(group.offer(cx.random)?);
    }
    let cookie = Vec::new();
    let hello = Hello { config, server_name, random, session_id, shares, cookie, psks };
    let sent = hello.encode::<H>(None)?;
    cx.push(Event::Send { epoch: Epoch::Plaintext, bytes: sent.bytes.clone() });
    Ok(WaitServerHello { hello, sent, retry: None })
}

impl Hello {
    /// Encodes the message. `before` is the transcript that binders cover in front of a second one
    /// (RFC 8446 §4.2.11.2).
    pub(crate) fn encode<H: Hash>(
        &self,
        before: Option<&Transcript<H>>,
    ) -> Result<SentHello, HandshakeError> {
        let config = &*self.config;
        let suites: Vec<_> = config.suites.iter().map(|suite| suite.cipher_suite()).collect();
        let groups: Vec<_> = config.groups.iter().map(|group| group.name()).collect();
        let shares: Vec<_> = self.shares.iter().map(entry).collect();
        let names: Vec<_> = config.application_protocols.iter().map(|n| ProtocolName(n)).collect();
        let host_name = self.host_name();
        let host = host_name.as_ref().map(|name| [ServerNameEntry::host_name(name.as_bytes())]);

        let mut extensions = vec![
            Extension::SupportedVersions(List::from(&[ProtocolVersion::TLS1_3])),
            Extension::SupportedGroups(List::from(groups.as_slice())),
            Extension::SignatureAlgorithms(List::from(config.signature_schemes.as_slice())),
            Extension::KeyShareClientHello(List::from(shares.as_slice())),
            // RFC 8446 §4.2.9: needed for the server to give tickets, too. PSKs without (EC)DHE are
            // not offered: they would give up forward secrecy.
            Extension::PskKeyExchangeModes(List::from(&[PskKeyExchangeMode::PSK_DHE_KE])),
        ];
        if let Some(host) = &host {
            extensions.push(Extension::ServerName(List::from(host)));
        }
        if !names.is_empty() {
            extensions.push(Extension::ApplicationLayerProtocols(List::from(names.as_slice())));
        }
        if config.ocsp_stapling == OcspStapling::On {
            extensions.push(Extension::StatusRequest(CertificateStatusRequest::OCSP));
        }
        if config.certificate_timestamps == CertificateTimestamps::On {
            extensions.push(Extension::SignedCertificateTimestampWanted);
        }
        if !self.cookie.is_empty() {
            extensions.push(Extension::Cookie(&self.cookie));
        }
        for more in &config.more_extensions {
            extensions.push(Extension::Raw(more.extension_type, &more.data));
        }
        self.sort(&mut extensions);

        let identities: Vec<_> = self.psks.iter().map(identity).collect();
        let binders: Vec<_> = self.psks.iter().map(placeholder).collect();
        let psks = (!self.psks.is_empty()).then(|| OfferedPsks {
            identities: List::from(identities.as_slice()),
            binders: List::from(binders.as_slice()),
        });
        let encode = |extensions: &[Extension<'_>]| {
            // RFC 8446 §4.2.11: "The "pre_shared_key" extension MUST be the last".
            let psks = psks.map(Extension::PreSharedKeyClientHello);
            let all: Vec<_> = extensions.iter().copied().chain(psks).collect();
            let mut bytes = Vec::new();
            self.body(&suites, Extensions::from(all.as_slice())).encode(&mut bytes)?;
            Ok::<_, HandshakeError>(bytes)
        };
        let mut bytes = encode(&extensions)?;
        // RFC 7685 §1: between 256 and 511 bytes. An extension's type and length take four.
        if config.hello_padding == HelloPadding::To512 && (256..512).contains(&bytes.len()) {
            let missing = 512usize.saturating_sub(bytes.len()).saturating_sub(4).max(1);
            extensions.push(Extension::Padding(ZEROS.get(..missing).unwrap_or_default()));
            self.sort(&mut extensions);
            bytes = encode(&extensions)?;
        }
        let mut types: Vec<_> = extensions.iter().map(Extension::extension_type).collect();
        if let Some(psks) = psks {
            types.push(ExtensionType::PRE_SHARED_KEY);
            bind(&self.psks, config.labels, before, &mut bytes, psks.binders_len())?;
        }
        Ok(SentHello { bytes, extensions: types })
    }

    fn body<'a>(&'a self, suites: &'a [CipherSuite], extensions: Extensions<'a>) -> Body<'a> {
        Body::ClientHello(ClientHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: &self.random,
            legacy_session_id: &self.session_id,
            cipher_suites: List::from(suites),
            legacy_compression_methods: &[0],
            extensions,
        })
    }

    /// Puts the extensions into the configured order.
    fn sort(&self, extensions: &mut [Extension<'_>]) {
        let order = &self.config.extension_order;
        extensions.sort_by_key(|extension| {
            let kind = extension.extension_type();
            order.iter().position(|other| *other == kind).unwrap_or(usize::MAX)
        });
    }

    /// RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"", which comes
    /// "without a trailing dot".
    pub(crate) fn host_name(&self) -> Option<Box<str>> {
        let ServerName::DnsName(name) = &self.server_name else { return None };
        let name = name.as_ref();
        Some(name.strip_suffix('.').unwrap_or(name).into())
    }

    /// Whether a share of the group goes along.
    pub(crate) fn has_share(&self, group: NamedGroup) -> bool {
        self.shares.iter().any(|share| share.group == group)
    }
}

static ZEROS: [u8; 256] = [0; 256];

fn entry(share: &OfferedShare) -> KeyShareEntry<'_> {
    KeyShareEntry { group: share.group, key_exchange: share.public.as_bytes() }
}

fn identity(offered: &OfferedPsk) -> PskIdentity<'_> {
    PskIdentity { identity: &offered.identity, obfuscated_ticket_age: offered.obfuscated_age }
}

/// Zeros in the binder's place, which [`bind`] overwrites.
fn placeholder(offered: &OfferedPsk) -> PskBinderEntry<'static> {
    PskBinderEntry(ZEROS.get(..offered.key.hash.output_len()).unwrap_or_default())
}

/// Writes the binders over their placeholders at the end of `bytes` (RFC 8446 §4.2.11.2).
fn bind<H: Hash>(
    psks: &[OfferedPsk],
    labels: LabelSet,
    before: Option<&Transcript<H>>,
    bytes: &mut [u8],
    binders_len: usize,
) -> Result<(), HandshakeError> {
    // struct { PskBinderEntry binders<33..2^16-1>; }, each of them behind a length of one byte.
    let mut start = bytes.len().saturating_sub(binders_len).saturating_add(2);
    for OfferedPsk { key, .. } in psks {
        let before = before.cloned().unwrap_or_else(|| Transcript::new(key.hash));
        let truncated = before.hash_truncated(bytes, binders_len)?;
        let binder = key.early::<H>(labels).binder_key(key.kind).binder(&truncated);
        start = start.saturating_add(1);
        for (to, from) in bytes.iter_mut().skip(start).zip(binder.as_bytes()) {
            *to = *from;
        }
        start = start.saturating_add(binder.len());
    }
    Ok(())
}
