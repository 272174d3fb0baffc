use schema_core::model::{ForeignKeyDef, IndexDef, IndexTarget, SchemaDef, TableDef, Text};

use super::{Finding, Lint, Severity};
use crate::sql::{Fold, fold};

pub(super) const WITHOUT_INDEX: Lint = Lint {
    code: "L010",
    severity: Severity::Warning,
    what: "a foreign key has no index",
    why: "every delete in the parent, and every change of its key, reads the whole child table",
    instead: "`index` on the column, or `#[table(index(a, b))]` that begins with the key's columns",
};

pub(super) fn findings(table: &TableDef, schema: &SchemaDef, found: &mut Vec<Finding>) {
    for key in table.foreign_keys.iter().filter(|key| !is_indexed(table, key, schema)) {
        let parent = if key.table.eq_ignore_ascii_case(&table.name) { "itself" } else { key.table.as_ref() };
        let text = format!(
            "the foreign key to {parent} has no index: every delete there reads the whole of {}",
            table.name
        );
        found.push(match key.columns.as_ref() {
            [column] => Finding::of(&WITHOUT_INDEX, &[&table.name, column], text),
            columns => {
                Finding::of(&WITHOUT_INDEX, &[&table.name], format!("({}): {text}", columns.join(", ")))
            }
        });
    }
}

/// Whether the rows of one parent are found without reading the table.
fn is_indexed(table: &TableDef, key: &ForeignKeyDef, schema: &SchemaDef) -> bool {
    let collations = parent_collations(key, schema);
    let begins = |names: Vec<(&str, Option<&str>)>| {
        // The key's columns in any order, and nothing between them.
        names.len() >= key.columns.len()
            && key.columns.iter().zip(&collations).all(|(column, wanted)| {
                names[..key.columns.len()].iter().any(|(name, own)| {
                    let own = own.or_else(|| collation_of(table, name)).unwrap_or("BINARY");
                    name.eq_ignore_ascii_case(column)
                        && wanted.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(own))
                })
            })
    };
    let primary = table.primary_key.iter().map(|key| key.columns.as_ref());
    let constraints = primary.chain(table.uniques.iter().map(|unique| unique.columns.as_ref()));
    constraints
        .map(|columns| {
            columns.iter().map(|column| (column.name.as_ref(), column.collation.as_deref())).collect()
        })
        .any(begins)
        || table
            .indexes
            .iter()
            .filter(|index| holds_every_key(index, key))
            .any(|index| begins(columns(index)))
}

/// The indexed columns up to the first expression.
fn columns(index: &IndexDef) -> Vec<(&str, Option<&str>)> {
    let parts = index.parts.iter().map_while(|part| match &part.target {
        IndexTarget::Column(name) => Some((name.as_ref(), part.collation.as_deref())),
        IndexTarget::Expression(_) => None,
    });
    parts.collect()
}

/// Whether a partial index holds every row that has a parent: `WHERE column IS NOT NULL`.
fn holds_every_key(index: &IndexDef, key: &ForeignKeyDef) -> bool {
    let Some(filter) = &index.filter else { return true };
    let text = filter.on(schema_core::model::Engine::Sqlite).unwrap_or_default();
    let folded = fold(text, Fold::default()).unwrap_or_default();
    let admits = |column: &Text| {
        let name = column.to_ascii_lowercase();
        folded == format!("{name} is not null") || folded == format!("{name} notnull")
    };
    key.columns.iter().any(admits)
}

/// SQLite looks for children under the collations of the parent's key; `None` where it is unknown.
fn parent_collations(key: &ForeignKeyDef, schema: &SchemaDef) -> Vec<Option<String>> {
    let parent = schema.table(&key.table);
    let primary = parent.and_then(|parent| parent.primary_key.as_ref());
    (0..key.columns.len())
        .map(|position| {
            let named = key.references.get(position).map(AsRef::as_ref);
            let implied = || primary?.columns.get(position).map(|column| column.name.as_ref());
            let parent = parent?;
            parent.column(named.or_else(implied)?)?;
            let own = collation_of(parent, named.or_else(implied)?);
            Some(own.unwrap_or("BINARY").to_owned())
        })
        .collect()
}

fn collation_of<'t>(table: &'t TableDef, column: &str) -> Option<&'t str> {
    table.column(column)?.collation.as_deref()
}
