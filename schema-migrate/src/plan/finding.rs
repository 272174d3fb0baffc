use std::fmt;

use crate::diff::Path;

/// Values that a change throws away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The table (one part) or column (two parts) whose values go.
    pub what: Path,
    /// Whether an answer permits it.
    pub permitted: bool,
}

impl Loss {
    /// The flags that permit the loss, one each.
    pub fn flags(&self) -> Vec<String> {
        vec![format!("--drop {}", self.what), format!("--allow-data-loss {}", self.what)]
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.what.0.len() == 1 { "every row of table" } else { "every value of column" };
        write!(formatter, "{kind} {} is lost", self.what)
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
}

impl fmt::Display for Blocked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}: {}", self.table, self.column, self.why)
    }
}
