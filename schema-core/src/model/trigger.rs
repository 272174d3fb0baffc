use super::{SqlText, Text};

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerDef {
    /// Name in the database.
    pub name: Text,
    /// The whole `CREATE TRIGGER` text.
    pub sql: SqlText,
}
