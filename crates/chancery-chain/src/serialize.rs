//! The report as data, for logs and other programs.
//!
//! ```text
//! { "accepted", "at", "wanted", "purpose",
//!   "candidates": [{ "accepted", "anchor": {…}, "certificates": [{ "source", "subject", "validity" }],
//!                    "findings": [{ "position", "severity", "rule", "section", "found", "wanted", "offset" }] }],
//!   "omitted", "ignored": [{ "intermediate", "error", "offset" }], "needs": ["…"], "usage": {…} }
//! ```

use alloc::{string::ToString, vec::Vec};

use chancery_x509::Certificate;
use pki_types::CertificateDer;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    report::{Candidate, Ignored, Rejection, Report, Source},
    text::{self, Bounded},
};

struct Shown<'r>(Source, CertificateDer<'r>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Certificate", 3)?;
        fields.serialize_field("source", &self.0.to_string())?;
        let certificate = Certificate::parse(&self.1).ok();
        let subject = certificate.as_ref().map(|c| Bounded(text::subject(c)).to_string());
        fields.serialize_field("subject", &subject)?;
        let validity = certificate.as_ref().map(|c| text::validity(c.validity()).to_string());
        fields.serialize_field("validity", &validity)?;
        fields.end()
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Candidate", 4)?;
        fields.serialize_field("accepted", &self.is_accepted())?;
        let anchor = self.anchor().map(|(_, anchor)| Bounded(anchor.subject_text()).to_string());
        fields.serialize_field("anchor", &anchor)?;
        let certificates: Vec<_> =
            self.certificates().map(|(source, der)| Shown(source, der)).collect();
        fields.serialize_field("certificates", &certificates)?;
        fields.serialize_field("findings", self.findings())?;
        fields.end()
    }
}

impl Serialize for Ignored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Ignored", 3)?;
        fields.serialize_field("intermediate", &self.intermediate)?;
        fields.serialize_field("error", &self.error.to_string())?;
        fields.serialize_field("offset", &self.error.offset())?;
        fields.end()
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Report", 9)?;
        let accepted = self.candidates().first().is_some_and(Candidate::is_accepted);
        fields.serialize_field("accepted", &accepted)?;
        fields.serialize_field("at", &text::time(self.at()).to_string())?;
        fields.serialize_field("wanted", &self.wanted)?;
        fields.serialize_field("purpose", &self.purpose.to_string())?;
        fields.serialize_field("candidates", self.candidates())?;
        fields.serialize_field("omitted", &self.omitted())?;
        fields.serialize_field("ignored", self.ignored())?;
        let needs: Vec<_> = self.needs().iter().map(ToString::to_string).collect();
        fields.serialize_field("needs", &needs)?;
        fields.serialize_field("usage", &self.usage())?;
        fields.end()
    }
}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report().serialize(serializer)
    }
}
