use super::{List, Text};

/// A virtual table, declared as SQL or found in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualTableDef {
    /// Name in the database.
    pub name: Text,
    /// The `CREATE VIRTUAL TABLE` text.
    pub sql: Text,
    /// The tables that its module keeps for it; they come and go with it. None of a declared one.
    pub shadows: List<Text>,
}
