//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c)).
//!
//! ```text
//! permitted:  for each name, if there is a permitted subtree of its form, one of them must hold it
//! excluded:   for each name, no excluded subtree of its form may hold it
//! ```
//!
//! Each `NameConstraints` of the path is kept and asked by itself, which is the intersection and the union
//! that §6.1.4 (g) builds. A name or a constraint that cannot be judged fails closed whenever the two meet.

use chancery_x509::{
    Certificate, GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints, Oid,
};

use crate::{
    budget::{Exhausted, Meter},
    report::Finding,
    rule::Rule,
    server_name::{Kind, ReferenceIdentity},
};

pub(crate) mod dns;
pub(crate) mod email;
pub(crate) mod ip;
pub(crate) mod uri;

/// Which list a subtree stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Permitted,
    Excluded,
}

/// A name or a constraint is not of the syntax of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A name, of a certificate or wanted, that constraints hold for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constrained<'a> {
    General(GeneralName<'a>),
    /// SmtpUTF8Mailbox falls under the rfc822Name constraints (RFC 9598 §6), and so does the subject's
    /// emailAddress.
    Mailbox(&'a str),
}

/// How a name breaks a constraint.
#[derive(Debug)]
pub(crate) enum Breach<'a> {
    NotPermitted(Constrained<'a>),
    Excluded(Constrained<'a>, GeneralName<'a>),
    Unprocessable(Constrained<'a>, GeneralName<'a>),
    Budget(Exhausted),
}

/// Holds all names of `certificate` against `constraints`.
#[allow(
    clippy::result_large_err,
    reason = "a breach is found once a verification, and borrows what it names"
)]
pub(crate) fn check_certificate<'a>(
    constraints: &NameConstraints<'a>,
    certificate: &Certificate<'a>,
    meter: &mut Meter,
) -> Result<(), Breach<'a>> {
    let subject = certificate.subject();
    // RFC 5280 §4.2.1.10: directoryName holds for the subject too, when it is not empty.
    if !subject.is_empty() {
        check(constraints, Constrained::General(GeneralName::DirectoryName(*subject)), meter)?;
    }
    match certificate.extensions().subject_alt_name() {
        Some(names) => {
            for name in names.iter() {
                check(constraints, constrained(name), meter)?;
            }
        }
        // Without a subjectAltName the subject's emailAddress stands for a mailbox.
        None => {
            for attribute in subject.attributes() {
                if attribute.attribute_type() == Oid::EMAIL_ADDRESS {
                    let mailbox = attribute.value().as_str().unwrap_or_default();
                    check(constraints, Constrained::Mailbox(mailbox), meter)?;
                }
            }
        }
    }
    Ok(())
}

fn constrained(name: GeneralName<'_>) -> Constrained<'_> {
    match name {
        GeneralName::OtherName(other) => match other.smtp_utf8_mailbox() {
            Some(mailbox) => Constrained::Mailbox(mailbox),
            None => Constrained::General(name),
        },
        name => Constrained::General(name),
    }
}

/// Holds the wanted name against `constraints`: a wildcard may be permitted where the host behind it is not
/// (CVE-2026-34073).
#[allow(
    clippy::result_large_err,
    reason = "a breach is found once a verification, and borrows what it names"
)]
pub(crate) fn check_reference<'a>(
    constraints: &NameConstraints<'a>,
    reference: &'a ReferenceIdentity<'_>,
    meter: &mut Meter,
) -> Result<(), Breach<'a>> {
    let name = match reference.kind() {
        Kind::Dns(name) => GeneralName::DnsName(name),
        Kind::Ip(address) => GeneralName::IpAddress(address.as_slice()),
        Kind::Uri(uri) => GeneralName::UniformResourceIdentifier(uri),
        Kind::Email(mailbox) => return check(constraints, Constrained::Mailbox(mailbox), meter),
        // The presented SRVName was judged; RFC 4985 §4 gives it its own form of constraint.
        Kind::Srv(..) => return Ok(()),
    };
    check(constraints, Constrained::General(name), meter)
}

#[allow(
    clippy::result_large_err,
    reason = "a breach is found once a verification, and borrows what it names"
)]
fn check<'a>(
    constraints: &NameConstraints<'a>,
    name: Constrained<'a>,
    meter: &mut Meter,
) -> Result<(), Breach<'a>> {
    let mut is_restricted = false;
    let mut is_permitted = false;
    for subtree in constraints.permitted_subtrees().iter().flat_map(GeneralSubtrees::iter) {
        meter.name_comparison(cost(&subtree.base(), name)).map_err(Breach::Budget)?;
        match matches(&subtree, name, Side::Permitted) {
            None => {}
            Some(Err(Malformed)) => return Err(Breach::Unprocessable(name, subtree.base())),
            Some(Ok(holds)) => {
                is_restricted = true;
                is_permitted |= holds;
            }
        }
    }
    for subtree in constraints.excluded_subtrees().iter().flat_map(GeneralSubtrees::iter) {
        meter.name_comparison(cost(&subtree.base(), name)).map_err(Breach::Budget)?;
        match matches(&subtree, name, Side::Excluded) {
            None | Some(Ok(false)) => {}
            Some(Err(Malformed)) => return Err(Breach::Unprocessable(name, subtree.base())),
            Some(Ok(true)) => return Err(Breach::Excluded(name, subtree.base())),
        }
    }
    if is_restricted && !is_permitted { Err(Breach::NotPermitted(name)) } else { Ok(()) }
}

/// For how many comparisons one counts: distinguished names are prepared character by character (RFC 4518).
fn cost(base: &GeneralName<'_>, name: Constrained<'_>) -> usize {
    use GeneralName as G;
    match (base, name) {
        (G::DirectoryName(base), Constrained::General(G::DirectoryName(name))) => {
            1 + (base.as_der().len() + name.as_der().len()) / 4
        }
        (G::DnsName(base), Constrained::General(G::DnsName(name)))
        | (
            G::Rfc822Name(base),
            Constrained::General(G::Rfc822Name(name)) | Constrained::Mailbox(name),
        )
        | (
            G::UniformResourceIdentifier(base),
            Constrained::General(G::UniformResourceIdentifier(name)),
        ) => 1 + (base.len() + name.len()) / 64,
        _ => 1,
    }
}

/// Whether the subtree holds the name; nothing if they are of different forms.
fn matches(
    subtree: &GeneralSubtree<'_>,
    name: Constrained<'_>,
    side: Side,
) -> Option<Result<bool, Malformed>> {
    use GeneralName as G;
    let result = match (subtree.base(), name) {
        (G::DnsName(base), Constrained::General(G::DnsName(name))) => {
            dns::matches(base.as_bytes(), name.as_bytes(), side)
        }
        (G::IpAddress(base), Constrained::General(G::IpAddress(name))) => ip::matches(base, name),
        (
            G::Rfc822Name(base),
            Constrained::General(G::Rfc822Name(name)) | Constrained::Mailbox(name),
        ) => email::matches(base.as_bytes(), name.as_bytes()),
        (
            G::UniformResourceIdentifier(base),
            Constrained::General(G::UniformResourceIdentifier(name)),
        ) => uri::matches(base.as_bytes(), name.as_bytes()),
        (G::DirectoryName(base), Constrained::General(G::DirectoryName(name))) => {
            Ok(name.is_within(&base))
        }
        // Forms that nothing here can compare: X.400, EDI, registered identifiers, other names.
        (G::OtherName(base), Constrained::General(G::OtherName(name)))
            if base.type_id() == name.type_id() =>
        {
            Err(Malformed)
        }
        (G::X400Address(_), Constrained::General(G::X400Address(_)))
        | (G::EdiPartyName(_), Constrained::General(G::EdiPartyName(_)))
        | (G::RegisteredId(_), Constrained::General(G::RegisteredId(_)))
        | (G::Malformed(..), _)
        | (_, Constrained::General(G::Malformed(..))) => Err(Malformed),
        _ => return None,
    };
    // RFC 5280 §4.2.1.10: minimum MUST be zero, and maximum MUST be absent.
    if subtree.has_distance() {
        return Some(Err(Malformed));
    }
    Some(result)
}

impl Breach<'_> {
    pub(crate) fn finding(&self, position: usize) -> Finding {
        match self {
            Self::NotPermitted(name) => {
                Finding::fatal(Rule::NameNotPermitted, position, name, "a name that is permitted")
            }
            Self::Excluded(name, base) => Finding::fatal(
                Rule::NameExcluded,
                position,
                name,
                format_args!("a name outside of {base}"),
            ),
            Self::Unprocessable(name, base) => Finding::fatal(
                Rule::NameConstraintUnprocessable,
                position,
                format_args!("{name} under the constraint {base}"),
                "a name and a constraint that can be compared",
            ),
            Self::Budget(exhausted) => {
                Finding::fatal(Rule::BudgetExhausted, position, exhausted, "fewer")
            }
        }
    }
}

impl core::fmt::Display for Constrained<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::General(name) => name.fmt(f),
            Self::Mailbox(mailbox) => write!(f, "email:{}", mailbox.escape_debug()),
        }
    }
}
