use super::{List, SqlText, Text, TriggerDef};

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewDef {
    /// Name in the database.
    pub name: Text,
    /// The whole `CREATE VIEW` text.
    pub sql: SqlText,
    /// INSTEAD OF triggers.
    pub triggers: List<TriggerDef>,
}
