//! Reference identities of every form, held against generated certificates (RFC 9525 §6).

use chancery_chain::{Peer, ReferenceIdentity, Rule};
use pki_types::{IpAddr, ServerName};

use crate::{
    constraints::{check_peer, other_name},
    make::{self, directory, dns, email, tlv, uri},
};

/// id-on-dnsSRV (RFC 4985 §2), id-on-SmtpUTF8Mailbox (RFC 9598 §3).
const DNS_SRV: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 8, 7];
const SMTP_UTF8_MAILBOX: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 8, 9];

/// Whether a leaf with that name is for that identity.
fn of_name(name: Vec<u8>, identity: &ReferenceIdentity<'_>, expected: bool) {
    let verdict =
        check_peer(&[], &[directory(&make::name("unused"))], &[name], Peer::Named(identity));
    assert_eq!(verdict, if expected { Ok(()) } else { Err(Rule::WrongName) }, "{identity}");
}

#[test]
fn rfc_9525_6_5_uri() {
    let check = |presented: &str, wanted: &str, expected| {
        of_name(uri(presented), &ReferenceIdentity::uri(wanted).unwrap(), expected);
    };
    check("sip:voice.example.com", "sip:voice.example.com", true);
    check("sip://Voice.Example.com", "SIP://voice.example.com", true);
    check("https://voice.example.com", "sip://voice.example.com", false);
    check("sip:voice.example.com;transport=tcp", "sip://voice.example.com/", true);
    check("sip:someone@voice.example.com", "sip:voice.example.com", false);
    check("sip:voice.example.com.evil.org", "sip:voice.example.com", false);
    check("sip:*.example.com", "sip:voice.example.com", false);
    check("sip://*.example.com", "sip://voice.example.com", false);
    check("sip://voice.example.com.evil.org", "sip://voice.example.com", false);
    assert!(ReferenceIdentity::uri("voice.example.com").is_err(), "without a scheme");
    assert!(ReferenceIdentity::uri("sip://192.0.2.1").is_err(), "without a host name");
    // A host name alone is not the same as a URI of that host.
    let host = ReferenceIdentity::dns("voice.example.com").unwrap();
    of_name(uri("https://voice.example.com"), &host, false);
    let of_host = ReferenceIdentity::uri("https://voice.example.com").unwrap();
    of_name(dns("voice.example.com"), &of_host, false);
}

#[test]
fn rfc_4985_srv() {
    let check = |presented: &[u8], service: &str, domain: &str, expected| {
        let identity = ReferenceIdentity::srv(service, domain).unwrap();
        of_name(other_name(DNS_SRV, 0x16, presented), &identity, expected);
    };
    check(b"_imaps.example.com", "imaps", "example.com", true);
    check(b"_IMAPS.Example.com", "_imaps", "example.com.", true);
    check(b"_imap.example.com", "imaps", "example.com", false);
    check(b"_imaps.example.com", "imaps", "mail.example.com", false);
    check(b"_imaps.*.example.com", "imaps", "mail.example.com", true);
    check(b"_imaps.*.example.com", "imaps", "a.mail.example.com", false);
    check(b"_*.example.com", "imaps", "example.com", false);
    check(b"imaps.example.com", "imaps", "example.com", false);
    let host = ReferenceIdentity::dns("_imaps.example.com").unwrap();
    of_name(other_name(DNS_SRV, 0x16, b"_imaps.example.com"), &host, false);
    for (service, domain) in [("", "example.com"), ("im aps", "example.com"), ("imaps", "a b")] {
        assert!(ReferenceIdentity::srv(service, domain).is_err(), "{service} {domain}");
    }
}

#[test]
fn rfc_5280_7_5_email() {
    let check = |presented: Vec<u8>, wanted: &str, expected| {
        of_name(presented, &ReferenceIdentity::email(wanted).unwrap(), expected);
    };
    check(email("me@example.com"), "me@EXAMPLE.com", true);
    check(email("Me@example.com"), "me@example.com", false);
    check(email("me@example.com"), "you@example.com", false);
    check(email("example.com"), "me@example.com", false);
    // RFC 9598 §3: a local part beyond ASCII, in UTF8String.
    let mailbox = "m\u{fc}ller@example.com";
    check(other_name(SMTP_UTF8_MAILBOX, 0x0c, mailbox.as_bytes()), mailbox, true);
    check(other_name(SMTP_UTF8_MAILBOX, 0x0c, mailbox.as_bytes()), "muller@example.com", false);
    assert!(ReferenceIdentity::email("example.com").is_err());
}

#[test]
fn rfc_9525_6_4_ip_addresses_of_both_lengths() {
    let check = |bytes: &[u8], wanted: &str, expected| {
        let address = ReferenceIdentity::ip(IpAddr::try_from(wanted).unwrap());
        of_name(tlv(0x87, &[bytes]), &address, expected);
    };
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1];
    check(&[192, 0, 2, 1], "192.0.2.1", true);
    check(&[192, 0, 2, 2], "192.0.2.1", false);
    check(&mapped, "::ffff:c000:201", true);
    check(&mapped, "192.0.2.1", false);
}

#[test]
fn constraints_hold_for_identities_of_every_form() {
    let check = |permitted: Vec<u8>, name: Vec<u8>, identity: ReferenceIdentity<'_>, expected| {
        let verdict = check_peer(&[permitted], &[], &[name], Peer::Named(&identity));
        assert_eq!(verdict, expected, "{identity}");
    };
    let outside = Err(Rule::NameNotPermitted);
    let voice = || ReferenceIdentity::uri("sip://voice.example.com").unwrap();
    check(uri(".example.com"), uri("sip://voice.example.com"), voice(), Ok(()));
    check(uri(".example.org"), uri("sip://voice.example.com"), voice(), outside);
    let me = || ReferenceIdentity::email("me@example.com").unwrap();
    check(email("example.com"), email("me@example.com"), me(), Ok(()));
    check(email("you@example.com"), email("me@example.com"), me(), outside);
    let address = || ReferenceIdentity::ip(IpAddr::try_from("192.0.2.1").unwrap());
    let net = |last: u8| tlv(0x87, &[&[192, 0, last, 0, 255, 255, 255, 0]]);
    check(net(2), tlv(0x87, &[&[192, 0, 2, 1]]), address(), Ok(()));
    check(net(3), tlv(0x87, &[&[192, 0, 2, 1]]), address(), outside);
}

#[test]
fn names_of_pki_types_are_identities() {
    for (text, name) in
        [("a.example.", dns("a.example")), ("::1", tlv(0x87, &[&1_u128.to_be_bytes()]))]
    {
        let server_name = ServerName::try_from(text).unwrap();
        of_name(name, &ReferenceIdentity::from(&server_name), true);
        of_name(dns("b.example"), &ReferenceIdentity::from(&server_name), false);
    }
}

/// RFC 9525 §6.3: labels are compared as A-labels.
#[test]
#[cfg(feature = "idna")]
fn u_labels_are_converted() {
    let identity = ReferenceIdentity::dns_unicode("B\u{fc}cher.example").unwrap();
    of_name(dns("xn--bcher-kva.example"), &identity, true);
    of_name(dns("*.example"), &identity, true);
    of_name(dns("bucher.example"), &identity, false);
    let joined = ReferenceIdentity::dns_unicode("faß.example").unwrap();
    of_name(dns("xn--fa-hia.example"), &joined, true);
    of_name(dns("fass.example"), &joined, false);
    for wrong in ["a\u{200d}b.example", "xn--a.example", "a b.example", "\u{fc}..example", ""] {
        assert!(ReferenceIdentity::dns_unicode(wrong).is_err(), "{wrong:?}");
    }
}

/// CA/B BR §3.2.2.6, as a policy.
#[test]
#[cfg(feature = "public-suffix")]
fn no_wildcard_covers_a_public_suffix_where_the_policy_has_a_list() {
    use std::sync::Arc;

    use chancery_chain::PublicSuffixList;

    use crate::make::{Pki, Setup};

    let verdict = |presented: &str, host: &str, has_list: bool| {
        let pki = Pki::new();
        let mut setup = Setup::new(pki.root_cert());
        if has_list {
            setup.policy.public_suffixes = Some(Arc::new(PublicSuffixList::new()));
        }
        let leaf = pki.leaf_spec().dns(&[presented]).sign("ica", &pki.ica);
        setup.verify(&leaf, &[pki.ica_cert()], host).map(|_| ()).map_err(|no| no.rule())
    };
    let barred = Err(Rule::PublicSuffixWildcard);
    assert_eq!(verdict("*.co.uk", "example.co.uk", true), barred);
    assert_eq!(verdict("*.GitHub.io", "someone.github.io", true), barred);
    assert_eq!(verdict("*.example.co.uk", "www.example.co.uk", true), Ok(()));
    assert_eq!(verdict("*.co.uk", "example.co.uk", false), Ok(()));
}
