use schema_core::model::TableDef;

use super::{Finding, Lint, Severity};

pub(super) const MISSING: Lint = Lint {
    code: "L012",
    severity: Severity::Warning,
    what: "a table has no primary key",
    why: "no row of it can be named, so updates, synchronisation and a move to another engine have to guess",
    instead: "`primary_key` on a column, or `#[table(primary_key(a, b))]`",
};

pub(super) const NULLABLE: Lint = Lint {
    code: "L013",
    severity: Severity::Warning,
    what: "a primary key admits NULL",
    why: "SQLite takes any number of rows whose key is NULL, unless the key is INTEGER PRIMARY KEY or the table STRICT or WITHOUT ROWID",
    instead: "a field that is no `Option`, so that the column is NOT NULL",
};

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    let Some(key) = &table.primary_key else {
        found.push(Finding::of(&MISSING, &[&table.name], "the table has no primary key"));
        return;
    };
    if key.rowid_alias || table.strict || table.without_rowid {
        return;
    }
    for column in key.columns.iter().filter_map(|part| table.column(&part.name)) {
        if column.nullable {
            let text = "the primary key admits NULL, in any number of rows";
            found.push(Finding::of(&NULLABLE, &[&table.name, &column.name], text));
        }
    }
}
