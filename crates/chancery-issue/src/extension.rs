//! Encodes certificate extensions from typed data (RFC 5280 §4.2).
//!
//! There is no way in for a string that is interpreted: a configuration language for extensions let
//! values be smuggled from names (RUSTSEC-2023-0023).

use alloc::{string::String, vec::Vec};
use core::net::IpAddr;

use const_oid::ObjectIdentifier;

use crate::{
    AlternativeName, NameConstraints, PathLength, Purpose, Subtree,
    profile::SubtreeForm,
    writer::{BIT_STRING, INTEGER, OCTET_STRING, Writer, context, context_constructed},
};

const fn id_ce(last: &'static str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(last)
}

pub(crate) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = id_ce("2.5.29.14");
pub(crate) const KEY_USAGE: ObjectIdentifier = id_ce("2.5.29.15");
pub(crate) const SUBJECT_ALT_NAME: ObjectIdentifier = id_ce("2.5.29.17");
pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = id_ce("2.5.29.19");
pub(crate) const NAME_CONSTRAINTS: ObjectIdentifier = id_ce("2.5.29.30");
pub(crate) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = id_ce("2.5.29.31");
pub(crate) const CERTIFICATE_POLICIES: ObjectIdentifier = id_ce("2.5.29.32");
pub(crate) const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = id_ce("2.5.29.35");
pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = id_ce("2.5.29.37");
pub(crate) const AUTHORITY_INFO_ACCESS: ObjectIdentifier = id_ce("1.3.6.1.5.5.7.1.1");
pub(crate) const TLS_FEATURE: ObjectIdentifier = id_ce("1.3.6.1.5.5.7.1.24");
const AD_OCSP: ObjectIdentifier = id_ce("1.3.6.1.5.5.7.48.1");
const AD_CA_ISSUERS: ObjectIdentifier = id_ce("1.3.6.1.5.5.7.48.2");

/// `keyUsage` bits, the first being the most significant (RFC 5280 §4.2.1.3).
pub(crate) const DIGITAL_SIGNATURE: u16 = 0x8000;
pub(crate) const KEY_CERT_SIGN: u16 = 0x0400;
pub(crate) const CRL_SIGN: u16 = 0x0200;

/// Whether a verifier that does not know the extension must refuse.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Criticality {
    Critical,
    NonCritical,
}

/// Writes one `Extension`.
pub(crate) fn extension(
    w: &mut Writer,
    oid: ObjectIdentifier,
    criticality: Criticality,
    value: impl FnOnce(&mut Writer),
) {
    w.sequence(|w| {
        w.oid(oid);
        if criticality == Criticality::Critical {
            w.boolean_true();
        }
        w.element(OCTET_STRING, value);
    });
}

/// `AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] KeyIdentifier OPTIONAL, ... }`
pub(crate) fn authority_key_identifier(w: &mut Writer, key_identifier: &[u8]) {
    w.sequence(|w| w.primitive(context(0), key_identifier));
}

pub(crate) fn key_usage(w: &mut Writer, bits: u16) {
    w.named_bits(BIT_STRING, bits);
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
pub(crate) fn ca_basic_constraints(w: &mut Writer, path_length: PathLength) {
    w.sequence(|w| {
        w.boolean_true();
        if let PathLength::AtMost(limit) = path_length {
            w.small_integer(limit);
        }
    });
}

/// X.690 §11.5: `cA FALSE` is the default and is not written.
pub(crate) fn leaf_basic_constraints(w: &mut Writer) {
    w.sequence(|_| {});
}

pub(crate) fn extended_key_usage(w: &mut Writer, purposes: &[Purpose]) {
    w.sequence(|w| purposes.iter().for_each(|purpose| w.oid(purpose.oid())));
}

pub(crate) fn subject_alt_name(w: &mut Writer, names: &[AlternativeName]) {
    w.sequence(|w| names.iter().for_each(|name| name.write(w)));
}

pub(crate) fn certificate_policies(w: &mut Writer, policies: &[ObjectIdentifier]) {
    w.sequence(|w| policies.iter().for_each(|policy| w.sequence(|w| w.oid(*policy))));
}

/// One distribution point a URL: `[0] distributionPoint { [0] fullName { [6] URL } }`.
pub(crate) fn crl_distribution_points(w: &mut Writer, urls: &[String]) {
    w.sequence(|w| {
        for url in urls {
            w.sequence(|w| {
                w.element(context_constructed(0), |w| {
                    w.element(context_constructed(0), |w| w.primitive(context(6), url.as_bytes()));
                });
            });
        }
    });
}

pub(crate) fn authority_info_access(w: &mut Writer, ocsp: &[String], ca_issuers: &[String]) {
    let access = |w: &mut Writer, method, url: &String| {
        w.sequence(|w| {
            w.oid(method);
            w.primitive(context(6), url.as_bytes());
        });
    };
    w.sequence(|w| {
        ocsp.iter().for_each(|url| access(w, AD_OCSP, url));
        ca_issuers.iter().for_each(|url| access(w, AD_CA_ISSUERS, url));
    });
}

/// `Features ::= SEQUENCE OF INTEGER`, with `status_request` (5) alone (RFC 7633 §4.1).
pub(crate) fn must_staple(w: &mut Writer) {
    w.sequence(|w| w.unsigned(INTEGER, &[5]));
}

pub(crate) fn name_constraints(w: &mut Writer, constraints: &NameConstraints) {
    let subtrees = |w: &mut Writer, tag, subtrees: &[Subtree]| {
        if !subtrees.is_empty() {
            w.element(tag, |w| subtrees.iter().for_each(|base| subtree(w, base)));
        }
    };
    w.sequence(|w| {
        subtrees(w, context_constructed(0), &constraints.permitted);
        subtrees(w, context_constructed(1), &constraints.excluded);
    });
}

/// `GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, ... }`
fn subtree(w: &mut Writer, base: &Subtree) {
    w.sequence(|w| match &base.0 {
        SubtreeForm::Email(host) => w.primitive(context(1), host.as_bytes()),
        SubtreeForm::Dns(domain) => w.primitive(context(2), domain.as_bytes()),
        SubtreeForm::Ip(address, prefix) => {
            let mut octets: Vec<u8> = match address {
                IpAddr::V4(v4) => v4.octets().into(),
                IpAddr::V6(v6) => v6.octets().into(),
            };
            let mask: Vec<u8> = (0..octets.len())
                .map(|at| {
                    let before = u8::try_from(at.saturating_mul(8)).unwrap_or(u8::MAX);
                    let bits = prefix.saturating_sub(before).min(8);
                    u8::MAX.checked_shl(u32::from(8u8.saturating_sub(bits))).unwrap_or(0)
                })
                .collect();
            // Bits beyond the mask are written as zero.
            octets.iter_mut().zip(&mask).for_each(|(octet, mask)| *octet &= mask);
            w.element(context(7), |w| {
                w.raw(&octets);
                w.raw(&mask);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_5280_section_4_2_1_10_addresses_and_masks() {
        let check = |address: &str, prefix, expected: &[u8]| {
            let address = address.parse::<IpAddr>().unwrap();
            let base = Subtree::ip(address, prefix).unwrap();
            let der = Writer::collect(|w| subtree(w, &base));
            assert_eq!(&der[4..], expected);
        };
        check("192.0.2.99", 24, &[192, 0, 2, 0, 255, 255, 255, 0]);
        check("10.255.0.1", 9, &[10, 128, 0, 0, 255, 128, 0, 0]);
        check("10.1.2.3", 0, &[0; 8]);
        check("10.1.2.3", 32, &[10, 1, 2, 3, 255, 255, 255, 255]);
        let mut wanted = [0; 32];
        wanted[..4].copy_from_slice(&[0x20, 1, 0xd, 0xb8]);
        wanted[16..20].copy_from_slice(&[255; 4]);
        check("2001:db8::1", 32, &wanted);
        assert!(Subtree::ip([10, 0, 0, 0], 33).is_err());
    }

    #[test]
    fn defaults_are_left_out() {
        assert_eq!(Writer::collect(leaf_basic_constraints), [0x30, 0]);
        let der = Writer::collect(|w| ca_basic_constraints(w, PathLength::AtMost(0)));
        assert_eq!(der, [0x30, 6, 1, 1, 0xff, 2, 1, 0]);
        let der = Writer::collect(|w| ca_basic_constraints(w, PathLength::Unlimited));
        assert_eq!(der, [0x30, 3, 1, 1, 0xff]);
    }
}
