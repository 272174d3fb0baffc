use schema_core::model::{SchemaDef, TableDef};

use crate::lint::{Finding, Lint, Severity};

pub(in crate::lint) const LENGTH: Lint = Lint {
    code: "L028",
    severity: Severity::Warning,
    what: "a name is longer than 63 bytes",
    why: "PostgreSQL cuts it there, and two names that begin alike become one",
    instead: "a shorter name",
};

/// The bytes of a name that PostgreSQL keeps.
/// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
const LONGEST: usize = 63;

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    let name = table.name.as_ref();
    if let Some(text) = objection(name) {
        found.push(Finding::of(&LENGTH, &[name], text));
    }
    for column in table.columns.iter() {
        if let Some(text) = objection(&column.name) {
            found.push(Finding::of(&LENGTH, &[name, &column.name], text));
        }
    }
    let checks = table.checks.iter().filter_map(|check| check.name.as_deref());
    let keys = table.foreign_keys.iter().filter_map(|key| key.name.as_deref());
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_deref());
    let indexes = table.indexes.iter().map(|index| index.name.as_ref());
    let triggers = table.triggers.iter().map(|trigger| trigger.name.as_ref());
    for own in checks.chain(keys).chain(uniques).chain(indexes).chain(triggers) {
        if let Some(text) = objection(own) {
            found.push(Finding::named(&LENGTH, name, own, text));
        }
    }
}

pub(super) fn of_views(schema: &SchemaDef, found: &mut Vec<Finding>) {
    for view in schema.views.iter() {
        if let Some(text) = objection(&view.name) {
            found.push(Finding::named(&LENGTH, &view.name, &view.name, text));
        }
    }
}

fn objection(name: &str) -> Option<String> {
    (name.len() > LONGEST).then(|| {
        let end = (0..=LONGEST).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        let kept = &name[..end];
        format!("{} bytes, of which PostgreSQL keeps {LONGEST}: {kept}", name.len())
    })
}
