//! Statements of qualified certificates.

use core::fmt;

use super::{ExtensionValue, sequence_of};
use crate::error::Fault;
use crate::oid::Oid;
use crate::reader::{Elements, Reader};
use crate::strictness::Strictness;

/// What the issuer states of a qualified certificate.
///
/// ```text
/// QCStatements ::= SEQUENCE OF QCStatement                 RFC 3739 §3.2.6
/// QCStatement  ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct QcStatements<'a> {
    contents: &'a [u8],
}

impl<'a> QcStatements<'a> {
    /// The statements, in order.
    pub fn iter(&self) -> impl Iterator<Item = QcStatement<'a>> + use<'a> {
        Elements::new(self.contents).map(|element| {
            let mut elements = Elements::new(element.value);
            let statement_id = Oid::checked(elements.value());
            QcStatement { statement_id, statement_info: elements.next().map(|info| info.raw) }
        })
    }
}

impl<'a> ExtensionValue<'a> for QcStatements<'a> {
    fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let contents = sequence_of(s, reader, |s, inner, _| {
            let mut statement = inner.sequence(s)?;
            statement.oid(s)?;
            if !statement.is_empty() {
                statement.any(s)?;
            }
            statement.finish(s)
        })?;
        Ok(Self { contents })
    }
}

impl fmt::Debug for QcStatements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QcStatement<'a> {
    statement_id: Oid<'a>,
    statement_info: Option<&'a [u8]>,
}

impl<'a> QcStatement<'a> {
    /// Which statement.
    #[must_use]
    pub const fn statement_id(&self) -> Oid<'a> {
        self.statement_id
    }

    /// The DER of what goes with it.
    #[must_use]
    pub const fn statement_info(&self) -> Option<&'a [u8]> {
        self.statement_info
    }

    /// What it says, if ETSI EN 319 412-5 or RFC 3739 define it.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        match *self.statement_id.as_bytes() {
            // 0.4.0.1862.1, ETSI EN 319 412-5 §4.2 and §4.3
            [0x04, 0x00, 0x8e, 0x46, 0x01, n] => Some(match n {
                1 => "QcCompliance",
                2 => "QcLimitValue",
                3 => "QcRetentionPeriod",
                4 => "QcSSCD",
                5 => "QcPDS",
                6 => "QcType",
                7 => "QcCClegislation",
                _ => return None,
            }),
            // 1.3.6.1.5.5.7.11, RFC 3739 §3.2.6
            [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x0b, n] => Some(match n {
                1 => "qcsPkixQCSyntax-v1",
                2 => "qcsPkixQCSyntax-v2",
                _ => return None,
            }),
            _ => None,
        }
    }
}
