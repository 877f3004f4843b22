//! Evidence that an applicant is who, and has what, the certificate will say.

use alloc::vec::Vec;

use pki_types::UnixTime;

use crate::{AlternativeName, DistinguishedName};

/// Evidence of an applicant's identity and control of names, without which no name is certified.
///
/// A request's own words are no evidence: its subject is never used, and each alternative name that
/// it asks for has to be found here. There is one way to come by this value so far, and it says
/// plainly who answers for it. Evidence from challenges (RFC 8555 §8) is absent.
///
/// ```
/// use chancery_issue::Control;
/// use pki_types::UnixTime;
///
/// let names = ["www.example.com".parse()?, "192.0.2.1".parse()?];
/// let control = Control::asserted_by_operator(UnixTime::now()).of_names(names);
/// assert!(control.covers(&"www.example.com".parse()?));
/// assert!(!control.covers(&"mail.example.com".parse()?));
/// # Ok::<(), chancery_issue::NameRefusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Control {
    subject: DistinguishedName,
    names: Vec<AlternativeName>,
    at: UnixTime,
    method: ControlMethod,
}

/// How control was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlMethod {
    /// Whoever operates the CA says so, having checked by means unknown here.
    OperatorAssertion,
}

impl Control {
    /// The operator of the CA has checked, at that time, what is then listed with
    /// [`Self::of_names`] and [`Self::of_subject`]. Whoever calls this answers for it.
    pub const fn asserted_by_operator(at: UnixTime) -> Self {
        Self {
            subject: DistinguishedName::empty(),
            names: Vec::new(),
            at,
            method: ControlMethod::OperatorAssertion,
        }
    }

    /// The applicant has these names.
    pub fn of_names(mut self, names: impl IntoIterator<Item = AlternativeName>) -> Self {
        self.names.extend(names);
        self
    }

    /// The applicant is this subject: what a CA is called, or who a client is.
    pub fn of_subject(mut self, subject: DistinguishedName) -> Self {
        self.subject = subject;
        self
    }

    /// Whether the evidence is about exactly this name; a wildcard is a name of its own.
    #[must_use]
    pub fn covers(&self, name: &AlternativeName) -> bool {
        self.names.contains(name)
    }

    /// Who the applicant is.
    #[must_use]
    pub const fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// When it was checked.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// How it was checked.
    #[must_use]
    pub const fn method(&self) -> ControlMethod {
        self.method
    }
}
