use std::fmt;

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::query::Plan;

use super::Statement;
use crate::diff::Path;

/// A statement that reads a big table from end to end.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The statement.
    pub statement: Statement,
    /// The table that is read.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// What of it is compared.
    pub compared: Vec<Compared>,
    /// By what of it the first rows are wanted, where only those are.
    pub ordered: Vec<IndexPart>,
    /// How it is read now.
    pub plan: Plan,
    /// What would help.
    pub help: Help,
}

/// What would spare a scan.
#[derive(Clone, Debug)]
pub enum Help {
    /// These indexes, with which it would be read so.
    Indexes(Vec<Index>, Plan),
    /// No index on what is compared: with each SQLite would read the table from end to end all the same.
    None,
    /// Nothing is compared: every row is wanted, in no order that an index would have.
    Whole,
}

impl Scan {
    /// Whether something is compared, so that not every row is wanted.
    pub fn is_finding(&self) -> bool {
        !matches!(self.help, Help::Whole)
    }

    /// Whether every row that is read by an index in the wanted order is one that is wanted: it holds all that is
    /// compared.
    pub fn reads_only_wanted(&self, index: &Index) -> bool {
        let holds = |compared: &Compared| index.parts.iter().any(|part| part.column == compared.target);
        self.compared.iter().all(|compared| compared.is_equality() && holds(compared))
    }
}

/// A comparison in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What is compared.
    pub target: IndexColumn,
    /// The collating sequence that the comparison names.
    pub collation: Option<String>,
    /// By what: `=`, `<`, `NOT IN`.
    pub by: String,
}

impl Compared {
    /// Whether one value, or a few, are looked for.
    pub(super) fn is_equality(&self) -> bool {
        ["=", "IS", "IN"].contains(&self.by.as_str())
    }

    /// Whether values between two are looked for.
    pub(super) fn is_range(&self) -> bool {
        ["<", "<=", ">", ">=", "BETWEEN", "LIKE", "GLOB"].contains(&self.by.as_str())
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.target)?;
        if let Some(collation) = &self.collation {
            write!(formatter, " collate {}", collation.to_ascii_lowercase())?;
        }
        write!(formatter, " {}", self.by)
    }
}

/// What one place of an index holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexColumn {
    /// A column, by its name in the database.
    Column(String),
    /// A SQL expression.
    Expression(String),
}

impl fmt::Display for IndexColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => write!(formatter, "{}", Path::new([name.as_str()])),
            Self::Expression(sql) => formatter.write_str(sql),
        }
    }
}

impl IndexColumn {
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Column(name) => quote_identifier(name),
            Self::Expression(sql) => sql.clone(),
        }
    }
}

/// An index that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The table.
    pub table: String,
    /// A name that is free.
    pub name: String,
    /// What it holds.
    pub parts: Vec<IndexPart>,
}

/// One place of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    /// What it holds.
    pub column: IndexColumn,
    /// The collating sequence, where that is not the column's own.
    pub collation: Option<String>,
    /// Whether the last comes first.
    pub descending: bool,
}

impl IndexPart {
    /// What two rows have in common that stand at the same place of an index.
    pub(super) fn sql(&self) -> String {
        match &self.collation {
            Some(collation) => format!("{} COLLATE {}", self.column.sql(), quote_identifier(collation)),
            None => self.column.sql(),
        }
    }

    fn direction(&self) -> &'static str {
        if self.descending { " desc" } else { "" }
    }
}

/// `title collate nocase desc`
impl fmt::Display for IndexPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.column)?;
        if let Some(collation) = &self.collation {
            write!(formatter, " collate {}", collation.to_ascii_lowercase())?;
        }
        formatter.write_str(self.direction())
    }
}

impl Index {
    /// The statement that makes it.
    pub fn create(&self) -> String {
        let columns: Vec<String> =
            self.parts.iter().map(|part| part.sql() + &part.direction().to_ascii_uppercase()).collect();
        let (name, table) = (quote_identifier(&self.name), quote_identifier(&self.table));
        format!("CREATE INDEX {name} ON {table} ({})", columns.join(", "))
    }

    /// The line on the model that makes it, and the model. `None` where no model has the table and columns.
    pub fn attribute(&self, declared: &SchemaDef) -> Option<(String, String)> {
        let table = declared.table(&self.table).filter(|table| !table.model.is_empty())?;
        let columns: Option<Vec<String>> = self
            .parts
            .iter()
            .map(|part| {
                let column = match &part.column {
                    IndexColumn::Column(name) => {
                        let field = &table.column(name)?.field;
                        if field.is_empty() { name.clone() } else { field.to_string() }
                    }
                    IndexColumn::Expression(sql) => format!("expr = {sql:?}"),
                };
                let collation = part.collation.as_deref().map(str::to_ascii_lowercase);
                let collation = collation.map(|name| format!(" collate {name}")).unwrap_or_default();
                Some(format!("{column}{collation}{}", part.direction()))
            })
            .collect();
        Some((format!("#[table(index({}))]", columns?.join(", ")), table.model.to_string()))
    }
}
