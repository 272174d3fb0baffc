use schema_core::model::{Engine, IndexDef, IndexTarget, KeyColumn, SqlText, TableDef};

use super::{Finding, Lint, Severity};
use crate::sql::{Fold, fold};

pub(super) const REDUNDANT: Lint = Lint {
    code: "L011",
    severity: Severity::Warning,
    what: "an index is redundant",
    why: "another index or key finds the same rows, and every write keeps both",
    instead: "leave the shorter one out",
};

/// What finds rows in an order.
struct Access {
    name: String,
    parts: Vec<Part>,
    unique: bool,
    filter: Option<String>,
    /// Its place among the indexes; `None` for what a constraint brings with it.
    index: Option<usize>,
}

#[derive(PartialEq)]
struct Part {
    what: String,
    collation: String,
    descending: bool,
}

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    let all = accesses(table);
    for own in &all {
        let Some(position) = own.index else { continue };
        let better = all.iter().find(|other| {
            let same = other.index.is_some_and(|place| place >= position) && replaces(own, other);
            // Of two that are equal the later one goes.
            other.index != own.index && replaces(other, own) && !same
        });
        if let Some(other) = better {
            let kind = if other.index.is_some() { "the index " } else { "" };
            let text = format!("{kind}{} finds the same rows", other.name);
            found.push(Finding::named(&REDUNDANT, &table.name, &own.name, text));
        }
    }
}

/// Whether nothing is lost but space where `other` alone is kept.
fn replaces(other: &Access, own: &Access) -> bool {
    if own.filter != other.filter || own.parts.len() > other.parts.len() || own.parts.is_empty() {
        return false;
    }
    // What must be unique is so by an index of exactly these columns.
    if own.unique && !(other.unique && own.parts.len() == other.parts.len()) {
        return false;
    }
    let pairs = || own.parts.iter().zip(&other.parts);
    let same_columns = pairs().all(|(own, other)| own.what == other.what && own.collation == other.collation);
    // An index is read backwards just as well, as a whole.
    let forwards = pairs().all(|(own, other)| own.descending == other.descending);
    let backwards = pairs().all(|(own, other)| own.descending != other.descending);
    same_columns && (forwards || backwards)
}

fn accesses(table: &TableDef) -> Vec<Access> {
    let mut found: Vec<Access> = Vec::new();
    if let Some(key) = &table.primary_key {
        found.push(Access::of_key(table, "the primary key", &key.columns));
    }
    for unique in table.uniques.iter() {
        let names: Vec<&str> = unique.columns.iter().map(|column| column.name.as_ref()).collect();
        let name = format!("UNIQUE ({})", names.join(", "));
        found.push(Access::of_key(table, &name, &unique.columns));
    }
    found
        .extend(table.indexes.iter().enumerate().map(|(place, index)| Access::of_index(table, place, index)));
    found
}

impl Access {
    fn of_key(table: &TableDef, name: &str, columns: &[KeyColumn]) -> Self {
        let parts = columns.iter().map(|column| Part {
            what: column.name.to_ascii_lowercase(),
            collation: collation(table, &column.name, column.collation.as_deref()),
            descending: column.descending,
        });
        Self { name: name.to_owned(), parts: parts.collect(), unique: true, filter: None, index: None }
    }

    fn of_index(table: &TableDef, place: usize, index: &IndexDef) -> Self {
        let parts = index.parts.iter().map(|part| match &part.target {
            IndexTarget::Column(name) => Part {
                what: name.to_ascii_lowercase(),
                collation: collation(table, name, part.collation.as_deref()),
                descending: part.descending,
            },
            IndexTarget::Expression(expression) => Part {
                what: format!("({})", folded(table, expression)),
                collation: part.collation.as_deref().unwrap_or("BINARY").to_ascii_uppercase(),
                descending: part.descending,
            },
        });
        Self {
            name: index.name.to_string(),
            parts: parts.collect(),
            unique: index.unique,
            filter: index.filter.as_ref().map(|filter| folded(table, filter)),
            index: Some(place),
        }
    }
}

fn collation(table: &TableDef, column: &str, own: Option<&str>) -> String {
    let of_column = table.column(column).and_then(|column| column.collation.as_deref());
    own.or(of_column).unwrap_or("BINARY").to_ascii_uppercase()
}

fn folded(table: &TableDef, sql: &SqlText) -> String {
    let text = sql.on(Engine::Sqlite).unwrap_or_default();
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
    let context = Fold { table: Some(&table.name), columns: Some(&columns) };
    fold(text, context).unwrap_or_else(|_| text.to_owned())
}
