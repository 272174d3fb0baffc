use std::fmt;

use crate::diff::Path;

/// Values that a change throws away, or makes into others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The table (one part) or column (two parts) whose values go or change.
    pub what: Path,
    /// What becomes of them.
    pub kind: LossKind,
    /// Whether an answer permits it.
    pub permitted: bool,
    /// The query for the values that it is about, where these are not all; on the old schema.
    pub query: Option<String>,
}

/// What becomes of values that do not stay what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// They are gone.
    Gone,
    /// A column of another type stores some of them as others, which the way back cannot undo.
    Changed {
        /// The type that the column had and the one that it gets.
        types: [String; 2],
        /// What happens to which values.
        consequence: String,
    },
}

impl Loss {
    /// Everything of it goes.
    pub(crate) fn gone(what: Path, permitted: bool) -> Self {
        Self { what, kind: LossKind::Gone, permitted, query: None }
    }

    /// The flags that permit the loss, one each.
    pub fn flags(&self) -> Vec<String> {
        match self.kind {
            LossKind::Gone => {
                vec![format!("--drop {}", self.what), format!("--allow-data-loss {}", self.what)]
            }
            LossKind::Changed { .. } => vec![
                format!("--allow-data-loss {}", self.what),
                format!("--convert {}=\"SQL expression over the old row\"", self.what),
            ],
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LossKind::Gone if self.what.0.len() == 1 => {
                write!(formatter, "every row of table {} is lost", self.what)
            }
            LossKind::Gone => write!(formatter, "every value of column {} is lost", self.what),
            LossKind::Changed { types: [from, to], consequence } => {
                write!(formatter, "values of {} can change from {from} to {to}: {consequence}", self.what)
            }
        }
    }
}

/// A change that no statement can make until a person says with what value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What is missing.
    pub why: String,
    /// The flags that give it.
    pub flags: Vec<String>,
    /// The query for the rows that wait for a value, on the old schema.
    pub query: Option<String>,
}

impl fmt::Display for Blocked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}: {}", self.table, self.column, self.why)
    }
}
