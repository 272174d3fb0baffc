use super::{List, Text};

/// A virtual table, found in a database and left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualTableDef {
    /// Name in the database.
    pub name: Text,
    /// The stored `CREATE VIRTUAL TABLE` text.
    pub sql: Text,
    /// The tables that its module keeps for it; they come and go with it.
    pub shadows: List<Text>,
}
