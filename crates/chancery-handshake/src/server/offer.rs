//! What a ClientHello offers, held against this server's configuration (RFC 8446 §4.1.1, §4.2, §9.2).

use alloc::{boxed::Box, vec::Vec};

use chancery_key_schedule::LabelSet;
use chancery_wire::{
    CertificateStatusRequest, ClientHello, ExtensionType, KeyShareEntry, List, NameType,
    NamedGroup, ProtocolVersion, SignatureScheme,
};

use crate::{
    ChooseConfiguration, Group, OcspStapling, ServerConfig, Suite, Violation, certificate::Wanted,
    negotiated::TicketUse, psk::has_dhe_mode,
};

/// What is to be had with this client.
pub(crate) struct Offer {
    pub(crate) random: [u8; 32],
    pub(crate) session_id: Vec<u8>,
    pub(crate) server_name: Option<Box<str>>,
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) application_protocols: Vec<Vec<u8>>,
    pub(crate) wanted: Wanted,
    pub(crate) ticket_use: TicketUse,
    pub(crate) suite: Suite,
    /// Every suite in common, the preferred one first.
    pub(crate) suites: Vec<Suite>,
    pub(crate) group: Group,
    /// The client's share of the group. Without one, it has to be asked for.
    pub(crate) share: Option<Vec<u8>>,
}

impl Offer {
    /// Checks the message, and chooses the suite and the group.
    pub(crate) fn examine(
        message: &ClientHello<'_>,
        config: &ServerConfig,
    ) -> Result<Self, Violation> {
        check_version(message)?;
        // RFC 9001 §8.4: in QUIC there is nothing for middleboxes to be shown.
        if config.labels != LabelSet::Tls13 && !message.legacy_session_id.is_empty() {
            return Err(Violation::SessionIdInQuic);
        }
        // RFC 8446 §4.1.2: "For every TLS 1.3 ClientHello, this vector MUST contain exactly one
        // byte, set to zero".
        if message.legacy_compression_methods != [0] {
            return Err(Violation::CompressionMethod);
        }
        let extensions = message.extensions;
        // RFC 8446 §9.2: signature_algorithms and supported_groups are needed without a
        // pre_shared_key, and key_share where supported_groups is. A PSK without (EC)DHE is not taken
        // here, so that groups and shares always are.
        let missing = |kind| Violation::MissingExtension(kind);
        let signature_schemes = match extensions.signature_algorithms() {
            Some(schemes) => schemes,
            None if extensions.contains(ExtensionType::PRE_SHARED_KEY) => List::EMPTY,
            None => return Err(missing(ExtensionType::SIGNATURE_ALGORITHMS)),
        };
        let groups =
            extensions.supported_groups().ok_or(missing(ExtensionType::SUPPORTED_GROUPS))?;
        let shares =
            extensions.key_share_client_hello().ok_or(missing(ExtensionType::KEY_SHARE))?;
        check_shares(groups, shares)?;
        // RFC 8446 §4.2.9: "If clients offer "pre_shared_key" without a "psk_key_exchange_modes"
        // extension, servers MUST abort the handshake."
        if extensions.contains(ExtensionType::PRE_SHARED_KEY)
            && !extensions.contains(ExtensionType::PSK_KEY_EXCHANGE_MODES)
        {
            return Err(missing(ExtensionType::PSK_KEY_EXCHANGE_MODES));
        }
        // RFC 8446 §4.2.11: each identity has its binder.
        if extensions.offered_psks().is_some_and(|psks| psks.identities.len() != psks.binders.len())
        {
            return Err(Violation::BinderCount);
        }
        let offered = |suite: &Suite| message.cipher_suites.contains(&suite.cipher_suite());
        let suites: Vec<_> = config.suites.iter().copied().filter(offered).collect();
        let suite = *suites.first().ok_or(Violation::NoCommonCipherSuite)?;
        let (group, share) = choose_group(&config.groups, groups, shares)?;
        let stapling = match extensions.status_request() {
            Some(CertificateStatusRequest::Ocsp { .. }) => OcspStapling::On,
            _ => OcspStapling::Off,
        };
        let ticket_use =
            if has_dhe_mode(message) { TicketUse::Possible } else { TicketUse::Impossible };
        Ok(Self {
            random: *message.random,
            session_id: message.legacy_session_id.to_vec(),
            server_name: host_name(message),
            signature_schemes: signature_schemes.iter().collect(),
            application_protocols: extensions
                .application_layer_protocols()
                .iter()
                .flatten()
                .map(|name| name.0.to_vec())
                .collect(),
            wanted: Wanted::new(stapling, &extensions),
            ticket_use,
            suite,
            suites,
            group,
            share: share.map(<[u8]>::to_vec),
        })
    }
}

/// RFC 8446 §4.2.1
fn check_version(message: &ClientHello<'_>) -> Result<(), Violation> {
    let Some(versions) = message.extensions.supported_versions() else {
        // "If this extension is not present, servers ... MUST negotiate TLS 1.2 or prior ... even if
        // ClientHello.legacy_version is 0x0304 or later."
        return Err(Violation::ProtocolVersion(
            message.legacy_version.min(ProtocolVersion::TLS1_2),
        ));
    };
    if versions.contains(&ProtocolVersion::TLS1_3) {
        return Ok(());
    }
    let older = versions.iter().filter(|version| *version < ProtocolVersion::TLS1_3).max();
    Err(Violation::ProtocolVersion(older.unwrap_or(message.legacy_version)))
}

/// RFC 8446 §4.2.8: each share is of a group in `supported_groups`, in the same order, and of
/// another group than those before it.
fn check_shares(
    groups: List<'_, NamedGroup>,
    shares: List<'_, KeyShareEntry<'_>>,
) -> Result<(), Violation> {
    let mut left = groups.iter();
    if shares.iter().all(|share| left.any(|group| group == share.group)) {
        Ok(())
    } else {
        Err(Violation::KeyShareOrder)
    }
}

/// RFC 8446 §4.1.1: the most preferred group that the client has sent a share of; or else the most
/// preferred that it supports, at the price of a HelloRetryRequest.
fn choose_group<'a>(
    ours: &[Group],
    theirs: List<'a, NamedGroup>,
    shares: List<'a, KeyShareEntry<'a>>,
) -> Result<(Group, Option<&'a [u8]>), Violation> {
    let share_of = |group: &Group| shares.iter().find(|share| share.group == group.name());
    if let Some(found) = ours
        .iter()
        .find_map(|group| share_of(group).map(|share| (*group, Some(share.key_exchange))))
    {
        return Ok(found);
    }
    let group = ours.iter().find(|group| theirs.contains(&group.name()));
    Ok((*group.ok_or(Violation::NoCommonGroup)?, None))
}

/// RFC 6066 §3. A name that is not ASCII is none that this server could have a certificate for.
fn host_name(message: &ClientHello<'_>) -> Option<Box<str>> {
    let names = message.extensions.server_name()?;
    let name = names.iter().find(|name| name.name_type == NameType::HOST_NAME)?.name;
    core::str::from_utf8(name).ok().filter(|name| name.is_ascii()).map(Box::from)
}

/// What whoever chooses the configuration gets to see.
pub(crate) fn question(message: &ClientHello<'_>, offer: &Offer) -> ChooseConfiguration {
    let extensions = message.extensions;
    let schemes_cert = extensions.signature_algorithms_cert();
    ChooseConfiguration {
        server_name: offer.server_name.clone(),
        application_protocols: offer.application_protocols.clone(),
        signature_schemes: offer.signature_schemes.clone(),
        // RFC 8446 §4.2.3: without signature_algorithms_cert, signature_algorithms is for both.
        signature_schemes_cert: match schemes_cert {
            Some(schemes) => schemes.iter().collect(),
            None => offer.signature_schemes.clone(),
        },
        cipher_suites: message.cipher_suites.iter().collect(),
        groups: extensions.supported_groups().iter().flatten().collect(),
        psk_identities: match extensions.offered_psks() {
            // RFC 8446 §4.2.9: a PSK is of use with (EC)DHE only, if this server has its way.
            Some(psks) if has_dhe_mode(message) => {
                psks.identities.iter().map(|identity| identity.identity.to_vec()).collect()
            }
            _ => Vec::new(),
        },
    }
}
