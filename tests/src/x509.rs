//! Certificates, CRLs, OCSP messages, requests, keys and PEM: what holds for every input.
//!
//! In common: nothing panics; an error is at a byte of the input; strict parsing accepts exactly what lenient parsing accepts without
//! a finding, with the same result; and where strict parsing refuses, the first thing that lenient parsing has to say is the same.

use core::fmt::{Debug, Display};

use chancery_x509::{
    Certificate, CertificateList, CertificationRequest, CrlIndex, CrlSlot, EcPrivateKey, Error,
    Extensions, Finding, GeneralName, Name, OcspRequest, OcspResponse, PrivateKeyInfo,
    RsaPrivateKey, RsaPublicKey, SctList, SubjectPublicKeyInfo, TbsCertificate, pem,
};

/// A certificate, and its parts alone.
///
/// # Panics
/// If a property does not hold.
pub fn certificate(bytes: &[u8]) {
    let strict = Certificate::parse(bytes);
    let lenient = |findings: &mut dyn FnMut(Finding)| Certificate::parse_lenient(bytes, findings);
    if let Some(certificate) = both(bytes, &strict, lenient) {
        within(bytes, certificate.as_der());
        within(certificate.as_der(), certificate.tbs_der());
        within(certificate.as_der(), certificate.signature_value());
        shown(&certificate);
        name(certificate.issuer());
        name(certificate.subject());
        extensions(certificate.extensions());
        let _ = certificate.signature_algorithm().signature_algorithm();
        let _ = certificate.is_self_issued();
        let validity = certificate.validity();
        assert!(!validity.not_before().to_string().is_empty());
        assert!(
            validity.contains(validity.not_after()) || validity.not_before() > validity.not_after()
        );
    }
    if let Ok(certificate) = strict {
        assert_eq!(certificate.as_der(), bytes);
        let tbs = TbsCertificate::parse(certificate.tbs_der());
        assert_eq!(tbs.as_ref(), Ok(certificate.tbs()));
    }
    placed(bytes, &TbsCertificate::parse(bytes));
    placed(bytes, &Extensions::parse(bytes));
    placed(bytes, &SubjectPublicKeyInfo::parse(bytes));
    placed(bytes, &SctList::parse_tls(bytes));
}

fn extensions(extensions: &Extensions<'_>) {
    for extension in extensions.iter() {
        shown(&extension);
        assert_eq!(
            extensions.find(extension.oid()).map(|found| found.oid()),
            Some(extension.oid())
        );
    }
    let unprocessed = extensions.unprocessed_critical().count();
    let critical = extensions.iter().filter(|extension| extension.critical()).count();
    assert!(unprocessed <= critical);
    shown(&extensions.subject_alt_name().map(|names| names.to_string()));
    shown(&extensions.name_constraints());
    shown(
        &extensions
            .certificate_policies()
            .map(|all| all.iter().map(|policy| policy.qualifiers().count()).sum::<usize>()),
    );
    shown(&extensions.crl_distribution_points());
    shown(&extensions.authority_key_identifier());
    shown(&extensions.authority_info_access());
    shown(&extensions.policy_mappings());
    shown(&extensions.extended_key_usage());
    shown(&extensions.tls_feature());
    shown(&extensions.sct_list());
    shown(&extensions.subject_directory_attributes());
    shown(&extensions.qc_statements());
}

/// A CRL, walked and looked up.
///
/// # Panics
/// If a property does not hold.
pub fn crl(bytes: &[u8]) {
    let strict = CertificateList::parse(bytes);
    let lenient =
        |findings: &mut dyn FnMut(Finding)| CertificateList::parse_lenient(bytes, findings);
    let Some(list) = both(bytes, &strict, lenient) else { return };
    within(bytes, list.tbs_der());
    shown(&list);
    assert_eq!(list.entries().count(), list.entry_count());
    let index = CrlIndex::build(&list, vec![CrlSlot::default(); list.entry_count()]);
    let index = index.expect("there is a slot for each entry");
    for entry in list.entries() {
        shown(&entry);
        shown(&entry.extensions());
        let found: Vec<_> = index.find(entry.serial_number()).collect();
        assert!(found.contains(&entry));
        let wanted = list.entries().filter(|other| other.serial_number() == entry.serial_number());
        assert!(wanted.eq(found));
    }
}

/// An OCSP request or response.
///
/// # Panics
/// If a property does not hold.
pub fn ocsp(bytes: &[u8]) {
    let lenient = |findings: &mut dyn FnMut(Finding)| OcspRequest::parse_lenient(bytes, findings);
    if let Some(request) = both(bytes, &OcspRequest::parse(bytes), lenient) {
        within(bytes, request.tbs_der());
        shown(&request);
        assert!(
            request
                .requests()
                .all(|one| one.cert_id().serial_number().as_bytes().len() < bytes.len())
        );
        request.certs().for_each(|der| within(bytes, der));
    }
    let lenient = |findings: &mut dyn FnMut(Finding)| OcspResponse::parse_lenient(bytes, findings);
    if let Some(response) = both(bytes, &OcspResponse::parse(bytes), lenient) {
        shown(&response);
        let Some(basic) = response.basic() else { return };
        within(bytes, basic.tbs_der());
        basic.responses().for_each(|one| shown(&one));
        basic.certs().for_each(|der| within(bytes, der));
    }
}

/// A certification request.
///
/// # Panics
/// If a property does not hold.
pub fn csr(bytes: &[u8]) {
    let strict = CertificationRequest::parse(bytes);
    let lenient =
        |findings: &mut dyn FnMut(Finding)| CertificationRequest::parse_lenient(bytes, findings);
    let Some(request) = both(bytes, &strict, lenient) else { return };
    within(bytes, request.info_der());
    shown(&request);
    name(request.subject());
    extensions(request.requested_extensions());
    for attribute in request.attributes().iter() {
        attribute.values().for_each(|value| shown(&value.to_string()));
    }
}

/// A private key in any of its three forms, and public keys. Nothing of a private key is printed.
///
/// # Panics
/// If a property does not hold.
pub fn pkcs8(bytes: &[u8]) {
    let key = PrivateKeyInfo::parse(bytes);
    placed(bytes, &key);
    if let Ok(key) = key {
        within(bytes, key.private_key());
        shown(&key);
    }
    placed(bytes, &EcPrivateKey::parse(bytes));
    let key = RsaPrivateKey::parse(bytes);
    placed(bytes, &key);
    if let Ok(key) = key {
        assert!(!key.modulus().is_empty() && !key.prime2().is_empty());
    }
    let key = RsaPublicKey::parse(bytes);
    placed(bytes, &key);
    if let Ok(key) = key {
        assert_eq!(key.bits().div_ceil(8), key.modulus().len());
    }
    placed(bytes, &SubjectPublicKeyInfo::parse(bytes));
}

/// A file of PEM blocks.
///
/// # Panics
/// If a property does not hold.
pub fn pem(bytes: &[u8]) {
    let mut count = 0;
    for block in pem::blocks(bytes) {
        count += 1;
        match block {
            Ok(block) => {
                within(bytes, block.text());
                let mut buffer = vec![0; block.max_decoded_len()];
                match block.decode(&mut buffer) {
                    Ok(der) => {
                        let length = der.len();
                        assert!(length == 0 || block.decode(&mut vec![0; length - 1]).is_err());
                    }
                    Err(error) => assert!(error.offset() <= bytes.len()),
                }
            }
            Err(error) => assert!(error.offset() <= bytes.len()),
        }
    }
    assert!(count <= bytes.len() / 11);
}

/// A GeneralName, or a distinguished name.
///
/// # Panics
/// If a property does not hold.
pub fn general_name(bytes: &[u8]) {
    let parsed = GeneralName::parse(bytes);
    placed(bytes, &parsed);
    if let Ok(general_name) = parsed {
        shown(&general_name);
        assert!(!general_name.to_string().contains(['\n', '\0']));
        assert!(!matches!(general_name, GeneralName::Malformed(..)));
    }
    let parsed = Name::parse(bytes);
    placed(bytes, &parsed);
    if let Ok(parsed) = parsed {
        name(&parsed);
    }
}

fn name(name: &Name<'_>) {
    shown(name);
    assert!(!name.to_string().contains(['\n', '\0']));
    assert!(name.matches(name) && name.is_within(name));
    for attribute in name.attributes() {
        assert!(attribute.matches(&attribute));
        assert!(name.find(attribute.attribute_type()).is_some());
    }
}

/// Compares both levels of strictness; the result of the lenient one.
fn both<'a, T>(
    bytes: &'a [u8],
    strict: &Result<T, Error>,
    lenient: impl FnOnce(&mut dyn FnMut(Finding)) -> Result<T, Error>,
) -> Option<T>
where
    T: PartialEq + Debug + 'a,
{
    let mut first = None;
    let lenient = lenient(&mut |finding| {
        assert!(finding.offset() <= bytes.len());
        first.get_or_insert(*finding.as_error());
    });
    placed(bytes, strict);
    placed(bytes, &lenient);
    match (strict, &lenient, first) {
        (Ok(strict), Ok(lenient), None) => assert_eq!(strict, lenient),
        (Err(strict), _, Some(first)) => assert_eq!(*strict, first),
        (Err(strict), Err(lenient), None) => assert_eq!(strict, lenient),
        (strict, _, first) => panic!("strict: {:?}, but first finding: {first:?}", strict.is_ok()),
    }
    lenient.ok()
}

/// An error is at a byte of the input, or right behind it.
fn placed<T>(bytes: &[u8], result: &Result<T, Error>) {
    if let Err(error) = result {
        assert!(error.offset() <= bytes.len());
        shown(error);
        shown(&Text(error));
    }
}

/// `Display` behind `Debug`.
struct Text<'a, T>(&'a T);

impl<T: Display> Debug for Text<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        Display::fmt(self.0, f)
    }
}

/// Printing reads everything that there is.
fn shown(value: &impl Debug) {
    assert!(!format!("{value:?}").is_empty());
}

/// A slice of the input is in the input.
fn within(bytes: &[u8], part: &[u8]) {
    let (all, part) = (bytes.as_ptr_range(), part.as_ptr_range());
    assert!(part.start == part.end || (all.start <= part.start && part.end <= all.end));
}
