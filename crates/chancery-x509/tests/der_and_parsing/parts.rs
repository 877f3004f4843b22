//! A certificate in parts, each replaceable by bytes that break a rule.

/// A DER element.
pub(crate) fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let mut out = vec![tag];
    if contents.len() < 0x80 {
        out.push(length[7]);
    } else {
        let zeros = length.iter().take_while(|&&byte| byte == 0).count();
        out.push(0x80 | u8::try_from(8 - zeros).expect("at most 8"));
        out.extend(&length[zeros..]);
    }
    out.extend(contents);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

pub(crate) fn oid(contents: &[u8]) -> Vec<u8> {
    element(0x06, contents)
}

/// ecdsa-with-SHA256
pub(crate) const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
pub(crate) const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
pub(crate) const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

pub(crate) fn attribute(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &element(tag, value)])
}

/// One relative distinguished name.
pub(crate) fn rdn(attributes: &[Vec<u8>]) -> Vec<u8> {
    element(0x31, &attributes.concat())
}

pub(crate) fn name(rdns: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &rdns.concat())
}

pub(crate) fn common_name(value: &str) -> Vec<u8> {
    name(&[rdn(&[attribute(COMMON_NAME, 0x0c, value.as_bytes())])])
}

pub(crate) fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { element(0x01, &[0xff]) } else { Vec::new() };
    sequence(&[&oid(id), &critical, &element(0x04, value)])
}

pub(crate) fn extensions(list: &[Vec<u8>]) -> Vec<u8> {
    element(0xa3, &element(0x30, &list.concat()))
}

/// A point's bytes, of no known point.
pub(crate) fn p256_key() -> Vec<u8> {
    let algorithm = sequence(&[
        &oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
        &oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
    ]);
    let mut bits = vec![0, 4];
    bits.extend([7; 64]);
    sequence(&[&algorithm, &element(0x03, &bits)])
}

/// The fields of RFC 5280 §4.1, each as its whole DER; empty is absent.
pub(crate) struct Parts {
    pub(crate) version: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner_algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) validity: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) unique_ids: Vec<u8>,
    pub(crate) extensions: Vec<u8>,
    pub(crate) outer_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Default for Parts {
    fn default() -> Self {
        let algorithm = sequence(&[&oid(ECDSA_SHA256)]);
        let time = element(0x17, b"260101000000Z");
        Self {
            version: element(0xa0, &element(0x02, &[2])),
            serial: element(0x02, &[0x10, 0x01]),
            inner_algorithm: algorithm.clone(),
            issuer: common_name("issuer"),
            validity: sequence(&[&time, &element(0x17, b"270101000000Z")]),
            subject: common_name("subject"),
            key: p256_key(),
            unique_ids: Vec::new(),
            extensions: extensions(&[extension(&[0x55, 0x1d, 0x13], true, &sequence(&[]))]),
            outer_algorithm: algorithm,
            signature: element(0x03, &[0; 65]),
        }
    }
}

impl Parts {
    /// With these extensions alone.
    pub(crate) fn with_extensions(list: &[Vec<u8>]) -> Self {
        Self { extensions: extensions(list), ..Self::default() }
    }

    pub(crate) fn tbs(&self) -> Vec<u8> {
        let parts: [&[u8]; 9] = [
            &self.version,
            &self.serial,
            &self.inner_algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.key,
            &self.unique_ids,
            &self.extensions,
        ];
        sequence(&parts)
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        sequence(&[&self.tbs(), &self.outer_algorithm, &self.signature])
    }
}
