//! The sequence diagram of one connection, from its trace.
//!
//! ```text
//!     ms   client                                          server
//!   0.00   │ ── ClientHello ──────────────────── 214 B ──► │  offers X25519, secp256r1
//!   0.48   │ ◄─ ServerHello ───────────────────── 90 B ─── │  TLS_AES_128_GCM_SHA256, X25519
//!   0.49   │ ◄─ {EncryptedExtensions} ─────────── 17 B ─── │
//! ```
//!
//! As in RFC 8446 §2, `{}` is protected by handshake keys and `[]` by application keys.

use core::fmt;
use core::time::Duration;

use serde::Serialize;

/// Columns between the two lifelines.
const WIDTH: usize = 54;

/// Who sent a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Which keys protect a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protection {
    None,
    Early,
    Handshake,
    Application,
}

/// One arrow of the diagram: a message, or a run of application data records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// Since the connection began.
    #[serde(rename = "at_us", serialize_with = "microseconds")]
    pub(crate) at: Duration,
    pub(crate) from: Side,
    pub(crate) message: String,
    pub(crate) protection: Protection,
    /// Length of the message, or of all data in the run, without record headers and tags.
    pub(crate) bytes: u64,
    /// How many records a run of application data took; 1 for anything else.
    pub(crate) records: u64,
    /// What is worth knowing of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

fn microseconds<S: serde::Serializer>(at: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(at.as_micros()).unwrap_or(u64::MAX))
}

/// All steps, in the order in which one end saw them.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Diagram {
    steps: Vec<Step>,
}

impl Diagram {
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Adds a step; application data in the direction of the last step joins its run.
    pub(crate) fn push(&mut self, step: Step) {
        if let Some(last) = self.steps.last_mut() {
            let same = last.message == step.message && last.from == step.from;
            if same && step.message == APPLICATION_DATA {
                last.bytes = last.bytes.saturating_add(step.bytes);
                last.records = last.records.saturating_add(step.records);
                return;
            }
        }
        self.steps.push(step);
    }

    /// Gives the first step of that name another one.
    pub(crate) fn rename_first(&mut self, message: &str, name: &str) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.message == message) {
            name.clone_into(&mut step.message);
        }
    }

    /// Adds `note` to the newest step of that name, if there is one.
    pub(crate) fn note(&mut self, message: &str, note: String) {
        if let Some(step) = self.steps.iter_mut().rev().find(|step| step.message == message) {
            step.notes.push(note);
        }
    }
}

/// The name under which application data appears.
pub(crate) const APPLICATION_DATA: &str = "application data";

impl fmt::Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = WIDTH + 2;
        writeln!(f, "      ms   {:<inner$}server", "client")?;
        for step in &self.steps {
            write!(f, "{:>8.2}   {}", step.at.as_secs_f64() * 1000.0, arrow(step))?;
            let mut notes = step.notes.iter();
            match notes.next() {
                Some(note) => writeln!(f, "  {note}")?,
                None => writeln!(f)?,
            }
            for note in notes {
                writeln!(f, "{:11}│{:inner$}│  {note}", "", "")?;
            }
        }
        Ok(())
    }
}

/// The arrow with its lifelines.
fn arrow(step: &Step) -> String {
    let name = match step.protection {
        Protection::None => step.message.clone(),
        Protection::Early => format!("({})", step.message),
        Protection::Handshake => format!("{{{}}}", step.message),
        Protection::Application => format!("[{}]", step.message),
    };
    let size = match step.records {
        0 | 1 => bytes(step.bytes),
        records => format!("{} in {records} records", bytes(step.bytes)),
    };
    // " ── NAME ──…── SIZE ──► " is WIDTH + 2 columns wide, whatever the name.
    let fixed = 11;
    let used = name.chars().count() + size.chars().count() + fixed;
    let line = "─".repeat((WIDTH + 2).saturating_sub(used).max(1));
    match step.from {
        Side::Client => format!("│ ── {name} {line} {size} ──► │"),
        Side::Server => format!("│ ◄─ {name} {line} {size} ─── │"),
    }
}

/// A length as people read it.
pub(crate) fn bytes(count: u64) -> String {
    const MIB: u64 = 1 << 20;
    if count < 10_000 {
        format!("{count} B")
    } else if count < MIB {
        format!("{}.{} KiB", count / 1024, count % 1024 * 10 / 1024)
    } else {
        format!("{}.{} MiB", count / MIB, count % MIB * 10 / MIB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(from: Side, message: &str, bytes: u64) -> Step {
        Step {
            at: Duration::from_micros(1500),
            from,
            message: message.to_owned(),
            protection: Protection::None,
            bytes,
            records: 1,
            notes: Vec::new(),
        }
    }

    #[test]
    fn every_arrow_is_as_wide_as_the_lifelines_are_apart() {
        for (from, name) in [
            (Side::Client, "ClientHello"),
            (Side::Server, "EncryptedExtensions"),
            (Side::Client, APPLICATION_DATA),
        ] {
            for bytes in [0, 9_999, 10_000, 64 << 20] {
                assert_eq!(arrow(&step(from, name, bytes)).chars().count(), WIDTH + 4, "{name}");
            }
        }
    }

    #[test]
    fn data_of_one_direction_is_one_run() {
        let mut diagram = Diagram::default();
        for from in [Side::Client, Side::Client, Side::Server, Side::Client] {
            diagram.push(step(from, APPLICATION_DATA, 100));
        }
        let runs: Vec<_> = diagram.steps().iter().map(|s| (s.from, s.bytes, s.records)).collect();
        assert_eq!(runs, [(Side::Client, 200, 2), (Side::Server, 100, 1), (Side::Client, 100, 1)]);
    }

    #[test]
    fn messages_of_one_kind_stay_apart() {
        let mut diagram = Diagram::default();
        diagram.push(step(Side::Client, "ClientHello", 1));
        diagram.push(step(Side::Client, "ClientHello", 1));
        assert_eq!(diagram.steps().len(), 2);
    }

    #[test]
    fn lengths_read_well() {
        assert_eq!(bytes(9_999), "9999 B");
        assert_eq!(bytes(10_240), "10.0 KiB");
        assert_eq!(bytes(64 << 20), "64.0 MiB");
    }
}
