use super::{List, Text};

/// A FOREIGN KEY constraint. <https://sqlite.org/foreignkeys.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKeyDef {
    /// Name of the constraint.
    pub name: Option<Text>,
    /// The child's columns.
    pub columns: List<Text>,
    /// The parent table.
    pub table: Text,
    /// The parent's columns; empty where the text names none, which means its primary key.
    pub references: List<Text>,
    /// What happens to the child when its parent is deleted.
    pub on_delete: ForeignKeyAction,
    /// What happens to the child when its parent's key changes.
    pub on_update: ForeignKeyAction,
    /// When the constraint is checked.
    pub deferrable: Deferrable,
}

/// What happens to a child row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ForeignKeyAction {
    /// The statement fails if the child is still there at its end.
    #[default]
    NoAction,
    /// The statement fails at once.
    Restrict,
    /// The child's columns become NULL.
    SetNull,
    /// The child's columns become their default.
    SetDefault,
    /// The child is deleted, or its key follows.
    Cascade,
}

/// When a foreign key is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Deferrable {
    /// At the end of each statement.
    #[default]
    Not,
    /// At the end of each statement, unless the transaction defers it.
    InitiallyImmediate,
    /// At COMMIT.
    InitiallyDeferred,
}
