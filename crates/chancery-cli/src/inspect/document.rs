//! What was found, as a tree that can be written as text and as JSON.

use core::fmt::Write as _;

use chancery_x509::{Finding, Time};
use serde_json::{Map, Value as Json, json};

use super::extensions::words;

/// One thing found in a file.
#[derive(Debug)]
pub(super) struct Document {
    /// Its kind, for machines.
    pub(super) kind: &'static str,
    /// Its title, for people.
    pub(super) title: &'static str,
    pub(super) fields: Vec<Field>,
    pub(super) findings: Vec<Finding>,
}

/// A value with its name for machines and its label for people.
#[derive(Debug)]
pub(super) struct Field {
    key: String,
    label: String,
    value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Time(Time),
    /// Bytes, in hexadecimal.
    Bytes(Vec<u8>),
    /// One item after another: with commas on a line, or each on its own.
    Row(Vec<String>),
    /// Names of the standards, which people see as words.
    Names(Vec<String>),
    Lines(Vec<String>),
    Fields(Vec<Field>),
    /// Like things, one after another.
    List(Vec<Vec<Field>>),
    Extension {
        critical: bool,
        oid: String,
        value: Box<Self>,
    },
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Self {
        Self::Time(time)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<Field>> for Value {
    fn from(fields: Vec<Field>) -> Self {
        Self::Fields(fields)
    }
}

pub(super) fn field(key: &str, label: &str, value: impl Into<Value>) -> Field {
    Field { key: key.to_owned(), label: label.to_owned(), value: value.into() }
}

impl Document {
    pub(super) fn to_text(&self) -> String {
        let mut out = format!("{}:\n", self.title);
        write_fields(&mut out, &self.fields, 4);
        if self.findings.is_empty() {
            out.push_str("    Findings: none\n");
        } else {
            out.push_str("    Findings:\n");
            for finding in &self.findings {
                out.push_str(&format!("        {finding}\n"));
            }
        }
        out
    }

    pub(super) fn to_json(&self) -> Json {
        let mut object = Map::new();
        object.insert("type".to_owned(), json!(self.kind));
        add_fields(&mut object, &self.fields);
        let finding = |finding: &Finding| {
            json!({
                "rule": format!("{:?}", finding.kind()),
                "message": finding.kind().to_string(),
                "path": finding.path().to_string(),
                "offset": finding.offset(),
            })
        };
        let findings = self.findings.iter().map(finding).collect();
        object.insert("findings".to_owned(), Json::Array(findings));
        Json::Object(object)
    }
}

fn write_fields(out: &mut String, fields: &[Field], indent: usize) {
    for field in fields {
        let pad = " ".repeat(indent);
        let label = &field.label;
        // A label of nothing is a list whose items need none.
        match &field.value {
            Value::Text(text) => out.push_str(&format!("{pad}{label}: {text}\n")),
            Value::Time(time) => out.push_str(&format!("{pad}{label}: {}\n", gmt(*time))),
            Value::Extension { critical, value, .. } => {
                let critical = if *critical { " critical" } else { "" };
                out.push_str(&format!("{pad}{label}:{critical}\n"));
                write_value(out, value, indent + 4);
            }
            value => {
                out.push_str(&format!("{pad}{label}:\n"));
                write_value(out, value, indent + 4);
            }
        }
    }
}

fn write_value(out: &mut String, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    match value {
        Value::Text(text) => out.push_str(&format!("{pad}{text}\n")),
        Value::Time(time) => out.push_str(&format!("{pad}{}\n", gmt(*time))),
        Value::Row(items) => out.push_str(&format!("{pad}{}\n", items.join(", "))),
        Value::Names(names) => {
            let words: Vec<_> = names.iter().map(|name| words(name)).collect();
            out.push_str(&format!("{pad}{}\n", words.join(", ")));
        }
        Value::Lines(lines) => {
            lines.iter().for_each(|line| out.push_str(&format!("{pad}{line}\n")));
        }
        Value::Bytes(bytes) => {
            for line in bytes.chunks(18) {
                out.push_str(&format!("{pad}{}\n", hex(line)));
            }
        }
        Value::Fields(fields) => write_fields(out, fields, indent),
        Value::List(items) => {
            for item in items {
                write_fields(out, item, indent);
            }
        }
        Value::Extension { value, .. } => write_value(out, value, indent),
    }
}

fn add_fields(object: &mut Map<String, Json>, fields: &[Field]) {
    for field in fields {
        object.insert(field.key.clone(), to_json(&field.value));
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Time(time) => json!(time.to_string()),
        Value::Bytes(bytes) => json!(hex(bytes)),
        Value::Row(items) | Value::Names(items) | Value::Lines(items) => json!(items),
        Value::Fields(fields) => {
            let mut object = Map::new();
            add_fields(&mut object, fields);
            Json::Object(object)
        }
        Value::List(items) => {
            let object = |fields: &Vec<Field>| {
                let mut object = Map::new();
                add_fields(&mut object, fields);
                Json::Object(object)
            };
            Json::Array(items.iter().map(object).collect())
        }
        Value::Extension { critical, oid, value } => {
            json!({ "critical": critical, "oid": oid, "value": to_json(value) })
        }
    }
}

/// As `openssl` writes bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (i, byte) in bytes.iter().enumerate() {
        let colon = if i > 0 { ":" } else { "" };
        // Writing to a `String` does not fail.
        let _ = write!(out, "{colon}{byte:02x}");
    }
    out
}

/// As `openssl` writes times.
fn gmt(time: Time) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, hour, minute, second) = time.civil();
    let month = MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default();
    format!("{month} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}
