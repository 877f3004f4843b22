//! What is tried: the cells of the table.

use core::fmt;

use chancery::handshake::Suite;
use chancery::wire::NamedGroup;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerName {
    OpenSsl,
    GnuTls,
    Curl,
}

impl PeerName {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "openssl",
            Self::GnuTls => "gnutls",
            Self::Curl => "curl",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    OurClient,
    OurServer,
}

/// Whether the client's first share is of a group that the server does not take (RFC 8446 §4.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelloRetry {
    NotNeeded,
    Needed,
}

/// The type of the server's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    P256,
    P384,
    Ed25519,
    Rsa,
}

impl KeyKind {
    pub(crate) const ALL: [Self; 4] = [Self::P256, Self::P384, Self::Ed25519, Self::Rsa];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::Ed25519 => "Ed25519",
            Self::Rsa => "RSA",
        }
    }
}

/// How it has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// Data both ways, and both `close_notify`.
    Works,
    /// The client knows another root of the same name, and refuses.
    WrongRoot,
    /// The client wants another host, and refuses.
    WrongName,
}

pub(crate) struct Case {
    pub(crate) peer: PeerName,
    pub(crate) direction: Direction,
    pub(crate) suite: Suite,
    pub(crate) group: NamedGroup,
    pub(crate) hello_retry: HelloRetry,
    pub(crate) key: KeyKind,
    pub(crate) expectation: Expectation,
}

impl Case {
    /// The groups that the client offers, in its order of preference; it sends a share of the first.
    pub(crate) fn offered_groups(&self) -> Vec<NamedGroup> {
        match self.hello_retry {
            HelloRetry::NotNeeded => vec![self.group],
            HelloRetry::Needed => vec![other(self.group), self.group],
        }
    }
}

const fn other(group: NamedGroup) -> NamedGroup {
    match group {
        NamedGroup::X25519 => NamedGroup::SECP256R1,
        _ => NamedGroup::X25519,
    }
}

pub(crate) const HEADER: &str = "\
peer     direction   suite                         group      retry  key      expected    outcome\n\
-------- ----------- ----------------------------- ---------- ------ -------- ----------- -------";

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::OurClient => "our client",
            Direction::OurServer => "our server",
        };
        let expectation = match self.expectation {
            Expectation::Works => "works",
            Expectation::WrongRoot => "wrong root",
            Expectation::WrongName => "wrong name",
        };
        let retry = match self.hello_retry {
            HelloRetry::NotNeeded => "-",
            HelloRetry::Needed => "yes",
        };
        let suite = self.suite.cipher_suite().name().unwrap_or("?");
        let group = self.group.name().unwrap_or("?");
        let (peer, key) = (self.peer.name(), self.key.name());
        write!(
            f,
            "{peer:8} {direction:11} {suite:29} {group:10} {retry:6} {key:8} {expectation:11}"
        )
    }
}

/// Every peer, each direction that it has.
pub(crate) fn all() -> Vec<Case> {
    [
        (PeerName::OpenSsl, Direction::OurClient),
        (PeerName::OpenSsl, Direction::OurServer),
        (PeerName::GnuTls, Direction::OurClient),
        (PeerName::GnuTls, Direction::OurServer),
        (PeerName::Curl, Direction::OurServer),
    ]
    .into_iter()
    .flat_map(|(peer, direction)| of(peer, direction))
    .collect()
}

fn of(peer: PeerName, direction: Direction) -> Vec<Case> {
    let case = |suite, group, hello_retry, key, expectation| Case {
        peer,
        direction,
        suite,
        group,
        hello_retry,
        key,
        expectation,
    };
    let groups = [NamedGroup::X25519, NamedGroup::SECP256R1];
    let works =
        |suite, group, hello_retry, key| case(suite, group, hello_retry, key, Expectation::Works);
    let mut cases = Vec::new();
    for suite in Suite::ALL {
        for group in groups {
            cases.push(works(suite, group, HelloRetry::NotNeeded, KeyKind::P256));
        }
    }
    for group in groups {
        cases.push(works(Suite::Aes128GcmSha256, group, HelloRetry::Needed, KeyKind::P256));
    }
    // A HelloRetryRequest also fixes the hash of the transcript (RFC 8446 §4.4.1).
    cases.push(works(
        Suite::Aes256GcmSha384,
        NamedGroup::X25519,
        HelloRetry::Needed,
        KeyKind::P256,
    ));
    for key in KeyKind::ALL.into_iter().filter(|key| *key != KeyKind::P256) {
        cases.push(works(Suite::Aes128GcmSha256, NamedGroup::X25519, HelloRetry::NotNeeded, key));
    }
    for expectation in [Expectation::WrongRoot, Expectation::WrongName] {
        cases.push(case(
            Suite::Aes128GcmSha256,
            NamedGroup::X25519,
            HelloRetry::NotNeeded,
            KeyKind::P256,
            expectation,
        ));
    }
    cases
}
