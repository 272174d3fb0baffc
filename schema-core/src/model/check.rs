use super::{SqlText, Text};

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckDef {
    /// Name of the constraint. Every CHECK that the framework writes has one, because SQLite drops
    /// only named constraints in place.
    pub name: Option<Text>,
    /// The expression, without its parentheses.
    pub expression: SqlText,
    /// The column that an inspected CHECK was written on.
    pub column: Option<Text>,
}
